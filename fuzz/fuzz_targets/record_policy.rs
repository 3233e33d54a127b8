//! Witness policies: no bytes make the reader panic, and no policy calls a checkpoint witnessed that nobody
//! but its log has signed.
#![no_main]

use std::sync::LazyLock;

use chancery_record::{Hash, LogSigner, Policy, SignedCheckpoint, Standing};
use libfuzzer_sys::fuzz_target;

static SIGNED: LazyLock<(LogSigner, SignedCheckpoint)> = LazyLock::new(|| {
    let signer = LogSigner::from_seed("archive.example/record", &[1; 32]);
    let signer = signer.expect("the name and the seed are good");
    let signed = signer.sign_checkpoint(1, Hash::leaf(b"entry")).expect("a root of one entry");
    (signer, signed)
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(policy) = Policy::parse(bytes) {
        let (signer, signed) = &*SIGNED;
        let (_, standing) =
            policy.judge_as(signed, &signer.verifier_key()).expect("the log has signed");
        assert_eq!(standing, Standing::Unwitnessed);
    }
});
