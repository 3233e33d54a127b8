//! What can go wrong at the desk, sorted by what the user can do about it.

use std::path::PathBuf;

use chancery_domain::rules::Refusal;
use chancery_store::StoreError;
use chancery_vault::VaultError;

/// Why an act was not done. Nothing of it was kept, unless the message says that it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// A rule forbids it.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// A rule of the procedure forbids it for now.
    #[error("refused: {0}")]
    Procedure(String),
    /// The house refuses bulk retrieval; the alarm that goes with it is to be kept.
    #[error("refused: {0}")]
    Bulk(String),
    /// A copy does not read back and is not handed out; its number and the refusal are to be kept.
    #[error("{0}")]
    Unread(String),
    /// Something named by the user is not there.
    #[error("there is no {what} “{name}”{hint}")]
    Unknown {
        /// Kind of thing.
        what: &'static str,
        /// What the user wrote.
        name: String,
        /// Where to look, beginning with a semicolon; may be empty.
        hint: &'static str,
    },
    /// What the user gave cannot be used.
    #[error("{0}")]
    Input(String),
    /// The archive is sealed.
    #[error(
        "the archive is sealed: {given} of {needed} shares were given. Officers give theirs one by one with: chancery unseal"
    )]
    Sealed {
        /// Shares that were given.
        given: u8,
        /// Shares that are needed.
        needed: u8,
    },
    /// The archive cannot be opened.
    #[error("{0}")]
    Archive(String),
    /// The record does not fit what it says of itself.
    #[error("the record does not verify: {0}")]
    Record(String),
    /// A file or folder.
    #[error("{path}: {error}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed value.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl DeskError {
    /// Exit code of the command line: 1 failed, 3 refused by a rule, 4 sealed.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Procedure(_) | Self::Bulk(_) => 3,
            Self::Sealed { .. } => 4,
            _ => 1,
        }
    }

    /// Whether what was entered before the refusal is to be committed with it.
    pub(crate) const fn is_kept(&self) -> bool {
        matches!(self, Self::Bulk(_) | Self::Unread(_))
    }

    /// For use with `map_err` on file operations.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }
}
