//! A witness: a small server that cosigns checkpoints of the logs it follows (C2SP tlog-witness).
//!
//! Its folder holds `key` (name and secret seed), `logs` (the verifier keys of the logs it follows, one a
//! line) and `seen/`, one file for each log: the last checkpoint it has cosigned. Judging and storing happen
//! under one lock, and the file is on the disk before anybody gets the signature.
//!
//! # What a crash leaves
//! The old checkpoint or the new one, whole. Lost is at most the answer: the log then asks again for the
//! same size, and gets it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chancery_desk::{DeskError, replace_file};
use chancery_record::{
    ADD_CHECKPOINT_BYTES_MAX, AddCheckpoint, Checkpoint, Cosigner, KeyKind, KeyName,
    SignedCheckpoint, VerifierKey, WitnessRefusal,
};
use sha2::{Digest as _, Sha256};

use crate::serve::reply;

const TEXT: &str = "text/plain; charset=utf-8";
const SIZE: &str = "text/x.tlog.size";
const NO_STORE: &str = "no-store";
/// The most logs that one witness follows.
const LOGS_MAX: usize = 10_000;

/// Why a witness cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] DeskError),
    /// What a file of the folder holds cannot be used.
    #[error("{path}: {why}", path = path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// A witness with its folder.
pub struct Witness {
    cosigner: Cosigner,
    logs: Vec<VerifierKey>,
    seen: PathBuf,
    now: fn() -> u64,
    /// Held from reading the last checkpoint to having stored the next.
    turn: Mutex<()>,
}

/// Why no cosignature was given.
enum Denial {
    Refused(WitnessRefusal),
    Broken,
}

impl Witness {
    /// Opens a witness's folder; makes it, with a fresh key, when `name` is given and there is none.
    ///
    /// # Errors
    /// When there is no key and no name for one, or a file cannot be read or written.
    pub fn open(folder: &Path, name: Option<&str>) -> Result<Self, WitnessError> {
        let path = folder.join("key");
        let unusable = |path: &Path, why: &str| WitnessError::Unusable {
            path: path.to_owned(),
            why: why.to_owned(),
        };
        let text = match (read(&path)?, name) {
            (Some(text), _) => text,
            (None, None) => {
                return Err(unusable(
                    &path,
                    "there is no witness here; make one with: chancery witness key --dir DIR --name NAME",
                ));
            }
            (None, Some(name)) => {
                KeyName::new(name).map_err(|e| unusable(&path, &e.to_string()))?;
                let text = format!("{name}\n{}\n", hex::encode(fresh_seed()));
                let seen = folder.join("seen");
                std::fs::create_dir_all(&seen)
                    .map_err(|error| DeskError::File { path: seen, error })?;
                replace_file(&path, text.as_bytes(), true)?;
                text
            }
        };
        let (name, seed) = text.trim_end().split_once('\n').unwrap_or_default();
        let mut bytes = [0; 32];
        hex::decode_to_slice(seed, &mut bytes).map_err(|_| {
            unusable(&path, "expected the witness's name and 64 hexadecimal digits")
        })?;
        let cosigner =
            Cosigner::from_seed(name, &bytes).map_err(|e| unusable(&path, &e.to_string()))?;
        let path = folder.join("logs");
        let mut logs = Vec::new();
        for line in read(&path)?.unwrap_or_default().lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key: VerifierKey =
                line.parse().map_err(|e| unusable(&path, &format!("{line}: {e}")))?;
            if key.kind() != KeyKind::Log || logs.len() >= LOGS_MAX {
                return Err(unusable(&path, "give one log key (type 1) a line"));
            }
            logs.push(key);
        }
        let seen = folder.join("seen");
        Ok(Self { cosigner, logs, seen, now: unix_time, turn: Mutex::new(()) })
    }

    /// The key with which its cosignatures are verified.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.cosigner.verifier_key()
    }

    /// How many logs it follows.
    #[must_use]
    pub fn logs(&self) -> usize {
        self.logs.len()
    }

    /// `POST /add-checkpoint`, and `GET /<hex sha256 of an origin>/checkpoint` for monitors.
    pub fn router(self) -> Router {
        Router::new()
            .route("/add-checkpoint", post(add))
            .route("/{log}/checkpoint", get(last))
            .layer(DefaultBodyLimit::max(ADD_CHECKPOINT_BYTES_MAX))
            .with_state(Arc::new(self))
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.seen.join(hex::encode(Sha256::digest(origin)))
    }

    fn add(&self, body: &[u8]) -> Result<String, Denial> {
        let request = AddCheckpoint::parse(body).map_err(Denial::Refused)?;
        let path = self.path(request.checkpoint().claimed().origin().as_str());
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.seen(&path)?;
        let new = request.judge(&self.logs, seen.as_ref()).map_err(Denial::Refused)?;
        let line = self.cosigner.cosign(&new, (self.now)()).ok_or(Denial::Broken)?;
        let mut note = request.checkpoint().clone();
        note.add_signature(line.clone()).map_err(|_| Denial::Broken)?;
        replace_file(&path, note.to_string().as_bytes(), false).map_err(|_| Denial::Broken)?;
        Ok(format!("{line}\n"))
    }

    /// What it cosigned last. Its own signature guards against a file that was altered.
    fn seen(&self, path: &Path) -> Result<Option<Checkpoint>, Denial> {
        let Some(text) = read(path).map_err(|_| Denial::Broken)? else { return Ok(None) };
        let signed = SignedCheckpoint::parse(text.as_bytes()).map_err(|_| Denial::Broken)?;
        signed.note().verify(&[self.verifier_key()]).map_err(|_| Denial::Broken)?;
        Ok(Some(signed.claimed().clone()))
    }
}

async fn add(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    // Judging reads and syncs files.
    let outcome = tokio::task::spawn_blocking(move || witness.add(&body)).await;
    let (status, kind, text) = match outcome.unwrap_or(Err(Denial::Broken)) {
        Ok(lines) => (StatusCode::OK, TEXT, lines),
        Err(Denial::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.status());
            let (kind, text) = match refusal {
                WitnessRefusal::Conflict(size) => (SIZE, format!("{size}\n")),
                refusal => (TEXT, format!("{refusal}\n")),
            };
            (status.unwrap_or(StatusCode::BAD_REQUEST), kind, text)
        }
        Err(Denial::Broken) => {
            let text = "the witness cannot store checkpoints at present\n";
            (StatusCode::INTERNAL_SERVER_ERROR, TEXT, text.to_owned())
        }
    };
    reply(status, kind, NO_STORE, text.into_bytes())
}

async fn last(State(witness): State<Arc<Witness>>, UrlPath(log): UrlPath<String>) -> Response {
    let known = witness.logs.iter().map(|key| witness.path(key.name().as_str()));
    let mut known = known.filter(|path| path.file_name().is_some_and(|name| name == log.as_str()));
    match known.next().map(|path| read(&path)) {
        Some(Ok(Some(text))) => reply(StatusCode::OK, TEXT, NO_STORE, text.into_bytes()),
        Some(Err(_)) => {
            reply(StatusCode::INTERNAL_SERVER_ERROR, TEXT, NO_STORE, b"unreadable\n".to_vec())
        }
        _ => reply(StatusCode::NOT_FOUND, TEXT, NO_STORE, b"not found\n".to_vec()),
    }
}

fn read(path: &Path) -> Result<Option<String>, DeskError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DeskError::File { path: path.to_owned(), error }),
    }
}

#[expect(clippy::disallowed_methods, reason = "a cosignature states the witness's own time")]
fn unix_time() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[expect(clippy::disallowed_methods, reason = "a witness draws its own key")]
fn fresh_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system's random source works");
    seed
}
