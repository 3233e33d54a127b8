//! Key names, key ids and verifier keys of C2SP signed-note.
//!
//! Only the two Ed25519 signature types are spoken here: a log's own (0x01) and the timestamped cosignature
//! (0x04). Signatures of any other type are those of unknown keys and are ignored by `note`. Secret keys
//! live in `sign`.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::text;

/// The longest key name this crate reads, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 1024;

/// Length of a key id in bytes.
pub(crate) const KEY_ID_BYTES: usize = 4;

/// Why a name or a verifier key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name is empty, too long, or has a space, a plus sign or a control character.
    #[error(
        "a key name is one word without spaces, plus signs or control characters, such as `ministry.example/record`"
    )]
    Name,
    /// The text does not have the three parts of a verifier key.
    #[error(
        "a verifier key reads `name+id+key` (C2SP signed-note); check that it was copied whole"
    )]
    Shape,
    /// The key is of a type that this crate does not verify.
    #[error(
        "signature type {0:#04x} is not supported: use an Ed25519 log key (0x01) or cosigner key (0x04)"
    )]
    Type(u8),
    /// The bytes are not a usable Ed25519 public key.
    #[error("not a usable Ed25519 public key: ask its owner for the verifier key again")]
    Point,
    /// The id in the text is not that of the key.
    #[error(
        "the key id does not belong to this name and key: the verifier key was altered or mistyped"
    )]
    Id,
}

/// The name of a key: non-empty, without Unicode white space, `+` or control characters.
///
/// A log's name is also the origin line of its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// Accepts a name.
    ///
    /// # Errors
    /// [`KeyError::Name`] for anything the specification forbids, and for names over
    /// [`KEY_NAME_BYTES_MAX`] bytes.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.len() > KEY_NAME_BYTES_MAX || name.contains(forbidden) {
            return Err(KeyError::Name);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// A log's own signature over the note text (signature type 0x01).
    Log,
    /// A witness's timestamped cosignature over a checkpoint (signature type 0x04, C2SP tlog-cosignature).
    Cosigner,
}

impl KeyKind {
    pub(crate) const fn type_byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Cosigner => 0x04,
        }
    }
}

/// A public key with its name and kind; its text form is the *vkey* of C2SP signed-note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: u32,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Names a public key (32 bytes, RFC 8032).
    ///
    /// # Errors
    /// [`KeyError::Point`] for bytes that are no point of the curve, or one of small order, under which
    /// anybody's signature would pass.
    pub fn new(name: KeyName, kind: KeyKind, public_key: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self::from_verifying_key(name, kind, key))
    }

    pub(crate) fn from_verifying_key(name: KeyName, kind: KeyKind, key: VerifyingKey) -> Self {
        let digest = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', kind.type_byte()])
            .chain_update(key.as_bytes())
            .finalize();
        let id = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        Self { name, kind, id, key }
    }

    /// The key's name; for a log key, the log's origin.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Whether it is a log's key or a cosigner's.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The short id that, with the name, tells a note's signatures apart. Not a fingerprint: anybody can make
    /// a key with a given id.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether this key has signed the bytes. Strict verification (cofactorless, no small-order points), so
    /// that all verifiers of a note agree; what is signed must say in itself what it is, as notes do.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = vec![self.kind.type_byte()];
        material.extend(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, text::encode(&material))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        let (name, rest) = vkey.split_once('+').ok_or(KeyError::Shape)?;
        let (id, material) = rest.split_once('+').ok_or(KeyError::Shape)?;
        let name = KeyName::new(name)?;
        let id = parse_id(id).ok_or(KeyError::Shape)?;
        let material = text::decode(material).ok_or(KeyError::Shape)?;
        let (&type_byte, public_key) = material.split_first().ok_or(KeyError::Shape)?;
        let kind = [KeyKind::Log, KeyKind::Cosigner]
            .into_iter()
            .find(|kind| kind.type_byte() == type_byte)
            .ok_or(KeyError::Type(type_byte))?;
        let public_key = public_key.try_into().map_err(|_| KeyError::Point)?;
        let key = Self::new(name, kind, public_key)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

/// Eight lower-case hexadecimal digits.
fn parse_id(hex: &str) -> Option<u32> {
    let canonical = hex.len() == 2 * KEY_ID_BYTES
        && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !canonical {
        return None;
    }
    u32::from_str_radix(hex, 16).ok()
}
