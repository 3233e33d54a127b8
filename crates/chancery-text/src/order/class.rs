//! Classes of code-made places, and how their places read: which may be taken without asking.
//!
//! A class of order says what two readings of its places on real cables came to. One that falls short of
//! [`AUTOMATIC`] does not compile as anything but a question to the drafter.

use crate::proposal::{Acceptance, Survival};

/// Of a hundred places that were read, how many must be acceptable before a class is taken unasked.
pub const AUTOMATIC: u32 = 97;

/// Places of a class that were read on real cables, and how many of them nobody would take back.
///
/// Acceptable: the other reading is good English in its place and changes no fact, number, name or weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Acceptable places and places read when the rule was designed, on its last form there.
    pub trial: (u32, u32),
    /// The same for places that this program proposed.
    pub own: (u32, u32),
}

impl Judged {
    /// Whether both readings together reach so many of a hundred.
    #[must_use]
    pub const fn reaches(self, per_cent: u32) -> bool {
        let (acceptable, read) = (self.trial.0 + self.own.0, self.trial.1 + self.own.1);
        read > 0 && acceptable * 100 >= per_cent * read
    }

    /// Adds the reading of what this program proposed.
    pub(crate) const fn again(self, acceptable: u32, read: u32) -> Self {
        Self { own: (acceptable, read), ..self }
    }
}

/// So many acceptable places of so many read when the rule was designed.
pub(crate) const fn judged(acceptable: u32, read: u32) -> Judged {
    Judged { trial: (acceptable, read), own: (0, 0) }
}

/// What all places of one class have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Name of the rule, as in [`crate::proposal::Proposal::rule`].
    pub rule: &'static str,
    /// 1 typographic, 2 words and order.
    pub tier: u8,
    /// What the readings survive.
    pub survival: Survival,
    /// Who must accept its places.
    pub acceptance: Acceptance,
    /// How its places read; `None` for typography, where meaning is never at risk.
    pub judged: Option<Judged>,
}

impl Class {
    /// An order class: tier 2, kept in a direct quotation.
    ///
    /// Stops the compiler where places that read worse than [`AUTOMATIC`] would be taken unasked.
    pub(crate) const fn order(rule: &'static str, acceptance: Acceptance, judged: Judged) -> Self {
        assert!(
            matches!(acceptance, Acceptance::Ask) || judged.reaches(AUTOMATIC),
            "a class that reads worse than AUTOMATIC is a question to the drafter"
        );
        Self { rule, tier: 2, survival: Survival::Quote, acceptance, judged: Some(judged) }
    }

    /// A typographic class: tier 1, survives retyping.
    pub(crate) const fn typography(rule: &'static str) -> Self {
        let (survival, acceptance) = (Survival::Retype, Acceptance::Full);
        Self { rule, tier: 1, survival, acceptance, judged: None }
    }

    /// The same class surviving something else.
    pub(crate) const fn surviving(self, survival: Survival) -> Self {
        Self { survival, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_lies_where_it_says() {
        assert!(judged(97, 100).reaches(AUTOMATIC));
        assert!(!judged(96, 100).reaches(AUTOMATIC));
        assert!(
            !judged(58, 60).reaches(AUTOMATIC) && judged(58, 60).again(30, 30).reaches(AUTOMATIC)
        );
        assert!(!judged(0, 0).reaches(AUTOMATIC), "what nobody read is not good");
    }

    #[test]
    #[should_panic(expected = "question to the drafter")]
    fn a_class_that_reads_worse_cannot_be_automatic() {
        let _ = Class::order("order.worse", Acceptance::Full, judged(96, 100));
    }
}
