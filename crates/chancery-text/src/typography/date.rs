//! Order of dates: form 0 `14 March 2032`, form 1 `March 14, 2032`; one symbol a paper.
//!
//! A date inside a sentence takes a comma after its year in form 1 and none in form 0.

use std::ops::Range;

use crate::order::class::Class;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.date-order");
const KEY: &str = "paper:date-order";

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
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sept",
    "sep",
    "oct",
    "nov",
    "dec",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if MONTHS.contains(&view.low(i)) && view.is_capital(i) {
            out.extend(american(view, i).or_else(|| british(view, i)));
        }
    }
}

/// Text of a month token with the dot of its abbreviation, and the token after it.
fn month<'a>(view: &View<'_, 'a>, i: usize) -> (&'a str, usize) {
    let dotted = view.low(i).len() <= 4 && view.low(i + 1) == "." && view.is_number(i + 2);
    let last = if dotted { i + 1 } else { i };
    (view.passage.slice(i, last), last + 1)
}

fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1600..=2199).contains(&year))
}

/// Several days, a range or a clock time beside the date would be torn apart.
fn is_tangled(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "/" | "&" | "to" | "and" | "or" | "through" | "until" | ":")
}

/// Whether the words after the year go straight on, so that form 1 needs a closing comma.
fn goes_on(view: &View<'_, '_>, i: usize) -> bool {
    view.is_word(i) && view.low(i) != "and" && view.low(i) != "or"
}

fn american(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let (name, day_at) = month(view, i);
    let day = view.word(day_at);
    if !is_day(day) || is_day(view.before(i, 1)) {
        return None;
    }
    let year_at = day_at + 2;
    if view.low(day_at + 1) == "," && is_year(view.low(year_at)) {
        let year = view.word(year_at);
        let closing = view.low(year_at + 1) == ",";
        // A clause or name may own the comma; only a plain continuation gives it up.
        let drops = closing && drops_comma(view, i, year_at + 2);
        if is_tangled(view.low(year_at + 1)) || (!closing && goes_on(view, year_at + 1)) {
            // Written without its closing comma: keep it out in both forms.
            return (!is_tangled(view.low(year_at + 1)))
                .then(|| propose(view, view.span(i, year_at), day, name, Some(year), ("", "")))
                .flatten();
        }
        let last = if drops { year_at + 1 } else { year_at };
        let tails = if drops { ("", ",") } else { ("", "") };
        return propose(view, view.span(i, last), day, name, Some(year), tails);
    }
    if is_tangled(view.low(day_at + 1)) || is_year(view.low(day_at + 1)) || listed(view, day_at) {
        return None;
    }
    propose(view, view.span(i, day_at), day, name, None, ("", ""))
}

/// `July 5, 9 and 12`: the month governs several days.
fn listed(view: &View<'_, '_>, day_at: usize) -> bool {
    view.low(day_at + 1) == "," && is_day(view.low(day_at + 2))
}

fn drops_comma(view: &View<'_, '_>, month: usize, next: usize) -> bool {
    const CONTINUES: &[&str] = &[
        "in",
        "at",
        "on",
        "for",
        "from",
        "with",
        "by",
        "to",
        "is",
        "was",
        "are",
        "were",
        "has",
        "had",
        "will",
        "would",
        "between",
        "concerning",
        "regarding",
    ];
    let opens = view.opens_sentence(month) || view.opens_sentence(month.saturating_sub(1));
    !opens && CONTINUES.contains(&view.low(next))
}

fn british(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let day_at = i.checked_sub(1)?;
    let day = view.word(day_at);
    let (name, next) = month(view, i);
    let glued = view.passage.tokens[day_at].span.end == view.passage.tokens[i].span.start;
    if !is_day(day) || glued || is_tangled(view.before(day_at, 1)) {
        return None;
    }
    if view.before(day_at, 1) == "," && view.before(day_at, 2).chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    if is_year(view.low(next)) {
        if is_tangled(view.low(next + 1)) && !matches!(view.low(next + 1), "and" | "or" | ":") {
            return None;
        }
        let tail = if goes_on(view, next + 1) { "," } else { "" };
        let year = view.word(next);
        return propose(view, view.span(day_at, next), day, name, Some(year), ("", tail));
    }
    let end = next - 1;
    (!is_tangled(view.low(next)) || matches!(view.low(next), "and" | "or" | "to" | ":"))
        .then(|| propose(view, view.span(day_at, end), day, name, None, ("", "")))
        .flatten()
}

fn propose(
    view: &View<'_, '_>,
    span: Range<usize>,
    day: &str,
    month: &str,
    year: Option<&str>,
    tails: (&str, &str),
) -> Option<Proposal> {
    let forms = match year {
        Some(year) => vec![
            format!("{day} {month} {year}{}", tails.0),
            format!("{month} {day}, {year}{}", tails.1),
        ],
        None => vec![format!("{day} {month}"), format!("{month} {day}")],
    };
    view.consistent(CLASS, KEY, span, forms)
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn either_order() {
        check(
            super::find,
            "typography.date-order",
            &[
                ("He sailed on [[14 March 2032]].", &["March 14, 2032"]),
                ("He sailed on [[14 March 2032]] with two boats.", &["March 14, 2032,"]),
                ("On [[March 14, 2032]], he sailed.", &["14 March 2032"]),
                ("His note of [[March 14, 2032,]] was lost.", &["14 March 2032"]),
                ("Your note of [[Sept. 5]] came.", &["5 Sept."]),
                ("It came on [[5 May]], late.", &["May 5"]),
            ],
            &[
                "He may 5 times return.",
                "He sailed between March 14 and 17.",
                "They met on May 5, 9 and 12.",
                "He sailed in March 2032.",
                "On the night of 3–4 May he left.",
            ],
        );
    }
}
