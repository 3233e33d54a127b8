//! Copies that leak as pictures, and what was counted of them.

use super::limits::limits;
use super::readers::Readers;
use super::{bridge, source};
use chancery_capture::{Chance, Kind, Page, WordBox};
use chancery_page::{Form, Readings, geometry, typeset};
use chancery_scan::{GrayImage, Marking, Paper, Reading, Segment, TextId, read, search};

/// What was counted over the captures of a cell.
#[derive(Debug, Default)]
pub struct Cell {
    pub captures: usize,
    /// The paper was among the candidates of [`search`].
    pub found: usize,
    pub read: usize,
    pub marks: usize,
    pub wrong_marks: usize,
    pub choices: usize,
    pub wrong_choices: usize,
    /// Found, read, and the one who leaked it named.
    pub named: usize,
    pub innocents: usize,
    pub noise: f64,
    /// Middle deviation of a line's height from the mean of its neighbours', in points, summed over captures.
    pub lines: f64,
}

/// What a cell is to reach.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// Share of the page sites that may be read wrongly.
    pub wrong: f64,
    /// Share of the captures whose reader is to be named.
    pub named: f64,
}

impl Aim {
    /// The aim of a cell by its name, as `docs/captures.md` has it.
    pub fn of(cell: &str) -> Option<Self> {
        let (wrong, named) = match cell {
            "raster-150" | "raster-100" | "raster-72" => (0.002, 1.0),
            "raster-150-jpeg-30" | "raster-72-jpeg-30" | "screenshot" => (0.002, 1.0),
            "scan-300" | "scan-150-jpeg-30" => (0.005, 1.0),
            "fax" => (0.01, 1.0),
            "photo-12mp" | "photo-tilt-20" | "photo-curl-12" => (0.01, 0.99),
            "photo-motion" | "photo-defocus-4" | "messenger" => (0.01, 0.99),
            "screen-photo" => (0.02, 0.95),
            "photocopy-2" => (0.06, 0.99),
            "messenger-9-lines" => (0.02, 0.90),
            "scan-300-8-lines" => (0.02, 0.85),
            _ => return None,
        };
        Some(Self { wrong, named })
    }
}

impl Cell {
    /// What is surely beyond the aim: by the limits of what was counted, not by the rates themselves.
    pub fn missed(&self, aim: Aim) -> Option<String> {
        let wrong = limits(self.wrong_marks, self.marks.max(1)).0;
        let named = limits(self.named, self.captures.max(1)).1;
        (wrong > aim.wrong || named < aim.named).then(|| {
            format!(
                "at least {:.2} % of the sites wrong (aim {:.1}), at most {:.1} % named (aim {:.0})",
                100.0 * wrong,
                100.0 * aim.wrong,
                100.0 * named,
                100.0 * aim.named
            )
        })
    }

    pub fn row(&self, name: &str) -> String {
        let rate = |k: usize, n: usize| {
            let (low, high) = limits(k, n.max(1));
            let percent = 100.0 * k as f64 / n.max(1) as f64;
            format!("{percent:.2} % ({:.2}-{:.2})", 100.0 * low, 100.0 * high)
        };
        format!(
            "| {name} | {} | {} | {} | {} a page, wrong {} | {} | {} | {} | {:.3} | {:.3} |",
            self.captures,
            self.found,
            self.read,
            self.marks / self.captures.max(1),
            rate(self.wrong_marks, self.marks),
            rate(self.wrong_choices, self.choices),
            rate(self.named, self.captures),
            self.innocents,
            self.noise / self.read.max(1) as f64,
            self.lines / self.read.max(1) as f64,
        )
    }
}

/// What is done to a page before it is captured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Before {
    Nothing,
    /// Only so many lines are left.
    Strip(usize),
    /// This share of the words is blackened.
    Redacted(f32),
    /// Every word is moved by chance, by up to so many points.
    Jittered(f32),
}

impl Before {
    fn done(self, page: Page, geometry: &geometry::Page, chance: &mut Chance) -> Page {
        let body = || geometry.lines.iter().filter(|l| l.paragraph.is_some());
        let boxes = || -> Vec<WordBox> {
            let of = |line: &geometry::Line, word: &geometry::Word| WordBox {
                left: word.ink0 as f32 - 0.4,
                top: (line.baseline - 0.95 * line.size) as f32,
                right: word.ink1 as f32 + 0.4,
                bottom: (line.baseline + 0.35 * line.size) as f32,
            };
            body().flat_map(|line| line.words.iter().map(move |word| of(line, word))).collect()
        };
        match self {
            Self::Nothing => page,
            Self::Strip(lines) => {
                let baselines: Vec<f64> = body().map(|l| l.baseline).collect();
                let first = (chance.unit() * (baselines.len() - lines) as f32) as usize;
                let (top, end) = (baselines[first] - 10.5, baselines[first + lines - 1] + 4.0);
                page.strip(top as f32, (end - top) as f32)
            }
            Self::Redacted(share) => page.redact(&boxes(), share, chance),
            Self::Jittered(points) => page.rejitter(&boxes(), points, chance),
        }
    }
}

/// A copy of a paper that one of its 1,000 readers will leak.
pub struct Leak {
    paper: Paper,
    readers: Readers,
    leaker: usize,
    row: Readings,
    page: Page,
    geometry: geometry::Page,
    /// The copy as it is printed.
    pub pdf: Vec<u8>,
}

impl Leak {
    pub fn new(words: &[String], seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let form = [Form::Cable, Form::Letter, Form::Report][(seed % 3) as usize];
        let source = source(words, form, &mut chance);
        let readers = Readers::new(&source, seed, 1_000);
        let leaker = (chance.unit() * 1_000.0) as usize;
        let row = readers.row(leaker);
        let pages = typeset(&source, &row).unwrap();
        let page = bridge::page(&pages, 0, 400.0);
        let pdf = pages.pdf().unwrap();
        let geometry = pages.geometry().unwrap().pages.swap_remove(0);
        Self { paper: bridge::paper(&source), pdf, readers, leaker, row, page, geometry }
    }

    /// The paper as the reader of pictures knows it.
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// An archive of this paper alone, with the number 0.
    pub fn alone(&self) -> Segment {
        Segment::build([(0, &self.paper.widths()[..])]).unwrap()
    }

    /// Takes a capture.
    pub fn capture(&self, kind: Kind, before: Before, chance: &mut Chance) -> GrayImage {
        kind.take(&before.done(self.page.clone(), &self.geometry, chance), chance)
    }

    /// Looks for the page in an archive where it has this number, reads it, and scores all readers. Says what went
    /// wrong, if anything did.
    pub fn count(
        &self,
        picture: &GrayImage,
        (archive, number): (&Segment, TextId),
        cell: &mut Cell,
    ) -> Option<String> {
        cell.captures += 1;
        let candidates = search(picture, &[archive]);
        let found = candidates.iter().any(|c| c.text == number);
        cell.found += usize::from(found);
        let Some(reading) = read(picture, &self.paper, &Marking::SHIPPED) else {
            return Some("not read".into());
        };
        cell.read += 1;
        let wrong_before = cell.wrong_marks;
        cell.noise += reading.noise;
        cell.lines += unevenness(&reading, &self.geometry);
        for mark in reading.marks.iter().filter(|m| m.likelihoods[0] != m.likelihoods[1]) {
            cell.marks += 1;
            let seen = u8::from(mark.likelihoods[1] > mark.likelihoods[0]);
            cell.wrong_marks += usize::from(self.row.get(mark.site) != Some(seen));
        }
        for choice in &reading.choices {
            cell.choices += 1;
            cell.wrong_choices += usize::from(self.row.get(choice.site) != Some(choice.best));
        }
        let named = self.readers.find(&reading).named;
        let right = found && named.contains(&self.leaker);
        cell.named += usize::from(right);
        cell.innocents += named.iter().filter(|n| **n != self.leaker).count();
        let wrong = cell.wrong_marks - wrong_before;
        let much = 400 * wrong > reading.marks.len();
        (!right || much).then(|| {
            format!(
                "{}, {}; support {}, {} sites, {wrong} wrong, noise {:.3}",
                if found { "found" } else { "not found" },
                if right { "named" } else { "not named" },
                reading.support,
                reading.marks.len(),
                reading.noise,
            )
        })
    }
}

pub const HEAD: &str = "| capture | captures | found | read | page sites | wording wrong | named | innocents | noise, pt | lines, pt |\n|---|---|---|---|---|---|---|---|---|---|";

/// How far a line stands off the middle between its neighbours where all three are evenly set, in points: what a
/// mark on lines would have to stand out from. The middle deviation over the picture, scaled to that of a bell.
fn unevenness(reading: &Reading, geometry: &geometry::Page) -> f64 {
    let body: Vec<f64> =
        geometry.lines.iter().filter(|l| l.paragraph.is_some()).map(|l| l.baseline).collect();
    let middle = |mut all: Vec<f64>| {
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let steps = |heights: &[f64]| middle(heights.windows(2).map(|w| w[1] - w[0]).collect());
    let origins = || reading.lines.iter().flatten().map(|w| w.origin);
    let across = middle(origins().map(|o| o[0]).collect());
    // The height of each line at the middle of the page, by a straight line through its words.
    let height = |line: &Vec<chancery_scan::SeenWord>| {
        let count = line.len() as f64;
        let mean = |d: usize| line.iter().map(|w| w.origin[d]).sum::<f64>() / count;
        let (x, y) = (mean(0), mean(1));
        let sum = |of: &dyn Fn([f64; 2]) -> f64| line.iter().map(|w| of(w.origin)).sum::<f64>();
        let slope = sum(&|o| (o[0] - x) * (o[1] - y)) / sum(&|o| (o[0] - x) * (o[0] - x)).max(1e-9);
        y + slope * (across - x)
    };
    let heights: Vec<f64> = reading.lines.iter().filter(|l| l.len() >= 6).map(height).collect();
    let (points, pixels) = (steps(&body), steps(&heights));
    let even = |step: f64| (step / pixels - 1.0).abs() < 0.15;
    let off = heights.windows(3).filter(|h| even(h[1] - h[0]) && even(h[2] - h[1]));
    let off = off.map(|h| (h[1] - (h[0] + h[2]) / 2.0).abs() * points / pixels);
    middle(off.collect()) / 0.6745
}
