//! Counts the sites of the code-made classes in a file of cables and times them.
//!
//! `cargo run --release -p chancery-text --example order_density -- CABLES.jsonl [SAMPLES SEED]`
//! prints sites per 100 words by class; with SAMPLES, also that many random sites of each class in
//! context, for reading.

use std::collections::BTreeMap;
use std::fs;

use chancery_text::order::Order;
use chancery_text::passage::{Passage, Style};
use chancery_text::proposal::{Proposal, Proposer, Scope};
use chancery_text::punctuation::Punctuation;
use chancery_text::typography::Typography;

/// Characters of context printed on either side of a sample.
const CONTEXT: usize = 90;

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: order_density CABLES.jsonl [SAMPLES SEED]")?;
    let samples: usize = args.next().map_or(Ok(0), |n| n.parse())?;
    let mut seed: u64 = args.next().map_or(Ok(1), |n| n.parse())?;
    let only = args.next();
    let mut sites: BTreeMap<String, (usize, usize, f64)> = BTreeMap::new();
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut papers: BTreeMap<String, std::collections::BTreeSet<usize>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut words, mut spent) = (0_usize, std::time::Duration::ZERO);
    for (number, line) in fs::read_to_string(path)?.lines().enumerate() {
        let paper: serde_json::Value = serde_json::from_str(line)?;
        let paragraphs: Vec<&str> = paper["paragraphs"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_str)
            .collect();
        let style = Style::of(paragraphs.iter().copied());
        for text in paragraphs {
            words += text.split_whitespace().count();
            let passage = Passage::new(text, &[], style);
            let start = now();
            let mut found = Order.propose(&passage);
            found.extend(Punctuation.propose(&passage));
            found.extend(Typography.propose(&passage));
            spent += start.elapsed();
            for proposal in found {
                assert!(proposal.holds_in(text), "{proposal:?}");
                assert!(!passage.is_locked(&proposal.span), "{proposal:?}");
                papers.entry(proposal.rule.clone()).or_default().insert(number);
                let entry = sites.entry(proposal.rule.clone()).or_default();
                entry.0 += 1;
                entry.1 += usize::from(matches!(proposal.scope, Scope::Free));
                entry.2 += f64::from(u32::try_from(proposal.readings.len())?);
                // Reservoir sampling with a small xorshift generator.
                let count = seen.entry(proposal.rule.clone()).or_default();
                *count += 1;
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let bag = kept.entry(proposal.rule.clone()).or_default();
                if bag.len() < samples {
                    bag.push(show(text, &proposal));
                } else if samples > 0 {
                    let slot = usize::try_from(seed % u64::try_from(*count)?)?;
                    if slot < samples {
                        bag[slot] = show(text, &proposal);
                    }
                }
            }
        }
    }
    println!("{words} words, {:.3} ms per 500 words", spent.as_secs_f64() * 5e5 / words as f64);
    for (rule, (count, free, readings)) in &sites {
        println!(
            "{rule:34} {count:6} sites {:.4}/100 w, {} papers{}, {:.2} readings",
            *count as f64 * 100.0 / words as f64,
            papers[rule].len(),
            if *free == 0 { ", consistent" } else { "" },
            readings / *count as f64,
        );
    }
    for (rule, lines) in
        kept.iter().filter(|(rule, _)| only.as_ref().is_none_or(|o| rule.contains(o.as_str())))
    {
        println!("\n== {rule}");
        for line in lines {
            println!("- {line}");
        }
    }
    Ok(())
}

fn show(text: &str, proposal: &Proposal) -> String {
    let back = text[..proposal.span.start].char_indices().rev().nth(CONTEXT).map_or(0, |(i, _)| i);
    let rest = &text[proposal.span.end..];
    let ahead = rest.char_indices().nth(CONTEXT).map_or(rest.len(), |(i, _)| i);
    let others: Vec<&str> = proposal
        .readings
        .iter()
        .enumerate()
        .filter(|&(i, _)| i != proposal.current)
        .map(|(_, reading)| reading.as_str())
        .collect();
    format!(
        "{}[[{}]]{}  => {}",
        &text[back..proposal.span.start],
        &text[proposal.span.clone()],
        &rest[..ahead],
        others.join(" | ")
    )
}
