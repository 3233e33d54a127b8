//! Labels and clearances under another policy, through the equivalences that a policy declares.
//!
//! Sending uses entries `applied` to `encrypt` or `both`, receiving those to `decrypt` or `both`
//! (XML SPIF). A translation never opens more than the entries say: what comes from one permissive
//! tag, or from one restrictive category, is one demand; demands that meet in a permissive tag are
//! intersected, all others add up. What has no entry is not translated at all, unless it is
//! informative and is received.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::{Category, Policy, Tag, Unknown};
use super::security_label::{Gate, TagKind};
use super::validity::Invalid;
use super::{Clearance, SecurityLabel};

/// Why a label has no counterpart under another policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoEquivalent {
    /// The label or clearance is not understood.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// No equivalence with that policy.
    #[error("“{here}” has no equivalence with the policy {other}")]
    Policy {
        /// This policy.
        here: String,
        /// The other.
        other: String,
    },
    /// No equivalent classification.
    #[error("the classification “{0}” has no equivalent")]
    Classification(String),
    /// No equivalent category.
    #[error("the category “{0}” has no equivalent")]
    Category(String),
    /// An entry leads nowhere in the other policy.
    #[error("the equivalence leads to something that “{policy}” does not have: {what}")]
    Dangling {
        /// The other policy.
        policy: String,
        /// What it lacks.
        what: String,
    },
    /// A permissive tag for nobody stays for nobody, and cannot be said elsewhere.
    #[error("the tag “{0}” names nobody and cannot be translated")]
    Nobody(String),
    /// The counterpart breaks the other policy's rules.
    #[error("the translated label is not allowed: {0}")]
    Invalid(#[from] Invalid),
}

/// Demands on the reader, under the policy translated to.
struct Demands<'a> {
    to: &'a Policy,
    /// By place of the tag.
    tags: BTreeMap<usize, BTreeSet<u64>>,
}

impl Demands<'_> {
    /// Adds one demand: of each tag concerned, these categories.
    fn add(&mut self, demand: BTreeMap<usize, BTreeSet<u64>>) {
        for (tag, values) in demand {
            let one = self.to.tags.get(tag).is_some_and(|t| t.gate() == Gate::One);
            match self.tags.get_mut(&tag) {
                Some(there) if one => there.retain(|v| values.contains(v)),
                Some(there) => there.extend(values),
                None => {
                    self.tags.insert(tag, values);
                }
            }
        }
    }

    fn label(self, class: u64) -> SecurityLabel {
        let tags = self.tags.into_iter().filter_map(|(tag, values)| {
            Some(self.to.tags.get(tag)?.values(values.into_iter().collect()))
        });
        SecurityLabel::new(self.to.id.clone(), class, tags.collect())
    }
}

impl Policy {
    /// The place of a category's tag, by the identifier of its set, its kind and its number.
    fn place(&self, set: &str, kind: TagKind, value: u64) -> Result<usize, NoEquivalent> {
        let fits = |t: &Tag| t.set_id == set && t.kind == kind && t.category(value).is_ok();
        self.tags.iter().position(fits).ok_or_else(|| {
            let what = format!("category number {value} of tag set {set}");
            NoEquivalent::Dangling { policy: self.name.clone(), what }
        })
    }

    /// The label as the policy `to` says it, for sending: entries `applied` to `encrypt` or `both`.
    /// It is valid.
    ///
    /// # Errors
    /// When anything in the label has no equivalent, or the outcome is not valid under `to`.
    pub fn send(&self, label: &SecurityLabel, to: &Self) -> Result<SecurityLabel, NoEquivalent> {
        let class = self.knows(label)?;
        let policy = self.equivalents.iter().find(|p| p.id == to.id).ok_or_else(|| {
            NoEquivalent::Policy { here: self.name.clone(), other: to.name.clone() }
        })?;
        let mut classes = class.equivalents.iter();
        let target = classes
            .find(|e| e.policy == to.id && e.applied.sending)
            .ok_or_else(|| NoEquivalent::Classification(class.name.clone()))?;
        let dangling = |unknown: Unknown| NoEquivalent::Dangling {
            policy: to.name.clone(),
            what: unknown.to_string(),
        };
        to.class(target.lacv).map_err(dangling)?;
        let mut demands = Demands { to, tags: BTreeMap::new() };
        for values in &label.tags {
            let tag = self.tag_of(values)?;
            if values.values.is_empty() {
                return Err(NoEquivalent::Nobody(tag.name.clone()));
            }
            let mut together = BTreeMap::new();
            for value in &values.values {
                let mut demand = to.sent(tag.category(*value)?)?;
                if tag.gate() == Gate::One {
                    for (place, more) in demand {
                        together.entry(place).or_insert_with(BTreeSet::new).extend(more);
                    }
                    demand = BTreeMap::new();
                }
                demands.add(demand);
            }
            demands.add(together);
        }
        for group in policy.added.iter().chain(&target.added) {
            let found = to.sets.iter().find(|s| s.name == group.set);
            let set = found.map_or("", |s| s.id.as_str());
            let mut demand = BTreeMap::new();
            for (at, tag) in to.tags.iter().enumerate() {
                let own = tag.categories.iter().map(|c| c.lacv);
                let values: BTreeSet<u64> =
                    own.filter(|v| group.value.is_none_or(|g| g == *v)).collect();
                if tag.set_id == set && tag.kind == group.kind && !values.is_empty() {
                    demand.insert(at, values);
                }
            }
            if demand.is_empty() {
                let what = format!("a category of the tag set “{}”", group.set);
                return Err(NoEquivalent::Dangling { policy: to.name.clone(), what });
            }
            demands.add(demand);
        }
        let sent = demands.label(target.lacv);
        to.validate(&sent)?;
        Ok(sent)
    }

    /// What a category of another policy becomes here.
    fn sent(&self, category: &Category) -> Result<BTreeMap<usize, BTreeSet<u64>>, NoEquivalent> {
        let entries = category.equivalents.iter();
        let entries: Vec<_> =
            entries.filter(|e| e.policy == self.id && e.applied.sending).collect();
        if entries.is_empty() {
            return Err(NoEquivalent::Category(category.name.clone()));
        }
        let mut demand: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for entry in entries {
            let Some(value) = entry.lacv else { continue };
            let place = self.place(&entry.set, entry.kind, value)?;
            demand.entry(place).or_default().insert(value);
        }
        Ok(demand)
    }

    /// A label of another policy as this one says it: entries `applied` to `decrypt` or `both`. It
    /// is valid.
    ///
    /// # Errors
    /// When the classification or a category that bears on access has no equivalent here, or the
    /// outcome is not valid.
    pub fn receive(&self, label: &SecurityLabel) -> Result<SecurityLabel, NoEquivalent> {
        let other = label.policy();
        if !self.equivalents.iter().any(|p| p.id == other) {
            let other = other.to_owned();
            return Err(NoEquivalent::Policy { here: self.name.clone(), other });
        }
        let class = self.classes.iter().find(|c| {
            let foreign = label.classification();
            let mut entries = c.equivalents.iter();
            entries.any(|e| e.policy == other && e.lacv == foreign && e.applied.receiving)
        });
        let unknown = || NoEquivalent::Classification(format!("number {}", label.classification()));
        let class = class.ok_or_else(unknown)?;
        let mut demands = Demands { to: self, tags: BTreeMap::new() };
        for values in &label.tags {
            if values.values.is_empty() {
                return Err(NoEquivalent::Nobody(values.tag.clone()));
            }
            let mut together: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
            for value in &values.values {
                let demand = self.received(other, &values.set, values.kind, *value);
                if demand.is_empty() && values.kind.gate() != Gate::Open {
                    let name = format!("{} number {value}", values.tag);
                    return Err(NoEquivalent::Category(name));
                }
                if values.kind.gate() == Gate::One {
                    for (place, more) in demand {
                        together.entry(place).or_default().extend(more);
                    }
                } else {
                    demands.add(demand);
                }
            }
            demands.add(together);
        }
        let received = demands.label(class.lacv);
        self.validate(&received)?;
        Ok(received)
    }

    /// The categories here that stand for one of another policy.
    fn received(
        &self,
        other: &str,
        set: &str,
        kind: TagKind,
        value: u64,
    ) -> BTreeMap<usize, BTreeSet<u64>> {
        let mut demand: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for (at, tag) in self.tags.iter().enumerate() {
            for category in &tag.categories {
                let stands = category.equivalents.iter().any(|e| {
                    let same = e.policy == other && e.set == set && e.kind == kind;
                    same && e.lacv == Some(value) && e.applied.receiving
                });
                if stands {
                    demand.entry(at).or_default().insert(category.lacv);
                }
            }
        }
        demand
    }

    /// A clearance as the policy `to` says it. Only entries `applied` to `both` count, only
    /// categories with exactly one counterpart of the same kind, and nothing is added: a
    /// translation must not clear anybody for more.
    ///
    /// # Errors
    /// When the clearance is not understood, or none of its classifications has an equivalent.
    pub fn send_clearance(
        &self,
        clearance: &Clearance,
        to: &Self,
    ) -> Result<Clearance, NoEquivalent> {
        self.knows_clearance(clearance)?;
        let both = |a: &super::policy::Applied| a.sending && a.receiving;
        let mut classes = Vec::new();
        for lacv in &clearance.classifications {
            let entries = self.class(*lacv)?.equivalents.iter();
            let found = entries.filter(|e| e.policy == to.id && both(&e.applied));
            classes.extend(found.map(|e| e.lacv).filter(|lacv| to.class(*lacv).is_ok()));
        }
        if classes.is_empty() {
            return Err(NoEquivalent::Classification(self.held_classes(clearance).join(", ")));
        }
        let mut tags = Vec::new();
        for values in &clearance.tags {
            let tag = self.tag_of(values)?;
            for value in &values.values {
                let entries = tag.category(*value)?.equivalents.iter();
                let entries: Vec<_> = entries.filter(|e| e.policy == to.id).collect();
                if let [entry] = entries.as_slice()
                    && let Some(value) = entry.lacv
                    && both(&entry.applied)
                    && entry.kind.gate() == tag.gate()
                    && let Some(found) = to.tags.get(to.place(&entry.set, entry.kind, value)?)
                {
                    tags.push(found.values(vec![value]));
                }
            }
        }
        Ok(Clearance::new(to.id.clone(), classes, tags))
    }
}
