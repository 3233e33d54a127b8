//! An office and the name set beside it, with a comma between.

use super::noun::{Noun, Shape};
use super::sentence::{Item, Kind, Sentence};
use super::words::WORDS;

/// Most words between an office and the name set beside it: "the head of the service, Jane Doe".
const MAX_TAIL: usize = 10;

/// Most words between an article and the name that it describes.
const MAX_DESCRIBED: usize = 6;

/// The office right before a name, with a comma between.
pub(super) fn apposed_before<'a>(
    sentence: &Sentence,
    nouns: &'a [Noun],
    at: usize,
) -> Option<&'a str> {
    let role = apposed_role(&sentence.items, nouns, at)?;
    match &nouns[role].shape {
        Shape::Role { head, .. } => Some(head),
        _ => None,
    }
}

/// The noun of the office right before the name at `at`, with a comma between.
pub(super) fn apposed_role(items: &[Item], nouns: &[Noun], at: usize) -> Option<usize> {
    let start = nouns[at].start;
    // "his adviser, the much-feared Jane Doe"
    let plain = |i: &&Item| i.kind == Kind::Word && !i.capital && WORDS.verb(&i.low).is_none();
    let described = items[..start].iter().rev().take(MAX_DESCRIBED + 1).take_while(plain).count();
    let the = described > 0
        && described <= MAX_DESCRIBED
        && matches!(items[start - described].low.as_str(), "the" | "a" | "an");
    let comma = start.checked_sub(1 + if the { described } else { 0 })?;
    if !items[comma].is(",") {
        return None;
    }
    // The role may have "of the service" behind it.
    let role = (at.saturating_sub(4)..at)
        .rev()
        .find(|&i| matches!(nouns[i].shape, Shape::Role { .. }) && !nouns[i].genitive)?;
    let between = items.get(nouns[role].end..comma)?;
    let attached = between.first().is_none_or(|i| WORDS.grammar.prepositions.contains(&i.low));
    let plain = between.len() <= MAX_TAIL && between.iter().all(|i| i.kind == Kind::Word);
    (attached && plain).then_some(role)
}

/// The office right behind a name, with a comma between.
pub(super) fn apposed_after<'a>(
    sentence: &Sentence,
    nouns: &'a [Noun],
    at: usize,
) -> Option<&'a str> {
    let end = nouns[at].end;
    if !sentence.items.get(end)?.is(",") {
        return None;
    }
    let next = nouns.get(at + 1)?;
    match &next.shape {
        Shape::Role { head, .. } if next.start == end + 1 => Some(head),
        _ => None,
    }
}
