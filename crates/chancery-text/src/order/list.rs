//! Lists of equals: *political, economic and military aspects* in any order.
//!
//! Items are single words of one class or listed names. A list that follows an opening phrase, an
//! itinerary, an alphabet or a rank is left alone.

use super::class::{Class, judged};
use super::country::{Name, closes, is_own, name_at, opens};
use super::frozen::{is_compound, is_frozen, is_rank};
use super::pair::{POINTING, starts_with_vowel};
use super::subject::is_finite;
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const WORDS: Class =
    Class::order("order.list", Acceptance::Full, judged(45, 45).again(30, 30));
pub(super) const COUNTRIES: Class =
    Class::order("order.country-list", Acceptance::Core, judged(45, 45).again(0, 0));
pub(super) const OWN_COUNTRY: Class =
    Class::order("order.own-country-list", Acceptance::Ask, judged(19, 40).again(7, 22));

/// Most readings a list offers: all orders of three items, some of a longer list.
const MOST_READINGS: usize = 6;

/// Longest list looked at, in items.
const LONGEST: usize = 8;

/// Periods come in their own order.
const PERIODS: &[&str] =
    &["time", "day", "night", "week", "month", "year", "morning", "evening", "hour"];

/// Words near the list that make its order a journey.
const JOURNEYS: &[&str] = &[
    "visit", "visits", "visiting", "visited", "trip", "travel", "travels", "via", "tour",
    "arriving",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 3..view.len().saturating_sub(1) {
        if matches!(view.low(i), "and" | "or") && !view.order_matters(i) {
            out.extend(countries(view, i).or_else(|| words(view, i)));
        }
    }
}

fn countries(view: &View<'_, '_>, conjunction: usize) -> Option<Proposal> {
    let last = name_at(view, conjunction + 1)?;
    let mut names = vec![last];
    let mut end = end_before(view, conjunction)?;
    loop {
        let name = name_ending_at(view, end).filter(|name| name.kind == last.kind)?;
        names.push(name);
        let previous = name.first.checked_sub(1)?;
        if view.low(previous) != "," || names.len() > LONGEST {
            break;
        }
        end = previous.checked_sub(1)?;
        // "In Washington, Peru and Chile": the comma closes something else.
        name_ending_at(view, end)?;
    }
    names.reverse();
    let first = *names.first()?;
    if names.len() < 3
        || !opens(view, first)
        || !closes(view, last)
        || is_alphabetical(view, names.iter().map(|name| name.first))
        || is_journey(view, first.first)
    {
        return None;
    }
    // "If they leave Oslo, Peru and Chile sign": the first comma may close a clause.
    if names.len() == 3 && is_finite(view, last.last + 1) && opens_with_clause(view, first.first) {
        return None;
    }
    let own = names.iter().any(|&name| is_own(view, name));
    let spans: Vec<(usize, usize)> = names.iter().map(|n| (n.first, n.last)).collect();
    propose(view, if own { OWN_COUNTRY } else { COUNTRIES }, &spans, |_| true)
}

fn name_ending_at(view: &View<'_, '_>, end: usize) -> Option<Name> {
    end.checked_sub(1)
        .and_then(|i| name_at(view, i))
        .filter(|name| name.last == end)
        .or_else(|| name_at(view, end).filter(|name| name.last == end))
}

/// The token that ends the item before a conjunction, over a serial comma.
fn end_before(view: &View<'_, '_>, conjunction: usize) -> Option<usize> {
    let before = conjunction.checked_sub(1)?;
    if view.low(before) == "," { before.checked_sub(1) } else { Some(before) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Adjective,
    Noun,
    Adverb,
}

fn item(view: &View<'_, '_>, i: usize) -> Option<Item> {
    let (tags, word) = (view.tags(i), view.low(i));
    if !view.is_word(i)
        || view.is_capital(i)
        || is_rank(word)
        || POINTING.contains(&word)
        || PERIODS.contains(&word)
    {
        return None;
    }
    if tags == Tags::ADV && word.ends_with("ly") {
        return Some(Item::Adverb);
    }
    if tags.is_adjective() && !tags.has(Tags::NOUN) {
        return Some(Item::Adjective);
    }
    let noun = tags.has(Tags::NOUN) && !tags.has(Tags::FUNCTION.with(Tags::PART).with(Tags::ADJ));
    noun.then_some(Item::Noun)
}

fn words(view: &View<'_, '_>, conjunction: usize) -> Option<Proposal> {
    let kind = item(view, conjunction + 1)?;
    let mut items = vec![conjunction + 1];
    let mut at = end_before(view, conjunction)?;
    loop {
        if item(view, at)? != kind {
            return None;
        }
        items.push(at);
        let previous = at.checked_sub(1)?;
        if view.low(previous) != "," || items.len() > LONGEST {
            break;
        }
        at = previous.checked_sub(1)?;
    }
    items.reverse();
    let (first, last) = (*items.first()?, *items.last()?);
    let opening = view.tags_before(first, 1);
    let before = view.before(first, 1);
    let next = view.low(last + 1);
    let after = view.tags(last + 1);
    let frozen = is_frozen(view.low(items[items.len() - 2]), view.low(last));
    if items.len() < 3
        || frozen
        || is_alphabetical(view, items.iter().copied())
        || opens_with_phrase(view, first)
        || is_journey(view, first)
        || matches!(next, "and" | "or" | "but" | "as" | "which" | "-" | "/" | "—" | "–" | "(")
        || (next == "," && tail_goes_on(view, last + 2))
    {
        return None;
    }
    let fits = match kind {
        Item::Adjective => {
            let plain = !opening.has(Tags::ADJ.with(Tags::NUM).with(Tags::PART).with(Tags::ADV))
                || matches!(before, "both" | "all" | "any");
            let noun = view.is_word(last + 1)
                && after.is_nounish()
                && !after.has(Tags::PART)
                && !view.is_capital(last + 1)
                && items.iter().all(|&i| !is_compound(view.low(i), next));
            let predicate = matches!(next, "." | ";") && opening.has(Tags::AUX);
            plain && (noun || predicate)
        }
        Item::Adverb => {
            !opening.has(Tags::ADV.with(Tags::ADJ))
                && (view.is_mark(last + 1) || after.has(Tags::PREP.with(Tags::PART)))
        }
        Item::Noun => {
            let governed = opening.has(Tags::PREP.with(Tags::VERB).with(Tags::DET))
                && !opening.has(Tags::NUM.with(Tags::ADJ))
                && !matches!(
                    before,
                    "a" | "an" | "this" | "that" | "each" | "every" | "like" | "as"
                );
            let closed = matches!(next, "." | "," | ";" | ":" | ")")
                || after.has(Tags::AUX.with(Tags::MODAL))
                || matches!(next, "during" | "before" | "after");
            governed && closed
        }
    };
    if !fits {
        return None;
    }
    let article = before.to_owned();
    let spans: Vec<(usize, usize)> = items.iter().map(|&i| (i, i)).collect();
    propose(view, WORDS, &spans, |word| match article.as_str() {
        "a" => !starts_with_vowel(word),
        "an" => starts_with_vowel(word),
        _ => true,
    })
}

/// After the list's closing comma something more may belong to the list.
fn tail_goes_on(view: &View<'_, '_>, i: usize) -> bool {
    matches!(
        view.low(i),
        "and" | "or" | "but" | "as" | "which" | "including" | "etc" | "etc." | "plus"
    )
}

/// Four items and more in the order of the alphabet stand in it on purpose.
fn is_alphabetical(view: &View<'_, '_>, items: impl Iterator<Item = usize>) -> bool {
    let words: Vec<&str> = items.map(|i| view.low(i)).collect();
    words.len() >= 4 && words.is_sorted()
}

/// `In short, tin and salt`: the clause opens with a preposition and its comma stands in the list.
fn opens_with_phrase(view: &View<'_, '_>, first: usize) -> bool {
    let start =
        (0..=first).rev().find(|&i| i == 0 || matches!(view.before(i, 1), "." | ";" | ":" | ","));
    start.is_some_and(|start| {
        let sentence_start = start == 0 || view.before(start, 1) != ",";
        sentence_start && view.tags(start).has(Tags::PREP.with(Tags::SUBORD)) && start + 4 > first
    })
}

/// The sentence up to the list opens with a preposition or a conjunction.
fn opens_with_clause(view: &View<'_, '_>, first: usize) -> bool {
    let start = (0..=first).rev().find(|&i| i == 0 || matches!(view.before(i, 1), "." | ";" | ":"));
    start.is_some_and(|i| i < first && view.tags(i).has(Tags::PREP.with(Tags::SUBORD)))
}

fn is_journey(view: &View<'_, '_>, first: usize) -> bool {
    (first.saturating_sub(5)..first).any(|i| JOURNEYS.contains(&view.low(i)))
}

fn propose(
    view: &View<'_, '_>,
    class: Class,
    items: &[(usize, usize)],
    may_lead: impl Fn(&str) -> bool,
) -> Option<Proposal> {
    let (first, last) = (items.first()?.0, items.last()?.1);
    let texts: Vec<&str> = items.iter().map(|&(a, b)| view.passage.slice(a, b)).collect();
    let tokens = &view.passage.tokens;
    let gaps: Vec<&str> = items
        .windows(2)
        .map(|pair| &view.passage.text[tokens[pair[0].1].span.end..tokens[pair[1].0].span.start])
        .collect();
    let readings = orders(items.len())
        .into_iter()
        .filter(|order| order.first().is_some_and(|&i| may_lead(texts[i])))
        .take(MOST_READINGS)
        .map(|order| {
            let mut out = String::new();
            for (k, &i) in order.iter().enumerate() {
                out.push_str(texts[i]);
                out.push_str(gaps.get(k).unwrap_or(&""));
            }
            out
        });
    view.free(class, first, last, readings.collect::<Vec<_>>())
}

/// Orders of `n` items, the present one first: all six of three, else rotations and the reverse.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 3 {
        return [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            .map(|order| order.to_vec())
            .to_vec();
    }
    let rotations = (0..n.min(MOST_READINGS - 1)).map(|r| (0..n).map(|i| (i + r) % n).collect());
    rotations.chain(std::iter::once((0..n).rev().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::examples::check;

    #[test]
    fn words_of_one_class() {
        check(
            find,
            "order.list",
            &[(
                "They need [[cheap, durable and honest]] tools.",
                &[
                    "cheap, honest and durable",
                    "durable, cheap and honest",
                    "durable, honest and cheap",
                    "honest, cheap and durable",
                    "honest, durable and cheap",
                ],
            )],
            &[
                "In short, cheap and durable tools are needed.",
                "They praised research, peace and security.",
                "He met officers, leaders and clerks.",
                "They sell cheap, durable and other tools.",
                "They want freedom, peace and unity, and money.",
            ],
        );
    }

    #[test]
    fn lists_of_names() {
        check(
            find,
            "order.country-list",
            &[(
                "Talks with [[Peru, Chile and Kenya]] went on.",
                &[
                    "Peru, Kenya and Chile",
                    "Chile, Peru and Kenya",
                    "Chile, Kenya and Peru",
                    "Kenya, Peru and Chile",
                    "Kenya, Chile and Peru",
                ],
            )],
            &[
                "He will visit Peru, Chile and Kenya.",
                "Talks with Chile, Kenya, Norway and Peru went on.",
                "In Oslo, Peru and Chile signed.",
                "If he leaves Oslo, Paris and Rome will sign.",
            ],
        );
    }

    #[test]
    fn orders_are_few_and_different() {
        for n in 3..=LONGEST {
            let orders = orders(n);
            assert!(orders.len() <= MOST_READINGS);
            assert_eq!(orders[0], (0..n).collect::<Vec<_>>());
        }
    }
}
