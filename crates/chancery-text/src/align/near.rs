//! How alike two folded words are: equal, one optical confusion apart, a slip apart, or different.
//!
//! Only the two words are looked at. The costs are fixed here for aligning and for reading alike.

/// Cost of two words that differ only by what optical recognition confuses (`rn`/`m`, `l`/`1`).
pub(crate) const CONFUSED: u32 = 1;

/// Cost of two words whose letters are equal but for a blank (`per cent`/`percent`).
pub(crate) const RESPACED: u32 = 2;

/// Cost of a word left out or put in.
pub(crate) const INDEL: u32 = 8;

/// Words shorter than this are never a slip of one another.
const MIN_SLIP_LETTERS: usize = 4;

/// Longer words are not compared letter by letter.
const MAX_LETTERS: usize = 64;

/// Cost of taking `a` for `b`: 0 equal, [`CONFUSED`], 2 + the number of slips when that is at most a
/// quarter of the letters, `None` when they are different words.
pub(crate) fn nearness(a: &str, b: &str) -> Option<u32> {
    if a == b {
        return Some(0);
    }
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    if short * 2 < long || long > 4 * MAX_LETTERS {
        return None;
    }
    let (x, y) = (confusable(a), confusable(b));
    if x == y {
        return Some(CONFUSED);
    }
    let letters = x.len().max(y.len());
    if !(MIN_SLIP_LETTERS..=MAX_LETTERS).contains(&letters) {
        return None;
    }
    let allowed = letters / 4;
    if x.len().abs_diff(y.len()) > allowed {
        return None;
    }
    let slips = distance(&x, &y);
    (slips <= allowed).then(|| 2 + u32::try_from(slips).unwrap_or(u32::MAX))
}

/// A word with every group of look-alikes put to one member.
fn confusable(word: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(word.len());
    for c in word.chars() {
        let c = match c {
            '1' | 'i' | '|' => 'l',
            '0' => 'o',
            '5' => 's',
            '8' => 'b',
            c => c,
        };
        match (out.last(), c) {
            (Some('r'), 'n') => {
                out.pop();
                out.push('m');
            }
            (Some('v'), 'v') => {
                out.pop();
                out.push('w');
            }
            (Some('c'), 'l') => {
                out.pop();
                out.push('d');
            }
            _ => out.push(c),
        }
    }
    out
}

/// Letters put in, left out, changed or swapped with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut now = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            now[j] = changed.min(last[j] + 1).min(now[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                now[j] = now[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, now);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_confusions_are_near_and_other_words_are_not() {
        assert_eq!(nearness("government", "government"), Some(0));
        assert_eq!(nearness("government", "govemment"), Some(CONFUSED));
        assert_eq!(nearness("will", "wi11"), Some(CONFUSED));
        assert_eq!(nearness("ministry", "minsitry"), Some(3));
        assert_eq!(nearness("before", "after"), None);
        assert_eq!(nearness("the", "she"), None, "short words have no slips");
        assert_eq!(nearness("", "a"), None);
    }
}
