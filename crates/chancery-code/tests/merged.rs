//! One person who holds several copies of a paper, because several records turned out to be his: each copy
//! is a hypothesis, and N counts hypotheses.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

/// Level of the experiment: large, so that a rate can be measured.
const LEVEL: f64 = 0.2;
/// Innocent persons.
const PERSONS: usize = 10;
/// Copies that each of them holds.
const COPIES: usize = 3;

/// Whether any innocent person is named by a leak made from somebody else's copy: counting hypotheses,
/// and counting each person once with the best of his rows.
fn one_inquiry(rng: &mut Rng) -> (bool, bool) {
    let laws = binary_laws(Channel::Wording, 150, rng);
    let keys = rng.keys(COPIES * PERSONS);
    let evidence = leak(&laws, &rng.keys(1), Mix::Copy, 0.0, 0.02, rng);
    let alpha = Alpha::new(LEVEL).unwrap();
    let counted = (COPIES * PERSONS) as u64;
    let inquiry = Inquiry::new(alpha, counted, vec![paper(&laws, &evidence)], Routes::Pooled)
        .unwrap()
        .with_split(AlphaSplit::single(Member::LONE));
    let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
    let once = finding.persons.chunks(COPIES).any(|rows| {
        let p = rows.iter().filter_map(|row| row.best.map(|best| best.p)).fold(1.0, f64::min);
        p * PERSONS as f64 <= LEVEL
    });
    (!finding.named.is_empty(), once)
}

#[test]
fn counting_every_copy_keeps_the_bound_and_counting_the_person_once_breaks_it() {
    let mut rng = Rng::new("merged persons");
    let trials = size(1_000, 10_000);
    let (mut named, mut control) = (0, 0);
    for _ in 0..trials {
        let (by_hypotheses, by_persons) = one_inquiry(&mut rng);
        named += usize::from(by_hypotheses);
        control += usize::from(by_persons);
    }
    println!("{trials} inquiries: {named} name somebody, {control} in the control");
    assert!(lower_limit(named, trials, 1e-6) <= LEVEL, "{named} of {trials}");
    assert!(lower_limit(control, trials, 1e-6) > LEVEL, "{control} of {trials}");
}

#[test]
fn whichever_of_his_copies_leaked_the_person_is_the_one_named() {
    let mut rng = Rng::new("either copy");
    for leaked in [6, 7] {
        let laws = binary_laws(Channel::Wording, 120, &mut rng);
        let keys = rng.keys(40);
        let own = std::slice::from_ref(&keys[leaked]);
        let evidence = leak(&laws, own, Mix::Copy, 0.0, 0.02, &mut rng);
        let papers = vec![paper(&laws, &evidence)];
        let inquiry = Inquiry::new(Alpha::USUAL, 1_000, papers, Routes::Pooled).unwrap();
        let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
        let persons: Vec<usize> = finding.named.iter().map(|row| row / 2).collect();
        assert_eq!(persons, [3]);
    }
}
