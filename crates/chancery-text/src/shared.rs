//! What a leak shares with a plain text: passages that stand in both, whatever the words between them.
//!
//! What belongs here: finding the passages of a text that has no sites of ours, such as a public one.
//! What does not: which texts are compared (`sketch` tells), and what is made of the passages.

use std::ops::Range;

use crate::align::{Leak, Template, align};
use crate::build::{Choice, build};
use crate::markup::Marked;

/// Byte ranges of `leak` that stand in `text` as well, ascending, apart.
///
/// A passage has at least [`MIN_FIXED_WORDS`](crate::align::MIN_FIXED_WORDS) words of the text and spans
/// what differs between them. It takes with it the blanks and signs on both sides, up to the next word of
/// the leak. Pure: the same leak and text always give the same ranges.
#[must_use]
pub fn shared_passages(leak: &str, text: &str) -> Vec<Range<usize>> {
    let marked: Vec<Marked> = text.split("\n\n").map(Marked::literal).collect();
    let nothing = Choice { wording: false, characters: false, ..Choice::default() };
    let template = Template::of(&build(&marked, &[], &nothing, "", None));
    let leak = Leak::new(leak, &template);
    let mut out: Vec<Range<usize>> = Vec::new();
    for passage in align(&leak, &template) {
        let words = passage.leak_words();
        let before = words.start.checked_sub(1).and_then(|at| leak.words.get(at));
        let start = before.map_or(0, |word| word.span().end);
        let end = leak.words.get(words.end).map_or(leak.text.len(), |word| word.span().start);
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => out.push(start..end),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "Our two countries have worked well together for many years, and the service across the lake is good for both shores.";

    #[test]
    fn a_passage_is_found_in_other_signs_and_with_a_word_changed() {
        let theirs = PUBLIC.replace(' ', "\u{2009}").replace("is good", "is excellent");
        let leak = format!("He said this at noon: “{theirs}” Then he left.");
        let found = shared_passages(&leak, PUBLIC);
        let [passage] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(&leak[passage.clone()], format!(": “{theirs}” "));
    }

    #[test]
    fn a_phrase_and_another_text_share_nothing() {
        let leak =
            "Our two countries have worked on a treaty since spring, and nobody knows how it ends.";
        assert!(shared_passages(leak, PUBLIC).is_empty());
        assert!(shared_passages("", PUBLIC).is_empty());
        assert!(shared_passages(leak, "").is_empty());
    }
}
