//! Envelopes under attack: altered, cut, moved, exchanged, opened with other keys.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::collections::BTreeSet;

use chancery_vault::{
    Aad, ArchiveKey, BODY_STEP, FIELD_STEP, HEADER_BYTES, KeyVersion, LogSeed, NONCE_BYTES, Nonce,
    PLAINTEXT_BYTES_MAX, Padding, PaperDek, RootKey, VaultError, open, seal,
};
use proptest::prelude::*;

const PLACE: Aad<'static> = Aad::new("papers", "17", "subject", 3);

fn archive() -> ArchiveKey {
    RootKey::from_bytes([1; 32]).archive_key(KeyVersion(1))
}

fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_BYTES];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::from_bytes(bytes)
}

#[test]
fn every_flipped_bit_of_an_envelope_is_noticed() {
    let (key, text) = (archive(), b"Subject: fisheries");
    let sealed = seal(&key, &PLACE, Padding::Field, text, nonce(1)).unwrap();
    assert_eq!(sealed.len(), HEADER_BYTES + FIELD_STEP + 16);
    assert_eq!(open(&key, &PLACE, &sealed).unwrap().as_slice(), text);
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut altered = sealed.clone();
            altered[at] ^= 1 << bit;
            assert_eq!(open(&key, &PLACE, &altered), Err(VaultError::CannotOpen), "byte {at}");
        }
    }
    for length in 0..sealed.len() {
        assert_eq!(open(&key, &PLACE, &sealed[..length]), Err(VaultError::CannotOpen));
    }
    let longer = [&sealed[..], &[0]].concat();
    assert_eq!(open(&key, &PLACE, &longer), Err(VaultError::CannotOpen));
}

/// A body that ends exactly at its step is also well padded as a field: only the header tells.
#[test]
fn the_kind_in_the_header_is_authenticated() {
    let key = archive();
    let mut sealed = seal(&key, &PLACE, Padding::Body, &[7; BODY_STEP - 4], nonce(1)).unwrap();
    assert!(open(&key, &PLACE, &sealed).is_ok());
    sealed[1] ^= 1;
    assert_eq!(open(&key, &PLACE, &sealed), Err(VaultError::CannotOpen));
}

#[test]
fn every_flipped_bit_of_a_wrapped_key_is_noticed() {
    let key = archive();
    let wrapped = key.wrap_dek(&PaperDek::from_bytes([2; 32]), &PLACE, nonce(1));
    key.unwrap_dek(&wrapped, &PLACE).unwrap();
    for at in 0..wrapped.len() {
        for bit in 0..8 {
            let mut altered = wrapped.clone();
            altered[at] ^= 1 << bit;
            assert!(key.unwrap_dek(&altered, &PLACE).is_err(), "byte {at}");
        }
    }
}

#[test]
fn every_flipped_bit_of_the_place_is_noticed() {
    let key = archive();
    let sealed = seal(&key, &PLACE, Padding::Field, b"text", nonce(1)).unwrap();
    let fields = ["papers", "17", "subject"];
    for which in 0..fields.len() {
        for at in 0..fields[which].len() {
            // Seven bits keep the field ASCII and therefore text.
            for bit in 0..7 {
                let mut altered = fields[which].as_bytes().to_vec();
                altered[at] ^= 1 << bit;
                let altered = String::from_utf8(altered).unwrap();
                let mut fields = fields;
                fields[which] = &altered;
                let place = Aad::new(fields[0], fields[1], fields[2], 3);
                assert_eq!(open(&key, &place, &sealed), Err(VaultError::CannotOpen));
            }
        }
    }
    for bit in 0..64 {
        let place = Aad::new("papers", "17", "subject", 3 ^ (1 << bit));
        assert_eq!(open(&key, &place, &sealed), Err(VaultError::CannotOpen));
    }
    // The same letters with the boundaries elsewhere.
    for place in [Aad::new("papers1", "7", "subject", 3), Aad::new("papers", "17s", "ubject", 3)] {
        assert_eq!(open(&key, &place, &sealed), Err(VaultError::CannotOpen));
    }
}

#[test]
fn values_of_two_rows_cannot_be_exchanged() {
    let key = archive();
    let place = |row| Aad::new("papers", row, "subject", 1);
    let one = seal(&key, &place("1"), Padding::Field, b"one", nonce(1)).unwrap();
    let two = seal(&key, &place("2"), Padding::Field, b"two", nonce(2)).unwrap();
    assert_eq!(open(&key, &place("1"), &two), Err(VaultError::CannotOpen));
    assert_eq!(open(&key, &place("2"), &one), Err(VaultError::CannotOpen));
    // Negative control: it is the place that tells them apart, not chance.
    let twin = seal(&key, &place("1"), Padding::Field, b"two", nonce(2)).unwrap();
    assert_eq!(open(&key, &place("1"), &twin).unwrap().as_slice(), b"two");
}

#[test]
fn an_earlier_version_of_a_row_does_not_open_as_the_present_one() {
    let key = archive();
    let old = Aad::new("postings", "4", "end", 1);
    let sealed = seal(&key, &old, Padding::Field, b"2019-07-10", nonce(1)).unwrap();
    assert!(open(&key, &Aad::new("postings", "4", "end", 2), &sealed).is_err());
}

#[test]
fn keys_of_other_roots_roles_and_generations_open_nothing() {
    let root = RootKey::from_bytes([1; 32]);
    let sealed = seal(&archive(), &PLACE, Padding::Field, b"text", nonce(1)).unwrap();
    assert!(open(&root.archive_key(KeyVersion(1)), &PLACE, &sealed).is_ok());
    assert!(open(&root.archive_key(KeyVersion(2)), &PLACE, &sealed).is_err());
    let other = RootKey::from_bytes([2; 32]).archive_key(KeyVersion(1));
    assert!(open(&other, &PLACE, &sealed).is_err());
    assert!(open(&PaperDek::from_bytes([1; 32]), &PLACE, &sealed).is_err());
}

#[test]
fn a_wrapped_key_is_neither_a_text_nor_a_key_of_another_role() {
    let key = archive();
    let dek = key.wrap_dek(&PaperDek::from_bytes([7; 32]), &PLACE, nonce(1));
    let seed = key.wrap_log_seed(&LogSeed::from_bytes([7; 32]), &PLACE, nonce(2));
    assert_eq!(key.unwrap_log_seed(&seed, &PLACE).unwrap().expose(), &[7; 32]);
    assert!(key.unwrap_log_seed(&dek, &PLACE).is_err());
    assert!(key.unwrap_dek(&seed, &PLACE).is_err());
    assert!(open(&key, &PLACE, &dek).is_err());
    let text = seal(&key, &PLACE, Padding::Field, &[7; 32], nonce(3)).unwrap();
    assert!(key.unwrap_dek(&text, &PLACE).is_err());
}

#[test]
fn lengths_show_in_steps_only() {
    let dek = PaperDek::from_bytes([3; 32]);
    let lengths = |padding: Padding, texts: &mut dyn Iterator<Item = usize>| {
        texts
            .map(|length| seal(&dek, &PLACE, padding, &vec![b'x'; length], nonce(1)).unwrap().len())
            .collect::<BTreeSet<_>>()
    };
    let overhead = HEADER_BYTES + 16;
    assert_eq!(
        lengths(Padding::Field, &mut (0..=188)),
        BTreeSet::from([1, 2, 3].map(|steps| overhead + steps * FIELD_STEP))
    );
    assert_eq!(
        lengths(Padding::Body, &mut (0..=12_284).step_by(94)),
        BTreeSet::from([1, 2, 3].map(|steps| overhead + steps * BODY_STEP))
    );
}

#[test]
fn what_is_too_long_is_refused_before_it_is_sealed() {
    let text = vec![0; PLAINTEXT_BYTES_MAX + 1];
    let sealed = seal(&archive(), &PLACE, Padding::Body, &text, nonce(1));
    assert_eq!(sealed, Err(VaultError::TooLong));
}

/// 100,000 envelopes of one text: no nonce, and so no cipher text, twice. The census itself is tried on a
/// repeated nonce first.
#[test]
fn nonce_census() {
    let key = archive();
    let mut random = blake3::Hasher::new().update(b"nonce census").finalize_xof();
    let mut draw = || {
        let mut bytes = [0; NONCE_BYTES];
        random.fill(&mut bytes);
        bytes
    };
    let sealed =
        |bytes| seal(&key, &PLACE, Padding::Field, b"same", Nonce::from_bytes(bytes)).unwrap();
    let mut seen = BTreeSet::new();
    let mut census = |envelope: Vec<u8>| {
        let nonce: [u8; NONCE_BYTES] =
            envelope[HEADER_BYTES - NONCE_BYTES..HEADER_BYTES].try_into().unwrap();
        let start: [u8; 16] = envelope[HEADER_BYTES..HEADER_BYTES + 16].try_into().unwrap();
        (seen.insert(nonce.to_vec()), seen.insert(start.to_vec()))
    };
    let first = draw();
    assert_eq!(census(sealed(first)), (true, true));
    assert_eq!(census(sealed(first)), (false, false), "the census must see a repeated nonce");
    for number in 1..100_000 {
        assert_eq!(census(sealed(draw())), (true, true), "envelope {number}");
    }
}

proptest! {
    #[test]
    fn what_was_sealed_opens(text in prop::collection::vec(any::<u8>(), 0..9000), row in ".{0,20}", version in any::<u64>(), body in any::<bool>()) {
        let place = Aad::new("papers", &row, "body", version);
        let padding = if body { Padding::Body } else { Padding::Field };
        let sealed = seal(&archive(), &place, padding, &text, nonce(1)).unwrap();
        let opened = open(&archive(), &place, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), text.as_slice());
        // The text itself is nowhere to be seen.
        if text.len() >= 8 {
            prop_assert!(!sealed[HEADER_BYTES..].windows(8).any(|window| window == &text[..8]));
        }
    }

    #[test]
    fn no_bytes_make_opening_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), genuine in any::<bool>()) {
        if genuine && bytes.len() > 6 {
            let sealed = seal(&archive(), &PLACE, Padding::Field, b"x", nonce(1)).unwrap();
            bytes[..6].copy_from_slice(&sealed[..6]);
        }
        prop_assert!(open(&archive(), &PLACE, &bytes).is_err());
        prop_assert!(archive().unwrap_dek(&bytes, &PLACE).is_err());
    }
}
