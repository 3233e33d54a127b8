//! The key under which copies are bound to persons, apart from the keys of papers and of their marks.
//!
//! It is drawn at random and kept in a file of its own, wrapped under the archive key: whoever has the database
//! and the archive's keys, but not this file, does not learn who has which copy.

use crate::envelope::{Aad, Nonce, Purpose, VaultError, open_key, seal_key, sealed};
use crate::keys::ArchiveKey;
use crate::secret::{KEY_BYTES, keyed, secret};

const HOLDER: &[u8] = b"chancery/binding-holder/v1";

secret! {
    /// The key of the bindings of copies to persons.
    BindingKey
}

impl BindingKey {
    /// Takes 32 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Under what a person's copy of a paper is looked up: equal for the same two, and telling nothing without
    /// the key.
    pub fn holder(&self, paper: i64, person: i64) -> [u8; 32] {
        keyed(&self.0, &[HOLDER, &paper.to_le_bytes(), &person.to_le_bytes()])
    }

    /// The key as it stands in its file.
    pub fn wrap(&self, under: &ArchiveKey, nonce: Nonce) -> Vec<u8> {
        seal_key(under, Purpose::Binding, &FILE, &self.0, nonce)
    }

    /// The key of a file.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap(wrapped: &[u8], under: &ArchiveKey) -> Result<Self, VaultError> {
        open_key(under, Purpose::Binding, &FILE, wrapped).map(|key| Self(*key))
    }
}

/// The place of the wrapped key.
const FILE: Aad<'static> = Aad::new("file", "binding", "key", 0);

impl sealed::Sealed for BindingKey {
    fn key(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyVersion, RootKey};

    #[test]
    fn the_file_opens_under_its_archive_alone_and_holders_tell_nothing() {
        let archive = |byte| RootKey::from_bytes([byte; 32]).archive_key(KeyVersion(1));
        let key = BindingKey::from_bytes([7; 32]);
        let wrapped = key.wrap(&archive(1), Nonce::from_bytes([2; 24]));
        let read = BindingKey::unwrap(&wrapped, &archive(1)).unwrap();
        assert_eq!(read.holder(1, 2), key.holder(1, 2));
        assert!(BindingKey::unwrap(&wrapped, &archive(3)).is_err());
        let other = BindingKey::from_bytes([8; 32]);
        let all = [key.holder(1, 2), key.holder(2, 1), key.holder(1, 3), other.holder(1, 2)];
        for (at, holder) in all.iter().enumerate() {
            assert!(!all[..at].contains(holder));
        }
    }
}
