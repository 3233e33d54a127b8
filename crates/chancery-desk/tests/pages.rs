//! A typeset copy leaks as a file or as a picture: it names its copy, by the places of its words alone if
//! need be. What bears no marks, another house's marks, or other people's words, names nobody.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_capture::{Chance, Kind, Page};
use chancery_desk::{
    Archive, CableRecord, Clock, DeskError, Finders, FindingReport, Format, LeakFile, NewPublic,
    Request, Traced, decode_pictures,
};
use chancery_domain::Handle;
use chancery_page::{Form, Pages, PaperSource, Paragraph, Part, Readings, typeset};
use chancery_text::build::Choice;

#[path = "../../chancery-page/tests/support/scans.rs"]
mod scans;

const TEXT: [&str; 4] = [
    "The talks on the Aldermark lights began on Monday morning in the old customs house, and they came to an end late on Thursday after two long sessions on dues. The Vessian side had brought their harbour master, who had not been told that two of his pilot boats were missing, and who spoke for most of the first day about contracts, insurance and the price of coal.",
    "Minister Orlan received us on Tuesday. However, he was nearly certain that the northern members would vote for the survey of the eastern shoals only if the pilots’ yard at Sund stayed open for another three winters, and he saw no way to carry the estimates without them. He asked that this should not reach the press prior to the budget debate.",
    "On dues, our proposal was the one approved in your telegram of the fourth: a common tariff for vessels under two thousand tons, reviewed every second year, with the lights of both coasts kept from one fund. The other side will probably accept the fund in principle. They will not have the review, and their chairman said so with some heat.",
    "We have the impression that the delegation is not of one mind. The naval attaché stayed away from both dinners. The legal adviser, a careful man who reads every draft twice, told a member of our staff that he had advised against the eastern survey from the start, because the old charts show the boundary a good mile further west than the new ones.",
];

/// A text that no house has.
const FOREIGN: &str = "The ferry from Hallin was late, and nobody on the pier knew why the band had been ordered for noon. A boy sold cold tea from a bucket and said that the captain slept.";

fn house(folder: &std::path::Path, choice: &Choice) -> (tokio::runtime::Runtime, Archive) {
    house_with(folder, choice, &TEXT.map(str::to_owned))
}

fn house_with(
    folder: &std::path::Path,
    choice: &Choice,
    paragraphs: &[String],
) -> (tokio::runtime::Runtime, Archive) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let archive = runtime.block_on(Archive::init(&folder.join("archive"), Clock::System)).unwrap();
    let cable = serde_json::json!({
        "id": "talks", "from": "Embassy, Vess", "to": "Capital", "classification": "Confidential",
        "handling": ["Home Staff"], "precedence": ["IMMEDIATE"], "subject": "Lights and dues",
        "paragraphs": paragraphs,
    });
    let cable: CableRecord = serde_json::from_value(cable).unwrap();
    let finders = Finders::embedded();
    let import =
        archive.import_exercise(std::slice::from_ref(&cable), 30, choice, &finders, |_, _| {});
    runtime.block_on(import).unwrap();
    (runtime, archive)
}

fn trace(runtime: &tokio::runtime::Runtime, archive: &Archive, bytes: &[u8]) -> FindingReport {
    trace_all(runtime, archive, &[bytes])
}

fn request(leaks: &[&[u8]]) -> Request {
    let leak = |(at, bytes): (usize, &&[u8])| LeakFile {
        name: format!("leak-{at}"),
        bytes: bytes.to_vec(),
    };
    let leaks = leaks.iter().enumerate().map(leak).collect();
    Request { leaks, papers: Vec::new(), alpha: 1e-6, include_author: false }
}

fn trace_all(
    runtime: &tokio::runtime::Runtime,
    archive: &Archive,
    leaks: &[&[u8]],
) -> FindingReport {
    match runtime.block_on(archive.trace(request(leaks), None)).unwrap() {
        Traced::Done(finding) => *finding,
        Traced::AwaitingApproval(id) => panic!("{id}: an exercise approves by itself"),
    }
}

fn named(finding: &FindingReport) -> Vec<String> {
    finding.named.iter().map(|copy| copy.reader.as_ref().unwrap().to_string()).collect()
}

/// Some text as pages without any mark.
fn unmarked(paragraphs: &[String]) -> Pages {
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
    typeset(&source, &Readings::none()).unwrap()
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
    // The other forms come out too.
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

    let plain = unmarked(&TEXT.map(str::to_owned)).pdf().unwrap();
    let finding = trace(&runtime, &archive, &plain);
    assert_eq!((finding.verdict.as_str(), named(&finding)), ("nothing", Vec::new()));
    assert_eq!(
        finding.papers[0].sites.layout.read, 0,
        "the paper is known, its marks are not there"
    );

    let finding = trace(&runtime, &archive, &unmarked(&[FOREIGN.repeat(3)]).pdf().unwrap());
    assert_eq!((finding.verdict.as_str(), finding.papers.len()), ("nothing", 0));
}

/// A page of 150 dpi captured, as PNG.
fn captured(png: &[u8], kind: Kind, seed: u64) -> Vec<u8> {
    let [(1, image)] = &decode_pictures(png).unwrap()[..] else { panic!("one picture") };
    let page = Page { image: image.clone(), dpi: 150.0 };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.png");
    kind.take(&page, &mut Chance::new(seed)).save(&file).unwrap();
    std::fs::read(file).unwrap()
}

#[test]
fn a_picture_of_a_page_names_its_copy_among_thirty() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let out = folder.path().join("copies");
    let export = archive.export_copies("talks", Format::Png, &out, None, |_, _| {});
    assert_eq!(runtime.block_on(export).unwrap().files, 30);
    let copy = std::fs::read(out.join("r0017.png")).unwrap();
    let scan = captured(&copy, Kind::Scan300, 1);
    for (what, leak) in [
        ("the file itself", copy.clone()),
        ("a scan", scan.clone()),
        ("a photograph", captured(&copy, Kind::PhotoTilt20, 2)),
        ("a messenger's picture", captured(&copy, Kind::Messenger, 3)),
    ] {
        let finding = trace(&runtime, &archive, &leak);
        assert_eq!(
            (finding.verdict.as_str(), named(&finding)),
            ("identified", vec!["r0017".to_owned()]),
            "{what}"
        );
        let sites = &finding.papers[0].sites;
        assert!(sites.layout.read * 10 > sites.layout.offered * 6, "{what}: {sites:?}");
        assert!(sites.wording.read * 2 > sites.wording.offered, "{what}: {sites:?}");
        assert_eq!(sites.characters.read, 0, "nobody sees kinds of blanks");
        let [leak] = &finding.leaks[..] else { panic!("one leak") };
        assert!(leak.text.contains("coal"), "{}", leak.text);
        assert!(leak.matched * 10 > leak.words * 4, "{what}: {} of {}", leak.matched, leak.words);
        let [page] = &leak.pages[..] else { panic!("one page: {}", leak.pages.len()) };
        assert!(page.jpeg.starts_with(&[0xff, 0xd8]) && !page.places.is_empty());
        for place in leak.places.iter().filter(|place| place.channel == "layout") {
            assert!(!leak.text[place.start..place.end].contains(char::is_whitespace));
        }
    }
    // Everything of one copy together: each place counts once, whoever shows it.
    let reader: Handle = "r0017".parse().unwrap();
    let open = |format| archive.open_copy("talks", &reader, format);
    let pdf = runtime.block_on(open(Format::Pdf)).unwrap().bytes;
    let text = runtime.block_on(open(Format::Txt)).unwrap().bytes;
    let finding = trace_all(&runtime, &archive, &[&scan, &pdf, &text]);
    assert_eq!(named(&finding), ["r0017"]);
    let sites = &finding.papers[0].sites;
    for read in [sites.wording, sites.characters, sites.layout] {
        assert!(read.read <= read.offered, "{sites:?}");
    }
}

#[test]
fn pictures_without_marks_of_this_house_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1"), folder.path().join("2"));
    let (runtime, archive) = house(&one, &Choice::default());
    let plain = unmarked(&TEXT.map(str::to_owned)).png(0, 150.0).unwrap();
    let finding = trace(&runtime, &archive, &captured(&plain, Kind::Scan150Jpeg30, 4));
    assert_eq!((finding.papers.len(), named(&finding)), (1, Vec::new()), "the paper is known");

    let foreign = unmarked(&[FOREIGN.repeat(3)]).png(0, 150.0).unwrap();
    let finding = trace(&runtime, &archive, &captured(&foreign, Kind::Scan150Jpeg30, 5));
    assert_eq!((finding.verdict.as_str(), finding.papers.len()), ("nothing", 0));
    assert!(finding.leaks[0].papers.is_empty() && finding.leaks[0].words > 50);

    // Another house has the same paper and other keys: what is read is the same, and fits none of its rows.
    let (other_runtime, other) = house(&two, &Choice::default());
    let reader: Handle = "r0008".parse().unwrap();
    let copy = archive.open_copy("talks", &reader, Format::Png);
    let scan = captured(&runtime.block_on(copy).unwrap().bytes, Kind::Scan150Jpeg30, 6);
    let (own, others) = (trace(&runtime, &archive, &scan), trace(&other_runtime, &other, &scan));
    assert_eq!((named(&own), named(&others)), (vec!["r0008".to_owned()], Vec::new()));
    assert_eq!(own.leaks[0].evidence, others.leaks[0].evidence, "rows are not looked at");
    assert!(own.papers[0].sites.layout.read > 50);

    let file = folder.path().join("blank.png");
    chancery_scan::GrayImage::from_pixel(600, 400, [255].into()).save(&file).unwrap();
    let blank = std::fs::read(file).unwrap();
    for (leak, advice) in
        [(blank, "closer"), (plain[..plain.len() / 2].to_vec(), "send the original")]
    {
        let refused = runtime.block_on(archive.trace(request(&[&leak]), None));
        let Err(DeskError::Input(said)) = refused else { panic!("{refused:?}") };
        assert!(said.contains("leak-0: ") && said.contains(advice), "{said}");
    }
}

#[test]
fn a_finding_from_a_picture_goes_into_a_pack_that_verifies_and_an_altered_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let reader: Handle = "r0011".parse().unwrap();
    let copy = runtime.block_on(archive.open_copy("talks", &reader, Format::Png)).unwrap().bytes;
    let finding = trace(&runtime, &archive, &captured(&copy, Kind::Scan300, 9));
    assert_eq!(named(&finding), ["r0011"]);
    let pack = runtime.block_on(archive.contest_pack(&finding.inquiry, None)).unwrap();
    let mut pack = chancery_verify::Pack::parse(&pack.bytes).unwrap();
    assert!(pack.papers[0].readings.is_empty() && pack.papers[0].pages.len() == 1);
    chancery_verify::verify(&pack, None).unwrap();
    chancery_verify::verify(&pack.redacted(), None).unwrap();
    let whole = pack.clone();
    // One bit of what the picture said, another number of the picture, a picture left out.
    let last = pack.papers[0].pages[0].evidence.0.len() - 1;
    pack.papers[0].pages[0].evidence.0[last] ^= 1;
    assert!(chancery_verify::verify(&pack, None).is_err());
    pack = whole.clone();
    pack.papers[0].pages[0].picture = 2;
    assert!(chancery_verify::verify(&pack, None).is_err());
    pack = whole;
    pack.papers[0].pages.clear();
    assert!(chancery_verify::verify(&pack, None).is_err());
}

#[test]
fn a_picture_of_a_text_that_was_set_anew_is_read_by_letters() {
    if std::process::Command::new("/usr/bin/tesseract").arg("--version").output().is_err() {
        eprintln!("SKIPPED: tesseract is missing");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let reader: Handle = "r0005".parse().unwrap();
    let open = archive.open_copy("talks", &reader, Format::Txt);
    let text = String::from_utf8(runtime.block_on(open).unwrap().bytes).unwrap();
    // Somebody else's typesetting keeps no kinds of blanks and hyphens.
    let plain = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ").replace('\u{2011}', "-").to_uppercase()
    };
    let paragraphs: Vec<String> = text.lines().filter(|line| line.len() > 150).map(plain).collect();
    assert_eq!(paragraphs.len(), TEXT.len());
    // In capitals no word has the width that it has in the archive.
    let picture = captured(&unmarked(&paragraphs).png(0, 150.0).unwrap(), Kind::Scan150Jpeg30, 8);
    let finding = trace(&runtime, &archive, &picture);
    let [leak] = &finding.leaks[..] else { panic!("one leak") };
    assert!(leak.pages.is_empty(), "no page of this archive");
    let [paper] = &finding.papers[..] else { panic!("its text is known: {}", leak.text) };
    let sites = &paper.sites;
    assert!(sites.wording.read * 2 > sites.wording.offered, "{sites:?}");
    assert_eq!((sites.characters.read, sites.layout.read), (0, 0), "letters tell neither");
}

/// A text of more than three pages: three cables of the invented ministry, as their authors wrote them.
fn long() -> Vec<String> {
    let cables = include_str!("../../chancery/ministry/cables.jsonl").lines().take(3);
    let first = |paragraph: &str| {
        let mut parts = paragraph.split(['{', '}']);
        let plain = parts.next().unwrap_or_default().to_owned();
        // Between braces stands a choice of readings, or what is kept as it is.
        parts.enumerate().fold(plain, |text, (at, part)| match at % 2 {
            0 => text + part.split('|').next().unwrap_or_default().trim_matches('='),
            _ => text + part,
        })
    };
    let paragraphs = |line: &str| -> Vec<String> {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let paragraphs = cable["paragraphs"].as_array().unwrap().iter();
        paragraphs.map(|paragraph| first(paragraph.as_str().unwrap())).collect()
    };
    cables.flat_map(paragraphs).collect()
}

/// The pages of a copy at 150 dpi, which stand below each other in its PNG.
fn pages_of(runtime: &tokio::runtime::Runtime, archive: &Archive, reader: &str) -> Vec<Page> {
    let reader: Handle = reader.parse().unwrap();
    let copy = runtime.block_on(archive.open_copy("talks", &reader, Format::Png)).unwrap().bytes;
    let [(1, all)] = &decode_pictures(&copy).unwrap()[..] else { panic!("one picture") };
    pages_below_each_other(all)
}

fn pages_below_each_other(all: &chancery_scan::GrayImage) -> Vec<Page> {
    let (width, high, between) = (all.width(), 1_754, 25);
    let count = (all.height() + between) / (high + between);
    let row = |page: u32, y: u32| page * (all.height() + between) / count + y;
    let page = |page: u32| {
        let high = high.min(all.height() - row(page, 0));
        let image =
            chancery_scan::GrayImage::from_fn(width, high, |x, y| *all.get_pixel(x, row(page, y)));
        Page { image, dpi: 150.0 }
    };
    (0..count).map(page).collect()
}

/// Pages captured and saved as a PDF of nothing but pictures: the first as it is, others as JPEG.
fn scan_of(pages: &[Page], kind: Kind) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let scanned = |(at, page): (usize, &Page)| {
        let shot = kind.take(page, &mut Chance::new(at as u64 + 40));
        let (width, height) = (shot.width() as usize, shot.height() as usize);
        if at == 0 {
            return scans::picture(&(width, height, shot.into_raw()));
        }
        let file = folder.path().join(format!("{at}.jpg"));
        shot.save(&file).unwrap();
        scans::encoded(width, height, "/Filter/DCTDecode", &std::fs::read(file).unwrap())
    };
    let pictures: Vec<Vec<u8>> = pages.iter().enumerate().map(scanned).collect();
    scans::scanned(&pictures)
}

#[test]
fn a_scan_saved_as_pdf_names_its_copy_among_thirty() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house_with(folder.path(), &Choice::default(), &long());
    let pages = pages_of(&runtime, &archive, "r0017");
    assert!(pages.len() >= 3, "{} pages", pages.len());
    let scan = scan_of(&pages[..3], Kind::Scan150Jpeg30);
    let finding = trace(&runtime, &archive, &scan);
    assert_eq!(
        (finding.verdict.as_str(), named(&finding)),
        ("identified", vec!["r0017".to_owned()])
    );
    let [leak] = &finding.leaks[..] else { panic!("one leak") };
    let numbers: Vec<usize> = leak.pages.iter().map(|page| page.picture).collect();
    assert_eq!(numbers, [1, 2, 3], "every page counts");
    assert!(leak.pages.iter().all(|page| !page.places.is_empty() && !page.jpeg.is_empty()));
    let sites = &finding.papers[0].sites;
    assert!(sites.layout.read > 300 && sites.wording.read > 30, "{sites:?}");
    assert_eq!(sites.characters.read, 0, "nobody sees kinds of blanks");
    // Others can check it.
    let pack = runtime.block_on(archive.contest_pack(&finding.inquiry, None)).unwrap();
    let pack = chancery_verify::Pack::parse(&pack.bytes).unwrap();
    assert!(pack.papers[0].readings.is_empty() && pack.papers[0].pages.len() == 3);
    chancery_verify::verify(&pack, None).unwrap();
    let blank = scans::scanned(&[scans::picture(&(400, 600, vec![255; 240_000]))]);
    let refused = runtime.block_on(archive.trace(request(&[&blank]), None));
    let Err(DeskError::Input(said)) = refused else { panic!("{refused:?}") };
    assert!(said.contains("leak-0: ") && said.contains("closer"), "{said}");
}

/// Two papers on one glass: each is found, and neither counts as another reading of the other.
#[test]
fn pages_of_two_papers_in_one_picture_are_both_read() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let other = serde_json::json!({"id": "other", "paragraphs": long()[..5]});
    let other: CableRecord = serde_json::from_value(other).unwrap();
    let cables = std::slice::from_ref(&other);
    let (choice, finders) = (Choice::default(), Finders::embedded());
    runtime.block_on(archive.import_exercise(cables, 30, &choice, &finders, |_, _| {})).unwrap();
    let reader: Handle = "r0012".parse().unwrap();
    let first = |paper: &str| {
        let copy = runtime.block_on(archive.open_copy(paper, &reader, Format::Png)).unwrap().bytes;
        let [(1, all)] = &decode_pictures(&copy).unwrap()[..] else { panic!("one picture") };
        pages_below_each_other(all).swap_remove(0).image
    };
    let (left, right) = (first("talks"), first("other"));
    let glass = chancery_scan::GrayImage::from_fn(
        left.width() + right.width(),
        left.height().min(right.height()),
        |x, y| match x.checked_sub(left.width()) {
            None => *left.get_pixel(x, y),
            Some(x) => *right.get_pixel(x, y),
        },
    );
    let scan = scan_of(&[Page { image: glass, dpi: 150.0 }], Kind::Scan150Jpeg30);
    let finding = trace(&runtime, &archive, &scan);
    let [leak] = &finding.leaks[..] else { panic!("one leak") };
    let papers: Vec<&str> = leak.pages.iter().map(|page| page.paper.as_str()).collect();
    assert_eq!(papers.len(), 2, "{papers:?}: {}", finding.statement);
    assert_eq!(named(&finding), ["r0012"], "{}", finding.statement);
    assert!(
        finding.papers.iter().all(|paper| paper.sites.layout.read > 50),
        "{:?}",
        finding.papers
    );
}

#[test]
fn a_scan_of_pages_without_marks_saved_as_pdf_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let page = |text: &[String]| {
        let png = unmarked(text).png(0, 150.0).unwrap();
        let [(_, image)] = &decode_pictures(&png).unwrap()[..] else { panic!("one picture") };
        Page { image: image.clone(), dpi: 150.0 }
    };
    let plain = page(&TEXT.map(str::to_owned));
    let finding = trace(&runtime, &archive, &scan_of(&[plain], Kind::Scan150Jpeg30));
    assert_eq!((finding.papers.len(), named(&finding)), (1, Vec::new()), "the paper is known");
    assert!(finding.papers[0].sites.wording.read > 10);
    let foreign = page(&[FOREIGN.repeat(3)]);
    let finding = trace(&runtime, &archive, &scan_of(&[foreign], Kind::Scan150Jpeg30));
    assert_eq!((finding.verdict.as_str(), finding.papers.len()), ("nothing", 0));
}

#[test]
fn a_pdf_of_text_and_scans_is_read_as_both() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let pages = pages_of(&runtime, &archive, "r0021");
    let shot = Kind::Scan150Jpeg30.take(&pages[0], &mut Chance::new(3));
    let picture = scans::picture(&(shot.width() as usize, shot.height() as usize, shot.into_raw()));
    let words = "Somebody wrote on the first page what he thought of all this: that the lights of both coasts are none of their business, that the dues go nowhere, and that he would say so to anybody who asked him for it in writing or in the street.";
    let letter = scans::Page {
        drawn: format!("BT /F 9 Tf 40 700 Td ({words}) Tj ET"),
        ..scans::Page::filled((595.28, 841.89), picture.clone())
    };
    let scan = scans::Page::filled((595.28, 841.89), picture.clone());
    let font = typst_assets::fonts().find(|font| font.starts_with(&[0, 1, 0, 0])).unwrap();
    let finding = trace(&runtime, &archive, &scans::lettered(&[letter, scan], font));
    assert_eq!(named(&finding), ["r0021"]);
    let [leak] = &finding.leaks[..] else { panic!("one leak") };
    assert!(leak.text.starts_with("Somebody wrote") && leak.text.contains("coal"));
    assert_eq!(leak.pages[0].picture, 2);
    for place in &leak.places {
        let word = &leak.text[place.start..place.end];
        assert!(place.start > words.len() && !word.is_empty() && word.trim() == word, "{word:?}");
    }
    // A scan over which a program laid the letters that it made out is read as a picture.
    let hidden = TEXT[0].replace(['(', ')'], "");
    let under = scans::Page {
        drawn: format!(
            "BT 3 Tr /F 9 Tf 40 700 Td ({hidden}) Tj ET q 595.28 0 0 841.89 0 0 cm /P0 Do Q"
        ),
        ..scans::Page::filled((595.28, 841.89), picture)
    };
    let finding = trace(&runtime, &archive, &scans::lettered(&[under], font));
    assert_eq!(named(&finding), ["r0021"]);
    assert_eq!(finding.papers[0].sites.characters.read, 0);
    assert!(finding.papers[0].sites.layout.read > 50);
}

/// Files a text that everybody may quote.
fn publish(runtime: &tokio::runtime::Runtime, archive: &Archive, text: &str) {
    let new = NewPublic {
        name: "statement.txt".into(),
        bytes: text.as_bytes().to_vec(),
        ..NewPublic::default()
    };
    runtime.block_on(archive.file_public(&[new], None)).unwrap();
}

/// The paragraphs of a reader's copy, as text.
fn words_of(runtime: &tokio::runtime::Runtime, archive: &Archive, reader: &str) -> Vec<String> {
    let reader: Handle = reader.parse().unwrap();
    let open = archive.open_copy("talks", &reader, Format::Txt);
    let text = String::from_utf8(runtime.block_on(open).unwrap().bytes).unwrap();
    let paragraphs: Vec<String> =
        text.lines().filter(|line| line.len() > 150).map(str::to_owned).collect();
    assert_eq!(paragraphs.len(), TEXT.len());
    paragraphs
}

#[test]
fn pages_of_a_public_text_are_no_evidence_about_the_copy_whose_marks_they_bear() {
    for filed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (runtime, archive) = house(folder.path(), &Choice::default());
        let reader: Handle = "r0017".parse().unwrap();
        let open = |format| runtime.block_on(archive.open_copy("talks", &reader, format));
        if filed {
            publish(&runtime, &archive, &words_of(&runtime, &archive, "r0017").join("\n\n"));
        }
        let png = open(Format::Png).unwrap().bytes;
        let scan = captured(&png, Kind::Scan150Jpeg30, 11);
        let pdf = open(Format::Pdf).unwrap().bytes;
        for (what, leak) in [("a scan", scan), ("the file", pdf)] {
            let finding = trace(&runtime, &archive, &leak);
            assert_eq!(finding.papers.len(), 1, "the paper is found all the same");
            let sites = finding.papers[0].sites;
            if filed {
                let read = (named(&finding).len(), sites.wording.read, sites.layout.read);
                assert_eq!(read, (0, 0, 0), "{what}");
                assert_eq!(finding.leaks[0].public, ["T1"]);
                assert!(finding.statement.contains("public texts as well (T1)"));
            } else {
                assert_eq!(named(&finding), ["r0017"], "{what}: the control");
                assert!(finding.leaks[0].public.is_empty());
            }
        }
    }
}

#[test]
fn what_a_public_text_leaves_over_of_a_picture_is_read_and_the_pack_of_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, archive) = house(folder.path(), &Choice::default());
    let pages = pages_of(&runtime, &archive, "r0013");
    let scan = scan_of(&pages[..1], Kind::Scan150Jpeg30);
    let whole = trace(&runtime, &archive, &scan).papers[0].sites;
    // The first two paragraphs became public, as they stand in the copy of somebody else.
    publish(&runtime, &archive, &words_of(&runtime, &archive, "r0002")[..2].join("\n\n"));
    let finding = trace(&runtime, &archive, &scan);
    let sites = finding.papers[0].sites;
    assert!(sites.layout.read < whole.layout.read && sites.wording.read < whole.wording.read);
    assert!(sites.layout.read * 4 > whole.layout.read, "{sites:?} of {whole:?}");
    assert_eq!(named(&finding), ["r0013"]);
    // No place of the public paragraphs counts.
    let [leak] = &finding.leaks[..] else { panic!("one leak") };
    let third = leak.text.find("On dues").unwrap();
    assert!(leak.places.iter().all(|place| place.start >= third));
    // The pack is read again with what was erased, before it is handed out; without, it says something else.
    let pack = runtime.block_on(archive.contest_pack(&finding.inquiry, None)).unwrap();
    let pack = chancery_verify::Pack::parse(&pack.bytes).unwrap();
    let fixed: serde_json::Value = serde_json::from_str(&pack.entries.frozen.body).unwrap();
    let fixed = &fixed["fields"]["leaks"][0];
    assert_eq!(fixed["public"], serde_json::json!(["T1"]));
    assert!(fixed["pages"][0]["erased"][0]["end"].as_u64() > Some(500), "{fixed}");
    chancery_verify::verify(&pack, None).unwrap();
}
