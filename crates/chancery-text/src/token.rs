//! Tokens: words, numbers and single marks with their byte spans.
//!
//! Finders of sites and the reader of leaks see text only through these tokens, so both agree on
//! what a word is. Folding of tokens for comparison lives in `canon`, not here.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// Letters, possibly with inner apostrophes, hyphens or dots (`don’t`, `vis-à-vis`, `U.S.`).
    Word,
    /// Digits, possibly with inner separators (`1,250`, `3.5`, `2nd`, `1400Z`).
    Number,
    /// One mark: punctuation, a bracket, a quotation mark, a symbol.
    Mark,
}

/// A token and where it stands; `span` is a byte range of the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Byte range in the source text; always on character boundaries and never empty.
    pub span: Range<usize>,
    /// What the token is made of.
    pub kind: TokenKind,
}

impl Token {
    /// The token's text within the source it was read from.
    #[must_use]
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.span.clone()]
    }

    /// Whether the token is a word or a number, that is, not a mark.
    #[must_use]
    pub fn is_wordlike(&self) -> bool {
        self.kind != TokenKind::Mark
    }
}

/// Splits `text` into tokens, in order, without overlaps; white space belongs to no token.
///
/// Hyphens, apostrophes and dots stay inside a word only between two letters or digits; a final dot
/// belongs to the word when the word already holds a dot between single letters (`U.S.`, `a.m.`).
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |i: usize| chars.get(i).map_or(text.len(), |&(at, _)| at);
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (start, c) = chars[i];
        if c.is_whitespace() || is_invisible(c) {
            i += 1;
            continue;
        }
        if !c.is_alphanumeric() {
            out.push(Token { span: start..end_of(i + 1), kind: TokenKind::Mark });
            i += 1;
            continue;
        }
        let mut j = i + 1;
        while j < chars.len() {
            let c = chars[j].1;
            let inner = is_joiner(c)
                && chars[j - 1].1.is_alphanumeric()
                && chars.get(j + 1).is_some_and(|&(_, next)| next.is_alphanumeric());
            if c.is_alphanumeric() || is_combining(c) || inner {
                j += 1;
            } else {
                break;
            }
        }
        if chars.get(j).is_some_and(|&(_, c)| c == '.') && is_dotted(&text[start..end_of(j)]) {
            j += 1;
        }
        let kind = if c.is_numeric() { TokenKind::Number } else { TokenKind::Word };
        out.push(Token { span: start..end_of(j), kind });
        i = j;
    }
    out
}

/// Single letters joined by dots: the shape of a dotted acronym without its last dot.
fn is_dotted(word: &str) -> bool {
    let mut parts = word.split('.');
    word.contains('.')
        && parts.all(|p| p.chars().count() == 1 && p.chars().all(char::is_alphabetic))
}

/// Marks that may stand inside a word between two letters or digits.
fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '.' | ',')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Characters without width that carry no meaning in running English text.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{180e}'
            | '\u{e0000}'..='\u{e007f}' | '\u{fe00}'..='\u{fe0f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|t| t.text(text)).collect()
    }

    #[test]
    fn words_numbers_and_marks_are_told_apart() {
        assert_eq!(
            words("He said, “It’s 1,250 (not 3.5) U.S. dollars.”"),
            [
                "He", "said", ",", "“", "It’s", "1,250", "(", "not", "3.5", ")", "U.S.", "dollars",
                ".", "”"
            ]
        );
        assert_eq!(words("vis-à-vis a.m. end."), ["vis-à-vis", "a.m.", "end", "."]);
        assert_eq!(words("word—word"), ["word", "—", "word"]);
        assert_eq!(words("\u{200b}in\u{ad} x"), ["in", "x"]);
    }
}
