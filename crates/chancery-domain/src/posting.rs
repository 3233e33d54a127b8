//! Postings: a person holds an office from one day to another.
//!
//! Where a day is in doubt, access is denied and candidates are counted: [`Posting::holds_at`] takes the
//! shortest interval that the days allow, [`Posting::overlaps`] the longest.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Day;
use crate::rules::utc_day;

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
    /// Deputy by delegation of the holder, for a time that is fixed beforehand.
    Delegate,
}

/// When an office is no longer held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It has not ended.
    #[default]
    Open,
    /// It has ended, on a day that nobody knows.
    Unknown,
    /// The first day on which the office is no longer held.
    On(Day),
}

impl End {
    /// The first day on which the office is no longer held, if it is known.
    #[must_use]
    pub const fn day(self) -> Option<Day> {
        match self {
            Self::On(day) => Some(day),
            Self::Open | Self::Unknown => None,
        }
    }
}

/// Why a posting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The time for which the person was posted is over.
    TermOver,
    /// The person offered to resign, and that was accepted.
    Resignation,
    /// Called back by the appointing office.
    Recall,
    /// Dismissed by the appointing office.
    Dismissal,
    /// Died in office.
    Death,
    /// Posted to another office.
    Transfer,
    /// The appointing office brought the planned end forward.
    Curtailment,
    /// The office was closed.
    Closure,
    /// Nobody knows.
    Unknown,
}

/// From when to when, as planned and in fact. The default has neither begun nor ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The day on which the office was meant to be taken up, or on which the person was appointed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_start: Option<Day>,
    /// First day, if known.
    pub start: Option<Day>,
    /// First day on which the office is meant to be no longer held, as exactly as it was said. Ends nothing.
    pub planned_end: Option<Day>,
    /// When the office was, or will be, no longer held.
    pub end: End,
    /// The instant within the last day at which access ended, when it did not end with the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Timestamp>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<EndReason>,
}

impl Term {
    /// From a day known exactly, without an end.
    #[must_use]
    pub fn from(start: Date) -> Self {
        Self { start: Some(Day::exact(start)), ..Self::default() }
    }

    /// The same until `end`, the first day on which the office is no longer held.
    #[must_use]
    pub const fn until(self, end: Date) -> Self {
        Self { end: End::On(Day::exact(end)), ..self }
    }
}

/// A person holds an office over the half-open interval `[start, end)` of days in UTC.
///
/// Guarantees: where start and end are known, the start can lie before the end; a cut lies in the day
/// before an end known exactly; a reason stands only with an end; a delegation has its end from the
/// beginning. What is unknown is kept as unknown: an unknown start, and an end on an unknown day, give
/// no access and are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posting<P, O> {
    person: P,
    office: O,
    capacity: Capacity,
    #[serde(flatten)]
    term: Term,
}

/// Why a posting cannot be as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostingError {
    /// The end is not after the start.
    #[error("the posting would end on {end}, not after it starts on {start}")]
    EndsBeforeStart {
        /// First day.
        start: Day,
        /// First day on which the office is no longer held.
        end: Day,
    },
    /// Access is cut on a day that is not the last.
    #[error(
        "access would be cut at {0}, which is not in the last day of the posting; give the day after it as the end"
    )]
    CutElsewhere(Timestamp),
    /// Something that goes on has a reason for its end.
    #[error("the posting goes on, but a reason for its end is given; give the end too")]
    ReasonWithoutEnd,
    /// A delegation for ever is an appointment.
    #[error("a delegation is for a time; give the first day on which it is over")]
    DelegationWithoutEnd,
}

impl<P, O> Posting<P, O> {
    /// A posting.
    ///
    /// # Errors
    /// When it cannot have held a single day, or breaks another guarantee of the type. An end known
    /// only to the month or year passes when the start lies within that month or year.
    pub fn new(person: P, office: O, capacity: Capacity, term: Term) -> Result<Self, PostingError> {
        if let (Some(start), End::On(end)) = (term.start, term.end)
            && end.latest() <= start.earliest()
        {
            return Err(PostingError::EndsBeforeStart { start, end });
        }
        if let Some(cut) = term.cut {
            let next = utc_day(cut).checked_add(1.day()).ok().map(Day::exact);
            if next.is_none() || term.end.day() != next {
                return Err(PostingError::CutElsewhere(cut));
            }
        }
        if term.reason.is_some() && term.end == End::Open {
            return Err(PostingError::ReasonWithoutEnd);
        }
        if capacity == Capacity::Delegate && term.end.day().is_none() {
            return Err(PostingError::DelegationWithoutEnd);
        }
        Ok(Self { person, office, capacity, term })
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

    /// From when to when.
    pub const fn term(&self) -> &Term {
        &self.term
    }

    /// First day, if known.
    pub const fn start(&self) -> Option<Day> {
        self.term.start
    }

    /// First day on which the office is meant to be no longer held.
    pub const fn planned_end(&self) -> Option<Day> {
        self.term.planned_end
    }

    /// When the office is no longer held.
    pub const fn end(&self) -> End {
        self.term.end
    }

    /// The same posting with another end.
    ///
    /// # Errors
    /// As for [`Posting::new`].
    pub fn ended(
        self,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
    ) -> Result<Self, PostingError> {
        let term = Term { end: End::On(end), cut, reason: Some(reason), ..self.term };
        Self::new(self.person, self.office, self.capacity, term)
    }

    /// Whether the office is certainly held on `day`, or on the part of it before a cut: a start known
    /// to the month or year counts from the last day it can be, an end until the first. A planned end
    /// alone ends nothing.
    pub fn holds_on(&self, day: Date) -> bool {
        self.term.start.is_some_and(|start| start.latest() <= day)
            && match self.term.end {
                End::Open => true,
                End::Unknown => false,
                End::On(end) => day < end.earliest(),
            }
    }

    /// Whether the office is certainly held at an instant. Days begin at midnight UTC; at the instant of
    /// a cut it is held no more.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.holds_on(utc_day(at)) && self.term.cut.is_none_or(|cut| at < cut)
    }

    /// Whether the office can have been held on any day of `[from, until]`: a start counts from the
    /// first day it can be, an end until the last; an unknown one sets no bound. A day with a cut counts.
    pub fn overlaps(&self, from: Date, until: Date) -> bool {
        from <= until
            && self.term.start.is_none_or(|start| start.earliest() <= until)
            && match self.term.end {
                End::Open | End::Unknown => true,
                End::On(end) => from < end.latest(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Precision;
    use jiff::civil::date;

    fn posting(term: Term) -> Posting<u8, u8> {
        Posting::new(1, 2, Capacity::Substantive, term).unwrap()
    }

    #[test]
    fn a_posting_is_half_open() {
        let p = posting(Term::from(date(2031, 7, 1)).until(date(2032, 1, 1)));
        assert!(!p.holds_on(date(2031, 6, 30)));
        assert!(p.holds_on(date(2031, 7, 1)));
        assert!(p.holds_on(date(2031, 12, 31)));
        assert!(!p.holds_on(date(2032, 1, 1)));
        assert!(p.overlaps(date(2031, 12, 31), date(2033, 1, 1)));
        assert!(!p.overlaps(date(2032, 1, 1), date(2033, 1, 1)));
    }

    #[test]
    fn what_is_unknown_gives_no_access_and_is_counted() {
        let day = date(2032, 1, 1);
        for term in [
            Term::default(),
            Term { end: End::Unknown, ..Term::from(date(2031, 7, 1)) },
            Term { end: End::On(Day::exact(date(2033, 1, 1))), ..Term::default() },
        ] {
            let p = posting(term);
            assert!(!p.holds_on(day), "{term:?}");
            assert!(p.overlaps(day, day), "{term:?}");
        }
        let planned = Term {
            planned_end: Some(Day::exact(date(2031, 8, 1))),
            ..Term::from(date(2031, 7, 1))
        };
        assert!(posting(planned).holds_on(day));
    }

    #[test]
    fn a_month_denies_at_both_edges_and_counts_at_both() {
        let month = |m| Day { date: date(2031, m, 1), precision: Precision::Month };
        let term = Term { start: Some(month(3)), end: End::On(month(6)), ..Term::default() };
        let p = posting(term);
        assert!(!p.holds_on(date(2031, 3, 30)) && p.holds_on(date(2031, 3, 31)));
        assert!(p.holds_on(date(2031, 5, 31)) && !p.holds_on(date(2031, 6, 1)));
        let may = |day| p.overlaps(day, day);
        assert!(!may(date(2031, 2, 28)) && may(date(2031, 3, 1)));
        assert!(may(date(2031, 6, 29)) && !may(date(2031, 6, 30)));
    }

    #[test]
    fn a_cut_ends_access_within_the_last_day() {
        let cut: Timestamp = "2031-12-31T15:30:00Z".parse().unwrap();
        let start = Term::from(date(2031, 7, 1));
        let day = Day::exact(date(2032, 1, 1));
        let p = posting(start).ended(day, Some(cut), EndReason::Dismissal).unwrap();
        assert!(p.holds_at("2031-12-31T15:29:59.999Z".parse().unwrap()));
        assert!(!p.holds_at(cut));
        assert!(p.overlaps(date(2031, 12, 31), date(2031, 12, 31)));
        let elsewhere =
            posting(start).ended(Day::exact(date(2032, 1, 2)), Some(cut), EndReason::Death);
        assert_eq!(elsewhere, Err(PostingError::CutElsewhere(cut)));
    }

    #[test]
    fn a_posting_that_cannot_be_is_refused() {
        let start = Term::from(date(2031, 7, 10));
        let new = |capacity, term| Posting::new(1, 2, capacity, term);
        let month = Day { date: date(2031, 7, 1), precision: Precision::Month };
        assert!(new(Capacity::Acting, Term { end: End::On(month), ..start }).is_ok());
        assert!(new(Capacity::Acting, start.until(date(2031, 7, 10))).is_err());
        let reason = Term { reason: Some(EndReason::Recall), ..start };
        assert_eq!(new(Capacity::Acting, reason), Err(PostingError::ReasonWithoutEnd));
        let without = Err(PostingError::DelegationWithoutEnd);
        assert_eq!(new(Capacity::Delegate, start), without);
        assert_eq!(new(Capacity::Delegate, Term { end: End::Unknown, ..start }), without);
        assert!(new(Capacity::Delegate, start.until(date(2031, 7, 20))).is_ok());
    }
}
