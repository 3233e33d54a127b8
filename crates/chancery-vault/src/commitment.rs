//! The release commitment: one hash for everything that a release fixes.
//!
//! Master, site table, biases, root of the copy keys, decoder version and threshold go in under their labels;
//! which labels a release has is decided by the desk. The record enters the result.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::secret::length;

const DOMAIN: &[u8] = b"chancery/release-commitment/v1";

/// Commits to labelled parts: `SHA-256("chancery/release-commitment/v1" || count || (length || label || length
/// || bytes)*)`, labels in byte order, numbers as eight little-endian bytes.
///
/// The encoding has one reading, so two different lists have the same commitment only if SHA-256 collides. It
/// hides nothing that can be guessed: the record's salt does that.
pub fn commit_release(parts: &BTreeMap<&str, &[u8]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update((parts.len() as u64).to_le_bytes());
    for (label, bytes) in parts {
        hasher.update(length(label.as_bytes()));
        hasher.update(label.as_bytes());
        hasher.update(length(bytes));
        hasher.update(bytes);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_cannot_be_moved() {
        let commitments = [
            vec![],
            vec![("", &b""[..])],
            vec![("a", b"bc")],
            vec![("ab", b"c")],
            vec![("a", b"b"), ("c", b"")],
            vec![("a", b""), ("b", b"c")],
            // Without the lengths of the parts these two would read alike.
            vec![("a", b""), ("b", b"\x01\0\0\0\0\0\0\0b")],
            vec![("a", b"\x01\0\0\0\0\0\0\0b"), ("b", b"")],
        ]
        .map(|parts| commit_release(&parts.into_iter().collect()));
        for (at, commitment) in commitments.iter().enumerate() {
            assert!(!commitments[..at].contains(commitment), "list {at}");
        }
    }
}
