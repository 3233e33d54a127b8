//! The store: rows and transactions, nothing else.
//!
//! In scope: SQL, and the promise that a change and its leaf in the record are one transaction.
//! Out of scope: sealing (the store sees sealed bytes), rules, the meaning of parts.
//!
//! SQLite is the default. Statements use `$1` placeholders and portable SQL, so that a second database
//! can join behind the same functions; what only SQLite knows (pragmas, the file) is in [`Store::open`].
//!
//! # What a crash leaves
//! `synchronous = FULL` with a write-ahead log: when [`Tx::commit`] has returned, the change and its
//! leaf are on the disk; when it has not, neither is visible after the restart.

mod accreditation;
mod backup;
mod bindings;
mod circulation;
mod collectives;
mod inquiries;
mod life;
mod merge;
mod page_segments;
mod papers;
mod passkeys;
mod places;
mod postings;
mod public;
mod published;
mod readings;
mod record;
mod registry;
mod reports;
mod retention;
mod search;
mod segments;
mod session;
mod sign_in;
mod store;
mod subjects;
mod tenure;
mod through;
mod tokens;
mod vault;
mod watch;
mod watched;
mod webhooks;

pub use accreditation::{AccreditationEventRow, AccreditationRow};
pub use backup::{join_keys, part_keys};
pub use bindings::{BagRow, BindingRow, OfficerRow};
pub use circulation::{Deed, HistoryRow, Listing, Newest, PaperFilter, SequelRow};
pub use collectives::Recipient;
pub use inquiries::InquiryRow;
pub use papers::{PaperRow, Part};
pub use passkeys::PasskeyRow;
pub use places::{IN_THE_CLEAR, PLACES, Place, SealedValue, Under};
pub use postings::{KeptPosting, NamedPosting, PostingRow};
pub use public::PublicRow;
pub use published::PublishedRow;
pub use readings::{EnteredReading, ReadingRow};
pub use record::LeafRow;
pub use reports::ReportRow;
pub use search::Reach;
pub use segments::{BlockReader, SegmentRow};
pub use session::SessionRow;
pub use sign_in::InvitationRow;
pub use store::{Store, StoreError, Tx, schema_version};
pub use subjects::SubjectRow;
pub use tenure::{HandoverRow, ResignationRow};
pub use through::{Through, acting};
pub use tokens::{NewToken, TokenRow};
pub use vault::{DisposalRow, RingRow};
pub use watch::SightingRow;
pub use watched::{Change, Keeper, STATE};
pub use webhooks::{DeliveryRow, WebhookRow};

/// Row id of a person.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct PersonId(pub i64);

/// Row id of an office.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct OfficeId(pub i64);

/// Row id of a posting.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct PostingId(pub i64);

/// Row id of a paper.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct PaperId(pub i64);

/// Row id of a collective.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct CollectiveId(pub i64);
