//! Suffix arrays: suffixes are put in order by their first words, several at a time.
//!
//! Words have few bits, so several make one number. Suffixes that begin with the same word are sorted by the
//! number of the words behind it, those that still agree by the next (multikey sorting by blocks of words:
//! Bentley, Sedgewick, SODA 1997). Few passages of a language agree for long; those that do are sorted by
//! the ranks of what follows, twice as many words each time (Larsson, Sadakane, "Faster Suffix Sorting",
//! TCS 387, 2007), so that no text takes longer than n log² n. The array is that of any other algorithm.

use std::ops::Range;

/// Times that suffixes are compared by the words after those they agree in.
const ROUNDS: usize = if cfg!(test) { 2 } else { 6 };

/// Positions of `text` in the order of the suffixes that begin there. Every number is at most `upper`;
/// the text has fewer than 2^32 - 1 of them.
pub(crate) fn suffix_array(text: &[u32], upper: u32) -> Vec<u32> {
    let words = Words::new(text, upper);
    let (mut array, ends) = by_first(text, upper);
    let mut buffers = vec![Vec::new(); ROUNDS];
    let mut deep: Vec<Range<u32>> = Vec::new();
    let mut from = 0;
    for to in ends {
        let to = to as usize;
        if to - from > 1 {
            words.sort(&mut array[from..to], 1, from as u32, &mut buffers, &mut deep);
        }
        from = to;
    }
    if !deep.is_empty() {
        double(&mut array, deep, 1 + ROUNDS * words.per, &mut buffers[0]);
    }
    array
}

/// Positions by the word there, and where those of each word end.
fn by_first(text: &[u32], upper: u32) -> (Vec<u32>, Vec<u32>) {
    let mut ends = vec![0_u32; upper as usize + 2];
    for &word in text {
        ends[word as usize + 1] += 1;
    }
    for word in 1..ends.len() {
        ends[word] += ends[word - 1];
    }
    let mut array = vec![0_u32; text.len()];
    for (at, &word) in (0_u32..).zip(text) {
        let place = &mut ends[word as usize];
        array[*place as usize] = at;
        *place += 1;
    }
    ends.pop();
    (array, ends)
}

struct Words<'a> {
    text: &'a [u32],
    /// Bits of a word, and words of a number.
    bits: u32,
    per: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a [u32], upper: u32) -> Self {
        // The end of the text comes before every word.
        let bits = (u64::from(upper) + 2).next_power_of_two().trailing_zeros();
        Self { text, bits, per: (64 / bits) as usize }
    }

    /// The words from a position on, as one number.
    #[inline]
    fn key(&self, at: usize) -> u64 {
        let mut key = 0;
        match self.text.get(at..at + self.per) {
            Some(words) => {
                for &word in words {
                    key = key << self.bits | u64::from(word + 1);
                }
            }
            None => {
                for at in at..at + self.per {
                    key =
                        key << self.bits | self.text.get(at).map_or(0, |&word| u64::from(word + 1));
                }
            }
        }
        key
    }

    /// Sorts suffixes that agree in `depth` words, with a buffer for each round that is left. Those that
    /// agree for longer are listed in `deep`.
    fn sort(
        &self,
        array: &mut [u32],
        depth: usize,
        first: u32,
        buffers: &mut [Vec<(u64, u32)>],
        deep: &mut Vec<Range<u32>>,
    ) {
        let Some((keyed, rest)) = buffers.split_first_mut() else {
            deep.push(first..first + array.len() as u32);
            return;
        };
        keyed.clear();
        keyed.extend(array.iter().map(|&at| (self.key(at as usize + depth), at)));
        keyed.sort_unstable_by_key(|pair| pair.0);
        let mut from = 0;
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let part = &mut array[from..from + group.len()];
            for (place, pair) in part.iter_mut().zip(group) {
                *place = pair.1;
            }
            if group.len() > 1 {
                self.sort(part, depth + self.per, first + from as u32, rest, deep);
            }
            from += group.len();
        }
    }
}

/// Sorts groups of suffixes that agree in `depth` words by what follows, which has a rank.
fn double(
    array: &mut [u32],
    mut groups: Vec<Range<u32>>,
    mut depth: usize,
    keyed: &mut Vec<(u64, u32)>,
) {
    let len = array.len();
    let mut rank = vec![0_u32; len];
    for (at, &position) in (0_u32..).zip(array.iter()) {
        rank[position as usize] = at;
    }
    for group in &groups {
        for at in group.clone() {
            rank[array[at as usize] as usize] = group.start;
        }
    }
    while !groups.is_empty() {
        let mut left: Vec<Range<u32>> = Vec::new();
        // Ranks of this round are those of the one before: all are read before any is changed.
        let mut changes: Vec<(u32, u32)> = Vec::new();
        for group in groups {
            let part = &mut array[group.start as usize..group.end as usize];
            keyed.clear();
            keyed.extend(part.iter().map(|&at| {
                let after = at as usize + depth;
                (rank.get(after).map_or(0, |&rank| u64::from(rank) + 1), at)
            }));
            keyed.sort_unstable_by_key(|pair| pair.0);
            let mut from = group.start;
            for (place, pair) in part.iter_mut().zip(keyed.iter()) {
                *place = pair.1;
            }
            for same in keyed.chunk_by(|a, b| a.0 == b.0) {
                let to = from + same.len() as u32;
                if from > group.start {
                    changes.extend(same.iter().map(|pair| (pair.1, from)));
                }
                if same.len() > 1 {
                    left.push(from..to);
                }
                from = to;
            }
        }
        for (position, new) in changes {
            rank[position as usize] = new;
        }
        groups = left;
        depth *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &[u32]) -> Vec<u32> {
        let mut out: Vec<u32> = (0..text.len() as u32).collect();
        out.sort_by_key(|&i| &text[i as usize..]);
        out
    }

    proptest! {
        #[test]
        fn agrees_with_plain_sorting(
            text in prop::collection::vec(0_u32..5, 0..200),
            wide in prop::collection::vec(0_u32..1000, 0..200),
            unit in prop::collection::vec(0_u32..3, 1..8),
        ) {
            prop_assert_eq!(suffix_array(&text, 4), plain(&text));
            prop_assert_eq!(suffix_array(&wide, 999), plain(&wide));
            let repeated = unit.repeat(40);
            prop_assert_eq!(suffix_array(&repeated, 2), plain(&repeated));
            // Words of so many bits that two make a number, and a text that stands twice.
            let large: Vec<u32> = wide.iter().map(|&word| word << 21).collect();
            let twice = [large.as_slice(), &large].concat();
            prop_assert_eq!(Words::new(&twice, u32::MAX - 2).per, 2);
            let order = |text: &[u32], upper| {
                let words = Words::new(text, upper);
                let mut array: Vec<u32> = (0..text.len() as u32).collect();
                let (mut buffers, mut deep) = (vec![Vec::new(); ROUNDS], Vec::new());
                words.sort(&mut array, 0, 0, &mut buffers, &mut deep);
                if !deep.is_empty() {
                    double(&mut array, deep, ROUNDS * words.per, &mut buffers[0]);
                }
                array
            };
            prop_assert_eq!(order(&twice, u32::MAX - 2), plain(&twice));
        }
    }
}
