//! Reads mistreated copies of cables and prints, per treatment, how many sites were read, and wrongly.
//!
//! `cargo run --release -p chancery-text --example reading -- [PAPERS] [SEED] [TREATMENT]` reads
//! `../shared/corpus/cables.jsonl`; with TREATMENT it also shows what was missed or misread there. A site counts as offered when all its places stand in the leak; for
//! spliced copies either copy's reading is right.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chancery_text::extract::{Extraction, ReadOptions, Reader};
use chancery_text::master::{CHARACTERS_BASE, Master};
use support::{Copy, Rng, Row, Tally};
use unicode_normalization::UnicodeNormalization as _;

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Tallies of wording and characters; wording also by the rule of each wrong reading.
fn tally(
    master: &Master,
    rows: &[&Row],
    copy: &Copy,
    part: &Range<usize>,
    read: &Extraction,
    wrong: &mut BTreeMap<String, usize>,
) -> (Tally, Tally) {
    let inside: BTreeSet<u32> = copy
        .places
        .iter()
        .filter(|(_, place)| part.start <= place.start && place.end <= part.end)
        .map(|(id, _)| *id)
        .collect();
    let (mut wording, mut characters) = (Tally::default(), Tally::default());
    for symbol in master.symbols() {
        let tally = if symbol.id < CHARACTERS_BASE { &mut wording } else { &mut characters };
        tally.offered += usize::from(inside.contains(&symbol.id));
        let Some(seen) = read.site(symbol.id).and_then(|s| s.observed) else { continue };
        if rows.iter().any(|row| row.of(symbol.id, symbol.arity) == seen) {
            tally.right += 1;
        } else {
            tally.wrong += 1;
            let site = master.sites.iter().find(|s| s.id == symbol.id);
            let rule = site.map_or("character", |s| s.rule.as_str());
            *wrong.entry(rule.to_owned()).or_default() += 1;
        }
    }
    (wording, characters)
}

/// Prints wording sites that were missed or misread.
fn show(
    master: &Master,
    rows: &[&Row],
    copy: &Copy,
    part: &Range<usize>,
    read: &Extraction,
    leak: &str,
) {
    for site in &master.sites {
        let seen = read.site(site.id);
        let truth: Vec<u8> = rows.iter().map(|row| row.of(site.id, site.arity)).collect();
        if seen.and_then(|s| s.observed).is_some_and(|r| truth.contains(&r)) {
            continue;
        }
        for (_, place) in copy.places.iter().filter(|(id, _)| *id == site.id) {
            if part.start <= place.start && place.end <= part.end {
                let text = &copy.text;
                let from = text[..place.start].char_indices().rev().nth(40).map_or(0, |c| c.0);
                let rest = &text[place.end..];
                let to = rest.char_indices().nth(40).map_or(rest.len(), |c| c.0);
                println!(
                    "{} {:?}->{:?} …{}[{}]{}…",
                    site.rule,
                    truth,
                    seen.map(|s| &s.log2),
                    &text[from..place.start],
                    &text[place.clone()],
                    &rest[..to]
                );
            }
        }
        for span in seen.iter().flat_map(|s| &s.spans) {
            println!("    looked at {:?}", &leak[span.clone()]);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let papers: usize = args.next().map_or(Ok(100), |n| n.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |n| n.parse())?;
    let shown = args.next();
    let Some(cables) = support::corpus() else { return Ok(()) };
    let mut rng = Rng(seed);
    let mut table: BTreeMap<(usize, &str), (Tally, Tally, f64, usize)> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for _ in 0..papers {
        let master = support::master(&cables[rng.below(cables.len())], false);
        let foreign = support::master(&cables[rng.below(cables.len())], false);
        let reader = Reader::new(&master);
        let (row, other) = (Row(rng.next()), Row(rng.next()));
        let copy = support::copy(&master, &row);
        let second = support::copy(&master, &other);
        let all = 0..copy.text.len();
        let pieces = [60, 40].map(|words| support::excerpt(&copy.text, words, &mut rng));
        let cut = |range: &Range<usize>| copy.text[range.clone()].to_owned();
        let retyped = support::retyped(&copy.text);
        let two = [&row, &other];
        let one = [&row];
        let leaks: Vec<(&str, String, &Range<usize>, &[&Row])> = vec![
            ("exact paste", copy.text.clone(), &all, &one),
            ("NFKC", copy.text.nfkc().collect(), &all, &one),
            ("retyped", retyped.clone(), &all, &one),
            ("lower case, bare", support::bare(&copy.text), &all, &one),
            ("10 % edited", support::edited(&retyped, 100, &mut rng), &all, &one),
            ("10 % edited paste", support::edited(&copy.text, 100, &mut rng), &all, &one),
            ("5 % scanned", support::scanned(&copy.text, 50, &mut rng), &all, &one),
            ("15 % scanned", support::scanned(&copy.text, 150, &mut rng), &all, &one),
            ("60 words pasted", cut(&pieces[0]), &pieces[0], &one),
            ("60 words retyped", support::retyped(&cut(&pieces[0])), &pieces[0], &one),
            ("40 words retyped", support::retyped(&cut(&pieces[1])), &pieces[1], &one),
            ("spliced", support::spliced(&copy.text, &second.text), &all, &two),
            (
                "spliced, retyped",
                support::retyped(&support::spliced(&copy.text, &second.text)),
                &all,
                &two,
            ),
            ("another paper", support::copy(&foreign, &row).text, &(0..0), &[]),
        ];
        for (at, (name, leak, part, rows)) in leaks.iter().enumerate() {
            let start = now();
            let read = reader.extract(leak, &ReadOptions::default());
            let spent = start.elapsed().as_secs_f64();
            let (wording, characters) =
                tally(&master, rows, &copy, part, &read, wrong.entry(name).or_default());
            if shown.as_deref() == Some(*name) {
                show(&master, rows, &copy, part, &read, leak);
            }
            let entry = table.entry((at, name)).or_default();
            entry.0 += wording;
            entry.1 += characters;
            entry.2 += spent;
            entry.3 += leak.split_whitespace().count();
        }
    }
    println!("{papers} cables, seed {seed}");
    println!("{:<20} {:>28}   {:>28}   {:>9}", "", "wording", "characters", "ms per");
    println!(
        "{:<20} {:>8} {:>9} {:>9}   {:>8} {:>9} {:>9}   {:>9}",
        "treatment", "offered", "right %", "wrong %", "offered", "right %", "wrong %", "500 words"
    );
    for ((_, name), (wording, characters, spent, words)) in &table {
        let share = |n: usize, of: usize| n as f64 * 100.0 / of.max(1) as f64;
        let cells = |t: &Tally| {
            let (right, wrong) = (share(t.right, t.offered), share(t.wrong, t.right + t.wrong));
            format!("{:>8} {right:>9.2} {wrong:>9.3}", t.offered)
        };
        let time = spent * 5e5 / (*words).max(1) as f64;
        println!("{name:<20} {}   {}   {time:>9.2}", cells(wording), cells(characters));
    }
    for (name, rules) in &wrong {
        let mut rules: Vec<_> = rules.iter().collect();
        rules.sort_by_key(|(rule, n)| (std::cmp::Reverse(**n), rule.as_str()));
        if !rules.is_empty() {
            println!("\nwrong, {name}: {rules:?}");
        }
    }
    Ok(())
}
