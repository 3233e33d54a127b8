//! Suffix arrays in linear time, by induced sorting (Nong, Zhang, Chan: "Linear Suffix Array
//! Construction by Almost Pure Induced-Sorting", DCC 2009).

const NONE: u32 = u32::MAX;

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
    let mut rank = vec![NONE; text.len()];
    for (number, &start) in (0_u32..).zip(&starts) {
        rank[start as usize] = number;
    }
    let sorted: Vec<u32> = array.iter().copied().filter(|&i| rank[i as usize] != NONE).collect();
    drop(array);
    // Equal substrings between such starts get equal names.
    let end_of = |start: u32| {
        starts.get(rank[start as usize] as usize + 1).map_or(text.len(), |&next| next as usize)
    };
    let mut names = vec![0_u32; starts.len()];
    let mut name = 0;
    for pair in sorted.windows(2) {
        let (a, b) = (pair[0] as usize, pair[1] as usize);
        let (a_end, b_end) = (end_of(pair[0]), end_of(pair[1]));
        // Both reach up to and with the next start; the end of the text differs from all else.
        let same = a_end - a == b_end - b
            && a_end < text.len()
            && b_end < text.len()
            && text[a..=a_end] == text[b..=b_end];
        name += u32::from(!same);
        names[rank[b] as usize] = name;
    }
    drop(rank);
    drop(sorted);
    let order = suffix_array(&names, name);
    drop(names);
    starts = order.into_iter().map(|i| starts[i as usize]).collect();
    array = sorter.induce(&starts);
    array
}

struct Sorter<'a> {
    text: &'a [u32],
    /// Whether the suffix is smaller than the one after it.
    smaller: Vec<bool>,
    /// Where in the array the larger suffixes of each number begin.
    larger_from: Vec<u32>,
    /// Where the smaller ones begin, after them.
    smaller_from: Vec<u32>,
}

impl<'a> Sorter<'a> {
    fn new(text: &'a [u32], upper: u32) -> Self {
        let mut smaller = vec![false; text.len()];
        for i in (0..text.len() - 1).rev() {
            smaller[i] = text[i] < text[i + 1] || (text[i] == text[i + 1] && smaller[i + 1]);
        }
        let mut larger_from = vec![0_u32; upper as usize + 2];
        let mut smaller_from = vec![0_u32; upper as usize + 2];
        for (&word, &smaller) in text.iter().zip(&smaller) {
            if smaller {
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

    fn is_lms(&self, i: u32) -> bool {
        i > 0 && self.smaller[i as usize] && !self.smaller[i as usize - 1]
    }

    fn induce(&self, starts: &[u32]) -> Vec<u32> {
        let text = self.text;
        let mut array = vec![NONE; text.len()];
        let mut free = self.smaller_from.clone();
        let put = |array: &mut [u32], free: &mut [u32], i: u32| {
            let slot = &mut free[text[i as usize] as usize];
            array[*slot as usize] = i;
            *slot += 1;
        };
        for &start in starts {
            put(&mut array, &mut free, start);
        }
        free.copy_from_slice(&self.larger_from);
        put(&mut array, &mut free, text.len() as u32 - 1);
        for at in 0..array.len() {
            let i = array[at];
            // The suffix before a larger one, or before a start, is larger if its word is not smaller.
            if i != NONE && i > 0 && text[i as usize - 1] >= text[i as usize] {
                put(&mut array, &mut free, i - 1);
            }
        }
        free.copy_from_slice(&self.larger_from);
        for at in (0..array.len()).rev() {
            let i = array[at];
            if i == NONE || i == 0 {
                continue;
            }
            let (before, word) = (text[i as usize - 1], text[i as usize]);
            // Of equal words the one before is as the one after; smaller ones lie at their bucket's end.
            if before < word || (before == word && at >= free[word as usize + 1] as usize) {
                let slot = &mut free[before as usize + 1];
                *slot -= 1;
                array[*slot as usize] = i - 1;
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
