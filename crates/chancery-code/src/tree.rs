//! The public commitment to all copy keys of a paper, and openings of single keys.
//!
//! A Merkle tree as in RFC 6962 section 2.1 (SHA-256, leaf prefix 0x00, node prefix 0x01) whose
//! leaf entries are hashes of copy keys. Opening one key shows hashes of others, never the keys.

use crate::key::{CopyKey, PaperKey};
use sha2::{Digest, Sha256};

/// The least number of leaves, so that the tree's size says nothing about the distribution.
pub const LEAST_LEAVES: u32 = 4_096;

/// The largest tree this crate builds (2 GiB of hashes at most).
pub const MOST_LEAVES: u32 = 1 << 25;

/// Domain separation of a copy key's hash.
const KEY_HASH: &[u8] = b"chancery/copy-key-hash/v1";

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Why a tree of copy keys cannot be built or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The number of leaves is out of range.
    #[error(
        "a tree of copy keys has between {LEAST_LEAVES} and {MOST_LEAVES} leaves, not {0}; use \
         leaves_for(entitled readers)"
    )]
    Leaves(u32),
    /// There is no such copy.
    #[error("copy {copy} is not in a tree of {leaves} leaves")]
    NoSuchCopy {
        /// The copy asked for.
        copy: u32,
        /// The size of the tree.
        leaves: u32,
    },
}

/// Leaves for a paper with this many entitled readers: at least [`LEAST_LEAVES`] and four times
/// the readers, so that later arrivals find a free copy number.
#[must_use]
pub const fn leaves_for(entitled: u32) -> u32 {
    let four = entitled.saturating_mul(4);
    if four > LEAST_LEAVES { four } else { LEAST_LEAVES }
}

/// All copy keys of a paper, as hashes: what the record commits to at release.
#[derive(Clone, Debug)]
pub struct CopyTree {
    /// `levels[0]` are the leaf hashes, the last level is the root.
    levels: Vec<Vec<Hash>>,
}

impl CopyTree {
    /// Derives every copy key and hashes it; the keys themselves are not kept.
    ///
    /// # Errors
    /// [`TreeError::Leaves`] when `leaves` is not in [`LEAST_LEAVES`]`..=`[`MOST_LEAVES`].
    pub fn new(paper: &PaperKey, leaves: u32) -> Result<Self, TreeError> {
        if !(LEAST_LEAVES..=MOST_LEAVES).contains(&leaves) {
            return Err(TreeError::Leaves(leaves));
        }
        let hashes = (0..leaves).map(|copy| key_leaf(&paper.copy_key(copy))).collect();
        Ok(Self { levels: levels(hashes) })
    }

    /// How many copies the tree has room for.
    #[must_use]
    pub fn leaves(&self) -> u32 {
        u32::try_from(self.levels[0].len()).expect("the constructor bounds the number of leaves")
    }

    /// The Merkle tree hash of all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|top| top.first()).copied().expect("a tree has a root")
    }

    /// The audit path of one copy (RFC 6962 section 2.1.1), from the leaf upwards.
    ///
    /// # Errors
    /// [`TreeError::NoSuchCopy`] when `copy` is not below [`CopyTree::leaves`].
    pub fn path(&self, copy: u32) -> Result<Vec<Hash>, TreeError> {
        if copy >= self.leaves() {
            return Err(TreeError::NoSuchCopy { copy, leaves: self.leaves() });
        }
        let mut index = copy as usize;
        let mut path = Vec::new();
        for level in &self.levels[..self.levels.len() - 1] {
            // The last node of an odd level has no sibling and moves up unchanged.
            path.extend(level.get(index ^ 1));
            index /= 2;
        }
        Ok(path)
    }
}

/// Whether `path` shows that `key` is copy `copy` of a tree of `leaves` leaves with this root.
///
/// The algorithm of RFC 9162 section 2.1.3.2; it accepts no path of another length.
#[must_use]
pub fn verify_path(key: &CopyKey, copy: u32, leaves: u32, path: &[Hash], root: &Hash) -> bool {
    verify_leaf(key_leaf(key), u64::from(copy), u64::from(leaves), path, root)
}

fn verify_leaf(leaf: Hash, index: u64, leaves: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= leaves {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, leaves - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = parent(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = parent(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

fn key_leaf(key: &CopyKey) -> Hash {
    let key_hash = Sha256::new().chain_update(KEY_HASH).chain_update(key.expose()).finalize();
    leaf(&key_hash)
}

fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Pairing level by level and lifting an odd last node gives RFC 6962's tree: the left subtree is
/// always the largest full power of two.
fn levels(leaves: Vec<Hash>) -> Vec<Vec<Hash>> {
    let mut levels = vec![leaves];
    while let Some(level) = levels.last().filter(|level| level.len() > 1) {
        let next = level
            .chunks(2)
            .map(|pair| if let [l, r] = pair { parent(l, r) } else { pair[0] })
            .collect();
        levels.push(next);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 section 2.1 by its recursive definition.
    fn reference_root(leaves: &[Hash]) -> Hash {
        if let [only] = leaves {
            return *only;
        }
        let split = leaves.len().next_power_of_two() / 2;
        parent(&reference_root(&leaves[..split]), &reference_root(&leaves[split..]))
    }

    #[test]
    fn every_size_and_index_agrees_with_the_recursive_definition() {
        for n in 1_usize..=40 {
            let leaves: Vec<Hash> = (0..n).map(|i| leaf(&[i as u8])).collect();
            let tree = CopyTree { levels: levels(leaves.clone()) };
            let root = reference_root(&leaves);
            assert_eq!(tree.root(), root);
            for (i, &leaf) in leaves.iter().enumerate() {
                let path = tree.path(i as u32).unwrap();
                assert!(verify_leaf(leaf, i as u64, n as u64, &path, &root));
                for wrong in (0..n + 2).filter(|&wrong| wrong != i) {
                    assert!(!verify_leaf(leaf, wrong as u64, n as u64, &path, &root));
                }
                let mut longer = path.clone();
                longer.push([0; 32]);
                assert!(!verify_leaf(leaf, i as u64, n as u64, &longer, &root));
                if !path.is_empty() {
                    assert!(!verify_leaf(leaf, i as u64, n as u64, &path[1..], &root));
                }
            }
        }
    }

    #[test]
    fn a_copy_opens_against_the_root_and_another_does_not() {
        let paper = PaperKey::from_bytes([3; 32]);
        let tree = CopyTree::new(&paper, 5_000).unwrap();
        let path = tree.path(4_321).unwrap();
        let (key, other) = (paper.copy_key(4_321), paper.copy_key(4_320));
        assert!(verify_path(&key, 4_321, 5_000, &path, &tree.root()));
        assert!(!verify_path(&other, 4_321, 5_000, &path, &tree.root()));
        assert!(!verify_path(&key, 4_320, 5_000, &path, &tree.root()));
        assert_eq!(
            tree.path(5_000).unwrap_err(),
            TreeError::NoSuchCopy { copy: 5_000, leaves: 5_000 }
        );
    }

    /// Inclusion proofs from outside, right ones and wrong ones.
    #[test]
    fn foreign_inclusion_vectors_are_judged_rightly() {
        use base64::Engine as _;
        let file =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/merkle/inclusion.jsonl");
        let Ok(lines) = std::fs::read_to_string(file) else {
            let required = std::env::var_os("CHANCERY_REQUIRE_DATA").is_some_and(|v| v == "1");
            assert!(!required, "../shared/vectors/merkle/inclusion.jsonl is missing");
            eprintln!("SKIPPED: ../shared/vectors/merkle/inclusion.jsonl is missing");
            return;
        };
        let hash = |value: &serde_json::Value| -> Option<Hash> {
            let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str()?).ok()?;
            bytes.try_into().ok()
        };
        let mut judged = [0, 0];
        for line in lines.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let accepted = || {
                let proof = case["proof"].as_array().map_or(&[][..], Vec::as_slice);
                let path = proof.iter().map(hash).collect::<Option<Vec<Hash>>>()?;
                let (leaf, root) = (hash(&case["leafHash"])?, hash(&case["root"])?);
                let (index, leaves) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
                Some(verify_leaf(leaf, index, leaves, &path, &root))
            };
            let wrong = case["wantErr"].as_bool().unwrap();
            assert_eq!(accepted().unwrap_or(false), !wrong, "{line}");
            judged[usize::from(wrong)] += 1;
        }
        assert!(judged[0] > 0 && judged[1] > 0, "{judged:?}");
    }

    #[test]
    fn sizes_are_bounded() {
        let paper = PaperKey::from_bytes([3; 32]);
        assert_eq!(CopyTree::new(&paper, 4_095).unwrap_err(), TreeError::Leaves(4_095));
        assert_eq!(
            (leaves_for(10), leaves_for(10_000), leaves_for(u32::MAX)),
            (4_096, 40_000, u32::MAX)
        );
    }
}
