//! A policy: its classifications, tags and categories, and how they are found.
//!
//! Reading one is in `spif`; what it says of labels is in the modules named after the questions.

use super::marking::Marks;
use super::reader::{Edge, Reader};
use super::security_label::{Gate, TagKind, TagValues};
use super::{Clearance, Malformed, SecurityLabel};

/// A security policy: which labels there are, what they look like, who may read what.
///
/// Guarantee: consistent. Names and numbers are unique, every reference leads somewhere, and no
/// rule contradicts another in the ways named at [`Policy::parse`].
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) default: Option<String>,
    pub(super) equivalents: Vec<EquivalentPolicy>,
    /// By hierarchy, lowest first.
    pub(super) classes: Vec<Classification>,
    pub(super) sets: Vec<TagSet>,
    /// In the order of the document, which is the order of markings.
    pub(super) tags: Vec<Tag>,
    /// Tags by identifier of the set, name and kind.
    pub(super) index: Vec<usize>,
    pub(super) marks: Marks,
}

#[derive(Clone, Debug)]
pub(super) struct Classification {
    pub(super) name: String,
    pub(super) lacv: u64,
    pub(super) hierarchy: u64,
    pub(super) obsolete: bool,
    pub(super) colour: Option<String>,
    pub(super) portion: Option<String>,
    pub(super) marks: Marks,
    pub(super) required: Vec<Required>,
    pub(super) equivalents: Vec<EquivalentClass>,
}

#[derive(Clone, Debug)]
pub(super) struct TagSet {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) marks: Marks,
}

#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) set: usize,
    pub(super) set_id: String,
    pub(super) name: String,
    pub(super) kind: TagKind,
    pub(super) single: bool,
    pub(super) portion: bool,
    pub(super) marks: Marks,
    /// In the order of the document.
    pub(super) categories: Vec<Category>,
    /// Numbers, ascending, and where their categories stand.
    pub(super) by_value: Vec<(u64, usize)>,
}

#[derive(Clone, Debug)]
pub(super) struct Category {
    pub(super) name: String,
    pub(super) lacv: u64,
    pub(super) obsolete: bool,
    pub(super) portion: Option<String>,
    pub(super) marks: Marks,
    pub(super) excluded_classes: Vec<u64>,
    pub(super) excluded: Vec<Group>,
    pub(super) required: Vec<Required>,
    pub(super) equivalents: Vec<EquivalentCategory>,
    pub(super) edge: Option<Edge>,
}

/// Categories of a set and kind: one, or any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) set: usize,
    pub(super) kind: TagKind,
    pub(super) value: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    OnlyOne,
    OneOrMore,
    All,
}

#[derive(Clone, Debug)]
pub(super) struct Required {
    pub(super) operation: Operation,
    pub(super) groups: Vec<Group>,
}

/// In which direction an equivalence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    pub(super) sending: bool,
    pub(super) receiving: bool,
}

#[derive(Clone, Debug)]
pub(super) struct EquivalentPolicy {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) added: Vec<ForeignGroup>,
}

#[derive(Clone, Debug)]
pub(super) struct EquivalentClass {
    pub(super) policy: String,
    pub(super) lacv: u64,
    pub(super) applied: Applied,
    pub(super) added: Vec<ForeignGroup>,
}

#[derive(Clone, Debug)]
pub(super) struct EquivalentCategory {
    pub(super) policy: String,
    pub(super) set: String,
    pub(super) kind: TagKind,
    /// None: the category is dropped in the other policy.
    pub(super) lacv: Option<u64>,
    pub(super) applied: Applied,
}

/// Categories of another policy, by the name of their set.
#[derive(Clone, Debug)]
pub(super) struct ForeignGroup {
    pub(super) set: String,
    pub(super) kind: TagKind,
    pub(super) value: Option<u64>,
}

/// Something in a label or clearance that the policy does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unknown {
    /// Another policy.
    #[error("“{found}” is another policy than “{here}”")]
    Policy {
        /// Identifier found.
        found: String,
        /// Name of this policy.
        here: String,
    },
    /// A classification.
    #[error("the policy has no classification number {0}")]
    Classification(u64),
    /// A tag.
    #[error("the policy has no tag “{tag}” of that kind in the tag set {set}")]
    Tag {
        /// Identifier of the tag set.
        set: String,
        /// Name of the tag.
        tag: String,
    },
    /// A category.
    #[error("the policy has no category number {value} in its tag “{tag}”")]
    Category {
        /// Name of the tag.
        tag: String,
        /// Number.
        value: u64,
    },
}

impl Policy {
    /// Reads an XML SPIF, version 2.0 or 2.1 (xmlspif.org).
    ///
    /// # Errors
    /// The first fault with line and column: ill-formed XML, a DTD or a document beyond the limits;
    /// an element, kind, operation or code that is not of the standard; a name, number or rank used
    /// twice; a reference that leads nowhere; a category that excludes itself, every
    /// classification, or what it requires; a classification that requires a category closed to it.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        super::spif::policy(xml)
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The policy's object identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The policy that applies where none is named, by identifier.
    #[must_use]
    pub fn default_policy(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Names of the classifications for new papers, lowest first, each with its colour.
    pub fn classifications(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let current = self.classes.iter().filter(|c| !c.obsolete);
        current.map(|c| (c.name.as_str(), c.colour.as_deref()))
    }

    /// The categories for new papers, in the order of markings: tag set, kind, name.
    pub fn categories(&self) -> impl Iterator<Item = (&str, TagKind, &str)> {
        self.tags.iter().flat_map(move |tag| {
            let set = self.sets.get(tag.set).map_or("", |s| s.name.as_str());
            let current = tag.categories.iter().filter(|c| !c.obsolete);
            current.map(move |c| (set, tag.kind, c.name.as_str()))
        })
    }

    pub(super) fn class(&self, lacv: u64) -> Result<&Classification, Unknown> {
        self.classes.iter().find(|c| c.lacv == lacv).ok_or(Unknown::Classification(lacv))
    }

    pub(super) fn class_named(&self, word: &str) -> Option<&Classification> {
        self.classes.iter().find(|c| same(&c.name, word))
    }

    pub(super) fn is_own(&self, policy: &str) -> Result<(), Unknown> {
        if policy == self.id {
            return Ok(());
        }
        Err(Unknown::Policy { found: policy.to_owned(), here: self.name.clone() })
    }

    /// The tag to which values belong. Allocates nothing when there is one.
    pub(super) fn tag_of(&self, values: &TagValues) -> Result<&Tag, Unknown> {
        let key = (values.set.as_str(), values.tag.as_str(), values.kind);
        let at = self.index.binary_search_by(|at| self.tags.get(*at).map(Tag::key).cmp(&Some(key)));
        let tag = at.ok().and_then(|at| self.index.get(at)).and_then(|at| self.tags.get(*at));
        tag.ok_or_else(|| Unknown::Tag { set: values.set.clone(), tag: values.tag.clone() })
    }

    /// A category by the identifier of its set, its kind and its number.
    pub(super) fn category(
        &self,
        set: &str,
        kind: TagKind,
        lacv: u64,
    ) -> Option<(&Tag, &Category)> {
        let mut tags = self.tags.iter().filter(|t| t.set_id == set && t.kind == kind);
        tags.find_map(|tag| Some((tag, tag.category(lacv).ok()?)))
    }

    /// Whether the policy knows all that the label says.
    pub(super) fn knows(&self, label: &SecurityLabel) -> Result<&Classification, Unknown> {
        self.is_own(label.policy())?;
        let class = self.class(label.classification())?;
        for values in &label.tags {
            let tag = self.tag_of(values)?;
            for value in &values.values {
                tag.category(*value)?;
            }
        }
        Ok(class)
    }

    /// Whether the policy knows all that the clearance says.
    pub(super) fn knows_clearance(&self, clearance: &Clearance) -> Result<(), Unknown> {
        self.is_own(clearance.policy())?;
        for lacv in clearance.classifications() {
            self.class(*lacv)?;
        }
        for values in &clearance.tags {
            let tag = self.tag_of(values)?;
            for value in &values.values {
                tag.category(*value)?;
            }
        }
        Ok(())
    }

    /// Whether the label has a category of the group, other than `but`.
    pub(super) fn has(&self, label: &SecurityLabel, group: Group, but: Option<&Category>) -> bool {
        let set = self.sets.get(group.set).map_or("", |s| s.id.as_str());
        let mut tags = label.tags.iter().filter(|t| t.set == set && t.kind == group.kind);
        tags.any(|values| {
            let own = |v: u64| {
                but.is_some_and(|but| {
                    let found = self.category(set, group.kind, v);
                    found.is_some_and(|(_, c)| std::ptr::eq(c, but))
                })
            };
            values.values.iter().any(|v| group.value.is_none_or(|g| g == *v) && !own(*v))
        })
    }
}

impl Tag {
    pub(super) fn key(&self) -> (&str, &str, TagKind) {
        (&self.set_id, &self.name, self.kind)
    }

    pub(super) fn category(&self, value: u64) -> Result<&Category, Unknown> {
        let at = self.by_value.binary_search_by_key(&value, |(v, _)| *v).ok();
        let at = at.and_then(|at| self.by_value.get(at)).map(|(_, at)| *at);
        let category = at.and_then(|at| self.categories.get(at));
        category.ok_or_else(|| Unknown::Category { tag: self.name.clone(), value })
    }

    pub(super) fn values(&self, values: Vec<u64>) -> TagValues {
        let (set, tag) = (self.set_id.clone(), self.name.clone());
        TagValues { set, tag, kind: self.kind, values }
    }

    pub(super) const fn gate(&self) -> Gate {
        self.kind.gate()
    }
}

impl Category {
    /// Whether the reader holds the category: by person where the policy says so, else by grant.
    pub(super) fn is_held(&self, reader: &Reader, granted: &[u64]) -> bool {
        match &self.edge {
            Some(edge) => edge.admits(reader),
            None => granted.binary_search(&self.lacv).is_ok(),
        }
    }
}

/// Whether two names are the same to a reader: letters of either case, blanks around them aside.
pub(super) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
}
