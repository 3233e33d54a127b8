//! A leak as words: byte spans and, where the paper has the word, its number.
//!
//! What belongs here: what breaks words apart on the way (line-end hyphens, soft hyphens, invisible
//! characters, e-mail quote marks). What does not: any comparison with the order of the paper.

use std::ops::Range;

use super::template::Template;
use crate::canon::fold_word;
use crate::token::{Token, is_invisible, tokens};

/// Most bytes of a leak that are read; the rest is ignored. Callers refuse longer leaks.
pub const MAX_LEAK_BYTES: usize = 50 << 20;

/// Tokens are made block by block, so that memory stays small on large leaks.
const BLOCK: usize = 64 << 10;

/// A stretch without any blank is cut into blocks of at most this size.
const MAX_BLOCK: usize = 1 << 20;

/// Number of words that are not in the paper.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// One word of a leak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeakWord {
    start: u32,
    end: u32,
    /// Number in the template's vocabulary, or [`UNKNOWN`].
    pub(crate) id: u32,
}

impl LeakWord {
    /// Bytes of the leak from the word's first to its last letter.
    pub(crate) fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A leak cut into words.
#[derive(Debug)]
pub(crate) struct Leak<'a> {
    pub(crate) text: &'a str,
    pub(crate) words: Vec<LeakWord>,
}

impl<'a> Leak<'a> {
    /// Cuts a leak and looks its words up in the template.
    pub(crate) fn new(text: &'a str, template: &Template) -> Self {
        let mut words = Vec::new();
        for_each_word(text, |span, folded| {
            words.push(LeakWord {
                start: u32::try_from(span.start).unwrap_or(u32::MAX),
                end: u32::try_from(span.end).unwrap_or(u32::MAX),
                id: template.id_of(folded).unwrap_or(UNKNOWN),
            });
        });
        Self { text, words }
    }

    /// Word `index`, folded.
    pub(crate) fn folded(&self, index: usize) -> String {
        fold_word(&self.text[self.words[index].span()])
    }

    /// The text between two words that follow each other, or at the ends of the leak.
    pub(crate) fn between(&self, left: usize, right: usize) -> &'a str {
        let (from, to) = (self.words[left].span().end, self.words[right].span().start);
        self.text.get(from..to).unwrap_or("")
    }
}

/// Calls `f` with the span and folded form of every word of a leak, in order.
///
/// Words broken at a line end, by soft hyphens or by invisible characters are one word, and so are
/// compounds whose first part ends in a dot (`U.S.-owned`, as `US-owned` is).
pub(crate) fn for_each_word(text: &str, mut f: impl FnMut(Range<usize>, &str)) {
    let mut pending: Option<Range<usize>> = None;
    let mut emit = |span: Range<usize>| {
        let word = &text[span.clone()];
        if word.bytes().all(|b| b.is_ascii_lowercase()) {
            f(span, word);
            return;
        }
        let folded = fold_word(word);
        if !folded.is_empty() {
            f(span, &folded);
        }
    };
    for block in blocks(text) {
        for Token { span, .. } in
            tokens(&text[block.clone()]).into_iter().filter(Token::is_wordlike)
        {
            let span = span.start + block.start..span.end + block.start;
            pending = Some(match pending.take() {
                Some(last) if continues(text, &last, &span) => last.start..span.end,
                Some(last) => {
                    emit(last);
                    span
                }
                None => span,
            });
        }
    }
    if let Some(last) = pending {
        emit(last);
    }
}

/// Spans of the words of a text, as [`for_each_word`] cuts them.
pub(crate) fn word_spans(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for_each_word(text, |span, _| out.push(span));
    out
}

/// Whether `next` is the rest of the word `last`.
fn continues(text: &str, last: &Range<usize>, next: &Range<usize>) -> bool {
    let Some(between) = text.get(last.end..next.start) else { return false };
    if !between.is_empty() && between.chars().all(is_invisible) {
        return true;
    }
    let mut rest = between.chars();
    let hyphen =
        rest.next().is_some_and(|c| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{ad}' | '¬'));
    let rest = rest.as_str();
    if hyphen && rest.is_empty() {
        return true;
    }
    hyphen
        && rest.matches('\n').count() == 1
        && rest.chars().all(|c| c.is_whitespace() || matches!(c, '>' | '|'))
        && text[..last.end].chars().next_back().is_some_and(char::is_alphabetic)
        && text[next.start..].chars().next().is_some_and(char::is_lowercase)
}

/// Cuts a text at blanks into blocks; their union is the text up to [`MAX_LEAK_BYTES`].
fn blocks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let end = floor_boundary(text, MAX_LEAK_BYTES);
    let mut from = 0;
    std::iter::from_fn(move || {
        if from >= end {
            return None;
        }
        let soft = floor_boundary(text, from + BLOCK).min(end);
        let hard = floor_boundary(text, from + MAX_BLOCK).min(end);
        let blank = text[soft..hard].find(char::is_whitespace).map(|at| soft + at);
        let to = if soft == end { end } else { blank.unwrap_or(hard) };
        let block = from..to;
        from = to;
        Some(block)
    })
}

/// The last character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        for_each_word(text, |_, folded| out.push(folded.to_owned()));
        out
    }

    #[test]
    fn broken_words_are_joined() {
        assert_eq!(
            words(
                "U.S.\u{2010}owned US-owned > the govern-\n> ment of\u{ad}fered co-\r\noperation\u{200b}s well-Known x -\ny"
            ),
            [
                "usowned",
                "usowned",
                "the",
                "government",
                "offered",
                "cooperations",
                "wellknown",
                "x",
                "y"
            ]
        );
        assert_eq!(words("page-\n\nmore"), ["page", "more"], "a new paragraph is a new word");
    }

    #[test]
    fn blocks_lose_nothing() {
        let long = "wörd ".repeat(40_000) + &"x".repeat(3 << 20);
        let whole: usize = blocks(&long).map(|b| b.len()).sum();
        assert_eq!(whole, long.len());
        assert_eq!(words(&long).len(), 40_004, "a word of 3 MB is cut at block ends");
    }
}
