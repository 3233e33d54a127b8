//! The waves in a block of a picture (Cooley and Tukey 1965).

/// Samples along a side of a block.
pub(crate) const SIDE: usize = 128;
const BITS: u32 = SIDE.trailing_zeros();

/// Sines, cosines and the window of a block.
#[derive(Debug)]
pub(crate) struct Waves {
    turns: Vec<(f32, f32)>,
    window: Vec<f32>,
}

/// A block's spectrum, or the block itself once it is transformed back.
#[derive(Clone, Debug)]
pub(crate) struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
    mean: f32,
}

impl Waves {
    pub(crate) fn new() -> Self {
        let turn = |k: usize| 2.0 * core::f32::consts::PI * k as f32 / SIDE as f32;
        let turns = (0..SIDE / 2).map(|k| (libm::cosf(turn(k)), libm::sinf(turn(k)))).collect();
        // Windows half a block apart add up to one.
        let middle = |k: usize| turn(k) + core::f32::consts::PI / SIDE as f32;
        let window = (0..SIDE).map(|k| 0.5 - 0.5 * libm::cosf(middle(k))).collect();
        Self { turns, window }
    }

    /// The weight of a sample of a block.
    pub(crate) fn window(&self, x: usize, y: usize) -> f32 {
        self.window[x] * self.window[y]
    }

    /// The spectrum of what a block differs from its mean, under the window.
    pub(crate) fn of(&self, sample: impl Fn(usize, usize) -> f32) -> Spectrum {
        let (mut re, mut sum, mut weights) = (Vec::with_capacity(SIDE * SIDE), 0.0, 0.0);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let value = sample(x, y);
                sum += value * self.window(x, y);
                weights += self.window(x, y);
                re.push(value);
            }
        }
        let mean = sum / weights;
        let windowed = |(at, value): (usize, &mut f32)| {
            *value = (*value - mean) * self.window(at % SIDE, at / SIDE);
        };
        re.iter_mut().enumerate().for_each(windowed);
        let mut block = Spectrum { im: vec![0.0; re.len()], re, mean };
        self.transform(&mut block, 1.0);
        block
    }

    /// From a spectrum to the block.
    pub(crate) fn back(&self, block: &mut Spectrum) {
        self.transform(block, -1.0);
        let share = 1.0 / (SIDE * SIDE) as f32;
        block.re.iter_mut().for_each(|v| *v *= share);
    }

    fn transform(&self, block: &mut Spectrum, sign: f32) {
        for row in 0..SIDE {
            self.line(block, row * SIDE, 1, sign);
        }
        for column in 0..SIDE {
            self.line(block, column, SIDE, sign);
        }
    }

    /// One row or column in place: bits of the numbers turned round, then butterflies.
    fn line(&self, block: &mut Spectrum, from: usize, step: usize, sign: f32) {
        let (mut re, mut im) = ([0.0_f32; SIDE], [0.0_f32; SIDE]);
        for k in 0..SIDE {
            let to = (k as u32).reverse_bits() >> (u32::BITS - BITS);
            re[to as usize] = block.re[from + k * step];
            im[to as usize] = block.im[from + k * step];
        }
        let mut half = 1;
        while half < SIDE {
            for start in (0..SIDE).step_by(2 * half) {
                for k in 0..half {
                    let (cos, sin) = self.turns[k * (SIDE / 2 / half)];
                    let sin = -sign * sin;
                    let (a, b) = (start + k, start + k + half);
                    let (x, y) = (re[b] * cos - im[b] * sin, re[b] * sin + im[b] * cos);
                    (re[b], im[b]) = (re[a] - x, im[a] - y);
                    re[a] += x;
                    im[a] += y;
                }
            }
            half *= 2;
        }
        for k in 0..SIDE {
            block.re[from + k * step] = re[k];
            block.im[from + k * step] = im[k];
        }
    }
}

impl Spectrum {
    /// Where the wave with `u` turns across and `v` turns downwards stands.
    pub(crate) fn place(u: i32, v: i32) -> usize {
        let side = SIDE as i32;
        (v.rem_euclid(side) * side + u.rem_euclid(side)) as usize
    }

    /// The mean that was taken off before.
    pub(crate) fn mean(&self) -> f32 {
        self.mean
    }

    /// A sample of the block.
    pub(crate) fn real(&self, x: usize, y: usize) -> f32 {
        self.re[y * SIDE + x]
    }

    fn power(&self, at: usize) -> f32 {
        self.re[at] * self.re[at] + self.im[at] * self.im[at]
    }

    /// The power of all waves.
    pub(crate) fn total(&self) -> f32 {
        (0..self.re.len()).map(|at| self.power(at)).sum()
    }

    /// Adds the power of each wave, `share` of it.
    pub(crate) fn add_power(&self, sums: &mut [f32], share: f32) {
        sums.iter_mut().enumerate().for_each(|(at, sum)| *sum += share * self.power(at));
    }

    /// Keeps the waves within `reach` of these, and their mirror images.
    pub(crate) fn keep(&mut self, peaks: &[(i32, i32)], reach: i32) {
        let mut kept = vec![false; self.re.len()];
        for &(u, v) in peaks {
            for (i, j) in (-reach..=reach).flat_map(|i| (-reach..=reach).map(move |j| (i, j))) {
                kept[Self::place(u + i, v + j)] = true;
                kept[Self::place(-u - i, -v - j)] = true;
            }
        }
        for (at, kept) in kept.into_iter().enumerate() {
            if !kept {
                (self.re[at], self.im[at]) = (0.0, 0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_has_one_place_and_comes_back() {
        let waves = Waves::new();
        let wave = |x: usize, y: usize| {
            let turns = (9 * x + 3 * y) as f32 / SIDE as f32;
            0.4 + 0.2 * libm::cosf(2.0 * core::f32::consts::PI * turns)
        };
        let mut block = waves.of(wave);
        let (own, other) =
            (block.power(Spectrum::place(9, 3)), block.power(Spectrum::place(20, -7)));
        assert!(own > 1e6 * other, "{own} {other}");
        block.keep(&[(9, 3)], 2);
        waves.back(&mut block);
        for (x, y) in [(64, 64), (70, 31), (20, 100)] {
            let left = block.real(x, y) - (wave(x, y) - block.mean()) * waves.window(x, y);
            assert!(left.abs() < 1e-3, "{left}");
        }
    }
}
