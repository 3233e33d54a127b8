//! The key hierarchy: the root key, the ring of keys it wraps, and the random keys that archive keys wrap.
//!
//! The ring holds random keys wrapped under the root, so that a new root rewraps a handful of keys and touches no
//! data. Archives of the first edition have no ring; their keys are BLAKE3 `derive_key` values of the root under
//! fixed contexts, and are put into a ring once. Keys of papers are random and wrapped, so that deleting one wrapped
//! key erases one paper. Marking and look-up keys have their own files.

use crate::envelope::{Aad, Nonce, Purpose, VaultError, open_key, seal_key, sealed};
use crate::lookup::IndexKey;
use crate::marking::MarkingKey;
use crate::secret::{KEY_BYTES, KeyId, derive, keyed, secret};

/// Which generation of a derived key: raised to rotate, kept beside what the key was used for.
///
/// A new archive key re-wraps the papers' keys and nothing else; a new marking key serves new papers only, and
/// the old one is kept as long as its papers can be traced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KeyVersion(pub u32);

secret! {
    /// The key from which an archive's other keys follow: the content of the key file.
    RootKey
}

secret! {
    /// The key that wraps the keys of papers and the signing seed, and seals short fields of tables.
    ArchiveKey
}

/// What wraps the keys of the ring: derived from the root key, and used for nothing else.
#[derive(zeroize::ZeroizeOnDrop)]
struct RingKey([u8; KEY_BYTES]);

secret! {
    /// The data key of one paper: seals its body, attachments and site table. Random, and stored only wrapped.
    PaperDek
}

secret! {
    /// The Ed25519 seed with which the record's checkpoints are signed. Random, and stored only wrapped.
    LogSeed
}

impl RootKey {
    /// Takes 32 bytes from the system's random source. The caller wipes its own copy.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Lends the key's bytes to the one program that passes it on in memory.
    pub fn lend<T>(&self, to: impl FnOnce(&[u8; KEY_BYTES]) -> T) -> T {
        to(&self.0)
    }

    /// The public name of this key, as the key file and status pages show it.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.0)
    }

    /// The archive key of a generation.
    pub fn archive_key(&self, version: KeyVersion) -> ArchiveKey {
        ArchiveKey(self.derive("chancery/archive-key/v1", version))
    }

    /// The marking key of a generation.
    pub fn marking_key(&self, version: KeyVersion) -> MarkingKey {
        MarkingKey::from_bytes(self.derive("chancery/marking-key/v1", version))
    }

    /// The index key of a generation; a new one means that all look-up columns are filled anew.
    pub fn index_key(&self, version: KeyVersion) -> IndexKey {
        IndexKey::from_bytes(self.derive("chancery/index-key/v1", version))
    }

    /// Wraps an archive key for storage in the ring.
    pub fn wrap_archive_key(&self, key: &ArchiveKey, aad: &Aad<'_>, nonce: Nonce) -> Vec<u8> {
        seal_key(&self.ring_key(), Purpose::ArchiveKey, aad, &key.0, nonce)
    }

    /// Unwraps an archive key.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_archive_key(
        &self,
        wrapped: &[u8],
        aad: &Aad<'_>,
    ) -> Result<ArchiveKey, VaultError> {
        open_key(&self.ring_key(), Purpose::ArchiveKey, aad, wrapped).map(|key| ArchiveKey(*key))
    }

    /// Wraps a marking key for storage in the ring.
    pub fn wrap_marking_key(&self, key: &MarkingKey, aad: &Aad<'_>, nonce: Nonce) -> Vec<u8> {
        seal_key(&self.ring_key(), Purpose::MarkingKey, aad, key.expose(), nonce)
    }

    /// Unwraps a marking key.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_marking_key(
        &self,
        wrapped: &[u8],
        aad: &Aad<'_>,
    ) -> Result<MarkingKey, VaultError> {
        open_key(&self.ring_key(), Purpose::MarkingKey, aad, wrapped)
            .map(|key| MarkingKey::from_bytes(*key))
    }

    /// Wraps an index key for storage in the ring.
    pub fn wrap_index_key(&self, key: &IndexKey, aad: &Aad<'_>, nonce: Nonce) -> Vec<u8> {
        seal_key(&self.ring_key(), Purpose::IndexKey, aad, key.expose(), nonce)
    }

    /// Unwraps an index key.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_index_key(&self, wrapped: &[u8], aad: &Aad<'_>) -> Result<IndexKey, VaultError> {
        open_key(&self.ring_key(), Purpose::IndexKey, aad, wrapped)
            .map(|key| IndexKey::from_bytes(*key))
    }

    fn ring_key(&self) -> RingKey {
        RingKey(derive("chancery/ring-key/v1", &[&self.0]))
    }

    fn derive(&self, context: &'static str, version: KeyVersion) -> [u8; KEY_BYTES] {
        derive(context, &[&self.0, &version.0.to_le_bytes()])
    }
}

impl ArchiveKey {
    /// Takes 32 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of one row that shall be erasable by itself: it needs `lock` besides this key, so that whoever
    /// destroys every copy of the lock destroys what was sealed.
    pub fn behind(&self, lock: &[u8; KEY_BYTES]) -> PaperDek {
        PaperDek(keyed(&self.0, &[b"chancery/row-key/v1", lock]))
    }

    /// Wraps a paper's data key for storage at the place `aad`.
    pub fn wrap_dek(&self, dek: &PaperDek, aad: &Aad<'_>, nonce: Nonce) -> Vec<u8> {
        seal_key(self, Purpose::PaperDek, aad, &dek.0, nonce)
    }

    /// Unwraps a paper's data key.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_dek(&self, wrapped: &[u8], aad: &Aad<'_>) -> Result<PaperDek, VaultError> {
        open_key(self, Purpose::PaperDek, aad, wrapped).map(|key| PaperDek(*key))
    }

    /// Wraps the log's signing seed for storage at the place `aad`.
    pub fn wrap_log_seed(&self, seed: &LogSeed, aad: &Aad<'_>, nonce: Nonce) -> Vec<u8> {
        seal_key(self, Purpose::LogSeed, aad, &seed.0, nonce)
    }

    /// Unwraps the log's signing seed.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_log_seed(&self, wrapped: &[u8], aad: &Aad<'_>) -> Result<LogSeed, VaultError> {
        open_key(self, Purpose::LogSeed, aad, wrapped).map(|key| LogSeed(*key))
    }
}

impl PaperDek {
    /// Takes 32 bytes from the system's random source, drawn for this paper alone.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }
}

impl LogSeed {
    /// Takes 32 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The seed itself, for the record's signer only.
    pub const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl sealed::Sealed for ArchiveKey {
    fn key(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl sealed::Sealed for RingKey {
    fn key(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl sealed::Sealed for PaperDek {
    fn key(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}
