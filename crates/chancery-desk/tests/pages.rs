//! A typeset copy leaks: it names its copy, by the places of its words alone if need be. What bears no
//! marks, or other people's words, names nobody.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_desk::{
    Archive, CableRecord, Clock, Finders, FindingReport, Format, LeakFile, Request, Traced,
};
use chancery_domain::Handle;
use chancery_page::{Form, PaperSource, Paragraph, Part, Readings, typeset};
use chancery_text::build::Choice;

const TEXT: [&str; 4] = [
    "The talks on the Aldermark lights began on Monday morning in the old customs house, and they came to an end late on Thursday after two long sessions on dues. The Vessian side had brought their harbour master, who had not been told that two of his pilot boats were missing, and who spoke for most of the first day about contracts, insurance and the price of coal.",
    "Minister Orlan received us on Tuesday. However, he was nearly certain that the northern members would vote for the survey of the eastern shoals only if the pilots’ yard at Sund stayed open for another three winters, and he saw no way to carry the estimates without them. He asked that this should not reach the press prior to the budget debate.",
    "On dues, our proposal was the one approved in your telegram of the fourth: a common tariff for vessels under two thousand tons, reviewed every second year, with the lights of both coasts kept from one fund. The other side will probably accept the fund in principle. They will not have the review, and their chairman said so with some heat.",
    "We have the impression that the delegation is not of one mind. The naval attaché stayed away from both dinners. The legal adviser, a careful man who reads every draft twice, told a member of our staff that he had advised against the eastern survey from the start, because the old charts show the boundary a good mile further west than the new ones.",
];

fn house(folder: &std::path::Path, choice: &Choice) -> (tokio::runtime::Runtime, Archive) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let archive = runtime.block_on(Archive::init(&folder.join("archive"), Clock::System)).unwrap();
    let cable = serde_json::json!({
        "id": "talks", "from": "Embassy, Vess", "to": "Capital", "classification": "Confidential",
        "handling": ["Home Staff"], "precedence": ["IMMEDIATE"], "subject": "Lights and dues",
        "paragraphs": TEXT,
    });
    let cable: CableRecord = serde_json::from_value(cable).unwrap();
    let finders = Finders::embedded();
    let import =
        archive.import_exercise(std::slice::from_ref(&cable), 30, choice, &finders, |_, _| {});
    runtime.block_on(import).unwrap();
    (runtime, archive)
}

fn trace(runtime: &tokio::runtime::Runtime, archive: &Archive, bytes: &[u8]) -> FindingReport {
    let leak = LeakFile { name: "leak.pdf".into(), bytes: bytes.to_vec() };
    let request =
        Request { leaks: vec![leak], papers: Vec::new(), alpha: 1e-6, include_author: false };
    match runtime.block_on(archive.trace(request, None)).unwrap() {
        Traced::Done(finding) => *finding,
        Traced::AwaitingApproval(id) => panic!("{id}: an exercise approves by itself"),
    }
}

fn named(finding: &FindingReport) -> Vec<String> {
    finding.named.iter().map(|copy| copy.reader.as_ref().unwrap().to_string()).collect()
}

/// Some text as pages without any mark.
fn unmarked(paragraphs: &[String]) -> Vec<u8> {
    let paragraphs = paragraphs
        .iter()
        .map(|text| Paragraph { parts: vec![Part::Fixed(text.clone())], ..Paragraph::default() });
    let source = PaperSource {
        form: Form::Cable,
        identity: "elsewhere".into(),
        label: "CONFIDENTIAL".into(),
        title: None,
        subject: "Lights and dues".into(),
        precedence: None,
        notices: Vec::new(),
        lines: Vec::new(),
        paragraphs: paragraphs.collect(),
        signed: None,
        copy_line: None,
        notice: String::new(),
    };
    typeset(&source, &Readings::none()).unwrap().pdf().unwrap()
}

#[test]
fn a_leaked_pdf_names_its_copy_among_thirty() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let out = folder.path().join("copies");
    let export = archive.export_copies("talks", Format::Pdf, &out, None, |_, _| {});
    assert_eq!(runtime.block_on(export).unwrap().files, 30);
    let read = |reader: &str| std::fs::read(out.join(format!("{reader}.pdf"))).unwrap();
    assert_ne!(read("r0001"), read("r0002"));
    let reader: Handle = "r0017".parse().unwrap();
    let opened = archive.open_copy("talks", &reader, Format::Pdf);
    assert_eq!(runtime.block_on(opened).unwrap().bytes, read("r0017"), "the same file every time");
    for reader in ["r0017", "r0004"] {
        let finding = trace(&runtime, &archive, &read(reader));
        assert_eq!(
            (finding.verdict.as_str(), named(&finding)),
            ("identified", vec![reader.to_owned()])
        );
        let sites = &finding.papers[0].sites;
        assert!(sites.layout.read * 10 > sites.layout.offered * 7, "{sites:?}");
        // Spaces at the ends of lines are not in the file.
        assert!(sites.characters.read * 2 > sites.characters.offered, "{sites:?}");
        assert!(finding.leaks[0].places.iter().any(|place| place.channel == "layout"));
        // Others can check it: what the pages said is in the pack and under its hash in the record.
        let issued = runtime.block_on(archive.contest_pack(&finding.inquiry, None)).unwrap();
        let pack = chancery_verify::Pack::parse(&issued.bytes).unwrap();
        let verified = chancery_verify::verify(&pack, None).unwrap();
        assert!(!verified.extracted_again && verified.page_engine.is_some());
        let read = sites.layout.read + sites.wording.read + sites.characters.read;
        assert_eq!(verified.finding.papers[0].read, read);
        let mut blind = pack.clone();
        blind.papers[0].readings[0].layout = None;
        assert!(chancery_verify::verify(&blind, None).is_err(), "the pages count");
    }
    // The other forms come out too; pictures of pages are read elsewhere.
    for (format, begins) in
        [(Format::Png, b"\x89PNG".as_slice()), (Format::Svg, b"<svg".as_slice())]
    {
        let reader: Handle = "r0009".parse().unwrap();
        let copy = archive.open_copy("talks", &reader, format);
        assert!(runtime.block_on(copy).unwrap().bytes.starts_with(begins));
    }
}

#[test]
fn the_places_of_words_name_a_copy_by_themselves_and_their_absence_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let choice = Choice { wording: false, characters: false, ..Choice::default() };
    let (runtime, archive) = house(folder.path(), &choice);
    let reader: Handle = "r0023".parse().unwrap();
    let copy = archive.open_copy("talks", &reader, Format::Pdf);
    let bytes = runtime.block_on(copy).unwrap().bytes;
    let finding = trace(&runtime, &archive, &bytes);
    assert_eq!(
        (finding.verdict.as_str(), named(&finding)),
        ("identified", vec!["r0023".to_owned()])
    );
    assert_eq!(
        finding.papers[0].sites.wording.offered + finding.papers[0].sites.characters.offered,
        0
    );

    let plain = unmarked(&TEXT.map(str::to_owned));
    let finding = trace(&runtime, &archive, &plain);
    assert_eq!((finding.verdict.as_str(), named(&finding)), ("nothing", Vec::new()));
    assert_eq!(
        finding.papers[0].sites.layout.read, 0,
        "the paper is known, its marks are not there"
    );

    let foreign = "The ferry from Hallin was late, and nobody on the pier knew why the band had been ordered for noon. A boy sold cold tea from a bucket and said that the captain slept.";
    let finding = trace(&runtime, &archive, &unmarked(&[foreign.repeat(3)]));
    assert_eq!((finding.verdict.as_str(), finding.papers.len()), ("nothing", 0));
}
