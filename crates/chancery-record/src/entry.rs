//! Log entries: salted commitments, so that the published log says nothing about what it records.
//!
//! The canonical record (JSON bytes with its kind inside) is the desk's business and arrives as bytes; it
//! lies encrypted in the store, the salt beside it. Destroying both leaves a valid tree with an entry that
//! nobody can explain any more: append-only and erasure do not conflict.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::hash::{HASH_BYTES, Hash};

/// The 32 random bytes that hide a record behind its commitment.
///
/// Whoever knows the salt can confirm a guess at the record, so it is kept with the record, given away in
/// receipts only, and not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; Self::BYTES]);

impl Salt {
    /// Length of a salt in bytes.
    pub const BYTES: usize = 32;

    /// Takes 32 bytes: fresh from the system's random source for a new record, or as stored.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storage beside the record and for receipts.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(redacted)")
    }
}

/// An entry of the log: the commitment SHA-256(salt || canonical record), 32 bytes.
///
/// Hiding as long as the salt is secret and random; binding because the salt's length is fixed and SHA-256
/// is collision resistant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Entry(Hash);

impl Entry {
    /// Commits to a record.
    pub fn commit(salt: &Salt, record: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(salt.0).chain_update(record).finalize();
        Self(Hash::from_bytes(digest.into()))
    }

    /// Takes an entry from storage or from a tile; 32 random bytes make a padding entry, which outsiders
    /// cannot tell from a record.
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(Hash::from_bytes(bytes))
    }

    /// The commitment itself, as the log stores and publishes it.
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        self.0.as_bytes()
    }

    /// The leaf hash in the tree: SHA-256(0x00 || commitment).
    pub fn leaf_hash(&self) -> Hash {
        Hash::leaf(self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salt_and_record_both_matter() {
        let entry = Entry::commit(&Salt::from_bytes([1; 32]), b"record");
        assert_ne!(entry, Entry::commit(&Salt::from_bytes([2; 32]), b"record"));
        assert_ne!(entry, Entry::commit(&Salt::from_bytes([1; 32]), b"recore"));
    }

    #[test]
    fn the_commitment_is_plain_sha_256() {
        // head -c 32 /dev/zero | sha256sum
        let entry = Entry::commit(&Salt::from_bytes([0; 32]), b"");
        assert_eq!(
            entry.as_bytes()[..8],
            [0x66, 0x68, 0x7a, 0xad, 0xf8, 0x62, 0xbd, 0x77],
            "SHA-256 of 32 zero bytes"
        );
    }

    #[test]
    fn salts_do_not_print() {
        assert_eq!(format!("{:?}", Salt::from_bytes([9; 32])), "Salt(redacted)");
    }
}
