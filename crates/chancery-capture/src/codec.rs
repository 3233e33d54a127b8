//! Through JPEG and back.

use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;

/// The picture after JPEG at this quality (1 to 100).
///
/// # Panics
/// Never for a picture that fits in memory with sides of at most 65,535 pixels.
#[must_use]
pub fn jpeg(picture: &GrayImage, quality: u8) -> GrayImage {
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
        .expect("writing JPEG to memory does not fail");
    image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg)
        .expect("what was just written can be read")
        .into_luma8()
}
