//! Security labels and clearances as they are kept: numbers of a policy, in canonical order.
//!
//! A label means something only together with its policy; whatever reads, shows or compares one is
//! a function of [`Policy`](super::Policy). Both types are stored by serde; what comes back from
//! storage is put in canonical order and is checked when it is used: a number the policy does not
//! know denies.

use serde::{Deserialize, Serialize};

/// How the categories of a tag bear on access (XML SPIF `tagType`; ADatP-4774 `Type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagKind {
    /// The reader must hold every one.
    Restrictive,
    /// The reader must hold one of them.
    Permissive,
    /// As restrictive, listed by number.
    EnumeratedRestrictive,
    /// As permissive, listed by number.
    EnumeratedPermissive,
    /// Shown and never asked for (`tagType7`).
    Informative,
}

/// What a tag asks of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gate {
    All,
    One,
    Open,
}

impl TagKind {
    pub(super) const fn gate(self) -> Gate {
        match self {
            Self::Restrictive | Self::EnumeratedRestrictive => Gate::All,
            Self::Permissive | Self::EnumeratedPermissive => Gate::One,
            Self::Informative => Gate::Open,
        }
    }
}

/// The values chosen of one tag, ascending. A permissive tag without values is for nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagValues {
    pub(super) set: String,
    pub(super) tag: String,
    pub(super) kind: TagKind,
    pub(super) values: Vec<u64>,
}

/// Tags in canonical order: by set, name and kind; one entry for each; values ascending.
fn canonical(mut tags: Vec<TagValues>, may_close: bool) -> Vec<TagValues> {
    let key = |t: &TagValues| (t.set.clone(), t.tag.clone(), t.kind);
    tags.sort_by_cached_key(key);
    let mut out: Vec<TagValues> = Vec::with_capacity(tags.len());
    for mut tag in tags {
        match out.last_mut() {
            Some(last) if key(last) == key(&tag) => last.values.append(&mut tag.values),
            _ => out.push(tag),
        }
    }
    for tag in &mut out {
        tag.values.sort_unstable();
        tag.values.dedup();
    }
    out.retain(|t| !t.values.is_empty() || (may_close && t.kind.gate() == Gate::One));
    out
}

/// The entry of a tag. Allocates nothing.
pub(super) fn entry<'a>(
    tags: &'a [TagValues],
    set: &str,
    tag: &str,
    kind: TagKind,
) -> Option<&'a TagValues> {
    let at =
        tags.binary_search_by(|t| (t.set.as_str(), t.tag.as_str(), t.kind).cmp(&(set, tag, kind)));
    at.ok().and_then(|at| tags.get(at))
}

/// A paper's label: one classification and the categories of a policy.
///
/// Guarantee: canonical, so two labels that say the same are equal. Made by
/// [`Policy::label`](super::Policy::label) and [`Policy::read_label`](super::Policy::read_label).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "StoredLabel", deny_unknown_fields)]
pub struct SecurityLabel {
    policy: String,
    classification: u64,
    pub(super) tags: Vec<TagValues>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredLabel {
    policy: String,
    classification: u64,
    tags: Vec<TagValues>,
}

impl From<StoredLabel> for SecurityLabel {
    fn from(stored: StoredLabel) -> Self {
        Self::new(stored.policy, stored.classification, stored.tags)
    }
}

impl SecurityLabel {
    pub(super) fn new(policy: String, classification: u64, tags: Vec<TagValues>) -> Self {
        Self { policy, classification, tags: canonical(tags, true) }
    }

    /// The policy's object identifier.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The classification's number (`lacv`) in the policy.
    #[must_use]
    pub const fn classification(&self) -> u64 {
        self.classification
    }
}

/// What a person is cleared for under a policy: classifications and categories.
///
/// Guarantee: canonical. Made by [`Policy::clearance`](super::Policy::clearance) and
/// [`Policy::read_clearance`](super::Policy::read_clearance).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "StoredClearance", deny_unknown_fields)]
pub struct Clearance {
    policy: String,
    pub(super) classifications: Vec<u64>,
    pub(super) tags: Vec<TagValues>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredClearance {
    policy: String,
    classifications: Vec<u64>,
    tags: Vec<TagValues>,
}

impl From<StoredClearance> for Clearance {
    fn from(stored: StoredClearance) -> Self {
        Self::new(stored.policy, stored.classifications, stored.tags)
    }
}

impl Clearance {
    pub(super) fn new(policy: String, classes: Vec<u64>, tags: Vec<TagValues>) -> Self {
        let mut classifications = classes;
        classifications.sort_unstable();
        classifications.dedup();
        Self { policy, classifications, tags: canonical(tags, false) }
    }

    /// The policy's object identifier.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The numbers of the classifications held, ascending by number.
    #[must_use]
    pub fn classifications(&self) -> &[u64] {
        &self.classifications
    }
}
