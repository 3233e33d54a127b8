//! Acceptance checks 8 and 9: how often leakers are found, and a closed-form threshold beside it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

/// How many of `leaks` leaks name at least one of the coalition.
fn named(
    laws: impl Fn(&mut Rng) -> SiteLaws,
    c: usize,
    mix: Mix,
    error: f64,
    entitled: u64,
    leaks: usize,
    rng: &mut Rng,
) -> usize {
    (0..leaks)
        .filter(|_| {
            let laws = laws(rng);
            let keys = rng.keys(c);
            let evidence = leak(&laws, &keys, mix, error, error, rng);
            let papers = vec![paper(&laws, &evidence)];
            let inquiry = Inquiry::new(Alpha::USUAL, entitled, papers, Routes::Pooled).unwrap();
            let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
            !finding.named.is_empty()
        })
        .count()
}

#[test]
fn leakers_are_found_at_the_planned_lengths() {
    let mut rng = Rng::new("power");
    let leaks = size(60, 400);
    for (c, m, mix, error) in [
        (1, 129, Mix::Copy, 0.1),
        (2, 246, Mix::Interleave, 0.0),
        (3, 748, Mix::Theta(&[0.0, 0.73, 0.27, 1.0]), 0.0),
        (5, 432, Mix::Minority, 0.0),
    ] {
        let found = named(
            |rng| binary_laws(Channel::Characters, m, rng),
            c,
            mix,
            error,
            1_000,
            leaks,
            &mut rng,
        );
        println!("c={c} m={m} {mix:?}: {found} of {leaks}");
        assert_at_least(found, leaks, 0.955, &format!("c={c}"));
    }
}

/// A code with biases from the arcsine law cut at 1/30, as in a public implementation.
fn arcsine_laws(m: usize, rng: &mut Rng) -> SiteLaws {
    let cut = libm::asin(libm::sqrt(1.0 / 30.0));
    let span = core::f64::consts::FRAC_PI_2 - 2.0 * cut;
    let law = |rng: &mut Rng| {
        let s = libm::sin(cut + span * rng.unit());
        Law::binary(libm::round(256.0 * s * s).clamp(1.0, 255.0) as u8).unwrap()
    };
    numbered(Channel::Characters, (0..m).map(|_| law(rng)).collect())
}

/// The symmetric Tardos score of a row (Skoric et al. 2008).
fn tardos_score(laws: &SiteLaws, row: &[u8], leaked: &[u8]) -> f64 {
    laws.entries().iter().zip(row).zip(leaked).fold(0.0, |sum, (((_, law), x), y)| {
        let p = law.probability(1);
        let g = if *y == 1 { libm::sqrt((1.0 - p) / p) } else { libm::sqrt(p / (1.0 - p)) };
        sum + if x == y { g } else { -1.0 / g }
    })
}

#[test]
fn exact_tails_find_splicers_where_a_closed_form_threshold_finds_none() {
    let mut rng = Rng::new("side by side");
    let leaks = size(80, 400);
    for (m, least) in [(192, 0.94), (256, 0.985)] {
        let (mut exact, mut closed) = (0, 0);
        let threshold = 3.0 * libm::sqrt(m as f64 * libm::log(20.0 / 1e-6));
        for _ in 0..leaks {
            let laws = arcsine_laws(m, &mut rng);
            let keys = rng.keys(2);
            let evidence = leak(&laws, &keys, Mix::Interleave, 0.0, 0.0, &mut rng);
            let papers = vec![paper(&laws, &evidence)];
            let inquiry = Inquiry::new(Alpha::USUAL, 20, papers, Routes::Pooled).unwrap();
            let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
            exact += usize::from(!finding.named.is_empty());
            let leaked: Vec<u8> =
                evidence.sites().iter().map(|e| u8::from(e.log2[1] > e.log2[0])).collect();
            let best = keys
                .iter()
                .map(|key| tardos_score(&laws, &symbols(key, &laws), &leaked))
                .fold(f64::NEG_INFINITY, f64::max);
            closed += usize::from(best > threshold);
        }
        println!("m={m}: exact {exact}, closed form {closed} of {leaks}");
        assert_eq!(closed, 0);
        assert_at_least(exact, leaks, least, &format!("m={m}"));
    }
}
