//! From an article to the papers, on papers of the desk's own making and, where they are, on real cables.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use chancery_desk::{
    Archive, CableRecord, CellKind, Circulation, Clock, DraftText, Exposing, ExposureReport,
    Finders, Format, LeakFile, Level, NewPaper, NewPublic, OfficeDetails, PersonDetails,
    PublicKind, QuotationKind, records,
};
use chancery_domain::{Capacity, Handle, PaperKind, Particulars, Term};
use chancery_text::build::Choice;
use jiff::civil::date;

mod articles;
use articles::{articles, words};

const HARBOUR: &str = "The harbour master threatened the pilots of the northern yard with dismissal, and nobody came to their aid before the ice broke. He regards the Minister as a timid man who counts his boats twice and his friends not at all, and he told me so over dinner with every sign of enjoyment.";
const SHOALS: &str = "Nobody expected that the survey of the eastern shoals would be finished before winter. The pilots have lost a third of their boats, and those who stay ask for contracts in writing; the governor spoke about grain and only at the door did he mention the estimates.";
const GRAIN: &str = "The grain board will not meet again this month. Its chairman has gone to the baths, his deputy has gone to law, and the clerk who keeps the minutes assures me that neither is expected to return before the harvest is in.";

fn handle(name: &str) -> Handle {
    name.parse().unwrap()
}

fn cable(id: &str, text: &str) -> CableRecord {
    let paragraphs = vec![format!("1. {text}")];
    serde_json::from_value(serde_json::json!({
        "id": id, "subject": id, "classification": "Secret", "paragraphs": paragraphs
    }))
    .unwrap()
}

async fn exercise(folder: &Path, cables: &[CableRecord]) -> Archive {
    let archive = Archive::init(&folder.join("a"), Clock::System).await.unwrap();
    let finders = Finders::embedded();
    archive.import_exercise(cables, 20, &Choice::default(), &finders, |_, _| {}).await.unwrap();
    archive
}

async fn expose(archive: &Archive, article: &str, who: Option<&str>) -> ExposureReport {
    look(archive, article, who, true).await
}

async fn look(archive: &Archive, article: &str, who: Option<&str>, trace: bool) -> ExposureReport {
    let article = LeakFile { name: "article.txt".into(), bytes: article.as_bytes().to_vec() };
    let request = Exposing { article, alpha: 1e-6, trace };
    archive.expose(&request, who.map(handle).as_ref()).await.unwrap()
}

/// The corpus of real cables; `None`, loudly, where it is missing.
fn corpus() -> Option<Vec<CableRecord>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/cables.jsonl");
    let Ok(file) = std::fs::File::open(path) else {
        assert!(
            std::env::var_os("CHANCERY_REQUIRE_DATA").is_none(),
            "../shared/corpus/cables.jsonl is required and missing"
        );
        eprintln!("SKIPPED: ../shared/corpus/cables.jsonl is missing");
        return None;
    };
    Some(records(std::io::BufReader::new(file), "cables.jsonl").unwrap())
}

fn three() -> Vec<CableRecord> {
    vec![cable("harbour", HARBOUR), cable("shoals", SHOALS), cable("grain", GRAIN)]
}

#[tokio::test(flavor = "current_thread")]
async fn a_long_quotation_finds_its_paper_and_differences_get_their_words() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &three()).await;
    let article = "A leaked cable showed the envoy wrote that the harbour master “warned the pilots of the northern yard with dismissal … nobody came to their aid before the [spring] ice broke”.\n\nIn the same cable, the envoy described “a timid man who counts his boats twice and his friends not at all, and he told me so over lunch with every sign of enjoyment”.";
    let report = expose(&archive, article, None).await;
    assert_eq!(report.quotations.len(), 2, "{:?}", report.quotations);
    for quoted in &report.quotations {
        assert_eq!(quoted.kind, QuotationKind::Restricted);
        assert_eq!(quoted.paper.as_deref(), Some("P1"), "{quoted:?}");
        assert_eq!(quoted.significance.level, Level::Certain);
        let joint = quoted.significance.joint.unwrap();
        assert!(joint.upper >= 1.0 / joint.decoys as f64);
    }
    let [leaked] = report.leaked_papers.as_slice() else { panic!("{:?}", report.leaked_papers) };
    assert_eq!((leaked.paper.as_str(), leaked.quotations.as_slice()), ("P1", &[0, 1][..]));
    assert_eq!(leaked.readers, 20);
    let kinds = |kind: CellKind| {
        let cells = leaked.passages.iter().flat_map(|p| &p.cells);
        cells.filter(|c| c.kind == kind).cloned().collect::<Vec<_>>()
    };
    let changed = kinds(CellKind::Changed);
    assert!(changed.iter().any(|c| c.article == "lunch" && c.paper == "dinner"), "{changed:?}");
    assert_eq!(kinds(CellKind::LeftOut).len(), 1, "{:?}", leaked.passages);
    // So few places single out nobody, and it says so.
    assert!(leaked.copy.says.contains("No copy can be told"), "{}", leaked.copy.says);
    assert!(leaked.copy.bits_needed > leaked.copy.bits);
    assert!(report.statement.contains("No copy can be told"), "{}", report.statement);
}

/// Sentences with places that the author marked, one each.
fn inspections(count: usize) -> Vec<String> {
    const PLACES: [&str; 8] =
        ["Merle", "Sule", "Quarne", "Torvane", "Anstey", "Corvane", "Thornby", "Ostrey"];
    const THINGS: [&str; 7] =
        ["ferry", "granary", "customs house", "north mole", "barracks", "weir", "ropewalk"];
    (0..count)
        .map(|n| {
            let (place, thing) = (PLACES[n % 8], THINGS[n % 7]);
            format!(
                "The {thing} at {place} was inspected on day {n}, and its keeper {{told us|informed us}} that {} hands would be {{dismissed|sent home}} before the thaw.",
                11 + n * 3
            )
        })
        .collect()
}

/// The way from the press to a copy: the spans of the quotations are frozen with the inquiry, read for
/// readings that outlive a quotation, with the press's own changes allowed for.
#[tokio::test(flavor = "current_thread")]
async fn quotations_are_handed_on_to_an_inquiry_and_nothing_else_of_the_article_is() {
    let mut marked = cable("inspections", "");
    marked.markup = true;
    marked.paragraphs = inspections(24).chunks(6).map(|six| six.join(" ")).collect();
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &[three(), vec![marked]].concat()).await;
    let leaked = places_of(&archive, "P4", "r0007").await;
    assert_eq!(leaked.len(), 4);
    // A copy desk changes a word in sixteen.
    let edited = |text: &str| {
        let words = text.split(' ').enumerate();
        let word =
            |(n, w): (usize, &str)| if n % 16 == 9 { "indeed".to_owned() } else { w.to_owned() };
        words.map(word).collect::<Vec<_>>().join(" ")
    };
    let changed: Vec<String> = leaked.iter().map(|text| edited(text)).collect();
    for quoted in [&leaked, &changed] {
        let article: Vec<String> =
            quoted.iter().map(|text| format!("“{text}” a leaked cable said.")).collect();
        let report = expose(&archive, &article.join("\n\n"), None).await;
        let [paper] = report.leaked_papers.as_slice() else { panic!("{:?}", report.quotations) };
        assert_eq!((paper.paper.as_str(), paper.quotations.len()), ("P4", 4));
        assert_eq!(paper.copy.state, "identified", "{}", paper.copy.says);
        let finding = paper.copy.finding.as_ref().unwrap();
        let named: Vec<String> =
            finding.named.iter().map(|c| c.reader.as_ref().unwrap().to_string()).collect();
        assert_eq!(named, ["r0007"]);
        // Characters and layout do not outlive a quotation.
        let sites = &finding.papers[0].sites;
        assert_eq!((sites.characters.read, sites.layout.read), (0, 0));
        assert_eq!(sites.wording.read, paper.copy.places);
    }
    // Control: the same words without marks are the reporter's own, and one quotation is left.
    let (first, rest) = leaked.split_first().unwrap();
    let sentence = first.split_inclusive('.').next().unwrap();
    let article = format!("“{sentence}” a leaked cable said.\n\n{}", rest.join("\n\n"));
    let report = expose(&archive, &article, None).await;
    for paper in &report.leaked_papers {
        assert!(paper.copy.places <= 2, "{}", paper.copy.says);
        assert_ne!(paper.copy.state, "identified", "{}", paper.copy.says);
    }
}

/// The paragraphs of a copy that hold places, in one line each.
async fn places_of(archive: &Archive, paper: &str, reader: &str) -> Vec<String> {
    let copy = archive.open_copy(paper, &handle(reader), Format::Txt).await.unwrap();
    let copy = String::from_utf8(copy.bytes).unwrap();
    let places = copy.split("\n\n").filter(|paragraph| paragraph.contains("keeper"));
    places.map(|p| p.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A copy desk that turns marked words into those of somebody else's copy does not get him named: at the rate at
/// which the press changes words the right copy is named or none.
#[tokio::test(flavor = "current_thread")]
async fn misquoted_words_never_name_whoever_has_them() {
    const SENTENCES: usize = 48;
    let mut marked = cable("inspections", "");
    marked.markup = true;
    marked.paragraphs = inspections(SENTENCES).chunks(6).map(|six| six.join(" ")).collect();
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &[three(), vec![marked]].concat()).await;
    let leaked = places_of(&archive, "P4", "r0007").await;
    // Every seventh sentence is as another has it: a place in seven, where one in fourteen is usual.
    let misquote = |other: &[String]| {
        let mut misquoted = 0;
        let paragraphs = leaked.iter().zip(other).enumerate().map(|(n, (right, wrong))| {
            let sentences = right.split_inclusive(". ").zip(wrong.split_inclusive(". "));
            let quoted = sentences.enumerate().map(|(k, (right, wrong))| {
                let changed = (6 * n + k) % 7 == 3;
                misquoted += usize::from(changed && right != wrong);
                if changed { wrong } else { right }
            });
            format!("“{}” a leaked cable said.\n\n", quoted.collect::<String>())
        });
        let article: String = paragraphs.collect();
        (misquoted, article)
    };
    // Rows are drawn anew in each run: the four whose words change the most.
    let mut articles = Vec::new();
    for other in (1..=20).filter(|n| *n != 7) {
        let copy = places_of(&archive, "P4", &format!("r{other:04}")).await;
        articles.push(misquote(&copy));
    }
    articles.sort_by(|a, b| b.cmp(a));
    articles.truncate(4);
    let misquoted: usize = articles.iter().map(|(misquoted, _)| misquoted).sum();
    let mut named = 0;
    for (_, article) in &articles {
        let report = expose(&archive, article, None).await;
        let [paper] = report.leaked_papers.as_slice() else { panic!("{:?}", report.quotations) };
        let finding = paper.copy.finding.as_ref().unwrap();
        let readers: Vec<String> =
            finding.named.iter().map(|c| c.reader.as_ref().unwrap().to_string()).collect();
        assert!(readers.iter().all(|reader| reader == "r0007"), "{readers:?}");
        named += readers.len();
    }
    assert!(misquoted >= 6, "{misquoted} sentences were misquoted");
    assert!(named >= 3, "the right copy in {named} of 4");
    // Control: the other's own words do name him.
    let other = places_of(&archive, "P4", "r0012").await;
    let article: Vec<String> =
        other.iter().map(|p| format!("“{p}” a leaked cable said.")).collect();
    let report = expose(&archive, &article.join("\n\n"), None).await;
    let finding = report.leaked_papers[0].copy.finding.as_ref().unwrap();
    assert_eq!(finding.named[0].reader.as_ref().unwrap().to_string(), "r0012");
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a report shows of a paper is what the person's own copy has, not the draft and not another's copy.
#[tokio::test(flavor = "current_thread")]
async fn passages_are_those_of_the_viewers_own_copy() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ministry(folder.path(), false).await;
    let text = inspections(24).chunks(6).map(|six| six.join(" ")).collect::<Vec<_>>().join("\n\n");
    let paper = NewPaper {
        head: cable("inspections", &text).head(),
        from: handle("desk"),
        origin_reads: true,
        to: vec![handle("other")],
        info: Vec::new(),
        text: DraftText::from_file(&text, true, Choice::default()),
        circulation: Circulation::default(),
    };
    let paper = archive.draft(&paper, &handle("ann")).await.unwrap();
    archive.release(&paper, &handle("ann"), &Finders::embedded()).await.unwrap();
    // The article quotes the draft's own words throughout, whatever the viewer's copy has.
    let drafted = |text: &str| {
        let mut out = String::new();
        for part in text.split('{') {
            match part.split_once('}') {
                Some((readings, rest)) => {
                    out.push_str(readings.split('|').next().unwrap());
                    out.push_str(rest);
                }
                None => out.push_str(part),
            }
        }
        out
    };
    let drafted = drafted(&text);
    let article: Vec<String> =
        drafted.split("\n\n").map(|p| format!("“{p}” a leaked cable said.")).collect();
    let mut shown = Vec::new();
    let mut copies = Vec::new();
    for viewer in ["ann", "ben"] {
        let report = look(&archive, &article.join("\n\n"), Some(viewer), false).await;
        let [leaked] = report.leaked_papers.as_slice() else { panic!("{:?}", report.quotations) };
        assert_eq!((&leaked.paper, leaked.passages.len()), (&paper, 4));
        let passages: Vec<String> = leaked
            .passages
            .iter()
            .map(|p| {
                let cells = p.cells.iter().map(|cell| cell.paper.as_str());
                letters(&[&p.before, cells.collect::<String>().as_str(), &p.after].concat())
            })
            .collect();
        // A reading that the viewer's copy does not have differs, though other copies have it.
        let cells = leaked.passages.iter().flat_map(|p| &p.cells);
        assert!(cells.filter(|c| c.kind == CellKind::Changed).count() >= 6, "{viewer}");
        shown.push(passages);
        let copy = archive.open_copy(&paper, &handle(viewer), Format::Txt).await.unwrap();
        copies.push(letters(&String::from_utf8(copy.bytes).unwrap()));
    }
    let has =
        |text: &str, passages: &[String]| passages.iter().filter(|p| text.contains(*p)).count();
    for (own, other) in [(0, 1), (1, 0)] {
        assert_eq!(has(&copies[own], &shown[own]), 4, "all of the own copy");
        // Controls: marks differ, so what is shown is in no other text.
        assert_eq!(has(&copies[other], &shown[own]), 0, "another's copy");
        assert_eq!(has(&letters(&drafted), &shown[own]), 0, "the draft");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_splice_of_two_papers_finds_both_and_a_few_words_find_none() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &three()).await;
    let article = "“The pilots have lost a third of their boats, and those who stay ask for contracts in writing,” a leaked cable said. “His deputy has gone to law, and the clerk who keeps the minutes assures me that neither is expected to return,” said another leaked cable. The leaked cable called the minister “timid”.";
    let report = expose(&archive, article, None).await;
    let papers: Vec<&str> = report.leaked_papers.iter().map(|p| p.paper.as_str()).collect();
    assert_eq!(papers, ["P2", "P3"], "{:?}", report.quotations);
    let one = report.quotations.iter().find(|q| q.text == "timid").unwrap();
    assert_eq!((one.paper.as_deref(), one.kind), (None, QuotationKind::Restricted));
    assert!(one.significance.says.contains("too common to name a paper"));
    // The paper that has the word is a candidate and no more.
    assert_eq!(one.also_matches[0].paper, "P1");
}

#[tokio::test(flavor = "current_thread")]
async fn the_register_decides_and_contradictions_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &three()).await;
    let quoted = "a timid man who counts his boats twice and his friends not at all";
    let leaked = format!("A leaked cable showed the envoy called the Minister “{quoted}”.");
    let public = format!("The envoy said in a statement the Minister was “{quoted}”.");
    let before = expose(&archive, &leaked, None).await;
    assert_eq!(before.quotations[0].kind, QuotationKind::Restricted);
    assert!(before.contradictions.is_empty());
    // Said in public, says the article; nothing is filed, and a restricted paper has it.
    let claimed = expose(&archive, &public, None).await;
    assert_eq!(claimed.quotations[0].kind, QuotationKind::Public);
    assert_eq!(claimed.contradictions.len(), 1, "{:?}", claimed.quotations);
    assert!(claimed.contradictions[0].says.contains("no such text is filed"));
    assert!(claimed.leaked_papers.is_empty());
    // Filed, it is public, whoever else has it, and the claim of a leak is contradicted.
    let speech = NewPublic {
        name: "speech.txt".into(),
        bytes: format!("My lords, I called him {quoted}, and I do so again.").into_bytes(),
        kind: PublicKind::Statement,
        ..NewPublic::default()
    };
    let filed = archive.file_public(std::slice::from_ref(&speech), None).await.unwrap();
    assert_eq!((filed[0].text.as_str(), filed[0].already), ("T1", false));
    assert!(archive.file_public(&[speech], None).await.unwrap()[0].already);
    let after = expose(&archive, &leaked, None).await;
    assert_eq!(after.quotations[0].kind, QuotationKind::Public);
    assert_eq!(after.quotations[0].paper.as_deref(), Some("T1"));
    assert_eq!(after.contradictions.len(), 1);
    assert!(after.leaked_papers.is_empty());
    assert!(expose(&archive, &public, None).await.contradictions.is_empty());
    assert_eq!(archive.verify(|_, _| {}).await.unwrap().kinds["public.filed"], 1);
}

/// A ministry in earnest: two desks, papers of each, an officer who reads one desk's papers only.
async fn ministry(folder: &Path, secret: bool) -> Archive {
    let archive = Archive::init(&folder.join("a"), Clock::System).await.unwrap();
    for office in ["desk", "other", "legal", "registry"] {
        let details =
            OfficeDetails { title: office.into(), kind: "desk".into(), ..Default::default() };
        archive.add_office(&handle(office), &details, None).await.unwrap();
    }
    for (person, office) in [("ann", "desk"), ("ben", "other"), ("cas", "legal")] {
        let details = PersonDetails { name: person.into(), ..Default::default() };
        archive.add_person(&handle(person), &details, None).await.unwrap();
        let term = Term::from(date(2020, 1, 1));
        let (person, office) = (handle(person), handle(office));
        archive
            .start_posting(&person, &office, Capacity::Substantive, term, false, None)
            .await
            .unwrap();
    }
    let finders = Finders::embedded();
    let paper = |id: &str, text: &str, from: &str| NewPaper {
        head: cable(id, text).head(),
        from: handle(from),
        origin_reads: true,
        to: vec![handle("registry")],
        info: Vec::new(),
        text: DraftText::from_file(text, false, Choice::default()),
        circulation: Circulation::default(),
    };
    for (id, text) in [("shoals", SHOALS), ("grain", GRAIN)] {
        let paper = archive.draft(&paper(id, text, "desk"), &handle("ann")).await.unwrap();
        archive.release(&paper, &handle("ann"), &finders).await.unwrap();
    }
    if secret {
        let text = format!("{HARBOUR} {SHOALS}");
        let paper = archive.draft(&paper("secret", &text, "other"), &handle("ben")).await.unwrap();
        archive.release(&paper, &handle("ben"), &finders).await.unwrap();
    }
    archive
}

#[tokio::test(flavor = "current_thread")]
async fn a_paper_that_one_may_not_read_influences_nothing() {
    let article = "A leaked cable showed the envoy called the Minister “a timid man who counts his boats twice and his friends not at all”. “The pilots have lost a third of their boats, and those who stay ask for contracts in writing,” it said, and called it “timid”.";
    let mut seen = Vec::new();
    for secret in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let archive = ministry(folder.path(), secret).await;
        let report = expose(&archive, article, Some("ann")).await;
        seen.push(
            serde_json::to_value((&report.quotations, report.papers, &report.contradictions))
                .unwrap(),
        );
        assert_eq!(report.leaked_papers.len(), 1);
        // Passages come from the reader's own copy, and the record knows.
        let leaked = &report.leaked_papers[0];
        assert_eq!((leaked.paper.as_str(), leaked.passages.len()), ("P1", 1));
        if leaked.copy.places > 0 {
            assert_eq!(leaked.copy.state, "awaiting approval");
        }
        let kinds = archive.verify(|_, _| {}).await.unwrap().kinds;
        assert_eq!((kinds["copy.opened"], kinds["article.exposed"]), (1, 1));
        // Control: somebody who may read it sees another picture.
        if secret {
            let other = expose(&archive, article, Some("ben")).await;
            let own =
                serde_json::to_value((&other.quotations, other.papers, &other.contradictions));
            assert_ne!(own.unwrap(), seen[0], "the control");
        }
        let nobody = LeakFile { name: "a.txt".into(), bytes: b"x".to_vec() };
        let request = Exposing { article: nobody, alpha: 1e-6, trace: false };
        assert!(archive.expose(&request, None).await.is_err(), "somebody must ask");
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_statement_is_public_from_its_hour_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = ministry(folder.path(), false).await;
    let hour: jiff::Timestamp = "2090-05-01T09:00:00Z".parse().unwrap();
    let particulars = Particulars { publishes: Some(hour), ..Particulars::default() };
    let statement = NewPaper {
        head: cable("statement", HARBOUR).head(),
        from: handle("desk"),
        origin_reads: true,
        to: vec![handle("registry")],
        info: Vec::new(),
        text: DraftText::from_file(HARBOUR, false, Choice::default()),
        circulation: Circulation {
            kind: PaperKind::Statement,
            particulars,
            ..Circulation::default()
        },
    };
    let paper = archive.draft(&statement, &handle("ann")).await.unwrap();
    archive.release(&paper, &handle("ann"), &Finders::embedded()).await.unwrap();
    let article = "“Nobody came to their aid before the ice broke. He regards the Minister as a timid man who counts his boats twice,” Doe said in a statement.";
    let before = expose(&archive, article, Some("ann")).await;
    assert_eq!(before.contradictions.len(), 1, "{:?}", before.quotations);
    archive.set_clock(Clock::Fixed(hour));
    let after = expose(&archive, article, Some("cas")).await;
    let quoted = &after.quotations[0];
    assert_eq!((quoted.kind, quoted.paper.as_ref()), (QuotationKind::Public, Some(&paper)));
    assert!(after.contradictions.is_empty() && after.leaked_papers.is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn an_index_lasts_is_built_anew_and_reads_from_sealed_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &three()).await;
    let article = "“The pilots have lost a third of their boats, and those who stay ask for contracts in writing,” a leaked cable said.";
    let first = expose(&archive, article, None).await;
    archive.close().await;
    // Opened again: read block by block.
    let archive = Archive::open(&folder.path().join("a"), Clock::System).await.unwrap();
    let second = expose(&archive, article, None).await;
    assert_eq!(first.quotations, second.quotations);
    // More papers join.
    let more = [cable("more", &HARBOUR.replace("harbour", "custom house"))];
    let finders = Finders::embedded();
    archive.import_exercise(&more, 20, &Choice::default(), &finders, |_, _| {}).await.unwrap();
    assert_eq!(expose(&archive, article, None).await.papers, 4);
    archive.close().await;
    // Without an index, or with another fold's, it is built from the masters.
    let path = folder.path().join("a").join("archive.sqlite");
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::query("UPDATE meta SET value = 'older' WHERE name = 'exposure-fold'")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM segment").execute(&pool).await.unwrap();
    pool.close().await;
    let archive = Archive::open(&folder.path().join("a"), Clock::System).await.unwrap();
    let third = expose(&archive, article, None).await;
    assert_eq!(third.quotations[0].paper.as_deref(), Some("P2"));
    assert_eq!(third.papers, 4);
    archive.close().await;
    // A block that was exchanged does not open.
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::query("UPDATE segment_block SET sealed = (SELECT sealed FROM segment_block WHERE number = 1) WHERE number > 1")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let archive = Archive::open(&folder.path().join("a"), Clock::System).await.unwrap();
    let request = Exposing {
        article: LeakFile { name: "a.txt".into(), bytes: article.as_bytes().to_vec() },
        alpha: 1e-6,
        trace: false,
    };
    let error = archive.expose(&request, None).await.unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
}

/// Articles made from cables, with the press's changes: at least nine of ten quotations of eight words or
/// more are found at their paper, and no wrong paper is called certain; nor is any for cables that are not
/// in the archive.
#[tokio::test(flavor = "current_thread")]
async fn articles_nobody_has_seen_name_no_wrong_paper() {
    let Some(all) = corpus() else { return };
    let full = std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1");
    let (papers, ours, theirs) = if full { (400, 40, 20) } else { (120, 12, 6) };
    let all = all.into_iter().filter(|c| words(c) >= 150).take(papers * 23 / 20);
    let all: Vec<CableRecord> = all.collect();
    let (inside, outside) = all.split_at(papers);
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), inside).await;
    let (mut asked, mut found, mut wrong) = (0, 0, Vec::new());
    for made in articles(inside, ours, 20_190_710) {
        let report = look(&archive, &made.text, None, false).await;
        for (words, text) in &made.quoted {
            let right = report.quotations.iter().find(|q| q.text.trim_end_matches(',') == text);
            let named = right.and_then(|q| q.paper.as_deref()) == Some(made.paper.as_str());
            if *words >= 8 {
                asked += 1;
                found += usize::from(named);
            }
        }
        for leaked in &report.leaked_papers {
            if leaked.paper != made.paper && !leaked.carriers.contains(&made.paper) {
                wrong.push((made.paper.clone(), leaked.paper.clone()));
            }
        }
    }
    eprintln!("{found} of {asked} quotations of 8 words and more at their paper; wrong: {wrong:?}");
    assert!(asked >= 2 * ours, "{asked}");
    assert!(found * 10 >= asked * 9, "{found} of {asked}");
    assert!(wrong.is_empty(), "{wrong:?}");
    let mut strangers = Vec::new();
    for made in articles(outside, theirs, 20_190_711) {
        let report = look(&archive, &made.text, None, false).await;
        strangers.extend(report.leaked_papers.iter().map(|l| l.paper.clone()));
    }
    eprintln!("papers named for {theirs} articles about other cables: {strangers:?}");
    assert!(strangers.len() <= 1, "{strangers:?}");
}
