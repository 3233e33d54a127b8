//! Packs from outside: a pack that is read has one spelling, and verifying it never panics.
#![no_main]

use chancery_verify::{Pack, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(pack) = Pack::parse(bytes) {
        assert_eq!(pack.to_bytes(), bytes);
        let _ = verify(&pack, None);
        let redacted = pack.redacted();
        assert_eq!(Pack::parse(&redacted.to_bytes()).ok(), Some(redacted));
    }
});
