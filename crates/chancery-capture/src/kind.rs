//! The captures by name, with the parameters of the table in the crate's documentation.

use crate::chance::Chance;
use crate::codec::jpeg;
use crate::page::Page;
use crate::paper::{Scanner, fax, photocopy, print, scan, scan_jpeg};
use crate::photo::{Camera, photograph};
use crate::plane::Plane;
use crate::screen::{Screen, photograph_screen, screenshot};
use image::GrayImage;

/// A capture of a whole page, or of whatever part of it was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the table in the crate's documentation describes each by its name")]
pub enum Kind {
    Raster150,
    Raster100,
    Raster72,
    Raster150Jpeg30,
    Raster72Jpeg30,
    Screenshot,
    Scan300,
    Scan150Jpeg30,
    Fax,
    Photo12Mp,
    PhotoTilt20,
    PhotoCurl12,
    PhotoMotion,
    PhotoDefocus4,
    Messenger,
    ScreenPhoto,
    Photocopy2,
}

impl Kind {
    /// Every capture, in the order of the table.
    pub const ALL: [Self; 17] = [
        Self::Raster150,
        Self::Raster100,
        Self::Raster72,
        Self::Raster150Jpeg30,
        Self::Raster72Jpeg30,
        Self::Screenshot,
        Self::Scan300,
        Self::Scan150Jpeg30,
        Self::Fax,
        Self::Photo12Mp,
        Self::PhotoTilt20,
        Self::PhotoCurl12,
        Self::PhotoMotion,
        Self::PhotoDefocus4,
        Self::Messenger,
        Self::ScreenPhoto,
        Self::Photocopy2,
    ];

    /// The capture's name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raster150 => "raster-150",
            Self::Raster100 => "raster-100",
            Self::Raster72 => "raster-72",
            Self::Raster150Jpeg30 => "raster-150-jpeg-30",
            Self::Raster72Jpeg30 => "raster-72-jpeg-30",
            Self::Screenshot => "screenshot",
            Self::Scan300 => "scan-300",
            Self::Scan150Jpeg30 => "scan-150-jpeg-30",
            Self::Fax => "fax",
            Self::Photo12Mp => "photo-12mp",
            Self::PhotoTilt20 => "photo-tilt-20",
            Self::PhotoCurl12 => "photo-curl-12",
            Self::PhotoMotion => "photo-motion",
            Self::PhotoDefocus4 => "photo-defocus-4",
            Self::Messenger => "messenger",
            Self::ScreenPhoto => "screen-photo",
            Self::Photocopy2 => "photocopy-2",
        }
    }

    /// Takes the capture.
    #[must_use]
    pub fn take(self, page: &Page, chance: &mut Chance) -> GrayImage {
        let raster =
            |dpi: f32| Plane::of(&page.image).scaled(dpi / page.dpi, dpi / page.dpi).image();
        let telephone = Camera::telephone();
        let photo = |camera: Camera, chance: &mut Chance| {
            jpeg(&photograph(&print(page, chance), &camera, chance), 90)
        };
        match self {
            Self::Raster150 => raster(150.0),
            Self::Raster100 => raster(100.0),
            Self::Raster72 => raster(72.0),
            Self::Raster150Jpeg30 => jpeg(&raster(150.0), 30),
            Self::Raster72Jpeg30 => jpeg(&raster(72.0), 30),
            Self::Screenshot => screenshot(page, chance),
            Self::Scan300 => scan_jpeg(page, 300.0, 85, chance),
            Self::Scan150Jpeg30 => scan_jpeg(page, 150.0, 30, chance),
            Self::Fax => fax(page, chance),
            Self::Photo12Mp => photo(telephone, chance),
            Self::PhotoTilt20 => photo(Camera { tilt: 20.0, ..telephone }, chance),
            Self::PhotoCurl12 => photo(Camera { curl: 12.0, ..telephone }, chance),
            Self::PhotoMotion => photo(Camera { motion: 11.0, ..telephone }, chance),
            Self::PhotoDefocus4 => photo(Camera { defocus: 4.0, dpi: 250.0, ..telephone }, chance),
            Self::Messenger => {
                let scale = 134.0 / telephone.dpi;
                jpeg(&Plane::of(&photo(telephone, chance)).scaled(scale, scale).image(), 60)
            }
            Self::ScreenPhoto => photograph_screen(page, &Screen::monitor(), chance),
            Self::Photocopy2 => {
                let copy = photocopy(page, 2, chance);
                scan(&copy, &Scanner::flatbed(300.0), chance)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Stripes of a word's width, so that something is on the page.
    fn page() -> Page {
        let striped = |x: u32, y: u32| {
            Luma([if (x / 40).is_multiple_of(2) && (y / 30).is_multiple_of(3) { 0 } else { 255 }])
        };
        Page { image: GrayImage::from_fn(260, 370, striped), dpi: 100.0 }
    }

    #[test]
    fn the_same_seed_gives_the_same_picture_and_another_seed_another() {
        for kind in [Kind::Scan300, Kind::Fax, Kind::Messenger, Kind::ScreenPhoto] {
            let take = |seed| kind.take(&page(), &mut Chance::new(seed));
            assert_eq!(take(1), take(1), "{}", kind.name());
            assert_ne!(take(1), take(2), "{}", kind.name());
        }
    }

    #[test]
    fn names_are_distinct() {
        let mut names = Kind::ALL.map(Kind::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
