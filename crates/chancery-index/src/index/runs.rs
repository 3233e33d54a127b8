//! The runs of a query's words that are looked at: rare ones first, as far as a budget goes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::Index;
use crate::document::DocId;
use crate::query::{Local, Query};
use crate::rank::{CandidateSource, Occurrence};
use crate::segment::Segment;
use crate::suffix::prefixes;
use crate::view::View;

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

impl Index {
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
