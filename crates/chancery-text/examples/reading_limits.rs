//! Times reading and searching where they are largest or most hostile.
//!
//! `cargo run --release -p chancery-text --example reading_limits` prints one line a case; made-up papers
//! only.

#[path = "../tests/support/mod.rs"]
mod support;

use chancery_text::extract::{ReadOptions, Reader};
use chancery_text::sketch::{Index, Sketch};
use support::{Rng, Row};

const KEY: [u8; 32] = [9; 32];

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let out = work();
    println!("{what:<60} {:>10.2} ms", start.elapsed().as_secs_f64() * 1e3);
    out
}

fn main() {
    let mut rng = Rng(1);
    let paragraphs = support::made_up(&mut rng);
    let master = support::master(&paragraphs, true);
    let copy = support::copy(&master, &Row(2)).text;
    let words = copy.split_whitespace().count();
    let reader = timed("prepare a paper", || Reader::new(&master));
    let read = |leak: &str| reader.extract(leak, &ReadOptions::default());
    timed(&format!("its own copy, {words} words"), || read(&copy));
    let same = support::master(&["very ".repeat(300)], false);
    let same = Reader::new(&same);
    let options = ReadOptions::default();
    timed("5 MB of one word, the paper's only one", || {
        same.extract(&"very ".repeat(1 << 20), &options)
    });
    timed("5 MB without a blank", || read(&"x".repeat(5 << 20)));
    timed("5 MB of one seed", || {
        let seed: Vec<&str> = copy.split_whitespace().take(4).collect();
        read(&format!("{} ", seed.join(" ")).repeat((5 << 20) / 40))
    });
    timed("5 MB of the paper's words in random order", || {
        let all: Vec<&str> = copy.split_whitespace().collect();
        let mut leak = String::new();
        while leak.len() < 5 << 20 {
            leak.push_str(all[rng.below(all.len())]);
            leak.push(' ');
        }
        read(&leak)
    });
    let other = support::made_up(&mut Rng(77)).join(" ");
    let mut large = other.repeat((25 << 20) / other.len());
    large.push_str(&copy);
    large.push_str(&other.repeat((25 << 20) / other.len()));
    let found = timed("50 MB with the paper in it", || read(&large));
    println!("  {} of {} sites read", found.sites.len(), master.symbols().len());
    timed("50 MB, sketch", || Sketch::of_leak(&large, &KEY));
    let repeated = format!("{copy}\n\n").repeat(1_000);
    timed("the paper a thousand times over", || read(&repeated));

    let mut index = Index::new();
    timed("enter 10,000 papers of 500 shingles", || {
        for paper in 0..10_000_u32 {
            let mut text = String::new();
            for _ in 0..502 {
                text.push_str(&format!("w{} ", rng.below(60) * rng.below(60)));
            }
            index.insert(paper, &Sketch::of_leak(&text, &KEY));
        }
    });
    let sketch = Sketch::of_master(&master, &KEY);
    index.insert(10_000, &sketch);
    let leak = timed("sketch a leak", || Sketch::of_leak(&copy, &KEY));
    let hits = timed("rank it over 10,001 papers", || index.candidates(&leak));
    println!("  first: {:?}", hits.first());
    let common: String = (0..502).map(|_| format!("w{} ", rng.below(60) * rng.below(60))).collect();
    let leak = Sketch::of_leak(&common, &KEY);
    let hits = timed("rank one that shares shingles with many", || index.candidates(&leak));
    println!("  {} papers share a shingle with it", hits.len());
}
