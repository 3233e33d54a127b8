//! Where the hashes of complete subtrees come from: addresses of nodes and sources of their hashes.
//!
//! A node is complete when all its leaves exist; its hash never changes again, so it may be stored and
//! cached without limit. Which nodes a proof needs is decided in `plan`.

use std::collections::BTreeMap;

use crate::hash::Hash;

/// The largest tree this crate handles: 2^63 - 1 leaves, so that proofs have at most 63 hashes (the limit
/// of C2SP tlog-witness).
pub const TREE_SIZE_MAX: u64 = (1 << 63) - 1;

/// Levels between two stored levels of a tiled log (C2SP tlog-tiles: 256 hashes a tile).
pub(crate) const TILE_LEVELS: u8 = 8;

/// The address of a complete subtree: leaves `index * 2^level` up to `(index + 1) * 2^level`.
///
/// Level 0 nodes are the leaf hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    level: u8,
    index: u64,
}

impl NodeId {
    /// The highest level that a tree of at most [`TREE_SIZE_MAX`] leaves has.
    pub const LEVEL_MAX: u8 = 62;

    /// The node `index` (from the left, from 0) of `level` (0 = leaves); `None` when no tree of at most
    /// [`TREE_SIZE_MAX`] leaves has it.
    pub fn new(level: u8, index: u64) -> Option<Self> {
        if level > Self::LEVEL_MAX {
            return None;
        }
        let fits = index < TREE_SIZE_MAX >> level;
        fits.then_some(Self { level, index })
    }

    /// The level: 0 for leaves, one more for each doubling of the subtree.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The position within the level, from the left, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// The left and right halves; `None` for a leaf.
    fn children(self) -> Option<[Self; 2]> {
        let level = self.level.checked_sub(1)?;
        Some([0, 1].map(|side| Self { level, index: 2 * self.index + side }))
    }

    /// The nodes of levels 0, 8, 16, ... from which this node's hash follows: itself, or up to 128 of the
    /// next such level below. They are what a source behind [`TileHashes`] has to hold.
    pub fn stored(self) -> impl Iterator<Item = Self> {
        let up = self.level % TILE_LEVELS;
        let (level, first) = (self.level - up, self.index << up);
        (first..first + (1 << up)).map(move |index| Self { level, index })
    }

    /// The complete subtrees that make up leaves `from..to`, largest first.
    ///
    /// `from` is a multiple of the largest power of two not above `to - from`, as it is for every subtree
    /// that the splits of RFC 6962 section 2.1 produce.
    pub(crate) fn cover(mut from: u64, to: u64) -> Vec<Self> {
        let mut nodes = Vec::new();
        while from < to {
            // Below 64 by the definition of ilog2 on u64.
            let level = (to - from).ilog2() as u8;
            nodes.push(Self { level, index: from >> level });
            from += 1 << level;
        }
        nodes
    }
}

/// Something that knows the hashes of complete subtrees: a table, a set of tiles, a cache.
///
/// An implementation must answer for every complete node of the tree; one that keeps only every eighth
/// level, as tiles do, is wrapped in [`TileHashes`].
pub trait HashSource {
    /// What can go wrong while reading.
    type Error;

    /// The hash of the complete subtree at `node`.
    ///
    /// # Errors
    /// Whatever hinders reading it, absence included.
    fn hash(&self, node: NodeId) -> Result<Hash, Self::Error>;
}

/// Node hashes in memory.
pub type NodeMap = BTreeMap<NodeId, Hash>;

/// A node hash that ought to be stored is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the record's tree lacks the hash of node {} at level {}: rebuild the tree from the entries, then verify it against the last checkpoint",
    node.index,
    node.level
)]
pub struct MissingNode {
    /// The node whose hash is missing.
    pub node: NodeId,
}

impl HashSource for NodeMap {
    type Error = MissingNode;

    fn hash(&self, node: NodeId) -> Result<Hash, MissingNode> {
        self.get(&node).copied().ok_or(MissingNode { node })
    }
}

/// Answers for all levels from a source that keeps levels 0, 8, 16, ... only, as C2SP tlog-tiles does.
///
/// A node between two stored levels costs at most 128 look-ups.
#[derive(Debug, Clone)]
pub struct TileHashes<S>(S);

impl<S: HashSource> TileHashes<S> {
    /// Wraps a source that is asked for levels divisible by eight only.
    pub const fn new(stored: S) -> Self {
        Self(stored)
    }
}

impl<S: HashSource> HashSource for TileHashes<S> {
    type Error = S::Error;

    fn hash(&self, node: NodeId) -> Result<Hash, S::Error> {
        match node.children() {
            Some([left, right]) if !node.level.is_multiple_of(TILE_LEVELS) => {
                Ok(Hash::node(&self.hash(left)?, &self.hash(right)?))
            }
            _ => self.0.hash(node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_the_binary_form_of_its_length() {
        let ids = |nodes: Vec<NodeId>| nodes.iter().map(|n| (n.level, n.index)).collect::<Vec<_>>();
        assert_eq!(ids(NodeId::cover(0, 7)), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(ids(NodeId::cover(4, 7)), [(1, 2), (0, 6)]);
        assert!(NodeId::cover(3, 3).is_empty());
        assert_eq!(NodeId::cover(0, TREE_SIZE_MAX).len(), 63);
    }

    #[test]
    fn addresses_outside_the_largest_tree_do_not_exist() {
        assert!(NodeId::new(0, TREE_SIZE_MAX - 1).is_some());
        assert!(NodeId::new(0, TREE_SIZE_MAX).is_none());
        assert!(NodeId::new(62, 0).is_some());
        assert!(NodeId::new(62, 1).is_none());
        assert!(NodeId::new(63, 0).is_none());
        assert!(NodeId::new(255, u64::MAX).is_none());
    }
}
