//! Quoted words as they are searched for: folded, in fragments, each with its place in the article.

use std::ops::Range;

use chancery_text::fold::{Fold, Folded};
use chancery_text::press::Quotation;

/// Most words of a quotation that are searched for; of longer ones the first.
const MAX_WORDS: usize = 500;

/// The folded words of a quotation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// Fragments with words in them: offset in the article and words.
    fragments: Vec<(usize, Folded)>,
    /// Fragment and word of it, by word.
    places: Vec<(usize, usize)>,
    /// Words beyond the first [`MAX_WORDS`].
    pub(crate) left_out: usize,
}

impl Words {
    pub(crate) fn of(article: &str, quotation: &Quotation) -> Self {
        Self::in_spans(article, &quotation.fragments)
    }

    pub(crate) fn in_spans(article: &str, spans: &[Range<usize>]) -> Self {
        let mut out = Self::default();
        for span in spans {
            let folded = Fold::embedded().text(article.get(span.clone()).unwrap_or_default());
            let room = MAX_WORDS - out.places.len();
            let number = out.fragments.len();
            out.left_out += folded.len().saturating_sub(room);
            out.places.extend((0..folded.len().min(room)).map(|word| (number, word)));
            if !folded.is_empty() && room > 0 {
                out.fragments.push((span.start, folded));
            }
        }
        out
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The fragment of a word.
    pub(crate) fn fragment(&self, word: usize) -> Option<usize> {
        self.places.get(word).map(|place| place.0)
    }

    /// Where a word's fragment begins in the article.
    pub(crate) fn start(&self, word: usize) -> usize {
        self.places.get(word).map_or(0, |place| self.fragments[place.0].0)
    }

    /// Bytes of the article that a word came from.
    pub(crate) fn span(&self, word: usize) -> Range<usize> {
        let Some(&(fragment, word)) = self.places.get(word) else { return 0..0 };
        let (offset, folded) = &self.fragments[fragment];
        let span = folded.span(word);
        offset + span.start..offset + span.end
    }

    /// Words by fragment, as numbers.
    pub(crate) fn numbers(&self, number: impl Fn(&str) -> u32) -> Vec<Vec<u32>> {
        let mut out = vec![Vec::new(); self.fragments.len()];
        for &(fragment, word) in &self.places {
            out[fragment].push(number(self.fragments[fragment].1.word(word)));
        }
        out
    }
}
