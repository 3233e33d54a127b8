//! A PDF from outside: an answer or a refusal, the same every time, and every word inside the text.
#![no_main]

use chancery_page::read_pdf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = read_pdf(bytes) else { return };
    let words: usize =
        found.geometry.pages.iter().flat_map(|page| &page.lines).map(|line| line.words.len()).sum();
    assert_eq!(words, found.spans.len());
    assert!(found.spans.iter().all(|span| found.text.get(span.clone()).is_some()));
    assert_eq!(read_pdf(bytes), Ok(found));
});
