//! Numbers of references: form 0 `telegram 434`, form 1 `telegram No. 434`; and paragraphs cited in
//! figures (form 0) or words (form 1). One symbol a paper each; the number itself stays.

use crate::order::class::Class;
use crate::order::view::View;
use crate::proposal::Proposal;

const NUMBER: Class = Class::typography("typography.reference-number");
const NUMBER_KEY: &str = "paper:reference-number";
const PARAGRAPH: Class = Class::typography("typography.paragraph-numeral");
const PARAGRAPH_KEY: &str = "paper:paragraph-numeral";

/// What carries a number of its own.
const NUMBERED: &[&str] = &[
    "telegram",
    "tel",
    "cable",
    "despatch",
    "dispatch",
    "airgram",
    "embtel",
    "deptel",
    "urtel",
    "mytel",
    "ourtel",
    "reftel",
    "legtel",
    "contel",
    "congentel",
    "depintel",
    "deptcirtel",
    "depcirtel",
    "depcirctel",
    "cirtel",
    "circtel",
    "gentel",
    "note",
];

const FIGURES: &[&str] =
    &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len().saturating_sub(1) {
        let word = view.low(i);
        if NUMBERED.contains(&word) {
            out.extend(number(view, i + 1));
        } else if matches!(word, "paragraph" | "para" | "paragraphs" | "paras") {
            out.extend(paragraph(view, i + 1, word.ends_with('s')));
        }
    }
}

fn number(view: &View<'_, '_>, at: usize) -> Option<Proposal> {
    let written = view.word(at) == "No" && view.low(at + 1) == ".";
    let last = if written { at + 2 } else { at };
    let number = view.word(last);
    let several = matches!(view.low(last + 1), "and" | "," | "&" | "or" | "through" | "to")
        && view.is_number(last + 2);
    let glued = matches!(view.low(last + 1), "-" | "–" | "/" | ":" | "%" | "(");
    if number.len() > 4 || !number.chars().all(|c| c.is_ascii_digit()) || several || glued {
        return None;
    }
    let spaced = view.passage.text[..view.passage.tokens[at].span.start].ends_with(' ');
    let forms = vec![number.to_owned(), format!("No. {number}")];
    spaced.then(|| view.consistent(NUMBER, NUMBER_KEY, view.span(at, last), forms)).flatten()
}

/// The other way to write a small number, as `(figures, words)`.
fn both_ways(word: &str) -> Option<(String, String)> {
    let at = FIGURES
        .iter()
        .position(|w| *w == word)
        .or_else(|| word.parse::<usize>().ok().and_then(|n| n.checked_sub(1)))?;
    let plain = FIGURES.get(at).filter(|w| **w == word || (at + 1).to_string() == word)?;
    Some(((at + 1).to_string(), (*plain).to_owned()))
}

fn paragraph(view: &View<'_, '_>, at: usize, several: bool) -> Option<Proposal> {
    let (mut figures, mut words) = both_ways(view.low(at))?;
    let mut last = at;
    if several {
        let joint = view.low(at + 1);
        if !matches!(joint, "and" | "or" | "through" | "to") {
            return None;
        }
        let (next_figures, next_words) = both_ways(view.low(at + 2))?;
        figures = format!("{figures} {joint} {next_figures}");
        words = format!("{words} {joint} {next_words}");
        last = at + 2;
    }
    let next = view.low(last + 1);
    let ahead = view.passage.text[view.passage.tokens[last].span.end..].chars().next();
    // Articles and their paragraphs are cited as the treaty numbers them.
    if matches!(next, "of" | "(" | "-" | "–" | "/" | ")" | "," | "and" | "or" | "through" | "to")
        || ahead.is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    view.consistent(PARAGRAPH, PARAGRAPH_KEY, view.span(at, last), vec![figures, words])
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn references() {
        check(
            super::find,
            "typography.reference-number",
            &[
                ("See your telegram [[434]] of May.", &["No. 434"]),
                ("As told in Embtel [[No. 434]].", &["434"]),
            ],
            &[
                "See telegrams 434 and 436.",
                "See telegram 434 and 436.",
                "He sent notes 434 times.",
                "He sent telegram 434–A.",
            ],
        );
        check(
            super::find,
            "typography.paragraph-numeral",
            &[
                ("See paragraph [[3]] above.", &["three"]),
                ("As in paras [[two and three]] above.", &["2 and 3"]),
            ],
            &["See paragraph 3 of the treaty.", "See paragraph 3(a).", "See paragraph 14 above."],
        );
    }
}
