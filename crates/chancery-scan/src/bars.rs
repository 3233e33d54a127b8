//! Blackened words: bars that are no letters, taken out before the size of letters is measured.
//!
//! A stroke of a letter is thin either across or downwards; a bar is thick both ways.

use crate::plane::Plane;

/// Darkness from which on a sample is ink.
const INK: f32 = 0.5;
/// This share of the ink lies in strokes that are thinner than all others.
const STROKES: f32 = 0.2;
/// A bar is thicker than so many strokes.
const THICK: u32 = 5;
/// Share of the ink that bars have at least, where there are any.
const LEAST: f32 = 0.05;

/// The plane without its bars; `None` where there are none. It has been evened out before.
pub(crate) fn without_bars(plane: &Plane) -> Option<Plane> {
    let (width, height) = (plane.width(), plane.height());
    let ink: Vec<bool> = plane.samples().iter().map(|&s| s > INK).collect();
    let across = runs(&ink, (height, width), (width, 1));
    let down = runs(&ink, (width, 1), (height, width));
    let thickness = |at: usize| across[at].min(down[at]);
    let mut sorted: Vec<u32> = (0..ink.len()).filter(|&at| ink[at]).map(thickness).collect();
    sorted.sort_unstable();
    let stroke = *sorted.get((sorted.len() as f32 * STROKES) as usize)?;
    let least = THICK * stroke + 2;
    let thick = sorted.len() - sorted.partition_point(|&t| t < least);
    if (thick as f32) < LEAST * sorted.len() as f32 {
        return None;
    }
    // With the soft edge around it.
    let edge = stroke as usize + 1;
    let mut bar = vec![false; ink.len()];
    for (at, _) in ink.iter().enumerate().filter(|&(at, &ink)| ink && thickness(at) >= least) {
        let (x, y) = (at % width, at / width);
        for row in y.saturating_sub(edge)..(y + edge + 1).min(height) {
            bar[row * width + x] = true;
        }
    }
    let beside = |x: usize, y: usize| {
        (x.saturating_sub(edge)..(x + edge + 1).min(width)).any(|x| bar[y * width + x])
    };
    let sample = |x: usize, y: usize| plane.samples()[y * width + x];
    Some(plane.drawn(width, height, |x, y| if beside(x, y) { 0.0 } else { sample(x, y) }))
}

/// The length of the run of ink in which each sample lies; lines and the samples of a line are given as how many
/// and how far apart.
fn runs(ink: &[bool], lines: (usize, usize), cells: (usize, usize)) -> Vec<u32> {
    let mut out = vec![0; ink.len()];
    for line in 0..lines.0 {
        let place = |cell: usize| line * lines.1 + cell * cells.1;
        let mut cell = 0;
        while cell < cells.0 {
            let length = (cell..cells.0).take_while(|&c| ink[place(c)]).count();
            (cell..cell + length).for_each(|c| out[place(c)] = length as u32);
            cell += length.max(1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_and_strokes_stay() {
        let stroke = |x: usize, y: usize| x % 8 < 2 && y % 20 < 10;
        let bar = |x: usize, y: usize| (40..80).contains(&x) && (18..32).contains(&y);
        let letters =
            Plane::new(1, 1, vec![]).drawn(200, 100, |x, y| if stroke(x, y) { 1.0 } else { 0.0 });
        assert_eq!(without_bars(&letters), None);
        let blackened = letters
            .drawn(200, 100, |x, y| if bar(x, y) { 0.9 } else { letters.samples()[y * 200 + x] });
        let left = without_bars(&blackened).unwrap();
        assert_eq!(left.pixel(60, 25), 0.0);
        assert_eq!(left.pixel(120, 25), 1.0);
        assert_eq!(left.pixel(60, 45), letters.pixel(60, 45));
    }
}
