//! What all secret keys have in common: 32 bytes that are wiped on drop and never printed.
//!
//! The `secret!` macro makes one newtype for each role, so that a key for one purpose cannot be passed for
//! another. Derivations stand with the keys they derive.

use std::fmt;

use zeroize::Zeroize as _;

/// Length of every key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Defines a key type: no `Display`, no `Clone`, a `Debug` that says nothing, wiped on drop.
macro_rules! secret {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// Wiped from memory on drop; `Debug` prints nothing of it.
        #[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
        pub struct $name([u8; $crate::secret::KEY_BYTES]);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    };
}
pub(crate) use secret;

/// A short public name of a key: four bytes derived from it one-way.
///
/// It says which key opens an envelope or belongs in a key file and detects slips; it is no proof of anything,
/// since keys with equal ids can be searched for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KeyId(pub(crate) [u8; Self::BYTES]);

impl KeyId {
    /// Length in bytes.
    pub const BYTES: usize = 4;

    /// Reads the eight digits that `Display` writes.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let mut id = [0; Self::BYTES];
        hex::decode_to_slice(digits, &mut id).ok().map(|()| Self(id))
    }

    pub(crate) fn of(key: &[u8; KEY_BYTES]) -> Self {
        let mut digest = derive("chancery/key-id/v1", &[key]);
        let id = [digest[0], digest[1], digest[2], digest[3]];
        digest.zeroize();
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// BLAKE3 in its key derivation mode (BLAKE3 paper, section 2.4): `context` is a constant of this program, the
/// concatenated `material` is secret.
pub(crate) fn derive(context: &'static str, material: &[&[u8]]) -> [u8; KEY_BYTES] {
    finish(blake3::Hasher::new_derive_key(context), material)
}

/// BLAKE3 in its keyed mode: a pseudorandom function of the concatenated `parts`, which the caller makes
/// unambiguous.
pub(crate) fn keyed(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    finish(blake3::Hasher::new_keyed(key), parts)
}

fn finish(mut hasher: blake3::Hasher, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    for part in parts {
        hasher.update(part);
    }
    let output = *hasher.finalize().as_bytes();
    hasher.zeroize();
    output
}

/// A length in front of a field, so that a concatenation has one reading: eight little-endian bytes.
pub(crate) fn length(field: &[u8]) -> [u8; 8] {
    (field.len() as u64).to_le_bytes()
}
