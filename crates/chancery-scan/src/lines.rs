//! Lines: words that stand beside each other, in reading order.

use crate::words::InkBox;

/// A gap longer than this many heights of an x ends a line.
const LONGEST_GAP: f32 = 3.0;

/// Chains of right neighbours, from top to bottom; words alone are left out.
#[must_use]
pub(crate) fn lines(boxes: &[InkBox], letter: f32) -> Vec<Vec<InkBox>> {
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_unstable_by(|&a, &b| boxes[a].left.total_cmp(&boxes[b].left));
    let reach = LONGEST_GAP * letter;
    let mut right: Vec<Option<(usize, f32)>> = vec![None; boxes.len()];
    let mut left: Vec<Option<(usize, f32)>> = vec![None; boxes.len()];
    for (n, &a) in order.iter().enumerate() {
        let from = &boxes[a];
        for &b in &order[n + 1..] {
            let to = &boxes[b];
            if to.left > from.right + reach {
                break;
            }
            let overlap = from.bottom.min(to.bottom) - from.top.max(to.top);
            let enough = overlap >= 0.4 * from.height().min(to.height());
            let gap = to.left - from.right;
            if !enough || gap < -0.3 * letter {
                continue;
            }
            if right[a].is_none_or(|(_, best)| gap < best) {
                right[a] = Some((b, gap));
            }
            if left[b].is_none_or(|(_, best)| gap < best) {
                left[b] = Some((a, gap));
            }
        }
    }
    let mutual = |a: usize| right[a].map(|r| r.0).filter(|&b| left[b].is_some_and(|l| l.0 == a));
    let mut followed = vec![false; boxes.len()];
    (0..boxes.len()).filter_map(mutual).for_each(|b| followed[b] = true);
    let mut chains: Vec<Vec<InkBox>> = Vec::new();
    for first in (0..boxes.len()).filter(|&a| !followed[a]) {
        let chain = std::iter::successors(Some(first), |&a| mutual(a)).map(|a| boxes[a]);
        chains.push(chain.collect());
    }
    chains.retain(|chain| chain.len() >= 2);
    chains.sort_by(|a, b| height_of(a).total_cmp(&height_of(b)));
    chains
}

/// The mean of the words' lower and upper edges.
fn height_of(chain: &[InkBox]) -> f32 {
    let sum: f32 = chain.iter().map(|word| word.top + word.bottom).sum();
    sum / (2 * chain.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_slanting_lines_stay_apart() {
        let word = |line: usize, k: usize| {
            let (left, top) = (k as f32 * 40.0, line as f32 * 30.0 + k as f32 * 1.5);
            InkBox {
                left,
                top,
                right: left + 32.0,
                bottom: top + if k.is_multiple_of(2) { 10.0 } else { 14.0 },
            }
        };
        let boxes: Vec<InkBox> = (0..20).map(|n| word(n % 2, n / 2)).collect();
        let found = lines(&boxes, 9.0);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10]);
        assert!(found[0][0].top < found[1][0].top);
    }
}
