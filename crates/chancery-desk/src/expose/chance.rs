//! How often words as many and as rare as these stand in one more paper: counted on the archive.
//!
//! Spans of papers in view are looked up in the other papers in view. Nothing else is looked at, so the
//! rate tells a reader nothing about papers that he may not read. A model of words as independent is
//! wrong by many orders of magnitude beyond four words; rarity only sorts spans here, and the rate is
//! counted.

use std::ops::RangeInclusive;

use chancery_index::{DocId, Draw, Holders, Index, IndexError, Query, View};
use serde::{Deserialize, Serialize};

/// Lengths that are measured together, with the spans that are drawn of them: most where rates fall from one
/// in ten to one in a hundred. Longer words count as the longest.
const LENGTHS: [(RangeInclusive<usize>, usize); 9] = [
    (1..=1, 1_000),
    (2..=2, 4_000),
    (3..=3, 10_000),
    (4..=4, 10_000),
    (5..=5, 10_000),
    (6..=6, 8_000),
    (7..=8, 5_000),
    (9..=12, 3_000),
    (13..=24, 3_000),
];
/// Spans of one cell, neighbours in rarity, before cells are pooled.
const CELL: usize = 25;
/// Fewest spans that a rate is taken from; with fewer, commoner spans are added.
const LEAST: u32 = 200;
/// Names the spans that are drawn.
const SEED: u64 = 0x6578_706f_7365_0001;
/// Version of what is kept.
const VERSION: u32 = 3;

/// Rates by length and rarity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rates {
    version: u32,
    /// Papers that they were counted on: how many, and their numbers in runs, first and last.
    pub(crate) papers: usize,
    seen: Vec<(u32, u32)>,
    cells: Vec<Cell>,
}

/// Spans of alike lengths that are as rare as one another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Cell {
    /// Place in [`LENGTHS`].
    lengths: usize,
    /// From so many nats on.
    rarity: f64,
    /// Spans that stood in another paper as well.
    hits: u32,
    spans: u32,
}

/// A rate and what it was counted on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ChanceRate {
    /// hits / sample, and never below one in the sample.
    pub rate: f64,
    /// Spans that stood in another paper as well.
    pub hits: u32,
    /// Spans looked up.
    pub sample: u32,
}

impl Rates {
    /// Counts on the papers in view.
    pub(crate) fn measure(
        index: &Index,
        view: &View,
        papers: &[DocId],
    ) -> Result<Self, IndexError> {
        let mut draw = Draw(SEED);
        let mut cells = Vec::new();
        for (lengths, (range, drawn)) in LENGTHS.iter().enumerate() {
            let drawn = if papers.is_empty() { 0 } else { *drawn };
            // Rarity among the other papers, and whether one of them has the span.
            let mut spans: Vec<(f64, bool)> = Vec::with_capacity(drawn);
            for _ in 0..drawn {
                let doc = papers[draw.below(papers.len())];
                let length = range.start() + draw.below(range.end() - range.start() + 1);
                let words = index.words(doc);
                let Some(room) = words.len().checked_sub(length) else { continue };
                let from = draw.below(room + 1);
                let span = &words[from..from + length];
                let Ok(query) = Query::new(&[span], &[]) else { continue };
                // The paper itself is one of them.
                let holders = index.holders(&query, view)?;
                let elsewhere = !matches!(holders, Holders::Exactly(0 | 1));
                spans.push((view.rarity_elsewhere(span, doc), elsewhere));
            }
            spans.sort_by(|a, b| a.0.total_cmp(&b.0));
            cells.extend(falling(spans.chunks(CELL).map(|spans| Cell {
                lengths,
                rarity: spans[0].0,
                hits: spans.iter().map(|span| u32::from(span.1)).sum(),
                spans: spans.len() as u32,
            })));
        }
        Ok(Self { version: VERSION, papers: papers.len(), seen: runs(papers), cells })
    }

    /// Whether one of the papers that it was counted on is not among these any more, or they have become a tenth
    /// more, or it was counted in another way. A paper out of reach must not go on telling how frequent its words are.
    pub(crate) fn outgrown(&self, papers: &[DocId]) -> bool {
        let more = self.papers.saturating_add(self.papers / 10);
        let now = runs(papers);
        let kept = |&(first, last): &(u32, u32)| {
            let at = now.partition_point(|run| run.1 < last);
            now.get(at).is_some_and(|run| run.0 <= first)
        };
        self.version != VERSION || papers.len() > more || !self.seen.iter().all(kept)
    }

    /// The rate for so many words of this rarity; none when nothing was counted.
    pub(crate) fn of(&self, length: usize, rarity: f64) -> Option<ChanceRate> {
        let lengths = LENGTHS.iter().position(|(range, _)| length <= *range.end());
        let lengths = lengths.unwrap_or(LENGTHS.len() - 1);
        let mut cells = self.cells.iter().filter(|cell| cell.lengths == lengths).peekable();
        // Commoner spans than any that was counted are as frequent as the commonest.
        let first = cells.peek().copied();
        let commoner: Vec<&Cell> = cells.take_while(|cell| cell.rarity <= rarity).collect();
        let mut cells = commoner.into_iter().rev().chain(first);
        let mut found = *cells.next()?;
        for cell in cells {
            if found.spans >= LEAST || cell.rarity >= found.rarity {
                break;
            }
            found = found.with(cell);
        }
        let Cell { hits, spans: sample, .. } = found;
        Some(ChanceRate { rate: f64::from(hits.max(1)) / f64::from(sample), hits, sample })
    }
}

/// Ascending numbers as runs, first and last.
fn runs(papers: &[DocId]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for &DocId(id) in papers {
        match out.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
            _ => out.push((id, id)),
        }
    }
    out
}

impl Cell {
    /// Both together, from the commoner's rarity on.
    fn with(self, commoner: &Self) -> Self {
        let (hits, spans) = (self.hits + commoner.hits, self.spans + commoner.spans);
        Self { hits, spans, ..*commoner }
    }

    fn is_below(&self, other: &Self) -> bool {
        u64::from(self.hits) * u64::from(other.spans)
            < u64::from(other.hits) * u64::from(self.spans)
    }
}

/// Rarer spans are no more frequent: cells, commonest first, that contradict it are pooled (Ayer, Brunk,
/// Ewing, Reid, Silverman 1955).
fn falling(cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    let mut out: Vec<Cell> = Vec::new();
    for mut cell in cells {
        while let Some(commoner) = out.pop_if(|commoner| !cell.is_below(commoner)) {
            cell = cell.with(&commoner);
        }
        out.push(cell);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_index::Document;

    #[test]
    fn repeated_words_are_frequent_and_rare_ones_are_not() {
        let mut index = Index::new(1);
        // Half of every paper is a form that all share; half is its own.
        let papers: Vec<Document> = (0..60)
            .map(|n| {
                let form = 0..40;
                let own = 100 + n * 40..140 + n * 40;
                Document::plain(n, n, 0, form.chain(own).collect())
            })
            .collect();
        let ids: Vec<DocId> = papers.iter().map(|d| d.id).collect();
        index.add(papers).unwrap();
        let view = index.view(|_| true).unwrap();
        let rates = Rates::measure(&index, &view, &ids).unwrap();
        let form: Vec<u32> = (10..18).collect();
        let own: Vec<u32> = (110..118).collect();
        let common = rates.of(8, view.rarity(&form)).unwrap();
        let rare = rates.of(8, view.rarity(&own)).unwrap();
        assert!(common.rate > 0.9 && rare.rate < 0.1, "{common:?} {rare:?}");
        assert!(rare.sample >= LEAST && rare.rate >= 1.0 / f64::from(rare.sample));
        let with = |more: std::ops::Range<u32>| [ids.clone(), more.map(DocId).collect()].concat();
        assert!(!rates.outgrown(&ids) && !rates.outgrown(&with(80..86)));
        assert!(rates.outgrown(&with(80..87)) && rates.outgrown(&ids[1..]));
        // As many, but another in the place of one.
        let other = [&ids[..30], &ids[31..], &[DocId(90)]].concat();
        assert!(other.len() == ids.len() && rates.outgrown(&other));
        assert_eq!(Rates::default().of(5, 3.0), None);
    }
}
