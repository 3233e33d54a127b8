//! Darkness on a plane: samples, blur, resampling. Knows nothing of text.

use image::GrayImage;

/// Darkness from 0 (paper) to 1 (ink), row by row; made once from a picture, then only read.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    width: usize,
    height: usize,
    samples: Vec<f32>,
}

impl Plane {
    /// A plane of these samples; missing ones are paper, further ones are left out.
    #[must_use]
    pub fn new(width: usize, height: usize, mut samples: Vec<f32>) -> Self {
        samples.resize(width.saturating_mul(height), 0.0);
        Self { width, height, samples }
    }

    /// Black ink on white paper.
    #[must_use]
    pub fn of(image: &GrayImage) -> Self {
        let samples = image.as_raw().iter().map(|&p| 1.0 - f32::from(p) / 255.0).collect();
        Self::new(image.width() as usize, image.height() as usize, samples)
    }

    /// Samples in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// All samples, row by row.
    #[must_use]
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// One row.
    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.samples[y * self.width..(y + 1) * self.width]
    }

    /// The sample at whole coordinates; paper beyond the edge.
    pub(crate) fn pixel(&self, x: i64, y: i64) -> f32 {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return 0.0;
        }
        self.samples[y as usize * self.width + x as usize]
    }

    /// Bilinear sample; paper beyond the edge.
    pub(crate) fn bilinear(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (libm::floorf(x), libm::floorf(y));
        let (dx, dy) = (x - fx, y - fy);
        let (i, j) = (fx as i64, fy as i64);
        let top = self.pixel(i, j) * (1.0 - dx) + self.pixel(i + 1, j) * dx;
        let low = self.pixel(i, j + 1) * (1.0 - dx) + self.pixel(i + 1, j + 1) * dx;
        top * (1.0 - dy) + low * dy
    }

    /// Cubic sample (Catmull and Rom); paper beyond the edge.
    pub(crate) fn cubic(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (libm::floorf(x), libm::floorf(y));
        let (wx, wy) = (spline(x - fx), spline(y - fy));
        let (i, j) = (fx as i64 - 1, fy as i64 - 1);
        let inside = i >= 0 && j >= 0 && i + 4 <= self.width as i64 && j + 4 <= self.height as i64;
        let mut sum = 0.0;
        for (k, weight) in wy.iter().enumerate() {
            if inside {
                let from = (j as usize + k) * self.width + i as usize;
                let s = &self.samples[from..from + 4];
                sum += weight * (wx[0] * s[0] + wx[1] * s[1] + wx[2] * s[2] + wx[3] * s[3]);
            } else {
                let pixel = |n: usize| self.pixel(i + n as i64, j + k as i64);
                sum += weight * (0..4).map(|n| wx[n] * pixel(n)).sum::<f32>();
            }
        }
        sum
    }

    /// Gaussian blur with this deviation in samples.
    #[must_use]
    pub fn blurred(&self, sigma: f32) -> Self {
        let kernel = gaussian(sigma);
        if kernel.len() == 1 || self.samples.is_empty() {
            return self.clone();
        }
        let across = convolved_across(&self.samples, self.width, &kernel);
        Self { samples: convolved_down(&across, self.width, &kernel), ..*self }
    }

    /// The plane at `scale` times its size, averaged over the area of each new sample.
    #[must_use]
    pub fn scaled(&self, scale: f32) -> Self {
        let soft = if scale < 1.0 { self.blurred(0.36 / scale) } else { self.clone() };
        let size = |n: usize| ((n as f32 * scale + 0.5) as usize).max(1);
        let place = |k: usize| (k as f32 + 0.5) / scale - 0.5;
        self.drawn(size(self.width), size(self.height), |x, y| soft.bilinear(place(x), place(y)))
    }

    /// Turned by `quarters` of a full turn, clockwise.
    #[must_use]
    pub fn turned(&self, quarters: u8) -> Self {
        let (w, h) = (self.width, self.height);
        let at = |x: usize, y: usize| self.samples[y * w + x];
        match quarters % 4 {
            0 => self.clone(),
            1 => self.drawn(h, w, |x, y| at(y, h - 1 - x)),
            2 => self.drawn(w, h, |x, y| at(w - 1 - x, h - 1 - y)),
            _ => self.drawn(h, w, |x, y| at(w - 1 - y, x)),
        }
    }

    /// Turned by a small angle in radians about its middle.
    #[must_use]
    pub(crate) fn levelled(&self, angle: f32) -> Self {
        let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
        let (mx, my) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        self.drawn(self.width, self.height, |x, y| {
            let (x, y) = (x as f32 - mx, y as f32 - my);
            self.bilinear(mx + x * cos - y * sin, my + x * sin + y * cos)
        })
    }

    pub(crate) fn drawn(
        &self,
        width: usize,
        height: usize,
        sample: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut samples = Vec::with_capacity(width * height);
        for y in 0..height {
            samples.extend((0..width).map(|x| sample(x, y)));
        }
        Self { width, height, samples }
    }
}

fn spline(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}

fn gaussian(sigma: f32) -> Vec<f32> {
    if sigma.is_nan() || sigma < 0.2 {
        return vec![1.0];
    }
    let reach = libm::ceilf(sigma.min(100.0) * 3.0) as i32;
    let weight = |k: i32| libm::expf(-0.5 * (k * k) as f32 / (sigma * sigma));
    let kernel: Vec<f32> = (-reach..=reach).map(weight).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.into_iter().map(|w| w / sum).collect()
}

/// Each row convolved with a symmetric kernel; the edge is repeated.
fn convolved_across(samples: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let reach = kernel.len() / 2;
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

/// The same of each column.
fn convolved_down(samples: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let (reach, height) = (kernel.len() / 2, samples.len() / width);
    let mut out = vec![0.0; samples.len()];
    for (y, out) in out.chunks_exact_mut(width).enumerate() {
        for (k, &weight) in kernel.iter().enumerate() {
            let from = (y + k).saturating_sub(reach).min(height - 1);
            let row = &samples[from * width..(from + 1) * width];
            out.iter_mut().zip(row).for_each(|(sum, &s)| *sum += weight * s);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarter_turns_are_none() {
        let plane = Plane::new(3, 2, vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(plane.turned(1).samples(), [0.3, 0.0, 0.4, 0.1, 0.5, 0.2]);
        assert_eq!(plane.turned(1).turned(1), plane.turned(2));
        assert_eq!(plane.turned(3).turned(1), plane);
    }

    #[test]
    fn cubic_samples_follow_a_straight_slope() {
        let plane = Plane::new(9, 9, (0..81).map(|k| (k % 9) as f32).collect());
        assert!((plane.cubic(3.3, 4.7) - 3.3).abs() < 1e-5);
        assert_eq!(plane.cubic(-50.0, 2.0), 0.0);
        assert_eq!(plane.cubic(f32::NAN, 2.0).is_nan(), plane.cubic(f32::NAN, 2.0).is_nan());
    }
}
