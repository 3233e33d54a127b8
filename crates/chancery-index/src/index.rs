//! The index: segments, additions and deletions, and the search over all of them.
//!
//! Segments are kept by the logarithmic method (Bentley, Saxe 1980): a batch becomes a segment, and
//! is joined with earlier ones while these are not at least twice as large. Deleted documents are hidden at
//! once and leave the index when their segment is next joined.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::align::{Aligner, Hit};
use crate::blocks::BlockError;
use crate::document::{DocId, Document, DocumentError};
use crate::lattice::Lattice;
use crate::query::{Local, Query};
use crate::rank::{Candidate, CandidateSource, Occurrence, best};
use crate::segment::{Segment, SegmentError};
use crate::suffix::{prefixes, whole};
use crate::view::View;

/// Segments of more words than this are not joined any more.
pub const JOINED: usize = 1 << 27;

/// Runs that are looked at for one query, rare ones first: most, for each of its words, and least. A long
/// query has rarer runs to choose from. Fewer when long runs are among them.
const BUDGET: usize = 1 << 14;
const BUDGET_WORDS: usize = 1 << 16;
const BUDGET_LONG: usize = 1_024;
/// Words of a long run.
const LONG: usize = 5;

/// Runs that stand so many times more often in the whole archive than a query's budget say nothing and are
/// passed over, whoever searches.
const COMMON: usize = 4;

/// Holders of a fragment are counted up to this number.
pub const MANY: usize = 4_096;

/// Of several fragments, one that stands more often than this is taken to stand everywhere.
const EVERYWHERE: usize = 1 << 18;

/// Words of the query beyond a run that are looked for beside it, and words of the document that may lie
/// between them.
const REACH: u32 = 48;
const SLACK: u32 = 8;

/// How many documents in view hold the query word for word, its fragments in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holders {
    /// So many.
    Exactly(usize),
    /// At least [`MANY`] hold its rarest fragment.
    Many,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Documents in view, best first; of equal ones the earliest first.
    pub hits: Vec<Hit>,
    /// How many hold the query word for word.
    pub holders: Holders,
}

/// What an addition did to the segments: their names, for whoever stores them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Segments to be written.
    pub added: Vec<u64>,
    /// Segments that are no longer part of the index.
    pub removed: Vec<u64>,
}

#[derive(Debug)]
struct Part {
    name: u64,
    segment: Segment,
    /// Slots of deleted documents.
    deleted: BTreeSet<usize>,
}

/// Documents and what can be asked of them.
#[derive(Debug)]
pub struct Index {
    fold_version: u32,
    parts: Vec<Part>,
    known: HashMap<DocId, (usize, usize)>,
    next: u64,
    state: u64,
}

impl Index {
    /// An empty index of words that `fold_version` makes.
    #[must_use]
    pub fn new(fold_version: u32) -> Self {
        Self { fold_version, parts: Vec::new(), known: HashMap::new(), next: 0, state: 0 }
    }

    /// An index of stored segments, under the names they were given, and the documents deleted since.
    ///
    /// # Errors
    /// Segments of another fold, a document in two of them, blocks that cannot be read.
    pub fn of(
        fold_version: u32,
        segments: Vec<(u64, Segment)>,
        deleted: &BTreeSet<DocId>,
    ) -> Result<Self, IndexError> {
        let mut index = Self::new(fold_version);
        for (name, segment) in segments {
            if segment.fold_version() != fold_version {
                return Err(IndexError::Fold {
                    segment: segment.fold_version(),
                    index: fold_version,
                });
            }
            index.next = index.next.max(name.saturating_add(1));
            index.parts.push(Part { name, segment, deleted: BTreeSet::new() });
        }
        for (number, part) in index.parts.iter_mut().enumerate() {
            for slot in 0..part.segment.len() {
                let id = part.segment.id(slot);
                if deleted.contains(&id) {
                    part.deleted.insert(slot);
                } else if index.known.insert(id, (number, slot)).is_some() {
                    return Err(DocumentError::Twice { id }.into());
                }
            }
        }
        index.readable()?;
        Ok(index)
    }

    /// Number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Segments by name, the largest first.
    pub fn segments(&self) -> impl Iterator<Item = (u64, &Segment)> {
        self.parts.iter().map(|part| (part.name, &part.segment))
    }

    /// Adds documents as one batch. An id that was deleted may come again.
    ///
    /// # Errors
    /// A document that is none or is there already; nothing is added then.
    pub fn add(&mut self, mut documents: Vec<Document>) -> Result<Change, IndexError> {
        for document in &documents {
            document.check()?;
            if self.known.contains_key(&document.id) {
                return Err(DocumentError::Twice { id: document.id }.into());
            }
        }
        let mut change = Change::default();
        if documents.is_empty() {
            return Ok(change);
        }
        let size = |documents: &[Document]| documents.iter().map(|d| d.words.len()).sum::<usize>();
        let mut words = size(&documents);
        let mut joined = self.parts.len();
        while let Some(part) = joined.checked_sub(1).and_then(|k| self.parts.get(k)) {
            let all = part.segment.words() + words;
            if part.segment.words() > 2 * words || all > JOINED {
                break;
            }
            words = all;
            joined -= 1;
        }
        for part in &self.parts[joined..] {
            let kept = (0..part.segment.len()).filter(|slot| !part.deleted.contains(slot));
            documents.extend(kept.map(|slot| part.segment.document(slot)));
        }
        self.readable()?;
        documents.sort_by_key(|document| document.id);
        let segment = Segment::build(&documents, self.fold_version)?;
        change.removed = self.parts.drain(joined..).map(|part| part.name).collect();
        change.added.push(self.next);
        for (slot, document) in documents.iter().enumerate() {
            self.known.insert(document.id, (joined, slot));
        }
        self.parts.push(Part { name: self.next, segment, deleted: BTreeSet::new() });
        self.next += 1;
        self.state += 1;
        Ok(change)
    }

    /// Takes a document out; false if there is none of that number. Views made before still show it.
    pub fn delete(&mut self, id: DocId) -> bool {
        let Some((part, slot)) = self.known.remove(&id) else { return false };
        self.parts[part].deleted.insert(slot);
        self.state += 1;
        true
    }

    /// What a viewer may see, as of now.
    ///
    /// # Errors
    /// A block that cannot be read.
    pub fn view(&self, visible: impl Fn(DocId) -> bool) -> Result<View, IndexError> {
        let segments: Vec<&Segment> = self.parts.iter().map(|part| &part.segment).collect();
        let view = View::new(&segments, self.state, |number, slot, id| {
            !self.parts[number].deleted.contains(&slot) && visible(id)
        });
        self.readable()?;
        Ok(view)
    }

    /// A view without some of its documents, for decoys. How common words are is kept.
    #[must_use]
    pub fn without(&self, view: &View, docs: &[DocId]) -> View {
        let place = |doc: &DocId| self.known.get(doc).map(|&(part, slot)| (*doc, part, slot));
        view.without(docs.iter().filter_map(place).collect())
    }

    /// Searches with the suffix arrays.
    ///
    /// # Errors
    /// A view from before the last change, or a block that cannot be read.
    pub fn search(&self, query: &Query, view: &View) -> Result<Found, IndexError> {
        self.search_with(self, query, view)
    }

    /// Searches with the runs that another source finds.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn search_with(
        &self,
        source: &impl CandidateSource,
        query: &Query,
        view: &View,
    ) -> Result<Found, IndexError> {
        let hits = self.hits_with(source, query, view)?;
        let holders = self.count(query, view);
        self.readable()?;
        Ok(Found { hits, holders })
    }

    /// The hits of [`Index::search`], without counting who holds the query word for word.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn hits(&self, query: &Query, view: &View) -> Result<Vec<Hit>, IndexError> {
        self.hits_with(self, query, view)
    }

    fn hits_with(
        &self,
        source: &impl CandidateSource,
        query: &Query,
        view: &View,
    ) -> Result<Vec<Hit>, IndexError> {
        if view.state != self.state {
            return Err(IndexError::Stale);
        }
        let candidates = best(source.occurrences(query, view), query, view);
        let mut hits = self.compare(query, view, &candidates);
        hits.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| (a.date, a.doc).cmp(&(b.date, b.doc)))
        });
        self.readable()?;
        Ok(hits)
    }

    fn compare(&self, query: &Query, view: &View, candidates: &[Candidate]) -> Vec<Hit> {
        let weights: Vec<i64> = query.words().iter().map(|&word| view.weight(word)).collect();
        let locals: Vec<_> = self.parts.iter().map(|p| query.within(&p.segment)).collect();
        let mut aligner = Aligner::default();
        let mut hits = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let Some(&(part, slot)) = self.known.get(&candidate.doc) else { continue };
            let segment = &self.parts[part].segment;
            let lattice = Lattice::of(segment, slot, &pieces(query, candidate));
            if let Some(aligned) = aligner.align(query, &locals[part], &weights, &lattice) {
                let (series, date) = (segment.series(slot), segment.date(slot));
                hits.push(aligned.hit(candidate.doc, series, date, weights.iter().sum()));
            }
        }
        hits
    }

    /// How many documents in view hold the query word for word, its fragments in order.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn holders(&self, query: &Query, view: &View) -> Result<Holders, IndexError> {
        if view.state != self.state {
            return Err(IndexError::Stale);
        }
        let holders = self.count(query, view);
        self.readable()?;
        Ok(holders)
    }

    fn count(&self, query: &Query, view: &View) -> Holders {
        let fragments = query.fragments();
        let locals: Vec<_> = self.parts.iter().map(|p| query.within(&p.segment)).collect();
        let ranges = |fragment: &Range<usize>| -> Vec<Range<usize>> {
            let parts = self.parts.iter().zip(&locals);
            parts.map(|(p, local)| whole(&p.segment, &local.words[fragment.clone()])).collect()
        };
        let ranges: Vec<Vec<Range<usize>>> = fragments.iter().map(ranges).collect();
        let size = |ranges: &[Range<usize>]| ranges.iter().map(Range::len).sum::<usize>();
        let rarest = (0..ranges.len()).min_by_key(|&f| size(&ranges[f])).unwrap_or(0);
        // Documents that have the rarest fragment, and where their fragments so far end at the earliest.
        let mut ends: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        let found = |f: usize| self.found(&ranges[f], fragments[f].len(), view);
        for (part, slot, _) in found(rarest) {
            ends.insert((part, slot), 0);
            if ends.len() >= MANY {
                return Holders::Many;
            }
        }
        let others = |&f: &usize| size(&ranges[f]) <= EVERYWHERE || f == rarest;
        for f in (0..fragments.len()).filter(others).filter(|_| fragments.len() > 1) {
            let mut next: BTreeMap<(usize, usize), u32> = BTreeMap::new();
            for (part, slot, at) in found(f) {
                if ends.get(&(part, slot)).is_some_and(|&end| end <= at.start) {
                    let end = next.entry((part, slot)).or_insert(at.end);
                    *end = at.end.min(*end);
                }
            }
            ends = next;
        }
        Holders::Exactly(ends.len())
    }

    /// Where runs of `len` words, given by suffixes of each segment, stand in documents in view.
    fn found<'a>(
        &'a self,
        ranges: &'a [Range<usize>],
        len: usize,
        view: &'a View,
    ) -> impl Iterator<Item = (usize, usize, Range<u32>)> + 'a {
        self.parts.iter().zip(ranges).enumerate().flat_map(move |(number, (part, range))| {
            range.clone().filter_map(move |at| {
                let (slot, at) = part.segment.locate(part.segment.suffix(at), len)?;
                view.shows(number, slot).then_some((number, slot, at))
            })
        })
    }

    /// How often the runs of 1, 2, ... words stand in documents in view, contexts of alternatives
    /// included, as far as the budget. Runs that are too common in the whole archive count as the largest
    /// number.
    fn sizes(
        &self,
        found: &[Vec<Range<usize>>],
        hidden: &[usize],
        budget: usize,
        view: &View,
    ) -> Vec<usize> {
        let longest = found.iter().map(Vec::len).max().unwrap_or(0);
        let mut out: Vec<usize> = (1..=longest).map(|len| total(found, len)).collect();
        let slots = self.parts.iter().map(|part| part.segment.len()).sum::<usize>();
        let all = view.documents() == slots;
        let mut seen = 0;
        for (shorter, size) in out.iter_mut().enumerate().rev() {
            if *size > COMMON * budget {
                *size = usize::MAX;
                continue;
            }
            if all {
                // Fewer than none only in a damaged segment.
                *size = size.saturating_sub(hidden.get(shorter).copied().unwrap_or(0));
            } else {
                for (number, ranges) in found.iter().enumerate() {
                    let segment = &self.parts[number].segment;
                    let shown = |&at: &usize| view.shows(number, segment.slot(segment.suffix(at)));
                    // Beyond the budget it does not matter how many there are.
                    seen +=
                        shell(ranges, shorter + 1).filter(shown).take(budget + 1 - seen).count();
                }
                *size = seen;
            }
            *size = (*size).min(budget + 1);
        }
        out
    }

    /// For every word of the query, how often the runs of 1, 2, ... words from there stand in documents
    /// that were left out of the view.
    fn hidden(&self, query: &Query, locals: &[Local], view: &View) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); query.words().len()];
        for &(_, part, slot) in view.hidden() {
            let (segment, local) = (&self.parts[part].segment, &locals[part]);
            let text: Vec<u32> = segment.span(slot).map(|at| segment.text(at)).collect();
            for fragment in query.fragments() {
                for from in fragment.clone() {
                    let words = &local.words[from..fragment.end];
                    for start in 0..text.len() {
                        let same =
                            words.iter().zip(&text[start..]).take_while(|(a, b)| a == b && **a > 0);
                        for len in 0..same.count() {
                            match out[from].get_mut(len) {
                                Some(count) => *count += 1,
                                None => out[from].push(1),
                            }
                        }
                    }
                }
            }
        }
        out
    }

    /// Whether every block could be read since the last call.
    pub(crate) fn readable(&self) -> Result<(), IndexError> {
        match self.parts.iter().find_map(|part| part.segment.failure()) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// Words of a document's main text, in the caller's numbers.
    #[must_use]
    pub fn words(&self, doc: DocId) -> Vec<u32> {
        let Some(&(part, slot)) = self.known.get(&doc) else { return Vec::new() };
        let segment = &self.parts[part].segment;
        segment.main(slot).map(|position| segment.word(segment.text(position))).collect()
    }

    /// Documents in view with their series, in order of their numbers.
    pub(crate) fn shown_documents(&self, view: &View) -> Vec<(DocId, u32)> {
        let mut out = Vec::with_capacity(view.documents());
        for (number, part) in self.parts.iter().enumerate() {
            let slots = (0..part.segment.len()).filter(|&slot| view.shows(number, slot));
            out.extend(slots.map(|slot| (part.segment.id(slot), part.segment.series(slot))));
        }
        out.sort_unstable();
        out
    }

    /// Whether a run of words stands in a document in view that is not of one series.
    pub(crate) fn stands(&self, words: &[u32], view: &View, without: u32) -> bool {
        self.parts.iter().enumerate().any(|(number, part)| {
            let local: Vec<u32> = words.iter().map(|&word| part.segment.number(word)).collect();
            whole(&part.segment, &local).any(|at| {
                let found = part.segment.locate(part.segment.suffix(at), words.len());
                found.is_some_and(|(slot, _)| {
                    view.shows(number, slot) && part.segment.series(slot) != without
                })
            })
        })
    }

    /// Occurrences of a run of words outside one series: counted one by one when there are few.
    pub(crate) fn occurrences_of(&self, words: &[u32], without: Option<u32>) -> usize {
        const FEW: usize = 256;
        let mut total = 0;
        for part in &self.parts {
            let segment = &part.segment;
            let local: Vec<u32> = words.iter().map(|&word| segment.number(word)).collect();
            let range = whole(segment, &local);
            total += match without {
                Some(series) if range.len() <= FEW => range
                    .filter_map(|at| segment.locate(segment.suffix(at), words.len()))
                    .filter(|(slot, _)| segment.series(*slot) != series)
                    .count(),
                _ => range.len(),
            };
        }
        total
    }
}

/// The words of a document that are compared: its runs and what lies around them.
fn pieces(query: &Query, candidate: &Candidate) -> Vec<Range<u32>> {
    let mut out: Vec<Range<u32>> = Vec::new();
    for (from, len, at) in &candidate.runs {
        let fragment = query.fragments().iter().find(|f| f.contains(&(*from as usize)));
        let fragment = fragment.map_or(0..0, |f| f.start as u32..f.end as u32);
        let before = from.saturating_sub(fragment.start).min(REACH) + SLACK;
        let after = fragment.end.saturating_sub(from + len).min(REACH) + SLACK;
        let piece = at.start.saturating_sub(before)..at.end.saturating_add(after);
        match out.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => out.push(piece),
        }
    }
    out
}

impl CandidateSource for Index {
    fn occurrences(&self, query: &Query, view: &View) -> Vec<Occurrence> {
        let locals: Vec<_> = self.parts.iter().map(|p| query.within(&p.segment)).collect();
        let mut out = Vec::new();
        let mut levels: Vec<(usize, std::cmp::Reverse<usize>, usize)> = Vec::new();
        // For every word of the query: the suffixes of each segment that begin like the fragment there.
        let mut starts: BTreeMap<usize, Vec<Vec<Range<usize>>>> = BTreeMap::new();
        let hidden = self.hidden(query, &locals, view);
        let budget = (BUDGET_WORDS / query.words().len()).clamp(BUDGET_LONG, BUDGET);
        for fragment in query.fragments() {
            for from in fragment.clone() {
                let found: Vec<Vec<Range<usize>>> = self
                    .parts
                    .iter()
                    .zip(&locals)
                    .map(|(part, local)| prefixes(&part.segment, &local.words[from..fragment.end]))
                    .collect();
                let sizes = self.sizes(&found, &hidden[from], budget, view);
                let runs = (1..).zip(sizes).filter(|(_, size)| *size > 0);
                levels.extend(runs.map(|(len, size)| (size, std::cmp::Reverse(len), from)));
                starts.insert(from, found);
            }
        }
        levels.sort_unstable();
        let long = levels.iter().any(|(_, std::cmp::Reverse(len), _)| *len >= LONG);
        let budget = if long { BUDGET_LONG } else { budget };
        let mut spent = 0;
        let mut shortest: BTreeMap<usize, usize> = BTreeMap::new();
        for (size, std::cmp::Reverse(len), from) in levels {
            spent = size.saturating_add(spent);
            if size == usize::MAX || (spent > budget && !shortest.is_empty()) {
                break;
            }
            shortest.insert(from, len);
        }
        for (from, least) in shortest {
            let inside = query.fragments().iter().any(|f| f.start < from && from < f.end);
            let mut holders: Vec<DocId> = Vec::new();
            let longest = starts[&from].iter().map(Vec::len).max().unwrap_or(0);
            for len in (least..=longest).rev() {
                let mut fresh: Vec<(DocId, Range<u32>)> = Vec::new();
                for (number, found) in starts[&from].iter().enumerate() {
                    let segment = &self.parts[number].segment;
                    let before = if inside { locals[number].words[from - 1] } else { 0 };
                    for at in shell(found, len) {
                        let position = segment.suffix(at);
                        let Some((slot, at)) = segment.locate(position, len) else { continue };
                        if !view.shows(number, slot) {
                            continue;
                        }
                        holders.push(segment.id(slot));
                        // Longer to the left: found from the word before.
                        let left = position.checked_sub(1).map_or(0, |p| segment.text(p));
                        if before == 0 || left != before {
                            fresh.push((segment.id(slot), at));
                        }
                    }
                }
                holders.sort_unstable();
                holders.dedup();
                out.extend(fresh.into_iter().map(|(doc, at)| Occurrence {
                    doc,
                    from: from as u32,
                    len: len as u32,
                    at,
                    holders: holders.len() as u32,
                }));
            }
        }
        out
    }
}

/// Occurrences of the run of `len` words in all segments, in view or not.
fn total(found: &[Vec<Range<usize>>], len: usize) -> usize {
    found.iter().filter_map(|ranges| ranges.get(len - 1)).map(Range::len).sum()
}

/// The suffixes that begin with `len` words of a fragment and not with one more.
fn shell(ranges: &[Range<usize>], len: usize) -> impl Iterator<Item = usize> {
    let range = ranges.get(len - 1).cloned().unwrap_or(0..0);
    let longer = ranges.get(len).cloned().unwrap_or(range.end..range.end);
    (range.start..longer.start).chain(longer.end..range.end)
}

/// Why an index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A document that cannot be added.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A segment that cannot be built or opened.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A block that cannot be read.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A segment whose words were made otherwise.
    #[error(
        "a segment was made by fold {segment}, this index by fold {index}; build the segment anew"
    )]
    Fold {
        /// The segment's.
        segment: u32,
        /// The index's.
        index: u32,
    },
    /// The index has changed since.
    #[error("the index has changed since this view of it was made; make a new view")]
    Stale,
}
