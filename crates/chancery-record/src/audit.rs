//! Checking a published log whole: every entry, every tile, the root.
//!
//! Reads through a function, so that it works on folders, over HTTP and in memory alike.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::node::{NodeId, TILE_LEVELS};
use crate::range::CompactRange;
use crate::tile::{EntryBundle, Tile, TileKind, tiles};

/// Why a published log is not what its checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError<E> {
    /// A tile could not be read.
    #[error("{tile}: {error}")]
    Read {
        /// Which tile.
        tile: Tile,
        /// Why.
        error: E,
    },
    /// A tile is not what the entries before it give, or no entry bundle of its width.
    #[error("{0} is not the tile of this log: it was altered, or the log was rewritten")]
    Tile(Tile),
    /// The entries do not give the root that was signed.
    #[error("the entries do not give the signed root: the log was rewritten")]
    Root,
}

/// Checks that the log behind `read` is exactly the one of `checkpoint`, whose signature the caller has
/// verified: every entry bundle, every tile of hashes, and the root over them.
///
/// # Errors
/// [`AuditError`] at the first thing that does not fit.
pub fn audit<E>(
    checkpoint: &Checkpoint,
    mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<(), AuditError<E>> {
    let mut get = |tile| read(tile).map_err(|error| AuditError::Read { tile, error });
    let (bundles, hashes): (Vec<Tile>, Vec<Tile>) =
        tiles(0, checkpoint.size()).into_iter().partition(|tile| tile.kind() == TileKind::Entries);
    let mut tree = CompactRange::new();
    let mut stored: Vec<(NodeId, Hash)> = Vec::new();
    for tile in bundles {
        let altered = || AuditError::Tile(tile);
        let bundle = EntryBundle::from_bytes(&get(tile)?).map_err(|_| altered())?;
        if bundle.entries().len() != usize::from(tile.width()) {
            return Err(altered());
        }
        for entry in bundle.entries() {
            let keep = |node: NodeId, hash| {
                if node.level().is_multiple_of(TILE_LEVELS) {
                    stored.push((node, hash));
                }
            };
            tree.append(Hash::leaf(entry), keep).map_err(|_| altered())?;
        }
    }
    if tree.size() != checkpoint.size() || tree.root() != *checkpoint.root() {
        return Err(AuditError::Root);
    }
    // The tiles list their nodes level by level and from the left, as sorting does.
    stored.sort_unstable();
    let mut stored = stored.into_iter();
    for tile in hashes {
        let expected: Vec<u8> = stored
            .by_ref()
            .take(tile.width().into())
            .flat_map(|(_, hash)| *hash.as_bytes())
            .collect();
        if get(tile)? != expected {
            return Err(AuditError::Tile(tile));
        }
    }
    Ok(())
}
