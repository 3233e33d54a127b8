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

/// Two blocks' spectra in one, or the blocks themselves once they are transformed back: one block is the real part
/// and the other the imaginary.
#[derive(Clone, Debug)]
pub(crate) struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
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

    /// What a block differs from its mean, under the window, and the mean.
    pub(crate) fn windowed(&self, sample: impl Fn(usize, usize) -> f32) -> (Vec<f32>, f32) {
        let (mut block, mut sum, mut weights) = (Vec::with_capacity(SIDE * SIDE), 0.0, 0.0);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let (value, weight) = (sample(x, y), self.window(x, y));
                sum += value * weight;
                weights += weight;
                block.push(value);
            }
        }
        let mean = sum / weights;
        let windowed = |(at, value): (usize, &mut f32)| {
            *value = (*value - mean) * self.window(at % SIDE, at / SIDE);
        };
        block.iter_mut().enumerate().for_each(windowed);
        (block, mean)
    }

    /// The spectrum of two blocks.
    pub(crate) fn of(&self, re: Vec<f32>, im: Vec<f32>) -> Spectrum {
        let mut spectrum = Spectrum { re, im };
        self.transform(&mut spectrum, 1.0);
        spectrum
    }

    /// The spectrum of one block.
    pub(crate) fn of_one(&self, block: Vec<f32>) -> Spectrum {
        let nothing = vec![0.0; block.len()];
        self.of(block, nothing)
    }

    /// From a spectrum to the blocks.
    pub(crate) fn back(&self, block: &mut Spectrum) {
        self.transform(block, -1.0);
        let share = 1.0 / (SIDE * SIDE) as f32;
        block.re.iter_mut().chain(&mut block.im).for_each(|v| *v *= share);
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
        // Few waves are kept.
        if re.iter().chain(&im).all(|&v| v == 0.0) {
            return;
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

    /// A sample of either block.
    pub(crate) fn samples(&self, x: usize, y: usize) -> [f32; 2] {
        [self.re[y * SIDE + x], self.im[y * SIDE + x]]
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
        let (block, mean) = waves.windowed(wave);
        let spectrum = waves.of_one(block.clone());
        let power = |u, v| spectrum.power(Spectrum::place(u, v));
        assert!(power(9, 3) > 1e6 * power(20, -7), "{} {}", power(9, 3), power(20, -7));
        // Beside another block, whose waves are not kept.
        let other = waves.windowed(|x, _| libm::cosf(x as f32 * 1.3)).0;
        let mut both = waves.of(block, other);
        both.keep(&[(9, 3)], 2);
        waves.back(&mut both);
        for (x, y) in [(64, 64), (70, 31), (20, 100)] {
            let [one, other] = both.samples(x, y);
            let left = one - (wave(x, y) - mean) * waves.window(x, y);
            assert!(left.abs() < 1e-3 && other.abs() < 1e-3, "{left} {other}");
        }
    }
}
