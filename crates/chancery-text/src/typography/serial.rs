//! The comma before the last item of a list: form 0 `a, b and c`, form 1 `a, b, and c`; one symbol
//! a paper.
//!
//! Only lists of short items whose every boundary is in sight; an aside or an apposition between
//! commas is no list.

use crate::order::class::Class;
use crate::order::subject::is_finite;
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.serial-comma");
const KEY: &str = "paper:serial-comma";

/// Longest item, in words.
const LONGEST: usize = 4;

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 2..view.len() {
        if matches!(view.low(i), "and" | "or") {
            out.extend(at(view, i));
        }
    }
}

fn at(view: &View<'_, '_>, conjunction: usize) -> Option<Proposal> {
    let serial = view.low(conjunction - 1) == ",";
    let last = conjunction - 1 - usize::from(serial);
    if !view.is_word(last) {
        return None;
    }
    // The item before the conjunction, then the item before that.
    let comma = comma_before(view, last)?;
    let kind = item_kind(view, comma + 1, last)?;
    let first = first_item(view, comma)?;
    let ahead = name_ahead(view, conjunction + 1)
        .filter(|_| is_name(view, last))
        .or_else(|| item_ahead(view, conjunction + 1))?;
    if kind != ahead || item_kind(view, first, comma - 1)? != kind {
        return None;
    }
    // "Orlan, the consul and the clerk" may be an apposition.
    let article = |i: usize| view.tags(i).has(Tags::DET);
    if matches!(view.low(comma + 1), "its" | "his" | "her" | "their") {
        return None;
    }
    let opened = article(first) || (first > 0 && article(first - 1));
    if article(comma + 1) && !opened {
        return None;
    }
    // "If they trade with Peru, Chile and Kenya will leave": two commas or no verb behind.
    let three = view.low(first.saturating_sub(1)) != ",";
    let subject = view.opens_sentence(first)
        || (first > 0 && article(first - 1) && view.opens_sentence(first - 1));
    if three && kind && !subject && verb_behind(view, conjunction + 1) {
        return None;
    }
    let word = view.word(last);
    let start = view.passage.tokens[last].span.start;
    let end = if serial { last + 1 } else { last };
    let span = start..view.passage.tokens[end].span.end;
    view.consistent(CLASS, KEY, span, vec![word.to_owned(), format!("{word},")])
}

/// The comma at most `LONGEST` words before `last`.
fn comma_before(view: &View<'_, '_>, last: usize) -> Option<usize> {
    (0..=last)
        .rev()
        .take(LONGEST + 1)
        .find(|&i| !view.is_word(i))
        .filter(|&i| view.low(i) == "," && i < last)
}

/// Start of the item that ends before `comma`: after another comma, or a lone word that something
/// governs.
fn first_item(view: &View<'_, '_>, comma: usize) -> Option<usize> {
    let last = comma.checked_sub(1)?;
    if let Some(earlier) = comma_before(view, last)
        && item_kind(view, earlier + 1, last).is_some()
        && earlier > 0
        && view.is_word(earlier - 1)
        && item_kind(view, earlier - 1, earlier - 1).is_some()
    {
        return Some(earlier + 1);
    }
    let governor = view.tags_before(last, 1);
    // A name that opens the sentence is the list's first item; a day or a month is not.
    let opens = view.opens_sentence(last)
        && view.is_capital(last)
        && view.tags(last).has(Tags::NAME)
        && !is_time(view.low(last));
    if opens {
        return Some(last);
    }
    let governed = last > view.sentence(last).start
        && (governor
            .has(Tags::PREP.with(Tags::DET).with(Tags::VERB).with(Tags::AUX).with(Tags::PART))
            || matches!(view.before(last, 1), ":" | "("));
    // "Support to abstain, Peru and Chile …": an infinitive ends a phrase of its own.
    let infinitive = view.before(last, 1) == "to"
        && view.tags(last).has(Tags::VERB.with(Tags::UNKNOWN))
        && !view.is_capital(last);
    (governed && !infinitive && view.is_word(last)).then_some(last)
}

fn is_time(word: &str) -> bool {
    word.ends_with("day")
        || matches!(
            word,
            "january"
                | "february"
                | "march"
                | "april"
                | "may"
                | "june"
                | "july"
                | "august"
                | "september"
                | "october"
                | "november"
                | "december"
        )
}

/// What an item is made of; `None` when it may be something else than an item.
fn item_kind(view: &View<'_, '_>, first: usize, last: usize) -> Option<bool> {
    if first > last || last - first >= LONGEST || !view.all_words(first..last + 1) {
        return None;
    }
    let inner = (first..last).all(|i| {
        let tags = view.tags(i);
        !tags.has(Tags::PRO.with(Tags::CONJ).with(Tags::AUX).with(Tags::MODAL).with(Tags::ADV))
            && (!tags.has(Tags::PREP.with(Tags::SUBORD)) || tags.has(Tags::DET))
            && !tags.has(Tags::ING)
    });
    let head = view.tags(last);
    let noun = head.is_nounish() && !head.has(Tags::ADJ);
    let adjective = head.is_adjective() && first == last;
    (inner && (noun || adjective)).then_some(noun)
}

/// A name or an acronym inside a sentence.
fn is_name(view: &View<'_, '_>, i: usize) -> bool {
    view.is_word(i) && view.is_capital(i) && view.tags(i).has(Tags::NAME)
}

/// One to three capitalised words that end before a small one or a mark: the last of some names.
fn name_ahead(view: &View<'_, '_>, first: usize) -> Option<bool> {
    let last = (first..first + LONGEST).take_while(|&i| is_name(view, i)).last()?;
    let next = last + 1;
    let stops = match view.low(next) {
        "’" | "'" | "-" | "–" | "/" | "&" | "and" | "or" | "of" => false,
        _ => !(view.is_number(next) || view.is_word(next) && view.is_capital(next)),
    };
    (stops && last - first < LONGEST - 1).then_some(true)
}

fn verb_behind(view: &View<'_, '_>, first: usize) -> bool {
    (first + 1..=first + LONGEST)
        .find(|&i| view.is_mark(i) || is_finite(view, i))
        .is_some_and(|i| is_finite(view, i))
}

/// Kind of the item that starts at `first` and must end within reach.
fn item_ahead(view: &View<'_, '_>, first: usize) -> Option<bool> {
    (first..first + LONGEST).find_map(|last| {
        let kind = item_kind(view, first, last)?;
        let next = view.low(last + 1);
        let ends = matches!(next, "." | ";" | ":" | ")" | "" | "?")
            || matches!(next, "which" | "who" | "that" | "but" | "while" | "although" | "because")
                && kind
            || (view.tags(last + 1).has(Tags::PREP) && !view.tags(last + 1).has(Tags::ADV))
            || is_finite(view, last + 1)
            || (!kind && view.tags(last + 1).is_nounish());
        ends.then_some(kind)
    })
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn lists() {
        check(
            super::find,
            "typography.serial-comma",
            &[
                ("They sold tin, [[copper]] and salt.", &["copper,"]),
                ("They sold tin, [[copper,]] and salt.", &["copper"]),
                ("Talks with Peru, Chile, [[Norway]] and Kenya went on.", &["Norway,"]),
                ("He saw Peru, Chile, [[Norway]] and Kenya abstaining there.", &["Norway,"]),
                ("Orlan, [[Brun]] and Hale left.", &["Brun,"]),
                ("It was a loyal, [[prudent]] and honest answer.", &["prudent,"]),
            ],
            &[
                "In short, tin and copper were sold.",
                "If they trade with Peru, Chile and Kenya will leave.",
                "He met Orlan, the consul and the clerk who had come.",
                "The port was closed, and the boats left.",
                "Monday, Orlan and Brun left.",
                "He met Orlan, Brun and Hale Brothers’ clerk.",
            ],
        );
    }
}
