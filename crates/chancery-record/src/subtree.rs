//! Proofs about subtrees: that an entry is in `start..end`, and that `start..end` is part of a tree.
//!
//! A subtree (C2SP tlog-cosignature, draft-ietf-plants-merkle-tree-certs section 4) begins at a multiple of
//! the smallest power of two that is not below its length, so it is a node of the tree, or the right edge
//! that a node once was. Mirrors cosign such ranges. Whole trees are the business of `verify`.

use crate::hash::Hash;
use crate::node::TREE_SIZE_MAX;
use crate::verify::{ProofError, verify_inclusion};

/// A range of entries that is a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// The subtree of entries `start..end`; `None` when that range is none.
    pub fn new(start: u64, end: u64) -> Option<Self> {
        let length = end.checked_sub(start).filter(|length| *length > 0)?;
        let width = length.checked_next_power_of_two()?;
        (end <= TREE_SIZE_MAX && start.is_multiple_of(width)).then_some(Self { start, end })
    }

    /// Checks that the leaf with hash `leaf` is entry `index`, within this subtree of hash `root`.
    ///
    /// # Errors
    /// [`ProofError::IndexOutside`], [`ProofError::WrongLength`] or [`ProofError::RootMismatch`].
    pub fn verify_inclusion(
        self,
        leaf: &Hash,
        index: u64,
        path: &[Hash],
        root: &Hash,
    ) -> Result<(), ProofError> {
        let outside = ProofError::IndexOutside { index, size: self.end };
        let within = index.checked_sub(self.start).ok_or(outside)?;
        verify_inclusion(leaf, within, self.end - self.start, path, root)
    }

    /// Checks that this subtree, of hash `subtree_root`, is part of the tree with `size` leaves and `root`.
    ///
    /// # Errors
    /// [`ProofError::Shrunk`] when the tree is too small, [`ProofError::WrongLength`] or
    /// [`ProofError::RootMismatch`].
    pub fn verify_consistency(
        self,
        subtree_root: &Hash,
        size: u64,
        root: &Hash,
        path: &[Hash],
    ) -> Result<(), ProofError> {
        if self.end > size {
            return Err(ProofError::Shrunk { old_size: self.end, new_size: size });
        }
        let (mut first, mut of_subtree, mut last) = (self.start, self.end - 1, size - 1);
        // Up to the largest node that ends both trees, or that ends the subtree whole.
        let rise = if self.end == size {
            (first ^ of_subtree).checked_ilog2().map_or(0, |bits| bits + 1)
        } else {
            of_subtree
                .trailing_ones()
                .min((first ^ of_subtree).checked_ilog2().map_or(0, |bits| bits + 1))
        };
        (first, of_subtree, last) = (first >> rise, of_subtree >> rise, last >> rise);
        let (start, rest) = if first == of_subtree {
            (subtree_root, path)
        } else {
            path.split_first().ok_or(ProofError::WrongLength)?
        };
        let (mut small, mut large) = (*start, *start);
        for sibling in rest {
            if last == 0 {
                return Err(ProofError::WrongLength);
            }
            if of_subtree & 1 == 1 || of_subtree == last {
                if first < of_subtree {
                    small = Hash::node(sibling, &small);
                }
                large = Hash::node(sibling, &large);
                while of_subtree & 1 == 0 && of_subtree != 0 {
                    (first, of_subtree, last) = (first >> 1, of_subtree >> 1, last >> 1);
                }
            } else {
                large = Hash::node(&large, sibling);
            }
            (first, of_subtree, last) = (first >> 1, of_subtree >> 1, last >> 1);
        }
        if last != 0 {
            return Err(ProofError::WrongLength);
        }
        if small == *subtree_root && large == *root {
            Ok(())
        } else {
            Err(ProofError::RootMismatch)
        }
    }
}
