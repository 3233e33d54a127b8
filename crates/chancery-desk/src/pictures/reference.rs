//! A paper as pictures are compared with it: its running text in every wording, and how each word looks.
//!
//! Words are cut out of a specimen, pages that hold each of them once. Nothing here depends on a copy.

use std::collections::BTreeMap;
use std::ops::Range;

use chancery_code::{Evidence, SiteEvidence, SiteId, SiteLaws};
use chancery_page::geometry::{Line, Word};
use chancery_page::{
    Grey, PageError, Pages, PaperSource, Paragraph, Part, Readings, Stretch, stretches, typeset,
};
use chancery_scan::{Paper, Plane, Reading, SHAPE_SCALE, Shape, Slot, Token};

use super::SeenSite;
use crate::DeskError;

/// Points in an inch.
const INCH: f64 = 72.0;
/// White around a word's ink in its raster, in points.
const MARGIN: f64 = 0.7;
/// Darkness from which on a sample is ink.
const INK: f32 = 0.4;
/// Words in a paragraph of the specimen.
const PARAGRAPH: usize = 400;

/// A paper, ready to be compared.
#[derive(Debug)]
pub(crate) struct Reference {
    paper: Paper,
    /// The text of each shape.
    texts: Vec<String>,
    /// Places of the wording, by the numbers that the reader of pictures knows them by.
    places: Vec<Place>,
}

/// The wording sites of a stretch, and how many words each of its texts has.
#[derive(Debug)]
struct Place {
    sites: Vec<(u32, u8)>,
    words: Vec<usize>,
}

impl Reference {
    /// # Errors
    /// When the paper cannot be typeset or is too large to be compared.
    pub(crate) fn of(source: &PaperSource) -> Result<Self, DeskError> {
        let stretches = stretches(&source.paragraphs);
        let mut shapes = Shapes::default();
        for pages in specimen(source, &stretches).map_err(input)? {
            shapes.gather(&pages).map_err(input)?;
        }
        let token = |text: &str, mark: Option<u32>| {
            shapes.known.get(text).map(|shape| Token { shape: *shape, mark })
        };
        let mut places = Vec::new();
        let mut slots = Vec::new();
        for stretch in &stretches {
            match stretch {
                Stretch::Word { text, site } => {
                    slots.extend(token(text, *site).map(Slot::Fixed));
                }
                Stretch::Place { sites, texts } => {
                    let reading = |text: &String| -> Vec<Token> {
                        text.split_whitespace().filter_map(|word| token(word, None)).collect()
                    };
                    let readings: Vec<Vec<Token>> = texts.iter().map(reading).collect();
                    let words = readings.iter().map(Vec::len).collect();
                    let site = u32::try_from(places.len()).unwrap_or(u32::MAX);
                    places.push(Place { sites: sites.clone(), words });
                    slots.push(Slot::Choice { site, readings });
                }
            }
        }
        let Shapes { known, all } = shapes;
        let mut texts = vec![String::new(); all.len()];
        for (text, shape) in known {
            if let Some(slot) = texts.get_mut(shape as usize) {
                *slot = text;
            }
        }
        let paper = Paper::new(slots, all).map_err(input)?;
        Ok(Self { paper, texts, places })
    }

    pub(crate) fn paper(&self) -> &Paper {
        &self.paper
    }

    /// The text of a shape.
    pub(crate) fn text(&self, shape: u32) -> &str {
        self.texts.get(shape as usize).map(String::as_str).unwrap_or_default()
    }

    /// What a reading says about the paper's sites, each once, and where they stand in it.
    pub(crate) fn evidence(
        &self,
        reading: &Reading,
        laws: &SiteLaws,
    ) -> Result<(Evidence, Vec<SeenSite>), DeskError> {
        let mut found: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        let mut places: Vec<(u32, usize, Range<usize>, Option<f64>)> = Vec::new();
        for mark in &reading.marks {
            let (line, word) = mark.place;
            found.insert(mark.site, mark.likelihoods.to_vec());
            places.push((mark.site, line, word..word + 1, Some(mark.shift)));
        }
        for choice in &reading.choices {
            let Some(place) = self.places.get(choice.site as usize) else { continue };
            let (line, first) = choice.place;
            let words = place.words.get(usize::from(choice.best)).copied().unwrap_or(0);
            for (site, likelihoods) in place.apart(&choice.likelihoods) {
                let known = found.entry(site).or_insert_with(|| vec![1.0; likelihoods.len()]);
                // A site that stands at several places is read at each, and counts once.
                known.iter_mut().zip(&likelihoods).for_each(|(all, one)| *all *= one);
                places.push((site, line, first..first + words, None));
            }
        }
        let fits = |site: SiteId, readings: usize| {
            laws.get(site).is_some_and(|law| law.readings() == readings)
        };
        let entries = found.iter().filter_map(|(site, likelihoods)| {
            let site = SiteId::new(*site).filter(|site| fits(*site, likelihoods.len()))?;
            Some(SiteEvidence::from_likelihoods(site, likelihoods))
        });
        let evidence = Evidence::new(entries.collect()).map_err(input)?;
        let sites = places.into_iter().filter_map(|(site, line, words, shift)| {
            let site = SiteId::new(site).filter(|site| evidence.get(*site).is_some())?;
            Some(SeenSite { site, line, words, shift })
        });
        Ok((evidence.clone(), sites.collect()))
    }
}

impl Place {
    /// From the likelihoods of all texts of a stretch to those of each site's readings, whatever the other
    /// sites read.
    fn apart(&self, likelihoods: &[f64]) -> Vec<(u32, Vec<f64>)> {
        let mut step: usize = self.sites.iter().map(|(_, count)| usize::from(*count)).product();
        if step != likelihoods.len() {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(self.sites.len());
        for (site, count) in &self.sites {
            let count = usize::from(*count);
            step /= count.max(1);
            let mut own = vec![0.0; count];
            for (at, likelihood) in likelihoods.iter().enumerate() {
                own[at / step % count] += likelihood;
            }
            out.push((*site, own));
        }
        out
    }
}

/// Widths of the ink of the running text in its first wording, in points: what the page index holds.
///
/// # Errors
/// When the paper cannot be typeset.
pub(crate) fn widths(source: &PaperSource) -> Result<Vec<f32>, DeskError> {
    let stretches = stretches(&source.paragraphs);
    let mut known: BTreeMap<String, f32> = BTreeMap::new();
    for pages in specimen(source, &stretches).map_err(input)? {
        for line in pages.geometry().map_err(input)?.body() {
            for word in &line.words {
                known.entry(word.text.clone()).or_insert((word.ink1 - word.ink0) as f32);
            }
        }
    }
    let first = stretches.iter().flat_map(|stretch| match stretch {
        Stretch::Word { text, .. } => vec![text.as_str()],
        Stretch::Place { texts, .. } => {
            texts.first().map(|text| text.split_whitespace().collect()).unwrap_or_default()
        }
    });
    Ok(first.filter_map(|word| known.get(word).copied()).collect())
}

/// Pages that hold every word of every wording: all in running paragraphs, then those that a line's end
/// broke once more, each by itself.
fn specimen(source: &PaperSource, stretches: &[Stretch]) -> Result<Vec<Pages>, PageError> {
    let mut words: Vec<&str> = Vec::new();
    for stretch in stretches {
        match stretch {
            Stretch::Word { text, .. } => words.push(text),
            Stretch::Place { texts, .. } => {
                words.extend(texts.iter().flat_map(|text| text.split_whitespace()));
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let set = |size: usize, words: &[&str]| {
        let paragraph = |words: &[&str]| Paragraph {
            parts: vec![Part::Fixed(words.join(" "))],
            ..Paragraph::default()
        };
        let paragraphs = words.chunks(size).map(paragraph).collect();
        typeset(&PaperSource { paragraphs, ..source.clone() }, &Readings::none())
    };
    let all = set(PARAGRAPH, &words)?;
    let geometry = all.geometry()?;
    let whole: std::collections::BTreeSet<&str> =
        geometry.body().flat_map(|line| &line.words).map(|word| word.text.as_str()).collect();
    words.retain(|word| !whole.contains(word));
    let mut pages = vec![all];
    if !words.is_empty() {
        pages.push(set(1, &words)?);
    }
    Ok(pages)
}

/// Shapes by text, cut out of pages.
#[derive(Default)]
struct Shapes {
    known: BTreeMap<String, u32>,
    all: Vec<Shape>,
}

impl Shapes {
    fn gather(&mut self, pages: &Pages) -> Result<(), PageError> {
        for (number, page) in pages.geometry()?.pages.iter().enumerate() {
            let Some(grey) = pages.raster(number, INCH * f64::from(SHAPE_SCALE)) else { continue };
            for line in page.lines.iter().filter(|line| line.paragraph.is_some()) {
                for word in &line.words {
                    if self.known.contains_key(&word.text) {
                        continue;
                    }
                    if let Some(shape) = shape(&grey, line, word) {
                        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
                        self.known.insert(word.text.clone(), number);
                        self.all.push(shape);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A word cut out of a page; `None` without ink.
fn shape(grey: &Grey, line: &Line, word: &Word) -> Option<Shape> {
    let scale = f64::from(SHAPE_SCALE);
    let px = |pt: f64| (pt * scale).max(0.0) as usize;
    let (left, right) = (px(word.ink0 - MARGIN), px(word.ink1 + MARGIN));
    let (top, bottom) = (px(line.baseline - line.size), px(line.baseline + 0.4 * line.size));
    let sample = |x: usize, y: usize| {
        let inside = x < grey.width;
        let light = grey.pixels.get(y * grey.width + x).filter(|_| inside);
        light.map_or(0.0, |light| 1.0 - f32::from(*light) / 255.0)
    };
    let inked = |y: &usize| (left..right).any(|x| sample(x, *y) > INK);
    let (first, last) = ((top..bottom).find(inked)?, (top..bottom).rev().find(inked)?);
    let samples = (top..bottom).flat_map(|y| (left..right).map(move |x| sample(x, y))).collect();
    let at = |pixel: usize, origin: f64| ((pixel as f64 + 0.5) / scale - origin) as f32;
    let edge = |row: usize| (row as f64 / scale - line.baseline) as f32;
    Some(Shape {
        advance: (word.x1 - word.x0) as f32,
        left: (word.ink0 - word.x0) as f32,
        top: edge(first),
        right: (word.ink1 - word.x0) as f32,
        bottom: edge(last + 1),
        raster: Plane::new(right - left, bottom - top, samples),
        raster_at: (at(left, word.x0), at(top, line.baseline)),
    })
}

fn input(error: impl std::fmt::Display) -> DeskError {
    DeskError::Input(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_of_one_stretch_are_told_apart() {
        let place = Place { sites: vec![(7, 2), (9, 3)], words: vec![1; 6] };
        let apart = place.apart(&[1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
        assert_eq!(apart, [(7, vec![6.0, 60.0]), (9, vec![11.0, 22.0, 33.0])]);
        assert!(place.apart(&[1.0; 5]).is_empty());
    }
}
