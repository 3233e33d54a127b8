//! The archive: its folder, its keys, and who may use it at a time.
//!
//! A folder holds `archive.sqlite` (all rows, sealed), `key` (the key file of the embedded default),
//! `checkpoint` (the last signed state of the record, kept apart from the database on purpose) and
//! `lock`. One process at a time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use chancery_record::{LogSigner, VerifierKey};
use chancery_store::Store;
use chancery_vault::{
    Aad, ArchiveKey, IndexKey, KeyFile, KeyVersion, LogSeed, MarkingKey, Nonce, RootKey,
};
use fs4::FileExt;
use serde::{Deserialize, Serialize};

use crate::DeskError;
use crate::expose::Shelves;
use crate::files;
use crate::outside::{Clock, random};
use crate::search::Shelf;
use crate::stacks::Stacks;

/// How often, and how long apart, a busy archive is tried before giving up.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);
/// Version of the archive's format.
const FORMAT: u32 = 1;
const GENERATION: KeyVersion = KeyVersion(1);

/// What an archive says of itself; kept in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    format: u32,
    /// The log's origin: the record's name for outsiders.
    pub origin: String,
    /// Whether the archive is an exercise: invented readers, officers who approve by themselves.
    pub exercise: bool,
}

/// An open archive.
#[derive(Debug)]
pub struct Archive {
    pub(crate) store: Store,
    pub(crate) key: ArchiveKey,
    pub(crate) marking: MarkingKey,
    pub(crate) index: IndexKey,
    pub(crate) signer: LogSigner,
    pub(crate) profile: Profile,
    pub(crate) folder: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) stacks: Stacks,
    pub(crate) shelves: Shelves,
    pub(crate) shelf: Shelf,
    pub(crate) policy: crate::policy::Shelved,
    /// Size of the last checkpoint signed.
    pub(crate) signed: Mutex<u64>,
    /// Held as long as the archive is open; the system releases it however the process ends.
    _lock: File,
}

impl Archive {
    /// Makes a new archive in `folder`, which must not exist or be empty.
    ///
    /// The key file is written last but one and the database's profile last: a crash before that
    /// leaves a folder that [`Archive::open`] refuses and a repeated `init` completes after removal.
    ///
    /// # Errors
    /// When the folder holds something, or cannot be written.
    pub async fn init(folder: &Path, clock: Clock) -> Result<Self, DeskError> {
        if folder.exists() {
            let mut inside = fs::read_dir(folder).map_err(DeskError::file(folder))?;
            if inside.next().is_some() {
                return Err(DeskError::Archive(format!(
                    "{} is not empty; give a new folder",
                    folder.display()
                )));
            }
        }
        fs::create_dir_all(folder).map_err(DeskError::file(folder))?;
        files::keep_private(folder)?;
        let lock = lock(folder)?;
        let root = RootKey::from_bytes(random());
        let file = KeyFile::new(root);
        files::replace(&folder.join("key"), file.to_text().as_bytes(), true)?;
        let store = Store::open(&folder.join("archive.sqlite"), true).await?;
        let key = file.root().archive_key(GENERATION);
        let seed = LogSeed::from_bytes(random());
        let origin = format!("chancery.invalid/{}", hex::encode(random::<8>()));
        let profile = Profile { format: FORMAT, origin, exercise: false };
        let mut tx = store.begin().await?;
        let wrapped = key.wrap_log_seed(&seed, &SEED, Nonce::from_bytes(random()));
        tx.set_meta("log-seed", &wrapped).await?;
        tx.set_meta("profile", &encode(&profile)).await?;
        tx.commit().await?;
        let archive = Self::assemble(folder, clock, lock, store, file.root(), &seed, profile)?;
        archive.settle_record().await?;
        Ok(archive)
    }

    /// Opens the archive in `folder`.
    ///
    /// # Errors
    /// When it is no archive, is in use, was made by a later version, or its record and its checkpoint
    /// contradict each other.
    pub async fn open(folder: &Path, clock: Clock) -> Result<Self, DeskError> {
        let database = folder.join("archive.sqlite");
        if !database.is_file() {
            return Err(DeskError::Archive(format!(
                "there is no archive in {}; make one with: chancery init {}",
                folder.display(),
                folder.display()
            )));
        }
        let lock = lock(folder)?;
        let path = folder.join("key");
        let text = fs::read(&path).map_err(DeskError::file(&path))?;
        let file = KeyFile::parse(&text)
            .map_err(|e| DeskError::Archive(format!("{}: {e}", path.display())))?;
        let store = Store::open(&database, false).await?;
        let mut tx = store.begin().await?;
        let unfinished = || {
            DeskError::Archive(format!(
                "{} was never finished; remove the folder and repeat: chancery init",
                folder.display()
            ))
        };
        let profile = tx.meta("profile").await?.ok_or_else(unfinished)?;
        let profile: Profile = decode(&profile)?;
        if profile.format != FORMAT {
            return Err(DeskError::Archive(format!(
                "the archive has format {}, this program reads format {FORMAT}; use the program that made it",
                profile.format
            )));
        }
        let wrapped = tx.meta("log-seed").await?.ok_or_else(unfinished)?;
        drop(tx);
        let seed = file.root().archive_key(GENERATION).unwrap_log_seed(&wrapped, &SEED)?;
        let archive = Self::assemble(folder, clock, lock, store, file.root(), &seed, profile)?;
        archive.settle_record().await?;
        Ok(archive)
    }

    fn assemble(
        folder: &Path,
        clock: Clock,
        lock: File,
        store: Store,
        root: &RootKey,
        seed: &LogSeed,
        profile: Profile,
    ) -> Result<Self, DeskError> {
        let signer = LogSigner::from_seed(&profile.origin, seed.expose())
            .map_err(|e| DeskError::Archive(format!("the record's origin is unusable: {e}")))?;
        Ok(Self {
            store,
            key: root.archive_key(GENERATION),
            marking: root.marking_key(GENERATION),
            index: root.index_key(GENERATION),
            signer,
            profile,
            folder: folder.to_owned(),
            clock,
            stacks: Stacks::default(),
            shelves: Shelves::default(),
            shelf: Shelf::default(),
            policy: Mutex::default(),
            signed: Mutex::default(),
            _lock: lock,
        })
    }

    /// Closes the archive tidily. Dropping it is safe too; the database then recovers on opening.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// What the archive says of itself.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The public key with which outsiders verify the record's checkpoints.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.signer.verifier_key()
    }

    /// The profile of this archive as an exercise.
    pub(crate) fn as_exercise(&self) -> Profile {
        Profile { exercise: true, ..self.profile.clone() }
    }

    /// The present instant, by the archive's clock.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Sets the instant at which the next acts happen. For demonstrations and tests.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }
}

/// Where the wrapped signing seed stands.
const SEED: Aad<'static> = Aad::new("meta", "log-seed", "value", 0);

fn lock(folder: &Path) -> Result<File, DeskError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(DeskError::file(&path))?;
    for _ in 0..LOCK_TRIES {
        if FileExt::try_lock(&file).is_ok() {
            return Ok(file);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(DeskError::Archive(format!(
        "another process is using the archive in {}; wait for it to finish, or stop it",
        folder.display()
    )))
}

/// Canonical JSON bytes of one of our own types.
pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own types have string keys and finite numbers")
}

/// Reads back what [`encode`] wrote.
pub(crate) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DeskError> {
    serde_json::from_slice(bytes).map_err(|e| {
        DeskError::Archive(format!("a stored value cannot be read ({e}); restore a backup"))
    })
}
