//! An article of the press: spans lie in the text, in order, and the same text reads the same twice.
#![no_main]

use chancery_text::press::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let article = read(text);
    assert_eq!(article, read(text));
    let mut end = 0;
    for quotation in &article.quotations {
        assert_eq!(text.get(quotation.span.clone()), Some(quotation.text.as_str()));
        assert!(end <= quotation.span.start);
        end = quotation.span.end;
        for span in quotation.fragments.iter().chain(&quotation.inner) {
            assert!(quotation.span.start <= span.start && span.end <= quotation.span.end);
            assert!(text.get(span.clone()).is_some());
        }
    }
    assert!(article.paraphrases.iter().all(|p| text.get(p.span.clone()) == Some(p.text.as_str())));
});
