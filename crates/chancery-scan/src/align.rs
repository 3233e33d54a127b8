//! Which word is which box: each line of the picture against the lattice of all wordings.
//!
//! A line is aligned by itself (Smith and Waterman 1981, on a graph), so that a crop, a redaction or a
//! lost line costs only itself; then lines that break the order of reading are aligned anew between
//! their neighbours. Pages side by side have each their own order, and one in common where they follow one
//! another from left to right.

use crate::index::Match;
use crate::paper::{Paper, Slot};
use crate::solve::Normal;
use crate::words::InkBox;
use std::ops::Range;

/// A line of the picture: the words it shows, each with its box if it has one of its own.
#[derive(Clone, Debug)]
pub(crate) struct Aligned {
    pub(crate) nodes: Vec<u32>,
    pub(crate) boxes: Vec<Option<InkBox>>,
    score: f32,
}

impl Aligned {
    /// Words with boxes of their own.
    pub(crate) fn found(&self) -> usize {
        self.boxes.iter().flatten().count()
    }
}

/// Pixels in a point, over the picture: quadratic, from the grams that the index found.
#[derive(Clone, Debug)]
pub(crate) struct ScaleField {
    size: f64,
    terms: Vec<f64>,
    range: (f64, f64),
}

impl ScaleField {
    pub(crate) fn new(grams: &[Match], lines: &[Vec<InkBox>], size: usize) -> Option<Self> {
        let size = size.max(1) as f64;
        let place = |m: &Match| {
            let word = lines.get(m.line)?.get(m.first + 2)?;
            Some((f64::from(word.middle()) / size, f64::from(word.top) / size, f64::from(m.scale)))
        };
        let points: Vec<(f64, f64, f64)> = grams.iter().filter_map(place).collect();
        let mut scales: Vec<f64> = points.iter().map(|p| p.2).collect();
        scales.sort_unstable_by(f64::total_cmp);
        let middle = *scales.get(scales.len() / 2)?;
        let count = match points.len() {
            0..20 => 1,
            20..80 => 3,
            _ => 6,
        };
        let mut field = Self {
            size,
            terms: vec![middle, 0.0, 0.0, 0.0, 0.0, 0.0],
            range: (0.75 * middle, 1.33 * middle),
        };
        for tolerance in [0.2, 0.06, 0.04] {
            let mut normal = Normal::new(count);
            for &(x, y, scale) in &points {
                let now = field.value(x, y);
                if (scale / now - 1.0).abs() < tolerance {
                    let terms: Vec<_> = basis(x, y).into_iter().enumerate().take(count).collect();
                    normal.add(&terms, scale, 1.0);
                }
            }
            (1..count).for_each(|k| normal.hold(k, 1e-3));
            let Some(solved) = normal.solved() else { break };
            field.terms[..count].copy_from_slice(&solved);
        }
        Some(field)
    }

    fn value(&self, x: f64, y: f64) -> f64 {
        let sum: f64 = basis(x, y).iter().zip(&self.terms).map(|(b, t)| b * t).sum();
        sum.clamp(self.range.0, self.range.1)
    }

    /// Pixels in a point at this place.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        self.value(f64::from(x) / self.size, f64::from(y) / self.size) as f32
    }
}

fn basis(x: f64, y: f64) -> [f64; 6] {
    [1.0, x, y, x * x, x * y, y * y]
}

/// What a box of just the right width says for a word, in nats.
const FIT: f32 = 2.8;
/// The most that a box of a wrong width says against it.
const MISFIT: f32 = 8.0;
/// A word without a box, or a box without a word.
const LOST: f32 = 4.0;
/// Two words in one box, or two boxes for one word.
const JOINED: f32 = 2.0;
/// Least score of a line among one word; chance needs more where there are more words to choose from.
const LEAST: f32 = 4.0;
/// Usual gap between words, in points.
const GAP: f32 = 2.9;
/// The most boxes of a line: one with more is a pattern and no line of text.
const MOST_BOXES: usize = 200;
/// The most cells of one line's table, boxes times words: about 400 MB.
const MOST_CELLS: usize = 1 << 24;

#[derive(Clone, Copy, Debug)]
struct Step {
    /// Box and node before, unless the line starts here.
    from: Option<(u32, u32)>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One box, one word.
    One,
    /// One box, one word, and the given word before it has no box.
    Skipped(u32),
    /// One box holds this word and the given one before it.
    Both(u32),
    /// The box and the one before it are one word.
    Split,
}

/// The lines of the picture, column by column, as words of the paper.
pub(crate) fn aligned(
    paper: &Paper,
    lines: &[Vec<InkBox>],
    columns: &[Range<usize>],
    field: &ScaleField,
    widening: f32,
) -> Vec<Aligned> {
    let all = 0..paper.nodes().len() as u32;
    let first: Vec<Option<Aligned>> =
        lines.iter().map(|line| align(paper, line, field, widening, all.clone())).collect();
    let kept: Vec<bool> =
        columns.iter().flat_map(|column| in_order(&first[column.clone()])).collect();
    let mut out = Vec::new();
    for run in following(columns, &first, &kept) {
        for k in run.clone() {
            if kept[k] {
                out.extend(first[k].clone());
                continue;
            }
            let mut earlier = (run.start..k).rev().filter(|&j| kept[j]);
            let before = earlier.find_map(|j| first[j].as_ref()?.nodes.last().copied());
            let mut later = (k + 1..run.end).filter(|&j| kept[j]);
            let after = later.find_map(|j| first[j].as_ref()?.nodes.first().copied());
            // Beyond the outermost lines a window without end would invite chance.
            let window = match (before, after) {
                (None, None) => continue,
                (None, Some(n)) => n.saturating_sub(400)..n,
                (Some(n), None) => n + 1..all.end.min(n + 400),
                (Some(before), Some(after)) => before + 1..after,
            };
            out.extend(align(paper, &lines[k], field, widening, window));
        }
    }
    out
}

/// Columns that go on where the one before ended, together; others alone.
fn following(
    columns: &[Range<usize>],
    lines: &[Option<Aligned>],
    kept: &[bool],
) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut end = None;
    for column in columns {
        let words = || {
            let kept = column.clone().filter(|&k| kept[k]);
            kept.filter_map(|k| lines[k].as_ref()).flat_map(|line| &line.nodes)
        };
        let (first, last) = (words().next(), words().last());
        match runs.last_mut().filter(|_| first.is_none() || end < first) {
            Some(run) => run.end = column.end,
            None => runs.push(column.clone()),
        }
        end = last.or(end);
    }
    runs
}

/// The heaviest set of lines whose words follow one another.
fn in_order(lines: &[Option<Aligned>]) -> Vec<bool> {
    let span = |k: usize| {
        let line = lines[k].as_ref()?;
        Some((*line.nodes.first()?, *line.nodes.last()?, line.score))
    };
    let mut best = vec![(0.0_f32, None::<usize>); lines.len()];
    for k in 0..lines.len() {
        let Some((first, _, score)) = span(k) else { continue };
        best[k] = (score, None);
        for j in 0..k {
            if let Some((_, last, _)) = span(j)
                && last < first
                && best[j].0 + score > best[k].0
            {
                best[k] = (best[j].0 + score, Some(j));
            }
        }
    }
    let mut kept = vec![false; lines.len()];
    let mut at = (0..lines.len()).filter(|&k| lines[k].is_some());
    let first = at.next();
    let end = at.fold(first, |top, k| match top {
        Some(t) if best[t].0 >= best[k].0 => Some(t),
        _ => Some(k),
    });
    let mut next = end;
    while let Some(k) = next {
        kept[k] = true;
        next = best[k].1;
    }
    kept
}

fn align(
    paper: &Paper,
    line: &[InkBox],
    field: &ScaleField,
    widening: f32,
    window: Range<u32>,
) -> Option<Aligned> {
    let nodes = window.len();
    if !(3..=MOST_BOXES).contains(&line.len()) || nodes == 0 || nodes * line.len() > MOST_CELLS {
        return None;
    }
    let points: Vec<f32> = line
        .iter()
        .map(|b| ((b.width() - widening) / field.at(b.middle(), b.top)).max(0.5))
        .collect();
    let fit = |width: f32, word: f32, extra: f32| {
        let z = (width - word) / (0.45 + 0.015 * word + extra);
        FIT - (z * z / 2.0).min(MISFIT)
    };
    let ink = |n: u32| paper.shape(n).right - paper.shape(n).left;
    let inside = |n: &&u32| window.contains(n);
    let mut scores = vec![f32::NEG_INFINITY; nodes * line.len()];
    let mut steps = vec![Step { from: None, kind: Kind::One }; nodes * line.len()];
    let cell = |j: usize, n: u32| j * nodes + (n - window.start) as usize;
    let mut best = (LEAST + 0.9 * libm::logf(nodes as f32), None);
    for j in 0..line.len() {
        for n in window.clone() {
            let one = fit(points[j], ink(n), 0.0);
            let mut top = (one, Step { from: None, kind: Kind::One });
            let mut offer = |score: f32, step: Step| {
                if score > top.0 {
                    top = (score, step);
                }
            };
            let before = &paper.nodes()[n as usize].before;
            for &p in before.iter().filter(inside) {
                let from = |j: usize, n: u32| Some((j as u32, n));
                let further = &paper.nodes()[p as usize].before;
                if j >= 1 {
                    offer(
                        scores[cell(j - 1, p)] + one,
                        Step { from: from(j - 1, p), kind: Kind::One },
                    );
                    for &q in further.iter().filter(inside) {
                        let step = Step { from: from(j - 1, q), kind: Kind::Skipped(p) };
                        offer(scores[cell(j - 1, q)] + one - LOST, step);
                    }
                }
                if j >= 2 {
                    let step = Step { from: from(j - 2, p), kind: Kind::One };
                    offer(scores[cell(j - 2, p)] + one - LOST, step);
                    let box_width = points[j - 1]
                        + points[j]
                        + (line[j].left - line[j - 1].right + widening)
                            / field.at(line[j].left, line[j].top);
                    let step = Step { from: from(j - 2, p), kind: Kind::Split };
                    offer(scores[cell(j - 2, p)] + fit(box_width, ink(n), 0.2) - JOINED, step);
                }
                let shape = paper.shape(p);
                let joined = shape.advance - shape.left + GAP + paper.shape(n).right;
                let both = fit(points[j], joined, 0.6) - JOINED;
                offer(both, Step { from: None, kind: Kind::Both(p) });
                if j >= 1 {
                    for &q in further.iter().filter(inside) {
                        let step = Step { from: from(j - 1, q), kind: Kind::Both(p) };
                        offer(scores[cell(j - 1, q)] + both, step);
                    }
                }
            }
            scores[cell(j, n)] = top.0;
            steps[cell(j, n)] = top.1;
            if top.0 > best.0 {
                best = (top.0, Some((j, n)));
            }
        }
    }
    let (score, Some((last, node))) = best else { return None };
    let (mut j, mut n) = (last, node);
    let mut out: Vec<(u32, Option<InkBox>)> = Vec::new();
    let first = loop {
        let step = steps[cell(j, n)];
        match step.kind {
            Kind::One => out.push((n, Some(line[j]))),
            Kind::Skipped(p) => out.extend([(n, Some(line[j])), (p, None)]),
            Kind::Both(p) => out.extend([(n, None), (p, None)]),
            Kind::Split => {
                let whole = InkBox {
                    left: line[j - 1].left,
                    top: line[j].top.min(line[j - 1].top),
                    right: line[j].right,
                    bottom: line[j].bottom.max(line[j - 1].bottom),
                };
                out.push((n, Some(whole)));
            }
        }
        match step.from {
            Some((before, node)) => (j, n) = (before as usize, node),
            None => break j,
        }
    };
    // Towards the ends of the line a box that fits only roughly still is the next word.
    let rough = |j: usize, n: u32| fit(points[j], ink(n), 0.6);
    let mut j = first;
    while j > 0 {
        let end = out.last().map_or(0, |o| o.0);
        let before = paper.nodes()[end as usize].before.iter().filter(inside);
        let best = before.map(|&p| (rough(j - 1, p), p)).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, p)) = best.filter(|b| b.0 > FIT - 5.0) else { break };
        j -= 1;
        out.push((p, Some(line[j])));
    }
    out.reverse();
    for (j, word) in line.iter().enumerate().skip(last + 1) {
        let end = out.last().map_or(0, |o| o.0);
        let close = (end + 1..window.end.min(end + 64))
            .filter(|&n| paper.nodes()[n as usize].before.contains(&end));
        let best = close.map(|n| (rough(j, n), n)).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, n)) = best.filter(|b| b.0 > FIT - 5.0) else { break };
        out.push((n, Some(*word)));
    }
    let (nodes, boxes) = out.into_iter().unzip();
    Some(Aligned { nodes, boxes, score })
}

/// Boxes in lines of five words or more: how surely the picture shows this paper.
pub(crate) fn support(lines: &[Aligned]) -> usize {
    lines.iter().map(Aligned::found).filter(|&found| found >= 5).sum()
}

impl Aligned {
    /// Puts the words of another reading in the place of those that stand for a wording site here;
    /// says whether anything changed. Only a reading with words can be put in.
    pub(crate) fn exchange(&mut self, paper: &Paper, site: u32, reading: u8) -> bool {
        let node = |n: &u32| &paper.nodes()[*n as usize];
        let here = |n: &u32| match &paper.slots()[node(n).slot as usize] {
            Slot::Choice { site: own, .. } => *own == site,
            Slot::Fixed(_) => false,
        };
        let Some(first) = self.nodes.iter().position(here) else { return false };
        let count = self.nodes[first..].iter().take_while(|n| here(n)).count();
        let (slot, old) = (node(&self.nodes[first]).slot, node(&self.nodes[first]).reading);
        let all = paper.start_of(slot)..paper.start_of(slot + 1);
        let new: Vec<u32> = all.filter(|n| node(n).reading == Some(reading)).collect();
        if old == Some(reading) || new.is_empty() {
            return false;
        }
        let boxes: Vec<Option<InkBox>> = match new.len() == count {
            true => self.boxes[first..first + count].to_vec(),
            false => vec![None; new.len()],
        };
        self.nodes.splice(first..first + count, new);
        self.boxes.splice(first..first + count, boxes);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::{Shape, Token};
    use crate::plane::Plane;

    /// A paper of words of few widths, one after the other.
    fn paper(words: usize) -> Paper {
        let shape = |width: usize| Shape {
            advance: width as f32,
            left: 0.0,
            top: -5.0,
            right: width as f32,
            bottom: 0.0,
            raster: Plane::new(1, 1, vec![0.0]),
            raster_at: (0.0, 0.0),
        };
        let token = |k: usize| Token { shape: (k * k % 11) as u32, mark: None };
        let slots = (0..words).map(|k| Slot::Fixed(token(k))).collect();
        Paper::new(slots, (0..11).map(|k| shape(10 + 3 * k)).collect()).unwrap()
    }

    /// The first words of a paper in one line, at two pixels a point.
    fn line(paper: &Paper, words: u32) -> Vec<InkBox> {
        let mut left = 0.0;
        let word = |n: u32| {
            let right = left + 2.0 * paper.shape(n).right;
            let word = InkBox { left, top: 0.0, right, bottom: 10.0 };
            left = right + 2.0 * GAP;
            word
        };
        (0..words).map(word).collect()
    }

    #[test]
    fn a_comb_is_no_line_of_text() {
        let field = ScaleField { size: 1.0, terms: vec![2.0; 1], range: (2.0, 2.0) };
        let found = |paper: &Paper, boxes: u32| {
            let lines = [line(paper, boxes), Vec::new()];
            let found = aligned(paper, &lines, &[0..1, 1..2], &field, 0.0);
            found.iter().map(Aligned::found).sum::<usize>()
        };
        let few = paper(5_000);
        // Control: a line that is just short enough is aligned word by word.
        assert_eq!(found(&few, MOST_BOXES as u32), MOST_BOXES);
        assert_eq!(found(&few, MOST_BOXES as u32 + 1), 0);
        assert_eq!(found(&few, 5_000), 0);
        // Nor is it aligned against more words than there is room for.
        assert_eq!(found(&paper(MOST_CELLS / MOST_BOXES + 1), MOST_BOXES as u32), 0);
    }
}
