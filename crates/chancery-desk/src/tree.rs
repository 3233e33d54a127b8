//! The record's tree as it is stored: proofs and tiles from kept subtree hashes, never from all entries.
//!
//! Leaf hashes follow from the commitments; of the inner nodes every eighth level is kept, as tiled logs do.
//! They are a convenience: start-up and verification compare what follows from them with the signed root.

use chancery_record::{
    CompactRange, ENTRIES_PER_TILE, Entry, EntryBundle, Hash, NodeId, NodeMap, ProofPlan, Receipt,
    Salt, SignedCheckpoint, Tile, TileHashes, TileKind,
};
use chancery_store::Tx;

use crate::ledger::PAGE;
use crate::{Archive, DeskError};

/// Levels between two that are kept.
const KEPT: u8 = 8;

/// Whether the hash of this node is kept in a table of its own.
pub(crate) fn is_kept(node: NodeId) -> bool {
    node.level() > 0 && node.level().is_multiple_of(KEPT)
}

impl Archive {
    /// Reads what is kept of the given nodes.
    pub(crate) async fn read_nodes(
        &self,
        tx: &mut Tx,
        nodes: impl IntoIterator<Item = NodeId>,
    ) -> Result<TileHashes<NodeMap>, DeskError> {
        let mut map = NodeMap::new();
        for node in nodes {
            let run: Vec<NodeId> = node.stored().collect();
            let Some(first) = run.first() else { continue };
            let limit = u32::try_from(run.len()).unwrap_or(u32::MAX);
            let hashes: Vec<Hash> = match first.level() {
                0 => {
                    let leaves = tx.commitments(first.index(), limit).await?;
                    leaves.into_iter().map(|leaf| Entry::from_bytes(leaf).leaf_hash()).collect()
                }
                level => {
                    let hashes = tx.nodes(level, first.index(), limit).await?;
                    hashes.into_iter().map(Hash::from_bytes).collect()
                }
            };
            map.extend(run.into_iter().zip(hashes));
        }
        Ok(TileHashes::new(map))
    }

    /// The tree of the first `size` entries.
    pub(crate) async fn range_at(&self, tx: &mut Tx, size: u64) -> Result<CompactRange, DeskError> {
        let nodes = self.read_nodes(tx, CompactRange::nodes(size)).await?;
        CompactRange::from_source(size, &nodes).map_err(broken)
    }

    /// Fills in subtree hashes that an earlier version did not keep. Tells whether there were any.
    pub(crate) async fn complete_nodes(&self, tx: &mut Tx, size: u64) -> Result<bool, DeskError> {
        if tx.count_nodes(KEPT).await? == size >> KEPT {
            return Ok(false);
        }
        tx.clear_nodes().await?;
        let mut tree = CompactRange::new();
        loop {
            let page = tx.commitments(tree.size(), PAGE).await?;
            if page.is_empty() {
                break;
            }
            let mut kept = Vec::new();
            for leaf in page {
                let keep = |node, hash| {
                    if is_kept(node) {
                        kept.push((node, hash));
                    }
                };
                tree.append(Entry::from_bytes(leaf).leaf_hash(), keep).map_err(broken)?;
            }
            for (node, hash) in kept {
                tx.add_node(node.level(), node.index(), hash.as_bytes()).await?;
            }
        }
        Ok(true)
    }

    /// That the tree of `old` entries is a prefix of that of `new`. Nothing is to prove from the empty tree.
    ///
    /// # Errors
    /// When the record has not got so many entries.
    pub async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, DeskError> {
        if old == 0 {
            return Ok(Vec::new());
        }
        let plan = ProofPlan::consistency(old, new).map_err(broken)?;
        let mut tx = self.store.begin().await?;
        let nodes = self.read_nodes(&mut tx, plan.nodes()).await?;
        plan.assemble(&nodes).map_err(broken)
    }

    /// The bytes of an entry and its receipt against a checkpoint of this record that covers it.
    pub(crate) async fn receipt(
        &self,
        tx: &mut Tx,
        position: u64,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(Vec<u8>, Receipt), DeskError> {
        let plan = ProofPlan::inclusion(position, checkpoint.claimed().size()).map_err(broken)?;
        let nodes = self.read_nodes(tx, plan.nodes()).await?;
        let path = plan.assemble(&nodes).map_err(broken)?;
        let (body, salt) = self.entry_bytes(tx, position).await?;
        let salt = Salt::from_bytes(salt);
        let receipt = Receipt::new(&salt, position, path, checkpoint.clone()).map_err(broken)?;
        Ok((body, receipt))
    }

    /// A tile of the published record: hashes or entries, as they are served. `None` for what the published
    /// checkpoint does not reach, whatever the record holds beyond it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn log_tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let Some(shown) = tx.shown_checkpoint().await? else { return Ok(None) };
        let level = match tile.kind() {
            TileKind::Hashes(level) => KEPT * level,
            TileKind::Entries => 0,
        };
        let (first, width) = (tile.index() * ENTRIES_PER_TILE, tile.width());
        if first + u64::from(width) > shown.size >> level {
            return Ok(None);
        }
        let bytes = match tile.kind() {
            TileKind::Entries => {
                let leaves = tx.commitments(first, width.into()).await?;
                let entries = leaves.into_iter().map(|leaf| leaf.to_vec()).collect();
                EntryBundle::new(entries).map_err(broken)?.to_bytes()
            }
            TileKind::Hashes(0) => tx
                .commitments(first, width.into())
                .await?
                .into_iter()
                .flat_map(|leaf| *Entry::from_bytes(leaf).leaf_hash().as_bytes())
                .collect(),
            TileKind::Hashes(_) => tx.nodes(level, first, width.into()).await?.concat(),
        };
        Ok(Some(bytes))
    }
}

pub(crate) fn broken(error: impl std::fmt::Display) -> DeskError {
    DeskError::Record(error.to_string())
}
