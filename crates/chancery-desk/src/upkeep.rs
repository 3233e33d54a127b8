//! What the operators of a running archive look at: how much was done since it was opened, its last published
//! checkpoint, its backups and their last trial. Counts and instants, nothing of a paper.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::{Archive, DeskError};

/// Under which the last trial of a backup is kept.
const TRIED: &str = "backup-tried";
/// Most backups of a list.
const MOST: usize = 100;

/// A backup in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedBackup {
    /// Its folder.
    pub folder: PathBuf,
    /// When it was made.
    pub made: Timestamp,
    /// Entries of the record in it.
    pub entries: u64,
    /// Whether its keys are still there.
    pub keys: bool,
}

/// The last time that a backup was restored to see whether it can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDrill {
    /// When.
    pub at: Timestamp,
    /// When the backup was made.
    pub backup: Timestamp,
    /// Entries that were restored and verified.
    pub entries: u64,
}

/// The last checkpoint that everybody is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LastPublished {
    /// Entries of its tree, padding included.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
}

impl Archive {
    /// How many acts of each kind were done since the archive was opened.
    #[must_use]
    pub fn acts_done(&self) -> BTreeMap<String, u64> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last checkpoint that everybody is shown; none before the first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn last_published(&self) -> Result<Option<LastPublished>, DeskError> {
        let mut tx = self.store.begin().await?;
        let Some(row) = tx.shown_checkpoint().await? else { return Ok(None) };
        let at = Timestamp::from_millisecond(row.at);
        let at = at.map_err(|e| DeskError::Archive(format!("a checkpoint has no instant: {e}")))?;
        Ok(Some(LastPublished { size: row.size, at }))
    }

    /// The backups of this archive below a folder, newest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn backups(&self, into: &Path) -> Result<Vec<ListedBackup>, DeskError> {
        if !into.exists() {
            return Ok(Vec::new());
        }
        let own = crate::backup::backups(into)?.into_iter().rev();
        let own = own.filter(|(_, manifest)| manifest.origin == self.profile.origin).take(MOST);
        Ok(own
            .map(|(folder, manifest)| ListedBackup {
                keys: crate::backup::has_keys(&folder),
                made: manifest.made,
                entries: manifest.entries,
                folder,
            })
            .collect())
    }

    /// The last trial of a backup that succeeded.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn last_drill(&self) -> Result<Option<LastDrill>, DeskError> {
        let mut tx = self.store.begin().await?;
        tx.meta(TRIED).await?.map(|bytes| decode(&bytes)).transpose()
    }

    pub(crate) fn count_acts(&self, kinds: &[String]) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in kinds {
            let count = tally.entry(kind.clone()).or_default();
            *count = count.saturating_add(1);
        }
    }
}

impl Act<'_> {
    /// Keeps that a backup was restored and verified.
    pub(crate) async fn note_drill(
        &mut self,
        backup: Timestamp,
        entries: u64,
    ) -> Result<(), DeskError> {
        let drill = LastDrill { at: self.now, backup, entries };
        Ok(self.tx.set_meta(TRIED, &encode(&drill)).await?)
    }
}
