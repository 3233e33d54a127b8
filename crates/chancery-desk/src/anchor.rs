//! The record's own checkpoint file: what was last signed, kept apart from the database on purpose.
//!
//! It is replaced by compare-and-swap: written beside, synced, renamed, and only if what stands there is
//! what this archive put there. In scope: the file, and bringing it together with the database at start-up.
//! What outsiders get to see is in `publish`.
//!
//! # What a crash leaves
//! The old file or the new one. The old one is behind the database, and the next start signs the present
//! state on the same path as every commit. A file ahead of the database can only mean that an older
//! database was put in place: then nothing is signed, until `epoch` begins a new log.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_record::{
    CheckpointError, CompactRange, Hash, LogSigner, SignedCheckpoint, VerifierKey,
};

use crate::archive::decode;
use crate::epoch::{Before, EPOCH};
use crate::ledger::range;
use crate::publish::AHEAD;
use crate::{Archive, DeskError, files};

/// The file, and what this process knows of it.
#[derive(Debug)]
pub(crate) struct Anchor {
    path: PathBuf,
    /// The largest state that was committed. Acts that wait for the file are covered by one signature.
    latest: Mutex<CompactRange>,
    file: Mutex<OnFile>,
}

#[derive(Debug, Default)]
struct OnFile {
    bytes: Option<Vec<u8>>,
    size: u64,
    /// Why nothing may be signed any more.
    halted: Option<String>,
}

impl Anchor {
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("checkpoint");
        Self { path, latest: Mutex::new(CompactRange::new()), file: Mutex::default() }
    }

    /// Signs `range`, or a later state that was committed meanwhile.
    pub(crate) fn advance(
        &self,
        range: &CompactRange,
        signer: &LogSigner,
    ) -> Result<(), DeskError> {
        {
            let mut latest = lock(&self.latest);
            if range.size() >= latest.size() {
                latest.clone_from(range);
            }
        }
        let mut file = lock(&self.file);
        if file.bytes.is_some() && range.size() <= file.size {
            return Ok(());
        }
        let range = lock(&self.latest).clone();
        self.swap(&mut file, &range, signer)
    }

    fn swap(
        &self,
        file: &mut OnFile,
        range: &CompactRange,
        signer: &LogSigner,
    ) -> Result<(), DeskError> {
        if let Some(why) = &file.halted {
            return Err(DeskError::Record(why.clone()));
        }
        let found = files::read_if_there(&self.path)?;
        if found != file.bytes {
            return Err(DeskError::Record(
                "the file “checkpoint” was changed by somebody else while the archive was open; nothing was signed. Find out who runs a second copy of this archive".into(),
            ));
        }
        let signed = signer
            .sign_checkpoint(range.size(), range.root())
            .map_err(|e| DeskError::Record(e.to_string()))?;
        let bytes = signed.to_string().into_bytes();
        files::replace(&self.path, &bytes, true)?;
        file.bytes = Some(bytes);
        file.size = range.size();
        Ok(())
    }

    /// Reads the file. Size and root of what it says, if it is there.
    pub(crate) fn load(&self, key: &VerifierKey) -> Result<Option<(u64, Hash)>, DeskError> {
        let mut file = lock(&self.file);
        let Some(bytes) = files::read_if_there(&self.path)? else { return Ok(None) };
        let (size, root) = read(&bytes, key)
            .map_err(|e| DeskError::Record(format!("{}: {e}", self.path.display())))?;
        file.bytes = Some(bytes);
        file.size = size;
        Ok(Some((size, root)))
    }

    /// Reads the file as the last word of the log before this one, to be replaced by this one's first.
    pub(crate) fn take_over(&self, before: &VerifierKey) -> Result<Option<(u64, Hash)>, DeskError> {
        let found = self.load(before)?;
        lock(&self.file).size = 0;
        Ok(found)
    }

    /// Lets nothing be signed any more.
    pub(crate) fn halt(&self, why: String) {
        lock(&self.file).halted = Some(why);
    }

    /// Lets signing go on.
    pub(crate) fn resume(&self) {
        lock(&self.file).halted = None;
    }

    /// An error when nothing may be signed any more.
    pub(crate) fn check(&self) -> Result<(), DeskError> {
        match &lock(&self.file).halted {
            Some(why) => Err(DeskError::Record(why.clone())),
            None => Ok(()),
        }
    }
}

fn read(bytes: &[u8], key: &VerifierKey) -> Result<(u64, Hash), CheckpointError> {
    let signed = SignedCheckpoint::parse(bytes)?.verify(key, &[])?;
    Ok((signed.checkpoint().size(), *signed.checkpoint().root()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Archive {
    /// Brings checkpoint file and database together at start-up.
    pub(crate) async fn settle_record(&self) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        if let Some(why) = tx.meta(AHEAD).await? {
            return Err(DeskError::Record(String::from_utf8_lossy(&why).into_owned()));
        }
        let range = range(&mut tx).await?;
        if self.complete_nodes(&mut tx, range.size()).await? {
            tx.commit().await?;
            tx = self.store.begin().await?;
        }
        let key = self.verifier_key();
        let last = match self.anchor.load(&key) {
            Ok(last) => last,
            Err(error) => {
                // A crash between the commit of a new epoch and its first signature.
                let before = match tx.meta(EPOCH).await? {
                    Some(bytes) => decode::<Before>(&bytes)?,
                    None => return Err(error),
                };
                return match before.key.parse() {
                    Ok(key)
                        if before.size == range.size() && self.anchor.take_over(&key).is_ok() =>
                    {
                        self.anchor.advance(&range, &self.signer)
                    }
                    _ => Err(error),
                };
            }
        };
        let Some((size, root)) = last else {
            if range.size() > 0 {
                return Err(DeskError::Record(
                    "the file “checkpoint” is missing; put it back from where the record was last signed"
                        .into(),
                ));
            }
            return self.anchor.advance(&range, &self.signer);
        };
        if size > range.size() {
            return Err(DeskError::Record(format!(
                "{size} entries were signed but the database holds {}; it is older than its checkpoint (restored from a backup?). Nothing will be signed. Find the newer database; if it is lost: chancery record epoch",
                range.size()
            )));
        }
        let prefix = if size < range.size() {
            self.range_at(&mut tx, size).await?.root()
        } else {
            range.root()
        };
        if prefix != root {
            return Err(DeskError::Record(format!(
                "the first {size} entries are not those that were signed; the database was rewritten. Nothing will be signed"
            )));
        }
        self.anchor.advance(&range, &self.signer)
    }

    /// The last state that was signed, as text. It is for the house: its size tells how much goes on. What is
    /// for outsiders is [`Archive::published`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn checkpoint(&self) -> Result<String, DeskError> {
        let path = &self.anchor.path;
        std::fs::read_to_string(path).map_err(DeskError::file(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(leaves: u8) -> CompactRange {
        let mut range = CompactRange::new();
        for leaf in 0..leaves {
            range.append(Hash::leaf(&[leaf]), |_, _| {}).unwrap();
        }
        range
    }

    #[test]
    fn a_file_that_somebody_else_replaced_is_not_signed_over() {
        let folder = tempfile::tempdir().unwrap();
        let signer = LogSigner::from_seed("archive.example/record", &[1; 32]).unwrap();
        let anchor = Anchor::new(folder.path());
        anchor.advance(&grown(1), &signer).unwrap();
        anchor.advance(&grown(2), &signer).unwrap();
        // The same file twice over is no change.
        let second = Anchor::new(folder.path());
        assert_eq!(second.load(&signer.verifier_key()).unwrap().unwrap().0, 2);
        second.advance(&grown(3), &signer).unwrap();
        let error = anchor.advance(&grown(4), &signer).unwrap_err().to_string();
        assert!(error.contains("changed by somebody else"), "{error}");
        assert_eq!(anchor.load(&signer.verifier_key()).unwrap().unwrap().0, 3);
        // What came back in order goes on; a smaller state is covered by the larger.
        anchor.advance(&grown(5), &signer).unwrap();
        anchor.advance(&grown(4), &signer).unwrap();
        assert_eq!(anchor.load(&signer.verifier_key()).unwrap().unwrap().0, 5);
        anchor.halt("stop".into());
        assert!(anchor.advance(&grown(6), &signer).is_err());
    }
}
