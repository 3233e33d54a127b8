//! Serials: the number that a paper gets at its release, one sequence for each office and year.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PaperKind;

/// A paper's number in its office's sequence of a year: `42 of 2032`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Serial {
    /// Year of the release in UTC.
    pub year: i16,
    /// From 1 without gaps, never given twice.
    pub number: u32,
}

impl Serial {
    /// As it stands in a paper's heading: `TELNO 42 of 2032` for a cable.
    #[must_use]
    pub fn of(self, kind: PaperKind) -> String {
        let word = if kind == PaperKind::Cable { "TELNO" } else { "No." };
        format!("{word} {self}")
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.number, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cable_has_a_telegram_number() {
        let serial = Serial { year: 2032, number: 42 };
        assert_eq!(serial.of(PaperKind::Cable), "TELNO 42 of 2032");
        assert_eq!(serial.of(PaperKind::Letter), "No. 42 of 2032");
    }
}
