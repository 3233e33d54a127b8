//! Handles: the short names by which commands speak of persons and offices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest handle, in bytes.
pub const MAX_HANDLE: usize = 96;

/// A short name such as `r0001` or `ostrey-embassy`.
///
/// Guarantee: 1 to 96 characters of `a-z`, `0-9`, `-`, `.` and `_`, beginning with a letter or digit.
/// Safe in file names, URLs and terminals; two handles that look alike are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

/// The text is no handle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no short name; use 1 to 96 of a-z, 0-9, “-”, “.” and “_”, beginning with a letter or digit"
)]
pub struct HandleError(String);

impl Handle {
    /// The handle's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, HandleError> {
        let fits = (1..=MAX_HANDLE).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_')
            });
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(HandleError(text.chars().filter(|c| !c.is_control()).take(40).collect()))
        }
    }
}

impl TryFrom<String> for Handle {
    type Error = HandleError;

    fn try_from(text: String) -> Result<Self, HandleError> {
        text.parse()
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain() {
        for good in ["r0001", "ostrey-embassy", "a", "0", "x.y_z"] {
            assert_eq!(good.parse::<Handle>().unwrap().as_str(), good);
        }
        let long = "a".repeat(97);
        for bad in ["", "-a", "A", "a b", "../x", "é", "a/b", "a\n", long.as_str()] {
            assert!(bad.parse::<Handle>().is_err(), "{bad:?}");
        }
    }
}
