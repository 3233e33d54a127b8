//! Envelopes: XChaCha20-Poly1305 around padded texts and keys, bound to their place in the database.
//!
//! Layout: format version (1 byte), kind (1), key id (4), nonce (24), cipher text, tag (16). Header and place
//! are authenticated, so an envelope that was altered, cut, put into another row or replaced by an earlier
//! version does not open. Lengths are hidden by `padding`; keys are in `keys`.

use std::fmt;

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::padding::{BODY_STEP, PLAINTEXT_BYTES_MAX, Padding};
use crate::secret::{KEY_BYTES, KeyId, length};

/// Length of a nonce in bytes: long enough to be drawn at random for every envelope.
pub const NONCE_BYTES: usize = 24;

/// Length of the header in bytes: format version, kind, key id and nonce.
pub const HEADER_BYTES: usize = 2 + KeyId::BYTES + NONCE_BYTES;

/// The longest envelope that is opened, in bytes.
pub const ENVELOPE_BYTES_MAX: usize = HEADER_BYTES + PLAINTEXT_BYTES_MAX + BODY_STEP + TAG_BYTES;

const TAG_BYTES: usize = 16;
const FORMAT: u8 = 1;
const DOMAIN: &[u8] = b"chancery/envelope/v1";

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Wrong key, damage, or another place or version: which of them is not told.
    #[error(
        "a sealed value cannot be opened: it belongs to another key, was damaged, or was moved from another place; check that this is the archive's own key file, else restore the value from a backup"
    )]
    CannotOpen,
    /// The plain text is over the limit.
    #[error("at most {PLAINTEXT_BYTES_MAX} bytes can be sealed in one piece: split the content")]
    TooLong,
}

/// 24 random bytes for exactly one envelope.
///
/// It cannot be cloned and sealing consumes it, so that using one twice takes some effort.
pub struct Nonce([u8; NONCE_BYTES]);

impl Nonce {
    /// Takes 24 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; NONCE_BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(unused)")
    }
}

/// The place of a sealed value, authenticated with it: table, row, column, and the row's version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aad<'a> {
    table: &'a str,
    row: &'a str,
    column: &'a str,
    version: u64,
}

impl<'a> Aad<'a> {
    /// Names a place. `version` counts the rewritings of the value, so that an earlier state of a row does not
    /// open as the present one.
    pub const fn new(table: &'a str, row: &'a str, column: &'a str, version: u64) -> Self {
        Self { table, row, column, version }
    }

    /// Header and place as one unambiguous string.
    fn encode(&self, header: &[u8; HEADER_BYTES], purpose: Purpose) -> Vec<u8> {
        let mut bytes = [DOMAIN, header, &[purpose as u8]].concat();
        for field in [self.table, self.row, self.column] {
            bytes.extend(length(field.as_bytes()));
            bytes.extend(field.as_bytes());
        }
        bytes.extend(self.version.to_le_bytes());
        bytes
    }
}

/// What an envelope holds, so that a wrapped key never opens as a text or as a key of another role.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Text = 0,
    PaperDek = 1,
    LogSeed = 2,
    ArchiveKey = 3,
    MarkingKey = 4,
    IndexKey = 5,
    Binding = 8,
}

/// The form of what is inside, as the header states it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field = 0,
    Body = 1,
    Key = 2,
}

impl From<Padding> for Kind {
    fn from(padding: Padding) -> Self {
        match padding {
            Padding::Field => Self::Field,
            Padding::Body => Self::Body,
        }
    }
}

/// A key that seals: [`crate::ArchiveKey`] or [`crate::PaperDek`].
pub trait SealingKey: sealed::Sealed {
    /// The public name of the key, which its envelopes carry.
    fn id(&self) -> KeyId {
        KeyId::of(self.key())
    }
}

impl<K: sealed::Sealed> SealingKey for K {}

pub(crate) mod sealed {
    use crate::secret::KEY_BYTES;

    /// Access to the key bytes for this crate alone.
    pub trait Sealed {
        fn key(&self) -> &[u8; KEY_BYTES];
    }
}

/// The id of the key that an envelope says it is sealed under; `None` for what is no envelope.
///
/// It tells which of several keys to try, and proves nothing.
pub fn sealed_under(envelope: &[u8]) -> Option<KeyId> {
    let (header, _) = envelope.split_first_chunk::<HEADER_BYTES>()?;
    let id = header[2..].first_chunk::<{ KeyId::BYTES }>()?;
    (header[0] == FORMAT).then_some(KeyId(*id))
}

/// Seals a text for the place `aad`.
///
/// # Errors
/// [`VaultError::TooLong`] above [`PLAINTEXT_BYTES_MAX`].
pub fn seal<K: SealingKey>(
    key: &K,
    aad: &Aad<'_>,
    padding: Padding,
    plaintext: &[u8],
    nonce: Nonce,
) -> Result<Vec<u8>, VaultError> {
    let padded = padding.pad(plaintext, 0).ok_or(VaultError::TooLong)?;
    Ok(encrypt(key, Purpose::Text, padding.into(), aad, &padded, nonce))
}

/// Opens what [`seal`] made with the same key for the same place; the result is wiped on drop.
///
/// # Errors
/// [`VaultError::CannotOpen`] for everything else.
pub fn open<K: SealingKey>(
    key: &K,
    aad: &Aad<'_>,
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (kind, padded) = decrypt(key, Purpose::Text, aad, envelope)?;
    let padding = match kind {
        Kind::Field => Padding::Field,
        Kind::Body => Padding::Body,
        Kind::Key => return Err(VaultError::CannotOpen),
    };
    let text = padding.unpad(&padded).ok_or(VaultError::CannotOpen)?;
    Ok(Zeroizing::new(text.to_vec()))
}

/// Wraps a key for a purpose.
pub(crate) fn seal_key<K: SealingKey>(
    key: &K,
    purpose: Purpose,
    aad: &Aad<'_>,
    wrapped: &[u8; KEY_BYTES],
    nonce: Nonce,
) -> Vec<u8> {
    encrypt(key, purpose, Kind::Key, aad, wrapped, nonce)
}

/// Unwraps a key that was wrapped for this purpose.
pub(crate) fn open_key<K: SealingKey>(
    key: &K,
    purpose: Purpose,
    aad: &Aad<'_>,
    envelope: &[u8],
) -> Result<Zeroizing<[u8; KEY_BYTES]>, VaultError> {
    let (kind, bytes) = decrypt(key, purpose, aad, envelope)?;
    let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| VaultError::CannotOpen)?;
    let bytes = Zeroizing::new(bytes);
    if kind == Kind::Key { Ok(bytes) } else { Err(VaultError::CannotOpen) }
}

fn encrypt<K: SealingKey>(
    key: &K,
    purpose: Purpose,
    kind: Kind,
    aad: &Aad<'_>,
    padded: &[u8],
    nonce: Nonce,
) -> Vec<u8> {
    let mut header = [0; HEADER_BYTES];
    header[0] = FORMAT;
    header[1] = kind as u8;
    header[2..2 + KeyId::BYTES].copy_from_slice(&key.id().0);
    header[2 + KeyId::BYTES..].copy_from_slice(&nonce.0);
    let mut envelope = Vec::with_capacity(HEADER_BYTES + padded.len() + TAG_BYTES);
    envelope.extend(header);
    envelope.extend_from_slice(padded);
    let tag = XChaCha20Poly1305::new(key.key().into())
        .encrypt_inout_detached(
            &XNonce::from(nonce.0),
            &aad.encode(&header, purpose),
            (&mut envelope[HEADER_BYTES..]).into(),
        )
        .expect(
            "texts of at most PLAINTEXT_BYTES_MAX are far below the 256 GiB limit of the cipher",
        );
    envelope.extend_from_slice(&tag);
    envelope
}

fn decrypt<K: SealingKey>(
    key: &K,
    purpose: Purpose,
    aad: &Aad<'_>,
    envelope: &[u8],
) -> Result<(Kind, Zeroizing<Vec<u8>>), VaultError> {
    if envelope.len() > ENVELOPE_BYTES_MAX {
        return Err(VaultError::CannotOpen);
    }
    let (header, rest) =
        envelope.split_first_chunk::<HEADER_BYTES>().ok_or(VaultError::CannotOpen)?;
    let (body, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(VaultError::CannotOpen)?;
    let (lead, nonce) = header.split_last_chunk::<NONCE_BYTES>().ok_or(VaultError::CannotOpen)?;
    let kind = match lead {
        [FORMAT, kind, id @ ..] if *id == key.id().0 => {
            [Kind::Field, Kind::Body, Kind::Key].into_iter().find(|known| *known as u8 == *kind)
        }
        _ => None,
    };
    let kind = kind.ok_or(VaultError::CannotOpen)?;
    let mut padded = Zeroizing::new(body.to_vec());
    XChaCha20Poly1305::new(key.key().into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            &aad.encode(header, purpose),
            padded.as_mut_slice().into(),
            tag.into(),
        )
        .map_err(|_| VaultError::CannotOpen)?;
    Ok((kind, padded))
}
