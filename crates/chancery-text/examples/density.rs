//! Density of the lexicon on real cables: sites per 100 words by class, tier and acceptance.
//!
//! `cargo run --release -p chancery-text --example density -- FILE.jsonl [--data DIR] [--rules]`
//! `[--sample N SEED [CLASS]]`: quotations are locked and overlaps removed. `--sample` prints N places
//! in context; `--data` reads the lexicon from a folder, runs its examples first, and so serves as
//! the workbench for new rules.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use chancery_text::lexicon::Lexicon;
use chancery_text::passage::{Passage, Style};
use chancery_text::proposal::{Acceptance, Proposal, Proposer, Scope};

#[derive(Default)]
struct Count {
    sites: f64,
    papers: BTreeSet<usize>,
    bits: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let file = args.first().ok_or("usage: density FILE.jsonl [--sample N SEED [CLASS]]")?;
    let text = std::fs::read_to_string(file)?;
    let data = args.iter().position(|a| a == "--data").and_then(|at| args.get(at + 1));
    let own = data.map(|dir| workbench(dir)).transpose()?;
    let lexicon = own.as_ref().unwrap_or_else(|| Lexicon::embedded());
    let classes = lexicon.classes();
    let sample = args.iter().position(|a| a == "--sample");
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut keys: BTreeMap<String, Count> = BTreeMap::new();
    let mut rules: BTreeMap<String, f64> = BTreeMap::new();
    let mut shown: Vec<(u64, String)> = Vec::new();
    let (mut words, mut papers, mut consistent) = (0_usize, 0_usize, 0_usize);
    for (number, line) in text.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let paragraphs: Vec<&str> = record["paragraphs"]
            .as_array()
            .map_or_else(Vec::new, |list| list.iter().filter_map(|p| p.as_str()).collect());
        let style = Style::of(paragraphs.iter().copied());
        papers += 1;
        let mut symbols = BTreeSet::new();
        for paragraph in paragraphs {
            let passage = Passage::new(paragraph, &[], style);
            words += passage.tokens.iter().filter(|t| t.is_wordlike()).count();
            for p in lexicon.propose(&passage) {
                assert!(p.holds_in(paragraph), "a proposal must hold in its text");
                let class = classes.get(p.rule.as_str()).copied().unwrap_or("?");
                *rules.entry(p.rule.clone()).or_default() += 1.0;
                if let Some(at) = sample {
                    let wanted = args.get(at + 3).is_none_or(|c| class == c || p.rule == *c);
                    if wanted && p.acceptance != Acceptance::Ask {
                        let seed = args.get(at + 2).map_or("", String::as_str);
                        shown.push((rank(seed, number, &p), context(paragraph, &p)));
                    }
                }
                let bits = (p.readings.len() as f64).log2_of();
                let mut tally = |key: String, free: bool| {
                    let count = counts.entry(key).or_default();
                    count.sites += 1.0;
                    count.papers.insert(number);
                    count.bits += if free { bits } else { 0.0 };
                };
                let free = p.scope == Scope::Free;
                let kind = if free { "free" } else { "consistent" };
                tally(format!("tier {} {kind} {:?}", p.tier, p.acceptance), free);
                tally(format!("  {kind} {class} {:?}", p.acceptance), free);
                if let Scope::Consistent(key) = p.scope {
                    let count = keys.entry(key.clone()).or_default();
                    count.sites += 1.0;
                    count.papers.insert(number);
                    symbols.insert(key);
                }
            }
        }
        consistent += symbols.len();
    }
    if let Some(at) = sample {
        let n = args.get(at + 1).and_then(|n| n.parse().ok()).unwrap_or(50);
        shown.sort();
        for (_, line) in shown.into_iter().take(n) {
            println!("{line}");
        }
        return Ok(());
    }
    let hundred = words as f64 / 100.0;
    println!("{papers} papers, {words} words, {} rules", lexicon.len());
    for (key, count) in &counts {
        let share = count.papers.len() * 100 / papers.max(1);
        println!("{:8.3} sites/100 w {share:4} % of papers  {key}", count.sites / hundred);
    }
    println!("{:.2} consistent symbols a paper", consistent as f64 / papers.max(1) as f64);
    for (key, count) in &keys {
        let share = count.papers.len() as f64 * 100.0 / papers.max(1) as f64;
        println!("{:8.3} sites/100 w {share:5.1} % of papers  {key}", count.sites / hundred);
    }
    if args.iter().any(|a| a == "--rules") {
        for (rule, n) in rules {
            println!("{n:7} {rule}");
        }
    }
    Ok(())
}

/// The lexicon in folder `dir`, its failing examples printed.
fn workbench(dir: &str) -> Result<Lexicon, Box<dyn Error>> {
    let mut paths: Vec<_> =
        std::fs::read_dir(dir)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        files.push((name, std::fs::read_to_string(path)?));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    for failure in Lexicon::check(&files)? {
        println!("{failure}");
    }
    Ok(Lexicon::parse(&files)?)
}

/// A fixed pseudo-random order of places.
fn rank(seed: &str, paper: usize, p: &Proposal) -> u64 {
    let text = format!("{seed}/{paper}/{}/{}", p.span.start, p.rule);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
        let mixed = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        mixed ^ (mixed >> 29)
    })
}

fn context(text: &str, p: &Proposal) -> String {
    let before: String = text[..p.span.start].chars().rev().take(90).collect();
    let before: String = before.chars().rev().collect();
    let after: String = text[p.span.end..].chars().take(70).collect();
    let others: Vec<&str> = p
        .readings
        .iter()
        .enumerate()
        .filter_map(|(i, r)| (i != p.current).then_some(r.as_str()))
        .collect();
    let now = &p.readings[p.current];
    format!("{:?} {}: {before}[[{now} => {}]]{after}", p.acceptance, p.rule, others.join(" | "))
}

trait Log2 {
    fn log2_of(self) -> f64;
}

impl Log2 for f64 {
    /// Two to four readings are all that occur; avoids a platform-dependent logarithm.
    fn log2_of(self) -> f64 {
        if self < 2.5 {
            1.0
        } else if self < 3.5 {
            1.585
        } else {
            2.0
        }
    }
}
