//! Semicolon or full stop between two short clauses about the same subject.
//!
//! The second clause opens with a pronoun that the first supplies, or with *however*; both have
//! their own finite verb and neither is part of an enumeration.

use std::ops::Range;

use crate::order::class::{Class, judged};
use crate::order::subject::is_finite;
use crate::order::tag::Tags;
use crate::order::view::{View, lower_first, upper_first};
use crate::proposal::{Acceptance, Proposal, Survival};

pub(super) const CLASS: Class =
    Class::order("punctuation.semicolon-stop", Acceptance::Full, judged(60, 60).again(30, 30))
        .surviving(Survival::Retype);

/// Length of a clause that can be joined or split, in words.
const CLAUSE: Range<usize> = 5..19;

const OPENERS: &[&str] = &["he", "she", "they", "it", "this", "however", "therefore"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len().saturating_sub(2) {
        if matches!(view.low(i), ";" | ".") && OPENERS.contains(&view.low(i + 1)) {
            out.extend(at(view, i));
        }
    }
}

fn at(view: &View<'_, '_>, mark: usize) -> Option<Proposal> {
    let semicolon = view.low(mark) == ";";
    let left = left_clause(view, mark)?;
    let right = right_clause(view, mark + 1)?;
    let capital = view.is_capital(mark + 1);
    let enumerated =
        left.clone().chain(right.clone()).any(|i| view.is_number(i) && view.low(i + 1) == ")");
    if capital == semicolon || enumerated || !has_verb(view, left.clone()) || !has_verb(view, right)
    {
        return None;
    }
    // Joining is for sentences that go on about the same person or thing.
    if !semicolon && !continues(view, left, mark + 1) {
        return None;
    }
    let next = view.word(mark + 1);
    let other = if semicolon {
        format!(". {}", upper_first(next))
    } else {
        format!("; {}", lower_first(next))
    };
    view.free(CLASS, mark, mark + 1, [other])
}

/// Tokens between the previous stop and `mark`; nothing but words and at most one comma.
fn left_clause(view: &View<'_, '_>, mark: usize) -> Option<Range<usize>> {
    let start = (0..mark).rev().take_while(|&i| !is_stop(view, i)).last()?;
    plain(view, start..mark)
}

fn right_clause(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    let end = (start..view.len()).find(|&i| is_stop(view, i))?;
    // A semicolon there would make a chain of three.
    (view.low(end) == ".").then(|| plain(view, start..end)).flatten()
}

fn is_stop(view: &View<'_, '_>, i: usize) -> bool {
    matches!(view.low(i), "." | ";" | "?" | "!")
}

fn plain(view: &View<'_, '_>, clause: Range<usize>) -> Option<Range<usize>> {
    let words = clause.clone().filter(|&i| !view.is_mark(i)).count();
    let marks = clause.clone().filter(|&i| view.is_mark(i)).count();
    let only_commas =
        clause.clone().all(|i| !view.is_mark(i) || matches!(view.low(i), "," | "’" | "'"));
    (CLAUSE.contains(&words) && marks <= 2 && only_commas).then_some(clause)
}

fn has_verb(view: &View<'_, '_>, mut clause: Range<usize>) -> bool {
    clause.any(|i| {
        let tags = view.tags(i);
        !matches!(view.low(i), "be" | "been" | "being" | "having")
            && (tags.has(Tags::AUX.with(Tags::MODAL))
                || (tags.has(Tags::VERB) && !tags.has(Tags::NOUN.with(Tags::PREP))))
    })
}

/// The second sentence speaks of the same person (*He … He …*), or ties on with a verb of being.
fn continues(view: &View<'_, '_>, left: Range<usize>, opener: usize) -> bool {
    let word = view.low(opener);
    let subject = view.low(left.start);
    match word {
        "he" | "she" | "they" => subject == word || view.tags(left.start).has(Tags::NAME),
        "however" => view.low(opener + 1) == ",",
        "therefore" => true,
        _ => is_finite(view, opener + 1),
    }
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn stops() {
        check(
            super::find,
            "punctuation.semicolon-stop",
            &[
                ("He left the port at noon[[; he]] was not seen there again.", &[". He"]),
                ("He left the port at noon[[. He]] was not seen there again.", &["; he"]),
                (
                    "The port was closed for a week[[. However]], the boats went on fishing.",
                    &["; however"],
                ),
            ],
            &[
                "He left. He was not seen there again that week.",
                "The boats were sold at noon. He thanked the clerk for the trouble.",
                "He wants (1) the port to close; it must close at noon tomorrow; and more.",
                "He said “the port is now closed. It is closed for good this time.”",
            ],
        );
    }
}
