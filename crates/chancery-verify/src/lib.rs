//! Contest packs: one file from which anybody recomputes a finding, off line and without the archive.
//!
//! Here are the format ([`Pack`]) and the recomputation itself ([`verify()`]), under a trust policy that says whose
//! signatures count ([`chancery_record::Policy`]). The crate knows no store, no desk and no secret but the keys of the
//! accused copies that a pack opens. `docs/contest-pack.md` specifies the format and every step, well enough to
//! write it again; `verify/python` is such a second program, tested against the same packs.
//!
//! What is *not* believed: any number in the pack. Evidence is extracted again from the leak and the master,
//! the row is drawn again from the copy key, the key must stand under the root that the record held, and the
//! bound is computed again. What *is* believed: the signatures that the policy asks for, and nothing without one.

mod body;
mod extraction;
mod pack;
mod paper;
mod record;
mod report;
mod verify;

pub use body::Body;
pub use pack::{
    Accused, Bytes, Entered, Entries, MOST_ACCUSED, MOST_DECOYS, MOST_LEAKS, OpenedCopy,
    PACK_BYTES_MAX, PACK_SCHEMA, Pack, PackDecoys, PackError, PackLeak, PackPage, PackPaper,
    PackReading,
};
pub use paper::release_commitment;
pub use report::{
    Authority, REPORT_SCHEMA, Recomputed, RecomputedCopy, RecomputedDecoys, RecomputedPaper,
    Verified,
};
pub use verify::{VerifyError, verify};
