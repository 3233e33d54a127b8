//! The meter: what a leak would tell, as tracks with words. From "everyone" at the left to "identified" at
//! the right, with a tick where one reader is likely.

use chancery_desk::{ParagraphReach, Reach, bits_to_name};
use maud::{Markup, html};

/// The level at which a copy is named.
const NAMED: f64 = 1e-6;
/// The level of a strong lead.
const LEAD: f64 = 1e-3;
/// Paragraphs of so few words are not worth a mark.
const FEW_WORDS: usize = 8;
/// Most paragraphs that get advice.
const MOST_ADVICE: usize = 3;

/// The meter of the whole paper or of a paragraph.
pub(super) fn meter(rows: &[(&str, &Reach)], readers: u64, big: bool) -> Markup {
    html! {
        dl.meter.big[big] {
            @for (name, reach) in rows {
                dt { (name) }
                dd { (track(reach.bits, readers)) span { (says(reach, readers)) } }
            }
        }
    }
}

/// The rows of a paragraph.
pub(super) fn rows(reach: &ParagraphReach) -> [(&'static str, &Reach); 3] {
    [("Retyped", &reach.retyped), ("Pasted", &reach.pasted), ("40 words", &reach.quoted)]
}

/// How far the bits go on the way to naming a copy.
fn track(bits: f64, readers: u64) -> Markup {
    let n = usize::try_from(readers.max(1)).unwrap_or(usize::MAX);
    let whole = bits_to_name(n, NAMED).max(1.0);
    let one = bits_to_name(n, 1.0) / whole * 100.0;
    let width = (bits / whole * 100.0).clamp(0.0, 100.0);
    let class = if bits >= whole {
        "in"
    } else if bits >= bits_to_name(n, 1.0) {
        "one"
    } else {
        "some"
    };
    html! {
        svg.track viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            path.base d="M0 6H100" {}
            path.tick d={ "M" (format!("{one:.2}")) " 0V12M100 0V12" } {}
            rect class=(class) x="0" y="3" height="6" width=(format!("{:.2}", width.max(0.8))) {}
        }
    }
}

/// `41 → 6`, `41 → 1 likely`, strong lead, identified.
fn says(reach: &Reach, readers: u64) -> Markup {
    let n = usize::try_from(readers).unwrap_or(usize::MAX);
    if readers == 0 {
        return html! { "no readers" };
    }
    if reach.bits >= bits_to_name(n, NAMED) {
        return html! { b { "identified" } };
    }
    if reach.bits >= bits_to_name(n, LEAD) {
        return html! { b { "strong lead" } };
    }
    let likely = if reach.bits >= bits_to_name(n, 1.0) { " likely" } else { "" };
    html! { (readers) " → " b { (reach.narrows_to) } (likely) }
}

/// Advice for the paragraphs that a quotation would tell least of, by number: the longest first.
pub(super) fn advice(paragraphs: &[&ParagraphReach], readers: u64) -> Vec<(usize, String)> {
    if readers < 2 {
        return Vec::new();
    }
    let mut weak: Vec<(usize, usize)> = paragraphs
        .iter()
        .enumerate()
        .filter(|(_, reach)| reach.words >= FEW_WORDS && reach.quoted.narrows_to * 2 > readers)
        .map(|(at, reach)| (reach.words, at))
        .collect();
    weak.sort_by_key(|(words, at)| (std::cmp::Reverse(*words), *at));
    let half = readers.div_ceil(2);
    let one = |(_, at): (usize, usize)| {
        let none = paragraphs.get(at).is_some_and(|reach| reach.retyped.narrows_to >= readers);
        let why = if none {
            "No word of this paragraph differs between copies."
        } else {
            "Little of this paragraph would survive a copy desk."
        };
        (
            at,
            format!(
                "{why} One variant of yours, such as {{firm|unmoved}}, would take a quotation of it from {readers} readers to about {half}."
            ),
        )
    };
    weak.into_iter().take(MOST_ADVICE).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn reach(bits: f64, narrows_to: u64) -> Reach {
        Reach { bits, narrows_to }
    }

    #[test]
    fn the_meter_speaks_in_steps() {
        let words = |bits, left| says(&reach(bits, left), 41).into_string();
        assert_eq!(words(2.8, 6), "41 → <b>6</b>");
        assert_eq!(words(6.0, 1), "41 → <b>1</b> likely");
        assert_eq!(words(16.0, 1), "<b>strong lead</b>");
        assert_eq!(words(25.4, 1), "<b>identified</b>");
        assert_eq!(says(&reach(3.0, 1), 0).into_string(), "no readers");
    }

    #[test]
    fn advice_is_for_the_longest_paragraphs_without_marks() {
        let of = |words, bits, left| ParagraphReach {
            words,
            pasted: reach(9.0, 1),
            retyped: reach(bits, left),
            quoted: reach(bits, left),
        };
        let all = [of(30, 0.0, 41), of(60, 0.0, 41), of(80, 3.0, 5), of(5, 0.0, 41)];
        let all: Vec<&ParagraphReach> = all.iter().collect();
        let found: Vec<usize> = advice(&all, 41).into_iter().map(|(at, _)| at).collect();
        assert_eq!(found, [1, 0]);
        assert!(advice(&all, 1).is_empty());
    }
}
