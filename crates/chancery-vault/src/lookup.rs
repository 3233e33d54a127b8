//! Keyed look-up hashes: finding a sealed value by equality without storing it.
//!
//! Whoever steals the database without its key learns which rows are equal, and nothing else. Each domain
//! (a column, an index) has its own key, so that equal values in two of them do not show.

use crate::secret::{KEY_BYTES, keyed, length, secret};

const DOMAIN: &[u8] = b"chancery/lookup-domain/v1";
const LOOKUP: &[u8] = b"chancery/lookup/v1";
const SKETCH: &[u8] = b"chancery/sketch/v1";

secret! {
    /// The key below which the look-up keys of all domains stand.
    IndexKey
}

secret! {
    /// The look-up key of one domain. Keep it when many values are hashed: it saves half the work.
    LookupKey
}

impl IndexKey {
    /// Takes 32 bytes from the system's random source.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key of a domain, such as `persons.name` or `text.shingles`.
    pub fn domain(&self, domain: &str) -> LookupKey {
        LookupKey(keyed(&self.0, &[DOMAIN, domain.as_bytes()]))
    }

    /// The look-up hash of one value in one domain: [`LookupKey::lookup`] in short.
    pub fn lookup(&self, domain: &str, value: &[u8]) -> [u8; 32] {
        self.domain(domain).lookup(value)
    }
}

impl LookupKey {
    /// The look-up hash of a value. Equal values have equal hashes; the caller brings values into one form
    /// (case, normalisation) before.
    pub fn lookup(&self, value: &[u8]) -> [u8; 32] {
        keyed(&self.0, &[LOOKUP, &length(value), value])
    }

    /// The 64-bit form for text sketches, where a few false matches are checked afterwards: a million distinct
    /// values collide with probability below 3e-8.
    pub fn sketch(&self, value: &[u8]) -> u64 {
        let hash = keyed(&self.0, &[SKETCH, &length(value), value]);
        u64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
    }
}
