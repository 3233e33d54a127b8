//! The error table: how often a reading seen in such and such a way is not what the copy had.
//!
//! Fixed beforehand, for the text version; never fitted to a leak. A wrong figure costs power and
//! never touches the bound.

use super::parse::Clarity;

/// Units of a log-likelihood in one bit.
pub(super) const UNITS: f64 = 64.0;

/// The largest difference of log-likelihoods, in units: 7.5 bits.
pub(super) const CAP: i32 = 480;

/// Chance that the reading of a place by its words is wrong.
///
/// `rough`: fewer than nine in ten of the fixed words around are in the leak as they were.
/// `press`: the leak is a quotation in somebody else's text.
pub(super) fn words(clarity: Clarity, rough: bool, press: bool) -> f64 {
    let base = match clarity {
        Clarity::Exact if !rough => 0.02,
        Clarity::Exact | Clarity::Edited => 0.06,
        Clarity::Near => 0.12,
    };
    if press { base + PRESS } else { base }
}

/// What a copy desk adds to the chance of error.
const PRESS: f64 = 0.05;

/// Chance of error where only punctuation, case, dots or hyphens tell the readings apart.
pub(super) const TEXTURE: f64 = 0.05;

/// Chance that a typographic space of the alphabet is not the copy's.
pub(super) const SPACE: f64 = 0.01;

/// Chance that an apostrophe, hyphen or quotation mark is not the copy's where both kinds occur.
pub(super) const CHARACTER: f64 = 0.02;

/// log2 likelihood of each of `others` other readings relative to the one seen, in units.
pub(super) fn against(error: f64, others: usize) -> i32 {
    let others = u32::try_from(others.max(1)).unwrap_or(u32::MAX);
    let ratio = error / f64::from(others) / (1.0 - error);
    // Between about -10 and 0 bits: the cast keeps it.
    libm::round(libm::log2(ratio) * UNITS) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surer_sights_weigh_more_and_all_fit_the_cap() {
        let weights = [
            against(SPACE, 2),
            against(words(Clarity::Exact, false, false), 1),
            against(words(Clarity::Edited, false, false), 1),
            against(words(Clarity::Near, false, false), 1),
            against(words(Clarity::Near, false, true), 1),
        ];
        assert!(weights.is_sorted(), "{weights:?}");
        assert_eq!(weights[1], -359, "log2(0.02 / 0.98) is -5.6147 bits");
        assert!(against(SPACE, 23) < -CAP && weights[4] < 0);
    }
}
