//! Columns: pages that lie side by side in one picture, each read from top to bottom by itself.
//!
//! A break between columns holds over many lines on either side, so that the lines of one page never fall apart.

use crate::words::InkBox;
use std::ops::Range;

/// The words of a full line, at least.
const FULL: usize = 5;
/// The full lines on either side of a break, at least.
const LEAST_LINES: usize = 8;
/// Of so many lines one may cross a break: dirt, the shadow between two pages.
const CROSSING: usize = 16;

/// The lines column by column, from left to right, and which lines each column has. Within a column their order
/// stays.
pub(crate) fn columns(lines: &[Vec<InkBox>]) -> (Vec<Vec<InkBox>>, Vec<Range<usize>>) {
    let mut rest = vec![lines.to_vec()];
    let (mut ordered, mut columns) = (Vec::new(), Vec::new());
    while let Some(part) = rest.pop() {
        if let Some(x) = gap(&part) {
            let (left, right) = part.into_iter().partition(|line| middle(line) < x);
            // The left part is looked at first.
            rest.extend([right, left]);
            continue;
        }
        let start = ordered.len();
        ordered.extend(part);
        columns.push(start..ordered.len());
    }
    (ordered, columns)
}

fn left(line: &[InkBox]) -> f32 {
    line.iter().map(|word| word.left).fold(f32::INFINITY, f32::min)
}

fn right(line: &[InkBox]) -> f32 {
    line.iter().map(|word| word.right).fold(f32::NEG_INFINITY, f32::max)
}

fn middle(line: &[InkBox]) -> f32 {
    (left(line) + right(line)) / 2.0
}

/// Where the lines fall into two columns: the place that the fewest lines cross.
fn gap(lines: &[Vec<InkBox>]) -> Option<f32> {
    let sorted = |of: fn(&[InkBox]) -> f32, least: usize| {
        let lines = lines.iter().filter(|line| line.len() >= least);
        let mut edges: Vec<f32> = lines.map(|line| of(line)).collect();
        edges.sort_unstable_by(f32::total_cmp);
        edges
    };
    let (lefts, rights) = (sorted(left, 1), sorted(right, 1));
    let (full_lefts, full_rights) = (sorted(left, FULL), sorted(right, FULL));
    let below = |edges: &[f32], x: f32| edges.partition_point(|edge| *edge < x);
    let up_to = |edges: &[f32], x: f32| edges.partition_point(|edge| *edge <= x);
    let mut best: Option<(usize, f32)> = None;
    for (k, &x) in full_rights.iter().enumerate() {
        let beyond = below(&full_lefts, x);
        if k + 1 < LEAST_LINES || full_lefts.len() - beyond < LEAST_LINES {
            continue;
        }
        let crossing = below(&lefts, x).saturating_sub(up_to(&rights, x));
        if crossing * CROSSING <= lines.len() && best.is_none_or(|(least, _)| crossing < least) {
            best = Some((crossing, (x + full_lefts[beyond]) / 2.0));
        }
    }
    best.map(|(_, x)| x).filter(|x| beside(lines, *x))
}

/// Whether the full lines left and right of a place stand beside each other and not one above the other.
fn beside(lines: &[Vec<InkBox>], x: f32) -> bool {
    let reach = |of_left: bool| {
        let full = lines.iter().filter(|line| line.len() >= FULL);
        let tops = full.filter(|line| (middle(line) < x) == of_left).map(|line| line[0].top);
        tops.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), top| (a.min(top), b.max(top)))
    };
    let (one, other) = (reach(true), reach(false));
    let common = one.1.min(other.1) - one.0.max(other.0);
    common > 0.0 && common >= 0.5 * (one.1 - one.0).min(other.1 - other.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of so many words from here on.
    fn line(left: f32, top: f32, words: usize) -> Vec<InkBox> {
        let word = |k: usize| {
            let left = left + 40.0 * k as f32;
            InkBox { left, top, right: left + 34.0, bottom: top + 10.0 }
        };
        (0..words).map(word).collect()
    }

    /// Lines of a page whose left margin is here, sorted by height.
    fn page(left: f32, lines: usize) -> Vec<Vec<InkBox>> {
        (0..lines).map(|k| line(left, 20.0 * k as f32, 8 + k * 7 % 5)).collect()
    }

    fn mixed(mut lines: Vec<Vec<InkBox>>) -> Vec<Vec<InkBox>> {
        lines.sort_by(|a, b| a[0].top.total_cmp(&b[0].top));
        lines
    }

    #[test]
    fn pages_side_by_side_are_columns_from_left_to_right() {
        let pages = [page(0.0, 40), page(700.0, 30), page(1_400.0, 35)];
        let lines = mixed(pages.concat());
        assert_eq!(columns(&lines), (pages.concat(), vec![0..40, 40..70, 70..105]));
        // A shadow between two pages changes nothing, many lines across do.
        let across = |count: usize| {
            let across = (0..count).map(|k| line(400.0, 25.0 * k as f32, 12));
            columns(&mixed(lines.iter().cloned().chain(across).collect())).1.len()
        };
        assert_eq!((across(2), across(30)), (3, 2));
    }

    #[test]
    fn the_lines_of_one_page_stay_together() {
        let together = |lines: Vec<Vec<InkBox>>| {
            let (ordered, columns) = columns(&lines);
            assert_eq!((&ordered, columns.len()), (&lines, 1));
            assert_eq!(columns[0], 0..lines.len());
        };
        together(Vec::new());
        together(page(0.0, 45));
        // A heading in two parts, a few lines with a hole, lines of two words.
        let heading = (0..7).flat_map(|k| [0.0, 260.0].map(|left| line(left, 20.0 * k as f32, 5)));
        let body = (8..40).map(|k| line(0.0, 20.0 * k as f32, 12));
        together(heading.chain(body).collect());
        let names = (0..40).flat_map(|k| [0.0, 260.0].map(|left| line(left, 20.0 * k as f32, 2)));
        together(names.collect());
        // One above the other, the lower one further to the right.
        let lower = page(700.0, 40).into_iter().map(|mut line| {
            line.iter_mut().for_each(|word| {
                word.top += 900.0;
                word.bottom += 900.0;
            });
            line
        });
        together(page(0.0, 40).into_iter().chain(lower).collect());
    }
}
