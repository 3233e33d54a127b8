//! A radix-2 Fourier transform with the same result on every machine.
//!
//! Twiddles come from `libm` and the order of operations is fixed, so a verifier elsewhere gets the
//! same bits, which platform-tuned transforms do not promise. Error bound: Higham, *Accuracy and
//! Stability of Numerical Algorithms*, 2nd ed., theorem 24.2.

use super::ROUNDOFF;
use core::f64::consts::TAU;

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    pub(super) const ONE: Self = Self { re: 1.0, im: 0.0 };

    pub(super) fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    pub(super) fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }

    pub(super) fn square_norm(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}

/// The `n`-th roots of unity, exp(2 pi i k / n), each within one roundoff; `n` is a power of two.
pub(super) fn roots(n: usize) -> Vec<Complex> {
    let eighth = n / 8;
    (0..n)
        .map(|k| {
            if n < 8 {
                let angle = TAU * k as f64 / n as f64;
                return Complex { re: libm::cos(angle), im: libm::sin(angle) };
            }
            // Angles are folded into the first eighth, so that symmetric roots are exact mirrors.
            let (quarter, rest) = (k / (n / 4), k % (n / 4));
            let folded = if rest > eighth { n / 4 - rest } else { rest };
            let angle = TAU * folded as f64 / n as f64;
            let (mut c, mut s) = (libm::cos(angle), libm::sin(angle));
            if rest > eighth {
                std::mem::swap(&mut c, &mut s);
            }
            match quarter {
                0 => Complex { re: c, im: s },
                1 => Complex { re: -s, im: c },
                2 => Complex { re: -c, im: -s },
                _ => Complex { re: s, im: -c },
            }
        })
        .collect()
}

/// sum over f of x[f] exp(-2 pi i f k / n), in place; `roots` are the `n`-th roots of unity.
pub(super) fn forward(x: &mut [Complex], roots: &[Complex]) {
    let n = x.len();
    debug_assert!(n.is_power_of_two() && roots.len() == n);
    let shift = usize::BITS - n.trailing_zeros();
    for i in 0..n {
        let j = if n == 1 { 0 } else { i.reverse_bits() >> shift };
        if i < j {
            x.swap(i, j);
        }
    }
    let mut half = 1;
    while half < n {
        let stride = n / (2 * half);
        for block in x.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), root) in low.iter_mut().zip(high).zip(roots.iter().step_by(stride)) {
                let t = b.times(root.conjugate());
                *b = Complex { re: a.re - t.re, im: a.im - t.im };
                *a = Complex { re: a.re + t.re, im: a.im + t.im };
            }
        }
        half *= 2;
    }
}

/// Bound of the relative error of [`forward`] in the 2-norm.
pub(super) fn relative_error(n: usize) -> f64 {
    let per_stage = 8.0 * ROUNDOFF;
    f64::from(n.trailing_zeros()) * per_stage * 1.01
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_agrees_with_its_definition() {
        for n in [1_usize, 2, 4, 8, 64, 256] {
            let roots = roots(n);
            let x: Vec<Complex> = (0..n)
                .map(|i| Complex { re: ((i * 7 + 3) % 11) as f64, im: ((i * 5) % 13) as f64 })
                .collect();
            let mut y = x.clone();
            forward(&mut y, &roots);
            for (k, got) in y.iter().enumerate() {
                let mut want = Complex::default();
                for (f, value) in x.iter().enumerate() {
                    let angle = -TAU * (f * k % n) as f64 / n as f64;
                    let t = value.times(Complex { re: libm::cos(angle), im: libm::sin(angle) });
                    want = Complex { re: want.re + t.re, im: want.im + t.im };
                }
                assert!((got.re - want.re).abs() + (got.im - want.im).abs() < 1e-10, "{n} {k}");
            }
        }
    }
}
