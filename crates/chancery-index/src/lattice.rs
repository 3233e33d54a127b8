//! Pieces of a document as a graph of words, so that any copy of it can be compared.

use std::ops::Range;

use crate::align::Place;
use crate::segment::{Segment, Variant};

/// Words in an order in which each comes after those it may follow.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    /// Number of each word in its segment.
    pub(crate) words: Vec<u32>,
    pub(crate) places: Vec<Place>,
    /// Ends in `before` of each word's list.
    ends: Vec<u32>,
    before: Vec<u32>,
}

impl Lattice {
    /// The pieces of a document given by words of its main text, ascending and apart.
    pub(crate) fn of(segment: &Segment, slot: usize, pieces: &[Range<u32>]) -> Self {
        let main = segment.main(slot);
        let variants: Vec<(u32, Variant)> = (0..).zip(segment.variants(slot)).collect();
        let mut out = Self::default();
        for piece in pieces {
            out.piece(
                segment,
                main.start,
                piece.start..piece.end.min(main.len() as u32),
                &variants,
            );
        }
        out
    }

    fn piece(
        &mut self,
        segment: &Segment,
        text: usize,
        piece: Range<u32>,
        variants: &[(u32, Variant)],
    ) {
        // The words after which the word at each place of the piece may come.
        let mut ends: Vec<Vec<u32>> = vec![Vec::new(); piece.len() + 1];
        let first = variants.partition_point(|(_, v)| v.from < piece.start);
        let mut variants = variants[first..].iter().filter(|(_, v)| v.to <= piece.end).peekable();
        for at in piece.start..=piece.end {
            let here = (at - piece.start) as usize;
            while let Some((_, branch)) = variants.peek().filter(|(_, v)| v.from == at) {
                let (entry, to) = (ends[here].clone(), branch.to);
                while let Some((number, variant)) =
                    variants.next_if(|(_, v)| v.from == at && v.to == to)
                {
                    let mut before = entry.clone();
                    for offset in 0..variant.len {
                        let word = segment.text(variant.text + offset);
                        let place = Place::Variant { number: *number, offset: offset as u32 };
                        before = vec![self.push(word, place, &before)];
                    }
                    // Nothing in nothing's place is no way of its own.
                    if variant.len > 0 || to > at {
                        let exits = ends.get_mut((to.max(at) - piece.start) as usize);
                        exits.into_iter().for_each(|exits| exits.extend(&before));
                    }
                }
            }
            if at < piece.end {
                let before = std::mem::take(&mut ends[here]);
                let node = self.push(segment.text(text + at as usize), Place::Text(at), &before);
                ends[here + 1].push(node);
            }
        }
    }

    fn push(&mut self, word: u32, place: Place, before: &[u32]) -> u32 {
        self.words.push(word);
        self.places.push(place);
        self.before.extend_from_slice(before);
        self.ends.push(self.before.len() as u32);
        self.words.len() as u32 - 1
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The words that word `at` may follow.
    pub(crate) fn before(&self, at: usize) -> &[u32] {
        let from = at.checked_sub(1).map_or(0, |b| self.ends[b] as usize);
        &self.before[from..self.ends[at] as usize]
    }
}
