//! Backups: copying an archive in use, restoring it, and trying that out.
//!
//! A backup is a folder. `archive.sqlite` is the database of one moment without anything that opens papers;
//! `keys.sqlite` holds that, wrapped under the root key; `checkpoint` is the record's signed state; `manifest.json`
//! says what belongs together. The root key is in no backup. Keys apart from papers let backups of keys be
//! short-lived: a destroyed paper is beyond recovery once the last of them is gone.
//!
//! The checkpoint is copied before the database, so it is never ahead of it.
//!
//! # What a crash leaves
//! A folder without `manifest.json`, which is written last: no backup, to be removed. A restore that was interrupted
//! leaves a folder that `restore` refuses to use again and `open` does not take for an archive.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use chancery_store::{join_keys, part_keys};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::archive::{BINDING, encode};
use crate::custody::SHARES_FILE;
use crate::{Archive, DeskError, files};

/// Under which the days for which backups of keys are kept are remembered.
pub(crate) const KEY_DAYS: &str = "key-days";
const SCHEMA: &str = "chancery-backup/1";
const DATABASE: &str = "archive.sqlite";
const KEYS: &str = "keys.sqlite";
const CHECKPOINT: &str = "checkpoint";
const MANIFEST: &str = "manifest.json";
/// Longest manifest that is read.
const MAX_MANIFEST: u64 = 1 << 20;
/// Most backups of one instant.
const MOST_AT_ONE_INSTANT: u32 = 1000;
/// Papers of which a drill renders a copy.
const SAMPLE: usize = 20;

/// What belongs to a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    schema: String,
    /// The record's name.
    pub origin: String,
    /// When the copy was made.
    pub made: Timestamp,
    /// Entries of the record that are surely in it.
    pub entries: u64,
    /// The root key under which the keys are wrapped.
    pub root: String,
    /// SHA-256 of each file, by name.
    pub files: BTreeMap<String, String>,
}

/// What a backup did.
#[derive(Clone, Debug, Serialize)]
pub struct BackedUp {
    /// Its folder.
    pub folder: PathBuf,
    /// What it says of itself.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// Bytes of all files.
    pub bytes: u64,
    /// Older backups whose keys were destroyed, since they are kept no longer.
    pub keys_destroyed: Vec<PathBuf>,
}

/// What a restore did.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// The archive's folder.
    pub folder: PathBuf,
    /// Entries of the record in it.
    pub entries: u64,
    /// When the backup was made.
    pub made: Timestamp,
    /// What is to be done next.
    pub next: String,
}

/// What a drill showed.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    /// The backup.
    pub folder: PathBuf,
    /// When it was made.
    pub made: Timestamp,
    /// Entries that were restored and verified.
    pub entries: u64,
    /// Entries that the archive has had since.
    pub since: u64,
    /// Sealed values opened in their places.
    pub sealed: u64,
    /// Released papers compared with their release.
    pub papers: usize,
    /// Papers rendered from both archives and compared byte by byte.
    pub compared: usize,
    /// How long it took.
    pub seconds: f64,
}

impl Archive {
    /// Copies the archive into a new folder below `into`, while it is in use, as a recorded act. Afterwards
    /// destroys the keys of backups there that are older than `key_days`, if another backup still has some.
    ///
    /// # Errors
    /// When something cannot be read or written.
    pub async fn backup(&self, into: &Path, key_days: u16) -> Result<BackedUp, DeskError> {
        let mut act = self.act().await?;
        let now = act.now;
        act.tx.set_meta(KEY_DAYS, &encode(&key_days)).await?;
        act.enter("backup.made", [("key_days", json!(key_days))]).await?;
        act.commit().await?;

        let name = now.strftime("%Y-%m-%dT%H%M%S%.fZ").to_string();
        fs::create_dir_all(into).map_err(DeskError::file(into))?;
        let folder = new_folder(into, &name)?;
        files::keep_private(&folder)?;
        let checkpoint = self.checkpoint()?;
        files::replace(&folder.join(CHECKPOINT), checkpoint.as_bytes(), true)?;
        let mut tx = self.store.begin().await?;
        let entries = tx.count_leaves().await?;
        drop(tx);
        self.store.copy_to(&folder.join(DATABASE)).await?;
        part_keys(&folder.join(DATABASE), &folder.join(KEYS)).await?;
        let notes = self.folder.join(SHARES_FILE);
        let mut names = vec![CHECKPOINT, DATABASE, KEYS];
        if notes.exists() {
            let bytes = fs::read(&notes).map_err(DeskError::file(&notes))?;
            files::replace(&folder.join(SHARES_FILE), &bytes, true)?;
            names.push(SHARES_FILE);
        }
        let mut bytes = 0;
        let mut hashes = BTreeMap::new();
        for name in names {
            let path = folder.join(name);
            files::sync(&path)?;
            let (hash, length) = sha256(&path)?;
            hashes.insert(name.to_owned(), hash);
            bytes += length;
        }
        let manifest = Manifest {
            schema: SCHEMA.to_owned(),
            origin: self.profile.origin.clone(),
            made: now,
            entries,
            root: self.root()?.id().to_string(),
            files: hashes,
        };
        let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        files::replace(&folder.join(MANIFEST), &text, true)?;
        let keys_destroyed = destroy_old_keys(into, &folder, now, key_days)?;
        Ok(BackedUp { folder, manifest, bytes, keys_destroyed })
    }

    /// Restores a backup into `to`, which must not exist or be empty. `keys` names the keys to use when the
    /// backup's own are gone: those of any later backup of the same archive.
    ///
    /// The root key is not in the backup: a key file has to be put back, or officers give their shares.
    ///
    /// # Errors
    /// When the backup is not whole, or something cannot be read or written.
    pub async fn restore(
        from: &Path,
        to: &Path,
        keys: Option<&Path>,
    ) -> Result<Restored, DeskError> {
        let manifest = manifest(from)?;
        let own_keys = from.join(KEYS);
        for (name, hash) in &manifest.files {
            let path = from.join(name);
            if name == KEYS && !path.exists() {
                continue;
            }
            if sha256(&path)?.0 != *hash {
                return Err(DeskError::Archive(format!(
                    "{} is not the file that was backed up; use another backup",
                    path.display()
                )));
            }
        }
        let keys = match keys {
            Some(keys) => keys.to_owned(),
            None if own_keys.exists() => own_keys.clone(),
            None => {
                return Err(DeskError::Input(format!(
                    "the keys of {} were destroyed when their time was up; name those of a later backup of this archive with --keys",
                    from.display()
                )));
            }
        };
        let later = keys != own_keys;
        if to.exists() && fs::read_dir(to).map_err(DeskError::file(to))?.next().is_some() {
            return Err(DeskError::Archive(format!(
                "{} is not empty; give a new folder",
                to.display()
            )));
        }
        fs::create_dir_all(to).map_err(DeskError::file(to))?;
        files::keep_private(to)?;
        // Under another name until it is whole.
        let database = to.join("archive.sqlite.new");
        copy(&from.join(DATABASE), &database)?;
        let scratch = to.join("keys.sqlite.new");
        copy(&keys, &scratch)?;
        join_keys(&database, &scratch, later).await?;
        files::wipe(&scratch)?;
        copy(&from.join(CHECKPOINT), &to.join(CHECKPOINT))?;
        let notes = manifest.files.contains_key(SHARES_FILE);
        if notes {
            copy(&from.join(SHARES_FILE), &to.join(SHARES_FILE))?;
        }
        files::sync(&database)?;
        let whole = to.join(DATABASE);
        fs::rename(&database, &whole).map_err(DeskError::file(&whole))?;
        files::sync_folder(&whole);
        let put_back = if notes {
            "let the officers give their shares (chancery unseal)".to_owned()
        } else {
            format!("put the key file back as {}", to.join("key").display())
        };
        let next = format!(
            "{put_back}; put the file {BINDING} back, which is kept apart from backups; put the newest checkpoint you have in place of the restored one; then: chancery record verify. Never run this archive and the one it was copied from side by side"
        );
        Ok(Restored { folder: to.to_owned(), entries: manifest.entries, made: manifest.made, next })
    }

    /// Restores the newest backup below `into`, or `into` itself, to a temporary place in `scratch`, verifies all
    /// of it, compares some papers with this archive's, and removes it again.
    ///
    /// # Errors
    /// When the backup would not restore this archive.
    pub async fn drill(&self, into: &Path, scratch: &Path) -> Result<Drill, DeskError> {
        let from = newest(into)?;
        let manifest = manifest(&from)?;
        if manifest.origin != self.profile.origin {
            return Err(DeskError::Input(format!(
                "{} is a backup of another archive ({})",
                from.display(),
                manifest.origin
            )));
        }
        let begun = self.clock.now();
        let outcome = self.try_restore(&from, scratch).await;
        // What was restored is sealed, but it is nothing to leave about.
        if scratch.exists() {
            fs::remove_dir_all(scratch).map_err(DeskError::file(scratch))?;
        }
        let (verified, compared) = outcome?;
        let mut act = self.act().await?;
        let since = act.tx.count_leaves().await?.saturating_sub(verified.entries);
        let fields = [
            ("backup", json!(manifest.made)),
            ("entries", json!(verified.entries)),
            ("papers", json!(verified.papers)),
            ("compared", json!(compared)),
        ];
        act.enter("backup.tried", fields).await?;
        act.note_drill(manifest.made, verified.entries).await?;
        let seconds = act.now.duration_since(begun).as_secs_f64();
        act.commit().await?;
        Ok(Drill {
            folder: from,
            made: manifest.made,
            entries: verified.entries,
            since,
            sealed: verified.sealed,
            papers: verified.papers,
            compared,
            seconds,
        })
    }

    async fn try_restore(
        &self,
        from: &Path,
        scratch: &Path,
    ) -> Result<(crate::Verified, usize), DeskError> {
        Self::restore(from, scratch, None).await?;
        copy(&self.folder.join(BINDING), &scratch.join(BINDING))?;
        let restored = Self::open_as(scratch, self.clock, Some(self.root()?)).await?;
        let verified = restored.verify(|_, _| {}).await?;
        let compared = self.compare(&restored).await?;
        restored.close().await;
        Ok((verified, compared))
    }

    /// Compares masters of papers with those of a restored archive.
    async fn compare(&self, restored: &Self) -> Result<usize, DeskError> {
        let mut tx = restored.store.begin().await?;
        let ids = tx.released_papers().await?;
        let step = ids.len().div_ceil(SAMPLE).max(1);
        let mut compared = 0;
        for id in ids.into_iter().step_by(step) {
            let Some(row) = tx.paper(id).await? else { continue };
            if row.state != chancery_domain::PaperState::Released {
                continue;
            }
            let theirs = restored.released(&mut tx, row).await?;
            let mut mine = self.store.begin().await?;
            let Some(row) = mine.paper(id).await? else { continue };
            if row.state != chancery_domain::PaperState::Released {
                // Destroyed since.
                continue;
            }
            let ours = self.released(&mut mine, row).await?;
            if ours.master.to_bytes() != theirs.master.to_bytes() || ours.head != theirs.head {
                return Err(DeskError::Record(format!(
                    "{} comes out of the backup as another paper",
                    crate::papers::reference(id)
                )));
            }
            compared += 1;
        }
        Ok(compared)
    }
}

fn manifest(folder: &Path) -> Result<Manifest, DeskError> {
    let path = folder.join(MANIFEST);
    let broken = || {
        DeskError::Archive(format!(
            "{} holds no whole backup: its {MANIFEST} is missing or cannot be read",
            folder.display()
        ))
    };
    let file = File::open(&path).map_err(|_| broken())?;
    let mut bytes = Vec::new();
    file.take(MAX_MANIFEST).read_to_end(&mut bytes).map_err(DeskError::file(&path))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| broken())?;
    let known = [CHECKPOINT, DATABASE, KEYS, SHARES_FILE];
    let names_known = manifest.files.keys().all(|name| known.contains(&name.as_str()));
    if manifest.schema == SCHEMA && names_known { Ok(manifest) } else { Err(broken()) }
}

/// Whether the keys of a backup are still there.
pub(crate) fn has_keys(folder: &Path) -> bool {
    folder.join(KEYS).exists()
}

/// A new folder of this name, with a number behind it where there is one already: a clock may stand still.
fn new_folder(into: &Path, name: &str) -> Result<PathBuf, DeskError> {
    let mut folder = into.join(name);
    for number in 2..=MOST_AT_ONE_INSTANT {
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                folder = into.join(format!("{name}-{number}"));
            }
            Err(error) => return Err(DeskError::file(&folder)(error)),
        }
    }
    Err(DeskError::Input(format!("{} has too many backups of one instant", into.display())))
}

/// Backups below a folder, oldest first.
pub(crate) fn backups(into: &Path) -> Result<Vec<(PathBuf, Manifest)>, DeskError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(into).map_err(DeskError::file(into))? {
        let path = entry.map_err(DeskError::file(into))?.path();
        if let Ok(manifest) = manifest(&path) {
            found.push((path, manifest));
        }
    }
    found.sort_by(|a, b| a.1.made.cmp(&b.1.made).then_with(|| a.0.cmp(&b.0)));
    Ok(found)
}

fn newest(into: &Path) -> Result<PathBuf, DeskError> {
    if into.join(MANIFEST).exists() {
        return Ok(into.to_owned());
    }
    let newest = backups(into)?.pop().map(|(path, _)| path);
    newest.ok_or_else(|| DeskError::Input(format!("there is no backup in {}", into.display())))
}

/// Destroys keys older than `days`, except those just made.
fn destroy_old_keys(
    into: &Path,
    made: &Path,
    now: Timestamp,
    days: u16,
) -> Result<Vec<PathBuf>, DeskError> {
    let mut destroyed = Vec::new();
    let longest = i64::from(days) * 24 * 60 * 60;
    for (path, manifest) in backups(into)? {
        let keys = path.join(KEYS);
        let age = now.as_second().saturating_sub(manifest.made.as_second());
        if path != made && age >= longest && keys.exists() {
            files::wipe(&keys)?;
            destroyed.push(path);
        }
    }
    Ok(destroyed)
}

fn sha256(path: &Path) -> Result<(String, u64), DeskError> {
    let mut file = File::open(path).map_err(DeskError::file(path))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let read = file.read(&mut chunk).map_err(DeskError::file(path))?;
        if read == 0 {
            return Ok((hex::encode(hasher.finalize()), length));
        }
        hasher.update(&chunk[..read]);
        length += read as u64;
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), DeskError> {
    fs::copy(from, to).map_err(DeskError::file(from))?;
    files::sync(to)
}
