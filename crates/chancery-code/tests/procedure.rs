//! Whole inquiries: who is named, on which route, and what a finding contains.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

#[test]
fn a_lone_leaker_is_named_and_nobody_else() {
    let mut rng = Rng::new("lone leaker");
    let laws = binary_laws(Channel::Wording, 120, &mut rng);
    let keys = rng.keys(200);
    let evidence = leak(&laws, &keys[17..18], Mix::Copy, 0.05, 0.05, &mut rng);
    let inquiry =
        Inquiry::new(Alpha::USUAL, 1_000, vec![paper(&laws, &evidence)], Routes::Pooled).unwrap();
    let finding = inquiry.run(&holders(&keys), DecoyPlan { count: 20_000, salt: [1; 32] }).unwrap();
    assert_eq!(finding.named, [17]);
    assert_eq!(finding.verdict(), Verdict::Identified);
    let best = finding.persons[17].best.unwrap();
    assert_eq!((best.member, best.round, best.route), (Member::LONE, 1, Route::Paper(0)));
    assert!(finding.bits.obtained > finding.bits.needed);
    assert_eq!(finding.decoys.at_least(finding.persons[17].e_value), 0);
    assert_eq!(finding.credible.narrowed().unwrap().len(), 1);
    let display = &finding.displays[0];
    assert_eq!((display.person, display.places.len()), (17, 120));
    let sum: i64 = display.places.iter().map(|place| i64::from(place.weight)).sum();
    assert_eq!(sum, best.score);
}

#[test]
fn three_partial_leaks_name_by_the_pooled_route_only() {
    let mut rng = Rng::new("partial leaks");
    let laws: Vec<SiteLaws> = (0..3).map(|_| binary_laws(Channel::Wording, 22, &mut rng)).collect();
    let persons: Vec<Holder> =
        (0..300).map(|_| Holder { copies: rng.keys(3).into_iter().map(Some).collect() }).collect();
    let papers: Vec<PaperEvidence> = (0..3)
        .map(|k| {
            let own = [persons[5].copies[k].clone().unwrap()];
            paper(&laws[k], &leak(&laws[k], &own, Mix::Copy, 0.0, 0.02, &mut rng))
        })
        .collect();
    let inquiry = Inquiry::new(Alpha::USUAL, 1_000, papers, Routes::Pooled).unwrap();
    let finding = inquiry.run(&persons, DecoyPlan::NONE).unwrap();
    assert_eq!(finding.named, [5]);
    assert_eq!(finding.persons[5].best.unwrap().route, Route::Pooled);
    for paper in 0..3 {
        assert!(finding.persons[5].p_adjusted_for(paper) > 1e-6);
    }
}

#[test]
fn two_splicers_are_found_and_later_rounds_find_the_second() {
    let mut rng = Rng::new("splicers");
    let (mut both, mut later) = (0, 0);
    for _ in 0..20 {
        let laws = binary_laws(Channel::Characters, 260, &mut rng);
        let keys = rng.keys(100);
        let evidence = leak(&laws, &keys[..2], Mix::Interleave, 0.0, 0.02, &mut rng);
        let papers = vec![paper(&laws, &evidence)];
        let inquiry = Inquiry::new(Alpha::USUAL, 1_000, papers, Routes::Pooled).unwrap();
        let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
        assert!(finding.named.iter().all(|&person| person < 2), "{:?}", finding.named);
        both += usize::from(finding.named.len() == 2);
        later += usize::from(finding.persons.iter().any(|p| p.named_in > Some(1)));
    }
    assert!(both >= 15 && later >= 1, "{both} {later}");
}

#[test]
fn persons_without_copies_and_papers_without_evidence_are_harmless() {
    let mut rng = Rng::new("without copies");
    let laws = binary_laws(Channel::Wording, 40, &mut rng);
    let nothing = PaperEvidence::new(laws, Evidence::default()).unwrap();
    let inquiry = Inquiry::new(Alpha::USUAL, 3, vec![nothing], Routes::Pooled).unwrap();
    let persons = vec![Holder { copies: vec![None] }, Holder { copies: vec![Some(rng.key())] }];
    let finding = inquiry.run(&persons, DecoyPlan::usual([0; 32])).unwrap();
    assert_eq!(finding.verdict(), Verdict::Nothing);
    assert!(finding.persons[0].best.is_none());
    assert_eq!(finding.persons[1].p_adjusted(), 1.0);
}

#[test]
fn inconsistent_inquiries_are_refused() {
    let mut rng = Rng::new("refused");
    let laws = binary_laws(Channel::Wording, 4, &mut rng);
    let site = |i| Channel::Wording.site(i).unwrap();
    let unknown = Evidence::new(vec![SiteEvidence::seen(site(4), 2, 0, 0.1)]).unwrap();
    assert_eq!(
        PaperEvidence::new(laws.clone(), unknown).unwrap_err(),
        InquiryError::UnknownSite(site(4))
    );
    let arity = Evidence::new(vec![SiteEvidence::seen(site(3), 3, 0, 0.1)]).unwrap();
    assert!(PaperEvidence::new(laws.clone(), arity).is_err());
    let good = PaperEvidence::new(laws, Evidence::default()).unwrap();
    assert!(Inquiry::new(Alpha::USUAL, 1, vec![], Routes::Pooled).is_err());
    let inquiry = Inquiry::new(Alpha::USUAL, 1, vec![good], Routes::Pooled).unwrap();
    assert!(inquiry.run(&holders(&rng.keys(2)), DecoyPlan::NONE).is_err());
    let wrong = [Holder { copies: vec![] }];
    assert!(inquiry.run(&wrong, DecoyPlan::NONE).is_err());
}

/// Rule 12, as far as scoring goes: a verifier gets the same bits, whoever else is on the list.
#[test]
fn a_finding_is_recomputed_bit_for_bit_in_any_order() {
    let mut rng = Rng::new("recomputed");
    for sites in [90, 1_500] {
        let laws = binary_laws(Channel::Characters, sites, &mut rng);
        let keys = rng.keys(40);
        let evidence = leak(&laws, &keys[..3], Mix::Minority, 0.02, 0.02, &mut rng);
        let papers = vec![paper(&laws, &evidence)];
        let inquiry = Inquiry::new(Alpha::USUAL, 50, papers, Routes::Pooled).unwrap();
        let plan = DecoyPlan { count: 100, salt: [3; 32] };
        let first = inquiry.run(&holders(&keys), plan).unwrap();
        let mut backwards = holders(&keys);
        backwards.reverse();
        let second = inquiry.run(&backwards, plan).unwrap();
        for (a, b) in first.persons.iter().zip(second.persons.iter().rev()) {
            assert_eq!(a.p_adjusted().to_bits(), b.p_adjusted().to_bits());
            assert_eq!(a.e_value.log2().to_bits(), b.e_value.log2().to_bits());
            assert_eq!((a.best, a.named_in), (b.best, b.named_in));
        }
        assert_eq!(first.decoys, second.decoys);
    }
}

/// Rule 5, as far as scoring goes: text of one reader's copy that the house itself quoted.
#[test]
fn erased_passages_cannot_name_the_reader_they_came_from() {
    let mut rng = Rng::new("laundered");
    let (mut named, mut control) = (0, 0);
    for _ in 0..size(100, 500) {
        let laws = binary_laws(Channel::Wording, 120, &mut rng);
        let keys = rng.keys(30);
        let (quoted, leaker) = (symbols(&keys[3], &laws), symbols(&rng.key(), &laws));
        // Three paragraphs of copy 3 stand in another paper, which somebody else leaks.
        let quote: Vec<SiteId> = laws.entries()[20..80].iter().map(|entry| entry.0).collect();
        let seen = laws.entries().iter().enumerate().map(|(i, (site, _))| {
            let row = if quote.contains(site) { &quoted } else { &leaker };
            SiteEvidence::seen(*site, 2, row[i], 0.02)
        });
        let evidence = Evidence::new(seen.collect()).unwrap();
        let run = |evidence: &Evidence| {
            let papers = vec![paper(&laws, evidence)];
            let inquiry = Inquiry::new(Alpha::new(1e-3).unwrap(), 30, papers, Routes::Pooled);
            inquiry.unwrap().run(&holders(&keys), DecoyPlan::NONE).unwrap().named.contains(&3)
        };
        named += usize::from(run(&evidence.erasing(&quote)));
        control += usize::from(run(&evidence));
    }
    assert_eq!(named, 0);
    assert!(control > 50, "{control}");
}

/// Any laws, any evidence within the clip, any holdings: numbers stay in their ranges.
#[test]
fn odd_inquiries_give_sane_numbers() {
    let mut rng = Rng::new("odd inquiries");
    for case in 0..150 {
        let papers = if case == 0 { MOST_PAPERS } else { 1 + rng.below(4) };
        let make_paper = |rng: &mut Rng| {
            let list: Vec<Law> = (0..rng.below(40))
                .map(|_| match rng.below(4) {
                    0 => Law::binary(1 + rng.below(255) as u8).unwrap(),
                    1 => Law::uniform(2 + rng.below(23) as u8).unwrap(),
                    2 => Law::new(vec![254, 1, 1]).unwrap(),
                    _ => Law::new(vec![1, 255]).unwrap(),
                })
                .collect();
            let laws = numbered(Channel::ALL[rng.below(4)], list);
            let value = |rng: &mut Rng| match rng.below(4) {
                0 => CLIP,
                1 => -CLIP,
                2 => 0,
                _ => rng.below(1_025) as i16 - CLIP,
            };
            let entries = laws.entries().iter().map(|(site, law)| SiteEvidence {
                site: *site,
                log2: (0..law.readings()).map(|_| value(rng)).collect(),
            });
            let evidence = Evidence::new(entries.collect()).unwrap();
            paper(&laws, &evidence)
        };
        let list: Vec<PaperEvidence> = (0..papers).map(|_| make_paper(&mut rng)).collect();
        let people: Vec<Holder> = (0..6)
            .map(|_| Holder {
                copies: (0..papers).map(|_| rng.chance(0.7).then(|| rng.key())).collect(),
            })
            .collect();
        let routes = [Routes::Pooled, Routes::Separate][case % 2];
        let n = [6, 1_000, u64::MAX][case % 3];
        let alpha = Alpha::new([0.5, 1e-3, 1e-300][case % 3]).unwrap();
        let inquiry = Inquiry::new(alpha, n, list, routes).unwrap();
        let finding = inquiry.run(&people, DecoyPlan { count: 10, salt: [0; 32] }).unwrap();
        for person in &finding.persons {
            assert!((0.0..=1.0).contains(&person.p_adjusted()) && person.p_adjusted() > 0.0);
            assert!(!person.e_value.log2().is_nan());
            for score in &person.routes {
                assert!(score.p > 0.0 && score.p <= 1.0 && score.log10_adjusted() <= 0.0);
            }
        }
        assert!((0.0..=1.0).contains(&finding.credible.none));
        assert!(finding.bits.needed.is_finite() && finding.bits.obtained >= 0.0);
    }
}
