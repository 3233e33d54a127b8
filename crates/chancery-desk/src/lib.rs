//! The desk: one public function for each act.
//!
//! Each act checks the rules, changes the store and enters the record, in one transaction; then the
//! record's new state is signed. In scope: the order of these steps. Out of scope: how things are shown.
//!
//! Which function do I call? A new archive: [`Archive::init`]; papers: [`Archive::draft`],
//! [`Archive::check`], [`Archive::ask`], [`Archive::clear`], [`Archive::approve`], [`Archive::release`],
//! [`Archive::inbox`]; copies: [`Archive::open_copy`], [`Archive::export_copies`];
//! leaks: [`Archive::trace`], [`Archive::approve_inquiry`], [`Archive::run_inquiry`]; the record:
//! [`Archive::publish`], [`Archive::prove`], [`Archive::verify`].

mod access;
mod accreditation;
mod agent;
mod anchor;
mod apart;
mod archive;
mod backup;
mod bag;
mod bench;
mod binding;
mod candidates;
mod certificate;
mod circulation;
mod collectives;
mod copies;
mod custody;
mod delegation;
mod disposal;
mod draft;
mod epoch;
mod erasure;
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
mod looking;
mod looks;
mod merge;
mod meter;
mod mine;
mod ministry;
#[cfg(test)]
mod odds;
mod outside;
mod pace;
mod page;
mod papers;
mod passkeys;
mod pictures;
mod policy;
mod postings;
mod public;
mod publish;
#[cfg(test)]
mod races;
mod redaction;
mod registry;
mod release;
mod reports;
mod retention;
mod ring;
mod screen;
mod sealed_file;
mod seals;
mod search;
mod sequel;
mod session;
mod sheet;
mod sheets;
mod sign_in;
mod sketch;
mod stacks;
mod state;
mod subjects;
mod succession;
mod telegram;
mod tenure;
mod terms;
mod tokens;
mod tree;
mod upkeep;
mod verify;
mod view;
mod watch;
mod webhooks;
mod who;

pub use accreditation::{Happened, MAX_NOTE, ShownAccreditation, ShownEvent};
pub use agent::{
    GATHERING, USUAL_OPENING, Unsealing, agent_runs, give_share, run_agent, seal_archive, shelter,
    unsealing,
};
pub use apart::{decode_pictures, reading_child};
pub use archive::{Archive, Profile};
pub use backup::{BackedUp, Drill, Manifest, Restored};
pub use bag::{Bagged, ReturnedBag};
pub use bench::{
    Bench, BenchAddressee, BenchDraft, BenchParagraph, BenchPiece, BenchPlace, Leave, PlaceChoice,
    PlaceState,
};
pub use certificate::{CERTIFICATE_SCHEMA, Certificate, verify_certificate};
/// The record's formats, for those who serve it.
pub use chancery_page::Drawing;
pub use chancery_record as record;
/// The public half of a record's key.
pub use chancery_record::VerifierKey;
pub use chancery_store::Deed;
/// Acting through a token.
pub use chancery_store::{Through, acting};
/// Shares of a root key.
pub use chancery_vault::{LEAST_THRESHOLD, MOST_SHARES, SHARE_BYTES_MAX, Share, ShareError};
pub use circulation::{Acted, Layout, MAX_REASON, ShownDeed};
pub use collectives::{ShownCollective, ShownMember};
pub use copies::{Exported, Format, NOTICE, Rendered};
pub use custody::{Custody, ShareNotes};
pub use delegation::Delegated;
pub use disposal::{Disposal, USUAL_KEY_DAYS};
pub use draft::{
    Check, Circulation, DraftText, Finders, MAX_BODY, MAX_PARAGRAPHS, NewPaper, ShownPlace,
};
pub use epoch::{Epoch, Stalled};
pub use error::DeskError;
pub use expose::{
    AlsoMatch, Basis, Cell, CellKind, ChanceRate, Contradiction, CopyAnswer, EXPOSURE_SCHEMA,
    ExposedArticle, Exposing, ExposureReport, JointRate, LeakedPaper, Level, MAX_LOOKED_UP,
    Paraphrased, Passage, QuotationKind, Quoted, Significance,
};
pub use files::replace as replace_file;
pub use finding::{
    CONDITIONS, ChannelSays, Decisive, FindingReport, FoundAuthors, FoundBits, FoundCopy,
    FoundDecoys, FoundInquiries, FoundLeak, FoundLooks, FoundMark, FoundPage, FoundPaper, FoundSet,
    FoundWord, Read, SCHEMA, SitesByChannel, bits_to_name, level, one_in,
};
pub use freeze::{LeakFile, MAX_LEAKS};
pub use handover::{HANDOVER_SCHEMA, HandedPaper, Handover, HandoverCertificate, verify_handover};
pub use import::{CableRecord, Imported, MAX_LINE, MAX_READERS, records};
pub use inbox::{Inbox, InboxPaper, MAX_PAGE};
pub use inquiry::{
    Answer, Enrolled, InquiryState, IssuedPack, ListedInquiry, MAX_ANSWER, Notified, OfficerPart,
    OwnFinding, Picture, PictureStep, Request, Revealed, RevealedCopy, RoomInquiry, RoomLeak,
    Traced, Withdrawn,
};
pub use library::{
    Filter, IN_THE_FILE, ListedPaper, RefusedCopies, ShownPaper, SiteCounts, Status,
};
pub use looking::Look;
pub use merge::Merged;
pub use meter::{Meter, ParagraphReach, Reach};
pub use mine::{MyEntry, MyReading};
pub use ministry::{Registry, RegistryOffice, RegistryPerson, RegistryPosting};
pub use outside::{Clock, secret};
pub use pace::until;
pub use papers::{Head, RefLine};
pub use passkeys::{FRESH, KnownPasskey, MAX_PASSKEY_NAME, MAX_PASSKEYS, ShownPasskey};
pub use policy::ShownPolicy;
pub use postings::{Handovers, ListedPosting, MISSIONS, OfficeOn, Overlap, Vacancy};
pub use public::{MAX_PUBLIC_BYTES, NewPublic, PublicKind, PublicText, Publication};
pub use publish::{
    CheckedReceipt, PUBLISH_EVERY, PUBLISH_STEP, Proved, PublishedCheckpoint, check_receipt,
};
pub use redaction::{Redacted, Redaction, VerifiedRedaction, verify_redaction};
pub use registry::{Listed, OfficeDetails, PersonDetails};
pub use release::{ReleaseReport, USUAL_ALPHA};
pub use reports::{MAX_WORDS, Mishap, Reported};
pub use retention::{DuePaper, RetentionChange, ShownRetention};
pub use ring::Rotated;
pub use screen::{PagesCopy, ScreenCopy, ScreenParagraph};
pub use sealed_file::{MAX_SEALED, age_recipient, is_sealed_file, open_file, seal_file};
pub use search::{Found, Hit, MAX_QUERY, SavedSearch, Seek};
pub use sequel::{MAX_REFS, Notice};
pub use session::{SWEEP_INTERVAL, SessionToken, Swept};
pub use sign_in::{CODE_LIFE, Held, IDLE, LONGEST_SESSION, SignInCode, SignedIn};
pub use sketch::Sketch;
pub use subjects::ShownSubject;
pub use succession::{CopyOffices, MOST_QUEUED, OpenedThrough, Queue, Queued};
pub use telegram::AddressMap;
pub use tenure::{EndedTenure, Letter, MAX_LETTER, ResignationState, When};
pub use terms::{DatedEvent, LONGEST_TERM, PostingRecord};
pub use tokens::{
    ApiToken, MAX_TOKEN_DAYS, MAX_TOKEN_NAME, MAX_TOKENS, ShownToken, USUAL_TOKEN_DAYS,
};
pub use upkeep::{LastDrill, LastPublished, ListedBackup};
pub use verify::Verified;
pub use watch::ListedAlarm;
pub use webhooks::{Delivery, MAX_WEBHOOKS, ShownDelivery, ShownWebhook, WebhookSecret};
pub use who::{EntitledReader, PaperReaders, PastReading};
