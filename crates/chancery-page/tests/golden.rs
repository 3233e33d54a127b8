//! The bytes of finished pages stand guard over what [`engine`] does not name: the writers of PDF, SVG and
//! PNG, and our own edits in the frames.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chancery_page::{Form, Pages, RULE, engine, typeset};
use sha2::{Digest, Sha256};

mod support;
use support::{paper, readings};

/// What the bytes below were made with.
const MADE_WITH: (&str, u32) = (
    "typst 0.15.1 fonts 93f662f3a05dd7538edcf25fab1d615d template 66fbd8abab5c6782e9a2898a84172a6e",
    1,
);

/// SHA-256 of the PDF, of all pages as one SVG and of all pages as one PNG at 60 dpi.
const BYTES: [(Form, [&str; 3]); 6] = [
    (
        Form::Cable,
        [
            "787f564784133635c98bcd9c55577a9094d886dafabb76a9900275c4714d2a4e",
            "5fb1fb75ebe42a67980732184a07de92a44b3a1f3adc971e56ed8552ec95cdd3",
            "08c277df397258f08967625f52ea71555f18e08b12d0b83e23a2d8d0e7621e81",
        ],
    ),
    (
        Form::Letter,
        [
            "9b1a1f232a08db565391a836e256fb33f9d19073b827bf87b0c9b9e56aa6d99d",
            "55e4061549a32d05f16aa75e11851dc5f94cc1874a6c2f461793013453a2bc9e",
            "faed99c52aa95dd15479f8c173ff95b8a83801427f34ac2ef537efaefa301b51",
        ],
    ),
    (
        Form::Statement,
        [
            "2fc6270869042e48d60416c8d8c8f1323699fd753c826b1558fcf7bb7fb1c611",
            "1240bd351d16f2bf30d24eb15c3ca9d2ea0741986f4ef3d10dd890314527980c",
            "e75964a08a7c2c7ac803445d93c1853ffd47b2f8353c9853a5ec59f0151bc071",
        ],
    ),
    (
        Form::Minute,
        [
            "70e09278637f5e5d91282d3272709cc26c53c33a6d7b68c5f7a118d0b1443db2",
            "e8aafb754bcf0177ab54241b5fadcb01b6b6a2b820ec5d5ece9d9b0e5a151946",
            "49f75b17ef00017fee65e6388302364a4abae6dadcdfc1ee6ccc82648e1c0ae0",
        ],
    ),
    (
        Form::BoardPaper,
        [
            "2e641b7f5b3b3cd29a9a2a9ae60b90719711e8a699619c39d8f0dbd9c07964fc",
            "a23379fd37646842f327f730004f0f70c48fc85637da2ad9e592cef33a4cdc5a",
            "2f40413d879274f04d5a0f342d2ac6f3d90d8976fbaec83e9b817a71d247a22b",
        ],
    ),
    (
        Form::Report,
        [
            "f9381f89698e1b3dbdb54f73ab5160bd138ca7426d729a76038a8d428e4d0d93",
            "7397875fde7bcdab46e86caecc512a678362a3bb1e7651839efb6a22a8fa265d",
            "611aa0156526c56e400627b95faf605d0c6ab2d85664c86ad1301c75c9eb7d2d",
        ],
    ),
];

fn pages(form: Form, reader: u64) -> Pages {
    let mut paper = paper(form, 1);
    paper.paragraphs.truncate(3);
    typeset(&paper, &readings(reader)).unwrap()
}

fn hashes(pages: &Pages) -> [String; 3] {
    let files = [pages.pdf().unwrap(), pages.svg_all().into_bytes(), pages.png_all(60.0).unwrap()];
    files.map(|bytes| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[test]
fn pages_come_out_as_they_always_did() {
    let now = BYTES.map(|(form, _)| (form, hashes(&pages(form, 4))));
    assert_eq!(
        (engine(), RULE),
        MADE_WITH,
        "pages are made in a new way, and papers of the old one are not typeset any more; write down the new bytes: {now:#?}"
    );
    for ((form, then), (_, now)) in BYTES.iter().zip(&now) {
        assert_eq!(
            then, now,
            "{form:?} comes out in other bytes, with typesetter, fonts and template as they were: raise RULE, so that papers released before are not typeset otherwise, and write down the new bytes"
        );
    }
}

#[test]
fn another_reading_is_seen_in_every_kind_of_file() {
    let (one, other) = (hashes(&pages(Form::Cable, 4)), hashes(&pages(Form::Cable, 5)));
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}
