//! Proofs and receipts from outside: what is read prints to something that reads as the same, and none proves
//! an entry of a log that signed nothing.
#![no_main]

use std::sync::LazyLock;

use chancery_record::{LogProof, LogSigner, Receipt, VerifierKey};
use libfuzzer_sys::fuzz_target;

static LOG: LazyLock<VerifierKey> = LazyLock::new(|| {
    let signer = LogSigner::from_seed("archive.example/record", &[1; 32]);
    signer.expect("the name and the seed are good").verifier_key()
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = LogProof::parse(bytes) {
        let printed = proof.to_string();
        let again = LogProof::parse(printed.as_bytes()).expect("a printed proof reads back");
        assert_eq!(again.to_string(), printed);
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        let printed = receipt.to_string();
        let again = Receipt::parse(printed.as_bytes()).expect("a printed receipt reads back");
        assert_eq!(again.to_string(), printed);
        assert!(receipt.verify(b"a record", &LOG, &[]).is_err());
    }
});
