//! How long one core takes to find a page among many, to say that it is in none of them, and to read it.
//!
//! `cargo bench -p chancery-scan` prints a row for each kind of capture, among 100,000 texts or as many as
//! `CHANCERY_TEXTS` says: the middle and the longest of five captures. Times are those on the clock; nothing else should run.
#![expect(clippy::disallowed_methods, reason = "what is measured is time")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use chancery_capture::{Chance, Kind};
use chancery_scan::{Marking, Segment, read, search};
use support::archive::Widths;
use support::leaks::{Before, Leak};
use support::{drawn, vocabulary};

const KINDS: [Kind; 10] = [
    Kind::Raster72Jpeg30,
    Kind::Screenshot,
    Kind::Scan150Jpeg30,
    Kind::Scan300,
    Kind::Fax,
    Kind::Photo12Mp,
    Kind::PhotoTilt20,
    Kind::PhotoCurl12,
    Kind::Messenger,
    Kind::ScreenPhoto,
];
const CAPTURES: u64 = 5;

/// Seconds, the middle and the longest.
fn row(mut all: Vec<f64>) -> String {
    all.sort_by(f64::total_cmp);
    format!("{:.2} | {:.2}", all[all.len() / 2], all[all.len() - 1])
}

fn timed<T>(times: &mut Vec<f64>, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    times.push(start.elapsed().as_secs_f64());
    done
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let texts = std::env::var("CHANCERY_TEXTS").ok().and_then(|n| n.parse().ok());
    let texts: usize = texts.unwrap_or(100_000);
    let vocabulary = vocabulary();
    let mut chance = Chance::new(61);
    let own: Vec<Vec<String>> =
        (0..CAPTURES).map(|_| drawn(700, &vocabulary, &mut chance)).collect();
    let widths = Widths::of(&vocabulary);
    let rows = own.iter().map(|words| widths.row(words)).collect();
    let archive: Segment = widths.archive(rows, texts, &mut chance);
    println!("{} texts, {} MB", archive.len(), archive.size() >> 20);
    let leaks: Vec<Leak> =
        own.iter().zip(0..).map(|(words, number)| Leak::new(words, number)).collect();
    let foreign: Vec<Leak> = (0..CAPTURES)
        .map(|number| Leak::new(&drawn(700, &vocabulary, &mut chance), number))
        .collect();
    println!("| capture | found, s | longest | foreign, s | longest | read, s | longest |");
    println!("|---|---|---|---|---|---|---|");
    for kind in KINDS {
        let [mut finding, mut refusing, mut reading] = [const { Vec::new() }; 3];
        for (number, (leak, foreign)) in leaks.iter().zip(&foreign).enumerate() {
            let picture = leak.capture(kind, Before::Nothing, &mut chance);
            let found = timed(&mut finding, || search(&picture, &[&archive]));
            if found.first().is_none_or(|candidate| candidate.text != number as u64) {
                println!("{}: {number} was not found", kind.name());
            }
            timed(&mut reading, || read(&picture, leak.paper(), &Marking::SHIPPED));
            let picture = foreign.capture(kind, Before::Nothing, &mut chance);
            if !timed(&mut refusing, || search(&picture, &[&archive])).is_empty() {
                println!("{}: a foreign page was taken for one of the archive", kind.name());
            }
        }
        println!("| {} | {} | {} | {} |", kind.name(), row(finding), row(refusing), row(reading));
    }
}
