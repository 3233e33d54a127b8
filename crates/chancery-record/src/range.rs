//! The compact range: the right edge of the tree, enough to append and to compute the root.
//!
//! It holds one hash for each set bit of the tree's size, at most 63, so start-up reads a few hundred bytes
//! instead of hashing every entry again. Proofs are made elsewhere (`plan`), from stored nodes.

use crate::hash::{HASH_BYTES, Hash};
use crate::node::{HashSource, NodeId, TREE_SIZE_MAX};

/// The longest serialised compact range, in bytes: the size and 63 hashes.
pub const COMPACT_RANGE_BYTES_MAX: usize = SIZE_BYTES + 63 * HASH_BYTES;

const SIZE_BYTES: usize = 8;

/// The state of an append-only tree: its size and the hashes of its complete subtrees, largest first.
///
/// Appending costs at most 63 hashes and one on average, the root at most 63. The algorithm is the
/// incremental form of RFC 6962 section 2.1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    subtrees: Vec<Hash>,
}

/// Why a compact range cannot be read or extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeError {
    /// The bytes are not a serialised compact range.
    #[error(
        "the stored state of the record's tree is damaged ({found} bytes instead of {expected}): rebuild it from the entries"
    )]
    Length {
        /// How many bytes a range of the stated size has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The tree has, or claims, more than [`TREE_SIZE_MAX`] leaves.
    #[error("a record holds at most 2^63 - 1 entries: begin a new log")]
    TooLarge,
}

impl CompactRange {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, subtrees: Vec::new() }
    }

    /// The right edge of the first `size` leaves of a stored tree, past or present: at most 63 look-ups.
    ///
    /// # Errors
    /// The source's own, above all when the stored tree has not reached `size`.
    pub fn from_source<S: HashSource>(size: u64, source: &S) -> Result<Self, S::Error> {
        let nodes = NodeId::cover(0, size).into_iter();
        let subtrees = nodes.map(|node| source.hash(node)).collect::<Result<_, _>>()?;
        Ok(Self { size, subtrees })
    }

    /// The nodes that [`Self::from_source`] will ask for.
    pub fn nodes(size: u64) -> Vec<NodeId> {
        NodeId::cover(0, size.min(TREE_SIZE_MAX))
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree (RFC 6962 section 2.1).
    pub fn root(&self) -> Hash {
        Hash::fold_right(self.subtrees.iter().copied())
    }

    /// The root over `leaves` in order.
    pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
        let mut range = Self::new();
        for leaf in leaves {
            range.push(leaf, |_, _| {});
        }
        range.root()
    }

    /// Appends a leaf and returns its index. `completed` is called once for each subtree that this leaf
    /// completes, the leaf itself first: these hashes are final, and storing them all is what makes proofs
    /// possible later.
    ///
    /// # Errors
    /// [`RangeError::TooLarge`] when the tree is full; nothing is changed then.
    pub fn append(
        &mut self,
        leaf: Hash,
        completed: impl FnMut(NodeId, Hash),
    ) -> Result<u64, RangeError> {
        if self.size >= TREE_SIZE_MAX {
            return Err(RangeError::TooLarge);
        }
        let index = self.size;
        self.push(leaf, completed);
        Ok(index)
    }

    fn push(&mut self, leaf: Hash, mut completed: impl FnMut(NodeId, Hash)) {
        let mut hash = leaf;
        let carries = self.size.trailing_ones();
        for level in 0..=carries {
            if level > 0 {
                let left = self
                    .subtrees
                    .pop()
                    .expect("a compact range holds one subtree for each set bit of its size");
                hash = Hash::node(&left, &hash);
            }
            let node = NodeId::new(level as u8, self.size >> level)
                .expect("a tree of at most TREE_SIZE_MAX leaves has only addressable nodes");
            completed(node, hash);
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The stored form: the size as eight big-endian bytes, then the hashes, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.subtrees.iter().flat_map(Hash::as_bytes));
        bytes
    }

    /// Reads the stored form. The hashes themselves cannot be checked here: compare [`Self::root`] with the
    /// last signed checkpoint before appending.
    ///
    /// # Errors
    /// [`RangeError::Length`] when the length does not fit the size, [`RangeError::TooLarge`] when the size
    /// is beyond the limit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RangeError> {
        let Some((size, hashes)) = bytes.split_first_chunk::<SIZE_BYTES>() else {
            return Err(RangeError::Length { expected: SIZE_BYTES, found: bytes.len() });
        };
        let size = u64::from_be_bytes(*size);
        if size > TREE_SIZE_MAX {
            return Err(RangeError::TooLarge);
        }
        let expected = SIZE_BYTES + size.count_ones() as usize * HASH_BYTES;
        if bytes.len() != expected {
            return Err(RangeError::Length { expected, found: bytes.len() });
        }
        let (hashes, _) = hashes.as_chunks::<HASH_BYTES>();
        Ok(Self { size, subtrees: hashes.iter().copied().map(Hash::from_bytes).collect() })
    }
}
