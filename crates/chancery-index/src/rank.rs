//! From exact runs to the documents that are worth comparing word by word.
//!
//! A run counts ln(N / documents that have it), or the rarity of its words together if that is more: a
//! run must not count less than its words scattered over a document. A document counts its best runs
//! that stand in the query's order and do not overlap.

use std::ops::Range;

use crate::document::DocId;
use crate::log::rarity;
use crate::query::Query;
use crate::view::View;

/// Documents that are compared word by word.
pub const KEPT: usize = 100;

/// Most runs of one document that are put in order; the weightiest are kept.
const MAX_RUNS: usize = 48;

/// A run of query words that stands in a document and cannot be made longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The document.
    pub doc: DocId,
    /// First word of the query.
    pub from: u32,
    /// Number of words.
    pub len: u32,
    /// The words of the document's main text that it stands for.
    pub at: Range<u32>,
    /// Documents in view that have the run.
    pub holders: u32,
}

/// Something that finds exact runs of a query: suffix arrays, postings, a plain scan.
pub trait CandidateSource {
    /// Runs of the query in documents of the view, in any order. Runs that stand in very many
    /// documents may be left out.
    fn occurrences(&self, query: &Query, view: &View) -> Vec<Occurrence>;
}

/// A document that shares runs with the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The document.
    pub doc: DocId,
    /// Sum of the weights of its runs.
    pub score: i64,
    /// The runs, in order: first word of the query, length, words of the document.
    pub runs: Vec<(u32, u32, Range<u32>)>,
}

/// The best [`KEPT`] documents.
#[must_use]
pub fn best(mut occurrences: Vec<Occurrence>, query: &Query, view: &View) -> Vec<Candidate> {
    let words: Vec<i64> = query.words().iter().map(|&word| view.weight(word)).collect();
    let weight = |run: &Occurrence| {
        let of_words = words.iter().skip(run.from as usize).take(run.len as usize).sum();
        rarity(view.documents() as f64 + 1.0, f64::from(run.holders.max(1))).max(of_words)
    };
    occurrences.sort_unstable_by_key(|o| (o.doc, o.from, o.at.start, o.len));
    let mut out: Vec<Candidate> = Vec::new();
    for group in occurrences.chunk_by(|a, b| a.doc == b.doc) {
        out.push(chain(group, &weight));
    }
    out.sort_unstable_by_key(|c| (std::cmp::Reverse(c.score), c.doc));
    out.truncate(KEPT);
    out
}

fn chain(runs: &[Occurrence], weight: &impl Fn(&Occurrence) -> i64) -> Candidate {
    let doc = runs[0].doc;
    if let [only] = runs {
        return Candidate {
            doc,
            score: weight(only),
            runs: vec![(only.from, only.len, only.at.clone())],
        };
    }
    let mut runs: Vec<(i64, &Occurrence)> = runs.iter().map(|run| (weight(run), run)).collect();
    if runs.len() > MAX_RUNS {
        runs.sort_by_key(|(weight, run)| (std::cmp::Reverse(*weight), run.from, run.at.start));
        runs.truncate(MAX_RUNS);
        runs.sort_by_key(|(_, run)| (run.from, run.at.start));
    }
    // Best sum of a chain that ends with each run, and the run before.
    let mut sums: Vec<(i64, Option<usize>)> = Vec::with_capacity(runs.len());
    for (at, (weight, run)) in runs.iter().enumerate() {
        let fits = |&(k, _): &(usize, &(i64, Option<usize>))| {
            let other = runs[k].1;
            other.from + other.len <= run.from && other.at.end <= run.at.start
        };
        let before =
            sums[..at].iter().enumerate().filter(fits).max_by_key(|(k, s)| (s.0, usize::MAX - k));
        sums.push((weight + before.map_or(0, |(_, s)| s.0), before.map(|(k, _)| k)));
    }
    let mut at = (0..sums.len()).max_by_key(|&k| (sums[k].0, usize::MAX - k));
    let score = at.map_or(0, |k| sums[k].0);
    let mut chosen = Vec::new();
    while let Some(k) = at {
        chosen.push((runs[k].1.from, runs[k].1.len, runs[k].1.at.clone()));
        at = sums[k].1;
    }
    chosen.reverse();
    Candidate { doc, score, runs: chosen }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(doc: u32, from: u32, len: u32, at: u32, holders: u32) -> Occurrence {
        Occurrence { doc: DocId(doc), from, len, at: at..at + len, holders }
    }

    #[test]
    fn runs_in_order_add_up_and_runs_out_of_order_do_not() {
        let weight = |run: &Occurrence| i64::from(100 * run.len);
        let score = |runs: &[Occurrence]| chain(runs, &weight).score;
        assert_eq!(score(&[run(1, 0, 2, 10, 10), run(1, 3, 2, 50, 10)]), 400);
        assert_eq!(score(&[run(1, 0, 2, 50, 10), run(1, 3, 2, 10, 10)]), 200);
        assert_eq!(score(&[run(1, 0, 3, 7, 2), run(1, 2, 2, 9, 2)]), 300);
    }
}
