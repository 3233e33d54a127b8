//! How faithfully the leak keeps the fixed text around a place: words, punctuation, capitals, dots,
//! hyphens.
//!
//! A pure function of the leak and the fixed text: what the readings are, or which was seen, is never
//! looked at. A passage whose style was redone says nothing about the copy's style.

use super::texture::{Feature, Texture};
use crate::align::{Leak, Passage, Template};

/// Anchors on either side that count as around a place: about a paragraph.
const AROUND: usize = 60;

/// Fewer capitals than this are too few to tell.
const MIN_CAPITALS: u32 = 2;

/// At least so many occasions of ten must be kept.
const KEPT_OF_TEN: u32 = 9;

/// Occasions and how many of them were kept.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    kept: u32,
    of: u32,
}

impl Tally {
    fn count(&mut self, kept: bool) {
        self.of += 1;
        self.kept += u32::from(kept);
    }

    fn is_faithful(self, least: u32) -> bool {
        self.of >= least && self.kept * 10 >= self.of * KEPT_OF_TEN
    }
}

/// What is tallied, in the order of the arrays below.
#[derive(Clone, Copy)]
enum Kind {
    Words,
    Punctuation,
    Dots,
    Hyphens,
    Case,
}

const KINDS: usize = 5;

/// Running tallies along the anchors of one passage.
pub(super) struct Fidelity {
    /// Entry `k`: everything before anchor `k`.
    sums: Vec<[Tally; KINDS]>,
    /// Somewhere in the fixed text of the passage the leak has a character beyond ASCII, so nobody
    /// folded it to ASCII as a whole.
    beyond_ascii: bool,
}

impl Fidelity {
    /// Tallies a passage.
    pub(super) fn of(leak: &Leak<'_>, template: &Template, passage: &Passage) -> Self {
        let mut now = [Tally::default(); KINDS];
        let mut sums = vec![now];
        let mut beyond_ascii = false;
        let anchors = &passage.anchors;
        for (at, anchor) in anchors.iter().enumerate() {
            now[Kind::Words as usize].count(anchor.exact);
            if anchor.exact {
                let found = &leak.text[leak.words[anchor.leak].span()];
                beyond_ascii |= !found.is_ascii();
                let fixed = Texture::of(&template.words[anchor.fixed].run.text);
                inside(&mut now, &fixed, &Texture::of(found));
            }
            if let Some(next) = anchors.get(at + 1) {
                let missing = next.fixed - anchor.fixed - 1;
                // A passage left out as a whole says nothing about the care taken with the rest.
                for _ in 0..missing.min(4) {
                    now[Kind::Words as usize].count(false);
                }
                let adjacent = missing == 0 && anchor.leak + anchor.words == next.leak;
                let gap = &template.gaps[next.fixed];
                if adjacent && gap.is_fixed() {
                    let fixed = Texture::of(&gap.fill(&[]).text);
                    let found = leak.between(next.leak - 1, next.leak);
                    beyond_ascii |= !found.is_ascii();
                    let found = Texture::of(found);
                    let get = |texture: &Texture| {
                        texture.get(Feature::Punctuation).unwrap_or_default().to_owned()
                    };
                    let (fixed, found) = (get(&fixed), get(&found));
                    if !fixed.is_empty() || !found.is_empty() {
                        now[Kind::Punctuation as usize].count(fixed == found);
                    }
                }
            }
            sums.push(now);
        }
        Self { sums, beyond_ascii }
    }

    fn around(&self, anchor: usize, kind: Kind) -> Tally {
        let last = self.sums.len() - 1;
        let from = self.sums[anchor.saturating_sub(AROUND).min(last)][kind as usize];
        let to = self.sums[(anchor + AROUND).min(last)][kind as usize];
        Tally { kept: to.kept - from.kept, of: to.of - from.of }
    }

    /// Whether fewer than nine in ten of the fixed words around are there as they were.
    pub(super) fn is_rough(&self, anchor: usize) -> bool {
        !self.around(anchor, Kind::Words).is_faithful(1)
    }

    /// Whether the leak keeps a feature around an anchor.
    pub(super) fn keeps(&self, anchor: usize, feature: Feature) -> bool {
        let marks = self.around(anchor, Kind::Punctuation);
        let case = self.around(anchor, Kind::Case).is_faithful(MIN_CAPITALS);
        let punctuation = marks.is_faithful(1);
        // Dotted and hyphened words are rare: without any, care with the rest stands for them.
        let careful = if marks.of == 0 { case } else { punctuation };
        let rare = |kind| {
            let tally = self.around(anchor, kind);
            careful && (tally.of == 0 || tally.is_faithful(1))
        };
        match feature {
            Feature::Punctuation => punctuation,
            Feature::Dots => rare(Kind::Dots),
            Feature::Hyphens => rare(Kind::Hyphens),
            Feature::Case => case,
            // Only the very dash of a reading counts, and nobody types it by chance.
            Feature::Dash => true,
            Feature::Accents => self.beyond_ascii,
        }
    }
}

/// Tallies what can be kept or lost inside a word.
fn inside(now: &mut [Tally; KINDS], fixed: &Texture, found: &Texture) {
    let features = [
        (Kind::Dots, Feature::Dots, '.'),
        (Kind::Hyphens, Feature::Hyphens, '-'),
        (Kind::Case, Feature::Case, 'A'),
    ];
    for (kind, feature, sign) in features {
        let (Some(fixed), Some(found)) = (fixed.get(feature), found.get(feature)) else { continue };
        let shows = |texture: &str| match sign {
            'A' => texture.contains(['A', 'X']),
            sign => texture.contains(sign),
        };
        if shows(fixed) || shows(found) {
            now[kind as usize].count(fixed == found);
        }
    }
}
