//! How often words as many and as rare as these stand in one more paper: counted on the archive.
//!
//! Spans of papers in view are looked up in the other papers in view. Nothing else is looked at, so the
//! rate tells a reader nothing about papers that he may not read. A model of words as independent is
//! wrong by many orders of magnitude beyond four words; rarity only sorts spans here, and the rate is
//! counted.

use std::collections::BTreeMap;

use chancery_index::{DocId, Holders, Index, IndexError, Query, View};
use serde::{Deserialize, Serialize};

/// Lengths that are measured; a span counts as the longest one that it reaches.
const LENGTHS: [usize; 11] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20];
/// Spans drawn of each length.
const DRAWN: usize = 2_000;
/// Nats of a step of rarity.
const STEP: f64 = 4.0;
/// Fewest spans that a rate is taken from; with fewer, commoner spans are added.
const LEAST: u32 = 400;
/// Names the spans that are drawn.
const SEED: u64 = 0x6578_706f_7365_0001;

/// Rates by length and rarity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rates {
    /// Papers that they were counted on.
    pub(crate) papers: usize,
    /// Length, step of rarity, spans that stood elsewhere, spans looked up.
    cells: Vec<(usize, i64, u32, u32)>,
}

/// A rate and what it was counted on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ChanceRate {
    /// (hits + 1) / (sample + 1): never below one in the sample.
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
        let mut cells: BTreeMap<(usize, i64), (u32, u32)> = BTreeMap::new();
        let mut draw = Draw(SEED);
        for length in LENGTHS.into_iter().filter(|_| !papers.is_empty()) {
            for _ in 0..DRAWN {
                let doc = papers[draw.below(papers.len())];
                let words = index.words(doc);
                let Some(room) = words.len().checked_sub(length) else { continue };
                let from = draw.below(room + 1);
                let span = &words[from..from + length];
                let Ok(query) = Query::new(&[span], &[]) else { continue };
                // The paper itself is one of them.
                let holders = index.holders(&query, view)?;
                let cell = cells.entry((length, step(view.rarity(span)))).or_default();
                cell.0 += u32::from(!matches!(holders, Holders::Exactly(0 | 1)));
                cell.1 += 1;
            }
        }
        let cells = cells.into_iter().map(|((l, r), (h, s))| (l, r, h, s)).collect();
        Ok(Self { papers: papers.len(), cells })
    }

    /// Whether the papers have become a tenth more, or fewer.
    pub(crate) fn outgrown(&self, papers: usize) -> bool {
        papers < self.papers || papers > self.papers.saturating_add(self.papers / 10)
    }

    /// The rate for so many words of this rarity; none when nothing was counted.
    pub(crate) fn of(&self, length: usize, rarity: f64) -> Option<ChanceRate> {
        let length = LENGTHS.iter().rev().find(|&&l| l <= length)?;
        let top = step(rarity);
        let (mut hits, mut sample) = (0, 0);
        let fitting = self.cells.iter().filter(|(l, r, ..)| l == length && *r <= top);
        for (_, _, h, s) in fitting.rev() {
            hits += h;
            sample += s;
            if sample >= LEAST {
                break;
            }
        }
        let rate = f64::from(hits + 1) / f64::from(sample + 1);
        (sample > 0).then_some(ChanceRate { rate, hits, sample })
    }
}

fn step(rarity: f64) -> i64 {
    // At most 512 words of 23 nats.
    (rarity / STEP) as i64
}

/// Split-mix generator (Steele, Lea, Flood 2014), for samples that can be drawn again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
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
        assert!(rare.rate >= 1.0 / f64::from(rare.sample + 1));
        assert!(rates.outgrown(67) && rates.outgrown(59) && !rates.outgrown(66));
        assert_eq!(Rates::default().of(5, 3.0), None);
    }
}
