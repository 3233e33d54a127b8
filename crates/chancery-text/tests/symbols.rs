//! How many wording symbols a cable of common length carries by itself: the figure that decides how
//! far a retyped cable can be traced. The cables lie beside the repository.

mod support;

use chancery_text::token::tokens;

#[test]
fn a_cable_of_common_length_carries_twenty_symbols() {
    let Some(cables) = support::corpus() else { return };
    let words = |cable: &Vec<String>| -> usize {
        cable.iter().map(|p| tokens(p).iter().filter(|t| t.is_wordlike()).count()).sum()
    };
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
