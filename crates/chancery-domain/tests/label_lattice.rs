//! Properties of the lattice and of the decision, over random labels and readers of a policy with
//! every kind of tag.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::sync::LazyLock;

use chancery_domain::label::{Clearance, Engagement, Nationality, Policy, Reader, SecurityLabel};
use proptest::prelude::*;
use serde_json::json;

/// Four classifications; two restrictive tags (one with an edge to engagement), two permissive (one
/// to nationality), one informative with a ceiling.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let xml = r#"<SPIF xmlns="http://www.xmlspif.org/spif" xmlns:c="urn:chancery:policy:1">
      <securityPolicyId name="Test" id="1.2.3"/>
      <securityClassifications>
        <securityClassification name="A" lacv="40" hierarchy="1"/>
        <securityClassification name="B" lacv="30" hierarchy="2"/>
        <securityClassification name="C" lacv="20" hierarchy="3"/>
        <securityClassification name="D" lacv="10" hierarchy="4"/>
      </securityClassifications>
      <securityCategoryTagSets>
        <securityCategoryTagSet name="One" id="1.2.3.1">
          <securityCategoryTag name="all" tagType="restrictive">
            <tagCategory name="r0" lacv="0"/><tagCategory name="r1" lacv="1"/>
            <tagCategory name="home" lacv="2" c:engagement="home-based"/>
          </securityCategoryTag>
          <securityCategoryTag name="any" tagType="permissive">
            <tagCategory name="p0" lacv="0"/><tagCategory name="p1" lacv="1"/><tagCategory name="p2" lacv="2"/>
          </securityCategoryTag>
        </securityCategoryTagSet>
        <securityCategoryTagSet name="Two" id="1.2.3.2">
          <securityCategoryTag name="code" tagType="enumerated" enumType="restrictive">
            <tagCategory name="e0" lacv="0"/><tagCategory name="e1" lacv="1"/><tagCategory name="e2" lacv="2"/>
          </securityCategoryTag>
          <securityCategoryTag name="eyes" tagType="enumerated" enumType="permissive">
            <tagCategory name="xa" lacv="0" c:nationality="XA"/><tagCategory name="xb" lacv="1" c:nationality="XB XC"/>
            <tagCategory name="granted" lacv="2"/>
          </securityCategoryTag>
          <securityCategoryTag name="shown" tagType="tagType7">
            <tagCategory name="i0" lacv="0"/><tagCategory name="i1" lacv="1"/>
            <tagCategory name="i2" lacv="2"><excludedClass>C</excludedClass><excludedClass>D</excludedClass></tagCategory>
          </securityCategoryTag>
        </securityCategoryTagSet>
      </securityCategoryTagSets></SPIF>"#;
    Policy::parse(xml).unwrap()
});

const TAGS: [(&str, &str, &str); 5] = [
    ("1.2.3.1", "all", "restrictive"),
    ("1.2.3.1", "any", "permissive"),
    ("1.2.3.2", "code", "enumerated-restrictive"),
    ("1.2.3.2", "eyes", "enumerated-permissive"),
    ("1.2.3.2", "shown", "informative"),
];

fn bits(bits: u8) -> Vec<u64> {
    (0..3).filter(|bit| bits & (1 << bit) != 0).collect()
}

fn label_of(class: usize, chosen: [Option<u8>; 5]) -> SecurityLabel {
    let tags = TAGS.iter().zip(chosen).filter_map(|((set, tag, kind), chosen)| {
        Some(json!({"set": set, "tag": tag, "kind": kind, "values": bits(chosen?)}))
    });
    let tags: Vec<_> = tags.collect();
    let class = [40, 30, 20, 10][class];
    serde_json::from_value(json!({"policy": "1.2.3", "classification": class, "tags": tags}))
        .unwrap()
}

fn labels() -> impl Strategy<Value = SecurityLabel> {
    let values = || proptest::option::of(0_u8..8);
    (0_usize..4, values(), values(), values(), values(), values())
        .prop_map(|(class, a, b, c, d, e)| label_of(class, [a, b, c, d, e]))
}

/// A clearance without gaps, as words make it.
fn clearance_of(class: usize, chosen: [u8; 4]) -> Clearance {
    let classes: Vec<u64> = [40, 30, 20, 10].into_iter().take(class + 1).collect();
    let tags = TAGS.iter().zip(chosen).map(|((set, tag, kind), chosen)| {
        json!({"set": set, "tag": tag, "kind": kind, "values": bits(chosen)})
    });
    let tags: Vec<_> = tags.collect();
    serde_json::from_value(json!({"policy": "1.2.3", "classifications": classes, "tags": tags}))
        .unwrap()
}

fn readers() -> impl Strategy<Value = Reader> {
    let nationality =
        proptest::sample::select(vec![None, Some("XA"), Some("XB"), Some("XC"), Some("XD")]);
    let values = || 0_u8..8;
    (0_usize..4, values(), values(), values(), values(), nationality, any::<bool>()).prop_map(
        |(class, a, b, c, d, nationality, home)| Reader {
            clearance: Some(clearance_of(class, [a, b, c, d])),
            nationality: nationality.map(|n| n.parse::<Nationality>().unwrap()),
            engagement: Some(if home { Engagement::HomeBased } else { Engagement::LocallyEngaged }),
        },
    )
}

fn reads(reader: &Reader, label: &SecurityLabel) -> bool {
    POLICY.decide(reader, label).is_ok()
}

fn join(labels: &[SecurityLabel]) -> SecurityLabel {
    POLICY.join(labels).unwrap().label
}

fn dominates(a: &SecurityLabel, b: &SecurityLabel) -> bool {
    POLICY.dominates(a, b)
}

/// The label with other values of a tag.
fn with(label: &SecurityLabel, tag: usize, change: impl FnOnce(&mut Vec<u64>)) -> SecurityLabel {
    let (set, name, kind) = TAGS[tag];
    let mut stored = serde_json::to_value(label).unwrap();
    let tags = stored["tags"].as_array_mut().unwrap();
    let at = tags.iter().position(|t| t["tag"] == name).unwrap_or_else(|| {
        tags.push(json!({"set": set, "tag": name, "kind": kind, "values": []}));
        tags.len() - 1
    });
    let mut values: Vec<u64> = serde_json::from_value(tags[at]["values"].clone()).unwrap();
    change(&mut values);
    tags[at]["values"] = json!(values);
    serde_json::from_value(stored).unwrap()
}

/// What bears on access: the label without its informative tag.
fn core(label: &SecurityLabel) -> serde_json::Value {
    let mut stored = serde_json::to_value(label).unwrap();
    stored["tags"].as_array_mut().unwrap().retain(|t| t["kind"] != "informative");
    stored
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whoever_reads_the_whole_reads_each_part(
        parts in proptest::collection::vec(labels(), 1..5),
        reader in readers(),
    ) {
        let whole = join(&parts);
        prop_assert!(POLICY.covers(&whole, &parts).is_ok());
        if reads(&reader, &whole) {
            prop_assert!(parts.iter().all(|p| reads(&reader, p)));
        }
    }

    #[test]
    fn whoever_reads_the_higher_reads_the_lower(a in labels(), b in labels(), reader in readers()) {
        let higher = join(&[a.clone(), b]);
        prop_assert!(dominates(&higher, &a));
        prop_assert!(!reads(&reader, &higher) || reads(&reader, &a));
    }

    #[test]
    fn dominance_is_a_partial_order(a in labels(), b in labels(), c in labels()) {
        prop_assert!(dominates(&a, &a));
        if dominates(&a, &b) && dominates(&b, &a) {
            prop_assert_eq!(core(&a), core(&b));
        }
        let (ab, abc) = (join(&[a.clone(), b.clone()]), join(&[a.clone(), b, c]));
        prop_assert!(dominates(&abc, &ab) && dominates(&ab, &a) && dominates(&abc, &a));
        if dominates(&a, &abc) {
            prop_assert!(dominates(&a, &ab));
        }
    }

    #[test]
    fn the_join_is_the_least_upper_bound(a in labels(), b in labels(), c in labels()) {
        let ab = join(&[a.clone(), b.clone()]);
        prop_assert_eq!(&ab, &join(&[b.clone(), a.clone()]));
        let whole = join(&[a.clone(), b.clone(), c.clone()]);
        prop_assert_eq!(&join(&[ab.clone(), c.clone()]), &whole);
        prop_assert_eq!(&join(&[a.clone(), join(&[b.clone(), c.clone()])]), &whole);
        prop_assert_eq!(&join(&[ab.clone(), ab.clone()]), &ab);
        prop_assert!(dominates(&ab, &a) && dominates(&ab, &b));
        // Least: every upper bound of both is a join with them, and above it. Monotone: likewise, a
        // higher part gives no lower whole.
        prop_assert!(dominates(&whole, &ab));
        let higher = join(&[a, c]);
        prop_assert!(dominates(&join(&[higher, b]), &ab));
    }

    #[test]
    fn a_restrictive_category_more_never_grants(
        label in labels(), reader in readers(), tag in proptest::sample::select(vec![0_usize, 2]), value in 0_u64..3,
    ) {
        let more = with(&label, tag, |values| values.push(value));
        prop_assert!(!reads(&reader, &more) || reads(&reader, &label));
    }

    #[test]
    fn a_permissive_value_less_never_grants(
        label in labels(), reader in readers(), tag in proptest::sample::select(vec![1_usize, 3]), value in 0_u64..3,
    ) {
        let all = with(&label, tag, |values| values.push(value));
        let less = with(&all, tag, |values| values.retain(|v| *v != value));
        prop_assert!(!reads(&reader, &less) || reads(&reader, &all));
    }

    #[test]
    fn a_clearance_value_less_never_grants(
        label in labels(), reader in readers(), class in any::<bool>(), tag in 0_usize..4, value in 0_u64..3,
    ) {
        let mut less = reader.clone();
        let mut stored = serde_json::to_value(&less.clearance).unwrap();
        if class {
            stored["classifications"].as_array_mut().unwrap().retain(|c| *c != json!((value + 1) * 10));
        }
        for held in stored["tags"].as_array_mut().unwrap() {
            if held["tag"] == TAGS[tag].1 {
                held["values"].as_array_mut().unwrap().retain(|v| *v != json!(value));
            }
        }
        less.clearance = serde_json::from_value(stored).unwrap();
        prop_assert!(!reads(&less, &label) || reads(&reader, &label));
    }

    #[test]
    fn informative_categories_open_and_close_nothing(label in labels(), reader in readers(), value in 0_u64..3) {
        let more = with(&label, 4, |values| values.push(value));
        prop_assert_eq!(reads(&reader, &more), reads(&reader, &label));
    }

    #[test]
    fn labels_survive_both_forms(label in labels()) {
        use chancery_domain::label::Dates;
        prop_assume!(POLICY.validate(&label).is_ok());
        let dates = Dates { created: jiff::Timestamp::UNIX_EPOCH, review: Some(jiff::Timestamp::UNIX_EPOCH) };
        prop_assert_eq!(&POLICY.read_label(&POLICY.write_label(&label, dates).unwrap()).unwrap(), &label);
        prop_assert_eq!(&POLICY.read_label(&POLICY.write_plain_label(&label).unwrap()).unwrap(), &label);
    }

    /// The decision against a second one, written from the standard's words over JSON.
    #[test]
    fn the_decision_agrees_with_a_second_one(label in labels(), reader in readers()) {
        let (label_json, held) = (serde_json::to_value(&label).unwrap(), serde_json::to_value(&reader).unwrap());
        let holds = |tag: &serde_json::Value, value: u64| match (tag["tag"].as_str().unwrap(), value) {
            ("all", 2) => held["engagement"] == "home-based",
            ("eyes", 0) => held["nationality"] == "XA",
            ("eyes", 1) => held["nationality"] == "XB" || held["nationality"] == "XC",
            (name, _) => {
                let mut tags = held["clearance"]["tags"].as_array().unwrap().iter();
                tags.any(|t| t["tag"] == name && t["values"].as_array().unwrap().contains(&json!(value)))
            }
        };
        let classes = held["clearance"]["classifications"].as_array().unwrap();
        let expected = classes.contains(&label_json["classification"])
            && label_json["tags"].as_array().unwrap().iter().all(|tag| {
                let values: Vec<u64> = tag["values"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
                let kind = tag["kind"].as_str().unwrap();
                kind == "informative"
                    || if kind.ends_with("restrictive") {
                        values.iter().all(|v| holds(tag, *v))
                    } else {
                        values.iter().any(|v| holds(tag, *v))
                    }
            });
        prop_assert_eq!(reads(&reader, &label), expected);
    }
}

/// The properties that begin with “whoever reads” have readers who read.
#[test]
fn enough_of_the_random_readers_read_the_whole() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let drawn = (proptest::collection::vec(labels(), 2..5), readers());
    let mut draw = || drawn.new_tree(&mut runner).unwrap().current();
    let read = (0..2_000).map(|_| draw()).filter(|(parts, reader)| reads(reader, &join(parts)));
    let read = read.count();
    assert!(read > 20, "{read} of 2,000");
}

/// Negative control: a join that unites permissive values, as it must not, lets somebody read the
/// whole who may not read a part. The property above can fail.
#[test]
fn a_join_that_unites_permissive_values_would_read_up() {
    let (a, b) = (
        label_of(0, [None, Some(1), None, None, None]),
        label_of(0, [None, Some(2), None, None, None]),
    );
    let wrong = label_of(0, [None, Some(3), None, None, None]);
    let reader = Reader {
        clearance: Some(clearance_of(0, [0, 1, 0, 0])),
        nationality: None,
        engagement: Some(Engagement::HomeBased),
    };
    assert!(reads(&reader, &wrong) && !reads(&reader, &b));
    assert!(POLICY.covers(&wrong, &[a.clone(), b.clone()]).is_err());
    assert!(!reads(&reader, &join(&[a, b])));
}

/// Negative control: the lattice speaks of clearances without gaps. One with a gap reads the whole
/// and not the part.
#[test]
fn a_clearance_with_a_gap_is_outside_the_lattice() {
    let (low, high) = (label_of(0, [None; 5]), label_of(3, [None; 5]));
    let mut stored = serde_json::to_value(clearance_of(3, [0; 4])).unwrap();
    stored["classifications"] = json!([10]);
    let reader = Reader {
        clearance: serde_json::from_value(stored).unwrap(),
        nationality: None,
        engagement: Some(Engagement::HomeBased),
    };
    assert!(reads(&reader, &join(&[low.clone(), high])) && !reads(&reader, &low));
}
