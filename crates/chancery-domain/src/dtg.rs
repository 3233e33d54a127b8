//! Date-time groups: `170356Z JUL 03`, the way in which messages give an instant.
//!
//! Day, hour and minute (seconds may follow), a letter for the zone, month, year. Z is UTC; A to M
//! without J lie 1 to 12 hours east of it, N to Y 1 to 12 hours west; a star adds 30 minutes to the
//! offset. Years of two figures lie from 1962 to 2061.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Longest text that is looked at, in bytes.
const MAX_DTG: usize = 40;
/// The two-figure year from which on the century is the twentieth.
const PIVOT: i16 = 62;
const MONTHS: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];

/// An instant as a date-time group gives it, with its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dtg {
    at: Timestamp,
    zone: Zone,
}

/// A lettered zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Zone {
    letter: char,
    star: bool,
}

/// Why a text is no date-time group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DtgError {
    /// Not the form at all.
    #[error("not a date-time group; write it like 170356Z JUL 03")]
    Form,
    /// Hours go from 00 to 23.
    #[error("there is no hour {0}; hours go from 00 to 23")]
    Hour(i8),
    /// Minutes go from 00 to 59.
    #[error("there is no minute {0}; minutes go from 00 to 59")]
    Minute(i8),
    /// Seconds go from 00 to 59.
    #[error("there is no second {0}; seconds go from 00 to 59")]
    Second(i8),
    /// J is no zone.
    #[error("there is no zone {0}; zones are A to Z without J")]
    Zone(char),
    /// Not a month.
    #[error("there is no month {0}; write JAN, FEB, ... DEC")]
    Month(String),
    /// The month has no such day.
    #[error("there is no day {day} in month {month} of {year}")]
    Day {
        /// Day of the month.
        day: i8,
        /// Month, from 1.
        month: i8,
        /// Year.
        year: i16,
    },
}

impl Dtg {
    /// The group for an instant in UTC.
    #[must_use]
    pub const fn utc(at: Timestamp) -> Self {
        Self { at, zone: Zone { letter: 'Z', star: false } }
    }

    /// The instant.
    #[must_use]
    pub const fn instant(self) -> Timestamp {
        self.at
    }
}

impl Zone {
    fn offset(self) -> Result<Offset, DtgError> {
        let bad = DtgError::Zone(self.letter);
        let hours: i32 = match self.letter {
            'Z' => 0,
            letter @ 'A'..='I' => letter as i32 - 'A' as i32 + 1,
            letter @ 'K'..='M' => letter as i32 - 'K' as i32 + 10,
            letter @ 'N'..='Y' => 'N' as i32 - letter as i32 - 1,
            _ => return Err(bad),
        };
        let half = if self.star { 1800 } else { 0 };
        Offset::from_seconds(hours * 3600 + half).map_err(|_| bad)
    }
}

impl FromStr for Dtg {
    type Err = DtgError;

    fn from_str(text: &str) -> Result<Self, DtgError> {
        if text.len() > MAX_DTG || !text.is_ascii() {
            return Err(DtgError::Form);
        }
        let upper = text.trim().to_ascii_uppercase();
        let mut rest = Rest(&upper);
        let day = rest.two()?;
        rest.blanks();
        let (hour, minute) = (rest.two()?, rest.two()?);
        let second = if rest.0.starts_with(|c: char| c.is_ascii_digit()) { rest.two()? } else { 0 };
        let letter = rest.0.chars().next().filter(char::is_ascii_alphabetic);
        let letter = letter.ok_or(DtgError::Form)?;
        rest.0 = &rest.0[1..];
        let star = rest.0.starts_with('*');
        rest.0 = rest.0.trim_start_matches('*');
        if upper.matches('*').count() > 1 {
            return Err(DtgError::Form);
        }
        rest.blanks();
        let word = rest.word();
        if word.is_empty() {
            return Err(DtgError::Form);
        }
        rest.blanks();
        let year = rest.year()?;
        let month = MONTHS.iter().position(|m| *m == word || m[..3] == *word);
        let month = month.ok_or_else(|| DtgError::Month(word.to_owned()))?;
        let month = i8::try_from(month + 1).map_err(|_| DtgError::Form)?;
        if hour > 23 {
            return Err(DtgError::Hour(hour));
        }
        if minute > 59 {
            return Err(DtgError::Minute(minute));
        }
        if second > 59 {
            return Err(DtgError::Second(second));
        }
        let zone = Zone { letter, star };
        let offset = zone.offset()?;
        let date = Date::new(year, month, day).map_err(|_| DtgError::Day { day, month, year })?;
        let at = offset.to_timestamp(date.at(hour, minute, second, 0));
        Ok(Self { at: at.map_err(|_| DtgError::Form)?, zone })
    }
}

/// What is left to read; ASCII.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn blanks(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// Exactly two figures.
    fn two(&mut self) -> Result<i8, DtgError> {
        let (figures, rest) = self.0.split_at_checked(2).ok_or(DtgError::Form)?;
        if !figures.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DtgError::Form);
        }
        self.0 = rest;
        figures.parse().map_err(|_| DtgError::Form)
    }

    fn word(&mut self) -> &'a str {
        let end = self.0.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    /// Two or four figures and nothing after them.
    fn year(&mut self) -> Result<i16, DtgError> {
        if !self.0.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DtgError::Form);
        }
        let year: i16 = self.0.parse().map_err(|_| DtgError::Form)?;
        match self.0.len() {
            2 if year >= PIVOT => Ok(1900 + year),
            2 => Ok(2000 + year),
            4 => Ok(year),
            _ => Err(DtgError::Form),
        }
    }
}

impl fmt::Display for Dtg {
    /// To the minute. Years outside 1962 to 2061 have four figures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.zone.offset().map_err(|_| fmt::Error)?;
        let local = offset.to_datetime(self.at);
        let month = usize::try_from(local.month() - 1).ok().and_then(|m| MONTHS.get(m));
        let month = month.map_or("", |m| &m[..3]);
        let star = if self.zone.star { "*" } else { "" };
        let (day, hour, minute) = (local.day(), local.hour(), local.minute());
        write!(f, "{day:02}{hour:02}{minute:02}{}{star} {month} ", self.zone.letter)?;
        match local.year() {
            year @ 1962..=2061 => write!(f, "{:02}", year.rem_euclid(100)),
            year => write!(f, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same_minute() {
        for text in ["170356Z JUL 03", "041558D* SEP 10", "110834R FEB 19", "010000Z JAN 1950"] {
            let dtg: Dtg = text.parse().unwrap();
            assert_eq!(dtg.to_string(), text);
        }
        let at: Timestamp = "2032-02-29T23:59:59Z".parse().unwrap();
        assert_eq!(Dtg::utc(at).to_string(), "292359Z FEB 32");
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        let refused = |text: &str| text.parse::<Dtg>().unwrap_err();
        assert_eq!(refused("152400Z MAR 15"), DtgError::Hour(24));
        assert_eq!(refused("151460Z MAR 15"), DtgError::Minute(60));
        assert_eq!(refused("15141260Z MAR 15"), DtgError::Second(60));
        assert_eq!(refused("151412J MAR 15"), DtgError::Zone('J'));
        assert_eq!(refused("151412Z MRT 15"), DtgError::Month("MRT".into()));
        assert_eq!(refused("290000Z FEB 23"), DtgError::Day { day: 29, month: 2, year: 2023 });
        for bad in ["", "soon", "151412Z", "151412Z MAR", "151412Z MAR 015", "151412Z MAR 15 x"] {
            assert_eq!(refused(bad), DtgError::Form, "{bad:?}");
        }
        for bad in ["151412Z** MAR 15", "１５1412Z MAR 15", "1 51412Z MAR 15", "151412 MAR 15"] {
            assert!(bad.parse::<Dtg>().is_err(), "{bad:?}");
        }
    }
}
