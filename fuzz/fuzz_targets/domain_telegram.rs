//! Telegrams and date-time groups from outside: nothing panics, and what is written reads as the same.
#![no_main]

use chancery_domain::{Dtg, acp127};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(telegram) = acp127::parse(bytes) {
        assert!(!telegram.body.is_empty() && !telegram.from.is_empty());
        assert!(!telegram.to.is_empty() || !telegram.info.is_empty());
    }
    if let Ok(dtg) = std::str::from_utf8(bytes).unwrap_or_default().parse::<Dtg>() {
        let written = dtg.to_string();
        let again: Dtg = written.parse().expect("what is written can be read");
        assert_eq!(again.to_string(), written);
    }
});
