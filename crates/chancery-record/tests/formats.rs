//! The texts and bytes of our own: what we write we read back, what is altered is refused, and no input
//! whatever makes a parser panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use chancery_record::{
    Checkpoint, CheckpointError, CompactRange, Cosigner, Entry, EntryBundle, Hash, KeyKind,
    KeyName, LogProof, LogSigner, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, NodeMap, Note, NoteError,
    PROOF_HASHES_MAX, ProofError, ProofPlan, Receipt, ReceiptError, Salt, SignedCheckpoint,
    TREE_SIZE_MAX, Tile, VerifierKey, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

const ORIGIN: &str = "ministry.example/record";

fn log() -> LogSigner {
    LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness(number: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness{number}.example"), &[100 + number; 32]).unwrap()
}

/// A log of `size` records, and the receipt of record `index`.
fn receipt(index: u64, size: u64) -> (Vec<u8>, Receipt) {
    let (mut range, mut nodes) = (CompactRange::new(), NodeMap::new());
    let record = |at: u64| format!("{{\"kind\":\"open\",\"number\":{at}}}").into_bytes();
    let salt = |at: u64| Salt::from_bytes([at as u8; 32]);
    for at in 0..size {
        let leaf = Entry::commit(&salt(at), &record(at)).leaf_hash();
        range
            .append(leaf, |node, hash| {
                nodes.insert(node, hash);
            })
            .unwrap();
    }
    let mut checkpoint = log().sign_checkpoint(size, range.root()).unwrap();
    checkpoint
        .add_signature(witness(1).cosign(checkpoint.claimed(), 1_772_000_000).unwrap())
        .unwrap();
    let path = ProofPlan::inclusion(index, size).unwrap().assemble(&nodes).unwrap();
    (record(index), Receipt::new(&salt(index), index, path, checkpoint).unwrap())
}

#[test]
fn a_receipt_proves_its_record_and_no_other() {
    let (record, receipt) = receipt(5, 11);
    let text = receipt.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra BQUF"), "{text}");
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read, receipt);
    let witnesses = [witness(1).verifier_key(), witness(2).verifier_key()];
    let verified = read.verify(&record, &log().verifier_key(), &witnesses).unwrap();
    assert_eq!(verified.checkpoint().size(), 11);
    assert_eq!(verified.cosignatures().len(), 1);
    assert_eq!(verified.cosignatures()[0].time(), Some(1_772_000_000));
    assert_eq!(
        read.verify(b"another record", &log().verifier_key(), &[]),
        Err(ReceiptError::Proof(ProofError::RootMismatch))
    );
    let stranger = LogSigner::from_seed(ORIGIN, &[2; 32]).unwrap().verifier_key();
    assert_eq!(
        read.verify(&record, &stranger, &[]),
        Err(ReceiptError::Checkpoint(CheckpointError::Note(NoteError::Unsigned)))
    );
    let no_salt =
        text.lines().filter(|line| !line.starts_with("extra")).map(|line| format!("{line}\n"));
    assert_eq!(Receipt::parse(no_salt.collect::<String>().as_bytes()), Err(ReceiptError::NoSalt));
}

#[test]
fn every_flipped_bit_of_a_receipt_is_noticed() {
    let (record, receipt) = receipt(5, 11);
    let bytes = receipt.to_string().into_bytes();
    let witnesses = [witness(1).verifier_key()];
    let mut ignored = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << bit;
            let Ok(read) = Receipt::parse(&altered) else { continue };
            let Ok(verified) = read.verify(&record, &log().verifier_key(), &witnesses) else {
                continue;
            };
            // A cosignature line whose name or id was altered is that of an unknown key: allowed, but it must
            // not count any more.
            assert!(verified.cosignatures().is_empty(), "bit {bit} of byte {at}");
            ignored += 1;
        }
    }
    assert!(ignored > 0 && ignored < 8 * 64, "{ignored} flips hit the cosigner's name or id");
}

#[test]
fn a_note_with_one_false_signature_of_a_known_key_is_refused_whole() {
    let (one, two) = (witness(1), witness(2));
    let mut signed = log().sign_checkpoint(0, Hash::empty_root()).unwrap();
    let other = log().sign_checkpoint(1, Hash::leaf(b"x")).unwrap();
    signed.add_signature(one.cosign(signed.claimed(), 7).unwrap()).unwrap();
    signed.add_signature(two.cosign(other.claimed(), 7).unwrap()).unwrap();
    let key = log().verifier_key();
    assert_eq!(signed.verify(&key, &[one.verifier_key()]).unwrap().cosignatures().len(), 1);
    assert_eq!(
        signed.verify(&key, &[one.verifier_key(), two.verifier_key()]),
        Err(CheckpointError::Note(NoteError::BadSignature(two.verifier_key().name().clone())))
    );
}

#[test]
fn a_witness_counts_once_however_often_it_signs() {
    let one = witness(1);
    let mut signed = log().sign_checkpoint(0, Hash::empty_root()).unwrap();
    for time in 1..=5 {
        signed.add_signature(one.cosign(signed.claimed(), time).unwrap()).unwrap();
    }
    let verified = signed.verify(&log().verifier_key(), &[one.verifier_key()]).unwrap();
    assert_eq!(verified.cosignatures().len(), 1);
    let renamed = Cosigner::from_seed("alias.example", &[101; 32]).unwrap().verifier_key();
    assert!(matches!(
        signed.verify(&log().verifier_key(), &[one.verifier_key(), renamed]),
        Err(CheckpointError::Note(NoteError::AmbiguousKey(_)))
    ));
}

#[test]
fn witnesses_cannot_stand_in_for_the_log() {
    let one = witness(1);
    let signed = log().sign_checkpoint(0, Hash::empty_root()).unwrap();
    let cosignature = one.cosign(signed.claimed(), 7).unwrap();
    let text = format!("{}\n{cosignature}\n", signed.claimed());
    let only_witness = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    let key = log().verifier_key();
    assert_eq!(
        only_witness.verify(&key, &[one.verifier_key()]),
        Err(CheckpointError::NotSignedByLog(key.name().clone()))
    );
    assert_eq!(
        only_witness.verify(&one.verifier_key(), &[]),
        Err(CheckpointError::WrongKind(one.verifier_key().name().clone()))
    );
}

#[test]
fn a_key_speaks_for_the_log_of_its_name_only() {
    use base64::Engine as _;
    use ed25519_dalek::Signer as _;
    let key = log().verifier_key();
    let body = format!("other.example/log\n0\n{}\n", Hash::empty_root());
    let signature = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).sign(body.as_bytes());
    let signature = [&key.id().to_be_bytes()[..], &signature.to_bytes()].concat();
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    let text = format!("{body}\n\u{2014} {ORIGIN} {signature}\n");
    let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(signed.note().verify(std::slice::from_ref(&key)).unwrap().len(), 1);
    assert_eq!(
        signed.verify(&key, &[]),
        Err(CheckpointError::OtherLog {
            expected: key.name().clone(),
            found: KeyName::new("other.example/log").unwrap(),
        })
    );
}

#[test]
fn checkpoints_have_one_spelling() {
    let root = Hash::leaf(b"x");
    let body = format!("{ORIGIN}\n7\n{root}\n");
    assert_eq!(Checkpoint::parse(&body).unwrap().to_string(), body);
    let refused = [
        (format!("{ORIGIN}\n7\n{root}"), CheckpointError::Shape),
        (format!("{ORIGIN}\n7\n{root}\nextension\n"), CheckpointError::Shape),
        (format!("{ORIGIN}\n7\n{root}\n\n"), CheckpointError::Shape),
        (format!("\n7\n{root}\n"), CheckpointError::Origin),
        (format!("two words\n7\n{root}\n"), CheckpointError::Origin),
        (format!("{ORIGIN}\n07\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n+7\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n9223372036854775808\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n0\n{root}\n"), CheckpointError::EmptyRoot),
        (
            format!("{ORIGIN}\n7\n{}\n", root.to_string().trim_end_matches('=')),
            CheckpointError::Root,
        ),
        (format!("{ORIGIN}\r\n7\n{root}\n"), CheckpointError::Origin),
    ];
    for (body, error) in refused {
        assert_eq!(Checkpoint::parse(&body), Err(error), "{body:?}");
    }
}

#[test]
fn notes_have_limits() {
    let signed = log().sign_checkpoint(0, Hash::empty_root()).unwrap();
    let line = signed.note().signatures()[0].to_string();
    let with = |count: usize| format!("text\n\n{}", format!("{line}\n").repeat(count));
    assert!(Note::parse(with(16).as_bytes()).is_ok(), "the specification wants at least 16");
    assert!(Note::parse(with(NOTE_SIGNATURES_MAX).as_bytes()).is_ok());
    assert_eq!(
        Note::parse(with(NOTE_SIGNATURES_MAX + 1).as_bytes()),
        Err(NoteError::TooManySignatures)
    );
    assert_eq!(Note::parse(&vec![b'a'; NOTE_BYTES_MAX + 1]), Err(NoteError::TooLong));
    for (text, error) in [
        ("", NoteError::Shape),
        ("text\n", NoteError::Shape),
        ("text\n\n", NoteError::Shape),
        ("text\n\n\n", NoteError::Shape),
        ("te\txt\n\n\u{2014} a AAAAAAA=\n", NoteError::NotText),
        ("text\n\n\u{2014} a AAAAAAA=", NoteError::Shape),
        ("text\n\n\u{2014} a AAAAAA==\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a+b AAAAAAA=\n", NoteError::SignatureLine(1)),
        ("text\n\n- a AAAAAAA=\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAAAAA=\n\u{2014}  AAAAAAA=\n", NoteError::SignatureLine(2)),
    ] {
        assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:?}");
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::NotText));
}

#[test]
fn verifier_keys_have_one_spelling_and_no_weak_points() {
    let key = log().verifier_key();
    let text = key.to_string();
    assert_eq!(text.parse(), Ok(key));
    let mut last = text.clone();
    last.pop();
    for altered in [
        text.to_uppercase(),
        text.replacen('m', "n", 1),
        last,
        format!("{text}="),
        format!("{text}\n"),
    ] {
        assert!(altered.parse::<VerifierKey>().is_err(), "{altered}");
    }
    // The neutral element: under it anybody's signature would verify.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let name = KeyName::new("weak.example").unwrap();
    assert!(VerifierKey::new(name, KeyKind::Log, &neutral).is_err());
}

#[test]
fn the_empty_tree_is_never_the_start_of_a_consistency_proof() {
    let empty = Hash::empty_root();
    let root = Hash::leaf(b"x");
    assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Err(ProofError::EmptyOldTree));
    assert_eq!(verify_consistency(0, &empty, 1, &root, &[]), Err(ProofError::EmptyOldTree));
    assert_eq!(
        verify_consistency(2, &root, 1, &root, &[]),
        Err(ProofError::Shrunk { old_size: 2, new_size: 1 })
    );
    assert_eq!(ProofPlan::consistency(0, 5), Err(ProofError::EmptyOldTree));
}

#[test]
fn the_largest_trees_stay_within_the_limits() {
    for index in [0, 1, TREE_SIZE_MAX / 2, TREE_SIZE_MAX - 1] {
        let plan = ProofPlan::inclusion(index, TREE_SIZE_MAX).unwrap();
        assert!(plan.nodes().count() <= 63 * 63);
    }
    assert_eq!(ProofPlan::inclusion(0, TREE_SIZE_MAX + 1), Err(ProofError::TooLarge));
    let path = vec![Hash::empty_root(); PROOF_HASHES_MAX + 1];
    assert!(
        verify_inclusion(&Hash::empty_root(), 0, u64::MAX, &path, &Hash::empty_root()).is_err()
    );
    let full = [&TREE_SIZE_MAX.to_be_bytes()[..], &[0; 63 * 32]].concat();
    let mut full = CompactRange::from_bytes(&full).unwrap();
    let before = full.clone();
    assert!(full.append(Hash::leaf(b"x"), |_, _| {}).is_err());
    assert_eq!(full, before);
}

#[test]
fn signers_do_not_print_their_secrets() {
    let printed =
        format!("{:?} {:?}", LogSigner::from_seed(ORIGIN, &[0xAB; 32]).unwrap(), witness(1));
    assert!(printed.contains("secret redacted"), "{printed}");
    assert!(
        !printed.to_lowercase().contains("abababab") && !printed.contains("171, 171"),
        "{printed}"
    );
}

proptest! {
    #[test]
    fn a_stored_range_continues_where_it_stopped(size in 0u64..300, more in 1u64..20) {
        let leaf = |at: u64| Hash::leaf(&at.to_be_bytes());
        let mut range = CompactRange::new();
        for at in 0..size {
            range.append(leaf(at), |_, _| {}).unwrap();
        }
        let mut range = CompactRange::from_bytes(&range.to_bytes()).unwrap();
        for at in size..size + more {
            prop_assert_eq!(range.append(leaf(at), |_, _| {}), Ok(at));
        }
        prop_assert_eq!(range.root(), CompactRange::root_of((0..size + more).map(leaf)));
    }

    #[test]
    fn ranges_of_the_wrong_length_are_refused(size in any::<u64>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(range) = CompactRange::from_bytes(&bytes) {
            prop_assert_eq!(range.to_bytes(), bytes.clone());
        }
        let claimed = [&size.to_be_bytes()[..], &bytes].concat();
        let fits = size <= TREE_SIZE_MAX && bytes.len() == 32 * size.count_ones() as usize;
        prop_assert_eq!(CompactRange::from_bytes(&claimed).is_ok(), fits);
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = (Note::parse(&bytes), SignedCheckpoint::parse(&bytes), LogProof::parse(&bytes));
        if let Ok(bundle) = EntryBundle::from_bytes(&bytes) {
            prop_assert_eq!(bundle.to_bytes(), bytes);
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "(?s).{0,80}", path in "tile/[0-9a-z./x]{0,40}", vkey in "[a-z.]{1,9}\\+[0-9a-f]{0,9}\\+[A-Za-z0-9+/=]{0,60}") {
        let _ = (Checkpoint::parse(&text), text.parse::<VerifierKey>(), Hash::from_base64(&text), vkey.parse::<VerifierKey>());
        if let Ok(tile) = path.parse::<Tile>() {
            prop_assert_eq!(tile.to_string(), path);
            prop_assert_eq!(tile.nodes().count(), usize::from(tile.width()));
        }
    }

    /// Mutations near valid texts reach deeper than random bytes do.
    #[test]
    fn mutated_receipts_are_refused_or_read_back(cuts in prop::collection::vec((0usize..900, 0usize..40, "[ -~\n\u{2014}]{0,12}"), 1..4)) {
        let mut text = receipt(5, 11).1.to_string();
        for (at, length, with) in cuts {
            let at = text.floor_char_boundary(at.min(text.len()));
            let end = text.ceil_char_boundary((at + length).min(text.len()));
            text.replace_range(at..end, &with);
        }
        if let Ok(read) = LogProof::parse(text.as_bytes()) {
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn random_paths_prove_nothing(index in 0u64..1000, size in 1u64..1000, path in prop::collection::vec(any::<[u8; 32]>(), 0..12)) {
        let path: Vec<_> = path.into_iter().map(Hash::from_bytes).collect();
        let root = Hash::leaf(b"root");
        prop_assert!(verify_inclusion(&Hash::leaf(b"leaf"), index, size, &path, &root).is_err());
        if index != size {
            prop_assert!(verify_consistency(index, &Hash::leaf(b"old"), size, &root, &path).is_err());
        }
    }
}
