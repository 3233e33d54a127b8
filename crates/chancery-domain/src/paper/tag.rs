//! Subject codes: TAGS of foreign services, subject indicator codes of the military.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most codes of one paper.
pub const MAX_TAGS: usize = 40;
/// Longest code, in characters.
const MAX_TAG: usize = 12;

/// A subject code such as `PREL`.
///
/// Guarantee: 1 to 12 of `A-Z`, `0-9` and `-`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

/// The text is no subject code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no subject code; use 1 to 12 letters, figures and hyphens, such as PREL")]
pub struct TagError(String);

impl Tag {
    /// The code in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    /// Reads a code in either case.
    fn from_str(text: &str) -> Result<Self, TagError> {
        let code = text.trim().to_ascii_uppercase();
        let fits = (1..=MAX_TAG).contains(&code.len())
            && !code.starts_with('-')
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(code))
        } else {
            Err(TagError(text.chars().filter(|c| !c.is_control()).take(40).collect()))
        }
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_and_in_capitals() {
        for (text, code) in [("prel", "PREL"), (" RT ", "RT"), ("K4A-1", "K4A-1")] {
            assert_eq!(text.parse::<Tag>().unwrap().as_str(), code);
        }
        for bad in ["", "-A", "A B", "ÄÖ", "PREL,RT", "ABCDEFGHIJKLM"] {
            assert!(bad.parse::<Tag>().is_err(), "{bad:?}");
        }
    }
}
