//! The hash of the tree: SHA-256 with the domain separation of RFC 6962 section 2.1.
//!
//! A [`Hash`] is a leaf hash, a node hash or a root. Shapes of trees and proofs live in `range`, `plan`
//! and `verify`.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::text;

/// Length of every hash in the tree, in bytes.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash in the tree: of a leaf, of a node, or of a whole tree.
///
/// Displays as canonical base64 (44 characters), the form of checkpoints and proofs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_BYTES]);

/// Why a text is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// The text is not the canonical base64 of 32 bytes.
    #[error(
        "not a SHA-256 hash: expected 44 characters of padded base64; check that the line was copied whole"
    )]
    NotAHash,
}

impl Hash {
    /// Takes 32 bytes that are already a hash, from storage or from a message.
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// The hash of a log entry: SHA-256(0x00 || entry).
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
    }

    /// The hash of an inner node: SHA-256(0x01 || left || right).
    pub fn node(left: &Self, right: &Self) -> Self {
        let digest = Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0);
        Self(digest.finalize().into())
    }

    /// The root of the tree without leaves: SHA-256 of nothing.
    pub fn empty_root() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// Reads the base64 form; only the canonical one is accepted.
    ///
    /// # Errors
    /// [`HashError::NotAHash`] for any other text.
    pub fn from_base64(base64: &str) -> Result<Self, HashError> {
        let bytes = text::decode(base64).ok_or(HashError::NotAHash)?;
        bytes.try_into().map(Self).map_err(|_| HashError::NotAHash)
    }

    /// The root over neighbouring complete subtrees, given largest first (RFC 6962 section 2.1). No subtree
    /// at all gives [`Hash::empty_root`].
    pub(crate) fn fold_right(hashes: impl DoubleEndedIterator<Item = Self>) -> Self {
        let mut smallest_first = hashes.rev();
        let Some(last) = smallest_first.next() else { return Self::empty_root() };
        smallest_first.fold(last, |right, left| Self::node(&left, &right))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_hash_of_nothing() {
        assert_eq!(Hash::empty_root().to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn a_leaf_cannot_be_taken_for_a_node() {
        let (left, right) = (Hash::leaf(b"left"), Hash::leaf(b"right"));
        let both = [*left.as_bytes(), *right.as_bytes()].concat();
        assert_ne!(Hash::leaf(&both), Hash::node(&left, &right));
    }

    #[test]
    fn base64_of_another_length_is_no_hash() {
        let hash = Hash::leaf(b"entry");
        assert_eq!(Hash::from_base64(&hash.to_string()), Ok(hash));
        for text in ["", "AQI=", &text::encode(&[0; 31]), &text::encode(&[0; 33])] {
            assert_eq!(Hash::from_base64(text), Err(HashError::NotAHash));
        }
    }
}
