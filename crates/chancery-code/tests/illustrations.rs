//! Acceptance checks 12 and 15, rules 9 and 18: credible sets and decoys, which carry no bound.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

const N: usize = 200;

fn credible(laws: &SiteLaws, evidence: &Evidence, keys: &[CopyKey]) -> CredibleSet {
    let papers = vec![paper(laws, evidence)];
    let inquiry = Inquiry::new(Alpha::USUAL, N as u64, papers, Routes::Pooled).unwrap();
    inquiry.run(&holders(keys), DecoyPlan::NONE).unwrap().credible
}

/// Check 12: the truth, drawn from the prior, is in the set.
#[test]
fn credible_sets_cover_the_truth() {
    let mut rng = Rng::new("coverage");
    let runs = size(150, 600);
    let h50 = |m, rng: &mut Rng| binary_laws(Channel::Characters, m, rng);
    let fair = |m, _: &mut Rng| equal_laws(&Law::binary(128).unwrap(), m);
    type MakeLaws = fn(usize, &mut Rng) -> SiteLaws;
    let cells: [(MakeLaws, usize, f64); 6] = [
        (fair, 4, 0.0),
        (fair, 12, 0.0),
        (fair, 20, 0.15),
        (h50, 8, 0.0),
        (h50, 20, 0.0),
        (h50, 40, 0.15),
    ];
    for (cell, (laws, m, error)) in cells.into_iter().enumerate() {
        let (mut covered, mut narrowed, mut sizes) = (0, 0, Vec::new());
        for _ in 0..runs {
            let laws = laws(m, &mut rng);
            let keys = rng.keys(N);
            let real = rng.chance(0.5);
            let leaker = if real { vec![keys[7].clone()] } else { rng.keys(1) };
            let evidence = leak(&laws, &leaker, Mix::Copy, error, error, &mut rng);
            let set = credible(&laws, &evidence, &keys);
            let holds = |person| set.persons.iter().any(|entry| entry.0 == person);
            covered += usize::from(if real { holds(7) } else { set.holds_none });
            narrowed += usize::from(set.narrowed().is_some());
            sizes.push(set.persons.len());
        }
        sizes.sort_unstable();
        println!(
            "cell {cell}: {covered} of {runs} cover, {narrowed} narrowed, median size {}",
            sizes[runs / 2]
        );
        assert_at_least(covered, runs, 0.925, &format!("cell {cell}"));
    }
}

/// Rule 9: when no listed copy had a part, "none of these" is seldom excluded.
#[test]
fn none_of_these_is_excluded_within_markovs_limit() {
    let mut rng = Rng::new("none of these");
    let runs = size(400, 4_000);
    let (mut excluded, mut without_none) = (0, 0);
    for run in 0..runs {
        let laws = binary_laws(Channel::Wording, 8 + run % 10, &mut rng);
        let keys = rng.keys(N);
        let strangers = rng.keys(1 + run % 3);
        let evidence = leak(&laws, &strangers, Mix::Interleave, 0.0, 0.02, &mut rng);
        let set = credible(&laws, &evidence, &keys);
        excluded += usize::from(set.narrowed().is_some());
        // Control: a list that has no "none" on it names readers every time.
        let mass: f64 = set.persons.iter().map(|entry| entry.1).sum();
        without_none += usize::from(set.persons.len() < N && mass > 0.0);
    }
    println!("'none' excluded in {excluded} of {runs}");
    assert_at_most(excluded, runs, 1.0 / 19.0, "none excluded");
    assert!(surely_above(without_none, runs, 1.0 / 19.0), "{without_none}");
}

/// Check 15: an innocent reader is one more decoy.
#[test]
fn the_rank_of_an_innocent_among_decoys_is_uniform() {
    let mut rng = Rng::new("decoys");
    let decoys = size(1_000, 10_000);
    let (mut ranks, mut peeking) = (Vec::new(), Vec::new());
    for case in 0..200 {
        let laws = binary_laws(Channel::Characters, 90, &mut rng);
        let c = 1 + case % 3;
        let evidence = leak(&laws, &rng.keys(c), Mix::Minority, 0.05, 0.05, &mut rng);
        let innocent = rng.key();
        let run = |evidence: &Evidence, rng: &mut Rng| {
            let papers = vec![paper(&laws, evidence)];
            let inquiry = Inquiry::new(Alpha::USUAL, 1, papers, Routes::Pooled).unwrap();
            let plan = DecoyPlan { count: decoys as u32, salt: rng.bytes() };
            let finding = inquiry.run(&holders(std::slice::from_ref(&innocent)), plan).unwrap();
            assert_eq!(finding.decoys.count(), decoys);
            let at_least = finding.decoys.at_least(finding.persons[0].e_value);
            (at_least as f64 + rng.unit()) / (decoys as f64 + 1.0)
        };
        ranks.push(run(&evidence, &mut rng));
        // Control: evidence cleaned of the places where this reader disagrees most.
        let row = symbols(&innocent, &laws);
        let scorer = Scorer::new(&laws, &evidence, Member::LONE);
        let parts = scorer.parts(&row);
        let worst = (0..parts.len()).min_by_key(|&i| parts[i]).unwrap();
        let mut cleaned = without(&evidence, laws.entries()[worst].0);
        for i in (0..parts.len()).filter(|&i| parts[i] < -200 && i % 3 == 0) {
            cleaned = without(&cleaned, laws.entries()[i].0);
        }
        peeking.push(run(&cleaned, &mut rng));
    }
    let (honest, control) = (uniform_ks(&mut ranks), uniform_ks(&mut peeking));
    println!("KS p: {honest:.3}, control {control:.1e}");
    assert!(honest > 1e-3, "{honest}");
    assert!(control < 1e-3, "{control}");
}

#[test]
fn decoys_depend_on_evidence_and_salt_only() {
    let mut rng = Rng::new("decoy seeds");
    let laws = binary_laws(Channel::Characters, 50, &mut rng);
    let evidence = leak(&laws, &rng.keys(1), Mix::Copy, 0.0, 0.02, &mut rng);
    let best = |evidence: &Evidence, salt, persons: usize, rng: &mut Rng| {
        let papers = vec![paper(&laws, evidence)];
        let inquiry = Inquiry::new(Alpha::USUAL, 10, papers, Routes::Pooled).unwrap();
        let plan = DecoyPlan { count: 500, salt };
        inquiry.run(&holders(&rng.keys(persons)), plan).unwrap().decoys.best_log2().unwrap()
    };
    let first = best(&evidence, [1; 32], 2, &mut rng);
    assert_eq!(first, best(&evidence, [1; 32], 9, &mut rng));
    assert_ne!(first, best(&evidence, [2; 32], 2, &mut rng));
    let other = without(&evidence, laws.entries()[3].0);
    assert_ne!(first, best(&other, [1; 32], 2, &mut rng));
}
