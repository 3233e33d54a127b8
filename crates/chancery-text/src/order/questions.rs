//! Classes that only the drafter can accept: relatives, *to* or *-ing*, genitives, moved clauses.

use super::class::{Class, judged};
use super::states::{Proper, proper};
use super::subject::is_finite;
use super::tag::Tags;
use super::view::{View, upper_first};
use crate::passage::Style;
use crate::proposal::{Acceptance, Proposal};

pub(super) const OBJECT: Class =
    Class::order("order.relative-object", Acceptance::Ask, judged(26, 30).again(26, 30));
pub(super) const REDUCED: Class =
    Class::order("order.relative-reduced", Acceptance::Ask, judged(39, 40).again(28, 30));
pub(super) const TO_ING: Class =
    Class::order("order.to-ing", Acceptance::Ask, judged(57, 60).again(28, 30));
pub(super) const GENITIVE: Class =
    Class::order("order.genitive", Acceptance::Ask, judged(42, 45).again(28, 30));
pub(super) const CLAUSE: Class =
    Class::order("order.clause", Acceptance::Ask, judged(28, 30).again(25, 30));

/// Longest clause that is moved, in words.
const LONGEST_CLAUSE: usize = 16;

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        out.extend(relative_object(view, i));
        out.extend(relative_reduced(view, i));
        out.extend(to_ing(view, i));
        out.extend(genitive(view, i));
        out.extend(clause(view, i));
    }
}

/// `the note which he gave` / `the note he gave`.
fn relative_object(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let pronoun = matches!(view.low(i + 2), "he" | "she" | "they" | "we" | "i" | "you");
    let noun = view.tags(i).is_nounish() && !is_verbal(view, i);
    (view.low(i + 1) == "which" && pronoun && noun && view.is_word(i))
        .then(|| view.free(OBJECT, i + 1, i + 2, [view.word(i + 2).to_owned()]))
        .flatten()
}

/// A participle, or a verb that is no noun.
fn is_verbal(view: &View<'_, '_>, i: usize) -> bool {
    let tags = view.tags(i);
    tags.has(Tags::PART) || (tags.has(Tags::VERB) && !tags.has(Tags::NOUN))
}

/// `the pact which was signed in May` / `the pact signed in May`.
fn relative_reduced(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let which = matches!(view.low(i + 1), "which" | "that");
    let be = matches!(view.low(i + 2), "is" | "are" | "was" | "were");
    let participle = view.tags(i + 3).has(Tags::PART) && !view.tags(i + 3).has(Tags::FUNCTION);
    let noun = view.is_word(i) && view.tags(i).is_nounish() && !is_verbal(view, i);
    let closed = matches!(view.low(i + 4), "by" | "in" | "at" | "from" | "during");
    let cleft = (i.saturating_sub(4)..i)
        .any(|k| view.low(k) == "it" && view.tags(k + 1).has(Tags::AUX.with(Tags::MODAL)));
    (which && be && participle && noun && closed && !cleft)
        .then(|| view.free(REDUCED, i + 1, i + 3, [view.word(i + 3).to_owned()]))
        .flatten()
}

/// `continue to press` / `continue pressing`.
fn to_ing(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let starts = matches!(
        view.low(i),
        "continue"
            | "continues"
            | "continued"
            | "begin"
            | "begins"
            | "began"
            | "begun"
            | "start"
            | "started"
    );
    let tags = view.tags(i + 2);
    let verb = view.low(i + 2);
    let stative = matches!(
        verb,
        "be" | "have"
            | "believe"
            | "feel"
            | "know"
            | "understand"
            | "hope"
            | "exist"
            | "remain"
            | "want"
            | "consider"
            | "think"
            | "need"
            | "see"
            | "regard"
            | "appear"
            | "require"
            | "belong"
            | "do"
    );
    let plain = tags.has(Tags::VERB) && !tags.has(Tags::FUNCTION.with(Tags::PART)) && !stative;
    let before = view.tags_before(i, 1);
    let certain = before.has(Tags::MODAL.with(Tags::AUX).with(Tags::PRO))
        || before.is_nounish()
        || view.before(i, 1) == "to";
    if !starts || view.low(i + 1) != "to" || !plain || !certain || view.is_capital(i) {
        return None;
    }
    view.free(TO_ING, i + 1, i + 2, [gerund(verb)?])
}

/// The -ing form of a verb whose spelling is regular; `None` where a consonant might double.
fn gerund(verb: &str) -> Option<String> {
    const STRESSED_FIRST: &[&str] = &[
        "offer",
        "consider",
        "cover",
        "deliver",
        "suffer",
        "enter",
        "develop",
        "monitor",
        "visit",
        "exhibit",
        "limit",
        "open",
        "happen",
        "strengthen",
        "benefit",
        "alter",
        "foster",
        "gather",
        "question",
        "threaten",
    ];
    if let Some(stem) = verb.strip_suffix("ie") {
        return Some(format!("{stem}ying"));
    }
    if let Some(stem) = verb.strip_suffix('e').filter(|s| !s.ends_with(['e', 'o', 'y'])) {
        return Some(format!("{stem}ing"));
    }
    let tail: Vec<char> = verb.chars().rev().take(3).collect();
    let vowel = |c: &char| "aeiou".contains(*c);
    let may_double = matches!(tail.as_slice(), [a, b, c] if !vowel(a) && !"wxy".contains(*a) && vowel(b) && !vowel(c));
    (!may_double || STRESSED_FIRST.contains(&verb)).then(|| format!("{verb}ing"))
}

/// `Norway’s security` / `the security of Norway`.
fn genitive(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let word = view.word(i);
    let stem = word.strip_suffix("’s").or_else(|| word.strip_suffix("'s"))?;
    let state = matches!(proper(&stem.to_lowercase(), ""), Some((1, Proper::State)));
    let noun = view.tags(i + 1);
    let plain = noun.has(Tags::NOUN) && !noun.has(Tags::ADJ.with(Tags::PART).with(Tags::FUNCTION));
    let next = view.low(i + 2);
    let closed =
        matches!(next, "." | "," | ";") || view.tags(i + 2).has(Tags::AUX.with(Tags::MODAL));
    let opened =
        view.tags_before(i, 1).has(Tags::PREP.with(Tags::VERB)) && view.before(i, 1) != "of";
    if !state || !plain || !closed || !opened || view.is_capital(i + 1) || stem.contains('.') {
        return None;
    }
    let article = if view.passage.style == Style::Telegraphic { "" } else { "the " };
    view.free(GENITIVE, i, i + 1, [format!("{article}{} of {stem}", view.word(i + 1))])
}

/// `If S1, S2.` / `S2 if S1.`
fn clause(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let opener = view.low(i);
    if !matches!(opener, "if" | "unless" | "although" | "once")
        || !view.is_capital(i)
        || !view.opens_sentence(i)
    {
        return None;
    }
    let end = (i..view.len())
        .find(|&k| view.is_mark(k) && view.low(k) == "." && view.sentence(k).end == k + 1)?;
    let commas: Vec<usize> = (i..end).filter(|&k| view.is_mark(k)).collect();
    let &[comma] = commas.as_slice() else { return None };
    if view.low(comma) != "," || comma - i > LONGEST_CLAUSE || end - comma > LONGEST_CLAUSE {
        return None;
    }
    let mut main = comma + 1..end;
    let tied = main.clone().any(|k| {
        matches!(
            view.low(k),
            "he" | "she"
                | "it"
                | "they"
                | "him"
                | "them"
                | "his"
                | "her"
                | "their"
                | "its"
                | "then"
                | "this"
                | "these"
                | "such"
                | "that"
                | "say"
                | "said"
                | "says"
                | "former"
                | "latter"
                | "not"
                | "and"
                | "or"
        )
    });
    if tied
        || !main.any(|k| is_finite(view, k))
        || view.tags(comma + 1).has(Tags::VERB.with(Tags::CONJ))
    {
        return None;
    }
    let head = upper_first(view.passage.slice(comma + 1, end - 1));
    let moved = view.passage.slice(i + 1, comma - 1);
    view.free(CLAUSE, i, end - 1, [format!("{head} {opener} {moved}")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::examples::check;

    #[test]
    fn relatives() {
        check(
            find,
            "order.relative-object",
            &[("He read the note [[which she]] wrote.", &["she"])],
            &["He read the note, which she wrote."],
        );
        check(
            find,
            "order.relative-reduced",
            &[("They read the pact [[which was signed]] in May.", &["signed"])],
            &["It was the pact which was signed in May.", "The pact which was signed, failed."],
        );
    }

    #[test]
    fn to_or_ing() {
        check(
            find,
            "order.to-ing",
            &[("They will continue [[to press]] him.", &["pressing"])],
            &["They will continue to believe him.", "They began to plan a route."],
        );
        assert_eq!(gerund("arrive").as_deref(), Some("arriving"));
        assert_eq!(gerund("put"), None);
        assert_eq!(gerund("visit").as_deref(), Some("visiting"));
    }

    #[test]
    fn genitives_and_clauses() {
        check(
            find,
            "order.genitive",
            &[("He spoke about [[Norway’s security]].", &["the security of Norway"])],
            &["He met the King of Norway’s brother.", "He met Norway’s foreign envoy."],
        );
        check(
            find,
            "order.clause",
            &[(
                "[[If the port closes, the boats will leave]].",
                &["The boats will leave if the port closes"],
            )],
            &["If Orlan comes, he will stay.", "If it rains, snows or hails, we stay."],
        );
    }
}
