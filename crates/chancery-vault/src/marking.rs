//! The marking key and the key of each paper's marks.
//!
//! The vault keeps marks apart from texts: the archive key opens papers, the marking key makes their copies
//! differ. What a paper key is used for (copy keys, rows) is defined in `chancery-code`.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::secret::{KEY_BYTES, keyed, secret};

const PAPER_KEY: &[u8] = b"chancery/paper-key/v1";
const PAPER_KEY_COMMITMENT: &[u8] = b"chancery/paper-key-commitment/v1";
const PAPER_NONCE_COMMITMENT: &[u8] = b"chancery/paper-nonce-commitment/v1";

secret! {
    /// The key from which the marks of all papers of its generation follow.
    MarkingKey
}

secret! {
    /// The key of one paper's marks: the paper key that `chancery-code` draws copy keys and rows from.
    PaperMarkingKey
}

/// The random 32 bytes that make a paper's marking key its own.
///
/// Drawn when the paper is first drafted, and its [`PaperNonce::commitment`] is entered in the record before
/// the master is fixed: nobody can then search for a nonce that gives marks to his liking.
#[derive(Clone, PartialEq, Eq)]
pub struct PaperNonce([u8; KEY_BYTES]);

impl PaperNonce {
    /// Takes 32 bytes: from the system's random source for a new paper, or as stored.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storage and for showing that the commitment was kept.
    pub const fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// What the record holds of the nonce: `SHA-256("chancery/paper-nonce-commitment/v1" || nonce)`.
    pub fn commitment(&self) -> [u8; 32] {
        Sha256::new().chain_update(PAPER_NONCE_COMMITMENT).chain_update(self.0).finalize().into()
    }
}

impl fmt::Debug for PaperNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaperNonce(closed)")
    }
}

impl MarkingKey {
    /// Takes 32 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key of one paper's marks: `BLAKE3(key = marking key, "chancery/paper-key/v1" || nonce ||
    /// master_hash)`. Two papers have the same key only if nonce and master are both the same.
    pub fn paper_key(&self, nonce: &PaperNonce, master_hash: &[u8; 32]) -> PaperMarkingKey {
        PaperMarkingKey(keyed(&self.0, &[PAPER_KEY, &nonce.0, master_hash]))
    }
}

impl PaperMarkingKey {
    /// The secret bytes, for `chancery-code` only.
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// What the record holds of the key at release: `SHA-256("chancery/paper-key-commitment/v1" || key)`.
    /// Hiding, since the key is a pseudorandom value of 256 bits.
    pub fn commitment(&self) -> [u8; 32] {
        Sha256::new().chain_update(PAPER_KEY_COMMITMENT).chain_update(self.0).finalize().into()
    }
}
