//! Lines made straight: a page that lay tilted or curled before the camera.
//!
//! Lines of a tilted page converge and those of a curled one bend. Their slopes are measured part by part, and one
//! smooth field of slopes for the picture says how far each place is moved up or down.

use crate::plane::Plane;
use crate::solve::Normal;

/// Longer side of the plane on which slopes are measured.
const SIDE: usize = 1_100;
/// Parts across; downwards as many as make them about square.
const PARTS: usize = 5;
/// Rows are to part ink and paper more sharply afterwards, by this factor.
const BETTER: f32 = 1.2;
/// Slopes that are tried, either way, and how far apart: coarse, then fine.
const COARSE: (i32, f32) = (16, 0.01);
const FINE: (i32, f32) = (4, 0.002);
/// Darkness from which on a sample counts.
const INK: f32 = 0.35;
/// Share of a part that is ink, at least.
const LEAST_INK: f32 = 0.01;
/// Rows at the best slope are sharper than at the middle one by this factor.
const CLEAR: f32 = 1.3;
/// Parts that must show a slope.
const LEAST_PARTS: usize = 8;
/// Slopes below this everywhere are left as they are.
const STRAIGHT: f64 = 0.02;
/// Deviation of a measured slope.
const NOISE: f64 = 0.012;
/// Terms of the field: constant, downwards, across, across squared, both.
const TERMS: usize = 5;

/// The plane with straight lines; `None` where they are straight, or no slopes can be made out.
pub(crate) fn straightened(plane: &Plane) -> Option<Plane> {
    let longer = plane.width().max(plane.height());
    let small =
        if longer > SIDE { plane.scaled(SIDE as f32 / longer as f32) } else { plane.clone() };
    let field = field(&slopes(&small))?;
    let corners = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let steepest = corners
        .iter()
        .flat_map(|&u| corners.map(|v| dot(&field, &terms(u, v)).abs()))
        .fold(0.0, f64::max);
    let better = || evenness(&moved(&small, &field)) > BETTER * evenness(&small);
    (steepest >= STRAIGHT && better()).then(|| moved(plane, &field))
}

/// How sharply rows of the whole width part ink and paper.
fn evenness(plane: &Plane) -> f32 {
    let sums: Vec<f32> = (0..plane.height()).map(|y| plane.row(y).iter().sum()).collect();
    sums.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum()
}

/// Each place moved up or down by the slopes added up from the middle of the picture.
fn moved(plane: &Plane, field: &[f64]) -> Plane {
    let (width, height) = (plane.width(), plane.height());
    let unit = |k: usize, n: usize| 2.0 * k as f64 / n.max(2) as f64 - 1.0;
    plane.drawn(width, height, |x, y| {
        let (u, v) = (unit(x, width), unit(y, height));
        let sums = [u, u * v, u * u / 2.0, u * u * u / 3.0, u * u * v / 2.0];
        let down = dot(field, &sums) * width as f64 / 2.0;
        plane.bilinear(x as f32, (y as f64 + down) as f32)
    })
}

fn terms(u: f64, v: f64) -> [f64; TERMS] {
    [1.0, v, u, u * u, u * v]
}

fn dot(field: &[f64], terms: &[f64; TERMS]) -> f64 {
    field.iter().zip(terms).map(|(a, b)| a * b).sum()
}

/// The slope of the lines in each part that shows some: its middle, from -1 to 1 each way, and the slope.
fn slopes(plane: &Plane) -> Vec<(f64, f64, f64)> {
    let (width, height) = (plane.width(), plane.height());
    let bands = ((PARTS * height + width / 2) / width.max(1)).clamp(1, 2 * PARTS);
    let mut out = Vec::new();
    for part in 0..PARTS * bands {
        let (i, j) = (part % PARTS, part / PARTS);
        let columns = width * i / PARTS..width * (i + 1) / PARTS;
        let rows = height * j / bands..height * (j + 1) / bands;
        let mut ink: Vec<(f32, f32, f32)> = Vec::new();
        for y in rows.clone() {
            for x in columns.clone() {
                let s = plane.row(y)[x];
                if s > INK {
                    ink.push(((x - columns.start) as f32, (y - rows.start) as f32, s));
                }
            }
        }
        let area = (columns.len() * rows.len()) as f32;
        if area < 400.0 || (ink.len() as f32) < LEAST_INK * area {
            continue;
        }
        let reach = COARSE.0 as f32 * COARSE.1 + FINE.0 as f32 * FINE.1;
        let margin = reach * columns.len() as f32 + 1.0;
        let count = rows.len() + 2 * margin as usize + 3;
        let sharpness = |slope: f32| {
            let mut sums = vec![0.0_f32; count];
            for &(x, y, s) in &ink {
                if let Some(sum) = sums.get_mut((y - x * slope + margin) as usize) {
                    *sum += s;
                }
            }
            sums.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum::<f32>()
        };
        let tried = |middle: f32, (steps, step): (i32, f32)| {
            let slopes = (-steps..=steps).map(move |k| middle + k as f32 * step);
            let mut scored: Vec<(f32, f32)> = slopes.map(|s| (sharpness(s), s)).collect();
            scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            scored
        };
        let coarse = tried(0.0, COARSE);
        let (Some(&best), usual) = (coarse.last(), coarse[coarse.len() / 2]) else { continue };
        if best.0 < CLEAR * usual.0 || best.1.abs() > (COARSE.0 as f32 - 0.5) * COARSE.1 {
            continue;
        }
        let slope = tried(best.1, FINE).last().map_or(best.1, |b| b.1);
        let middle = |k: usize, parts: usize| (2 * k + 1) as f64 / parts as f64 - 1.0;
        out.push((middle(i, PARTS), middle(j, bands), f64::from(slope)));
    }
    out
}

/// The smooth field that fits most of the slopes.
fn field(slopes: &[(f64, f64, f64)]) -> Option<Vec<f64>> {
    if slopes.len() < LEAST_PARTS {
        return None;
    }
    let mut fit: Option<Vec<f64>> = None;
    for round in 0..5 {
        let mut normal = Normal::new(TERMS);
        for &(u, v, slope) in slopes {
            let own = terms(u, v);
            let rest = fit.as_ref().map_or(0.0, |fit| slope - dot(fit, &own));
            // Wide at first, so that what is wrong by much loses its weight step by step.
            let z = rest / (NOISE * f64::from(5 - round));
            let all: Vec<(usize, f64)> = own.into_iter().enumerate().collect();
            normal.add(&all, slope, 1.0 / (1.0 + z * z * z * z));
        }
        (1..TERMS).for_each(|k| normal.hold(k, 0.05));
        fit = normal.solved().or(fit);
    }
    // A field that fits few of them is none.
    let fit = fit?;
    let near =
        |&&(u, v, slope): &&(f64, f64, f64)| (slope - dot(&fit, &terms(u, v))).abs() < 2.0 * NOISE;
    (2 * slopes.iter().filter(near).count() > slopes.len()).then_some(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words on lines 14 apart that converge to the right and bend.
    fn sample(x: usize, y: usize, down: impl Fn(f64, f64) -> f64) -> f32 {
        let (u, v) = (x as f64 / 300.0 - 1.0, y as f64 / 400.0 - 1.0);
        let row = (y as f64 - down(u, v)).rem_euclid(14.0);
        if row < 5.0 && x % 23 < 18 && !x.is_multiple_of(3) { 1.0 } else { 0.0 }
    }

    /// How sharply rows part ink and paper.
    fn sharpness(plane: &Plane) -> f32 {
        let row = |y: usize| plane.row(y)[60..540].iter().sum::<f32>();
        (100..700).map(|y| (row(y + 1) - row(y)) * (row(y + 1) - row(y))).sum()
    }

    #[test]
    fn converging_and_bent_lines_become_straight_and_straight_ones_stay() {
        let made = |down: fn(f64, f64) -> f64| {
            Plane::new(1, 1, vec![]).drawn(600, 800, |x, y| sample(x, y, down))
        };
        let level = made(|_, _| 0.0);
        assert_eq!(straightened(&level), None);
        let crooked = made(|u, v| 20.0 * u * v + 8.0 * u * u);
        let straight = straightened(&crooked).unwrap();
        let (before, after, best) = (sharpness(&crooked), sharpness(&straight), sharpness(&level));
        assert!(before < 0.2 * best && after > 0.4 * best, "{before} {after} {best}");
    }
}
