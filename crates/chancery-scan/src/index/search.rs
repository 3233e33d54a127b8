//! Asking the index: votes of single grams, counted per text.

use super::gram::{self, WORDS};
use super::segment::{Segment, TextId};
use crate::words::InkBox;
use std::collections::BTreeMap;

/// Shares that differ by more than this are another gram.
const TOLERANCE: f32 = 0.012;
/// How much wider than the ink a box may be, in heights of an x: blur and dot gain.
const WIDENINGS: [f32; 5] = [-0.06, 0.0, 0.06, 0.12, 0.20];
/// Grams of one line agree on a place if they differ by at most this many words (joined boxes).
const SLACK: i64 = 2;
/// Bucket entries looked at for one gram.
const MOST_LOOKS: usize = 4_096;
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
    /// Grams that agree line by line.
    pub support: usize,
    /// These grams.
    pub grams: Vec<Match>,
    /// How much wider than the ink the boxes are, in pixels.
    pub widening: f32,
}

/// The texts that the lines may come from, best first.
#[must_use]
pub fn ask(segments: &[&Segment], lines: &[Vec<InkBox>], letter: f32) -> Vec<Matches> {
    let mut best: Vec<Matches> = Vec::new();
    for widening in WIDENINGS.map(|share| share * letter) {
        let found = votes(segments, lines, widening);
        if found.first().map_or(0, |m| m.support) > best.first().map_or(0, |m| m.support) {
            best = found;
        }
    }
    best
}

fn votes(segments: &[&Segment], lines: &[Vec<InkBox>], widening: f32) -> Vec<Matches> {
    let mut votes: BTreeMap<TextId, Vec<Match>> = BTreeMap::new();
    for (line, boxes) in lines.iter().enumerate() {
        for first in 0..boxes.len().saturating_sub(WORDS - 1) {
            let widths = core::array::from_fn(|k| boxes[first + k].width() - widening);
            let Some(shares) = gram::shares(&widths) else { continue };
            let pixels: f32 = widths.iter().sum();
            for segment in segments {
                for cell in gram::cells(&shares) {
                    for &place in segment.places(cell).iter().take(MOST_LOOKS) {
                        let Some((other, points)) = segment.gram(place) else { continue };
                        let near = |(a, b): (&f32, &f32)| (a - b).abs() < TOLERANCE;
                        if shares.iter().zip(&other).all(near) {
                            let (number, word) = segment.text_at(place);
                            let grams = votes.entry(segment.id(number)).or_default();
                            grams.push(Match { line, first, word, scale: pixels / points });
                        }
                    }
                }
            }
        }
    }
    let mut found: Vec<Matches> = votes
        .into_iter()
        .filter(|(_, grams)| grams.len() >= LEAST_SUPPORT)
        .map(|(text, grams)| agreed(text, grams, widening))
        .filter(|matches| matches.support >= LEAST_SUPPORT)
        .collect();
    found.sort_by_key(|matches| core::cmp::Reverse(matches.support));
    found.truncate(MOST_MATCHES);
    found
}

/// Per line the largest group that agrees on a place; then only lines of about the same scale.
fn agreed(text: TextId, mut grams: Vec<Match>, widening: f32) -> Matches {
    grams.sort_by_key(|m| (m.line, m.first, m.word));
    grams.dedup_by_key(|m| (m.line, m.first, m.word));
    let diagonal = |m: &Match| i64::from(m.word) - m.first as i64;
    let mut kept: Vec<Match> = Vec::new();
    for line in grams.chunk_by(|a, b| a.line == b.line) {
        let near = |at: i64| line.iter().filter(move |m| (diagonal(m) - at).abs() <= SLACK);
        let best = line.iter().map(|m| (near(diagonal(m)).count(), diagonal(m)));
        if let Some((_, at)) = best.max_by_key(|&(count, at)| (count, -at)) {
            kept.extend(near(at));
        }
    }
    let mut scales: Vec<f32> = kept.iter().map(|m| m.scale).collect();
    scales.sort_unstable_by(f32::total_cmp);
    let middle = scales.get(scales.len() / 2).copied().unwrap_or(1.0);
    kept.retain(|m| (m.scale / middle - 1.0).abs() < 0.2);
    let mut places: Vec<(usize, usize)> = kept.iter().map(|m| (m.line, m.first)).collect();
    places.dedup();
    Matches { text, support: places.len(), grams: kept, widening }
}
