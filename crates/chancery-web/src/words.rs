//! Dates, numbers, powers and capacities as people read them.

use chancery_domain::{Capacity, Day, Precision, rules};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

/// `21 October 2031`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A day as exactly as it is known: `21 October 2031`, `October 2031`, `2031`.
pub(crate) fn dated(day: Day) -> String {
    let form = match day.precision {
        Precision::Day => "%-d %B %Y",
        Precision::Month => "%B %Y",
        Precision::Year => "%Y",
    };
    day.date.strftime(form).to_string()
}

/// `21 October 2031, 14:05`, in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M").to_string()
}

/// The day of an instant, in UTC.
pub(crate) fn day_of(at: Timestamp) -> Date {
    rules::utc_day(at)
}

/// `Today 14:05`, `Mon 20 Oct`, `20 Oct 2030`: short, for columns.
pub(crate) fn short(at: Timestamp, now: Timestamp) -> String {
    let (day, today) = (day_of(at), day_of(now));
    if day == today {
        at.strftime("Today %H:%M").to_string()
    } else if day.year() == today.year() {
        at.strftime("%a %-d %b").to_string()
    } else {
        at.strftime("%-d %b %Y").to_string()
    }
}

/// `48,519`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A sentence whose powers, such as `10^38`, are set as powers, and read as such by who hears them.
pub(crate) fn figures(sentence: &str) -> Markup {
    let mut parts = sentence.split("10^");
    let first = parts.next().unwrap_or_default();
    html! {
        (first)
        @for part in parts {
            @let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            @let (power, rest) = part.split_at(end);
            "10" span.vh { " to the power of " } sup { (power) } (rest)
        }
    }
}

/// What is said beside an office that is not held in one's own right.
pub(crate) const fn capacity(capacity: Capacity) -> Option<&'static str> {
    match capacity {
        Capacity::Substantive => None,
        Capacity::Acting => Some("acting"),
        Capacity::Charge => Some("chargé d’affaires a.i."),
        Capacity::Delegate => Some("deputy by delegation"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 48_519, 1_000_000].map(number),
            ["0", "999", "1,000", "48,519", "1,000,000"]
        );
    }

    #[test]
    fn powers_are_set_as_powers() {
        assert_eq!(
            figures("at most 1 in 10^38. It <says> 10.").into_string(),
            "at most 1 in 10<span class=\"vh\"> to the power of </span><sup>38</sup>. It &lt;says&gt; 10."
        );
        assert_eq!(figures("1 in 20").into_string(), "1 in 20");
    }

    #[test]
    fn short_instants_say_what_is_near() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2031-10-21T10:00:00Z");
        assert_eq!(short(at("2031-10-21T14:05:00Z"), now), "Today 14:05");
        assert_eq!(short(at("2031-10-20T14:05:00Z"), now), "Mon 20 Oct");
        assert_eq!(short(at("2030-10-20T14:05:00Z"), now), "20 Oct 2030");
    }
}
