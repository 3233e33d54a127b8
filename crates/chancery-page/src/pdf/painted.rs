//! Pages that are pictures, painted in grey: the pictures on them and nothing else.
//!
//! A page scanned in strips, or in layers with masks, comes together again; a single picture that fills its
//! page comes out pixel by pixel as it was scanned, up to the finest raster. Arithmetic is plain, so that
//! the same file gives the same pixels on every machine.

use hayro_interpret::font::Glyph;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    BlendMode, ClipPath, Device, GlyphDrawMode, Image, ImageData, InterpreterCache, LumaData,
    Paint, PathDrawMode, SoftMask,
};
use hayro_syntax::page::Page;
use kurbo::{Affine, BezPath, Point, Rect};

use super::{MAX_PICTURE, PdfError, interpreted, sides};
use crate::pages::Grey;

/// Most samples along one side of a pixel.
const MOST_SAMPLES: f64 = 8.0;
/// A pixel that covers no more than this is read at its middle.
const ONE: f64 = 1.05;
/// A corner this near to one of a pixel lies on it.
const GRID: f64 = 0.02;

/// Paints the pictures of a page on white.
pub(super) fn paint<'a>(
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    (width, height): (usize, usize),
) -> Result<Grey, PdfError> {
    let (wide, high) = sides(page);
    let scale = Affine::scale_non_uniform(width as f64 / wide, height as f64 / high);
    let grey = Grey { width, height, pixels: vec![u8::MAX; width.saturating_mul(height)] };
    let mut painter = Painter { grey, beyond: None };
    let bounds = Rect::new(0.0, 0.0, width as f64, height as f64);
    let transform = scale * page.initial_transform(true).to_kurbo();
    interpreted(page, cache, transform, bounds, &mut painter);
    match painter.beyond {
        Some(found) => Err(PdfError::TooLarge {
            what: "pixels in one picture",
            found: usize::try_from(found).unwrap_or(usize::MAX),
            most: MAX_PICTURE as usize,
        }),
        None => Ok(painter.grey),
    }
}

struct Painter {
    grey: Grey,
    /// Pixels of a picture that is too large to be decoded.
    beyond: Option<u64>,
}

/// What lies on the unit square of a picture.
enum Ink {
    /// One tone.
    Even(u8),
    Plate(Plate),
}

/// Grey samples, rows from the top.
struct Plate {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

impl Plate {
    fn new(width: u32, height: u32, mut samples: Vec<u8>) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        let count =
            width.checked_mul(height).filter(|count| (1..=samples.len()).contains(count))?;
        samples.truncate(count);
        Some(Self { width, height, samples })
    }

    fn of(image: ImageData) -> Option<Self> {
        match image {
            ImageData::Luma(grey) => Self::new(grey.width, grey.height, grey.data),
            ImageData::Rgb(colour) => {
                let tones = colour.data.chunks_exact(3).map(tone).collect();
                Self::new(colour.width, colour.height, tones)
            }
        }
    }

    /// The tone at a point of the unit square, between the middles of its four nearest samples.
    fn at(&self, place: Point) -> f64 {
        let along = |part: f64, count: usize| {
            let at = (part * count as f64 - 0.5).clamp(0.0, (count - 1) as f64);
            let first = at as usize;
            (first, (first + 1).min(count - 1), at - first as f64)
        };
        let ((left, right, x), (top, bottom, y)) =
            (along(place.x, self.width), along(place.y, self.height));
        let sample = |x: usize, y: usize| f64::from(self.samples[y * self.width + x]);
        let row = |y: usize| sample(left, y) * (1.0 - x) + sample(right, y) * x;
        row(top) * (1.0 - y) + row(bottom) * y
    }
}

/// Grey of a colour.
fn tone(colour: &[u8]) -> u8 {
    match colour {
        [r, g, b, ..] => {
            ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114 + 500) / 1000) as u8
        }
        _ => 0,
    }
}

impl Painter {
    /// Copies a plate whose samples are the page's pixels; says whether they are.
    fn copied(&mut self, plate: &Plate, square: Affine) -> bool {
        let corner = |x: f64, y: f64| square * Point::new(x, y);
        let (first, right, last) = (corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0));
        let (left, top) = (first.x.round(), first.y.round());
        let on = |place: Point, x: usize, y: usize| {
            let (x, y) = (left + x as f64, top + y as f64);
            (place.x - x).abs() < GRID && (place.y - y).abs() < GRID
        };
        let (wide, high) = (plate.width, plate.height);
        let aligned = on(first, 0, 0) && on(right, wide, 0) && on(last, wide, high);
        if !aligned || left < 0.0 || top < 0.0 {
            return false;
        }
        let (left, top) = (left as usize, top as usize);
        if left.saturating_add(wide) > self.grey.width
            || top.saturating_add(high) > self.grey.height
        {
            return false;
        }
        let rows = self.grey.pixels.chunks_exact_mut(self.grey.width).skip(top);
        for (row, samples) in rows.zip(plate.samples.chunks_exact(wide)) {
            row[left..left + wide].copy_from_slice(samples);
        }
        true
    }

    /// Lays ink on the page through a mask. `square` brings the unit square to its pixels.
    fn lay(&mut self, ink: &Ink, mask: Option<&Plate>, square: Affine) {
        if square.determinant().abs() < 1e-6 || !square.is_finite() {
            return;
        }
        let (width, height) = (self.grey.width, self.grey.height);
        let page = Rect::new(0.0, 0.0, width as f64, height as f64);
        let shown = square.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)).intersect(page);
        if shown.width() <= 0.0 || shown.height() <= 0.0 {
            return;
        }
        if let (Ink::Plate(plate), None) = (ink, mask)
            && self.copied(plate, square)
        {
            return;
        }
        let back = square.inverse();
        let [xx, xy, yx, yy, ..] = back.as_coeffs();
        // How many samples of the ink or mask a pixel of the page covers, along either side.
        let plates = [if let Ink::Plate(plate) = ink { Some(plate) } else { None }, mask];
        let covers = plates.iter().flatten().map(|plate| {
            let (w, h) = (plate.width as f64, plate.height as f64);
            (xx.abs() * w + xy.abs() * h).max(yx.abs() * w + yy.abs() * h)
        });
        let covers = covers.fold(1.0, f64::max);
        let samples = if covers <= ONE { 1.0 } else { covers.ceil().min(MOST_SAMPLES) };
        let offsets: Vec<f64> =
            (0..samples as usize).map(|at| (at as f64 + 0.5) / samples).collect();
        let share = 1.0 / (samples * samples);
        let unit = |v: f64| (0.0..1.0).contains(&v);
        for y in shown.y0 as usize..(shown.y1.ceil() as usize).min(height) {
            let row = y * width;
            for x in shown.x0 as usize..(shown.x1.ceil() as usize).min(width) {
                let (mut dark, mut light) = (0.0, 0.0);
                for dy in &offsets {
                    for dx in &offsets {
                        let place = back * Point::new(x as f64 + dx, y as f64 + dy);
                        if !unit(place.x) || !unit(place.y) {
                            continue;
                        }
                        let through = mask.map_or(1.0, |mask| mask.at(place) / 255.0);
                        dark += through;
                        light += through
                            * match ink {
                                Ink::Even(tone) => f64::from(*tone),
                                Ink::Plate(plate) => plate.at(place),
                            };
                    }
                }
                let under = &mut self.grey.pixels[row + x];
                let rest = f64::from(*under) * (1.0 - dark * share);
                *under = (light * share + rest + 0.5) as u8;
            }
        }
    }
}

/// From the unit square to the page, for data that may have other sides than its picture says.
fn square(transform: Affine, width: u32, height: u32, factors: (f32, f32)) -> Affine {
    let side = |count: u32, factor: f32| f64::from(count) * f64::from(factor);
    transform * Affine::scale_non_uniform(side(width, factors.0), side(height, factors.1))
}

impl<'a> Device<'a> for Painter {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(
        &mut self,
        _: &Glyph<'a>,
        _: Affine,
        _: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let pixels = u64::from(image.width()) * u64::from(image.height());
        if pixels > MAX_PICTURE {
            self.beyond = Some(pixels);
        }
        if self.beyond.is_some() {
            return;
        }
        let plate = |grey: LumaData| Plate::new(grey.width, grey.height, grey.data);
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |image, alpha| {
                    let whole =
                        square(transform, image.width(), image.height(), image.scale_factors());
                    // A mask that cannot be read hides nothing.
                    let mask = alpha.and_then(plate);
                    if let Some(ink) = Plate::of(image) {
                        self.lay(&Ink::Plate(ink), mask.as_ref(), whole);
                    }
                },
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let whole = square(transform, mask.width, mask.height, mask.scale_factors);
                    let ink = match paint {
                        Paint::Color(colour) => tone(&colour.to_rgba().to_rgba8()),
                        Paint::Pattern(_) => 0,
                    };
                    if let Some(mask) = plate(mask) {
                        self.lay(&Ink::Even(ink), Some(&mask), whole);
                    }
                },
                None,
            ),
        }
    }
}
