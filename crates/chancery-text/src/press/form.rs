//! What is between the marks: fragments, and whether it is a sentence, a part, a word or a name.

use std::ops::Range;

use super::words::WORDS;
use super::{Form, marks};

/// Most words of a scare quotation.
const MAX_SCARE: usize = 2;

/// Most words of a name of a thing.
const MAX_TITLE: usize = 8;

/// Splits quoted words at ellipses and brackets and leaves out what is in brackets.
pub(super) fn fragments(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = span.start;
    let mut closing: Option<(char, usize)> = None;
    let mut cut = |from: usize, to: usize| {
        let piece = marks::trimmed(text, from..to.max(from));
        if text[piece.clone()].contains(char::is_alphanumeric) {
            out.push(piece);
        }
    };
    let mut at = span.start;
    while let Some(c) = text[at..span.end].chars().next() {
        let next = at + c.len_utf8();
        match (closing, c) {
            (Some((close, _)), c) if c == close => {
                closing = None;
                // "[W]e": the rest of a word that the press began is its own, too.
                let rest = &text[next..span.end];
                from = next + (rest.len() - rest.trim_start_matches(char::is_alphanumeric).len());
            }
            (None, '[' | '(') => {
                let kept = text[from..at].trim_end_matches(char::is_alphanumeric).len();
                let glued = c == '[' && kept < at - from;
                cut(from, if glued { from + kept } else { at });
                closing = Some((if c == '[' { ']' } else { ')' }, at));
                from = at;
            }
            (None, '…') => {
                cut(from, at);
                from = next;
            }
            (None, '.') => {
                let dots = dots(&text[at..span.end]);
                if dots > 0 {
                    cut(from, at);
                    from = at + dots;
                    at += dots;
                    continue;
                }
            }
            _ => {}
        }
        at = next;
    }
    // A bracket without its partner is text.
    let from = closing.map_or(from, |(_, at)| at + 1);
    cut(from, span.end);
    out
}

/// Bytes of "..." or ". . ." at the beginning of a text; 0 for fewer than three dots.
fn dots(text: &str) -> usize {
    let (mut count, mut end, mut blank) = (0, 0, true);
    for (at, c) in text.char_indices() {
        match c {
            '.' => (count, end, blank) = (count + 1, at + 1, false),
            ' ' | '\u{a0}' if !blank => blank = true,
            _ => break,
        }
    }
    if count >= 3 { end } else { 0 }
}

/// Words of a piece of text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '—' | '–'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Whether words look like the name of a thing: each begins with a capital, small words aside.
fn looks_named(quoted: &str) -> bool {
    let mut count = 0;
    let mut capitals = 0;
    for (at, word) in words(quoted).take(MAX_TITLE + 1).enumerate() {
        count += 1;
        if word.starts_with(|c: char| c.is_uppercase() || c.is_numeric()) {
            capitals += 1;
        } else if at == 0 || !WORDS.things.small.contains(word) {
            return false;
        }
    }
    (1..=MAX_TITLE).contains(&count) && capitals > 0 && !quoted.ends_with(['!', '?', '…'])
}

/// What is known of the words around the marks.
pub(super) struct Around<'a> {
    /// Lower-case words before, nearest last.
    pub(super) before: &'a [&'a str],
    /// The word after is a word of the same sentence, not a reporting clause.
    pub(super) goes_on: bool,
    /// A reporting clause belongs to the quotation and stands right beside it.
    pub(super) reported: bool,
    /// The marks open the sentence.
    pub(super) opens: bool,
}

/// The form of words in marks.
pub(super) fn form(quoted: &str, around: &Around<'_>) -> Form {
    let count = words(quoted).take(MAX_SCARE + 1).count();
    let [.., before] = around.before else {
        return named_or(quoted, around, Form::Direct, count);
    };
    let naming = WORDS.things.naming.contains(*before)
        || (WORDS.things.known.contains(*before)
            && around.before.iter().rev().nth(1) == Some(&"known"))
        || matches!(around.before, [.., "known", "as", "the"]);
    // "So-called" disowns the words, whatever their letters.
    if before.ends_with("so-called") {
        return if looks_named(quoted) { Form::Title } else { Form::Scare };
    }
    if naming && (looks_named(quoted) || *before == "as" || *before == "the") {
        return Form::Title;
    }
    named_or(quoted, around, Form::Mixed, count)
}

fn named_or(quoted: &str, around: &Around<'_>, plain: Form, count: usize) -> Form {
    let sentence = quoted.starts_with(|c: char| !c.is_lowercase());
    let closed = quoted.ends_with(['.', '!', '?', ',', '…']);
    let determined = around.before.last().is_some_and(|w| WORDS.grammar.determiners.contains(*w));
    if !around.reported
        && looks_named(quoted)
        && (count > 1 || determined)
        && (!closed || determined)
        && !quoted.ends_with('.')
    {
        return Form::Title;
    }
    if around.reported || around.opens {
        let scare = count <= MAX_SCARE && !sentence && !around.opens;
        return if scare { Form::Scare } else { Form::Direct };
    }
    match plain {
        Form::Mixed if sentence && quoted.ends_with(['.', '!', '?', ',']) && !around.goes_on => {
            Form::Direct
        }
        _ if count <= MAX_SCARE && !closed_sentence(quoted) => Form::Scare,
        form => form,
    }
}

fn closed_sentence(quoted: &str) -> bool {
    quoted.starts_with(char::is_uppercase) && quoted.ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        fragments(text, 0..text.len()).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn fragments_leave_out_the_press() {
        assert_eq!(split("one two ... three … four"), ["one two", "three", "four"]);
        assert_eq!(
            split("one. . . . two [the minister] three (sic) four."),
            ["one", "two", "three", "four."]
        );
        assert_eq!(split("[W]e go. We stop. U.S. men"), ["go. We stop. U.S. men"]);
        assert_eq!(split("a [b c"), ["a", "b c"]);
        assert_eq!(split("... ()"), [""; 0]);
        assert_eq!(split("$40,000 a week … and so on."), ["$40,000 a week", "and so on."]);
    }

    #[test]
    fn names_of_things_have_capitals() {
        assert!(looks_named("Long Telegram") && looks_named("The Quiet Corridor of Doubt"));
        assert!(!looks_named("We go home") && !looks_named("quiet") && !looks_named("Stop Now!"));
    }
}
