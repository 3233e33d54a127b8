//! Finding a page among many without being told which: right ones found, foreign ones refused, and how
//! long it takes. The everyday run has 2,000 texts; with `CHANCERY_FULL=1` there are 100,000. `CHANCERY_TEXTS` says how many
//! there are, `CHANCERY_PAGES` and `CHANCERY_FOREIGN` how many captures are taken at most, and of how many foreign pages.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_capture::{Chance, Kind};
use chancery_page::{Pages, PaperSource, Readings, typeset};
use chancery_scan::{Segment, search};
use support::archive::{Widths, plain};
use support::limits::limits;
use support::*;

/// Many texts of random words, and some that can be typeset.
struct Archive {
    segment: Segment,
    papers: Vec<PaperSource>,
}

fn archive(texts: usize, papers: usize, words: usize, seed: u64) -> Archive {
    let vocabulary = vocabulary();
    let mut chance = Chance::new(seed);
    let widths = Widths::of(&vocabulary);
    let drawn: Vec<Vec<String>> =
        (0..papers).map(|_| drawn(words, &vocabulary, &mut chance)).collect();
    let rows = drawn.iter().map(|words| widths.row(words)).collect();
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
    let archive = archive(texts, papers, words, 31);
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
    let (mut looked, mut accepted, mut slowest) = (0, 0, 0.0_f64);
    while looked < foreign {
        let strange = plain(&drawn(2_000, &vocabulary, &mut chance));
        let pages = typeset(&strange, &Readings::none()).unwrap();
        for page in 0..pages.count().min(foreign - looked) {
            let kind = KINDS[looked % KINDS.len()];
            let picture = kind.take(&bridge::page(&pages, page, 300.0), &mut chance);
            let start = std::time::Instant::now();
            accepted += usize::from(!search(&picture, &[&archive.segment]).is_empty());
            slowest = slowest.max(start.elapsed().as_secs_f64());
            looked += 1;
        }
        println!("foreign pages accepted so far: {accepted} of {looked}");
    }
    println!("foreign pages accepted: {accepted} of {looked}, slowest {slowest:.2} s");
    assert_eq!(accepted, 0);
    assert!(limits(found, captures).1 >= 0.995, "{found} of {captures}");
}

#[test]
fn a_page_is_found_whichever_way_up_it_lies() {
    let archive = archive(300, 1, 500, 41);
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
