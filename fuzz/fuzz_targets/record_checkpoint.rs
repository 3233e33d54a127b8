//! Checkpoints and signed notes: what is read prints to something that reads as the same, and no bytes are
//! taken for a checkpoint signed by a key that signed nothing.
#![no_main]

use std::sync::LazyLock;

use chancery_record::{Checkpoint, LogSigner, Note, SignedCheckpoint, VerifierKey};
use libfuzzer_sys::fuzz_target;

static LOG: LazyLock<VerifierKey> = LazyLock::new(|| {
    let signer = LogSigner::from_seed("archive.example/record", &[1; 32]);
    signer.expect("the name and the seed are good").verifier_key()
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = Checkpoint::parse(body) {
            assert_eq!(checkpoint.to_string(), body);
        }
        if let Ok(key) = body.parse::<VerifierKey>() {
            assert_eq!(key.to_string().parse().as_ref(), Ok(&key));
        }
    }
    if let Ok(note) = Note::parse(bytes) {
        let printed = note.to_string();
        let again = Note::parse(printed.as_bytes()).expect("a printed note reads back");
        assert_eq!(again.to_string(), printed);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert!(signed.verify(&LOG, &[]).is_err());
    }
});
