//! From shifts to likelihoods: each marked word against its two unmarked neighbours.
//!
//! Whatever moves a whole line or stretches it cancels in this contrast; so does an error of the gap.
//! All parameters come from the picture and the paper. None depends on a row.

use crate::paper::Paper;
use crate::track::Track;

/// How copies are marked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marking {
    /// The largest shift, in points.
    pub most: f64,
    /// The largest shift as a share of the gap between words.
    pub share: f64,
    /// Lines with a smaller gap carry no marks.
    pub least_gap: f64,
}

impl Marking {
    /// What Chancery ships: at most 0.30 pt, at most 11 % of the gap, none below 1.5 pt.
    pub const SHIPPED: Self = Self { most: 0.30, share: 0.11, least_gap: 1.5 };

    fn shift(&self, gap: f64) -> Option<f64> {
        (gap >= self.least_gap).then(|| self.most.min(self.share * gap))
    }
}

/// What the picture says about a page site: reading 0 moves its word to the left, 1 to the right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The page site.
    pub site: u32,
    /// Likelihood of each reading; only their ratio matters.
    pub likelihoods: [f64; 2],
    /// The shift that was measured, in points.
    pub shift: f64,
    /// The shift that a mark has on this line, in points.
    pub expected: f64,
    /// Where the word stands: line and word of the reading.
    pub place: (usize, usize),
}

/// Share of readings that are wrong in ways that no noise explains.
const OUTLIERS: f64 = 0.03;
/// Where such readings lie: anywhere within this many points.
const ASTRAY: f64 = 1.5;
/// Deviations that are tried for the noise of a position, in points.
const NOISES: [f64; 14] =
    [0.012, 0.016, 0.021, 0.028, 0.037, 0.05, 0.065, 0.085, 0.11, 0.14, 0.18, 0.24, 0.32, 0.42];
/// Agreement with the rendering below which a word is not read.
const POOR: f64 = 0.35;

/// A contrast: its site and place, its value, its relative variance, the expected size of the mark.
struct Contrast {
    site: u32,
    place: (usize, usize),
    value: f64,
    variance: f64,
    expected: f64,
}

fn contrasts(paper: &Paper, tracks: &[Track], marking: &Marking) -> Vec<Contrast> {
    let mut out = Vec::new();
    for (i, track) in tracks.iter().enumerate() {
        let Some(expected) = marking.shift(track.gap) else { continue };
        for (k, words) in track.words.windows(3).enumerate() {
            let [before, own, after] = words else { continue };
            let mark = |node: u32| paper.nodes()[node as usize].token.mark;
            let Some(site) = mark(own.node) else { continue };
            let bare = mark(before.node).is_none() && mark(after.node).is_none();
            if !bare || words.iter().any(|w| w.quality < POOR) {
                continue;
            }
            let value = own.shift[0] - (before.shift[0] + after.shift[0]) / 2.0;
            let variance = own.variance + (before.variance + after.variance) / 4.0;
            out.push(Contrast { site, place: (i, k + 1), value, variance, expected });
        }
    }
    out
}

/// The noise of a position that makes the contrasts likeliest, marks being as likely left as right.
fn noise(contrasts: &[Contrast]) -> f64 {
    let total = |sigma: f64| {
        let of = |c: &Contrast| libm::log(c.likelihoods(sigma).into_iter().sum::<f64>());
        contrasts.iter().map(of).sum::<f64>()
    };
    let scored = NOISES.map(|sigma| (total(sigma), sigma));
    scored.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.1, |best| best.1)
}

impl Contrast {
    fn likelihoods(&self, sigma: f64) -> [f64; 2] {
        let deviation = sigma * self.variance.sqrt();
        let of = |centre: f64| {
            let z = (self.value - centre) / deviation;
            (1.0 - OUTLIERS) * libm::exp(-0.5 * z * z) / (deviation * 2.506_628)
                + OUTLIERS / (2.0 * ASTRAY)
        };
        [of(-self.expected), of(self.expected)]
    }
}

/// What is thought of each mark so far: the shift to expect and the trust in it, for the fit of the
/// common field. Words without a mark have none and full trust.
pub(crate) fn expected(paper: &Paper, tracks: &[Track], marking: &Marking) -> Vec<Vec<(f64, f64)>> {
    let marked = |node: u32| paper.nodes()[node as usize].token.mark.is_some();
    let trust = |node: u32| (0.0, if marked(node) { 0.0 } else { 1.0 });
    let mut out: Vec<Vec<(f64, f64)>> =
        tracks.iter().map(|t| t.words.iter().map(|w| trust(w.node)).collect()).collect();
    let contrasts = contrasts(paper, tracks, marking);
    let sigma = noise(&contrasts);
    for contrast in &contrasts {
        let [left, right] = contrast.likelihoods(sigma);
        let lean = (right - left) / (right + left);
        out[contrast.place.0][contrast.place.1] = (lean * contrast.expected, lean * lean);
    }
    out
}

/// The marks of these lines, and the noise of a position in points.
pub(crate) fn read(paper: &Paper, tracks: &[Track], marking: &Marking) -> (Vec<Mark>, f64) {
    let contrasts = contrasts(paper, tracks, marking);
    let sigma = noise(&contrasts);
    let mark = |c: &Contrast| Mark {
        site: c.site,
        likelihoods: c.likelihoods(sigma),
        shift: c.value,
        expected: c.expected,
        place: c.place,
    };
    let mut marks: Vec<Mark> = contrasts.iter().map(mark).collect();
    // A site that the picture shows twice counts once: the surer one.
    let sure = |m: &Mark| (m.likelihoods[0] / m.likelihoods[1] - 1.0).abs();
    marks.sort_by(|a, b| a.site.cmp(&b.site).then(sure(b).total_cmp(&sure(a))));
    marks.dedup_by_key(|m| m.site);
    (marks, sigma)
}
