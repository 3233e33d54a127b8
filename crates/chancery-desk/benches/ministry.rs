//! How long a large ministry waits: one access, a reading list, a history of postings, a paper's readers.
//!
//! `cargo bench -p chancery-desk --bench ministry` fills an archive with 10,000 persons, 2,000 offices
//! and 1,000,000 papers, and prints medians and 99th percentiles over subjects spread through all of it,
//! beside the same questions in plain SQL (prepared, same file, same process). `-- --small` takes a
//! fiftieth of the papers; `CHANCERY_PERSONS`, `CHANCERY_OFFICES` and `CHANCERY_PAPERS` set the sizes,
//! `CHANCERY_SAMPLES` how often each question is asked. Rows are written as a release leaves them, without
//! masters: minting is measured elsewhere.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use chancery_desk::{Archive, Clock, Head, OfficeDetails, PersonDetails};
use chancery_domain::label::{Engagement, Policy, Reader};
use chancery_domain::rules::{self, Act, PaperFacts, PersonFacts, Rulebook};
use chancery_domain::{Capacity, Handle, House, PaperState, Term};
use chancery_store::{PaperId, PersonId, Store};
use chancery_vault::{Aad, ArchiveKey, KeyFile, KeyVersion, Nonce, Padding, seal};
use jiff::Timestamp;
use jiff::civil::date;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, QueryBuilder, Row};

/// Papers written by one statement.
const BATCH: i64 = 500;
const PAGE: u32 = 25;
/// Papers that the collector has read, at full size.
const READ: i64 = 50_000;
/// The day on which everything is asked.
const TODAY: &str = "2032-06-01";
/// How many decisions make one sample; one alone is near the clock's grain.
const DECISIONS: u32 = 100;

#[derive(Clone, Copy)]
struct Size {
    persons: i64,
    offices: i64,
    papers: i64,
    samples: i64,
}

impl Size {
    fn asked_for() -> Self {
        let small = std::env::args().any(|argument| argument == "--small");
        let (persons, offices, papers) =
            if small { (1_000, 200, 20_000) } else { (10_000, 2_000, 1_000_000) };
        let or = |name: &str, usual: i64| {
            std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
        };
        Self {
            persons: or("CHANCERY_PERSONS", persons).max(20),
            offices: or("CHANCERY_OFFICES", offices).max(20),
            papers: or("CHANCERY_PAPERS", papers).max(1_000),
            samples: or("CHANCERY_SAMPLES", 300).max(10),
        }
    }

    /// Subjects spread through `2..=most`; the first row of each sort is the collector's.
    fn subjects(self, most: i64) -> impl Iterator<Item = i64> {
        (0..self.samples).map(move |n| 2 + (n * 7_919 + n * n * 31) % (most - 1))
    }

    fn read(self) -> i64 {
        READ.min(self.papers / 20)
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn clock() -> Instant {
    Instant::now()
}

/// Median and 99th percentile in microseconds.
fn summary(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// Times an expression for every subject.
macro_rules! timed {
    ($subjects:expr, |$n:ident| $run:expr) => {{
        let mut times = Vec::new();
        for $n in $subjects {
            let start = clock();
            black_box($run);
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        summary(times)
    }};
}

fn handle(text: &str) -> Handle {
    text.parse().expect("a handle")
}

fn now() -> Timestamp {
    format!("{TODAY}T12:00:00Z").parse().expect("an instant")
}

fn sealed_head(key: &ArchiveKey, id: i64) -> Vec<u8> {
    let head = Head { subject: format!("Harbour dues, part {id}"), ..Head::default() };
    let plain = serde_json::to_vec(&head).expect("a heading is JSON");
    let row = id.to_string();
    let mut nonce = [0; 24];
    nonce[..8].copy_from_slice(&id.to_le_bytes());
    let aad = Aad::new("paper", &row, "head", 0);
    seal(key, &aad, Padding::Field, &plain, Nonce::from_bytes(nonce)).expect("it is short")
}

/// Makes the archive with one office of everything, `office-1`, and its holder, `person-1`.
async fn found(folder: &Path) {
    let archive = Archive::init(folder, Clock::Fixed(now())).await.expect("it begins");
    let (person, office) = (handle("person-1"), handle("office-1"));
    archive.add_office(&office, &OfficeDetails::default(), None).await.expect("an office");
    archive.add_person(&person, &PersonDetails::default(), None).await.expect("a person");
    let term = Term::from(date(2030, 1, 1));
    let posted = archive.start_posting(&person, &office, Capacity::Substantive, term, false, None);
    posted.await.expect("a posting");
    archive.close().await;
}

/// Writes the rest in one transaction. Every person has held three offices; every paper goes to ten, and
/// each tenth paper to `office-1` too, whose holder has read the newest of them.
async fn fill(folder: &Path, size: Size) {
    let key = std::fs::read(folder.join("key")).expect("a key file");
    let key = KeyFile::parse(&key).expect("a key file").root().archive_key(KeyVersion(1));
    let options = SqliteConnectOptions::new().filename(folder.join("archive.sqlite"));
    let options = options.foreign_keys(false).pragma("cache_size", "-2000000");
    let mut raw = SqliteConnection::connect_with(&options).await.expect("it connects");
    let Size { persons, offices, papers, .. } = size;
    let others = offices - 1;
    let base = jiff::tz::Offset::UTC.to_timestamp(date(2030, 1, 1).at(0, 0, 0, 0));
    let base = base.expect("a near day").as_millisecond();
    // The papers are spread over two years.
    let step = 63_000_000_000 / papers;
    let count = |from: i64, most: i64| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
        )
    };
    let (of_persons, of_papers) = (count(2, persons), count(1, papers));
    run(&mut raw, "BEGIN").await;
    let terms = [
        (1, "2031-01-01", "NULL"),
        (7, "2028-01-01", "'2031-01-01'"),
        (13, "2025-01-01", "'2028-01-01'"),
    ];
    run(&mut raw, &format!("INSERT INTO person (id, handle, sealed) {of_persons} SELECT i, 'person-' || i, x'00' FROM n")).await;
    run(
        &mut raw,
        &format!(
            "INSERT INTO office (id, handle, sealed) {} SELECT i, 'office-' || i, x'00' FROM n",
            count(2, offices)
        ),
    )
    .await;
    for (factor, start, end) in terms {
        run(
            &mut raw,
            &format!(
                "INSERT INTO posting (person, office, capacity, start_day, start_precision, end_day, end_precision)
                 {of_persons} SELECT i, 2 + i * {factor} % {others}, 'substantive', '{start}', 'day', {end},
                     CASE WHEN {end} IS NULL THEN NULL ELSE 'day' END FROM n"
            ),
        )
        .await;
    }
    for from in (1..=papers).step_by(usize::try_from(BATCH).expect("small")) {
        let mut insert = QueryBuilder::new(
            "INSERT INTO paper (id, state, office, released, released_at, release_leaf, sealed) ",
        );
        insert.push_values(from..(from + BATCH).min(papers + 1), |mut row, id| {
            let at = Timestamp::from_millisecond(base + id * step).expect("a near instant");
            let day = jiff::tz::Offset::UTC.to_datetime(at).date().to_string();
            row.push_bind(id).push_bind("released").push_bind(2 + id * 31 % others);
            row.push_bind(day).push_bind(at.as_millisecond()).push_bind(0_i64);
            row.push_bind(sealed_head(&key, id));
        });
        insert.build().execute(&mut raw).await.expect("papers are added");
    }
    // An index is made faster after its rows than with them.
    let index: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE name = 'distribution_newest'")
            .fetch_one(&mut raw)
            .await
            .expect("the index is there");
    run(&mut raw, "DROP INDEX distribution_newest").await;
    let apart = others / 10;
    for statement in [
        format!(
            "INSERT INTO distribution (paper, office, addressed, released_at) {of_papers},
                 k(j) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
             SELECT i, 2 + (i * 7919 + i / {others} * 17 + j * {apart}) % {others},
                 CASE j WHEN 0 THEN 'action' ELSE 'info' END, {base} + i * {step} FROM n CROSS JOIN k"
        ),
        format!(
            "INSERT INTO distribution (paper, office, addressed, released_at) {of_papers}
             SELECT i, 1, 'info', {base} + i * {step} FROM n WHERE i % 10 = 0"
        ),
        index,
        // Every second paper was read by one of the holders of the office that was to act.
        "INSERT INTO reading (paper, person, office, at, leaf)
             SELECT d.paper, p.person, d.office, d.released_at + 3600000, 0 FROM distribution d
             JOIN posting p ON p.id = (SELECT min(id) FROM posting
                 WHERE office = d.office AND end_day IS NULL)
             WHERE d.addressed = 'action' AND d.paper % 2 = 0"
            .to_owned(),
        format!(
            "INSERT INTO reading (paper, person, office, at, leaf)
             SELECT paper, 1, 1, released_at + 3600000, 0 FROM distribution
             WHERE office = 1 ORDER BY paper DESC LIMIT {}",
            size.read()
        ),
    ] {
        run(&mut raw, &statement).await;
    }
    run(&mut raw, "COMMIT").await;
    raw.close().await.expect("it closes");
}

async fn run(raw: &mut SqliteConnection, statement: &str) {
    let query = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()));
    query.execute(raw).await.expect("the statement runs");
}

/// The rules alone, on facts that are loaded: microseconds a decision.
async fn decisions(folder: &Path, size: Size) -> (f64, f64) {
    let store = Store::open(&folder.join("archive.sqlite"), false).await.expect("it opens");
    let mut tx = store.begin().await.expect("a transaction");
    let (house, at) = (House::default(), now());
    // The dearest way through the rules: a policy in force, and a label with a caveat that is held.
    let policy = Policy::shipped("us-like").expect("it is shipped");
    let label = policy.label("SECRET", &["NOFORN"]).expect("its own words");
    let reader = Reader {
        clearance: policy.clearance("TOP SECRET", &["NOFORN"]).ok(),
        nationality: "US".parse().ok(),
        engagement: Some(Engagement::HomeBased),
    };
    let book = Rulebook { house: &house, policy: Some(policy) };
    let mut times = Vec::new();
    for (paper, person) in size.subjects(size.papers).zip(size.subjects(size.persons)) {
        let row = tx.paper(PaperId(paper)).await.expect("it reads").expect("a paper");
        let distribution = tx.distribution(row.id).await.expect("it reads");
        // Half of those who ask hold an office that the paper went to.
        let addressed = distribution.get(usize::try_from(person).unwrap_or(0) % distribution.len());
        let holder = match addressed {
            Some((office, _)) if person % 2 == 0 => {
                let posted = tx.postings_in(*office).await.expect("it reads");
                posted.iter().find(|p| p.holds_at(at)).map(|p| *p.person())
            }
            _ => None,
        };
        let person = holder.unwrap_or(PersonId(person));
        let postings = tx.postings_of(person).await.expect("it reads");
        let facts = PaperFacts {
            state: PaperState::Released,
            origin: row.office,
            drafter: None,
            distribution: &distribution,
            clearing: &[],
            lifts: None,
            cancelled: false,
            label: Some(&label),
        };
        let person = PersonFacts { person, postings: &postings, reader: &reader };
        let start = clock();
        for _ in 0..DECISIONS {
            let _ = black_box(rules::decide(Act::Read, black_box(&person), &facts, &book, at));
        }
        times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(DECISIONS));
    }
    drop(tx);
    store.close().await;
    summary(times)
}

const ACCESS: &str = "SELECT d.office FROM distribution d JOIN posting p ON p.office = d.office
    JOIN paper ON paper.id = d.paper
    WHERE d.paper = $1 AND p.person = (SELECT id FROM person WHERE handle = $2)
      AND paper.state = 'released' AND p.start_day <= $3 AND (p.end_day IS NULL OR p.end_day > $3)";
const INBOX: &str = "SELECT d.paper, d.addressed, d.released_at, paper.sealed, o.handle, f.handle
    FROM distribution d JOIN paper ON paper.id = d.paper
    JOIN office o ON o.id = d.office JOIN office f ON f.id = paper.office
    WHERE d.office IN (SELECT p.office FROM posting p JOIN person ON person.id = p.person
        WHERE person.handle = $1 AND p.start_day <= $2 AND (p.end_day IS NULL OR p.end_day > $2))
      AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.paper = d.paper
        AND r.person = (SELECT id FROM person WHERE handle = $1))
    ORDER BY d.released_at DESC, d.paper DESC LIMIT 25";
const HISTORY_OF_OFFICE: &str = "SELECT posting.*, person.handle, office.handle FROM posting
    JOIN person ON person.id = posting.person JOIN office ON office.id = posting.office
    WHERE office.handle = $1 ORDER BY posting.start_day, posting.id";
const HISTORY_OF_PERSON: &str = "SELECT posting.*, person.handle, office.handle FROM posting
    JOIN person ON person.id = posting.person JOIN office ON office.id = posting.office
    WHERE person.handle = $1 ORDER BY posting.start_day, posting.id";
const COULD: &str = "SELECT DISTINCT person.handle FROM distribution d
    JOIN posting p ON p.office = d.office JOIN person ON person.id = p.person
    WHERE d.paper = $1 AND p.start_day <= $2 AND (p.end_day IS NULL OR p.end_day > $2)";
const DID: &str = "SELECT person.handle, office.handle, reading.at FROM reading
    JOIN person ON person.id = reading.person JOIN office ON office.id = reading.office
    WHERE reading.paper = $1 AND date(reading.at / 1000, 'unixepoch') = $2";

/// All rows of a plain statement.
macro_rules! plain {
    ($raw:expr, $statement:expr $(, $bound:expr)*) => {
        sqlx::query($statement)$(.bind($bound))*.fetch_all(&mut *$raw).await.expect("it reads").len()
    };
}

fn line(what: &str, product: (f64, f64), plain: Option<(f64, f64)>, aim: Option<f64>) {
    let (peer, ratio) = plain.map_or((String::new(), String::new()), |(median, p99)| {
        (format!("{median:.1} / {p99:.1}"), format!("{:.1}x", product.0 / median))
    });
    let verdict = aim.map_or("", |aim| if product.1 < aim { "reached" } else { "MISSED" });
    let product = format!("{:.2} / {:.2}", product.0, product.1);
    println!("{what:<42}{product:>24}{peer:>24}{ratio:>9}  {verdict}");
}

async fn measure(folder: &Path, size: Size) {
    let decided = decisions(folder, size).await;
    let archive = Archive::open(folder, Clock::Fixed(now())).await.expect("it opens");
    let options = SqliteConnectOptions::new()
        .filename(folder.join("archive.sqlite"))
        .read_only(true)
        .pragma("cache_size", "-65536");
    let mut raw = SqliteConnection::connect_with(&options).await.expect("it connects");
    let raw = &mut raw;
    let person = |n: i64| format!("person-{n}");
    let office = |n: i64| format!("office-{n}");
    let released = sqlx::query("SELECT released FROM paper WHERE id = $1");
    let day = released.bind(size.papers / 2).fetch_one(&mut *raw).await.expect("a paper");
    let on: String = day.get(0);
    let day = on.parse().expect("a day");
    println!("{:<42}{:>24}{:>24}{:>9}", "median / p99 in µs", "chancery", "plain SQL", "ratio");
    line("access decided, facts loaded", decided, None, Some(50.0));

    let pairs = || size.subjects(size.papers).zip(size.subjects(size.persons));
    let product = timed!(pairs(), |n| {
        let may = archive.may_open(&format!("P{}", n.0), &handle(&person(n.1))).await;
        may.expect("it answers")
    });
    let peer = timed!(pairs(), |n| plain!(raw, ACCESS, n.0, person(n.1), TODAY));
    line("access decided, facts in the archive", product, Some(peer), None);

    let persons = || size.subjects(size.persons);
    let product = timed!(persons(), |n| {
        let page = archive.inbox(&handle(&person(n)), PAGE, None).await.expect("a page");
        assert!(!page.papers.is_empty(), "the question is not an empty one");
    });
    let peer = timed!(persons(), |n| plain!(raw, INBOX, person(n), TODAY));
    line("new papers, a page of 25", product, Some(peer), Some(50e3));

    let product = timed!(0..size.samples / 10, |_n| {
        let page = archive.inbox(&handle("person-1"), PAGE, None).await.expect("a page");
        assert!(page.papers.iter().all(|paper| !paper.read));
    });
    let peer = timed!(0..size.samples / 10, |_n| plain!(raw, INBOX, "person-1", TODAY));
    line(
        &format!("the same, having read the newest {}", size.read()),
        product,
        Some(peer),
        Some(50e3),
    );

    let offices = || size.subjects(size.offices);
    let product = timed!(offices(), |n| {
        archive.posting_history(&handle(&office(n))).await.expect("a history")
    });
    let peer = timed!(offices(), |n| plain!(raw, HISTORY_OF_OFFICE, office(n)));
    line("postings of an office", product, Some(peer), Some(200e3));
    let product = timed!(persons(), |n| {
        archive.posting_history(&handle(&person(n))).await.expect("a history")
    });
    let peer = timed!(persons(), |n| plain!(raw, HISTORY_OF_PERSON, person(n)));
    line("postings of a person", product, Some(peer), Some(200e3));

    let papers = || size.subjects(size.papers);
    let product = timed!(papers(), |n| {
        archive.paper_readers(&format!("P{n}"), Some(day)).await.expect("readers")
    });
    let peer = timed!(papers(), |n| (plain!(raw, COULD, n, &on), plain!(raw, DID, n, &on)));
    line("who could, who did read on a day", product, Some(peer), Some(200e3));
    archive.close().await;
}

fn main() {
    let size = Size::asked_for();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("archive");
        let start = clock();
        found(&path).await;
        fill(&path, size).await;
        println!(
            "{} persons, {} offices, {} papers; filled in {:.0} s; {} samples",
            size.persons,
            size.offices,
            size.papers,
            start.elapsed().as_secs_f64(),
            size.samples
        );
        measure(&path, size).await;
    });
}
