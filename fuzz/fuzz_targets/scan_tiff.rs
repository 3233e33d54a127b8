//! Pictures in TIFF: whatever follows the first bytes, decoding ends within the limits.
#![no_main]

use chancery_scan::picture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = [&[b'I', b'I', 42, 0][..], bytes].concat();
    if let Ok(pictures) = picture::decode(&file) {
        let carried = picture::to_bytes(&pictures);
        assert_eq!(picture::from_bytes(&carried), Ok(pictures));
    }
});
