//! A page that is a picture, in any encoding that a PDF has: whatever the bytes are, it is painted within the
//! limits or passed over.
#![no_main]

use chancery_page::{MAX_PAGE_PIXELS, read_foreign};
use libfuzzer_sys::fuzz_target;

const FILTERS: [&str; 7] = [
    "",
    "/Filter/DCTDecode",
    "/Filter/FlateDecode",
    "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 64/Rows 64>>",
    "/Filter/JBIG2Decode",
    "/Filter/JPXDecode",
    "/Filter/RunLengthDecode",
];

fuzz_target!(|bytes: &[u8]| {
    let [filter, bits, rest @ ..] = bytes else { return };
    let filter = FILTERS[usize::from(*filter) % FILTERS.len()];
    let kind = match bits % 4 {
        0 => "/ImageMask true/BitsPerComponent 1",
        1 => "/ColorSpace/DeviceGray/BitsPerComponent 1",
        2 => "/ColorSpace/DeviceGray/BitsPerComponent 8",
        _ => "/ColorSpace/DeviceRGB/BitsPerComponent 8",
    };
    let mut file = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>endobj\n\
        4 0 obj<</Length 22>>stream\n64 0 0 64 0 0 cm /P Do\nendstream endobj\n"
        .to_vec();
    let length = rest.len();
    file.extend(
        format!("5 0 obj<</Type/XObject/Subtype/Image/Width 64/Height 64{kind}{filter}/Length {length}>>stream\n")
            .bytes(),
    );
    file.extend_from_slice(rest);
    file.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n");
    if let Ok(found) = read_foreign(&file) {
        assert!(found.pictures.iter().all(|picture| picture.grey.pixels.len() <= MAX_PAGE_PIXELS));
    }
});
