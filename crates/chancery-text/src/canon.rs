//! Folding: one versioned canonical form of tokens, shared by issuing, searching and reading.
//!
//! Folding forgets what a newspaper's copy desk or a retyper may change without changing the words:
//! case, kinds of space, quote and hyphen, dots in acronyms. Every copy of a paper folds to the same
//! sequence outside its wording places.

use unicode_normalization::UnicodeNormalization;

use crate::token::{Token, TokenKind, is_invisible, tokens};

/// Version of tokenisation, folding, alignment and reading. Recorded with every master and every
/// extraction; a paper is read with the rules of its own version.
pub const TEXT_VERSION: u32 = 1;

/// The folded form of one word or number: lower case, compatibility forms unified, without
/// apostrophes, hyphens, dots and accents. Empty for marks.
#[must_use]
pub fn fold_word(word: &str) -> String {
    word.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Folded words of a text, marks left out, with the token each came from.
#[must_use]
pub fn fold(text: &str) -> Vec<(String, Token)> {
    tokens(text)
        .into_iter()
        .filter(|t| t.kind != TokenKind::Mark)
        .map(|t| (fold_word(t.text(text)), t))
        .filter(|(word, _)| !word.is_empty())
        .collect()
}

/// Cleans text that comes into the house and puts it into house typography.
///
/// Marks of an earlier copy, invisible characters and typographic spaces never travel on: runs of
/// white space become one space, hyphens the typewriter's, apostrophes `’`, quotation marks `“…”` and
/// `‘…’` by position. Idempotent; leaves words, numbers and other punctuation as they are.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let visible = |c: &char| !is_invisible(*c) && (!c.is_control() || c.is_whitespace());
    let mut chars = text.nfc().filter(visible).peekable();
    while let Some(c) = chars.next() {
        let opens = out.chars().next_back().is_none_or(|p| " ([{—–-/“‘".contains(p));
        let before_word = chars.peek().is_none_or(|n| n.is_alphanumeric() || "“‘\"'.".contains(*n));
        out.push(match c {
            c if c.is_whitespace() => {
                if out.is_empty() || out.ends_with(' ') {
                    continue;
                }
                ' '
            }
            '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{201e}' | '\u{2033}' | '"' => {
                if opens && before_word { '“' } else { '”' }
            }
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '\'' => {
                if opens && before_word { '‘' } else { '’' }
            }
            '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
            c => c,
        });
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_typography_and_keeps_words() {
        let a = fold("The U.S. Embassy’s co‐operation — “quite good”.");
        let b = fold("the us embassy's cooperation - \"QUITE GOOD\"");
        let words = |f: &[(String, Token)]| f.iter().map(|(w, _)| w.clone()).collect::<Vec<_>>();
        assert_eq!(words(&a), words(&b));
    }

    #[test]
    fn cleaning_strips_marks_and_is_idempotent() {
        let marked =
            "It\u{2019}s\u{2005}a\u{200b} well\u{2010}known\u{a0}\u{201c}fact\u{201d}.\r\n";
        let clean_once = clean(marked);
        assert_eq!(clean_once, "It’s a well-known “fact”.");
        assert_eq!(
            clean("He said \"no\" ('so what') to the envoys' aide."),
            "He said “no” (‘so what’) to the envoys’ aide."
        );
        assert_eq!(clean(&clean_once), clean_once);
    }
}
