//! The tamper-evident record: an append-only Merkle log of salted commitments.
//!
//! Here are the tree, its proofs, its tiles, signed checkpoints and receipts, all as pure functions of
//! their arguments: time, randomness and stored hashes are passed in. What a record *means* (who did
//! what) belongs to the desk, where it is kept belongs to the store.
//!
//! The formats are those of RFC 6962 (tree and proofs) and of the C2SP specifications signed-note,
//! tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy and tlog-witness, so that tools written by others can check
//! this log. Limits and refusals that go beyond the specifications are stated where they are made.
//!
//! ```
//! use chancery_record::{CompactRange, Entry, LogSigner, NodeMap, ProofPlan, Receipt, Salt};
//!
//! // The archive enters a record and signs the tree.
//! let salt = Salt::from_bytes([7; 32]); // in earnest: fresh random bytes for every record
//! let record = br#"{"kind":"release","at":"2026-03-01T09:00:00Z","fields":{}}"#;
//! let (mut tree, mut nodes) = (CompactRange::new(), NodeMap::new());
//! let entry = Entry::commit(&salt, record);
//! let index = tree.append(entry.leaf_hash(), |node, hash| { nodes.insert(node, hash); })?;
//! let signer = LogSigner::from_seed("archive.example/record", &[1; 32])?;
//! let checkpoint = signer.sign_checkpoint(tree.size(), tree.root())?;
//!
//! // It hands out a receipt, which anybody who holds the record can check off line.
//! let path = ProofPlan::inclusion(index, tree.size())?.assemble(&nodes)?;
//! let receipt = Receipt::new(&salt, index, path, checkpoint)?;
//! let read_back = Receipt::parse(receipt.to_string().as_bytes())?;
//! read_back.verify(record, &signer.verifier_key(), &[])?;
//! assert!(read_back.verify(b"another record", &signer.verifier_key(), &[]).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod checkpoint;
mod entry;
mod hash;
mod key;
mod node;
mod note;
mod plan;
mod policy;
mod range;
mod receipt;
mod sign;
mod subtree;
mod text;
mod tile;
mod verify;
mod witness;

pub use audit::{AuditError, audit};
pub use checkpoint::{
    CHECKPOINT_BODY_BYTES_MAX, Checkpoint, CheckpointError, SignedCheckpoint, VerifiedCheckpoint,
};
pub use entry::{Entry, Salt};
pub use hash::{HASH_BYTES, Hash, HashError};
pub use key::{KEY_NAME_BYTES_MAX, KeyError, KeyKind, KeyName, VerifierKey};
pub use node::{HashSource, MissingNode, NodeId, NodeMap, TREE_SIZE_MAX, TileHashes};
pub use note::{
    Attestation, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, Note, NoteError, NoteSignature,
    SIGNATURE_BYTES_MAX,
};
pub use plan::ProofPlan;
pub use policy::{
    POLICY_BYTES_MAX, POLICY_LINES_MAX, Policy, PolicyError, PolicyLog, PolicyWitness, Standing,
};
pub use range::{COMPACT_RANGE_BYTES_MAX, CompactRange, RangeError};
pub use receipt::{
    EXTRA_BYTES_MAX, LOG_PROOF_BYTES_MAX, LogProof, PROOF_HASHES_MAX, Receipt, ReceiptError,
};
pub use sign::{Cosigner, LogSigner};
pub use subtree::Subtree;
pub use tile::{
    ENTRIES_PER_TILE, EntryBundle, EntryBundleError, Tile, TileKind, TilePathError, tiles,
};
pub use verify::{ProofError, verify_consistency, verify_inclusion};
pub use witness::{ADD_CHECKPOINT_BYTES_MAX, AddCheckpoint, WitnessRefusal, parse_cosignatures};
