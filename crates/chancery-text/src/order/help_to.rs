//! *Help solve* / *help to solve*.

use super::class::{Class, judged};
use super::tag::Tags;
use super::view::View;
use crate::proposal::{Acceptance, Proposal};

pub(super) const CLASS: Class =
    Class::order("order.help-to", Acceptance::Core, judged(58, 60).again(30, 30));

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len().saturating_sub(1) {
        if view.low(i) != "help" || !governs(view, i) {
            continue;
        }
        let with_to = view.low(i + 1) == "to";
        if is_infinitive(view, i + 1 + usize::from(with_to)) {
            let help = view.word(i);
            let found = if with_to {
                view.free(CLASS, i, i + 1, [help.to_owned()])
            } else {
                view.free(CLASS, i, i, [format!("{help} to")])
            };
            out.extend(found);
        }
    }
}

/// `help` is an infinitive itself: after a modal or *to* (not *and*, where it may be a noun).
fn governs(view: &View<'_, '_>, i: usize) -> bool {
    let before = view.before(i, 1);
    let adverb = view.tags_before(i, 1) == Tags::ADV;
    let governor = if adverb { view.tags_before(i, 2) } else { view.tags_before(i, 1) };
    let to = before == "to" || (adverb && view.before(i, 2) == "to");
    !view.is_capital(i) && (governor.has(Tags::MODAL) || to) && before != "of"
}

fn is_infinitive(view: &View<'_, '_>, i: usize) -> bool {
    let tags = view.tags(i);
    let word = view.low(i);
    let object = view.tags(i + 1).has(Tags::DET.with(Tags::PRO).with(Tags::PREP).with(Tags::ADJ))
        || view.tags(i + 1).is_nounish();
    view.is_word(i)
        && !view.is_capital(i)
        && tags.has(Tags::VERB)
        && !tags.has(Tags::NOUN.with(Tags::PART).with(Tags::FUNCTION))
        && (!tags.has(Tags::ADJ) || view.tags(i + 1).has(Tags::DET))
        && !word.ends_with('s')
        && !word.ends_with("ed")
        && object
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn both_ways() {
        check(
            super::find,
            "order.help-to",
            &[
                ("This would [[help]] resolve the quarrel.", &["help to"]),
                ("He came to [[help to]] protect the port.", &["help"]),
            ],
            &[
                "He was glad of the help to the port.",
                "They were helped to death.",
                "It would help trade.",
                "They will help Orlan.",
            ],
        );
    }
}
