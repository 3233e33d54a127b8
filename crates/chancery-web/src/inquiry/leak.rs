//! The leak with its decisive places highlighted. Where no copy leads, nothing is highlighted.

use chancery_desk::{Decisive, FoundLeak};
use maud::{Markup, html};

/// Longest text that is shown whole, in bytes; of longer ones the paragraphs with places.
const WHOLE: usize = 40_000;
/// Most paragraphs.
const MOST: usize = 300;
/// Places that weigh less than this, in bits, say nothing.
const LEAST: f64 = 0.01;
/// From here on a place weighs much.
const HEAVY: f64 = 2.0;

pub(super) fn text(leak: &FoundLeak) -> Markup {
    let places: Vec<&Decisive> = apart(&leak.places);
    let whole = leak.text.len() <= WHOLE;
    let mut from = 0;
    let mut shown = Vec::new();
    for part in leak.text.split_inclusive("\n\n") {
        let span = from..from + part.len();
        from = span.end;
        let inside: Vec<&Decisive> =
            places.iter().filter(|p| p.start < span.end && span.start < p.end).copied().collect();
        if part.trim().is_empty() || (!whole && inside.is_empty()) || shown.len() >= MOST {
            continue;
        }
        shown.push(paragraph(&leak.text, &span, &inside));
    }
    html! {
        div.leaktext lang="en-GB" {
            @for paragraph in &shown { (paragraph) }
            @if !whole { p.soft { "Only the paragraphs with places are shown." } }
        }
    }
}

/// Places that say something and do not overlap, in order.
fn apart(places: &[Decisive]) -> Vec<&Decisive> {
    let mut out: Vec<&Decisive> = Vec::new();
    for place in places.iter().filter(|p| p.bits.abs() > LEAST) {
        if out.last().is_none_or(|last| last.end <= place.start) {
            out.push(place);
        }
    }
    out
}

fn paragraph(text: &str, span: &std::ops::Range<usize>, inside: &[&Decisive]) -> Markup {
    let slice = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut parts = Vec::new();
    let mut at = span.start;
    for place in inside {
        let (start, end) = (place.start.max(at), place.end.min(span.end).max(at));
        parts.push(html! { (slice(at, start)) });
        parts.push(mark(slice(start, end), place));
        at = end;
    }
    parts.push(html! { (slice(at, span.end).trim_end()) });
    html! { p { @for part in &parts { (part) } } }
}

fn mark(words: &str, place: &Decisive) -> Markup {
    let class = match place.bits {
        bits if bits < 0.0 => "no",
        bits if bits >= HEAVY => "w3",
        bits if bits < 0.7 => "w1",
        _ => "",
    };
    if words.trim().is_empty() {
        // A space between two words: shown by a sign, spoken by its name.
        return html! { mark.space class=(class) { " " span.vh { "(marked space) " } } };
    }
    html! { mark class=(class) { (words) } }
}

pub(super) fn key() -> Markup {
    html! {
        p.keyline {
            span { mark { "read" } " agrees with the copy; a thicker line weighs more" }
            span { mark.no { "read" } " does not agree" }
            span { mark.space { " " } " a marked space" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(start: usize, end: usize, bits: f64) -> Decisive {
        Decisive { start, end, channel: "wording".into(), bits }
    }

    fn leak(text: &str, places: Vec<Decisive>) -> FoundLeak {
        FoundLeak {
            file: "leak.txt".into(),
            sha256: String::new(),
            papers: Vec::new(),
            evidence: String::new(),
            words: 0,
            matched: 0,
            unset: Vec::new(),
            unread: 0,
            public: Vec::new(),
            text: text.into(),
            places,
            pages: Vec::new(),
            sheets: Vec::new(),
        }
    }

    #[test]
    fn places_are_highlighted_and_text_is_escaped() {
        let leak = leak(
            "The <b>tender</b> was drawn.\n\nBadly.",
            vec![place(4, 17, 2.5), place(6, 9, 1.0), place(30, 35, -1.0), place(0, 2, 0.0)],
        );
        let out = text(&leak).into_string();
        assert!(out.contains("<mark class=\"w3\">&lt;b&gt;tender&lt;/b&gt;</mark>"), "{out}");
        assert!(out.contains("<mark class=\"no\">Badly</mark>"), "{out}");
        assert_eq!(out.matches("<mark").count(), 2, "{out}");
    }

    #[test]
    fn spans_that_cut_letters_show_nothing_wrong() {
        let out = text(&leak("é and è", vec![place(1, 3, 1.0), place(90, 99, 1.0)])).into_string();
        assert!(out.contains("<p>"), "{out}");
    }
}
