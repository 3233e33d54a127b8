//! Secrets: the key of a paper and the keys of its copies.
//!
//! A paper key never leaves the vault. A copy key opens one row and nothing else: it is a keyed
//! BLAKE3 value, so from any set of copy keys no other key of the paper can be computed. The
//! public commitment to all of them is in `tree`.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Domain separation of copy keys derived from a paper key.
const COPY_KEY: &[u8] = b"chancery/copy-key/v1";

/// The secret from which all copy keys and the bias table of one paper follow.
///
/// Wiped from memory on drop; `Debug` prints nothing of it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PaperKey([u8; 32]);

impl PaperKey {
    /// Takes 32 bytes drawn uniformly at random; the vault draws them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for sealing in the vault only.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of copy number `copy`: `BLAKE3(key = paper key, "chancery/copy-key/v1" || copy as
    /// u64 little endian)`.
    #[must_use]
    pub fn copy_key(&self, copy: u32) -> CopyKey {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(COPY_KEY).update(&u64::from(copy).to_le_bytes());
        CopyKey(*hasher.finalize().as_bytes())
    }
}

/// The secret of one copy: it determines the copy's row and reveals no other.
///
/// Wiped from memory on drop; `Debug` prints nothing of it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct CopyKey([u8; 32]);

impl CopyKey {
    /// Takes the bytes of a key, as opened in a contest pack or unsealed from the vault.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for sealing or for a contest pack only.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for PaperKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaperKey(secret)")
    }
}

impl std::fmt::Debug for CopyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CopyKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_key_byte() {
        let paper = PaperKey::from_bytes([0xAB; 32]);
        let copy = paper.copy_key(7);
        assert_eq!(format!("{paper:?} {copy:?}"), "PaperKey(secret) CopyKey(secret)");
    }

    #[test]
    fn copy_keys_differ_by_copy_and_by_paper() {
        let (a, b) = (PaperKey::from_bytes([1; 32]), PaperKey::from_bytes([2; 32]));
        assert_ne!(a.copy_key(0).expose(), a.copy_key(1).expose());
        assert_ne!(a.copy_key(0).expose(), b.copy_key(0).expose());
        assert_eq!(a.copy_key(9).expose(), a.copy_key(9).expose());
    }
}
