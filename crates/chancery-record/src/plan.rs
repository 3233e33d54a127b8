//! Making inclusion and consistency proofs from stored node hashes.
//!
//! A [`ProofPlan`] says which complete nodes a proof needs before any is read, so a caller may fetch them in
//! one query, synchronously or not, and then assemble the proof. Checking proofs is the business of `verify`.

use crate::hash::Hash;
use crate::node::{HashSource, NodeId, TREE_SIZE_MAX};
use crate::verify::ProofError;

/// The recipe for one proof: for each of its hashes, the complete subtrees to be folded into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    hashes: Vec<Vec<NodeId>>,
}

impl ProofPlan {
    /// The proof that leaf `index` is in the tree of `size` leaves: PATH of RFC 6962 section 2.1.1.
    ///
    /// # Errors
    /// [`ProofError::IndexOutside`] unless `index < size`; [`ProofError::TooLarge`] beyond the limit.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofError> {
        check_size(size)?;
        if index >= size {
            return Err(ProofError::IndexOutside { index, size });
        }
        let (mut from, mut to) = (0, size);
        let mut hashes = Vec::new();
        while to - from > 1 {
            let middle = split(from, to);
            if index < middle {
                hashes.push(NodeId::cover(middle, to));
                to = middle;
            } else {
                hashes.push(NodeId::cover(from, middle));
                from = middle;
            }
        }
        hashes.reverse();
        Ok(Self { hashes })
    }

    /// The proof that the tree of `old_size` leaves is a prefix of the tree of `new_size`: PROOF of RFC 6962
    /// section 2.1.2. Equal sizes need no hashes.
    ///
    /// # Errors
    /// [`ProofError::EmptyOldTree`] when `old_size` is 0 (every tree extends the empty one, there is nothing
    /// to prove), [`ProofError::Shrunk`] when `old_size > new_size`, [`ProofError::TooLarge`].
    pub fn consistency(old_size: u64, new_size: u64) -> Result<Self, ProofError> {
        check_size(new_size)?;
        if old_size > new_size {
            return Err(ProofError::Shrunk { old_size, new_size });
        }
        if old_size == 0 {
            return Err(ProofError::EmptyOldTree);
        }
        let (mut from, mut to) = (0, new_size);
        let mut hashes = Vec::new();
        while to != old_size {
            let middle = split(from, to);
            if old_size <= middle {
                hashes.push(NodeId::cover(middle, to));
                to = middle;
            } else {
                hashes.push(NodeId::cover(from, middle));
                from = middle;
            }
        }
        // The old tree itself is known to the verifier, any other subtree that ends with it is not.
        if from > 0 {
            hashes.push(NodeId::cover(from, to));
        }
        hashes.reverse();
        Ok(Self { hashes })
    }

    /// The nodes whose hashes [`Self::assemble`] will ask for, in that order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.hashes.iter().flatten().copied()
    }

    /// Reads the hashes and folds them into the proof.
    ///
    /// # Errors
    /// The source's own.
    pub fn assemble<S: HashSource>(&self, source: &S) -> Result<Vec<Hash>, S::Error> {
        self.hashes
            .iter()
            .map(|subtrees| {
                let hashes = subtrees.iter().map(|&node| source.hash(node));
                let hashes = hashes.collect::<Result<Vec<_>, _>>()?;
                Ok(Hash::fold_right(hashes.into_iter()))
            })
            .collect()
    }
}

fn check_size(size: u64) -> Result<(), ProofError> {
    if size > TREE_SIZE_MAX { Err(ProofError::TooLarge) } else { Ok(()) }
}

/// Where RFC 6962 splits leaves `from..to` (at least two): after the largest power of two below their number.
fn split(from: u64, to: u64) -> u64 {
    from + (1 << (to - from - 1).ilog2())
}
