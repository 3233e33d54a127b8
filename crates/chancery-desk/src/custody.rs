//! Who keeps the root key: a file beside the archive, or officers with shares of it.
//!
//! In shares mode nothing on the disk opens the archive. The file `shares.json` says in public how many shares were
//! issued, how many open, and by which hash each is known again; it is no secret. The root key itself is in
//! the memory of the agent (`agent`) while the archive is unsealed.
//!
//! # What a crash leaves
//! A new custody is written beside the old one, as `*.next`, before the ring is wrapped under its root key in one
//! transaction, which also notes the root's id. Whoever opens the archive puts the one in force that the note
//! names.

use std::fs;
use std::path::{Path, PathBuf};

use chancery_store::{Store, Tx};
use chancery_vault::{ArchiveId, Gathering, KeyFile, KeyId, RootKey, Share, ShareError, Sharing};
use serde::{Deserialize, Serialize};

use crate::archive::{decode, encode};
use crate::outside::random;
use crate::{DeskError, files};

/// The root key as text.
pub(crate) const KEY_FILE: &str = "key";
/// The public notes on shares.
pub(crate) const SHARES_FILE: &str = "shares.json";
/// Under which the id of the root key in force is kept.
const ROOT_ID: &str = "root-id";
const SCHEMA: &str = "chancery-shares/1";
/// Longest file of notes that is read.
const MAX_NOTES: u64 = 64 << 10;

/// How an archive's root key is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custody {
    /// In a key file beside the archive: the embedded default.
    KeyFile,
    /// In shares held by officers.
    Shares {
        /// How many are made.
        shares: u8,
        /// How many open.
        threshold: u8,
    },
}

/// The public notes on shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareNotes {
    schema: String,
    /// The archive's name in its shares.
    pub archive: String,
    /// How many times shares were issued.
    pub generation: u16,
    /// How many were issued.
    pub shares: u8,
    /// How many open.
    pub threshold: u8,
    /// The public name of the root key.
    pub root: String,
    /// A hash of each share, by number.
    pub digests: Vec<String>,
}

impl From<ShareError> for DeskError {
    fn from(error: ShareError) -> Self {
        Self::Input(error.to_string())
    }
}

impl ShareNotes {
    fn of(shares: &[Share], root: &RootKey) -> Result<Self, DeskError> {
        let first = shares.first().ok_or(ShareError::Numbers)?;
        Ok(Self {
            schema: SCHEMA.to_owned(),
            archive: first.archive().to_string(),
            generation: first.generation(),
            shares: u8::try_from(shares.len()).map_err(|_| ShareError::Numbers)?,
            threshold: first.threshold(),
            root: root.id().to_string(),
            digests: shares.iter().map(|share| hex::encode(share.digest())).collect(),
        })
    }

    /// Reads the notes of an archive in shares mode; `None` in key file mode.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn of_archive(folder: &Path) -> Result<Option<Self>, DeskError> {
        let path = folder.join(SHARES_FILE);
        match fs::metadata(&path) {
            Ok(file) if file.len() > MAX_NOTES => Err(unreadable(&path)),
            Ok(_) => {
                let bytes = fs::read(&path).map_err(DeskError::file(&path))?;
                let notes: Self = serde_json::from_slice(&bytes).map_err(|_| unreadable(&path))?;
                if notes.schema == SCHEMA { Ok(Some(notes)) } else { Err(unreadable(&path)) }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DeskError::File { path, error }),
        }
    }

    fn archive_id(&self) -> Result<ArchiveId, DeskError> {
        let mut id = [0; 4];
        hex::decode_to_slice(&self.archive, &mut id)
            .map_err(|_| unreadable(SHARES_FILE.as_ref()))?;
        Ok(ArchiveId(id))
    }

    pub(crate) fn root_id(&self) -> Result<KeyId, DeskError> {
        KeyId::from_digits(&self.root).ok_or_else(|| unreadable(SHARES_FILE.as_ref()))
    }

    /// A ceremony that gathers these shares.
    ///
    /// # Errors
    /// When the notes make no sense.
    pub(crate) fn gathering(&self) -> Result<Gathering, DeskError> {
        let broken = || unreadable(SHARES_FILE.as_ref());
        let digests = self.digests.iter().map(|digest| {
            let mut bytes = [0; 32];
            hex::decode_to_slice(digest, &mut bytes).map_err(|_| broken())?;
            Ok(bytes)
        });
        let digests: Vec<[u8; 32]> = digests.collect::<Result<_, DeskError>>()?;
        let sharing = Sharing {
            archive: self.archive_id()?,
            generation: self.generation,
            threshold: self.threshold,
            shares: self.shares,
        };
        Ok(Gathering::new(sharing, self.root_id()?, digests))
    }

    /// As one sentence.
    #[must_use]
    pub fn describe(&self) -> String {
        format!(
            "{} shares held by officers, any {} of which open the archive (generation {}); no key is on this disk",
            self.shares, self.threshold, self.generation
        )
    }
}

/// A root key on its way into force.
pub(crate) struct Issued {
    pub(crate) root: RootKey,
    file: &'static str,
    other: &'static str,
    content: zeroize::Zeroizing<Vec<u8>>,
}

/// Draws a root key and hands its shares to `deliver`, which must not return before they are safe. Writes
/// nothing.
pub(crate) fn issue(
    custody: Custody,
    before: Option<&ShareNotes>,
    deliver: impl FnOnce(&[Share]) -> Result<(), DeskError>,
) -> Result<Issued, DeskError> {
    let root = RootKey::from_bytes(random());
    let Custody::Shares { shares, threshold } = custody else {
        let file = KeyFile::new(root);
        let content = zeroize::Zeroizing::new(file.to_text().as_bytes().to_vec());
        return Ok(Issued { root: file.into_root(), file: KEY_FILE, other: SHARES_FILE, content });
    };
    let archive = before.map_or_else(|| Ok(ArchiveId(random())), ShareNotes::archive_id)?;
    let generation = before.map_or(0, |notes| notes.generation).checked_add(1);
    let generation = generation.ok_or_else(|| {
        DeskError::Input("this archive's shares were issued 65535 times; make a new archive".into())
    })?;
    let sharing = Sharing { archive, generation, threshold, shares };
    let made = Share::split(&root, &sharing, random)?;
    let notes = ShareNotes::of(&made, &root)?;
    deliver(&made)?;
    let content = zeroize::Zeroizing::new(encode(&notes));
    Ok(Issued { root, file: SHARES_FILE, other: KEY_FILE, content })
}

impl Issued {
    fn next(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.next", self.file))
    }

    /// Writes the custody beside the one in force and notes its root in the transaction.
    pub(crate) async fn announce(&self, folder: &Path, tx: &mut Tx) -> Result<(), DeskError> {
        files::replace(&self.next(folder), &self.content, true)?;
        Ok(tx.set_meta(ROOT_ID, self.root.id().to_string().as_bytes()).await?)
    }

    /// Puts it in force. Only after the transaction is committed.
    pub(crate) fn enforce(&self, folder: &Path) -> Result<(), DeskError> {
        enforce(folder, self.file, self.other)
    }
}

fn enforce(folder: &Path, file: &str, other: &str) -> Result<(), DeskError> {
    let next = folder.join(format!("{file}.next"));
    fs::rename(&next, folder.join(file)).map_err(DeskError::file(&next))?;
    let other = folder.join(other);
    if other.exists() {
        files::wipe(&other)?;
    }
    Ok(())
}

fn nexts(folder: &Path) -> [PathBuf; 2] {
    [KEY_FILE, SHARES_FILE].map(|file| folder.join(format!("{file}.next")))
}

/// Whether a crash left a custody beside the one in force.
pub(crate) fn is_pending(folder: &Path) -> bool {
    nexts(folder).iter().any(|next| next.exists())
}

/// Puts in force the custody that the database names, if a crash left it beside the old one.
pub(crate) async fn settle(folder: &Path, store: &Store) -> Result<(), DeskError> {
    if !is_pending(folder) {
        return Ok(());
    }
    let nexts = nexts(folder);
    let mut tx = store.begin().await?;
    let named = tx.meta(ROOT_ID).await?;
    drop(tx);
    let named = named.and_then(|id| String::from_utf8(id).ok());
    for (file, other, next) in
        [(KEY_FILE, SHARES_FILE, &nexts[0]), (SHARES_FILE, KEY_FILE, &nexts[1])]
    {
        let Ok(bytes) = fs::read(next) else { continue };
        let id = if file == KEY_FILE {
            KeyFile::parse(&bytes).ok().map(|key| key.root().id().to_string())
        } else {
            decode::<ShareNotes>(&bytes).ok().map(|notes| notes.root)
        };
        if id.is_some() && id == named {
            enforce(folder, file, other)?;
        } else {
            files::wipe(next)?;
        }
    }
    Ok(())
}

/// The root key of an archive: from its key file, or from the agent that holds it.
pub(crate) fn root(folder: &Path) -> Result<RootKey, DeskError> {
    if let Some(notes) = ShareNotes::of_archive(folder)? {
        return crate::agent::root(folder, &notes);
    }
    let path = folder.join(KEY_FILE);
    let text = zeroize::Zeroizing::new(fs::read(&path).map_err(DeskError::file(&path))?);
    let file = KeyFile::parse(&text)
        .map_err(|e| DeskError::Archive(format!("{}: {e}", path.display())))?;
    Ok(file.into_root())
}

fn unreadable(path: &Path) -> DeskError {
    DeskError::Archive(format!(
        "{} cannot be read; put it back from a backup (it holds no secret)",
        path.display()
    ))
}
