//! Typographic classes that need code: dates, dotted acronyms, commas, references, enumerators, dashes.
//!
//! Commas (but for the serial one) and *on* before a date are free places; the others are consistent
//! classes: a paper shows one form throughout and gives one symbol. Word-list classes (spelling, per
//! cent) are the lexicon's.

mod acronym;
mod clause;
mod dash;
mod date;
mod enumerator;
mod inset;
mod on_date;
mod opening;
mod reference;
mod serial;
mod subordinate;

use crate::order::view::View;
use crate::passage::Passage;
use crate::proposal::{Proposal, Proposer};

/// Proposes the typographic classes. Stateless: the same passage always gives the same proposals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typography;

impl Proposer for Typography {
    fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal> {
        let view = View::new(passage);
        let mut out = Vec::new();
        for find in [
            date::find,
            acronym::find,
            serial::find,
            opening::find,
            clause::find,
            inset::find,
            subordinate::find,
            reference::find,
            on_date::find,
            enumerator::find,
            dash::find,
        ] {
            find(&view, &mut out);
        }
        out
    }
}
