//! A second source, independent of suffix arrays: lists of where each pair of words stands.
//!
//! Runs of a single word are not found. Kept in memory; used to check the suffix arrays.

use std::collections::BTreeMap;

use crate::document::{DocId, Document, Reading};
use crate::query::Query;
use crate::rank::{CandidateSource, Occurrence};
use crate::scan::count_holders;
use crate::segment::CONTEXT;
use crate::view::View;

/// Pairs of words and where they stand.
#[derive(Clone, Debug, Default)]
pub struct Postings {
    readings: Vec<(DocId, Reading)>,
    pairs: BTreeMap<(u32, u32), Vec<(u32, u32)>>,
}

impl Postings {
    /// Reads every document once.
    #[must_use]
    pub fn new(documents: &[Document]) -> Self {
        let mut out = Self::default();
        for document in documents {
            for reading in Reading::of(document, CONTEXT) {
                let number = out.readings.len() as u32;
                for (at, pair) in (0..).zip(reading.words.windows(2)) {
                    out.pairs.entry((pair[0], pair[1])).or_default().push((number, at));
                }
                out.readings.push((document.id, reading));
            }
        }
        out
    }
}

impl CandidateSource for Postings {
    fn occurrences(&self, query: &Query, view: &View) -> Vec<Occurrence> {
        // Pairs that lie on one diagonal of a reading, one after the other, are one run.
        let mut found: Vec<(u32, i64, u32, usize)> = Vec::new();
        for (number, fragment) in query.fragments().iter().enumerate() {
            for (at, pair) in query.words()[fragment.clone()].windows(2).enumerate() {
                let from = (fragment.start + at) as u32;
                for &(reading, start) in self.pairs.get(&(pair[0], pair[1])).into_iter().flatten() {
                    found.push((reading, i64::from(start) - i64::from(from), from, number));
                }
            }
        }
        found.sort_unstable();
        let mut out = Vec::new();
        let next = |a: &(u32, i64, u32, usize), b: &(u32, i64, u32, usize)| {
            (a.0, a.1, a.2 + 1, a.3) == (b.0, b.1, b.2, b.3)
        };
        for run in found.chunk_by(next) {
            let (reading, diagonal, from, _) = run[0];
            let (doc, reading) = &self.readings[reading as usize];
            if !view.sees(*doc) {
                continue;
            }
            let start = usize::try_from(diagonal + i64::from(from)).unwrap_or(0);
            if let Some(at) = reading.locate(start..start + run.len() + 1) {
                let len = run.len() as u32 + 1;
                out.push(Occurrence { doc: *doc, from, len, at, holders: 0 });
            }
        }
        count_holders(&mut out);
        out
    }
}
