//! Verb or verb with noun: *participate in* / *take part in*, *reach agreement on* / *agree on*.
//!
//! Inflections are listed; where past and participle look alike, the auxiliary before decides.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.nominal", Acceptance::Full, judged(55, 56).again(0, 0));

/// Base, third person, past, participle, -ing.
type Forms = [&'static str; 5];

/// One verb in two ways: forms of the long and of the short, words behind each.
struct Pair {
    long: Forms,
    long_tail: &'static str,
    short: Forms,
    short_tail: &'static str,
    /// Whether the short way is clear enough to be found in a text.
    both_ways: bool,
}

const TAKE: Forms = ["take", "takes", "took", "taken", "taking"];
const REACH: Forms = ["reach", "reaches", "reached", "reached", "reaching"];
const MAKE: Forms = ["make", "makes", "made", "made", "making"];

const PAIRS: &[Pair] = &[
    Pair {
        long: TAKE,
        long_tail: "part in",
        short: ["participate", "participates", "participated", "participated", "participating"],
        short_tail: "in",
        both_ways: true,
    },
    Pair {
        long: REACH,
        long_tail: "agreement on",
        short: ["agree", "agrees", "agreed", "agreed", "agreeing"],
        short_tail: "on",
        both_ways: true,
    },
    Pair {
        long: REACH,
        long_tail: "the conclusion that",
        short: ["conclude", "concludes", "concluded", "concluded", "concluding"],
        short_tail: "that",
        both_ways: true,
    },
    Pair {
        long: MAKE,
        long_tail: "arrangements for",
        short: ["arrange", "arranges", "arranged", "arranged", "arranging"],
        short_tail: "for",
        both_ways: false,
    },
    Pair {
        long: MAKE,
        long_tail: "a contribution to",
        short: ["contribute", "contributes", "contributed", "contributed", "contributing"],
        short_tail: "to",
        both_ways: false,
    },
    Pair {
        long: MAKE,
        long_tail: "use of",
        short: ["use", "uses", "used", "used", "using"],
        short_tail: "",
        both_ways: false,
    },
    Pair {
        long: TAKE,
        long_tail: "into consideration",
        short: ["consider", "considers", "considered", "considered", "considering"],
        short_tail: "",
        both_ways: false,
    },
    Pair {
        long: ["put", "puts", "put", "put", "putting"],
        long_tail: "an end to",
        short: ["end", "ends", "ended", "ended", "ending"],
        short_tail: "",
        both_ways: false,
    },
];

const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being", "am"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len().saturating_sub(1) {
        if view.is_capital(i) {
            continue;
        }
        out.extend(able(view, i));
        for pair in PAIRS {
            out.extend(swap(view, i, pair.long, pair.long_tail, pair.short, pair.short_tail));
            if pair.both_ways {
                out.extend(swap(view, i, pair.short, pair.short_tail, pair.long, pair.long_tail));
            }
        }
    }
}

/// Number of tail words that follow token `i`; `None` when they do not.
fn tail(view: &View<'_, '_>, i: usize, tail: &str) -> Option<usize> {
    let mut words = 0;
    for word in tail.split_ascii_whitespace() {
        words += 1;
        if view.low(i + words) != word {
            return None;
        }
    }
    Some(words)
}

fn swap(
    view: &View<'_, '_>,
    i: usize,
    from: Forms,
    from_tail: &str,
    to: Forms,
    to_tail: &str,
) -> Option<Proposal> {
    let form = form_at(view, i, &from)?;
    let words = tail(view, i, from_tail)?;
    // What follows must be an object, a clause or a gerund, not a coordination or an end.
    // "Decided on reaching agreement on" would have *on* three times.
    let doubled = word_of(&to, "agree") && matches!(view.before(i, 1), "on" | "upon");
    if !view.is_word(i + words + 1)
        || doubled
        || matches!(view.low(i + words + 1), "and" | "or" | "which" | "to")
    {
        return None;
    }
    // "Agree on a trial basis" says how, and one who "agreed on the need" concurs.
    if word_of(&from, "agree") {
        let how = (i..i + 8).any(|k| view.low(k) == "basis");
        let several = form == 0 || (form == 3 && view.before(i, 1) == "have");
        if how || !several {
            return None;
        }
    }
    let other = format!("{} {to_tail}", to[form]);
    view.free(CLASS, i, i + words, [other.trim_end().to_owned()])
}

fn word_of(forms: &Forms, base: &str) -> bool {
    forms[0] == base
}

/// Which form of the verb stands at `i`, if that is certain and active.
fn form_at(view: &View<'_, '_>, i: usize, forms: &Forms) -> Option<usize> {
    let word = view.low(i);
    let place = forms.iter().position(|form| *form == word)?;
    let back = usize::from(view.tags_before(i, 1) == Tags::ADV) + 1;
    let (before, tags) = (view.before(i, back), view.tags_before(i, back));
    let to_or_modal =
        before == "to" || tags.has(Tags::MODAL) || matches!(before, "not" | "help" | "let");
    let have = matches!(before, "has" | "have" | "had");
    let be = BE.contains(&before);
    let subject = tags.is_nounish()
        || matches!(before, "he" | "she" | "it" | "they" | "we" | "i" | "you" | "who" | "which");
    let certain = !tags.has(Tags::NOUN) && (!tags.has(Tags::UNKNOWN) || tags.has(Tags::NAME));
    match place {
        0 if to_or_modal => Some(0),
        // Past forms that are also base forms (put) or participles.
        0 if word == forms[2] && have => Some(3),
        0 if matches!(before, "they" | "we" | "i" | "you") && word != forms[2] => Some(0),
        1 if subject => Some(1),
        2 if have && forms[2] == forms[3] => Some(3),
        // A noun before a past form may be its object (the prices agreed on).
        2 if subject && !be && !have && (forms[2] != forms[3] || certain) => Some(2),
        3 if have => Some(3),
        4 if tags.has(Tags::PREP) || be => Some(4),
        _ => None,
    }
}

/// `be in a position to` / `be able to`.
fn able(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let be = BE.contains(&view.before(i, 1))
        || (BE.contains(&view.before(i, 2)) && matches!(view.before(i, 1), "not" | "now" | "also"));
    let article = view.low(i + 1) == "a";
    let last = i + 2 + usize::from(article);
    let found = view.low(i) == "in" && view.low(last - 1) == "position" && view.low(last) == "to";
    let verb = view.tags(last + 1);
    (be && found && verb.has(Tags::VERB.with(Tags::AUX)) && !verb.has(Tags::DET))
        .then(|| view.free(CLASS, i, last, ["able to".to_owned()]))
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.nominal",
            &[
                ("He will [[participate in]] the race.", &["take part in"]),
                ("They had [[participated in]] the race.", &["taken part in"]),
                ("Orlan [[took part in]] the race.", &["participated in"]),
                ("We hope to [[reach agreement on]] prices.", &["agree on"]),
                ("He was not [[in a position to]] help the port.", &["able to"]),
            ],
            &[
                "The prices agreed on yesterday hold.",
                "Prices were agreed on Monday.",
                "They hope to agree on a trial basis to wait.",
                "Orlan agreed on the need to wait.",
                "He expressed concern over prices.",
                "They insist on reaching agreement on prices.",
                "He is in a position to the north.",
            ],
        );
    }
}
