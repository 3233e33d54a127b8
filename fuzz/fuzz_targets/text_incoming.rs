//! A leak: bytes to text, text to evidence. The same bytes give the same evidence, to the last bit.
//!
//! The first byte chooses the kind of file.
#![no_main]

use std::sync::LazyLock;

use chancery_text::build::{Choice, build, candidates};
use chancery_text::extract::extract;
use chancery_text::incoming::text_of;
use chancery_text::markup;
use chancery_text::master::Master;
use libfuzzer_sys::fuzz_target;

const DRAFT: &str = "The minister {said|stated} that the talks, which {began|opened} on Monday, would go on \
    until the {end|close} of the week; he {did not expect|expected no} agreement before then.";

static MASTER: LazyLock<Master> = LazyLock::new(|| {
    let paragraphs = [markup::parse(DRAFT).expect("the draft's markup is good")];
    let found = candidates(&paragraphs, &[]);
    build(&paragraphs, &found.iter().collect::<Vec<_>>(), &Choice::default(), "", None)
});

fuzz_target!(|bytes: &[u8]| {
    let [kind, bytes @ ..] = bytes else { return };
    let name = ["leak.txt", "leak.md", "leak.html", ""][usize::from(*kind) % 4];
    let Ok(text) = text_of((!name.is_empty()).then_some(name), bytes) else { return };
    let evidence = extract(&text, &MASTER);
    assert_eq!(evidence.to_bytes(), extract(&text, &MASTER).to_bytes());
});
