//! The archive: its folder, its keys, and who may use it at a time.
//!
//! A folder holds `archive.sqlite` (all rows, sealed), `key` (the key file of the embedded default) or
//! `shares.json` (what the public may know of the officers' shares), `binding` (the wrapped key of who has which
//! copy), `checkpoint` (the last signed state of the record; both are kept apart from the database on purpose),
//! `witnesses` (the witness policy, if there is one) and `lock`. One process at a time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use chancery_record::{LogSigner, VerifierKey};
use chancery_store::{Store, StoreError};
use chancery_vault::{Aad, ArchiveKey, BindingKey, IndexKey, LogSeed, Nonce, RootKey, Share};
use fs4::FileExt;
use serde::{Deserialize, Serialize};

use crate::DeskError;
use crate::anchor::Anchor;
use crate::custody::{self, Custody};
use crate::expose::Shelves;
use crate::files;
use crate::outside::{Clock, random};
use crate::pictures::PageShelf;
use crate::ring::{self, Keys, Ring};
use crate::search::Shelf;
use crate::stacks::Stacks;
use crate::state::StateKeeper;

/// How often, and how long apart, a busy archive is tried before giving up.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);
/// Version of the archive's format.
const FORMAT: u32 = 1;

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
    pub(crate) index: IndexKey,
    pub(crate) binding: BindingKey,
    /// Keys that may be rotated while the archive is in use.
    pub(crate) ring: RwLock<Ring>,
    pub(crate) signer: LogSigner,
    pub(crate) profile: Profile,
    pub(crate) folder: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) stacks: Stacks,
    pub(crate) shelves: Shelves,
    pub(crate) shelf: Shelf,
    pub(crate) pages: PageShelf,
    pub(crate) policy: crate::policy::Shelved,
    pub(crate) anchor: Anchor,
    /// Acts done since it was opened, by kind.
    pub(crate) tally: Mutex<BTreeMap<String, u64>>,
    /// The root key, where nobody keeps it for this folder: a restored archive that is tried out.
    pub(crate) lent: Option<RootKey>,
    /// Held as long as the archive is open; the system releases it however the process ends.
    _lock: File,
}

impl Archive {
    /// Makes a new archive in `folder`, which must not exist or be empty.
    ///
    /// The database's profile is written last: a crash before that leaves a folder that [`Archive::open`]
    /// refuses, to be removed before `init` is repeated.
    ///
    /// # Errors
    /// When the folder holds something, or cannot be written.
    pub async fn init(folder: &Path, clock: Clock) -> Result<Self, DeskError> {
        Self::init_in(folder, clock, Custody::KeyFile, |_| Ok(())).await
    }

    /// Makes a new archive whose root key is kept as `custody` says. Shares are handed to `deliver`, which must
    /// not return before they are safe; if it fails, there is no archive. Afterwards no disk holds the root key: the
    /// archive that is returned is open, and sealed once it is closed.
    ///
    /// # Errors
    /// As [`Archive::init`], and when the shares cannot be made or delivered.
    pub async fn init_in(
        folder: &Path,
        clock: Clock,
        custody: Custody,
        deliver: impl FnOnce(&[Share]) -> Result<(), DeskError>,
    ) -> Result<Self, DeskError> {
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
        let issued = custody::issue(custody, None, deliver)?;
        let store = Store::open(&folder.join("archive.sqlite"), true).await?;
        let seed = LogSeed::from_bytes(random());
        let origin = format!("chancery.invalid/{}", hex::encode(random::<8>()));
        let profile = Profile { format: FORMAT, origin, exercise: false };
        let mut tx = store.begin().await?;
        let keys = ring::make(&mut tx, &issued.root).await?;
        issued.announce(folder, &mut tx).await?;
        issued.enforce(folder)?;
        let binding =
            BindingKey::from_bytes(random()).wrap(&keys.fields, Nonce::from_bytes(random()));
        files::replace(&folder.join(BINDING), &binding, true)?;
        let wrapped = keys.fields.wrap_log_seed(&seed, &SEED, Nonce::from_bytes(random()));
        tx.set_meta("log-seed", &wrapped).await?;
        tx.set_meta("profile", &encode(&profile)).await?;
        let keeper = StateKeeper::new(&keys.fields, &keys.index);
        keeper.settle(&mut tx).await?;
        tx.commit().await?;
        store.keep(Arc::new(keeper));
        let archive = Self::assemble(folder, clock, lock, store, keys, &seed, profile)?;
        archive.settle_record().await?;
        Ok(archive)
    }

    /// Opens the archive in `folder`.
    ///
    /// # Errors
    /// When it is no archive, is sealed or in use, was made by a later version, or its record and its checkpoint
    /// contradict each other.
    pub async fn open(folder: &Path, clock: Clock) -> Result<Self, DeskError> {
        Self::open_as(folder, clock, None).await
    }

    /// Opens an archive with a root key that the caller has, or the one that its custody gives.
    pub(crate) async fn open_as(
        folder: &Path,
        clock: Clock,
        root: Option<RootKey>,
    ) -> Result<Self, DeskError> {
        let archive = Self::unsettled(folder, clock, root).await?;
        archive.settle_record().await?;
        archive.settle_joined_keys().await?;
        Ok(archive)
    }

    /// Opens the archive without looking at what was signed. Only for what begins a new log.
    pub(crate) async fn unsettled(
        folder: &Path,
        clock: Clock,
        root: Option<RootKey>,
    ) -> Result<Self, DeskError> {
        let database = Self::database(folder)?;
        let lock = lock(folder)?;
        let store = Store::open(&database, false).await?;
        custody::settle(folder, &store).await?;
        let (root, lent) = match root {
            Some(root) => (copy_of(&root), Some(root)),
            None => (custody::root(folder)?, None),
        };
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
        let (keys, adopted) = match ring::open(&mut tx, &root).await? {
            Some(keys) => (keys, false),
            None => (ring::adopt(&mut tx, &root).await?, true),
        };
        let seed = keys.fields.unwrap_log_seed(&wrapped, &SEED)?;
        let keeper = StateKeeper::new(&keys.fields, &keys.index);
        if adopted {
            keeper.settle(&mut tx).await?;
        } else {
            keeper.follow_schema(&mut tx).await?;
        }
        store.keep(Arc::new(keeper));
        tx.commit().await?;
        let mut archive = Self::assemble(folder, clock, lock, store, keys, &seed, profile)?;
        archive.lent = lent;
        Ok(archive)
    }

    /// Puts the custody in force that the database names, so that shares are gathered for the right root key. Needed
    /// before an agent is started; harmless at any other time.
    ///
    /// # Errors
    /// When there is no archive, or it cannot be read.
    pub async fn settle_custody(folder: &Path) -> Result<(), DeskError> {
        let database = Self::database(folder)?;
        if !custody::is_pending(folder) {
            return Ok(());
        }
        let _lock = lock(folder)?;
        let store = Store::open(&database, false).await?;
        custody::settle(folder, &store).await?;
        store.close().await;
        Ok(())
    }

    fn database(folder: &Path) -> Result<PathBuf, DeskError> {
        let database = folder.join("archive.sqlite");
        if database.is_file() {
            return Ok(database);
        }
        Err(DeskError::Archive(format!(
            "there is no archive in {}; make one with: chancery init {}",
            folder.display(),
            folder.display()
        )))
    }

    fn assemble(
        folder: &Path,
        clock: Clock,
        lock: File,
        store: Store,
        keys: Keys,
        seed: &LogSeed,
        profile: Profile,
    ) -> Result<Self, DeskError> {
        let signer = LogSigner::from_seed(&profile.origin, seed.expose())
            .map_err(|e| DeskError::Archive(format!("the record's origin is unusable: {e}")))?;
        Ok(Self {
            store,
            binding: binding_key(folder, &keys.fields)?,
            key: keys.fields,
            index: keys.index,
            ring: RwLock::new(keys.ring),
            signer,
            profile,
            folder: folder.to_owned(),
            clock,
            stacks: Stacks::default(),
            shelves: Shelves::default(),
            shelf: Shelf::default(),
            pages: PageShelf::default(),
            policy: Mutex::default(),
            anchor: Anchor::new(folder),
            tally: Mutex::default(),
            lent: None,
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

pub(crate) fn copy_of(root: &RootKey) -> RootKey {
    root.lend(|key| RootKey::from_bytes(*key))
}

/// Where the wrapped signing seed stands.
pub(crate) const SEED: Aad<'static> = Aad::new("meta", "log-seed", "value", 0);

/// The file of the key of the bindings. Not in backups: without it they do not tell who has which copy.
pub(crate) const BINDING: &str = "binding";

/// The key of the bindings, from its file.
fn binding_key(folder: &Path, archive: &ArchiveKey) -> Result<BindingKey, DeskError> {
    let path = folder.join(BINDING);
    let wrapped = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(DeskError::Archive(format!(
                "{} is missing, and with it who has which copy; put it back from where it is kept apart",
                path.display()
            )));
        }
        read => read.map_err(DeskError::file(&path))?,
    };
    BindingKey::unwrap(&wrapped, archive)
        .map_err(|e| DeskError::Archive(format!("{}: {e}", path.display())))
}

fn lock(folder: &Path) -> Result<File, DeskError> {
    let path = folder.join("lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| {
            match error.kind() {
                ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                    StoreError::ReadOnly.into()
                }
                _ => DeskError::file(&path)(error),
            }
        })?;
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
