//! Scores: the sum of a copy's weights, and the exact law of that sum over a fresh row.
//!
//! `ScoreLaw` is the input of `tail` and `evalue`; `ScoreTable` adds up the weights of many models
//! in one pass over a row. Which models and which evidence is the business of `procedure`.

use crate::collusion::Member;
use crate::evidence::{Evidence, SiteEvidence, UNITS};
use crate::key::CopyKey;
use crate::law::{Law, MASS, SiteLaws};
use crate::row;
use crate::site::SiteId;
use crate::weights::weights_by;
use std::collections::BTreeMap;

/// How many models one table scores at once.
pub(crate) const LANES: usize = 12;

/// The score of one row under each model of a table, in 1/64 bit.
pub(crate) type Lanes = [i64; LANES];

/// Independent sites that contribute alike: the same weights with the same probabilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreClass {
    /// How many such sites.
    pub(crate) count: u32,
    /// (weight, share of 256), by ascending weight, each weight once.
    pub(crate) points: Vec<(i32, u16)>,
}

/// The exact law of a score: a sum of independent integers, one for each site.
///
/// Sums of scores over several papers are laws of the same kind ([`ScoreLaw::join`]), because the
/// rows of one person in different papers are independent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ScoreLaw {
    classes: Vec<ScoreClass>,
}

impl ScoreLaw {
    /// The law of the sum over these sites, each given by a weight for every reading and its law.
    /// Weights beyond the number of readings are ignored, missing ones count as zero.
    pub fn new<'a>(sites: impl IntoIterator<Item = (&'a [i32], &'a Law)>) -> Self {
        let mut classes: BTreeMap<Vec<(i32, u16)>, u32> = BTreeMap::new();
        for (weights, law) in sites {
            let mut points: Vec<(i32, u16)> = law
                .shares()
                .iter()
                .enumerate()
                .map(|(v, &share)| (weights.get(v).copied().unwrap_or(0), share))
                .collect();
            points.sort_unstable();
            points.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
            *classes.entry(points).or_default() += 1;
        }
        Self::from_classes(classes)
    }

    /// The law of the sum of independent scores.
    pub fn join<'a>(laws: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut classes: BTreeMap<Vec<(i32, u16)>, u32> = BTreeMap::new();
        for class in laws.into_iter().flat_map(|law| &law.classes) {
            *classes.entry(class.points.clone()).or_default() += class.count;
        }
        Self::from_classes(classes)
    }

    fn from_classes(classes: BTreeMap<Vec<(i32, u16)>, u32>) -> Self {
        let class = |(points, count)| ScoreClass { count, points };
        Self { classes: classes.into_iter().map(class).collect() }
    }

    pub(crate) fn classes(&self) -> &[ScoreClass] {
        &self.classes
    }

    /// How many sites are summed.
    #[must_use]
    pub fn sites(&self) -> u64 {
        self.classes.iter().map(|class| u64::from(class.count)).sum()
    }

    /// The largest possible score.
    #[must_use]
    pub fn max(&self) -> i64 {
        self.extreme(|points| points[points.len() - 1].0)
    }

    /// The least possible score.
    #[must_use]
    pub fn min(&self) -> i64 {
        self.extreme(|points| points[0].0)
    }

    fn extreme(&self, pick: impl Fn(&[(i32, u16)]) -> i32) -> i64 {
        self.classes.iter().map(|c| i64::from(c.count) * i64::from(pick(&c.points))).sum()
    }

    /// log2 of the mean of 2^(score/64): what normalises an e-value.
    #[must_use]
    pub fn log2_mean(&self) -> f64 {
        self.classes
            .iter()
            .map(|class| {
                let mean: f64 = class
                    .points
                    .iter()
                    .map(|&(w, share)| {
                        f64::from(share) * libm::exp2(f64::from(w) / f64::from(UNITS))
                    })
                    .sum();
                f64::from(class.count) * libm::log2(mean / f64::from(MASS))
            })
            .sum()
    }
}

/// What weights depend on: the law, the readings of the accused, the evidence.
type SiteKind<'a> = (&'a Law, Vec<u32>, &'a [i16]);

/// How a byte of the row picks a site's weights.
#[derive(Clone, Copy, Debug)]
struct Draw {
    /// Where the site's readings begin in the list of weights.
    first: u32,
    /// Bytes below this draw reading 0.
    cut: u8,
    /// Whether all other bytes draw reading 1.
    binary: bool,
}

/// The weights of every read site of a paper under up to [`LANES`] models.
#[derive(Clone, Debug)]
pub(crate) struct ScoreTable {
    sites: Vec<SiteId>,
    laws: Vec<Law>,
    draws: Vec<Draw>,
    weights: Vec<[i32; LANES]>,
    members: usize,
}

impl ScoreTable {
    /// `known` holds the rows of the accused at the sites of `laws` (see [`row::symbols`]).
    /// Erased sites are left out; sites of the evidence must be in `laws` with equal arity, as
    /// [`crate::PaperEvidence`] guarantees.
    pub(crate) fn new(
        laws: &SiteLaws,
        evidence: &Evidence,
        members: &[Member],
        known: &[Vec<u8>],
    ) -> Self {
        debug_assert!(members.len() <= LANES);
        let mut table = Self {
            sites: Vec::new(),
            laws: Vec::new(),
            draws: Vec::new(),
            weights: Vec::new(),
            members: members.len(),
        };
        let mut channels: BTreeMap<(&Law, Vec<u32>), Vec<Vec<f64>>> = BTreeMap::new();
        let mut site_weights: BTreeMap<SiteKind<'_>, Vec<[i32; LANES]>> = BTreeMap::new();
        for (place, (site, law)) in laws.entries().iter().enumerate() {
            let Some(entry) = evidence.get(*site).filter(|entry| !entry.is_erasure()) else {
                continue;
            };
            let mut counts = vec![0; law.readings()];
            known.iter().for_each(|row| counts[usize::from(row[place])] += 1);
            let channels = channels
                .entry((law, counts.clone()))
                .or_insert_with(|| members.iter().map(|m| m.channel(law, &counts)).collect());
            let weights = site_weights
                .entry((law, counts, &entry.log2))
                .or_insert_with(|| lanes_of(channels, law, entry));
            table.draws.push(Draw {
                first: u32::try_from(table.weights.len())
                    .expect("sites times readings fit 32 bits"),
                cut: u8::try_from(law.shares()[0]).expect("no share is 256, for two are positive"),
                binary: law.readings() == 2,
            });
            table.weights.extend_from_slice(weights);
            table.sites.push(*site);
            table.laws.push(law.clone());
        }
        table
    }

    /// The sites that count, in order.
    pub(crate) fn sites(&self) -> &[SiteId] {
        &self.sites
    }

    /// The exact law of the score under one model.
    pub(crate) fn law(&self, lane: usize) -> ScoreLaw {
        debug_assert!(lane < self.members);
        let columns: Vec<Vec<i32>> = self
            .draws
            .iter()
            .zip(&self.laws)
            .map(|(draw, law)| {
                let own = self.weights[draw.first as usize..].iter().take(law.readings());
                own.map(|weights| weights[lane]).collect()
            })
            .collect();
        ScoreLaw::new(columns.iter().map(Vec::as_slice).zip(&self.laws))
    }

    /// The readings of a copy at the sites that count.
    pub(crate) fn readings(&self, key: &CopyKey) -> Vec<u8> {
        let mut row = vec![0; self.sites.len()];
        row::bytes(key, self.sites.iter().copied(), &mut row);
        for (byte, law) in row.iter_mut().zip(&self.laws) {
            *byte = law.reading(*byte);
        }
        row
    }

    /// The score of a copy under every model.
    pub(crate) fn score(&self, key: &CopyKey) -> Lanes {
        let mut row = vec![0; self.sites.len()];
        row::bytes(key, self.sites.iter().copied(), &mut row);
        self.score_bytes(&row)
    }

    /// The score of a row given by its raw bytes at the sites that count.
    pub(crate) fn score_bytes(&self, row: &[u8]) -> Lanes {
        let mut sum = [0_i32; LANES];
        for (place, (&byte, draw)) in row.iter().zip(&self.draws).enumerate() {
            let reading = if draw.binary {
                u8::from(byte >= draw.cut)
            } else {
                self.laws[place].reading(byte)
            };
            let weights = &self.weights[draw.first as usize + usize::from(reading)];
            for (total, weight) in sum.iter_mut().zip(weights) {
                *total += weight;
            }
        }
        sum.map(i64::from)
    }

    /// The weight of a reading at the `place`-th counting site under one model.
    pub(crate) fn weight(&self, place: usize, reading: u8, lane: usize) -> i32 {
        self.weights[self.draws[place].first as usize + usize::from(reading)][lane]
    }
}

fn lanes_of(channels: &[Vec<f64>], law: &Law, entry: &SiteEvidence) -> Vec<[i32; LANES]> {
    let mut lanes = vec![[0; LANES]; law.readings()];
    for (lane, channel) in channels.iter().enumerate() {
        for (place, weight) in lanes.iter_mut().zip(weights_by(channel, law, entry)) {
            place[lane] = weight;
        }
    }
    lanes
}
