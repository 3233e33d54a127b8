//! The dash inside a sentence: form 0 `—`, form 1 ` – `, form 2 ` — `; one symbol a paper.
//!
//! Ranges and compounds of names keep their dash. Lost in retyping, kept in copy and paste.

use crate::order::class::Class;
use crate::order::view::View;
use crate::proposal::{Proposal, Survival};

const CLASS: Class = Class::typography("typography.dash").surviving(Survival::Paste);
const KEY: &str = "paper:dash";

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 1..view.len().saturating_sub(1) {
        if matches!(view.low(i), "—" | "–") {
            out.extend(at(view, i));
        }
    }
}

fn at(view: &View<'_, '_>, i: usize) -> Option<Proposal> {
    let tokens = &view.passage.tokens;
    let span = tokens[i - 1].span.end..tokens[i + 1].span.start;
    let now = view.passage.text.get(span.clone())?;
    let spaced = now.starts_with(' ');
    let compound = !spaced
        && (view.is_number(i - 1) && view.is_number(i + 1)
            || view.is_capital(i - 1) && view.is_capital(i + 1)
            || view.low(i) == "–");
    if compound || view.is_mark(i + 1) && !matches!(view.low(i + 1), "(" | "“" | "‘") {
        return None;
    }
    let forms = ["—", " – ", " — "].map(str::to_owned).to_vec();
    view.consistent(CLASS, KEY, span, forms)
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn dashes() {
        check(
            super::find,
            "typography.dash",
            &[
                ("The port[[—]]at last—opened.", &[" – ", " — "]),
                ("The port[[ – ]]at last – opened.", &["—", " — "]),
            ],
            &["Pages 12–15 are lost.", "The Oslo–Lima line closed."],
        );
    }
}
