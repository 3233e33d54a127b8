//! A picture made ready: even light, upright, at a known size of letters; and its lines of words.

use crate::light::flattened;
use crate::lines::lines;
use crate::plane::Plane;
use crate::words::{InkBox, WORD_GAP, letter_height, words};
use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;

/// Letters are brought to at most this height of an x, in pixels: about 216 dpi for 11 pt.
const LETTER: f32 = 14.0;
/// Blur, threshold and gap (both lengths in heights of an x) of each attempt to see words. Letters that a fax or a
/// small picture broke apart need a wider gap.
const ATTEMPTS: [(f32, f32, f32); 6] = [
    (0.0, 0.5, WORD_GAP),
    (0.08, 0.42, WORD_GAP),
    (0.1, 0.4, WIDE_GAP),
    (0.16, 0.36, WORD_GAP),
    (0.05, 0.3, WORD_GAP),
    (0.24, 0.3, WORD_GAP),
];
const WIDE_GAP: f32 = 0.42;
/// Columns in which it is asked whether lines run across, and the slopes that these may have there.
const COLUMNS: usize = 14;
const SLOPES: [f32; 9] = [-0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2];
/// Angles beyond this are set right, in radians.
const LEVEL: f32 = 0.008;

/// A picture as the reader sees it.
#[derive(Clone, Debug)]
pub struct View {
    plane: Plane,
    letter: f32,
}

impl View {
    /// How many ways there are to look for words.
    pub(crate) const ATTEMPTS: usize = ATTEMPTS.len();

    /// The picture with its lines of text across; `None` if nothing in it looks like text. It may stand on
    /// its head.
    #[must_use]
    pub fn of(picture: &GrayImage) -> Option<Self> {
        Self::of_level(level(flattened(&Plane::of(picture))))
    }

    /// The same of a plane that is even and level, with letters of the usual size.
    pub(crate) fn of_level(plane: Plane) -> Option<Self> {
        let scale = LETTER / letter_height(&plane)?;
        let plane = if scale < 1.0 { plane.scaled(scale) } else { plane };
        let letter = letter_height(&plane)?;
        Some(Self { plane, letter })
    }

    /// The same the other way up.
    #[must_use]
    pub fn upside_down(&self) -> Self {
        Self { plane: self.plane.turned(2), letter: self.letter }
    }

    /// The picture itself, level and evenly lit.
    #[must_use]
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The picture itself as JPEG, to be looked at; `None` for sides that JPEG does not have.
    #[must_use]
    pub fn jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        let (width, height) = (self.plane.width(), self.plane.height());
        let light = |ink: &f32| (255.0 * (1.0 - ink.clamp(0.0, 1.0)) + 0.5) as u8;
        let pixels = self.plane.samples().iter().map(light).collect();
        let picture = GrayImage::from_raw(width.try_into().ok()?, height.try_into().ok()?, pixels)?;
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        picture.write_with_encoder(encoder).ok().map(|()| bytes)
    }

    /// The height of an x, in pixels.
    #[must_use]
    pub fn letter(&self) -> f32 {
        self.letter
    }

    /// Its words, line by line.
    #[must_use]
    pub fn lines(&self) -> Vec<Vec<InkBox>> {
        lines(&self.words(0), self.letter)
    }

    fn words(&self, attempt: usize) -> Vec<InkBox> {
        let (blur, threshold, gap) = ATTEMPTS[attempt % ATTEMPTS.len()];
        let plane = self.plane.blurred(blur * self.letter);
        words(&plane, self.letter, threshold, gap)
    }

    /// Its words, line by line, as this attempt shows them: as it stands, and the other way up.
    pub(crate) fn attempt(&self, attempt: usize) -> [Seen<'_>; 2] {
        let boxes = self.words(attempt);
        let (width, height) = (self.plane.width() as f32, self.plane.height() as f32);
        let turned: Vec<InkBox> = boxes.iter().map(|word| word.turned(width, height)).collect();
        let seen =
            |boxes: &[InkBox], turned| Seen { of: self, turned, lines: lines(boxes, self.letter) };
        [seen(&boxes, false), seen(&turned, true)]
    }
}

/// The words of a view, line by line.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    of: &'a View,
    turned: bool,
    /// The words.
    pub(crate) lines: Vec<Vec<InkBox>>,
}

impl Seen<'_> {
    /// The height of an x, in pixels.
    pub(crate) fn letter(&self) -> f32 {
        self.of.letter
    }

    /// The longer side, in pixels.
    pub(crate) fn size(&self) -> usize {
        self.of.plane.width().max(self.of.plane.height())
    }

    /// The view with its words this way up.
    pub(crate) fn view(&self) -> View {
        if self.turned { self.of.upside_down() } else { self.of.clone() }
    }
}

/// The plane with its lines across and level.
pub(crate) fn level(plane: Plane) -> Plane {
    level_if(plane, |across, down| across >= down)
}

/// The plane level with those lines across that do not seem to be the lines: for pictures of which nothing
/// could be made the other way.
pub(crate) fn level_crosswise(plane: Plane) -> Plane {
    level_if(plane, |across, down| across < down)
}

/// The plane level: as it stands if so much striping across and down says that, else turned by a quarter.
fn level_if(plane: Plane, stands: impl Fn(f32, f32) -> bool) -> Plane {
    let little = small(&plane, 800);
    let turned = little.turned(1);
    let (plane, little) = match stands(striped(&little), striped(&turned)) {
        true => (plane, little),
        false => (plane.turned(1), turned),
    };
    let angle = slant(&little);
    if angle.abs() > LEVEL { plane.levelled(angle) } else { plane }
}

/// The plane made small, for questions about the whole.
fn small(plane: &Plane, side: usize) -> Plane {
    let largest = plane.width().max(plane.height());
    if largest > side { plane.scaled(side as f32 / largest as f32) } else { plane.clone() }
}

/// How much narrow columns alternate between dark and light rows, each at the slope where it does most: large if
/// lines of text run across, even if they slant or bend.
fn striped(plane: &Plane) -> f32 {
    let column = (plane.width() / COLUMNS).max(4);
    let alternates = |left: usize, right: usize, slope: f32| {
        let reach = (slope.abs() * (right - left) as f32) as usize + 1;
        let mut rows = vec![0.0_f32; plane.height() + 2 * reach];
        for y in 0..plane.height() {
            for (x, &s) in plane.row(y)[left..right].iter().enumerate() {
                let middle = x as f32 - (right - left) as f32 / 2.0;
                let row = (y + reach) as f32 - slope * middle + 0.5;
                if let Some(row) = rows.get_mut(row as usize) {
                    *row += s;
                }
            }
        }
        let change = |pair: &[f32]| (pair[1] - pair[0]) * (pair[1] - pair[0]);
        rows.windows(2).map(change).sum::<f32>() / (right - left) as f32
    };
    let most = |left: usize| {
        let right = (left + column).min(plane.width());
        SLOPES.map(|slope| alternates(left, right, slope)).into_iter().fold(0.0, f32::max)
    };
    (0..plane.width()).step_by(column).map(most).sum::<f32>() / plane.height() as f32
}

/// The angle of the lines, in radians: the one whose profile has the sharpest rows.
fn slant(plane: &Plane) -> f32 {
    let ink: Vec<(f32, f32, f32)> = (0..plane.height())
        .flat_map(|y| plane.row(y).iter().enumerate().map(move |(x, &s)| (x as f32, y as f32, s)))
        .filter(|p| p.2 > 0.35)
        .collect();
    let sharpness = |angle: f32| {
        let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
        let offset = plane.width() as f32;
        let mut rows = vec![0.0_f32; 2 * plane.width() + plane.height() + 2];
        for &(x, y, s) in &ink {
            let row = (y * cos - x * sin + offset) as usize;
            if let Some(row) = rows.get_mut(row) {
                *row += s;
            }
        }
        rows.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum::<f32>()
    };
    let best = |angles: &mut dyn Iterator<Item = f32>| {
        let scored = angles.map(|a| (sharpness(a), a));
        scored.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |b| b.1)
    };
    let coarse = best(&mut (-24..=24).map(|k| k as f32 * 0.5_f32.to_radians()));
    best(&mut (-4..=4).map(|k| coarse + k as f32 * 0.12_f32.to_radians()))
}
