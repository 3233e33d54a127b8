//! Stored segments of the page index: whatever the bytes, reading ends, and what is read can be asked.
#![no_main]

use chancery_scan::{InkBox, Segment, ask};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(segment) = Segment::from_bytes(bytes) {
        assert_eq!(segment.to_bytes(), bytes);
        let word = |k: u8| {
            let left = f32::from(k) * 40.0;
            InkBox { left, top: 0.0, right: left + 12.0 + f32::from(k * 7 % 23), bottom: 10.0 }
        };
        let _ = ask(&[&segment], &[(0..12).map(word).collect()], 8.0);
    }
});
