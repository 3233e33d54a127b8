//! Folding: spans lie in the text, and every copy of a master is a path of its lattice.
#![no_main]

use chancery_text::fold::Fold;
use chancery_text::master::Master;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let folded = Fold::embedded().text(text);
        assert!((0..folded.len()).all(|at| text.get(folded.span(at)).is_some()));
    }
    let Ok(master) = Master::from_bytes(bytes) else { return };
    let folded = Fold::embedded().master(&master);
    for reading in 0..3 {
        let copy = master.uniform(reading).join("\n\n");
        let words = Fold::embedded().text(&copy);
        assert!(!folded.complete || folded.accepts(words.iter()));
    }
});
