//! Kinds of papers and what each must say beside its text.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What sort of paper it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PaperKind {
    /// A telegram from one office to others.
    #[default]
    Cable,
    /// A letter to a named person, signed.
    Letter,
    /// Text that becomes public at a stated instant.
    Statement,
    /// The minute of a meeting.
    Minute,
    /// A paper for an item on a board's agenda.
    BoardPaper,
    /// A report.
    Report,
}

/// The text names no kind of paper.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no kind of paper; use cable, letter, statement, minute, board-paper or report")]
pub struct PaperKindError(String);

/// What some kinds must say and others cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// Name of the person a letter is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// Day of the meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Date>,
    /// Item on the agenda.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Public from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publishes: Option<Timestamp>,
    /// Under embargo until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifts: Option<Timestamp>,
}

/// Why a kind of paper cannot have these particulars.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KindError {
    /// Something that the kind must say is missing.
    #[error("a {kind} needs {what}; give it with {flag}")]
    Missing {
        /// The kind.
        kind: PaperKind,
        /// What is missing.
        what: &'static str,
        /// The flag that gives it.
        flag: &'static str,
    },
    /// Something that the kind does not have.
    #[error("a {kind} has no {what}; leave {flag} out, or choose another --kind")]
    Foreign {
        /// The kind.
        kind: PaperKind,
        /// What it does not have.
        what: &'static str,
        /// The flag that gave it.
        flag: &'static str,
    },
}

impl PaperKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Cable, Self::Letter, Self::Statement, Self::Minute, Self::BoardPaper, Self::Report];

    /// The word by which it is chosen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cable => "cable",
            Self::Letter => "letter",
            Self::Statement => "statement",
            Self::Minute => "minute",
            Self::BoardPaper => "board-paper",
            Self::Report => "report",
        }
    }

    /// Whether its paragraphs are numbered unless its drafter says otherwise.
    #[must_use]
    pub const fn numbers_paragraphs(self) -> bool {
        matches!(self, Self::Cable | Self::Minute | Self::BoardPaper)
    }

    /// Whether a paper of this kind may say these particulars, and says all that it must.
    ///
    /// # Errors
    /// At the first that is missing or out of place.
    pub fn check(self, given: &Particulars) -> Result<(), KindError> {
        let words = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let all = [
            (self == Self::Letter, false, words(&given.addressee), ADDRESSEE),
            (self == Self::Letter, true, words(&given.signed), SIGNATURE),
            (self == Self::Minute, self == Self::BoardPaper, given.meeting.is_some(), MEETING),
            (self == Self::BoardPaper, false, words(&given.item), ITEM),
            (self == Self::Statement, false, given.publishes.is_some(), PUBLICATION),
            (false, self != Self::Statement, given.lifts.is_some(), EMBARGO),
        ];
        for (needed, allowed, there, (what, flag)) in all {
            if needed && !there {
                return Err(KindError::Missing { kind: self, what, flag });
            }
            if there && !needed && !allowed {
                return Err(KindError::Foreign { kind: self, what, flag });
            }
        }
        Ok(())
    }
}

const ADDRESSEE: (&str, &str) = ("addressee", "--addressee");
const SIGNATURE: (&str, &str) = ("signature", "--signed");
const MEETING: (&str, &str) = ("date of a meeting", "--meeting");
const ITEM: (&str, &str) = ("agenda item", "--item");
const PUBLICATION: (&str, &str) = ("publication time", "--publish-at");
const EMBARGO: (&str, &str) = ("embargo of its own", "--lift");

impl FromStr for PaperKind {
    type Err = PaperKindError;

    fn from_str(text: &str) -> Result<Self, PaperKindError> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            PaperKindError(text.chars().filter(|c| !c.is_control()).take(40).collect())
        })
    }
}

impl fmt::Display for PaperKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_what_it_must_and_no_more() {
        let text = || Some("x".to_owned());
        let none = Particulars::default;
        let at = Some(Timestamp::UNIX_EPOCH);
        let day = Some(jiff::civil::date(2031, 1, 1));
        let full = [
            (PaperKind::Cable, none()),
            (PaperKind::Letter, Particulars { addressee: text(), signed: text(), ..none() }),
            (PaperKind::Statement, Particulars { publishes: at, ..none() }),
            (PaperKind::Minute, Particulars { meeting: day, ..none() }),
            (PaperKind::BoardPaper, Particulars { item: text(), ..none() }),
            (PaperKind::Report, Particulars { lifts: at, ..none() }),
        ];
        for (kind, given) in &full {
            assert_eq!(kind.check(given), Ok(()), "{kind}");
            assert_eq!(kind.word().parse(), Ok(*kind));
        }
        for kind in [PaperKind::Letter, PaperKind::Statement, PaperKind::Minute] {
            assert!(matches!(kind.check(&none()), Err(KindError::Missing { .. })), "{kind}");
        }
        let blank = Particulars { addressee: Some(" ".into()), signed: text(), ..none() };
        assert!(matches!(PaperKind::Letter.check(&blank), Err(KindError::Missing { .. })));
        let lifted = Particulars { publishes: at, lifts: at, ..none() };
        assert!(matches!(PaperKind::Statement.check(&lifted), Err(KindError::Foreign { .. })));
        let dated = Particulars { publishes: at, ..none() };
        assert!(matches!(PaperKind::Cable.check(&dated), Err(KindError::Foreign { .. })));
    }
}
