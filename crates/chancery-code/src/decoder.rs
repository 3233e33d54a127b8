//! The version of the decoder: everything between frozen evidence and a bound.
//!
//! What belongs here: the number that the record commits to, and what it stands for. Laws of a paper are
//! committed to by themselves; the reading of leaks has a version of its own in `chancery-text`.

/// Version of the decoder. A release, the frozen evidence of an inquiry and so every contest pack commit to it.
///
/// It changes when the same evidence and the same copy keys could give another finding: with rows (how a
/// symbol is drawn from a key), strata of laws, weights, the bank of models and their shares of alpha, tails and
/// their rounding, rounds, routes, e-values, or the seeding of decoys. Speed alone does not change it. Its known
/// answers are `tests/vectors` (rows) and the packs of `chancery-verify`.
pub const DECODER_VERSION: u32 = 1;

/// The version that entries without one were made under.
pub const FIRST_DECODER: u32 = 1;

/// A version that this program does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {0} of the decoder is not known here (this program has version {DECODER_VERSION}); use a program of that version"
)]
pub struct UnknownDecoder(pub u32);

/// Checks that findings under this version can be computed here; nothing stands for [`FIRST_DECODER`].
///
/// # Errors
/// [`UnknownDecoder`] for any other version than [`DECODER_VERSION`].
pub fn known_decoder(version: Option<u32>) -> Result<(), UnknownDecoder> {
    match version.unwrap_or(FIRST_DECODER) {
        DECODER_VERSION => Ok(()),
        other => Err(UnknownDecoder(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_a_version_is_of_the_first_and_later_ones_are_refused() {
        assert_eq!(known_decoder(Some(DECODER_VERSION)), Ok(()));
        assert_eq!(known_decoder(None), known_decoder(Some(FIRST_DECODER)));
        for unknown in [0, DECODER_VERSION + 1, u32::MAX] {
            assert_eq!(known_decoder(Some(unknown)), Err(UnknownDecoder(unknown)));
        }
        assert!(UnknownDecoder(7).to_string().contains("version 7"));
    }
}
