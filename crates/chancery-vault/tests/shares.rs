//! Shares: which subsets open, and that every bad one is named.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use chancery_vault::{
    ArchiveId, Gathering, LEAST_THRESHOLD, MOST_SHARES, PHRASE_WORDS, RootKey, SHARE_BYTES_MAX,
    Share, ShareError, Sharing,
};
use proptest::prelude::*;

const ARCHIVE: ArchiveId = ArchiveId([0x9f, 0x3a, 0x22, 0xc1]);
const FIVE: Sharing = Sharing { archive: ARCHIVE, generation: 1, threshold: 3, shares: 5 };

fn root() -> RootKey {
    RootKey::from_bytes(std::array::from_fn(|at| u8::try_from(at).unwrap()))
}

/// Coefficients that are fixed, so that answers are known.
fn split(sharing: &Sharing) -> Vec<Share> {
    let mut call = 0_usize;
    Share::split(&root(), sharing, || {
        call += 1;
        std::array::from_fn(|at| match call {
            1 => 0xa0 + u8::try_from(at).unwrap(),
            n => u8::try_from((7 * at + 3 + 31 * (n - 2)) % 256).unwrap(),
        })
    })
    .unwrap()
}

fn gathering(sharing: Sharing, shares: &[Share]) -> Gathering {
    Gathering::new(sharing, root().id(), shares.iter().map(Share::digest).collect())
}

/// Made by a second implementation (Python, with logarithm tables).
const KNOWN: [(usize, &str); 2] = [
    (
        0,
        "accept direct track assist annual abide doubt margin prior ferry shift shape voice spirit great escort theory spread sense scheme trip review daily truly bridge exist route regard speak market serve allow future source review range sign future plan guard",
    ),
    (
        2,
        "accept direct track assist annual abide doubt matter value report quite clause adhere trust merely place return crowd period plan scrap profit plus push honest minute flight energy naval year pose spite body health happy focus entry flood combat legal",
    ),
];

#[test]
fn phrases_are_those_of_a_second_implementation() {
    let shares = split(&FIVE);
    for (at, known) in KNOWN {
        let phrase = shares[at].phrase();
        let words: Vec<_> =
            phrase.split_whitespace().filter(|w| w.parse::<u32>().is_err()).collect();
        assert_eq!(words.join(" "), known);
    }
}

#[test]
fn every_three_of_five_open_and_no_two_do() {
    let shares = split(&FIVE);
    let (mut opened, mut closed) = (0, 0);
    for subset in 0_u32..32 {
        let chosen: Vec<_> = (0..5).filter(|at| subset >> at & 1 == 1).collect();
        let chosen: Vec<Share> = chosen.into_iter().map(|at| shares[at].clone()).collect();
        match Share::join(&chosen) {
            Ok(key) => {
                assert!(chosen.len() >= 3);
                assert_eq!(key.id(), root().id());
                opened += usize::from(chosen.len() == 3);
            }
            Err(error) => {
                let given = chosen.len();
                assert!(given < 3, "{given} shares: {error}");
                closed += usize::from(given == 2);
            }
        }
    }
    assert_eq!((opened, closed), (10, 10));
}

#[test]
fn too_few_shares_give_another_key_even_to_who_claims_they_are_enough() {
    // The control: the refusal is not all that stands between two officers and the key.
    let two = Sharing { threshold: 2, ..FIVE };
    let (three, two) = (split(&FIVE), split(&two));
    let forged: Vec<Share> = three[..2]
        .iter()
        .map(|share| {
            let mut bytes = packed(share);
            bytes[7] = 2;
            unpacked(&bytes)
        })
        .collect();
    assert_ne!(Share::join(&forged).unwrap().id(), root().id());
    assert_eq!(Share::join(&two[..2]).unwrap().id(), root().id());
}

/// The bytes behind a phrase, without its check.
fn packed(share: &Share) -> Vec<u8> {
    let words: Vec<&str> = include_str!("../src/words.txt").lines().collect();
    let phrase = share.phrase();
    let mut bits = Vec::new();
    for word in phrase.split_whitespace().filter(|w| w.parse::<u32>().is_err()) {
        let index = words.iter().position(|listed| *listed == word).unwrap();
        bits.extend((0..9).rev().map(|bit| index >> bit & 1));
    }
    bits.chunks(8).map(|byte| byte.iter().fold(0, |b, bit| b << 1 | *bit as u8)).collect()
}

/// A share with these bytes and a check that fits: what a forger would make.
fn unpacked(bytes: &[u8]) -> Share {
    Share::parse(phrase(bytes).as_bytes()).unwrap()
}

fn phrase(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let body = &bytes[..41];
    let check =
        sha2::Sha256::new().chain_update(b"chancery/share/v1").chain_update(body).finalize();
    let whole = [body, &check[..4]].concat();
    let words: Vec<&str> = include_str!("../src/words.txt").lines().collect();
    let index = |at: usize| {
        (at * 9..at * 9 + 9)
            .fold(0, |index, bit| index << 1 | usize::from(whole[bit / 8] >> (7 - bit % 8) & 1))
    };
    (0..PHRASE_WORDS).map(|at| words[index(at)]).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_bad_share_is_named_when_it_is_given() {
    let shares = split(&FIVE);
    let mut gathering = gathering(FIVE, &shares);
    assert!(gathering.give(shares[4].clone()).unwrap().is_none());
    assert_eq!(gathering.give(shares[4].clone()).unwrap_err(), ShareError::Twice(5));
    let other = Sharing { archive: ArchiveId([1; 4]), ..FIVE };
    let foreign = gathering.give(split(&other)[1].clone()).unwrap_err();
    assert!(matches!(foreign, ShareError::Foreign { number: 2, .. }), "{foreign}");
    let old = Sharing { generation: 0, ..FIVE };
    let old = gathering.give(split(&old)[1].clone()).unwrap_err();
    assert!(matches!(old, ShareError::Generation { number: 2, found: 0, expected: 1 }), "{old}");
    for bit in 9 * 8..41 * 8 {
        let mut bytes = packed(&shares[1]);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = gathering.give(unpacked(&bytes)).unwrap_err();
        assert_eq!(altered, ShareError::Altered(2), "bit {bit}");
    }
    // None of that disturbed the ceremony.
    assert!(gathering.give(shares[1].clone()).unwrap().is_none());
    assert_eq!(gathering.give(shares[2].clone()).unwrap().unwrap().id(), root().id());
    assert_eq!(gathering.given(), 0, "shares are forgotten once they are joined");
}

#[test]
fn shares_of_two_issues_do_not_join() {
    let shares = split(&FIVE);
    let next = split(&Sharing { generation: 2, ..FIVE });
    let mixed = [shares[0].clone(), shares[1].clone(), next[2].clone()];
    assert!(matches!(Share::join(&mixed), Err(ShareError::Generation { number: 3, .. })));
    let twice = [shares[0].clone(), shares[1].clone(), shares[0].clone()];
    assert_eq!(Share::join(&twice).unwrap_err(), ShareError::Twice(1));
    assert!(matches!(Share::join(&[]), Err(ShareError::TooFew { given: 0, .. })));
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    for (threshold, shares) in [(0, 3), (1, 3), (4, 3), (3, MOST_SHARES + 1), (2, 1), (0, 0)] {
        let sharing = Sharing { threshold, shares, ..FIVE };
        let split = Share::split(&root(), &sharing, || [7; 32]);
        assert_eq!(split.unwrap_err(), ShareError::Numbers, "{threshold} of {shares}");
    }
    for (threshold, shares) in [(LEAST_THRESHOLD, 2), (MOST_SHARES, MOST_SHARES)] {
        let split = split(&Sharing { threshold, shares, ..FIVE });
        let few = &split[..usize::from(threshold)];
        assert_eq!(Share::join(few).unwrap().id(), root().id());
        assert!(Share::join(&few[1..]).is_err());
    }
}

#[test]
fn a_phrase_is_read_as_people_type_it() {
    let share = &split(&FIVE)[2];
    let phrase = share.phrase();
    let first_letters = |word: &str| word.chars().take(4).collect::<String>().to_uppercase();
    let typed: Vec<String> = phrase.split_whitespace().map(first_letters).collect();
    for text in [phrase.to_string(), share.to_text().to_string(), typed.join("\r\n\t")] {
        assert_eq!(Share::parse(text.as_bytes()).unwrap().digest(), share.digest());
    }
}

#[test]
fn slips_are_told_without_repeating_a_word() {
    let phrase = split(&FIVE)[0].phrase().to_string();
    let words: Vec<&str> =
        phrase.split_whitespace().filter(|w| w.parse::<u32>().is_err()).collect();
    let refusal = |words: &[&str]| Share::parse(words.join(" ").as_bytes()).unwrap_err();
    assert_eq!(refusal(&words[1..]), ShareError::Count(39));
    let mut wrong = words.clone();
    wrong[6] = "xylophone";
    assert_eq!(refusal(&wrong), ShareError::Word(7));
    let told = refusal(&wrong).to_string();
    assert!(!told.contains("xylophone"), "{told}");
    let mut swapped = words.clone();
    swapped.swap(10, 11);
    assert_ne!(words, swapped, "the control: the two words differ");
    assert_eq!(refusal(&swapped), ShareError::Check);
    assert_eq!(Share::parse(&[0xff; 10]).unwrap_err(), ShareError::NoText);
    assert_eq!(Share::parse(&[b'a'; SHARE_BYTES_MAX + 1]).unwrap_err(), ShareError::NoText);
    assert_eq!(Share::parse(b"").unwrap_err(), ShareError::Count(0));
    let later = {
        let mut bytes = packed(&split(&FIVE)[0]);
        bytes[0] = 2;
        self::phrase(&bytes)
    };
    assert_eq!(Share::parse(later.as_bytes()).unwrap_err(), ShareError::Version);
}

#[test]
fn words_are_told_by_four_letters_and_no_slip_of_one_letter_makes_another() {
    let words: Vec<&str> = include_str!("../src/words.txt").lines().collect();
    assert_eq!(words.len(), 512);
    for (at, word) in words.iter().enumerate() {
        assert!((4..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()));
        for other in &words[at + 1..] {
            assert!(word < other, "sorted: {word} {other}");
            assert_ne!(word[..4], other[..4]);
            if word.len() == other.len() {
                let differ = word.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
                assert!(differ > 1, "{word} {other}");
            }
        }
    }
}

#[test]
fn debug_output_holds_no_word() {
    let share = &split(&FIVE)[0];
    assert_eq!(format!("{share:?}"), "Share(9f3a22c1, generation 1, number 1)");
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(share) = Share::parse(&bytes) {
            prop_assert_eq!(Share::parse(share.phrase().as_bytes()).unwrap().digest(), share.digest());
        }
    }

    #[test]
    fn shares_join_whatever_key_and_numbers(
        key in any::<[u8; 32]>(),
        threshold in LEAST_THRESHOLD..=MOST_SHARES,
        more in 0_u8..4,
        seed in any::<[u8; 32]>(),
    ) {
        let shares = threshold.saturating_add(more).min(MOST_SHARES);
        let sharing = Sharing { archive: ARCHIVE, generation: 3, threshold, shares };
        let mut drawn = seed;
        let split = Share::split(&RootKey::from_bytes(key), &sharing, || {
            drawn = drawn.map(|b| b.wrapping_mul(5).wrapping_add(99));
            drawn
        }).unwrap();
        let last = &split[usize::from(shares - threshold)..];
        prop_assert_eq!(Share::join(last).unwrap().id(), RootKey::from_bytes(key).id());
    }
}
