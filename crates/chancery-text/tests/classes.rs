//! Which classes of order and punctuation may be taken unasked: those of whose places 97 in 100 read well,
//! and the drafter is asked about every other. On a sentence for each class, and on real cables.

mod support;

use std::collections::BTreeMap;

use chancery_text::build::{Candidate, Choice, candidates, choose};
use chancery_text::markup::Marked;
use chancery_text::order::{self, AUTOMATIC, Class, Order};
use chancery_text::proposal::{Acceptance, Proposer};
use chancery_text::punctuation::{self, Punctuation};

/// Every class that was judged.
fn catalogue() -> impl Iterator<Item = &'static Class> {
    order::CATALOGUE.iter().chain(punctuation::CATALOGUE)
}

/// Classes of whose places too few read well.
fn poor() -> impl Iterator<Item = &'static Class> {
    catalogue().filter(|class| class.judged.is_none_or(|judged| !judged.reaches(AUTOMATIC)))
}

/// A sentence with a place of each class that reads too badly.
const QUESTIONS: &[(&str, &str)] = &[
    ("order.own-country", "Both US and Norway agreed."),
    ("order.own-country-list", "Talks with US, Peru and Kenya went on."),
    ("order.noun-pair", "They spoke of its independence and freedom."),
    ("order.relative-object", "He read the note which she wrote."),
    ("order.relative-reduced", "They read the pact which was signed in May."),
    ("order.to-ing", "They will continue to press him."),
    ("order.genitive", "He spoke about Norway’s security."),
    ("order.clause", "If the port closes, the boats will leave."),
];

fn found(text: &str) -> (Vec<Marked>, Vec<Candidate>) {
    let marked = vec![Marked::literal(text)];
    let proposers: [&dyn Proposer; 2] = [&Order, &Punctuation];
    let found = candidates(&marked, &proposers);
    (marked, found)
}

/// The widest choice there is: whatever the drafter lets through unseen.
fn unseen() -> Choice {
    Choice { accept: Acceptance::Ask, ..Choice::default() }
}

#[test]
fn a_class_that_reads_badly_is_asked_and_never_taken_unseen() {
    for class in poor() {
        let Some((_, text)) = QUESTIONS.iter().find(|(rule, _)| *rule == class.rule) else {
            panic!("{} needs a sentence here", class.rule)
        };
        let (marked, found) = found(text);
        let question = found.iter().find(|c| c.proposal.rule == class.rule);
        let question = question.unwrap_or_else(|| panic!("{} finds nothing", class.rule));
        assert_eq!(question.proposal.acceptance, Acceptance::Ask, "{}", class.rule);
        for choice in [Choice::default(), unseen()] {
            assert!(!choose(&marked, &found, &choice).contains(&question), "{}", class.rule);
        }
        let accepted = [question.key()].into();
        let choice = Choice { accepted, ..Choice::default() };
        assert!(choose(&marked, &found, &choice).contains(&question), "{} on request", class.rule);
    }
}

#[test]
fn figures_are_there_and_the_questions_are_more_than_none() {
    let judged = catalogue().filter(|class| class.judged.is_some_and(|j| j.trial.1 > 0)).count();
    assert_eq!(judged, catalogue().count(), "every class was read");
    assert!(poor().count() >= 7 && catalogue().count() - poor().count() >= 14);
    for class in catalogue() {
        let well = class.judged.is_some_and(|judged| judged.reaches(AUTOMATIC));
        assert!(well || class.acceptance == Acceptance::Ask, "{}", class.rule);
    }
}

/// The row of a class in `docs/wording.md`.
fn row(class: &Class) -> String {
    let judged = class.judged.expect("every class was read");
    let ((a, n), (b, m)) = (judged.trial, judged.own);
    let state = match class.acceptance {
        Acceptance::Core => "core",
        Acceptance::Full => "full",
        Acceptance::Ask => "question",
    };
    let share = f64::from(100 * (a + b)) / f64::from(n + m);
    format!("| `{}` | {a} of {n} | {b} of {m} | {share:.1} % | {state} |", class.rule)
}

#[test]
fn the_document_has_the_figures_of_the_catalogue() {
    let text = include_str!("../../../docs/wording.md");
    for class in catalogue() {
        assert!(
            text.lines().any(|line| line == row(class)),
            "docs/wording.md lacks {}",
            row(class)
        );
    }
}

/// Places of poor classes that a choice of everything unseen takes, and questions by class.
fn taken(lift: bool) -> Option<(usize, BTreeMap<&'static str, usize>)> {
    let cables = support::corpus()?;
    let (mut taken, mut asked) = (0, BTreeMap::new());
    let proposers: [&dyn Proposer; 2] = [&Order, &Punctuation];
    for cable in cables.iter().step_by(if support::full() { 1 } else { 6 }) {
        let marked: Vec<Marked> = cable.iter().map(|p| Marked::literal(p)).collect();
        let mut found = candidates(&marked, &proposers);
        for candidate in &mut found {
            let rule = &candidate.proposal.rule;
            let class = catalogue().find(|class| class.rule == *rule);
            let class = class.unwrap_or_else(|| panic!("{rule} is in no catalogue"));
            assert_eq!(candidate.proposal.acceptance, class.acceptance, "{rule}");
            if poor().any(|poor| poor.rule == class.rule) {
                *asked.entry(class.rule).or_default() += 1;
                if lift {
                    candidate.proposal.acceptance = Acceptance::Full;
                }
            }
        }
        let chosen = choose(&marked, &found, &unseen());
        let poor = |c: &&&Candidate| poor().any(|class| class.rule == c.proposal.rule);
        taken += chosen.iter().filter(poor).count();
    }
    Some((taken, asked))
}

#[test]
fn real_cables_hold_questions_of_every_poor_class_and_none_is_taken() {
    let Some((unasked, asked)) = taken(false) else { return };
    eprintln!("questions: {asked:?}; taken unasked: {unasked}");
    assert_eq!(unasked, 0);
    for class in poor() {
        assert!(asked.contains_key(class.rule), "{} is nowhere", class.rule);
    }
    // Control: were they not questions, they would be taken.
    let (unasked, _) = taken(true).expect("the cables were there a moment ago");
    assert!(unasked > 100, "{unasked}");
}
