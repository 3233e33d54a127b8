//! Days as numbers and instants as milliseconds, both counted from 1970 in UTC. No library is asked.

pub(crate) const DAY: i64 = 86_400_000;

/// A day as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Day(i64),
    Month(i64, i64),
    Year(i64),
}

impl Known {
    pub(crate) const fn earliest(self) -> i64 {
        match self {
            Self::Day(day) => day,
            Self::Month(year, month) => number(year, month, 1),
            Self::Year(year) => number(year, 1, 1),
        }
    }

    pub(crate) const fn latest(self) -> i64 {
        match self {
            Self::Day(day) => day,
            Self::Month(year, 12) | Self::Year(year) => number(year + 1, 1, 1) - 1,
            Self::Month(year, month) => number(year, month + 1, 1) - 1,
        }
    }
}

/// The number of a day. Years are counted from March, so that a leap day closes its year.
pub(crate) const fn number(year: i64, month: i64, day: i64) -> i64 {
    let years = if month > 2 { year } else { year - 1 };
    let months = (month + 9) % 12;
    let leaps = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    // 719 468 days lie between 1 March of the year 0 and 1 January 1970.
    365 * years + leaps + (153 * months + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day of a number, by counting.
pub(crate) fn civil(day: i64) -> (i64, i64, i64) {
    let near = 1970 + day.div_euclid(365);
    let year = (near - 3..=near + 1).rfind(|year| number(*year, 1, 1) <= day).expect("a year");
    let month = (1..=12).rfind(|month| number(year, *month, 1) <= day).expect("a month");
    (year, month, day - number(year, month, 1) + 1)
}

#[test]
fn days_are_numbered_without_gaps() {
    assert_eq!(number(1970, 1, 1), 0);
    assert_eq!(number(2000, 2, 29), 11_016);
    assert_eq!(number(1969, 12, 31), -1);
    assert_eq!(Known::Month(2032, 2).latest(), number(2032, 2, 29));
    assert_eq!(Known::Month(2031, 12).latest() + 1, number(2032, 1, 1));
    assert_eq!(Known::Year(1900).latest() - Known::Year(1900).earliest(), 364);
    let mut last = civil(-30_000);
    for day in -29_999..30_000 {
        let next = civil(day);
        assert!(next > last, "{next:?}");
        assert_eq!(number(next.0, next.1, next.2), day);
        last = next;
    }
}
