//! Proposals: places where a finder says a paragraph could be worded in more than one way.
//!
//! Finders (the lexicon, the order classes, the typographic patterns) only propose. Which proposals
//! become sites, and how places of one consistent class are tied together, is decided in `site`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::passage::Passage;

/// The hardest treatment of the text that a site's reading survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Survival {
    /// Survives copy and paste only.
    Paste,
    /// Survives faithful retyping, not a copy desk.
    Retype,
    /// Survives a direct quotation in a newspaper.
    Quote,
}

/// Who has to see a proposal before it may become a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acceptance {
    /// Safest rules (99 % acceptable unseen): accepted by default, everywhere.
    Core,
    /// Good rules (96 % and more): accepted with `--accept full`.
    Full,
    /// Below 97 % unseen or touching protocol: only the drafter can accept it.
    Ask,
}

/// Whether a site's reading is drawn for the place alone or for the whole paper.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The place is a symbol of its own.
    Free,
    /// All places of the paper with the same key show the same form and are one symbol: reading `i`
    /// of each place is form `i` (percent/per cent throughout, say).
    Consistent(String),
}

/// One way to vary a paragraph at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Byte range of the passage's text that the readings replace; on character boundaries.
    pub span: Range<usize>,
    /// At least two different exact strings. For [`Scope::Consistent`] the order is that of the
    /// forms; for [`Scope::Free`] any order.
    pub readings: Vec<String>,
    /// Which reading the text has now: `readings[current] == text[span]`.
    pub current: usize,
    /// Stable name of the rule, e.g. `prep.prior-to` or `order.adverb-auxiliary`.
    pub rule: String,
    /// 1 typographic and orthographic, 2 guarded words and order.
    pub tier: u8,
    /// What the reading survives.
    pub survival: Survival,
    /// Who must accept it.
    pub acceptance: Acceptance,
    /// Free place or part of a consistent class.
    pub scope: Scope,
}

impl Proposal {
    /// Checks the promises in the field documentation against the text it was found in.
    #[must_use]
    pub fn holds_in(&self, text: &str) -> bool {
        let distinct = self.readings.iter().collect::<std::collections::BTreeSet<_>>().len();
        self.readings.len() >= 2
            && distinct == self.readings.len()
            && text.get(self.span.clone()).is_some_and(|now| {
                self.readings.get(self.current).is_some_and(|reading| reading == now)
            })
    }
}

/// Something that proposes sites in a passage: the lexicon, an order class, a language model.
///
/// A proposer never looks at who reads the paper, and gives the same proposals for the same passage.
pub trait Proposer {
    /// Proposals in any order; they may overlap one another. None may touch a locked span of the
    /// passage, cross its ends, or change a name, number, modal verb or negation.
    fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal>;
}
