//! Labels and clearances as XML, in and out.
//!
//! Two forms. ADatP-4774 (edition A, version 1, appendix 1): `originatorConfidentialityLabel`, by
//! names; written with the dates that its schema asks for, read with or without. The plain form
//! (`label`, `clearance` of `http://surevine.com/xmlns/spiffy`), by numbers, which older tools
//! exchange. Elements are known by namespace, never by prefix. What is in a label and is not
//! understood is refused, since it may restrict.
//!
//! A `Category` of type PERMISSIVE without a value is for nobody. Neither form names a tag within
//! its set, so it closes every permissive tag of the set that has no value in the label.

use std::fmt::Write;

use jiff::Timestamp;

use super::policy::{Policy, Tag, Unknown, same};
use super::security_label::{Gate, SecurityLabel, TagKind, TagValues, entry};
use super::xml::{Element, Malformed, document, escape, push_attribute};
use super::{Clearance, Invalid};

pub(super) const LABEL_4774: &str = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0";
const PLAIN: &str = "http://surevine.com/xmlns/spiffy";
const OID: &str = "urn:oid:";

/// The dates of a label: ADatP-4774 asks for both where a label has no successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// When the label was given.
    pub created: Timestamp,
    /// When it is to be looked at again.
    pub review: Option<Timestamp>,
}

/// The policy that a label or clearance names: its object identifier where there is one, else its
/// name.
///
/// # Errors
/// When the XML is no label and no clearance.
pub fn policy_named(xml: &str) -> Result<String, Malformed> {
    let document = document(xml)?;
    let root = Element::root(&document);
    let name = if root.namespace() == Some(PLAIN) {
        root.child("policy")?.required("id")?.to_owned()
    } else {
        let named = information(root)?.child("PolicyIdentifier")?;
        identifier(named)?.map_or_else(|| named.text(), str::to_owned)
    };
    Ok(name)
}

fn information(root: Element<'_>) -> Result<Element<'_>, Malformed> {
    if root.is(LABEL_4774, "originatorConfidentialityLabel") {
        return root.child("ConfidentialityInformation");
    }
    let reason = format!(
        "this is no originatorConfidentialityLabel of {LABEL_4774} and no label of {PLAIN}"
    );
    Err(root.fault(reason))
}

/// The object identifier beside a policy's name. The standard calls the attribute `URI`; labels in
/// the wild also `URL`.
fn identifier(element: Element<'_>) -> Result<Option<&str>, Malformed> {
    let Some(uri) = element.attribute("URI").or_else(|| element.attribute("URL")) else {
        return Ok(None);
    };
    let missing = || element.fault(format!("“{uri}” is not of the form {OID}1.3.26.1.3.1"));
    uri.trim().strip_prefix(OID).map(Some).ok_or_else(missing)
}

impl Policy {
    /// A label from XML, in either form. Whether it is valid is for [`Policy::validate`] to say.
    ///
    /// # Errors
    /// The first fault with line and column: ill-formed XML, another policy, what the policy does
    /// not know, or an element that is not understood.
    pub fn read_label(&self, xml: &str) -> Result<SecurityLabel, Malformed> {
        let document = document(xml)?;
        let root = Element::root(&document);
        if root.is(PLAIN, "label") {
            let class = self.plain_class(root.child("classification")?)?;
            let tags = self.plain_head(root).and_then(|()| self.plain_tags(root, true))?;
            return Ok(SecurityLabel::new(self.id.clone(), class, tags));
        }
        self.read_4774(information(root)?)
    }

    fn read_4774(&self, information: Element<'_>) -> Result<SecurityLabel, Malformed> {
        let named = information.child("PolicyIdentifier")?;
        let id = identifier(named)?;
        if id.is_some_and(|id| id != self.id) || (id.is_none() && !same(&named.text(), &self.name))
        {
            let found = id.map_or_else(|| named.text(), str::to_owned);
            return Err(named.fault(format!("unknown policy “{found}”: this is “{}”", self.name)));
        }
        let place = information.child("Classification")?;
        let word = place.text();
        let class = self.class_named(&word);
        let class = class.ok_or_else(|| place.fault(format!("unknown classification “{word}”")))?;
        let (mut tags, mut empty) = (Vec::new(), Vec::new());
        for element in information.elements() {
            match element.name() {
                _ if element.namespace() != Some(LABEL_4774) => {
                    return Err(element.fault(format!("“{}” is not understood", element.name())));
                }
                "PolicyIdentifier" | "Classification" => {}
                "Category" => self.read_category(element, &mut tags, &mut empty)?,
                other => return Err(element.fault(format!("“{other}” is not understood"))),
            }
        }
        for (set, element) in empty {
            self.close(set, element, &mut tags)?;
        }
        Ok(SecurityLabel::new(self.id.clone(), class.lacv, tags))
    }

    fn read_category<'a>(
        &self,
        element: Element<'a>,
        tags: &mut Vec<TagValues>,
        empty: &mut Vec<(usize, Element<'a>)>,
    ) -> Result<(), Malformed> {
        let name = element.required("TagName")?;
        let Some(set) = self.sets.iter().position(|s| same(&s.name, name)) else {
            return Err(element.fault_in("TagName", format!("there is no tag set “{name}”")));
        };
        let gate = match element.required("Type")? {
            "RESTRICTIVE" => Gate::All,
            "PERMISSIVE" => Gate::One,
            "INFORMATIVE" => Gate::Open,
            other => {
                let reason =
                    format!("“Type” is RESTRICTIVE, PERMISSIVE or INFORMATIVE, not “{other}”");
                return Err(element.fault_in("Type", reason));
            }
        };
        let own = || self.tags.iter().filter(move |t| t.set == set && t.gate() == gate);
        if own().next().is_none() {
            return Err(element.fault_in("Type", format!("“{name}” has no tag of that type")));
        }
        let mut none = true;
        for value in element.elements() {
            if !value.is(LABEL_4774, "GenericValue") {
                let reason = format!("“{}” is not understood; use GenericValue", value.name());
                return Err(value.fault(reason));
            }
            let word = value.text();
            let mut categories = own().flat_map(|t| t.categories.iter().map(move |c| (t, c)));
            let Some((tag, category)) = categories.find(|(_, c)| same(&c.name, &word)) else {
                return Err(value.fault(format!("“{name}” has no category “{word}”")));
            };
            tags.push(tag.values(vec![category.lacv]));
            none = false;
        }
        if none && gate == Gate::One {
            empty.push((set, element));
        }
        Ok(())
    }

    /// Closes the permissive tags of a set that have no value.
    fn close(
        &self,
        set: usize,
        element: Element<'_>,
        tags: &mut Vec<TagValues>,
    ) -> Result<(), Malformed> {
        let own = self.tags.iter().filter(|t| t.set == set && t.gate() == Gate::One);
        let open: Vec<&Tag> = own
            .filter(|t| {
                let said = |v: &TagValues| (v.set.as_str(), v.tag.as_str(), v.kind) == t.key();
                !tags.iter().any(|v| said(v) && !v.values.is_empty())
            })
            .collect();
        if open.is_empty() {
            return Err(element.fault("an empty category beside one of the same tag with values"));
        }
        tags.extend(open.into_iter().map(|t| t.values(Vec::new())));
        Ok(())
    }

    /// A clearance from XML in the plain form.
    ///
    /// # Errors
    /// The first fault with line and column, as for a label.
    pub fn read_clearance(&self, xml: &str) -> Result<Clearance, Malformed> {
        let document = document(xml)?;
        let root = Element::root(&document);
        if !root.is(PLAIN, "clearance") {
            return Err(root.fault(format!("this is no clearance of {PLAIN}")));
        }
        self.plain_head(root)?;
        let classes = root.children("classification").map(|e| self.plain_class(e));
        let classes = classes.collect::<Result<Vec<_>, _>>()?;
        Ok(Clearance::new(self.id.clone(), classes, self.plain_tags(root, false)?))
    }

    fn plain_head(&self, root: Element<'_>) -> Result<(), Malformed> {
        let named = root.child("policy")?;
        let id = named.required("id")?;
        if id != self.id {
            let reason = format!("unknown policy id {id}: this is “{}”", self.name);
            return Err(named.fault_in("id", reason));
        }
        let known = ["policy", "classification", "tag"];
        match root.elements().find(|e| e.namespace() != Some(PLAIN) || !known.contains(&e.name())) {
            Some(other) => Err(other.fault(format!("“{}” is not understood", other.name()))),
            None => Ok(()),
        }
    }

    fn plain_class(&self, element: Element<'_>) -> Result<u64, Malformed> {
        let lacv = element.number("lacv")?;
        let class = self.class(lacv).map_err(|unknown| element.fault(unknown.to_string()))?;
        Ok(class.lacv)
    }

    fn plain_tags(&self, root: Element<'_>, may_close: bool) -> Result<Vec<TagValues>, Malformed> {
        let (mut tags, mut empty) = (Vec::new(), Vec::new());
        for element in root.children("tag") {
            let name = element.required("type")?;
            let Some((_, kind)) = PLAIN_KINDS.into_iter().find(|(word, _)| *word == name) else {
                return Err(element.fault_in("type", format!("unsupported tag type “{name}”")));
            };
            let id = element.required("id")?;
            let Some(set) = self.sets.iter().position(|s| s.id == id) else {
                return Err(element.fault_in("id", format!("there is no tag set {id}")));
            };
            if element.attribute("lacv").is_none() && may_close && kind.gate() == Gate::One {
                empty.push((set, element));
                continue;
            }
            let lacv = element.number("lacv")?;
            let Some((tag, _)) = self.category(id, kind, lacv) else {
                let reason = format!("the tag set {id} has no {name} category number {lacv}");
                return Err(element.fault_in("lacv", reason));
            };
            tags.push(tag.values(vec![lacv]));
        }
        for (set, element) in empty {
            self.close(set, element, &mut tags)?;
        }
        Ok(tags)
    }

    /// The label as ADatP-4774 XML.
    ///
    /// # Errors
    /// When the policy does not know the label or does not allow it.
    pub fn write_label(&self, label: &SecurityLabel, dates: Dates) -> Result<String, Invalid> {
        self.validate(label)?;
        let class = self.class(label.classification())?;
        let mut out = format!("<s4774:originatorConfidentialityLabel xmlns:s4774=\"{LABEL_4774}\"");
        if let Some(review) = dates.review {
            push_attribute(&mut out, "ReviewDateTime", &review.to_string());
        }
        out.push_str("><s4774:ConfidentialityInformation><s4774:PolicyIdentifier");
        push_attribute(&mut out, "URI", &format!("{OID}{}", self.id));
        let (name, class) = (escape(&self.name), escape(&class.name));
        put(&mut out, format_args!(">{name}</s4774:PolicyIdentifier>"));
        put(&mut out, format_args!("<s4774:Classification>{class}</s4774:Classification>"));
        for (tag, values) in self.in_order(&label.tags) {
            let kind = match tag.gate() {
                Gate::All => "RESTRICTIVE",
                Gate::One => "PERMISSIVE",
                Gate::Open => "INFORMATIVE",
            };
            out.push_str("<s4774:Category");
            push_attribute(&mut out, "Type", kind);
            push_attribute(&mut out, "TagName", self.sets.get(tag.set).map_or("", |s| &s.name));
            push_attribute(&mut out, "URI", &format!("{OID}{}", tag.set_id));
            out.push('>');
            for category in tag.categories.iter().filter(|c| values.values.contains(&c.lacv)) {
                let name = escape(&category.name);
                put(&mut out, format_args!("<s4774:GenericValue>{name}</s4774:GenericValue>"));
            }
            out.push_str("</s4774:Category>");
        }
        let created = dates.created;
        out.push_str("</s4774:ConfidentialityInformation>");
        put(&mut out, format_args!("<s4774:CreationDateTime>{created}</s4774:CreationDateTime>"));
        out.push_str("</s4774:originatorConfidentialityLabel>");
        Ok(out)
    }

    /// The label as XML in the plain form.
    ///
    /// # Errors
    /// When the policy does not know the label or does not allow it.
    pub fn write_plain_label(&self, label: &SecurityLabel) -> Result<String, Invalid> {
        self.validate(label)?;
        Ok(self.plain("label", &[label.classification()], &label.tags))
    }

    /// The clearance as XML in the plain form.
    ///
    /// # Errors
    /// When the policy does not know the clearance.
    pub fn write_clearance(&self, clearance: &Clearance) -> Result<String, Unknown> {
        self.knows_clearance(clearance)?;
        Ok(self.plain("clearance", &clearance.classifications, &clearance.tags))
    }

    fn plain(&self, root: &str, classes: &[u64], tags: &[TagValues]) -> String {
        let mut out = format!("<{root} xmlns=\"{PLAIN}\"><policy");
        push_attribute(&mut out, "id", &self.id);
        put(&mut out, format_args!(">{}</policy>", escape(&self.name)));
        for lacv in classes {
            let name = self.class(*lacv).map_or("", |c| &c.name);
            put(
                &mut out,
                format_args!("<classification lacv=\"{lacv}\">{}</classification>", escape(name)),
            );
        }
        for (tag, values) in self.in_order(tags) {
            let kind = PLAIN_KINDS.into_iter().find(|(_, kind)| *kind == tag.kind);
            let mut open = String::from("<tag");
            push_attribute(&mut open, "type", kind.map_or("", |(word, _)| word));
            push_attribute(&mut open, "id", &tag.set_id);
            if values.values.is_empty() {
                put(&mut out, format_args!("{open}/>"));
            }
            for category in tag.categories.iter().filter(|c| values.values.contains(&c.lacv)) {
                let (lacv, name) = (category.lacv, escape(&category.name));
                put(&mut out, format_args!("{open} lacv=\"{lacv}\">{name}</tag>"));
            }
        }
        put(&mut out, format_args!("</{root}>"));
        out
    }

    /// Tags with the values given of them, in the order of the document.
    fn in_order<'a>(
        &'a self,
        tags: &'a [TagValues],
    ) -> impl Iterator<Item = (&'a Tag, &'a TagValues)> {
        self.tags.iter().filter_map(|tag| {
            let (set, name, kind) = tag.key();
            Some((tag, entry(tags, set, name, kind)?))
        })
    }
}

/// Appends formatted text.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes all that is written to it");
}

const PLAIN_KINDS: [(&str, TagKind); 5] = [
    ("restrictive", TagKind::Restrictive),
    ("permissive", TagKind::Permissive),
    ("enumeratedRestrictive", TagKind::EnumeratedRestrictive),
    ("enumeratedPermissive", TagKind::EnumeratedPermissive),
    ("informative", TagKind::Informative),
];
