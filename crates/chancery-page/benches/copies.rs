//! How fast copies become pages: a paper of about three pages, each copy with its own wording, marks, lines.
//!
//! `cargo bench -p chancery-page` prints copies a second on one core, what the marks cost at export, and the
//! peak of memory. `--profile dev` gives the figures of a program that was not optimised throughout.

use std::hint::black_box;
use std::time::Instant;

use chancery_page::{Form, PaperSource, Paragraph, Part, Readings, read_pdf, shifts, typeset};

const TEXT: &str = "The talks on the Aldermark lights opened on Monday morning in the old customs house, and came to an end late on Thursday after two long sessions on dues. The Vessian side had brought their harbour master, who had not been told that two of his pilot boats were missing, and who";
const PLACES: [[&str; 2]; 4] = [
    ["spoke", "talked"],
    ["was frank", "was candid"],
    ["asked", "wanted to know"],
    ["left", "went"],
];
const PARAGRAPHS: u32 = 30;

fn paper() -> PaperSource {
    let paragraph = |number: u32| {
        let mut parts = Vec::new();
        let mut site = (1 << 20) + number * 200;
        for word in TEXT.split_inclusive(' ') {
            let (word, blank) = word.strip_suffix(' ').map_or((word, false), |word| (word, true));
            parts.push(Part::Fixed(word.to_owned()));
            site += 1;
            if blank && !site.is_multiple_of(3) {
                let readings = vec!['\u{2005}', '\u{2008}', '\u{205f}'];
                parts.push(Part::Sign { site, plain: ' ', readings });
            } else if blank {
                parts.push(Part::Fixed(" ".into()));
            }
        }
        parts.push(Part::Fixed(" ".into()));
        for (at, place) in (0..).zip(PLACES) {
            let readings = place.map(str::to_owned).to_vec();
            parts.push(Part::Varies { site: number * 4 + at, plain: 0, readings });
            parts.push(Part::Fixed(if at < 3 { " and " } else { "." }.into()));
        }
        Paragraph { number: Some(number + 1), portion: None, parts }
    };
    PaperSource {
        form: Form::Cable,
        identity: "bench".into(),
        label: "CONFIDENTIAL".into(),
        title: None,
        subject: "Lights and dues".into(),
        precedence: Some("IMMEDIATE".into()),
        notices: Vec::new(),
        lines: vec![("FROM".into(), "Embassy, Vess".into()), ("TO".into(), "Capital".into())],
        paragraphs: (0..PARAGRAPHS).map(paragraph).collect(),
        signed: None,
        copy_line: None,
        notice: "This copy was made for its reader alone.".into(),
    }
}

fn row(copy: u32) -> Readings {
    let draw = |site: u32| {
        let mixed = (site ^ copy.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0x9e37_79b9);
        u8::from(mixed >> 16 & 1 == 1)
    };
    let sites = (0..PARAGRAPHS * 4).chain((1 << 20)..(1 << 20) + PARAGRAPHS * 200);
    sites.chain((1 << 21)..(1 << 21) + 4_000).map(|site| (site, draw(site))).collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

/// The median of some runs of each copy.
fn median(mut run: impl FnMut(u32)) -> f64 {
    let mut all: Vec<f64> = (1..=25).map(|copy| seconds(|| run(copy))).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn main() {
    let paper = paper();
    let set = |copy: u32| typeset(&paper, &row(copy)).expect("the paper can be set");
    let first = set(0);
    let words: usize =
        first.geometry().expect("its own text").body().map(|line| line.words.len()).sum();
    println!("{} pages, {words} words", first.count());
    let layout = median(|copy| drop(black_box(set(copy))));
    let export = median(|copy| {
        black_box(set(copy).pdf().expect("pages become a PDF"));
    });
    let checked = median(|copy| {
        let pages = set(copy);
        let bytes = pages.pdf().expect("pages become a PDF");
        black_box(pages.geometry().expect("its own text"));
        let found = read_pdf(&bytes).expect("its own PDF");
        black_box(shifts(&paper, &row(copy), &found, |_| true).expect("its own paper"));
    });
    let (plain, marked) = (
        typeset(&paper, &row(1).without_layout()).expect("the paper can be set"),
        typeset(&paper, &row(1)).expect("the paper can be set"),
    );
    let plain = median(|_| drop(black_box(plain.pdf())));
    let marked = median(|_| drop(black_box(marked.pdf())));
    println!("layout and marks           {:8.1} copies/s", 1.0 / layout);
    println!("layout, marks, PDF         {:8.1} copies/s", 1.0 / export);
    println!("the same and read back     {:8.1} copies/s", 1.0 / checked);
    println!(
        "export of a marked copy    {:8.2} ms, unmarked {:.2} ms, ratio {:.3}",
        marked * 1e3,
        plain * 1e3,
        marked / plain
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|line| line.starts_with("VmHWM"));
        println!(
            "peak of memory             {}",
            peak.unwrap_or_default().trim_start_matches("VmHWM:").trim()
        );
    }
}
