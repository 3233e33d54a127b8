//! Where a connective stands: *However, the port may* / *The port, however, may*.
//!
//! Only short sentence openings whose subject is beyond doubt; a fronted phrase or clause keeps its
//! connective where it is.

use super::class::{Class, judged};
use super::subject::{Kind, is_finite, subject_at};
use super::tag::Tags;
use super::view::{View, lower_first, upper_first};
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.connective", Acceptance::Full, judged(59, 60).again(30, 30));

/// Connectives as word sequences.
const CONNECTIVES: &[&[&str]] = &[
    &["however"],
    &["therefore"],
    &["nevertheless"],
    &["moreover"],
    &["meanwhile"],
    &["of", "course"],
    &["in", "fact"],
    &["for", "example"],
    &["for", "instance"],
    &["on", "the", "other", "hand"],
];

/// Farthest place of a medial connective from the sentence start, in words.
const FARTHEST: usize = 8;

fn connective_at(view: &View<'_, '_>, i: usize) -> Option<usize> {
    CONNECTIVES
        .iter()
        .find(|words| words.iter().enumerate().all(|(k, word)| view.low(i + k) == *word))
        .map(|words| words.len())
}

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if view.opens_sentence(i)
            && view.is_capital(i)
            && let Some(length) = connective_at(view, i)
        {
            out.extend(to_medial(view, i, length));
        }
        if view.low(i) == ","
            && let Some(length) = connective_at(view, i + 1)
            && view.low(i + 1 + length) == ","
        {
            out.extend(to_first(view, i, length));
        }
    }
}

/// `However, SUBJECT VERB` to `SUBJECT, however, VERB`; with a pronoun after its auxiliary.
fn to_medial(view: &View<'_, '_>, first: usize, length: usize) -> Option<Proposal> {
    let comma = view.low(first + length) == ",";
    let therefore = view.low(first) == "therefore";
    if !comma && !therefore {
        return None;
    }
    let start = first + length + usize::from(comma);
    let subject = subject_at(view, start, false)?;
    let verb = subject.last + 1;
    let auxiliary = is_auxiliary(view, verb);
    let connective = lower_first(view.passage.slice(first, first + length - 1));
    let opening = upper_first(view.passage.slice(start, subject.last));
    let crowded =
        |i: usize| view.is_mark(i) || matches!(view.low(i), "not" | "and" | "or" | "also");
    let noun_alone = subject.kind == Kind::Noun && comma && view.low(verb + 1) == ".";
    if (crowded(verb + 1) && !noun_alone) || holds_connective(view, start, verb + 2) {
        return None;
    }
    let (last, swapped) = match (comma, subject.kind, auxiliary) {
        (false, _, true) => (verb, format!("{opening} {} {connective}", view.word(verb))),
        (false, Kind::Noun, false) => (subject.last, format!("{opening} {connective}")),
        (true, Kind::Pronoun, true) => {
            (verb, format!("{opening} {}, {connective},", view.word(verb)))
        }
        (true, Kind::Noun, _) => (subject.last, format!("{opening}, {connective},")),
        (_, Kind::Pronoun, false) => return None,
    };
    view.free(CLASS, first, last, [swapped])
}

/// `SUBJECT (VERB), however, …` to `However, SUBJECT (VERB) …`.
fn to_first(view: &View<'_, '_>, comma: usize, length: usize) -> Option<Proposal> {
    let start = (0..=comma)
        .rev()
        .take(FARTHEST + 2)
        .find(|&i| view.opens_sentence(i) && view.is_word(i) && view.is_capital(i))?;
    if start + 1 > comma || !view.all_words(start..comma) || connective_at(view, start).is_some() {
        return None;
    }
    let subject = subject_at(view, start, true)?;
    // Between subject and connective: nothing, or the verb group alone.
    let group = subject.last + 1..comma;
    let group = group.clone().all(|i| in_verb_group(view, i, group.start));
    if !group || subject.kind == Kind::Pronoun && subject.last + 1 == comma {
        return None;
    }
    let last = comma + 1 + length;
    let after = view.low(last + 1);
    if after.is_empty() || view.is_mark(last + 1) {
        return None;
    }
    // "The inn, for example, small as it is, …": right after a subject only its verb will do.
    let verb = Tags::AUX.with(Tags::MODAL).with(Tags::VERB).with(Tags::PART).with(Tags::ADV);
    let next = view.tags(last + 1);
    if subject.last + 1 == comma && (!next.has(verb) || next.has(Tags::PRO)) {
        return None;
    }
    // "We do, however, along with others, act": the connective's comma also opens an aside.
    let aside = view.tags(last + 1).has(Tags::PREP.with(Tags::SUBORD).with(Tags::ING))
        && view.low(last + 1) != "that"
        && (last + 2..last + 14).any(|i| view.low(i) == ",");
    if aside {
        return None;
    }
    let head = view.inside(start)?;
    let head_end = view.passage.tokens[start].span.end;
    let rest = &view.passage.text[head_end..view.passage.tokens[comma].span.start];
    let connective = upper_first(view.passage.slice(comma + 1, comma + length));
    view.free(CLASS, start, last, [format!("{connective}, {head}{rest}")])
}

/// Whether token `i` belongs to a bare verb group that starts at `first`: *would not have agreed*,
/// *is clear*, *cautioned me*.
fn in_verb_group(view: &View<'_, '_>, i: usize, first: usize) -> bool {
    let tags = view.tags(i);
    let word = view.low(i);
    let after_auxiliary = i > first && view.tags(first).has(Tags::AUX.with(Tags::MODAL));
    let verb = is_finite(view, i)
        || tags.has(Tags::AUX.with(Tags::MODAL).with(Tags::PART))
        || (tags.has(Tags::VERB) && (i == first || after_auxiliary))
        || (after_auxiliary && tags.is_adjective());
    let object = i > first && matches!(word, "me" | "us" | "him" | "her" | "them");
    let particle = matches!(word, "not" | "no" | "also" | "still" | "only");
    !view.is_capital(i) && (verb || object || particle)
}

fn is_auxiliary(view: &View<'_, '_>, i: usize) -> bool {
    view.tags(i).has(Tags::AUX.with(Tags::MODAL)) && !view.is_capital(i)
}

fn holds_connective(view: &View<'_, '_>, from: usize, to: usize) -> bool {
    (from..to).any(|i| matches!(view.low(i), "however" | "therefore" | "moreover" | "nevertheless"))
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.connective",
            &[
                ("[[However, the harbour]] may close.", &["The harbour, however,"]),
                ("[[However, it is]] still open.", &["It is, however,"]),
                ("[[Therefore Orlan must]] wait.", &["Orlan must therefore"]),
                ("[[There is, however,]] no boat.", &["However, there is"]),
                ("[[It is clear, however,]] that he left.", &["However, it is clear"]),
                ("[[We doubt, therefore,]] that he left.", &["Therefore, we doubt"]),
                ("[[The proposal, of course,]] was refused.", &["Of course, the proposal"]),
                ("He left. [[For example, the clerk]] stayed.", &["The clerk, for example,"]),
            ],
            &[
                "At our request, however, the port had closed.",
                "However, if the port closes we leave.",
                "However, we can, and shall, wait.",
                "However much we wait, he stays.",
                "The box which, however, cannot be opened is here.",
                "Orlan said she would, however, wait.",
                "Note, however, that the port is open.",
                "However, he left the port.",
                "The inn, for example, small as it is, was full.",
                "Therefore Dept hopes will rise.",
                "Vis-à-vis Orlan, however, there is hope.",
            ],
        );
    }
}
