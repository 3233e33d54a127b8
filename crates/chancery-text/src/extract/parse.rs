//! Reading the choices between two anchors by their words: a small lattice, parsed exactly.
//!
//! The window holds the words of the leak between two anchors; the path holds the choices, and the
//! fixed words that were not found, between the same two. The cost of a reading is the least number
//! of changes that explains the window with it; all choices of the path are weighed together.

use crate::align::{Alternative, Choice, INDEL, RESPACED, nearness};

/// Most words of a window; longer ones are erased.
pub(super) const MAX_WINDOW: usize = 96;

/// Most choices and missing fixed words of a path; longer ones are erased.
pub(super) const MAX_PATH: usize = 64;

/// Cost of another word in the place of a reading's word: no dearer than one put in, because whoever
/// put a word there may just as well have replaced the reading.
const REPLACED: u32 = INDEL;

/// Cost of another word in the place of a fixed word.
const REPLACED_FIXED: u32 = INDEL + INDEL / 2;

/// How much dearer every other reading must be when this one's words stand there as they are.
const CLEAR_WORDS: u32 = 2;

/// The same when its words are only near, or when it has none.
const CLEAR_NEAR: u32 = 3;
const CLEAR_NOTHING: u32 = 6;

/// Most cost of a reading's own words.
const MAX_OWN: u32 = 5;

/// One element of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Element<'a> {
    /// A fixed word that was not found.
    Fixed(&'a str),
    /// A choice.
    Choice(&'a Choice),
}

/// How plainly a reading was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clarity {
    /// The window is exactly the path with this reading.
    Exact,
    /// The reading's words stand there, other words of the window were changed.
    Edited,
    /// Only near, but clearly nearest.
    Near,
}

/// What the words say about one choice: the group of alternatives with the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Number of the group's first alternative.
    pub(super) group: usize,
    pub(super) clarity: Clarity,
}

/// Cost of a path: all changes first, the changes within the reading looked at second.
type Cost = u64;

const TOTAL: Cost = 1 << 24;

const FAR: Cost = u64::MAX / 4;

fn total(cost: u32) -> Cost {
    u64::from(cost) * TOTAL
}

fn own(cost: u32) -> Cost {
    u64::from(cost) * (TOTAL + 1)
}

/// Reads every choice of a path, in order; `None` where nothing is clearly nearest.
pub(super) fn parse(path: &[Element<'_>], window: &[String]) -> Vec<Option<Seen>> {
    let choices = path.iter().filter(|e| matches!(e, Element::Choice(_))).count();
    if window.len() > MAX_WINDOW || path.len() > MAX_PATH {
        return vec![None; choices];
    }
    let reversed: Vec<String> = window.iter().rev().cloned().collect();
    let ahead = sweep(path.iter(), window, false);
    let mut back = sweep(path.iter().rev(), &reversed, true);
    back.reverse();
    for row in &mut back {
        row.reverse();
    }
    let mut out = Vec::with_capacity(choices);
    for (at, element) in path.iter().enumerate() {
        if let Element::Choice(choice) = element {
            out.push(judge(choice, window, &ahead[at], &back[at + 1]));
        }
    }
    out
}

/// Least cost of the first elements against the first words: row = elements, column = words.
fn sweep<'a>(
    path: impl Iterator<Item = &'a Element<'a>>,
    window: &[String],
    backward: bool,
) -> Vec<Vec<Cost>> {
    let mut rows = vec![{
        let mut row = vec![FAR; window.len() + 1];
        row[0] = 0;
        extras(&mut row);
        row
    }];
    for element in path {
        let last = rows.last().map_or(&[][..], Vec::as_slice);
        let mut row = match element {
            Element::Fixed(word) => {
                let words = [(*word).to_owned()];
                through(last, &words, window, REPLACED_FIXED, total, backward)
            }
            Element::Choice(choice) => {
                let mut row = vec![FAR; window.len() + 1];
                for alternative in groups(choice) {
                    let words = directed(&alternative.words, backward);
                    let way = through(last, &words, window, REPLACED, total, backward);
                    for (best, cost) in row.iter_mut().zip(way) {
                        *best = cost.min(*best);
                    }
                }
                if choice.alternatives.is_empty() {
                    // Unread choices take any words for nothing.
                    row = last.to_vec();
                    for i in 1..row.len() {
                        row[i] = row[i].min(row[i - 1]);
                    }
                }
                row
            }
        };
        extras(&mut row);
        rows.push(row);
    }
    rows
}

/// The first alternative of every group.
fn groups(choice: &Choice) -> impl Iterator<Item = &Alternative> {
    choice.alternatives.iter().enumerate().filter(|(at, a)| a.group == *at).map(|(_, a)| a)
}

fn directed(words: &[String], backward: bool) -> Vec<String> {
    let mut words = words.to_vec();
    if backward {
        words.reverse();
    }
    words
}

fn extras(row: &mut [Cost]) {
    for i in 1..row.len() {
        row[i] = row[i].min(row[i - 1] + total(INDEL));
    }
}

/// Costs after taking `words` from the window, starting from the costs in `start`.
fn through(
    start: &[Cost],
    words: &[String],
    window: &[String],
    replaced: u32,
    weigh: fn(u32) -> Cost,
    backward: bool,
) -> Vec<Cost> {
    let mut before: Vec<Cost> = Vec::new();
    let mut last = start.to_vec();
    for (k, word) in words.iter().enumerate() {
        let mut now = vec![FAR; last.len()];
        for i in 0..now.len() {
            let mut best = last[i] + weigh(INDEL);
            if i >= 1 {
                let change = nearness(&window[i - 1], word).unwrap_or(replaced);
                best = best.min(last[i - 1] + weigh(change)).min(now[i - 1] + weigh(INDEL));
                if k >= 1 && is_joined(&words[k - 1], word, &window[i - 1], backward) {
                    best = best.min(before[i - 1] + weigh(RESPACED));
                }
            }
            if i >= 2 && is_joined(&window[i - 2], &window[i - 1], word, backward) {
                best = best.min(last[i - 2] + weigh(RESPACED));
            }
            now[i] = best;
        }
        before = std::mem::replace(&mut last, now);
    }
    last
}

fn is_joined(first: &str, second: &str, whole: &str, backward: bool) -> bool {
    let (first, second) = if backward { (second, first) } else { (first, second) };
    first.len() + second.len() == whole.len() && whole.starts_with(first) && whole.ends_with(second)
}

/// Weighs the readings of one choice, given the costs before and after it.
fn judge(choice: &Choice, window: &[String], ahead: &[Cost], back: &[Cost]) -> Option<Seen> {
    let mut costs: Vec<(Cost, usize)> = groups(choice)
        .map(|alternative| {
            let way = through(ahead, &alternative.words, window, REPLACED, own, false);
            let least = way.iter().zip(back).map(|(a, b)| a + b).min().unwrap_or(FAR);
            (least, alternative.group)
        })
        .collect();
    costs.sort_unstable();
    let &(best, group) = costs.first()?;
    let words = choice.alternatives.get(group).map_or(0, |a| a.words.len());
    let (best_total, best_own) = (best / TOTAL, best % TOTAL);
    let next = costs.get(1).map_or(FAR / TOTAL, |(cost, _)| cost / TOTAL);
    let margin = next.saturating_sub(best_total);
    if best_total == 0 {
        return (margin > 0).then_some(Seen { group, clarity: Clarity::Exact });
    }
    let (needed, clarity) = match (words, best_own) {
        (0, _) => (CLEAR_NOTHING, Clarity::Near),
        (_, 0) => (CLEAR_WORDS, Clarity::Edited),
        _ => (CLEAR_NEAR, Clarity::Near),
    };
    (margin >= u64::from(needed) && best_own <= u64::from(MAX_OWN))
        .then_some(Seen { group, clarity })
}

/// The reading of a choice from the words beside one anchor, where the other side is not the paper's.
///
/// Only a reading whose words all stand right there counts, and only if no other reading begins (or,
/// before an anchor, ends) with the same words or is part of it.
pub(super) fn beside(choice: &Choice, window: &[String], backward: bool) -> Option<Seen> {
    let fits = |a: &Alternative| {
        let words = &a.words;
        let part = match backward {
            false => window.get(..words.len()),
            true => window.len().checked_sub(words.len()).and_then(|from| window.get(from..)),
        };
        part.is_some_and(|part| part == words.as_slice())
    };
    let mut fitting = groups(choice).filter(|a| fits(a));
    let found = fitting.next()?;
    let alone = !found.words.is_empty() && fitting.next().is_none();
    // A longer reading that this one is the start of may have been cut short.
    let overlaps = |other: &Alternative| match backward {
        false => other.words.starts_with(&found.words),
        true => other.words.ends_with(&found.words),
    };
    let ambiguous = groups(choice).any(|a| a.group != found.group && overlaps(a));
    (alone && !ambiguous).then_some(Seen { group: found.group, clarity: Clarity::Edited })
}
