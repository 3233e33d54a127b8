//! A passage: one paragraph as finders see it, with tokens, sentences and locked spans.
//!
//! Locked spans are what nobody may vary: quotations, what the author locked, and anything that
//! looks like an address or a reference.

use std::ops::Range;

use crate::token::{Token, TokenKind, tokens};

/// How the whole paper is written; some rules fit only one style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Under 1.5 `the` in 100 words: articles dropped, as in old telegrams.
    Telegraphic,
    /// Between the two.
    Mixed,
    /// Over 4 `the` in 100 words: ordinary prose.
    Prose,
}

impl Style {
    /// Style of a paper from all of its paragraphs.
    #[must_use]
    pub fn of<'a>(paragraphs: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut words, mut articles) = (0_u32, 0_u32);
        for paragraph in paragraphs {
            for token in tokens(paragraph).iter().filter(|t| t.kind == TokenKind::Word) {
                words += 1;
                articles += u32::from(token.text(paragraph).eq_ignore_ascii_case("the"));
            }
        }
        match f64::from(articles) * 100.0 / f64::from(words.max(1)) {
            x if x < 1.5 => Self::Telegraphic,
            x if x <= 4.0 => Self::Mixed,
            _ => Self::Prose,
        }
    }
}

/// One paragraph with everything a finder may look at.
#[derive(Clone, Debug)]
pub struct Passage<'a> {
    /// The paragraph's plain text, markup already taken out, marks normalised.
    pub text: &'a str,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// Token ranges of its sentences, in order, covering all tokens.
    pub sentences: Vec<Range<usize>>,
    /// Byte ranges that must not be varied, sorted, possibly overlapping.
    pub locked: Vec<Range<usize>>,
    /// Style of the whole paper.
    pub style: Style,
}

impl<'a> Passage<'a> {
    /// Reads a paragraph; `author_locked` are the byte spans of `{=…=}` and of the author's variants.
    #[must_use]
    pub fn new(text: &'a str, author_locked: &[Range<usize>], style: Style) -> Self {
        let tokens = tokens(text);
        let sentences = sentences(text, &tokens);
        let mut locked = quotations(text);
        locked.extend_from_slice(author_locked);
        locked.sort_by_key(|span| (span.start, span.end));
        Self { text, tokens, sentences, locked, style }
    }

    /// Whether any byte of `span` is locked.
    #[must_use]
    pub fn is_locked(&self, span: &Range<usize>) -> bool {
        self.locked.iter().any(|lock| lock.start < span.end && span.start < lock.end)
    }

    /// Text of token `index`, or `""` beyond the ends (so that rules can look around freely).
    #[must_use]
    pub fn word(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text(self.text))
    }

    /// The same in lower case.
    #[must_use]
    pub fn lower(&self, index: usize) -> String {
        self.word(index).to_lowercase()
    }

    /// Text from the start of token `first` to the end of token `last` (inclusive).
    #[must_use]
    pub fn slice(&self, first: usize, last: usize) -> &'a str {
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(a), Some(b)) if a.span.start <= b.span.end => {
                &self.text[a.span.start..b.span.end]
            }
            _ => "",
        }
    }
}

/// Words after which a dot does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "capt", "sen", "rep", "gov", "st", "no",
    "nos", "para", "paras", "art", "dept", "govt", "min", "amb", "vs", "inc", "ltd", "co", "corp",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "fig",
    "cf", "viz", "al", "approx", "etc", "jr", "sr", "p", "pp", "vol", "sec", "adm",
];

fn sentences(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut i = 0;
    while i < tokens.len() {
        let mark = tokens[i].text(text);
        let mut end = i + 1;
        while end < tokens.len() && matches!(tokens[end].text(text), "”" | "\"" | ")" | "’" | "]")
        {
            end += 1;
        }
        let abbreviation = i > 0
            && mark == "."
            && tokens[i - 1].span.end == tokens[i].span.start
            && ABBREVIATIONS.contains(&tokens[i - 1].text(text).to_lowercase().as_str());
        let enumerator = i == start + 1 && tokens[start].kind == TokenKind::Number;
        let stops = matches!(mark, "." | "!" | "?") && !abbreviation && !enumerator;
        let next_opens = tokens.get(end).is_none_or(|next| {
            let gap = &text[tokens[end - 1].span.end..next.span.start];
            !gap.is_empty() && next.text(text).chars().next().is_some_and(|c| !c.is_lowercase())
        });
        if stops && next_opens {
            out.push(start..end);
            start = end;
            i = end;
        } else {
            i += 1;
        }
    }
    if start < tokens.len() {
        out.push(start..tokens.len());
    }
    out
}

/// Byte spans of quotations: `“…”` and `"…"`, and `‘…’` when the closing mark ends a word.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |&(_, n)| n);
        let end = at + c.len_utf8();
        match open {
            None => match c {
                '“' | '„' | '«' => open = Some((at, '”')),
                '"' => open = Some((at, '"')),
                '‘' if !before.is_alphanumeric() => open = Some((at, '’')),
                _ => {}
            },
            Some((start, '”')) if matches!(c, '”' | '»') => {
                out.push(start..end);
                open = None;
            }
            Some((start, '"')) if c == '"' => {
                out.push(start..end);
                open = None;
            }
            Some((start, '’')) if c == '’' && !next.is_alphanumeric() => {
                out.push(start..end);
                open = None;
            }
            Some(_) => {}
        }
        before = c;
    }
    if let Some((start, mark)) = open {
        // An unclosed quotation runs to the paragraph's end; an unclosed ‘ is an apostrophe.
        if mark != '’' {
            out.push(start..text.len());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_and_not_at_abbreviations() {
        let text = "1. Mr. Orlan met us. He left at 3 p.m. We stayed. “So be it.” That was all";
        let p = Passage::new(text, &[], Style::Prose);
        let found: Vec<&str> = p.sentences.iter().map(|s| p.slice(s.start, s.end - 1)).collect();
        assert_eq!(
            found,
            ["1. Mr. Orlan met us.", "He left at 3 p.m. We stayed.", "“So be it.”", "That was all"]
        );
    }

    #[test]
    fn quotations_are_locked() {
        let text = "He said “no more” and ‘so what’ but the envoy’s aide \"left";
        let p = Passage::new(text, &[], Style::Prose);
        let found: Vec<&str> = p.locked.iter().map(|s| &text[s.clone()]).collect();
        assert_eq!(found, ["“no more”", "‘so what’", "\"left"]);
    }
}
