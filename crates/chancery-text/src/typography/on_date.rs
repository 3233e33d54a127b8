//! *On* before a date or a day of the week: *called (on) March 14*, *met (on) Monday*.
//!
//! Free sites. Only after verbs and nouns that do not govern *on*, and where the date goes with them
//! and not with what follows. Before dates only outside ordinary prose.

use crate::order::class::Class;
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::passage::Style;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.on-date");

/// Words after which a bare date says when.
const BEFORE: &str = "met called arrived left departed returned announced signed held delivered \
    submitted issued sent began ended opened closed occurred adopted presented transmitted \
    convened resigned died meeting conversation talk visit session interview luncheon lunch dinner \
    held place here there him them me us Department Embassy Ambassador Minister Secretary President \
    Washington London Paris Moscow office";

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
    "jan",
    "feb",
    "aug",
    "sept",
    "oct",
    "nov",
    "dec",
];

const DAYS: &[&str] =
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len() {
        if view.is_capital(i) && DAYS.contains(&view.low(i)) {
            out.extend(at(view, i, i));
        } else if view.is_capital(i)
            && MONTHS.contains(&view.low(i))
            && view.passage.style != Style::Prose
        {
            let day = i + 1 + usize::from(view.low(i + 1) == ".");
            if is_day(view.low(day)) {
                out.extend(at(view, i, day));
            } else if i > 1 && is_day(view.before(i, 1)) {
                out.extend(at(view, i - 1, i));
            }
        }
    }
}

fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

/// A date that stands at tokens `first..=last`.
fn at(view: &View<'_, '_>, first: usize, last: usize) -> Option<Proposal> {
    let on = view.before(first, 1) == "on";
    let before = first.checked_sub(1 + usize::from(on))?;
    let known = BEFORE.split_ascii_whitespace().any(|word| word == view.word(before));
    // "His meeting with him", yes; "a May 3 meeting" and "May 3 to 5", no.
    let year =
        view.low(last + 1) == "," && view.word(last + 2).len() == 4 && view.is_number(last + 2);
    let next = if year { last + 3 } else { last + 1 };
    let tags = view.tags(next);
    let closes = view.is_mark(next)
        && !matches!(view.low(next), "-" | "–" | "—" | "/" | "&" | "’" | "'")
        && !(view.low(next) == "," && view.is_number(next + 1))
        || tags.has(Tags::PREP.with(Tags::SUBORD).with(Tags::PRO))
            && !matches!(view.low(next), "to" | "until")
        || matches!(view.low(next), "and" | "but")
            && !view.is_number(next + 1)
            && !view.is_capital(next + 1);
    let reference = (before.saturating_sub(1)..before).any(|k| view.low(k) == "(");
    if !known || !closes || reference || view.opens_sentence(before) {
        return None;
    }
    let word = view.word(before);
    if on {
        view.free(CLASS, before, first - 1, [word.to_owned()])
    } else {
        view.free(CLASS, before, before, [format!("{word} on")])
    }
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn days() {
        check(
            super::find,
            "typography.on-date",
            &[
                ("The envoy [[arrived on]] Monday with two clerks.", &["arrived"]),
                ("The envoy [[arrived]] Monday.", &["arrived on"]),
            ],
            &[
                "They agreed on Monday as the day.",
                "They held Monday talks.",
                "Monday he left.",
                "The envoy arrived on 3 May.",
            ],
        );
    }
}
