//! From exact runs to the documents that are worth comparing word by word.
//!
//! A run counts ln(N / documents that have it), or the rarity of its parts together if that is more: a
//! run must not count less than its pieces scattered over a document. A document counts its best runs
//! that stand in the query's order and within a fragment lie close together. Where two overlap in query and
//! document alike, as the runs of a copy do at a place with readings, the later one counts from where the earlier ends.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::DocId;
use crate::log::rarity;
use crate::query::Query;
use crate::view::View;

/// Documents that are compared word by word.
pub const KEPT: usize = 100;

/// Documents whose runs count less than this share of the best one's are not compared.
const SHARE: i64 = 3;

/// Words that a document may have between two runs of a fragment beyond those of the query.
const APART: u32 = 12;

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

/// The best [`KEPT`] documents, as far as they come within a third of the very best.
#[must_use]
pub fn best(mut occurrences: Vec<Occurrence>, query: &Query, view: &View) -> Vec<Candidate> {
    let words: Vec<i64> = query.words().iter().map(|&word| view.weight(word)).collect();
    let weights = weights(&occurrences, &words, view.documents());
    let weight = |run: &Occurrence| weights.get(&(run.len, run.from)).copied().unwrap_or(0);
    // Whether a fragment ends between two words.
    let crosses = |a: u32, b: u32| {
        let ends = query.fragments().iter().map(|f| f.end);
        ends.into_iter().any(|end| (a as usize) < end && end <= b as usize)
    };
    occurrences.sort_unstable_by_key(|o| (o.doc, o.from, o.at.start, o.len));
    let mut out: Vec<Candidate> = Vec::new();
    // Most documents share one run: they wait until it is known how many are wanted.
    let mut single: Vec<(Reverse<i64>, &Occurrence)> = Vec::new();
    for group in occurrences.chunk_by(|a, b| a.doc == b.doc) {
        match group {
            [only] => single.push((Reverse(weight(only)), only)),
            _ => out.push(chain(group, &weight, &crosses)),
        }
    }
    let by_weight = |&(weight, run): &(Reverse<i64>, &Occurrence)| (weight, run.doc);
    if single.len() > KEPT {
        single.select_nth_unstable_by_key(KEPT, by_weight);
        single.truncate(KEPT);
    }
    out.extend(single.into_iter().map(|(Reverse(score), run)| Candidate {
        doc: run.doc,
        score,
        runs: vec![(run.from, run.len, run.at.clone())],
    }));
    out.sort_unstable_by_key(|c| (Reverse(c.score), c.doc));
    out.truncate(KEPT);
    let least = out.first().map_or(0, |best| best.score / SHARE);
    out.retain(|candidate| candidate.score >= least);
    out
}

/// The weight of every run, by length and first word.
fn weights(
    occurrences: &[Occurrence],
    words: &[i64],
    documents: usize,
) -> BTreeMap<(u32, u32), i64> {
    let mut out: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    let runs: BTreeMap<(u32, u32), u32> =
        occurrences.iter().map(|run| ((run.len, run.from), run.holders)).collect();
    for ((len, from), holders) in runs {
        let whole = from as usize..(from + len) as usize;
        let of_words = words.get(whole).unwrap_or_default().iter().sum::<i64>();
        // The best row of shorter runs in its place: sums up to each of its words.
        let mut sums = vec![0_i64; len as usize + 1];
        for end in 1..=len as usize {
            sums[end] = sums[end - 1];
            for start in 0..end {
                let part = (end as u32 - start as u32, from + start as u32);
                if let Some(weight) = out.get(&part) {
                    sums[end] = sums[end].max(sums[start] + weight);
                }
            }
        }
        let rare = rarity(documents as f64 + 1.0, f64::from(holders.max(1)));
        out.insert((len, from), rare.max(of_words).max(sums[len as usize] + 1));
    }
    out
}

fn chain(
    runs: &[Occurrence],
    weight: &impl Fn(&Occurrence) -> i64,
    crosses: &impl Fn(u32, u32) -> bool,
) -> Candidate {
    let doc = runs[0].doc;
    let mut runs: Vec<(i64, &Occurrence)> = runs.iter().map(|run| (weight(run), run)).collect();
    if runs.len() > MAX_RUNS {
        runs.sort_by_key(|(weight, run)| (Reverse(*weight), run.from, run.at.start));
        runs.truncate(MAX_RUNS);
        runs.sort_by_key(|(_, run)| (run.from, run.at.start));
    }
    // Best sum of a chain that ends with each run, and the run before.
    let mut sums: Vec<(i64, Option<usize>)> = Vec::with_capacity(runs.len());
    for (weight, run) in &runs {
        let mut best = (*weight, None);
        for (k, (sum, _)) in sums.iter().enumerate() {
            let other = runs[k].1;
            let Some(rest) = after(other, run, crosses) else { continue };
            let sum = sum + weight * i64::from(rest) / i64::from(run.len.max(1));
            // Of equal ones the first, and none rather than one.
            if sum > best.0 {
                best = (sum, Some(k));
            }
        }
        sums.push(best);
    }
    let mut at = (0..sums.len()).max_by_key(|&k| (sums[k].0, usize::MAX - k));
    let score = at.map_or(0, |k| sums[k].0);
    let mut chosen: Vec<(u32, u32, Range<u32>)> = Vec::new();
    while let Some(k) = at {
        let run = runs[k].1;
        let (mut from, mut start) = (run.from, run.at.start);
        if let Some(other) = sums[k].1.map(|before| runs[before].1) {
            from = from.max(other.from + other.len);
            start = start.max(other.at.end);
        }
        chosen.push((from, run.from + run.len - from, start..run.at.end));
        at = sums[k].1;
    }
    chosen.reverse();
    Candidate { doc, score, runs: chosen }
}

/// How many words of a run count after another one; none where it does not go on from there.
fn after(other: &Occurrence, run: &Occurrence, crosses: &impl Fn(u32, u32) -> bool) -> Option<u32> {
    let end = other.from + other.len;
    let twice = end.saturating_sub(run.from);
    let twice_there = other.at.end.saturating_sub(run.at.start);
    let goes_on = if twice == 0 {
        let close = || run.at.start - other.at.end <= run.from - end + APART;
        twice_there == 0 && (close() || crosses(other.from, run.from))
    } else {
        // Readings of a place are of different lengths.
        let further = run.from + run.len > end && run.at.end > other.at.end;
        let close = run.at.start.saturating_sub(other.at.end) <= APART;
        further && close && other.from < run.from && twice.abs_diff(twice_there) <= APART
    };
    goes_on.then(|| run.len - twice.min(run.len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(doc: u32, from: u32, len: u32, at: u32, holders: u32) -> Occurrence {
        Occurrence { doc: DocId(doc), from, len, at: at..at + len, holders }
    }

    #[test]
    fn a_run_counts_no_less_than_its_pieces() {
        let all =
            [run(1, 0, 6, 10, 1), run(1, 0, 2, 40, 3), run(1, 3, 2, 44, 3), run(2, 5, 1, 0, 9)];
        let weights = weights(&all, &[1; 6], 100);
        assert!(weights[&(6, 0)] > weights[&(2, 0)] + weights[&(2, 3)] + weights[&(1, 5)]);
        let weight = |run: &Occurrence| weights[&(run.len, run.from)];
        assert_eq!(chain(&all[..3], &weight, &|_, _| false).runs, [(0, 6, 10..16)]);
    }

    #[test]
    fn runs_in_order_add_up_and_runs_out_of_order_do_not() {
        let weight = |run: &Occurrence| i64::from(100 * run.len);
        let score = |runs: &[Occurrence]| chain(runs, &weight, &|_, b| b >= 5).score;
        assert_eq!(score(&[run(1, 0, 2, 10, 10), run(1, 3, 2, 20, 10)]), 400);
        assert_eq!(score(&[run(1, 0, 2, 10, 10), run(1, 3, 2, 50, 10)]), 200);
        assert_eq!(score(&[run(1, 0, 2, 10, 10), run(1, 5, 2, 50, 10)]), 400);
        assert_eq!(score(&[run(1, 0, 2, 50, 10), run(1, 3, 2, 10, 10)]), 200);
        // What two runs share counts once, where they overlap in the document as well.
        assert_eq!(score(&[run(1, 0, 3, 7, 2), run(1, 2, 2, 9, 2)]), 400);
        assert_eq!(score(&[run(1, 0, 3, 7, 2), run(1, 2, 2, 40, 2)]), 300);
        assert_eq!(score(&[run(1, 0, 3, 40, 2), run(1, 2, 2, 7, 2)]), 300);
    }
}
