//! Wording symbols a paper: how many sites the default choice leaves in cables of common length.
//!
//! `cargo run --release -p chancery-text --example symbols -- [FILE.jsonl] [--words FROM TO]`
//! `[--every N] [--rules] [--list]`: candidates, choice and master as at release, all automatic
//! classes accepted; by default every cable of 400-520 words of `../shared/corpus/cables.jsonl`.
//! `--rules` prints in how many of a hundred papers each rule or consistent class gives a symbol, and
//! how many a paper; `--list` prints every chosen place in context, one a line, for reading samples
//! and for comparing two versions.

use std::collections::BTreeMap;
use std::error::Error;

use chancery_text::build::{Candidate, Choice, build, candidates, choose};
use chancery_text::canon::clean;
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::Marked;
use chancery_text::order::Order;
use chancery_text::proposal::{Proposer, Scope};
use chancery_text::punctuation::Punctuation;
use chancery_text::token::tokens;
use chancery_text::typography::Typography;

/// What the command line asks for.
struct Options {
    file: String,
    words: std::ops::Range<usize>,
    every: usize,
    rules: bool,
    list: bool,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        file: concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/cables.jsonl")
            .to_owned(),
        words: 400..521,
        every: 1,
        rules: false,
        list: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || {
            args.next()
                .ok_or("a number is missing")?
                .parse::<usize>()
                .map_err(Box::<dyn Error>::from)
        };
        match arg.as_str() {
            "--words" => options.words = number()?..number()? + 1,
            "--every" => options.every = number()?.max(1),
            "--rules" => options.rules = true,
            "--list" => options.list = true,
            _ => options.file = arg,
        }
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let text = std::fs::read_to_string(&options.file)?;
    let choice = Choice::default();
    let proposers: [&dyn Proposer; 4] = [Lexicon::embedded(), &Order, &Typography, &Punctuation];
    let mut counts: Vec<usize> = Vec::new();
    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut seen = 0_usize;
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let paragraphs: Vec<Marked> = record["paragraphs"]
            .as_array()
            .map_or_else(Vec::new, |list| list.iter().filter_map(|p| p.as_str()).collect())
            .into_iter()
            .map(|p| Marked::literal(&clean(p)))
            .collect();
        let words: usize = paragraphs
            .iter()
            .map(|p| tokens(&p.text).iter().filter(|t| t.is_wordlike()).count())
            .sum();
        if !options.words.contains(&words) {
            continue;
        }
        seen += 1;
        if !seen.is_multiple_of(options.every) {
            continue;
        }
        let all = candidates(&paragraphs, &proposers);
        let chosen = choose(&paragraphs, &all, &choice);
        let master = build(&paragraphs, &chosen, &choice, "measured", None);
        counts.push(master.sites.len());
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for site in &master.sites {
            *here.entry(&site.rule).or_default() += 1;
        }
        for (rule, n) in here {
            let entry = rules.entry(rule.to_owned()).or_default();
            *entry = (entry.0 + 1, entry.1 + n);
        }
        if options.list {
            let id = record["id"].as_str().unwrap_or("?");
            for candidate in chosen {
                println!("{id}\t{}", described(&paragraphs, candidate));
            }
        }
    }
    if options.list {
        return Ok(());
    }
    counts.sort_unstable();
    let of = |per_cent: usize| counts.get(counts.len() * per_cent / 100).copied().unwrap_or(0);
    let mean = counts.iter().sum::<usize>() as f64 / counts.len().max(1) as f64;
    println!(
        "{} papers of {}-{} words: wording symbols p10 {}, p25 {}, median {}, p75 {}, mean {mean:.2}",
        counts.len(),
        options.words.start,
        options.words.end - 1,
        of(10),
        of(25),
        of(50),
        of(75),
    );
    if options.rules {
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by_key(|(_, (papers, _))| std::cmp::Reverse(*papers));
        for (rule, (papers, n)) in rules {
            let share = |n: usize| n as f64 / counts.len().max(1) as f64;
            println!("{:6.2} % of papers {:7.4} a paper  {rule}", share(papers) * 100.0, share(n));
        }
    }
    Ok(())
}

/// Scope, rule and context of a chosen place.
fn described(paragraphs: &[Marked], candidate: &Candidate) -> String {
    let text = &paragraphs[candidate.paragraph].text;
    let proposal = &candidate.proposal;
    let before: String = text[..proposal.span.start].chars().rev().take(80).collect();
    let before: String = before.chars().rev().collect();
    let after: String = text[proposal.span.end..].chars().take(60).collect();
    let now = &proposal.readings[proposal.current];
    let others: Vec<&str> = proposal
        .readings
        .iter()
        .enumerate()
        .filter_map(|(i, r)| (i != proposal.current).then_some(r.as_str()))
        .collect();
    let scope = match &proposal.scope {
        Scope::Free => "free",
        Scope::Consistent(key) => key,
    };
    format!(
        "{}\t{scope}\t{}\t{before}[[{now} => {}]]{after}",
        candidate.paragraph + 1,
        proposal.rule,
        others.join(" | ")
    )
}
