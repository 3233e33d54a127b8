//! Punctuation that may be written in two ways: semicolon or full stop, brackets or dashes or commas.
//!
//! The words stay; a copy desk redoes the marks, so nothing here survives a quotation in print.

mod aside;
mod stop;

use crate::order::class::Class;
use crate::order::view::View;
use crate::passage::Passage;
use crate::proposal::{Proposal, Proposer};

/// Every class of punctuation with how its places read.
pub const CATALOGUE: &[Class] = &[stop::CLASS, aside::BRACKETS, aside::DASHES];

/// Proposes the punctuation classes. Stateless: the same passage always gives the same proposals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Punctuation;

impl Proposer for Punctuation {
    fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal> {
        let view = View::new(passage);
        let mut out = Vec::new();
        for find in [stop::find, aside::find] {
            find(&view, &mut out);
        }
        out
    }
}
