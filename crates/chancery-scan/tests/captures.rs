//! What the reader of pictures reaches on simulated captures: the table of `docs/captures.md`.
//!
//! Nobody tells which paper a capture shows: it is looked for among 2,000 texts. The everyday run takes one capture
//! of a few kinds. With `CHANCERY_FULL=1` every cell has 20 pages of real cables, looked for among 100,000 texts;
//! `CHANCERY_CELLS=fax,messenger`, `CHANCERY_PAGES` and `CHANCERY_SEED` choose cells, their size, and other papers.
//! Pictures that fail are kept in the folder `CHANCERY_KEEP`. A cell that surely misses its aim fails the run.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_capture::{Chance, Kind};
use chancery_page::{Form, Readings, typeset};
use chancery_scan::{Marking, Segment, read, search};
use support::archive::Widths;
use support::leaks::{Aim, Before, Cell, HEAD, Leak};
use support::readers::Readers;
use support::*;

#[test]
fn captures_name_their_reader() {
    let chosen = std::env::var("CHANCERY_CELLS").ok();
    let wanted = |name: &str| chosen.as_ref().is_none_or(|c| c.split(',').any(|c| c == name));
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let papers = number("CHANCERY_PAGES").unwrap_or_else(|| if full() { 20 } else { 1 }) as usize;
    let seed = number("CHANCERY_SEED").unwrap_or(71);
    let everyday = [Kind::Raster100, Kind::Scan300, Kind::Fax, Kind::Messenger];
    let parts = [
        (Kind::Messenger, Before::Strip(9), "messenger-9-lines"),
        (Kind::Scan300, Before::Strip(8), "scan-300-8-lines"),
        (Kind::Scan300, Before::Redacted(0.3), "scan-300-redacted-30"),
        (Kind::Raster150, Before::Jittered(0.3), "raster-150-jittered-0.3"),
        (Kind::Raster150, Before::Jittered(0.8), "raster-150-jittered-0.8"),
    ];
    let whole = Kind::ALL.map(|kind| (kind, Before::Nothing, kind.name()));
    let usual = |(kind, before, _): &(Kind, Before, &str)| {
        full() || everyday.contains(kind) && *before == Before::Nothing
    };
    let mut cells: Vec<_> = whole
        .into_iter()
        .chain(parts)
        .zip(0_u64..)
        .filter(|(cell, _)| if chosen.is_some() { wanted(cell.2) } else { usual(cell) })
        .map(|(cell, number)| (cell, number, Cell::default()))
        .collect();
    let vocabulary = vocabulary();
    let real = if full() { cables() } else { None };
    let drawn = |seed| drawn(700, &vocabulary, &mut Chance::new(seed));
    let seeds: Vec<u64> = (0..papers as u64).map(|number| seed * 1_000 + number).collect();
    let texts = real.unwrap_or_else(|| seeds.iter().map(|seed| drawn(*seed)).collect());
    let archive = {
        let widths = Widths::of(&texts.concat());
        let rows = texts.iter().map(|words| widths.row(words)).collect();
        widths.archive(rows, if full() { 100_000 } else { 2_000 }, &mut Chance::new(seed))
    };
    for (number, seed) in seeds.into_iter().enumerate() {
        let text = (Chance::new(seed).unit() * texts.len() as f32) as usize;
        let leak = Leak::new(&texts[text], seed);
        for ((kind, before, name), number, cell) in &mut cells {
            // Each cell has its own chance, so that it can be taken again alone.
            let mut chance = Chance::new(seed * 100 + *number);
            let picture = leak.capture(*kind, *before, &mut chance);
            if let Some(trouble) = leak.count(&picture, (&archive, text as u64), cell) {
                println!("{name}, seed {seed}: {trouble}");
                if let Ok(folder) = std::env::var("CHANCERY_KEEP") {
                    picture.save(format!("{folder}/{name}-{seed}.png")).unwrap();
                }
            }
        }
        println!("\nAfter {} papers\n\n{HEAD}", number + 1);
        cells.iter().for_each(|((_, _, name), _, cell)| println!("{}", cell.row(name)));
    }
    let innocents: usize = cells.iter().map(|(_, _, cell)| cell.innocents).sum();
    assert_eq!(innocents, 0, "an innocent was named");
    let missed = cells.iter().filter_map(|((_, _, name), _, cell)| {
        let missed = cell.missed(Aim::of(name)?)?;
        Some(format!("{name}: {missed}"))
    });
    let missed: Vec<String> = missed.collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_cell_that_surely_misses_its_aim_is_told() {
    assert!(Kind::ALL.iter().all(|kind| Aim::of(kind.name()).is_some()), "every kind has an aim");
    let told = |wrong_marks: usize, named: usize, aim: &str| {
        let cell = Cell { captures: 20, marks: 4_000, wrong_marks, named, ..Cell::default() };
        cell.missed(Aim::of(aim).unwrap()).is_some()
    };
    // 0.5 % are meant; 0.7 % of 4,000 may be chance, 1 % are not.
    assert!(!told(20, 20, "scan-300") && !told(28, 20, "scan-300") && told(40, 20, "scan-300"));
    // Of all none may be missing; of 99 % one of twenty may, three may not.
    assert!(told(0, 19, "fax") && !told(0, 19, "messenger") && told(0, 17, "messenger"));
    assert!(!told(0, 17, "scan-300-8-lines") && told(0, 9, "scan-300-8-lines"));
}

#[test]
fn an_unmarked_page_names_nobody_and_another_paper_is_not_found() {
    let vocabulary = vocabulary();
    let mut chance = Chance::new(5);
    let mut sources = (0..2).map(|_| {
        let words = drawn(500, &vocabulary, &mut chance);
        source(&words, Form::Cable, &mut chance)
    });
    let (own, other) = (sources.next().unwrap(), sources.next().unwrap());
    let pages = typeset(&own, &Readings::none()).unwrap();
    let picture = Kind::Raster100.take(&bridge::page(&pages, 0, 300.0), &mut Chance::new(6));
    let paper = bridge::paper(&own);
    let reading = read(&picture, &paper, &Marking::SHIPPED).unwrap();
    let finding = Readers::new(&own, 9, 1_000).find(&reading);
    assert!(finding.named.is_empty(), "{:?}", finding.named);
    let twice = read(&picture, &paper, &Marking::SHIPPED).unwrap();
    assert_eq!(reading.marks, twice.marks);
    assert_eq!(reading.choices, twice.choices);
    let stranger = bridge::paper(&other);
    assert!(read(&picture, &stranger, &Marking::SHIPPED).is_none());
    let (mine, theirs) = (paper.widths(), stranger.widths());
    let archive = Segment::build([(1, &mine[..]), (2, &theirs[..])]).unwrap();
    let found = search(&picture, &[&archive]);
    assert_eq!(found.iter().map(|c| c.text).collect::<Vec<_>>(), [1]);
    let without = Segment::build([(2, &theirs[..])]).unwrap();
    assert!(search(&picture, &[&without]).is_empty());
}
