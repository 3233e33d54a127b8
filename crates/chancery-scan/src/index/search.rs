//! Asking the index: which texts hold the grams of a picture, in its order?
//!
//! In an archive of many texts the rare grams are looked up first, as far as a budget of looks goes, and name
//! texts; in these few all grams are looked up.

use super::chain::{boxes_before, chained};
use super::gram::{self, WORDS};
use super::segment::{Segment, TextId};
use crate::words::InkBox;
use std::collections::BTreeMap;

/// Shares that differ by more than this are another gram.
const TOLERANCE: f32 = 0.012;
/// How much wider than the ink a box may be, in heights of an x: blur and dot gain.
const WIDENINGS: [f32; 5] = [-0.06, 0.0, 0.06, 0.12, 0.20];
/// Bucket entries looked at for one gram.
const MOST_LOOKS: usize = 4_096;
/// Bucket entries looked at for all grams of a picture, for each widening, to name texts.
const BUDGET: usize = 1 << 14;
/// Grams that name a text.
const LEAST_NAMING: usize = 3;
/// Places where grams stand that are kept: a page has some thousands, one word said over and over has millions.
const MOST_PLACES: usize = 1 << 20;
/// Texts given back.
const MOST_MATCHES: usize = 16;
/// Least support of a text for it to be looked at.
const LEAST_SUPPORT: usize = 5;

/// A gram of the picture that stands in a text.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Line of the picture.
    pub line: usize,
    /// First box within the line.
    pub first: usize,
    /// First word within the text.
    pub word: u32,
    /// Pixels in a point there.
    pub scale: f32,
}

/// What the index says about one text.
#[derive(Clone, Debug)]
pub struct Matches {
    /// The text.
    pub text: TextId,
    /// Grams that stand in it in the order of the picture.
    pub support: usize,
    /// These grams.
    pub grams: Vec<Match>,
    /// How much wider than the ink the boxes are, in pixels.
    pub widening: f32,
}

/// The texts that the lines may come from, best first.
#[must_use]
pub fn ask(segments: &[&Segment], lines: &[Vec<InkBox>], letter: f32) -> Vec<Matches> {
    if segments.iter().map(|segment| segment.len()).sum::<usize>() <= MOST_MATCHES {
        return closest(segments, lines, letter);
    }
    let likely = likely(segments, lines, letter);
    if likely.is_empty() {
        return Vec::new();
    }
    closest(&[&Segment::picked(&likely)], lines, letter)
}

/// A gram of the picture.
struct Seen {
    line: usize,
    first: usize,
    shares: [f32; WORDS],
    pixels: f32,
    cells: Vec<u32>,
}

impl Seen {
    /// Bucket entries that may be this gram.
    fn looks(&self, segments: &[&Segment]) -> usize {
        let places = |segment: &&Segment| -> usize {
            self.cells.iter().map(|&cell| segment.places(cell).len().min(MOST_LOOKS)).sum()
        };
        segments.iter().map(places).sum()
    }

    /// The places of a segment where it stands.
    fn stands(&self, segment: &Segment, mut at: impl FnMut(u32, f32)) {
        for &cell in &self.cells {
            for &place in segment.places(cell).iter().take(MOST_LOOKS) {
                let Some((other, points)) = segment.gram(place) else { continue };
                let near = |(a, b): (&f32, &f32)| (a - b).abs() < TOLERANCE;
                if self.shares.iter().zip(&other).all(near) {
                    at(place, self.pixels / points);
                }
            }
        }
    }
}

/// The grams of the lines, whose boxes are wider than the ink by so many pixels.
fn seen(lines: &[Vec<InkBox>], widening: f32) -> impl Iterator<Item = Seen> {
    lines.iter().enumerate().flat_map(move |(line, boxes)| {
        boxes.windows(WORDS).enumerate().filter_map(move |(first, boxes)| {
            let widths = core::array::from_fn(|k| boxes[k].width() - widening);
            let shares = gram::shares(&widths)?;
            let pixels = widths.iter().sum();
            Some(Seen { line, first, shares, pixels, cells: gram::cells(&shares) })
        })
    })
}

/// Texts that rare grams name, each with its segment and number there.
fn likely<'a>(
    segments: &[&'a Segment],
    lines: &[Vec<InkBox>],
    letter: f32,
) -> Vec<(&'a Segment, usize)> {
    let before = boxes_before(lines);
    // Of two texts with one number the later stays.
    let mut best: BTreeMap<TextId, (usize, usize, usize)> = BTreeMap::new();
    for widening in WIDENINGS.map(|share| share * letter) {
        let mut grams: Vec<(usize, Seen)> =
            seen(lines, widening).map(|gram| (gram.looks(segments), gram)).collect();
        grams.sort_by_key(|(looks, _)| *looks);
        let mut left = BUDGET;
        let affordable = grams.iter().take_while(|(looks, _)| {
            left = left.saturating_sub(*looks);
            left > 0
        });
        let grams: Vec<&Seen> = affordable.map(|(_, gram)| gram).collect();
        for (which, segment) in segments.iter().enumerate() {
            let mut hits: Vec<(u32, usize, f32)> = Vec::new();
            for (k, gram) in grams.iter().enumerate() {
                gram.stands(segment, |place, scale| hits.push((place, k, scale)));
            }
            hits.sort_unstable_by_key(|&(place, k, _)| (place, k));
            let mut rest = &hits[..];
            while let Some(&(place, ..)) = rest.first() {
                let (number, word) = segment.text_at(place);
                let start = place - word;
                let end = start + segment.words(number) as u32;
                let (text, others) = rest.split_at(rest.partition_point(|hit| hit.0 < end));
                rest = others;
                if text.len() < LEAST_NAMING {
                    continue;
                }
                let matched = |&(place, k, scale): &(u32, usize, f32)| {
                    let Seen { line, first, .. } = *grams[k];
                    Match { line, first, word: place - start, scale }
                };
                let support = chained(text.iter().map(matched).collect(), &before).len();
                if support >= LEAST_NAMING {
                    let known = best.entry(segment.id(number)).or_default();
                    *known = (known.0.max(support), which, number);
                }
            }
        }
    }
    let mut named: Vec<(usize, usize, usize)> = best.into_values().collect();
    named.sort_by_key(|&(support, ..)| core::cmp::Reverse(support));
    named.truncate(MOST_MATCHES);
    named.into_iter().map(|(_, which, number)| (segments[which], number)).collect()
}

/// The texts of small segments that all grams speak for, best first.
fn closest(segments: &[&Segment], lines: &[Vec<InkBox>], letter: f32) -> Vec<Matches> {
    let before = boxes_before(lines);
    let mut best: Vec<Matches> = Vec::new();
    for widening in WIDENINGS.map(|share| share * letter) {
        let mut votes: BTreeMap<TextId, Vec<Match>> = BTreeMap::new();
        let mut kept = 0;
        for gram in seen(lines, widening) {
            for segment in segments {
                gram.stands(segment, |place, scale| {
                    kept += 1;
                    if kept > MOST_PLACES {
                        return;
                    }
                    let (number, word) = segment.text_at(place);
                    let grams = votes.entry(segment.id(number)).or_default();
                    grams.push(Match { line: gram.line, first: gram.first, word, scale });
                });
            }
        }
        let agreed = |(text, grams)| agreed(text, grams, &before, widening);
        let mut found: Vec<Matches> = votes.into_iter().map(agreed).collect();
        found.retain(|matches| matches.support >= LEAST_SUPPORT);
        found.sort_by_key(|matches| core::cmp::Reverse(matches.support));
        found.truncate(MOST_MATCHES);
        if found.first().map_or(0, |m| m.support) > best.first().map_or(0, |m| m.support) {
            best = found;
        }
    }
    best
}

/// The grams in the order of the picture; then only lines of about the same scale.
fn agreed(text: TextId, grams: Vec<Match>, before: &[usize], widening: f32) -> Matches {
    let mut kept = chained(grams, before);
    let mut scales: Vec<f32> = kept.iter().map(|m| m.scale).collect();
    scales.sort_unstable_by(f32::total_cmp);
    let middle = scales.get(scales.len() / 2).copied().unwrap_or(1.0);
    kept.retain(|m| (m.scale / middle - 1.0).abs() < 0.2);
    Matches { text, support: kept.len(), grams: kept, widening }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        *state >> 33
    }

    /// Words of few widths, so that every gram stands in many texts.
    fn text(words: usize, state: &mut u64) -> Vec<f32> {
        (0..words).map(|_| 8.0 + 4.0 * (next(state) % 7) as f32).collect()
    }

    /// Lines of twelve words, in which every so many boxes are broken and the others a little off.
    fn lines(text: &[f32], broken: u64, state: &mut u64) -> Vec<Vec<InkBox>> {
        let word = |(k, &width): (usize, &f32), state: &mut u64| {
            let off = if next(state).is_multiple_of(broken) { 1.5 } else { 1.0 };
            let noise = (next(state) % 100) as f32 / 100.0 - 0.5;
            let left = 100.0 * k as f32;
            InkBox { left, top: 0.0, right: left + 2.0 * off * width + 0.3 * noise, bottom: 9.0 }
        };
        let line = |words: &[f32]| words.iter().enumerate().map(|w| word(w, state)).collect();
        text.chunks(12).map(line).collect()
    }

    #[test]
    fn the_budget_loses_no_page_and_chance_makes_none() {
        let mut state = 5;
        let texts: Vec<Vec<f32>> = (0..4_000).map(|_| text(300, &mut state)).collect();
        let rows = texts.iter().enumerate().map(|(k, text)| (k as u64, &text[..]));
        let archive = Segment::build(rows).unwrap();
        for k in 0..20_u64 {
            // Strips of nine lines and whole pages, good and bad.
            let words = if k % 2 == 0 { &texts[k as usize][60..168] } else { &texts[k as usize] };
            let lines = lines(words, if k % 4 < 2 { 12 } else { 30 }, &mut state);
            let budgeted = ask(&[&archive], &lines, 14.0);
            let all = closest(&[&archive], &lines, 14.0);
            assert_eq!((budgeted[0].text, all[0].text), (k, k));
            assert!(budgeted[0].support >= all[0].support && all[0].support > 20);
        }
        // A page that is in none of them.
        let foreign = lines(&text(600, &mut state), 30, &mut state);
        let support = ask(&[&archive], &foreign, 14.0).first().map_or(0, |m| m.support);
        assert!(support < 15, "{support}");
    }

    #[test]
    fn one_word_over_and_over_is_no_long_work() {
        let same = vec![20.0; 40_000];
        let archive = Segment::build([(1, &same[..])]).unwrap();
        let lines = lines(&same[..20_000], u64::MAX, &mut 5);
        assert!(ask(&[&archive], &lines, 14.0).len() <= 1);
    }
}
