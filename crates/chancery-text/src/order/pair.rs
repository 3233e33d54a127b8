//! Pairs of equals: *economic and military aid*, *fully and carefully*; nouns as a question.
//!
//! A pair turns round only when nothing outside leans on its order: no modifier of the first item
//! alone, no frozen phrase, no complement of the last item.

use super::class::{Class, judged};
use super::frozen::{is_compound, is_free, is_frozen, is_rank};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const ADJECTIVES: Class =
    Class::order("order.adjective-pair", Acceptance::Full, judged(59, 60).again(30, 30));
pub(super) const ADVERBS: Class =
    Class::order("order.adverb-pair", Acceptance::Core, judged(60, 60).again(30, 30));
pub(super) const NOUNS: Class =
    Class::order("order.noun-pair", Acceptance::Ask, judged(54, 60).again(29, 30));

/// A second item longer than the first by more than this goes last (short before long), unless the
/// pair is attested both ways.
const LONGER: usize = 4;

/// Adverbs that set off the second item instead of standing beside the first.
const FOCUS: &[&str] = &[
    "particularly",
    "especially",
    "notably",
    "possibly",
    "probably",
    "mainly",
    "primarily",
    "largely",
    "presumably",
    "apparently",
    "consequently",
    "subsequently",
    "eventually",
    "finally",
    "ultimately",
    "hopefully",
    "namely",
    "solely",
    "merely",
    "simply",
    "certainly",
    "initially",
    "specifically",
    "accordingly",
    "obviously",
    "clearly",
    "evidently",
    "undoubtedly",
    "increasingly",
    "equally",
    "similarly",
    "previously",
    "currently",
    "presently",
    "recently",
    "immediately",
    "shortly",
    "actually",
    "actively",
    "partly",
    "partially",
    "respectively",
    "secondly",
    "thirdly",
    "surely",
    "likely",
    "gradually",
    "progressively",
    "directly",
    "indirectly",
    "formerly",
];

/// Words that are adjectives by form but order, count or point.
pub(super) const POINTING: &[&str] = &[
    "other",
    "such",
    "same",
    "own",
    "similar",
    "different",
    "subsequent",
    "late",
    "early",
    "final",
    "present",
    "past",
    "future",
    "current",
    "recent",
    "new",
    "old",
    "certain",
    "several",
    "total",
    "main",
    "key",
    "top",
    "first",
    "last",
    "former",
    "latter",
    "additional",
    "relevant",
    "western",
    "eastern",
    "northern",
    "southern",
    "north",
    "south",
    "east",
    "west",
    "able",
    "aware",
    "ready",
    "equivalent",
    "related",
    "annual",
    "daily",
    "monthly",
    "weekly",
    "half",
    "head",
    "chief",
    "back",
    "initial",
    "mere",
    "real",
    "right",
    "left",
    "just",
    "long",
    "short",
    "likely",
    "unlikely",
];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len().saturating_sub(1) {
        if !matches!(view.low(i), "and" | "or") || !view.is_word(i - 1) || !view.is_word(i + 1) {
            continue;
        }
        let (x, y) = (view.low(i - 1), view.low(i + 1));
        if x == y
            || view.is_capital(i - 1)
            || view.is_capital(i + 1)
            || is_frozen(x, y)
            || (!is_free(x, y) && y.len() > x.len() + LONGER)
            || in_longer_list(view, i)
            || view.order_matters(i)
        {
            continue;
        }
        let class = if are_adjectives(view, i) {
            ADJECTIVES
        } else if are_adverbs(view, i) {
            ADVERBS
        } else if are_nouns(view, i) {
            NOUNS
        } else {
            continue;
        };
        let swapped = format!("{} {} {}", view.word(i + 1), view.word(i), view.word(i - 1));
        out.extend(view.free(class, i - 1, i + 1, [swapped]));
    }
}

/// The pair may be the tail or the head of a longer enumeration.
fn in_longer_list(view: &View<'_, '_>, i: usize) -> bool {
    matches!(view.before(i, 2), "," | "and" | "or" | "-" | "–" | "—" | "/" | "&")
        || matches!(view.low(i + 2), "and" | "or" | "-" | "–" | "—" | "/" | "&" | "as")
        || (view.low(i + 2) == "," && matches!(view.low(i + 3), "and" | "or" | "but"))
}

fn are_adjectives(view: &View<'_, '_>, i: usize) -> bool {
    let is_item = |k: usize| view.tags(k).is_adjective() && !POINTING.contains(&view.low(k));
    if !is_item(i - 1) || !is_item(i + 1) {
        return false;
    }
    let (x, y) = (view.low(i - 1), view.low(i + 1));
    let (before, next) = (view.before(i, 2), view.low(i + 2));
    let article_fits = match before {
        "a" => !starts_with_vowel(y),
        "an" => starts_with_vowel(y),
        _ => true,
    };
    let leaned_on = view
        .tags_before(i, 2)
        .has(Tags::ADJ.with(Tags::PART).with(Tags::NUM).with(Tags::ADV).with(Tags::ING))
        || matches!(
            before,
            "more" | "most" | "less" | "least" | "as" | "so" | "too" | "how" | "of"
        );
    let leaned_on = leaned_on && before != "of" && !is_plain_modifier(before);
    let closes = matches!(next, "." | "," | ";")
        && view.tags_before(i, 2).has(Tags::AUX.with(Tags::VERB).with(Tags::PREP));
    let noun = view.tags(i + 2);
    let followed = view.is_word(i + 2)
        && noun.has(Tags::NOUN.with(Tags::UNKNOWN))
        && !noun.has(Tags::FUNCTION.with(Tags::PART))
        && (!noun.has(Tags::ADJ) || noun.has(Tags::NOUN))
        && !view.is_capital(i + 2)
        && !is_compound(x, next)
        && !is_compound(y, next);
    article_fits && !leaned_on && (followed || closes)
}

/// Words that may stand before the pair though the tagger calls them adverbs or adjectives.
fn is_plain_modifier(word: &str) -> bool {
    matches!(word, "both" | "all" | "any" | "only" | "also")
}

fn are_adverbs(view: &View<'_, '_>, i: usize) -> bool {
    let is_item = |k: usize| {
        view.tags(k) == Tags::ADV && view.low(k).ends_with("ly") && !FOCUS.contains(&view.low(k))
    };
    let before = view.tags_before(i, 2);
    let next = view.tags(i + 2);
    // "He spoke well and warmly thanked us" joins two clauses, not two adverbs.
    let joins_clauses = next.has(Tags::VERB.with(Tags::PART).with(Tags::ING).with(Tags::UNKNOWN))
        && !next.has(Tags::PREP.with(Tags::DET).with(Tags::AUX))
        && !before.has(Tags::AUX);
    is_item(i - 1)
        && is_item(i + 1)
        && !joins_clauses
        && (!before.has(Tags::ADV.with(Tags::ADJ)) || view.before(i, 2) == "both")
        && !view.opens_sentence(i - 1)
}

fn are_nouns(view: &View<'_, '_>, i: usize) -> bool {
    let is_item = |k: usize| {
        let tags = view.tags(k);
        tags.has(Tags::NOUN)
            && !tags.has(Tags::FUNCTION.with(Tags::VERB).with(Tags::ADJ).with(Tags::PART))
            && !is_rank(view.low(k))
            && (is_free(view.low(i - 1), view.low(i + 1)) || !is_process(view.low(k)))
    };
    let before = view.tags_before(i, 2);
    let next = view.tags(i + 2);
    is_item(i - 1)
        && is_item(i + 1)
        && before.has(Tags::PREP.with(Tags::DET).with(Tags::VERB))
        && !matches!(view.before(i, 2), "a" | "an" | "this" | "that" | "each" | "every" | "between")
        && !before.has(Tags::NUM)
        && (matches!(view.low(i + 2), "." | "," | ";" | ")")
            || next.has(Tags::AUX.with(Tags::MODAL)))
        && view.low(i) == "and"
}

/// Nouns of process have an order in time.
fn is_process(word: &str) -> bool {
    ["tion", "tions", "ment", "ments", "sion", "al", "als", "ing"].iter().any(|e| word.ends_with(e))
}

pub(super) fn starts_with_vowel(word: &str) -> bool {
    let vowel = word.chars().next().is_some_and(|c| "aeiou".contains(c));
    let consonant_sound = ["uni", "use", "usu", "eu", "one"].iter().any(|p| word.starts_with(p))
        && !word.starts_with("unim")
        && !word.starts_with("unin");
    let silent = ["hon", "hour", "heir"].iter().any(|p| word.starts_with(p));
    (vowel && !consonant_sound) || silent
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn adjectives() {
        check(
            super::find,
            "order.adjective-pair",
            &[
                ("The island needs [[economic and military]] help.", &["military and economic"]),
                ("It is a [[cautious and sensible]] plan.", &["sensible and cautious"]),
            ],
            &[
                "It was a very cautious and sensible plan.",
                "It was a long and interesting evening.",
                "This was a brief and honest and open talk.",
                "An honest and sensible answer came.",
                "His tone was friendly and helpful to us.",
                "They bought offensive and defensive weapons.",
                "The naval and armed forces paraded.",
                "Cautious and sensible, respectively, were the plans.",
            ],
        );
    }

    #[test]
    fn adverbs() {
        check(
            super::find,
            "order.adverb-pair",
            &[("They worked [[quietly and carefully]] all night.", &["carefully and quietly"])],
            &[
                "They were directly or indirectly involved.",
                "He came quietly and especially late.",
                "He received us cordially and warmly thanked the clerk.",
                "They spoke very quietly and carefully.",
            ],
        );
    }

    #[test]
    fn nouns() {
        check(
            super::find,
            "order.noun-pair",
            &[("The talks lacked [[courage and patience]].", &["patience and courage"])],
            &["The port lacks law and order.", "He arranged withdrawal and disposal."],
        );
    }
}
