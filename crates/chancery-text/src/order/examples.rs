//! How a class' own examples are checked: what must be found, and where nothing may be found.

use super::view::View;
use crate::passage::{Passage, Style};
use crate::proposal::Proposal;

type Finder = fn(&View<'_, '_>, &mut Vec<Proposal>);

fn found(find: Finder, text: &str, rule: &str) -> Vec<Proposal> {
    let passage = Passage::new(text, &[], Style::Prose);
    let mut out = Vec::new();
    find(&View::new(&passage), &mut out);
    for proposal in &out {
        assert!(proposal.holds_in(text), "{proposal:?} does not hold in {text:?}");
        assert!(!passage.is_locked(&proposal.span), "{proposal:?} touches locked text of {text:?}");
    }
    out.retain(|p| p.rule == rule);
    out
}

/// Asserts that `rule` finds `[[…]]` with exactly these other readings in each positive example and
/// nothing in the negative ones.
pub(crate) fn check(find: Finder, rule: &str, positive: &[(&str, &[&str])], negative: &[&str]) {
    for (marked, others) in positive {
        let start = marked.find("[[").expect("a positive example marks its place");
        let text = marked.replace("[[", "").replace("]]", "");
        let end = marked.find("]]").expect("a positive example closes its mark") - 2;
        let found = found(find, &text, rule);
        let here = found.iter().find(|p| p.span == (start..end));
        let here = here.unwrap_or_else(|| panic!("{rule} missed {marked:?}; found {found:?}"));
        let mut readings = here.readings.clone();
        readings.remove(here.current);
        assert_eq!(&readings, others, "{rule} in {marked:?}");
    }
    for text in negative {
        let found = found(find, text, rule);
        assert!(found.is_empty(), "{rule} found {found:?} in {text:?}");
    }
}
