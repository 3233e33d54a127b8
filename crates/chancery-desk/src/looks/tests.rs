use chancery_code::{
    Alpha, AlphaSplit, Channel, CopyKey, DecoyPlan, Evidence, Holder, Inquiry, Law, Member,
    PaperEvidence, Routes, SiteEvidence, SiteLaws,
};

use super::*;
use crate::odds::{full, surely_above};

fn seen(paper: i64, evidence: &str, sites: std::ops::Range<u32>) -> Seen {
    Seen { paper, evidence: evidence.to_owned(), sites: sites.collect() }
}

/// A look of inquiry `id`, opened at entry `10 id`, at level 1e-6.
fn look(id: i64, papers: Vec<Seen>, earlier: &[Look]) -> Look {
    let leak = format!("leak {id}");
    Look::new(id, 10 * id as u64, vec![leak], papers, 1e-6, earlier)
}

#[test]
fn other_papers_and_other_places_have_a_level_of_their_own() {
    let first = look(1, vec![seen(1, "a", 0..10)], &[]);
    let shown = Look { shown: Some(15), ..look(2, vec![seen(2, "b", 0..10)], &[]) };
    let earlier = [first, shown];
    let third = look(3, vec![seen(3, "c", 0..10)], &earlier);
    assert_eq!(third.standing, Standing { level: 1e-6, ..Standing::default() });
    let elsewhere = look(3, vec![seen(1, "c", 10..20)], &earlier);
    assert_eq!(elsewhere.standing, Standing { level: 1e-6, ..Standing::default() });
}

#[test]
fn looks_at_the_same_places_add_up() {
    let mut earlier = vec![look(1, vec![seen(1, "a", 0..10)], &[])];
    let cropped = look(2, vec![seen(1, "b", 9..12)], &earlier);
    assert!(cropped.standing.exhausted(), "one site read by both is enough");
    assert_eq!(cropped.standing.looks, BTreeSet::from([1]));
    let papers = vec![seen(1, "b", 9..12)];
    let larger = Look::new(2, 20, vec!["other".into()], papers, 3e-6, &earlier);
    assert!((larger.standing.level - 2e-6).abs() < 1e-18);
    assert!((larger.standing.before - 1e-6).abs() < 1e-18);
    earlier.push(larger);
    assert!(look(3, vec![seen(1, "c", 9..10)], &earlier).standing.before > 2.9e-6);
    // The same file tried with another paper.
    let forced = Look::new(3, 30, vec!["leak 1".into()], vec![seen(7, "d", 0..5)], 1e-6, &earlier);
    assert!(forced.standing.exhausted());
}

#[test]
fn the_same_evidence_again_is_the_same_event() {
    let earlier = [look(1, vec![seen(1, "a", 0..10)], &[])];
    let papers = || vec![seen(1, "a", 0..10)];
    let again = Look::new(2, 20, vec!["edited".into()], papers(), 1e-3, &earlier);
    assert_eq!(again.standing.repeats, Some(1));
    assert_eq!((again.standing.level, again.own_level()), (1e-6, 0.0));
    // Also after its result was shown, and at no laxer level.
    let shown = [Look { shown: Some(12), ..earlier[0].clone() }];
    let again = Look::new(2, 20, vec!["leak 1".into()], papers(), 1e-3, &shown);
    assert!(!again.standing.spent());
    assert_eq!(again.standing.level, 1e-6);
}

#[test]
fn what_was_shown_about_a_paper_takes_the_bound_of_later_leaks() {
    let shown = [Look { shown: Some(35), ..look(2, vec![seen(1, "a", 0..10)], &[]) }];
    let later =
        |id, sites| look(id, vec![seen(1, "b", sites), seen(2, "c", 0..3)], &shown).standing;
    // Opened at entry 40, after the result: it may answer to what was shown.
    assert_eq!(later(4, 50..60).spent_by, BTreeSet::from([2]));
    assert_eq!(later(4, 50..60).level, 0.0);
    // Opened at entry 30, before the result, and about other places: it cannot.
    assert_eq!(later(3, 50..60), Standing { level: 1e-6, ..Standing::default() });
    // About the same places: which leaks are pooled could have been chosen by the result.
    assert!(later(3, 9..20).spent());
    // An exercise shows it all the same and says so.
    let waived = later(4, 50..60).in_exercise(1e-6);
    assert!(waived.spent() && waived.waived && waived.level == 1e-6);
}

/// A seeded generator: BLAKE3 is not at hand here, SHA-256 is.
struct Draws(u64);

impl Draws {
    fn bytes(&mut self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        self.0 += 1;
        Sha256::digest(self.0.to_le_bytes()).into()
    }
}

/// One text that none of these readers leaked, looked at in twelve crops: how often is anybody named?
#[test]
fn many_looks_at_one_leak_stay_within_the_level_and_break_it_without_the_rule() {
    const ALPHA: f64 = 0.05;
    const LOOKS: usize = 12;
    const SITES: usize = 40;
    let runs: usize = if full() { 3_000 } else { 300 };
    let law = Law::binary(128).unwrap();
    let site = |i: usize| Channel::Wording.site(i as u32).unwrap();
    let laws = SiteLaws::new((0..SITES).map(|i| (site(i), law.clone())).collect()).unwrap();
    let mut draws = Draws(7);
    let (mut with, mut without, mut shown) = (0, 0, 0);
    for _ in 0..runs {
        let readers: Vec<Holder> = (0..20)
            .map(|_| Holder { copies: vec![Some(CopyKey::from_bytes(draws.bytes()))] })
            .collect();
        let text = [draws.bytes(), draws.bytes()].concat();
        let mut earlier: Vec<Look> = Vec::new();
        let (mut named, mut freely) = (false, false);
        for number in 1..=LOOKS {
            // A crop keeps three quarters of the places, so any two overlap.
            let kept = draws.bytes();
            let read = (0..SITES).filter(|i| *i == 0 || kept[i % 32] > 63);
            let read = read.map(|i| SiteEvidence::seen(site(i), 2, text[i] & 1, 0.02));
            let evidence = Evidence::new(read.collect()).unwrap();
            let run = |level: f64| {
                let paper = PaperEvidence::new(laws.clone(), evidence.clone()).unwrap();
                let alpha = Alpha::new(level).unwrap();
                let inquiry = Inquiry::new(alpha, 20, vec![paper], Routes::Pooled).unwrap();
                let inquiry = inquiry.with_split(AlphaSplit::single(Member::LONE));
                inquiry.run(&readers, DecoyPlan::NONE).unwrap()
            };
            freely |= !run(ALPHA).named.is_empty();
            // With the rule the looks are planned to add up to the level.
            let asked = ALPHA * number as f64 / LOOKS as f64;
            let papers = vec![crate::freeze::seen(chancery_store::PaperId(1), &evidence)];
            let (id, leak) = (number as i64, format!("crop {number}"));
            let mut look = Look::new(id, 2 * number as u64, vec![leak], papers, asked, &earlier);
            if look.standing.level > 0.0 {
                let finding = run(look.standing.level);
                named |= !finding.named.is_empty();
                let silent = finding.verdict() == chancery_code::Verdict::Nothing;
                look.shown = (!silent).then_some(2 * number as u64 + 1);
                shown += usize::from(!silent);
            }
            earlier.push(look);
        }
        with += usize::from(named);
        without += usize::from(freely);
    }
    println!(
        "{LOOKS} looks: {with} of {runs} name somebody, {without} without the rule; {shown} shown"
    );
    assert!(!surely_above(with, runs, ALPHA), "{with} of {runs}");
    assert!(surely_above(without, runs, ALPHA), "{without} of {runs} without the rule");
    assert!(with > 0, "the looks within the rule can name somebody");
}
