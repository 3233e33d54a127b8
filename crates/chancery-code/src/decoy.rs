//! Decoys: readers who do not exist, with rows drawn afresh, scored like the real ones.
//!
//! They let anyone see how high chance alone can score. The bound of a finding does not come from
//! them: a hundred thousand decoys reach 1e-5 for a reader, one in a hundred over a thousand.

use crate::evalue::EValue;

/// The usual number of decoys.
pub const USUAL: u32 = 100_000;

/// The most decoys of one inquiry.
pub const MOST: u32 = 10_000_000;

/// Context of the key derivation that seeds the rows of decoys.
const SEED: &str = "chancery 2026 decoy rows v1";

/// How many decoys, and what beside the evidence their rows depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecoyPlan {
    /// How many; beyond [`MOST`] it counts as [`MOST`].
    pub count: u32,
    /// Something that nobody could choose, such as the hash of a checkpoint witnessed after the
    /// evidence entered the record.
    pub salt: [u8; 32],
}

impl DecoyPlan {
    /// No decoys at all.
    pub const NONE: Self = Self { count: 0, salt: [0; 32] };

    /// The usual number with this salt.
    #[must_use]
    pub const fn usual(salt: [u8; 32]) -> Self {
        Self { count: USUAL, salt }
    }
}

/// How decoys scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoys {
    /// log2 e-values in ascending order.
    scores: Vec<f64>,
}

impl Decoys {
    pub(crate) fn new(mut scores: Vec<f64>) -> Self {
        scores.sort_unstable_by(f64::total_cmp);
        Self { scores }
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.scores.len()
    }

    /// The best decoy's log2 e-value.
    #[must_use]
    pub fn best_log2(&self) -> Option<f64> {
        self.scores.last().copied()
    }

    /// Their log2 e-values, ascending: for a picture of what chance alone does.
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// How many decoys have at least this e-value. For a person who holds all papers of the inquiry
    /// and had no part in the leak, (1 + this) / (1 + count) is a p-value, by exchangeability.
    #[must_use]
    pub fn at_least(&self, e_value: EValue) -> usize {
        self.scores.len() - self.scores.partition_point(|&score| score < e_value.log2())
    }
}

/// The stream of bytes that the rows of decoys are cut from.
pub(crate) fn stream<'a>(
    evidence: impl IntoIterator<Item = &'a [u8]>,
    salt: &[u8; 32],
) -> blake3::OutputReader {
    let mut hasher = blake3::Hasher::new_derive_key(SEED);
    hasher.update(salt);
    for bytes in evidence {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    hasher.finalize_xof()
}
