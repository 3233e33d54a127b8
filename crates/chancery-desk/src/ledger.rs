//! Acts and their entries: a change and its leaf in one transaction, then the signed checkpoint.
//!
//! # What a crash leaves
//! Before [`Act::commit`] returns from the database: nothing of the act. After it, but before the
//! checkpoint file is replaced: the act, with a checkpoint that is behind; [`Archive::settle_record`]
//! signs the present state at the next start, on the same path as every commit. The checkpoint ahead of
//! the database can only mean that an older database was put in place: then nothing is signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use chancery_record::{
    CompactRange, Entry, Hash, NodeId, NodeMap, ProofPlan, Receipt, Salt, SignedCheckpoint,
};
use chancery_store::{LeafRow, Tx};
use chancery_text::sketch::{Index, Sketch};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::archive::{decode, encode};
use crate::binding::CopyRow;
use crate::expose::Entering;
use crate::outside::random;
use crate::papers::reference;
use crate::{Archive, DeskError, files};

const RANGE: &str = "record-range";
/// Milliseconds since 1970 before which nothing happens any more: see [`Archive::now_in`].
const FLOOR: &str = "record-floor";
/// Entries read at once when the whole record is walked.
const PAGE: u32 = 10_000;

/// One entry of the record, opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    /// What was done, e.g. `paper.released`.
    pub(crate) kind: String,
    /// When, RFC 3339 in UTC.
    pub(crate) at: String,
    /// Its particulars.
    pub(crate) fields: BTreeMap<String, Value>,
}

/// A transaction that enters what it does.
pub(crate) struct Act<'a> {
    pub(crate) archive: &'a Archive,
    pub(crate) tx: Tx,
    /// Papers released in this act, not yet known to the stacks.
    pub(crate) pending_index: Index,
    pub(crate) pending: Vec<(u32, Sketch)>,
    /// Papers and public texts of this act, not yet in the exposure index.
    pub(crate) entering: Vec<Entering>,
    /// When the act happens.
    pub(crate) now: Timestamp,
    range: CompactRange,
}

impl Archive {
    /// Begins an act.
    pub(crate) async fn act(&self) -> Result<Act<'_>, DeskError> {
        let mut tx = self.store.begin().await?;
        let range = range(&mut tx).await?;
        let now = self.now_in(&mut tx).await?;
        let pending_index = Index::new();
        let (pending, entering) = (Vec::new(), Vec::new());
        Ok(Act { archive: self, tx, pending_index, pending, entering, now, range })
    }

    /// The instant at which what is done in this transaction happens, to the millisecond.
    ///
    /// It is the clock's, but never before an end of tenure that took effect at once ([`Act::floor`]): a
    /// clock that is set back, or stands still, gives nobody his office back.
    pub(crate) async fn now_in(&self, tx: &mut Tx) -> Result<Timestamp, DeskError> {
        let clock = self.clock.now().as_millisecond();
        let floor = match tx.meta(FLOOR).await? {
            Some(bytes) => decode(&bytes)?,
            None => clock,
        };
        Timestamp::from_millisecond(clock.max(floor))
            .map_err(|e| DeskError::Archive(format!("the clock is out of range: {e}")))
    }

    /// Brings checkpoint file and database together at start-up.
    pub(crate) async fn settle_record(&self) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        let range = range(&mut tx).await?;
        let Some(last) = self.checkpoint_on_file()? else {
            if range.size() > 0 {
                return Err(DeskError::Record(
                    "the file “checkpoint” is missing; put it back from where the record was last signed"
                        .into(),
                ));
            }
            return self.sign(&range);
        };
        let (size, root) = last;
        if size > range.size() {
            return Err(DeskError::Record(format!(
                "{size} entries were signed but the database holds {}; it is older than its checkpoint (restored from a backup?). Nothing will be signed",
                range.size()
            )));
        }
        if size < range.size() {
            let prefix = prefix_root(&mut tx, size).await?;
            if prefix != root {
                return Err(rewritten(size));
            }
            return self.sign(&range);
        }
        if root == range.root() { Ok(()) } else { Err(rewritten(size)) }
    }

    /// The signed state of the record, as text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn checkpoint(&self) -> Result<String, DeskError> {
        let path = self.folder.join("checkpoint");
        std::fs::read_to_string(&path).map_err(DeskError::file(path))
    }

    fn checkpoint_on_file(&self) -> Result<Option<(u64, Hash)>, DeskError> {
        let path = self.folder.join("checkpoint");
        if !path.exists() {
            return Ok(None);
        }
        let bytes = std::fs::read(&path).map_err(DeskError::file(&path))?;
        let signed = SignedCheckpoint::parse(&bytes)
            .and_then(|note| note.verify(&self.verifier_key(), &[]))
            .map_err(|e| DeskError::Record(format!("{}: {e}", path.display())))?;
        Ok(Some((signed.checkpoint().size(), *signed.checkpoint().root())))
    }

    fn sign(&self, range: &CompactRange) -> Result<(), DeskError> {
        // Acts that were committed one after the other may come here the other way round.
        let mut last = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if range.size() < *last {
            return Ok(());
        }
        let signed = self
            .signer
            .sign_checkpoint(range.size(), range.root())
            .map_err(|e| DeskError::Record(e.to_string()))?;
        files::replace(&self.folder.join("checkpoint"), signed.to_string().as_bytes(), false)?;
        *last = range.size();
        Ok(())
    }

    /// Opens entry `position`, checking that it is what the leaf commits to.
    ///
    /// # Errors
    /// When there is none, or it does not fit its commitment.
    pub(crate) async fn entry(&self, tx: &mut Tx, position: u64) -> Result<Body, DeskError> {
        let leaf = tx.leaves(position, 1).await?.into_iter().find(|l| l.position == position);
        let leaf = leaf.ok_or_else(|| DeskError::Record(format!("entry {position} is missing")))?;
        self.open_leaf(&leaf).map(|(body, _)| body)
    }

    /// Checks that a copy belongs to the person whom the record bound it to: the database alone could
    /// be rewritten without the key.
    pub(crate) async fn check_binding(&self, tx: &mut Tx, copy: &CopyRow) -> Result<(), DeskError> {
        let entry = self.entry(tx, copy.leaf).await?;
        if copy.is_bound_by(&entry) {
            return Ok(());
        }
        Err(DeskError::Record(format!(
            "a copy of {} is not bound to the person the record names; the database was rewritten",
            reference(copy.paper)
        )))
    }

    /// The bytes of each entry and its receipt against the present checkpoint.
    pub(crate) async fn receipts(
        &self,
        tx: &mut Tx,
        positions: &[u64],
    ) -> Result<Vec<(Vec<u8>, Receipt)>, DeskError> {
        let checkpoint = SignedCheckpoint::parse(self.checkpoint()?.as_bytes())
            .map_err(|e| DeskError::Record(e.to_string()))?;
        let size = checkpoint.claimed().size();
        let broken = |e: &dyn std::fmt::Display| DeskError::Record(e.to_string());
        let plans: Vec<ProofPlan> = positions
            .iter()
            .map(|position| ProofPlan::inclusion(*position, size).map_err(|e| broken(&e)))
            .collect::<Result<_, _>>()?;
        let wanted: BTreeSet<NodeId> = plans.iter().flat_map(ProofPlan::nodes).collect();
        let mut nodes = NodeMap::new();
        let mut tree = CompactRange::new();
        while tree.size() < size {
            let page = tx.commitments(tree.size(), PAGE).await?;
            if page.is_empty() {
                return Err(DeskError::Record("entries are missing".into()));
            }
            let left = usize::try_from(size - tree.size()).unwrap_or(usize::MAX);
            for commitment in page.into_iter().take(left) {
                let keep = |node, hash| {
                    if wanted.contains(&node) {
                        nodes.insert(node, hash);
                    }
                };
                let leaf = Entry::from_bytes(commitment).leaf_hash();
                tree.append(leaf, keep).map_err(|e| broken(&e))?;
            }
        }
        let mut out = Vec::with_capacity(positions.len());
        for (position, plan) in positions.iter().zip(&plans) {
            let leaf = tx.leaves(*position, 1).await?.into_iter().find(|l| l.position == *position);
            let leaf =
                leaf.ok_or_else(|| DeskError::Record(format!("entry {position} is missing")))?;
            let (body, salt) = self.open_leaf_bytes(&leaf)?;
            let path = plan.assemble(&nodes).map_err(|e| broken(&e))?;
            let salt = Salt::from_bytes(salt);
            let receipt = Receipt::new(&salt, *position, path, checkpoint.clone());
            out.push((body, receipt.map_err(|e| broken(&e))?));
        }
        Ok(out)
    }

    /// The opened body and salt of a leaf.
    pub(crate) fn open_leaf(&self, leaf: &LeafRow) -> Result<(Body, [u8; 32]), DeskError> {
        let (body, salt) = self.open_leaf_bytes(leaf)?;
        Ok((decode(&body)?, salt))
    }

    /// The bytes of an entry.
    pub(crate) fn leaf_bytes(&self, leaf: &LeafRow) -> Result<Vec<u8>, DeskError> {
        self.open_leaf_bytes(leaf).map(|(body, _)| body)
    }

    fn open_leaf_bytes(&self, leaf: &LeafRow) -> Result<(Vec<u8>, [u8; 32]), DeskError> {
        let row = leaf.position.to_string();
        let plain = open(&self.key, &Aad::new("leaf", &row, "sealed", 0), &leaf.sealed)?;
        let damaged = || DeskError::Record(format!("entry {} is damaged", leaf.position));
        let (salt, body) = plain.split_first_chunk::<32>().ok_or_else(damaged)?;
        if Entry::commit(&Salt::from_bytes(*salt), body).as_bytes() != &leaf.commitment {
            return Err(DeskError::Record(format!(
                "entry {} is not what its leaf commits to",
                leaf.position
            )));
        }
        Ok((body.to_vec(), *salt))
    }

    /// Walks the whole record: every entry opens its leaf, the leaves give the signed root. `visit` sees
    /// every entry in order.
    ///
    /// # Errors
    /// At the first thing that does not fit.
    pub(crate) async fn walk(
        &self,
        mut visit: impl FnMut(u64, &Body) -> Result<(), DeskError>,
    ) -> Result<u64, DeskError> {
        let mut tx = self.store.begin().await?;
        let mut tree = CompactRange::new();
        loop {
            let page = tx.leaves(tree.size(), PAGE).await?;
            if page.is_empty() {
                break;
            }
            for leaf in page {
                if leaf.position != tree.size() {
                    return Err(DeskError::Record(format!("entry {} is missing", tree.size())));
                }
                let (body, _) = self.open_leaf(&leaf)?;
                visit(leaf.position, &body)?;
                append(&mut tree, Entry::from_bytes(leaf.commitment))?;
            }
        }
        let stored = range(&mut tx).await?;
        if stored != tree {
            return Err(DeskError::Record("the stored tree is not that of the entries".into()));
        }
        match self.checkpoint_on_file()? {
            Some((size, root)) if size == tree.size() && root == tree.root() => Ok(size),
            _ => Err(DeskError::Record("the signed checkpoint is not that of the entries".into())),
        }
    }
}

impl Act<'_> {
    /// Enters one record; returns its position. It counts only once the act is committed.
    pub(crate) async fn enter<const N: usize>(
        &mut self,
        kind: &str,
        fields: [(&str, Value); N],
    ) -> Result<u64, DeskError> {
        let body = encode(&Body {
            kind: kind.to_owned(),
            at: self.now.to_string(),
            fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        });
        let salt: [u8; 32] = random();
        let entry = Entry::commit(&Salt::from_bytes(salt), &body);
        let position = append(&mut self.range, entry)?;
        let plain = [salt.as_slice(), &body].concat();
        let row = position.to_string();
        let aad = Aad::new("leaf", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &plain, nonce)?;
        let commitment = *entry.as_bytes();
        self.tx.add_leaf(&LeafRow { position, commitment, sealed }).await?;
        Ok(position)
    }

    /// Lets no later act happen before `at`.
    pub(crate) async fn floor(&mut self, at: Timestamp) -> Result<(), DeskError> {
        Ok(self.tx.set_meta(FLOOR, &encode(&at.as_millisecond())).await?)
    }

    /// Makes the act durable, then signs the record's new state.
    pub(crate) async fn commit(mut self) -> Result<(), DeskError> {
        let entering = std::mem::take(&mut self.entering);
        let shelves = self.archive.enter_shelves(&mut self.tx, entering).await?;
        self.tx.set_meta(RANGE, &self.range.to_bytes()).await?;
        self.tx.commit().await?;
        self.archive.shelves.put(shelves);
        self.archive.stacks.extend(self.pending);
        self.archive.sign(&self.range).map_err(|e| {
            DeskError::Archive(format!(
                "the act was done and is in the record, but its checkpoint could not be signed ({e}); it will be at the next start"
            ))
        })
    }
}

async fn range(tx: &mut Tx) -> Result<CompactRange, DeskError> {
    match tx.meta(RANGE).await? {
        Some(bytes) => {
            CompactRange::from_bytes(&bytes).map_err(|e| DeskError::Record(e.to_string()))
        }
        None => Ok(CompactRange::new()),
    }
}

fn append(tree: &mut CompactRange, entry: Entry) -> Result<u64, DeskError> {
    tree.append(entry.leaf_hash(), |_, _| {}).map_err(|e| DeskError::Record(e.to_string()))
}

async fn prefix_root(tx: &mut Tx, size: u64) -> Result<Hash, DeskError> {
    let mut tree = CompactRange::new();
    while tree.size() < size {
        let page = tx.leaves(tree.size(), PAGE).await?;
        if page.is_empty() {
            return Err(DeskError::Record("entries are missing".into()));
        }
        for leaf in page.iter().take(usize::try_from(size - tree.size()).unwrap_or(usize::MAX)) {
            append(&mut tree, Entry::from_bytes(leaf.commitment))?;
        }
    }
    Ok(tree.root())
}

fn rewritten(size: u64) -> DeskError {
    DeskError::Record(format!(
        "the first {size} entries are not those that were signed; the database was rewritten. Nothing will be signed"
    ))
}
