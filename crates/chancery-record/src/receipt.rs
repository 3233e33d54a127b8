//! Proofs that travel: C2SP tlog-proof@v1, and the receipt that carries a record's salt with it.
//!
//! A [`LogProof`] is the bare format; a [`Receipt`] is a log proof whose extra data is the salt of one record,
//! so that whoever holds record and receipt can check both off line. File names end in `.tlog-proof`.

use std::fmt;

use crate::checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint};
use crate::entry::{Entry, Salt};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::node::TREE_SIZE_MAX;
use crate::note::NOTE_BYTES_MAX;
use crate::text;
use crate::verify::{ProofError, verify_inclusion};

/// The most hashes in a proof: the height of a tree of [`TREE_SIZE_MAX`] leaves.
pub const PROOF_HASHES_MAX: usize = 63;

/// The most extra data in a log proof, in bytes.
pub const EXTRA_BYTES_MAX: usize = 16 * 1024;

/// The longest log proof this crate reads, in bytes: the checkpoint's limit, that of the extra data in base64,
/// and room for the hashes.
pub const LOG_PROOF_BYTES_MAX: usize = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX + 4 * 1024;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Why a log proof or a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Over [`LOG_PROOF_BYTES_MAX`], or a part over its own limit.
    #[error(
        "the log proof is too long: at most {LOG_PROOF_BYTES_MAX} bytes, {PROOF_HASHES_MAX} hashes and {EXTRA_BYTES_MAX} bytes of extra data"
    )]
    TooLong,
    /// Not UTF-8 text that begins with the format's first line.
    #[error("not a log proof: the first line must read `{HEADER}`")]
    Header,
    /// A line is not what the format wants there. Counted from 1.
    #[error("line {0} of the log proof is malformed: check that the file was copied whole")]
    Line(usize),
    /// The log proof carries no salt, so it is no receipt for a record.
    #[error(
        "this log proof carries no salt: it proves an entry, but not which record it stands for"
    )]
    NoSalt,
    /// The checkpoint inside is malformed or does not verify.
    #[error("in the log proof's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the log.
    #[error("in the log proof: {0}")]
    Proof(#[from] ProofError),
}

/// A proof that some entry is in a log, complete with the signed checkpoint (C2SP tlog-proof@v1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl LogProof {
    /// Joins the parts. `extra` is not authenticated by anything here.
    ///
    /// # Errors
    /// [`ReceiptError::Proof`] when `index` is not below the checkpoint's size, [`ReceiptError::TooLong`].
    pub fn new(
        extra: Option<Vec<u8>>,
        index: u64,
        path: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        let size = checkpoint.claimed().size();
        if index >= size {
            return Err(ProofError::IndexOutside { index, size }.into());
        }
        let extra_bytes = extra.as_ref().map_or(0, Vec::len);
        if path.len() > PROOF_HASHES_MAX || extra_bytes > EXTRA_BYTES_MAX {
            return Err(ReceiptError::TooLong);
        }
        Ok(Self { extra, index, path, checkpoint })
    }

    /// Reads a log proof. The form is checked, nothing is verified.
    ///
    /// # Errors
    /// Every variant but [`ReceiptError::NoSalt`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > LOG_PROOF_BYTES_MAX {
            return Err(ReceiptError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Header)?;
        let mut lines = Lines { rest: text, number: 0 };
        if lines.next_line()? != HEADER {
            return Err(ReceiptError::Header);
        }
        let mut line = lines.next_line()?;
        let mut extra = None;
        if let Some(base64) = line.strip_prefix("extra ") {
            extra = Some(text::decode(base64).ok_or(ReceiptError::Line(lines.number))?);
            line = lines.next_line()?;
        }
        let index = line
            .strip_prefix("index ")
            .and_then(|number| text::decimal(number, TREE_SIZE_MAX))
            .ok_or(ReceiptError::Line(lines.number))?;
        let mut path = Vec::new();
        loop {
            let line = lines.next_line()?;
            if line.is_empty() {
                break;
            }
            if path.len() == PROOF_HASHES_MAX {
                return Err(ReceiptError::TooLong);
            }
            path.push(Hash::from_base64(line).map_err(|_| ReceiptError::Line(lines.number))?);
        }
        let checkpoint = SignedCheckpoint::parse(lines.rest.as_bytes())?;
        Self::new(extra, index, path, checkpoint)
    }

    /// The opaque extra data, unauthenticated.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The position of the entry in the log, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint, not yet verified.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Verifies that the entry with hash `leaf` stands at [`Self::index`] in the log of the key `log`, and
    /// returns the checkpoint with the cosignatures of the known `witnesses`. How many of them are enough is
    /// the caller's policy.
    ///
    /// # Errors
    /// [`ReceiptError::Checkpoint`] or [`ReceiptError::Proof`].
    pub fn verify(
        &self,
        leaf: &Hash,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<VerifiedCheckpoint, ReceiptError> {
        let verified = self.checkpoint.verify(log, witnesses)?;
        let tree = verified.checkpoint();
        verify_inclusion(leaf, self.index, tree.size(), &self.path, tree.root())?;
        Ok(verified)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// A log proof for one record, with the salt that ties the record to its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    salt: Salt,
    proof: LogProof,
}

impl Receipt {
    /// Makes the receipt for the record behind entry `index`.
    ///
    /// # Errors
    /// Those of [`LogProof::new`].
    pub fn new(
        salt: &Salt,
        index: u64,
        path: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        let proof = LogProof::new(Some(salt.as_bytes().to_vec()), index, path, checkpoint)?;
        Ok(Self { salt: salt.clone(), proof })
    }

    /// Reads a receipt; nothing is verified yet.
    ///
    /// # Errors
    /// Those of [`LogProof::parse`], and [`ReceiptError::NoSalt`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let proof = LogProof::parse(bytes)?;
        let salt = proof.extra().and_then(|extra| extra.try_into().ok());
        let salt = salt.map(Salt::from_bytes).ok_or(ReceiptError::NoSalt)?;
        Ok(Self { salt, proof })
    }

    /// The proof without the meaning of its extra data.
    pub const fn proof(&self) -> &LogProof {
        &self.proof
    }

    /// Verifies that exactly these bytes were entered as record [`LogProof::index`] of the log.
    ///
    /// # Errors
    /// Those of [`LogProof::verify`].
    pub fn verify(
        &self,
        record: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<VerifiedCheckpoint, ReceiptError> {
        self.proof.verify(&Entry::commit(&self.salt, record).leaf_hash(), log, witnesses)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.proof.fmt(f)
    }
}

/// Lines that each end in a newline, and what follows them.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next_line(&mut self) -> Result<&'a str, ReceiptError> {
        self.number += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or(ReceiptError::Line(self.number))?;
        self.rest = rest;
        Ok(line)
    }
}
