//! Checking inclusion and consistency proofs against roots.
//!
//! These functions decide; they trust nothing but the roots and sizes of checkpoints whose signatures were
//! verified before (`checkpoint`). Their cost is linear in the proof, at most 64 steps that can succeed.

use crate::hash::Hash;

/// Why a proof is refused, or cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The entry is not among the leaves of the tree.
    #[error(
        "entry {index} is not in a tree of {size} entries: ask for a proof against a later checkpoint"
    )]
    IndexOutside {
        /// The entry asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The later checkpoint has fewer entries than the earlier one.
    #[error(
        "the record has shrunk from {old_size} to {new_size} entries: keep both checkpoints, they show that the log was rewritten"
    )]
    Shrunk {
        /// Size of the earlier tree.
        old_size: u64,
        /// Size of the later tree.
        new_size: u64,
    },
    /// A consistency proof from the empty tree was offered or asked for.
    #[error(
        "there is nothing to prove from the empty tree: handle an earlier size of 0 before this check"
    )]
    EmptyOldTree,
    /// The number of hashes does not fit the sizes.
    #[error("the proof has the wrong number of hashes for these sizes: fetch it again")]
    WrongLength,
    /// The proof does not lead to the root of the checkpoint.
    #[error(
        "the proof does not lead to the checkpoint's root: what it proves is not in this log, or the log was rewritten"
    )]
    RootMismatch,
    /// A size beyond [`crate::TREE_SIZE_MAX`].
    #[error("trees have at most 2^63 - 1 entries")]
    TooLarge,
}

/// Checks that the leaf with hash `leaf` is entry `index` of the tree with `size` leaves and root `root`
/// (RFC 9162 section 2.1.3.2; the proofs are those of RFC 6962).
///
/// # Errors
/// [`ProofError::IndexOutside`], [`ProofError::WrongLength`] or [`ProofError::RootMismatch`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutside { index, size });
    }
    let mut climb = Climb { node: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        hash = match climb.step()? {
            Sibling::Left => Hash::node(sibling, &hash),
            Sibling::Right => Hash::node(&hash, sibling),
        };
    }
    climb.finish()?;
    if hash == *root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// Checks that the tree with `old_size` leaves and root `old_root` is a prefix of the tree with `new_size`
/// leaves and root `new_root` (RFC 9162 section 2.1.4.2). Equal sizes take no hashes and equal roots.
///
/// An `old_size` of 0 is always refused, with or without hashes and whatever the roots: every tree extends
/// the empty one, so such a proof says nothing. A protocol that allows it (the witness protocol does) settles
/// it before calling this.
///
/// # Errors
/// [`ProofError::EmptyOldTree`], [`ProofError::Shrunk`], [`ProofError::WrongLength`] or
/// [`ProofError::RootMismatch`].
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::Shrunk { old_size, new_size });
    }
    if old_size == 0 {
        return Err(ProofError::EmptyOldTree);
    }
    if old_size == new_size {
        return match (path.is_empty(), old_root == new_root) {
            (false, _) => Err(ProofError::WrongLength),
            (true, false) => Err(ProofError::RootMismatch),
            (true, true) => Ok(()),
        };
    }
    // The climb begins at the largest complete subtree that ends the old tree. Where that subtree is the
    // whole old tree its hash is the old root, which the proof leaves out.
    let level = old_size.trailing_zeros();
    let mut climb = Climb { node: (old_size - 1) >> level, last: (new_size - 1) >> level };
    let (start, rest) = if old_size.is_power_of_two() {
        (old_root, path)
    } else {
        path.split_first().ok_or(ProofError::WrongLength)?
    };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for sibling in rest {
        match climb.step()? {
            Sibling::Left => {
                old_hash = Hash::node(sibling, &old_hash);
                new_hash = Hash::node(sibling, &new_hash);
            }
            Sibling::Right => new_hash = Hash::node(&new_hash, sibling),
        }
    }
    climb.finish()?;
    if old_hash == *old_root && new_hash == *new_root {
        Ok(())
    } else {
        Err(ProofError::RootMismatch)
    }
}

enum Sibling {
    Left,
    Right,
}

/// The way from a node to the root: the node's index within its level and the index of the level's last node.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    /// Says on which side the next hash of the path stands, and climbs above it. A last node without a right
    /// sibling first rises, unhashed, to the level where it has a left one.
    fn step(&mut self) -> Result<Sibling, ProofError> {
        if self.last == 0 {
            return Err(ProofError::WrongLength);
        }
        let sibling = if self.node & 1 == 1 || self.node == self.last {
            let rise = self.node.trailing_zeros();
            self.node >>= rise;
            self.last >>= rise;
            Sibling::Left
        } else {
            Sibling::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Ok(sibling)
    }

    fn finish(self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::WrongLength) }
    }
}
