//! A new log for an archive whose newest database is lost, as an explicit act.
//!
//! The restored database lacks entries that were signed. Going on under the old name would be a second
//! history, so the archive takes a new origin and a new signing key. The new log holds the restored entries,
//! at their old positions, and after them an entry that commits to the last checkpoint of the old log that
//! is known: outsiders who hold that one can tell how much is missing.
//!
//! # What a crash leaves
//! Before the commit: the old log, still refusing. After it and before the checkpoint file is replaced: the
//! new log; the next start signs it, because the database names the key of the log before.

use std::path::Path;

use chancery_domain::Handle;
use chancery_record::{LogSigner, Policy, SignedCheckpoint, VerifiedCheckpoint, VerifierKey};
use chancery_vault::{LogSeed, Nonce};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{SEED, encode};
use crate::ledger::range;
use crate::outside::{Clock, random};
use crate::publish::AHEAD;
use crate::tree::broken;
use crate::{Archive, DeskError, files};

/// Where it stands which log was before this one.
pub(crate) const EPOCH: &str = "record-before";

/// The log before this one, and the size with which this one began. Only a database of that very size may
/// take over the checkpoint file of the log before: later that file can only have been put back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Before {
    pub(crate) key: String,
    pub(crate) size: u64,
}

/// What a new epoch says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Epoch {
    /// The key of the log before, whose name is its origin.
    pub before: String,
    /// The key of the log that begins.
    pub key: String,
    /// Its entry that commits to the last checkpoint of the log before.
    pub leaf: u64,
    /// That checkpoint.
    pub last: String,
    /// Entries that the restored database held.
    pub kept: u64,
    /// Entries that were signed and are lost. 0 when the histories parted without one being longer.
    pub gap: u64,
}

/// An archive that refuses to sign, opened for nothing but beginning a new log.
#[derive(Debug)]
pub struct Stalled(Archive);

impl Stalled {
    /// Opens the archive in `folder` without comparing it with what was signed.
    ///
    /// # Errors
    /// When it is no archive, or is in use.
    pub async fn open(folder: &Path, clock: Clock) -> Result<Self, DeskError> {
        Archive::unsettled(folder, clock, None).await.map(Self)
    }

    /// The key of the log that ends.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.0.verifier_key()
    }

    /// The witness policy beside the archive, if there is one.
    ///
    /// # Errors
    /// When it cannot be read, or speaks of other logs only.
    pub fn witness_policy(&self) -> Result<Option<Policy>, DeskError> {
        self.0.witness_policy()
    }

    /// Begins a new log, because the database is older than what was signed. `held` are checkpoints of the
    /// old log from elsewhere: from witnesses, from those who keep them.
    ///
    /// # Errors
    /// When `who` may not, one of `held` is no checkpoint of the old log, or nothing shows that entries are
    /// missing.
    pub async fn begin_epoch(
        self,
        who: &Handle,
        held: &[Vec<u8>],
    ) -> Result<(Archive, Epoch), DeskError> {
        let Self(mut archive) = self;
        let before = archive.verifier_key();
        let own = files::read_if_there(&archive.folder.join("checkpoint"))?;
        let mut last: Option<(VerifiedCheckpoint, String)> = None;
        for bytes in own.iter().chain(held) {
            let signed = SignedCheckpoint::parse(bytes).map_err(broken)?;
            let verified = signed.verify(&before, &[]).map_err(broken)?;
            let size = verified.checkpoint().size();
            if last.as_ref().is_none_or(|(known, _)| known.checkpoint().size() <= size) {
                last = Some((verified, signed.to_string()));
            }
        }
        let (last, text) = last.ok_or_else(|| {
            DeskError::Input("give the last checkpoint that is known: --witnessed FILE".into())
        })?;
        let last = last.checkpoint();
        let seed = LogSeed::from_bytes(random());
        let mut profile = archive.profile().clone();
        profile.origin = format!("chancery.invalid/{}", hex::encode(random::<8>()));
        let signer = LogSigner::from_seed(&profile.origin, seed.expose())
            .map_err(|e| DeskError::Archive(e.to_string()))?;
        let after = signer.verifier_key().to_string();

        let mut act = archive.act().await?;
        act.may_keep_house(who).await?;
        let kept = range(&mut act.tx).await?.size();
        let parted = act.tx.meta(AHEAD).await?.is_some()
            || last.size() > kept
            || archive.range_at(&mut act.tx, last.size()).await?.root() != *last.root();
        if !parted {
            return Err(DeskError::Procedure(
                "the record is whole as far as this checkpoint tells; a new epoch is for a database that is older than what was signed".into(),
            ));
        }
        let gap = last.size().saturating_sub(kept);
        let fields = [
            ("person", json!(who)),
            ("before", json!(before.to_string())),
            ("after", json!(after)),
            ("last", json!(text)),
            ("kept", json!(kept)),
            ("gap", json!(gap)),
        ];
        let leaf = act.enter("record.epoch", fields).await?;
        let wrapped = archive.key.wrap_log_seed(&seed, &SEED, Nonce::from_bytes(random()));
        act.tx.set_meta("log-seed", &wrapped).await?;
        act.tx.set_meta("profile", &encode(&profile)).await?;
        let beginning = Before { key: before.to_string(), size: leaf + 1 };
        act.tx.set_meta(EPOCH, &encode(&beginning)).await?;
        act.tx.forget_meta(AHEAD).await?;
        act.tx.clear_published().await?;
        let range = act.commit_unsigned().await?;
        archive.signer = signer;
        archive.profile = profile;
        archive.anchor.resume();
        archive.anchor.take_over(&before)?;
        archive.anchor.advance(&range, &archive.signer)?;
        let before = before.to_string();
        Ok((archive, Epoch { before, key: after, leaf, last: text, kept, gap }))
    }
}
