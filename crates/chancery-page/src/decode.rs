//! Reading the shifts of words against their unmarked neighbours.
//!
//! The reference is the paper set with the wording that was read, and without any mark: it depends on what
//! was found and on the master, never on a row. A word's shift is half the difference of the gaps on its
//! two sides, less the same of the reference; whatever the line was stretched by cancels.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::geometry::{Word, shift};
use crate::pdf::PdfText;
use crate::source::{PageError, PaperSource, Readings};
use crate::typeset::typeset;

/// Words whose width differs by more than this part from the reference's are of another type.
const SAME_WIDTH: f64 = 0.03;
/// And by more than this, in points of the reference.
const LEAST_WIDTH: f64 = 0.05;
/// Shifts below this part of a full one are none.
const LEAST_SHIFT: f64 = 0.2;
/// Part of readings that are wrong in a way that the model does not know.
const OUTLIERS: f64 = 0.03;
/// Their range, either way.
const OUTLIER_RANGE: f64 = 6.0;
/// Noise of a shift, as a part of a full one, of which the likeliest is taken.
const NOISE: [f64; 6] = [0.3, 0.4, 0.55, 0.75, 1.0, 1.4];

/// A site that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteShift {
    /// The site.
    pub site: u32,
    /// The shift in parts of a full one: about -1 for reading 0, about 1 for reading 1.
    pub value: f64,
    /// How likely each reading makes this value.
    pub likelihoods: [f64; 2],
    /// Which word of the found text it is, in order of the geometry.
    pub word: usize,
}

/// Likelihoods of the two readings for shifts in parts of a full one.
///
/// A mixture of two equally wide bells and a flat part for outliers; the width is the likeliest of a
/// fixed list, from all values together.
#[must_use]
pub fn weigh(values: &[f64]) -> Vec<[f64; 2]> {
    let of = |value: f64, noise: f64| {
        let bell = |middle: f64| {
            let z = (value - middle) / noise;
            libm::exp(-z * z / 2.0) / (noise * libm::sqrt(std::f64::consts::TAU))
        };
        let flat = OUTLIERS / (2.0 * OUTLIER_RANGE);
        [-1.0, 1.0].map(|middle| (1.0 - OUTLIERS) * bell(middle) + flat)
    };
    let fit = |noise: f64| -> f64 {
        let of = values.iter().map(|value| of(*value, noise));
        of.map(|[left, right]| libm::log((left + right) / 2.0)).sum()
    };
    let noise = NOISE.iter().copied().max_by(|a, b| fit(*a).total_cmp(&fit(*b)));
    values.iter().map(|value| of(*value, noise.unwrap_or(NOISE[0]))).collect()
}

/// Reads the layout sites of a paper from a PDF's words, where `within` says that a word counts.
///
/// `read` holds the wording as it was read, one reading a site. Sites that the text does not show, that
/// stand at the ends of lines, or whose words have other widths than the paper's type are left out; so
/// are words that did not move.
///
/// # Errors
/// When the paper cannot be typeset.
pub fn shifts(
    paper: &PaperSource,
    read: &Readings,
    found: &PdfText,
    within: impl Fn(&Range<usize>) -> bool,
) -> Result<Vec<SiteShift>, PageError> {
    let reference = typeset(paper, &read.without_layout())?.geometry()?;
    let expected: Vec<(usize, &Word)> = numbered(reference.body());
    let lines = found.geometry.pages.iter().flat_map(|page| &page.lines);
    let words: Vec<(usize, &Word)> = numbered(lines);
    let pairs = pairs(&expected, &words);
    let Some(scale) = scale(&pairs, &expected, &words) else { return Ok(Vec::new()) };
    let mut of = vec![None; expected.len()];
    for (e, w) in &pairs {
        of[*e] = Some(*w);
    }
    let mut values = Vec::new();
    for middle in 1..expected.len().saturating_sub(1) {
        let (Some(site), Some(at)) = (expected[middle].1.site, of[middle]) else { continue };
        let three = [middle - 1, middle, middle + 1];
        let neighbours = at > 0
            && of[middle - 1] == Some(at - 1)
            && of[middle + 1] == Some(at + 1)
            && words[at - 1].0 == words[at + 1].0;
        let same_type = || {
            three.iter().zip(at - 1..).all(|(e, w)| {
                let (expected, found) = (width(expected[*e].1), width(words[w].1) / scale);
                (expected - found).abs() <= LEAST_WIDTH.max(SAME_WIDTH * expected)
            })
        };
        let counts = || (at - 1..=at + 1).all(|w| found.spans.get(w).is_some_and(&within));
        if !neighbours || !same_type() || !counts() {
            continue;
        }
        let (left, right) = gaps(&words, at - 1);
        let reach = shift((left + right) / 2.0 / scale);
        // The reference's own gaps are equal in a line, unless its line breaks here.
        let in_line = expected[middle - 1].0 == expected[middle + 1].0;
        let own = if in_line {
            let (left, right) = gaps(&expected, middle - 1);
            (left - right) / 2.0
        } else {
            0.0
        };
        if reach > 0.0 {
            values.push((site, at, ((left - right) / 2.0 / scale - own) / reach));
        }
    }
    values.retain(|(_, _, value)| (LEAST_SHIFT..=OUTLIER_RANGE).contains(&value.abs()));
    // A site stands at one place of a paper; a text that repeats it says nothing about it.
    values.sort_by_key(|(site, ..)| *site);
    let weights = weigh(&values.iter().map(|(_, _, value)| *value).collect::<Vec<_>>());
    let sites = values.iter().zip(weights);
    let sites = sites.map(|((site, word, value), likelihoods)| SiteShift {
        site: *site,
        value: *value,
        likelihoods,
        word: *word,
    });
    Ok(sites.collect())
}

/// Words with the numbers of their lines.
fn numbered<'a>(lines: impl Iterator<Item = &'a crate::geometry::Line>) -> Vec<(usize, &'a Word)> {
    lines.enumerate().flat_map(|(at, line)| line.words.iter().map(move |word| (at, word))).collect()
}

fn width(word: &Word) -> f64 {
    word.x1 - word.x0
}

/// Gaps before and after the second of three words.
fn gaps(words: &[(usize, &Word)], first: usize) -> (f64, f64) {
    let word = |at: usize| words[first + at].1;
    (word(1).x0 - word(0).x1, word(2).x0 - word(1).x1)
}

/// Expected and found words that are the same, in order.
fn pairs(expected: &[(usize, &Word)], words: &[(usize, &Word)]) -> Vec<(usize, usize)> {
    let folded =
        |words: &[(usize, &Word)]| words.iter().map(|w| folded(&w.1.text)).collect::<Vec<_>>();
    let (old, new) = (folded(expected), folded(words));
    let equal = |op: DiffOp| match op {
        DiffOp::Equal { old_index, new_index, len } => Some((old_index, new_index, len)),
        _ => None,
    };
    capture_diff_slices(Algorithm::Patience, &old, &new)
        .into_iter()
        .filter_map(equal)
        .flat_map(|(old, new, len)| (0..len).map(move |at| (old + at, new + at)))
        .collect()
}

/// A word without the kinds of its signs.
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '’' => '\'',
            '“' | '”' => '"',
            '\u{2010}' => '-',
            c => c,
        })
        .collect()
}

/// How much larger the found page is than the reference: the median over the words of both.
fn scale(
    pairs: &[(usize, usize)],
    expected: &[(usize, &Word)],
    words: &[(usize, &Word)],
) -> Option<f64> {
    let mut ratios: Vec<f64> = pairs
        .iter()
        .map(|(e, w)| width(words[*w].1) / width(expected[*e].1))
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}
