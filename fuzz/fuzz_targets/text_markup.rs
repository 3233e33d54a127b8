//! A drafter's markup: every span lies in the text it marks, and building and rendering a master of it holds.
#![no_main]

use chancery_text::build::{Choice, build, candidates};
use chancery_text::markup;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let Ok(marked) = markup::parse(source) else { return };
    for (span, readings) in &marked.variants {
        assert_eq!(marked.text.get(span.clone()), readings.first().map(String::as_str));
    }
    assert!(marked.locked.iter().all(|span| marked.text.get(span.clone()).is_some()));

    let paragraphs = [marked];
    let choice = Choice::default();
    let found = candidates(&paragraphs, &[]);
    let master = build(&paragraphs, &found.iter().collect::<Vec<_>>(), &choice, "", None);
    assert_eq!(master.render(|_| 0).len(), master.drafted().len());
});
