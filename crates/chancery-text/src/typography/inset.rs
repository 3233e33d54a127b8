//! Commas around an adverb inside a clause: *we(,) therefore(,) believe*.
//!
//! Free sites, both commas or none. Only adverbs that good prose writes both ways, away from other
//! commas.

use crate::order::class::Class;
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.inset-commas");

/// May take commas and may lose them.
const EITHER: &[&[&str]] = &[
    &["therefore"],
    &["accordingly"],
    &["consequently"],
    &["nevertheless"],
    &["nonetheless"],
    &["of", "course"],
    &["in", "fact"],
    &["in", "turn"],
];

/// May lose their commas, but look odd when they take them.
const LOSING: &[&[&str]] = &[
    &["indeed"],
    &["thus"],
    &["naturally"],
    &["obviously"],
    &["presumably"],
    &["apparently"],
    &["perhaps"],
    &["in", "effect"],
    &["in", "general"],
    &["at", "present"],
    &["undoubtedly"],
    &["evidently"],
    &["generally"],
    &["clearly"],
    &["certainly"],
    &["probably"],
];

/// Tokens on either side that must be free of other commas before two more are put in.
const APART: usize = 4;

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len().saturating_sub(1) {
        let fits = |phrases: &[&[&str]]| {
            let phrase = phrases.iter().find(|p| {
                p.iter()
                    .enumerate()
                    .all(|(k, word)| view.low(i + k) == *word && !view.is_capital(i + k))
            });
            phrase.map(|p| i + p.len() - 1)
        };
        if view.low(i - 1) == "," {
            out.extend(fits(EITHER).or_else(|| fits(LOSING)).and_then(|last| drop(view, i, last)));
        } else {
            out.extend(fits(EITHER).and_then(|last| add(view, i, last)));
        }
    }
}

fn drop(view: &View<'_, '_>, first: usize, last: usize) -> Option<Proposal> {
    let before = first.checked_sub(2)?;
    if view.low(last + 1) != "," || view.is_mark(before) || view.is_mark(last + 2) {
        return None;
    }
    // Between two items of a list, or before a relative clause, the commas have other work too.
    if view.tags(last + 2).has(Tags::SUBORD.with(Tags::CONJ))
        || matches!(view.low(last + 2), "who" | "which" | "that" | "not")
        || matches!(view.low(before), "however" | "not")
    {
        return None;
    }
    let verbal = |i: usize| {
        view.tags(i).has(Tags::AUX.with(Tags::MODAL).with(Tags::VERB).with(Tags::PART))
            || matches!(view.low(i), "be" | "been" | "and" | "that" | "but")
    };
    (verbal(before) || verbal(last + 2))
        .then(|| toggle(view, before, last + 1, &words(view, first, last)))
        .flatten()
}

fn add(view: &View<'_, '_>, first: usize, last: usize) -> Option<Proposal> {
    let before = first - 1;
    let crowded = (first.saturating_sub(APART)..first)
        .chain(last + 1..=last + APART)
        .any(|k| matches!(view.low(k), "," | "(" | ")" | "“" | "”"));
    let (left, right) = (view.tags(before), view.tags(last + 1));
    let verb = Tags::AUX.with(Tags::MODAL).with(Tags::VERB);
    if crowded
        || view.is_mark(before)
        || view.is_mark(last + 1)
        || view.opens_sentence(before)
            && left.has(Tags::FUNCTION)
            && !left.has(Tags::PRO.with(Tags::DET))
        || matches!(view.low(before), "not" | "is" | "only" | "than" | "as" | "or")
        || matches!(view.low(last + 1), "not" | "of" | "that" | "no")
    {
        return None;
    }
    // Between subject and verb, or after an auxiliary before what it helps.
    let between = left.is_nounish() || left.has(Tags::PRO);
    let fits = between && right.has(verb) && !right.has(Tags::PREP)
        || left.has(Tags::AUX.with(Tags::MODAL))
            && right.has(Tags::PART.with(Tags::VERB).with(Tags::AUX));
    fits.then(|| toggle(view, before, last, &words(view, first, last))).flatten()
}

fn words(view: &View<'_, '_>, first: usize, last: usize) -> String {
    view.passage.slice(first, last).to_owned()
}

/// The commas from the end of token `before` to the end of token `end` taken out or put in.
fn toggle(view: &View<'_, '_>, before: usize, end: usize, words: &str) -> Option<Proposal> {
    let tokens = &view.passage.tokens;
    let span = tokens[before].span.end..tokens[end].span.end;
    let now = view.passage.text.get(span.clone())?.to_owned();
    let (bare, inset) = (format!(" {words}"), format!(", {words},"));
    let other = if now == bare {
        inset
    } else if now == inset {
        bare
    } else {
        return None;
    };
    view.over(CLASS, span, [now, other])
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn insets() {
        check(
            super::find,
            "typography.inset-commas",
            &[
                ("We[[, therefore,]] believe that the port will close.", &[" therefore"]),
                ("We[[ therefore]] believe that the port will close.", &[", therefore,"]),
                ("The port is[[, of course,]] closed.", &[" of course"]),
                ("It has[[ in fact]] closed for good.", &[", in fact,"]),
            ],
            &[
                "Therefore, we left.",
                "The port, in fact the whole town, was closed.",
                "He is not therefore closed to reason.",
                "The port was closed, perhaps for good.",
                "The port was old and therefore small.",
            ],
        );
    }
}
