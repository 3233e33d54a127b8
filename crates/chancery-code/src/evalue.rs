//! E-values: evidence against "this copy had no part" whose mean over a fresh row is at most 1.
//!
//! Unlike p-values they may be averaged over models, multiplied over papers and looked at any time.
//! What is carried over many papers is in `account`.

use crate::evidence::UNITS;
use crate::score::ScoreLaw;
use serde::{Deserialize, Serialize};

/// An e-value, by its base-2 logarithm, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct EValue {
    log2: f64,
}

impl EValue {
    /// No evidence either way: 1.
    pub const ONE: Self = Self { log2: 0.0 };

    /// The e-value of a score: 2^(score/64) over its mean under a fresh row. Exact up to rounding,
    /// which goes down.
    #[must_use]
    pub fn of_score(score: i64, law: &ScoreLaw) -> Self {
        Self::normalised(score, upper_log2_mean(law))
    }

    /// As [`EValue::of_score`], with the normaliser from [`upper_log2_mean`].
    pub(crate) fn normalised(score: i64, upper_log2_mean: f64) -> Self {
        Self { log2: score as f64 / f64::from(UNITS) - upper_log2_mean }
    }

    /// The base-2 logarithm; `-inf` for 0.
    #[must_use]
    pub const fn log2(self) -> f64 {
        self.log2
    }

    /// The weighted sum of e-values of one copy; an e-value again when the weights are fixed
    /// beforehand and sum to at most 1. Negative and non-finite weights count as zero.
    pub fn mixture(parts: impl IntoIterator<Item = (f64, Self)>) -> Self {
        let parts: Vec<(f64, f64)> = parts
            .into_iter()
            .filter(|(weight, e)| weight.is_finite() && *weight > 0.0 && !e.log2.is_nan())
            .map(|(weight, e)| (weight, e.log2))
            .collect();
        let top = parts.iter().map(|part| part.1).fold(f64::NEG_INFINITY, f64::max);
        if top == f64::NEG_INFINITY {
            return Self { log2: f64::NEG_INFINITY };
        }
        let sum: f64 = parts.iter().map(|&(weight, log2)| weight * libm::exp2(log2 - top)).sum();
        Self { log2: round_down(top + libm::log2(sum), 1.0) }
    }

    /// The product over papers with independent rows.
    pub fn product(factors: impl IntoIterator<Item = Self>) -> Self {
        Self { log2: factors.into_iter().map(|e| e.log2).sum() }
    }

    /// (1 - share) + share * E: what a stake of `share` in this paper has become.
    #[must_use]
    pub fn staked(self, share: f64) -> Self {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        Self::mixture([(1.0 - share, Self::ONE), (share, self)])
    }
}

/// log2 of the mean of 2^(score/64), rounded up.
pub(crate) fn upper_log2_mean(law: &ScoreLaw) -> f64 {
    -round_down(-law.log2_mean(), law.sites() as f64)
}

/// Subtracts a bound of the rounding error of `terms` logarithms and their sum.
fn round_down(log2: f64, terms: f64) -> f64 {
    log2 - (terms + 8.0 + log2.abs()) * 4.0 * f64::EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_work_on_the_log_scale() {
        let e = |log2| EValue { log2 };
        let close = |a: EValue, b: f64| (a.log2() - b).abs() < 1e-10;
        assert!(close(EValue::mixture([(0.5, e(4.0)), (0.5, e(4.0))]), 4.0));
        assert!(close(EValue::mixture([(0.5, e(5_000.0)), (0.5, e(-5_000.0))]), 4_999.0));
        assert!(close(e(2.0).staked(0.5), libm::log2(2.5)));
        assert!(close(e(f64::NEG_INFINITY).staked(0.5), -1.0));
        assert_eq!(EValue::mixture([]).log2(), f64::NEG_INFINITY);
        assert!(e(3.0).staked(f64::NAN).log2() <= 0.0);
    }
}
