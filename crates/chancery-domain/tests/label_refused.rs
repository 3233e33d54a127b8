//! What is refused, where, and why: policies, labels, clearances, bindings.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chancery_domain::label::{
    Binding, BoundData, Dates, MAX_XML_BYTES, MAX_XML_DEPTH, Malformed, POLICY_EXTENSION, Policy,
    binding,
};

/// A good policy; each line below is changed to make a bad one.
const GOOD: &str = r#"<SPIF xmlns="http://www.xmlspif.org/spif" xmlns:c="urn:chancery:policy:1" schemaVersion="2.0">
<securityPolicyId name="Test" id="1.2.3"/>
<equivalentPolicies><equivalentPolicy name="Other" id="1.2.4"/></equivalentPolicies>
<securityClassifications>
<securityClassification name="LOW" lacv="1" hierarchy="1"/>
<securityClassification name="HIGH" lacv="2" hierarchy="2">
<equivalentClassification policyRef="Other" lacv="7" applied="both"/>
<requiredCategory operation="all"><categoryGroup tagSetRef="Set" tagType="restrictive" lacv="1"/></requiredCategory>
</securityClassification>
</securityClassifications>
<securityCategoryTagSets>
<securityCategoryTagSet name="Set" id="1.2.3.1">
<securityCategoryTag name="All" tagType="restrictive" singleSelection="true">
<tagCategory name="ONE" lacv="1"><excludedClass>LOW</excludedClass></tagCategory>
<tagCategory name="TWO" lacv="2"><requiredCategory operation="oneOrMore"><categoryGroup tagSetRef="Set" tagType="permissive" all="true"/></requiredCategory></tagCategory>
</securityCategoryTag>
<securityCategoryTag name="Any" tagType="permissive">
<tagCategory name="THREE" lacv="3"><markingData phrase="THIRD"><code>pageTop</code></markingData></tagCategory>
<tagCategory name="FOUR" lacv="4" c:nationality="XA XB"><excludedCategory tagSetRef="Set" tagType="permissive" lacv="3"/></tagCategory>
<markingQualifier><qualifier markingQualifier="FOR " qualifierCode="prefix"/></markingQualifier>
</securityCategoryTag>
</securityCategoryTagSet>
</securityCategoryTagSets>
</SPIF>"#;

fn good() -> Policy {
    assert!(GOOD.contains(POLICY_EXTENSION));
    Policy::parse(GOOD).unwrap()
}

#[test]
fn policies_are_refused_with_line_and_reason() {
    good();
    for (from, to, line, reason) in [
        ("</SPIF>", "</SPIFF>", 24, "not well-formed"),
        (
            "<SPIF xmlns=\"http://www.xmlspif.org/spif\"",
            "<SPIF xmlns=\"urn:x\"",
            1,
            "the root is no “SPIF”",
        ),
        ("schemaVersion=\"2.0\"", "schemaVersion=\"3.0\"", 1, "give 2.0 or 2.1"),
        (
            "<securityPolicyId name=\"Test\" id=\"1.2.3\"/>",
            "",
            1,
            "“SPIF” has no “securityPolicyId”",
        ),
        ("name=\"Test\" id=\"1.2.3\"", "name=\"Test\" id=\"1.2..3\"", 2, "is no object identifier"),
        (
            "name=\"LOW\" lacv=\"1\" hierarchy",
            "name=\"HIGH\" lacv=\"1\" hierarchy",
            6,
            "repeats the name",
        ),
        ("lacv=\"2\" hierarchy=\"2\"", "lacv=\"1\" hierarchy=\"2\"", 6, "repeats the lacv"),
        ("lacv=\"2\" hierarchy=\"2\"", "lacv=\"2\" hierarchy=\"1\"", 6, "repeats the hierarchy"),
        ("lacv=\"2\" hierarchy=\"2\"", "lacv=\"x\" hierarchy=\"2\"", 6, "not a whole number"),
        (
            "lacv=\"2\" hierarchy=\"2\"",
            "lacv=\"99999999999999999999\" hierarchy=\"2\"",
            6,
            "not a whole number",
        ),
        ("lacv=\"2\" hierarchy=\"2\"", "lacv=\"2\"", 6, "has no “hierarchy”"),
        ("policyRef=\"Other\"", "policyRef=\"Others\"", 7, "not among the equivalent policies"),
        ("applied=\"both\"", "applied=\"maybe\"", 7, "encrypt, decrypt or both"),
        ("operation=\"all\"", "operation=\"some\"", 8, "onlyOne, oneOrMore or all"),
        (
            "tagSetRef=\"Set\" tagType=\"restrictive\" lacv=\"1\"",
            "tagSetRef=\"Sets\" tagType=\"restrictive\" lacv=\"1\"",
            8,
            "there is no tag set “Sets”",
        ),
        (
            "tagSetRef=\"Set\" tagType=\"restrictive\" lacv=\"1\"",
            "tagSetRef=\"Set\" tagType=\"restrictive\" lacv=\"9\"",
            8,
            "no category number 9",
        ),
        ("<excludedClass>LOW<", "<excludedClass>HIGH<", 6, "requires “ONE”, which excludes it"),
        ("<excludedClass>LOW<", "<excludedClass>MIDDLE<", 14, "no classification “MIDDLE”"),
        (
            "<excludedClass>LOW</excludedClass>",
            "<excludedClass>LOW</excludedClass><excludedClass>low</excludedClass>",
            14,
            "duplicate excluded classification",
        ),
        (
            "<excludedClass>LOW</excludedClass>",
            "<excludedClass>LOW</excludedClass><excludedClass>HIGH</excludedClass>",
            14,
            "excludes every classification",
        ),
        ("name=\"TWO\" lacv=\"2\"", "name=\"one\" lacv=\"2\"", 15, "repeats the name"),
        ("name=\"TWO\" lacv=\"2\"", "name=\"TWO\" lacv=\"1\"", 15, "repeats the lacv"),
        (
            "tagType=\"permissive\" all=\"true\"",
            "tagType=\"permissive\" all=\"true\" lacv=\"3\"",
            15,
            "not both",
        ),
        (
            "tagType=\"permissive\" all=\"true\"",
            "tagType=\"tagType7\" all=\"true\"",
            15,
            "no category of that kind",
        ),
        (
            "operation=\"oneOrMore\"><categoryGroup tagSetRef=\"Set\" tagType=\"permissive\" all=\"true\"/>",
            "operation=\"all\"><categoryGroup tagSetRef=\"Set\" tagType=\"restrictive\" lacv=\"1\"/>",
            15,
            "of which one may be selected",
        ),
        (
            "name=\"Any\" tagType=\"permissive\"",
            "name=\"all\" tagType=\"permissive\"",
            17,
            "stands twice",
        ),
        (
            "name=\"Any\" tagType=\"permissive\"",
            "name=\"Any\" tagType=\"enumerated\"",
            17,
            "has no “enumType”",
        ),
        (
            "name=\"Any\" tagType=\"permissive\"",
            "name=\"Any\" tagType=\"optional\"",
            17,
            "“tagType” is",
        ),
        ("<code>pageTop<", "<code>pageSide<", 18, "“pageSide” is no marking code"),
        (
            "tagType=\"permissive\" lacv=\"3\"/>",
            "tagType=\"permissive\" lacv=\"4\"/>",
            19,
            "excludes itself",
        ),
        (
            "<excludedCategory tagSetRef=\"Set\" tagType=\"permissive\" lacv=\"3\"/>",
            "<excludedCategory tagSetRef=\"Set\" tagType=\"permissive\" lacv=\"3\"/><requiredCategory operation=\"all\"><categoryGroup tagSetRef=\"Set\" tagType=\"permissive\" lacv=\"3\"/></requiredCategory>",
            19,
            "excludes what it requires",
        ),
        ("c:nationality=\"XA XB\"", "c:nationality=\"XAX\"", 19, "is no nationality"),
        ("c:nationality=\"XA XB\"", "c:nationality=\" \"", 19, "names no nationality"),
        ("c:nationality=\"XA XB\"", "c:natonality=\"XA\"", 19, "“natonality”"),
        ("c:nationality=\"XA XB\"", "c:engagement=\"both\"", 19, "“engagement” is"),
        ("qualifierCode=\"prefix\"", "qualifierCode=\"before\"", 20, "prefix, separator or suffix"),
        (
            "<markingQualifier>",
            "<requiredClass/><markingQualifier>",
            20,
            "“requiredClass” cannot stand in “securityCategoryTag”",
        ),
    ] {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let error = Policy::parse(&GOOD.replace(from, to)).unwrap_err();
        assert!(error.reason.contains(reason), "{to}: {error}");
        assert_eq!(error.line, line, "{to}: {error}");
    }
}

#[test]
fn documents_beyond_the_limits_are_refused() {
    let reason = |xml: &str| Policy::parse(xml).unwrap_err();
    let dtd = GOOD.replace("<SPIF ", "<!DOCTYPE SPIF [<!ENTITY a \"b\">]>\n<SPIF ");
    assert_eq!(
        reason(&dtd).to_string(),
        "line 1, column 1: a document type declaration is not allowed; take it out"
    );
    let deep = "<a>".repeat(500_000) + &"</a>".repeat(500_000);
    assert!(deep.len() < MAX_XML_BYTES);
    // More nodes than the limit, and more depth: either stops it, and neither overflows a stack.
    reason(&deep);
    let deep = "<a>".repeat(MAX_XML_DEPTH + 1) + &"</a>".repeat(MAX_XML_DEPTH + 1);
    assert!(reason(&deep).reason.contains("nested deeper"), "{}", reason(&deep));
    let level = "<a>".repeat(MAX_XML_DEPTH) + &"</a>".repeat(MAX_XML_DEPTH);
    assert!(reason(&level).reason.contains("no “SPIF”"));
    assert!(reason(&" ".repeat(MAX_XML_BYTES + 1)).reason.contains("longer than"));
    reason(&format!("<a>{}</a>", "<b/>".repeat(300_000)));
    for cut in (0..GOOD.len()).step_by(37) {
        reason(&GOOD[..cut]);
    }
}

const LABEL: &str = r#"<x:originatorConfidentialityLabel xmlns:x="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0">
<x:ConfidentialityInformation>
<x:PolicyIdentifier URI="urn:oid:1.2.3">Test</x:PolicyIdentifier>
<x:Classification>HIGH</x:Classification>
<x:Category Type="RESTRICTIVE" TagName="Set"><x:GenericValue>ONE</x:GenericValue></x:Category>
<x:Category Type="PERMISSIVE" TagName="Set"><x:GenericValue>THREE</x:GenericValue></x:Category>
</x:ConfidentialityInformation>
<x:CreationDateTime>2031-01-01T00:00:00Z</x:CreationDateTime>
</x:originatorConfidentialityLabel>"#;

fn refused(policy: &Policy, from: &str, to: &str) -> Malformed {
    assert_eq!(LABEL.matches(from).count(), 1, "{from}");
    policy.read_label(&LABEL.replace(from, to)).unwrap_err()
}

#[test]
fn labels_are_refused_with_line_and_reason() {
    let policy = good();
    assert_eq!(policy.read_label(LABEL), Ok(policy.label("HIGH", &["ONE", "THIRD"]).unwrap()));
    for (from, to, line, reason) in [
        (
            "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
            "urn:other",
            1,
            "no originatorConfidentialityLabel",
        ),
        ("urn:oid:1.2.3", "urn:oid:1.2.4", 3, "unknown policy “1.2.4”"),
        ("urn:oid:1.2.3", "1.2.3", 3, "not of the form"),
        (" URI=\"urn:oid:1.2.3\">Test", ">Tests", 3, "unknown policy “Tests”"),
        (">HIGH<", ">HIGHER<", 4, "unknown classification “HIGHER”"),
        ("Type=\"RESTRICTIVE\"", "Type=\"restrictive\"", 5, "“Type” is RESTRICTIVE"),
        ("Type=\"RESTRICTIVE\"", "Type=\"INFORMATIVE\"", 5, "no tag of that type"),
        (
            "\"RESTRICTIVE\" TagName=\"Set\"",
            "\"RESTRICTIVE\" TagName=\"Sets\"",
            5,
            "there is no tag set “Sets”",
        ),
        (">ONE<", ">THREE<", 5, "“Set” has no category “THREE”"),
        (
            "<x:GenericValue>ONE</x:GenericValue>",
            "<x:IntegerValue>1</x:IntegerValue>",
            5,
            "use GenericValue",
        ),
        (
            "</x:ConfidentialityInformation>",
            "<x:PrivacyMark>p</x:PrivacyMark></x:ConfidentialityInformation>",
            7,
            "“PrivacyMark” is not understood",
        ),
        (
            "</x:ConfidentialityInformation>",
            "<y xmlns=\"urn:y\"/></x:ConfidentialityInformation>",
            7,
            "“y” is not understood",
        ),
        (
            "</x:ConfidentialityInformation>",
            "<x:Category Type=\"PERMISSIVE\" TagName=\"Set\"/></x:ConfidentialityInformation>",
            7,
            "an empty category beside",
        ),
        (
            "<x:Classification>HIGH</x:Classification>",
            "<x:Classification>HIGH</x:Classification><x:Classification>LOW</x:Classification>",
            4,
            "a second time",
        ),
    ] {
        let error = refused(&policy, from, to);
        assert!(error.reason.contains(reason), "{to}: {error}");
        assert_eq!(error.line, line, "{to}: {error}");
    }
    let plain = "<label xmlns='http://surevine.com/xmlns/spiffy'>\n<policy id='1.2.3'/>\n<classification lacv='1'/>\n<tag type='permissive' id='1.2.3.1' lacv='3'/>\n</label>";
    policy.read_label(plain).unwrap();
    for (from, to, line, reason) in [
        ("id='1.2.3'/", "id='1.1'/", 2, "unknown policy id 1.1"),
        (
            "<classification lacv='1'/>",
            "<classification lacv='9'/>",
            3,
            "no classification number 9",
        ),
        ("type='permissive'", "type='optional'", 4, "unsupported tag type “optional”"),
        ("id='1.2.3.1'", "id='1.2.3.9'", 4, "there is no tag set 1.2.3.9"),
        ("lacv='3'", "lacv='5'", 4, "no permissive category number 5"),
        ("</label>", "<other/></label>", 5, "“other” is not understood"),
    ] {
        let error = policy.read_label(&plain.replace(from, to)).unwrap_err();
        assert!(error.reason.contains(reason) && error.line == line, "{to}: {error}");
        let clearance = plain.replace("label", "clearance");
        policy.read_clearance(&clearance).unwrap();
        let error = policy.read_clearance(
            &clearance.replace(from, to).replace("</label>", "<other/></clearance>"),
        );
        assert!(from == "</label>" || error.is_err(), "{to}");
    }
}

/// A caveat that names nobody is kept, written and read, and is for nobody.
#[test]
fn an_empty_permissive_category_is_for_nobody() {
    use chancery_domain::label::{Denial, Engagement, Reader};
    let policy = good();
    let label =
        policy.read_label(&LABEL.replace("<x:GenericValue>THREE</x:GenericValue>", "")).unwrap();
    let dates = Dates { created: jiff::Timestamp::UNIX_EPOCH, review: None };
    assert_eq!(policy.read_label(&policy.write_label(&label, dates).unwrap()).unwrap(), label);
    assert_eq!(policy.read_label(&policy.write_plain_label(&label).unwrap()).unwrap(), label);
    assert_eq!(policy.marking(&label, "").unwrap(), "Test HIGH ONE FOR NOBODY");
    let reader = Reader {
        clearance: Some(policy.clearance("HIGH", &["ONE", "THREE", "FOUR"]).unwrap()),
        nationality: "XA".parse().ok(),
        engagement: Some(Engagement::HomeBased),
    };
    assert_eq!(policy.decide(&reader, &label), Err(Denial::Nobody("Any".to_owned())));
    // Without the empty caveat the same reader reads.
    assert_eq!(policy.decide(&reader, &policy.label("HIGH", &["ONE"]).unwrap()), Ok(()));
}

fn data() -> Vec<BoundData> {
    let text = Some("text/plain; charset=utf-8".to_owned());
    vec![
        BoundData { uri: "cable-0042.txt".to_owned(), media_type: text, sha256: [7; 32] },
        BoundData { uri: "annex.xml?a=1&b=2".to_owned(), media_type: None, sha256: [9; 32] },
    ]
}

#[test]
fn bindings_are_written_and_read_back() {
    let policy = good();
    let written = binding(LABEL, &data()).unwrap();
    let read = Binding::parse(&written).unwrap();
    assert_eq!(read.data, data());
    assert_eq!(policy.read_label(&read.label), policy.read_label(LABEL));
    // What was read and is written again is the same to the byte.
    assert_eq!(binding(&read.label, &read.data).unwrap(), written);
    assert!(written.contains("<s4778:DataReference URI=\"annex.xml?a=1&amp;b=2\"/>"));
    assert!(written.contains("xmlns:s4778=\"urn:nato:stanag:4778:bindinginformation:1:0\""));
}

#[test]
fn bindings_are_refused() {
    let written = binding(LABEL, &data()).unwrap();
    for (from, to, reason) in [
        ("urn:nato:stanag:4778:bindinginformation:1:0", "urn:other", "no BindingInformation"),
        (
            "URI=\"cable-0042.txt\" xmime",
            "URI=\"cable-0043.txt\" xmime",
            "no digest of “cable-0043.txt”",
        ),
        (
            "<s4778:DataReference URI=\"annex.xml?a=1&amp;b=2\"/>",
            "",
            "has a digest and is not bound",
        ),
        (
            "</s4778:MetadataBindingContainer>",
            "</s4778:MetadataBindingContainer><ds:Signature/>",
            "“Signature” is not understood",
        ),
        (
            "<ds:Reference URI=\"cable-0042.txt\">",
            "<ds:Reference URI=\"annex.xml?a=1&amp;b=2\">",
            "two digests",
        ),
        ("</ds:Manifest>", "</ds:Manifest><ds:Manifest/>", "not exactly one “Manifest”"),
        ("</s4778:Metadata>", "<x/></s4778:Metadata>", "not exactly one label"),
        ("confidentialitymetadatalabel", "other", "no originatorConfidentialityLabel"),
        ("<ds:DigestValue>Bwc", "<ds:DigestValue>Bw", "no SHA-256 digest"),
    ] {
        assert!(written.contains(from), "{from}");
        let error = Binding::parse(&written.replace(from, to)).unwrap_err();
        assert!(error.reason.contains(reason), "{to}: {error}");
    }
    let sha1 = written.replacen("xmlenc#sha256", "xmldsig#sha1", 1);
    assert!(Binding::parse(&sha1).unwrap_err().reason.contains("the digest is not"));
    assert!(binding(LABEL, &[]).is_err());
    assert!(binding("<a/>", &data()).is_err());
    for uri in ["", "a b", "a\nb"] {
        let item = BoundData { uri: uri.to_owned(), media_type: None, sha256: [0; 32] };
        assert!(binding(LABEL, &[item]).is_err(), "{uri:?}");
    }
    assert!(binding(LABEL, &[data().remove(0), data().remove(0)]).is_err());
}
