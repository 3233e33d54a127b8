//! Grams that stand in a text in the order of the picture: chance puts single ones anywhere, a page puts them line
//! after line, each at a place of its own.

use super::search::Match;
use crate::words::InkBox;
use std::collections::VecDeque;

/// Grams of one line agree on a place if they differ by at most this many words (joined boxes).
const SLACK: i64 = 2;
/// From one line to the next the text goes on by at most so many words for each box between, and so many more: words
/// that were not seen.
const STRIDE: f32 = 1.5;
const MISSED: f32 = 12.0;
/// Lines that a chain may pass over.
const PASSED: usize = 32;
/// Places in the text that are considered for one line, those with most grams.
const MOST_GROUPS: usize = 8;
/// Chains beside the longest count from so many grams on: another page in the same picture.
const LEAST_CHAIN: usize = 8;
const MOST_CHAINS: usize = 8;

/// Grams of one line that agree on a place.
#[derive(Clone, Debug)]
struct Group {
    line: usize,
    /// The word of the text at which the line would begin.
    place: i64,
    grams: Vec<Match>,
}

/// How many boxes stand before each line, and at the end.
pub(crate) fn boxes_before(lines: &[Vec<InkBox>]) -> Vec<usize> {
    let mut before = vec![0];
    for line in lines {
        before.push(before[before.len() - 1] + line.len());
    }
    before
}

/// The grams of the longest chain, and of others that are no chance either. `before` says how many boxes stand before
/// each line.
pub(crate) fn chained(mut grams: Vec<Match>, before: &[usize]) -> Vec<Match> {
    grams.sort_unstable_by_key(|m| (m.line, place(m), m.first));
    grams.dedup_by_key(|m| (m.line, place(m), m.first));
    let mut groups: Vec<Group> =
        grams.chunk_by(|a, b| a.line == b.line).flat_map(grouped).collect();
    let mut kept = Vec::new();
    for turn in 0..MOST_CHAINS {
        let chain = longest(&groups, before);
        let length: usize = chain.iter().map(|&at| groups[at].grams.len()).sum();
        if length == 0 || turn > 0 && length < LEAST_CHAIN {
            break;
        }
        let lines: Vec<usize> = chain.iter().map(|&at| groups[at].line).collect();
        kept.extend(chain.iter().flat_map(|&at| groups[at].grams.iter().copied()));
        groups.retain(|group| lines.binary_search(&group.line).is_err());
    }
    // A pattern that repeats down the picture, as a screen's grid does, meets one place of a text again and again: a
    // place counts once.
    kept.sort_unstable_by_key(|m| (m.word, m.line, m.first));
    kept.dedup_by_key(|m| m.word);
    kept.sort_unstable_by_key(|m| (m.line, m.first, m.word));
    kept
}

fn place(m: &Match) -> i64 {
    i64::from(m.word) - m.first as i64
}

/// The places on which most grams of a line agree; the grams come in order of their places.
fn grouped(line: &[Match]) -> Vec<Group> {
    let mut groups: Vec<(usize, usize, usize)> = Vec::new();
    let (mut from, mut to) = (0, 0);
    for (at, middle) in line.iter().enumerate() {
        if at > 0 && place(&line[at - 1]) == place(middle) {
            continue;
        }
        while place(middle) - place(&line[from]) > SLACK {
            from += 1;
        }
        while to < line.len() && place(&line[to]) - place(middle) <= SLACK {
            to += 1;
        }
        groups.push((at, from, to));
    }
    groups.sort_by_key(|&(at, from, to)| (std::cmp::Reverse(to - from), place(&line[at])));
    groups.truncate(MOST_GROUPS);
    let group = |&(at, from, to): &(usize, usize, usize)| {
        let mut grams = line[from..to].to_vec();
        grams.sort_by_key(|m| (m.first, (place(m) - place(&line[at])).abs()));
        grams.dedup_by_key(|m| m.first);
        Group { line: line[at].line, place: place(&line[at]), grams }
    };
    groups.iter().map(group).collect()
}

/// The groups, at most one of a line and in order, that go on through the text as the lines do and have most grams.
fn longest(groups: &[Group], before: &[usize]) -> Vec<usize> {
    // Grams up to here, and the group before.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(groups.len());
    let mut near: VecDeque<usize> = VecDeque::new();
    for (at, group) in groups.iter().enumerate() {
        while near.front().is_some_and(|&first| group.line - groups[first].line > PASSED) {
            near.pop_front();
        }
        let follows = |&&earlier: &&usize| {
            let earlier = &groups[earlier];
            let boxes = before[group.line] - before[earlier.line];
            let most = STRIDE * boxes as f32 + MISSED;
            let gone = group.place - earlier.place;
            earlier.line < group.line && gone >= -SLACK && gone as f32 <= most
        };
        let earlier = near.iter().filter(follows).max_by_key(|&&k| best[k].0).copied();
        let sum = earlier.map_or(0, |k| best[k].0) + group.grams.len();
        best.push((sum, earlier));
        near.push_back(at);
    }
    let last = (0..groups.len()).max_by_key(|&at| best[at].0);
    let mut chain: Vec<usize> = std::iter::successors(last, |&at| best[at].1).collect();
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gram(line: usize, first: usize, word: u32) -> Match {
        Match { line, first, word, scale: 3.0 }
    }

    #[test]
    fn grams_in_order_count_and_scattered_ones_do_not() {
        let before: Vec<usize> = (0..=40).map(|line| 10 * line).collect();
        // Two grams of each line stand where the lines say, one anywhere.
        let anywhere = |line: usize| (line as u32 * 7_919 + 5_000) % 16_000 + 2_000;
        let page = (0..40).flat_map(|line| {
            let word = 100 + 10 * line as u32;
            [gram(line, 1, word + 1), gram(line, 2, word + 2), gram(line, 0, anywhere(line))]
        });
        assert_eq!(chained(page.collect(), &before).len(), 80);
        let scattered = (0..40).map(|line| gram(line, 0, anywhere(line)));
        assert!(chained(scattered.collect(), &before).len() < 4);
        assert!(chained(Vec::new(), &before).is_empty());
    }

    #[test]
    fn two_pages_side_by_side_are_two_chains() {
        let before: Vec<usize> = (0..=40).map(|line| 5 * line).collect();
        let both = (0..40).map(|line| {
            let page = if line % 2 == 0 { 50 } else { 900 };
            gram(line, 0, page + line as u32 / 2 * 5)
        });
        assert_eq!(chained(both.collect(), &before).len(), 40);
    }

    #[test]
    fn a_pattern_that_repeats_down_the_picture_counts_once() {
        let before: Vec<usize> = (0..=40).map(|line| 10 * line).collect();
        let grid = (0..40).flat_map(|line| [gram(line, 3, 500), gram(line, 4, 501)]);
        assert_eq!(chained(grid.collect(), &before).len(), 2);
    }

    #[test]
    fn a_word_repeated_without_end_is_no_long_work() {
        let before: Vec<usize> = (0..=20).map(|line| 12 * line).collect();
        let everywhere = (0..20).flat_map(|line| {
            (0..6).flat_map(move |first| (0..4_000).map(move |word| gram(line, first, word)))
        });
        // All lines meet the same six places, and these count once.
        assert_eq!(chained(everywhere.collect(), &before).len(), 6);
    }
}
