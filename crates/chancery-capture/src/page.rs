//! The page before it is captured, and what a leaker does to it first.

use crate::chance::Chance;
use image::{GrayImage, Luma};

/// A page as a grey raster: 0 is ink, 255 is paper. 400 dpi is enough for every capture.
#[derive(Clone, Debug)]
pub struct Page {
    /// The pixels.
    pub image: GrayImage,
    /// Pixels in an inch.
    pub dpi: f32,
}

/// Where a word stands on a page, in points from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WordBox {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

impl Page {
    /// Pixels in a point.
    #[must_use]
    pub fn pixels_per_point(&self) -> f32 {
        self.dpi / 72.0
    }

    fn pixels(&self, word: &WordBox) -> [u32; 4] {
        let scale = self.pixels_per_point();
        let to = |points: f32, limit: u32| (points * scale + 0.5).clamp(0.0, limit as f32) as u32;
        let (width, height) = self.image.dimensions();
        [to(word.left, width), to(word.top, height), to(word.right, width), to(word.bottom, height)]
    }

    /// A horizontal strip: from `top` points on, `height` points high.
    #[must_use]
    pub fn strip(&self, top: f32, height: f32) -> Self {
        let right = self.image.width() as f32 / self.pixels_per_point();
        self.cut(&WordBox { left: 0.0, top, right, bottom: top + height })
    }

    /// A part of the page.
    #[must_use]
    pub fn cut(&self, part: &WordBox) -> Self {
        let [left, top, right, bottom] = self.pixels(part);
        let (width, height) =
            (right.saturating_sub(left).max(1), bottom.saturating_sub(top).max(1));
        let image = image::imageops::crop_imm(&self.image, left, top, width, height).to_image();
        Self { image, dpi: self.dpi }
    }

    /// The page with this share of its words blackened.
    #[must_use]
    pub fn redact(&self, words: &[WordBox], share: f32, chance: &mut Chance) -> Self {
        let mut image = self.image.clone();
        for word in words {
            if chance.happens(share) {
                let [left, top, right, bottom] = self.pixels(word);
                for y in top..bottom {
                    (left..right).for_each(|x| image.put_pixel(x, y, Luma([0])));
                }
            }
        }
        Self { image, dpi: self.dpi }
    }

    /// The page with every word moved to the left or right by up to `points`, as a hostile reader
    /// would do it.
    #[must_use]
    pub fn rejitter(&self, words: &[WordBox], points: f32, chance: &mut Chance) -> Self {
        let mut image = self.image.clone();
        let reach = points * self.pixels_per_point();
        let boxes: Vec<[u32; 4]> = words.iter().map(|word| self.pixels(word)).collect();
        for &[left, top, right, bottom] in &boxes {
            for y in top..bottom {
                (left..right).for_each(|x| image.put_pixel(x, y, Luma([255])));
            }
        }
        for &[left, top, right, bottom] in &boxes {
            let shift = libm::roundf(chance.between(-reach, reach)) as i64;
            for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
                let to = i64::from(x) + shift;
                if to >= 0 && to < i64::from(image.width()) {
                    let ink =
                        self.image.get_pixel(x, y).0[0].min(image.get_pixel(to as u32, y).0[0]);
                    image.put_pixel(to as u32, y, Luma([ink]));
                }
            }
        }
        Self { image, dpi: self.dpi }
    }
}
