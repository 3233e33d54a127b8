//! The order of labels: which is higher, and the lowest label above several.
//!
//! A label dominates another when every reader of the first may read the second: a classification
//! at least as high, every restrictive category, and of each permissive tag no more than the other
//! lists. This speaks of readers whose clearance has no gaps below its highest classification, as
//! [`Policy::clearance`] makes them. Informative categories open and close nothing: labels that
//! dominate each other differ at most in them.

use std::collections::BTreeSet;

use super::SecurityLabel;
use super::policy::{Policy, Tag, Unknown};
use super::security_label::{Gate, TagValues, entry};

/// The label of a whole, computed from its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighWater {
    /// The lowest label that dominates every part. Whether the policy allows it is for
    /// [`Policy::validate`] to say.
    pub label: SecurityLabel,
    /// The permissive tags whose parts have no value in common: nobody may read the whole.
    pub nobody: Vec<String>,
}

/// Why there is no high-water mark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoJoin {
    /// No parts.
    #[error("there is no labelled part; mark the paragraphs first")]
    Nothing,
    /// A part that the policy does not know.
    #[error("part {part}: {unknown}")]
    Unknown {
        /// Which part, from 1.
        part: usize,
        /// What is unknown.
        unknown: Unknown,
    },
}

/// The label of a whole is below that of a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "paragraph {part} is {portion} and the paper only {overall}; raise the paper or lower the paragraph"
)]
pub struct BelowPortion {
    /// Which part, from 1.
    pub part: usize,
    /// The part's marking.
    pub portion: String,
    /// The whole's marking.
    pub overall: String,
}

impl Policy {
    /// Whether `a` is at least as high as `b`. Labels that the policy does not know dominate
    /// nothing and are dominated by nothing.
    #[must_use]
    pub fn dominates(&self, a: &SecurityLabel, b: &SecurityLabel) -> bool {
        let (Ok(class_a), Ok(class_b)) = (self.knows(a), self.knows(b)) else { return false };
        let within = |some: &[u64], all: &[u64]| some.iter().all(|v| all.binary_search(v).is_ok());
        class_a.hierarchy >= class_b.hierarchy
            && b.tags.iter().all(|low| {
                let high = entry(&a.tags, &low.set, &low.tag, low.kind);
                match low.kind.gate() {
                    Gate::Open => true,
                    Gate::All => high.is_some_and(|high| within(&low.values, &high.values)),
                    Gate::One => high.is_some_and(|high| within(&high.values, &low.values)),
                }
            })
    }

    /// The high-water mark: the highest classification, every restrictive category, of each
    /// permissive tag the values that all parts with this tag have in common, and every informative
    /// category that can still stand at the classification reached (`-SENSITIVE` falls away under
    /// SECRET).
    ///
    /// # Errors
    /// When there is no part, or one that the policy does not know.
    pub fn join(&self, labels: &[SecurityLabel]) -> Result<HighWater, NoJoin> {
        let mut top = None;
        for (at, label) in labels.iter().enumerate() {
            let class = self
                .knows(label)
                .map_err(|unknown| NoJoin::Unknown { part: at.saturating_add(1), unknown })?;
            top = top.max(Some((class.hierarchy, class.lacv)));
        }
        let (_, lacv) = top.ok_or(NoJoin::Nothing)?;
        let (mut tags, mut nobody) = (Vec::new(), Vec::new());
        for tag in &self.tags {
            let (set, name, kind) = tag.key();
            let found = labels.iter().filter_map(|l| entry(&l.tags, set, name, kind));
            let found: Vec<&TagValues> = found.collect();
            let Some(first) = found.first() else { continue };
            let values: Vec<u64> = match tag.gate() {
                Gate::All => union(&found).into_iter().collect(),
                Gate::Open => {
                    union(&found).into_iter().filter(|v| self.may_rise(tag, *v, lacv)).collect()
                }
                Gate::One => {
                    let common = |v: &u64| found.iter().all(|t| t.values.binary_search(v).is_ok());
                    first.values.iter().copied().filter(common).collect()
                }
            };
            if values.is_empty() && tag.gate() == Gate::One {
                nobody.push(tag.name.clone());
            }
            tags.push(tag.values(values));
        }
        Ok(HighWater { label: SecurityLabel::new(self.id.clone(), lacv, tags), nobody })
    }

    /// Whether a classification is not above all that an informative category can stand at.
    fn may_rise(&self, tag: &Tag, value: u64, lacv: u64) -> bool {
        let Ok(category) = tag.category(value) else { return false };
        let open = self.classes.iter().filter(|c| !category.excluded_classes.contains(&c.lacv));
        let ceiling = open.map(|c| c.hierarchy).max();
        self.class(lacv).is_ok_and(|class| Some(class.hierarchy) <= ceiling)
    }

    /// Whether the label of a whole is not below that of any part.
    ///
    /// # Errors
    /// The first part that the whole does not dominate.
    pub fn covers(
        &self,
        overall: &SecurityLabel,
        portions: &[SecurityLabel],
    ) -> Result<(), BelowPortion> {
        let below = portions.iter().position(|portion| !self.dominates(overall, portion));
        let Some((at, portion)) = below.and_then(|at| Some((at, portions.get(at)?))) else {
            return Ok(());
        };
        let shown = |label| {
            self.marking(label, "").unwrap_or_else(|unknown| format!("not understood ({unknown})"))
        };
        let (portion, overall) = (shown(portion), shown(overall));
        Err(BelowPortion { part: at.saturating_add(1), portion, overall })
    }
}

fn union(found: &[&TagValues]) -> BTreeSet<u64> {
    found.iter().flat_map(|t| t.values.iter().copied()).collect()
}
