//! Security labels: what a paper is, what a reader is cleared for, and whether the one may read the
//! other.
//!
//! In scope: policies (XML SPIF 2.0 and 2.1), labels and clearances under them, markings, the
//! decision, the lattice, translation between policies, labels as ADatP-4774 XML and their binding
//! to data by ADatP-4778. Out of scope: who is addressed, on which day (`rules`), and what an
//! unlabelled paper is.
//!
//! Which function do I call? To read a policy: [`Policy::parse`], [`Policy::shipped`]. To make a
//! label from words: [`Policy::label`]. To show it: [`Policy::marking`], [`Policy::portion_mark`].
//! To ask whether somebody may read: [`Policy::decide`]. For the label of a whole with marked
//! paragraphs: [`Policy::join`], [`Policy::covers`].
//!
//! Nothing here reads a clock: dates are passed in.

mod binding;
mod decide;
mod equivalence;
mod exchange;
mod lattice;
mod marking;
mod policy;
mod reader;
mod security_label;
mod shipped;
mod spif;
mod validity;
mod words;
mod xml;

pub use binding::{Binding, BoundData, binding};
pub use decide::Denial;
pub use equivalence::NoEquivalent;
pub use exchange::{Dates, policy_named};
pub use lattice::{BelowPortion, HighWater, NoJoin};
pub use policy::{Policy, Unknown};
pub use reader::{Engagement, Nationality, NationalityError, Reader};
pub use security_label::{Clearance, SecurityLabel, TagKind};
pub use validity::Invalid;
pub use words::WordError;
pub use xml::{MAX_XML_BYTES, MAX_XML_DEPTH, MAX_XML_NODES, Malformed};

/// Why a policy is refused: line, column and reason.
pub type PolicyError = Malformed;

/// The namespace of what Chancery adds to an XML SPIF, all of it attributes:
///
/// | on | attribute | meaning |
/// |---|---|---|
/// | `tagCategory` | `nationality="GB US"` | held by readers of these nationalities (ISO 3166-1, two letters) and by nobody else |
/// | `tagCategory` | `engagement="home-based"` | held by readers so engaged (or `locally-engaged`) and by nobody else |
/// | `securityClassification`, `tagCategory` | `portion="S"` | its mark on a paragraph |
/// | `securityCategoryTag` | `portion="page"` | on paragraphs, the tag stands as on the page |
///
/// A grant of a category with `nationality` or `engagement` has no effect. A reader of SPIF that
/// does not know this namespace asks for a grant instead, which is stricter.
pub const POLICY_EXTENSION: &str = "urn:chancery:policy:1";
