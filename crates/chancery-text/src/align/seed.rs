//! Where a leak touches the paper: exact runs of fixed words, and chains of such runs in order.
//!
//! What belongs here: finding candidate passages fast in leaks of any size. What does not: words
//! between the runs; `fill` aligns those. Readings of places are never looked at.

use super::leak::{Leak, UNKNOWN};
use super::template::Template;

/// Words in a seed.
pub(crate) const SEED: usize = 3;

/// A seed that the paper repeats more often than this is no seed.
const MAX_IN_PAPER: usize = 8;

/// A seed that the leak repeats more often than this is no seed.
const MAX_IN_LEAK: u32 = 2_000;

/// Most words, on either side, between two runs of one chain that are still aligned word by word.
pub(crate) const MAX_GAP: usize = 64;

/// Most words of a leak that may stand for a longer passage left out (`[…]`, "he went on").
const MAX_ELLIPSIS: usize = 12;

/// Earlier runs that a run is tried to follow.
const LOOKBACK: usize = 48;

/// Chain score of one matched word.
const WORD: i64 = 8;

/// Chain cost of a passage left out: three words.
const ELLIPSIS: i64 = 3 * WORD;

/// Words of the leak that equal fixed words of the paper, without a wording place between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ExactRun {
    /// First word of the leak.
    pub(crate) leak: usize,
    /// First fixed word.
    pub(crate) fixed: usize,
    /// Number of words.
    pub(crate) len: usize,
}

/// Sorted table of seeds with the fixed word each begins at.
fn seeds(template: &Template) -> Vec<([u32; SEED], usize)> {
    let mut table: Vec<([u32; SEED], usize)> = (0..(template.words.len() + 1).saturating_sub(SEED))
        .filter(|&at| template.gaps[at + 1..at + SEED].iter().all(super::template::Gap::is_fixed))
        .map(|at| (std::array::from_fn(|k| template.words[at + k].id), at))
        .collect();
    table.sort_unstable();
    let groups = table.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() <= MAX_IN_PAPER);
    groups.flatten().copied().collect()
}

/// All maximal exact runs, sorted by their place in the leak, then in the paper.
pub(crate) fn runs(leak: &Leak<'_>, template: &Template) -> Vec<ExactRun> {
    let table = seeds(template);
    let first_of = |at: usize| {
        let words = leak.words.get(at..at + SEED)?;
        let key: [u32; SEED] = std::array::from_fn(|k| words[k].id);
        if key.contains(&UNKNOWN) {
            return None;
        }
        let first = table.partition_point(|(other, _)| *other < key);
        table.get(first).is_some_and(|(other, _)| *other == key).then_some(first)
    };
    let mut frequency = vec![0_u32; table.len()];
    for at in 0..leak.words.len() {
        if let Some(first) = first_of(at) {
            frequency[first] += 1;
        }
    }
    let mut done: Vec<ExactRun> = Vec::new();
    // Runs that the seed at the previous word of the leak belongs to, by their next fixed word.
    let mut open: Vec<(usize, ExactRun)> = Vec::new();
    let mut still: Vec<(usize, ExactRun)> = Vec::new();
    for at in 0..leak.words.len() {
        still.clear();
        if let Some(first) = first_of(at).filter(|&first| frequency[first] <= MAX_IN_LEAK) {
            let key = table[first].0;
            for &(_, fixed) in table[first..].iter().take_while(|(other, _)| *other == key) {
                let run = match open.iter().find(|(next, _)| *next == fixed) {
                    Some((_, run)) => ExactRun { len: run.len + 1, ..*run },
                    None => ExactRun { leak: at, fixed, len: SEED },
                };
                still.push((fixed + 1, run));
            }
        }
        let ended = open.iter().filter(|(next, _)| !still.iter().any(|(s, _)| *s == next + 1));
        done.extend(ended.map(|(_, run)| *run));
        std::mem::swap(&mut open, &mut still);
    }
    done.extend(open.into_iter().map(|(_, run)| run));
    done.sort_unstable();
    done
}

/// Chains of runs in the order of both texts, best first; no word of the leak is in two chains.
///
/// Sparse dynamic programming over the runs (as in whole-genome aligners) with a bounded look back.
pub(crate) fn chains(runs: &[ExactRun]) -> Vec<Vec<ExactRun>> {
    let mut score: Vec<i64> = Vec::with_capacity(runs.len());
    let mut from: Vec<Option<usize>> = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let mut best = (WORD * length(run.len), None);
        for before in (at.saturating_sub(LOOKBACK)..at).rev() {
            if let Some(gain) = link(&runs[before], run) {
                let total = score[before] + gain;
                if total > best.0 {
                    best = (total, Some(before));
                }
            }
        }
        score.push(best.0);
        from.push(best.1);
    }
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(score[at]), at));
    let end = runs.iter().map(|run| run.leak + run.len).max().unwrap_or(0);
    let mut used = vec![false; end];
    let mut out = Vec::new();
    for last in order {
        let mut chain: Vec<ExactRun> = Vec::new();
        let mut next = Some(last);
        while let Some(at) = next {
            let run = runs[at];
            if used[run.leak..run.leak + run.len].contains(&true) {
                break;
            }
            chain.push(run);
            next = from[at];
        }
        if chain.is_empty() {
            continue;
        }
        chain.reverse();
        trim(&mut chain);
        for run in &chain {
            used[run.leak..run.leak + run.len].fill(true);
        }
        out.push(chain);
    }
    out
}

/// What following `a` by `b` adds to a chain's score; `None` when they cannot follow each other.
fn link(a: &ExactRun, b: &ExactRun) -> Option<i64> {
    let overlap = overlap(a, b);
    if b.leak <= a.leak || b.fixed <= a.fixed || overlap >= b.len {
        return None;
    }
    let leak = (b.leak + overlap).checked_sub(a.leak + a.len)?;
    let fixed = (b.fixed + overlap).checked_sub(a.fixed + a.len)?;
    let cost = if leak <= MAX_GAP && fixed <= MAX_GAP {
        length(leak.abs_diff(fixed)) + length(leak.max(fixed)) / 4
    } else if leak <= MAX_ELLIPSIS {
        ELLIPSIS
    } else {
        return None;
    };
    Some(WORD * length(b.len - overlap) - cost)
}

/// Words at the start of `b` that `a` already holds, in either text.
fn overlap(a: &ExactRun, b: &ExactRun) -> usize {
    let leak = (a.leak + a.len).saturating_sub(b.leak);
    let fixed = (a.fixed + a.len).saturating_sub(b.fixed);
    leak.max(fixed)
}

/// Takes the overlap off the later of two runs.
fn trim(chain: &mut [ExactRun]) {
    for at in 1..chain.len() {
        let by = overlap(&chain[at - 1], &chain[at]);
        let run = &mut chain[at];
        *run = ExactRun { leak: run.leak + by, fixed: run.fixed + by, len: run.len - by };
    }
}

fn length(words: usize) -> i64 {
    i64::try_from(words).unwrap_or(i64::MAX / (4 * WORD))
}
