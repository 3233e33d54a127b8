//! The edge cases of Ed25519 (C2SP CCTV): which of them our signatures admit.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod shared;

use std::io::Read as _;

use chancery_record::{KeyKind, KeyName, VerifierKey};
use serde_json::Value;

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Flags under which a signature is refused: points of small order, encodings with two spellings, and what
/// only verification with the cofactor lets pass. Components of small order alone do no harm: without a
/// residue all verifiers agree about them.
const REFUSED: [&str; 5] =
    ["low_order_A", "low_order_R", "low_order_residue", "non_canonical_A", "non_canonical_R"];

#[test]
fn edge_cases_are_refused_unless_all_verifiers_agree_about_them() {
    let Some(folder) = shared::vectors("ed25519") else { return };
    let file = std::fs::File::open(folder.join("ed25519vectors.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for vector in &vectors {
        let name = KeyName::new("vectors.example").unwrap();
        let public: [u8; 32] = bytes(&vector["key"]).try_into().unwrap();
        let signature: [u8; 64] = bytes(&vector["sig"]).try_into().unwrap();
        let message = vector["msg"].as_str().unwrap().as_bytes();
        let genuine = VerifierKey::new(name, KeyKind::Log, &public)
            .is_ok_and(|key| key.verify(message, &signature));
        let flags = vector["flags"].as_array().cloned().unwrap_or_default();
        let harmless = !flags.iter().any(|flag| REFUSED.contains(&flag.as_str().unwrap()));
        assert_eq!(genuine, harmless, "{vector}");
        if genuine { accepted += 1 } else { refused += 1 }
    }
    assert_eq!((accepted, refused, vectors.len()), (43, 871, 914));
}
