//! Shares: the share that is read is the share that is written again, and joining never panics.
#![no_main]

use chancery_vault::Share;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let shares: Vec<Share> =
        bytes.split(|byte| *byte == 0).filter_map(|part| Share::parse(part).ok()).collect();
    for share in &shares {
        let again = Share::parse(share.to_text().as_bytes()).expect("a written share reads back");
        assert_eq!(again.digest(), share.digest());
    }
    let _ = Share::join(&shares);
});
