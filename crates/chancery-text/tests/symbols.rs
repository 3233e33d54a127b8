//! How many wording symbols a cable carries by itself: the figure that decides how far a retyped cable
//! can be traced. The cables lie beside the repository.

mod support;

use std::collections::BTreeMap;

use chancery_text::build::{Choice, candidates, choose};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::Marked;
use chancery_text::order::Order;
use chancery_text::proposal::{Proposer, Scope};
use chancery_text::punctuation::Punctuation;
use chancery_text::token::tokens;
use chancery_text::typography::Typography;

fn words(cable: &[String]) -> usize {
    cable.iter().map(|p| tokens(p).iter().filter(|t| t.is_wordlike()).count()).sum()
}

#[test]
fn a_cable_of_common_length_carries_twenty_symbols() {
    let Some(cables) = support::corpus() else { return };
    let mut symbols: Vec<usize> = cables
        .iter()
        .filter(|cable| (400..=520).contains(&words(cable)))
        .step_by(4)
        .map(|cable| support::master(cable, false).sites.len())
        .collect();
    symbols.sort_unstable();
    assert!(symbols.len() > 50, "too few cables of 400-520 words: {}", symbols.len());
    let at = |per_cent: usize| symbols[symbols.len() * per_cent / 100];
    let (low, median) = (at(25), at(50));
    assert!(low >= 20 && median >= 25, "a quarter have under {low} symbols, half under {median}");
}

/// What typography and spelling alone give a cable, in bits: classes that it shows in one form throughout, each
/// one symbol however often it occurs, and all of tier 1.
fn tier_one(cable: &[String]) -> (f64, f64) {
    let marked: Vec<Marked> = cable.iter().map(|p| Marked::literal(p)).collect();
    let proposers: [&dyn Proposer; 4] = [Lexicon::embedded(), &Order, &Punctuation, &Typography];
    let found = candidates(&marked, &proposers);
    let (mut classes, mut free) = (BTreeMap::new(), 0.0);
    for candidate in choose(&marked, &found, &Choice::default()) {
        let proposal = &candidate.proposal;
        let bits = libm::log2(proposal.readings.len() as f64);
        match &proposal.scope {
            Scope::Consistent(class) => {
                classes.insert(class.clone(), bits);
            }
            Scope::Free if proposal.tier == 1 => free += bits,
            Scope::Free => {}
        }
    }
    let consistent: f64 = classes.values().sum();
    (consistent, consistent + free)
}

/// About ten bits: six of consistent classes, the rest of free commas and abbreviations.
#[test]
fn typography_and_spelling_give_about_ten_bits_a_paper() {
    let Some(cables) = support::corpus() else { return };
    let step = if support::full() { 1 } else { 10 };
    let every = || cables.iter().step_by(step);
    let common = || every().filter(|cable| (400..=520).contains(&words(cable)));
    let quartiles = |mut bits: Vec<f64>| {
        bits.sort_by(f64::total_cmp);
        [25, 50, 75].map(|per_cent| bits[bits.len() * per_cent / 100])
    };
    let of = |cables: &mut dyn Iterator<Item = &Vec<String>>| -> [[f64; 3]; 2] {
        let (consistent, all): (Vec<f64>, Vec<f64>) = cables.map(|cable| tier_one(cable)).unzip();
        [quartiles(consistent), quartiles(all)]
    };
    let (whole, usual) = (of(&mut every()), of(&mut common()));
    eprintln!(
        "bits of consistent classes and of tier 1, quartiles, {} cables: {whole:.1?}",
        every().count()
    );
    eprintln!("of {} cables of 400-520 words: {usual:.1?}", common().count());
    for [consistent, all] in [whole, usual] {
        assert!(
            consistent[0] >= 4.0 && consistent[1] >= 6.0,
            "consistent classes: {consistent:.1?}"
        );
        assert!(all[1] >= 10.0, "tier 1: {all:.1?}");
    }
}
