//! Accreditation of chiefs of mission: each event is entered as it becomes known.
//!
//! Nothing here touches postings: the host's stance ends no tenure and gives or takes no access.

use chancery_domain::{Accreditation, AccreditationEvent, Handle, Source, Stage, Stance};
use chancery_store::{AccreditationEventRow, AccreditationRow, PersonId};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Longest note on an event, in bytes.
pub const MAX_NOTE: usize = 4 << 10;

/// An accreditation as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ShownAccreditation {
    /// Who.
    pub person: Handle,
    /// Sent by which office.
    pub office: Handle,
    /// To which state.
    pub state: Handle,
    /// Where it stands.
    pub stage: Stage,
    /// Whether the function is taken up, as a sentence.
    pub function: &'static str,
    /// Since when it is taken up.
    pub taken_up: Option<Date>,
    /// Whether the person holds the sending office now.
    pub in_office: bool,
    /// The host's latest stance.
    pub stance: Option<(Date, Stance, Source)>,
    /// What happened.
    pub events: Vec<ShownEvent>,
}

/// One event.
#[derive(Clone, Debug, Serialize)]
pub struct ShownEvent {
    /// When it happened.
    pub day: Date,
    /// What.
    pub event: AccreditationEvent,
    /// Entry of the record.
    pub leaf: u64,
    /// What was said.
    pub note: Option<String>,
}

/// Something that happened, about to be entered.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub event: AccreditationEvent,
    /// When; today without it.
    pub day: Option<Date>,
    /// What was said.
    pub note: Option<String>,
}

impl Archive {
    /// Asks a state for agrément to a person whom an office sends. A person may be accredited to several
    /// states at a time, to each once.
    ///
    /// # Errors
    /// When it is asked already, or the officer holds neither the office nor the one that appoints to it.
    pub async fn ask_agrement(
        &self,
        office: &Handle,
        person: &Handle,
        state: &Handle,
        happened: &Happened,
        who: &Handle,
    ) -> Result<u64, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, person).await?;
        let sending = known_office(&mut act.tx, office).await?;
        for row in act.tx.accreditations_of(person).await? {
            let (there, _) = act.accreditation(&row).await?;
            if row.state == *state && !there.stage().is_over() {
                let asked = chancery_domain::AccreditationRefusal::AlreadyAsked(there.asked());
                return Err(DeskError::Procedure(asked.to_string()));
            }
        }
        let id = act.tx.add_accreditation(sending, person, state).await?;
        let row = AccreditationRow { id, office: sending, person, state: state.clone() };
        let leaf = act.happened(&row, happened, who).await?;
        act.commit().await?;
        Ok(leaf)
    }

    /// Enters what happened to the accreditation of a person to a state.
    ///
    /// # Errors
    /// When it cannot follow from where that stands, or the officer is not entitled.
    pub async fn enter_accreditation(
        &self,
        person: &Handle,
        state: &Handle,
        happened: &Happened,
        who: &Handle,
    ) -> Result<u64, DeskError> {
        let mut act = self.act().await?;
        let id = known_person(&mut act.tx, person).await?;
        let all = act.tx.accreditations_of(id).await?;
        let row =
            all.into_iter().rfind(|row| row.state == *state).ok_or_else(|| DeskError::Unknown {
                what: "accreditation",
                name: format!("{person} to {state}"),
                hint: "; see: chancery accreditation show PERSON",
            })?;
        let leaf = act.happened(&row, happened, who).await?;
        act.commit().await?;
        Ok(leaf)
    }

    /// All accreditations of a person, for holders of the sending offices and those that appoint to them.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn accreditations(
        &self,
        person: &Handle,
        who: &Handle,
    ) -> Result<Vec<ShownAccreditation>, DeskError> {
        let mut act = self.act().await?;
        let id = known_person(&mut act.tx, person).await?;
        let officer = known_person(&mut act.tx, who).await?;
        let held = act.offices_of(id).await?;
        let mut out = Vec::new();
        for row in act.tx.accreditations_of(id).await? {
            act.may_see(&row, officer).await?;
            let (there, rows) = act.accreditation(&row).await?;
            let mut events = Vec::with_capacity(rows.len());
            for (event_id, event) in rows {
                let note = event.note.map(|sealed| self.note(event_id, &sealed)).transpose()?;
                let (day, leaf) = (event.day, event.leaf);
                events.push(ShownEvent { day, event: decode(event.event.as_bytes())?, leaf, note });
            }
            out.push(ShownAccreditation {
                person: act.tx.person_handle(id).await?,
                office: act.tx.office_handle(row.office).await?,
                state: row.state.clone(),
                stage: there.stage(),
                function: there.function(),
                taken_up: there.taken_up(),
                in_office: held.contains(&row.office),
                stance: there.stance(),
                events,
            });
        }
        Ok(out)
    }

    fn note(&self, id: i64, sealed: &[u8]) -> Result<String, DeskError> {
        let row = id.to_string();
        decode(&open(&self.key, &Aad::new("accreditation_event", &row, "note", 0), sealed)?)
    }
}

impl Act<'_> {
    /// An accreditation and its events, replayed.
    async fn accreditation(
        &mut self,
        row: &AccreditationRow,
    ) -> Result<(Accreditation, Vec<(i64, AccreditationEventRow)>), DeskError> {
        let rows = self.tx.accreditation_events(row.id).await?;
        let mut events = Vec::with_capacity(rows.len());
        for (_, event) in &rows {
            events.push((event.day, decode(event.event.as_bytes())?));
        }
        // What was entered was checked then; a clock that stands earlier now does not undo it.
        let there = Accreditation::replay(events, Date::MAX)
            .map_err(|e| DeskError::Archive(format!("a stored accreditation is damaged: {e}")))?;
        Ok((there, rows))
    }

    async fn may_see(
        &mut self,
        row: &AccreditationRow,
        officer: PersonId,
    ) -> Result<(), DeskError> {
        let parent = self.archive.appointing(&mut self.tx, row.office).await?;
        let offices = self.offices_of(officer).await?;
        if offices.iter().any(|held| *held == row.office || Some(*held) == parent) {
            return Ok(());
        }
        Err(DeskError::Procedure(
            "an accreditation is the business of the sending office and the one that appoints to it"
                .into(),
        ))
    }

    async fn happened(
        &mut self,
        row: &AccreditationRow,
        happened: &Happened,
        who: &Handle,
    ) -> Result<u64, DeskError> {
        let officer = known_person(&mut self.tx, who).await?;
        self.may_see(row, officer).await?;
        let today = chancery_domain::rules::utc_day(self.now);
        let day = happened.day.unwrap_or(today);
        let before = self.tx.accreditation_events(row.id).await?;
        let refused =
            |e: chancery_domain::AccreditationRefusal| DeskError::Procedure(e.to_string());
        if before.is_empty() {
            Accreditation::replay([(day, happened.event)], today).map_err(refused)?;
        } else {
            let (mut there, _) = self.accreditation(row).await?;
            there.enter(day, happened.event, today).map_err(refused)?;
        }
        let leaf = self
            .enter(
                "accreditation.event",
                [
                    ("accreditation", json!(row.id)),
                    ("person", json!(row.person)),
                    ("office", json!(row.office)),
                    ("state", json!(row.state)),
                    ("day", json!(day)),
                    ("event", json!(happened.event)),
                    ("officer", json!(officer)),
                ],
            )
            .await?;
        let id = self.tx.next_accreditation_event().await?;
        let note = match &happened.note {
            Some(note) if note.len() > MAX_NOTE => {
                return Err(DeskError::Input(format!("a note has at most {MAX_NOTE} bytes")));
            }
            Some(note) => {
                let at = id.to_string();
                let aad = Aad::new("accreditation_event", &at, "note", 0);
                let nonce = Nonce::from_bytes(random());
                Some(seal(&self.archive.key, &aad, Padding::Field, &encode(note), nonce)?)
            }
            None => None,
        };
        let event = String::from_utf8_lossy(&encode(&happened.event)).into_owned();
        let event = AccreditationEventRow { day, event, leaf, note };
        self.tx.add_accreditation_event(id, row.id, &event).await?;
        Ok(leaf)
    }
}
