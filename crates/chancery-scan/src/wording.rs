//! Which wording a picture shows: each reading rendered between its neighbours and compared, without
//! recognising a single letter.

use crate::filter::{Pose, Templates, correlation};
use crate::paper::{Paper, Slot, Token};
use crate::plane::Plane;
use crate::track::Track;

/// What the picture says about a wording site.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The site.
    pub site: u32,
    /// Likelihood of each reading; only their ratios matter.
    pub likelihoods: Vec<f64>,
    /// The likeliest reading.
    pub best: u8,
    /// Where it stands: line and first word of the reading.
    pub place: (usize, usize),
}

/// Below this correlation none of the readings is believed.
const LEAST: f64 = 0.3;
/// How fast a reading that correlates less becomes unlikely.
const SHARPNESS: f64 = 30.0;
/// Points by which a reading may miss the room between its neighbours.
const MISS: f64 = 1.0;
/// Likelihood that stays for a reading that looks wrong.
const FLOOR: f64 = 0.01;

/// Reads every wording site on the lines. The words of a line are one path through the lattice; a site
/// stands on it with one of its readings, which its neighbours frame.
pub(crate) fn read(
    paper: &Paper,
    picture: &Plane,
    templates: &Templates<'_>,
    tracks: &[Track],
) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    for (i, track) in tracks.iter().enumerate() {
        let mut k = 0;
        while k < track.words.len() {
            let slot = paper.nodes()[track.words[k].node as usize].slot;
            let same = |w: &&crate::track::Word| paper.nodes()[w.node as usize].slot == slot;
            let end = k + track.words[k..].iter().take_while(same).count();
            // What a line's end breaks apart is not framed by its neighbours.
            let whole = |readings: &[Vec<Token>]| {
                let own = paper.nodes()[track.words[k].node as usize].reading.map(usize::from);
                own.and_then(|own| readings.get(own)).is_some_and(|words| words.len() == end - k)
            };
            if let Slot::Choice { site, readings } = &paper.slots()[slot as usize]
                && whole(readings)
            {
                out.extend(choice(paper, picture, templates, track, (i, k, end), *site, readings));
            }
            k = end;
        }
    }
    out.sort_by_key(|choice| choice.site);
    out.dedup_by_key(|choice| choice.site);
    out
}

fn choice(
    paper: &Paper,
    picture: &Plane,
    templates: &Templates<'_>,
    track: &Track,
    (line, first, end): (usize, usize, usize),
    site: u32,
    readings: &[Vec<Token>],
) -> Option<Choice> {
    let slot = paper.nodes()[track.words[first].node as usize].slot;
    let before = track.words.get(first.checked_sub(1)?)?;
    let after = track.words.get(end);
    let advance = |node: u32| f64::from(paper.shape(node).advance);
    let start = before.x + before.shift[0] + advance(before.node);
    let stop = match after {
        Some(after) => after.x + after.shift[0],
        None => {
            let last = &track.words[end - 1];
            last.x + advance(last.node) + track.gap
        }
    };
    let room = stop - start;
    // Nodes of a slot stand reading by reading in the lattice.
    let mut node = paper.start_of(slot);
    let mut scores = Vec::new();
    for reading in readings {
        let nodes: Vec<u32> = (node..node + reading.len() as u32).collect();
        node += reading.len() as u32;
        let sum: f64 = nodes.iter().map(|&n| advance(n)).sum();
        let gap = (room - sum) / (nodes.len() + 1) as f64;
        let miss = (gap - track.gap) * (nodes.len() + 1) as f64 / MISS;
        let fitting = if miss.abs() < 3.0 { gap } else { track.gap };
        let mut x = start + fitting - before.x;
        let mut words = vec![(before.node, before.shift[0])];
        for &n in &nodes {
            words.push((n, x));
            x += advance(n) + fitting;
        }
        words.extend(after.map(|after| (after.node, stop - before.x)));
        let y = (-9.0, 4.0);
        let patch = templates.patch(&words, (start - before.x + 0.3, stop - before.x - 0.3), y);
        let correlated = patch.map_or(0.0, |patch| {
            let shift = |dx: f64| Pose { shift: [dx, before.shift[1]], ..Pose::default() };
            let at = |dx: f64| correlation(picture, before, &patch, &shift(dx), 1);
            [-0.4, 0.0, 0.4].into_iter().map(at).fold(0.0, f64::max)
        });
        scores.push((correlated, correlated - 0.02 * (miss * miss).min(9.0)));
    }
    let best = scores.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1))?.0;
    let top = scores[best];
    if top.0 < LEAST {
        return None;
    }
    let likelihood = |s: &(f64, f64)| (1.0 - FLOOR) * libm::exp(SHARPNESS * (s.1 - top.1)) + FLOOR;
    Some(Choice {
        site,
        likelihoods: scores.iter().map(likelihood).collect(),
        best: best as u8,
        place: (line, first),
    })
}
