//! The fold for searching: every copy of a paper folds to a path of its master's lattice.

mod support;

use chancery_text::fold::{Fold, FoldedMaster};
use chancery_text::lexicon::Lexicon;
use chancery_text::master::{Master, Piece};
use support::{Rng, Row, retyped};

const PAPERS: usize = 150;

/// Made-up papers, and as many cables of the corpus where there is one.
fn papers(count: usize, seed: u64) -> Vec<Master> {
    let mut rng = Rng(seed);
    let mut out: Vec<Master> =
        (0..count).map(|_| support::master(&support::made_up(&mut rng), true)).collect();
    if let Some(cables) = support::corpus() {
        let real = (0..count).map(|_| &cables[rng.below(cables.len())]);
        out.extend(real.map(|cable| support::master(cable, false)));
    }
    out
}

fn accepts(folded: &FoldedMaster, text: &str) -> bool {
    folded.accepts(Fold::embedded().text(text).iter())
}

#[test]
fn every_copy_folds_to_a_path_of_its_masters_lattice() {
    let mut rng = Rng(4);
    let (mut copies, mut without_branches, mut words, mut branches) = (0, 0, 0, 0);
    for master in papers(PAPERS, 41) {
        let folded = Fold::embedded().master(&master);
        assert!(folded.complete);
        let bare = FoldedMaster { branches: Vec::new(), ..folded.clone() };
        words += folded.drafted.len();
        branches += folded.branches.len();
        for _ in 0..6 {
            let copy = support::copy(&master, &Row(rng.next())).text;
            assert!(accepts(&folded, &copy), "a copy is no path: {copy}");
            assert!(accepts(&folded, &retyped(&copy)), "a retyped copy is no path: {copy}");
            copies += 1;
            without_branches += usize::from(accepts(&bare, &copy));
        }
        assert!(accepts(&folded, &master.drafted().join("\n\n")));
        for reading in 0..3 {
            assert!(accepts(&folded, &master.uniform(reading).join("\n\n")));
        }
    }
    println!("{branches} branches in {words} words");
    // Control: without the branches most copies are no path.
    assert!(without_branches * 2 < copies, "{without_branches} of {copies}");
}

#[test]
fn a_paper_of_others_is_no_path() {
    let papers = papers(20, 42);
    for pair in papers.windows(2) {
        let folded = Fold::embedded().master(&pair[0]);
        assert!(!accepts(&folded, &pair[1].drafted().join("\n\n")));
    }
}

#[test]
fn spans_are_those_of_the_drafted_text() {
    for master in papers(40, 43) {
        let text = master.drafted().join("\n\n");
        let (folded, plain) =
            (Fold::embedded().master(&master).drafted, Fold::embedded().text(&text));
        assert_eq!(folded.len(), plain.len());
        for at in 0..folded.len() {
            assert_eq!(folded.word(at), plain.word(at));
            assert!(text.get(folded.span(at)).is_some_and(|word| !word.is_empty()));
            assert_eq!(folded.span(at), plain.span(at));
        }
    }
}

/// The rules of the lexicon whose readings do not all fold to one sequence.
#[test]
fn nearly_every_rule_folds_to_one_sequence() {
    let (mut places, mut apart) = (0_usize, 0_usize);
    for master in papers(PAPERS, 44).iter().skip(PAPERS) {
        let classes = Lexicon::embedded().classes();
        for piece in master.pieces() {
            let Piece::Wording(site, readings) = piece else { continue };
            if !classes.contains_key(master.sites[*site as usize].rule.as_str()) {
                continue;
            }
            places += 1;
            let fold = |text: &String| {
                Fold::embedded().text(text).iter().map(str::to_owned).collect::<Vec<_>>()
            };
            let first = fold(&readings[0]);
            apart += usize::from(readings.iter().any(|reading| fold(reading) != first));
        }
    }
    println!("{apart} of {places} places of lexicon rules do not converge");
    assert!(apart * 50 <= places, "{apart} of {places} places of rules do not converge");
}
