//! The index: segments, additions and deletions, and the search over all of them.
//!
//! Segments are kept by the logarithmic method (Bentley, Saxe 1980): a batch becomes a segment, and
//! is joined with earlier ones while these are not at least twice as large. Deleted documents are hidden at
//! once and leave the index when their segment is next joined.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::align::{Aligned, Aligner, Hit};
use crate::blocks::BlockError;
use crate::document::{DocId, Document, DocumentError};
use crate::lattice::Lattice;
use crate::log::nats;
use crate::query::{Local, Query};
use crate::rank::{Candidate, CandidateSource, Occurrence, best};
use crate::segment::{Segment, SegmentError};
use crate::suffix::{prefixes, whole};
use crate::view::View;

/// Segments of more words than this are not joined any more.
pub const JOINED: usize = 1 << 27;

/// Runs that are looked at for one query, rare ones first. A long query has rarer runs to choose from.
/// `bench/expose` measures what they cost in recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// For a query of up to five words.
    pub few: usize,
    /// For all words of a longer one together: each gets its share.
    pub words: usize,
    /// When a run of five words and more is among them, and at least.
    pub long: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { few: 1 << 14, words: 1 << 15, long: 1 << 10 }
    }
}

impl Budget {
    fn of(&self, words: usize) -> usize {
        let most = if words <= FEW_WORDS { self.few } else { self.words / words };
        most.max(self.long)
    }
}

const FEW_WORDS: usize = 5;
/// Words of a long run.
const LONG: usize = 5;

/// Runs that stand so many times more often in the whole archive than a query's budget say nothing and are
/// passed over, whoever searches.
const COMMON: usize = 4;

/// Suffixes that are looked at together, one look not waiting for another.
const TOGETHER: usize = 256;

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

/// A query with the weights of its words, and in the numbers of every segment.
struct Asked<'a> {
    query: &'a Query,
    weights: Vec<i64>,
    locals: Vec<Local>,
}

/// The queries that a document is a candidate of.
type Shares<'a> = Vec<(&'a Asked<'a>, Candidate)>;

/// Documents and what can be asked of them.
#[derive(Debug)]
pub struct Index {
    fold_version: u32,
    parts: Vec<Part>,
    known: HashMap<DocId, (usize, usize)>,
    next: u64,
    state: u64,
    budget: Budget,
}

impl Index {
    /// An empty index of words that `fold_version` makes.
    #[must_use]
    pub fn new(fold_version: u32) -> Self {
        let budget = Budget::default();
        Self { fold_version, parts: Vec::new(), known: HashMap::new(), next: 0, state: 0, budget }
    }

    /// Searches with another budget from now on. Not kept with the segments.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
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

    /// A view without some of its documents, for decoys: what it shows and how common words are is as if the
    /// archive did not have them.
    #[must_use]
    pub fn without(&self, view: &View, docs: &[DocId]) -> View {
        let place = |doc: &DocId| {
            let &(part, slot) = self.known.get(doc)?;
            view.shows(part, slot).then_some((*doc, part, slot))
        };
        let segments: Vec<&Segment> = self.parts.iter().map(|part| &part.segment).collect();
        let hidden: Vec<_> = docs.iter().filter_map(place).collect();
        view.without(&segments, &hidden)
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
        hits.sort_by_key(|(rank, hit)| (Reverse(*rank), hit.date, hit.doc));
        self.readable()?;
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    /// The largest sum of scores that one document has over all queries; 0 without any. The sums are those
    /// of [`Index::hits`], but a document is compared word by word only while it may still be the best.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub(crate) fn best_sum(&self, queries: &[Query], view: &View) -> Result<f64, IndexError> {
        if view.state != self.state {
            return Err(IndexError::Stale);
        }
        let asked: Vec<Asked> = queries.iter().map(|query| self.ask(query, view)).collect();
        let mut most: BTreeMap<DocId, (i64, Shares)> = BTreeMap::new();
        let mut words = Vec::new();
        for asked in &asked {
            for candidate in best(self.occurrences(asked.query, view), asked.query, view) {
                let (sum, shares) = most.entry(candidate.doc).or_default();
                *sum += self.bound(asked, &candidate, &mut words);
                shares.push((asked, candidate));
            }
        }
        let mut most: Vec<_> = most.into_values().collect();
        most.sort_by_key(|(sum, _)| Reverse(*sum));
        let mut aligner = Aligner::default();
        let mut best = 0;
        for (bound, shares) in most {
            if bound <= best {
                break;
            }
            let score = |(asked, candidate): (&Asked, Candidate)| {
                self.aligned(&mut aligner, asked, &candidate).map_or(0, |(_, _, a)| a.score)
            };
            best = shares.into_iter().map(score).sum::<i64>().max(best);
        }
        self.readable()?;
        Ok(nats(best))
    }

    fn ask<'a>(&self, query: &'a Query, view: &View) -> Asked<'a> {
        Asked {
            query,
            weights: query.words().iter().map(|&word| view.weight(word)).collect(),
            locals: self.parts.iter().map(|part| query.within(&part.segment)).collect(),
        }
    }

    /// No alignment scores more: the weight of all words of the query that stand near the runs.
    fn bound(&self, asked: &Asked, candidate: &Candidate, words: &mut Vec<u32>) -> i64 {
        let Some(&(part, slot)) = self.known.get(&candidate.doc) else { return 0 };
        let segment = &self.parts[part].segment;
        words.clear();
        let main = segment.main(slot);
        for piece in pieces(asked.query, candidate) {
            let piece = main.start + piece.start as usize..main.start + piece.end as usize;
            words.extend((piece.start..piece.end.min(main.end)).map(|at| segment.text(at)));
        }
        for variant in segment.variants(slot) {
            words.extend((variant.text..variant.text + variant.len).map(|at| segment.text(at)));
        }
        let stands = |word: &u32| *word > 0 && words.contains(word);
        let all = asked.locals[part].words.iter().zip(&asked.weights);
        all.filter(|(word, _)| stands(word)).map(|(_, weight)| weight).sum()
    }

    /// Documents word by word, with their ranks: the score, and the rarity of the runs besides. By words alone
    /// one rare word that the press put in would outdo four common ones that stand where they stood.
    fn compare(&self, query: &Query, view: &View, candidates: &[Candidate]) -> Vec<(i64, Hit)> {
        let asked = self.ask(query, view);
        let possible = asked.weights.iter().sum();
        let mut aligner = Aligner::default();
        let mut hits = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            if let Some((series, date, aligned)) = self.aligned(&mut aligner, &asked, candidate) {
                let rank = aligned.score + candidate.score;
                hits.push((rank, aligned.hit(candidate.doc, series, date, possible)));
            }
        }
        hits
    }

    /// Series and date of a candidate, and its alignment.
    fn aligned(
        &self,
        aligner: &mut Aligner,
        asked: &Asked,
        candidate: &Candidate,
    ) -> Option<(u32, i32, Aligned)> {
        let &(part, slot) = self.known.get(&candidate.doc)?;
        let segment = &self.parts[part].segment;
        let lattice = Lattice::of(segment, slot, &pieces(asked.query, candidate));
        let local = asked.locals.get(part)?;
        let aligned = aligner.align(asked.query, local, &asked.weights, &lattice)?;
        Some((segment.series(slot), segment.date(slot), aligned))
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
    /// included. Runs above `common` in the whole archive count as the largest number, those above `cap` as
    /// one more than `most`.
    fn sizes(
        &self,
        found: &[Vec<Range<usize>>],
        hidden: &[usize],
        view: &View,
        (cap, most, common): (usize, usize, usize),
    ) -> Vec<usize> {
        let longest = found.iter().map(Vec::len).max().unwrap_or(0);
        let mut out: Vec<usize> = (1..=longest).map(|len| total(found, len)).collect();
        let (mut seen, mut capped) = (0, false);
        for (shorter, size) in out.iter_mut().enumerate().rev() {
            if *size > common {
                *size = usize::MAX;
                continue;
            }
            let hidden = hidden.get(shorter).copied().unwrap_or(0);
            if !view.is_whole() {
                if capped {
                    *size = most + 1;
                    continue;
                }
                // Beyond the cap it does not matter how many there are.
                let enough = cap.saturating_add(hidden).saturating_add(1);
                for (number, ranges) in found.iter().enumerate() {
                    let segment = &self.parts[number].segment;
                    for range in shell(ranges, shorter + 1) {
                        seen += covered(segment, number, range, view, enough.saturating_sub(seen));
                    }
                }
                *size = seen;
            }
            // Fewer than none only in a damaged segment.
            *size = size.saturating_sub(hidden);
            if *size > cap {
                (*size, capped) = (most + 1, true);
            }
        }
        out
    }

    /// The runs to look at: for words of the query, the length of the shortest run from there. Rare runs
    /// come first, until the budget is spent.
    fn chosen(
        &self,
        query: &Query,
        starts: &BTreeMap<usize, Vec<Vec<Range<usize>>>>,
        hidden: &[Vec<usize>],
        view: &View,
    ) -> BTreeMap<usize, usize> {
        let most = self.budget.of(query.words().len());
        // Which word is counted first makes no difference but to the work.
        let mut order: Vec<usize> = starts.keys().copied().collect();
        order.sort_by_key(|from| total(&starts[from], 1));
        let mut levels: Vec<(usize, Reverse<usize>, usize)> = Vec::new();
        let (mut budget, mut cap) = (most, most);
        for from in order {
            let sizes = self.sizes(
                &starts[&from],
                &hidden[from],
                view,
                (cap, most, COMMON.saturating_mul(most)),
            );
            let runs = (1..).zip(sizes).filter(|(_, size)| *size > 0);
            levels.extend(runs.map(|(len, size)| (size, Reverse(len), from)));
            levels.sort_unstable();
            if levels.iter().any(|(_, Reverse(len), _)| *len >= LONG) {
                budget = self.budget.long;
            }
            // What is more frequent than the run that breaks the budget is not looked at.
            let mut spent = 0_usize;
            let breaks = levels.iter().find(|(size, ..)| {
                spent = spent.saturating_add(*size);
                spent > budget
            });
            cap = breaks.map_or(cap, |(size, ..)| cap.min(*size));
        }
        let mut spent = 0_usize;
        let mut shortest: BTreeMap<usize, usize> = BTreeMap::new();
        for (size, Reverse(len), from) in levels {
            spent = spent.saturating_add(size);
            if size == usize::MAX || (spent > budget && !shortest.is_empty()) {
                break;
            }
            shortest.insert(from, len);
        }
        shortest
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
        // For every word of the query: the suffixes of each segment that begin like the fragment there.
        let mut starts: BTreeMap<usize, Vec<Vec<Range<usize>>>> = BTreeMap::new();
        for fragment in query.fragments() {
            for from in fragment.clone() {
                let parts = self.parts.iter().zip(&locals);
                let found = parts
                    .map(|(part, local)| prefixes(&part.segment, &local.words[from..fragment.end]));
                starts.insert(from, found.collect());
            }
        }
        let shortest = self.chosen(query, &starts, &self.hidden(query, &locals, view), view);
        for (from, least) in shortest {
            let inside = query.fragments().iter().any(|f| f.start < from && from < f.end);
            let mut holders: Vec<DocId> = Vec::new();
            let longest = starts[&from].iter().map(Vec::len).max().unwrap_or(0);
            for len in (least..=longest).rev() {
                let mut fresh: Vec<(DocId, Range<u32>)> = Vec::new();
                for (number, found) in starts[&from].iter().enumerate() {
                    let segment = &self.parts[number].segment;
                    let before = if inside { locals[number].words[from - 1] } else { 0 };
                    for at in shell(found, len).into_iter().flatten() {
                        let position = segment.suffix(at);
                        if !view.covers(number, position) {
                            continue;
                        }
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
fn shell(ranges: &[Range<usize>], len: usize) -> [Range<usize>; 2] {
    let range = ranges.get(len - 1).cloned().unwrap_or(0..0);
    let longer = ranges.get(len).cloned().unwrap_or(range.end..range.end);
    [range.start..longer.start, longer.end..range.end]
}

/// How many suffixes of a range lie in documents that a view covers; counted until there are `enough`.
fn covered(
    segment: &Segment,
    number: usize,
    range: Range<usize>,
    view: &View,
    enough: usize,
) -> usize {
    let mut count = 0;
    for from in range.clone().step_by(TOGETHER) {
        if count >= enough {
            break;
        }
        let together = from..(from + TOGETHER).min(range.end);
        count += together.filter(|&at| view.covers(number, segment.suffix(at))).count();
    }
    count
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
