//! Acceptance check 6 and rule 16: leaving out one innocent changes nobody else's result.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

struct Case {
    inquiry: Inquiry,
    holders: Vec<Holder>,
}

fn case(c: usize, n: usize, m: usize, mix: Mix, alpha: f64, rng: &mut Rng) -> Case {
    let laws = binary_laws(Channel::Characters, m, rng);
    let keys = rng.keys(n);
    let evidence = leak(&laws, &keys[..c], mix, 0.02, 0.02, rng);
    let papers = vec![paper(&laws, &evidence)];
    let inquiry = Inquiry::new(Alpha::new(alpha).unwrap(), n as u64, papers, Routes::Pooled);
    Case { inquiry: inquiry.unwrap(), holders: holders(&keys) }
}

/// Who is accused, by position in the whole list, when `absent` is left out.
fn accused_without(case: &Case, absent: usize) -> Vec<usize> {
    let rest: Vec<Holder> = (0..case.holders.len())
        .filter(|&person| person != absent)
        .map(|person| case.holders[person].clone())
        .collect();
    let finding = case.inquiry.run(&rest, DecoyPlan::NONE).unwrap();
    let mut accused: Vec<usize> =
        finding.named.iter().map(|&p| if p >= absent { p + 1 } else { p }).collect();
    accused.sort_unstable();
    accused
}

/// Lone-reader scores over the first quarter of the sites.
fn coarse_scores(case: &Case) -> Vec<i64> {
    let paper = &case.inquiry.papers()[0];
    let scorer = Scorer::new(paper.laws(), paper.evidence(), Member::LONE);
    let quarter = scorer.keeping(|i| i < paper.laws().len() / 4);
    let row = |holder: &Holder| symbols(holder.copies[0].as_ref().unwrap(), paper.laws());
    case.holders.iter().map(|holder| quarter.score(&row(holder))).collect()
}

#[test]
fn leaving_out_anyone_not_accused_changes_nothing() {
    let mut rng = Rng::new("leave one out");
    let mixes = [Mix::Interleave, Mix::Minority, Mix::Majority, Mix::Copy];
    let (mut several, mut checked) = (0, 0);
    for run in 0..size(60, 2_000) {
        let c = 1 + rng.below(5);
        let case = case(c, 20, 120 + 40 * c, mixes[run % 4], 0.05, &mut rng);
        let whole = case.inquiry.run(&case.holders, DecoyPlan::NONE).unwrap();
        let mut accused = whole.named.clone();
        accused.sort_unstable();
        several += usize::from(accused.len() > 1);
        // Those who came closest, and one other.
        let mut rest: Vec<usize> = (0..20).filter(|person| !accused.contains(person)).collect();
        rest.sort_by(|&a, &b| {
            whole.persons[a].p_adjusted().total_cmp(&whole.persons[b].p_adjusted())
        });
        for &absent in rest.iter().take(2).chain(rest.last()) {
            assert_eq!(accused_without(&case, absent), accused, "run {run} without {absent}");
            checked += 1;
        }
    }
    assert!(several > 5, "{several} of {checked} cases had more than one accused");
}

#[test]
fn twenty_colluders_leave_no_mismatch_but_a_rank_screen_does() {
    let mut rng = Rng::new("rank screen");
    let (c, n) = (20, 60);
    let mut screen_mismatches = 0;
    let (mut named, mut screens) = (0, 0);
    for run in 0..size(15, 2_000) {
        let case = case(c, n, 600, Mix::Uneven, 0.5, &mut rng);
        let whole = case.inquiry.run(&case.holders, DecoyPlan::NONE).unwrap();
        let mut accused = whole.named.clone();
        accused.sort_unstable();
        named += accused.len();
        let not_accused: Vec<usize> = (0..n).filter(|p| !accused.contains(p)).collect();
        let absent = not_accused[rng.below(not_accused.len())];
        assert_eq!(accused_without(&case, absent), accused, "run {run}");

        // Control: only the K best on a coarse score (a quarter of the sites) go on. Somebody who is
        // kept and not accused has taken the place of another, who is accused when he is left out.
        let coarse = coarse_scores(&case);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&p| std::cmp::Reverse(coarse[p]));
        let innocent_before = |k: &usize| order[..*k].iter().find(|p| !accused.contains(p));
        let cut = (0..n).find(|k| accused.contains(&order[*k]) && innocent_before(k).is_some());
        let Some(k) = cut else { continue };
        let screen = |absent: Option<usize>| {
            let kept: Vec<usize> =
                order.iter().copied().filter(|&p| Some(p) != absent).take(k).collect();
            let persons: Vec<Holder> = kept.iter().map(|&p| case.holders[p].clone()).collect();
            let finding = case.inquiry.run(&persons, DecoyPlan::NONE).unwrap();
            let mut accused: Vec<usize> = finding.named.iter().map(|&p| kept[p]).collect();
            accused.sort_unstable();
            accused
        };
        screens += 1;
        screen_mismatches += usize::from(screen(None) != screen(innocent_before(&k).copied()));
    }
    println!("named {named}, inconsistent screens {screen_mismatches} of {screens}");
    assert!(named > 25, "{named}");
    assert!(screen_mismatches > 0, "the control must show that rank screens are inconsistent");
}
