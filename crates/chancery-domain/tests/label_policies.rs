//! The policies that come with Chancery: what they show, whom they let read, what they refuse.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_domain::label::{Engagement, Policy, SecurityLabel};
use support::reader;

fn shipped(name: &str) -> &'static Policy {
    Policy::shipped(name).unwrap()
}

#[test]
fn they_are_there_and_have_different_identifiers() {
    let names: Vec<&str> = Policy::shipped_names().collect();
    assert_eq!(names, ["uk-like", "us-like", "company"]);
    let ids: std::collections::BTreeSet<&str> = names.iter().map(|n| shipped(n).id()).collect();
    assert_eq!(ids.len(), 3);
    assert!(Policy::shipped("other").is_none());
}

#[test]
fn markings_and_portions() {
    for (policy, class, words, marking, portion) in [
        ("uk-like", "official", &[][..], "OFFICIAL", "(O)"),
        ("uk-like", "official", &["sensitive"], "OFFICIAL-SENSITIVE", "(O//SENSITIVE)"),
        (
            "uk-like",
            "OFFICIAL",
            &["OFFICIAL-SENSITIVE", "commercial", "locsen"],
            "OFFICIAL-SENSITIVE COMMERCIAL LOCSEN",
            "(O//SENSITIVE//LOCSEN)",
        ),
        ("uk-like", "SECRET", &["UK EYES ONLY"], "SECRET UK EYES ONLY", "(S//UK EYES ONLY)"),
        (
            "uk-like",
            "top secret",
            &["US", "uk", "grey heron", "recipients only"],
            "TOP SECRET GREY HERON UK/US EYES ONLY RECIPIENTS ONLY",
            "(TS//GREY HERON//UK/US EYES ONLY)",
        ),
        ("us-like", "unclassified", &[], "UNCLASSIFIED", "(U)"),
        ("us-like", "sbu", &["noforn"], "SENSITIVE BUT UNCLASSIFIED//NOFORN", "(SBU//NF)"),
        ("us-like", "sensitive but unclassified", &[], "SENSITIVE BUT UNCLASSIFIED", "(SBU)"),
        (
            "us-like",
            "secret",
            &["stadis", "nodis", "noforn"],
            "SECRET//NODIS/STADIS//NOFORN",
            "(S//NF)",
        ),
        ("us-like", "confidential", &["agrement channel"], "CONFIDENTIAL//AGREMENT CHANNEL", "(C)"),
        (
            "us-like",
            "secret",
            &["gbr", "rel to usa", "fra"],
            "SECRET//REL TO USA, FRA, GBR",
            "(S//REL TO USA, FRA, GBR)",
        ),
        ("company", "internal", &[], "INTERNAL", "(I)"),
        (
            "company",
            "strictly confidential",
            &["board only", "heron", "granite"],
            "STRICTLY CONFIDENTIAL / PROJECT GRANITE + HERON / BOARD ONLY",
            "(SC//PROJECT GRANITE + HERON//BOARD)",
        ),
    ] {
        let own = shipped(policy);
        let label = own.label(class, words).unwrap_or_else(|e| panic!("{class} {words:?}: {e}"));
        assert_eq!(own.marking(&label, "en").unwrap(), marking);
        assert_eq!(own.portion_mark(&label).unwrap(), portion);
    }
    let own = shipped("company");
    let label = own.label("confidentiel", &["heron", "board only"]).unwrap();
    assert_eq!(
        own.marking(&label, "fr-BE").unwrap(),
        "CONFIDENTIEL / PROJET HERON / CONSEIL SEULEMENT"
    );
}

#[test]
fn words_that_do_not_go_together_are_refused_with_the_reason() {
    for (policy, class, words, said) in [
        (
            "uk-like",
            "SECRET",
            &["SENSITIVE"][..],
            "“SENSITIVE” cannot stand on a paper that is SECRET",
        ),
        ("uk-like", "OFFICIAL", &["LEGAL"], "“LEGAL” needs “SENSITIVE”"),
        ("uk-like", "OFFICIAL", &["UK"], "“UK” cannot stand on a paper that is OFFICIAL"),
        (
            "uk-like",
            "OFFICIAL",
            &["SENSITIVE", "LEGAL", "PERSONAL"],
            "only one of “Descriptors” may be selected",
        ),
        (
            "uk-like",
            "RESTRICTED",
            &[],
            "“RESTRICTED” is no classification; give one of OFFICIAL, SECRET, TOP SECRET",
        ),
        (
            "company",
            "INTERNAL",
            &["OTTER"],
            "“OTTER” is no category; there are Projects: GRANITE, HERON; Circle: BOARD ONLY; Notices: PERSONAL DATA",
        ),
        ("company", "PUBLIC", &["HERON"], "“HERON” cannot stand on a paper that is PUBLIC"),
        (
            "us-like",
            "SECRET",
            &["AGREMENT CHANNEL", "NODIS"],
            "“AGREMENT CHANNEL” cannot stand together with anything else of “Captions”",
        ),
        (
            "us-like",
            "SECRET",
            &["AGREMENT CHANNEL", "STADIS"],
            "“AGREMENT CHANNEL” cannot stand together with anything else of “Captions”",
        ),
        (
            "us-like",
            "SECRET",
            &["AGREMENT CHANNEL", "ROGER CHANNEL"],
            "only one of “Channel” may be selected",
        ),
        ("us-like", "SECRET", &["NODIS", "EXDIS"], "only one of “Distribution” may be selected"),
        (
            "us-like",
            "SECRET",
            &["STADIS", "LIMDIS"],
            "“STADIS” cannot stand together with “LIMDIS”",
        ),
        ("us-like", "SECRET", &["GBR"], "“GBR” needs “USA”"),
    ] {
        assert_eq!(shipped(policy).label(class, words).unwrap_err().to_string(), said);
    }
}

#[test]
fn decisions_and_denials() {
    // Policy, cleared to and for, nationality, the paper's label, the denial or nothing.
    for (policy, cleared, held, nationality, class, words, denial) in [
        ("uk-like", "SECRET", &[][..], "GB", "SECRET", &[][..], ""),
        ("uk-like", "SECRET", &[], "GB", "OFFICIAL", &["SENSITIVE", "LEGAL"], ""),
        (
            "uk-like",
            "OFFICIAL",
            &[],
            "GB",
            "SECRET",
            &[],
            "the paper is SECRET and the reader is cleared to OFFICIAL only",
        ),
        ("uk-like", "SECRET", &[], "GB", "SECRET", &["UK"], ""),
        (
            "uk-like",
            "SECRET",
            &["UK"],
            "FR",
            "SECRET",
            &["UK"],
            "the paper is for UK EYES ONLY and the reader's nationality is FR",
        ),
        (
            "uk-like",
            "SECRET",
            &["UK"],
            "",
            "SECRET",
            &["UK", "US"],
            "the paper is for UK/US EYES ONLY and the reader's nationality is not known",
        ),
        ("uk-like", "SECRET", &[], "US", "SECRET", &["UK", "US"], ""),
        (
            "uk-like",
            "TOP SECRET",
            &["GREY HERON"],
            "GB",
            "TOP SECRET",
            &["GREY HERON", "COPPER GATE"],
            "the paper is COPPER GATE and the reader is not cleared for it",
        ),
        ("us-like", "SECRET", &[], "US", "SECRET", &["NOFORN"], ""),
        (
            "us-like",
            "SECRET",
            &["NOFORN"],
            "GB",
            "SECRET",
            &["NOFORN"],
            "the paper is for NOFORN and the reader's nationality is GB",
        ),
        ("us-like", "SECRET", &[], "GB", "SECRET", &["USA", "GBR"], ""),
        (
            "us-like",
            "CONFIDENTIAL",
            &[],
            "US",
            "SECRET",
            &[],
            "the paper is SECRET and the reader is cleared to CONFIDENTIAL only",
        ),
        (
            "us-like",
            "SECRET",
            &["EXDIS"],
            "US",
            "SECRET",
            &["NODIS"],
            "the paper is NODIS and the reader is not cleared for it",
        ),
        (
            "us-like",
            "SECRET",
            &["AGREMENT CHANNEL"],
            "US",
            "CONFIDENTIAL",
            &["AGREMENT CHANNEL"],
            "",
        ),
        ("company", "CONFIDENTIAL", &["HERON"], "", "INTERNAL", &["HERON"], ""),
        (
            "company",
            "STRICTLY CONFIDENTIAL",
            &["HERON"],
            "",
            "CONFIDENTIAL",
            &["BOARD ONLY"],
            "the paper is BOARD ONLY and the reader is not cleared for it",
        ),
    ] {
        let own = shipped(policy);
        let label = own.label(class, words).unwrap();
        let reader = reader(own.clearance(cleared, held).unwrap(), nationality);
        let said = own.decide(&reader, &label).err().map_or(String::new(), |d| d.to_string());
        assert_eq!(said, denial, "{cleared} {held:?} {nationality} on {class} {words:?}");
    }
}

#[test]
fn locsen_follows_the_engagement_and_no_grant() {
    let own = shipped("uk-like");
    let label = own.label("OFFICIAL", &["SENSITIVE", "LOCSEN"]).unwrap();
    let mut reader = reader(own.clearance("SECRET", &["LOCSEN"]).unwrap(), "GB");
    assert_eq!(own.decide(&reader, &label), Ok(()));
    reader.engagement = Some(Engagement::LocallyEngaged);
    assert_eq!(
        own.decide(&reader, &label).unwrap_err().to_string(),
        "the paper is LOCSEN and the reader is locally engaged"
    );
    // Without the edge in the policy the same grant opens it: the edge is what closes.
    let plain = include_str!("../policies/uk-like.xml").replace(" c:engagement=\"home-based\"", "");
    assert_eq!(Policy::parse(&plain).unwrap().decide(&reader, &label), Ok(()));
}

#[test]
fn high_water_marks() {
    let own = shipped("uk-like");
    let label = |class: &str, words: &[&str]| own.label(class, words).unwrap();
    let parts = [
        label("OFFICIAL", &["SENSITIVE", "LEGAL", "LOCSEN"]),
        label("SECRET", &["UK", "US"]),
        label("SECRET", &["UK", "AUS", "GREY HERON"]),
    ];
    let whole = own.join(&parts).unwrap();
    assert_eq!(own.marking(&whole.label, "").unwrap(), "SECRET LOCSEN GREY HERON UK EYES ONLY");
    assert!(whole.nobody.is_empty());
    own.validate(&whole.label).unwrap();
    own.covers(&whole.label, &parts).unwrap();
    let below = own.covers(&label("SECRET", &["UK", "GREY HERON"]), &parts).unwrap_err();
    assert_eq!(
        below.to_string(),
        "paragraph 1 is OFFICIAL-SENSITIVE LEGAL LOCSEN and the paper only SECRET GREY HERON UK EYES ONLY; \
         raise the paper or lower the paragraph"
    );
    let apart = own.join(&[label("SECRET", &["UK"]), label("SECRET", &["US"])]).unwrap();
    assert_eq!(apart.nobody, ["Eyes Only"]);
    assert_eq!(own.marking(&apart.label, "").unwrap(), "SECRET NOBODY EYES ONLY");
    let reader = reader(own.clearance("TOP SECRET", &["UK", "US"]).unwrap(), "GB");
    assert_eq!(
        own.decide(&reader, &apart.label).unwrap_err().to_string(),
        "the paper's “Eyes Only” names nobody, so nobody may read it"
    );
    assert!(own.join(&[]).is_err());
}

/// What the policy does not know is denied, whatever is stored.
#[test]
fn stored_labels_with_unknown_numbers_are_denied() {
    let own = shipped("company");
    let reader = reader(own.clearance("STRICTLY CONFIDENTIAL", &["HERON"]).unwrap(), "");
    let stored = serde_json::to_value(own.label("INTERNAL", &["HERON"]).unwrap()).unwrap();
    let decide = |value: serde_json::Value| {
        own.decide(&reader, &serde_json::from_value::<SecurityLabel>(value).unwrap())
    };
    assert_eq!(decide(stored.clone()), Ok(()));
    for (path, value) in [
        ("/classification", serde_json::json!(9)),
        ("/policy", serde_json::json!("1.2.3")),
        ("/tags/0/values/0", serde_json::json!(99)),
        ("/tags/0/tag", serde_json::json!("Other")),
        ("/tags/0/kind", serde_json::json!("informative")),
    ] {
        let mut changed = stored.clone();
        *changed.pointer_mut(path).unwrap() = value;
        assert!(decide(changed).is_err(), "{path}");
    }
}

/// Down and never sideways or up; at the bottom stands the plain lowest classification.
#[test]
fn a_label_is_lowered_and_not_raised() {
    for (name, label, lower, no_lower) in [
        ("uk-like", ("SECRET", &[][..]), "OFFICIAL", "TOP SECRET"),
        ("us-like", ("SECRET", &["NOFORN"][..]), "CONFIDENTIAL", "TOP SECRET"),
    ] {
        let policy = shipped(name);
        let high = policy.label(label.0, label.1).unwrap();
        let low = policy.lowered(&high, lower).unwrap();
        assert!(policy.dominates(&high, &low) && !policy.dominates(&low, &high), "{name}");
        for to in [no_lower, label.0] {
            let refused = policy.lowered(&high, to).unwrap_err().to_string();
            assert!(refused.contains("not lower"), "{name}: {refused}");
        }
        let lowest = policy.lowest().unwrap();
        let first = policy.classifications().next().unwrap().0;
        assert_eq!(lowest, policy.label::<&str>(first, &[]).unwrap(), "{name}");
    }
}

/// The cost of a decision: `cargo nextest run -p chancery-domain --run-ignored only speed
/// --no-capture`.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn speed_of_a_decision() {
    for (policy, class, words, held, nationality) in [
        ("company", "INTERNAL", &[][..], &[][..], ""),
        (
            "uk-like",
            "TOP SECRET",
            &["GREY HERON", "COPPER GATE", "UK", "US", "LOCSEN"],
            &["GREY HERON", "COPPER GATE"],
            "US",
        ),
        ("us-like", "SECRET", &["NODIS", "STADIS", "NOFORN"], &["NODIS", "STADIS"], "US"),
    ] {
        let own = shipped(policy);
        let label = own.label(class, words).unwrap();
        let top = own.classifications().last().unwrap().0;
        let reader = reader(own.clearance(top, held).unwrap(), nationality);
        let rounds = 1_000_000_u32;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(own.decide(std::hint::black_box(&reader), &label)).unwrap();
        }
        eprintln!("{policy} {class} {words:?}: {:?} a decision", start.elapsed() / rounds);
    }
}
