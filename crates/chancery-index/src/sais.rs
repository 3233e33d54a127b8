//! Suffix arrays in linear time, by induced sorting (Nong, Zhang, Chan: "Linear Suffix Array
//! Construction by Almost Pure Induced-Sorting", DCC 2009).
//!
//! The array is walked in blocks: first the words of all suffixes of a block are fetched, one fetch not
//! waiting for another, then the suffixes before them are put in their places.

const NONE: u32 = u32::MAX;

/// Places of the array that are looked at together.
const BLOCK: usize = if cfg!(test) { 16 } else { 1 << 10 };

/// Positions of `text` in the order of the suffixes that begin there. Every number is at most `upper`;
/// the text has fewer than 2^32 - 1 of them.
pub(crate) fn suffix_array(text: &[u32], upper: u32) -> Vec<u32> {
    match text {
        [] => return Vec::new(),
        [_] => return vec![0],
        _ => {}
    }
    let sorter = Sorter::new(text, upper);
    let mut starts: Vec<u32> = (1..text.len() as u32).filter(|&i| sorter.is_lms(i)).collect();
    let mut array = sorter.induce(&starts);
    if starts.is_empty() {
        return array;
    }
    // Starts are at least two apart: half of a start's position is its own.
    let mut rank = vec![NONE; text.len() / 2 + 1];
    for (number, &start) in (0_u32..).zip(&starts) {
        rank[start as usize / 2] = number;
    }
    array.retain(|&i| i != NONE && sorter.is_lms(i));
    let sorted = array;
    // Equal substrings between such starts get equal names.
    let end_of =
        |number: u32| starts.get(number as usize + 1).map_or(text.len(), |&next| next as usize);
    let mut names = vec![0_u32; starts.len()];
    let mut name = 0;
    let mut before = 0..0;
    for (at, &start) in sorted.iter().enumerate() {
        let number = rank[start as usize / 2];
        let here = start as usize..end_of(number);
        // Both reach up to and with the next start; the end of the text differs from all else.
        let same = here.len() == before.len()
            && here.end < text.len()
            && before.end < text.len()
            && text[here.start..=here.end] == text[before.start..=before.end];
        name += u32::from(!same && at > 0);
        names[number as usize] = name;
        before = here;
    }
    drop(rank);
    drop(sorted);
    let order = suffix_array(&names, name);
    drop(names);
    starts = order.into_iter().map(|i| starts[i as usize]).collect();
    sorter.induce(&starts)
}

struct Sorter<'a> {
    text: &'a [u32],
    /// One bit a suffix: whether it is smaller than the one after it.
    smaller: Vec<u64>,
    /// Where in the array the larger suffixes of each number begin.
    larger_from: Vec<u32>,
    /// Where the smaller ones begin, after them.
    smaller_from: Vec<u32>,
}

/// A suffix at a place of the array: its position, the word before it and its first word.
#[derive(Clone, Copy, Default)]
struct Fetched {
    position: u32,
    before: u32,
    word: u32,
}

impl<'a> Sorter<'a> {
    fn new(text: &'a [u32], upper: u32) -> Self {
        let mut smaller = vec![0_u64; text.len().div_ceil(64)];
        let mut larger_from = vec![0_u32; upper as usize + 2];
        let mut smaller_from = vec![0_u32; upper as usize + 2];
        let (mut next, mut is_smaller) = (0, false);
        for (i, &word) in text.iter().enumerate().rev() {
            is_smaller = i + 1 < text.len() && (word < next || (word == next && is_smaller));
            next = word;
            if is_smaller {
                smaller[i / 64] |= 1 << (i % 64);
                larger_from[word as usize + 1] += 1;
            } else {
                smaller_from[word as usize] += 1;
            }
        }
        for word in 0..=upper as usize {
            smaller_from[word] += larger_from[word];
            larger_from[word + 1] += smaller_from[word];
        }
        Self { text, smaller, larger_from, smaller_from }
    }

    fn is_smaller(&self, i: u32) -> bool {
        self.smaller[i as usize / 64] >> (i % 64) & 1 == 1
    }

    fn is_lms(&self, i: u32) -> bool {
        i > 0 && self.is_smaller(i) && !self.is_smaller(i - 1)
    }

    /// A suffix with its words; none for the first, which has no suffix before it, and for empty places.
    fn fetch(&self, i: u32) -> Fetched {
        // An empty place lies far beyond the text.
        let position = if (i as usize) < self.text.len() { i } else { 0 };
        let before = self.text[(position as usize).saturating_sub(1)];
        Fetched { position, before, word: self.text[position as usize] }
    }

    fn induce(&self, starts: &[u32]) -> Vec<u32> {
        let text = self.text;
        let mut array = vec![NONE; text.len()];
        let mut free = self.smaller_from.clone();
        for &start in starts {
            let slot = &mut free[text[start as usize] as usize];
            array[*slot as usize] = start;
            *slot += 1;
        }
        free.copy_from_slice(&self.larger_from);
        let last = text.len() as u32 - 1;
        let slot = &mut free[text[last as usize] as usize];
        array[*slot as usize] = last;
        *slot += 1;
        let mut block = [Fetched::default(); BLOCK];
        for from in (0..array.len()).step_by(BLOCK) {
            let to = (from + BLOCK).min(array.len());
            for (fetched, &i) in block.iter_mut().zip(&array[from..to]) {
                *fetched = self.fetch(i);
            }
            for at in 0..to - from {
                let Fetched { position, before, word } = block[at];
                // The suffix before a larger one, or before a start, is larger if its word is not smaller.
                if position > 0 && before >= word {
                    let slot = &mut free[before as usize];
                    let place = *slot as usize;
                    *slot += 1;
                    array[place] = position - 1;
                    // Places of this block were fetched before they were filled.
                    if place < to {
                        block[place - from] = self.fetch(position - 1);
                    }
                }
            }
        }
        free.copy_from_slice(&self.larger_from);
        for from in (0..array.len()).step_by(BLOCK).rev() {
            let to = (from + BLOCK).min(array.len());
            for (fetched, &i) in block.iter_mut().zip(&array[from..to]) {
                *fetched = self.fetch(i);
            }
            for at in (0..to - from).rev() {
                let Fetched { position, before, word } = block[at];
                // Of equal words the one before is as the one after; smaller ones lie at their bucket's end.
                let is_smaller = before < word
                    || (before == word && from + at >= free[word as usize + 1] as usize);
                if position > 0 && is_smaller {
                    let slot = &mut free[before as usize + 1];
                    *slot -= 1;
                    let place = *slot as usize;
                    array[place] = position - 1;
                    if place >= from {
                        block[place - from] = self.fetch(position - 1);
                    }
                }
            }
        }
        array
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
        }
    }
}
