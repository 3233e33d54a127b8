//! A segment: documents that are indexed together and never change.
//!
//! A suffix array over all words (Manber, Myers 1990): every run of words stands in it once for each of
//! its occurrences, side by side. Each alternative of a branch is indexed with a few words on either
//! side. Words are numbered within the segment, and 0 ends every stretch of text.

use std::ops::Range;
use std::sync::Arc;

use crate::blocks::{BLOCK_BYTES, BlockError, Blocks};
use crate::document::{DocId, Document, DocumentError, MAX_WORD};
use crate::pages::{Array, PER_BLOCK, Store};
use crate::sort::suffix_array;

/// Words on either side of an alternative that are indexed with it.
pub(crate) const CONTEXT: usize = 8;

/// Most words of a segment, with those around alternatives.
pub(crate) const MAX_TEXT: usize = 1 << 30;

/// Positions for each entry of the directory.
const DIRECTORY: usize = 256;

const MAGIC: u32 = u32::from_le_bytes(*b"chix");
const FORMAT: u32 = 1;
/// Magic, format, fold version; then the lengths of the arrays.
const HEAD: usize = 3;
const ARRAYS: usize = 7;

/// Columns of the table of stretches: first position, document, word of the main text it begins at,
/// words before the alternative (or `MAIN`), words of the alternative, word of the main text after it.
const STRETCH: usize = 6;
const MAIN: u32 = u32::MAX;
/// Columns of the table of documents: number, series, date, first stretch.
const DOCUMENT: usize = 4;

/// Documents indexed together.
#[derive(Debug)]
pub struct Segment {
    fold_version: u32,
    /// Numbers of words in the caller's vocabulary, ascending; the first has number 1 here.
    ids: Array,
    /// Where in `suffixes` each word's suffixes begin.
    buckets: Array,
    text: Array,
    suffixes: Array,
    stretches: Array,
    documents: Array,
    directory: Array,
    store: Option<Arc<Store>>,
}

/// An alternative as it lies in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    /// First position of the alternative's own words.
    pub(crate) text: usize,
    /// How many they are.
    pub(crate) len: usize,
    /// Words of the main text that it stands for.
    pub(crate) from: u32,
    pub(crate) to: u32,
}

impl Segment {
    /// Indexes documents. `fold_version` says what made words of the texts.
    ///
    /// # Errors
    /// A document that is none, the same one twice, or more words than a segment holds.
    pub fn build(documents: &[Document], fold_version: u32) -> Result<Self, SegmentError> {
        let mut seen: Vec<DocId> = documents.iter().map(|d| d.id).collect();
        seen.sort_unstable();
        if let Some(pair) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DocumentError::Twice { id: pair[0] }.into());
        }
        let mut numbers: Vec<u32> = Vec::new();
        let mut size = 0;
        for document in documents {
            document.check()?;
            let alternatives = document.branches.iter().flat_map(|b| &b.alternatives);
            size += document.words.len() + 1;
            for words in std::iter::once(&document.words).chain(alternatives.clone()) {
                if let Some(&most) = words.iter().max()
                    && numbers.len() <= most as usize
                {
                    numbers.resize(most as usize + 1, 0);
                }
                words.iter().for_each(|&word| numbers[word as usize] = 1);
            }
            size += alternatives.map(|a| a.len() + 2 * CONTEXT + 1).sum::<usize>();
        }
        if size > MAX_TEXT || documents.len() > MAX_TEXT {
            return Err(SegmentError::TooLarge);
        }
        let mut ids = Vec::new();
        for (id, number) in numbers.iter_mut().enumerate().filter(|(_, number)| **number > 0) {
            ids.push(u32::try_from(id).expect("words are below MAX_WORD, as was checked"));
            *number = ids.len() as u32;
        }
        let writer =
            Writer { numbers: &numbers, text: Vec::with_capacity(size), stretches: Vec::new() };
        Ok(writer.write(documents, ids, fold_version))
    }

    /// What made words of the texts.
    #[must_use]
    pub fn fold_version(&self) -> u32 {
        self.fold_version
    }

    /// Number of documents, those deleted since included.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.documents.len() / DOCUMENT).saturating_sub(1)
    }

    /// Whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of indexed words.
    #[must_use]
    pub fn words(&self) -> usize {
        self.suffixes.len()
    }

    /// Number of positions of text, ends of stretches included.
    pub(crate) fn positions(&self) -> usize {
        self.text.len()
    }

    /// Bytes in memory when nothing lies in blocks.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.arrays().iter().map(|array| array.len() * 4).sum()
    }

    fn arrays(&self) -> [&Array; ARRAYS] {
        [
            &self.ids,
            &self.buckets,
            &self.text,
            &self.suffixes,
            &self.stretches,
            &self.documents,
            &self.directory,
        ]
    }

    /// Calls `write` with every block in order.
    ///
    /// # Errors
    /// When the segment itself lies in blocks and one of them cannot be read.
    pub fn write(&self, mut write: impl FnMut(&[u8; BLOCK_BYTES])) -> Result<(), BlockError> {
        let mut block = [0_u8; BLOCK_BYTES];
        let lengths = self.arrays().map(|array| array.len() as u32);
        let head = [MAGIC, FORMAT, self.fold_version].into_iter().chain(lengths);
        let mut fill = |words: &mut dyn Iterator<Item = u32>| {
            block.fill(0);
            for (bytes, word) in block.as_chunks_mut::<4>().0.iter_mut().zip(words) {
                *bytes = word.to_le_bytes();
            }
            write(&block);
        };
        fill(&mut head.into_iter());
        for array in self.arrays() {
            for from in (0..array.len()).step_by(PER_BLOCK) {
                fill(&mut (from..(from + PER_BLOCK).min(array.len())).map(|at| array.get(at)));
            }
        }
        self.failure().map_or(Ok(()), Err)
    }

    /// Opens a segment that lies in blocks; they are read as a search needs them.
    ///
    /// # Errors
    /// Blocks that cannot be read or are none of a segment.
    pub fn open(blocks: Box<dyn Blocks>) -> Result<Self, SegmentError> {
        let store = Arc::new(Store::new(blocks));
        let Some(head) = store.block(0) else {
            return Err(store.failure().map_or(SegmentError::Malformed, SegmentError::Block));
        };
        let known = head.first() == Some(&MAGIC) && head.get(1) == Some(&FORMAT);
        let (Some(lengths), true) = (head.get(HEAD..HEAD + ARRAYS), known) else {
            return Err(SegmentError::Malformed);
        };
        let mut first: u32 = 1;
        let mut arrays = Vec::with_capacity(ARRAYS);
        for &len in lengths {
            let len = len as usize;
            arrays.push(Array::Stored { store: Arc::clone(&store), first, len });
            let next =
                u32::try_from(len.div_ceil(PER_BLOCK)).ok().and_then(|n| first.checked_add(n));
            first = next.ok_or(SegmentError::Malformed)?;
        }
        // Lengths that the blocks do not bear out would make searches long.
        if store.block(first - 1).is_none() {
            return Err(store.failure().map_or(SegmentError::Malformed, SegmentError::Block));
        }
        let fold_version = head.get(2).copied().unwrap_or(0);
        Self::of(arrays, fold_version, Some(store)).ok_or(SegmentError::Malformed)
    }

    /// The same segment with everything in memory: one pass over its blocks instead of many reads.
    ///
    /// # Errors
    /// A block that cannot be read.
    pub fn into_memory(self) -> Result<Self, BlockError> {
        let held = |array: &Array| Array::Held(array.all());
        let arrays = self.arrays().map(held);
        match self.failure() {
            Some(error) => Err(error),
            None => Ok(Self::of(arrays.into(), self.fold_version, None).unwrap_or(self)),
        }
    }

    /// `None` when the lengths do not fit together.
    fn of(arrays: Vec<Array>, fold_version: u32, store: Option<Arc<Store>>) -> Option<Self> {
        let arrays: [Array; ARRAYS] = arrays.try_into().ok()?;
        let [ids, buckets, text, suffixes, stretches, documents, directory] = arrays;
        let fits = buckets.len() == ids.len() + 2
            && ids.len() <= MAX_WORD as usize + 1
            && text.len() <= MAX_TEXT
            && suffixes.len() <= text.len()
            && stretches.len().is_multiple_of(STRETCH)
            && stretches.len() >= STRETCH
            && documents.len().is_multiple_of(DOCUMENT)
            && documents.len() >= DOCUMENT
            && directory.len() == text.len().div_ceil(DIRECTORY);
        fits.then_some(Self {
            fold_version,
            ids,
            buckets,
            text,
            suffixes,
            stretches,
            documents,
            directory,
            store,
        })
    }

    /// The first failure to read a block since the last call.
    pub(crate) fn failure(&self) -> Option<BlockError> {
        self.store.as_ref()?.failure()
    }

    /// The number in this segment of a word, 0 if it does not stand here.
    pub(crate) fn number(&self, word: u32) -> u32 {
        let at = self.ids.at_or_above(word);
        if at < self.ids.len() && self.ids.get(at) == word { at as u32 + 1 } else { 0 }
    }

    /// The caller's number of a word of this segment.
    pub(crate) fn word(&self, number: u32) -> u32 {
        self.ids.get((number as usize).wrapping_sub(1))
    }

    #[inline]
    pub(crate) fn text(&self, position: usize) -> u32 {
        self.text.get(position)
    }

    #[inline]
    pub(crate) fn suffix(&self, at: usize) -> usize {
        self.suffixes.get(at) as usize
    }

    /// The suffixes that begin with a word of this segment.
    pub(crate) fn bucket(&self, number: u32) -> Range<usize> {
        let from = self.buckets.get(number as usize) as usize;
        let to = self.buckets.get(number as usize + 1) as usize;
        from..to.min(self.suffixes.len()).max(from)
    }

    pub(crate) fn id(&self, slot: usize) -> DocId {
        DocId(self.documents.get(slot * DOCUMENT))
    }

    pub(crate) fn series(&self, slot: usize) -> u32 {
        self.documents.get(slot * DOCUMENT + 1)
    }

    pub(crate) fn date(&self, slot: usize) -> i32 {
        self.documents.get(slot * DOCUMENT + 2).cast_signed()
    }

    fn stretch(&self, number: usize, column: usize) -> u32 {
        self.stretches.get(number * STRETCH + column)
    }

    /// Positions of a document's main text.
    pub(crate) fn main(&self, slot: usize) -> Range<usize> {
        let stretch = self.documents.get(slot * DOCUMENT + 3) as usize;
        let from = self.stretch(stretch, 0) as usize;
        // One position is taken by the end of the stretch.
        let to = (self.stretch(stretch + 1, 0) as usize).saturating_sub(1);
        from..to.min(self.text.len()).max(from)
    }

    /// Positions of all that is indexed of a document.
    pub(crate) fn span(&self, slot: usize) -> Range<usize> {
        let first = |slot: usize| self.documents.get(slot * DOCUMENT + 3) as usize;
        let from = self.stretch(first(slot), 0) as usize;
        let to = self.stretch(first(slot + 1), 0) as usize;
        from..to.min(self.text.len()).max(from)
    }

    /// A document's alternatives in order.
    pub(crate) fn variants(&self, slot: usize) -> impl Iterator<Item = Variant> + '_ {
        let first = self.documents.get(slot * DOCUMENT + 3) as usize + 1;
        let end = self.documents.get((slot + 1) * DOCUMENT + 3) as usize;
        (first..end.min(self.stretches.len() / STRETCH)).map(|number| {
            let column = |c| self.stretch(number, c);
            Variant {
                text: column(0) as usize + column(3) as usize,
                len: (column(4) as usize).min(self.text.len()),
                from: column(2).saturating_add(column(3)),
                to: column(5),
            }
        })
    }

    fn stretch_at(&self, position: usize) -> usize {
        let mut number = self.directory.get(position / DIRECTORY) as usize;
        let last = (self.stretches.len() / STRETCH).saturating_sub(2);
        let begun = |number: usize| self.stretch(number + 1, 0) as usize <= position;
        // Nearly always at most one stretch begins before the position: a sum needs no guess.
        number += usize::from(begun(number.min(last)) & (number < last));
        while number < last && begun(number) {
            number += 1;
        }
        number
    }

    /// The document of a run of `len` words, and the words of its main text that the run stands for.
    /// `None` for a run that lies beside an alternative and not in it: it stands in the main text too.
    pub(crate) fn locate(&self, position: usize, len: usize) -> Option<(usize, Range<u32>)> {
        let number = self.stretch_at(position);
        let column = |c| self.stretch(number, c);
        let slot = column(1) as usize;
        let offset = position.checked_sub(column(0) as usize)? as u32;
        let len = u32::try_from(len).ok()?;
        let (at, fork, alternative, resume) = (column(2), column(3), column(4), column(5));
        if fork == MAIN {
            return Some((slot, offset..offset.saturating_add(len)));
        }
        let (end, join) = (offset.saturating_add(len), fork.saturating_add(alternative));
        let inside = if alternative > 0 { offset < join } else { offset < fork } && end > fork;
        let from = at.saturating_add(offset.min(fork));
        let to = resume.saturating_add(end.saturating_sub(join));
        inside.then_some((slot, from..to.max(from)))
    }

    /// A document as it was handed in; branches come back one for each stretch of main text.
    pub(crate) fn document(&self, slot: usize) -> Document {
        let words = |range: Range<usize>| range.map(|p| self.word(self.text(p))).collect();
        let mut branches: Vec<crate::document::Branch> = Vec::new();
        for variant in self.variants(slot) {
            let alternative: Vec<u32> = words(variant.text..variant.text + variant.len);
            match branches.last_mut() {
                Some(last) if last.at == (variant.from..variant.to) => {
                    last.alternatives.push(alternative);
                }
                _ => branches.push(crate::document::Branch {
                    at: variant.from..variant.to,
                    alternatives: vec![alternative],
                }),
            }
        }
        Document {
            id: self.id(slot),
            series: self.series(slot),
            date: self.date(slot),
            words: words(self.main(slot)),
            branches,
        }
    }
}

/// A segment that is being written.
struct Writer<'a> {
    /// Number here of each of the caller's words.
    numbers: &'a [u32],
    text: Vec<u32>,
    stretches: Vec<u32>,
}

impl Writer<'_> {
    fn push(&mut self, words: &[u32]) {
        self.text.extend(words.iter().map(|&word| self.numbers[word as usize]));
    }

    fn write(mut self, documents: &[Document], ids: Vec<u32>, fold_version: u32) -> Segment {
        let mut table = Vec::with_capacity((documents.len() + 1) * DOCUMENT);
        for (slot, document) in (0_u32..).zip(documents) {
            let stretch = (self.stretches.len() / STRETCH) as u32;
            table.extend([document.id.0, document.series, document.date.cast_unsigned(), stretch]);
            self.stretches.extend([self.text.len() as u32, slot, 0, MAIN, 0, 0]);
            self.push(&document.words);
            self.text.push(0);
            for branch in &document.branches {
                let (from, to) = (branch.at.start as usize, branch.at.end as usize);
                let before = from.saturating_sub(CONTEXT)..from;
                let after = to..(to + CONTEXT).min(document.words.len());
                for alternative in &branch.alternatives {
                    let (fork, len) = (before.len() as u32, alternative.len() as u32);
                    let start = self.text.len() as u32;
                    let at = before.start as u32;
                    self.stretches.extend([start, slot, at, fork, len, branch.at.end]);
                    self.push(&document.words[before.clone()]);
                    self.push(alternative);
                    self.push(&document.words[after.clone()]);
                    self.text.push(0);
                }
            }
        }
        let stretches = self.stretches.len() / STRETCH;
        table.extend([0, 0, 0, stretches as u32]);
        let mut directory = Vec::with_capacity(self.text.len().div_ceil(DIRECTORY));
        let mut number = 0;
        for position in (0..self.text.len()).step_by(DIRECTORY) {
            while number + 1 < stretches
                && self.stretches[(number + 1) * STRETCH] as usize <= position
            {
                number += 1;
            }
            directory.push(number as u32);
        }
        self.stretches.extend([self.text.len() as u32, 0, 0, MAIN, 0, 0]);
        let mut suffixes = suffix_array(&self.text, ids.len() as u32);
        // The ends of stretches come first and are searched for by nobody.
        suffixes.drain(..stretches.min(suffixes.len()));
        suffixes.shrink_to_fit();
        let mut buckets = vec![0_u32; ids.len() + 2];
        for &word in self.text.iter().filter(|&&word| word > 0) {
            buckets[word as usize + 1] += 1;
        }
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        Segment {
            fold_version,
            ids: Array::Held(ids),
            buckets: Array::Held(buckets),
            text: Array::Held(self.text),
            suffixes: Array::Held(suffixes),
            stretches: Array::Held(self.stretches),
            documents: Array::Held(table),
            directory: Array::Held(directory),
            store: None,
        }
    }
}

/// Why there is no segment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// A document that cannot be indexed.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// More words than a segment holds.
    #[error("a segment holds at most {MAX_TEXT} words; add the documents in several batches")]
    TooLarge,
    /// Not the blocks of a segment, or of a later version.
    #[error("these blocks are no index segment of this version; build the index anew")]
    Malformed,
    /// A block that cannot be read.
    #[error(transparent)]
    Block(#[from] BlockError),
}
