//! Requests to a witness, and its answers: what is read prints to the same bytes, and a witness that follows
//! one log cosigns nothing that this log has not signed.
#![no_main]

use std::sync::LazyLock;

use chancery_record::{AddCheckpoint, LogSigner, VerifierKey, parse_cosignatures};
use libfuzzer_sys::fuzz_target;

static LOGS: LazyLock<[VerifierKey; 1]> = LazyLock::new(|| {
    let signer = LogSigner::from_seed("archive.example/record", &[1; 32]);
    [signer.expect("the name and the seed are good").verifier_key()]
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
        let refusal = request.judge(&*LOGS, None).expect_err("the log signs nothing here");
        assert!(matches!(refusal.status(), 400 | 403 | 404 | 409 | 422));
    }
    if let Some(lines) = parse_cosignatures(bytes) {
        let printed: String = lines.iter().map(|line| format!("{line}\n")).collect();
        assert_eq!(printed.as_bytes(), bytes);
    }
});
