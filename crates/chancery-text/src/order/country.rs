//! Two states, capitals or peoples side by side: *Greece and Turkey* / *Turkey and Greece*.
//!
//! The house's own country keeps its place unless the drafter says otherwise.

use super::class::{Class, judged};
use super::states::{OWN, Proper, proper};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const PAIR: Class =
    Class::order("order.country-pair", Acceptance::Core, judged(59, 60).again(0, 0));
pub(super) const OWN_PAIR: Class =
    Class::order("order.own-country", Acceptance::Ask, judged(19, 40).again(5, 30));

/// A name found in the text: its tokens and what it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) kind: Proper,
}

/// The listed name that starts at token `i`, written with a capital.
pub(super) fn name_at(view: &View<'_, '_>, i: usize) -> Option<Name> {
    if !view.is_capital(i) {
        return None;
    }
    let (length, kind) = proper(view.low(i), view.low(i + 1))?;
    Some(Name { first: i, last: i + length - 1, kind })
}

pub(super) fn is_own(view: &View<'_, '_>, name: Name) -> bool {
    OWN.contains(&view.low(name.first)) || view.low(name.first) == "united"
}

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        let Some(a) = name_at(view, i) else { continue };
        if !matches!(view.low(a.last + 1), "and" | "or") {
            continue;
        }
        let Some(b) = name_at(view, a.last + 2) else { continue };
        if a.kind != b.kind
            || view.low(a.first) == view.low(b.first)
            || !opens(view, a)
            || !closes(view, b)
            || has_counterpart(view, a.first, b.last)
            || view.order_matters(i)
        {
            continue;
        }
        let own = is_own(view, a) || is_own(view, b);
        let swapped = format!(
            "{} {} {}",
            view.passage.slice(b.first, b.last),
            view.word(a.last + 1),
            view.passage.slice(a.first, a.last)
        );
        out.extend(view.free(if own { OWN_PAIR } else { PAIR }, a.first, b.last, [swapped]));
    }
}

/// How far from a pair another one may stand that answers it one by one.
const COUNTERPART: usize = 6;

/// *The Danish and Irish envoys (Holm and Byrne)*, *Danes and Poles in Oslo and Lima*: who is whose hangs on
/// the order of both pairs.
fn has_counterpart(view: &View<'_, '_>, first: usize, last: usize) -> bool {
    let sentence = view.sentence(first);
    let (from, to) = (first.saturating_sub(COUNTERPART), last + 1 + COUNTERPART);
    (from.max(sentence.start) + 1..to.min(sentence.end)).any(|k| {
        let outside = k < first || k > last;
        let before = k.saturating_sub(2).max(sentence.start)..k;
        outside
            && view.low(k) == "and"
            && view.is_capital(k + 1)
            && before.rev().any(|i| view.is_capital(i))
    })
}

/// Nothing before the first name belongs to it alone.
pub(super) fn opens(view: &View<'_, '_>, name: Name) -> bool {
    let i = name.first;
    let before = view.before(i, 1);
    let tags = view.tags_before(i, 1);
    let article = matches!(before, "the" | "a" | "an" | "any" | "every" | "each" | "this" | "that");
    let article_fits = !article || (name.kind == Proper::Adjective && before == "the");
    if i == 0 || view.sentence(i).start == i {
        return true;
    }
    if view.is_mark(i - 1) {
        // A comma after another name makes a longer list.
        return matches!(before, "." | "(" | ";" | ":")
            || (before == "," && (i < 2 || !view.is_capital(i - 2)));
    }
    let plain_capital = !view.is_capital(i - 1) || tags.has(Tags::FUNCTION);
    let modified = tags.has(Tags::NUM) || (tags.has(Tags::ADJ) && !tags.has(Tags::FUNCTION));
    article_fits
        && plain_capital
        && !modified
        && !is_role(before)
        && !matches!(before, "and" | "or")
}

/// A role or office right before a name belongs to that name.
fn is_role(word: &str) -> bool {
    super::frozen::is_rank(word)
        || matches!(word, "government" | "govt" | "embassy" | "north" | "south")
}

/// Nothing after the last name belongs to it alone.
pub(super) fn closes(view: &View<'_, '_>, name: Name) -> bool {
    let i = name.last + 1;
    let next = view.low(i);
    let tags = view.tags(i);
    if matches!(next, "and" | "or" | "-" | "–" | "—" | "/" | "’" | "'" | "(" | "[") {
        return false;
    }
    if next == "," && (matches!(view.low(i + 1), "and" | "or") || view.is_capital(i + 1)) {
        return false;
    }
    match name.kind {
        Proper::Adjective => {
            let place = matches!(next, "ocean" | "sea" | "channel" | "islands" | "union" | "canal");
            !place
                && (view.is_word(i) || matches!(next, "." | "," | ";"))
                && !next.chars().next().is_some_and(|c| c.is_ascii_digit())
        }
        Proper::State | Proper::City | Proper::People => {
            !view.is_capital(i)
                && (view.is_mark(i)
                    || tags.has(Tags::FUNCTION)
                    || (tags.has(Tags::VERB) && !tags.has(Tags::NOUN))
                    || tags.has(Tags::PART))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn states_and_peoples() {
        check(
            super::find,
            "order.country-pair",
            &[
                ("Talks between [[Norway and Peru]] went on.", &["Peru and Norway"]),
                ("The [[Danish and Irish]] envoys left.", &["Irish and Danish"]),
                ("He flew to [[Saudi Arabia or Kenya]].", &["Kenya or Saudi Arabia"]),
                ("[[Poles and Danes]] were invited.", &["Danes and Poles"]),
            ],
            &[
                "The Netherlands and Peru signed.",
                "Neutral Danish and Irish ships sailed.",
                "Western Korea and Peru signed Norway and Peru’s paper.",
                "The Soviets and Soviet claims were heard.",
                "Norway, Peru and Chile signed.",
                "Norway and Peru signed; the former paid.",
                "Norway and Peru ships sailed.",
                "The Danish and Irish envoys (Holm and Mary Byrne) left.",
                "Danes and Poles in Oslo and Lima were told.",
            ],
        );
    }

    #[test]
    fn own_country_is_asked() {
        check(
            super::find,
            "order.own-country",
            &[("Both [[US and Norway]] agreed.", &["Norway and US"])],
            &["Both Peru and Norway agreed."],
        );
    }
}
