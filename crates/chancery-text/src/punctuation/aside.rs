//! Brackets or dashes around an aside, or commas.
//!
//! Only an aside that begins like one (a preposition, a relative, *including*, *presumably*), has
//! no comma of its own and no finite clause standing alone; one with commas is left alone, since
//! nothing says where it ends.

use crate::order::class::{Class, judged};
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::{Acceptance, Proposal, Survival};

pub(super) const BRACKETS: Class =
    Class::order("punctuation.brackets", Acceptance::Full, judged(60, 61).again(29, 30))
        .surviving(Survival::Retype);

pub(super) const DASHES: Class =
    Class::order("punctuation.dashes", Acceptance::Full, judged(49, 50).again(30, 30))
        .surviving(Survival::Paste);

/// Longest aside, in words.
const LONGEST: usize = 12;

/// Words an aside may begin with besides prepositions.
const OPENERS: &[&str] = &[
    "which",
    "who",
    "whom",
    "whose",
    "including",
    "especially",
    "particularly",
    "presumably",
    "possibly",
    "perhaps",
    "probably",
    "notably",
    "mainly",
    "mostly",
    "apparently",
    "although",
    "though",
    "if",
    "such",
    "not",
    "even",
    "rather",
    "preferably",
    "subject",
    "together",
    "except",
    "excluding",
    "as",
    "but",
    "and",
    "or",
    "primarily",
    "principally",
    "chiefly",
    "largely",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len() {
        match view.low(i) {
            "(" => out.extend(at(view, i, ")", BRACKETS)),
            "—" => out.extend(at(view, i, "—", DASHES)),
            "–" if spaced(view, i) => out.extend(at(view, i, "–", DASHES)),
            _ => {}
        }
    }
}

fn spaced(view: &View<'_, '_>, i: usize) -> bool {
    let at = view.passage.tokens[i].span.start;
    view.passage.text[..at].ends_with(' ')
}

fn at(view: &View<'_, '_>, open: usize, close: &str, class: Class) -> Option<Proposal> {
    let end = (open + 1..view.len().min(open + LONGEST + 2)).find(|&i| view.is_mark(i))?;
    if view.low(end) != close || end < open + 3 || !view.is_word(open - 1) {
        return None;
    }
    let first = open + 1;
    let opener = view.low(first);
    let opens = OPENERS.contains(&opener) || view.tags(first).has(Tags::PREP) && opener != "per";
    // After an article, a number or an adverb, or ending in a preposition, it is no aside of its own.
    let leans = view.tags(open - 1).has(Tags::DET.with(Tags::ADV).with(Tags::NUM).with(Tags::ADJ))
        || view.is_number(open - 1)
        || (view.tags(end - 1).has(Tags::PREP) && view.is_word(end - 1));
    if !opens
        || leans
        || view.is_capital(first)
        || is_sentence(view, first, end)
        || is_reference(view, first, end)
    {
        return None;
    }
    // The first mark of three dashes might close an aside; two in the sentence are a pair.
    let sentence = view.sentence(open);
    if close != ")" && sentence.clone().filter(|&i| view.low(i) == close).count() != 2 {
        return None;
    }
    if close == ")" && sentence.clone().any(|i| matches!(view.low(i), "[" | "—")) {
        return None;
    }
    // "Force level (and backup) questions can": the aside stands inside a compound.
    if view.tags(end + 1).has(Tags::NOUN)
        && !view.tags(end + 1).has(Tags::FUNCTION)
        && view.tags(end + 2).has(Tags::AUX.with(Tags::MODAL))
    {
        return None;
    }
    // A comma list around would swallow the aside; an aside beside a comma needs none.
    let crowded = (open.saturating_sub(6)..open)
        .chain(end + 1..(end + 6).min(view.len()))
        .any(|i| sentence.contains(&i) && matches!(view.low(i), "," | "(" | ")"));
    if crowded {
        return None;
    }
    let tokens = &view.passage.tokens;
    let inner = view.passage.text.get(tokens[first].span.start..tokens[end - 1].span.end)?;
    let tail = match view.low(end + 1) {
        "." | ";" | ":" | "," => "",
        _ if view.is_word(end + 1) => ", ",
        _ => return None,
    };
    // The span runs from the last word before to the next token, so that spaces come out right.
    let to = if tail.is_empty() { tokens[end].span.end } else { tokens[end + 1].span.start };
    let span = tokens[open - 1].span.end..to;
    let commas = format!(", {inner}{tail}");
    let now = view.passage.text.get(span.clone())?;
    let brackets = (class.rule == DASHES.rule)
        .then(|| format!(" ({inner}){}", if tail.is_empty() { "" } else { " " }));
    let mut readings = vec![now.to_owned(), commas];
    readings.extend(brackets);
    view.over(class, span, readings)
}

/// An aside with a subject and a verb of its own keeps its brackets.
fn is_sentence(view: &View<'_, '_>, first: usize, end: usize) -> bool {
    let relative = matches!(
        view.low(first),
        "which" | "who" | "whom" | "whose" | "although" | "though" | "if" | "as"
    );
    // "and it seemed to annoy him": subject and verb of its own.
    let joined =
        matches!(view.low(first + 1), "he" | "she" | "it" | "they" | "we" | "i" | "you" | "this");
    let verb = (first..end).any(|i| {
        view.tags(i).has(Tags::AUX.with(Tags::MODAL))
            && !matches!(view.low(i), "be" | "been" | "being" | "having")
    });
    !relative && (joined || verb)
}

/// References to papers (`per Deptel 12`) keep their brackets.
fn is_reference(view: &View<'_, '_>, first: usize, end: usize) -> bool {
    (first..end).any(|i| {
        view.is_number(i)
            || matches!(
                view.low(i),
                "para" | "paragraph" | "page" | "ref" | "reftel" | "deptel" | "embtel"
            )
    })
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn asides() {
        check(
            super::find,
            "punctuation.brackets",
            &[(
                "The port[[ (including the old quay) ]]was closed.",
                &[", including the old quay, "],
            )],
            &[
                "The port (he was told it was closed) is open.",
                "The port (see page 4) is open.",
                "The ships (presumably he meant boats) came in.",
                "The port (including the quay) questions can wait.",
                "The box was opened (and emptied by) the clerk.",
                "The port (in the north, where tin is sold) is open.",
                "Salt, tin (in small lots), and copper were sold.",
            ],
        );
        check(
            super::find,
            "punctuation.dashes",
            &[(
                "They waited[[—with some patience—]]for the boat.",
                &[", with some patience, ", " (with some patience) "],
            )],
            &[
                "They waited—the boat was late—for hours.",
                "The—probably last—boat left.",
                "They told him—and it seemed to annoy him—to wait.",
            ],
        );
    }
}
