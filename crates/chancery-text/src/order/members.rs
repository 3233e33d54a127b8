//! *Cabinet members* / *members of the Cabinet*.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::passage::Style;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.members-of", Acceptance::Full, judged(29, 30).again(30, 30));

const PERSONS: &[&str] = &["members", "officials", "officers", "representatives"];

const BODIES: &[&str] = &[
    "Cabinet",
    "Commission",
    "Committee",
    "Council",
    "Embassy",
    "Secretariat",
    "Delegation",
    "Department",
    "Ministry",
    "Mission",
    "Board",
    "Assembly",
    "Consulate",
    "Presidium",
    "Senate",
    "Bank",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if PERSONS.contains(&view.low(i)) && !view.is_capital(i) {
            out.extend(body_first(view, i).or_else(|| body_last(view, i)));
        }
    }
}

fn article(view: &View<'_, '_>) -> &'static str {
    if view.passage.style == Style::Telegraphic { "" } else { "the " }
}

fn body_first(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let body = i.checked_sub(1)?;
    if !BODIES.contains(&view.word(body)) || !opens(view, body) || !closes(view, i + 1) {
        return None;
    }
    let other = format!("{} of {}{}", view.word(i), article(view), view.word(body));
    view.free(CLASS, body, i, [other])
}

fn body_last(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    if view.low(i + 1) != "of" {
        return None;
    }
    let with_article = view.low(i + 2) == "the";
    // An article that the other form could not give back would change on the way.
    if with_article == article(view).is_empty() {
        return None;
    }
    let body = i + 2 + usize::from(with_article);
    if !BODIES.contains(&view.word(body)) || !opens(view, i) || !closes(view, body + 1) {
        return None;
    }
    view.free(CLASS, i, body, [format!("{} {}", view.word(body), view.word(i))])
}

fn opens(view: &View<'_, '_>, i: usize) -> bool {
    let before = view.before(i, 1);
    let capital = i > 0 && view.is_capital(i - 1) && !view.tags(i - 1).has(Tags::FUNCTION);
    let tied =
        matches!(before, "of" | "and" | "or" | "-" | "–" | "—" | "/" | "’s" | "every" | "a" | "an");
    !tied && !capital && !view.opens_sentence(i) && !view.before(i, 1).ends_with("’s")
}

fn closes(view: &View<'_, '_>, i: usize) -> bool {
    let next = view.low(i);
    let tags = view.tags(i);
    let mark = matches!(next, "." | ";" | ":" | ")" | "")
        || (next == "," && !matches!(view.low(i + 1), "and" | "or") && !view.is_capital(i + 1));
    let function = tags.has(Tags::FUNCTION)
        && !matches!(next, "and" | "or" | "of" | "for" | "on" | "who" | "whose");
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
            "order.members-of",
            &[
                ("He asked two [[Cabinet members]] to stay.", &["members of the Cabinet"]),
                ("He asked some [[members of the Senate]] to stay.", &["Senate members"]),
            ],
            &[
                "He asked the staff of Cabinet members to stay.",
                "He asked members of the Cabinet and Senate to stay.",
                "He asked Security Council members to stay.",
                "He asked members of the Council of Trade to stay.",
            ],
        );
    }
}
