//! One inquiry: frozen evidence and copy keys in, a finding out.
//!
//! The procedure is the one whose bound EVIDENCE.md proves. Whatever could make the decision about
//! one person depend on another's row, other than through the list of persons already accused, has
//! no place here: no ranking, no tuning on scores, no early stop on the best.

mod budget;
mod finding;
mod round;

pub use budget::{Alpha, AlphaSplit, Bank, BudgetError, MOST_ROUNDS, Route, Routes, WHOLE};
pub use finding::{
    Bits, Display, Finding, PersonScore, Place, RouteScore, STRONG_LEAD, SitesRead, Verdict,
};

use crate::credible::{self, CredibleSet};
use crate::decoy::{self, DecoyPlan, Decoys};
use crate::evalue::EValue;
use crate::evidence::{Evidence, UNITS};
use crate::key::CopyKey;
use crate::law::SiteLaws;
use crate::row;
use crate::score::Lanes;
use crate::site::{Channel, SiteId};
use budget::adjustment;
use round::{Mask, Round};

/// The most papers in one inquiry.
pub const MOST_PAPERS: usize = 64;

/// The most sites that one paper's evidence may hold.
pub const MOST_SITES: usize = 1_000_000;

/// How many persons' decisive places are worked out beside those named and the leads.
const DISPLAYED: usize = 10;

/// Why an inquiry cannot be set up or run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InquiryError {
    /// No paper or too many.
    #[error("an inquiry takes 1 to {MOST_PAPERS} papers, not {0}; open several inquiries")]
    Papers(usize),
    /// Evidence at a site that the paper does not have.
    #[error("the evidence speaks of site {}, which the paper does not have; extract it again with \
             this paper's site table", .0.get())]
    UnknownSite(SiteId),
    /// Evidence with another number of readings than the site's law.
    #[error("site {}: the evidence has {evidence} readings, the law {law}", .site.get())]
    Readings {
        /// The site.
        site: SiteId,
        /// Readings in the evidence.
        evidence: usize,
        /// Readings in the law.
        law: usize,
    },
    /// More sites than are scored.
    #[error("a paper's evidence has at most {MOST_SITES} sites, not {0}")]
    Sites(usize),
    /// More holders than persons counted.
    #[error(
        "{holders} persons hold copies but only {entitled} are counted; count every entitled \
             person"
    )]
    Entitled {
        /// The holders given.
        holders: usize,
        /// The number stated.
        entitled: u64,
    },
    /// A holder whose list of copies does not match the papers.
    #[error(
        "person {person} lists {copies} copies for {papers} papers; give one entry for each \
             paper"
    )]
    Copies {
        /// The person.
        person: usize,
        /// Entries given.
        copies: usize,
        /// Papers of the inquiry.
        papers: usize,
    },
}

/// One paper of an inquiry: the law of its sites and the merged evidence of its leaks.
#[derive(Clone, Debug)]
pub struct PaperEvidence {
    laws: SiteLaws,
    evidence: Evidence,
}

impl PaperEvidence {
    /// Checks the evidence against the paper's sites.
    ///
    /// # Errors
    /// Refuses evidence at unknown sites, with other numbers of readings, or at more than
    /// [`MOST_SITES`] sites.
    pub fn new(laws: SiteLaws, evidence: Evidence) -> Result<Self, InquiryError> {
        if evidence.sites().len() > MOST_SITES {
            return Err(InquiryError::Sites(evidence.sites().len()));
        }
        for entry in evidence.sites() {
            let law = laws.get(entry.site).ok_or(InquiryError::UnknownSite(entry.site))?;
            if law.readings() != entry.log2.len() {
                return Err(InquiryError::Readings {
                    site: entry.site,
                    evidence: entry.log2.len(),
                    law: law.readings(),
                });
            }
        }
        Ok(Self { laws, evidence })
    }

    /// The laws of all sites.
    #[must_use]
    pub fn laws(&self) -> &SiteLaws {
        &self.laws
    }

    /// The evidence.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    fn sites_read(&self) -> Vec<SitesRead> {
        let in_channel = |channel, site: SiteId| site.channel() == channel;
        Channel::ALL
            .into_iter()
            .map(|channel| SitesRead {
                channel,
                offered: self.laws.entries().iter().filter(|e| in_channel(channel, e.0)).count(),
                read: self
                    .evidence
                    .sites()
                    .iter()
                    .filter(|e| in_channel(channel, e.site) && !e.is_erasure())
                    .count(),
            })
            .filter(|sites| sites.offered > 0)
            .collect()
    }
}

/// A person who holds copies: one key at most for each paper of the inquiry, in their order.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The copy keys.
    pub copies: Vec<Option<CopyKey>>,
}

impl Holder {
    fn mask(&self) -> Mask {
        let held = self.copies.iter().enumerate().filter(|(_, copy)| copy.is_some());
        held.fold(0, |mask, (paper, _)| mask | 1 << paper)
    }
}

/// An inquiry with everything fixed that must be fixed before a row is derived.
#[derive(Clone, Debug)]
pub struct Inquiry {
    alpha: Alpha,
    entitled: u64,
    papers: Vec<PaperEvidence>,
    routes: Routes,
    split: AlphaSplit,
}

impl Inquiry {
    /// Sets up an inquiry with the standard split of alpha.
    ///
    /// `entitled` is N: every person entitled to any of the papers between its release and the
    /// extraction, whether he opened it or not; no filter makes it smaller.
    ///
    /// # Errors
    /// Refuses no papers or more than [`MOST_PAPERS`].
    pub fn new(
        alpha: Alpha,
        entitled: u64,
        papers: Vec<PaperEvidence>,
        routes: Routes,
    ) -> Result<Self, InquiryError> {
        if !(1..=MOST_PAPERS).contains(&papers.len()) {
            return Err(InquiryError::Papers(papers.len()));
        }
        Ok(Self { alpha, entitled, papers, routes, split: AlphaSplit::standard() })
    }

    /// Takes another split of alpha.
    #[must_use]
    pub fn with_split(mut self, split: AlphaSplit) -> Self {
        self.split = split;
        self
    }

    /// The papers.
    #[must_use]
    pub fn papers(&self) -> &[PaperEvidence] {
        &self.papers
    }

    /// The bits a lone reader needs to be named, by the route that asks least: log2 of N over alpha
    /// and over the shares.
    #[must_use]
    pub fn bits_needed(&self) -> f64 {
        let widest = self.routes.list(self.papers.len()).iter().map(|r| r.1).fold(0.0, f64::max);
        let charge = adjustment(
            self.entitled,
            self.split.bank(1).share(0),
            self.split.round_share(1),
            widest,
        );
        libm::log2(charge) - libm::log2(self.alpha.get())
    }

    /// Scores the holders, round after round, and grades the result.
    ///
    /// # Errors
    /// Refuses more holders than `entitled` and holders whose copies do not match the papers.
    pub fn run(&self, holders: &[Holder], decoys: DecoyPlan) -> Result<Finding, InquiryError> {
        self.check(holders)?;
        let routes = self.routes.list(self.papers.len());
        let mut rounds = vec![self.round(1, &[], holders)];
        let first = &mut rounds[0];
        let mut persons: Vec<PersonScore> =
            holders.iter().map(|holder| self.first_scores(first, holder, &routes)).collect();
        let decoys = self.decoys(first, &routes, decoys);
        let attainable = first.attainable();

        let mut accused = self.accuse(&mut persons, 1);
        for number in 2..=self.split.rounds() {
            if !accused {
                break;
            }
            let mut round = self.round(number, &persons, holders);
            for (person, holder) in persons.iter_mut().zip(holders) {
                if person.named_in.is_none() {
                    let lanes = round.score(holder);
                    let scores = self.route_scores(&mut round, &lanes, holder.mask(), &routes);
                    person.improve(&scores);
                }
            }
            rounds.push(round);
            accused = self.accuse(&mut persons, number);
        }
        Ok(self.finding(persons, holders, decoys, attainable, &rounds))
    }

    fn check(&self, holders: &[Holder]) -> Result<(), InquiryError> {
        if holders.len() as u64 > self.entitled {
            return Err(InquiryError::Entitled { holders: holders.len(), entitled: self.entitled });
        }
        let papers = self.papers.len();
        match holders.iter().position(|holder| holder.copies.len() != papers) {
            Some(person) => {
                let copies = holders[person].copies.len();
                Err(InquiryError::Copies { person, copies, papers })
            }
            None => Ok(()),
        }
    }

    /// Weights for one round. The rows of those already accused are side information at every
    /// paper whose evidence speaks for their copy (own e-value above 1).
    fn round(&self, number: usize, persons: &[PersonScore], holders: &[Holder]) -> Round {
        let known: Vec<Vec<Vec<u8>>> = (0..self.papers.len())
            .map(|paper| {
                let accused = persons.iter().zip(holders).filter(|(person, _)| {
                    let e_value = person.paper_e_values[paper];
                    person.named_in.is_some() && e_value.is_some_and(|e| e > EValue::ONE)
                });
                accused
                    .filter_map(|(_, holder)| holder.copies[paper].as_ref())
                    .map(|key| row::symbols(key, &self.papers[paper].laws))
                    .collect()
            })
            .collect();
        Round::new(number, &self.papers, self.split.bank(number), &known)
    }

    fn first_scores(
        &self,
        round: &mut Round,
        holder: &Holder,
        routes: &[(Route, f64)],
    ) -> PersonScore {
        let mask = holder.mask();
        let lanes = round.score(holder);
        let mut person = PersonScore {
            best: None,
            routes: Vec::new(),
            named_in: None,
            e_value: round.e_value(&lanes, mask, routes),
            paper_e_values: (0..self.papers.len())
                .map(|paper| {
                    holder.copies[paper].as_ref().map(|_| round.paper_e_value(&lanes, 1 << paper))
                })
                .collect(),
        };
        person.improve(&self.route_scores(round, &lanes, mask, routes));
        person
    }

    /// The best bound on every route open to a person, in this round.
    fn route_scores(
        &self,
        round: &mut Round,
        lanes: &[Lanes],
        held: Mask,
        routes: &[(Route, f64)],
    ) -> Vec<RouteScore> {
        routes
            .iter()
            .filter_map(|&(route, share)| {
                let mask = round::mask_of(route) & held;
                let factors: Vec<f64> = (0..round.bank().members().len())
                    .map(|lane| {
                        adjustment(
                            self.entitled,
                            round.bank().share(lane),
                            self.split.round_share(round.number()),
                            share,
                        )
                    })
                    .collect();
                (mask != 0).then(|| round.bound(lanes, mask, route, &factors))
            })
            .collect()
    }

    /// Marks everyone at or under alpha who was not marked before; says whether there was anyone.
    fn accuse(&self, persons: &mut [PersonScore], round: usize) -> bool {
        let mut anyone = false;
        for person in persons {
            if person.named_in.is_none() && person.p_adjusted() <= self.alpha.get() {
                person.named_in = Some(round);
                anyone = true;
            }
        }
        anyone
    }

    fn decoys(&self, round: &Round, routes: &[(Route, f64)], plan: DecoyPlan) -> Decoys {
        let bytes: Vec<Vec<u8>> =
            self.papers.iter().map(|paper| paper.evidence.canonical_bytes()).collect();
        let stream = decoy::stream(bytes.iter().map(Vec::as_slice), &plan.salt);
        round.decoys(stream, plan.count.min(decoy::MOST), routes)
    }

    /// The factor by which a score's p was multiplied.
    fn factor_of(&self, score: &RouteScore) -> f64 {
        let bank = self.split.bank(score.round);
        let lane = bank.members().iter().position(|entry| entry.0 == score.member);
        let routes = self.routes.list(self.papers.len());
        let route = routes.iter().find(|entry| entry.0 == score.route).map_or(1.0, |r| r.1);
        let share = lane.map_or(1.0, |lane| bank.share(lane));
        adjustment(self.entitled, share, self.split.round_share(score.round), route)
    }

    fn finding(
        &self,
        persons: Vec<PersonScore>,
        holders: &[Holder],
        decoys: Decoys,
        attainable: f64,
        rounds: &[Round],
    ) -> Finding {
        let mut order: Vec<usize> =
            (0..persons.len()).filter(|&person| persons[person].best.is_some()).collect();
        order.sort_by(|&a, &b| persons[a].p_adjusted().total_cmp(&persons[b].p_adjusted()));
        let named: Vec<usize> =
            order.iter().copied().filter(|&person| persons[person].named_in.is_some()).collect();
        let leads: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&person| {
                persons[person].named_in.is_none() && persons[person].p_adjusted() <= STRONG_LEAD
            })
            .collect();
        let shown = named.len() + leads.len();
        let displays = named
            .iter()
            .chain(&leads)
            .chain(order.iter().filter(|p| !named.contains(p) && !leads.contains(p)))
            .take(shown.max(DISPLAYED))
            .filter_map(|&person| {
                let best = persons[person].best.as_ref()?;
                let round = rounds.iter().find(|round| round.number() == best.round)?;
                Some(round.display(person, &holders[person], best))
            })
            .collect();
        let bits = match order.first().and_then(|&person| persons[person].best) {
            Some(best) => Bits {
                obtained: -libm::log2(best.p),
                needed: libm::log2(self.factor_of(&best)) - libm::log2(self.alpha.get()),
                attainable,
            },
            None => Bits { obtained: 0.0, needed: self.bits_needed(), attainable },
        };
        let e_values: Vec<Option<EValue>> =
            persons.iter().map(|p| p.best.as_ref().map(|_| p.e_value)).collect();
        Finding {
            alpha: self.alpha,
            entitled: self.entitled,
            named,
            leads,
            credible: CredibleSet::new(&e_values, self.entitled, credible::MASS),
            decoys,
            sites: self.papers.iter().map(PaperEvidence::sites_read).collect(),
            bits,
            displays,
            persons,
        }
    }
}

impl PersonScore {
    /// Keeps the smaller bound on each route and over all.
    fn improve(&mut self, scores: &[RouteScore]) {
        for score in scores {
            match self.routes.iter_mut().find(|known| known.route == score.route) {
                Some(known) if known.p_adjusted <= score.p_adjusted => {}
                Some(known) => *known = *score,
                None => self.routes.push(*score),
            }
            if self.best.is_none_or(|best| score.p_adjusted < best.p_adjusted) {
                self.best = Some(*score);
            }
        }
    }
}

const _: () = assert!(UNITS == 64, "weights and scores are documented in 1/64 bit");
