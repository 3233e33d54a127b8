//! The house rules that an archive sets for itself: what differs between one house and the next.

use serde::{Deserialize, Serialize};

use crate::Handle;
use crate::retention::rank;
use crate::watch::Watch;

/// What inquiries may spend in a year, and when readers hear of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inquiries {
    /// The most that the levels of one calendar year may add up to.
    pub yearly_alpha: f64,
    /// The most looks at one paper in a calendar year.
    pub per_paper: u32,
    /// Days after its end at which readers of the papers are told of an inquiry.
    pub notice_days: u16,
}

impl Default for Inquiries {
    /// A hundred inquiries at the usual level, twelve looks at one paper, notice after ninety days.
    fn default() -> Self {
        Self { yearly_alpha: 1e-4, per_paper: 12, notice_days: 90 }
    }
}

/// The rules of one house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct House {
    /// Whether whoever drafted a paper may approve and release it alone.
    pub self_release: bool,
    /// Whether a cancelled paper can still be opened, with the notice that it is cancelled.
    pub cancelled_readable: bool,
    /// The office that keeps these rules and the collectives; while none is named, anyone may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custodian: Option<Handle>,
    /// When reading is so much, so broad or so far back that somebody should look; and who may.
    pub watch: Watch,
    /// What inquiries may spend.
    pub inquiries: Inquiries,
    /// Whether webhooks may go to addresses inside the house’s own network.
    pub webhooks_inside: bool,
    /// The classification from which on a paper is opened in the browser only by who has just proved who he is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prove_from: Option<String>,
    /// Whether every page of a typeset copy says, for all to see, which copy of the paper it is.
    pub copy_line: bool,
}

impl Default for House {
    /// A small house: drafters release by themselves, cancelled papers stay, everyone keeps the rules.
    fn default() -> Self {
        Self {
            self_release: true,
            cancelled_readable: true,
            custodian: None,
            watch: Watch::default(),
            inquiries: Inquiries::default(),
            webhooks_inside: false,
            prove_from: None,
            copy_line: false,
        }
    }
}

impl House {
    /// Whether a paper of this classification is opened only by who has just proved who he is. `order` holds the
    /// classifications of the policy in force, lowest first; where it is empty, common words decide. What cannot be
    /// placed wants the proof.
    #[must_use]
    pub fn wants_proof(&self, classification: &str, order: &[String]) -> bool {
        let Some(from) = &self.prove_from else { return false };
        match (place(classification, order), place(from, order)) {
            (Some(own), Some(from)) => own >= from,
            _ => true,
        }
    }

    /// Whether the classification from which on a proof is wanted is one that papers can be compared with.
    #[must_use]
    pub fn can_place(&self, order: &[String]) -> bool {
        self.prove_from.as_deref().is_none_or(|from| place(from, order).is_some())
    }
}

/// Where a classification stands. A policy's labels are kept as markings, with more words than the classification: the
/// longest that is in one is the one it has.
fn place(marking: &str, order: &[String]) -> Option<usize> {
    if order.is_empty() {
        return rank(marking);
    }
    let marking = marking.to_uppercase();
    let own = order.iter().enumerate().filter(|(_, word)| marking.contains(&word.to_uppercase()));
    own.max_by_key(|(_, word)| word.len()).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_wanted_from_a_classification_up_and_where_none_can_be_placed() {
        let house = |from: &str| House { prove_from: Some(from.into()), ..House::default() };
        let none: [String; 0] = [];
        for (classification, wants) in [
            ("", false),
            ("Confidential", false),
            ("SECRET", true),
            ("Top secret", true),
            ("Pink", true),
        ] {
            assert_eq!(
                house("Secret").wants_proof(classification, &none),
                wants,
                "{classification}"
            );
            assert!(!House::default().wants_proof(classification, &none), "the control");
        }
        let order = ["PUBLIC", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL"].map(String::from);
        let strict = house("STRICTLY CONFIDENTIAL");
        for (marking, wants) in [
            ("COMPANY CONFIDENTIAL", false),
            ("COMPANY STRICTLY CONFIDENTIAL", true),
            ("PUBLIC", false),
            ("SECRET", true),
        ] {
            assert_eq!(strict.wants_proof(marking, &order), wants, "{marking}");
        }
        assert!(
            strict.can_place(&order)
                && !strict.can_place(&none)
                && House::default().can_place(&none)
        );
        assert!(house("Pink").wants_proof("", &none), "a rule that nobody can read holds for all");
    }
}
