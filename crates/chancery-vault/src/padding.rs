//! Hiding lengths: plain texts are padded to whole steps before they are sealed.
//!
//! A padded text is its length (four little-endian bytes), the text, and zeros up to the step. The form is
//! checked again after opening. Encryption is in `envelope`.

use zeroize::Zeroizing;

/// Step of short fields (names, subjects, keys of tables), in bytes.
pub const FIELD_STEP: usize = 64;

/// Step of bodies, attachments and site tables, in bytes.
pub const BODY_STEP: usize = 4096;

/// The longest plain text that is sealed in one piece, in bytes.
pub const PLAINTEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

const LENGTH_BYTES: usize = 4;

/// How coarsely the length of a sealed text shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Padding {
    /// Steps of [`FIELD_STEP`] bytes, for short fields.
    Field,
    /// Steps of [`BODY_STEP`] bytes, for bodies.
    Body,
}

impl Padding {
    pub(crate) const fn step(self) -> usize {
        match self {
            Self::Field => FIELD_STEP,
            Self::Body => BODY_STEP,
        }
    }

    /// The padded text, with `spare` bytes of capacity for what is appended later; `None` when the text is
    /// longer than [`PLAINTEXT_BYTES_MAX`].
    pub(crate) fn pad(self, text: &[u8], spare: usize) -> Option<Zeroizing<Vec<u8>>> {
        if text.len() > PLAINTEXT_BYTES_MAX {
            return None;
        }
        let length = u32::try_from(text.len()).ok()?;
        let whole = (LENGTH_BYTES + text.len()).next_multiple_of(self.step());
        // One allocation: a growing vector would leave copies of the text behind.
        let mut padded = Zeroizing::new(Vec::with_capacity(whole + spare));
        padded.extend(length.to_le_bytes());
        padded.extend_from_slice(text);
        padded.resize(whole, 0);
        Some(padded)
    }

    /// The text in a padded one; `None` unless [`Self::pad`] would give exactly these bytes.
    pub(crate) fn unpad(self, padded: &[u8]) -> Option<&[u8]> {
        let (length, rest) = padded.split_first_chunk::<LENGTH_BYTES>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (text, zeros) = rest.split_at_checked(length)?;
        let whole = (LENGTH_BYTES + length).next_multiple_of(self.step());
        let exact = padded.len() == whole && zeros.iter().all(|&byte| byte == 0);
        exact.then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_where_the_length_no_longer_fits() {
        let padded =
            |padding: Padding, length: usize| padding.pad(&vec![7; length], 0).unwrap().len();
        assert_eq!([0, 60, 61, 124].map(|n| padded(Padding::Field, n)), [64, 64, 128, 128]);
        assert_eq!([0, 4092, 4093].map(|n| padded(Padding::Body, n)), [4096, 4096, 8192]);
    }

    #[test]
    fn only_exact_padding_is_removed() {
        let padded = Padding::Field.pad(b"text", 0).unwrap();
        assert_eq!(Padding::Field.unpad(&padded), Some(&b"text"[..]));
        let mut altered = padded.to_vec();
        altered[63] = 1;
        assert_eq!(Padding::Field.unpad(&altered), None);
        let mut longer = padded.to_vec();
        longer.resize(128, 0);
        assert_eq!(Padding::Field.unpad(&longer), None);
        assert_eq!(Padding::Body.unpad(&padded), None);
        assert_eq!(Padding::Field.unpad(&[255; 64]), None);
        assert_eq!(Padding::Field.unpad(&[]), None);
    }
}
