//! Papers as the rules see them: kind, label, state, and through which offices they are addressed.

use serde::{Deserialize, Serialize};

/// What sort of paper it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperKind {
    /// A telegram from one office to others.
    Cable,
    /// A letter.
    Letter,
    /// A minute.
    Minute,
    /// A report or board paper.
    Report,
}

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
