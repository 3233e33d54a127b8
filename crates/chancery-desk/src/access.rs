//! Asking the rules: gathers the facts of a person and a paper and lets the domain decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_domain::label::{Policy, Reader, SecurityLabel};
use chancery_domain::rules::{self, Clearing, PaperFacts, PersonFacts, Refusal, Rulebook};
use chancery_domain::{Addressed, House, PaperState};
use chancery_store::{Deed, OfficeId, PaperId, PaperRow, PersonId, PostingRow, Reach, Tx};
use jiff::Timestamp;

use crate::archive::decode;
use crate::papers::Head;
use crate::{Archive, DeskError};

/// Where the house rules are kept.
pub(crate) const HOUSE: &str = "house";

/// What the rules must know of the house: loaded once for many papers.
pub(crate) struct Book {
    house: House,
    policy: Option<Arc<Policy>>,
}

/// What the rules must know of a paper, gathered once for many decisions.
pub(crate) struct Gathered {
    book: Arc<Book>,
    distribution: Vec<(OfficeId, Addressed)>,
    clearing: Vec<Clearing<OfficeId>>,
    /// Who has changed its text since it was drafted.
    amenders: Vec<PersonId>,
    /// From when on a later paper cancels it.
    cancelled: Option<Timestamp>,
    label: Option<SecurityLabel>,
}

impl Gathered {
    /// The same paper under another label.
    pub(crate) fn under(&mut self, label: Option<SecurityLabel>) {
        self.label = label;
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.book.policy.as_deref()
    }

    /// The office through which the holder of `postings` may do `act` to the paper at `at`.
    pub(crate) fn decide(
        &self,
        act: rules::Act,
        person: PersonId,
        (postings, reader): (&[PostingRow], &Reader),
        paper: &PaperRow,
        at: Timestamp,
    ) -> Result<OfficeId, Refusal> {
        // Whoever changed the text is as little a second pair of eyes as whoever wrote it.
        let own = self.amenders.contains(&person).then_some(person);
        let facts = PaperFacts {
            state: paper.state,
            origin: paper.office,
            drafter: own.or(paper.drafter),
            distribution: &self.distribution,
            clearing: &self.clearing,
            lifts: paper.lifts,
            cancelled: self.cancelled.is_some_and(|from| from <= at),
            label: self.label.as_ref(),
        };
        let person = PersonFacts { person, postings, reader };
        let book = Rulebook { house: &self.book.house, policy: self.policy() };
        rules::decide(act, &person, &facts, &book, at).map(|grant| grant.office)
    }
}

/// Somebody who asks, with what the rules must know of him: loaded once for many papers.
pub(crate) struct Asker {
    pub(crate) person: PersonId,
    pub(crate) postings: Vec<PostingRow>,
    pub(crate) reader: Reader,
}

/// A released paper that somebody may read.
pub(crate) struct Readable {
    pub(crate) row: PaperRow,
    pub(crate) through: OfficeId,
    /// Its heading, where it had to be unsealed for the decision.
    pub(crate) head: Option<Head>,
}

impl Archive {
    /// The released papers that a person may read now, oldest first: what decides about all that lie before
    /// his offices is loaded in one query an office, so that a refused paper costs hardly more than its row.
    pub(crate) async fn readable(
        &self,
        tx: &mut Tx,
        person: PersonId,
    ) -> Result<Vec<Readable>, DeskError> {
        let asker = self.asker(tx, person).await?;
        let now = self.now_in(tx).await?;
        let book = Arc::new(self.book(tx).await?);
        let held = asker.postings.iter().filter(|p| p.holds_at(now)).map(|p| *p.office());
        let mut within: BTreeMap<PaperId, Vec<(OfficeId, Reach)>> = BTreeMap::new();
        for office in held.collect::<BTreeSet<OfficeId>>() {
            for reach in tx.within_reach(office).await? {
                within.entry(reach.paper.id).or_default().push((office, reach));
            }
        }
        let held = (asker.postings.as_slice(), &asker.reader);
        let mut out = Vec::new();
        for mut reaches in within.into_values() {
            // Of the distribution, the offices held decide.
            let distribution = reaches.iter().map(|(o, reach)| (*o, reach.addressed)).collect();
            let Some((_, Reach { paper: row, cancelled, .. })) = reaches.pop() else { continue };
            // Under a policy the label stands in the heading.
            let head = book.policy.is_some().then(|| self.head(&row)).transpose()?;
            let gathered = Gathered {
                book: Arc::clone(&book),
                distribution,
                clearing: Vec::new(),
                amenders: Vec::new(),
                cancelled,
                label: head.as_ref().and_then(|head| head.security.clone()),
            };
            if let Ok(through) = gathered.decide(rules::Act::Read, person, held, &row, now) {
                out.push(Readable { row, through, head });
            }
        }
        Ok(out)
    }

    /// The office through which `person` may do `act` to the paper now.
    ///
    /// # Errors
    /// The refusal of [`rules::decide`].
    pub(crate) async fn permit(
        &self,
        tx: &mut Tx,
        act: rules::Act,
        person: PersonId,
        paper: &PaperRow,
    ) -> Result<OfficeId, DeskError> {
        let asker = self.asker(tx, person).await?;
        self.permit_asker(tx, act, &asker, paper).await
    }

    /// Gathers the facts of a paper.
    pub(crate) async fn gather(
        &self,
        tx: &mut Tx,
        paper: &PaperRow,
    ) -> Result<Gathered, DeskError> {
        let distribution = tx.distribution(paper.id).await?;
        self.gather_for(tx, paper, distribution).await
    }

    /// As [`Archive::gather`], with the part of the distribution that concerns the offices asked about.
    pub(crate) async fn gather_for(
        &self,
        tx: &mut Tx,
        paper: &PaperRow,
        distribution: Vec<(OfficeId, Addressed)>,
    ) -> Result<Gathered, DeskError> {
        let book = Arc::new(self.book(tx).await?);
        let (mut clearing, mut amenders, mut cancelled) = (Vec::new(), Vec::new(), None);
        if paper.state == PaperState::Released {
            cancelled = tx.cancelled_from(paper.id).await?;
        } else {
            clearing = tx.clearing(paper.id).await?;
            amenders = tx.who_did(paper.id, Deed::Amended).await?;
        }
        let label = self.label_of(book.policy.as_deref(), paper)?;
        Ok(Gathered { book, distribution, clearing, amenders, cancelled, label })
    }

    /// What the rules must know of the house.
    pub(crate) async fn book(&self, tx: &mut Tx) -> Result<Book, DeskError> {
        Ok(Book { house: self.house(tx).await?, policy: self.policy(tx).await? })
    }

    /// What the rules must know of a person.
    pub(crate) async fn asker(&self, tx: &mut Tx, person: PersonId) -> Result<Asker, DeskError> {
        let postings = tx.postings_of(person).await?;
        let policy = self.policy(tx).await?;
        let reader = self.reader(tx, policy.as_deref(), person).await?;
        Ok(Asker { person, postings, reader })
    }

    /// As [`Archive::permit`], for many papers.
    ///
    /// # Errors
    /// The refusal of [`rules::decide`].
    pub(crate) async fn permit_asker(
        &self,
        tx: &mut Tx,
        act: rules::Act,
        asker: &Asker,
        paper: &PaperRow,
    ) -> Result<OfficeId, DeskError> {
        let gathered = self.gather(tx, paper).await?;
        let now = self.now_in(tx).await?;
        let held = (asker.postings.as_slice(), &asker.reader);
        Ok(gathered.decide(act, asker.person, held, paper, now)?)
    }

    /// The rules that this house has set itself.
    pub(crate) async fn house(&self, tx: &mut Tx) -> Result<House, DeskError> {
        match tx.meta(HOUSE).await? {
            Some(bytes) => decode(&bytes),
            None => Ok(House::default()),
        }
    }
}
