//! Public versions of papers, as anybody may send them in: none is proved under a key that signed nothing.
#![no_main]

use std::sync::LazyLock;

use chancery_desk::verify_redaction;
use chancery_record::LogSigner;
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<String> = LazyLock::new(|| {
    let signer = LogSigner::from_seed("archive.example/record", &[1; 32]);
    signer.expect("the name and the seed are good").verifier_key().to_string()
});

fuzz_target!(|bytes: &[u8]| {
    assert!(verify_redaction(bytes, &KEY).is_err());
});
