//! How alpha is split, and the one formula that adjusts a p-value.
//!
//! Every factor is fixed before the leak is read: the number of persons, the shares of models,
//! rounds and routes. Nothing in this file looks at evidence or at a row.

use crate::collusion::{Attack, Member};
use crate::score::LANES;
use serde::{Deserialize, Serialize};

/// Shares are given in thousandths.
pub const WHOLE: u32 = 1_000;

/// The most rounds of a procedure.
pub const MOST_ROUNDS: usize = 8;

/// Why a split of alpha or its parts are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// Not a usable level.
    #[error("alpha must be above 0 and at most 0.5; the usual level is 1e-6")]
    Alpha,
    /// A bank that is empty or too large.
    #[error("a bank has 1 to {LANES} members, each once")]
    Bank,
    /// Shares that are zero or exceed the whole.
    #[error("shares are positive thousandths that add up to at most {WHOLE}")]
    Shares,
    /// No round or too many.
    #[error("a procedure has 1 to {MOST_ROUNDS} rounds")]
    Rounds,
}

/// The level of an inquiry: the chance of naming any copy that had no part.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Alpha(f64);

impl Alpha {
    /// The usual level, one in a million.
    pub const USUAL: Self = Self(1e-6);

    /// Takes a level in (0, 0.5].
    ///
    /// # Errors
    /// [`BudgetError::Alpha`] otherwise.
    pub fn new(level: f64) -> Result<Self, BudgetError> {
        if level > 0.0 && level <= 0.5 { Ok(Self(level)) } else { Err(BudgetError::Alpha) }
    }

    /// The level.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Alpha {
    type Error = BudgetError;

    fn try_from(level: f64) -> Result<Self, BudgetError> {
        Self::new(level)
    }
}

impl From<Alpha> for f64 {
    fn from(alpha: Alpha) -> Self {
        alpha.0
    }
}

/// The models that score, each with its share of a round's alpha.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(Member, u32)>", into = "Vec<(Member, u32)>")]
pub struct Bank(Vec<(Member, u32)>);

impl Bank {
    /// Takes models with their shares in thousandths.
    ///
    /// # Errors
    /// Refuses an empty or too large bank, a model given twice, zero shares and shares above the
    /// whole.
    pub fn new(members: Vec<(Member, u32)>) -> Result<Self, BudgetError> {
        let mut distinct: Vec<Member> = members.iter().map(|entry| entry.0).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if members.is_empty() || members.len() > LANES || distinct.len() != members.len() {
            return Err(BudgetError::Bank);
        }
        check_shares(members.iter().map(|entry| entry.1))?;
        Ok(Self(members))
    }

    /// One model with the whole budget.
    #[must_use]
    pub fn only(member: Member) -> Self {
        Self(vec![(member, WHOLE)])
    }

    /// The first round's bank: the lone reader with .64 (which costs him .65 bit), a pair with .09
    /// and nine larger coalitions with .03 each.
    #[must_use]
    pub fn first_round() -> Self {
        let mut members = vec![(Member::LONE, 640)];
        members.extend(coalitions(90, 30));
        Self(members)
    }

    /// The later rounds' bank: somebody has been accused, so nobody is alone.
    #[must_use]
    pub fn later_rounds() -> Self {
        Self(coalitions(280, 80).collect())
    }

    /// The models and their shares in thousandths.
    #[must_use]
    pub fn members(&self) -> &[(Member, u32)] {
        &self.0
    }

    /// The share of one member, as a fraction.
    pub(crate) fn share(&self, lane: usize) -> f64 {
        f64::from(self.0[lane].1) / f64::from(WHOLE)
    }

    /// The models alone, in order.
    pub(crate) fn models(&self) -> Vec<Member> {
        self.0.iter().map(|entry| entry.0).collect()
    }
}

fn coalitions(pair: u32, each: u32) -> impl Iterator<Item = (Member, u32)> {
    let strategies = [Attack::Interleave, Attack::Majority, Attack::Minority];
    let larger = [3, 5, 8]
        .into_iter()
        .flat_map(move |c| strategies.map(|attack| (Member::new(c, attack), each)));
    // For two colluders on two readings every strategy comes to the same.
    std::iter::once((Member::new(2, Attack::Interleave), pair)).chain(larger)
}

impl TryFrom<Vec<(Member, u32)>> for Bank {
    type Error = BudgetError;

    fn try_from(members: Vec<(Member, u32)>) -> Result<Self, BudgetError> {
        Self::new(members)
    }
}

impl From<Bank> for Vec<(Member, u32)> {
    fn from(bank: Bank) -> Self {
        bank.0
    }
}

fn check_shares(shares: impl Iterator<Item = u32> + Clone) -> Result<(), BudgetError> {
    let zero = shares.clone().any(|share| share == 0);
    let sum: u64 = shares.map(u64::from).sum();
    if zero || sum > u64::from(WHOLE) { Err(BudgetError::Shares) } else { Ok(()) }
}

/// How an inquiry's alpha is shared out over rounds and models.
///
/// Part of what the record holds before a leak is scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlphaSplit {
    first: Bank,
    later: Bank,
    rounds: Vec<u32>,
}

impl AlphaSplit {
    /// Takes the banks and the shares of the rounds in thousandths.
    ///
    /// # Errors
    /// Refuses no rounds, more than [`MOST_ROUNDS`], and shares that exceed the whole.
    pub fn new(first: Bank, later: Bank, rounds: Vec<u32>) -> Result<Self, BudgetError> {
        if !(1..=MOST_ROUNDS).contains(&rounds.len()) {
            return Err(BudgetError::Rounds);
        }
        check_shares(rounds.iter().copied())?;
        Ok(Self { first, later, rounds })
    }

    /// The standard split: rounds .80, .15 and .05. With the first bank's .64 a lone reader is
    /// charged .97 bit in all.
    #[must_use]
    pub fn standard() -> Self {
        Self { first: Bank::first_round(), later: Bank::later_rounds(), rounds: vec![800, 150, 50] }
    }

    /// One round with one model that has everything, for experiments.
    #[must_use]
    pub fn single(member: Member) -> Self {
        Self { first: Bank::only(member), later: Bank::later_rounds(), rounds: vec![WHOLE] }
    }

    /// The bank of a round, counted from 1.
    #[must_use]
    pub fn bank(&self, round: usize) -> &Bank {
        if round <= 1 { &self.first } else { &self.later }
    }

    /// The number of rounds.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// The share of a round, counted from 1, as a fraction; 0 when there is no such round.
    #[must_use]
    pub fn round_share(&self, round: usize) -> f64 {
        let share = round.checked_sub(1).and_then(|i| self.rounds.get(i)).copied().unwrap_or(0);
        f64::from(share) / f64::from(WHOLE)
    }
}

/// Which scores of a person are looked at when several papers are in one inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Routes {
    /// The sum over all papers has half of alpha, and the papers by themselves share the rest: for
    /// different leaks declared together.
    Pooled,
    /// Each paper by itself, in equal shares: for one leak that fits several papers.
    Separate,
}

/// One way to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// By this paper's leak alone (index into the inquiry's papers).
    Paper(usize),
    /// By all leaks together: had a part in *at least one* of them.
    Pooled,
}

impl Routes {
    /// The routes of an inquiry over `papers` papers with their shares of alpha; shares add up to
    /// 1 at most.
    pub(crate) fn list(self, papers: usize) -> Vec<(Route, f64)> {
        if papers == 1 {
            return vec![(Route::Paper(0), 1.0)];
        }
        let single = match self {
            Self::Pooled => 0.5 / papers as f64,
            Self::Separate => 1.0 / papers as f64,
        };
        let mut routes: Vec<(Route, f64)> =
            (0..papers).map(|paper| (Route::Paper(paper), single)).collect();
        if self == Self::Pooled {
            routes.push((Route::Pooled, 0.5));
        }
        routes
    }
}

/// By how much a p-value is multiplied before it is compared with alpha:
/// N / (share of the model * share of the round * share of the route).
///
/// The only place where any of these factors enters.
pub(crate) fn adjustment(entitled: u64, bank: f64, round: f64, route: f64) -> f64 {
    entitled as f64 / (bank * round * route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_whole_is_ever_shared_out() {
        let split = AlphaSplit::standard();
        for round in 1..=split.rounds() {
            let bank = split.bank(round);
            assert_eq!(bank.members().iter().map(|entry| entry.1).sum::<u32>(), WHOLE);
            assert_eq!(Bank::new(bank.members().to_vec()).as_ref(), Ok(bank));
        }
        let rounds: f64 = (1..=3).map(|round| split.round_share(round)).sum();
        assert!((rounds - 1.0).abs() < 1e-12);
        for papers in 1..=64 {
            for routes in [Routes::Pooled, Routes::Separate] {
                let sum: f64 = routes.list(papers).iter().map(|route| route.1).sum();
                assert!(sum <= 1.0 + 1e-12);
            }
        }
    }

    #[test]
    fn the_lone_reader_is_charged_less_than_a_bit() {
        let split = AlphaSplit::standard();
        let charge = adjustment(1, split.bank(1).share(0), split.round_share(1), 1.0);
        assert!(charge < 2.0, "{charge}");
    }

    #[test]
    fn bad_splits_are_refused() {
        assert_eq!(Alpha::new(0.0), Err(BudgetError::Alpha));
        assert_eq!(Alpha::new(f64::NAN), Err(BudgetError::Alpha));
        let pair = Member::new(2, Attack::Majority);
        assert_eq!(Bank::new(vec![]), Err(BudgetError::Bank));
        assert_eq!(Bank::new(vec![(pair, 1), (pair, 1)]), Err(BudgetError::Bank));
        assert_eq!(Bank::new(vec![(pair, 1_001)]), Err(BudgetError::Shares));
        let bank = Bank::only(pair);
        assert!(AlphaSplit::new(bank.clone(), bank.clone(), vec![]).is_err());
        assert!(AlphaSplit::new(bank.clone(), bank, vec![600, 600]).is_err());
    }
}
