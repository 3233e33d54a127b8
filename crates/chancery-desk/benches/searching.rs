//! Whether the time of a search tells of papers that the searcher may not read: the same searches over
//! the same papers, alone, beside ten times as many that are not his, and beside as many that are for his office
//! and refused to him.
//!
//! `cargo bench -p chancery-desk --bench searching` prints medians; `CHANCERY_VISIBLE=300` sets how many
//! papers are his. The first search of a program opens every paper's terms, later ones take them from the shelf.

use std::path::Path;
use std::time::Instant;

use chancery_desk::{Archive, CableRecord, Clock, Finders, Seek};
use chancery_domain::Handle;
use chancery_text::build::Choice;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

const TIMES: usize = 9;
const QUERIES: [&str; 4] =
    ["harbour", "minister bridge -grain", "\"asked for assistance\"", "treaty kind:cable"];
const WORDS: [&str; 24] = [
    "harbour",
    "minister",
    "bridge",
    "grain",
    "treaty",
    "river",
    "loan",
    "pilot",
    "asked",
    "for",
    "assistance",
    "the",
    "of",
    "survey",
    "winter",
    "border",
    "railway",
    "election",
    "estimate",
    "governor",
    "prior",
    "to",
    "regarding",
    "delegation",
];

fn cables(from: usize, count: usize) -> Vec<CableRecord> {
    let paragraph = |seed: usize| {
        let words: Vec<&str> = (0..80)
            .map(|at| WORDS[(seed * 7919 + at * at * 31 + at * (seed % 13)) % WORDS.len()])
            .collect();
        format!("{}.", words.join(" "))
    };
    (from..from + count)
        .map(|n| {
            let paragraphs: Vec<String> = (0..5).map(|p| paragraph(n * 5 + p)).collect();
            let subject = WORDS[n % WORDS.len()];
            let cable = serde_json::json!({"id": format!("c{n}"), "subject": subject, "paragraphs": paragraphs});
            serde_json::from_value(cable).expect("the fields are those of a cable")
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// Medians in milliseconds: the first search after opening, and later ones.
async fn measure(path: &Path) -> (f64, f64) {
    let who: Handle = "r0001".parse().expect("a handle");
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let archive = Archive::open(path, Clock::System).await.expect("it opens");
        for at in 0..=QUERIES.len() {
            let start = now();
            let found = archive.search(&who, QUERIES[at % QUERIES.len()], &Seek::default()).await;
            let took = start.elapsed().as_secs_f64() * 1e3;
            assert!(found.is_ok_and(|f| at % 4 == 2 || f.found > 0));
            if at == 0 { first.push(took) } else { later.push(took) }
        }
        archive.close().await;
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    (median(&mut first), median(&mut later))
}

async fn import(path: &Path, cables: &[CableRecord]) {
    let archive = if path.exists() {
        Archive::open(path, Clock::System).await
    } else {
        Archive::init(path, Clock::System).await
    };
    let archive = archive.expect("it opens");
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(cables, 5, &choice, &finders, |_, _| {}).await.expect("it imports");
    archive.close().await;
}

/// Sends the papers after the first `keep` to another office than the reader's.
const AWAY: &str = "UPDATE distribution SET office =
         (SELECT id FROM office WHERE handle <> 'exercise-readers' ORDER BY id LIMIT 1)
     WHERE paper > $1 AND office =
         (SELECT id FROM office WHERE handle = 'exercise-readers')";
/// Puts an embargo on them that lifts in the year 2200: they stay his office's, and he may not read them.
const EMBARGO: &str = "UPDATE paper SET lifts = 7258118400000 WHERE id > $1";

/// Changes the papers after the first `keep` behind the program's back.
async fn change(path: &Path, keep: usize, statement: &'static str) {
    let database = SqliteConnectOptions::new().filename(path.join("archive.sqlite"));
    let pool = SqlitePool::connect_with(database).await.expect("it connects");
    let changed = sqlx::query(statement).bind(i64::try_from(keep).expect("small"));
    assert!(changed.execute(&pool).await.expect("it changes").rows_affected() > 0);
    pool.close().await;
}

fn main() {
    let visible: usize =
        std::env::var("CHANCERY_VISIBLE").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("archive");
        import(&path, &cables(0, visible)).await;
        let alone = measure(&path).await;
        import(&path, &cables(visible, visible * 10)).await;
        // The control: were they his, they would show.
        let all = measure(&path).await;
        change(&path, visible, EMBARGO).await;
        let refused = measure(&path).await;
        change(&path, visible, AWAY).await;
        let beside = measure(&path).await;
        println!("{:<52}{:>14}{:>14}", "medians in ms", "first search", "later ones");
        let line = |what: &str, (first, later): (f64, f64)| {
            println!("{what:<52}{first:>14.1}{later:>14.1}");
        };
        line(&format!("{visible} papers of his, nothing else"), alone);
        line(&format!("the same beside {} that are not his", visible * 10), beside);
        line(&format!("beside {} under embargo, for his office", visible * 10), refused);
        line(&format!("the control: {} papers of his", visible * 11), all);
        println!(
            "beside / alone: {:.2} (first), {:.2} (later)",
            beside.0 / alone.0,
            beside.1 / alone.1
        );
    });
}
