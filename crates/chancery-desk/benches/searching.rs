//! Whether the time of a search tells of papers that the searcher may not read: the same searches over
//! the same papers, alone, beside ten times as many that are not his, and beside as many that are for his office
//! and refused to him.
//!
//! `cargo bench -p chancery-desk --bench searching` prints what a searcher can measure, the time until the
//! answer, and what lies under it, the processor's time; `CHANCERY_VISIBLE=300` sets how many papers are his.
//! The first search of a program opens every paper's terms, later ones take them from the shelf.

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

/// Milliseconds that the processors have worked for this program (Linux; steps of 10).
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets; user and system time are fields 14 and 15 (man 5 proc).
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// Times of one sort of search, in milliseconds.
#[derive(Default)]
struct Times {
    clock: Vec<f64>,
    work: f64,
}

impl Times {
    fn mean_work(&self) -> f64 {
        self.work / self.clock.len() as f64
    }
}

/// The first search after opening, and later ones.
async fn measure(path: &Path) -> [Times; 2] {
    let who: Handle = "r0001".parse().expect("a handle");
    let mut times = [Times::default(), Times::default()];
    for _ in 0..TIMES {
        let archive = Archive::open(path, Clock::System).await.expect("it opens");
        for at in 0..=QUERIES.len() {
            let (start, before) = (now(), worked());
            let found = archive.search(&who, QUERIES[at % QUERIES.len()], &Seek::default()).await;
            let kind = &mut times[usize::from(at > 0)];
            kind.clock.push(start.elapsed().as_secs_f64() * 1e3);
            kind.work += worked() - before;
            assert!(found.is_ok_and(|f| at % 4 == 2 || f.found > 0));
        }
        archive.close().await;
    }
    times
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn line(what: &str, times: &[Times; 2]) {
    for (kind, times) in ["first", "later"].iter().zip(times) {
        let (least, most) =
            times.clock.iter().fold((f64::MAX, 0f64), |(a, b), t| (a.min(*t), b.max(*t)));
        println!(
            "{what:<48}{kind:<7}{:>9.1}{:>9.1}{:>9.1}{:>9.1}",
            least,
            median(&times.clock),
            most,
            times.mean_work()
        );
    }
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
        // The control: were they his, they would show in the work.
        let all = measure(&path).await;
        change(&path, visible, EMBARGO).await;
        let refused = measure(&path).await;
        change(&path, visible, AWAY).await;
        let beside = measure(&path).await;
        println!("{:<55}{:>27}{:>9}", "ms", "least, median, most", "work");
        line(&format!("{visible} papers of his, nothing else"), &alone);
        line(&format!("the same beside {} that are not his", visible * 10), &beside);
        line(&format!("beside {} under embargo, for his office", visible * 10), &refused);
        line(&format!("the control: {} papers of his", visible * 11), &all);
        let each = refused[1].mean_work() - beside[1].mean_work();
        println!("a refused paper: {:.1} us of work", each * 1e3 / (visible as f64 * 10.0));
    });
}
