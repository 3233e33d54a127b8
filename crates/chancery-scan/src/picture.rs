//! Pictures from outside: counted limits first, then decoding.
//!
//! A decoder of pictures is the largest piece of foreign code that a leak touches, so callers run
//! [`decode`] in a process of its own (`chancery` does, with limits on memory and time). [`to_bytes`] and
//! [`from_bytes`] carry the result between the two.

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder};
use image::{DynamicImage, GrayImage, ImageDecoder, Limits};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::{ColorType, TiffError, TiffUnsupportedError};

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
    /// Colours that are not read.
    #[error("the picture has {0}, which are not read; save it as a grey PNG")]
    Colours(String),
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

/// Samples that are there, but of no kind that is read.
fn unread(error: TiffError) -> PictureError {
    use TiffUnsupportedError as Kind;
    match error {
        TiffError::UnsupportedError(Kind::InterpretationWithBits(interpretation, _)) => {
            colours(&interpretation)
        }
        TiffError::UnsupportedError(Kind::UnsupportedColorType(colour)) => colours(&colour),
        other => damaged(other),
    }
}

fn colours(kind: &impl std::fmt::Debug) -> PictureError {
    PictureError::Colours(format!("colours of the kind {kind:?}").chars().take(200).collect())
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

/// The pictures of a TIFF. Those too small to be read, such as a thumbnail beside the page, are passed over
/// where there are others.
fn frames(bytes: &[u8]) -> Result<Vec<GrayImage>, PictureError> {
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = MOST_MEMORY as usize / 3;
    bounds.intermediate_buffer_size = MOST_MEMORY as usize / 3;
    bounds.ifd_value_size = 1 << 20;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?.with_limits(bounds);
    let (mut out, mut pixels, mut small) = (Vec::new(), 0, None);
    for number in 1.. {
        at_most("a number of pages", number, MOST_FRAMES as u64)?;
        let (width, height) = decoder.dimensions().map_err(damaged)?;
        pixels += u64::from(width) * u64::from(height);
        at_most("an area of all its pages", pixels, MOST_PIXELS_IN_ALL)?;
        match check(width, height) {
            Ok(()) => {
                let colour = decoder.colortype().map_err(unread)?;
                let samples = match decoder.read_image().map_err(unread)? {
                    DecodingResult::U8(samples) => samples,
                    DecodingResult::U16(all) => all.iter().map(|s| (s >> 8) as u8).collect(),
                    _ => return Err(PictureError::Colours("samples of more than 16 bits".into())),
                };
                out.push(grey(width, height, colour, &samples)?);
            }
            Err(refusal @ PictureError::TooSmall(..)) => small = small.or(Some(refusal)),
            Err(refusal) => return Err(refusal),
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(damaged)?;
    }
    match small {
        Some(refusal) if out.is_empty() => Err(refusal),
        _ => Ok(out),
    }
}

/// Samples of a TIFF as a grey picture. The decoder gives no palettes and no Lab.
fn grey(
    width: u32,
    height: u32,
    colour: ColorType,
    samples: &[u8],
) -> Result<GrayImage, PictureError> {
    let of = |step: usize, light: fn(&[u8]) -> u8| samples.chunks_exact(step).map(light).collect();
    let rgb = |p: &[u8]| luma([p[0], p[1], p[2]]);
    // Inks take light away, black from all of it.
    let inks = |p: &[u8]| {
        let light = u32::from(luma([255 - p[0], 255 - p[1], 255 - p[2]]));
        ((light * (255 - u32::from(p[3])) + 127) / 255) as u8
    };
    let pixels: Vec<u8> = match colour {
        ColorType::Gray(8 | 16) => samples.to_vec(),
        ColorType::Gray(bits @ (1 | 2 | 4)) => unpacked(samples, width as usize, bits),
        ColorType::GrayA(8 | 16) => of(2, |p| p[0]),
        // Grey with more beside it, or light with two differences of colour: the first says it.
        ColorType::Multiband { bit_depth: 8 | 16, num_samples } if num_samples > 0 => {
            of(num_samples.into(), |p| p[0])
        }
        ColorType::YCbCr(8 | 16) => of(3, |p| p[0]),
        ColorType::RGB(8 | 16) => of(3, rgb),
        ColorType::RGBA(8 | 16) => of(4, rgb),
        ColorType::CMYK(8 | 16) => of(4, inks),
        ColorType::CMYKA(8 | 16) => of(5, inks),
        other => return Err(colours(&other)),
    };
    GrayImage::from_raw(width, height, pixels)
        .ok_or_else(|| PictureError::Damaged("too few pixels".into()))
}

fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114 + 500) / 1000) as u8
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

    /// A frame of a TIFF: sides, compression, photometric interpretation, samples a pixel, bytes.
    type Frame<'a> = (u32, u32, u32, u32, u32, &'a [u8]);

    /// A TIFF by hand, little endian, each frame one strip of 8 bits a sample.
    fn tiff(frames: &[Frame<'_>]) -> Vec<u8> {
        let mut out = b"II\x2a\0".to_vec();
        let mut link = out.len();
        out.extend([0; 4]);
        for &(width, height, compression, photometric, samples, bytes) in frames {
            let bits = out.len();
            (0..samples).for_each(|_| out.extend(8_u16.to_le_bytes()));
            // A palette of 256 greys, upside down.
            let palette = out.len();
            for _ in 0..3 {
                (0..256_u16).for_each(|k| out.extend((65_535 - 257 * k).to_le_bytes()));
            }
            let strip = out.len();
            out.extend(bytes);
            out.resize(out.len().next_multiple_of(2), 0);
            let here = out.len() as u32;
            out[link..link + 4].copy_from_slice(&here.to_le_bytes());
            let (bits, kind) = if samples > 2 { (bits as u32, 3) } else { (0x0008_0008, 3) };
            let mut entries = vec![
                (256, 4, 1, width),
                (257, 4, 1, height),
                (258, kind, samples, if samples == 1 { 8 } else { bits }),
                (259, 3, 1, compression),
                (262, 3, 1, photometric),
                (273, 4, 1, strip as u32),
                (277, 3, 1, samples),
                (278, 4, 1, height),
                (279, 4, 1, bytes.len() as u32),
            ];
            if photometric == 3 {
                entries.push((320, 3, 768, palette as u32));
            }
            if photometric == 6 && compression == 1 {
                entries.push((530, 3, 2, 0x0001_0001));
            }
            out.extend((entries.len() as u16).to_le_bytes());
            for (tag, kind, count, value) in entries {
                out.extend((tag as u16).to_le_bytes());
                out.extend((kind as u16).to_le_bytes());
                out.extend(u32::to_le_bytes(count));
                out.extend(u32::to_le_bytes(value));
            }
            link = out.len();
            out.extend([0; 4]);
        }
        out
    }

    /// The sample with these samples a pixel.
    fn spread<const N: usize>(pixel: impl Fn(u8) -> [u8; N]) -> Vec<u8> {
        sample().as_raw().iter().flat_map(|&light| pixel(light)).collect()
    }

    #[test]
    fn colours_of_a_tiff_become_grey() {
        let read = |photometric: u32, samples: u32, bytes: &[u8]| {
            decode(&tiff(&[(48, 40, 1, photometric, samples, bytes)]))
        };
        let whole = Ok(vec![sample()]);
        assert_eq!(read(1, 1, sample().as_raw()), whole);
        assert_eq!(read(1, 2, &spread(|light| [light, 9])), whole);
        assert_eq!(read(2, 3, &spread(|light| [light; 3])), whole);
        assert_eq!(read(6, 3, &spread(|light| [light, 90, 200])), whole);
        assert_eq!(read(5, 4, &spread(|light| [0, 0, 0, 255 - light])), whole);
        assert_eq!(read(5, 4, &spread(|light| [255 - light, 255 - light, 255 - light, 0])), whole);
        // What the decoder does not give is refused for its colours and not as damaged.
        for (photometric, samples) in [(3, 1), (8, 3), (9, 3)] {
            let bytes = vec![7; 48 * 40 * samples as usize];
            let refusal = read(photometric, samples, &bytes).unwrap_err();
            assert!(matches!(refusal, PictureError::Colours(_)), "{photometric}: {refusal}");
        }
    }

    #[test]
    fn a_tiff_of_jpeg_becomes_grey() {
        let colour =
            image::RgbImage::from_fn(48, 40, |x, y| image::Rgb([x as u8, 200, 3 * y as u8]));
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)
            .encode_image(&colour)
            .unwrap();
        let read = decode(&tiff(&[(48, 40, 7, 6, 3, &bytes)])).unwrap();
        let off = |(a, b): (&u8, &image::Rgb<u8>)| u32::from(a.abs_diff(luma(b.0)));
        let off: u32 = read[0].as_raw().iter().zip(colour.pixels()).map(off).sum();
        assert!(off < 48 * 40 * 4, "{off}");
    }

    #[test]
    fn a_thumbnail_beside_the_pages_is_passed_over() {
        let (page, little) = (sample(), [9; 31 * 20]);
        let page = (48, 40, 1, 1, 1, &page.as_raw()[..]);
        let thumbnail = (31, 20, 1, 1, 1, &little[..]);
        assert_eq!(decode(&tiff(&[page, thumbnail, page])), Ok(vec![sample(); 2]));
        assert_eq!(decode(&tiff(&[thumbnail, page])), Ok(vec![sample()]));
        assert_eq!(decode(&tiff(&[thumbnail; 2])), Err(PictureError::TooSmall(31, 20)));
        // They count nevertheless.
        let many = vec![thumbnail; MOST_FRAMES + 1];
        assert!(matches!(decode(&tiff(&many)), Err(PictureError::TooLarge { .. })));
    }

    #[test]
    fn one_bit_a_pixel_is_black_and_white() {
        assert_eq!(unpacked(&[0b1010_0000, 0b0100_0000], 3, 1), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpacked(&[0x0f], 2, 4), [0, 255]);
    }
}
