//! A query: the words of a quotation in fragments, as ellipses and brackets cut it.

use std::ops::Range;

use crate::segment::Segment;

/// Stands for a word that no document has.
pub const UNKNOWN: u32 = u32::MAX;

/// Most words of one query; longer text is searched in parts.
pub(crate) const MAX_QUERY: usize = 512;

/// Words in order, in fragments; between two fragments anything may have been left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: Vec<u32>,
    fragments: Vec<Range<usize>>,
    light: Vec<u32>,
}

impl Query {
    /// A query from fragments; empty ones are left out. `light` are the words that an editor adds and
    /// drops without a thought (articles, prepositions): missing one costs little.
    ///
    /// # Errors
    /// No word at all, or more than 512.
    pub fn new<F: AsRef<[u32]>>(fragments: &[F], light: &[u32]) -> Result<Self, QueryError> {
        let mut query = Self { words: Vec::new(), fragments: Vec::new(), light: light.to_vec() };
        query.light.sort_unstable();
        query.light.dedup();
        for fragment in fragments.iter().map(AsRef::as_ref).filter(|f| !f.is_empty()) {
            let start = query.words.len();
            query.words.extend_from_slice(fragment);
            query.fragments.push(start..query.words.len());
            if query.words.len() > MAX_QUERY {
                return Err(QueryError::TooLong);
            }
        }
        if query.words.is_empty() { Err(QueryError::Empty) } else { Ok(query) }
    }

    /// All words.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The fragments, as ranges of [`Query::words`].
    #[must_use]
    pub fn fragments(&self) -> &[Range<usize>] {
        &self.fragments
    }

    /// Whether a word is light.
    #[must_use]
    pub fn is_light(&self, word: u32) -> bool {
        self.light.binary_search(&word).is_ok()
    }

    /// The query in the numbers of a segment; 0 for words it does not have.
    pub(crate) fn within(&self, segment: &Segment) -> Local {
        let number = |&word: &u32| segment.number(word);
        let mut light: Vec<u32> = self.light.iter().map(number).filter(|&n| n > 0).collect();
        light.sort_unstable();
        Local {
            words: self.words.iter().map(number).collect(),
            light,
            is_light: self.words.iter().map(|&word| self.is_light(word)).collect(),
        }
    }
}

/// A query in the numbers of one segment.
pub(crate) struct Local {
    pub(crate) words: Vec<u32>,
    /// The light words, ascending.
    pub(crate) light: Vec<u32>,
    /// Which words of the query are light.
    pub(crate) is_light: Vec<bool>,
}

/// Why words make no query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// Nothing to search for.
    #[error("the quotation has no words to search for")]
    Empty,
    /// Too much to search for at once.
    #[error("a query has at most {MAX_QUERY} words; search longer text in parts")]
    TooLong,
}
