//! Acceptance checks 1 to 3 and 7 (by enumeration): exact tails and e-values against other ways of
//! computing them.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::tail::{Chernoff, Tail};
use chancery_code::*;
use support::*;

/// Random sites of two to four readings, with soft, hard and missing evidence.
fn random_leak(sites: usize, rng: &mut Rng) -> (SiteLaws, Evidence) {
    let list: Vec<Law> = (0..sites)
        .map(|_| match rng.below(6) {
            0 => Law::uniform(3).unwrap(),
            1 => Law::new(vec![3, 50, 100, 103]).unwrap(),
            2 => Law::binary(27).unwrap(),
            3 => Law::binary(229).unwrap(),
            _ => Law::binary(128).unwrap(),
        })
        .collect();
    let laws = numbered(Channel::Characters, list);
    let entries = laws.entries().iter().map(|(site, law)| {
        let q = law.readings() as u8;
        match rng.below(4) {
            0 => SiteEvidence::erased(*site, q),
            1 => SiteEvidence::seen(*site, q, rng.below(q as usize) as u8, 0.0),
            _ => {
                let soft: Vec<f64> = (0..q).map(|_| libm::exp(2.0 * rng.normal())).collect();
                SiteEvidence::from_likelihoods(*site, &soft)
            }
        }
    });
    let evidence = Evidence::new(entries.collect()).unwrap();
    (laws, evidence)
}

/// Every possible row with its probability and score.
fn enumerate(scorer: &Scorer) -> Vec<(i64, f64)> {
    let mut rows = vec![(0_i64, 1.0_f64)];
    for (_, law, weights) in scorer.sites() {
        rows = rows
            .iter()
            .flat_map(|&(score, p)| {
                (0..law.readings())
                    .map(move |v| (score + i64::from(weights[v]), p * law.probability(v)))
            })
            .collect();
    }
    rows.sort_unstable_by_key(|row| row.0);
    rows
}

/// A sum whose own rounding does not grow with the number of terms (Neumaier 1974).
#[derive(Clone, Copy, Default)]
struct ExactSum {
    sum: f64,
    lost: f64,
}

impl ExactSum {
    fn add(&mut self, term: f64) {
        let next = self.sum + term;
        let (large, small) =
            if self.sum.abs() >= term.abs() { (self.sum, term) } else { (term, self.sum) };
        self.lost += (large - next) + small;
        self.sum = next;
    }

    fn value(self) -> f64 {
        self.sum + self.lost
    }

    fn of(terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = Self::default();
        terms.for_each(|term| sum.add(term));
        sum.value()
    }
}

fn random_member(rng: &mut Rng) -> Member {
    let strategies = [Attack::Interleave, Attack::Majority, Attack::Minority];
    Member::new([1, 2, 3, 5, 8][rng.below(5)], strategies[rng.below(3)])
}

#[test]
fn tails_equal_exhaustive_enumeration() {
    let mut rng = Rng::new("enumeration");
    for case in 0..200 {
        // 14 sites where all are binary; fewer where some have more readings.
        let (laws, evidence) = random_leak(if full() { 12 } else { 9 }, &mut rng);
        let scorer = Scorer::new(&laws, &evidence, random_member(&mut rng));
        let law = scorer.law();
        let rows = enumerate(&scorer);
        let floor = rows[rows.len() / 2].0;
        let mut whole = Tail::by_convolution(&law, i64::MIN);
        let mut upper = Tail::by_convolution(&law, floor);
        let mut tilted = Tail::by_tilting(&law);
        let chernoff = Chernoff::new(&law);
        let mut sum = ExactSum::default();
        let mut i = rows.len();
        while i > 0 {
            let score = rows[i - 1].0;
            while i > 0 && rows[i - 1].0 == score {
                i -= 1;
                sum.add(rows[i].1);
            }
            let truth = sum.value();
            let check = |p: f64, slack: f64, what: &str| {
                assert!(
                    p >= truth * (1.0 - 1e-14),
                    "case {case} {what} {score}: {p} below {truth}"
                );
                assert!(
                    p <= truth * (1.0 + slack),
                    "case {case} {what} {score}: {p} above {truth}"
                );
            };
            check(whole.at_least(score), 1e-12, "whole");
            if score >= floor {
                check(upper.at_least(score), 1e-12, "floor");
            }
            check(tilted.at_least(score), f64::INFINITY, "tilted");
            check(libm::exp(chernoff.ln_at_least(score)), f64::INFINITY, "Chernoff");
        }
        assert_eq!(whole.at_least(law.max() + 1), 0.0);
        assert_eq!(rows.last().unwrap().0, law.max());
        assert_eq!(rows[0].0, law.min());
    }
}

#[test]
fn fourteen_binary_sites_equal_enumeration() {
    let mut rng = Rng::new("fourteen");
    for _ in 0..size(40, 200) {
        let laws = binary_laws(Channel::Characters, 14, &mut rng);
        let keys = rng.keys(3);
        let evidence = leak(&laws, &keys, Mix::Minority, 0.1, 0.1, &mut rng);
        let scorer = Scorer::new(&laws, &evidence, random_member(&mut rng));
        let rows = enumerate(&scorer);
        let mut tail = Tail::new(&scorer.law(), i64::MIN);
        for threshold in rows.iter().step_by(97).map(|row| row.0) {
            let truth: f64 = rows.iter().filter(|row| row.0 >= threshold).map(|row| row.1).sum();
            assert!((tail.at_least(threshold) / truth - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn e_values_have_mean_one_by_enumeration() {
    let mut rng = Rng::new("e-values by enumeration");
    for _ in 0..200 {
        let (laws, evidence) = random_leak(size(9, 11), &mut rng);
        let scorer = Scorer::new(&laws, &evidence, random_member(&mut rng));
        let law = scorer.law();
        let mean = ExactSum::of(
            enumerate(&scorer)
                .into_iter()
                .map(|(score, p)| p * libm::exp2(EValue::of_score(score, &law).log2())),
        );
        assert!((mean - 1.0).abs() <= 1e-12 && mean <= 1.0 + 1e-14, "{mean}");
        // Control: without the normaliser the mean is off (weights are rounded down).
        let raw: f64 = enumerate(&scorer)
            .into_iter()
            .map(|(score, p)| p * libm::exp2(score as f64 / 64.0))
            .sum();
        assert!(raw < 1.0 - 1e-6 || law.max() == 0, "{raw}");
    }
}

/// Cumulant function and derivatives at a tilt, from the scorer's own numbers.
fn cumulants(scorer: &Scorer, tilt: f64) -> (f64, f64, f64) {
    scorer.sites().iter().fold((0.0, 0.0, 0.0), |(k, k1, k2), (_, law, weights)| {
        let (mut m0, mut m1, mut m2) = (0.0, 0.0, 0.0);
        for (v, &w) in weights.iter().enumerate() {
            let mass = law.probability(v) * libm::exp(tilt * f64::from(w));
            m0 += mass;
            m1 += mass * f64::from(w);
            m2 += mass * f64::from(w) * f64::from(w);
        }
        (k + libm::log(m0), k1 + m1 / m0, k2 + m2 / m0 - (m1 / m0) * (m1 / m0))
    })
}

/// The tilt whose mean is `score`.
fn tilt_for(scorer: &Scorer, score: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.2);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if cumulants(scorer, middle).1 < score { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Lugannani and Rice 1980, for a score that is nearly continuous.
fn lugannani_rice(scorer: &Scorer, score: i64) -> f64 {
    let s = score as f64 - 0.5;
    let tilt = tilt_for(scorer, s);
    let (k, _, k2) = cumulants(scorer, tilt);
    let w = libm::sqrt(2.0 * (tilt * s - k));
    let u = 2.0 * libm::sinh(tilt / 2.0) * libm::sqrt(k2);
    let upper = libm::erfc(w * core::f64::consts::FRAC_1_SQRT_2) / 2.0;
    let density = libm::exp(-w * w / 2.0) / libm::sqrt(core::f64::consts::TAU);
    upper + density * (1.0 / u - 1.0 / w)
}

/// The least score whose tail is at most `depth`.
fn score_at(tail: &mut Tail, law: &ScoreLaw, depth: f64) -> i64 {
    let (mut low, mut high) = (0, law.max());
    while high - low > 1 {
        let middle = (low + high) / 2;
        if tail.at_least(middle) > depth { low = middle } else { high = middle }
    }
    high
}

#[test]
fn convolution_equals_tilted_inversion_and_the_saddlepoint_is_near() {
    let mut rng = Rng::new("two methods");
    for m in [60, 200, 600, 2_048] {
        for (member, soft) in
            [(Member::LONE, false), (Member::new(3, Attack::Majority), false), (Member::LONE, true)]
        {
            if soft && m > 600 && !full() {
                continue;
            }
            let laws = binary_laws(Channel::Characters, m, &mut rng);
            let keys = rng.keys(1);
            let mut evidence = leak(&laws, &keys, Mix::Copy, 0.1, 0.1, &mut rng);
            if soft {
                let entries = laws.entries().iter().map(|(site, _)| {
                    let shift = libm::exp(0.7 * rng.normal());
                    SiteEvidence::from_likelihoods(*site, &[1.0, shift])
                });
                evidence = Evidence::new(entries.collect()).unwrap();
            }
            let scorer = Scorer::new(&laws, &evidence, member);
            let law = scorer.law();
            let mut direct = Tail::by_convolution(&law, 0);
            let mut tilted = Tail::by_tilting(&law);
            for exponent in [3, 6, 9, 12, 15] {
                let depth = libm::pow(10.0, -f64::from(exponent));
                if direct.at_least(law.max()) > depth {
                    continue; // too few sites to go so deep
                }
                let score = score_at(&mut direct, &law, depth);
                let (a, b) = (direct.at_least(score), tilted.at_least(score));
                assert!((a / b - 1.0).abs() < 1e-9, "m={m} {member} 1e-{exponent}: {a} {b}");
                if soft {
                    // Hard evidence makes a coarse lattice, for which the formula is not meant.
                    let ratio = lugannani_rice(&scorer, score) / a;
                    assert!((0.8..1.2).contains(&ratio), "m={m} 1e-{exponent}: {ratio}");
                }
            }
        }
    }
}

#[test]
fn tails_agree_with_importance_sampling() {
    let mut rng = Rng::new("importance sampling");
    let laws = binary_laws(Channel::Characters, 160, &mut rng);
    let keys = rng.keys(3);
    let evidence = leak(&laws, &keys, Mix::Interleave, 0.05, 0.05, &mut rng);
    let scorer = Scorer::new(&laws, &evidence, Member::new(2, Attack::Interleave));
    let law = scorer.law();
    let mut tail = Tail::new(&law, 0);
    for depth in [1e-6, 1e-9, 1e-12, 1e-15] {
        let score = score_at(&mut tail, &law, depth);
        let tilt = tilt_for(&scorer, score as f64);
        let k = cumulants(&scorer, tilt).0;
        let draws = 40_000;
        let mut sum = 0.0;
        for _ in 0..draws {
            let mut s = 0_i64;
            for (_, law, weights) in scorer.sites() {
                let mass = |v: usize| law.probability(v) * libm::exp(tilt * f64::from(weights[v]));
                let one = mass(1) / (mass(0) + mass(1));
                s += i64::from(weights[usize::from(rng.chance(one))]);
            }
            if s >= score {
                sum += libm::exp(k - tilt * s as f64);
            }
        }
        let ratio = tail.at_least(score) / (sum / f64::from(draws));
        assert!((0.95..=1.05).contains(&ratio), "{depth}: {ratio}");
    }
}
