//! Finding a page among many without being told which: right ones found, foreign ones refused, and how
//! long it takes. The everyday run has 2,000 texts; with `CHANCERY_FULL=1` there are 100,000. `CHANCERY_TEXTS` says how many
//! there are, `CHANCERY_PAGES` and `CHANCERY_FOREIGN` how many captures are taken at most, and of how many foreign pages. Where the
//! real cables are there, some stand among the texts, and every second foreign paper is one that does not.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_capture::{Chance, Kind};
use chancery_page::{Pages, PaperSource, Readings, typeset};
use chancery_scan::{LEAST_SUPPORT, Segment, search};
use std::collections::BTreeSet;
use support::archive::{Widths, plain};
use support::limits::limits;
use support::*;

/// Many texts of random words, and some that can be typeset.
struct Archive {
    segment: Segment,
    papers: Vec<PaperSource>,
}

/// Real cables: so many for the archive, and others; none where the shared data are missing.
fn real(count: usize) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let Some(all) = cables() else {
        eprintln!("SKIPPED: ../shared/corpus is missing; foreign pages are of random words alone");
        return (Vec::new(), Vec::new());
    };
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (k, cable) in all.into_iter().enumerate() {
        match k % 5 {
            4 => others.push(cable),
            _ if own.len() < count => own.push(cable),
            _ => {}
        }
    }
    // So many words in a row are as many grams as are believed: whoever quotes them does show a text of the
    // archive. Shorter phrases stay.
    let quote = LEAST_SUPPORT + 5;
    let known: BTreeSet<&[String]> = own.iter().flat_map(|cable| cable.windows(quote)).collect();
    others.retain(|cable| !cable.windows(quote).any(|words| known.contains(words)));
    drop(known);
    (own, others)
}

fn archive(texts: usize, papers: usize, words: usize, real: &[Vec<String>], seed: u64) -> Archive {
    let vocabulary = vocabulary();
    let mut chance = Chance::new(seed);
    let widths = Widths::of(&vocabulary);
    let drawn: Vec<Vec<String>> =
        (0..papers).map(|_| drawn(words, &vocabulary, &mut chance)).collect();
    let mut rows: Vec<Vec<f32>> = drawn.iter().map(|words| widths.row(words)).collect();
    if !real.is_empty() {
        let widths = Widths::of(&real.concat());
        rows.extend(real.iter().map(|words| widths.row(words)));
    }
    let papers = drawn.iter().map(|words| plain(words)).collect();
    Archive { segment: widths.archive(rows, texts, &mut chance), papers }
}

/// The number of lines of text on a page.
fn lines(pages: &Pages, page: usize) -> usize {
    let geometry = pages.geometry().unwrap();
    geometry.pages[page].lines.iter().filter(|l| l.paragraph.is_some()).count()
}

const KINDS: [Kind; 6] = [
    Kind::Raster72Jpeg30,
    Kind::Scan150Jpeg30,
    Kind::Fax,
    Kind::Messenger,
    Kind::PhotoTilt20,
    Kind::ScreenPhoto,
];

#[test]
#[expect(clippy::disallowed_methods, reason = "the time of a search is what is measured")]
fn pages_are_found_and_foreign_pages_are_not() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<usize>().ok());
    let (texts, papers, words, foreign) =
        if full() { (100_000, 24, 16_000, 1_000) } else { (2_000, 1, 1_000, 3) };
    let foreign = number("CHANCERY_FOREIGN").unwrap_or(foreign);
    let texts = number("CHANCERY_TEXTS").unwrap_or(texts);
    let most = number("CHANCERY_PAGES").unwrap_or(usize::MAX);
    let (own, others) = real(if full() { 2_000 } else { 50 });
    let archive = archive(texts, papers, words, &own, 31);
    println!("{} texts, {} bytes", archive.segment.len(), archive.segment.size());
    let (mut captures, mut found, mut slowest, mut total) = (0, 0, 0.0_f64, 0.0);
    let mut chance = Chance::new(32);
    for (number, source) in archive.papers.iter().enumerate() {
        let pages = typeset(source, &Readings::none()).unwrap();
        for page in (0..pages.count() - 1).take(most.saturating_sub(captures)) {
            let kind = KINDS[captures % KINDS.len()];
            let mut whole = bridge::page(&pages, page, 300.0);
            let turn = captures / KINDS.len() % 3;
            if turn == 2 && kind != Kind::ScreenPhoto {
                // Nine lines of at most 16 pt.
                let top = chance.between(120.0, 480.0);
                whole = whole.strip(top, 9.5 * 15.0);
            } else if lines(&pages, page) < 9 {
                continue;
            }
            let picture = kind.take(&whole, &mut chance);
            let start = std::time::Instant::now();
            let answer = search(&picture, &[&archive.segment]);
            let seconds = start.elapsed().as_secs_f64();
            captures += 1;
            slowest = slowest.max(seconds);
            total += seconds;
            let right = answer.first().is_some_and(|c| c.text == number as u64);
            found += usize::from(right);
            if !right {
                println!(
                    "missed: paper {number}, page {page}, {}, {turn}: {answer:?}",
                    kind.name()
                );
            }
        }
        println!("found so far: {found} of {captures}, slowest {slowest:.2} s");
    }
    let (low, high) = limits(found, captures);
    println!(
        "found {found} of {captures} ({low:.4} to {high:.4}), {:.2} s each, slowest {slowest:.2} s",
        total / captures as f64
    );
    let vocabulary = vocabulary();
    // Pages of random words and of real cables: how many were looked at, how many accepted.
    let mut counts = [(0, 0); 2];
    let mut others = others.iter();
    let mut slowest = 0.0_f64;
    for paper in 0.. {
        let looked = counts[0].0 + counts[1].0;
        if looked >= foreign {
            break;
        }
        let (which, strange) = match others.next().filter(|_| paper % 2 == 0) {
            Some(cable) => (1, plain(cable)),
            None => (0, plain(&drawn(1_000, &vocabulary, &mut chance))),
        };
        let pages = typeset(&strange, &Readings::none()).unwrap();
        for page in 0..pages.count().min(2).min(foreign - looked) {
            let kind = KINDS[(looked + page) % KINDS.len()];
            let picture = kind.take(&bridge::page(&pages, page, 300.0), &mut chance);
            let start = std::time::Instant::now();
            let answer = search(&picture, &[&archive.segment]);
            slowest = slowest.max(start.elapsed().as_secs_f64());
            counts[which].0 += 1;
            counts[which].1 += usize::from(!answer.is_empty());
            if !answer.is_empty() {
                println!("accepted: paper {paper}, page {page}, {}: {answer:?}", kind.name());
            }
        }
        println!("foreign pages, accepted of random words and of cables so far: {counts:?}");
    }
    let [(random, one), (cables, other)] = counts;
    println!(
        "foreign pages accepted: {one} of {random} of random words, {other} of {cables} of real cables, slowest {slowest:.2} s"
    );
    assert_eq!(one + other, 0);
    assert!(limits(found, captures).1 >= 0.995, "{found} of {captures}");
}

#[test]
fn a_page_is_found_whichever_way_up_it_lies() {
    let archive = archive(300, 1, 500, &[], 41);
    let pages = typeset(&archive.papers[0], &Readings::none()).unwrap();
    let upright = Kind::Raster100.take(&bridge::page(&pages, 0, 300.0), &mut Chance::new(42));
    let turns = [
        upright.clone(),
        image::imageops::rotate90(&upright),
        image::imageops::rotate180(&upright),
        image::imageops::rotate270(&upright),
    ];
    for (quarter, picture) in turns.iter().enumerate() {
        let found = search(picture, &[&archive.segment]);
        assert_eq!(found.first().map(|c| c.text), Some(0), "{quarter} quarters: {found:?}");
    }
}
