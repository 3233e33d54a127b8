//! Photographs of displays: the grid of the display and its moire, divided out before words are looked for.
//!
//! Grid and moire are waves that stay nearly the same over many letters, so they stand as sharp peaks in the
//! spectrum of a block, while letters spread over all of it. What lies around the peaks, put together again
//! under overlapping windows, is the light that the grid lets through; the picture is divided by it.

use crate::plane::Plane;
use crate::spectrum::{SIDE, Spectrum, Waves};

/// Distance of overlapping blocks.
const STEP: usize = SIDE / 2;
/// The most blocks that are looked at to find out whether there is a grid.
const MOST_LOOKS: usize = 120;
/// Waves across that are shorter than this are no text, in turns of a block; lines of text are waves downwards.
const LEAST_ACROSS: i32 = 4;
/// How far a peak stands out from its surroundings, as a ratio of power.
const SHARP: f32 = 12.0;
/// Half the width of a peak, for the tilt of the camera spreads it.
const REACH: i32 = 3;
/// The most peaks that are taken out.
const MOST_PEAKS: usize = 24;
/// Least share of the light that the grid lets through somewhere.
const DARKEST: f32 = 0.35;
/// What of the grid is finer than its peaks is softened away, in samples.
const SOFT: f32 = 0.8;

/// The picture without the grid of a display; `None` where there is none. The plane is of light that nothing
/// has evened out yet.
pub(crate) fn without_grid(plane: &Plane) -> Option<Plane> {
    let (width, height) = (plane.width(), plane.height());
    if width < 4 * SIDE || height < 2 * SIDE {
        return None;
    }
    let waves = Waves::new();
    let peaks = peaks(plane, &waves);
    if peaks.is_empty() {
        return None;
    }
    let mut grid = vec![0.0_f32; width * height];
    let mut light = vec![0.0_f32; width * height];
    let corners: Vec<(usize, usize)> =
        starts(height).flat_map(|top| starts(width).map(move |left| (left, top))).collect();
    for pair in corners.chunks(2) {
        let windowed = |&(left, top): &(usize, usize)| block(plane, left, top, &waves);
        let nothing = || (vec![0.0; SIDE * SIDE], 0.0);
        let (one, other) = (windowed(&pair[0]), pair.get(1).map_or_else(nothing, windowed));
        let means = [one.1, other.1];
        let mut both = waves.of(one.0, other.0);
        both.keep(&peaks, REACH);
        waves.back(&mut both);
        for (k, &(left, top)) in pair.iter().enumerate() {
            for y in 0..SIDE.min(height - top) {
                for x in 0..SIDE.min(width - left) {
                    let at = (top + y) * width + left + x;
                    grid[at] += both.samples(x, y)[k];
                    light[at] += means[k] * waves.window(x, y);
                }
            }
        }
    }
    let even = plane.drawn(width, height, |x, y| {
        let at = y * width + x;
        let through = 1.0 + grid[at] / light[at].max(1e-3);
        1.0 - ((1.0 - plane.samples()[at]) / through.max(DARKEST)).clamp(0.0, 1.0)
    });
    Some(even.blurred(SOFT))
}

/// Where overlapping blocks begin.
fn starts(length: usize) -> impl Iterator<Item = usize> {
    (0..length.saturating_sub(STEP).max(1)).step_by(STEP)
}

/// The light of a block under the window, and its mean.
fn block(plane: &Plane, left: usize, top: usize, waves: &Waves) -> (Vec<f32>, f32) {
    let (right, bottom) = (plane.width() as i64 - 1, plane.height() as i64 - 1);
    let sample = |x: usize, y: usize| {
        let (x, y) = (((left + x) as i64).min(right), ((top + y) as i64).min(bottom));
        1.0 - plane.pixel(x, y)
    };
    waves.windowed(sample)
}

/// Waves that stand out all over the picture, each once of a pair.
fn peaks(plane: &Plane, waves: &Waves) -> Vec<(i32, i32)> {
    let across = plane.width() / SIDE;
    let blocks = across * (plane.height() / SIDE);
    let mut power = vec![0.0_f32; SIDE * SIDE];
    for k in (0..blocks).step_by(blocks.div_ceil(MOST_LOOKS)) {
        let spectrum = waves.of_one(block(plane, k % across * SIDE, k / across * SIDE, waves).0);
        let total = spectrum.total().max(1e-6);
        spectrum.add_power(&mut power, 1.0 / total);
    }
    let half = SIDE as i32 / 2;
    let at = |u: i32, v: i32| power[Spectrum::place(u, v)];
    let mut found: Vec<(f32, (i32, i32))> = Vec::new();
    for u in LEAST_ACROSS..=half {
        for v in -half..half {
            let own = at(u, v);
            let highest = (-2..=2).all(|i| (-2..=2).all(|j| at(u + i, v + j) <= own));
            if !highest {
                continue;
            }
            // Even lines of text make ridges across, so a peak is compared with what lies beside it.
            let beside = (REACH + 3..REACH + 10).flat_map(|i| [i, -i]);
            let beside = beside.flat_map(|i| (-1..=1).map(move |j| (i, j)));
            let mut around: Vec<f32> = beside.map(|(i, j)| at(u + i, v + j)).collect();
            around.sort_unstable_by(f32::total_cmp);
            let usual = around[around.len() / 2].max(1e-12);
            if own > SHARP * usual {
                found.push((own, (u, v)));
            }
        }
    }
    found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MOST_PEAKS);
    found.into_iter().map(|f| f.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strokes like letters, on lines 40 apart.
    fn text(x: usize, y: usize) -> f32 {
        let mut z = (x as u64 / 3 * 1_000 + y as u64 / 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let stroke = (z ^ (z >> 31)) % 7 < 3;
        if y % 40 < 9 && stroke { 0.9 } else { 0.0 }
    }

    #[test]
    fn a_grid_is_divided_out_and_text_alone_is_left_as_it_is() {
        let plain = Plane::new(1, 1, vec![]).drawn(900, 500, text);
        assert_eq!(without_grid(&plain), None);
        let through = |x: usize| 0.7 + 0.25 * libm::cosf(x as f32 * 0.49);
        let seen = plain.drawn(900, 500, |x, y| 1.0 - (1.0 - text(x, y)) * through(x));
        let even = without_grid(&seen).unwrap();
        // On the paper between two lines, well within the picture, little of the waves is left.
        let waves = |plane: &Plane| {
            let row: Vec<f32> = (200..700).map(|x| plane.pixel(x, 260)).collect();
            let mean = row.iter().sum::<f32>() / 500.0;
            (row.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / 500.0).sqrt()
        };
        assert!(waves(&seen) > 0.17 && waves(&even) < 0.06, "{} {}", waves(&seen), waves(&even));
    }
}
