//! Documents as they are handed in: numbers of words, with branches where copies differ.

use std::ops::Range;

/// The caller's number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

/// Most words of one document, branches included.
pub const MAX_WORDS: usize = 1 << 22;

/// Largest number of a word.
pub const MAX_WORD: u32 = (1 << 26) - 1;

/// A place where copies of a document differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// The words of the main text that stand there; may be empty.
    pub at: Range<u32>,
    /// What stands there in other copies; one may be empty.
    pub alternatives: Vec<Vec<u32>>,
}

/// A document to be indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The caller's number; each is indexed once.
    pub id: DocId,
    /// Documents of one office or volume share a series; chance is measured between series.
    pub series: u32,
    /// Orders documents in time, in the caller's units.
    pub date: i32,
    /// The words of the text, in order.
    pub words: Vec<u32>,
    /// Branches in order, none overlapping another.
    pub branches: Vec<Branch>,
}

impl Document {
    /// A document without branches.
    #[must_use]
    pub fn plain(id: u32, series: u32, date: i32, words: Vec<u32>) -> Self {
        Self { id: DocId(id), series, date, words, branches: Vec::new() }
    }

    pub(crate) fn check(&self) -> Result<(), DocumentError> {
        let id = self.id;
        let alternatives = || self.branches.iter().flat_map(|b| &b.alternatives);
        let total = self.words.len() + alternatives().map(Vec::len).sum::<usize>();
        if total > MAX_WORDS {
            return Err(DocumentError::TooLong { id });
        }
        if self.words.iter().chain(alternatives().flatten()).any(|&word| word > MAX_WORD) {
            return Err(DocumentError::Word { id });
        }
        let mut passed = 0;
        for branch in &self.branches {
            let ordered = passed <= branch.at.start && branch.at.start <= branch.at.end;
            if !ordered || branch.at.end as usize > self.words.len() {
                return Err(DocumentError::Branch { id });
            }
            passed = branch.at.end;
        }
        Ok(())
    }
}

/// One way to read a document, or a stretch of it: the sources that are no suffix array read these.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) words: Vec<u32>,
    /// The words of the main text that each word stands for.
    at: Vec<Range<u32>>,
    /// Words of an alternative; only runs that touch them (or cross their place) are this reading's own.
    own: Range<usize>,
}

impl Reading {
    /// The main text, and every alternative with up to `context` words on either side.
    pub(crate) fn of(document: &Document, context: usize) -> Vec<Self> {
        let main = |range: Range<usize>| range.map(|at| at as u32..at as u32 + 1);
        let all = 0..document.words.len();
        let own = all.clone();
        let mut out = vec![Self { words: document.words.clone(), at: main(all).collect(), own }];
        for branch in &document.branches {
            let (from, to) = (branch.at.start as usize, branch.at.end as usize);
            let before = from.saturating_sub(context)..from;
            let after = to..to.saturating_add(context).min(document.words.len());
            for alternative in &branch.alternatives {
                let own = before.len()..before.len() + alternative.len();
                let words =
                    [&document.words[before.clone()], alternative, &document.words[after.clone()]];
                let place = std::iter::repeat_n(branch.at.clone(), alternative.len());
                let at = main(before.clone()).chain(place).chain(main(after.clone())).collect();
                out.push(Self { words: words.concat(), at, own });
            }
        }
        out
    }

    /// The words of the main text that a run stands for; `None` when another reading has the run too.
    pub(crate) fn locate(&self, run: Range<usize>) -> Option<Range<u32>> {
        let crosses = if self.own.is_empty() {
            run.start < self.own.start && run.end > self.own.start
        } else {
            run.start < self.own.end && run.end > self.own.start
        };
        let (first, last) = (self.at.get(run.start)?, self.at.get(run.end.checked_sub(1)?)?);
        crosses.then_some(first.start..last.end)
    }
}

/// Why a document cannot be indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// More words than a document may have.
    #[error("document {} has more than {MAX_WORDS} words; index it in parts", id.0)]
    TooLong {
        /// The document.
        id: DocId,
    },
    /// A number that is kept for other uses.
    #[error("document {} has a word above {MAX_WORD}; number words from a vocabulary", id.0)]
    Word {
        /// The document.
        id: DocId,
    },
    /// Branches out of order, overlapping, or beyond the text.
    #[error("the branches of document {} overlap or lie outside its words", id.0)]
    Branch {
        /// The document.
        id: DocId,
    },
    /// Indexed before, and not deleted.
    #[error("document {} is indexed already; delete it first", id.0)]
    Twice {
        /// The document.
        id: DocId,
    },
}
