//! The evidence of Chancery: from the key of a copy to a bound on naming an innocent one.
//!
//! The way of a paper: a [`PaperKey`] yields a [`CopyTree`] of copy keys whose root is made public;
//! [`laws`] gives every site its exact law; [`symbols`] gives a copy its readings.
//! The way of a leak: an extraction fills an [`Evidence`]; an [`Inquiry`] scores the copies and
//! returns a [`Finding`].
//!
//! The crate is pure: no clock, no randomness, no input or output, and no transcendental function
//! that could differ between platforms, so a finding can be recomputed bit for bit by anyone who
//! holds the evidence and the copy keys. `EVIDENCE.md` at the root of the repository states the
//! claim, its conditions and where each part of it is tested.

pub mod account;
mod collusion;
pub mod credible;
mod decoder;
pub mod decoy;
mod evalue;
mod evidence;
mod key;
mod law;
pub mod planner;
mod procedure;
mod row;
pub mod scan;
mod score;
mod site;
mod strata;
pub mod tail;
mod tree;
mod weights;

pub use account::Account;
pub use collusion::{Attack, Member};
pub use credible::CredibleSet;
pub use decoder::{DECODER_VERSION, FIRST_DECODER, UnknownDecoder, known_decoder};
pub use decoy::{DecoyPlan, Decoys};
pub use evalue::EValue;
pub use evidence::{CLIP, Evidence, EvidenceError, SiteEvidence, UNITS};
pub use key::{CopyKey, PaperKey};
pub use law::{Law, LawError, MASS, MOST_READINGS, SiteLaws};
pub use procedure::{
    Alpha, AlphaSplit, Bank, Bits, BudgetError, Display, Finding, Holder, Inquiry, InquiryError,
    MOST_PAPERS, MOST_ROUNDS, MOST_SITES, PaperEvidence, PersonScore, Place, Route, RouteScore,
    Routes, STRONG_LEAD, SitesRead, Verdict, WHOLE,
};
pub use row::{symbol, symbols};
pub use score::{ScoreClass, ScoreLaw};
pub use site::{Channel, NotASite, SiteId};
pub use strata::{FAIR, HIGH, LOW, laws};
pub use tree::{CopyTree, Hash, LEAST_LEAVES, MOST_LEAVES, TreeError, leaves_for, verify_path};
pub use weights::{NOISE_FLOOR, weights};
