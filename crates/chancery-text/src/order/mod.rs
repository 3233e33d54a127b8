//! Safe changes of order: places where words may change places without a change of meaning.
//!
//! Each file is one class with its own examples. The tagger is a closed list with suffix rules
//! (`tag`, `words`): precision goes before recall, and every guard is part of the rule. Punctuation
//! alone lives in `punctuation`, spelling and typography elsewhere.

mod adverb;
pub(crate) mod class;
mod connective;
mod country;
mod dated;
#[cfg(test)]
pub(crate) mod examples;
mod frozen;
mod government;
mod help_to;
mod list;
mod members;
mod nominal;
mod pair;
mod participle;
mod questions;
mod states;
pub(crate) mod subject;
pub(crate) mod tag;
mod time_post;
pub(crate) mod view;
mod words;

pub use class::{AUTOMATIC, Class, Judged};

use crate::passage::Passage;
use crate::proposal::{Proposal, Proposer};
use view::View;

/// Every order class with how its places read.
pub const CATALOGUE: &[Class] = &[
    adverb::CORE,
    adverb::FULL,
    connective::CLASS,
    country::PAIR,
    country::OWN_PAIR,
    dated::CLASS,
    government::CLASS,
    help_to::CLASS,
    list::WORDS,
    list::COUNTRIES,
    list::OWN_COUNTRY,
    members::CLASS,
    nominal::CLASS,
    pair::ADJECTIVES,
    pair::ADVERBS,
    pair::NOUNS,
    participle::CLASS,
    questions::OBJECT,
    questions::REDUCED,
    questions::TO_ING,
    questions::GENITIVE,
    questions::CLAUSE,
    time_post::CLASS,
];

/// Proposes the order classes. Stateless: the same passage always gives the same proposals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Order;

impl Proposer for Order {
    fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal> {
        let view = View::new(passage);
        let mut out = Vec::new();
        for find in [
            adverb::find,
            connective::find,
            pair::find,
            country::find,
            list::find,
            government::find,
            dated::find,
            members::find,
            participle::find,
            help_to::find,
            time_post::find,
            nominal::find,
            questions::find,
        ] {
            find(&view, &mut out);
        }
        out
    }
}
