//! Dots in acronyms: form 0 `US`, form 1 `U.S.`; one symbol a paper.
//!
//! Only acronyms that good printers write both ways. At a sentence end the last dot is also the
//! full stop.

use crate::order::class::Class;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.dotted-acronym");
const KEY: &str = "paper:dotted-acronym";

const ACRONYMS: &[&str] = &["US", "UN", "UK", "USA", "USSR", "UAR", "UAE"];

/// Written without dots even where `U.S.` has them; the lexicon varies them with their full names.
const PLAIN: &[&str] = &["UN", "UK", "USSR"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        out.extend(at(view, i));
    }
}

/// The two forms of a word that is an acronym or a compound holding one (`US-owned`).
fn forms(word: &str) -> Option<(String, String)> {
    let (head, rest) = match word.split_once('-') {
        Some((head, _)) => (head, &word[head.len()..]),
        None => (word, ""),
    };
    let plain: String = head.chars().filter(|c| *c != '.').collect();
    let dotted: String = plain.chars().flat_map(|c| [c, '.']).collect();
    let known = ACRONYMS.contains(&plain.as_str()) && (head == plain || head == dotted);
    known.then(|| (format!("{plain}{rest}"), format!("{dotted}{rest}")))
}

fn at(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let token = view.passage.tokens.get(i)?;
    let word = view.word(i);
    let (plain, dotted) = forms(word)?;
    let text = view.passage.text;
    if PLAIN.contains(&word) {
        return None;
    }
    let after = text[token.span.end..].chars().next().unwrap_or(' ');
    let before = text[..token.span.start].chars().next_back().unwrap_or(' ');
    if matches!(after, '$' | '/' | '&')
        || matches!(before, '/' | '&' | '.' | '-')
        || shouted(view, i)
    {
        return None;
    }
    if !word.contains('.') {
        if after == '.' && view.low(i + 1) == "." && !text[token.span.end..].starts_with("..") {
            // The stop of the sentence becomes the last dot.
            let span = token.span.start..view.passage.tokens[i + 1].span.end;
            return view.consistent(CLASS, KEY, span, vec![format!("{plain}."), dotted]);
        }
        return view.consistent(CLASS, KEY, token.span.clone(), vec![plain, dotted]);
    }
    let plain = if ends_sentence(view, i) { format!("{plain}.") } else { plain };
    view.consistent(CLASS, KEY, token.span.clone(), vec![plain, dotted])
}

/// Whether the acronym's last dot also ends the sentence.
fn ends_sentence(view: &View<'_, '_>, i: usize) -> bool {
    const OPENERS: &[&str] = &[
        "the",
        "he",
        "she",
        "it",
        "we",
        "they",
        "this",
        "these",
        "that",
        "in",
        "on",
        "at",
        "however",
        "there",
        "if",
        "when",
        "while",
        "as",
        "for",
        "but",
        "and",
        "i",
        "our",
        "his",
        "their",
        "such",
        "a",
        "an",
        "after",
        "since",
        "thus",
        "therefore",
        "moreover",
        "also",
        "it’s",
    ];
    i + 1 >= view.len()
        || (view.is_capital(i + 1) && OPENERS.contains(&view.low(i + 1)))
        || matches!(view.low(i + 1), "”" | "\"" | ")") && i + 2 >= view.len()
}

/// Words in capitals around make `US` a shouted pronoun, perhaps.
fn shouted(view: &View<'_, '_>, i: usize) -> bool {
    let capitals = |k: Option<usize>| {
        k.map(|k| view.word(k)).is_some_and(|word| {
            word.chars().filter(|c| c.is_alphabetic()).count() > 4
                && word.chars().all(|c| !c.is_lowercase())
        })
    };
    capitals(i.checked_sub(1)) && capitals(Some(i + 1))
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn dots() {
        check(
            super::find,
            "typography.dotted-acronym",
            &[
                ("The [[US]] envoy left.", &["U.S."]),
                ("The [[U.S.]] Ambassador left.", &["US"]),
                ("He left the [[UAR.]]", &["U.A.R."]),
                ("He left the [[U.K.]] The envoy stayed.", &["UK."]),
                ("Two [[US-owned]] mines closed.", &["U.S.-owned"]),
            ],
            &["It cost US$ 5.", "They told us.", "The UN met.", "He quoted “the US line” there."],
        );
    }
}
