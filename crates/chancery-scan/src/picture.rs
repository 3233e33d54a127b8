//! Pictures from outside: counted limits first, then decoding.
//!
//! A decoder of pictures is the largest piece of foreign code that a leak touches, so callers run
//! [`decode`] in a process of its own (`chancery` does, with limits on memory and time). [`to_bytes`] and
//! [`from_bytes`] carry the result between the two.

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder};
use image::{DynamicImage, GrayImage, ImageDecoder, Limits};
use std::io::Cursor;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult};

/// The most bytes of a picture file.
pub const MOST_BYTES: usize = 64 << 20;
/// The longest side of a picture, in pixels.
pub const LONGEST_SIDE: u32 = 20_000;
/// The shortest side on which anything can be read.
pub const SHORTEST_SIDE: u32 = 32;
/// The most pixels of a picture: A3 at 600 dpi.
pub const MOST_PIXELS: u64 = 70_000_000;
/// The most memory that a decoder may ask for, in bytes.
pub const MOST_MEMORY: u64 = 768 << 20;
/// The most pictures of one file.
pub const MOST_FRAMES: usize = 32;
/// The most pixels of all pictures of one file.
pub const MOST_PIXELS_IN_ALL: u64 = 280_000_000;

/// Why a picture is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Not a format that is read.
    #[error("this is neither PNG, JPEG nor TIFF; convert it to PNG")]
    Format,
    /// Beyond a limit.
    #[error(
        "the picture has {what} of {found}, and the limit is {most}; scale it down or split it"
    )]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: u64,
        /// How much there may be.
        most: u64,
    },
    /// Too small to read.
    #[error("a picture of {0} x {1} pixels shows no text; send the original")]
    TooSmall(u32, u32),
    /// The decoder gave up.
    #[error("the picture is damaged ({0}); send the original file")]
    Damaged(String),
}

/// Whether a file is one of the pictures that are read, by its first bytes.
#[must_use]
pub fn is_picture(bytes: &[u8]) -> bool {
    kind(bytes).is_some()
}

enum Kind {
    Png,
    Jpeg,
    Tiff,
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Kind::Tiff),
        _ => None,
    }
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    let mut text = error.to_string();
    text.retain(|c| !c.is_control());
    PictureError::Damaged(text.chars().take(200).collect())
}

fn at_most(what: &'static str, found: u64, most: u64) -> Result<(), PictureError> {
    if found > most { Err(PictureError::TooLarge { what, found, most }) } else { Ok(()) }
}

/// Refuses sides and areas beyond the limits.
fn check(width: u32, height: u32) -> Result<(), PictureError> {
    at_most("a side", u64::from(width.max(height)), u64::from(LONGEST_SIDE))?;
    at_most("an area", u64::from(width) * u64::from(height), MOST_PIXELS)?;
    if width.min(height) < SHORTEST_SIDE {
        return Err(PictureError::TooSmall(width, height));
    }
    Ok(())
}

/// The grey pictures in a PNG, JPEG or TIFF file; a TIFF may hold several.
///
/// # Errors
/// Refuses other formats, damaged files, and whatever exceeds the limits of this module; dimensions are
/// checked before anything is decoded.
pub fn decode(bytes: &[u8]) -> Result<Vec<GrayImage>, PictureError> {
    at_most("a size in bytes", bytes.len() as u64, MOST_BYTES as u64)?;
    match kind(bytes).ok_or(PictureError::Format)? {
        Kind::Png => {
            // The limits bound what the decoder takes for chunks beside the pixels, too.
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(damaged)?;
            Ok(vec![still(decoder)?])
        }
        Kind::Jpeg => Ok(vec![still(JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?)?]),
        Kind::Tiff => frames(bytes),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn still(mut decoder: impl ImageDecoder) -> Result<GrayImage, PictureError> {
    let (width, height) = decoder.dimensions();
    check(width, height)?;
    at_most("a size in memory", decoder.total_bytes(), MOST_MEMORY)?;
    decoder.set_limits(limits()).map_err(damaged)?;
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok(on_white(image))
}

/// Grey; what is transparent shows white paper.
fn on_white(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let both = image.into_luma_alpha8();
    let (width, height) = both.dimensions();
    let over = |p: &[u8]| match p {
        [light, alpha] => {
            let (light, alpha) = (u32::from(*light), u32::from(*alpha));
            ((light * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        }
        _ => 255,
    };
    let pixels = both.as_raw().chunks_exact(2).map(over).collect();
    GrayImage::from_raw(width, height, pixels).expect("one byte for each pixel")
}

fn frames(bytes: &[u8]) -> Result<Vec<GrayImage>, PictureError> {
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = MOST_MEMORY as usize / 3;
    bounds.intermediate_buffer_size = MOST_MEMORY as usize / 3;
    bounds.ifd_value_size = 1 << 20;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?.with_limits(bounds);
    let (mut out, mut pixels) = (Vec::new(), 0);
    loop {
        let (width, height) = decoder.dimensions().map_err(damaged)?;
        check(width, height)?;
        pixels += u64::from(width) * u64::from(height);
        at_most("an area of all its pages", pixels, MOST_PIXELS_IN_ALL)?;
        at_most("a number of pages", out.len() as u64 + 1, MOST_FRAMES as u64)?;
        let colour = decoder.colortype().map_err(damaged)?;
        let samples = match decoder.read_image().map_err(damaged)? {
            DecodingResult::U8(samples) => samples,
            DecodingResult::U16(samples) => samples.iter().map(|s| (s >> 8) as u8).collect(),
            _ => return Err(PictureError::Damaged("samples that are no grey or colour".into())),
        };
        out.push(grey(width, height, colour, &samples)?);
        if !decoder.more_images() {
            return Ok(out);
        }
        decoder.next_image().map_err(damaged)?;
    }
}

/// Samples of a TIFF as a grey picture.
fn grey(
    width: u32,
    height: u32,
    colour: ColorType,
    samples: &[u8],
) -> Result<GrayImage, PictureError> {
    let of = |step: usize, light: fn(&[u8]) -> u8| samples.chunks_exact(step).map(light).collect();
    let rgb = |p: &[u8]| {
        ((u32::from(p[0]) * 299 + u32::from(p[1]) * 587 + u32::from(p[2]) * 114 + 500) / 1000) as u8
    };
    let pixels: Vec<u8> = match colour {
        ColorType::Gray(8 | 16) => samples.to_vec(),
        ColorType::Gray(bits @ (1 | 2 | 4)) => unpacked(samples, width as usize, bits),
        ColorType::GrayA(8 | 16) => of(2, |p| p[0]),
        ColorType::RGB(8 | 16) => of(3, rgb),
        ColorType::RGBA(8 | 16) => of(4, rgb),
        _ => return Err(PictureError::Damaged(format!("colours of the kind {colour:?}"))),
    };
    GrayImage::from_raw(width, height, pixels)
        .ok_or_else(|| PictureError::Damaged("too few pixels".into()))
}

/// Rows of 1, 2 or 4 bits a pixel, each row beginning with a new byte.
fn unpacked(samples: &[u8], width: usize, bits: u8) -> Vec<u8> {
    let (each, most) = (usize::from(8 / bits), (1_u32 << bits) - 1);
    let row = |bytes: &[u8]| -> Vec<u8> {
        let pixel = |x: usize| {
            let shift = 8 - bits as usize * (x % each + 1);
            ((u32::from(bytes[x / each]) >> shift & most) * 255 / most) as u8
        };
        (0..width).map(pixel).collect()
    };
    samples.chunks_exact(width.div_ceil(each).max(1)).flat_map(row).collect()
}

/// First bytes of the form that travels between processes.
const MAGIC: &[u8; 8] = b"chgrey01";

/// Grey pictures as bytes: their number, then for each its sides and its pixels, little endian.
#[must_use]
pub fn to_bytes(pictures: &[GrayImage]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(pictures.len().min(MOST_FRAMES) as u8);
    for picture in pictures.iter().take(MOST_FRAMES) {
        bytes.extend(picture.width().to_le_bytes());
        bytes.extend(picture.height().to_le_bytes());
        bytes.extend_from_slice(picture.as_raw());
    }
    bytes
}

/// Reads what [`to_bytes`] wrote, believing nothing.
///
/// # Errors
/// Refuses anything else, and pictures beyond the limits.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<GrayImage>, PictureError> {
    let wrong = || PictureError::Damaged("the decoding process sent something else".into());
    let mut rest = bytes.strip_prefix(MAGIC).ok_or_else(wrong)?;
    let mut take = |n: usize| {
        let (head, tail) = rest.split_at_checked(n).ok_or_else(wrong)?;
        rest = tail;
        Ok::<_, PictureError>(head)
    };
    let count = usize::from(take(1)?[0]);
    at_most("a number of pages", count as u64, MOST_FRAMES as u64)?;
    let mut out = Vec::new();
    for _ in 0..count {
        let mut side =
            || take(4).map(|b| b.iter().rev().fold(0_u32, |n, &b| n << 8 | u32::from(b)));
        let (width, height) = (side()?, side()?);
        check(width, height)?;
        let pixels = take(width as usize * height as usize)?.to_vec();
        out.push(GrayImage::from_raw(width, height, pixels).ok_or_else(wrong)?);
    }
    if rest.is_empty() { Ok(out) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    fn png(picture: &GrayImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (width, height) = picture.dimensions();
        PngEncoder::new(&mut bytes)
            .write_image(picture.as_raw(), width, height, ExtendedColorType::L8)
            .unwrap();
        bytes
    }

    fn sample() -> GrayImage {
        GrayImage::from_fn(48, 40, |x, y| image::Luma([(x * 5 + y) as u8]))
    }

    #[test]
    fn a_picture_comes_through_and_every_cut_is_refused() {
        let bytes = png(&sample());
        assert_eq!(decode(&bytes), Ok(vec![sample()]));
        for cut in 0..bytes.len() - 12 {
            assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        let carried = to_bytes(&[sample(), sample()]);
        assert_eq!(from_bytes(&carried).unwrap().len(), 2);
        assert!(from_bytes(&carried[..carried.len() - 1]).is_err());
        assert!(from_bytes(&[&carried[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_small_file_that_claims_to_be_huge_is_refused_unread() {
        // The header of a PNG says 65,535 x 65,535; only its checksum is put right.
        let mut bytes = png(&sample());
        bytes[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        assert!(matches!(
            decode(&bytes),
            Err(PictureError::TooLarge { .. } | PictureError::Damaged(_))
        ));
        let tall = GrayImage::new(40, LONGEST_SIDE + 1);
        assert!(decode(&png(&tall)).is_err());
        assert_eq!(decode(&png(&GrayImage::new(40, 8))), Err(PictureError::TooSmall(40, 8)));
        assert_eq!(decode(b"GIF89a"), Err(PictureError::Format));
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8)
                .fold(crc ^ u32::from(byte), |c, _| c >> 1 ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
        })
    }

    #[test]
    fn pages_of_a_tiff_are_counted() {
        let file = |pages: usize| {
            let mut bytes = Cursor::new(Vec::new());
            let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
            for _ in 0..pages {
                encoder
                    .write_image::<tiff::encoder::colortype::Gray8>(48, 40, sample().as_raw())
                    .unwrap();
            }
            bytes.into_inner()
        };
        assert_eq!(decode(&file(3)), Ok(vec![sample(); 3]));
        assert!(matches!(decode(&file(MOST_FRAMES + 1)), Err(PictureError::TooLarge { .. })));
    }

    #[test]
    fn one_bit_a_pixel_is_black_and_white() {
        assert_eq!(unpacked(&[0b1010_0000, 0b0100_0000], 3, 1), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpacked(&[0x0f], 2, 4), [0, 255]);
    }
}
