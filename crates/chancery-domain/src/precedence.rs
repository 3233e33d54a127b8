//! Precedence: how soon a paper is to be handled, apart for action and for information.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How soon a paper is to be handled; a later variant goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Precedence {
    /// R: in its turn.
    Routine,
    /// P: before routine.
    Priority,
    /// O: at once.
    Immediate,
    /// Z: before everything else.
    Flash,
}

/// The text names no precedence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no precedence; use FLASH, IMMEDIATE, PRIORITY, ROUTINE, or Z, O, P, R")]
pub struct PrecedenceError(String);

impl Precedence {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Flash, Self::Immediate, Self::Priority, Self::Routine];

    /// The letter in a message's heading.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Routine => 'R',
            Self::Priority => 'P',
            Self::Immediate => 'O',
            Self::Flash => 'Z',
        }
    }

    /// The word, in capitals.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Routine => "ROUTINE",
            Self::Priority => "PRIORITY",
            Self::Immediate => "IMMEDIATE",
            Self::Flash => "FLASH",
        }
    }

    /// The precedence that a letter stands for.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.letter() == letter)
    }
}

impl FromStr for Precedence {
    type Err = PrecedenceError;

    /// Reads a word or a letter in either case.
    fn from_str(text: &str) -> Result<Self, PrecedenceError> {
        let upper = text.trim().to_ascii_uppercase();
        let mut letters = upper.chars();
        let letter = letters.next().filter(|_| letters.next().is_none());
        letter
            .and_then(Self::of_letter)
            .or_else(|| Self::ALL.into_iter().find(|p| p.word() == upper))
            .ok_or_else(|| {
                PrecedenceError(text.chars().filter(|c| !c.is_control()).take(40).collect())
            })
    }
}

impl fmt::Display for Precedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_letters_name_the_same() {
        for p in Precedence::ALL {
            assert_eq!(p.word().parse(), Ok(p));
            assert_eq!(p.word().to_lowercase().parse(), Ok(p));
            assert_eq!(p.letter().to_string().parse(), Ok(p));
        }
        assert!(Precedence::Flash > Precedence::Immediate);
        for bad in ["", "X", "URGENT", "US URGENT", "ZO", "flash!"] {
            assert!(bad.parse::<Precedence>().is_err(), "{bad:?}");
        }
    }
}
