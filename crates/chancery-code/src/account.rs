//! The running account of one person over many papers and years.
//!
//! What it says when it grows large: this person had a part in *at least one* of the leaks entered.
//! It never says in which; naming somebody for one leak takes that leak's own bound.
//!
//! Why it may be looked at after every entry: the looks at one paper have weights fixed beforehand
//! that sum to 1, so a paper's factor only grows while looks are added and its final value has mean
//! at most 1; factors of different papers come from independent rows, so their product in the order
//! of entry is a non-negative supermartingale, and Ville's inequality bounds its supremum.

use crate::evalue::EValue;
use crate::procedure::Alpha;
use serde::{Deserialize, Serialize};

/// The share staked on each paper; the rest is kept, so that a paper with which the person had
/// nothing to do costs at most one bit.
pub const STAKE: f64 = 0.5;

/// What names a paper, the same for all its editions.
pub type PaperTag = [u8; 32];

/// The e-values of one person, paper by paper, look by look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    papers: Vec<(PaperTag, Vec<EValue>)>,
}

/// The weight of the `look`-th look at a paper, from 1: 3/4 for the first, then 1/(4k(k-1)), which
/// sums to 1. Most papers leak once; a second look still gets an eighth.
#[must_use]
pub fn look_weight(look: usize) -> f64 {
    let k = look as f64;
    if look <= 1 { 0.75 } else { 0.25 / (k * (k - 1.0)) }
}

impl Account {
    /// An account without entries, worth 1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters the e-value of the next inquiry that scored this person's copy of this paper. A paper
    /// scored again, with more or merged leaks, stays one factor.
    pub fn enter(&mut self, paper: PaperTag, e_value: EValue) {
        match self.papers.iter_mut().find(|entry| entry.0 == paper) {
            Some(entry) => entry.1.push(e_value),
            None => self.papers.push((paper, vec![e_value])),
        }
    }

    /// Takes out a paper whose disclosure turned out to be authorised.
    ///
    /// What is left is again a product over papers, so it keeps its guarantee as long as the reason
    /// for taking the paper out has nothing to do with rows.
    pub fn remove(&mut self, paper: &PaperTag) {
        self.papers.retain(|entry| entry.0 != *paper);
    }

    /// The papers entered, in order: the leaks of which "at least one" speaks.
    pub fn papers(&self) -> impl Iterator<Item = &PaperTag> {
        self.papers.iter().map(|entry| &entry.0)
    }

    /// The product of the papers' factors.
    #[must_use]
    pub fn value(&self) -> EValue {
        EValue::product(self.papers.iter().map(|(_, looks)| {
            let weighted = looks.iter().zip(1..).map(|(&e, look)| (look_weight(look), e));
            EValue::mixture(weighted).staked(STAKE)
        }))
    }

    /// Whether the account supports "had a part in at least one of these leaks" at this level, for
    /// all persons ever enrolled taken together.
    #[must_use]
    pub fn crosses(&self, alpha: Alpha, enrolled: u64) -> bool {
        self.value().log2() >= libm::log2(enrolled.max(1) as f64 / alpha.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_weights_sum_to_at_most_one() {
        let sum: f64 = (1..100_000).map(look_weight).sum();
        assert!(sum < 1.0 && sum > 0.9999);
    }

    #[test]
    fn a_paper_entered_twice_does_not_multiply() {
        let ten = EValue::mixture([(1024.0, EValue::ONE)]);
        let mut once = Account::new();
        once.enter([1; 32], ten);
        let mut twice = once.clone();
        twice.enter([1; 32], ten);
        let mut two_papers = once.clone();
        two_papers.enter([2; 32], ten);
        assert!((once.value().log2() - 8.585).abs() < 0.01);
        assert!(twice.value().log2() < 9.0);
        assert!(two_papers.value().log2() > 17.1);
        two_papers.remove(&[2; 32]);
        assert_eq!(two_papers, once);
    }
}
