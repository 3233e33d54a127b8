//! Postings: a person holds an office from one day to another.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rules::utc_day;

/// How exactly a day is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// To the day.
    Day,
    /// The month only; the day given is its first.
    Month,
    /// The year only; the day given is its first.
    Year,
}

/// A day and how exactly it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The earliest day it can be.
    pub date: Date,
    /// How exactly it is known.
    pub precision: Precision,
}

impl Day {
    /// A day known exactly.
    #[must_use]
    pub const fn exact(date: Date) -> Self {
        Self { date, precision: Precision::Day }
    }
}

/// In what capacity an office is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Appointed to the office.
    Substantive,
    /// Doing the office's work while its holder is away or not yet appointed.
    Acting,
    /// Chargé d'affaires ad interim: keeps a mission while it has no head.
    Charge,
}

/// A person holds an office over the half-open interval `[start, end)`.
///
/// Guarantee: where start and end are both known, start is before end. A start that is unknown is
/// kept as unknown and gives no access; an end that is unknown leaves the posting open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting<P, O> {
    person: P,
    office: O,
    capacity: Capacity,
    start: Option<Day>,
    planned_end: Option<Date>,
    end: Option<Day>,
}

/// Why a posting cannot be as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostingError {
    /// The end is not after the start.
    #[error("the posting would end on {end}, not after it starts on {start}")]
    EndsBeforeStart {
        /// First day.
        start: Date,
        /// First day on which the office is no longer held.
        end: Date,
    },
}

impl<P, O> Posting<P, O> {
    /// A posting; `planned_end` and `end` are the first days on which the office is no longer held.
    ///
    /// # Errors
    /// When it would end before or on the day it starts. An end known only to the month or year
    /// passes when the start lies within that month or year.
    pub fn new(
        person: P,
        office: O,
        capacity: Capacity,
        start: Option<Day>,
        planned_end: Option<Date>,
        end: Option<Day>,
    ) -> Result<Self, PostingError> {
        if let (Some(start), Some(end)) = (start, end)
            && latest(end) <= start.date
        {
            return Err(PostingError::EndsBeforeStart { start: start.date, end: end.date });
        }
        Ok(Self { person, office, capacity, start, planned_end, end })
    }

    /// Who holds the office.
    pub const fn person(&self) -> &P {
        &self.person
    }

    /// The office held.
    pub const fn office(&self) -> &O {
        &self.office
    }

    /// In what capacity.
    pub const fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// First day, if known.
    pub const fn start(&self) -> Option<Day> {
        self.start
    }

    /// First day on which the office is meant to be no longer held.
    pub const fn planned_end(&self) -> Option<Date> {
        self.planned_end
    }

    /// First day on which the office was in fact no longer held.
    pub const fn end(&self) -> Option<Day> {
        self.end
    }

    /// Whether the office is held on `day`. A planned end alone ends nothing.
    pub fn holds_on(&self, day: Date) -> bool {
        self.start.is_some_and(|start| start.date <= day)
            && self.end.is_none_or(|end| day < end.date)
    }

    /// Whether the office is held at an instant. Days begin at midnight UTC.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.holds_on(utc_day(at))
    }

    /// Whether the office is held on any day of `[from, until]`.
    pub fn overlaps(&self, from: Date, until: Date) -> bool {
        self.start.is_some_and(|start| start.date <= until)
            && self.end.is_none_or(|end| from < end.date)
    }
}

/// The last day that a day given to the month or year can be.
fn latest(day: Day) -> Date {
    match day.precision {
        Precision::Day => day.date,
        Precision::Month => day.date.last_of_month(),
        Precision::Year => day.date.last_of_year(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_posting_is_half_open() {
        let start = Some(Day::exact(date(2031, 7, 1)));
        let end = Some(Day::exact(date(2032, 1, 1)));
        let p = Posting::new("a", "o", Capacity::Substantive, start, None, end).unwrap();
        assert!(!p.holds_on(date(2031, 6, 30)));
        assert!(p.holds_on(date(2031, 7, 1)));
        assert!(p.holds_on(date(2031, 12, 31)));
        assert!(!p.holds_on(date(2032, 1, 1)));
        assert!(p.overlaps(date(2031, 12, 31), date(2033, 1, 1)));
        assert!(!p.overlaps(date(2032, 1, 1), date(2033, 1, 1)));
    }

    #[test]
    fn an_unknown_start_gives_no_access_and_a_planned_end_takes_none() {
        let p = Posting::new("a", "o", Capacity::Substantive, None, None, None).unwrap();
        assert!(!p.holds_on(date(2032, 1, 1)));
        let start = Some(Day::exact(date(2031, 7, 1)));
        let p =
            Posting::new("a", "o", Capacity::Acting, start, Some(date(2031, 8, 1)), None).unwrap();
        assert!(p.holds_on(date(2032, 1, 1)));
    }

    #[test]
    fn a_posting_cannot_end_before_it_starts() {
        let start = Some(Day::exact(date(2031, 7, 10)));
        let month = Day { date: date(2031, 7, 1), precision: Precision::Month };
        assert!(Posting::new(1, 2, Capacity::Acting, start, None, Some(month)).is_ok());
        let same = Some(Day::exact(date(2031, 7, 10)));
        assert!(Posting::new(1, 2, Capacity::Acting, start, None, same).is_err());
    }
}
