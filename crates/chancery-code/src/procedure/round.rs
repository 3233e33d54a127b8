//! One round: the weights of every model at every paper, the scores and their exact bounds.
//!
//! A person's bound depends on his rows, the evidence and the accused of earlier rounds, and on
//! nothing else; in particular the choice of how to compute it looks at his own scores only.

use super::budget::{Bank, Route};
use super::finding::{Display, Place, RouteScore};
use super::{Holder, PaperEvidence};
use crate::decoy::Decoys;
use crate::evalue::{EValue, upper_log2_mean};
use crate::evidence::UNITS;
use crate::score::{LANES, Lanes, ScoreLaw, ScoreTable};
use crate::site::Channel;
use crate::tail::{Chernoff, LEAST_TAIL, Tail, least_score};
use std::collections::BTreeMap;

/// A set of papers, a bit for each.
pub(super) type Mask = u64;

/// The papers a route speaks of, held or not.
pub(super) const fn mask_of(route: Route) -> Mask {
    match route {
        Route::Paper(paper) => 1 << paper,
        Route::Pooled => Mask::MAX,
    }
}

/// Models whose cheap adjusted bound is above this get no exact one: the exact bound is seldom more
/// than twenty times smaller.
const HOPELESS: f64 = 32.0;

/// Nor do models whose cheap bound is so many times above the person's best.
const OUTDONE: f64 = 1024.0;

/// Bytes of decoy rows drawn at once.
const DECOY_BUFFER: usize = 1 << 16;

pub(super) struct Round {
    number: usize,
    bank: Bank,
    tables: Vec<ScoreTable>,
    /// By paper and model.
    laws: Vec<Vec<ScoreLaw>>,
    chernoff: Vec<Vec<Chernoff>>,
    log2_means: Vec<Vec<f64>>,
    /// Exact tails of sums over sets of papers, made when first asked for.
    tails: BTreeMap<(Mask, usize, u64), Tail>,
}

impl Round {
    pub(super) fn new(
        number: usize,
        papers: &[PaperEvidence],
        bank: &Bank,
        known: &[Vec<Vec<u8>>],
    ) -> Self {
        let members = bank.models();
        let tables: Vec<ScoreTable> = papers
            .iter()
            .zip(known)
            .map(|(paper, known)| ScoreTable::new(&paper.laws, &paper.evidence, &members, known))
            .collect();
        let laws: Vec<Vec<ScoreLaw>> = tables
            .iter()
            .map(|table| (0..members.len()).map(|lane| table.law(lane)).collect())
            .collect();
        let each = |laws: &Vec<ScoreLaw>| laws.iter().map(Chernoff::new).collect();
        let chernoff = laws.iter().map(each).collect();
        let log2_means =
            laws.iter().map(|laws| laws.iter().map(upper_log2_mean).collect()).collect();
        let bank = bank.clone();
        Self { number, bank, tables, laws, chernoff, log2_means, tails: BTreeMap::new() }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn bank(&self) -> &Bank {
        &self.bank
    }

    /// What the first model's score can reach over all papers, in bits.
    pub(super) fn attainable(&self) -> f64 {
        self.laws.iter().map(|laws| laws[0].max()).sum::<i64>() as f64 / f64::from(UNITS)
    }

    /// A person's scores, by paper and model; zero for papers without a copy.
    pub(super) fn score(&self, holder: &Holder) -> Vec<Lanes> {
        let papers = holder.copies.iter().zip(&self.tables);
        papers.map(|(copy, table)| copy.as_ref().map_or([0; LANES], |k| table.score(k))).collect()
    }

    /// The smallest adjusted bound over the models; `factors` are the adjustments of the models.
    pub(super) fn bound(
        &mut self,
        scores: &[Lanes],
        mask: Mask,
        route: Route,
        factors: &[f64],
    ) -> RouteScore {
        let total = |lane: usize| papers(scores, mask).map(|paper| scores[paper][lane]).sum();
        let cheap: Vec<(i64, f64)> = (0..factors.len())
            .map(|lane| {
                let score: i64 = total(lane);
                let of_papers = papers(scores, mask).map(|paper| &self.chernoff[paper][lane]);
                let ln = Chernoff::ln_sum_at_least(of_papers, score);
                (score, libm::exp(ln).clamp(LEAST_TAIL, 1.0))
            })
            .collect();
        let least = cheap
            .iter()
            .zip(factors)
            .map(|(&(_, p), factor)| p * factor)
            .fold(f64::INFINITY, f64::min);
        let worth = HOPELESS.min(least * OUTDONE);
        let mut best: Option<RouteScore> = None;
        for (lane, (&(score, cheap), &factor)) in cheap.iter().zip(factors).enumerate() {
            let p = if cheap * factor <= worth {
                cheap.min(self.tail(mask & all(scores), lane, factor).at_least(score))
            } else {
                cheap
            };
            let p_adjusted = (p * factor).min(1.0);
            if best.is_none_or(|best| p_adjusted < best.p_adjusted) {
                let member = self.bank.members()[lane].0;
                let round = self.number;
                best = Some(RouteScore { route, p, p_adjusted, member, round, score });
            }
        }
        best.expect("a bank has at least one member")
    }

    /// The exact tail of a sum over papers, for scores whose cheap bound is not hopeless.
    fn tail(&mut self, mask: Mask, lane: usize, factor: f64) -> &mut Tail {
        let (laws, chernoff) = (&self.laws, &self.chernoff);
        // A paper's own route and the pooled route of a person who holds only this paper may share
        // a law and differ in the factor.
        self.tails.entry((mask, lane, factor.to_bits())).or_insert_with(|| {
            let held = || papers(laws, mask);
            let ln = libm::log(HOPELESS / factor);
            let floor = if ln < 0.0 {
                least_score(held().map(|paper| &chernoff[paper][lane]), ln)
            } else {
                i64::MIN
            };
            Tail::new(&ScoreLaw::join(held().map(|paper| &laws[paper][lane])), floor)
        })
    }

    /// The models' e-values for the sum over a set of papers, averaged by their shares.
    pub(super) fn paper_e_value(&self, scores: &[Lanes], mask: Mask) -> EValue {
        EValue::mixture((0..self.bank.members().len()).map(|lane| {
            let held = || papers(scores, mask);
            let score = held().map(|paper| scores[paper][lane]).sum();
            let log2_mean = held().map(|paper| self.log2_means[paper][lane]).sum();
            (self.bank.share(lane), EValue::normalised(score, log2_mean))
        }))
    }

    /// The routes' e-values, averaged by their shares; a route without a copy counts as 1.
    pub(super) fn e_value(&self, scores: &[Lanes], held: Mask, routes: &[(Route, f64)]) -> EValue {
        EValue::mixture(routes.iter().map(|&(route, share)| {
            (share, self.paper_e_value_or_one(scores, mask_of(route) & held))
        }))
    }

    fn paper_e_value_or_one(&self, scores: &[Lanes], mask: Mask) -> EValue {
        if mask == 0 { EValue::ONE } else { self.paper_e_value(scores, mask) }
    }

    /// Scores rows cut from a stream, as persons who hold every paper.
    pub(super) fn decoys(
        &self,
        mut stream: blake3::OutputReader,
        count: u32,
        routes: &[(Route, f64)],
    ) -> Decoys {
        let sites: usize = self.tables.iter().map(|table| table.sites().len()).sum();
        let held = all(&self.tables);
        let per_fill = (DECOY_BUFFER / sites.max(1)).max(1);
        let mut buffer = vec![0; per_fill * sites];
        let mut values = Vec::with_capacity(count as usize);
        let mut scores = vec![[0; LANES]; self.tables.len()];
        while values.len() < count as usize {
            stream.fill(&mut buffer);
            for decoy in 0..per_fill.min(count as usize - values.len()) {
                let mut row = &buffer[decoy * sites..(decoy + 1) * sites];
                for (table, score) in self.tables.iter().zip(&mut scores) {
                    let (own, rest) = row.split_at(table.sites().len());
                    *score = table.score_bytes(own);
                    row = rest;
                }
                values.push(self.e_value(&scores, held, routes).log2());
            }
        }
        Decoys::new(values)
    }

    /// Where a person's best score comes from.
    pub(super) fn display(&self, person: usize, holder: &Holder, best: &RouteScore) -> Display {
        let lane = self.bank.members().iter().position(|entry| entry.0 == best.member);
        let lane = lane.expect("the score was made with a model of this round's bank");
        let mut places = Vec::new();
        for (paper, copy) in holder.copies.iter().enumerate() {
            let Some(key) = copy.as_ref().filter(|_| mask_of(best.route) >> paper & 1 == 1) else {
                continue;
            };
            let table = &self.tables[paper];
            let readings = table.readings(key);
            places.extend(table.sites().iter().zip(readings).enumerate().map(
                |(place, (&site, reading))| {
                    let weight = table.weight(place, reading, lane);
                    Place { paper, site, reading, weight }
                },
            ));
        }
        let bits = |channel| {
            let own = places.iter().filter(|place: &&Place| place.site.channel() == channel);
            own.map(|place| f64::from(place.weight)).sum::<f64>() / f64::from(UNITS)
        };
        let channels = Channel::ALL
            .into_iter()
            .filter(|&channel| places.iter().any(|place| place.site.channel() == channel))
            .map(|channel| (channel, bits(channel)))
            .collect();
        Display { person, channels, places }
    }
}

/// The papers of a mask, as far as there are any.
fn papers<T>(list: &[T], mask: Mask) -> impl Iterator<Item = usize> + Clone + use<T> {
    (0..list.len()).filter(move |paper| mask >> paper & 1 == 1)
}

fn all<T>(list: &[T]) -> Mask {
    (0..list.len()).fold(0, |mask, paper| mask | 1 << paper)
}
