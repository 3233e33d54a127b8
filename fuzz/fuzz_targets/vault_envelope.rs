//! Envelopes: arbitrary bytes never open, and neither does a good envelope that was changed anywhere.
//!
//! The first two bytes choose where a good envelope is changed, and how; the rest is its text, and also tried
//! as an envelope itself.
#![no_main]

use chancery_vault::{Aad, Nonce, Padding, PaperDek, open, seal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = PaperDek::from_bytes([2; 32]);
    let place = Aad::new("papers", "17", "body", 1);
    assert!(open(&key, &place, bytes).is_err());

    let [at, change, text @ ..] = bytes else { return };
    let nonce = Nonce::from_bytes([4; 24]);
    let mut envelope =
        seal(&key, &place, Padding::Field, text, nonce).expect("a short text is sealed");
    assert_eq!(open(&key, &place, &envelope).expect("it opens in its place").as_slice(), text);
    let at = usize::from(*at) % envelope.len();
    envelope[at] ^= change;
    assert_eq!(open(&key, &place, &envelope).is_ok(), *change == 0);
});
