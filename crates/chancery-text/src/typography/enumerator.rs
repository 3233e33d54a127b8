//! Enumerators inside a paragraph: form 0 `(1)`, form 1 `1)`; one symbol a paper.
//!
//! Only where two neighbours of one enumeration (`1` and `2`, `a` and `b`) stand in the same
//! paragraph, or one opens it.

use crate::order::class::Class;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.enumerator");
const KEY: &str = "paper:enumerator";

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    let places: Vec<(usize, usize)> =
        (0..view.len()).filter_map(|i| enumerator_at(view, i)).collect();
    let labels: Vec<&str> = places.iter().map(|&(at, _)| view.low(at)).collect();
    for (k, &(at, first)) in places.iter().enumerate() {
        let neighbour = labels.iter().enumerate().any(|(j, other)| {
            j != k && rank(other).zip(rank(labels[k])).is_some_and(|(a, b)| a.abs_diff(b) == 1)
        });
        if !neighbour {
            continue;
        }
        let label = view.word(at);
        let forms = vec![format!("({label})"), format!("{label})")];
        out.extend(view.consistent(CLASS, KEY, view.span(first, at + 1), forms));
    }
}

/// Label and first token of an enumerator whose label is token `at`.
fn enumerator_at(view: &View<'_, '_>, at: usize) -> Option<(usize, usize)> {
    let span = |i: usize| view.passage.tokens[i].span.clone();
    rank(view.low(at))?;
    let next = view.passage.tokens.get(at + 2)?.span.start;
    if view.low(at + 1) != ")" || span(at).end != span(at + 1).start || span(at + 1).end == next {
        return None;
    }
    let open = at > 0 && view.low(at - 1) == "(" && span(at - 1).end == span(at).start;
    let first = if open { at - 1 } else { at };
    let apart = first == 0 || span(first - 1).end < span(first).start;
    let reference = first > 0
        && matches!(
            view.low(first - 1),
            "paragraph"
                | "para"
                | "paragraphs"
                | "paras"
                | "article"
                | "section"
                | "point"
                | "points"
                | "item"
                | "items"
                | "no"
                | "and"
                | "to"
                | "subparagraph"
        )
        && !matches!(view.low(first - 1), "and" | "to");
    (apart && !reference && !unclosed(view, first)).then_some((at, first))
}

/// A bracket opened before and not closed yet owns the closing mark.
fn unclosed(view: &View<'_, '_>, i: usize) -> bool {
    let mut depth = 0_i32;
    for k in 0..i {
        match view.low(k) {
            "(" => depth += 1,
            ")" => depth = (depth - 1).max(0),
            _ => {}
        }
    }
    depth > 0
}

/// Place of a label in its series: numbers from 0, letters from 100.
fn rank(label: &str) -> Option<u16> {
    if let Ok(number) = label.parse::<u16>() {
        return (label.len() <= 2 && number > 0).then_some(number);
    }
    let mut chars = label.chars();
    match (chars.next(), chars.next()) {
        (Some(c @ 'a'..='z'), None) => Some(1000 + u16::from(c as u8)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn series() {
        check(
            super::find,
            "typography.enumerator",
            &[
                ("He wants [[(1)]] tin; (2) salt.", &["1)"]),
                ("He wants a) tin; [[b)]] salt.", &["(b)"]),
            ],
            &["He paid (2) coins.", "See (note 1) and (note 2) there.", "Article 3(1) and (2)."],
        );
    }
}
