//! Tails of long rows: exponential tilting, then Fourier inversion in a window around the mean.
//!
//! For a tilt t, P(S >= s) = exp(K(t) - t s) sum_{u >= s} exp(-t (u - s)) P_t(S = u), where P_t is
//! the tilted law, under which scores near s are ordinary. A plain Fourier inversion would drown a
//! tail of 1e-15 in rounding; the tilted one sees it at the height of the bell.
//!
//! Certified: mass above the window (Chernoff under P_t) is added, mass that wraps around can only
//! raise the result, and the rounding of characteristic function, transform and summation is bounded
//! term by term and added.

use super::chernoff::{Chernoff, Cumulants};
use super::fft::{self, Complex};
use super::{LEAST_TAIL, ROUNDOFF};
use crate::law::MASS;
use crate::score::ScoreLaw;
use std::collections::BTreeMap;

/// Tilts lie on a grid on which the tilted mean moves by about this many standard deviations.
const GRID_STEP: f64 = 2.5;

/// The most tilts; scores beyond the last get Chernoff's bound.
const MOST_TILTS: usize = 256;

/// Width of a window in standard deviations of the tilted score.
const WINDOW: f64 = 20.0;

/// The largest window; laws too wide for it get Chernoff's bound.
const MOST_CELLS: usize = 1 << 22;

/// How far from the tilted mean a window may be read, in standard deviations.
const REACH: f64 = 6.0;

/// Factors of the characteristic function whose logarithm is below minus this are taken for zero,
/// with an error of exp(-50) at most.
const NEGLIGIBLE: f64 = 50.0;

#[derive(Clone, Debug)]
pub(super) struct Tilted {
    law: ScoreLaw,
    chernoff: Chernoff,
    /// The tilts of the grid with their cumulants.
    grid: Vec<(f64, Cumulants)>,
    windows: BTreeMap<usize, Option<Window>>,
}

#[derive(Clone, Debug)]
struct Window {
    start: i64,
    tilt: f64,
    log_mean: f64,
    /// Upper bounds of sum_{u >= start + i} exp(-tilt (u - start - i)) P_t(u).
    sums: Vec<f64>,
    /// Relative error of the factor exp(log_mean - tilt s), as far as it does not depend on s.
    relative: f64,
}

impl Tilted {
    pub(super) fn new(law: &ScoreLaw) -> Self {
        let deviation = libm::sqrt(Cumulants::of(law, 0.0).variance);
        let max = law.max() as f64;
        let mut grid = Vec::new();
        if deviation > 0.0 {
            for g in 0..MOST_TILTS {
                let tilt = GRID_STEP / deviation * g as f64;
                let cumulants = Cumulants::of(law, tilt);
                grid.push((tilt, cumulants));
                if cumulants.mean + libm::sqrt(cumulants.variance) >= max {
                    break;
                }
            }
        }
        Self { law: law.clone(), chernoff: Chernoff::new(law), grid, windows: BTreeMap::new() }
    }

    pub(super) fn at_least(&mut self, score: i64) -> f64 {
        if score > self.law.max() {
            return 0.0;
        }
        let bound = libm::exp(self.chernoff.ln_at_least(score)) * (1.0 + 1e-12) + LEAST_TAIL;
        let exact = self.exact(score).unwrap_or(1.0);
        bound.min(exact).min(1.0)
    }

    fn exact(&mut self, score: i64) -> Option<f64> {
        let s = score as f64;
        if self.grid.is_empty() || s < self.grid[0].1.mean {
            return None;
        }
        // The tilt whose mean is nearest from below or above, measured in its own deviations.
        let above = self.grid.partition_point(|(_, c)| c.mean < s);
        let distance = |g: &usize| {
            let (_, c) = &self.grid[*g];
            (c.mean - s).abs() / libm::sqrt(c.variance).max(1e-9)
        };
        let nearest = [above.saturating_sub(1), above]
            .into_iter()
            .filter(|&g| g < self.grid.len())
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        if distance(&nearest) > REACH {
            return None;
        }
        let (law, grid) = (&self.law, &self.grid);
        let window = self
            .windows
            .entry(nearest)
            .or_insert_with(|| Window::new(law, grid[nearest].0, grid[nearest].1));
        window.as_ref().and_then(|window| window.at_least(score))
    }
}

impl Window {
    fn new(law: &ScoreLaw, tilt: f64, cumulants: Cumulants) -> Option<Self> {
        let deviation = libm::sqrt(cumulants.variance);
        let cells = ((WINDOW * deviation) as usize + 64).next_power_of_two();
        if cells > MOST_CELLS {
            return None;
        }
        let start = libm::floor(cumulants.mean) as i64 - (cells / 2) as i64;
        let roots = fft::roots(cells);
        let (mut spectrum, mut error) = characteristic(law, tilt, start, &roots);
        // The norm of the spectrum bounds the transform's rounding (Parseval).
        let n = cells as f64;
        let norm = libm::sqrt(spectrum.iter().map(|z| z.square_norm()).sum::<f64>() / n);
        fft::forward(&mut spectrum, &roots);
        error += fft::relative_error(cells) * norm / libm::sqrt(n) * 1.01;

        // Mass above the window, by Chernoff under the tilted law.
        let top = (start + cells as i64) as f64;
        let beyond = [0.5, 0.7, 1.0, 1.4]
            .iter()
            .map(|factor| {
                let more = factor * (top - cumulants.mean) / cumulants.variance.max(1.0);
                let there = Cumulants::of(law, tilt + more);
                there.log_mean - cumulants.log_mean - more * top
            })
            .fold(0.0, f64::min);
        let mut sum = libm::exp(beyond + 1e-9 * (1.0 + cumulants.log_mean.abs()));
        let decay = libm::exp(-tilt) * (1.0 + 2.0 * ROUNDOFF);
        let growth = 1.0 + 4.0 * ROUNDOFF;
        let mut sums = vec![0.0; cells];
        for (out, cell) in sums.iter_mut().zip(&spectrum).rev() {
            sum = (sum * decay + (cell.re / n).max(0.0) + error) * growth;
            *out = sum;
        }
        let sites = law.sites() as f64;
        let steepest = law
            .classes()
            .iter()
            .flat_map(|class| [class.points[0].0, class.points[class.points.len() - 1].0])
            .map(|weight| (tilt * f64::from(weight)).abs())
            .fold(0.0, f64::max);
        let relative =
            ROUNDOFF * (sites * (16.0 + 4.0 * steepest) + 4.0 * cumulants.log_mean.abs() + 64.0);
        Some(Self { start, tilt, log_mean: cumulants.log_mean, sums, relative })
    }

    fn at_least(&self, score: i64) -> Option<f64> {
        let sum = self.sums.get(usize::try_from(score - self.start).ok()?)?;
        let shift = self.tilt * score as f64;
        let relative = 1.0 + self.relative + 4.0 * ROUNDOFF * shift.abs();
        Some(libm::exp(self.log_mean - shift) * sum * relative + LEAST_TAIL)
    }
}

/// One class of the tilted law.
struct TiltedClass {
    count: u32,
    /// (weight modulo the window, probability).
    points: Vec<(usize, f64)>,
}

/// The characteristic function of the tilted score, moved so that `start` is cell 0, at all
/// frequencies, and a bound of the error it causes in any single cell after inversion.
fn characteristic(law: &ScoreLaw, tilt: f64, start: i64, roots: &[Complex]) -> (Vec<Complex>, f64) {
    let n = roots.len();
    let cell = |s: i64| s.rem_euclid(n as i64) as usize;
    let mut classes: Vec<TiltedClass> = law
        .classes()
        .iter()
        .map(|class| {
            let top = f64::from(class.points[class.points.len() - 1].0);
            let mass = |w: i32, share: u16| {
                f64::from(share) / f64::from(MASS) * libm::exp(tilt * (f64::from(w) - top))
            };
            let total: f64 = class.points.iter().map(|&(w, share)| mass(w, share)).sum();
            let point = |&(w, share): &(i32, u16)| (cell(i64::from(w)), mass(w, share) / total);
            TiltedClass { count: class.count, points: class.points.iter().map(point).collect() }
        })
        .collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.count));

    let origin = cell(-start);
    let mut spectrum = vec![Complex::default(); n];
    let mut error = 0.0;
    for f in 0..=n / 2 {
        let (value, off) = at_frequency(&classes, f, roots);
        let value = value.times(roots[f.wrapping_mul(origin) & (n - 1)]);
        let weight = if f == 0 || f == n / 2 { 1.0 } else { 2.0 };
        error += weight * (off + 4.0 * ROUNDOFF * libm::sqrt(value.square_norm()));
        spectrum[f] = value;
        spectrum[(n - f) & (n - 1)] = value.conjugate();
    }
    // The last frequency of an even window is its own mirror; its imaginary part is rounding.
    spectrum[n / 2].im = 0.0;
    (spectrum, error / n as f64 * 1.01)
}

/// The product of the classes' characteristic functions at one frequency and a bound of its error.
fn at_frequency(classes: &[TiltedClass], f: usize, roots: &[Complex]) -> (Complex, f64) {
    let mask = roots.len() - 1;
    let mut value = Complex::ONE;
    let mut off = 0.0;
    let mut log_norm = 0.0; // an upper bound of ln |value|
    for class in classes {
        let mut base = Complex::default();
        for &(weight, p) in &class.points {
            let root = roots[f.wrapping_mul(weight) & mask];
            base.re += p * root.re;
            base.im += p * root.im;
        }
        let n = f64::from(class.count);
        let square = base.square_norm();
        // ln |b| <= (|b|^2 - 1) / 2
        log_norm += n * (square - 1.0).min(0.0) / 2.0;
        if log_norm < -NEGLIGIBLE {
            return (Complex::default(), libm::exp(-NEGLIGIBLE) * 1.01 + off);
        }
        let base_off = (2.0 * class.points.len() as f64 + 4.0) * ROUNDOFF;
        let norm = libm::sqrt(square) * (1.0 + 4.0 * ROUNDOFF) + base_off;
        let below = real_power(norm, class.count - 1); // |b|^(n-1)
        let here = power(base, class.count);
        let here_off = n * below * (base_off + 6.0 * ROUNDOFF * norm) * 1.01;
        let value_norm = libm::sqrt(value.square_norm()) * (1.0 + 4.0 * ROUNDOFF);
        off = (off * below * norm + (value_norm + off) * here_off) * (1.0 + 8.0 * ROUNDOFF)
            + 4.0 * ROUNDOFF * value_norm * below * norm;
        value = value.times(here);
    }
    (value, off)
}

fn power(mut base: Complex, mut exponent: u32) -> Complex {
    let mut result = Complex::ONE;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.times(base);
        }
        base = base.times(base);
        exponent >>= 1;
    }
    result
}

fn real_power(mut base: f64, mut exponent: u32) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    result
}
