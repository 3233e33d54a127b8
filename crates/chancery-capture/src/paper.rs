//! Paper: print, scan, photocopy, fax.

use crate::chance::Chance;
use crate::codec::jpeg;
use crate::page::Page;
use crate::plane::{Drift, Plane};
use image::GrayImage;

/// How a scanner sees.
#[derive(Clone, Copy, Debug)]
pub struct Scanner {
    /// Resolution across.
    pub dpi_x: f32,
    /// Resolution down.
    pub dpi_y: f32,
    /// Root mean square of the smooth warp of the transport, in points.
    pub warp: f32,
    /// Deviation of each row's own shift, in points.
    pub row_jitter: f32,
    /// Blur of the optics, in pixels of the scan.
    pub optics: f32,
    /// Deviation of the noise, of 255.
    pub noise: f32,
}

impl Scanner {
    /// A flatbed at this resolution.
    #[must_use]
    pub const fn flatbed(dpi: f32) -> Self {
        Self { dpi_x: dpi, dpi_y: dpi, warp: 0.4, row_jitter: 0.06, optics: 0.35, noise: 4.0 }
    }

    /// The scanner inside a copier.
    #[must_use]
    pub const fn copier() -> Self {
        Self { dpi_x: 400.0, dpi_y: 400.0, warp: 1.0, row_jitter: 0.08, optics: 1.0, noise: 8.0 }
    }
}

/// The page as printed: one bit, edges moved outward by half a pixel and ragged.
#[must_use]
pub fn print(page: &Page, chance: &mut Chance) -> Page {
    let mut plane = Plane::of(&page.image).blurred(0.8, 0.8);
    plane.add_noise(22.0, chance);
    // A threshold above the middle moves edges outward.
    plane.threshold(165.0);
    Page { image: plane.image(), dpi: page.dpi }
}

/// The printed page as scanned: turned a little, warped, its rows shifted, with noise.
#[must_use]
pub fn scan(paper: &Page, scanner: &Scanner, chance: &mut Chance) -> GrayImage {
    seen(paper, scanner, chance).image()
}

fn seen(paper: &Page, scanner: &Scanner, chance: &mut Chance) -> Plane {
    let (scale_x, scale_y) = (scanner.dpi_x / paper.dpi, scanner.dpi_y / paper.dpi);
    let soft = |scale: f32| scanner.optics / scale + if scale < 1.0 { 0.3 / scale } else { 0.0 };
    let source = Plane::of(&paper.image).blurred(soft(scale_x), soft(scale_y));
    let angle = chance.between(-1.0, 1.0).to_radians();
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let points = paper.pixels_per_point();
    let drift = Drift::new(scanner.warp * points, chance);
    let (width, height) = (source.width as f32, source.height as f32);
    let rows: Vec<f32> = (0..(height * scale_y) as usize + 1)
        .map(|_| scanner.row_jitter * points * chance.normal())
        .collect();
    let mut out = source.seen((width * scale_x) as usize, (height * scale_y) as usize, |x, y| {
        let (px, py) = ((x + 0.5) / scale_x - 0.5, (y + 0.5) / scale_y - 0.5);
        let (rx, ry) = (px - width / 2.0, py - height / 2.0);
        let (dx, dy) = drift.at(px / width, py / height);
        let row = rows.get(y as usize).copied().unwrap_or(0.0);
        (width / 2.0 + rx * cos - ry * sin + dx + row, height / 2.0 + rx * sin + ry * cos + dy)
    });
    out.add_noise(scanner.noise, chance);
    out
}

/// A copy of a copy: print, scan, threshold, print; and again.
#[must_use]
pub fn photocopy(page: &Page, generations: u32, chance: &mut Chance) -> Page {
    let mut paper = print(page, chance);
    for _ in 1..generations {
        let mut plane = seen(&paper, &Scanner::copier(), chance);
        plane.threshold(chance.between(110.0, 150.0));
        paper = print(&Page { image: plane.image(), dpi: 400.0 }, chance);
    }
    paper
}

/// A fax in fine mode: 204 x 196 dpi, one bit, with specks.
#[must_use]
pub fn fax(page: &Page, chance: &mut Chance) -> GrayImage {
    let scanner = Scanner { dpi_x: 204.0, dpi_y: 196.0, ..Scanner::flatbed(204.0) };
    let mut plane = seen(&print(page, chance), &scanner, chance);
    plane.threshold(140.0);
    for sample in &mut plane.samples {
        if chance.happens(0.008) {
            *sample = 255.0 - *sample;
        }
    }
    plane.image()
}

/// A scan through JPEG.
#[must_use]
pub(crate) fn scan_jpeg(page: &Page, dpi: f32, quality: u8, chance: &mut Chance) -> GrayImage {
    jpeg(&scan(&print(page, chance), &Scanner::flatbed(dpi), chance), quality)
}
