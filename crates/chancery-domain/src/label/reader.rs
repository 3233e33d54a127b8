//! Who reads: clearance, nationality, engagement.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Clearance;

/// How a person is engaged by a mission abroad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engagement {
    /// Sent out by the ministry.
    HomeBased,
    /// Engaged where the mission is.
    LocallyEngaged,
}

/// A nationality: the two letters of ISO 3166-1 (fictional states: its user-assigned codes, such as
/// `XA`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nationality([u8; 2]);

/// The text is no nationality.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no nationality; give the two letters of ISO 3166-1, such as FR")]
pub struct NationalityError(String);

impl FromStr for Nationality {
    type Err = NationalityError;

    fn from_str(text: &str) -> Result<Self, NationalityError> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(NationalityError(text.chars().filter(|c| !c.is_control()).take(20).collect())),
        }
    }
}

impl TryFrom<String> for Nationality {
    type Error = NationalityError;

    fn try_from(text: String) -> Result<Self, NationalityError> {
        text.parse()
    }
}

impl From<Nationality> for String {
    fn from(nationality: Nationality) -> Self {
        nationality.to_string()
    }
}

impl fmt::Display for Nationality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.0.map(char::from);
        write!(f, "{a}{b}")
    }
}

/// A reader as the policy sees one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// What the reader is cleared for; without one nothing may be read.
    pub clearance: Option<Clearance>,
    /// The reader's nationality, if known; unknown opens no national caveat.
    pub nationality: Option<Nationality>,
    /// How the reader is engaged, if known; unknown opens nothing that asks.
    pub engagement: Option<Engagement>,
}

/// What ties a category to the reader's person in place of a grant.
///
/// Written in a policy as attributes of `tagCategory` in the namespace
/// [`POLICY_EXTENSION`](super::POLICY_EXTENSION); where both stand, both must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) nationalities: Option<Vec<Nationality>>,
    pub(super) engagement: Option<Engagement>,
}

impl Edge {
    pub(super) fn admits_nationality(&self, reader: &Reader) -> bool {
        let held = |list: &Vec<Nationality>| reader.nationality.is_some_and(|n| list.contains(&n));
        self.nationalities.as_ref().is_none_or(held)
    }

    pub(super) fn admits_engagement(&self, reader: &Reader) -> bool {
        self.engagement.is_none_or(|engagement| Some(engagement) == reader.engagement)
    }

    pub(super) fn admits(&self, reader: &Reader) -> bool {
        self.admits_nationality(reader) && self.admits_engagement(reader)
    }
}
