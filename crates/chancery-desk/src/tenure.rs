//! The end of tenure: resignation in two acts, ends by one act of the appointing office.
//!
//! What may follow what is [`chancery_domain::tenure`]'s. An end that takes effect at once does so one
//! millisecond after the act that enters it, and nothing happens in the archive before that instant any
//! more: no opening stands in the record after the end, and none bears a time at or after it.

use chancery_domain::tenure::{
    Effective, Offer, Officer, Standing, Step, Tenure, TenureRefusal, advance, may_end,
};
use chancery_domain::{Capacity, Day, EndReason, Handle, last_instant};
use chancery_store::{OfficeId, PersonId, ResignationRow, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{decode, encode};
use crate::inquiry::sha256_hex;
use crate::ledger::Act;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Longest letter of resignation, in bytes.
pub const MAX_LETTER: usize = 64 << 10;

/// When something is to take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// With the beginning of a day (UTC), or at an instant.
    Then(Effective),
}

/// A letter of resignation; sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its text.
    pub text: String,
    /// The reason, in a few words.
    pub reason: String,
    /// The first day on which the holder would be free.
    pub requested: Option<Date>,
}

/// How a resignation stands.
#[derive(Clone, Debug, Serialize)]
pub struct ResignationState {
    /// Number, `R1`.
    pub resignation: String,
    /// Who offers.
    pub person: Handle,
    /// From which office.
    pub office: Handle,
    /// Which office accepts or declines.
    pub to: Handle,
    /// When it was offered.
    pub offered: Timestamp,
    /// How it stands.
    pub standing: Standing,
    /// Who accepted or declined it.
    pub decided_by: Option<Handle>,
    /// The letter, for its author and the appointing office alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

/// A tenure that was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndedTenure {
    /// Who.
    pub person: Handle,
    /// From which office.
    pub office: Handle,
    /// Why.
    pub reason: EndReason,
    /// The first instant without the office.
    pub effective: Timestamp,
    /// Papers opened in the person's name at or after that instant: only where a death became known late.
    pub opened_after: usize,
}

impl Archive {
    /// Offers to resign from an office, by letter. Ends nothing.
    ///
    /// # Errors
    /// When the office is not held, an offer is open already, or nobody is there to accept it.
    pub async fn offer_resignation(
        &self,
        office: &Handle,
        who: &Handle,
        letter: &Letter,
        to: Option<&Handle>,
    ) -> Result<String, DeskError> {
        if letter.text.trim().is_empty() || letter.text.len() > MAX_LETTER {
            return Err(DeskError::Input(format!("a letter has 1 to {MAX_LETTER} bytes")));
        }
        let mut act = self.act().await?;
        let office = known_office(&mut act.tx, office).await?;
        let person = known_person(&mut act.tx, who).await?;
        let named = match to {
            Some(to) => Some(known_office(&mut act.tx, to).await?),
            None => None,
        };
        let parent = self.appointing(&mut act.tx, office).await?;
        let offices = act.offices_of(person).await?;
        let officer = Officer { person, offices: &offices };
        let held = act.holds(person, office).await?;
        let all = act.tx.resignations().await?;
        let before = all.iter().rfind(|row| row.person == person && row.office == office);
        let before = before.map(offer_of).transpose()?;
        let step = Step::Offer { office, parent, named };
        let offer = advance(before.as_ref(), step, &officer, held, act.now).map_err(refused)?;
        let id = act.tx.next_resignation().await?;
        let row = id.to_string();
        let aad = Aad::new("resignation", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.key, &aad, Padding::Body, &encode(letter), nonce)?;
        let row = ResignationRow {
            id,
            person,
            office,
            appointing: offer.appointing,
            offered: act.now,
            standing: text(&offer.standing),
            decided_by: None,
            sealed,
        };
        act.tx.set_resignation(&row).await?;
        act.enter(
            "resignation.offered",
            [
                ("resignation", json!(name(id))),
                ("person", json!(person)),
                ("office", json!(office)),
                ("to", json!(offer.appointing)),
                ("requested", json!(letter.requested)),
                ("letter_sha256", json!(sha256_hex(letter.text.as_bytes()))),
            ],
        )
        .await?;
        act.commit().await?;
        Ok(name(id))
    }

    /// Accepts a resignation for the appointing office; tenure ends at `when`, by default on the day
    /// that the letter asks for.
    ///
    /// # Errors
    /// When the offer is not open, or the officer is not entitled.
    pub async fn accept_resignation(
        &self,
        resignation: &str,
        who: &Handle,
        when: Option<When>,
    ) -> Result<EndedTenure, DeskError> {
        let mut act = self.act().await?;
        let row = act.find_resignation(resignation).await?;
        let when = match when {
            Some(when) => when,
            None => {
                let requested = self.letter(&row)?.requested.ok_or_else(|| {
                    DeskError::Input("the letter asks for no day; say when: --on DAY".into())
                })?;
                When::Then(Effective::Day(requested))
            }
        };
        let effective = act.effective(when);
        let (person, office) = (row.person, row.office);
        act.decide(row, who, Step::Accept(effective)).await?;
        let officer = known_person(&mut act.tx, who).await?;
        let reason = EndReason::Resignation;
        let ended = act.end_tenure(person, office, effective, reason, officer).await?;
        act.commit().await?;
        Ok(ended)
    }

    /// Declines a resignation for the appointing office; the holder stays.
    ///
    /// # Errors
    /// When the offer is not open, or the officer is not entitled.
    pub async fn decline_resignation(
        &self,
        resignation: &str,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let row = act.find_resignation(resignation).await?;
        act.decide(row, who, Step::Decline).await?;
        act.commit().await
    }

    /// Takes an offer back before it is accepted.
    ///
    /// # Errors
    /// When the offer is not open, or not that person's.
    pub async fn withdraw_resignation(
        &self,
        resignation: &str,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let row = act.find_resignation(resignation).await?;
        act.decide(row, who, Step::Withdraw).await?;
        act.commit().await
    }

    /// A resignation with its letter, for its author and holders of the appointing office.
    ///
    /// # Errors
    /// When there is none, or it is not for that person.
    pub async fn show_resignation(
        &self,
        resignation: &str,
        who: &Handle,
    ) -> Result<ResignationState, DeskError> {
        let mut act = self.act().await?;
        let row = act.find_resignation(resignation).await?;
        let person = known_person(&mut act.tx, who).await?;
        if person != row.person && !act.holds(person, row.appointing).await? {
            return Err(DeskError::Procedure(
                "a letter of resignation is for its author and the appointing office".into(),
            ));
        }
        let mut state = act.resignation_state(&row).await?;
        state.letter = Some(self.letter(&row)?);
        Ok(state)
    }

    /// All resignations, without their letters.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn resignations(&self) -> Result<Vec<ResignationState>, DeskError> {
        let mut act = self.act().await?;
        let mut out = Vec::new();
        for row in act.tx.resignations().await? {
            out.push(act.resignation_state(&row).await?);
        }
        Ok(out)
    }

    /// Ends a tenure by one act of the appointing office: dismissal, recall, transfer, curtailment, or
    /// the note of a death.
    ///
    /// # Errors
    /// When the officer is not entitled, or nothing is there to end.
    pub async fn end_tenure(
        &self,
        person: &Handle,
        office: &Handle,
        reason: EndReason,
        when: When,
        who: &Handle,
    ) -> Result<EndedTenure, DeskError> {
        let mut act = self.act().await?;
        let holder = known_person(&mut act.tx, person).await?;
        let office = known_office(&mut act.tx, office).await?;
        let actor = known_person(&mut act.tx, who).await?;
        let offices = act.offices_of(actor).await?;
        let officer = Officer { person: actor, offices: &offices };
        let effective = act.effective(when);
        let postings = act.tx.postings_of(holder).await?;
        let current = postings.iter().find(|p| *p.office() == office && p.holds_at(act.now));
        let tenure = Tenure {
            holder,
            appointing: self.appointing(&mut act.tx, office).await?,
            planned_end: current.and_then(|p| p.planned_end()),
            held: current.is_some(),
        };
        may_end(&tenure, reason, effective, &officer, act.now).map_err(refused)?;
        act.enter(
            "tenure.ended",
            [
                ("person", json!(holder)),
                ("office", json!(office)),
                ("reason", json!(reason)),
                ("effective", json!(effective)),
                ("officer", json!(actor)),
            ],
        )
        .await?;
        let ended = act.end_tenure(holder, office, effective, reason, actor).await?;
        act.commit().await?;
        Ok(ended)
    }

    /// The office that appoints to this one, if it has one.
    pub(crate) async fn appointing(
        &self,
        tx: &mut Tx,
        office: OfficeId,
    ) -> Result<Option<OfficeId>, DeskError> {
        match self.office_details(tx, office).await?.1.parent {
            Some(parent) => Ok(tx.office(&parent).await?),
            None => Ok(None),
        }
    }

    fn letter(&self, row: &ResignationRow) -> Result<Letter, DeskError> {
        let id = row.id.to_string();
        decode(&open(&self.key, &Aad::new("resignation", &id, "sealed", 0), &row.sealed)?)
    }
}

impl Act<'_> {
    /// Offices that a person holds at the instant of the act.
    pub(crate) async fn offices_of(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<OfficeId>, DeskError> {
        let postings = self.tx.postings_of(person).await?;
        Ok(postings.iter().filter(|p| p.holds_at(self.now)).map(|p| *p.office()).collect())
    }

    /// Whether a person holds an office in his own right, not as somebody's deputy.
    pub(crate) async fn holds(
        &mut self,
        person: PersonId,
        office: OfficeId,
    ) -> Result<bool, DeskError> {
        Ok(self.tx.postings_of(person).await?.iter().any(|p| {
            *p.office() == office && p.capacity() != Capacity::Delegate && p.holds_at(self.now)
        }))
    }

    /// The first instant after the act.
    pub(crate) fn next_instant(&self) -> Result<Timestamp, DeskError> {
        self.now.checked_add(SignedDuration::from_millis(1)).map_err(|_| calendar())
    }

    fn effective(&self, when: When) -> Effective {
        match when {
            When::Now => Effective::At(self.now),
            When::Then(effective) => effective,
        }
    }

    async fn find_resignation(&mut self, text: &str) -> Result<ResignationRow, DeskError> {
        let number = text.strip_prefix(['R', 'r']).unwrap_or(text);
        let found = match number.parse() {
            Ok(id) => self.tx.resignation(id).await?,
            Err(_) => None,
        };
        found.ok_or_else(|| DeskError::Unknown {
            what: "resignation",
            name: text.chars().filter(|c| !c.is_control()).take(40).collect(),
            hint: "; see: chancery resignation list",
        })
    }

    /// Takes a step about an offer and enters it; returns the entry.
    async fn decide(
        &mut self,
        mut row: ResignationRow,
        who: &Handle,
        step: Step<OfficeId>,
    ) -> Result<u64, DeskError> {
        let person = known_person(&mut self.tx, who).await?;
        let offices = self.offices_of(person).await?;
        let officer = Officer { person, offices: &offices };
        let held = self.holds(row.person, row.office).await?;
        let offer = offer_of(&row)?;
        let offer = advance(Some(&offer), step, &officer, held, self.now).map_err(refused)?;
        row.standing = text(&offer.standing);
        let kind = match offer.standing {
            Standing::Accepted(_) => "resignation.accepted",
            Standing::Declined => "resignation.declined",
            Standing::Withdrawn | Standing::Offered => "resignation.withdrawn",
        };
        if offer.standing != Standing::Withdrawn {
            row.decided_by = Some(person);
        }
        self.tx.set_resignation(&row).await?;
        self.enter(
            kind,
            [
                ("resignation", json!(name(row.id))),
                ("officer", json!(person)),
                ("standing", json!(offer.standing)),
            ],
        )
        .await
    }

    /// Ends every posting of a person in an office that would outlast `effective`.
    async fn end_tenure(
        &mut self,
        person: PersonId,
        office: OfficeId,
        effective: Effective,
        reason: EndReason,
        officer: PersonId,
    ) -> Result<EndedTenure, DeskError> {
        let (end, cut) = match effective {
            // A death is a fact, whenever it becomes known; access ends with the knowledge of it.
            Effective::Day(day) if effective.is_past(self.now) => (Day::exact(day), None),
            _ => effective.kept(self.next_instant()?).ok_or_else(calendar)?,
        };
        let at = cut.or_else(|| Effective::Day(end.date).instant()).ok_or_else(calendar)?;
        let mut ended = 0;
        for kept in self.tx.kept_postings_of(person).await? {
            let term = *kept.posting.term();
            let outlasts = last_instant(&term).is_none_or(|last| last > at);
            let begun = term.start.is_some_and(|start| start.earliest() < end.date);
            if *kept.posting.office() == office && outlasts && begun {
                self.end_posting(&kept, end, cut, reason, Some(officer)).await?;
                ended += 1;
            }
        }
        if ended == 0 {
            return Err(refused(TenureRefusal::Over));
        }
        if at == self.next_instant()? {
            self.floor(at).await?;
        }
        let opened = self.tx.readings_by(person, at).await?;
        Ok(EndedTenure {
            person: self.tx.person_handle(person).await?,
            office: self.tx.office_handle(office).await?,
            reason,
            effective: at,
            opened_after: opened.iter().filter(|reading| reading.office == office).count(),
        })
    }

    async fn resignation_state(
        &mut self,
        row: &ResignationRow,
    ) -> Result<ResignationState, DeskError> {
        Ok(ResignationState {
            resignation: name(row.id),
            person: self.tx.person_handle(row.person).await?,
            office: self.tx.office_handle(row.office).await?,
            to: self.tx.office_handle(row.appointing).await?,
            offered: row.offered,
            standing: decode(row.standing.as_bytes())?,
            decided_by: match row.decided_by {
                Some(person) => Some(self.tx.person_handle(person).await?),
                None => None,
            },
            letter: None,
        })
    }
}

fn offer_of(row: &ResignationRow) -> Result<Offer<PersonId, OfficeId>, DeskError> {
    Ok(Offer {
        holder: row.person,
        office: row.office,
        appointing: row.appointing,
        standing: decode(row.standing.as_bytes())?,
    })
}

fn name(id: i64) -> String {
    format!("R{id}")
}

fn text(standing: &Standing) -> String {
    String::from_utf8_lossy(&encode(standing)).into_owned()
}

pub(crate) fn calendar() -> DeskError {
    DeskError::Input("that lies outside the calendar".into())
}

pub(crate) fn refused(refusal: impl std::error::Error) -> DeskError {
    DeskError::Procedure(refusal.to_string())
}
