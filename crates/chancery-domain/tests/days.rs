//! Postings and the calendar: no gap, no overlap, no time zone, and doubt that only ever denies access.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_domain::{Capacity, Day, End, EndReason, Posting, Precision, Term};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

/// Days of which the last of a month, leap days and the turn of the year are as frequent as all others.
fn any_date() -> impl Strategy<Value = Date> {
    let edge = (1780_i16..2200, 1_i8..=12, 0_u8..4).prop_map(|(year, month, kind)| {
        let first = date(year, month, 1);
        match kind {
            0 => first,
            1 => first.last_of_month(),
            2 => date(year, 2, 1).last_of_month(),
            _ => first.last_of_year(),
        }
    });
    let any = (0_i64..153_000).prop_map(|days| date(1780, 1, 1) + days.days());
    prop_oneof![edge, any]
}

fn any_precision() -> impl Strategy<Value = Precision> {
    prop_oneof![Just(Precision::Day), Just(Precision::Month), Just(Precision::Year)]
}

fn posting(term: Term) -> Posting<u8, u8> {
    Posting::new(1, 2, Capacity::Substantive, term).unwrap()
}

fn instant(day: Date) -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Whoever follows from the day on which the other ends holds every instant that the other does
    /// not, and none that he does.
    #[test]
    fn successive_postings_leave_no_gap_and_no_overlap(change in any_date(), before in -400_i64..400) {
        let left = posting(Term::from(date(1700, 1, 1)).until(change));
        let right = posting(Term::from(change));
        for day in [change + before.days(), change.yesterday().unwrap(), change, change.tomorrow().unwrap()] {
            prop_assert_eq!(left.holds_on(day), day < change);
            prop_assert!(left.holds_on(day) ^ right.holds_on(day), "{day}");
            prop_assert!(left.overlaps(day, day) ^ right.overlaps(day, day), "{day}");
        }
        let midnight = instant(change);
        let just_before = midnight - SignedDuration::from_nanos(1);
        prop_assert!(left.holds_at(just_before) && !right.holds_at(just_before));
        prop_assert!(!left.holds_at(midnight) && right.holds_at(midnight));
    }

    /// The same instant written in any zone, or seen on a machine in any zone, is the same instant.
    #[test]
    fn no_time_zone_matters(
        change in any_date(),
        seconds in -200_000_i64..200_000,
        minutes in -1_439_i32..1_439,
    ) {
        let at = instant(change) + SignedDuration::from_secs(seconds);
        let term = posting(Term::from(date(1700, 1, 1)).until(change));
        let offset = jiff::tz::Offset::from_seconds(60 * minutes).unwrap();
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let written = format!("{}{sign}{hours:02}:{rest:02}", offset.to_datetime(at));
        prop_assert_eq!(term.holds_at(at), term.holds_at(written.parse().unwrap()), "{}", written);
        prop_assert_eq!(term.holds_at(at), seconds < 0);
    }

    /// What is known less exactly gives no more access and counts no less.
    #[test]
    fn doubt_only_denies_and_only_counts(
        from in any_date(),
        length in 1_i64..2_000,
        start in any_precision(),
        end in any_precision(),
        at in -3_000_i64..3_000,
        window in 0_i64..500,
    ) {
        let until = from + length.days();
        let day = from + at.days();
        let exact = posting(Term::from(from).until(until));
        let vague = posting(Term {
            start: Some(Day { date: from, precision: start }),
            end: End::On(Day { date: until, precision: end }),
            ..Term::default()
        });
        let unknown = [
            posting(Term { start: None, ..*vague.term() }),
            posting(Term { end: End::Unknown, ..*vague.term() }),
        ];
        prop_assert!(exact.holds_on(day) || !vague.holds_on(day));
        let last = day + window.days();
        prop_assert!(vague.overlaps(day, last) || !exact.overlaps(day, last));
        for unknown in unknown {
            prop_assert!(vague.holds_on(day) || !unknown.holds_on(day));
            prop_assert!(unknown.overlaps(day, last) || !vague.overlaps(day, last));
        }
        prop_assert!(vague.overlaps(day, day) || !vague.holds_on(day), "access without being counted");
    }

    /// A cut takes access away from its instant on, and nothing else.
    #[test]
    fn a_cut_is_half_open_and_still_counts(last in any_date(), seconds in 0_i64..86_400, around in -5_i64..5) {
        let cut = instant(last) + SignedDuration::from_secs(seconds);
        let whole = posting(Term::from(date(1700, 1, 1)));
        let end = Day::exact(last.tomorrow().unwrap());
        let term = whole.ended(end, Some(cut), EndReason::Recall).unwrap();
        let at = cut + SignedDuration::from_nanos(around);
        prop_assert_eq!(term.holds_at(at), around < 0);
        prop_assert!(term.overlaps(last, last));
        prop_assert!(!term.overlaps(end.date, end.date));
    }
}

/// Negative control: an end taken as the last day held lets two hold the office on it.
#[test]
fn a_closed_interval_would_overlap() {
    let change = date(2032, 2, 29);
    let closed = posting(Term::from(date(2031, 1, 1)).until(change.tomorrow().unwrap()));
    let next = posting(Term::from(change));
    assert!(closed.holds_on(change) && next.holds_on(change));
}
