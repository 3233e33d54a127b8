//! What outsiders see of the record: padded checkpoints at fixed times, their cosignatures, and receipts.
//!
//! Every checkpoint that leaves the house has a size that is a multiple of [`PUBLISH_STEP`]: entries without
//! meaning fill it up, which nobody outside can tell from others. One is made at most every
//! [`PUBLISH_EVERY`]; whatever went on in between, the tree grows by one step, unless more than that did.
//! Who asks witnesses over the network is above the desk; here is what they are asked and what they answered.
//!
//! # What a crash leaves
//! Padding, the checkpoint and its entry are one transaction. A checkpoint whose witnesses were not asked, or
//! whose answers were lost, is not shown; the next one in turn takes its place.

use chancery_domain::Handle;
use chancery_record::{
    ENTRIES_PER_TILE, NoteSignature, Policy, Receipt, SignedCheckpoint, Standing,
    VerifiedCheckpoint,
};
use chancery_store::PublishedRow;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::archive::decode;
use crate::ledger::{Act, Body};
use crate::outside::random;
use crate::tree::broken;
use crate::{Archive, DeskError, files};

/// How far apart published checkpoints are.
pub const PUBLISH_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// Published checkpoints have sizes that are multiples of this: one full tile.
pub const PUBLISH_STEP: u64 = ENTRIES_PER_TILE;
/// Where it stands that a witness has seen more than the database holds, and why that stops everything.
pub(crate) const AHEAD: &str = "record-ahead";
/// The entry that says which entries after it are padding.
pub(crate) const PADDED: &str = "record.padded";
/// The entry that says which entries were destroyed.
pub(crate) const ERASED: &str = "record.erased";

/// A published checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedCheckpoint {
    /// Entries of the tree, padding included.
    pub size: u64,
    /// The signed checkpoint with its cosignatures.
    pub checkpoint: String,
    /// When it was signed.
    pub at: Timestamp,
    /// `witnessed`, `below-quorum` or `unwitnessed`.
    pub standing: &'static str,
    /// Who has cosigned it, by the names of the policy.
    pub witnesses: Vec<String>,
    /// Whether it is served to everybody. Below the quorum it is not.
    pub shown: bool,
}

/// An entry with the proof that it is in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// Position in the record.
    pub position: u64,
    /// The canonical bytes of the entry, which are JSON.
    pub entry: String,
    /// The receipt (C2SP tlog-proof), whose extra data is the entry's salt.
    pub receipt: String,
    /// `witnessed`, `below-quorum` or `unwitnessed`.
    pub standing: &'static str,
    /// Who has cosigned it.
    pub witnesses: Vec<String>,
}

/// A receipt that was checked off line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedReceipt {
    /// Position in the record.
    pub position: u64,
    /// The record's origin.
    pub origin: String,
    /// Entries of the tree in which it was proved.
    pub size: u64,
    /// `witnessed`, `below-quorum` or `unwitnessed`.
    pub standing: &'static str,
    /// Who has cosigned it, and when, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
    /// Whether the policy wants no more than that.
    pub enough: bool,
}

/// Checks a receipt against an entry, without any archive.
///
/// # Errors
/// When the policy cannot be read, or the receipt does not prove the entry in a log of the policy.
pub fn check_receipt(
    receipt: &[u8],
    entry: &[u8],
    policy: &[u8],
) -> Result<CheckedReceipt, DeskError> {
    let policy = Policy::parse(policy).map_err(|e| DeskError::Input(e.to_string()))?;
    let receipt = Receipt::parse(receipt).map_err(broken)?;
    let (verified, standing) = policy.judge(receipt.proof().checkpoint()).map_err(broken)?;
    let keys: Vec<_> = policy.witnesses().iter().map(|w| w.key.clone()).collect();
    let origin = verified.checkpoint().origin();
    let proved = policy
        .logs()
        .iter()
        .filter(|log| log.key.name() == origin)
        .map(|log| receipt.verify(entry, &log.key, &keys))
        .reduce(|best, next| if best.is_ok() { best } else { next });
    proved.ok_or_else(|| DeskError::Input("the policy names no log".into()))?.map_err(broken)?;
    Ok(CheckedReceipt {
        position: receipt.proof().index(),
        origin: origin.to_string(),
        size: verified.checkpoint().size(),
        standing: standing.word(),
        witnesses: cosigners(&policy, &verified)
            .map(|(name, time)| (name.to_owned(), time))
            .collect(),
        enough: standing == Standing::Witnessed || !policy.wants_witnesses(),
    })
}

fn cosigners<'a>(
    policy: &'a Policy,
    verified: &'a VerifiedCheckpoint,
) -> impl Iterator<Item = (&'a str, u64)> {
    policy.witnesses().iter().filter_map(|witness| {
        let by = verified.cosignatures().iter().find(|by| *by.key() == witness.key)?;
        Some((witness.name.as_str(), by.time().unwrap_or_default()))
    })
}

impl Archive {
    /// The witness policy beside the archive, if there is one: the file `witnesses`.
    ///
    /// # Errors
    /// When it cannot be read, or speaks of other logs only.
    pub fn witness_policy(&self) -> Result<Option<Policy>, DeskError> {
        let path = self.folder.join("witnesses");
        let Some(bytes) = files::read_if_there(&path)? else { return Ok(None) };
        let unusable = |why: String| DeskError::Input(format!("{}: {why}", path.display()));
        let policy = Policy::parse(&bytes).map_err(|e| unusable(e.to_string()))?;
        let key = self.verifier_key();
        if !policy.logs().is_empty() && !policy.logs().iter().any(|log| log.key == key) {
            return Err(unusable(format!("it names other logs than this record; add: log {key}")));
        }
        Ok(Some(policy))
    }

    /// Whether [`PUBLISH_EVERY`] has passed since the last checkpoint that was made in its turn.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn publication_due(&self) -> Result<bool, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let every = PUBLISH_EVERY.as_millis() as i64;
        let turn = |at: i64| at.div_euclid(every);
        let last = tx.turned_checkpoint().await?;
        Ok(last.is_none_or(|last| turn(last.at) < turn(now.as_millisecond())))
    }

    /// Makes the next checkpoint for outsiders: pads, signs, commits. It is shown once the quorum
    /// of the witness policy has signed; without a policy, at once. Whoever calls this more often than
    /// [`Self::publication_due`] says lets outsiders see that something is going on.
    ///
    /// # Errors
    /// When the archive cannot be written, or nothing may be signed.
    pub async fn publish(&self) -> Result<PublishedCheckpoint, DeskError> {
        let shown = self.witness_policy()?.is_none_or(|policy| !policy.wants_witnesses());
        let mut act = self.act().await?;
        let mut row = act.cut(true).await?;
        row.shown = shown;
        act.tx.put_published(&row).await?;
        act.commit().await?;
        self.publication(row)
    }

    /// The checkpoint that is served to everybody, if one was published.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn published(&self) -> Result<Option<PublishedCheckpoint>, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.shown_checkpoint().await?;
        row.map(|row| self.publication(row)).transpose()
    }

    /// Takes in what witnesses answered about the checkpoint of `size`. Lines that are no genuine
    /// cosignatures of a witness of the policy are left out.
    ///
    /// # Errors
    /// When that checkpoint is not the latest, or the archive cannot be written.
    pub async fn add_cosignatures(
        &self,
        size: u64,
        lines: &[NoteSignature],
    ) -> Result<PublishedCheckpoint, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.turned_checkpoint().await?.filter(|row| row.size == size);
        let mut row = row.ok_or_else(|| {
            DeskError::Input(format!("the checkpoint of {size} entries is not the latest"))
        })?;
        let Some(policy) = self.witness_policy()? else { return self.publication(row) };
        let key = self.verifier_key();
        let mut signed = SignedCheckpoint::parse(row.note.as_bytes()).map_err(broken)?;
        let mut count = policy.judge_as(&signed, &key).map_err(broken)?.0.cosignatures().len();
        for line in lines {
            let mut with = signed.clone();
            with.add_signature(line.clone()).map_err(broken)?;
            if let Ok((verified, _)) = policy.judge_as(&with, &key)
                && verified.cosignatures().len() > count
            {
                count = verified.cosignatures().len();
                signed = with;
            }
        }
        let (_, standing) = policy.judge_as(&signed, &key).map_err(broken)?;
        row.note = signed.to_string();
        row.shown |= standing == Standing::Witnessed || !policy.wants_witnesses();
        tx.put_published(&row).await?;
        tx.commit().await?;
        self.publication(row)
    }

    /// Judges a checkpoint that a witness holds of this record. One that this record has signed, and that is
    /// not part of what the database holds, shows that the database is an old one: from then on nothing is
    /// signed. Says why, or `None` when all is well.
    ///
    /// # Errors
    /// When it is no checkpoint of this record, or the archive cannot be read.
    pub async fn compare_with_witness(
        &self,
        witness: &str,
        seen: &[u8],
    ) -> Result<Option<String>, DeskError> {
        let signed = SignedCheckpoint::parse(seen)
            .and_then(|signed| signed.verify(&self.verifier_key(), &[]))
            .map_err(broken)?;
        let (size, root) = (signed.checkpoint().size(), *signed.checkpoint().root());
        let mut tx = self.store.begin().await?;
        let held = crate::ledger::range(&mut tx).await?.size();
        let why = if size > held {
            format!(
                "the witness {witness} holds a checkpoint of {size} entries under this record's own signature, the database {held}; it is older (restored from a backup?)"
            )
        } else if self.range_at(&mut tx, size).await?.root() != root {
            format!(
                "the witness {witness} holds another history of the first {size} entries under this record's own signature; this database went on from an older state (restored from a backup?)"
            )
        } else {
            return Ok(None);
        };
        let why = format!(
            "{why}. Nothing will be signed. Find the newer database; if it is lost: chancery record epoch"
        );
        tx.set_meta(AHEAD, why.as_bytes()).await?;
        tx.commit().await?;
        self.anchor.halt(why.clone());
        Ok(Some(why))
    }

    /// Proves an entry with the newest checkpoint that was published. For the custodian of the house, and
    /// for persons about their own entries.
    ///
    /// # Errors
    /// When `who` may not, or no published checkpoint covers the entry yet.
    pub async fn prove(&self, position: u64, who: &Handle) -> Result<Proved, DeskError> {
        let mut act = self.act().await?;
        let entry = self.entry(&mut act.tx, position).await?;
        let own = entry.fields.get("person").and_then(Value::as_str) == Some(who.as_str());
        if !own {
            act.may_keep_house(who).await?;
        }
        let covering = act.covering(position).await?.ok_or_else(|| {
            DeskError::Procedure(format!(
                "no published checkpoint reaches entry {position} yet; wait for the next, or: chancery record publish"
            ))
        })?;
        let checkpoint = SignedCheckpoint::parse(covering.note.as_bytes()).map_err(broken)?;
        let (body, receipt) = self.receipt(&mut act.tx, position, &checkpoint).await?;
        let publication = self.publication(covering)?;
        Ok(Proved {
            position,
            entry: String::from_utf8_lossy(&body).into_owned(),
            receipt: receipt.to_string(),
            standing: publication.standing,
            witnesses: publication.witnesses,
        })
    }

    fn publication(&self, row: PublishedRow) -> Result<PublishedCheckpoint, DeskError> {
        let signed = SignedCheckpoint::parse(row.note.as_bytes()).map_err(broken)?;
        let (standing, witnesses) = match self.witness_policy()? {
            Some(policy) => {
                let (verified, standing) =
                    policy.judge_as(&signed, &self.verifier_key()).map_err(broken)?;
                let by = cosigners(&policy, &verified).map(|(name, _)| name.to_owned()).collect();
                (standing, by)
            }
            None => (Standing::Unwitnessed, Vec::new()),
        };
        Ok(PublishedCheckpoint {
            size: row.size,
            checkpoint: row.note,
            at: Timestamp::from_millisecond(row.at)
                .map_err(|_| DeskError::Record("a published checkpoint has no time".into()))?,
            standing: standing.word(),
            witnesses,
            shown: row.shown,
        })
    }
}

impl Act<'_> {
    /// Fills the record up to the next step and signs that state, within this act.
    async fn cut(&mut self, turn: bool) -> Result<PublishedRow, DeskError> {
        let from = self.size() + 1;
        let padded = from.next_multiple_of(PUBLISH_STEP) - from;
        self.enter(PADDED, [("from", json!(from)), ("padded", json!(padded))]).await?;
        for _ in 0..padded {
            self.add(random(), Vec::new()).await?;
        }
        let size = self.size();
        let signed = self.archive.signer.sign_checkpoint(size, self.root()).map_err(broken)?;
        let row = PublishedRow {
            size,
            note: signed.to_string(),
            at: self.now.as_millisecond(),
            turn,
            shown: false,
        };
        self.tx.put_published(&row).await?;
        Ok(row)
    }

    /// The best checkpoint that covers an entry: one that everybody is shown, or else the largest.
    async fn covering(&mut self, position: u64) -> Result<Option<PublishedRow>, DeskError> {
        if let Some(shown) = self.tx.shown_checkpoint().await?.filter(|row| row.size > position) {
            return Ok(Some(shown));
        }
        Ok(self.tx.largest_checkpoint().await?.filter(|row| row.size > position))
    }

    /// The bytes of each entry and its receipt. Entries that no published checkpoint covers get one out of
    /// turn, padded as all are, which is good once the act is committed.
    pub(crate) async fn receipts(
        &mut self,
        positions: &[u64],
    ) -> Result<Vec<(Vec<u8>, Receipt)>, DeskError> {
        let Some(last) = positions.iter().max() else { return Ok(Vec::new()) };
        let covering = match self.covering(*last).await? {
            Some(row) => row,
            None => self.cut(false).await?,
        };
        let checkpoint = SignedCheckpoint::parse(covering.note.as_bytes()).map_err(broken)?;
        let mut out = Vec::with_capacity(positions.len());
        for position in positions {
            out.push(self.archive.receipt(&mut self.tx, *position, &checkpoint).await?);
        }
        Ok(out)
    }
}

/// Which entries without content are accounted for, while the record is walked in order.
#[derive(Debug, Default)]
pub(crate) struct Blanks {
    padded_to: u64,
    unexplained: std::collections::BTreeSet<u64>,
}

impl Blanks {
    /// Takes note of an entry that can be opened.
    pub(crate) fn opened(&mut self, position: u64, body: &Body) -> Result<(), DeskError> {
        match body.kind.as_str() {
            PADDED => {
                let padded = body.fields.get("padded").and_then(Value::as_u64).unwrap_or_default();
                self.padded_to = (position + 1).saturating_add(padded.min(PUBLISH_STEP));
            }
            ERASED => {
                let named = body.fields.get("entries").cloned().unwrap_or_default();
                let named: Vec<u64> = decode(named.to_string().as_bytes())?;
                for position in named {
                    self.unexplained.remove(&position);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes note of an entry without content.
    pub(crate) fn blank(&mut self, position: u64) {
        if position >= self.padded_to {
            self.unexplained.insert(position);
        }
    }

    /// # Errors
    /// When an entry without content is neither padding nor one whose erasure was entered.
    pub(crate) fn finish(self) -> Result<(), DeskError> {
        match self.unexplained.first() {
            None => Ok(()),
            Some(position) => Err(DeskError::Record(format!(
                "entry {position} has no content, and no entry accounts for its erasure"
            ))),
        }
    }
}
