//! Key files: the key that is read is the key that is written again.
#![no_main]

use chancery_vault::{KeyFile, KeyVersion};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = KeyFile::parse(bytes) {
        let again =
            KeyFile::parse(file.to_text().as_bytes()).expect("a written key file reads back");
        assert_eq!(*again.to_text(), *file.to_text());
        file.root().archive_key(KeyVersion(1));
    }
});
