//! The desk: one public function for each act.
//!
//! Each act checks the rules, changes the store and enters the record, in one transaction; then the
//! record's new state is signed. In scope: the order of these steps. Out of scope: how things are shown.
//!
//! Which function do I call? A new archive: [`Archive::init`]; papers: [`Archive::draft`],
//! [`Archive::check`], [`Archive::ask`], [`Archive::clear`], [`Archive::approve`], [`Archive::release`],
//! [`Archive::inbox`]; copies: [`Archive::open_copy`], [`Archive::export_copies`];
//! leaks: [`Archive::trace`], [`Archive::approve_inquiry`], [`Archive::run_inquiry`]; the record:
//! [`Archive::checkpoint`], [`Archive::verify`].

mod access;
mod accreditation;
mod archive;
mod bench;
mod candidates;
mod certificate;
mod circulation;
mod collectives;
mod copies;
mod delegation;
mod draft;
mod error;
mod expose;
mod files;
mod finding;
mod freeze;
mod handover;
mod import;
mod inbox;
mod inquiry;
mod keeping;
mod ledger;
mod library;
mod looks;
mod merge;
mod meter;
mod mine;
mod ministry;
#[cfg(test)]
mod odds;
mod outside;
mod papers;
mod policy;
mod postings;
mod public;
#[cfg(test)]
mod races;
mod redaction;
mod registry;
mod release;
mod reports;
mod retention;
mod screen;
mod search;
mod sequel;
mod session;
mod sheet;
mod sign_in;
mod stacks;
mod succession;
mod telegram;
mod tenure;
mod terms;
mod verify;
mod view;
mod watch;
mod who;

pub use accreditation::{Happened, MAX_NOTE, ShownAccreditation, ShownEvent};
pub use archive::{Archive, Profile};
pub use bench::{
    Bench, BenchAddressee, BenchDraft, BenchParagraph, BenchPiece, BenchPlace, Leave, PlaceChoice,
    PlaceState,
};
pub use certificate::{CERTIFICATE_SCHEMA, Certificate, verify_certificate};
/// The public half of a record's key.
pub use chancery_record::VerifierKey;
pub use chancery_store::Deed;
pub use circulation::{Acted, Layout, MAX_REASON, ShownDeed};
pub use collectives::{ShownCollective, ShownMember};
pub use copies::{Exported, Format, NOTICE, Rendered};
pub use delegation::Delegated;
pub use draft::{
    Check, Circulation, DraftText, Finders, MAX_BODY, MAX_PARAGRAPHS, NewPaper, ShownPlace,
};
pub use error::DeskError;
pub use expose::{
    AlsoMatch, Basis, Cell, CellKind, ChanceRate, Contradiction, CopyAnswer, EXPOSURE_SCHEMA,
    ExposedArticle, Exposing, ExposureReport, JointRate, LeakedPaper, Level, MAX_LOOKED_UP,
    Paraphrased, Passage, QuotationKind, Quoted, Significance,
};
pub use finding::{
    CONDITIONS, ChannelSays, Decisive, FindingReport, FoundAuthors, FoundBits, FoundCopy,
    FoundDecoys, FoundInquiries, FoundLeak, FoundLooks, FoundPaper, FoundSet, Read, SCHEMA,
    SitesByChannel, bits_to_name, one_in,
};
pub use freeze::{LeakFile, MAX_LEAKS};
pub use handover::{HANDOVER_SCHEMA, HandedPaper, Handover, HandoverCertificate, verify_handover};
pub use import::{CableRecord, Imported, MAX_LINE, MAX_READERS, records};
pub use inbox::{Inbox, InboxPaper, MAX_PAGE};
pub use inquiry::{
    InquiryState, ListedInquiry, OfficerPart, Picture, PictureStep, Request, RoomInquiry, RoomLeak,
    Traced,
};
pub use library::{Filter, ListedPaper, RefusedCopies, ShownPaper, SiteCounts, Status};
pub use merge::Merged;
pub use meter::{Meter, ParagraphReach, Reach};
pub use mine::{MyEntry, MyReading};
pub use ministry::{Registry, RegistryOffice, RegistryPerson, RegistryPosting};
pub use outside::Clock;
pub use papers::{Head, RefLine};
pub use policy::ShownPolicy;
pub use postings::{Handovers, ListedPosting, MISSIONS, OfficeOn, Overlap, Vacancy};
pub use public::{MAX_PUBLIC_BYTES, NewPublic, PublicKind, PublicText, Publication};
pub use redaction::{Redacted, Redaction, VerifiedRedaction, verify_redaction};
pub use registry::{Listed, OfficeDetails, PersonDetails};
pub use release::{ReleaseReport, USUAL_ALPHA};
pub use reports::{MAX_WORDS, Mishap, Reported};
pub use retention::{DuePaper, RetentionChange, ShownRetention};
pub use screen::{ScreenCopy, ScreenParagraph};
pub use search::{Found, Hit, MAX_QUERY, SavedSearch, Seek};
pub use sequel::{MAX_REFS, Notice};
pub use session::{SWEEP_INTERVAL, SessionToken, Swept};
pub use sign_in::{CODE_LIFE, Held, IDLE, LONGEST_SESSION, SignInCode, SignedIn};
pub use succession::{CopyOffices, MOST_QUEUED, OpenedThrough, Queue, Queued, VacantOffice};
pub use telegram::AddressMap;
pub use tenure::{EndedTenure, Letter, MAX_LETTER, ResignationState, When};
pub use terms::{DatedEvent, LONGEST_TERM, PostingRecord};
pub use verify::Verified;
pub use watch::ListedAlarm;
pub use who::{EntitledReader, PaperReaders, PastReading};
