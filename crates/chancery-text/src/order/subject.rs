//! Short subjects at the start of a sentence: a pronoun, or a noun phrase without its own clauses.
//!
//! Rules that move something across a subject read it here; a subject that might not be one is no
//! subject.

use super::tag::Tags;
use super::view::View;

/// Longest noun phrase taken for a subject, in words.
const LONGEST: usize = 6;

/// What a sentence begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `he`, `it`, `there`…
    Pronoun,
    /// `the harbour master`, `Orlan`.
    Noun,
}

/// A subject: tokens `first..=last`, its verb right after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) last: usize,
    pub(crate) kind: Kind,
}

const PRONOUNS: &[&str] =
    &["he", "she", "it", "they", "we", "i", "you", "this", "there", "these", "those"];

/// Reads a subject that starts at `first` and has its finite verb (or, where `comma` says so, a
/// comma) right behind it.
pub(crate) fn subject_at(view: &View<'_, '_>, first: usize, comma: bool) -> Option<Subject> {
    let verb_follows = |i: usize| is_finite(view, i) || (comma && view.low(i) == ",");
    // After a pronoun a verb is a verb (*we doubt*), even one that may be a noun elsewhere.
    let after_pronoun = view.tags(first + 1);
    let plain_verb = comma
        && after_pronoun.has(Tags::VERB)
        && !after_pronoun.has(Tags::FUNCTION)
        && !matches!(view.low(first), "this" | "there" | "these" | "those");
    if PRONOUNS.contains(&view.low(first)) && (plain_verb || verb_follows(first + 1)) {
        return Some(Subject { last: first, kind: Kind::Pronoun });
    }
    let mut i = first;
    if view.tags(i).has(Tags::DET) {
        if matches!(
            view.low(i),
            "what" | "whatever" | "all" | "both" | "either" | "neither" | "such"
        ) {
            return None;
        }
        i += 1;
    }
    let start = i;
    while i < start + LONGEST {
        let tags = view.tags(i);
        let part = view.is_word(i)
            && tags.has(Tags::NOUN.with(Tags::NAME).with(Tags::UNKNOWN).with(Tags::ADJ))
            && !tags.has(Tags::FUNCTION.with(Tags::PART).with(Tags::ING).with(Tags::NUM))
            && (!tags.has(Tags::VERB) || i > first);
        if !part {
            return None;
        }
        // "Dept hopes will …": without an article the second word may be the verb.
        if i > first && start == first && tags.has(Tags::VERB) && view.low(i).ends_with('s') {
            return None;
        }
        let head = tags.is_nounish() && (!tags.has(Tags::ADJ) || tags.has(Tags::NOUN));
        if head && view.low(i + 1) == "of" && i + 2 < start + LONGEST {
            // One complement: *the question of timing*.
            i += if view.tags(i + 2).has(Tags::DET) { 3 } else { 2 };
            continue;
        }
        if head && verb_follows(i + 1) {
            return Some(Subject { last: i, kind: Kind::Noun });
        }
        i += 1;
    }
    None
}

/// A verb that can only be finite here: auxiliary, modal, or a listed past or present form.
pub(crate) fn is_finite(view: &View<'_, '_>, i: usize) -> bool {
    let tags = view.tags(i);
    let nonfinite = matches!(view.low(i), "be" | "being" | "been" | "having");
    view.is_word(i)
        && !view.is_capital(i)
        && !nonfinite
        && (tags.has(Tags::AUX.with(Tags::MODAL))
            || (tags.has(Tags::VERB)
                && !tags.has(Tags::NOUN.with(Tags::ADJ).with(Tags::FUNCTION))
                && (view.low(i).ends_with('s')
                    || view.low(i).ends_with("ed")
                    || is_past(view.low(i)))))
}

fn is_past(word: &str) -> bool {
    matches!(
        word,
        "said"
            | "took"
            | "saw"
            | "gave"
            | "knew"
            | "became"
            | "began"
            | "felt"
            | "told"
            | "thought"
            | "held"
            | "met"
            | "made"
            | "kept"
            | "sent"
            | "found"
            | "brought"
            | "wrote"
            | "rose"
            | "fell"
            | "grew"
            | "drew"
            | "stood"
            | "understood"
            | "sought"
            | "came"
            | "went"
    )
}
