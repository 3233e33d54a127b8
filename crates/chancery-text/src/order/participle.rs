//! Adverb and participle: *was carefully studied* / *was studied carefully*.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.adverb-participle", Acceptance::Full, judged(57, 58).again(30, 30));

/// Adverbs of manner that stand well on either side.
const MANNER: &[&str] = &[
    "carefully",
    "promptly",
    "quickly",
    "thoroughly",
    "slowly",
    "quietly",
    "openly",
    "publicly",
    "privately",
    "secretly",
    "formally",
    "informally",
    "peacefully",
    "properly",
    "correctly",
    "accurately",
    "cautiously",
    "discreetly",
    "efficiently",
    "successfully",
    "rapidly",
    "repeatedly",
    "gradually",
    "separately",
    "jointly",
    "systematically",
    "steadily",
    "swiftly",
    "immediately",
    "urgently",
    "simultaneously",
    "unilaterally",
    "satisfactorily",
    "sympathetically",
    "favorably",
    "favourably",
    "explicitly",
    "clearly",
    "precisely",
    "adequately",
    "vigorously",
    "forcefully",
    "deliberately",
    "regularly",
    "frequently",
    "periodically",
    "temporarily",
    "permanently",
    "indefinitely",
    "personally",
    "directly",
    "orally",
    "unanimously",
    "voluntarily",
    "automatically",
    "warmly",
    "cordially",
    "courteously",
    "expeditiously",
    "responsibly",
];

/// Adverbs of degree or standing, which come first unless they stand last already.
const DEGREE: &[&str] = &[
    "seriously",
    "officially",
    "fully",
    "greatly",
    "strongly",
    "closely",
    "widely",
    "severely",
    "substantially",
];

const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len().saturating_sub(3) {
        if !BE.contains(&view.low(i)) || view.is_capital(i) || !view.all_words(i + 1..i + 3) {
            continue;
        }
        let (a, b) = (view.low(i + 1), view.low(i + 2));
        let leaves = MANNER.contains(&a) && is_participle(view, i + 2);
        let comes = is_participle(view, i + 1) && (MANNER.contains(&b) || DEGREE.contains(&b));
        if (leaves || comes) && closes(view, i + 3, if leaves { a } else { b }) {
            let swapped = format!("{} {}", view.word(i + 2), view.word(i + 1));
            out.extend(view.free(CLASS, i + 1, i + 2, [swapped]));
        }
    }
}

fn is_participle(view: &View<'_, '_>, i: usize) -> bool {
    view.tags(i).has(Tags::PART)
        && !view.tags(i).has(Tags::FUNCTION)
        && !matches!(
            view.low(i),
            "known"
                | "concerned"
                | "interested"
                | "worried"
                | "related"
                | "based"
                | "opposed"
                | "involved"
                | "committed"
                | "been"
                | "had"
                | "supposed"
                | "said"
                | "felt"
        )
}

/// The participle has no complement that the adverb would cut off.
fn closes(view: &View<'_, '_>, i: usize, adverb: &str) -> bool {
    let next = view.low(i);
    // "Be taken seriously" is one expression, and some participles are plain adjectives.
    let fixed = (i.saturating_sub(2)..i).any(|k| {
        matches!(
            view.low(k),
            "satisfied"
                | "pleased"
                | "taken"
                | "disposed"
                | "inclined"
                | "bewildered"
                | "surprised"
                | "done"
                | "placed"
        )
    });
    if fixed {
        return false;
    }
    let timed = matches!(adverb, "immediately" | "simultaneously" | "directly") && view.is_word(i);
    !timed && matches!(next, "." | ";" | "by" | "in" | "at" | "with" | "when" | "if")
        || (!timed && next == "," && !matches!(view.low(i + 1), "and" | "or"))
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.adverb-participle",
            &[
                ("The box was [[carefully opened]] by the clerk.", &["opened carefully"]),
                ("It should be [[closed promptly]].", &["promptly closed"]),
                ("It was [[damaged severely]] in the storm.", &["severely damaged"]),
            ],
            &[
                "The port was closed immediately after the storm.",
                "It was severely damaged in the storm.",
                "He is well known in the port.",
                "The box was carefully sent to Orlan.",
                "The threat was taken seriously.",
            ],
        );
    }
}
