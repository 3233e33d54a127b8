//! Keys, sealed envelopes and commitments: what keeps an archive closed at rest.
//!
//! Everything here is a pure function of its arguments: random bytes and file contents are passed in, and
//! nothing touches a disk. Who may use a key, and when, is the desk's business.
//!
//! ```text
//! key file, or k of n shares ── RootKey ── wraps the ring:
//!   ├─ ArchiveKey of a retention class (versioned) ── wraps ── PaperDek, random, one a paper ── bodies, site tables
//!   ├─ ArchiveKey of the tables ── seals short fields, wraps ── LogSeed, random ── signs the record
//!   ├─ MarkingKey (versioned) ── nonce, master hash ── PaperMarkingKey, one a paper
//!   └─ IndexKey ── domain ── LookupKey ── look-ups and text sketches
//! ```
//!
//! What this protects is an archive that is not running. A server that is unsealed holds these keys in memory.
//!
//! ```
//! use chancery_vault::{Aad, KeyFile, KeyVersion, Nonce, Padding, PaperDek, RootKey, open, seal};
//!
//! // In earnest every array here comes from the system's random source.
//! let file = KeyFile::new(RootKey::from_bytes([1; 32])).to_text();
//! let archive = KeyFile::parse(file.as_bytes())?.root().archive_key(KeyVersion(1));
//!
//! let dek = PaperDek::from_bytes([2; 32]);
//! let wrapped = archive.wrap_dek(&dek, &Aad::new("papers", "17", "dek", 1), Nonce::from_bytes([3; 24]));
//! let place = Aad::new("papers", "17", "body", 1);
//! let sealed = seal(&dek, &place, Padding::Body, b"We recommend caution.", Nonce::from_bytes([4; 24]))?;
//! assert_eq!(open(&dek, &place, &sealed)?.as_slice(), b"We recommend caution.");
//! assert!(open(&dek, &Aad::new("papers", "18", "body", 1), &sealed).is_err());
//! # archive.unwrap_dek(&wrapped, &Aad::new("papers", "17", "dek", 1))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod binding;
mod commitment;
mod envelope;
mod key_file;
mod keys;
mod lookup;
mod marking;
mod padding;
mod secret;
mod shamir;
mod share;

pub use binding::BindingKey;
pub use commitment::commit_release;
pub use envelope::{
    Aad, ENVELOPE_BYTES_MAX, HEADER_BYTES, NONCE_BYTES, Nonce, SealingKey, VaultError, open, seal,
    sealed_under,
};
pub use key_file::{KEY_FILE_BYTES_MAX, KeyFile, KeyFileError};
pub use keys::{ArchiveKey, KeyVersion, LogSeed, PaperDek, RootKey};
pub use lookup::{IndexKey, LookupKey};
pub use marking::{MarkingKey, PaperMarkingKey, PaperNonce};
pub use padding::{BODY_STEP, FIELD_STEP, PLAINTEXT_BYTES_MAX, Padding};
pub use secret::{KEY_BYTES, KeyId};
pub use share::{
    ArchiveId, Gathering, LEAST_THRESHOLD, MOST_SHARES, PHRASE_WORDS, SHARE_BYTES_MAX, Share,
    ShareError, Sharing,
};
