//! *The Greek Government* / *the Government of Greece*.

use super::class::{Class, judged};
use super::states::GOVERNMENTS;
use super::tag::Tags;
use super::view::View;
use crate::passage::Style;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.government-of", Acceptance::Full, judged(58, 60).again(30, 30));

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if matches!(view.word(i), "Government" | "Govt" | "government" | "govt") {
            out.extend(adjective_first(view, i).or_else(|| state_last(view, i)));
        }
    }
}

fn adjective_first(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let adjective = i.checked_sub(1)?;
    let (_, state) = GOVERNMENTS.iter().find(|(adj, _)| *adj == view.word(adjective))?;
    let fits = opens(view, adjective) && closes(view, i + 1);
    fits.then(|| view.free(CLASS, adjective, i, [format!("{} of {state}", view.word(i))])).flatten()
}

fn state_last(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    if view.low(i + 1) != "of" {
        return None;
    }
    let (adjective, _) = GOVERNMENTS.iter().find(|(_, state)| *state == view.word(i + 2))?;
    let fits = opens(view, i) && closes(view, i + 3);
    fits.then(|| view.free(CLASS, i, i + 2, [format!("{adjective} {}", view.word(i))])).flatten()
}

/// Nothing before the phrase ties it down; ordinary prose wants its article.
fn opens(view: &View<'_, '_>, i: usize) -> bool {
    let before = view.before(i, 1);
    let article = matches!(before, "the" | "present" | "new");
    let tied = matches!(
        before,
        "any"
            | "a"
            | "an"
            | "no"
            | "every"
            | "each"
            | "and"
            | "or"
            | "-"
            | "–"
            | "—"
            | "/"
            | "former"
            | "non"
            | "local"
    );
    let capital =
        i > 0 && view.is_capital(i - 1) && before != "the" && !view.tags(i - 1).has(Tags::FUNCTION);
    let bare = !article && view.passage.style == Style::Prose;
    !tied && !capital && !bare && !view.opens_sentence(i)
}

/// Nothing after the phrase is governed by it: no noun, no name, no coordination, no genitive.
fn closes(view: &View<'_, '_>, i: usize) -> bool {
    let next = view.low(i);
    let tags = view.tags(i);
    let mark = matches!(next, "." | "," | ";" | ":" | ")" | "");
    let function = tags.has(Tags::FUNCTION) && !matches!(next, "and" | "or" | "of");
    let verb = tags.has(Tags::VERB.with(Tags::PART)) && !tags.has(Tags::NOUN.with(Tags::ADJ));
    let listed = next == "," && matches!(view.low(i + 1), "and" | "or");
    !view.is_capital(i) && !listed && (mark || function || verb)
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.government-of",
            &[
                ("He thinks the [[Danish Government]] will agree.", &["Government of Denmark"]),
                ("He thinks the [[Government of Peru]] will agree.", &["Peruvian Government"]),
            ],
            &[
                "Any Danish Government will agree.",
                "The Danish Government officials agreed.",
                "Talks with the Government of Peru and Chile went on.",
                "He met the Danish Government’s envoy.",
                "The Government of China agreed.",
            ],
        );
    }
}
