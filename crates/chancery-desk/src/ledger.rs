//! Acts and their entries: a change and its leaf in one transaction, then the signed checkpoint.
//!
//! # What a crash leaves
//! Before [`Act::commit`] returns from the database: nothing of the act. After it, but before the
//! checkpoint file is replaced: the act, with a checkpoint that is behind; see `anchor`.

use std::collections::BTreeMap;

use chancery_record::{CompactRange, Entry, Hash, NodeId, Salt};
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
use crate::publish::Blanks;
use crate::tree::is_kept;
use crate::{Archive, DeskError};

/// Where an entry names the token through which it came about.
pub(crate) const THROUGH: &str = "token";
const RANGE: &str = "record-range";
/// Milliseconds since 1970 before which nothing happens any more: see [`Archive::now_in`].
const FLOOR: &str = "record-floor";
/// Entries read at once when the whole record is walked.
pub(crate) const PAGE: u32 = 10_000;

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
    /// Kinds of what it entered.
    kinds: Vec<String>,
    range: CompactRange,
}

impl Archive {
    /// Begins an act.
    pub(crate) async fn act(&self) -> Result<Act<'_>, DeskError> {
        self.anchor.check()?;
        let mut tx = self.store.begin().await?;
        let range = range(&mut tx).await?;
        let now = self.now_in(&mut tx).await?;
        let pending_index = Index::new();
        let (pending, entering) = (Vec::new(), Vec::new());
        let kinds = Vec::new();
        Ok(Act { archive: self, tx, pending_index, pending, entering, now, kinds, range })
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

    /// Opens entry `position`, checking that it is what the leaf commits to.
    ///
    /// # Errors
    /// When there is none, or it does not fit its commitment.
    pub(crate) async fn entry(&self, tx: &mut Tx, position: u64) -> Result<Body, DeskError> {
        decode(&self.entry_bytes(tx, position).await?.0)
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

    /// The bytes of an entry and its salt.
    pub(crate) async fn entry_bytes(
        &self,
        tx: &mut Tx,
        position: u64,
    ) -> Result<(Vec<u8>, [u8; 32]), DeskError> {
        let leaf = tx.leaves(position, 1).await?.into_iter().find(|l| l.position == position);
        let leaf = leaf.ok_or_else(|| DeskError::Record(format!("entry {position} is missing")))?;
        self.open_leaf_bytes(&leaf)
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
        if leaf.sealed.is_empty() {
            return Err(DeskError::Record(format!(
                "entry {} is padding, or was erased",
                leaf.position
            )));
        }
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
        let mut blanks = Blanks::default();
        loop {
            let page = tx.leaves(tree.size(), PAGE).await?;
            if page.is_empty() {
                break;
            }
            let mut completed = Vec::new();
            for leaf in page {
                if leaf.position != tree.size() {
                    return Err(DeskError::Record(format!("entry {} is missing", tree.size())));
                }
                if leaf.sealed.is_empty() {
                    blanks.blank(leaf.position);
                } else {
                    let (body, _) = self.open_leaf(&leaf)?;
                    blanks.opened(leaf.position, &body)?;
                    visit(leaf.position, &body)?;
                }
                append(&mut tree, Entry::from_bytes(leaf.commitment), &mut completed)?;
            }
            for (node, hash) in completed {
                if tx.nodes(node.level(), node.index(), 1).await? != [*hash.as_bytes()] {
                    return Err(DeskError::Record(
                        "the stored tree is not that of the entries".into(),
                    ));
                }
            }
        }
        blanks.finish()?;
        let stored = range(&mut tx).await?;
        if stored != tree {
            return Err(DeskError::Record("the stored tree is not that of the entries".into()));
        }
        match self.anchor.load(&self.verifier_key())? {
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
        let through = self.tx.through().map(|t| (THROUGH, Value::from(t.token.as_str())));
        let fields = fields.into_iter().chain(through);
        let fields: BTreeMap<String, Value> =
            fields.map(|(name, value)| (name.to_owned(), value)).collect();
        let said = Body { kind: kind.to_owned(), at: self.now.to_string(), fields };
        let body = encode(&said);
        let salt: [u8; 32] = random();
        let entry = Entry::commit(&Salt::from_bytes(salt), &body);
        let plain = [salt.as_slice(), &body].concat();
        let row = self.size().to_string();
        let aad = Aad::new("leaf", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &plain, nonce)?;
        let leaf = self.add(*entry.as_bytes(), sealed).await?;
        self.kinds.push(said.kind.clone());
        self.tell(kind, |name| said.fields.get(name).cloned(), leaf).await?;
        Ok(leaf)
    }

    /// Adds a commitment and what opens it to the tree. Nothing opens padding.
    pub(crate) async fn add(
        &mut self,
        commitment: [u8; 32],
        sealed: Vec<u8>,
    ) -> Result<u64, DeskError> {
        let mut completed = Vec::new();
        let position = append(&mut self.range, Entry::from_bytes(commitment), &mut completed)?;
        self.tx.add_leaf(&LeafRow { position, commitment, sealed }).await?;
        for (node, hash) in completed {
            self.tx.add_node(node.level(), node.index(), hash.as_bytes()).await?;
        }
        Ok(position)
    }

    /// Entries of the record, those of this act included.
    pub(crate) fn size(&self) -> u64 {
        self.range.size()
    }

    /// The root over them.
    pub(crate) fn root(&self) -> Hash {
        self.range.root()
    }

    /// Lets no later act happen before `at`.
    pub(crate) async fn floor(&mut self, at: Timestamp) -> Result<(), DeskError> {
        Ok(self.tx.set_meta(FLOOR, &encode(&at.as_millisecond())).await?)
    }

    /// Makes the act durable, then signs the record's new state.
    pub(crate) async fn commit(self) -> Result<(), DeskError> {
        let archive = self.archive;
        let range = self.commit_unsigned().await?;
        archive.anchor.advance(&range, &archive.signer).map_err(|e| {
            DeskError::Archive(format!(
                "the act was done and is in the record, but its checkpoint could not be signed ({e}); it will be at the next start"
            ))
        })
    }

    /// Makes the act durable and leaves the signing to the caller, who gets the new state.
    pub(crate) async fn commit_unsigned(mut self) -> Result<CompactRange, DeskError> {
        let entering = std::mem::take(&mut self.entering);
        let shelves = self.archive.enter_shelves(&mut self.tx, entering).await?;
        self.tx.set_meta(RANGE, &self.range.to_bytes()).await?;
        self.tx.commit().await?;
        self.archive.count_acts(&self.kinds);
        self.archive.shelves.put(shelves);
        self.archive.stacks.extend(self.pending);
        Ok(self.range)
    }
}

pub(crate) async fn range(tx: &mut Tx) -> Result<CompactRange, DeskError> {
    match tx.meta(RANGE).await? {
        Some(bytes) => {
            CompactRange::from_bytes(&bytes).map_err(|e| DeskError::Record(e.to_string()))
        }
        None => Ok(CompactRange::new()),
    }
}

fn append(
    tree: &mut CompactRange,
    entry: Entry,
    completed: &mut Vec<(NodeId, Hash)>,
) -> Result<u64, DeskError> {
    let keep = |node, hash| {
        if is_kept(node) {
            completed.push((node, hash));
        }
    };
    tree.append(entry.leaf_hash(), keep).map_err(|e| DeskError::Record(e.to_string()))
}
