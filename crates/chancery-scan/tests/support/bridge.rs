//! From a typeset paper to what the picture reader knows of it.

use chancery_page::{Pages, PaperSource, Part, Readings, typeset};
use chancery_scan::{Paper, Plane, SHAPE_SCALE, Shape, Slot, Token};
use image::GrayImage;
use std::collections::BTreeMap;

/// Resolution of the shapes.
const DPI: f64 = SHAPE_SCALE as f64 * 72.0;

/// A stretch of text between blanks: one word, or the words of each reading.
enum Stretch {
    Word(String),
    Place(u32, Vec<String>),
}

fn stretches(paper: &PaperSource) -> Vec<Stretch> {
    let mut out = Vec::new();
    for paragraph in &paper.paragraphs {
        let (mut texts, mut site) = (vec![String::new()], None);
        let mut close = |texts: &mut Vec<String>, site: &mut Option<u32>| {
            let done = std::mem::replace(texts, vec![String::new()]);
            match site.take() {
                Some(site) => out.push(Stretch::Place(site, done)),
                None => out.extend(done.into_iter().filter(|t| !t.is_empty()).map(Stretch::Word)),
            }
        };
        for part in &paragraph.parts {
            match part {
                Part::Fixed(text) => {
                    for c in text.chars() {
                        match c.is_whitespace() {
                            true => close(&mut texts, &mut site),
                            false => texts.iter_mut().for_each(|t| t.push(c)),
                        }
                    }
                }
                Part::Sign { plain, .. } if plain.is_whitespace() => close(&mut texts, &mut site),
                Part::Sign { plain, .. } => texts.iter_mut().for_each(|t| t.push(*plain)),
                Part::Varies { site: own, plain, readings } => match site {
                    None => {
                        site = Some(*own);
                        texts = readings.iter().map(|r| texts[0].clone() + r).collect();
                    }
                    Some(_) => texts.iter_mut().for_each(|t| *t += &readings[usize::from(*plain)]),
                },
            }
        }
        close(&mut texts, &mut site);
    }
    out
}

/// Shapes by text, cut out of the pages of settings that show every reading.
#[derive(Default)]
struct Shapes {
    by_text: BTreeMap<String, u32>,
    all: Vec<Shape>,
}

impl Shapes {
    fn gather(&mut self, pages: &Pages) {
        for (number, page) in pages.geometry().unwrap().pages.iter().enumerate() {
            let body = || page.lines.iter().filter(|l| l.paragraph.is_some());
            let unknown = |w: &&chancery_page::geometry::Word| !self.by_text.contains_key(&w.text);
            if !body().flat_map(|l| &l.words).any(|w| unknown(&w)) {
                continue;
            }
            let grey = pages.raster(number, DPI).unwrap();
            for line in body() {
                for word in &line.words {
                    if self.by_text.contains_key(&word.text) {
                        continue;
                    }
                    let px = |pt: f64| (pt * f64::from(SHAPE_SCALE)) as usize;
                    let (left, right) = (px(word.ink0 - 0.7), px(word.ink1 + 0.7));
                    let (top, bottom) =
                        (px(line.baseline - line.size), px(line.baseline + 0.4 * line.size));
                    let sample = |x: usize, y: usize| {
                        1.0 - f32::from(grey.pixels[y * grey.width + x]) / 255.0
                    };
                    let rows: Vec<usize> = (top..bottom)
                        .filter(|&y| (left..right).any(|x| sample(x, y) > 0.4))
                        .collect();
                    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { continue };
                    let samples = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
                    let samples = samples.map(|(x, y)| sample(x, y)).collect();
                    let at = |pixel: usize, origin: f64| {
                        ((pixel as f64 + 0.5) / f64::from(SHAPE_SCALE) - origin) as f32
                    };
                    let edge =
                        |row: usize| (row as f64 / f64::from(SHAPE_SCALE) - line.baseline) as f32;
                    self.by_text.insert(word.text.clone(), self.all.len() as u32);
                    self.all.push(Shape {
                        advance: (word.x1 - word.x0) as f32,
                        left: (word.ink0 - word.x0) as f32,
                        top: edge(first),
                        right: (word.ink1 - word.x0) as f32,
                        bottom: edge(last + 1),
                        raster: Plane::new(right - left, bottom - top, samples),
                        raster_at: (at(left, word.x0), at(top, line.baseline)),
                    });
                }
            }
        }
    }

    /// The shape of a word; of one that every setting broke, its two parts side by side.
    fn of(&mut self, text: &str) -> u32 {
        if let Some(&shape) = self.by_text.get(text) {
            return shape;
        }
        let known = |(at, _): (usize, char)| {
            let (a, b) = text.split_at(at);
            Some((*self.by_text.get(a)?, *self.by_text.get(b)?))
        };
        let Some((a, _)) = text.char_indices().skip(1).find_map(known) else {
            panic!("no setting shows {text:?}")
        };
        // The first part alone: the place is then read poorly, and costs only itself.
        self.by_text.insert(text.to_owned(), a);
        a
    }
}

/// The paper as the picture reader sees it.
pub fn paper(source: &PaperSource) -> Paper {
    let stretches = stretches(source);
    let most = stretches.iter().map(|s| match s {
        Stretch::Word(_) => 1,
        Stretch::Place(_, readings) => readings.len(),
    });
    let mut shapes = Shapes::default();
    let mut marks: BTreeMap<usize, u32> = BTreeMap::new();
    for reading in 0..most.max().unwrap_or(1) {
        let sites = stretches.iter().filter_map(|s| match s {
            Stretch::Word(_) => None,
            Stretch::Place(site, readings) => Some((*site, reading.min(readings.len() - 1) as u8)),
        });
        let pages = typeset(source, &sites.collect::<Readings>()).unwrap();
        shapes.gather(&pages);
        if reading == 0 {
            let geometry = pages.geometry().unwrap();
            let mut words = geometry.body().flat_map(|l| &l.words);
            for (number, stretch) in stretches.iter().enumerate() {
                let texts: Vec<&str> = match stretch {
                    Stretch::Word(word) => vec![word],
                    Stretch::Place(_, readings) => readings[0].split_whitespace().collect(),
                };
                for text in texts {
                    let mut seen = String::new();
                    while seen.len() < text.len() {
                        let word = words.next().unwrap();
                        seen += &word.text;
                        if let Some(site) = word.site {
                            marks.insert(number, site);
                        }
                    }
                    assert_eq!(seen, text, "the typesetter keeps the order of words");
                }
            }
        }
    }
    let slots = stretches.iter().enumerate().map(|(number, stretch)| match stretch {
        Stretch::Word(word) => {
            Slot::Fixed(Token { shape: shapes.of(word), mark: marks.get(&number).copied() })
        }
        Stretch::Place(site, readings) => {
            let mut token = |w: &str| Token { shape: shapes.of(w), mark: None };
            let readings: Vec<Vec<Token>> =
                readings.iter().map(|r| r.split_whitespace().map(&mut token).collect()).collect();
            Slot::Choice { site: *site, readings }
        }
    });
    let slots = slots.collect();
    Paper::new(slots, shapes.all).unwrap()
}

/// A page of a copy, for the simulator.
pub fn page(pages: &Pages, number: usize, dpi: f64) -> chancery_capture::Page {
    let grey = pages.raster(number, dpi).unwrap();
    let image = GrayImage::from_raw(grey.width as u32, grey.height as u32, grey.pixels).unwrap();
    chancery_capture::Page { image, dpi: dpi as f32 }
}
