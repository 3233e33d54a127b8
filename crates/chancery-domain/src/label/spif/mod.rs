//! Reading a policy from an XML SPIF (xmlspif.org, schema 2.0 and 2.1).
//!
//! Two passes: first what there is, then the rules that refer to it. A last walk refuses elements
//! that the standard does not put where they stand: a rule that is not understood must not be
//! passed over.

mod rules;

use std::collections::BTreeSet;

use crate::label::POLICY_EXTENSION;
use crate::label::marking::{MarkingData, Marks, Place, Qualifier};
use crate::label::policy::{Category, Classification, EquivalentPolicy, Policy, Tag, TagSet};
use crate::label::reader::{Edge, Engagement, Nationality};
use crate::label::security_label::TagKind;
use crate::label::xml::{Element, Malformed, document};

const SPIF: &str = "http://www.xmlspif.org/spif";
const VERSIONS: [&str; 2] = ["2.0", "2.1"];

/// What may stand in what.
const ELEMENTS: [(&str, &[&str]); 12] = [
    (
        "SPIF",
        &[
            "defaultSecurityPolicyId",
            "securityPolicyId",
            "equivalentPolicies",
            "securityClassifications",
            "securityCategoryTagSets",
            "markingData",
            "markingQualifier",
            "extensions",
        ],
    ),
    ("equivalentPolicies", &["equivalentPolicy"]),
    ("equivalentPolicy", &["requiredCategory"]),
    ("securityClassifications", &["securityClassification"]),
    (
        "securityClassification",
        &["markingData", "markingQualifier", "requiredCategory", "equivalentClassification"],
    ),
    ("equivalentClassification", &["requiredCategory"]),
    ("requiredCategory", &["categoryGroup"]),
    ("securityCategoryTagSets", &["securityCategoryTagSet"]),
    ("securityCategoryTagSet", &["securityCategoryTag", "markingData", "markingQualifier"]),
    ("securityCategoryTag", &["tagCategory", "markingData", "markingQualifier"]),
    (
        "tagCategory",
        &[
            "markingData",
            "markingQualifier",
            "excludedClass",
            "excludedCategory",
            "requiredCategory",
            "equivalentSecCategoryTag",
        ],
    ),
    ("markingData", &["code"]),
];

pub(super) fn policy(xml: &str) -> Result<Policy, Malformed> {
    let document = document(xml)?;
    let root = Element::root(&document);
    if root.name() != "SPIF" || !matches!(root.namespace(), None | Some(SPIF)) {
        return Err(root.fault(format!("the root is no “SPIF” of {SPIF}")));
    }
    if let Some(version) = root.attribute("schemaVersion")
        && !VERSIONS.contains(&version)
    {
        let reason = format!("schema version “{version}” is not understood; give 2.0 or 2.1");
        return Err(root.fault_in("schemaVersion", reason));
    }
    let (name, id) = named(root.child("securityPolicyId")?)?;
    let default = root.optional("defaultSecurityPolicyId")?.map(named).transpose()?;
    let equivalents = equivalent_policies(root)?;
    let classes = classifications(root)?;
    let mut policy = Policy {
        name,
        id,
        default: default.map(|(_, id)| id),
        equivalents,
        classes,
        sets: Vec::new(),
        tags: Vec::new(),
        index: Vec::new(),
        marks: marks(root)?,
    };
    let places = tag_sets(root, &mut policy)?;
    rules::rules(root, &mut policy, &places)?;
    known_elements(root)?;
    policy.index = (0..policy.tags.len()).collect();
    let tags = &policy.tags;
    policy.index.sort_by(|a, b| tags.get(*a).map(Tag::key).cmp(&tags.get(*b).map(Tag::key)));
    Ok(policy)
}

/// Refuses the second use of a key.
fn once<K: Ord>(
    seen: &mut BTreeSet<K>,
    key: K,
    fault: impl FnOnce() -> Malformed,
) -> Result<(), Malformed> {
    if seen.insert(key) { Ok(()) } else { Err(fault()) }
}

fn named(element: Element<'_>) -> Result<(String, String), Malformed> {
    let id = object_identifier(element, "id")?;
    Ok((element.required("name")?.to_owned(), id))
}

fn object_identifier(element: Element<'_>, attribute: &str) -> Result<String, Malformed> {
    let id = element.required(attribute)?;
    let arcs = id.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()));
    if !arcs {
        let reason = format!("“{id}” is no object identifier, such as 1.3.26.1.3.1");
        return Err(element.fault_in(attribute, reason));
    }
    Ok(id.to_owned())
}

fn equivalent_policies(root: Element<'_>) -> Result<Vec<EquivalentPolicy>, Malformed> {
    let Some(list) = root.optional("equivalentPolicies")? else { return Ok(Vec::new()) };
    let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
    let mut out = Vec::new();
    for element in list.children("equivalentPolicy") {
        let (name, id) = named(element)?;
        let twice = || element.fault(format!("the equivalent policy “{name}” stands here twice"));
        once(&mut names, name.clone(), twice)?;
        once(&mut ids, id.clone(), twice)?;
        out.push(EquivalentPolicy { name, id, added: rules::foreign_groups(element)? });
    }
    Ok(out)
}

fn classifications(root: Element<'_>) -> Result<Vec<Classification>, Malformed> {
    let list = root.child("securityClassifications")?;
    let (mut names, mut numbers, mut ranks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut out = Vec::new();
    for element in list.children("securityClassification") {
        extension_attributes(element, &["portion"])?;
        let name = element.required("name")?.to_owned();
        let (lacv, hierarchy) = (element.number("lacv")?, element.number("hierarchy")?);
        let twice = |what: &str| {
            element.fault(format!("the classification “{name}” repeats the {what} of another"))
        };
        once(&mut names, name.to_lowercase(), || twice("name"))?;
        once(&mut numbers, lacv, || twice("lacv"))?;
        once(&mut ranks, hierarchy, || twice("hierarchy"))?;
        let colour = element.attribute("color").map(str::to_owned);
        let portion = element.attribute_of(POLICY_EXTENSION, "portion").map(str::to_owned);
        let (obsolete, marks) = (element.truth("obsolete")?, marks(element)?);
        let (required, equivalents) = (Vec::new(), Vec::new());
        out.push(Classification {
            name,
            lacv,
            hierarchy,
            obsolete,
            colour,
            portion,
            marks,
            required,
            equivalents,
        });
    }
    if out.is_empty() {
        return Err(list.fault("the policy has no classification"));
    }
    out.sort_by_key(|c| c.hierarchy);
    Ok(out)
}

/// Where the categories stand in the document, in the order of `policy.tags`.
type Places<'a> = Vec<Vec<Element<'a>>>;

fn tag_sets<'a>(root: Element<'a>, policy: &mut Policy) -> Result<Places<'a>, Malformed> {
    let mut places = Vec::new();
    let Some(list) = root.optional("securityCategoryTagSets")? else { return Ok(places) };
    let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for element in list.children("securityCategoryTagSet") {
        let (name, id) = named(element)?;
        let twice = |what: &str| {
            element.fault(format!("the tag set “{name}” repeats the {what} of another"))
        };
        once(&mut names, name.to_lowercase(), || twice("name"))?;
        once(&mut ids, id.clone(), || twice("id"))?;
        let set = TagSet { id, name, marks: marks(element)? };
        let at = policy.sets.len();
        tags(element, at, &set, policy, &mut places)?;
        policy.sets.push(set);
    }
    Ok(places)
}

fn tags<'a>(
    set_element: Element<'a>,
    set_at: usize,
    set: &TagSet,
    policy: &mut Policy,
    places: &mut Places<'a>,
) -> Result<(), Malformed> {
    let (mut tag_names, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut numbers = BTreeSet::new();
    for element in set_element.children("securityCategoryTag") {
        extension_attributes(element, &["portion"])?;
        let name = element.required("name")?.to_owned();
        let twice = || element.fault(format!("the tag “{name}” stands twice in “{}”", set.name));
        once(&mut tag_names, name.to_lowercase(), twice)?;
        let kind = kind(element)?;
        let portion = match element.attribute_of(POLICY_EXTENSION, "portion") {
            None => false,
            Some("page") => true,
            Some(other) => {
                let reason = format!("“portion” of a tag is “page” or absent, not “{other}”");
                return Err(element.fault(reason));
            }
        };
        let (mut categories, mut found) = (Vec::new(), Vec::new());
        for place in element.children("tagCategory") {
            let category = category(place)?;
            let twice = |what: &str| {
                let (own, set) = (&category.name, &set.name);
                let reason = format!("“{own}” repeats the {what} of another category of “{set}”");
                place.fault(reason)
            };
            once(&mut names, (kind.gate(), category.name.to_lowercase()), || twice("name"))?;
            once(&mut numbers, (kind, category.lacv), || twice("lacv"))?;
            categories.push(category);
            found.push(place);
        }
        if categories.is_empty() {
            return Err(element.fault(format!("the tag “{name}” has no category")));
        }
        let mut by_value: Vec<(u64, usize)> =
            categories.iter().enumerate().map(|(at, c)| (c.lacv, at)).collect();
        by_value.sort_unstable();
        let (single, marks) = (element.truth("singleSelection")?, marks(element)?);
        let (set, set_id) = (set_at, set.id.clone());
        policy.tags.push(Tag {
            set,
            set_id,
            name,
            kind,
            single,
            portion,
            marks,
            categories,
            by_value,
        });
        places.push(found);
    }
    Ok(())
}

fn category(element: Element<'_>) -> Result<Category, Malformed> {
    extension_attributes(element, &["portion", "nationality", "engagement"])?;
    Ok(Category {
        name: element.required("name")?.to_owned(),
        lacv: element.number("lacv")?,
        obsolete: element.truth("obsolete")?,
        portion: element.attribute_of(POLICY_EXTENSION, "portion").map(str::to_owned),
        marks: marks(element)?,
        excluded_classes: Vec::new(),
        excluded: Vec::new(),
        required: Vec::new(),
        equivalents: Vec::new(),
        edge: edge(element)?,
    })
}

fn edge(element: Element<'_>) -> Result<Option<Edge>, Malformed> {
    let nationalities = match element.attribute_of(POLICY_EXTENSION, "nationality") {
        None => None,
        Some(list) => {
            let parsed: Result<Vec<Nationality>, _> =
                list.split_whitespace().map(str::parse).collect();
            let list = parsed.map_err(|error| element.fault(error.to_string()))?;
            if list.is_empty() {
                return Err(element.fault("“nationality” names no nationality"));
            }
            Some(list)
        }
    };
    let engagement = match element.attribute_of(POLICY_EXTENSION, "engagement") {
        None => None,
        Some("home-based") => Some(Engagement::HomeBased),
        Some("locally-engaged") => Some(Engagement::LocallyEngaged),
        Some(other) => {
            let reason =
                format!("“engagement” is “home-based” or “locally-engaged”, not “{other}”");
            return Err(element.fault(reason));
        }
    };
    let bound = nationalities.is_some() || engagement.is_some();
    Ok(bound.then_some(Edge { nationalities, engagement }))
}

fn extension_attributes(element: Element<'_>, known: &[&str]) -> Result<(), Malformed> {
    match element.attributes_of(POLICY_EXTENSION).find(|name| !known.contains(name)) {
        Some(name) => {
            let reason =
                format!("“{name}” of {POLICY_EXTENSION} cannot stand in “{}”", element.name());
            Err(element.fault(reason))
        }
        None => Ok(()),
    }
}

fn kind(element: Element<'_>) -> Result<TagKind, Malformed> {
    let kind = element.required("tagType")?;
    Ok(match kind {
        "restrictive" => TagKind::Restrictive,
        "permissive" => TagKind::Permissive,
        "tagType7" => TagKind::Informative,
        "enumerated" => match element.required("enumType")? {
            "restrictive" => TagKind::EnumeratedRestrictive,
            "permissive" => TagKind::EnumeratedPermissive,
            other => {
                let reason = format!("“enumType” is restrictive or permissive, not “{other}”");
                return Err(element.fault_in("enumType", reason));
            }
        },
        other => {
            let reason = format!(
                "“tagType” is restrictive, permissive, enumerated or tagType7, not “{other}”"
            );
            return Err(element.fault_in("tagType", reason));
        }
    })
}

fn marks(holder: Element<'_>) -> Result<Marks, Malformed> {
    let mut marks = Marks::default();
    for element in holder.children("markingData") {
        let mut data = MarkingData {
            language: element.language().map(str::to_owned),
            phrase: element.attribute("phrase").map(str::to_owned),
            on_page: false,
            hidden: false,
            suppresses_class: false,
            replaces_policy: false,
        };
        let mut elsewhere = false;
        for code in element.children("code") {
            match code.text().as_str() {
                "pageTop" | "pageBottom" | "pageTopBottom" => data.on_page = true,
                "documentStart" | "documentEnd" => elsewhere = true,
                "noNameDisplay" | "noMarkingDisplay" => data.hidden = true,
                "suppressClassName" => data.suppresses_class = true,
                "replacePolicy" => data.replaces_policy = true,
                other => return Err(code.fault(format!("“{other}” is no marking code"))),
            }
        }
        data.on_page |= !elsewhere;
        marks.data.push(data);
    }
    for group in holder.children("markingQualifier") {
        for element in group.children("qualifier") {
            let place = match element.required("qualifierCode")? {
                "prefix" => Place::Prefix,
                "separator" => Place::Separator,
                "suffix" => Place::Suffix,
                other => {
                    let reason = format!("“{other}” is not prefix, separator or suffix");
                    return Err(element.fault_in("qualifierCode", reason));
                }
            };
            let text = element.attribute("markingQualifier");
            let missing = || element.fault("“qualifier” has no “markingQualifier”");
            let text = text.ok_or_else(missing)?.to_owned();
            let language = element.language().map(str::to_owned);
            let again = |q: &Qualifier| q.place == place && q.language == language;
            if marks.qualifiers.iter().any(again) {
                return Err(element.fault("a second qualifier of one kind and language"));
            }
            marks.qualifiers.push(Qualifier { language, place, text });
        }
    }
    Ok(marks)
}

fn known_elements(element: Element<'_>) -> Result<(), Malformed> {
    for child in element.elements().filter(|c| c.namespace() == element.namespace()) {
        let parent = element.name();
        let listed = ELEMENTS.iter().find(|(name, _)| *name == parent);
        let known = match (parent, child.name()) {
            ("markingQualifier", "qualifier") => true,
            (_, name) => listed.is_some_and(|(_, children)| children.contains(&name)),
        };
        if !known {
            let reason = format!("“{}” cannot stand in “{parent}”", child.name());
            return Err(child.fault(reason));
        }
        if child.name() != "extensions" {
            known_elements(child)?;
        }
    }
    Ok(())
}
