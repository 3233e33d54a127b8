//! Random ministries: what may not be read changes nothing of what is found.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::*;
use crate::{Circulation, Clock, DraftText, Finders, NewPaper, OfficeDetails, PersonDetails};
use chancery_domain::label::Policy;
use chancery_domain::{Capacity, House, Label, Particulars, Relation, Term};
use chancery_text::build::Choice;
use jiff::civil::date;

/// splitmix64 with a fixed seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }
}

const WORDS: [&str; 16] = [
    "harbour",
    "survey",
    "delegation",
    "minister",
    "treaty",
    "grain",
    "bridge",
    "pilot",
    "winter",
    "estimate",
    "embassy",
    "border",
    "river",
    "railway",
    "loan",
    "election",
];

async fn office(archive: &Archive, name: &str) {
    let details = OfficeDetails { title: name.into(), ..OfficeDetails::default() };
    archive.add_office(&name.parse().unwrap(), &details, None).await.unwrap();
}

async fn person(archive: &Archive, name: &str, offices: &[&str]) {
    let details = PersonDetails { name: name.into(), ..PersonDetails::default() };
    archive.add_person(&name.parse().unwrap(), &details, None).await.unwrap();
    for office in offices {
        let (name, office) = (name.parse().unwrap(), office.parse().unwrap());
        let since = Term::from(date(2020, 1, 1));
        archive
            .start_posting(&name, &office, Capacity::Substantive, since, true, None)
            .await
            .unwrap();
    }
}

async fn paper(archive: &Archive, subject: &str, text: &str, to: &[&str]) -> String {
    let label = Label { classification: "Secret".into(), handling: vec!["Home Staff".into()] };
    sent(archive, subject, text, to, label, Circulation::default()).await
}

async fn sent(
    archive: &Archive,
    subject: &str,
    text: &str,
    to: &[&str],
    label: Label,
    circulation: Circulation,
) -> String {
    let head = Head { subject: subject.into(), label, ..Head::default() };
    let new = NewPaper {
        head,
        from: "desk".parse().unwrap(),
        origin_reads: false,
        to: to.iter().map(|o| o.parse().unwrap()).collect(),
        info: Vec::new(),
        text: DraftText::from_file(text, true, Choice::default()),
        circulation,
    };
    let drafter = "drafter".parse().unwrap();
    let paper = archive.draft(&new, &drafter).await.unwrap();
    archive.release(&paper, &drafter, &Finders::embedded()).await.unwrap();
    paper
}

async fn founded(folder: &Path) -> Archive {
    let archive = Archive::init(folder, Clock::System).await.unwrap();
    office(&archive, "desk").await;
    person(&archive, "drafter", &["desk"]).await;
    archive
}

/// Papers of random words with wording places, each sent to some of four offices.
async fn ministry(folder: &Path, seed: u64) -> Archive {
    let archive = founded(folder).await;
    let offices = ["o0", "o1", "o2", "o3"];
    for name in offices {
        office(&archive, name).await;
    }
    person(&archive, "one", &["o0"]).await;
    person(&archive, "two", &["o1", "o2"]).await;
    person(&archive, "all", &offices).await;
    person(&archive, "none", &[]).await;
    let mut draw = Draw(seed);
    for _ in 0..14 {
        let words: Vec<String> = (0..30 + draw.below(40))
            .map(|at| {
                let word = WORDS[draw.below(WORDS.len())];
                let other = WORDS[draw.below(WORDS.len())];
                if at % 9 == 4 && word != other {
                    format!("{{{word}|{other}}}")
                } else {
                    word.into()
                }
            })
            .collect();
        let subject = format!("{} {}", WORDS[draw.below(16)], WORDS[draw.below(16)]);
        let to: Vec<&str> = offices.iter().copied().filter(|_| draw.below(2) == 0).collect();
        paper(&archive, &subject, &words.join(" "), &to).await;
    }
    archive
}

fn queries(seed: u64) -> Vec<String> {
    let mut draw = Draw(seed ^ 0xabcd);
    let mut word = || WORDS[draw.below(WORDS.len())];
    let mut out = Vec::new();
    for _ in 0..4 {
        out.push(word().to_owned());
        out.push(format!("{} {}", word(), word()));
        out.push(format!("\"{} {}\"", word(), word()));
        out.push(format!("{} -{} label:secret office:desk from:2020-01-01", word(), word()));
    }
    out.push("kind:cable label:\"home staff\"".into());
    out
}

/// Everything that a reader gets from the archive by searching, as bytes.
async fn answers(archive: &Archive, reader: &str, seed: u64) -> Vec<String> {
    let who = reader.parse().unwrap();
    let mut out = Vec::new();
    for query in queries(seed) {
        let found = archive.search(&who, &query, &Seek { limit: 50, excerpts: false }).await;
        out.push(format!("{query}: {}", serde_json::to_string(&found.unwrap()).unwrap()));
    }
    for prefix in ["h", "s", "e"] {
        out.push(archive.suggest(&who, prefix).await.unwrap().join(" "));
    }
    out
}

async fn visible(archive: &Archive, reader: &str) -> BTreeSet<PaperId> {
    let mut out = BTreeSet::new();
    for listed in archive.list_papers().await.unwrap() {
        if archive.may_open(&listed.paper, &reader.parse().unwrap()).await.unwrap() {
            out.insert(PaperId(listed.paper[1..].parse().unwrap()));
        }
    }
    out
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Deletes every trace of papers but for their entries in the record.
async fn without(folder: &Path, keep: &BTreeSet<PaperId>) -> usize {
    let options =
        SqliteConnectOptions::new().filename(folder.join("archive.sqlite")).foreign_keys(false);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let ids: Vec<(i64,)> = sqlx::query_as("SELECT id FROM paper").fetch_all(&pool).await.unwrap();
    let mut deleted = 0;
    for (id,) in ids.into_iter().filter(|(id,)| !keep.contains(&PaperId(*id))) {
        deleted += 1;
        for statement in [
            "DELETE FROM part WHERE paper = $1",
            "DELETE FROM distribution WHERE paper = $1",
            "DELETE FROM binding WHERE paper = $1",
            "DELETE FROM reading WHERE paper = $1",
            "DELETE FROM paper WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id).execute(&pool).await.unwrap();
        }
    }
    pool.close().await;
    deleted
}

#[tokio::test(flavor = "current_thread")]
async fn papers_that_may_not_be_read_change_no_byte_of_an_answer() {
    let mut differing = 0;
    let seeds = if std::env::var_os("CHANCERY_FULL").is_some_and(|v| v == "1") { 3 } else { 1 };
    for seed in 0..seeds {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whole");
        let archive = ministry(&path, seed).await;
        let of_all = answers(&archive, "all", seed).await;
        let mut seen = BTreeMap::new();
        for reader in ["one", "two", "none"] {
            seen.insert(reader, visible(&archive, reader).await);
        }
        archive.close().await;
        for (reader, may) in seen {
            let archive = Archive::open(&path, Clock::System).await.unwrap();
            let whole = answers(&archive, reader, seed).await;
            let opened = archive.shelf.opened();
            assert!(opened.is_subset(&may), "{reader}: {opened:?} were opened, {may:?} may be");
            assert_eq!(opened.is_empty(), may.is_empty());
            archive.close().await;
            let less = folder.path().join(reader);
            copied(&path, &less);
            assert!(without(&less, &may).await > 0, "the control: something was deleted");
            let archive = Archive::open(&less, Clock::System).await.unwrap();
            assert_eq!(answers(&archive, reader, seed).await, whole, "seed {seed}, {reader}");
            archive.close().await;
            if reader == "none" {
                assert!(whole.iter().all(|a| a.contains("\"found\":0") || a.is_empty()));
            }
            differing += whole.iter().zip(&of_all).filter(|(a, b)| a != b).count();
        }
    }
    // More than fifty of three houses.
    assert!(
        3 * differing > 50 * seeds as usize,
        "the control: whoever may read more gets other answers ({differing})"
    );
}

/// Five papers to one office. Its reader `one` may not open the second for its label, the third for its
/// embargo, and the fourth because the fifth cancels it; `all` may open the second too.
async fn shut(folder: &Path) -> Archive {
    let archive = founded(folder).await;
    office(&archive, "o0").await;
    for name in ["one", "all"] {
        person(&archive, name, &["o0"]).await;
    }
    let drafter = "drafter".parse().unwrap();
    archive.set_policy(Policy::shipped_xml("company").unwrap(), &drafter).await.unwrap();
    let house = House { cancelled_readable: false, ..House::default() };
    archive.set_house_rules(&house, &drafter).await.unwrap();
    for (name, clearance) in [
        ("drafter", "STRICTLY CONFIDENTIAL"),
        ("all", "STRICTLY CONFIDENTIAL"),
        ("one", "CONFIDENTIAL"),
    ] {
        let clearance = Some(clearance.into());
        let details = PersonDetails { name: name.into(), clearance, ..PersonDetails::default() };
        archive.set_person(&name.parse().unwrap(), &details, None).await.unwrap();
    }
    let lifts = Some("2061-01-01T00:00:00Z".parse().unwrap());
    let embargo = Particulars { lifts, ..Particulars::default() };
    let papers = [
        ("harbour", "CONFIDENTIAL", Circulation::default()),
        ("survey", "STRICTLY CONFIDENTIAL", Circulation::default()),
        (
            "estimate",
            "CONFIDENTIAL",
            Circulation { particulars: embargo, ..Circulation::default() },
        ),
        ("election", "CONFIDENTIAL", Circulation::default()),
        (
            "harbour",
            "CONFIDENTIAL",
            Circulation {
                sequel: Some((Relation::Cancels, "P4".into())),
                ..Circulation::default()
            },
        ),
    ];
    for (subject, classification, circulation) in papers {
        let label = Label { classification: classification.into(), handling: Vec::new() };
        sent(&archive, subject, &WORDS.join(" "), &["o0"], label, circulation).await;
    }
    archive
}

#[tokio::test(flavor = "current_thread")]
async fn papers_shut_by_label_embargo_or_cancellation_change_no_byte_of_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole");
    let archive = shut(&path).await;
    let of_all = answers(&archive, "all", 0).await;
    let may = visible(&archive, "one").await;
    assert_eq!(may, [PaperId(1), PaperId(5)].into());
    assert_eq!(visible(&archive, "all").await, [PaperId(1), PaperId(2), PaperId(5)].into());
    archive.close().await;
    let archive = Archive::open(&path, Clock::System).await.unwrap();
    let whole = answers(&archive, "one", 0).await;
    assert!(archive.shelf.opened().is_subset(&may));
    archive.close().await;
    assert!(whole.iter().any(|answer| answer.contains("\"found\":2")), "{whole:?}");
    assert_ne!(whole, of_all, "the control: whoever may read more gets other answers");
    let less = folder.path().join("less");
    copied(&path, &less);
    assert_eq!(without(&less, &may).await, 3);
    let archive = Archive::open(&less, Clock::System).await.unwrap();
    assert_eq!(answers(&archive, "one", 0).await, whole);
}

#[tokio::test(flavor = "current_thread")]
async fn readers_with_the_same_rights_get_the_same_answer_whatever_their_copies_say() {
    let folder = tempfile::tempdir().unwrap();
    let archive = founded(&folder.path().join("a")).await;
    office(&archive, "capital").await;
    let readers = ["r0", "r1", "r2", "r3", "r4", "r5"];
    for reader in readers {
        person(&archive, reader, &["capital"]).await;
    }
    // Long enough to be traced: places of shorter papers are struck at release.
    let text = "The {envoy|delegate} gave a {strong|firm|clear} answer, and {began|started} to press for {additional|more} assistance.\n\nNobody at the table of the northern town had expected so many words from him in one evening, and the governor left early.";
    paper(&archive, "Answer", text, &["capital"]).await;
    let mut copies = BTreeSet::new();
    let mut found = Vec::new();
    for reader in readers {
        let who = reader.parse().unwrap();
        copies.insert(archive.open_copy("P1", &who, Format::Txt).await.unwrap().bytes);
        let mut of_reader = Vec::new();
        for query in
            ["envoy", "delegate", "\"firm answer\"", "\"strong answer\"", "started more", "absent"]
        {
            of_reader.push(archive.search(&who, query, &Seek::default()).await.unwrap());
        }
        found.push(of_reader);
    }
    assert!(copies.len() > 1, "the control: copies differ");
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    let counts: Vec<usize> = found[0].iter().map(|f| f.found).collect();
    assert_eq!(counts, [1, 1, 1, 1, 1, 0]);
}

#[tokio::test(flavor = "current_thread")]
async fn excerpts_are_recorded_readings_of_ones_own_copy() {
    let folder = tempfile::tempdir().unwrap();
    let archive = founded(&folder.path().join("a")).await;
    office(&archive, "capital").await;
    person(&archive, "reader", &["capital"]).await;
    let who: Handle = "reader".parse().unwrap();
    for at in 0..3 {
        let text = format!(
            "The minister spoke at length of the {{harbour|port}} of the northern town, number {at}, before dinner."
        );
        paper(&archive, "Harbour", &text, &["capital"]).await;
    }
    let plain = archive.search(&who, "northern town", &Seek::default()).await.unwrap();
    assert!(plain.hits.iter().all(|hit| hit.excerpts.is_empty()));
    let kinds = archive.verify(|_, _| {}).await.unwrap().kinds;
    assert_eq!(kinds.get("copy.opened"), None, "a search alone opens nothing");
    let seek = Seek { limit: 2, excerpts: true };
    let found = archive.search(&who, "\"northern town\"", &seek).await.unwrap();
    assert_eq!((found.found, found.hits.len()), (3, 2));
    for hit in &found.hits {
        let copy = archive.open_copy(&hit.paper, &who, Format::Txt).await.unwrap().bytes;
        let copy = String::from_utf8(copy).unwrap();
        let excerpt = hit.excerpts[0].trim_matches(['…', ' ']);
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat(&copy).contains(excerpt), "“{excerpt}” is not in: {copy}");
        assert!(excerpt.contains("northern town"));
    }
    let kinds = archive.verify(|_, _| {}).await.unwrap().kinds;
    assert_eq!(kinds.get("copy.opened"), Some(&4));
    assert_eq!(kinds.get("search.run"), Some(&2));
    let mut excerpts = 0;
    archive
        .walk(|_, body| {
            excerpts += usize::from(body.fields.get("format") == Some(&json!("excerpt")));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(excerpts, 2);
}

#[tokio::test(flavor = "current_thread")]
async fn papers_of_before_there_was_a_search_are_found_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let archive = founded(&path).await;
    office(&archive, "capital").await;
    person(&archive, "reader", &["capital"]).await;
    paper(&archive, "Harbour", "The minister spoke of the northern town.", &["capital"]).await;
    let who = "reader".parse().unwrap();
    let before = archive.search(&who, "northern minister harbour", &Seek::default()).await.unwrap();
    archive.close().await;
    let database = SqliteConnectOptions::new().filename(path.join("archive.sqlite"));
    let pool = SqlitePool::connect_with(database).await.unwrap();
    let gone = sqlx::query("DELETE FROM part WHERE name = 'terms'").execute(&pool).await.unwrap();
    assert_eq!(gone.rows_affected(), 1);
    pool.close().await;
    let archive = Archive::open(&path, Clock::System).await.unwrap();
    let after = archive.search(&who, "northern minister harbour", &Seek::default()).await.unwrap();
    assert_eq!((before.found, before), (1, after));
}

#[tokio::test(flavor = "current_thread")]
async fn a_saved_search_shows_what_is_new_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let archive = founded(&folder.path().join("a")).await;
    office(&archive, "capital").await;
    person(&archive, "reader", &["capital"]).await;
    person(&archive, "other", &["capital"]).await;
    let (who, other) = ("reader".parse().unwrap(), "other".parse().unwrap());
    paper(&archive, "Harbour", "The minister spoke of grain.", &["capital"]).await;
    archive.save_search(&who, "grain", "grain minister").await.unwrap();
    let seek = Seek::default();
    let run = async |new| {
        let found = archive.run_saved(&who, "grain", &seek, new).await.unwrap();
        found.hits.into_iter().map(|hit| hit.paper).collect::<Vec<_>>()
    };
    assert_eq!(run(true).await, ["P1"]);
    assert!(run(true).await.is_empty());
    paper(&archive, "Bridge", "The minister spoke of grain and bridges.", &["capital"]).await;
    paper(&archive, "Bridge", "The minister spoke of grain and roads.", &["desk"]).await;
    assert_eq!(run(true).await, ["P2"]);
    assert_eq!(run(false).await.len(), 2);
    assert!(archive.run_saved(&other, "grain", &seek, false).await.is_err());
    assert_eq!(archive.saved_searches(&who).await.unwrap()[0].query, "grain minister");
    assert!(archive.saved_searches(&other).await.unwrap().is_empty());
    assert!(archive.save_search(&who, "x", "\"open").await.is_err());
    archive.drop_search(&who, "grain").await.unwrap();
    assert!(archive.drop_search(&who, "grain").await.is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn no_word_of_a_paper_or_a_query_lies_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let archive = founded(&path).await;
    office(&archive, "plainhandle").await;
    person(&archive, "reader", &["plainhandle"]).await;
    let who = "reader".parse().unwrap();
    let text = "Qhimmerstone is the word of the {ploverwick|grebewick} itself.";
    paper(&archive, "Subjectabel", text, &["plainhandle"]).await;
    let seek = Seek { limit: 5, excerpts: true };
    for query in ["qhimmerstone", "\"the grebewick\"", "subjectabel", "queryonlyword"] {
        archive.search(&who, query, &seek).await.unwrap();
    }
    archive.save_search(&who, "savedunderthis", "savedqueryword").await.unwrap();
    archive.run_saved(&who, "savedunderthis", &seek, true).await.unwrap();
    archive.suggest(&who, "subj").await.unwrap();
    let inside = |word: &str| {
        std::fs::read_dir(&path).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap().to_ascii_lowercase();
            bytes.windows(word.len()).any(|w| w == word.as_bytes())
        })
    };
    assert!(inside("plainhandle"), "the control: handles are in the clear, and would be found");
    for canary in [
        "qhimmerstone",
        "ploverwick",
        "grebewick",
        "subjectabel",
        "queryonlyword",
        "savedunderthis",
        "savedqueryword",
    ] {
        assert!(!inside(canary), "{canary} lies in the clear");
    }
    archive.close().await;
    assert!(!inside("qhimmerstone") && !inside("queryonlyword"), "nor after closing");
}
