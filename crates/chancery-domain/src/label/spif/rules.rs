//! The second pass: rules that refer to classifications and categories, and their contradictions.

use super::{Places, kind, object_identifier};
use crate::label::policy::{
    Applied, Category, EquivalentCategory, EquivalentClass, ForeignGroup, Group, Operation, Policy,
    Required, Tag,
};
use crate::label::security_label::TagKind;
use crate::label::xml::{Element, Malformed};

pub(super) fn rules(
    root: Element<'_>,
    policy: &mut Policy,
    places: &Places<'_>,
) -> Result<(), Malformed> {
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
pub(super) fn foreign_groups(element: Element<'_>) -> Result<Vec<ForeignGroup>, Malformed> {
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
