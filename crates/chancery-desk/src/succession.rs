//! Succession: what waits for whoever keeps an office, and through which offices a copy was
//! opened. The office inherits; a person's copies stay that person's.

use std::collections::{BTreeMap, BTreeSet};

use chancery_domain::rules::{self, Refusal};
use chancery_domain::{Addressed, Handle};
use chancery_store::{OfficeId, PaperId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::archive::decode;
use crate::ledger::Act;
use crate::papers::reference;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Most papers that a queue shows at a time.
pub const MOST_QUEUED: usize = 1_000;

/// What waits for an office.
#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    /// The office.
    pub office: Handle,
    /// Its papers, those for action first, oldest first.
    pub papers: Vec<Queued>,
    /// Further papers that were left out.
    pub more: usize,
}

/// A paper that waits.
#[derive(Clone, Debug, Serialize)]
pub struct Queued {
    /// The paper.
    pub paper: String,
    /// For action or to know of.
    pub addressed: Addressed,
    /// Its own number.
    pub serial: Option<String>,
    /// Subject.
    pub subject: String,
    /// Day of release.
    pub released: Option<Date>,
    /// Whether the action was taken.
    pub done: bool,
    /// Whether a former holder had opened it.
    pub read_before: bool,
    /// Present holders who have not opened it.
    pub unread_by: Vec<Handle>,
}

/// One person's copies of a paper, and through which offices they were opened.
#[derive(Clone, Debug, Serialize)]
pub struct CopyOffices {
    /// The paper.
    pub paper: String,
    /// Whose.
    pub person: Handle,
    /// How many copies: more than one only where duplicate records were merged.
    pub copies: usize,
    /// Through which offices, by first opening.
    pub offices: Vec<OpenedThrough>,
}

/// Openings through one office.
#[derive(Clone, Debug, Serialize)]
pub struct OpenedThrough {
    /// The office.
    pub office: Handle,
    /// How often.
    pub times: usize,
    /// First.
    pub first: Timestamp,
    /// Last.
    pub last: Timestamp,
}

impl Archive {
    /// Papers addressed to an office, for action or to know of, that no present holder has opened yet;
    /// with `mine`, that the asking holder has not opened himself. Only what he may read is shown.
    ///
    /// # Errors
    /// When the asking person does not hold the office now.
    pub async fn queue(
        &self,
        office: &Handle,
        who: &Handle,
        mine: bool,
    ) -> Result<Queue, DeskError> {
        let mut act = self.act().await?;
        let id = known_office(&mut act.tx, office).await?;
        let person = known_person(&mut act.tx, who).await?;
        act.must_hold(id, person).await?;
        let holders = act.holders(id).await?;
        let opened = act.openers(id).await?;
        let nobody = BTreeSet::new();
        let mut papers = Vec::new();
        let mut more = 0;
        let mut waiting = act.tx.business_of_office(id).await?;
        waiting.retain(|(_, addressed, _)| addressed != "origin");
        waiting.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        for (paper, addressed, done) in waiting {
            let by = opened.get(&paper).unwrap_or(&nobody);
            let taken = if mine {
                by.contains(&person)
            } else {
                holders.iter().any(|holder| by.contains(holder))
            };
            if taken {
                continue;
            }
            let row = act.tx.paper(paper).await?;
            let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
            match self.permit(&mut act.tx, rules::Act::Read, person, &row).await {
                Ok(_) => {}
                Err(DeskError::Refused(_)) => continue,
                Err(other) => return Err(other),
            }
            if papers.len() == MOST_QUEUED {
                more += 1;
                continue;
            }
            let head = self.head(&row)?;
            let mut unread_by = Vec::new();
            for holder in holders.iter().filter(|holder| !by.contains(holder)) {
                unread_by.push(act.tx.person_handle(*holder).await?);
            }
            papers.push(Queued {
                paper: reference(paper),
                addressed: decode(format!("\"{addressed}\"").as_bytes())?,
                serial: head.number,
                subject: head.subject,
                released: row.released,
                done,
                read_before: by.iter().any(|reader| !holders.contains(reader)),
                unread_by,
            });
        }
        Ok(Queue { office: office.clone(), papers, more })
    }

    /// Notes that an office has taken the action that a paper asks of it.
    ///
    /// # Errors
    /// When the person does not hold the office now, or the paper asks nothing of it.
    pub async fn action_done(
        &self,
        office: &Handle,
        paper: &str,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let id = known_office(&mut act.tx, office).await?;
        let person = known_person(&mut act.tx, who).await?;
        act.must_hold(id, person).await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        self.permit(&mut act.tx, rules::Act::Read, person, &row).await?;
        if !act.tx.distribution(row.id).await?.contains(&(id, Addressed::Action)) {
            return Err(DeskError::Input(format!(
                "{} asks no action of {office}",
                reference(row.id)
            )));
        }
        let fields =
            [("paper", json!(reference(row.id))), ("office", json!(id)), ("person", json!(person))];
        let leaf = act.enter("action.done", fields).await?;
        if !act.tx.add_done(row.id, id, person, leaf).await? {
            return Err(DeskError::Procedure(format!(
                "{office} has taken action on {} already",
                reference(row.id)
            )));
        }
        act.commit().await
    }

    /// Through which offices a person opened a paper: for that person, and for holders of the office it
    /// is from.
    ///
    /// # Errors
    /// When it is nobody's business, or paper or person are unknown.
    pub async fn copy_offices(
        &self,
        paper: &str,
        person: &Handle,
        who: &Handle,
    ) -> Result<CopyOffices, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let reader = known_person(&mut act.tx, person).await?;
        let officer = known_person(&mut act.tx, who).await?;
        if officer != reader {
            self.permit(&mut act.tx, rules::Act::Govern, officer, &row).await?;
        }
        let records = act.tx.records_of(reader).await?;
        let copies = self.copies(&mut act.tx, row.id).await?;
        let mut offices: Vec<(OfficeId, OpenedThrough)> = Vec::new();
        for reading in act.tx.readings_of_paper(row.id).await? {
            if reading.person != reader {
                continue;
            }
            match offices.iter_mut().find(|(office, _)| *office == reading.office) {
                Some((_, through)) => {
                    through.times += 1;
                    through.last = reading.at;
                }
                None => {
                    let office = act.tx.office_handle(reading.office).await?;
                    let (first, last) = (reading.at, reading.at);
                    let through = OpenedThrough { office, times: 1, first, last };
                    offices.push((reading.office, through));
                }
            }
        }
        Ok(CopyOffices {
            paper: reference(row.id),
            person: act.tx.person_handle(reader).await?,
            copies: copies.iter().filter(|copy| records.contains(&copy.person)).count(),
            offices: offices.into_iter().map(|(_, through)| through).collect(),
        })
    }
}

impl Act<'_> {
    /// Refuses who does not hold the office at the instant of the act.
    pub(crate) async fn must_hold(
        &mut self,
        office: OfficeId,
        person: PersonId,
    ) -> Result<(), DeskError> {
        if self.offices_of(person).await?.contains(&office) {
            return Ok(());
        }
        Err(Refusal::NotHolder(rules::utc_day(self.now)).into())
    }

    /// Present holders of an office, each once.
    pub(crate) async fn holders(&mut self, office: OfficeId) -> Result<Vec<PersonId>, DeskError> {
        let postings = self.tx.postings_in(office).await?;
        let holding = postings.iter().filter(|p| p.holds_at(self.now));
        let holders: BTreeSet<PersonId> = holding.map(|p| *p.person()).collect();
        Ok(holders.into_iter().collect())
    }

    /// Who has opened the papers of an office, through whatever office.
    pub(crate) async fn openers(
        &mut self,
        office: OfficeId,
    ) -> Result<BTreeMap<PaperId, BTreeSet<PersonId>>, DeskError> {
        let mut out: BTreeMap<PaperId, BTreeSet<PersonId>> = BTreeMap::new();
        for (paper, person) in self.tx.openers_in_office(office).await? {
            out.entry(paper).or_default().insert(person);
        }
        Ok(out)
    }
}
