//! *His 31 May speech* / *his speech of 31 May*.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.date-noun", Acceptance::Full, judged(60, 60).again(30, 30));

const NOUNS: &[&str] = &[
    "meeting",
    "letter",
    "telegram",
    "note",
    "message",
    "conversation",
    "speech",
    "statement",
    "memorandum",
    "proposal",
    "draft",
    "resolution",
    "reply",
    "talk",
    "report",
    "decision",
];

const DETERMINERS: &[&str] = &["the", "his", "her", "our", "their", "my", "your", "its", "this"];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if !DETERMINERS.contains(&view.low(i)) {
            continue;
        }
        if is_date(view, i + 1) && NOUNS.contains(&view.low(i + 3)) && closes(view, i + 4) {
            let (noun, date) = (view.word(i + 3), view.passage.slice(i + 1, i + 2));
            out.extend(view.free(CLASS, i + 1, i + 3, [format!("{noun} of {date}")]));
        }
        if NOUNS.contains(&view.low(i + 1))
            && view.low(i + 2) == "of"
            && is_date(view, i + 3)
            && closes(view, i + 5)
        {
            let (noun, date) = (view.word(i + 1), view.passage.slice(i + 3, i + 4));
            out.extend(view.free(CLASS, i + 1, i + 4, [format!("{date} {noun}")]));
        }
    }
}

/// A day and a month in either order.
fn is_date(view: &View<'_, '_>, i: usize) -> bool {
    let month = |k: usize| MONTHS.contains(&view.low(k)) && view.is_capital(k);
    let day = |k: usize| {
        view.is_number(k) && view.low(k).parse::<u8>().is_ok_and(|d| (1..=31).contains(&d))
    };
    (month(i) && day(i + 1)) || (day(i) && month(i + 1))
}

/// Not a year, a second date, a coordination or a longer compound.
fn closes(view: &View<'_, '_>, i: usize) -> bool {
    let next = view.low(i);
    let tags = view.tags(i);
    let mark =
        matches!(next, "." | ";" | ":" | ")" | "") || (next == "," && !view.is_number(i + 1));
    let function = tags.has(Tags::FUNCTION) && !matches!(next, "and" | "or" | "to" | "of");
    let verb = tags.has(Tags::VERB.with(Tags::PART)) && !tags.has(Tags::NOUN.with(Tags::ADJ));
    !view.is_capital(i) && (mark || function || verb)
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.date-noun",
            &[
                ("He read our [[May 31 letter]] at noon.", &["letter of May 31"]),
                ("He read your [[letter of 31 May]] at noon.", &["31 May letter"]),
            ],
            &[
                "He read your letter of May 31, 2032.",
                "He recalled the events of May 31.",
                "He read the letter of May 31 and June 2.",
                "He may 31 times return the letter.",
            ],
        );
    }
}
