//! The adverb beside the auxiliary: *will probably be* / *probably will be*.
//!
//! The class with the most sites. Adverbs whose rarer place is common in American and British
//! office prose alike are core; the others are full.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CORE: Class =
    Class::order("order.adverb-auxiliary", Acceptance::Core, judged(75, 76).again(30, 30));
pub(super) const FULL: Class =
    Class::order("order.adverb-auxiliary-wide", Acceptance::Full, judged(75, 76).again(30, 30));

/// Adverbs whose rarer place is used in at least 8 % of cases.
const CONSERVATIVE: &[&str] = &[
    "now",
    "probably",
    "therefore",
    "obviously",
    "certainly",
    "undoubtedly",
    "thus",
    "apparently",
    "presumably",
    "generally",
    "nevertheless",
    "doubtless",
    "surely",
    "definitely",
];

/// The others.
const WIDE: &[&str] = &[
    "also",
    "already",
    "clearly",
    "usually",
    "consequently",
    "normally",
    "actually",
    "inevitably",
    "ultimately",
    "eventually",
    "previously",
    "recently",
    "still",
    "soon",
    "then",
    "perhaps",
    "always",
    "often",
    "sometimes",
    "initially",
    "possibly",
    "evidently",
    "currently",
    "presently",
    "subsequently",
    "frequently",
    "simply",
    "long",
];

const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "had", "will", "would", "shall", "should", "can",
    "could", "may", "might", "must",
];

const PRONOUNS: &[&str] = &["he", "she", "it", "they", "we", "i", "you", "this", "which", "who"];

/// Adverbs that reach over what follows them when it is a measure or a comparison.
const SCOPED: &[&str] =
    &["perhaps", "possibly", "now", "also", "already", "still", "probably", "simply"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len().saturating_sub(2) {
        let (a, b) = (view.low(i + 1), view.low(i + 2));
        let (auxiliary, adverb) = if AUXILIARIES.contains(&a) {
            (a, b)
        } else if AUXILIARIES.contains(&b) {
            (b, a)
        } else {
            continue;
        };
        let class = if CONSERVATIVE.contains(&adverb) {
            CORE
        } else if WIDE.contains(&adverb) && adverb != "long" {
            FULL
        } else {
            continue;
        };
        let forward = a == auxiliary;
        if view.is_capital(i + 1) || view.is_capital(i + 2) {
            continue;
        }
        if is_subject(view, i) && goes_on(view, i + 3, auxiliary, adverb, forward) {
            let swapped = format!("{} {}", view.word(i + 2), view.word(i + 1));
            out.extend(view.free(class, i + 1, i + 2, [swapped]));
        }
    }
}

/// Whether the token can end a subject whose verb comes next.
fn is_subject(view: &View<'_, '_>, i: usize) -> bool {
    let word = view.low(i);
    // A question or another inversion has its auxiliary before the subject.
    let inverted = AUXILIARIES.contains(&view.before(i, 1)) || {
        let start = view.sentence(i).start;
        AUXILIARIES.contains(&view.low(start)) || view.low(start) == "only"
    };
    if inverted {
        return false;
    }
    if PRONOUNS.contains(&word) {
        let compared = matches!(view.before(i, 1), "than" | "as");
        return !compared && (word != "i" || view.word(i) == "I");
    }
    let tags = view.tags(i);
    let before = view.before(i, 1);
    // A lone noun after "than" or "as" starts an elliptical clause.
    // A word that could be a verb is a noun after an article or an adjective.
    let noun_here = tags.has(Tags::NOUN)
        && view.tags_before(i, 1).has(Tags::DET.with(Tags::ADJ).with(Tags::NOUN).with(Tags::NAME));
    tags.is_nounish()
        && !tags.has(Tags::PART.with(Tags::ING).with(Tags::NUM))
        && (!tags.has(Tags::VERB.with(Tags::ADJ)) || noun_here)
        && !matches!(before, "than" | "as" | "what" | "how" | "why" | "where" | "nor" | "neither")
}

/// Whether what follows the pair lets it turn round.
fn goes_on(view: &View<'_, '_>, i: usize, auxiliary: &str, adverb: &str, forward: bool) -> bool {
    let next = view.low(i);
    if view.is_mark(i) || matches!(next, "not" | "to" | "as" | "and" | "or" | "but" | "than" | "if")
    {
        return false;
    }
    if view.tags(i).has(Tags::SUBORD) && !matches!(next, "that" | "whether") {
        return false;
    }
    // "Thus far" is one adverb; "can possibly" is one expression.
    if (adverb == "thus" && next == "far")
        || (adverb == "possibly" && matches!(auxiliary, "can" | "could"))
        || (adverb == "still" && matches!(next, "more" | "less" | "better" | "worse" | "further"))
    {
        return false;
    }
    let scoped = SCOPED.contains(&adverb);
    if scoped
        && forward
        && (view.is_number(i)
            || view.tags(i).has(Tags::NUM)
            || matches!(
                next,
                "more"
                    | "less"
                    | "most"
                    | "least"
                    | "better"
                    | "even"
                    | "too"
                    | "the"
                    | "a"
                    | "an"
                    | "one"
                    | "another"
                    | "some"
                    | "only"
                    | "so"
                    | "over"
                    | "about"
            ) && matches!(adverb, "perhaps" | "possibly" | "simply"))
    {
        return false;
    }
    if adverb == "then" && (view.is_capital(i) || view.tags(i).has(Tags::DET)) {
        return false;
    }
    match auxiliary {
        "has" | "have" | "had" => has_participle(view, i),
        "will" | "would" | "shall" | "should" | "can" | "could" | "may" | "might" | "must" => {
            !view.tags(i).has(Tags::DET.with(Tags::PREP).with(Tags::PRO).with(Tags::NUM))
        }
        _ => true,
    }
}

/// A participle follows, at most one adverb between.
fn has_participle(view: &View<'_, '_>, i: usize) -> bool {
    let at = if view.tags(i).has(Tags::ADV) { i + 1 } else { i };
    view.tags(at).has(Tags::PART) && view.low(at) != "need"
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn swaps_beside_the_auxiliary() {
        check(
            super::find,
            "order.adverb-auxiliary",
            &[
                ("The harbour [[will probably]] reopen in May.", &["probably will"]),
                ("She thinks it [[now is]] too late.", &["is now"]),
                ("The envoy [[has apparently]] left the island.", &["apparently has"]),
                ("Orlan [[would certainly]] refuse.", &["certainly would"]),
            ],
            &[
                "The harbour will probably not reopen.",
                "She feels that now is the hour.",
                "They had now a free afternoon.",
                "They have thus far refused.",
                "Would it now be wise to wait?",
                "He said “the port will probably close” and left.",
                "It is now, and will remain, closed.",
            ],
        );
        check(
            super::find,
            "order.adverb-auxiliary-wide",
            &[
                ("The clerk [[had already]] sealed the box.", &["already had"]),
                ("You [[also may]] write to the registry.", &["may also"]),
            ],
            &[
                "Which also had nothing new.",
                "It is perhaps the best inn.",
                "He was then Minister.",
            ],
        );
    }
}
