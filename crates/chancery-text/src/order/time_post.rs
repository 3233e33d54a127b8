//! *Orlan told us today that* / *Today Orlan told us that*.

use super::class::{Class, judged};
use super::subject::{Subject, subject_at};
use super::tag::Tags;
use super::view::{View, lower_first, upper_first};
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.time-post", Acceptance::Full, judged(67, 67).again(10, 10));

/// Times that may open a sentence or follow the verb.
const TIMES: &[&[&str]] = &[
    &["today"],
    &["yesterday"],
    &["this", "morning"],
    &["this", "afternoon"],
    &["this", "evening"],
    &["last", "night"],
    &["yesterday", "morning"],
    &["yesterday", "afternoon"],
    &["yesterday", "evening"],
];

/// Verbs after which the time belongs to the verb, not to what was said.
const VERBS: &[&str] = &["told", "informed", "saw", "met", "advised", "handed", "assured"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if view.opens_sentence(i) && view.is_capital(i) {
            out.extend(to_front(view, i).or_else(|| to_back(view, i)));
        }
    }
}

fn time_at(view: &View<'_, '_>, i: usize) -> Option<usize> {
    TIMES
        .iter()
        .filter(|words| words.iter().enumerate().all(|(k, word)| view.low(i + k) == *word))
        .map(|words| words.len())
        .max()
}

/// Verb and object behind a subject: the last token of `told the clerk`.
fn predicate(view: &View<'_, '_>, subject: Subject) -> Option<usize> {
    let verb = subject.last + 1;
    if !VERBS.contains(&view.low(verb)) {
        return None;
    }
    let object = verb + 1;
    if matches!(view.low(object), "me" | "us" | "him" | "her" | "them") {
        return Some(object);
    }
    let names = (object..object + 2).take_while(|&i| {
        view.is_word(i)
            && view.is_capital(i)
            && view.tags(i).has(Tags::NAME)
            && time_at(view, i).is_none()
    });
    names.last()
}

fn goes_on(view: &View<'_, '_>, i: usize) -> bool {
    matches!(view.low(i), "that" | "to" | "at" | "with" | "for" | "and")
}

fn to_front(view: &View<'_, '_>, first: usize) -> Option<Proposal> {
    let subject = subject_at(view, first, false)?;
    let end = predicate(view, subject)?;
    let length = time_at(view, end + 1)?;
    let last = end + length;
    if !goes_on(view, last + 1) {
        return None;
    }
    let time = upper_first(view.passage.slice(end + 1, last));
    let head = view.inside(first)?;
    let rest =
        &view.passage.text[view.passage.tokens[first].span.end..view.passage.tokens[end].span.end];
    view.free(CLASS, first, last, [format!("{time} {head}{rest}")])
}

fn to_back(view: &View<'_, '_>, first: usize) -> Option<Proposal> {
    let length = time_at(view, first)?;
    let start = first + length;
    let subject = subject_at(view, start, false)?;
    let end = predicate(view, subject)?;
    if !goes_on(view, end + 1) {
        return None;
    }
    let time = lower_first(view.passage.slice(first, start - 1));
    let sentence = upper_first(view.passage.slice(start, end));
    view.free(CLASS, first, end, [format!("{sentence} {time}")])
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.time-post",
            &[
                (
                    "[[The clerk told us today]] that the port is closed.",
                    &["Today the clerk told us"],
                ),
                ("[[Yesterday Orlan met Marev]] at the port.", &["Orlan met Marev yesterday"]),
            ],
            &[
                "The clerk told us that today the port is closed.",
                "He told us today about the port.",
                "The letter we saw today that he wrote was lost.",
            ],
        );
    }
}
