//! The comma before a closing clause of concession, and before a closing *particularly in …*.
//!
//! Free sites: *he stayed(, ) although it rained*. Only where the clause before is plain and what
//! follows runs to the end of the sentence, so that the comma has no partner.

use crate::order::class::Class;
use crate::order::subject::is_finite;
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLAUSE: Class = Class::typography("typography.comma-although");
const PHRASE: Class = Class::typography("typography.comma-particularly");

/// Words a clause has at least.
const SHORTEST: usize = 5;

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 2..view.len().saturating_sub(2) {
        if view.is_capital(i) {
            continue;
        }
        match view.low(i) {
            "although" | "though" | "unless" | "whereas" | "even" => out.extend(clause(view, i)),
            "particularly" | "especially" | "notably" => out.extend(phrase(view, i)),
            _ => {}
        }
    }
}

fn clause(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let opener = match view.low(i) {
        "even" if view.low(i + 1) == "though" => i + 1,
        "even" => return None,
        _ => i,
    };
    let (last, comma) = before(view, i)?;
    if matches!(view.low(last), "even" | "as" | "and" | "but" | "or" | "that" | "not" | "except") {
        return None;
    }
    let subject = view.tags(opener + 1);
    let starts = view.is_word(opener + 1)
        && (subject.has(Tags::PRO.with(Tags::DET))
            || subject.is_nounish() && is_clause(view, opener + 1));
    (starts && (comma || view.low(i) != "unless") && runs_out(view, opener) && main(view, last))
        .then(|| toggle(view, CLAUSE, last, comma))
        .flatten()
}

fn phrase(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let (last, comma) = before(view, i)?;
    let noun = view.tags(last);
    let governs = matches!(
        view.low(i + 1),
        "in" | "with"
            | "since"
            | "because"
            | "when"
            | "if"
            | "as"
            | "at"
            | "from"
            | "on"
            | "for"
            | "among"
    );
    (governs
        && noun.is_nounish()
        && !noun.has(Tags::VERB.with(Tags::PART).with(Tags::ADJ))
        && (comma || noun.has(Tags::NOUN) || view.is_capital(last))
        && runs_out(view, i)
        && main(view, last))
    .then(|| toggle(view, PHRASE, last, comma))
    .flatten()
}

/// The word before token `i`, and whether a comma stands between.
fn before(view: &View<'_, '_>, i: usize) -> Option<(usize, bool)> {
    let comma = view.low(i - 1) == ",";
    let last = i - 1 - usize::from(comma);
    view.is_word(last).then_some((last, comma))
}

/// Whether no comma or bracket stands between `i` and the end of the sentence.
fn runs_out(view: &View<'_, '_>, i: usize) -> bool {
    let end = view.sentence(i).end;
    let stop = (i..end).find(|&k| matches!(view.low(k), "." | ";" | "?")).unwrap_or(end);
    stop >= i + 3
        && stop < i + 30
        && (i..stop).all(|k| !view.is_mark(k) || matches!(view.low(k), "’" | "'" | "/" | "-" | "$"))
}

/// Whether a finite verb comes soon, so that a clause begins here.
fn is_clause(view: &View<'_, '_>, i: usize) -> bool {
    (i + 1..i + 6).any(|k| is_finite(view, k))
}

/// Whether the text before is one plain clause with a verb of its own.
fn main(view: &View<'_, '_>, last: usize) -> bool {
    let sentence = view.sentence(last).start;
    let start = (sentence..last).rev().find(|&k| matches!(view.low(k), ";" | ":" | "."));
    let start = start.map_or(sentence, |k| k + 1);
    let plain = (start..last).all(|k| !matches!(view.low(k), "," | "(" | ")" | "—" | "“" | "”"));
    plain && last + 1 >= start + SHORTEST && (start..last).any(|k| is_finite(view, k))
}

fn toggle(view: &View<'_, '_>, class: Class, last: usize, comma: bool) -> Option<Proposal> {
    let word = view.word(last);
    if comma {
        view.free(class, last, last + 1, [word.to_owned()])
    } else {
        view.free(class, last, last, [format!("{word},")])
    }
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn concessions() {
        check(
            super::find,
            "typography.comma-although",
            &[
                ("The boats were still at [[sea]] although the port was closed.", &["sea,"]),
                ("The boats were still at [[sea,]] though it was late.", &["sea"]),
                ("The boats were to stay at [[sea,]] unless the port was closed.", &["sea"]),
            ],
            &[
                "He spoke as though the port was closed.",
                "The boats, although the port was closed, were at sea.",
                "He stayed, although ill, at sea.",
                "The boats will stay at sea unless the port is closed.",
            ],
        );
        check(
            super::find,
            "typography.comma-particularly",
            &[
                ("There was some fear of a [[flood,]] particularly in the lower town.", &["flood"]),
                (
                    "There was some fear of an [[agreement]] especially in the lower town.",
                    &["agreement,"],
                ),
            ],
            &[
                "He was particularly in need of tin.",
                "The fear of a flood, particularly in the town, was great.",
            ],
        );
    }
}
