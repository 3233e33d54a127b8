//! The plainest source: reads every document in full. Slow, and the oracle of the others.

use crate::document::{Document, Reading};
use crate::query::Query;
use crate::rank::{CandidateSource, Occurrence};
use crate::view::View;

/// Documents in a row.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    documents: Vec<(Document, Vec<Reading>)>,
}

impl Scan {
    /// Takes the documents as they are.
    #[must_use]
    pub fn new(documents: Vec<Document>) -> Self {
        let read = |document: Document| {
            let readings = Reading::of(&document, usize::MAX);
            (document, readings)
        };
        Self { documents: documents.into_iter().map(read).collect() }
    }
}

impl CandidateSource for Scan {
    fn occurrences(&self, query: &Query, view: &View) -> Vec<Occurrence> {
        let mut out = Vec::new();
        for (document, readings) in &self.documents {
            if !view.sees(document.id) {
                continue;
            }
            for reading in readings {
                for fragment in query.fragments() {
                    runs(&query.words()[fragment.clone()], &reading.words, |from, start, len| {
                        if let Some(at) = reading.locate(start..start + len) {
                            let from = (fragment.start + from) as u32;
                            let len = len as u32;
                            out.push(Occurrence { doc: document.id, from, len, at, holders: 0 });
                        }
                    });
                }
            }
        }
        count_holders(&mut out);
        out
    }
}

/// Calls `f` with every run of equal words that cannot be made longer: start in each, length.
fn runs(query: &[u32], text: &[u32], mut f: impl FnMut(usize, usize, usize)) {
    for from in 0..query.len() {
        for start in 0..text.len() {
            let longer = from > 0 && start > 0 && query[from - 1] == text[start - 1];
            if longer {
                continue;
            }
            let same = query[from..].iter().zip(&text[start..]).take_while(|(a, b)| a == b).count();
            if same > 0 {
                f(from, start, same);
            }
        }
    }
}

/// Fills in how many documents have each run, from all longest runs.
pub(crate) fn count_holders(occurrences: &mut [Occurrence]) {
    let runs: Vec<_> = occurrences.iter().map(|o| (o.doc, o.from, o.from + o.len)).collect();
    for occurrence in occurrences {
        let (from, to) = (occurrence.from, occurrence.from + occurrence.len);
        let mut docs: Vec<_> =
            runs.iter().filter(|(_, f, t)| *f <= from && to <= *t).map(|(doc, ..)| *doc).collect();
        docs.sort_unstable();
        docs.dedup();
        occurrence.holders = docs.len() as u32;
    }
}
