//! What an inquiry returns: numbers and indices, no names and no words.
//!
//! A person is the index of his `Holder` in the list given to the inquiry, a paper the index of
//! its evidence.

use super::budget::{Alpha, Route};
use crate::collusion::Member;
use crate::credible::CredibleSet;
use crate::decoy::Decoys;
use crate::evalue::EValue;
use crate::site::{Channel, SiteId};

/// The adjusted level at which a copy is shown as a strong lead (which names nobody).
pub const STRONG_LEAD: f64 = 1e-3;

/// The result of one inquiry.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The level the inquiry ran at.
    pub alpha: Alpha,
    /// N, the number of persons counted.
    pub entitled: u64,
    /// One entry for each person given, in the same order.
    pub persons: Vec<PersonScore>,
    /// Persons whose copies are named: adjusted bound at most alpha. Smallest bound first.
    pub named: Vec<usize>,
    /// Persons not named whose adjusted bound is at most [`STRONG_LEAD`]. Smallest bound first.
    pub leads: Vec<usize>,
    /// Who is left when nobody is named; carries no bound.
    pub credible: CredibleSet,
    /// Fresh random readers scored alike; an illustration, no bound.
    pub decoys: Decoys,
    /// Per paper, the sites offered and read in each channel.
    pub sites: Vec<Vec<SitesRead>>,
    /// What was obtained and what was needed.
    pub bits: Bits,
    /// The decisive places of everyone named, every lead and the ten smallest bounds.
    pub displays: Vec<Display>,
}

impl Finding {
    /// The graded result.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.named.is_empty() {
            Verdict::Identified
        } else if !self.leads.is_empty() {
            Verdict::StrongLead
        } else if self.credible.narrowed().is_some() {
            Verdict::Narrowed
        } else {
            Verdict::Nothing
        }
    }
}

/// How much a finding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The evidence singles out nobody.
    Nothing,
    /// A credible set without "none of these"; no bound.
    Narrowed,
    /// An adjusted bound of at most [`STRONG_LEAD`].
    StrongLead,
    /// An adjusted bound of at most alpha.
    Identified,
}

/// One person's scores.
#[derive(Clone, Debug)]
pub struct PersonScore {
    /// The smallest adjusted bound over all routes, models and rounds; `None` without any copy.
    pub best: Option<RouteScore>,
    /// The smallest adjusted bound of each route open to the person, in the order of the routes.
    pub routes: Vec<RouteScore>,
    /// The round in which the person was named.
    pub named_in: Option<usize>,
    /// E-value of the inquiry: routes and models averaged by their shares, first round's weights.
    pub e_value: EValue,
    /// Per paper, the e-value to enter in the person's account; `None` without a copy of it.
    pub paper_e_values: Vec<Option<EValue>>,
}

impl PersonScore {
    /// The adjusted bound, 1 when there is nothing to score.
    #[must_use]
    pub fn p_adjusted(&self) -> f64 {
        self.best.as_ref().map_or(1.0, |best| best.p_adjusted)
    }

    /// The adjusted bound of one paper's own route: naming somebody for *that* leak takes this one,
    /// not the pooled one.
    #[must_use]
    pub fn p_adjusted_for(&self, paper: usize) -> f64 {
        let own = |score: &&RouteScore| score.route == Route::Paper(paper);
        self.routes.iter().find(own).map_or(1.0, |score| score.p_adjusted)
    }
}

/// The best result on one route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RouteScore {
    /// The route.
    pub route: Route,
    /// Upper bound of P(a fresh row scores as high), before any adjustment.
    pub p: f64,
    /// `p` times persons over shares, at most 1.
    pub p_adjusted: f64,
    /// The model that gave it.
    pub member: Member,
    /// The round that gave it, from 1.
    pub round: usize,
    /// The score under that model, in 1/64 bit.
    pub score: i64,
}

impl RouteScore {
    /// Decimal logarithm of the adjusted bound.
    #[must_use]
    pub fn log10_adjusted(&self) -> f64 {
        libm::log10(self.p_adjusted)
    }
}

/// Sites of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SitesRead {
    /// The channel.
    pub channel: Channel,
    /// Sites of the paper.
    pub offered: usize,
    /// Sites about which the evidence says something.
    pub read: usize,
}

/// The best person's balance in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bits {
    /// -log2 of the unadjusted bound of the best person.
    pub obtained: f64,
    /// What is needed to be named on the same route, model and round.
    pub needed: f64,
    /// What a lone reader's copy could reach at most with the sites read.
    pub attainable: f64,
}

/// Where one person's score comes from.
#[derive(Clone, Debug)]
pub struct Display {
    /// The person.
    pub person: usize,
    /// Bits by channel, over all papers of the best route.
    pub channels: Vec<(Channel, f64)>,
    /// The sites that were read, in order of papers and sites.
    pub places: Vec<Place>,
}

/// What one site adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The paper.
    pub paper: usize,
    /// The site.
    pub site: SiteId,
    /// The reading of this person's copy.
    pub reading: u8,
    /// What it adds to the score, in 1/64 bit; negative where the leak disagrees.
    pub weight: i32,
}
