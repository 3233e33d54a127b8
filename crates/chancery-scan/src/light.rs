//! Even light: from a photograph to darkness between 0 for paper and 1 for ink.

use crate::plane::Plane;

/// Blocks along the longer side, each with its own estimate of the paper's brightness.
const BLOCKS: usize = 48;
/// The share of a block's samples that is darker than its paper.
const PAPER: f32 = 0.85;

/// Divides each sample by the light on the paper around it, and stretches the ink to 1.
#[must_use]
pub(crate) fn flattened(plane: &Plane) -> Plane {
    let (width, height) = (plane.width(), plane.height());
    let side = width.max(height).div_ceil(BLOCKS).max(4);
    let (columns, rows) = (width.div_ceil(side).max(1), height.div_ceil(side).max(1));
    let mut paper = vec![0.0; columns * rows];
    for (k, light) in paper.iter_mut().enumerate() {
        let (left, top) = (k % columns * side, k / columns * side);
        let mut counts = [0_u32; 256];
        for y in top..(top + side).min(height) {
            for &s in &plane.row(y)[left..(left + side).min(width)] {
                counts[((1.0 - s).clamp(0.0, 1.0) * 255.0) as usize] += 1;
            }
        }
        *light = quantile(&counts, PAPER).max(0.04);
    }
    // A block full of ink borrows the light of its brightest neighbour.
    let grid = Plane::new(columns, rows, paper);
    let near = |x: usize, y: usize, least: f32| {
        let around = (-1..=1).flat_map(|j| (-1..=1).map(move |i| (i, j)));
        let lights = around.map(|(i, j)| grid.pixel(x as i64 + i, y as i64 + j));
        lights.fold(least, f32::max)
    };
    let grid = grid.drawn(columns, rows, |x, y| {
        let own = grid.pixel(x as i64, y as i64);
        let brightest = near(x, y, own);
        if own < 0.6 * brightest { brightest } else { own }
    });
    let clamped = |x: f32, y: f32| {
        grid.bilinear(x.clamp(0.0, (columns - 1) as f32), y.clamp(0.0, (rows - 1) as f32))
    };
    let middle = (side - 1) as f32 / 2.0;
    let place = |k: usize| (k as f32 - middle) / side as f32;
    let even = plane.drawn(width, height, |x, y| {
        let light = clamped(place(x), place(y)).max(0.04);
        1.0 - ((1.0 - plane.samples()[y * width + x]) / light).clamp(0.0, 1.0)
    });
    stretched(&even)
}

/// Scales so that the darkest hundredth of what is ink becomes 1.
fn stretched(plane: &Plane) -> Plane {
    let mut counts = [0_u32; 256];
    for &s in plane.samples().iter().filter(|&&s| s > 0.15) {
        counts[(s * 255.0) as usize] += 1;
    }
    let ink = quantile(&counts, 0.9).max(0.2);
    plane.drawn(plane.width(), plane.height(), |x, y| {
        (plane.samples()[y * plane.width() + x] / ink).min(1.0)
    })
}

fn quantile(counts: &[u32; 256], share: f32) -> f32 {
    let total: u32 = counts.iter().sum();
    let mut left = (total as f32 * share) as u32;
    for (value, &count) in counts.iter().enumerate() {
        if left < count {
            return value as f32 / 255.0;
        }
        left -= count;
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_is_no_ink() {
        let sample = |x: usize, y: usize| {
            let light = if x < 100 { 0.9 } else { 0.5 };
            let ink = x % 20 < 4 && y % 10 < 3;
            1.0 - light * if ink { 0.2 } else { 1.0 }
        };
        let plane = Plane::new(1, 1, vec![]).drawn(200, 200, sample);
        let even = flattened(&plane);
        assert!(even.pixel(50, 55) < 0.1 && even.pixel(150, 55) < 0.1);
        assert!(even.pixel(42, 51) > 0.8 && even.pixel(162, 51) > 0.8);
    }
}
