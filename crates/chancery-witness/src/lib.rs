//! The record over HTTP: serving it to outsiders, witnessing the records of others, and asking witnesses.
//!
//! The formats and every decision are in `chancery-record`, the record itself is at the desk; here are the
//! network and the few files of a witness. C2SP: tlog-tiles, tlog-witness, tlog-policy.

mod ask;
mod folder;
mod serve;
mod source;
mod witness;

pub use ask::{Asked, Published, WITNESS_TIMEOUT, held, publish};
pub use folder::write_folder;
pub use serve::router;
pub use source::{Source, SourceError};
pub use witness::{Witness, WitnessError};
