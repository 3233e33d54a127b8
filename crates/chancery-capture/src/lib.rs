//! Simulated captures of a page: what a printer, a scanner, a copier, a fax, a camera or a screen
//! makes of it.
//!
//! **Everything here is simulated.** No device stands behind a number; the parameters are guesses
//! that real captures are to replace (`docs/captures.md` says how to add them). Use the crate to test
//! a reader of pictures, or to see what a template of your own survives.
//!
//! A [`Page`] is a grey raster at high resolution. A [`Kind`] names a capture, [`Kind::take`] makes it;
//! chance comes from a [`Chance`] that the caller seeds, so the same seed gives the same picture.
//!
//! | kind | what is simulated |
//! |---|---|
//! | print (before all on paper) | one bit at 400 dpi, edges moved by 0.5 px of dot gain, ragged by noise |
//! | `raster-150`, `-100`, `-72` | area-averaged rendering at that resolution |
//! | `raster-150-jpeg-30`, `raster-72-jpeg-30` | the same through JPEG at quality 30 |
//! | `screenshot` | 88 to 128 dpi at an unknown zoom, 42 % of the page, JPEG 75 |
//! | `scan-300`, `scan-150-jpeg-30` | print; turned by at most 1 degree; smooth warp of 0.4 pt; each row shifted by 0.06 pt; optics 0.35 px; noise 4; JPEG 85 or 30 |
//! | `photocopy-2` | print, scan with warp 1.0 pt and rows 0.08 pt, blurred, thresholded, printed and scanned again |
//! | `fax` | print, scan at 204 x 196 dpi, one bit, 0.8 % of the pixels flipped |
//! | `photo-12mp` | pinhole camera, tilt 8 degrees about any axis, lens 2 %, curl 2 pt, defocus 1 px at 280 dpi, shadow edge, light falling to 55 %, noise 5, JPEG 90 |
//! | `photo-tilt-20` | the same with a tilt of 20 degrees |
//! | `photo-curl-12` | the same with a curl of 12 pt |
//! | `photo-motion` | the same with 11 px of motion in one direction |
//! | `photo-defocus-4` | the same with a defocus disc of 4 px at 250 dpi |
//! | `messenger` | photo, JPEG 90, reduced to 134 dpi, JPEG 60 |
//! | `screen-photo` | an LCD of 110 dpi with colour stripes and a dark matrix, photographed through a Bayer sensor at 2.37 px per LCD pixel, turned by 3 degrees and tilted, 57 % of the page |
//!
//! [`Page::strip`] crops a page before the capture, [`Page::redact`] blackens words, and
//! [`Page::rejitter`] is the hostile reader who moves every word by chance.

mod chance;
mod codec;
mod kind;
mod page;
mod paper;
mod photo;
mod plane;
mod screen;

pub use chance::Chance;
pub use codec::jpeg;
pub use kind::Kind;
pub use page::{Page, WordBox};
pub use paper::{Scanner, fax, photocopy, print, scan};
pub use photo::{Camera, photograph};
pub use screen::{Screen, photograph_screen, screenshot};
