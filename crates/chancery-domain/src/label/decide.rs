//! The decision: whether a reader may read a paper with a label (access control decision function,
//! ACDF).
//!
//! By RFC 5913 and the clearance rules of ADatP-4774: the classification must be held; of a
//! restrictive tag every category, of a permissive tag one; informative tags are never asked for.
//! Deny by default: what the policy does not know is denied, and an empty permissive tag is for
//! nobody. One exact list of classifications is held; a higher one does not stand for a lower one
//! unless the clearance says so ([`Policy::clearance`] makes it say so).

use super::policy::{Category, Policy, Tag, Unknown};
use super::reader::{Nationality, Reader};
use super::security_label::{Clearance, Gate, SecurityLabel, TagValues, entry};

/// Why a reader may not read a paper, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The label cannot be understood under this policy.
    #[error("the paper's label is not understood here: {0}")]
    Label(String),
    /// No clearance at all.
    #[error("the reader has no clearance")]
    NoClearance,
    /// A clearance under another policy.
    #[error("the reader's clearance is not under the policy “{0}”")]
    Clearance(String),
    /// The classification is not held.
    #[error("the paper is {paper} and the reader is cleared to {held} only")]
    Classification {
        /// The paper's classification.
        paper: String,
        /// What is held.
        held: String,
    },
    /// A category that must be held is not.
    #[error("the paper is {0} and the reader is not cleared for it")]
    Category(String),
    /// None of several is held.
    #[error("the paper is for {0} and the reader is none of these")]
    Group(String),
    /// For other nationalities.
    #[error(
        "the paper is for {shown} and the reader's nationality is {}",
        .nationality.map_or_else(|| "not known".to_owned(), |n| n.to_string())
    )]
    Nationality {
        /// The caveat as the paper shows it.
        shown: String,
        /// The reader's.
        nationality: Option<Nationality>,
    },
    /// For readers otherwise engaged.
    #[error("the paper is {shown} and the reader is {reader}")]
    Engagement {
        /// The caveat.
        shown: String,
        /// How the reader is engaged.
        reader: &'static str,
    },
    /// An empty permissive tag.
    #[error("the paper's “{0}” names nobody, so nobody may read it")]
    Nobody(String),
}

impl From<Unknown> for Denial {
    fn from(unknown: Unknown) -> Self {
        Self::Label(unknown.to_string())
    }
}

impl Policy {
    /// Whether the reader may read a paper with this label. A label of another policy is first
    /// received ([`Policy::receive`]) where the equivalences of this policy allow it.
    ///
    /// Under its own policy a grant allocates nothing.
    ///
    /// # Errors
    /// The denial, a sentence for the person refused.
    pub fn decide(&self, reader: &Reader, label: &SecurityLabel) -> Result<(), Denial> {
        if label.policy() == self.id {
            return self.decide_own(reader, label);
        }
        let received = self.receive(label).map_err(|error| Denial::Label(error.to_string()))?;
        self.decide_own(reader, &received)
    }

    fn decide_own(&self, reader: &Reader, label: &SecurityLabel) -> Result<(), Denial> {
        let clearance = reader.clearance.as_ref().ok_or(Denial::NoClearance)?;
        if clearance.policy() != self.id {
            return Err(Denial::Clearance(self.name.clone()));
        }
        let class = self.class(label.classification())?;
        if clearance.classifications.binary_search(&class.lacv).is_err() {
            return Err(self.not_cleared(clearance, &class.name));
        }
        for values in &label.tags {
            self.decide_tag(reader, clearance, values)?;
        }
        Ok(())
    }

    fn decide_tag(
        &self,
        reader: &Reader,
        clearance: &Clearance,
        values: &TagValues,
    ) -> Result<(), Denial> {
        let tag = self.tag_of(values)?;
        let granted = entry(&clearance.tags, &values.set, &values.tag, values.kind);
        let granted = granted.map_or(&[][..], |g| g.values.as_slice());
        let mut one = false;
        for value in &values.values {
            let category = tag.category(*value)?;
            let held = category.is_held(reader, granted);
            if !held && tag.gate() == Gate::All {
                return Err(category.lacking(tag, reader));
            }
            one |= held;
        }
        if one || tag.gate() != Gate::One {
            return Ok(());
        }
        if values.values.is_empty() {
            return Err(Denial::Nobody(tag.name.clone()));
        }
        let bound = |v: &u64| {
            let edge = tag.category(*v).ok().and_then(|c| c.edge.as_ref());
            edge.is_some_and(|e| !e.admits_nationality(reader))
        };
        let shown = spoken(tag, values);
        if values.values.iter().all(bound) {
            return Err(Denial::Nationality { shown, nationality: reader.nationality });
        }
        Err(Denial::Group(shown))
    }

    fn not_cleared(&self, clearance: &Clearance, paper: &str) -> Denial {
        let held = self.held_classes(clearance);
        let rank = |name: &str| self.class_named(name).map(|c| c.hierarchy);
        // Below the paper the highest says it all; a list with a gap is given whole.
        let below = held.last().is_some_and(|top| rank(top) < rank(paper));
        let held = match held.as_slice() {
            [] => "no classification".to_owned(),
            [.., top] if below => (*top).to_owned(),
            all => all.join(", "),
        };
        Denial::Classification { paper: paper.to_owned(), held }
    }
}

/// The tag as the paper shows it, without what leads up to it; its names where it is hidden.
fn spoken(tag: &Tag, values: &TagValues) -> String {
    let names = || {
        let all = values.values.iter().filter_map(|v| tag.category(*v).ok());
        all.map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let shown = tag.shown(values, "").unwrap_or_else(names);
    shown.trim_start_matches(['-', '/', ' ']).to_owned()
}

impl Category {
    fn lacking(&self, tag: &Tag, reader: &Reader) -> Denial {
        let shown = spoken(tag, &tag.values(vec![self.lacv]));
        match &self.edge {
            Some(edge) if !edge.admits_nationality(reader) => {
                Denial::Nationality { shown, nationality: reader.nationality }
            }
            Some(_) => {
                let reader = match reader.engagement {
                    Some(super::Engagement::HomeBased) => "home-based",
                    Some(super::Engagement::LocallyEngaged) => "locally engaged",
                    None => "unknown",
                };
                Denial::Engagement { shown, reader }
            }
            None => Denial::Category(shown),
        }
    }
}
