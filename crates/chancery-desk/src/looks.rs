//! Earlier looks: what the inquiries scored so far leave to a new one.
//!
//! A leak that is scored again spends again, and a paper about whose copies something was shown carries no
//! bound for what comes after. What is said here is decided from evidence alone, before a row is derived,
//! and entered with it. `EVIDENCE.md`, theorem 8, has the proofs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What was read of one paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Number of the paper.
    pub(crate) paper: i64,
    /// SHA-256 of the merged evidence.
    pub(crate) evidence: String,
    /// Sites about which it says something, ascending.
    pub(crate) sites: Vec<u32>,
}

/// One scored run of an inquiry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Look {
    /// Number of the inquiry.
    pub(crate) inquiry: i64,
    /// Entry that held leaks and papers first.
    pub(crate) opened: u64,
    /// SHA-256 of the leaks.
    pub(crate) leaks: Vec<String>,
    /// The papers of which something was read, in order of their numbers.
    pub(crate) papers: Vec<Seen>,
    /// What it took from the looks before.
    pub(crate) standing: Standing,
    /// Entry of the result, where that told something about single copies.
    pub(crate) shown: Option<u64>,
    /// The calendar year (UTC) whose budget it was taken from.
    pub(crate) year: i16,
}

/// How a look stands to those before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// The level at which it may name; what it adds to the sum of levels.
    pub(crate) level: f64,
    /// Spent before by looks at the same places; added to every bound.
    pub(crate) before: f64,
    /// Inquiries that looked at the same places.
    pub(crate) looks: BTreeSet<i64>,
    /// Inquiries that showed something about copies of these papers, and so took the bound away.
    pub(crate) spent_by: BTreeSet<i64>,
    /// The inquiry that scored the very same evidence.
    pub(crate) repeats: Option<i64>,
    /// In an exercise: shown all the same, without a bound.
    pub(crate) waived: bool,
}

impl Standing {
    /// Whether there is no bound any more.
    pub(crate) fn spent(&self) -> bool {
        !self.spent_by.is_empty() || self.waived
    }

    /// Whether earlier looks have left nothing of the level.
    pub(crate) fn exhausted(&self) -> bool {
        !self.spent() && self.level <= 0.0 && self.before > 0.0
    }

    /// The standing in an exercise, whose readers are invented: what would carry no bound is shown.
    pub(crate) fn in_exercise(self, asked: f64) -> Self {
        if !self.spent() && !self.exhausted() {
            return self;
        }
        Self { level: asked, before: 0.0, waived: true, ..self }
    }
}

impl Look {
    /// A look at this evidence, after `earlier` ones, at a level that was asked for.
    pub(crate) fn new(
        inquiry: i64,
        opened: u64,
        leaks: Vec<String>,
        papers: Vec<Seen>,
        asked: f64,
        earlier: &[Self],
    ) -> Self {
        // A paper of which nothing was read says nothing about its copies.
        let papers = papers.into_iter().filter(|seen| !seen.sites.is_empty()).collect();
        let standing = Standing::default();
        let mut look = Self { inquiry, opened, leaks, papers, standing, shown: None, year: 0 };
        look.standing = look.standing_after(earlier, asked);
        look
    }

    fn standing_after(&self, earlier: &[Self], asked: f64) -> Standing {
        if self.papers.is_empty() {
            return Standing::default();
        }
        // The same evidence gives the same numbers: naming again is the same event, and spends nothing.
        if let Some(first) = earlier.iter().find(|look| look.evidence().eq(self.evidence())) {
            let level = asked.min(first.standing.level);
            return Standing { level, repeats: Some(first.inquiry), ..first.standing.clone() };
        }
        let looks: Vec<&Self> = earlier.iter().filter(|look| look.same_places(self)).collect();
        let before = looks.iter().map(|look| look.own_level()).fold(0.0, std::ops::Add::add);
        // A leak recorded before anything was shown cannot answer to it, and what was shown says nothing
        // about places that were never scored; both are needed.
        let blind = |shown: u64| self.opened < shown && looks.is_empty();
        let spent_by: BTreeSet<i64> = earlier
            .iter()
            .filter(|look| look.shares_paper(self) && look.shown.is_some_and(|at| !blind(at)))
            .map(|look| look.inquiry)
            .collect();
        let level = if spent_by.is_empty() { (asked - before).max(0.0) } else { 0.0 };
        let looks = looks.iter().map(|look| look.inquiry).collect();
        Standing { level, before, looks, spent_by, repeats: None, waived: false }
    }

    /// What it added to what looks at its places spend.
    pub(crate) fn own_level(&self) -> f64 {
        if self.standing.repeats.is_some() { 0.0 } else { self.standing.level }
    }

    fn evidence(&self) -> impl Iterator<Item = (i64, &str)> {
        self.papers.iter().map(|seen| (seen.paper, seen.evidence.as_str()))
    }

    fn shares_paper(&self, other: &Self) -> bool {
        self.papers.iter().any(|own| other.papers.iter().any(|seen| seen.paper == own.paper))
    }

    /// Whether both hold the same file, or read a site of the same paper: a leak that was edited, cropped
    /// or copied is the same leak wherever it is read at the same sites.
    fn same_places(&self, other: &Self) -> bool {
        let file = self.leaks.iter().any(|leak| other.leaks.contains(leak));
        let site = |own: &Seen, seen: &Seen| {
            own.paper == seen.paper
                && own.sites.iter().any(|site| seen.sites.binary_search(site).is_ok())
        };
        file || self.papers.iter().any(|own| other.papers.iter().any(|seen| site(own, seen)))
    }
}

#[cfg(test)]
mod tests;
