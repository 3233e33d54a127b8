//! Papers as the rules see them: kind, state, marking, subject codes, paragraph heads.

mod kind;
mod paragraph;
mod tag;

pub use kind::{KindError, PaperKind, PaperKindError, Particulars};
pub use paragraph::{carries_number, split_portion};
pub use tag::{MAX_TAGS, Tag, TagError};

use serde::{Deserialize, Serialize};

/// Where a paper stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperState {
    /// Being written; nobody has a copy.
    Draft,
    /// Cleared and approved as it stands; any change makes it a draft again.
    Approved,
    /// Frozen into its master; copies are handed out.
    Released,
    /// A draft that was given up.
    Withdrawn,
    /// Its retention is over: text, marks and key are gone, its place in the record stays.
    Destroyed,
}

impl PaperState {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
            Self::Destroyed => "destroyed",
        }
    }
}

/// How an office is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressed {
    /// The office that sent the paper keeps a copy.
    Origin,
    /// The office is to act on it.
    Action,
    /// The office is to know of it.
    Info,
}

impl Addressed {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Action => "action",
            Self::Info => "info",
        }
    }
}

/// What a later paper does to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It puts something right; both are to be read together.
    Corrects,
    /// The earlier paper no longer stands.
    Cancels,
}

impl Relation {
    /// What the earlier paper then is.
    #[must_use]
    pub const fn done(self) -> &'static str {
        match self {
            Self::Corrects => "corrected",
            Self::Cancels => "cancelled",
        }
    }
}

/// A paper's marking. First cut: the words of the marking, in order of weight; need-to-know by
/// distribution decides access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Classification, such as `Confidential`.
    pub classification: String,
    /// Handling words, such as `Home Staff`.
    pub handling: Vec<String>,
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = vec![self.classification.to_uppercase()];
        words.extend(self.handling.iter().map(|h| h.to_uppercase()));
        words.retain(|w| !w.is_empty());
        f.write_str(&words.join(" — "))
    }
}
