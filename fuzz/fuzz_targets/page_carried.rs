//! What the process that reads PDFs sends back: refused, or the same bytes again.
#![no_main]

use chancery_page::Foreign;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let sent = [b"chpdf001", bytes].concat();
    if let Ok(found) = Foreign::from_bytes(&sent) {
        assert_eq!(found.to_bytes(), sent);
    }
});
