//! Keys differ by role, generation, paper and domain; they do not print; key files are read with care.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::collections::BTreeSet;

use chancery_vault::{
    KEY_FILE_BYTES_MAX, KeyFile, KeyFileError, KeyVersion, LogSeed, Nonce, PaperDek, PaperNonce,
    RootKey, SealingKey as _,
};
use proptest::prelude::*;

fn text() -> String {
    KeyFile::new(RootKey::from_bytes([0xAB; 32])).to_text().to_string()
}

fn refusal(text: &str) -> KeyFileError {
    KeyFile::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn debug_output_holds_no_key_byte() {
    let root = RootKey::from_bytes([0xAB; 32]);
    let nonce = PaperNonce::from_bytes([0xAB; 32]);
    let marking = root.marking_key(KeyVersion(1));
    let index = root.index_key(KeyVersion(1));
    let printed = [
        format!("{:?}", root.archive_key(KeyVersion(1))),
        format!("{:?}", marking.paper_key(&nonce, &[0; 32])),
        format!("{marking:?}"),
        format!("{:?}", index.domain("persons")),
        format!("{index:?}"),
        format!("{:?}", PaperDek::from_bytes([0xAB; 32])),
        format!("{:?}", LogSeed::from_bytes([0xAB; 32])),
        format!("{nonce:?}"),
        format!("{:?}", Nonce::from_bytes([0xAB; 24])),
        format!("{root:?}"),
        format!("{:?}", KeyFile::new(root)),
    ];
    assert_eq!(
        printed,
        [
            "ArchiveKey(secret)",
            "PaperMarkingKey(secret)",
            "MarkingKey(secret)",
            "LookupKey(secret)",
            "IndexKey(secret)",
            "PaperDek(secret)",
            "LogSeed(secret)",
            "PaperNonce(closed)",
            "Nonce(unused)",
            "RootKey(secret)",
            "KeyFile { root: RootKey(secret) }",
        ]
    );
}

#[test]
fn every_paper_has_its_own_marking_key() {
    let root = RootKey::from_bytes([1; 32]);
    let mut keys = BTreeSet::new();
    for version in 1..=2 {
        let marking = root.marking_key(KeyVersion(version));
        for nonce in 0..20 {
            for master in 0..20 {
                let key = marking.paper_key(&PaperNonce::from_bytes([nonce; 32]), &[master; 32]);
                keys.insert((*key.expose(), key.commitment()));
            }
        }
    }
    assert_eq!(keys.len(), 2 * 20 * 20);
    // A byte cannot wander from the nonce to the master.
    let marking = root.marking_key(KeyVersion(1));
    let (mut nonce, mut master) = ([0; 32], [0; 32]);
    (nonce[31], master[0]) = (1, 0);
    let one = *marking.paper_key(&PaperNonce::from_bytes(nonce), &master).expose();
    (nonce[31], master[0]) = (0, 1);
    assert_ne!(one, *marking.paper_key(&PaperNonce::from_bytes(nonce), &master).expose());
}

#[test]
fn look_ups_differ_by_domain_value_form_and_key() {
    let root = RootKey::from_bytes([1; 32]);
    let mut hashes = BTreeSet::new();
    for version in 1..=2 {
        let index = root.index_key(KeyVersion(version));
        for (domain, value) in
            [("a", "bc"), ("ab", "c"), ("a", "b"), ("abc", ""), ("", "abc"), ("a", "bc\0")]
        {
            let hash = index.lookup(domain, value.as_bytes());
            assert_eq!(hash, index.domain(domain).lookup(value.as_bytes()));
            assert!(hashes.insert(hash[..8].to_vec()));
            assert!(
                hashes.insert(index.domain(domain).sketch(value.as_bytes()).to_le_bytes().to_vec())
            );
        }
    }
}

#[test]
fn a_key_file_gives_back_its_key() {
    let expected = RootKey::from_bytes([0xAB; 32]).archive_key(KeyVersion(1)).id();
    let spellings = [
        text(),
        text().replace('\n', "\r\n"),
        text().trim_end().to_owned(),
        text().replace("abababab", "ABABABAB"),
        text().replace("abababab ", "abab abab\t").replace("# Keep", "\n# Keep"),
    ];
    for spelling in spellings {
        let root = KeyFile::parse(spelling.as_bytes()).unwrap().into_root();
        assert_eq!(root.archive_key(KeyVersion(1)).id(), expected, "{spelling}");
    }
}

#[test]
fn defects_of_a_key_file_are_named_without_repeating_it() {
    let text = text();
    let line =
        |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned() + "\n";
    let (id, key) = (line("id"), line("key"));
    let refusals = [
        (String::new(), KeyFileError::Header),
        ("age-encryption.org/v1\n".to_owned(), KeyFileError::Header),
        (text.replacen("v1", "v2", 1), KeyFileError::Version),
        (text.replacen("v1", "1", 1), KeyFileError::Header),
        (text.replace(&id, ""), KeyFileError::Missing("id")),
        (text.replace(&key, ""), KeyFileError::Missing("key")),
        (format!("{text}{id}"), KeyFileError::Repeated(6)),
        (format!("{text}{key}"), KeyFileError::Repeated(6)),
        (format!("{text}hint bank\n"), KeyFileError::Line(6)),
        (format!("{text}hint\n"), KeyFileError::Line(6)),
        (text.replace("abababab\n", "ababababa\n"), KeyFileError::Digits { line: 5, found: 65 }),
        (text.replace("abababab\n", "abababa\n"), KeyFileError::Digits { line: 5, found: 63 }),
        (text.replace("abababab\n", "abababao\n"), KeyFileError::Line(5)),
        (text.replace("abababab\n", "ababab\u{e4}b\n"), KeyFileError::Line(5)),
        (text.replace("abababab\n", "abababba\n"), KeyFileError::Checksum),
        (text.replace(&id, "id 00000000\n"), KeyFileError::Checksum),
        (text.replace(&id, "id 000\n"), KeyFileError::Line(4)),
        (format!("{text}#{}", " ".repeat(KEY_FILE_BYTES_MAX)), KeyFileError::TooLong),
    ];
    for (altered, error) in refusals {
        assert_eq!(refusal(&altered), error, "{altered}");
        assert!(!error.to_string().contains("abab"), "{error}");
    }
    assert_eq!(KeyFile::parse(b"\xff").unwrap_err(), KeyFileError::Header);
}

#[test]
fn a_mistyped_digit_is_noticed() {
    let text = text();
    let start = text.find("id ").unwrap();
    for (at, digit) in text.char_indices().skip(start).filter(|(_, c)| c.is_ascii_hexdigit()) {
        for other in "0123456789abcdef".chars().filter(|other| *other != digit) {
            let mut altered = text.clone();
            altered.replace_range(at..=at, &other.to_string());
            assert!(KeyFile::parse(altered.as_bytes()).is_err(), "{altered}");
        }
    }
}

proptest! {
    #[test]
    fn every_key_survives_its_file(bytes in any::<[u8; 32]>()) {
        let root = RootKey::from_bytes(bytes);
        let id = root.id();
        let file = KeyFile::new(root).to_text();
        prop_assert_eq!(KeyFile::parse(file.as_bytes()).unwrap().root().id(), id);
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), tail in "(?s).{0,200}", lines in "((id|key|#| )[ 0-9a-f\n]{0,30}){0,5}") {
        let _ = KeyFile::parse(&bytes);
        let _ = KeyFile::parse(format!("chancery-key-file v1\n{tail}").as_bytes());
        let _ = KeyFile::parse(format!("chancery-key-file v1\n{lines}").as_bytes());
    }
}
