//! Exact tail probabilities of scores: P(S >= s) over a fresh row, as certified upper bounds.
//!
//! Short rows are convolved term by term (`convolution`); long rows go through an exponentially
//! tilted Fourier inversion (`tilted`, with its transform in `fft`). Both add all rounding, pruned
//! mass and aliasing to the result, so what is returned is never below the truth. `chernoff` is
//! the cheap bound that decides who is worth the exact one.

mod chernoff;
mod convolution;
mod fft;
mod tilted;

pub use chernoff::Chernoff;
pub(crate) use chernoff::least_score;

use crate::score::ScoreLaw;
use convolution::Convolution;
use tilted::Tilted;

/// No probability is reported below this value; it covers underflow in the convolution.
pub const LEAST_TAIL: f64 = 1e-280;

/// Unit roundoff of `f64`.
const ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// Multiplications up to which the direct convolution is taken (about 10 ms).
const CONVOLUTION_COST: u64 = 30_000_000;

/// The upper tail of one score law.
///
/// The value for a score depends on the law, the floor and that score alone, never on what else was
/// asked; a verifier gets the same bits.
#[derive(Clone, Debug)]
pub struct Tail(Method);

#[derive(Clone, Debug)]
enum Method {
    Convolution(Convolution),
    Tilted(Box<Tilted>),
}

impl Tail {
    /// Prepares tails for scores at or above `floor`; lower scores get the bound 1. A high floor
    /// saves work; `i64::MIN` asks for the whole law.
    ///
    /// Long rows (where the convolution would take more than some 3e7 multiplications) give the
    /// bound 1 below their mean, too.
    #[must_use]
    pub fn new(law: &ScoreLaw, floor: i64) -> Self {
        if Convolution::cost(law, floor) <= CONVOLUTION_COST {
            Self::by_convolution(law, floor)
        } else {
            Self::by_tilting(law)
        }
    }

    /// The direct convolution, whatever it costs.
    #[must_use]
    pub fn by_convolution(law: &ScoreLaw, floor: i64) -> Self {
        Self(Method::Convolution(Convolution::new(law, floor)))
    }

    /// The tilted Fourier inversion, whatever the length.
    #[must_use]
    pub fn by_tilting(law: &ScoreLaw) -> Self {
        Self(Method::Tilted(Box::new(Tilted::new(law))))
    }

    /// An upper bound of P(S >= score), within 1e-9 of it (relative) wherever the probability is
    /// above 1e-250, in [[`LEAST_TAIL`], 1]; 0 is returned only for scores that cannot occur.
    pub fn at_least(&mut self, score: i64) -> f64 {
        match &mut self.0 {
            Method::Convolution(convolution) => convolution.at_least(score),
            Method::Tilted(tilted) => tilted.at_least(score),
        }
    }
}
