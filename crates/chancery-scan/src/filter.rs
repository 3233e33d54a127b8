//! The matched filter: where exactly a word stands, against our own rendering of it.
//!
//! Coarse search, then least squares on the template's slopes (Lucas and Kanade 1981; the inverse
//! form of Baker and Matthews 2004), with gain and offset of the ink free.

use crate::paper::{Paper, SHAPE_SCALE};
use crate::plane::Plane;
use crate::solve::Normal;
use crate::track::{Track, Vector, Word};

/// Samples of a patch in a point.
const STEP: f64 = 1.0 / 3.0;
/// Room around a word's ink, in points.
const MARGIN: (f64, f64) = (1.4, 1.0);
/// The most samples of a patch.
const MOST_SAMPLES: usize = 60_000;
/// Furthest that the filter follows a word, in points.
const FURTHEST: f64 = 2.2;

/// All shapes of a paper, softened like the picture.
#[derive(Debug)]
pub(crate) struct Templates<'a> {
    paper: &'a Paper,
    soft: Vec<Option<Plane>>,
}

/// A part of a line as it should look: samples around an origin.
#[derive(Debug)]
pub(crate) struct Patch {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: usize,
    pub(crate) samples: Vec<f32>,
}

impl<'a> Templates<'a> {
    /// The shapes that these lines need, blurred by `sigma` points.
    pub(crate) fn new(paper: &'a Paper, nodes: impl Iterator<Item = u32>, sigma: f32) -> Self {
        let mut soft = vec![None; paper.shapes().len()];
        for node in nodes {
            let shape = paper.nodes()[node as usize].token.shape as usize;
            if soft[shape].is_none() {
                soft[shape] = Some(softened(&paper.shapes()[shape].raster, sigma * SHAPE_SCALE));
            }
        }
        Self { paper, soft }
    }

    /// What stands at (x, y) points from the origin of this word.
    fn ink(&self, node: u32, x: f64, y: f64) -> f32 {
        let token = self.paper.nodes()[node as usize].token;
        let shape = self.paper.shape(node);
        let Some((plane, border)) =
            self.soft[token.shape as usize].as_ref().map(|p| (p, BORDER as f32))
        else {
            return 0.0;
        };
        let px = (x as f32 - shape.raster_at.0) * SHAPE_SCALE + border;
        let py = (y as f32 - shape.raster_at.1) * SHAPE_SCALE + border;
        if px < -1.0 || py < -1.0 || px > plane.width() as f32 || py > plane.height() as f32 {
            return 0.0;
        }
        plane.bilinear(px, py)
    }

    /// A stretch of line: words with the distances of their origins from the patch's.
    pub(crate) fn patch(
        &self,
        words: &[(u32, f64)],
        x: (f64, f64),
        y: (f64, f64),
    ) -> Option<Patch> {
        let count = |(from, to): (f64, f64)| ((to - from) / STEP).max(1.0) as usize + 1;
        let (width, height) = (count(x), count(y));
        if width.saturating_mul(height) > MOST_SAMPLES {
            return None;
        }
        let mut samples = Vec::with_capacity(width * height);
        for j in 0..height {
            for i in 0..width {
                let (px, py) = (x.0 + i as f64 * STEP, y.0 + j as f64 * STEP);
                let ink: f32 = words.iter().map(|&(node, at)| self.ink(node, px - at, py)).sum();
                samples.push(ink.min(1.0));
            }
        }
        Some(Patch { left: x.0, top: y.0, width, samples })
    }

    /// A word with the edges of its neighbours.
    fn word(&self, track: &Track, k: usize) -> Option<Patch> {
        let near = k.saturating_sub(1)..(k + 2).min(track.words.len());
        let own = &track.words[k];
        let words: Vec<_> = track.words[near].iter().map(|w| (w.node, w.x - own.x)).collect();
        let shape = self.paper.shape(own.node);
        let x = (f64::from(shape.left) - MARGIN.0, f64::from(shape.right) + MARGIN.0);
        let y = (f64::from(shape.top) - MARGIN.1, f64::from(shape.bottom) + MARGIN.1);
        self.patch(&words, x, y)
    }
}

/// Room around a shape for its blur, in samples.
const BORDER: usize = 12;

fn softened(raster: &Plane, sigma: f32) -> Plane {
    let border = BORDER as i64;
    let (width, height) = (raster.width() + 2 * BORDER, raster.height() + 2 * BORDER);
    let wide =
        raster.drawn(width, height, |x, y| raster.pixel(x as i64 - border, y as i64 - border));
    wide.blurred(sigma)
}

/// Where a patch is looked for: displacement in points, shear and stretch of the vertical.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pose {
    pub(crate) shift: Vector,
    pub(crate) shear: f64,
    pub(crate) stretch: f64,
}

/// What the filter found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) pose: Pose,
    pub(crate) quality: f64,
    pub(crate) variance: f64,
}

fn seen(picture: &Plane, word: &Word, pose: &Pose, x: f64, y: f64) -> f32 {
    let across = x + pose.shift[0] + pose.shear * y;
    let down = y * (1.0 + pose.stretch) + pose.shift[1];
    let at = |d: usize| word.at[d] + across * word.along[d] + down * word.down[d] - 0.5;
    picture.cubic(at(0) as f32, at(1) as f32)
}

/// Correlation of patch and picture, on every `skip`-th sample.
pub(crate) fn correlation(
    picture: &Plane,
    word: &Word,
    patch: &Patch,
    pose: &Pose,
    skip: usize,
) -> f64 {
    let (mut n, mut st, mut si, mut tt, mut ii, mut ti) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (row, samples) in patch.samples.chunks(patch.width).enumerate().step_by(skip) {
        for (column, &t) in samples.iter().enumerate().step_by(skip) {
            let (x, y) = (patch.left + column as f64 * STEP, patch.top + row as f64 * STEP);
            let (t, i) = (f64::from(t), f64::from(seen(picture, word, pose, x, y)));
            n += 1.0;
            st += t;
            si += i;
            tt += t * t;
            ii += i * i;
            ti += t * i;
        }
    }
    let spread = (tt - st * st / n) * (ii - si * si / n);
    if spread > 1e-9 { (ti - st * si / n) / spread.sqrt() } else { 0.0 }
}

/// Follows the slopes from a pose; `free` lets shear and stretch go too.
pub(crate) fn follow(
    picture: &Plane,
    word: &Word,
    patch: &Patch,
    start: Pose,
    free: bool,
    rounds: usize,
) -> Option<Found> {
    let (width, height) = (patch.width, patch.samples.len() / patch.width);
    if width < 3 || height < 3 {
        return None;
    }
    let unknowns = if free { 6 } else { 4 };
    let mut pose = start;
    let mut out = None;
    for _ in 0..rounds {
        let mut normal = Normal::new(unknowns);
        let mut sums = [[0.0; 7]; 6];
        let mut squares = 0.0;
        for row in 1..height - 1 {
            for column in 1..width - 1 {
                let k = row * width + column;
                let t = |k: usize| f64::from(patch.samples[k]);
                let (x, y) = (patch.left + column as f64 * STEP, patch.top + row as f64 * STEP);
                let slope_x = (t(k + 1) - t(k - 1)) / (2.0 * STEP);
                let slope_y = (t(k + width) - t(k - width)) / (2.0 * STEP);
                let value = f64::from(seen(picture, word, &pose, x, y));
                let terms = [t(k), 1.0, slope_x, slope_y, slope_x * y, slope_y * y, value];
                for (i, sums) in sums.iter_mut().enumerate() {
                    for (sum, term) in sums.iter_mut().zip(&terms) {
                        *sum += terms[i] * term;
                    }
                }
                squares += value * value;
            }
        }
        normal.take(&sums);
        let energy = normal.diagonal(2);
        let fit = normal.solved()?;
        let gain = fit[0];
        if gain.is_nan() || gain < 0.05 {
            return None;
        }
        let step = |n: usize| fit.get(n).map_or(0.0, |f| f / gain);
        pose.shift[0] -= step(2).clamp(-0.6, 0.6);
        pose.shift[1] -= step(3).clamp(-0.6, 0.6);
        pose.shear = (pose.shear - step(4).clamp(-0.05, 0.05)).clamp(-0.3, 0.3);
        pose.stretch = (pose.stretch - step(5).clamp(-0.05, 0.05)).clamp(-0.3, 0.3);
        if pose.shift.iter().any(|s| s.abs() > FURTHEST) {
            return None;
        }
        // The squares that the fit leaves.
        let explained: f64 = fit.iter().zip(&sums).map(|(f, sums)| f * sums[6]).sum();
        let count = ((width - 2) * (height - 2)) as f64;
        let noise = (squares - explained).max(1e-6) / count;
        out = Some(noise / (gain * gain * energy.max(1e-9)));
    }
    let quality = correlation(picture, word, patch, &pose, 1);
    Some(Found { pose, quality, variance: out? })
}

/// Coarse places, in points.
const SEARCH_X: [f64; 7] = [0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5];
const SEARCH_Y: [f64; 5] = [0.0, -0.5, 0.5, -1.0, 1.0];

/// Shear and stretch of the vertical as found at one word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lean {
    at: Vector,
    shear: f64,
    stretch: f64,
    quality: f64,
}

/// Measures every word of the lines; `coarse` searches around the prediction first. Gives back the
/// shear and stretch found at each word, for [`upright`].
pub(crate) fn measure(
    picture: &Plane,
    templates: &Templates<'_>,
    tracks: &mut [Track],
    coarse: bool,
) -> Vec<Lean> {
    let mut poses = Vec::new();
    for track in tracks {
        for k in 0..track.words.len() {
            let Some(patch) = templates.word(track, k) else { continue };
            let word = &track.words[k];
            let mut start = Pose { shift: word.shift, ..Pose::default() };
            if coarse {
                let mut best = f64::NEG_INFINITY;
                for shift in SEARCH_Y.iter().flat_map(|&y| SEARCH_X.map(|x| [x, y])) {
                    let pose = Pose { shift, ..Pose::default() };
                    let found = correlation(picture, word, &patch, &pose, 2);
                    if found > best {
                        (best, start) = (found, pose);
                    }
                }
            }
            let found = follow(picture, word, &patch, start, coarse, if coarse { 4 } else { 2 });
            let word = &mut track.words[k];
            match found {
                Some(found) => {
                    word.shift = found.pose.shift;
                    word.quality = found.quality;
                    word.variance = found.variance;
                    poses.push(Lean {
                        at: word.at,
                        shear: found.pose.shear,
                        stretch: found.pose.stretch,
                        quality: found.quality,
                    });
                }
                None => word.quality = 0.0,
            }
        }
        // Relative variances: a short word is less sure than a long one.
        let usual = median(track.words.iter().filter(|w| w.quality > 0.0).map(|w| w.variance));
        track.words.iter_mut().for_each(|w| w.variance = 0.5 + 0.5 * (w.variance / usual).min(8.0));
    }
    poses
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(1.0).max(1e-12)
}

/// Turns each word's vertical by shear and stretch, fitted over the picture as planes.
pub(crate) fn upright(tracks: &mut [Track], poses: &[Lean], size: f64) {
    let plane = |value: fn(&Lean) -> f64| {
        let mut fit: Option<Vec<f64>> = None;
        for _ in 0..3 {
            let count = if poses.len() < 40 { 1 } else { 3 };
            let mut normal = Normal::new(count);
            for pose in poses.iter().filter(|p| p.quality > 0.6) {
                let terms = [(0, 1.0), (1, pose.at[0] / size), (2, pose.at[1] / size)];
                let rest = fit.as_ref().map_or(0.0, |f| {
                    value(pose) - terms[..count].iter().map(|&(k, c)| f[k] * c).sum::<f64>()
                });
                let z = rest / 0.03;
                normal.add(&terms[..count], value(pose), 1.0 / (1.0 + z * z));
            }
            (0..count).for_each(|k| normal.hold(k, 1e-2));
            fit = normal.solved().or(fit);
        }
        let mut fit = fit.unwrap_or_default();
        fit.resize(3, 0.0);
        fit
    };
    let (shear, stretch) = (plane(|p| p.shear), plane(|p| p.stretch));
    for word in tracks.iter_mut().flat_map(|t| &mut t.words) {
        let (x, y) = (word.at[0] / size, word.at[1] / size);
        let value = |f: &[f64]| f[0] + f[1] * x + f[2] * y;
        let (shear, stretch) = (value(&shear), value(&stretch));
        let turn = |d: usize| word.down[d] * (1.0 + stretch) + word.along[d] * shear;
        word.down = [turn(0), turn(1)];
    }
}
