//! Who may do what, when, and why not: persons, offices, postings, papers and the rules over them.
//!
//! In scope: the types of the domain, each valid by construction, and pure functions that decide.
//! Out of scope: clocks, databases, keys, texts. The day is always passed in.
//!
//! Which function do I call? To ask who holds an office: [`Posting::holds_on`]. To ask what a
//! person may do to a paper: [`rules::decide`]. To ask who could ever have had one:
//! [`rules::was_entitled`]. To ask whether an inquiry may run: [`rules::may_approve`]. To ask to whom a
//! paper goes: [`distribution::resolve`]. To ask whether a paper's label lets a person read it:
//! [`label::Policy::decide`].

mod accreditation;
pub mod acp127;
mod day;
mod delegation;
pub mod distribution;
mod dtg;
mod handle;
mod handover;
mod house;
pub mod label;
mod paper;
mod posting;
mod precedence;
pub mod retention;
pub mod rules;
mod serial;
pub mod tenure;
pub mod watch;

pub use accreditation::{
    Accreditation, AccreditationEvent, AccreditationRefusal, Source, Stage, Stance,
};
pub use day::{Day, DayError, Precision};
pub use delegation::{DelegationRefusal, bounded, delegate, last_instant};
pub use dtg::{Dtg, DtgError};
pub use handle::{Handle, HandleError, MAX_HANDLE};
pub use handover::{Care, Gaps, Handover, care, handovers, most_at_once};
pub use house::{House, Inquiries};
pub use paper::{
    Addressed, KindError, Label, MAX_TAGS, PaperKind, PaperKindError, PaperState, Particulars,
    Relation, Tag, TagError, carries_number, split_portion,
};
pub use posting::{Capacity, End, EndReason, Posting, PostingError, Term};
pub use precedence::{Precedence, PrecedenceError};
pub use serial::Serial;
