//! Whether a label obeys its policy's rules: required and excluded categories and classifications.

use super::SecurityLabel;
use super::policy::{Group, Operation, Policy, Required, Unknown};

/// Why the policy does not allow a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The policy does not know it.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// A category that the classification rules out.
    #[error("“{category}” cannot stand on a paper that is {classification}")]
    Classification {
        /// The category.
        category: String,
        /// The classification.
        classification: String,
    },
    /// Two categories that rule each other out.
    #[error("“{category}” cannot stand together with {excluded}")]
    Excluded {
        /// The category.
        category: String,
        /// What it excludes.
        excluded: String,
    },
    /// A category is missing, or there are too many.
    #[error("“{of}” needs {needed}")]
    Required {
        /// Classification or category that needs it.
        of: String,
        /// What is needed.
        needed: String,
    },
    /// More than one of a tag of which one may be selected.
    #[error("only one of “{tag}” may be selected")]
    Single {
        /// The tag.
        tag: String,
    },
}

impl Policy {
    /// Whether the policy allows the label.
    ///
    /// A category with `excludedCategory all="true"` excludes every other category of that set and
    /// kind, not itself.
    ///
    /// # Errors
    /// The first rule broken, in the order of the document.
    pub fn validate(&self, label: &SecurityLabel) -> Result<(), Invalid> {
        let class = self.knows(label)?;
        self.satisfied(label, &class.name, &class.required)?;
        for values in &label.tags {
            let tag = self.tag_of(values)?;
            if tag.single && values.values.len() > 1 {
                return Err(Invalid::Single { tag: tag.name.clone() });
            }
        }
        for category in self.chosen(&label.tags) {
            let own = || category.name.clone();
            if category.excluded_classes.binary_search(&class.lacv).is_ok() {
                let classification = class.name.clone();
                return Err(Invalid::Classification { category: own(), classification });
            }
            if let Some(group) =
                category.excluded.iter().find(|g| self.has(label, **g, Some(category)))
            {
                return Err(Invalid::Excluded { category: own(), excluded: self.spoken(*group) });
            }
            self.satisfied(label, &category.name, &category.required)?;
        }
        Ok(())
    }

    fn satisfied(
        &self,
        label: &SecurityLabel,
        of: &str,
        required: &[Required],
    ) -> Result<(), Invalid> {
        for rule in required {
            let found = rule.groups.iter().filter(|g| self.has(label, **g, None)).count();
            let (enough, how) = match rule.operation {
                Operation::OnlyOne => (found == 1, "exactly one of"),
                Operation::OneOrMore => (found >= 1, "one or more of"),
                Operation::All => (found == rule.groups.len(), "all of"),
            };
            if !enough {
                let list: Vec<String> = rule.groups.iter().map(|g| self.spoken(*g)).collect();
                let how = if list.len() == 1 { "" } else { how };
                let needed = format!("{how} {}", list.join(", ")).trim().to_owned();
                return Err(Invalid::Required { of: of.to_owned(), needed });
            }
        }
        Ok(())
    }

    /// The group in words.
    fn spoken(&self, group: Group) -> String {
        let (id, name) =
            self.sets.get(group.set).map_or(("", ""), |s| (s.id.as_str(), s.name.as_str()));
        match group.value.and_then(|v| self.category(id, group.kind, v)) {
            Some((_, category)) => format!("“{}”", category.name),
            None => format!("anything else of “{name}”"),
        }
    }
}
