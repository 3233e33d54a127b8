//! What a label looks like: the marking of a page, of a paragraph, and of a clearance.
//!
//! Phrases, codes, prefixes, separators and suffixes come from `markingData` and `markingQualifier`
//! of the policy. A language falls back from `fr-CA` to `fr` to the entries without a language, for
//! each of them apart.

use super::policy::{Category, Classification, Policy, Tag, Unknown};
use super::security_label::{Gate, TagValues, entry};
use super::{Clearance, SecurityLabel};

/// What stands where a permissive tag names nobody.
const NOBODY: &str = "NOBODY";

/// What a policy says of the look of one of its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub(super) data: Vec<MarkingData>,
    pub(super) qualifiers: Vec<Qualifier>,
}

#[derive(Clone, Debug)]
pub(super) struct MarkingData {
    pub(super) language: Option<String>,
    pub(super) phrase: Option<String>,
    /// Shown on pages, not only at a document's beginning or end.
    pub(super) on_page: bool,
    pub(super) hidden: bool,
    pub(super) suppresses_class: bool,
    pub(super) replaces_policy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Prefix,
    Separator,
    Suffix,
}

#[derive(Clone, Debug)]
pub(super) struct Qualifier {
    pub(super) language: Option<String>,
    pub(super) place: Place,
    pub(super) text: String,
}

/// The language asked for, its primary part, and none.
fn languages(language: &str) -> [Option<&str>; 3] {
    let primary = language.split(['-', '_']).next().filter(|p| !p.is_empty());
    [Some(language).filter(|l| !l.is_empty()), primary, None]
}

fn is_in(entry: Option<&String>, wanted: Option<&str>) -> bool {
    match (entry, wanted) {
        (None, None) => true,
        (Some(entry), Some(wanted)) => entry.eq_ignore_ascii_case(wanted),
        _ => false,
    }
}

impl Marks {
    fn data(&self, language: &str, fits: impl Fn(&MarkingData) -> bool) -> Option<&MarkingData> {
        languages(language).into_iter().find_map(|wanted| {
            self.data.iter().find(|d| is_in(d.language.as_ref(), wanted) && fits(d))
        })
    }

    fn qualifier(&self, language: &str, place: Place) -> Option<&str> {
        languages(language).into_iter().find_map(|wanted| {
            let mut all = self.qualifiers.iter();
            let found = all.find(|q| q.place == place && is_in(q.language.as_ref(), wanted));
            found.map(|q| q.text.as_str())
        })
    }

    /// What is shown for a part of that name; nothing when it is hidden.
    pub(super) fn phrase<'a>(&'a self, language: &str, name: &'a str) -> &'a str {
        match self.data(language, |d| d.on_page) {
            Some(data) if data.hidden => "",
            Some(data) if data.replaces_policy => name,
            Some(data) => data.phrase.as_deref().unwrap_or(name),
            None => name,
        }
    }

    /// Every phrase of the part, whatever the language.
    pub(super) fn phrases(&self) -> impl Iterator<Item = &str> {
        let shown = self.data.iter().filter(|d| !d.hidden && !d.replaces_policy);
        shown.filter_map(|d| d.phrase.as_deref())
    }

    fn replacement<'a>(&'a self, language: &str, name: &'a str) -> Option<&'a str> {
        let data = self.data(language, |d| d.replaces_policy)?;
        Some(data.phrase.as_deref().unwrap_or(name))
    }

    fn suppresses_class(&self, language: &str) -> bool {
        self.data(language, |d| d.suppresses_class).is_some()
    }

    fn hidden(&self, language: &str) -> bool {
        self.data(language, |d| d.on_page).is_some_and(|d| d.hidden)
    }

    /// The text between prefix and suffix.
    fn enclosed(&self, language: &str, text: &str) -> String {
        let prefix = self.qualifier(language, Place::Prefix).unwrap_or_default();
        let suffix = self.qualifier(language, Place::Suffix).unwrap_or_default();
        format!("{prefix}{text}{suffix}")
    }
}

impl Policy {
    /// The marking of a page, such as `NATO RESTRICTED Releasable to Japan, Ukraine`, in a language
    /// (`en`, `fr-CA`, or empty).
    ///
    /// # Errors
    /// When the policy does not know the label. Whether the label is valid is not asked.
    pub fn marking(&self, label: &SecurityLabel, language: &str) -> Result<String, Unknown> {
        let class = self.knows(label)?;
        let chosen: Vec<&Category> = self.chosen(&label.tags).collect();
        let mut parts = vec![self.heading(class, &chosen, language).to_owned()];
        if !chosen.iter().any(|c| c.marks.suppresses_class(language)) {
            let phrase = class.marks.phrase(language, &class.name);
            if !phrase.is_empty() {
                parts.push(class.marks.enclosed(language, phrase));
            }
        }
        parts.extend(self.shown_tags(&label.tags, language));
        Ok(self.joined(parts, language))
    }

    /// The mark of a paragraph, such as `(S)`, `(TS//NF)`.
    ///
    /// The attribute `portion` of [`POLICY_EXTENSION`](super::POLICY_EXTENSION) gives the mark of a
    /// classification or category; `portion="page"` on a tag repeats the tag as it stands on the
    /// page. A classification without it is shown by its initials; other categories are not shown.
    ///
    /// # Errors
    /// When the policy does not know the label.
    pub fn portion_mark(&self, label: &SecurityLabel) -> Result<String, Unknown> {
        let class = self.knows(label)?;
        let initials = || class.name.split_whitespace().filter_map(|w| w.chars().next()).collect();
        let mut parts = vec![class.portion.clone().unwrap_or_else(initials)];
        for tag in &self.tags {
            let Some(values) = self.values_of(&label.tags, tag) else { continue };
            if tag.portion {
                parts.extend(tag.shown(values, ""));
                continue;
            }
            if values.values.is_empty() {
                parts.push(NOBODY.to_owned());
            }
            let chosen = tag.chosen(values);
            let marks: Vec<&str> = chosen.filter_map(|c| c.portion.as_deref()).collect();
            if !marks.is_empty() {
                parts.push(marks.join("/"));
            }
        }
        Ok(format!("({})", parts.join("//")))
    }

    /// A clearance in the form `{SECRET|TOP SECRET} …`, for those who look after clearances.
    ///
    /// # Errors
    /// When the policy does not know the clearance.
    pub fn clearance_marking(
        &self,
        clearance: &Clearance,
        language: &str,
    ) -> Result<String, Unknown> {
        self.knows_clearance(clearance)?;
        let mut parts = vec![format!("{{{}}}", self.held_classes(clearance).join("|"))];
        parts.extend(self.shown_tags(&clearance.tags, language));
        Ok(self.joined(parts, language))
    }

    /// Names of the classifications held, lowest first.
    pub(super) fn held_classes(&self, clearance: &Clearance) -> Vec<&str> {
        let held = self.classes.iter().filter(|c| clearance.classifications.contains(&c.lacv));
        held.map(|c| c.name.as_str()).collect()
    }

    /// The word for the policy: its own, or what the policy, the classification or a category puts
    /// in its place.
    fn heading<'a>(
        &'a self,
        class: &'a Classification,
        chosen: &[&'a Category],
        language: &str,
    ) -> &'a str {
        let of_category = || chosen.iter().find_map(|c| c.marks.replacement(language, &c.name));
        let of_class = || class.marks.replacement(language, &class.name);
        let own = self.marks.replacement(language, &self.name);
        own.or_else(of_class).or_else(of_category).unwrap_or(&self.name)
    }

    /// The tags as shown, in the order of the document, those of a set enclosed by its qualifiers.
    fn shown_tags(&self, tags: &[TagValues], language: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (at, set) in self.sets.iter().enumerate() {
            let own = self.tags.iter().filter(|t| t.set == at);
            let shown: Vec<String> =
                own.filter_map(|tag| tag.shown(self.values_of(tags, tag)?, language)).collect();
            if shown.is_empty() {
                continue;
            }
            let between = set.marks.qualifier(language, Place::Separator);
            let text = shown.join(between.unwrap_or_else(|| self.separator(language)));
            out.push(set.marks.enclosed(language, &text));
        }
        out
    }

    fn separator(&self, language: &str) -> &str {
        self.marks.qualifier(language, Place::Separator).unwrap_or(" ")
    }

    fn joined(&self, mut parts: Vec<String>, language: &str) -> String {
        parts.retain(|p| !p.is_empty());
        self.marks.enclosed(language, &parts.join(self.separator(language)))
    }

    fn values_of<'a>(&self, tags: &'a [TagValues], tag: &Tag) -> Option<&'a TagValues> {
        entry(tags, &tag.set_id, &tag.name, tag.kind)
    }

    /// The categories chosen, in the order of the document.
    pub(super) fn chosen(&self, tags: &[TagValues]) -> impl Iterator<Item = &Category> {
        self.tags.iter().flat_map(|tag| {
            self.values_of(tags, tag).into_iter().flat_map(|values| tag.chosen(values))
        })
    }
}

impl Tag {
    fn chosen(&self, values: &TagValues) -> impl Iterator<Item = &Category> {
        self.categories.iter().filter(|c| values.values.binary_search(&c.lacv).is_ok())
    }

    /// The tag with those values as shown on a page; nothing when all is hidden.
    pub(super) fn shown(&self, values: &TagValues, language: &str) -> Option<String> {
        let hidden = self.marks.hidden(language);
        let phrase = |c| {
            let c: &Category = c;
            let own = c.marks.phrase(language, &c.name);
            if hidden && c.marks.data.is_empty() { "" } else { own }
        };
        let mut phrases: Vec<&str> = self
            .categories
            .iter()
            .filter(|c| values.values.binary_search(&c.lacv).is_ok())
            .map(phrase)
            .filter(|p| !p.is_empty())
            .collect();
        if values.values.is_empty() && self.gate() == Gate::One {
            phrases.push(NOBODY);
        }
        if phrases.is_empty() {
            return None;
        }
        let between = self.marks.qualifier(language, Place::Separator).unwrap_or("/");
        Some(self.marks.enclosed(language, &phrases.join(between)))
    }
}
