//! Lines as they lie in the picture: each word's predicted place, and what was measured against it.
//!
//! A line is its words and one unknown gap. All lines share a smooth field of displacement
//! (Chebyshev terms): curl, lens, transport. A line has an offset and a stretch of its own.

use crate::align::{Aligned, ScaleField};
use crate::paper::Paper;
use crate::solve::Normal;

pub(crate) type Vector = [f64; 2];

/// A word on a line.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) node: u32,
    /// Origin within the line, in points.
    pub(crate) x: f64,
    /// The middle of its ink from its origin, in points.
    middle: f64,
    /// Predicted origin in the picture, in pixels.
    pub(crate) at: Vector,
    /// One point along the line, in pixels.
    pub(crate) along: Vector,
    /// One point downwards, in pixels.
    pub(crate) down: Vector,
    /// Measured minus predicted, in points.
    pub(crate) shift: Vector,
    /// How well picture and rendering agree, from -1 to 1; 0 if not measured.
    pub(crate) quality: f64,
    /// Relative variance of the measured shift.
    pub(crate) variance: f64,
}

/// A line of words.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) words: Vec<Word>,
    /// Between the words, in points.
    pub(crate) gap: f64,
}

/// Gaps that a line of text may have, in points.
const GAPS: core::ops::Range<f64> = 0.8..16.0;

impl Track {
    /// The line of these words, fitted to their boxes.
    pub(crate) fn new(paper: &Paper, line: &Aligned, field: &ScaleField) -> Option<Self> {
        let found = line.found();
        if found < 3 {
            return None;
        }
        let scales = scales(line, field)?;
        // Pixels from the line's start without gaps, and the same for each word's middle.
        let mut sum = 0.0;
        let mut starts = Vec::new();
        for (&node, &scale) in line.nodes.iter().zip(&scales) {
            starts.push(sum);
            sum += f64::from(paper.shape(node).advance) * scale;
        }
        let points: Vec<(usize, f64, f64)> = line
            .boxes
            .iter()
            .enumerate()
            .filter_map(|(k, b)| {
                let b = b.as_ref()?;
                let shape = paper.shape(line.nodes[k]);
                let middle = f64::from(shape.left + shape.right) / 2.0 * scales[k];
                let height = f64::from(shape.top + shape.bottom) / 2.0 * scales[k];
                let y = f64::from(b.top + b.bottom) / 2.0 - height;
                Some((k, f64::from(b.middle()) - starts[k] - middle, y))
            })
            .collect();
        let order = if found >= 7 { 3 } else { 2 };
        let across = polynomial(&points.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>(), order)?;
        let down = polynomial(&points.iter().map(|p| (p.0, p.2)).collect::<Vec<_>>(), order)?;
        let mean = scales.iter().sum::<f64>() / scales.len() as f64;
        let count = (line.nodes.len() - 1) as f64;
        let gap = (across.at(count) - across.at(0.0)) / count / mean;
        if !GAPS.contains(&gap) {
            return None;
        }
        let mut x = 0.0;
        let mut words = Vec::new();
        for (k, &node) in line.nodes.iter().enumerate() {
            let at = [starts[k] + across.at(k as f64), down.at(k as f64)];
            words.push(Word {
                node,
                x,
                middle: f64::from(paper.shape(node).left + paper.shape(node).right) / 2.0,
                at,
                along: [scales[k], 0.0],
                down: [0.0, scales[k]],
                shift: [0.0; 2],
                quality: 0.0,
                variance: 1.0,
            });
            x += f64::from(paper.shape(node).advance) + gap;
        }
        let mut track = Self { words, gap };
        track.redirect();
        track.words.iter_mut().for_each(|w| w.down = [-w.along[1], w.along[0]]);
        Some(track)
    }

    /// The middle of a word's ink from the line's start, had the line no gaps, less what an even line would have.
    fn lead(&self, k: usize) -> f64 {
        let last = self.words.len() - 1;
        let advances = |k: usize| self.words[k].x - k as f64 * self.gap;
        let even = advances(last) * k as f64 / last.max(1) as f64;
        advances(k) + self.words[k].middle - even
    }

    /// Makes a point larger by this share, in a line that became longer by so many points: words grow about the
    /// middles of their ink, and the gap takes what is left.
    fn grow(&mut self, share: f64, longer: f64) {
        let last = self.words.len() - 1;
        for word in &mut self.words {
            (0..2).for_each(|d| word.at[d] -= share * word.middle * word.along[d]);
        }
        let (from, to) = (&self.words[0], &self.words[last]);
        let length = (to.x + longer - share * (to.middle - from.middle)) / (1.0 + share);
        let wider = (length - to.x) / last.max(1) as f64;
        self.gap += wider;
        self.words.iter_mut().enumerate().for_each(|(k, word)| word.x += k as f64 * wider);
    }

    /// The directions along the line from the predicted places.
    fn redirect(&mut self) {
        let last = self.words.len() - 1;
        let place = |w: &Word| (w.x, w.at);
        let places: Vec<(f64, Vector)> = self.words.iter().map(place).collect();
        for (k, word) in self.words.iter_mut().enumerate() {
            let ((x0, p0), (x1, p1)) = (places[k.saturating_sub(1)], places[(k + 1).min(last)]);
            if x1 - x0 > 1e-6 {
                word.along = [(p1[0] - p0[0]) / (x1 - x0), (p1[1] - p0[1]) / (x1 - x0)];
            }
        }
    }
}

/// Pixels in a point at each word, filled in between boxes.
fn scales(line: &Aligned, field: &ScaleField) -> Option<Vec<f64>> {
    let own = line.boxes.iter().map(|b| b.as_ref().map(|b| f64::from(field.at(b.middle(), b.top))));
    let own: Vec<Option<f64>> = own.collect();
    let nearest = |k: usize| {
        (0..own.len()).find_map(|d| {
            let left = k.checked_sub(d).and_then(|j| own[j]);
            left.or_else(|| own.get(k + d).copied().flatten())
        })
    };
    (0..own.len()).map(nearest).collect()
}

struct Polynomial {
    size: f64,
    terms: Vec<f64>,
}

impl Polynomial {
    fn at(&self, k: f64) -> f64 {
        let t = k / self.size;
        self.terms.iter().rev().fold(0.0, |sum, term| sum * t + term)
    }
}

/// A robust fit of values over word numbers.
fn polynomial(points: &[(usize, f64)], order: usize) -> Option<Polynomial> {
    let size = points.iter().map(|p| p.0).max()?.max(1) as f64;
    let mut fit: Option<Polynomial> = None;
    for _ in 0..3 {
        let mut residuals: Vec<f64> = match &fit {
            Some(fit) => points.iter().map(|&(k, v)| (v - fit.at(k as f64)).abs()).collect(),
            None => vec![0.0; points.len()],
        };
        let own = residuals.clone();
        residuals.sort_unstable_by(f64::total_cmp);
        let spread = residuals[residuals.len() / 2].max(0.3);
        let mut normal = Normal::new(order);
        for (&(k, value), residual) in points.iter().zip(own) {
            let t = k as f64 / size;
            let terms = [(0, 1.0), (1, t), (2, t * t)];
            let weight = 1.0 / (1.0 + (residual / (2.0 * spread)) * (residual / (2.0 * spread)));
            normal.add(&terms[..order], value, weight);
        }
        if order == 3 {
            normal.hold(2, 1e-3);
        }
        fit = Some(Polynomial { size, terms: normal.solved()? });
    }
    fit
}

/// Chebyshev terms across and down; what is constant or linear along a line belongs to the line.
const ACROSS: core::ops::Range<usize> = 2..6;
const DOWN: usize = 4;
/// Quality below which a word takes no part in the fit.
const POOR: f64 = 0.5;

/// Terms of the size of a point over the picture, and the points in which a word's lead is counted for them.
const SIZES: usize = 3;
const LEAD: f64 = 10.0;

/// Fits offset and stretch of each line, the size of a point, and the common field to the measured shifts, moves
/// every word's prediction accordingly, and leaves in `shift` what remains. `expected` is what the marks
/// are thought to have added along the line, with the trust in it.
pub(crate) fn smooth(tracks: &mut [Track], expected: impl Fn(usize, usize) -> (f64, f64)) {
    let bounds = tracks.iter().flat_map(|t| &t.words).map(|w| w.at);
    let (mut least, mut most) = ([f64::MAX; 2], [f64::MIN; 2]);
    for at in bounds {
        for d in 0..2 {
            least[d] = least[d].min(at[d]);
            most[d] = most[d].max(at[d]);
        }
    }
    let unit =
        |at: Vector, d: usize| 2.0 * (at[d] - least[d]) / (most[d] - least[d]).max(1.0) - 1.0;
    let rows = match tracks.len() {
        0..4 => 1,
        4..10 => 2,
        _ => DOWN,
    };
    let own = 2 * tracks.len();
    let sizes = own + ACROSS.len() * rows;
    let size = sizes + SIZES;
    let terms = |d: usize, i: usize, k: usize| {
        let track = &tracks[i];
        let along = k as f64 / (track.words.len() - 1).max(1) as f64 - 0.5;
        let at = track.words[k].at;
        let (u, v) = (chebyshev(unit(at, 0)), chebyshev(unit(at, 1)));
        let mut out = vec![(2 * i, 1.0), (2 * i + 1, along)];
        if d == 0 {
            let lead = track.lead(k) / LEAD;
            out.extend([(sizes, lead), (sizes + 1, lead * u[1]), (sizes + 2, lead * v[1])]);
        }
        for p in ACROSS {
            for (q, v) in v.iter().enumerate().take(rows) {
                out.push((own + (p - ACROSS.start) * rows + q, u[p] * v));
            }
        }
        out
    };
    let mut corrections: [Vec<Vec<f64>>; 2] = [Vec::new(), Vec::new()];
    let mut shares = vec![0.0; tracks.len()];
    for (d, correction) in corrections.iter_mut().enumerate() {
        let mut fitted: Option<Vec<f64>> = None;
        for _ in 0..3 {
            let value = |i: usize, k: usize| {
                let (mark, trust) = if d == 0 { expected(i, k) } else { (0.0, 1.0) };
                (tracks[i].words[k].shift[d] - mark, trust)
            };
            let predicted = |i: usize, k: usize, x: &Option<Vec<f64>>| {
                x.as_ref().map_or(0.0, |x| terms(d, i, k).iter().map(|(j, c)| c * x[*j]).sum())
            };
            let mut residuals = Vec::new();
            for (i, track) in tracks.iter().enumerate() {
                for (k, word) in track.words.iter().enumerate() {
                    if word.quality > POOR {
                        residuals.push((value(i, k).0 - predicted(i, k, &fitted)).abs());
                    }
                }
            }
            residuals.sort_unstable_by(f64::total_cmp);
            let spread = residuals.get(residuals.len() / 2).map_or(0.1, |r| 1.5 * r).max(0.01);
            let mut normal = Normal::new(size);
            for (i, track) in tracks.iter().enumerate() {
                for (k, word) in track.words.iter().enumerate() {
                    let (value, trust) = value(i, k);
                    let z = (value - predicted(i, k, &fitted)) / (3.0 * spread);
                    if word.quality > POOR && trust > 0.0 {
                        let weight = trust / word.variance / (1.0 + z * z * z * z);
                        normal.add(&terms(d, i, k), value, weight);
                    }
                }
            }
            (0..own).for_each(|k| normal.hold(k, if k % 2 == 0 { 1e-3 } else { 2e-2 }));
            (own..size).for_each(|k| normal.hold(k, 0.1));
            fitted = normal.solved().or(fitted);
        }
        let part = |i: usize, k: usize| {
            fitted.as_ref().map_or(0.0, |x| terms(d, i, k).iter().map(|(j, c)| c * x[*j]).sum())
        };
        *correction = (0..tracks.len())
            .map(|i| (0..tracks[i].words.len()).map(|k| part(i, k)).collect())
            .collect();
        if let (0, Some(x)) = (d, &fitted) {
            let share =
                |w: &Word| x[sizes] + x[sizes + 1] * unit(w.at, 0) + x[sizes + 2] * unit(w.at, 1);
            let mean = |t: &Track| t.words.iter().map(share).sum::<f64>() / t.words.len() as f64;
            shares = tracks.iter().map(|t| mean(t) / LEAD).collect();
        }
    }
    for (i, track) in tracks.iter_mut().enumerate() {
        for (k, word) in track.words.iter_mut().enumerate() {
            let (x, y) = (corrections[0][i][k], corrections[1][i][k]);
            word.at[0] += x * word.along[0] + y * word.down[0];
            word.at[1] += x * word.along[1] + y * word.down[1];
            word.shift = [word.shift[0] - x, word.shift[1] - y];
        }
        let across = &corrections[0][i];
        track.grow(shares[i], across[across.len() - 1] - across[0]);
        track.redirect();
    }
}

fn chebyshev(t: f64) -> [f64; 6] {
    let t = t.clamp(-1.0, 1.0);
    let mut out = [1.0, t, 0.0, 0.0, 0.0, 0.0];
    for k in 2..6 {
        out[k] = 2.0 * t * out[k - 1] - out[k - 2];
    }
    out
}
