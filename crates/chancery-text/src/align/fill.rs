//! Word-by-word alignment of short stretches: between two exact runs and beyond a chain's ends.
//!
//! Dynamic programming over words of the leak and fixed words of the paper. A choice is a wild card
//! that costs nothing for every number of words one of its readings has, so no reading, and so no
//! reader, can be preferred here.

use std::ops::Range;

use super::leak::Leak;
use super::near::{INDEL, RESPACED, nearness};
use super::template::Template;

/// Score of an equal word.
const EQUAL: i32 = 8;

/// Score of a word left out or put in.
const SKIP: i32 = -4;

/// No path leads here.
const NEVER: i32 = i32::MIN / 2;

/// A fixed word found in the leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// First word of the leak.
    pub(crate) leak: usize,
    /// Number of words of the leak that stand for it: 1, or 2 when it was split.
    pub(crate) words: usize,
    /// The fixed word.
    pub(crate) fixed: usize,
    /// Whether it is that very word.
    pub(crate) exact: bool,
}

/// Which part of a stretch has to be used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Both sides whole: the stretch lies between two anchors.
    Whole,
    /// From the start as far as it pays.
    Forward,
    /// From the end backwards as far as it pays.
    Backward,
}

#[derive(Clone, Copy, Debug)]
enum Item {
    Word(usize),
    /// The choices of a gap.
    Choices(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    None,
    /// A word of the leak stands for nothing.
    Extra,
    /// A fixed word is missing.
    Missing,
    /// Equal or near.
    Match(bool),
    /// Two words of the leak are the fixed word.
    Split,
    /// The word of the leak is this fixed word and the one before.
    Joined,
    /// A choice took so many words.
    Took(usize),
}

/// Anchors within `leak_words` and `fixed`, in order.
///
/// `gaps` are the gaps that belong to the stretch: for `Whole` also the one after its last word.
pub(crate) fn fill(
    leak: &Leak<'_>,
    template: &Template,
    leak_words: Range<usize>,
    fixed: Range<usize>,
    reach: Reach,
) -> Vec<Anchor> {
    let backward = reach == Reach::Backward;
    let mut items: Vec<Item> = Vec::new();
    for word in fixed.clone() {
        if !backward && !template.gaps[word].is_fixed() {
            items.push(Item::Choices(word));
        }
        items.push(Item::Word(word));
        if backward && !template.gaps[word + 1].is_fixed() {
            items.push(Item::Choices(word + 1));
        }
    }
    if reach == Reach::Whole && !template.gaps[fixed.end].is_fixed() {
        items.push(Item::Choices(fixed.end));
    }
    let mut words: Vec<String> = leak_words.clone().map(|at| leak.folded(at)).collect();
    if backward {
        items.reverse();
        words.reverse();
    }
    let table = Table::new(template, &items, &words, backward);
    let (row, column) = match reach {
        Reach::Whole => (items.len(), words.len()),
        _ => table.best(),
    };
    let mut anchors: Vec<Anchor> = table
        .trace(&items, row, column)
        .into_iter()
        .map(|(at, taken, fixed, exact)| {
            let first = if backward { words.len() - at - taken } else { at };
            Anchor { leak: leak_words.start + first, words: taken, fixed, exact }
        })
        .collect();
    anchors.sort_by_key(|a| a.fixed);
    anchors
}

/// Scores and steps: row = items used, column = words of the leak used.
struct Table {
    width: usize,
    scores: Vec<i32>,
    steps: Vec<Step>,
}

impl Table {
    fn new(template: &Template, items: &[Item], words: &[String], backward: bool) -> Self {
        let width = words.len() + 1;
        let cells = width * (items.len() + 1);
        let mut table = Self { width, scores: vec![NEVER; cells], steps: vec![Step::None; cells] };
        table.scores[0] = 0;
        table.extras(0);
        for (at, item) in items.iter().enumerate() {
            let row = at + 1;
            match item {
                Item::Word(word) => {
                    let joined = match items.get(at.wrapping_sub(1)) {
                        Some(Item::Word(other)) => Some(*other),
                        _ => None,
                    };
                    table.word(template, row, *word, joined, words, backward);
                }
                Item::Choices(gap) => table.choices(template, row, *gap),
            }
            table.extras(row);
        }
        table
    }

    fn word(
        &mut self,
        template: &Template,
        row: usize,
        word: usize,
        neighbour: Option<usize>,
        words: &[String],
        backward: bool,
    ) {
        let fixed = template.words[word].folded.as_str();
        let pair = |first: &str, second: &str| match backward {
            false => format!("{first}{second}"),
            true => format!("{second}{first}"),
        };
        let joined = neighbour.map(|other| pair(&template.words[other].folded, fixed));
        for column in 0..self.width {
            self.offer(row, column, (row - 1, column), SKIP, Step::Missing);
            if column == 0 {
                continue;
            }
            let here = words[column - 1].as_str();
            if let Some(cost) = nearness(here, fixed) {
                let score = if cost == 0 { EQUAL } else { EQUAL / 2 - 1 };
                self.offer(row, column, (row - 1, column - 1), score, Step::Match(cost == 0));
            }
            // A joined or split word scores a little less than an equal one.
            let near = EQUAL - RESPACED as i32;
            if joined.as_deref() == Some(here) {
                self.offer(row, column, (row - 2, column - 1), near, Step::Joined);
            }
            if column >= 2
                && words[column - 2].len() + here.len() == fixed.len()
                && pair(&words[column - 2], here) == fixed
            {
                self.offer(row, column, (row - 1, column - 2), near, Step::Split);
            }
        }
    }

    /// Every number of words that some filling of the gap has is free; fewer cost as words missing.
    fn choices(&mut self, template: &Template, row: usize, gap: usize) {
        let mut lengths = vec![0_usize];
        for choice in template.gaps[gap].choices() {
            let sums = lengths.iter().flat_map(|a| choice.lengths.iter().map(move |b| a + b));
            let mut sums: Vec<usize> = sums.filter(|&sum| sum < self.width).collect();
            sums.sort_unstable();
            sums.dedup();
            lengths = sums;
        }
        let shortest: usize =
            template.gaps[gap].choices().filter_map(|c| c.lengths.first().copied()).sum();
        for column in 0..self.width {
            for &taken in lengths.iter().take_while(|&&taken| taken <= column) {
                self.offer(row, column, (row - 1, column - taken), 0, Step::Took(taken));
            }
            for taken in 0..shortest.min(column + 1) {
                let short = i32::try_from(shortest - taken).unwrap_or(i32::MAX / INDEL as i32);
                let score = short.saturating_mul(SKIP);
                self.offer(row, column, (row - 1, column - taken), score, Step::Took(taken));
            }
        }
    }

    fn extras(&mut self, row: usize) {
        for column in 1..self.width {
            self.offer(row, column, (row, column - 1), SKIP, Step::Extra);
        }
    }

    /// Keeps the better of what stands at a cell and a way to it; the earlier offer wins ties.
    fn offer(&mut self, row: usize, column: usize, before: (usize, usize), score: i32, step: Step) {
        let total = self.scores[before.0 * self.width + before.1].saturating_add(score).max(NEVER);
        let cell = row * self.width + column;
        if total > self.scores[cell] {
            self.scores[cell] = total;
            self.steps[cell] = step;
        }
    }

    /// The best cell, the shortest way winning ties.
    fn best(&self) -> (usize, usize) {
        let mut best = 0;
        for (cell, &score) in self.scores.iter().enumerate() {
            if score > self.scores[best] {
                best = cell;
            }
        }
        (best / self.width, best % self.width)
    }

    /// Matches on the way to a cell: first word, words taken, fixed word, exact.
    fn trace(
        &self,
        items: &[Item],
        mut row: usize,
        mut column: usize,
    ) -> Vec<(usize, usize, usize, bool)> {
        let mut out = Vec::new();
        let word = |at: usize| match items[at] {
            Item::Word(word) => word,
            Item::Choices(gap) => gap,
        };
        loop {
            match self.steps[row * self.width + column] {
                Step::None => return out,
                Step::Extra => column -= 1,
                Step::Missing => row -= 1,
                Step::Match(exact) => {
                    row -= 1;
                    column -= 1;
                    out.push((column, 1, word(row), exact));
                }
                Step::Split => {
                    row -= 1;
                    column -= 2;
                    out.push((column, 2, word(row), false));
                }
                Step::Joined => {
                    row -= 2;
                    column -= 1;
                    out.push((column, 1, word(row), false));
                    out.push((column, 1, word(row + 1), false));
                }
                Step::Took(taken) => {
                    row -= 1;
                    column -= taken;
                }
            }
        }
    }
}
