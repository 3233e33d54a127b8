//! Labels and clearances from the words that a user types.
//!
//! A word is a name, a phrase of the marking in any language, or the category as the marking shows
//! it alone (`UK EYES ONLY`); letters of either case. A name goes before a phrase. `Tag Set:WORD`
//! says which set is meant.

use super::marking::Marks;
use super::policy::{Category, Classification, Policy, Tag, same};
use super::security_label::TagValues;
use super::validity::Invalid;
use super::{Clearance, SecurityLabel};

/// Why words make no label or clearance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordError {
    /// No such classification.
    #[error("“{word}” is no classification; give one of {valid}")]
    Classification {
        /// The word.
        word: String,
        /// The classifications, lowest first.
        valid: String,
    },
    /// No such category.
    #[error("“{word}” is no category; there are {valid}")]
    Category {
        /// The word.
        word: String,
        /// The categories by tag set.
        valid: String,
    },
    /// Several categories are called so.
    #[error("“{word}” can mean several categories; say {say}")]
    Ambiguous {
        /// The word.
        word: String,
        /// The qualified words.
        say: String,
    },
    /// Kept for old papers only.
    #[error("“{0}” is obsolete and cannot be given to a new paper")]
    Obsolete(String),
    /// A label is raised by a new paper only.
    #[error("“{0}” is not lower than the paper's label")]
    NotLower(String),
    /// The words do not go together.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Policy {
    /// The label that words describe, such as `SECRET` and `UK EYES ONLY`. It is valid.
    ///
    /// # Errors
    /// A word that is unknown (with those that are known), ambiguous (with how to say it) or
    /// obsolete; words that the policy does not allow together.
    pub fn label<W: AsRef<str>>(
        &self,
        classification: &str,
        categories: &[W],
    ) -> Result<SecurityLabel, WordError> {
        let class = self.class_called(classification)?;
        if class.obsolete {
            return Err(WordError::Obsolete(class.name.clone()));
        }
        let mut tags = Vec::new();
        for word in categories {
            let (tag, category) = self.category_called(word.as_ref())?;
            if category.obsolete {
                return Err(WordError::Obsolete(category.name.clone()));
            }
            tags.push(tag.values(vec![category.lacv]));
        }
        let label = SecurityLabel::new(self.id.clone(), class.lacv, tags);
        self.validate(&label)?;
        Ok(label)
    }

    /// The clearance that words describe: up to and including the classification, for the
    /// categories.
    ///
    /// # Errors
    /// A word that is unknown or ambiguous.
    pub fn clearance<W: AsRef<str>>(
        &self,
        classification: &str,
        categories: &[W],
    ) -> Result<Clearance, WordError> {
        let top = self.class_called(classification)?.hierarchy;
        let classes = self.classes.iter().filter(|c| c.hierarchy <= top).map(|c| c.lacv).collect();
        let mut tags: Vec<TagValues> = Vec::new();
        for word in categories {
            let (tag, category) = self.category_called(word.as_ref())?;
            tags.push(tag.values(vec![category.lacv]));
        }
        Ok(Clearance::new(self.id.clone(), classes, tags))
    }

    /// The label that a paragraph's mark stands for, such as `S` or `TS//NF`, with or without its brackets.
    /// Marks of tags that repeat the page are not understood.
    ///
    /// # Errors
    /// A mark that is unknown, with those of the classifications; marks that do not go together.
    pub fn portion(&self, mark: &str) -> Result<SecurityLabel, WordError> {
        let mut parts = mark.trim().trim_matches(['(', ')']).split("//").map(str::trim);
        let wanted = parts.next().unwrap_or_default();
        let bare = |class: &Classification| SecurityLabel::new(self.id.clone(), class.lacv, vec![]);
        let shown = |class: &Classification| {
            let mark = self.portion_mark(&bare(class)).unwrap_or_default();
            mark.trim_matches(['(', ')']).to_owned()
        };
        let class = self.classes.iter().find(|class| shown(class).eq_ignore_ascii_case(wanted));
        let class = class.ok_or_else(|| WordError::Classification {
            word: wanted.to_owned(),
            valid: self.classes.iter().map(shown).collect::<Vec<_>>().join(", "),
        })?;
        let mut tags = Vec::new();
        for part in parts.flat_map(|part| part.split('/')) {
            let bears = |c: &&Category| {
                c.portion.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(part))
            };
            let found = self.tags.iter().find_map(|t| Some((t, t.categories.iter().find(bears)?)));
            match found {
                Some((tag, category)) => tags.push(tag.values(vec![category.lacv])),
                None => {
                    let (tag, category) = self.category_called(part)?;
                    tags.push(tag.values(vec![category.lacv]));
                }
            }
        }
        let label = SecurityLabel::new(self.id.clone(), class.lacv, tags);
        self.validate(&label)?;
        Ok(label)
    }

    /// The label with the same categories at a lower classification.
    ///
    /// # Errors
    /// When the classification is unknown or not lower, or a category cannot stand at it.
    pub fn lowered(
        &self,
        label: &SecurityLabel,
        classification: &str,
    ) -> Result<SecurityLabel, WordError> {
        let class = self.class_called(classification)?;
        let after = SecurityLabel::new(self.id.clone(), class.lacv, label.tags.clone());
        self.validate(&after)?;
        if after == *label || !self.dominates(label, &after) {
            return Err(WordError::NotLower(classification.to_owned()));
        }
        Ok(after)
    }

    /// The label of a paper that is no longer confidential: the lowest classification, nothing else.
    ///
    /// # Errors
    /// When the policy has no classification for new papers, or lets none stand alone.
    pub fn lowest(&self) -> Result<SecurityLabel, WordError> {
        let lowest = self.classifications().next().map(|(word, _)| word).unwrap_or_default();
        self.label::<&str>(lowest, &[])
    }

    /// The clearance in words such as `SECRET; UK; LOCSEN`: the classification, then categories.
    ///
    /// # Errors
    /// As [`Policy::clearance`].
    pub fn clearance_in_words(&self, words: &str) -> Result<Clearance, WordError> {
        let mut words = words.split(';').map(str::trim).filter(|word| !word.is_empty());
        let class = words.next().unwrap_or_default();
        self.clearance(class, &words.collect::<Vec<_>>())
    }

    fn class_called(&self, word: &str) -> Result<&Classification, WordError> {
        let by_phrase = || {
            let mut all = self.classes.iter();
            all.find(|c| called(&c.name, &c.marks).any(|name| same(name, word)))
        };
        self.class_named(word).or_else(by_phrase).ok_or_else(|| {
            let current: Vec<&str> = self.classifications().map(|(name, _)| name).collect();
            WordError::Classification { word: word.to_owned(), valid: current.join(", ") }
        })
    }

    fn category_called(&self, word: &str) -> Result<(&Tag, &Category), WordError> {
        let set = |tag: &Tag| self.sets.get(tag.set).map_or("", |s| s.name.as_str());
        let qualified = word.split_once(':').filter(|(left, _)| {
            self.tags.iter().any(|t| same(set(t), left) || same(&t.name, left))
        });
        let (within, wanted) = match qualified {
            Some((left, right)) => (Some(left), right),
            None => (None, word),
        };
        let candidates = self
            .tags
            .iter()
            .filter(|t| within.is_none_or(|left| same(set(t), left) || same(&t.name, left)));
        let candidates: Vec<(&Tag, &Category)> =
            candidates.flat_map(|t| t.categories.iter().map(move |c| (t, c))).collect();
        let named = |(_, c): &(&Tag, &Category)| same(&c.name, wanted);
        let phrased = |(tag, c): &(&Tag, &Category)| {
            let alone = tag.shown(&tag.values(vec![c.lacv]), "").unwrap_or_default();
            let alone = alone.trim_start_matches(['-', '/', ' ']);
            c.marks.phrases().any(|p| same(p, wanted)) || same(alone, wanted)
        };
        let mut found: Vec<_> = candidates.iter().copied().filter(named).collect();
        if found.is_empty() {
            found = candidates.iter().copied().filter(phrased).collect();
        }
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let valid = self.sets.iter().map(|s| {
                    let own = self.categories().filter(|(name, _, _)| *name == s.name);
                    let words: Vec<&str> = own.map(|(_, _, word)| word).collect();
                    format!("{}: {}", s.name, words.join(", "))
                });
                let valid = valid.collect::<Vec<_>>().join("; ");
                Err(WordError::Category { word: word.to_owned(), valid })
            }
            several => {
                let one_set =
                    |t: &Tag| several.iter().filter(|(other, _)| other.set == t.set).count() > 1;
                let say = several.iter().map(|(tag, c)| {
                    let by = if one_set(tag) { &tag.name } else { set(tag) };
                    format!("“{by}:{}”", c.name)
                });
                let say = say.collect::<Vec<_>>().join(" or ");
                Err(WordError::Ambiguous { word: word.to_owned(), say })
            }
        }
    }
}

/// The words by which a part of a policy may be called: its name first, then its phrases.
fn called<'a>(name: &'a str, marks: &'a Marks) -> impl Iterator<Item = &'a str> {
    std::iter::once(name).chain(marks.phrases())
}
