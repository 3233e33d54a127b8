//! Checkpoints (C2SP tlog-checkpoint): the signed statement "this log has this size and this root".
//!
//! Stricter than the specification in two points, both on purpose: extension lines are refused, because
//! nobody audits them, and the log's key carries the origin as its name. A checkpoint counts only as a
//! [`VerifiedCheckpoint`]; how far to trust a set of witnesses is the caller's policy.

use std::fmt;

use crate::hash::Hash;
use crate::key::{KEY_NAME_BYTES_MAX, KeyKind, KeyName, VerifierKey};
use crate::node::TREE_SIZE_MAX;
use crate::note::{Attestation, Note, NoteError, NoteSignature};
use crate::text;

/// The longest checkpoint body, in bytes: origin, size and root with their newlines.
pub const CHECKPOINT_BODY_BYTES_MAX: usize = KEY_NAME_BYTES_MAX + 1 + 20 + 1 + 44 + 1;

/// Why a checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note around it is malformed or does not verify.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not three lines.
    #[error(
        "a checkpoint has exactly three lines: origin, size, root (extension lines are not accepted)"
    )]
    Shape,
    /// The origin is not usable as the name of a log.
    #[error(
        "the first line of a checkpoint is the log's origin, one word such as `ministry.example/record`"
    )]
    Origin,
    /// The size is not a canonical number of at most 2^63 - 1.
    #[error(
        "the second line of a checkpoint is the number of entries, without leading zeros, below 2^63"
    )]
    Size,
    /// The root is not a hash.
    #[error("the third line of a checkpoint is the root hash, 44 characters of base64")]
    Root,
    /// The size is 0, but the root is not that of the empty tree.
    #[error(
        "a checkpoint of 0 entries has the root of the empty tree: this one contradicts itself"
    )]
    EmptyRoot,
    /// No trusted key belongs to its log.
    #[error(
        "`{0}` is not among the logs of the policy: add its line, or check whose checkpoint it is"
    )]
    UnknownLog(KeyName),
    /// It is another log's checkpoint.
    #[error(
        "this is a checkpoint of `{found}`, not of `{expected}`: check which log it was fetched from"
    )]
    OtherLog {
        /// The log of the trusted key.
        expected: KeyName,
        /// The log that the checkpoint names.
        found: KeyName,
    },
    /// A log key stands where a cosigner's is needed, or the other way round.
    #[error(
        "`{0}` is a key of the wrong kind: give the log's key as log and cosigner keys as witnesses"
    )]
    WrongKind(KeyName),
    /// The log itself has not signed.
    #[error("the log `{0}` has not signed this checkpoint: witnesses alone are not enough")]
    NotSignedByLog(KeyName),
}

/// The body of a checkpoint: which log, how many entries, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: KeyName,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// States a tree's size and root for the log `origin`.
    ///
    /// # Errors
    /// [`CheckpointError::Size`] beyond [`TREE_SIZE_MAX`], [`CheckpointError::EmptyRoot`] when size 0 comes with
    /// another root than the empty tree's.
    pub fn new(origin: KeyName, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if size > TREE_SIZE_MAX {
            return Err(CheckpointError::Size);
        }
        if size == 0 && root != Hash::empty_root() {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self { origin, size, root })
    }

    /// Reads the body of a checkpoint, final newline included.
    ///
    /// # Errors
    /// [`CheckpointError::Shape`], [`CheckpointError::Origin`], [`CheckpointError::Size`],
    /// [`CheckpointError::Root`] or [`CheckpointError::EmptyRoot`].
    pub fn parse(body: &str) -> Result<Self, CheckpointError> {
        let lines = body.strip_suffix('\n').ok_or(CheckpointError::Shape)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Shape);
        };
        let origin = KeyName::new(origin).map_err(|_| CheckpointError::Origin)?;
        let size = text::decimal(size, TREE_SIZE_MAX).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointError::Root)?;
        Self::new(origin, size, root)
    }

    /// The log's identity.
    pub const fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// The number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over them.
    pub const fn root(&self) -> &Hash {
        &self.root
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

/// A checkpoint with its signatures, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    pub(crate) fn new(checkpoint: Checkpoint, signature: NoteSignature) -> Result<Self, NoteError> {
        let note = Note::new(checkpoint.to_string(), signature)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a signed checkpoint, as the file `checkpoint` of a log holds it.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] for the form of the note, the other variants for that of the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        if note.text().len() > CHECKPOINT_BODY_BYTES_MAX {
            return Err(CheckpointError::Shape);
        }
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// What the checkpoint claims. Nothing is verified here: trust [`VerifiedCheckpoint::checkpoint`].
    pub const fn claimed(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with all its signatures.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a witness's cosignature line.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] when the note is full.
    pub fn add_signature(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        self.note.add_signature(signature)
    }

    /// Verifies the log's signature and those of the known `witnesses`; unknown signatures are ignored.
    ///
    /// # Errors
    /// [`CheckpointError::WrongKind`] for a key in the wrong place, [`CheckpointError::OtherLog`] when the
    /// origin is not the name of `log`, [`CheckpointError::Note`] when a known key's signature is false or
    /// none is there, [`CheckpointError::NotSignedByLog`] when only witnesses have signed.
    pub fn verify(
        &self,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        let misplaced = std::iter::once((log, KeyKind::Log))
            .chain(witnesses.iter().map(|witness| (witness, KeyKind::Cosigner)))
            .find(|(key, kind)| key.kind() != *kind);
        if let Some((key, _)) = misplaced {
            return Err(CheckpointError::WrongKind(key.name().clone()));
        }
        if self.checkpoint.origin != *log.name() {
            let (expected, found) = (log.name().clone(), self.checkpoint.origin.clone());
            return Err(CheckpointError::OtherLog { expected, found });
        }
        let trusted: Vec<_> = std::iter::once(log).chain(witnesses).cloned().collect();
        let mut cosignatures = self.note.verify(&trusted)?;
        let all = cosignatures.len();
        cosignatures.retain(|attestation| attestation.key().kind() == KeyKind::Cosigner);
        if cosignatures.len() == all {
            return Err(CheckpointError::NotSignedByLog(log.name().clone()));
        }
        Ok(VerifiedCheckpoint { checkpoint: self.checkpoint.clone(), cosignatures })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// A checkpoint that carries a genuine signature of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    cosignatures: Vec<Attestation>,
}

impl VerifiedCheckpoint {
    /// What the log has signed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The genuine cosignatures of known witnesses, each witness once. Without any the checkpoint is
    /// *unwitnessed*: the log's operator could have shown another one to somebody else.
    pub fn cosignatures(&self) -> &[Attestation] {
        &self.cosignatures
    }
}
