//! Random documents and queries, from a seed.

#![allow(dead_code, unreachable_pub, reason = "each program that includes this uses its own part")]

use std::ops::Range;

use chancery_index::{Branch, DocId, Document, Occurrence};

/// Split-mix generator (Steele, Lea, Flood 2014).
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// A word; low numbers are common, as in real text.
    pub fn word(&mut self, vocabulary: usize) -> u32 {
        let x = self.below(vocabulary) * self.below(vocabulary) / vocabulary;
        u32::try_from(x).unwrap_or(0)
    }

    pub fn words(&mut self, count: usize, vocabulary: usize) -> Vec<u32> {
        (0..count).map(|_| self.word(vocabulary)).collect()
    }
}

pub fn documents(rng: &mut Rng, count: u32, vocabulary: usize, branches: bool) -> Vec<Document> {
    (0..count)
        .map(|id| {
            let length = 20 + rng.below(60);
            let words = rng.words(length, vocabulary);
            let mut document = Document::plain(id, id % 5, (id * 7 % 100) as i32, words);
            let mut at = rng.below(12);
            while branches && at + 4 < length {
                let end = at + rng.below(4);
                let alternatives = (0..1 + rng.below(3))
                    .map(|_| {
                        let len = rng.below(4);
                        rng.words(len, vocabulary)
                    })
                    .collect();
                document.branches.push(Branch { at: at as u32..end as u32, alternatives });
                at = end + 2 + rng.below(15);
            }
            document
        })
        .collect()
}

/// The words of a random copy.
pub fn copy(rng: &mut Rng, document: &Document) -> Vec<u32> {
    let (mut out, mut passed) = (Vec::new(), 0);
    for branch in &document.branches {
        out.extend_from_slice(&document.words[passed..branch.at.start as usize]);
        match rng.below(branch.alternatives.len() + 1) {
            0 => out.extend_from_slice(&document.words[usize_range(&branch.at)]),
            n => out.extend_from_slice(&branch.alternatives[n - 1]),
        }
        passed = branch.at.end as usize;
    }
    out.extend_from_slice(&document.words[passed..]);
    out
}

pub fn usize_range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Occurrences in an order of their own, to compare.
pub fn sorted(mut occurrences: Vec<Occurrence>) -> Vec<(DocId, u32, u32, u32, u32, u32)> {
    let key = |o: &Occurrence| (o.doc, o.from, o.len, o.at.start, o.at.end, o.holders);
    let mut out: Vec<_> = occurrences.drain(..).map(|o| key(&o)).collect();
    out.sort_unstable();
    out.dedup();
    out
}
