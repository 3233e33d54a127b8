//! A PDF from outside: an answer or a refusal, the same every time, every word inside the text, and whole
//! after its way between two processes.
#![no_main]

use chancery_page::{Foreign, read_foreign, read_written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = read_foreign(bytes) else { return };
    let text = &found.text;
    let words: usize =
        text.geometry.pages.iter().flat_map(|page| &page.lines).map(|line| line.words.len()).sum();
    assert_eq!(words, text.spans.len());
    assert!(text.spans.iter().all(|span| text.text.get(span.clone()).is_some()));
    assert_eq!(read_written(bytes).map(|written| written.text).as_ref(), Ok(text));
    assert_eq!(Foreign::from_bytes(&found.to_bytes()).as_ref(), Ok(&found));
    assert_eq!(read_foreign(bytes), Ok(found));
});
