//! Pictures in PNG: whatever follows the first bytes, decoding ends within the limits.
#![no_main]

use chancery_scan::picture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = [&[0x89, b'P', b'N', b'G', 13, 10, 26, 10][..], bytes].concat();
    if let Ok(pictures) = picture::decode(&file) {
        let carried = picture::to_bytes(&pictures);
        assert_eq!(picture::from_bytes(&carried), Ok(pictures));
    }
});
