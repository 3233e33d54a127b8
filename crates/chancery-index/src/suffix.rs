//! Looking runs of words up in a segment's suffix array.

use std::ops::Range;

use crate::segment::Segment;

/// The suffixes that begin with the first 1, 2, ... of `words` (numbers of the segment), as far as
/// there are any.
pub(crate) fn prefixes(segment: &Segment, words: &[u32]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let Some(&first) = words.first().filter(|&&word| word > 0) else { return out };
    let mut range = segment.bucket(first);
    while !range.is_empty() {
        let depth = out.len() + 1;
        out.push(range.clone());
        match words.get(depth) {
            Some(&word) if word > 0 => range = narrow(segment, range, depth, word),
            _ => break,
        }
    }
    out
}

/// Of suffixes that agree in `depth` words, those whose next word is `word`.
pub(crate) fn narrow(
    segment: &Segment,
    range: Range<usize>,
    depth: usize,
    word: u32,
) -> Range<usize> {
    let next = |at: usize| segment.text(segment.suffix(at) + depth);
    let bound = |mut low: usize, mut high: usize, below: &dyn Fn(u32) -> bool| {
        while low < high {
            let middle = low.midpoint(high);
            if below(next(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    };
    let from = bound(range.start, range.end, &|other| other < word);
    // Nearly always few suffixes agree: gallop to their end.
    let (mut step, mut low) = (1, from);
    while low + step < range.end && next(low + step) <= word {
        low += step;
        step *= 2;
    }
    let to = bound(low, (low + step).min(range.end), &|other| other <= word);
    from..to.max(from)
}

/// The suffixes that begin with all of `words`; empty when no document has them.
pub(crate) fn whole(segment: &Segment, words: &[u32]) -> Range<usize> {
    let found = prefixes(segment, words);
    if found.len() < words.len() { 0..0 } else { found.last().cloned().unwrap_or(0..0) }
}
