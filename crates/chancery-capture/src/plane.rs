//! Light on a plane: floating-point samples with blur and resampling. Knows nothing of devices.

use crate::chance::Chance;
use image::GrayImage;

/// Samples from 0 (black) to 255 (white), row by row.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<f32>,
}

/// What lies outside a page.
const WHITE: f32 = 255.0;

impl Plane {
    pub(crate) fn new(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    pub(crate) fn of(image: &GrayImage) -> Self {
        Self {
            width: image.width() as usize,
            height: image.height() as usize,
            samples: image.as_raw().iter().map(|&p| f32::from(p)).collect(),
        }
    }

    pub(crate) fn image(&self) -> GrayImage {
        let bytes = self.samples.iter().map(|&s| (s + 0.5).clamp(0.0, 255.0) as u8).collect();
        GrayImage::from_raw(self.width as u32, self.height as u32, bytes)
            .expect("one byte for each sample")
    }

    /// Bilinear sample; beyond the edge lies white.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (floor_x, floor_y) = (libm::floorf(x), libm::floorf(y));
        let (dx, dy) = (x - floor_x, y - floor_y);
        let (i, j) = (floor_x as i64, floor_y as i64);
        if i >= 0 && j >= 0 && i + 1 < self.width as i64 && j + 1 < self.height as i64 {
            let k = j as usize * self.width + i as usize;
            let s = &self.samples;
            let top = s[k] + dx * (s[k + 1] - s[k]);
            let k = k + self.width;
            let low = s[k] + dx * (s[k + 1] - s[k]);
            return top + dy * (low - top);
        }
        let get = |i: i64, j: i64| match i < 0 || j < 0 {
            true => WHITE,
            false if i >= self.width as i64 || j >= self.height as i64 => WHITE,
            false => self.samples[j as usize * self.width + i as usize],
        };
        let top = get(i, j) + dx * (get(i + 1, j) - get(i, j));
        let low = get(i, j + 1) + dx * (get(i + 1, j + 1) - get(i, j + 1));
        top + dy * (low - top)
    }

    /// A new plane whose pixel (x, y) shows the place `from(x, y)` of this one.
    pub(crate) fn seen(
        &self,
        width: usize,
        height: usize,
        mut from: impl FnMut(f32, f32) -> (f32, f32),
    ) -> Self {
        let mut out = Self::new(width, height, WHITE);
        for (j, row) in out.samples.chunks_exact_mut(width.max(1)).enumerate() {
            for (i, sample) in row.iter_mut().enumerate() {
                let (x, y) = from(i as f32, j as f32);
                *sample = self.at(x, y);
            }
        }
        out
    }

    /// The plane at `scale_x`, `scale_y` times its size, averaged over the area of each new pixel.
    pub(crate) fn scaled(&self, scale_x: f32, scale_y: f32) -> Self {
        let soft = self.blurred(support(scale_x), support(scale_y));
        let size = |n: usize, scale: f32| (n as f32 * scale + 0.5).max(1.0) as usize;
        soft.seen(size(self.width, scale_x), size(self.height, scale_y), |x, y| {
            ((x + 0.5) / scale_x - 0.5, (y + 0.5) / scale_y - 0.5)
        })
    }

    /// Gaussian blur with these deviations in pixels.
    pub(crate) fn blurred(&self, sigma_x: f32, sigma_y: f32) -> Self {
        let across = convolved(&self.samples, self.width, &gaussian(sigma_x));
        let turned = transposed(&across, self.width, self.height);
        let down = convolved(&turned, self.height, &gaussian(sigma_y));
        Self { samples: transposed(&down, self.height, self.width), ..*self }
    }

    /// The mean over a disc of this radius in pixels: a lens out of focus.
    pub(crate) fn defocused(&self, radius: f32) -> Self {
        if radius < 0.6 {
            return self.blurred(radius / 2.0, radius / 2.0);
        }
        let reach = libm::ceilf(radius) as i32;
        let disc = (-reach..=reach).flat_map(|y| (-reach..=reach).map(move |x| (x, y)));
        let steps: Vec<_> =
            disc.filter(|&(x, y)| (x * x + y * y) as f32 <= radius * radius).collect();
        self.averaged(&steps)
    }

    /// The mean along a straight path of this many pixels, at this angle in radians.
    pub(crate) fn moved(&self, length: f32, angle: f32) -> Self {
        let n = length.max(1.0) as i32;
        let step = |k: i32| {
            let t = k as f32 - (n - 1) as f32 / 2.0;
            let (x, y) = (t * libm::cosf(angle), t * libm::sinf(angle));
            (libm::roundf(x) as i32, libm::roundf(y) as i32)
        };
        self.averaged(&(0..n).map(step).collect::<Vec<_>>())
    }

    fn averaged(&self, steps: &[(i32, i32)]) -> Self {
        let mut out = Self::new(self.width, self.height, 0.0);
        let share = 1.0 / steps.len().max(1) as f32;
        for &(dx, dy) in steps {
            for j in 0..self.height {
                let from = (j as i64 + i64::from(dy)).clamp(0, self.height as i64 - 1) as usize;
                let source = &self.samples[from * self.width..(from + 1) * self.width];
                let row = &mut out.samples[j * self.width..(j + 1) * self.width];
                let first = (-dx).clamp(0, self.width as i32) as usize;
                let last = (self.width as i32 - dx).clamp(0, self.width as i32) as usize;
                row[..first].iter_mut().for_each(|s| *s += share * source[0]);
                let inside = (first as i32 + dx).max(0) as usize;
                for (s, v) in row[first..last.max(first)].iter_mut().zip(&source[inside..]) {
                    *s += share * v;
                }
                let edge = source[self.width - 1];
                row[last.max(first)..].iter_mut().for_each(|s| *s += share * edge);
            }
        }
        out
    }

    /// Adds noise with this deviation to every sample.
    pub(crate) fn add_noise(&mut self, deviation: f32, chance: &mut Chance) {
        self.samples.iter_mut().for_each(|s| *s += deviation * chance.normal());
    }

    /// Black below the threshold, white from it on.
    pub(crate) fn threshold(&mut self, at: f32) {
        self.samples.iter_mut().for_each(|s| *s = if *s < at { 0.0 } else { 255.0 });
    }
}

/// Deviation of the Gaussian that stands for the area of a pixel `1 / scale` wide.
fn support(scale: f32) -> f32 {
    if scale < 1.0 { 0.36 / scale } else { 0.0 }
}

fn gaussian(sigma: f32) -> Vec<f32> {
    if sigma < 0.2 {
        return vec![1.0];
    }
    let reach = libm::ceilf(sigma * 3.0) as i32;
    let weight = |k: i32| libm::expf(-0.5 * (k * k) as f32 / (sigma * sigma));
    let kernel: Vec<f32> = (-reach..=reach).map(weight).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.into_iter().map(|w| w / sum).collect()
}

/// Each row convolved with a symmetric kernel; the edge is repeated.
fn convolved(samples: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let reach = kernel.len() / 2;
    if reach == 0 || width == 0 {
        return samples.to_vec();
    }
    let mut out = vec![0.0; samples.len()];
    let mut padded = vec![0.0; width + 2 * reach];
    for (row, out) in samples.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        padded[..reach].fill(row[0]);
        padded[reach..reach + width].copy_from_slice(row);
        padded[reach + width..].fill(row[width - 1]);
        for (k, &weight) in kernel.iter().enumerate() {
            out.iter_mut().zip(&padded[k..]).for_each(|(sum, &s)| *sum += weight * s);
        }
    }
    out
}

fn transposed(samples: &[f32], width: usize, height: usize) -> Vec<f32> {
    const TILE: usize = 32;
    let mut out = vec![0.0; samples.len()];
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for j in top..(top + TILE).min(height) {
                for i in left..(left + TILE).min(width) {
                    out[i * height + j] = samples[j * width + i];
                }
            }
        }
    }
    out
}

/// A smooth random displacement: low cosine waves, scaled to a root mean square of `amplitude`.
#[derive(Clone, Debug)]
pub(crate) struct Drift {
    x: [[f32; WAVES]; WAVES],
    y: [[f32; WAVES]; WAVES],
}

const WAVES: usize = 5;

impl Drift {
    pub(crate) fn new(amplitude: f32, chance: &mut Chance) -> Self {
        let mut part = || {
            let mut waves = [[0.0; WAVES]; WAVES];
            let mut power = 0.0;
            for (i, row) in waves.iter_mut().enumerate() {
                for (j, wave) in row.iter_mut().enumerate() {
                    *wave = chance.normal() / (1 + i + j) as f32;
                    power += *wave * *wave / 4.0;
                }
            }
            let scale = amplitude / libm::sqrtf(power.max(1e-6));
            waves.map(|row| row.map(|wave| wave * scale))
        };
        Self { x: part(), y: part() }
    }

    /// Displacement at a place given in shares of the page's width and height.
    pub(crate) fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let (cos_x, cos_y) = (cosines(x), cosines(y));
        let sum = |waves: &[[f32; WAVES]; WAVES]| {
            let row = |(row, c): (&[f32; WAVES], &f32)| {
                c * row.iter().zip(&cos_y).map(|(w, c)| w * c).sum::<f32>()
            };
            waves.iter().zip(&cos_x).map(row).sum::<f32>()
        };
        (sum(&self.x), sum(&self.y))
    }
}

/// cos(k pi t) for k from 0 on, by the recurrence of Chebyshev.
fn cosines(t: f32) -> [f32; WAVES] {
    let first = libm::cosf(core::f32::consts::PI * t);
    let mut out = [1.0; WAVES];
    out[1] = first;
    for k in 2..WAVES {
        out[k] = 2.0 * first * out[k - 1] - out[k - 2];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_and_scaling_keep_the_light() {
        let mut plane = Plane::new(40, 30, 0.0);
        plane.samples[15 * 40 + 20] = 100.0;
        for soft in [plane.blurred(2.0, 1.0), plane.defocused(3.0), plane.moved(5.0, 0.4)] {
            let sum: f32 = soft.samples.iter().sum();
            assert!((sum - 100.0).abs() < 0.1, "{sum}");
        }
        let half = plane.scaled(0.5, 0.5);
        assert_eq!((half.width, half.height), (20, 15));
        let sum: f32 = half.samples.iter().sum();
        assert!((sum - 25.0).abs() < 2.5, "{sum}");
    }
}
