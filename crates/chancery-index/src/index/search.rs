//! The search: documents that hold what a query asks for, compared word by word, best first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::{Index, IndexError};
use crate::align::{Aligned, Aligner, Hit};
use crate::document::DocId;
use crate::lattice::Lattice;
use crate::log::nats;
use crate::query::{Local, Query};
use crate::rank::{Candidate, CandidateSource, best};
use crate::suffix::whole;
use crate::view::View;

/// Holders of a fragment are counted up to this number.
pub const MANY: usize = 4_096;

/// Of several fragments, one that stands more often than this is taken to stand everywhere.
const EVERYWHERE: usize = 1 << 18;

/// Words of the query before the first run and after the last that are looked for there: so many, or as many as the
/// runs have together. And words of the document that may lie between them.
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

/// A query with the weights of its words, and in the numbers of every segment.
struct Asked<'a> {
    query: &'a Query,
    weights: Vec<i64>,
    locals: Vec<Local>,
}

/// The queries that a document is a candidate of.
type Shares<'a> = Vec<(&'a Asked<'a>, Candidate)>;

impl Index {
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
}

/// The words of a document that are compared: its runs, what lies between those of a fragment, and around them.
fn pieces(query: &Query, candidate: &Candidate) -> Vec<Range<u32>> {
    let reach = candidate.runs.iter().map(|run| run.1).sum::<u32>().max(REACH);
    let mut out: Vec<Range<u32>> = Vec::new();
    let mut fragment = 0..0;
    for (from, len, at) in &candidate.runs {
        let same = fragment.contains(from);
        let of = query.fragments().iter().find(|f| f.contains(&(*from as usize)));
        fragment = of.map_or(0..0, |f| f.start as u32..f.end as u32);
        let before = from.saturating_sub(fragment.start).min(reach) + SLACK;
        let after = fragment.end.saturating_sub(from + len).min(reach) + SLACK;
        let piece = at.start.saturating_sub(before)..at.end.saturating_add(after);
        match out.last_mut() {
            Some(last) if same || piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => out.push(piece),
        }
    }
    out
}
