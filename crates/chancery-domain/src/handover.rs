//! Succession in one office: who follows whom, after what gap, and how many hold it at a time.
//!
//! All functions take postings of one office; which office that is they do not ask.

use jiff::civil::Date;
use serde::Serialize;

use crate::rules::utc_day;
use crate::{Capacity, Day, Posting, Precision};

/// One holder follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover<'a, P, O> {
    /// Who leaves.
    pub from: &'a Posting<P, O>,
    /// Who follows.
    pub to: &'a Posting<P, O>,
    /// First day of the one who leaves.
    pub began: Date,
    /// First day on which he no longer holds the office.
    pub vacated: Date,
    /// First day of the one who follows.
    pub taken: Date,
}

impl<P, O> Handover<'_, P, O> {
    /// Days for which the office had no chief; below zero when two held it at once.
    #[must_use]
    pub fn gap(&self) -> i32 {
        (self.taken - self.vacated).get_days()
    }
}

/// The handovers in one office, by the first day of who leaves.
///
/// Two terms are a handover when one follows the other among the chiefs of the office by first day; equal
/// days keep the order in which they are given. A chief is whoever heads it in any capacity but by
/// delegation: a chargé d'affaires between two ambassadors makes two handovers. Only terms of which first
/// and last day are known to the day count; where the day of taking up is not known to the day, the day
/// of appointment stands for it.
pub fn handovers<'a, P, O>(
    postings: impl IntoIterator<Item = &'a Posting<P, O>>,
) -> Vec<Handover<'a, P, O>> {
    let mut chiefs: Vec<_> = postings
        .into_iter()
        .filter(|p| p.capacity() != Capacity::Delegate)
        .filter_map(|p| {
            let term = p.term();
            let began =
                term.start.and_then(exact).or_else(|| term.planned_start.and_then(exact))?;
            Some((began, term.end.day().and_then(exact)?, p))
        })
        .collect();
    chiefs.sort_by_key(|(began, ..)| *began);
    chiefs
        .windows(2)
        .filter_map(|pair| match pair {
            [(began, vacated, from), (taken, _, to)] => {
                let (began, vacated, taken) = (*began, *vacated, *taken);
                Some(Handover { from, to, began, vacated, taken })
            }
            _ => None,
        })
        .collect()
}

fn exact(day: Day) -> Option<Date> {
    (day.precision == Precision::Day).then_some(day.date)
}

/// How the gaps of many handovers lie, in days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gaps {
    /// Number of handovers.
    pub count: usize,
    /// One in ten is at most this (nearest rank).
    pub tenth: i32,
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// Nine in ten are at most this (nearest rank).
    pub ninetieth: i32,
    /// Handovers at which two held the office at once.
    pub overlaps: usize,
}

impl Gaps {
    /// The figures of `gaps`; `None` when there are none.
    #[must_use]
    pub fn of(mut gaps: Vec<i32>) -> Option<Self> {
        gaps.sort_unstable();
        let count = gaps.len();
        let rank =
            |tenths: usize| gaps.get((count * tenths).div_ceil(10).saturating_sub(1)).copied();
        let (low, high) = (gaps.get(count.checked_sub(1)? / 2)?, gaps.get(count / 2)?);
        Some(Self {
            count,
            tenth: rank(1)?,
            median: (f64::from(*low) + f64::from(*high)) / 2.0,
            ninetieth: rank(9)?,
            overlaps: gaps.iter().filter(|gap| **gap < 0).count(),
        })
    }
}

/// In whose care an office is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Care {
    /// Of its holder.
    Holder,
    /// Of somebody acting; there is no holder.
    Acting,
    /// Of a chargé d'affaires; there is no holder.
    Charge,
    /// Of a deputy by delegation alone.
    Delegate,
    /// Of nobody.
    Nobody,
}

/// In whose care the office certainly is on `day`. It is vacant unless that is its holder.
pub fn care<'a, P: 'a, O: 'a>(
    postings: impl IntoIterator<Item = &'a Posting<P, O>>,
    day: Date,
) -> Care {
    let held = postings.into_iter().filter(|p| p.holds_on(day));
    let care = held.map(|p| match p.capacity() {
        Capacity::Substantive => Care::Holder,
        Capacity::Acting => Care::Acting,
        Capacity::Charge => Care::Charge,
        Capacity::Delegate => Care::Delegate,
    });
    care.min().unwrap_or(Care::Nobody)
}

/// The most substantive holders that the office certainly has on one day while `new` holds it, `new`
/// among them. Whoever is cut on a day leaves the seat to who begins on it.
pub fn most_at_once<P, O>(new: &Posting<P, O>, others: &[Posting<P, O>]) -> usize {
    let seated = || others.iter().filter(|p| p.capacity() == Capacity::Substantive);
    // The number rises on first days only.
    let starts = seated().filter_map(Posting::start).chain(new.start());
    starts
        .map(Day::latest)
        .filter(|day| new.holds_on(*day))
        .map(|day| 1 + seated().filter(|p| p.holds_on(day) && !cut_on(p, day)).count())
        .max()
        .unwrap_or(0)
}

fn cut_on<P, O>(posting: &Posting<P, O>, day: Date) -> bool {
    posting.term().cut.is_some_and(|cut| utc_day(cut) == day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Term;
    use jiff::civil::date;

    fn term(capacity: Capacity, from: Date, until: Option<Date>) -> Posting<u8, u8> {
        let term = Term::from(from);
        Posting::new(1, 2, capacity, until.map_or(term, |end| term.until(end))).unwrap()
    }

    #[test]
    fn handovers_go_from_chief_to_chief() {
        let all = [
            term(Capacity::Substantive, date(2031, 1, 1), Some(date(2032, 1, 1))),
            term(Capacity::Substantive, date(2032, 5, 31), Some(date(2034, 1, 1))),
            term(Capacity::Charge, date(2032, 1, 1), Some(date(2032, 6, 1))),
            term(Capacity::Delegate, date(2031, 3, 1), Some(date(2031, 3, 8))),
            term(Capacity::Substantive, date(2034, 2, 1), None),
        ];
        let gaps: Vec<i32> = handovers(&all).iter().map(Handover::gap).collect();
        assert_eq!(gaps, [0, -1]);
        let figures = Gaps::of(gaps).unwrap();
        assert_eq!((figures.count, figures.median, figures.overlaps), (2, -0.5, 1));
        assert_eq!(Gaps::of(Vec::new()), None);
    }

    #[test]
    fn an_office_is_in_somebodys_care_or_vacant() {
        let all = [
            term(Capacity::Substantive, date(2031, 1, 1), Some(date(2032, 1, 1))),
            term(Capacity::Charge, date(2031, 12, 1), Some(date(2032, 2, 1))),
        ];
        assert_eq!(care(&all, date(2031, 12, 31)), Care::Holder);
        assert_eq!(care(&all, date(2032, 1, 1)), Care::Charge);
        assert_eq!(care(&all, date(2032, 2, 1)), Care::Nobody);
    }

    #[test]
    fn seats_are_counted_on_the_fullest_day() {
        let all = [
            term(Capacity::Substantive, date(2031, 1, 1), Some(date(2032, 1, 1))),
            term(Capacity::Substantive, date(2031, 12, 1), None),
            term(Capacity::Acting, date(2031, 1, 1), None),
        ];
        let new = |from, until| most_at_once(&term(Capacity::Substantive, from, until), &all);
        assert_eq!(new(date(2031, 6, 1), Some(date(2031, 12, 1))), 2);
        assert_eq!(new(date(2031, 6, 1), Some(date(2031, 12, 2))), 3);
        assert_eq!(new(date(2032, 1, 1), None), 2);
        assert_eq!(new(date(2030, 1, 1), Some(date(2031, 1, 1))), 1);
    }
}
