//! Acceptance check 11 and rules 2 and 3: accounts over many papers.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

fn tag(paper: usize) -> [u8; 32] {
    let mut tag = [0; 32];
    tag[..8].copy_from_slice(&(paper as u64).to_le_bytes());
    tag
}

/// The averaged e-value of a copy, as an inquiry over this paper alone reports it.
struct PaperBank(Vec<(f64, Scorer, ScoreLaw)>);

impl PaperBank {
    fn new(laws: &SiteLaws, evidence: &Evidence) -> Self {
        let bank = Bank::first_round();
        let lane = |&(member, share): &(Member, u32)| {
            let scorer = Scorer::new(laws, evidence, member);
            let law = scorer.law();
            (f64::from(share) / f64::from(WHOLE), scorer, law)
        };
        Self(bank.members().iter().map(lane).collect())
    }

    fn e_value(&self, row: &[u8]) -> EValue {
        EValue::mixture(
            self.0.iter().map(|(w, scorer, law)| (*w, EValue::of_score(scorer.score(row), law))),
        )
    }
}

#[test]
fn a_paper_bank_is_what_an_inquiry_reports() {
    let mut rng = Rng::new("bank e-value");
    let laws = binary_laws(Channel::Wording, 40, &mut rng);
    let keys = rng.keys(3);
    let evidence = leak(&laws, &keys[..1], Mix::Copy, 0.05, 0.05, &mut rng);
    let bank = PaperBank::new(&laws, &evidence);
    let papers = vec![paper(&laws, &evidence)];
    let inquiry = Inquiry::new(Alpha::USUAL, 3, papers, Routes::Pooled).unwrap();
    let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
    for (person, key) in finding.persons.iter().zip(&keys) {
        let own = bank.e_value(&symbols(key, &laws)).log2();
        assert!((person.paper_e_values[0].unwrap().log2() - own).abs() < 1e-9);
        assert!((person.e_value.log2() - own).abs() < 1e-9);
    }
}

/// Check 11: eight leaks of 25 sites, four of them by one reader.
#[test]
fn the_mixture_finds_a_reader_behind_half_of_the_leaks() {
    let mut rng = Rng::new("pooling");
    let runs = size(300, 2_000);
    let mut found = 0;
    for _ in 0..runs {
        let mut account = Account::new();
        for k in 0..8 {
            let laws = equal_laws(&Law::binary(128).unwrap(), 25);
            let own = rng.key();
            let by = if k % 2 == 0 { own.clone() } else { rng.key() };
            let evidence = leak(&laws, &[by], Mix::Copy, 0.05, 0.05, &mut rng);
            account.enter(tag(k), PaperBank::new(&laws, &evidence).e_value(&symbols(&own, &laws)));
        }
        found += usize::from(account.crosses(Alpha::USUAL, 1_000));
    }
    println!("half of eight leaks: {found} of {runs}");
    assert_at_least(found, runs, 0.89, "half of eight leaks");
}

#[test]
fn accounts_of_innocents_stay_within_their_limit() {
    let mut rng = Rng::new("innocent accounts");
    let innocents = size(20_000, 20_000);
    let banks: Vec<(SiteLaws, PaperBank)> = (0..8)
        .map(|_| {
            let laws = binary_laws(Channel::Characters, 25, &mut rng);
            let evidence = leak(&laws, &rng.keys(3), Mix::Minority, 0.05, 0.05, &mut rng);
            let bank = PaperBank::new(&laws, &evidence);
            (laws, bank)
        })
        .collect();
    let mut ever = 0;
    for _ in 0..innocents {
        let mut account = Account::new();
        let mut high = false;
        for (k, (laws, bank)) in banks.iter().enumerate() {
            account.enter(tag(k), bank.e_value(&symbols(&rng.key(), laws)));
            high |= account.value().log2() >= libm::log2(20.0);
        }
        ever += usize::from(high);
    }
    assert_at_most(ever, innocents, 0.05, "P(account ever at least 20)");
}

/// Rule 3: ten leaks of one paper that overlap, looked at after each.
#[test]
fn one_paper_leaking_ten_times_stays_one_factor() {
    let mut rng = Rng::new("overlapping leaks");
    let innocents = size(60_000, 200_000);
    // Few and blurred sites: every look says little, and all say the same.
    let laws = equal_laws(&Law::binary(128).unwrap(), 12);
    let leaker = rng.keys(1);
    let whole = leak(&laws, &leaker, Mix::Copy, 0.0, 0.1, &mut rng);
    let looks: Vec<(Scorer, ScoreLaw)> = (0..10)
        .map(|_| {
            let kept = whole.sites().iter().filter(|_| rng.chance(0.6)).cloned().collect();
            let scorer = Scorer::new(&laws, &Evidence::new(kept).unwrap(), Member::LONE);
            let law = scorer.law();
            (scorer, law)
        })
        .collect();
    let (mut ever, mut multiplied) = (0, 0);
    for _ in 0..innocents {
        let row = symbols(&rng.key(), &laws);
        let mut account = Account::new();
        let mut product = 0.0;
        let (mut high, mut product_high) = (false, false);
        for (scorer, law) in &looks {
            let e = EValue::of_score(scorer.score(&row), law);
            account.enter(tag(0), e);
            high |= account.value().log2() >= 6.0;
            product += e.log2();
            product_high |= product >= 6.0;
        }
        ever += usize::from(high);
        multiplied += usize::from(product_high);
    }
    println!(
        "64 P(sup >= 64): fixed weights {:.3}, multiplied {:.2}",
        64.0 * ever as f64 / innocents as f64,
        64.0 * multiplied as f64 / innocents as f64
    );
    assert!(ever as f64 * 64.0 <= 1.05 * innocents as f64, "{ever}");
    // Control: every look multiplied as if its row were fresh.
    assert!(surely_above(multiplied, innocents, 1.0 / 64.0), "{multiplied}");
}

/// Rule 2: guilty of the first leak, innocent of the next five.
#[test]
fn an_account_never_names_for_a_particular_leak() {
    let mut rng = Rng::new("wrong paper");
    let readers = size(160, 10_000);
    let alpha = Alpha::new(0.01).unwrap();
    let (mut wrongly, mut rightly, mut by_account) = (0, 0, 0);
    for _ in 0..readers / 20 {
        let laws: Vec<SiteLaws> =
            (0..6).map(|_| binary_laws(Channel::Wording, 40, &mut rng)).collect();
        // Twenty readers who leak the first paper together have each their own inquiry.
        let others: Vec<Evidence> = laws[1..]
            .iter()
            .map(|laws| {
                let stranger = rng.keys(1);
                leak(laws, &stranger, Mix::Copy, 0.02, 0.02, &mut rng)
            })
            .collect();
        for _ in 0..20 {
            let keys = rng.keys(6);
            let first = leak(&laws[0], &keys[..1], Mix::Copy, 0.02, 0.02, &mut rng);
            let mut papers = vec![paper(&laws[0], &first)];
            papers.extend(laws[1..].iter().zip(&others).map(|(l, e)| paper(l, e)));
            let person = Holder { copies: keys.into_iter().map(Some).collect() };
            let inquiry = Inquiry::new(alpha, 1, papers, Routes::Pooled).unwrap();
            let finding = inquiry.run(&[person], DecoyPlan::NONE).unwrap();
            let score = &finding.persons[0];
            rightly += usize::from(score.p_adjusted_for(0) <= alpha.get());
            wrongly += usize::from((1..6).any(|k| score.p_adjusted_for(k) <= alpha.get()));
            let mut account = Account::new();
            let mut crossed_later = false;
            for (k, e) in score.paper_e_values.iter().enumerate() {
                account.enter(tag(k), e.unwrap());
                crossed_later |= k > 0 && account.crosses(alpha, 1);
            }
            by_account += usize::from(crossed_later);
        }
    }
    println!(
        "named for leak 1: {rightly}, for leaks 2 to 6: {wrongly}, account over the line during \
              leaks 2 to 6: {by_account}, of {readers}"
    );
    assert_at_most(wrongly, readers, alpha.get(), "named for a leak of another");
    assert!(rightly * 10 > readers * 9);
    // Control: reading the account as a statement about the leak at hand.
    assert!(surely_above(by_account, readers, 0.5), "{by_account}");
}
