//! How often words of this length and rarity stand in the archive by chance.
//!
//! Real spans of the archive are looked up in the other series: what is found there is found by
//! chance, or because papers repeat one another, and a quotation of somebody else's words meets both.
//! A model of words as independent, or of pairs of words, is wrong by many orders of magnitude for
//! spans beyond four words; here its expectation only sorts spans, and the rate is counted.

use std::collections::BTreeMap;

use crate::index::{Index, IndexError};
use crate::view::View;

/// Lengths that are measured; a span counts as the longest one that it reaches.
pub const LENGTHS: [usize; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20];

/// Decades of the expectation that are told apart; what lies outside counts with the outermost.
const DECADES: std::ops::RangeInclusive<i32> = -12..=5;

/// Fewest spans that a rate is taken from; with fewer, commoner spans are added.
const LEAST: u32 = 100;

/// A chance rate and what it was counted on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// (hits + 1) / (sample + 1): never below one in the sample.
    pub rate: f64,
    /// Spans that stood in another series.
    pub hits: u32,
    /// Spans looked up.
    pub sample: u32,
}

/// Rates by length and decade of expectation, measured on an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    /// Hits and sample.
    cells: BTreeMap<(usize, i32), (u32, u32)>,
}

impl Calibration {
    /// Draws `per_length` spans of each length from the documents in view, and looks each up outside its
    /// series. The same `seed` draws the same spans. An archive matter: the expectation counts words
    /// of the whole archive, only hits are those in view.
    ///
    /// # Errors
    /// A block that cannot be read.
    pub fn measure(
        index: &Index,
        view: &View,
        per_length: usize,
        seed: u64,
    ) -> Result<Self, IndexError> {
        let documents = index.shown_documents(view);
        let mut draw = Draw(seed);
        let mut out = Self::default();
        if documents.is_empty() {
            return Ok(out);
        }
        for length in LENGTHS {
            for _ in 0..per_length {
                let (doc, series) = documents[draw.below(documents.len())];
                let words = index.words(doc);
                let Some(room) = words.len().checked_sub(length) else { continue };
                let from = draw.below(room + 1);
                let span = &words[from..from + length];
                let decade = decade(expectation(index, span, Some(series)));
                let hit = index.stands(span, view, series);
                let cell = out.cells.entry((length, decade)).or_default();
                cell.0 += u32::from(hit);
                cell.1 += 1;
            }
        }
        index.readable()?;
        Ok(out)
    }

    /// The rate for a span of `length` words and an expectation (see [`expectation`]).
    #[must_use]
    pub fn chance(&self, length: usize, expectation: f64) -> Chance {
        let length = LENGTHS.iter().rev().find(|&&l| l <= length).copied().unwrap_or(LENGTHS[0]);
        let (mut hits, mut sample) = (0, 0);
        let from = decade(expectation);
        for (_, cell) in self.cells.range((length, from)..=(length, *DECADES.end())) {
            hits += cell.0;
            sample += cell.1;
            if sample >= LEAST {
                break;
            }
        }
        let rate = f64::from(hits + 1) / f64::from(sample + 1);
        Chance { rate, hits, sample }
    }

    /// Every cell: length, decade of expectation, hits, sample.
    pub fn cells(&self) -> impl Iterator<Item = (usize, i32, u32, u32)> + '_ {
        self.cells.iter().map(|(&(length, decade), &(hits, sample))| (length, decade, hits, sample))
    }
}

/// How often a model of word pairs expects a span in the archive, outside one series: the count of its
/// first word, times the share of each next word after the one before. 0 when a pair never occurs.
#[must_use]
pub fn expectation(index: &Index, span: &[u32], without: Option<u32>) -> f64 {
    let Some(first) = span.first() else { return 0.0 };
    let mut expected = index.occurrences_of(&[*first], without) as f64;
    for pair in span.windows(2) {
        let both = index.occurrences_of(pair, without);
        if both == 0 {
            return 0.0;
        }
        expected *= both as f64 / index.occurrences_of(&pair[..1], without).max(both) as f64;
    }
    expected
}

fn decade(expectation: f64) -> i32 {
    if expectation <= 0.0 {
        return *DECADES.start();
    }
    let decade = libm::floor(libm::log10(expectation));
    // The logarithm of a double lies within ±400.
    (decade as i32).clamp(*DECADES.start() + 1, *DECADES.end())
}

/// Split-mix generator (Steele, Lea, Flood 2014), for samples that can be drawn again.
#[derive(Clone, Debug)]
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}
