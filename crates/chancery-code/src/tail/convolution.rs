//! The law of a score by direct convolution on the lattice of 1/64 bit.
//!
//! Only positive terms are added, so the relative error of every cell stays within a multiple of
//! the unit roundoff, however small the cell. Partial sums that cannot reach the floor any more
//! are dropped without loss.

use super::{LEAST_TAIL, ROUNDOFF};
use crate::law::MASS;
use crate::score::ScoreLaw;

/// Outer cells below this mass are cut off, and their mass is added to every tail.
const PRUNE: f64 = 1e-290;

/// Suffix sums of the score's law.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    /// The score of the first cell.
    start: i64,
    /// The largest score that can occur at all.
    max: i64,
    /// Upper bounds of P(S >= start + i).
    tails: Vec<f64>,
}

/// Cells of the law of a partial sum.
struct Partial {
    start: i64,
    cells: Vec<f64>,
}

impl Convolution {
    /// Multiplications that [`Convolution::new`] needs, roughly.
    pub(super) fn cost(law: &ScoreLaw, floor: i64) -> u64 {
        let width = (law.max() - floor.clamp(law.min(), law.max())).unsigned_abs();
        let steps: u64 = law
            .classes()
            .iter()
            .map(|class| u64::from(class.count) * class.points.len() as u64)
            .sum();
        width.saturating_mul(steps)
    }

    pub(super) fn new(law: &ScoreLaw, floor: i64) -> Self {
        let max = law.max();
        let floor = floor.clamp(law.min(), max);
        let mut remaining = max;
        let mut partial = Partial { start: 0, cells: vec![1.0] };
        let mut spare = Vec::new();
        let mut pruned = 0.0;
        let mut roundings = 8.0;
        for class in law.classes() {
            let top = i64::from(class.points[class.points.len() - 1].0);
            for _ in 0..class.count {
                remaining -= top;
                partial.add_site(&class.points, floor - remaining, &mut spare);
                pruned += partial.prune();
                roundings += class.points.len() as f64 + 1.0;
            }
        }
        let relative = 1.0 + 1.01 * roundings * ROUNDOFF;
        let tails = suffix_sums(&partial.cells)
            .into_iter()
            .map(|sum| (sum * relative + pruned + LEAST_TAIL).min(1.0))
            .collect();
        Self { start: partial.start, max, tails }
    }

    pub(super) fn at_least(&self, score: i64) -> f64 {
        if score > self.max {
            return 0.0;
        }
        match usize::try_from(score - self.start) {
            Err(_) => 1.0,
            // Beyond the last cell only pruned mass is left; the last cell's bound covers it.
            Ok(i) => self.tails.get(i).or_else(|| self.tails.last()).copied().unwrap_or(1.0),
        }
    }
}

impl Partial {
    /// Adds an independent site; cells below `least` are not made.
    fn add_site(&mut self, points: &[(i32, u16)], least: i64, spare: &mut Vec<f64>) {
        let old_end = self.start + self.cells.len() as i64;
        let (low, high) = (i64::from(points[0].0), i64::from(points[points.len() - 1].0));
        let end = old_end + high;
        let start = (self.start + low).max(least).min(end - 1);
        spare.clear();
        spare.resize((end - start) as usize, 0.0);
        for &(weight, share) in points {
            let p = f64::from(share) / f64::from(MASS);
            let shifted = self.start + i64::from(weight);
            let skip = (start - shifted).max(0) as usize;
            let place = (shifted - start).max(0) as usize;
            let from = self.cells.get(skip..).unwrap_or_default();
            for (to, from) in spare[place..].iter_mut().zip(from) {
                *to += p * from;
            }
        }
        std::mem::swap(&mut self.cells, spare);
        self.start = start;
    }

    /// Cuts negligible cells off both ends and returns their mass, rounded up.
    fn prune(&mut self) -> f64 {
        let kept = |cell: &f64| *cell >= PRUNE;
        let Some(last) = self.cells.iter().rposition(kept) else { return 0.0 };
        let first = self.cells.iter().position(kept).unwrap_or(last);
        let cut = first + self.cells.len() - 1 - last;
        if cut > 0 {
            self.cells.truncate(last + 1);
            self.cells.drain(..first);
            self.start += first as i64;
        }
        cut as f64 * PRUNE
    }
}

/// Sums from each cell to the last, by compensated summation (Kahan 1965; its error is within two
/// units of roundoff for positive terms).
fn suffix_sums(cells: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; cells.len()];
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for (out, &cell) in sums.iter_mut().zip(cells).rev() {
        let term = cell - lost;
        let next = sum + term;
        lost = (next - sum) - term;
        sum = next;
        *out = sum;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;

    #[test]
    fn a_binomial_tail_is_exact_and_the_floor_changes_nothing_above_it() {
        let law = Law::binary(128).unwrap();
        let weights = [-1, 2];
        let score = ScoreLaw::new(std::iter::repeat_n((&weights[..], &law), 10));
        let whole = Convolution::new(&score, i64::MIN);
        let upper = Convolution::new(&score, 8);
        let mut binomial = 1.0;
        let mut tail = 0.0;
        for successes in (0..=10_i64).rev() {
            tail += binomial / 1024.0;
            let s = 3 * successes - 10;
            assert!((whole.at_least(s) / tail - 1.0).abs() < 1e-14);
            if s >= 8 {
                assert!((upper.at_least(s) / tail - 1.0).abs() < 1e-14);
            }
            binomial = binomial * successes as f64 / (11 - successes) as f64;
        }
        assert_eq!(whole.at_least(21), 0.0);
        assert_eq!(whole.at_least(-11), 1.0);
    }

    #[test]
    fn an_empty_law_is_a_certain_zero() {
        let law = Convolution::new(&ScoreLaw::default(), i64::MIN);
        assert_eq!((law.at_least(0), law.at_least(1)), (1.0, 0.0));
    }

    #[test]
    fn tails_beyond_underflow_are_bounded_from_above() {
        let law = Law::binary(1).unwrap();
        let weights = [10, 0];
        let score = ScoreLaw::new(std::iter::repeat_n((&weights[..], &law), 300));
        let tail = Convolution::new(&score, 0);
        let certain = tail.at_least(3_000); // the truth is 2^-2400
        assert!((LEAST_TAIL..1e-250).contains(&certain), "{certain}");
    }
}
