//! The comma before *but* and *and* where they join clauses: *it closed(,) but he stayed*.
//!
//! Free sites. Left out where the comma may close an aside or end a list, where *but* means *only* or
//! *except*, and where *and* could join what a verb of speech governs.

use crate::order::class::Class;
use crate::order::subject::is_finite;
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::Proposal;

const BUT: Class = Class::typography("typography.comma-but");
const AND: Class = Class::typography("typography.comma-and");

/// A clause worth a comma has so many words.
const SHORTEST: usize = 5;
/// Words within which a sentence's opening phrase ends with its comma.
const OPENING: usize = 6;

const SUBJECTS: &[&str] = &["he", "she", "it", "we", "they", "i", "you", "there"];

/// After these *but* is no conjunction between clauses.
const BOUND: &[&str] = &[
    "nothing",
    "all",
    "anything",
    "none",
    "no",
    "one",
    "anyone",
    "cannot",
    "not",
    "can",
    "could",
    "everything",
    "nobody",
    "who",
    "last",
    "next",
    "only",
    "everyone",
    "help",
    "choice",
    "alternative",
    "rather",
    "slowly",
    "slow",
    "sure",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 2..view.len().saturating_sub(2) {
        match view.low(i) {
            "but" => out.extend(but(view, i)),
            "and" => out.extend(and(view, i)),
            _ => {}
        }
    }
}

fn but(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let comma = view.low(i - 1) == ",";
    let last = i - 1 - usize::from(comma);
    let next = view.low(i + 1);
    if BOUND.contains(&view.low(last))
        || (view.tags(last).has(Tags::AUX.with(Tags::MODAL)) && !comma)
        || matches!(next, "for" | "," | "one")
        || view.is_mark(i + 1)
        || view.is_mark(last)
    {
        return None;
    }
    let left = left_clause(view, last)?;
    if comma {
        // "a small, but important, port" has its second comma near.
        let paired = !opens_clause(view, i + 1) && (i + 1..i + 8).any(|k| view.low(k) == ",");
        // "not with him, though he was there, but with …" needs it.
        let inserted = (left.start..last)
            .any(|k| matches!(view.low(k), "though" | "although" | "while" | "whereas"));
        let fits = !paired && !left.closes_aside && !inserted;
        return fits.then(|| toggle(view, BUT, last, i)).flatten();
    }
    let contrasts = (left.start..last).any(|k| matches!(view.low(k), "not" | "only" | "either"));
    (left.words >= SHORTEST && left.has_verb && !contrasts && opens_clause(view, i + 1))
        .then(|| toggle(view, BUT, last, i))
        .flatten()
}

fn and(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let comma = view.low(i - 1) == ",";
    let last = i - 1 - usize::from(comma);
    if view.is_mark(last) || view.is_mark(i + 1) {
        return None;
    }
    let left = left_clause(view, last)?;
    if !left.has_verb || left.words < SHORTEST || left.closes_aside {
        return None;
    }
    let subject = SUBJECTS.contains(&view.low(i + 1)) && is_finite(view, i + 2);
    let governed = (left.start..=last).any(|k| {
        let tags = view.tags(k);
        (tags.has(Tags::SUBORD) && !tags.has(Tags::PREP)) || governs(view.low(k))
    });
    let predicate = is_finite(view, i + 1) && !view.tags(i + 1).has(Tags::PART.with(Tags::ADJ));
    let auxiliary = view.tags(i + 1).has(Tags::AUX.with(Tags::MODAL));
    let fits = if comma {
        view.low(i + 1) == "that" && is_that_clause(view, i + 2)
            || (subject && !governed)
            || ((predicate || auxiliary) && !left.opened)
    } else {
        subject && !governed && !left.opened
    };
    fits.then(|| toggle(view, AND, last, i)).flatten()
}

/// Verbs and particles that may reach past *and*.
fn governs(word: &str) -> bool {
    const STEMS: &[&str] = &[
        "sa",
        "stat",
        "believ",
        "think",
        "thought",
        "fel",
        "feel",
        "told",
        "tell",
        "repl",
        "hop",
        "report",
        "understand",
        "understood",
        "add",
        "argu",
        "claim",
        "comment",
        "indicat",
        "suggest",
        "assum",
        "assur",
        "conclud",
        "consider",
        "declar",
        "expect",
        "explain",
        "fear",
        "inform",
        "insist",
        "know",
        "knew",
        "maintain",
        "mean",
        "not",
        "observ",
        "point",
        "propos",
        "recommend",
        "remark",
        "request",
        "said",
        "see",
        "stress",
        "warn",
        "wish",
        "admit",
        "agree",
        "ask",
        "emphasi",
        "urg",
        "learn",
        "convinced",
        "confident",
        "doubt",
        "let",
    ];
    matches!(
        word,
        "that" | "if" | "whether" | "because" | "when" | "which" | "who" | "what" | "to" | "so"
    ) || word.len() < 13 && STEMS.iter().any(|stem| word.starts_with(stem))
}

/// `that he`, `that the port`: a clause and not a pronoun.
fn is_that_clause(view: &View<'_, '_>, i: usize) -> bool {
    SUBJECTS.contains(&view.low(i)) || view.tags(i).has(Tags::DET) || view.is_capital(i)
}

/// Whether a clause with its own subject, a predicate or a turn of thought starts here.
fn opens_clause(view: &View<'_, '_>, i: usize) -> bool {
    SUBJECTS.contains(&view.low(i))
        || matches!(
            view.low(i),
            "that" | "this" | "these" | "the" | "its" | "his" | "our" | "their" | "if" | "when"
        )
        || is_finite(view, i)
}

/// What stands before the comma, up to the sentence's start or a mark heavier than a comma.
struct Left {
    start: usize,
    words: usize,
    has_verb: bool,
    /// An earlier comma stands far enough away to belong to an opening phrase.
    opened: bool,
    /// An earlier comma may open an aside or a list that this comma closes.
    closes_aside: bool,
}

fn left_clause(view: &View<'_, '_>, last: usize) -> Option<Left> {
    let sentence = view.sentence(last).start;
    let mut start = last;
    let mut commas = Vec::new();
    while start > sentence {
        let k = start - 1;
        match view.low(k) {
            "," => commas.push(k),
            ";" | ":" | "—" | "–" => break,
            // Brackets and quotations hide where clauses end.
            "(" | ")" | "“" | "”" | "‘" | "[" | "]" | "/" => return None,
            _ => {}
        }
        start = k;
    }
    let verb = |from: usize| (from..=last).any(|k| is_finite(view, k));
    let nearest = commas.first().copied();
    let opened = nearest.is_some();
    let closes_aside = match commas.as_slice() {
        [] => false,
        [one] => *one > start + OPENING || last - one < SHORTEST || !verb(one + 1),
        _ => true,
    };
    let from = nearest.map_or(start, |k| k + 1);
    Some(Left { start, words: last + 1 - from, has_verb: verb(from), opened, closes_aside })
}

/// The comma between `last` and the conjunction `i` taken out or put in.
fn toggle(view: &View<'_, '_>, class: Class, last: usize, i: usize) -> Option<Proposal> {
    let tokens = &view.passage.tokens;
    let span = tokens[last].span.end..tokens[i].span.end;
    let now = view.passage.text.get(span.clone())?.to_owned();
    let word = view.word(i);
    let other = match now.strip_suffix(word)? {
        ", " => format!(" {word}"),
        " " => format!(", {word}"),
        _ => return None,
    };
    view.over(class, span, [now, other])
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn before_but() {
        check(
            super::find,
            "typography.comma-but",
            &[
                ("The port closed for a week[[, but]] the boats went on fishing.", &[" but"]),
                ("The port was closed for a week[[ but]] he went on fishing.", &[", but"]),
                ("He replied politely[[, but]] said the port was closed.", &[" but"]),
            ],
            &[
                "He had no choice but the boat.",
                "He saw nothing but the port.",
                "The harbour master, a patient man, but no friend, left.",
                "It was a small but useful port.",
                "It was a small, but useful, port.",
                "He wrote not about the port but the town.",
                "The port would close but for him.",
            ],
        );
    }

    #[test]
    fn before_and() {
        check(
            super::find,
            "typography.comma-and",
            &[
                ("The port was closed on Monday[[, and]] he was sent home.", &[" and"]),
                ("The port was closed on Monday[[ and]] he was sent home.", &[", and"]),
                ("He said that the port was closed[[, and]] that the boats were gone.", &[" and"]),
            ],
            &[
                "He said the port was closed and he was sent home.",
                "He said the port was closed, and he was sent home.",
                "They sold tin, copper, and they were glad.",
                "The clerk, who was ill and old, and he left.",
                "The port was closed, and salt was sold.",
            ],
        );
    }
}
