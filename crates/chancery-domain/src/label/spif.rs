//! Reading a policy from an XML SPIF (xmlspif.org, schema 2.0 and 2.1).
//!
//! Two passes: first what there is, then the rules that refer to it. A last walk refuses elements that
//! the standard does not put where they stand: a rule that is not understood must not be passed over.

use std::collections::BTreeSet;

use super::POLICY_EXTENSION;
use super::marking::{MarkingData, Marks, Place, Qualifier};
use super::policy::{
    Applied, Category, Classification, EquivalentCategory, EquivalentClass, EquivalentPolicy,
    ForeignGroup, Group, Operation, Policy, Required, Tag, TagSet,
};
use super::reader::{Edge, Engagement, Nationality};
use super::security_label::TagKind;
use super::xml::{Element, Malformed, document};

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
    rules(root, &mut policy, &places)?;
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
        out.push(EquivalentPolicy { name, id, added: foreign_groups(element)? });
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

fn rules(root: Element<'_>, policy: &mut Policy, places: &Places<'_>) -> Result<(), Malformed> {
    for (tag_at, found) in places.iter().enumerate() {
        for (at, element) in found.iter().enumerate() {
            let excluded_classes = excluded_classes(*element, policy)?;
            let excluded = element.children("excludedCategory").map(|e| group(e, policy));
            let excluded = excluded.collect::<Result<Vec<_>, _>>()?;
            let required = required(*element, policy)?;
            let equivalents = equivalent_categories(*element, policy)?;
            let tag = policy.tags.get_mut(tag_at);
            if let Some(category) = tag.and_then(|t| t.categories.get_mut(at)) {
                category.excluded_classes = excluded_classes;
                category.excluded = excluded;
                category.required = required;
                category.equivalents = equivalents;
            }
        }
    }
    let list = root.child("securityClassifications")?;
    let mut sources = Vec::new();
    for element in list.children("securityClassification") {
        let lacv = element.number("lacv")?;
        let required = required(element, policy)?;
        let equivalents = equivalent_classes(element, policy)?;
        for equivalent in &equivalents {
            let source = (equivalent.policy.clone(), equivalent.lacv);
            if equivalent.applied.receiving && sources.contains(&source) {
                let reason = "two classifications stand for one of another policy when receiving";
                return Err(element.fault(reason));
            }
            if equivalent.applied.receiving {
                sources.push(source);
            }
        }
        if let Some(class) = policy.classes.iter_mut().find(|c| c.lacv == lacv) {
            class.required = required;
            class.equivalents = equivalents;
        }
    }
    for (tag, found) in policy.tags.iter().zip(places) {
        for (category, element) in tag.categories.iter().zip(found) {
            contradictions(policy, tag, category, *element)?;
        }
    }
    for element in list.children("securityClassification") {
        closed_to_requirer(policy, element)?;
    }
    Ok(())
}

fn excluded_classes(element: Element<'_>, policy: &Policy) -> Result<Vec<u64>, Malformed> {
    let mut out = Vec::new();
    for excluded in element.children("excludedClass") {
        let name = excluded.text();
        let Some(class) = policy.class_named(&name) else {
            return Err(excluded.fault(format!("there is no classification “{name}” to exclude")));
        };
        if out.contains(&class.lacv) {
            let own = element.required("name")?;
            let reason = format!("duplicate excluded classification “{name}” in category “{own}”");
            return Err(excluded.fault(reason));
        }
        out.push(class.lacv);
    }
    out.sort_unstable();
    Ok(out)
}

/// The number that a reference to categories gives; none for any of the tag.
fn reference(element: Element<'_>) -> Result<(String, TagKind, Option<u64>), Malformed> {
    let set = element.required("tagSetRef")?.to_owned();
    let (kind, all) = (kind(element)?, element.truth("all")?);
    let value = match element.attribute("lacv") {
        None => None,
        Some(_) if all => {
            return Err(element.fault_in("lacv", "give either “lacv” or “all”, not both"));
        }
        Some(_) => Some(element.number("lacv")?),
    };
    Ok((set, kind, value))
}

fn group(element: Element<'_>, policy: &Policy) -> Result<Group, Malformed> {
    let (name, kind, value) = reference(element)?;
    let Some(set) = policy.sets.iter().position(|s| s.name == name) else {
        return Err(element.fault_in("tagSetRef", format!("there is no tag set “{name}”")));
    };
    let mut tags = policy.tags.iter().filter(|t| t.set == set && t.kind == kind);
    let there = tags.any(|t| value.is_none_or(|v| t.category(v).is_ok()));
    if !there {
        let what = value.map_or_else(String::new, |v| format!(" number {v}"));
        let reason = format!("the tag set “{name}” has no category{what} of that kind");
        return Err(element.fault(reason));
    }
    Ok(Group { set, kind, value })
}

fn required(element: Element<'_>, policy: &Policy) -> Result<Vec<Required>, Malformed> {
    let mut out = Vec::new();
    for rule in element.children("requiredCategory") {
        let operation = operation(rule)?;
        let groups = rule.children("categoryGroup").map(|e| group(e, policy));
        let groups = groups.collect::<Result<Vec<_>, _>>()?;
        if groups.is_empty() {
            return Err(rule.fault("“requiredCategory” requires nothing"));
        }
        out.push(Required { operation, groups });
    }
    Ok(out)
}

fn operation(rule: Element<'_>) -> Result<Operation, Malformed> {
    match rule.required("operation")? {
        "onlyOne" => Ok(Operation::OnlyOne),
        "oneOrMore" => Ok(Operation::OneOrMore),
        "all" => Ok(Operation::All),
        other => {
            let reason = format!("“operation” is onlyOne, oneOrMore or all, not “{other}”");
            Err(rule.fault_in("operation", reason))
        }
    }
}

/// What a translation adds. Only “all” says what to add without a choice.
fn foreign_groups(element: Element<'_>) -> Result<Vec<ForeignGroup>, Malformed> {
    let mut out = Vec::new();
    for rule in element.children("requiredCategory") {
        if operation(rule)? != Operation::All {
            let reason = "a translation can add “all” of some categories, not choose among them";
            return Err(rule.fault_in("operation", reason));
        }
        for group in rule.children("categoryGroup") {
            let (set, kind, value) = reference(group)?;
            out.push(ForeignGroup { set, kind, value });
        }
    }
    Ok(out)
}

fn applied(element: Element<'_>) -> Result<Applied, Malformed> {
    match element.required("applied")? {
        "encrypt" => Ok(Applied { sending: true, receiving: false }),
        "decrypt" => Ok(Applied { sending: false, receiving: true }),
        "both" => Ok(Applied { sending: true, receiving: true }),
        other => {
            let reason = format!("“applied” is encrypt, decrypt or both, not “{other}”");
            Err(element.fault_in("applied", reason))
        }
    }
}

fn policy_reference(element: Element<'_>, policy: &Policy) -> Result<String, Malformed> {
    let name = element.required("policyRef")?;
    let found = policy.equivalents.iter().find(|p| p.name == name);
    let missing = || {
        let reason = format!("“{name}” is not among the equivalent policies");
        element.fault_in("policyRef", reason)
    };
    Ok(found.ok_or_else(missing)?.id.clone())
}

fn equivalent_classes(
    element: Element<'_>,
    policy: &Policy,
) -> Result<Vec<EquivalentClass>, Malformed> {
    let mut out: Vec<EquivalentClass> = Vec::new();
    for place in element.children("equivalentClassification") {
        let (lacv, applied) = (place.number("lacv")?, applied(place)?);
        let policy = policy_reference(place, policy)?;
        if applied.sending && out.iter().any(|e| e.applied.sending && e.policy == policy) {
            let reason = "a second classification of one policy to send under; keep one";
            return Err(place.fault(reason));
        }
        out.push(EquivalentClass { policy, lacv, applied, added: foreign_groups(place)? });
    }
    Ok(out)
}

fn equivalent_categories(
    element: Element<'_>,
    policy: &Policy,
) -> Result<Vec<EquivalentCategory>, Malformed> {
    let mut out = Vec::new();
    for place in element.children("equivalentSecCategoryTag") {
        let lacv = match place.attribute("action") {
            None => Some(place.number("lacv")?),
            Some("discard") => None,
            Some(other) => {
                let reason = format!("“action” is “discard” or absent, not “{other}”");
                return Err(place.fault_in("action", reason));
            }
        };
        out.push(EquivalentCategory {
            policy: policy_reference(place, policy)?,
            set: object_identifier(place, "tagSetId")?,
            kind: kind(place)?,
            lacv,
            applied: applied(place)?,
        });
    }
    Ok(out)
}

/// Rules by which the category could never be used.
fn contradictions(
    policy: &Policy,
    tag: &Tag,
    category: &Category,
    element: Element<'_>,
) -> Result<(), Malformed> {
    let own = &category.name;
    if category.excluded_classes.len() == policy.classes.len() {
        return Err(element.fault(format!("“{own}” excludes every classification")));
    }
    let is_own =
        |g: &Group| g.set == tag.set && g.kind == tag.kind && g.value == Some(category.lacv);
    if category.excluded.iter().any(is_own) {
        return Err(element.fault(format!("“{own}” excludes itself")));
    }
    let all = category.required.iter().filter(|r| r.operation == Operation::All);
    for needed in all.flat_map(|r| &r.groups) {
        let excluded = |g: &Group| {
            let any = g.value.is_none() && !is_own(needed);
            g.set == needed.set && g.kind == needed.kind && (any || g.value == needed.value)
        };
        if category.excluded.iter().any(excluded) {
            return Err(element.fault(format!("“{own}” excludes what it requires")));
        }
        let beside = tag.single
            && needed.set == tag.set
            && needed.kind == tag.kind
            && needed.value.is_some_and(|v| v != category.lacv && tag.category(v).is_ok());
        if beside {
            let reason = format!("“{own}” requires another of a tag of which one may be selected");
            return Err(element.fault(reason));
        }
    }
    Ok(())
}

fn closed_to_requirer(policy: &Policy, element: Element<'_>) -> Result<(), Malformed> {
    let lacv = element.number("lacv")?;
    let Ok(class) = policy.class(lacv) else { return Ok(()) };
    let all = class.required.iter().filter(|r| r.operation == Operation::All);
    for group in all.flat_map(|r| &r.groups) {
        let set = policy.sets.get(group.set).map_or("", |s| s.id.as_str());
        let found = group.value.and_then(|v| policy.category(set, group.kind, v));
        if let Some((_, category)) = found
            && category.excluded_classes.contains(&lacv)
        {
            let (class, category) = (&class.name, &category.name);
            let reason = format!("“{class}” requires “{category}”, which excludes it");
            return Err(element.fault(reason));
        }
    }
    Ok(())
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
