//! The fold for searching: one canonical sequence of words for all copies of a paper.
//!
//! On top of [`crate::canon`]: compounds are split, contractions written out, spellings of one word made
//! one, and every reading of a lexicon rule is put back to the first form of its class. What does not
//! converge this way (author's variants, order of words, readings that differ by more than a rule)
//! becomes a branch of that paper's words. Ids of words, indexes and keys belong to whoever searches.

mod classes;
mod lattice;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use crate::align::for_each_word;
use crate::lexicon::Lexicon;
use crate::master::Master;

use classes::Classes;
pub use lattice::{Branch, FoldedMaster, MAX_ALTERNATIVES};

/// Version of the fold together with the embedded lexicon's hash; an index made under another one is
/// built anew.
pub const FOLD_VERSION: u32 = 1;

static EMBEDDED: LazyLock<Fold> = LazyLock::new(|| Fold::of(Lexicon::embedded()));

/// A fold under one lexicon.
#[derive(Debug)]
pub struct Fold {
    classes: Classes,
}

impl Fold {
    /// The fold under the lexicon that comes with this version of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The fold under a lexicon: all readings of a rule become one sequence of words, unless their
    /// class would grow beyond a dozen forms.
    #[must_use]
    pub fn of(lexicon: &Lexicon) -> Self {
        Self { classes: Classes::of(lexicon) }
    }

    /// Folds any text: a leak, a quotation, a public paper. Text beyond
    /// [`crate::align::MAX_LEAK_BYTES`] is not read.
    #[must_use]
    pub fn text(&self, text: &str) -> Folded {
        let mut plain = Folded::default();
        for_each_word(text, |span, _| {
            let raw = &text[span.clone()];
            words::split(raw, |part, word| {
                if !self.classes.drops(word) {
                    plain.push(word, span.start + part.start..span.start + part.end);
                }
            });
        });
        self.classes.rewrite(&plain).0
    }

    /// Folds a master: the words of the text as drafted, and branches where copies differ even after
    /// folding. Spans are those of the drafted paragraphs joined by empty lines.
    #[must_use]
    pub fn master(&self, master: &Master) -> FoldedMaster {
        lattice::fold(self, master)
    }
}

/// Folded words in order, each with the bytes it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    letters: String,
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    letters: (u32, u32),
    span: (u32, u32),
}

impl Folded {
    /// Number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Word `at`; empty beyond the end.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        let Some(word) = self.words.get(at) else { return "" };
        &self.letters[word.letters.0 as usize..word.letters.1 as usize]
    }

    /// Bytes of the folded text that word `at` came from: the whole phrase where a phrase was put back
    /// to another of its forms. Empty beyond the end.
    #[must_use]
    pub fn span(&self, at: usize) -> Range<usize> {
        self.words.get(at).map_or(0..0, |word| word.span.0 as usize..word.span.1 as usize)
    }

    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.word(at))
    }

    fn push(&mut self, word: &str, span: Range<usize>) {
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = self.letters.len();
        self.letters.push_str(word);
        self.words.push(Word {
            letters: (cut(from), cut(self.letters.len())),
            span: (cut(span.start), cut(span.end)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Fold::embedded().text(text).iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_copy_desk_changes_is_forgotten() {
        let pairs = [
            ("a well-known U.K. Labour rumour", "A WELL KNOWN UK Labor rumor"),
            ("He can’t, won't and doesn't", "he cannot, will not and does not"),
            ("co-operation with anti-Communist forces", "cooperation with anticommunist forces"),
            ("He analysed the travelled centre", "he analyzed the traveled center"),
            ("He said that he would come", "he said he would come"),
            ("Following talks with the Foreign Minister", "following talks with Foreign Minister"),
            ("They recognised 1,250 endeavours", "they recognized 1250 endeavors"),
        ];
        for (a, b) in pairs {
            assert_eq!(folded(a), folded(b));
        }
        assert_ne!(folded("four hours"), folded("for hours"));
        assert_ne!(folded("filled"), folded("filed"));
    }

    #[test]
    fn readings_of_a_rule_fold_together() {
        assert_eq!(folded("It came prior to noon."), folded("It came before noon."));
        assert_eq!(folded("as a result of the flood"), folded("as a consequence of the flood"));
    }

    #[test]
    fn spans_point_into_the_text() {
        let text = "“Prior to” the co-operation, well-known U.S. aims";
        let fold = Fold::embedded().text(text);
        let spans: Vec<&str> = (0..fold.len()).map(|at| &text[fold.span(at)]).collect();
        assert_eq!(spans, ["Prior to", "co-operation", "well", "known", "U.S.", "aims"]);
        assert_eq!(fold.word(99), "");
        assert_eq!(fold.span(99), 0..0);
    }
}
