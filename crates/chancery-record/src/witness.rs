//! The witness protocol (C2SP tlog-witness): what a log sends, and how a witness judges it.
//!
//! Pure: state and keys are passed in. Transport, storage and the order "persist, then answer" belong to the
//! server.

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::node::TREE_SIZE_MAX;
use crate::note::{NOTE_BYTES_MAX, NoteSignature};
use crate::receipt::PROOF_HASHES_MAX;
use crate::text;
use crate::verify::verify_consistency;

/// The longest body of an add-checkpoint request, in bytes: a note, 63 hashes and the old size.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = NOTE_BYTES_MAX + PROOF_HASHES_MAX * 45 + 32;

/// The most signature lines in a witness's answer.
const ANSWER_LINES_MAX: usize = 16;

/// Why a witness does not cosign, in the order in which it looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessRefusal {
    /// The body is not `old N`, proof lines, an empty line and a checkpoint.
    #[error(
        "malformed request at line {0}: expected `old N`, proof lines, an empty line, a checkpoint"
    )]
    Malformed(usize),
    /// The checkpoint in it cannot be read.
    #[error("malformed checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// Nobody asked this witness to watch that log.
    #[error("unknown log: this witness does not follow it")]
    UnknownLog,
    /// No known key has signed, or a known key's signature is false.
    #[error("invalid signature: {0}")]
    Unsigned(CheckpointError),
    /// The old size is larger than the checkpoint's.
    #[error("the old size is larger than the checkpoint")]
    OldTooLarge,
    /// The witness has seen another size than the request builds on.
    #[error("the last checkpoint seen has {0} entries")]
    Conflict(u64),
    /// The new tree is not shown to continue the old one.
    #[error("the consistency proof does not hold")]
    Inconsistent,
}

impl WitnessRefusal {
    /// The HTTP status of the specification.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldTooLarge => 400,
            // The specification counts this one among the proofs.
            Self::Checkpoint(CheckpointError::EmptyRoot) | Self::Inconsistent => 422,
            Self::Checkpoint(_) => 400,
            Self::Unsigned(_) => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
        }
    }
}

/// The request: cosign this checkpoint, which continues the tree of `old` entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Joins the parts; `None` for more than [`PROOF_HASHES_MAX`] hashes.
    pub fn new(old: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Option<Self> {
        (proof.len() <= PROOF_HASHES_MAX).then_some(Self { old, proof, checkpoint })
    }

    /// Reads the body of a request. The form is checked, nothing is verified.
    ///
    /// # Errors
    /// [`WitnessRefusal::Malformed`] or [`WitnessRefusal::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WitnessRefusal> {
        if bytes.len() > ADD_CHECKPOINT_BYTES_MAX {
            return Err(WitnessRefusal::Malformed(1));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| WitnessRefusal::Malformed(1))?;
        let (first, mut rest) = text.split_once('\n').ok_or(WitnessRefusal::Malformed(1))?;
        let old = first.strip_prefix("old ").and_then(|size| text::decimal(size, TREE_SIZE_MAX));
        let old = old.ok_or(WitnessRefusal::Malformed(1))?;
        let mut proof = Vec::new();
        loop {
            let number = proof.len() + 2;
            let malformed = WitnessRefusal::Malformed(number);
            let Some((line, after)) = rest.split_once('\n') else { return Err(malformed) };
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() == PROOF_HASHES_MAX {
                return Err(malformed);
            }
            proof.push(Hash::from_base64(line).map_err(|_| malformed)?);
        }
        let checkpoint = SignedCheckpoint::parse(rest.as_bytes());
        let checkpoint = checkpoint.map_err(WitnessRefusal::Checkpoint)?;
        Ok(Self { old, proof, checkpoint })
    }

    /// The checkpoint to be cosigned, not yet verified.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Decides whether a witness that knows `logs` and has last cosigned `seen` of this log may cosign. What
    /// it returns is to be stored durably before the cosignature is given out.
    ///
    /// # Errors
    /// Every variant but those of [`Self::parse`].
    pub fn judge(
        &self,
        logs: &[VerifierKey],
        seen: Option<&Checkpoint>,
    ) -> Result<Checkpoint, WitnessRefusal> {
        let origin = self.checkpoint.claimed().origin();
        let mut verified = Err(WitnessRefusal::UnknownLog);
        for key in logs.iter().filter(|key| key.name() == origin) {
            verified = self.checkpoint.verify(key, &[]).map_err(WitnessRefusal::Unsigned);
            if verified.is_ok() {
                break;
            }
        }
        let new = verified?.checkpoint().clone();
        if self.old > new.size() {
            return Err(WitnessRefusal::OldTooLarge);
        }
        let seen_size = seen.map_or(0, Checkpoint::size);
        if self.old != seen_size {
            return Err(WitnessRefusal::Conflict(seen_size));
        }
        let continues = match seen {
            Some(seen) if seen.size() > 0 => {
                let (old, new) = ((seen.size(), seen.root()), (new.size(), new.root()));
                verify_consistency(old.0, old.1, new.0, new.1, &self.proof).is_ok()
            }
            _ => self.proof.is_empty(),
        };
        if continues { Ok(new) } else { Err(WitnessRefusal::Inconsistent) }
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Reads a witness's answer: one or more signature lines, of which nothing is verified yet. `None` for
/// anything else.
pub fn parse_cosignatures(bytes: &[u8]) -> Option<Vec<NoteSignature>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let lines: Vec<_> = text.split('\n').map(NoteSignature::parse).collect::<Option<_>>()?;
    (lines.len() <= ANSWER_LINES_MAX).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompactRange, LogSigner, NodeMap, ProofPlan};

    struct Log(LogSigner, NodeMap, Vec<Hash>);

    fn log(size: u64) -> Log {
        let (mut range, mut nodes) = (CompactRange::new(), NodeMap::new());
        let mut roots = vec![range.root()];
        for at in 0..size {
            let keep = |node, hash| {
                nodes.insert(node, hash);
            };
            range.append(Hash::leaf(&at.to_be_bytes()), keep).unwrap();
            roots.push(range.root());
        }
        Log(LogSigner::from_seed("archive.example/record", &[1; 32]).unwrap(), nodes, roots)
    }

    impl Log {
        fn at(&self, size: u64) -> SignedCheckpoint {
            self.0.sign_checkpoint(size, self.2[size as usize]).unwrap()
        }

        fn request(&self, old: u64, new: u64) -> AddCheckpoint {
            let proof = match old {
                0 => Vec::new(),
                _ => ProofPlan::consistency(old, new).unwrap().assemble(&self.1).unwrap(),
            };
            AddCheckpoint::new(old, proof, self.at(new)).unwrap()
        }
    }

    #[test]
    fn every_status_of_the_specification_has_its_case() {
        let log = log(9);
        let keys = [log.0.verifier_key()];
        let seen = log.at(5).claimed().clone();
        assert_eq!(log.request(0, 5).judge(&keys, None).unwrap(), seen);
        assert_eq!(log.request(5, 9).judge(&keys, Some(&seen)).unwrap().size(), 9);
        assert!(log.request(5, 5).judge(&keys, Some(&seen)).is_ok(), "the same again");

        let status =
            |request: AddCheckpoint, seen| request.judge(&keys, seen).unwrap_err().status();
        assert_eq!(log.request(5, 9).judge(&[], Some(&seen)).unwrap_err().status(), 404);
        let stranger = LogSigner::from_seed("archive.example/record", &[2; 32]).unwrap();
        let forged = stranger.sign_checkpoint(9, log.2[9]).unwrap();
        assert_eq!(status(AddCheckpoint::new(5, vec![], forged).unwrap(), Some(&seen)), 403);
        assert_eq!(status(AddCheckpoint::new(9, vec![], log.at(5)).unwrap(), Some(&seen)), 400);
        assert_eq!(log.request(3, 9).judge(&keys, Some(&seen)), Err(WitnessRefusal::Conflict(5)));
        assert_eq!(log.request(5, 9).judge(&keys, None), Err(WitnessRefusal::Conflict(0)));
        assert_eq!(status(AddCheckpoint::new(5, vec![], log.at(9)).unwrap(), Some(&seen)), 422);
        let proof = vec![Hash::empty_root()];
        assert_eq!(status(AddCheckpoint::new(0, proof.clone(), log.at(9)).unwrap(), None), 422);
        let other = log.0.sign_checkpoint(5, Hash::leaf(b"another")).unwrap();
        assert_eq!(status(AddCheckpoint::new(5, vec![], other).unwrap(), Some(&seen)), 422);
        assert_eq!(status(AddCheckpoint::new(5, proof, log.at(5)).unwrap(), Some(&seen)), 422);
    }

    #[test]
    fn an_empty_tree_with_another_root_is_no_proof() {
        let body = log(0).at(0).to_string();
        let altered = body.replace(&Hash::empty_root().to_string(), &Hash::leaf(b"x").to_string());
        let refusal = AddCheckpoint::parse(format!("old 0\n\n{altered}").as_bytes()).unwrap_err();
        assert_eq!(refusal.status(), 422);
    }

    #[test]
    fn requests_have_one_spelling() {
        let request = log(9).request(5, 9);
        let text = request.to_string();
        assert_eq!(AddCheckpoint::parse(text.as_bytes()).unwrap(), request);
        let many = format!("old 5\n{}\n", format!("{}\n", Hash::empty_root()).repeat(64));
        for malformed in [
            text.replace("old 5", "old 05"),
            text.replace("old 5", "old  5"),
            text.replacen("old 5", "5", 1),
            text.replacen('\n', "\r\n", 1),
            text.trim_end().to_owned(),
            many,
            String::new(),
        ] {
            let refusal = AddCheckpoint::parse(malformed.as_bytes()).unwrap_err();
            assert_eq!(refusal.status(), 400, "{malformed:?}");
        }
    }
}
