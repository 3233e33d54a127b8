//! Chernoff's bound on a fixed grid of tilts: cheap, valid everywhere, some ten times too large.

use crate::evidence::UNITS;
use crate::law::MASS;
use crate::score::ScoreLaw;

/// Tilts tried, as multiples of the natural one (at which a log-likelihood ratio has mean
/// 2^(s/64) = 1), in geometric steps.
const TILTS: usize = 22;
const FIRST_TILT: f64 = core::f64::consts::LN_2 / (32.0 * UNITS as f64);
const STEP: f64 = 1.25;

/// Bounds P(S >= s) <= min over tilts t of exp(K(t) - t s), K the cumulant generating function.
#[derive(Clone, Debug)]
pub struct Chernoff {
    /// K at each tilt of the grid, rounded up.
    cumulants: [f64; TILTS],
}

impl Chernoff {
    /// Prepares the bound for one law.
    #[must_use]
    pub fn new(law: &ScoreLaw) -> Self {
        let mut tilt = FIRST_TILT;
        let cumulants = std::array::from_fn(|_| {
            let cumulant = Cumulants::of(law, tilt).log_mean;
            tilt *= STEP;
            cumulant + 1e-9 * (1.0 + cumulant.abs())
        });
        Self { cumulants }
    }

    /// An upper bound of ln P(S >= score); 0 when nothing better is known.
    #[must_use]
    pub fn ln_at_least(&self, score: i64) -> f64 {
        Self::ln_sum_at_least(std::iter::once(self), score)
    }

    /// The same for a sum of independent scores, whose cumulants add.
    pub fn ln_sum_at_least<'a>(laws: impl Iterator<Item = &'a Self> + Clone, score: i64) -> f64 {
        let s = score as f64;
        let mut tilt = FIRST_TILT;
        let mut best = 0.0_f64;
        for g in 0..TILTS {
            let cumulant: f64 = laws.clone().map(|law| law.cumulants[g]).sum();
            best = best.min(cumulant - tilt * s);
            tilt *= STEP;
        }
        best
    }
}

/// The least score of a sum of independent scores that this bound puts at or under exp(`ln`).
pub(crate) fn least_score<'a>(laws: impl Iterator<Item = &'a Chernoff> + Clone, ln: f64) -> i64 {
    let mut tilt = FIRST_TILT;
    let mut least = f64::INFINITY;
    for g in 0..TILTS {
        let cumulant: f64 = laws.clone().map(|law| law.cumulants[g]).sum();
        least = least.min((cumulant - ln) / tilt);
        tilt *= STEP;
    }
    // One less, so that rounding cannot push the bound's own scores below it.
    (libm::floor(least) as i64).saturating_sub(1)
}

/// The cumulant generating function at a tilt, with its first two derivatives: the mean and the
/// variance of the tilted score.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cumulants {
    pub(super) log_mean: f64,
    pub(super) mean: f64,
    pub(super) variance: f64,
}

impl Cumulants {
    pub(super) fn of(law: &ScoreLaw, tilt: f64) -> Self {
        let mut total = Self { log_mean: 0.0, mean: 0.0, variance: 0.0 };
        for class in law.classes() {
            let top = f64::from(class.points[class.points.len() - 1].0);
            let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
            for &(weight, share) in &class.points {
                let below = f64::from(weight) - top;
                let mass = f64::from(share) * libm::exp(tilt * below);
                sum += mass;
                first += mass * below;
                second += mass * below * below;
            }
            let n = f64::from(class.count);
            let mean = first / sum;
            total.log_mean += n * (libm::log(sum / f64::from(MASS)) + tilt * top);
            total.mean += n * (mean + top);
            total.variance += n * (second / sum - mean * mean).max(0.0);
        }
        total
    }
}
