//! What a viewer may see: applied before anything is counted or ranked.
//!
//! A view also holds how common each word is among the documents it shows, from an even sample of
//! them, so that scores too are the same as in an archive without the others.

use std::sync::Arc;

use crate::document::DocId;
use crate::log::{nats, rarity};
use crate::segment::Segment;

/// Most documents in the sample.
const SAMPLE: usize = 4_096;

/// The documents a viewer may see, as of the index's state when it was made.
#[derive(Clone, Debug)]
pub struct View {
    /// One bit a slot, for each segment.
    bits: Arc<Vec<Vec<u64>>>,
    /// One bit a position of text, for each segment; nothing for a view of everything. Documents left out
    /// since keep their bits here.
    places: Arc<Vec<Vec<u64>>>,
    documents: usize,
    /// The documents shown, ascending.
    shown: Arc<[DocId]>,
    /// Documents of the sample that have the word, by its number.
    having: Arc<Vec<u32>>,
    sampled: usize,
    /// Names the index's state.
    pub(crate) state: u64,
    /// Documents left out of it since, with their segments and slots, ascending.
    hidden: Vec<(DocId, usize, usize)>,
}

impl View {
    pub(crate) fn new(
        segments: &[&Segment],
        state: u64,
        sees: impl Fn(usize, usize, DocId) -> bool,
    ) -> Self {
        let mut bits: Vec<Vec<u64>> = Vec::new();
        // In order of the caller's numbers, so that the sample does not depend on segments.
        let mut shown: Vec<(DocId, usize, usize)> = Vec::new();
        for (number, segment) in segments.iter().enumerate() {
            let mut row = vec![0_u64; segment.len().div_ceil(64)];
            for slot in 0..segment.len() {
                let id = segment.id(slot);
                if sees(number, slot, id) {
                    row[slot / 64] |= 1 << (slot % 64);
                    shown.push((id, number, slot));
                }
            }
            bits.push(row);
        }
        shown.sort_unstable();
        let (having, sampled) = sample(segments, &shown);
        let whole = shown.len() == segments.iter().map(|segment| segment.len()).sum::<usize>();
        let places = if whole { Vec::new() } else { places(segments, &bits) };
        Self {
            bits: Arc::new(bits),
            places: Arc::new(places),
            documents: shown.len(),
            shown: shown.into_iter().map(|(id, ..)| id).collect(),
            having: Arc::new(having),
            sampled,
            state,
            hidden: Vec::new(),
        }
    }

    /// Number of documents the viewer may see, those left out included.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// The same view without some of its documents, given with their segments and slots. Words are as common
    /// as in an archive without them.
    pub(crate) fn without(
        &self,
        segments: &[&Segment],
        documents: &[(DocId, usize, usize)],
    ) -> Self {
        let mut out = self.clone();
        let bits = Arc::make_mut(&mut out.bits);
        for &(doc, segment, slot) in documents {
            if !self.sees(doc) {
                continue;
            }
            if let Some(word) = bits.get_mut(segment).and_then(|bits| bits.get_mut(slot / 64)) {
                *word &= !(1 << (slot % 64));
            }
            if self.is_sampled(doc) {
                let having = Arc::make_mut(&mut out.having);
                for word in vocabulary(segments[segment], slot) {
                    having[word as usize] -= 1;
                }
                out.sampled -= 1;
            }
        }
        out.hidden.extend(documents);
        out.hidden.sort_unstable();
        out
    }

    /// Whether the viewer may see a document.
    #[must_use]
    pub fn sees(&self, doc: DocId) -> bool {
        let hidden = self.hidden.binary_search_by_key(&doc, |(id, ..)| *id).is_ok();
        !hidden && self.shown.binary_search(&doc).is_ok()
    }

    /// How much words say together among the documents shown, in nats: what a document that has them all
    /// scores.
    #[must_use]
    pub fn rarity(&self, words: &[u32]) -> f64 {
        nats(words.iter().map(|&word| self.weight(word)).sum())
    }

    /// The same among the other documents, for words of `doc`: words that no other has are as rare as
    /// words that none has.
    #[must_use]
    pub fn rarity_elsewhere(&self, words: &[u32], doc: DocId) -> f64 {
        let own = usize::from(self.sees(doc) && self.is_sampled(doc));
        let weight = |&word: &u32| {
            let having = self.having.get(word as usize).map_or(0, |&n| n as usize);
            rarity((self.sampled - own) as f64 + 1.5, having.saturating_sub(own) as f64 + 0.5)
        };
        nats(words.iter().map(weight).sum())
    }

    /// Whether a document that is shown, or was before it was left out, is of the sample.
    fn is_sampled(&self, doc: DocId) -> bool {
        let Ok(at) = self.shown.binary_search(&doc) else { return false };
        let (shown, taken) = (self.shown.len(), self.shown.len().min(SAMPLE));
        let turn = (at * taken).div_ceil(shown);
        turn < taken && nth(turn, shown, taken) == at
    }

    /// Documents that were left out of the view, with their segments and slots.
    pub(crate) fn hidden(&self) -> &[(DocId, usize, usize)] {
        &self.hidden
    }

    pub(crate) fn shows(&self, segment: usize, slot: usize) -> bool {
        let word = self.bits.get(segment).and_then(|bits| bits.get(slot / 64));
        word.is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// Whether every document of the index is in view, or was before some were left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether the document at a position of a segment's text is in view, or was before it was left out.
    #[inline]
    pub(crate) fn covers(&self, segment: usize, position: usize) -> bool {
        let Some(places) = self.places.get(segment) else { return self.is_whole() };
        places.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// The weight of a word: rare ones say more.
    pub(crate) fn weight(&self, word: u32) -> i64 {
        let having = self.having.get(word as usize).copied().unwrap_or(0);
        rarity(self.sampled as f64 + 1.5, f64::from(having) + 0.5)
    }
}

/// The positions of the documents whose slots have their bits set.
fn places(segments: &[&Segment], slots: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let of = |(segment, slots): (&&Segment, &Vec<u64>)| {
        let mut out = vec![0_u64; segment.positions().div_ceil(64)];
        for slot in (0..segment.len()).filter(|slot| slots[slot / 64] >> (slot % 64) & 1 == 1) {
            let span = segment.span(slot);
            let (mut at, end) = (span.start, span.end.min(out.len() * 64));
            while at < end {
                let to = (at / 64 + 1) * 64;
                let taken = to.min(end) - at;
                out[at / 64] |= (u64::MAX >> (64 - taken)) << (at % 64);
                at = to;
            }
        }
        out
    };
    segments.iter().zip(slots).map(of).collect()
}

/// The place of the document that is sampled in its turn.
fn nth(turn: usize, shown: usize, taken: usize) -> usize {
    turn * shown / taken
}

/// How many of the sampled documents have each word, and how many were sampled.
fn sample(segments: &[&Segment], shown: &[(DocId, usize, usize)]) -> (Vec<u32>, usize) {
    let mut having: Vec<u32> = Vec::new();
    let taken = shown.len().min(SAMPLE);
    for k in 0..taken {
        let (_, number, slot) = shown[nth(k, shown.len(), taken)];
        for word in vocabulary(segments[number], slot) {
            let word = word as usize;
            if having.len() <= word {
                having.resize(word + 1, 0);
            }
            having[word] += 1;
        }
    }
    (having, taken)
}

/// The words of a document's main text, each once, in the caller's numbers.
fn vocabulary(segment: &Segment, slot: usize) -> impl Iterator<Item = u32> {
    let mut words: Vec<u32> = segment.main(slot).map(|p| segment.text(p)).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(|word| segment.word(word))
}
