//! Days as exactly as they are known. Every day is a day in UTC.
//!
//! A day known only to the month or year stands for all days of it. Who asks must say which way doubt
//! goes: [`Day::earliest`] or [`Day::latest`].

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How exactly a day is known. A day of which nothing is known is no [`Day`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// To the day.
    Day,
    /// The month only; the day given lies in it.
    Month,
    /// The year only; the day given lies in it.
    Year,
}

/// A day and how exactly it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// A day that it can be.
    pub date: Date,
    /// How exactly it is known.
    pub precision: Precision,
}

/// A day that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no day; write 2032-09-01, or 2032-09 or 2032 where no more is known")]
pub struct DayError(String);

impl Day {
    /// A day known exactly.
    #[must_use]
    pub const fn exact(date: Date) -> Self {
        Self { date, precision: Precision::Day }
    }

    /// The first day that it can be.
    #[must_use]
    pub fn earliest(self) -> Date {
        match self.precision {
            Precision::Day => self.date,
            Precision::Month => self.date.first_of_month(),
            Precision::Year => self.date.first_of_year(),
        }
    }

    /// The last day that it can be.
    #[must_use]
    pub fn latest(self) -> Date {
        match self.precision {
            Precision::Day => self.date,
            Precision::Month => self.date.last_of_month(),
            Precision::Year => self.date.last_of_year(),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Day => write!(f, "{}", self.date),
            Precision::Month => write!(f, "{:04}-{:02}", self.date.year(), self.date.month()),
            Precision::Year => write!(f, "{:04}", self.date.year()),
        }
    }
}

impl FromStr for Day {
    type Err = DayError;

    /// Reads `2032-09-01`, `2032-09` or `2032`.
    fn from_str(text: &str) -> Result<Self, DayError> {
        let (full, precision) = match text.len() {
            4 => (format!("{text}-01-01"), Precision::Year),
            7 => (format!("{text}-01"), Precision::Month),
            _ => (text.to_owned(), Precision::Day),
        };
        let plain = full.bytes().all(|b| b.is_ascii_digit() || b == b'-') && full.len() == 10;
        let date = full.parse().ok().filter(|_| plain);
        let date = date.ok_or_else(|| DayError(text.to_owned()))?;
        Ok(Self { date, precision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_reaches_as_far_as_it_is_unknown() {
        let leap: Day = "2032-02".parse().unwrap();
        assert_eq!((leap.earliest(), leap.latest()), (date(2032, 2, 1), date(2032, 2, 29)));
        let year: Day = "2031".parse().unwrap();
        assert_eq!((year.earliest(), year.latest()), (date(2031, 1, 1), date(2031, 12, 31)));
        for text in ["2031", "2031-12", "2031-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        for text in ["", "2031-02-29", "31-12-31", "2031-13", "spring", "2031-12-31T00:00"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
