//! Every decision about papers against a second opinion that was written from the prose alone.
//!
//! `oracle` and `words` decide, in another style and without the house's types; `space` lists what can be
//! the case, `walk` goes through it; `adapter` asks the rules themselves. The everyday run compares some
//! millions of decisions, `CHANCERY_FULL=1` more than ten million. Each mistake that the oracle can make
//! on request must show somewhere, or the matrix would be blind there.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod adapter;
mod calendar;
mod lattice;
mod oracle;
mod space;
mod walk;
mod words;

use std::collections::BTreeMap;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::LazyLock;

use adapter::Answer;
use oracle::{ACTS, Act, Oracle, SLIPS, Slip, Verdict};
use space::Space;

static SPACE: LazyLock<Space> = LazyLock::new(Space::new);

fn full() -> bool {
    std::env::var("CHANCERY_FULL").is_ok_and(|value| value == "1")
}

fn agree(verdict: Verdict, answer: Answer) -> bool {
    match answer {
        Answer::Granted(office) => verdict.office == Some(office),
        Answer::Refused { of_the_label } => {
            verdict.office.is_none() && (verdict.standing || !of_the_label)
        }
    }
}

#[test]
fn no_decision_differs() {
    let oracle = Oracle::default();
    let mut counts: BTreeMap<Act, [u64; 2]> = BTreeMap::new();
    let (mut compared, mut differ) = (0_u64, 0_u64);
    let mixed = if full() { walk::MIXED_IN_FULL } else { walk::MIXED };
    let _ = SPACE.walk(mixed, &mut |case, ours| {
        for act in ACTS {
            let answer = adapter::decide(act, case, ours);
            compared += 1;
            let count = counts.entry(act).or_default();
            count[usize::from(matches!(answer, Answer::Refused { .. }))] += 1;
            let verdict = oracle.verdict(act, case);
            if !agree(verdict, answer) {
                differ += 1;
                if differ <= 5 {
                    eprintln!("{act:?}: {answer:?} against {verdict:?} for {case:#?}");
                }
            }
        }
        Continue(())
    });
    eprintln!("{compared} decisions compared, {differ} differ");
    for (act, [granted, refused]) in &counts {
        eprintln!("{act:?}: {granted} granted, {refused} refused");
        assert!(*granted >= 2000 && *refused >= 2000, "{act:?} is hardly tested");
    }
    assert_eq!(differ, 0);
    assert!(compared >= if full() { 10_000_000 } else { 1_000_000 });
    assert_eq!(counts.len(), ACTS.len());
}

/// The first act on which the oracle with that mistake and the rules differ.
fn noticed(slip: Slip) -> Option<Act> {
    let oracle = Oracle { slip: Some(slip) };
    let mut found = None;
    let _ = SPACE.walk(walk::MIXED, &mut |case, ours| {
        found = ACTS.into_iter().find(|act| {
            let answer = adapter::decide(*act, case, ours);
            !agree(oracle.verdict(*act, case), answer)
        });
        if found.is_some() { Break(()) } else { Continue(()) }
    });
    found
}

#[test]
fn every_mistake_is_noticed() {
    let mut unnoticed = Vec::new();
    for slip in SLIPS {
        match noticed(*slip) {
            Some(act) => eprintln!("{slip:?}: noticed on {act:?}"),
            None => unnoticed.push(*slip),
        }
    }
    assert_eq!(unnoticed, []);
    assert!(SLIPS.len() >= 12);
}

#[test]
fn labels_alone_let_in_whom_the_words_let_in() {
    let (mut pairs, mut open) = (0_u32, 0_u32);
    for (scheme, ..) in &SPACE.schemes {
        for label in SPACE.schemes.iter().flat_map(|s| &s.1) {
            for reader in SPACE.schemes.iter().flat_map(|s| &s.2) {
                let ours = &reader.ours;
                let admits = adapter::admits(*scheme, ours, &label.ours);
                let said =
                    Oracle::default().admits(Some(*scheme), Some(&label.plain), &reader.plain);
                assert_eq!(admits, said, "{scheme:?}: {:#?} {:#?}", label.plain, reader.plain);
                pairs += 1;
                open += u32::from(admits);
            }
        }
    }
    eprintln!("{pairs} pairs of label and reader, {open} open");
    assert!(pairs > 100_000 && open > 2000);
}

/// The adapter puts words into numbers by its own table; where the policy makes the label from the same
/// words, both must be the same.
#[test]
fn labels_say_what_their_words_say() {
    let (mut made, mut refused) = (0, 0);
    for (scheme, labels, _) in &SPACE.schemes {
        for label in labels.iter().filter(|l| !l.plain.limited || has_limit(&l.plain.words)) {
            match adapter::policy_of(*scheme).label(label.plain.class, &label.plain.words) {
                Ok(ours) => {
                    assert_eq!(ours, label.ours, "{:?}", label.plain);
                    made += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(made > 100, "{made} made, {refused} refused");
}

fn has_limit(words: &[&str]) -> bool {
    words.iter().any(|word| ["USA", "GBR", "UK", "US"].contains(word))
}
