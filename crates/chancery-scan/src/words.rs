//! Where words stand in a picture: boxes around ink that belongs together.

use crate::plane::Plane;

/// A word's ink in a picture, in pixels, with edges between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InkBox {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

impl InkBox {
    /// From the left edge to the right.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// The middle between left and right.
    #[must_use]
    pub fn middle(&self) -> f32 {
        (self.left + self.right) / 2.0
    }

    /// The box in a picture of this size turned by half a turn.
    pub(crate) fn turned(&self, width: f32, height: f32) -> Self {
        Self {
            left: width - self.right,
            top: height - self.bottom,
            right: width - self.left,
            bottom: height - self.top,
        }
    }

    /// From the upper edge to the lower.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }
}

/// The most boxes that are looked at; a page has about 700.
pub(crate) const MOST_BOXES: usize = 20_000;
/// Ink parts closer than this share of the height of an x usually belong to one word.
pub(crate) const WORD_GAP: f32 = 0.30;
/// The same from top to bottom: the dot of an i, the letters of a fax.
const DOT_GAP: f32 = 0.55;

/// The height of a small letter, in pixels: the median thickness of dense rows in narrow columns.
#[must_use]
pub(crate) fn letter_height(plane: &Plane) -> Option<f32> {
    let (width, height) = (plane.width(), plane.height());
    let column = (width / 14).max(8).min(width.max(1));
    let mut runs = Vec::new();
    for left in (0..width).step_by(column) {
        let right = (left + column).min(width);
        let dense = |y: usize| plane.row(y)[left..right].iter().sum::<f32>();
        let profile: Vec<f32> = (0..height).map(dense).collect();
        let mut sorted = profile.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let rich = sorted.get(height * 95 / 100).copied().unwrap_or(0.0);
        if rich < 0.06 * (right - left) as f32 {
            continue;
        }
        let mut run = 0;
        for value in profile.into_iter().chain([0.0]) {
            if value > 0.55 * rich {
                run += 1;
            } else if run > 0 {
                runs.push(run);
                run = 0;
            }
        }
    }
    runs.retain(|&run| run >= 3);
    runs.sort_unstable();
    runs.get(runs.len() / 2).map(|&run| run as f32)
}

/// The words of a picture whose small letters are `letter` pixels high, where ink is darker than
/// `threshold` and parts closer than `gap` heights of an x belong together.
#[must_use]
pub(crate) fn words(plane: &Plane, letter: f32, threshold: f32, gap: f32) -> Vec<InkBox> {
    let (width, height) = (plane.width(), plane.height());
    let mut ink: Vec<bool> = plane.samples().iter().map(|&s| s > threshold).collect();
    fill_down(&mut ink, width, (letter * DOT_GAP) as usize);
    ink.chunks_exact_mut(width.max(1)).for_each(|row| fill(row, (letter * gap + 0.5) as usize));
    let mut boxes = Vec::new();
    for [left, top, right, bottom] in components(&ink, width, height) {
        let (w, h) = ((right - left) as f32, (bottom - top) as f32);
        // Specks, rules and pictures are no words.
        if h < 0.5 * letter || h > 4.5 * letter || w < 0.25 * letter || w > 40.0 * letter {
            continue;
        }
        let peak = |x: i64| {
            let rows = top..bottom;
            rows.map(|y| plane.pixel(x, y as i64)).fold(0.0, f32::max)
        };
        // The edge lies where the darkness crosses the threshold between two columns.
        let edge = |inner: i64, outer: i64| {
            let (dark, light) = (peak(inner), peak(outer));
            if dark > threshold && dark > light {
                ((dark - threshold) / (dark - light)).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        let (l, r) = (left as i64, right as i64 - 1);
        boxes.push(InkBox {
            left: left as f32 + 0.5 - edge(l, l - 1),
            top: top as f32,
            right: right as f32 - 0.5 + edge(r, r + 1),
            bottom: bottom as f32,
        });
        if boxes.len() == MOST_BOXES {
            break;
        }
    }
    boxes
}

/// Closes gaps of at most `reach` samples in a row.
fn fill(row: &mut [bool], reach: usize) {
    let mut last: Option<usize> = None;
    for x in 0..row.len() {
        if !row[x] {
            continue;
        }
        if let Some(last) = last
            && x - last - 1 <= reach
        {
            row[last + 1..x].fill(true);
        }
        last = Some(x);
    }
}

/// The same in each column, row by row.
fn fill_down(ink: &mut [bool], width: usize, reach: usize) {
    // How many rows ago each column had ink; many when it never had.
    let mut ago = vec![reach + 2; width];
    for from in (0..ink.len()).step_by(width.max(1)) {
        for (x, ago) in ago.iter_mut().enumerate() {
            if !ink[from + x] {
                *ago = (*ago + 1).min(reach + 2);
                continue;
            }
            if (2..reach + 2).contains(ago) {
                (1..*ago).for_each(|up| ink[from - up * width + x] = true);
            }
            *ago = 1;
        }
    }
}

/// Bounds [left, top, right, bottom) of eight-connected parts, by runs and union.
fn components(ink: &[bool], width: usize, height: usize) -> Vec<[usize; 4]> {
    let mut parent: Vec<u32> = Vec::new();
    let mut bounds: Vec<[usize; 4]> = Vec::new();
    let mut above: Vec<(usize, usize, u32)> = Vec::new();
    for y in 0..height {
        let row = &ink[y * width..(y + 1) * width];
        let mut here = Vec::new();
        let (mut x, mut first) = (0, 0);
        while x < width {
            if !row[x] {
                x += 1;
                continue;
            }
            let left = x;
            while x < width && row[x] {
                x += 1;
            }
            let label = bounds.len() as u32;
            parent.push(label);
            bounds.push([left, y, x, y + 1]);
            while first < above.len() && above[first].1 < left {
                first += 1;
            }
            for &(l, _, other) in above[first..].iter().take_while(|run| run.0 <= x) {
                debug_assert!(l <= x, "runs are in order");
                union(&mut parent, label, other);
            }
            here.push((left, x, label));
        }
        above = here;
    }
    let mut joined: Vec<Option<[usize; 4]>> = vec![None; bounds.len()];
    for (label, part) in bounds.iter().enumerate() {
        let root = find(&mut parent, label as u32) as usize;
        let whole = joined[root].get_or_insert(*part);
        *whole = [
            whole[0].min(part[0]),
            whole[1].min(part[1]),
            whole[2].max(part[2]),
            whole[3].max(part[3]),
        ];
    }
    joined.into_iter().flatten().collect()
}

fn find(parent: &mut [u32], mut label: u32) -> u32 {
    while parent[label as usize] != label {
        parent[label as usize] = parent[parent[label as usize] as usize];
        label = parent[label as usize];
    }
    label
}

fn union(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_of_two_letters_each() {
        // Letters 8 wide and 10 high, 2 apart in a word, 6 apart between words, a dot above one.
        let letter = |x: usize| [4..12, 14..22, 28..36, 38..46].iter().any(|l| l.contains(&x));
        let sample = |x: usize, y: usize| {
            let dot = (30..33).contains(&x) && (15..18).contains(&y);
            if dot || letter(x) && (20..30).contains(&y) { 1.0 } else { 0.0 }
        };
        let plane = Plane::new(1, 1, vec![]).drawn(60, 50, sample);
        assert_eq!(letter_height(&plane), Some(10.0));
        let found = words(&plane, 10.0, 0.5, WORD_GAP);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!((found[1].width() - 18.0).abs() < 1.1 && found[0].top == 15.0, "{found:?}");
    }
}
