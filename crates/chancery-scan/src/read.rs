//! The whole way: from a picture to the papers it may show, and from a paper to its marks.

use crate::align::{Aligned, ScaleField, aligned, support};
use crate::bars::without_bars;
use crate::columns::columns;
use crate::display::without_grid;
use crate::filter::{Pose, Templates, correlation, measure, upright};
use crate::index::{Matches, Segment, TextId, ask};
use crate::light::flattened;
use crate::marks::{self, Mark, Marking};
use crate::paper::Paper;
use crate::plane::Plane;
use crate::straight::straightened;
use crate::track::{Track, smooth};
use crate::view::{Seen, View, level, level_crosswise};
use crate::wording::{self, Choice};
use image::GrayImage;

/// Grams that must stand in the order of the picture before a text is believed. Of twelve foreign pages chance made up
/// six at most, among 100,000 texts.
pub const LEAST_SUPPORT: usize = 15;
/// Grams after which no text is looked for any further.
const FOUND: usize = 3 * LEAST_SUPPORT;
/// Words that must be found in lines of five and more before a paper is read.
const LEAST_WORDS: usize = 20;
/// Grams of each column after which no further attempt is made to see words better.
const CLEAR: usize = 150;
/// A text whose support is less than this share of the best is not looked at.
const RELATIVES: f32 = 0.4;
/// Softness of the rendering that is tried, in points.
const SOFTNESS: [f32; 7] = [0.12, 0.18, 0.26, 0.36, 0.5, 0.68, 0.9];
/// Words on which the softness is tried.
const TRIALS: usize = 60;

/// A text that the picture may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The text.
    pub text: TextId,
    /// Grams that agree.
    pub support: usize,
}

/// The texts that a picture may show: the best, and those that share so much with it that both must be
/// read. Empty means: not in the archive.
#[must_use]
pub fn search(picture: &GrayImage, archive: &[&Segment]) -> Vec<Candidate> {
    let mut best: Vec<Matches> = Vec::new();
    look(picture, |seen| {
        let found = ask(archive, &seen.lines, seen.letter());
        if found.first().map_or(0, |m| m.support) > best.first().map_or(0, |m| m.support) {
            best = found;
        }
        best.first().is_some_and(|m| m.support >= FOUND)
    });
    candidates(&best)
}

/// Looks at a picture in every way, the likely ones first, until one is clear: as it is, without the grid of a
/// display, with its lines made straight, without bars over words, turned by a quarter; both ways up, and with each
/// attempt to see words.
fn look(picture: &GrayImage, mut clear: impl FnMut(&Seen) -> bool) {
    let plane = Plane::of(picture);
    let mut turns = |view: Option<View>| {
        let view = view.as_ref();
        let mut attempts = (0..View::ATTEMPTS).flat_map(|k| view.map(|view| view.attempt(k)));
        attempts.any(|[upright, turned]| clear(&upright) || clear(&turned))
    };
    let even = flattened(&plane);
    let upright = level(even.clone());
    let without_grid = || without_grid(&plane).map(|plane| level(flattened(&plane)));
    let without_bars = || without_bars(&even).map(level);
    let _ = turns(View::of_level(upright.clone()))
        || turns(without_grid().and_then(View::of_level))
        || turns(straightened(&upright).and_then(View::of_level))
        || turns(without_bars().and_then(View::of_level))
        || turns(View::of_level(level_crosswise(even)));
}

fn candidates(found: &[Matches]) -> Vec<Candidate> {
    let top = found.first().map_or(0, |m| m.support);
    let believed =
        |m: &&Matches| m.support >= LEAST_SUPPORT && m.support as f32 >= RELATIVES * top as f32;
    let candidate = |m: &Matches| Candidate { text: m.text, support: m.support };
    found.iter().filter(believed).map(candidate).collect()
}

/// A word as it was recognised: corners in pixels of [`Reading::view`], clockwise from the upper left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenWord {
    /// The number of its shape in the paper.
    pub shape: u32,
    /// Its origin on the baseline.
    pub origin: [f64; 2],
    /// The corners of its ink.
    pub corners: [[f64; 2]; 4],
    /// Agreement of picture and rendering, from -1 to 1.
    pub quality: f64,
}

/// What a picture says about a paper.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Page sites.
    pub marks: Vec<Mark>,
    /// Wording sites.
    pub choices: Vec<Choice>,
    /// Deviation of the noise of one position, in points.
    pub noise: f64,
    /// Words with boxes in lines of five or more.
    pub support: usize,
    /// The words, line by line.
    pub lines: Vec<Vec<SeenWord>>,
    /// The picture as it was read.
    pub view: View,
}

/// Reads what a picture shows of a paper; `None` if it does not show it.
///
/// The same picture and paper give the same reading, bit for bit.
#[must_use]
pub fn read(picture: &GrayImage, paper: &Paper, marking: &Marking) -> Option<Reading> {
    let widths = paper.widths();
    let own = Segment::build([(0, &widths[..])]).ok()?;
    let mut best: Option<(Vec<Aligned>, ScaleField, View, usize)> = None;
    look(picture, |seen| {
        let (lines, columns) = columns(&seen.lines);
        let Some(matches) = ask(&[&own], &lines, seen.letter()).into_iter().next() else {
            return false;
        };
        let Some(field) = ScaleField::new(&matches.grams, &lines, seen.size()) else {
            return false;
        };
        let found = aligned(paper, &lines, &columns, &field, matches.widening);
        let sure = support(&found);
        if best.as_ref().is_none_or(|b| sure > b.3) {
            best = Some((found, field, seen.view(), sure));
        }
        matches.support >= CLEAR * columns.len()
    });
    let (lines, field, view, sure) = best.filter(|b| b.3 >= LEAST_WORDS)?;
    let mut tracks: Vec<Track> =
        lines.iter().filter_map(|line| Track::new(paper, line, &field)).collect();
    let softness = register(paper, &view, &mut tracks, marking)?;
    let mut choices = read_wording(paper, &view, &tracks, softness);
    if correct(paper, &mut tracks, &lines, &choices, &field) {
        register(paper, &view, &mut tracks, marking)?;
        choices = read_wording(paper, &view, &tracks, softness);
    }
    let (marks, noise) = marks::read(paper, &tracks, marking);
    let lines = tracks.iter().map(|track| seen_words(paper, track)).collect();
    Some(Reading { marks, choices, noise, support: sure, lines, view })
}

/// Finds every word's exact place; gives back the softness of the picture in points.
fn register(paper: &Paper, view: &View, tracks: &mut [Track], marking: &Marking) -> Option<f32> {
    if tracks.is_empty() {
        return None;
    }
    let nodes = || tracks.iter().flat_map(|t| t.words.iter().map(|w| w.node));
    let softness = softest(paper, view, tracks);
    let templates = Templates::new(paper, nodes(), softness);
    let size = view.plane().width().max(view.plane().height()) as f64;
    for round in 0..3 {
        let poses = measure(view.plane(), &templates, tracks, round == 0);
        if round == 0 {
            upright(tracks, &poses, size);
        }
        let marks = marks::expected(paper, tracks, marking);
        smooth(tracks, |i, k| marks[i][k]);
    }
    let marks = marks::expected(paper, tracks, marking);
    smooth(tracks, |i, k| marks[i][k]);
    Some(softness)
}

/// The softness of rendering that agrees best with some words of the picture.
fn softest(paper: &Paper, view: &View, tracks: &[Track]) -> f32 {
    let words: usize = tracks.iter().map(|t| t.words.len()).sum();
    let every = words.div_ceil(TRIALS).max(1);
    let sample = || {
        let all = tracks.iter().flat_map(|t| (0..t.words.len()).map(move |k| (t, k)));
        all.step_by(every)
    };
    let agreement = |softness: f32| {
        let nodes = sample().map(|(t, k)| t.words[k].node);
        let templates = Templates::new(paper, nodes, softness);
        let best = |(track, k): (&Track, usize)| {
            let word = &track.words[k];
            let shape = paper.shape(word.node);
            let x = (f64::from(shape.left) - 0.4, f64::from(shape.right) + 0.4);
            let y = (f64::from(shape.top) - 1.0, f64::from(shape.bottom) + 1.0);
            let Some(patch) = templates.patch(&[(word.node, 0.0)], x, y) else { return 0.0 };
            let places = [-0.8, -0.4, 0.0, 0.4, 0.8];
            let shifts = places.into_iter().flat_map(|y| places.map(|x| [x, y]));
            let at = |shift| Pose { shift, ..Pose::default() };
            let found = shifts.map(|s| correlation(view.plane(), word, &patch, &at(s), 2));
            found.fold(0.0, f64::max)
        };
        sample().map(best).sum::<f64>()
    };
    let scored = SOFTNESS.map(|s| (agreement(s), s));
    scored.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.26, |best| best.1)
}

fn read_wording(paper: &Paper, view: &View, tracks: &[Track], softness: f32) -> Vec<Choice> {
    // Every reading of a place on these lines may be needed.
    let slots =
        tracks.iter().flat_map(|t| t.words.iter().map(|w| paper.nodes()[w.node as usize].slot));
    let nodes = slots.flat_map(|slot| paper.start_of(slot)..paper.start_of(slot + 1));
    let templates = Templates::new(paper, nodes, softness);
    wording::read(paper, view.plane(), &templates, tracks)
}

/// Puts other readings into the lines where the picture shows them; says whether anything changed.
fn correct(
    paper: &Paper,
    tracks: &mut Vec<Track>,
    lines: &[Aligned],
    choices: &[Choice],
    field: &ScaleField,
) -> bool {
    let mut changed = lines.to_vec();
    let mut any = false;
    for choice in choices {
        for line in &mut changed {
            any |= line.exchange(paper, choice.site, choice.best);
        }
    }
    if any {
        *tracks = changed.iter().filter_map(|line| Track::new(paper, line, field)).collect();
    }
    any
}

fn seen_words(paper: &Paper, track: &Track) -> Vec<SeenWord> {
    let seen = |word: &crate::track::Word| {
        let shape = paper.shape(word.node);
        let corner = |x: f32, y: f32| {
            let (x, y) = (f64::from(x) + word.shift[0], f64::from(y) + word.shift[1]);
            [0, 1].map(|d| word.at[d] + x * word.along[d] + y * word.down[d])
        };
        let (l, t, r, b) = (shape.left, shape.top, shape.right, shape.bottom);
        let corners = [corner(l, t), corner(r, t), corner(r, b), corner(l, b)];
        let shape = paper.nodes()[word.node as usize].token.shape;
        SeenWord { shape, origin: corner(0.0, 0.0), corners, quality: word.quality }
    };
    track.words.iter().map(seen).collect()
}
