//! The expected results of another implementation: `tests.xml` of surevine/spiffing, as far as the
//! samples go.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_domain::label::{
    Denial, Engagement, NoEquivalent, Policy, Reader, SecurityLabel, policy_named,
};
use support::{sample, sample_policy};

/// Of several policies, the one that a label or clearance names.
fn policy_of<'a>(policies: &'a [Policy], xml: &str) -> &'a Policy {
    let named = policy_named(xml).unwrap();
    policies.iter().find(|p| p.id() == named || p.name() == named).unwrap()
}

#[test]
fn expected_results_of_tests_xml() {
    let Some(list) = sample("tests.xml") else { return };
    let document = roxmltree::Document::parse(&list).unwrap();
    let (mut run, mut absent) = ([0_usize; 6], Vec::new());
    for sequence in document.root_element().children().filter(|n| n.has_tag_name("sequence")) {
        let mut policies = Vec::new();
        for node in sequence.children().filter(roxmltree::Node::is_element) {
            let wanted = |name| node.attribute(name);
            if let Some(file) = wanted("spif") {
                let xml = sample(file).unwrap();
                if wanted("exception").is_some() {
                    let error = Policy::parse(&xml).unwrap_err();
                    assert_eq!((error.line, error.column), (38, 6), "{error}");
                    assert!(
                        error.reason.starts_with("duplicate excluded classification"),
                        "{error}"
                    );
                    run[0] += 1;
                } else {
                    policies.push(sample_policy(file).unwrap());
                }
                continue;
            }
            // The `.nato` files of the list are the samples' `.xml` files (README of the samples).
            let file = wanted("label").unwrap().replace(".nato", ".xml");
            let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../../shared/samples/labels")
                .join(&file);
            if !here.exists() {
                absent.push(file);
                continue;
            }
            let xml = sample(&file).unwrap();
            let policy = policy_of(&policies, &xml);
            let label = policy.read_label(&xml).unwrap_or_else(|e| panic!("{file}: {e}"));
            if let Some(valid) = wanted("valid") {
                assert_eq!(policy.validate(&label).is_ok(), valid == "true", "{file}");
                run[1] += 1;
            }
            let language = node.attribute(("http://www.w3.org/XML/1998/namespace", "lang"));
            if let Some(marking) = wanted("label-marking") {
                assert_eq!(policy.marking(&label, language.unwrap_or("")).unwrap(), marking);
                run[2] += 1;
            }
            let (mut judged, mut judge) = (label.clone(), policy);
            if let Some(id) = wanted("encrypt") {
                let to = policies.iter().find(|p| p.id() == id).unwrap();
                judged = policy.send(&label, to).unwrap_or_else(|e| panic!("{file} to {id}: {e}"));
                judge = to;
                let marking = wanted("encrypt-marking").unwrap();
                assert_eq!(to.marking(&judged, "").unwrap(), marking);
                run[3] += 1;
            }
            if let Some(file) = wanted("clearance") {
                let xml = sample(file).unwrap();
                let clearance = judge.read_clearance(&xml).unwrap();
                if let Some(marking) = wanted("clearance-marking") {
                    assert_eq!(judge.clearance_marking(&clearance, "").unwrap(), marking);
                    run[4] += 1;
                }
                let reader = Reader {
                    clearance: Some(clearance),
                    nationality: None,
                    engagement: Some(Engagement::HomeBased),
                };
                let granted = wanted("acdf-result").unwrap() == "1";
                assert_eq!(judge.decide(&reader, &judged).is_ok(), granted, "{file}");
                run[5] += 1;
            }
        }
    }
    // Exceptions, validity, markings, translations, markings of clearances, decisions.
    assert_eq!(run, [1, 21, 17, 3, 2, 3]);
    assert_eq!(
        absent,
        ["stupid-label.ber", "this-file-does-not-exist.ber", "nato-4774-extra-1.xml"]
    );
}

/// What the three absent files would have shown.
#[test]
fn expected_results_of_the_absent_files() {
    let Some(food) = sample_policy("food-policy.xml") else { return };
    let stupid = "<label xmlns='http://surevine.com/xmlns/spiffy'>\n<policy id='1.1'/></label>";
    let error = food.read_label(&stupid.replace("</label>", "<classification lacv='50'/></label>"));
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 9: unknown policy id 1.1: this is “Food”");
    assert!(food.read_label("").is_err());
    let nato = sample_policy("nato-4774-policy.xml").unwrap();
    let top = nato.label::<&str>("top secret", &[]).unwrap();
    assert_eq!(nato.marking(&top, "en").unwrap(), "COSMIC TOP SECRET");
    assert_eq!(nato.marking(&top, "fr").unwrap(), "COSMIC TRES SECRET");
}

#[test]
fn the_markings_of_table_17() {
    let Some(list) = sample("expected-markings.tsv") else { return };
    let nato = sample_policy("nato-4774-policy.xml").unwrap();
    let mut count = 0;
    for line in list.lines().filter(|l| !l.starts_with('#')) {
        let [file, language, marking] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let label = nato.read_label(&sample(file).unwrap()).unwrap();
        assert_eq!(nato.marking(&label, language).unwrap(), marking);
        count += 1;
    }
    assert_eq!(count, 6);
}

#[test]
fn the_published_food_policy_is_refused_where_it_is_broken() {
    let Some(xml) = sample("food-policy.xml") else { return };
    let error = Policy::parse(&xml).unwrap_err();
    assert_eq!(error.line, 81);
    assert!(error.reason.starts_with("the XML is not well-formed"), "{error}");
}

#[test]
fn denials_name_what_is_lacking() {
    let Some(food) = sample_policy("food-policy.xml") else { return };
    let read = |file| food.read_label(&sample(file).unwrap()).unwrap();
    let file = sample("food-clearance-lactose-intolerant.xml").unwrap();
    let mut reader = support::reader(food.read_clearance(&file).unwrap(), "");
    let said = |reader: &Reader, label: &SecurityLabel| {
        food.decide(reader, label).unwrap_err().to_string()
    };
    assert_eq!(
        said(&reader, &read("food-label-milk-chocolate.xml")),
        "the paper is Contains Lactose and the reader is not cleared for it"
    );
    assert_eq!(
        said(&reader, &read("food-label-water.xml")),
        "the paper is Freely Available and the reader is cleared to Commodity, Luxury only"
    );
    assert_eq!(
        said(&reader, &read("food-label-bacon.xml")),
        "the paper is for Meaty and the reader is none of these"
    );
    reader.clearance = None;
    assert_eq!(food.decide(&reader, &read("food-label-water.xml")), Err(Denial::NoClearance));
}

#[test]
fn another_policy_is_denied_without_an_equivalence_for_receiving() {
    let Some(uk) = sample_policy("uk-demo.xml") else { return };
    let tlpx = sample_policy("tlp-plus.xml").unwrap();
    let tlp = sample_policy("tlp.xml").unwrap();
    let clearance = uk.read_clearance(&sample("uk-demo-secret-uk.xml").unwrap()).unwrap();
    let amber = tlpx.read_label(&sample("tlpx-amber-eu.xml").unwrap()).unwrap();
    let reader = support::reader(clearance.clone(), "");
    assert!(matches!(uk.decide(&reader, &amber), Err(Denial::Label(_))));
    // A label of TLP without regions has an equivalent in TLPX for receiving; one with a region has
    // none.
    let white = tlp.label::<&str>("WHITE", &[]).unwrap();
    assert_eq!(tlpx.marking(&tlpx.receive(&white).unwrap(), "").unwrap(), "TLPX:WHITE");
    let all = support::reader(tlpx.clearance::<&str>("RED", &[]).unwrap(), "");
    assert_eq!(tlpx.decide(&all, &white), Ok(()));
    let region = tlp.label("WHITE", &["EU"]).unwrap();
    assert!(matches!(tlpx.receive(&region), Err(NoEquivalent::Category(_))));
    assert!(tlpx.decide(&all, &region).is_err());
    // TLPX to TLP is `both`; TLPX to UK is for sending labels alone and clears nobody.
    let held = tlpx.clearance("AMBER", &["EU"]).unwrap();
    assert_eq!(
        tlp.clearance_marking(&tlpx.send_clearance(&held, &tlp).unwrap(), "").unwrap(),
        "TLP:{WHITE|GREEN|AMBER}"
    );
    assert!(tlpx.send_clearance(&held, &uk).is_err());
    assert!(uk.send_clearance(&clearance, &tlpx).is_err());
}

#[test]
fn every_label_of_the_samples_survives_both_forms() {
    use chancery_domain::label::Dates;
    let dates = Dates { created: jiff::Timestamp::UNIX_EPOCH, review: None };
    for (policy, files) in [
        (
            "food-policy.xml",
            &["food-label-milk-chocolate.xml", "food-label-bacon.xml", "food-label-water.xml"][..],
        ),
        ("tlp-plus.xml", &["tlpx-amber-eu.xml", "tlpx-green-sh-na.xml"]),
        (
            "nato-4774-policy.xml",
            &[
                "nato-4774-17-1.xml",
                "nato-4774-17-2.xml",
                "nato-4774-17-3.xml",
                "nato-4774-17-4.xml",
                "nato-4774-17-6.xml",
            ],
        ),
    ] {
        let Some(policy) = sample_policy(policy) else { return };
        for file in files {
            let label = policy.read_label(&sample(file).unwrap()).unwrap();
            let named = policy.write_label(&label, dates).unwrap();
            let plain = policy.write_plain_label(&label).unwrap();
            assert_eq!(policy.read_label(&named).unwrap(), label, "{file}");
            assert_eq!(policy.read_label(&plain).unwrap(), label, "{file}");
            let stored = serde_json::to_string(&label).unwrap();
            assert_eq!(serde_json::from_str::<SecurityLabel>(&stored).unwrap(), label);
        }
    }
    for (policy, file) in [
        ("food-policy.xml", "food-clearance-all-okay.xml"),
        ("food-policy.xml", "food-clearance-lactose-intolerant.xml"),
        ("uk-demo.xml", "uk-demo-secret-uk.xml"),
    ] {
        let policy = sample_policy(policy).unwrap();
        let clearance = policy.read_clearance(&sample(file).unwrap()).unwrap();
        let written = policy.write_clearance(&clearance).unwrap();
        assert_eq!(policy.read_clearance(&written).unwrap(), clearance, "{file}");
        let stored = serde_json::to_string(&clearance).unwrap();
        assert_eq!(
            serde_json::from_str::<chancery_domain::label::Clearance>(&stored).unwrap(),
            clearance
        );
    }
}

#[test]
fn words_that_mean_several_things_say_how_to_qualify() {
    let Some(nato) = sample_policy("nato-4774-policy.xml") else { return };
    assert_eq!(
        nato.label("restricted", &["NATO"]).unwrap_err().to_string(),
        "“NATO” can mean several categories; say “Releasable To:NATO” or “Only:NATO” or “Context:NATO”"
    );
    let words =
        ["context:nato", "context:releasable", "Releasable To:JPN", "releasable to:Ukraine"];
    let label = nato.label("restricted", &words).unwrap();
    assert_eq!(nato.marking(&label, "").unwrap(), "NATO RESTRICTED Releasable to Japan, Ukraine");
    assert_eq!(
        nato.label("restricted", &["SIOP ESI"]).unwrap_err().to_string(),
        "“SIOP ESI” is obsolete and cannot be given to a new paper"
    );
}
