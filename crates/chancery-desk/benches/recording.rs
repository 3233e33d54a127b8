//! How fast durable entries are made: whole acts on a real archive (SQLite, `synchronous=FULL`, the checkpoint
//! file synced), and how long an archive with a million leaves takes to open.
//!
//! `cargo bench -p chancery-desk --bench recording [-- FOLDER [RATE [SECONDS [LEAVES]]]]`. Acts arrive at a
//! fixed rate; the time of each counts from when it was due, so that a stall shows in all that waited for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chancery_desk::{Archive, Clock, PersonDetails};

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

async fn enter(archive: &Archive, name: String) {
    let details = PersonDetails { name: name.clone(), ..PersonDetails::default() };
    let handle = name.parse().expect("letters and digits");
    archive.add_person(&handle, &details, None).await.expect("an act");
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get(((last as f64) * share) as usize).copied().unwrap_or_default()
}

async fn at_rate(archive: &Arc<Archive>, rate: u32, seconds: u32) {
    let begin = now();
    let mut running = Vec::new();
    for number in 0..rate * seconds {
        let due = begin + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let archive = archive.clone();
        running.push(tokio::spawn(async move {
            enter(&archive, format!("a{number}")).await;
            (now() - due).as_secs_f64() * 1e3
        }));
    }
    let mut times = Vec::new();
    for act in running {
        times.push(act.await.expect("no panic"));
    }
    let took = (now() - begin).as_secs_f64();
    times.sort_by(f64::total_cmp);
    println!(
        "{rate} acts/s for {seconds} s: {:.0} entries/s done, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
        times.len() as f64 / took,
        at(&times, 0.5),
        at(&times, 0.95),
        at(&times, 0.99),
        at(&times, 1.0),
    );
}

async fn flat_out(archive: &Arc<Archive>, clients: u32, each: u32) {
    let begin = now();
    let mut running = Vec::new();
    for client in 0..clients {
        let archive = archive.clone();
        running.push(tokio::spawn(async move {
            for number in 0..each {
                enter(&archive, format!("c{clients}x{client}n{number}")).await;
            }
        }));
    }
    for client in running {
        client.await.expect("no panic");
    }
    let rate = f64::from(clients * each) / (now() - begin).as_secs_f64();
    println!("{clients} clients without pause: {rate:.0} entries/s");
}

async fn start(archive: Arc<Archive>, folder: &std::path::Path, leaves: u64) {
    let mut size = 0;
    while size < leaves {
        size = archive.publish().await.expect("a checkpoint").size;
    }
    Arc::into_inner(archive).expect("no task holds it").close().await;
    let begin = now();
    let archive = Archive::open(folder, Clock::System).await.expect("it opens");
    let opened = (now() - begin).as_secs_f64() * 1e3;
    let begin = now();
    let who = "c1x0n0".parse().expect("a handle");
    archive.prove(0, &who).await.expect("a proof");
    let proved = (now() - begin).as_secs_f64() * 1e3;
    println!("{size} leaves: open {opened:.0} ms, prove the first entry {proved:.1} ms");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let folder = args.next().map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-record"),
        PathBuf::from,
    );
    let mut number = |or| args.next().and_then(|arg| arg.parse().ok()).unwrap_or(or);
    let (rate, seconds, leaves) = (number(500), number(20), number(1_000_000));
    let _ = std::fs::remove_dir_all(&folder);
    let archive = Archive::init(&folder, Clock::System).await.expect("a new archive");
    let archive = Arc::new(archive);
    flat_out(&archive, 1, 2_000).await;
    flat_out(&archive, 16, 500).await;
    at_rate(&archive, rate, seconds).await;
    start(archive, &folder, leaves.into()).await;
}
