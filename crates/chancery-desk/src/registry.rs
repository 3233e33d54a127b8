//! Persons, offices and postings: adding, ending, looking back.

use chancery_domain::{Capacity, Day, End, EndReason, Handle, Posting, PostingError, Term};
use chancery_store::{KeptPosting, OfficeId, PersonId, PostingRow, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::{Archive, DeskError};

/// What is known of a person beside the handle; sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetails {
    /// Name as written in lists.
    pub name: String,
    /// Nationality, if it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
}

/// What is known of an office beside the handle; sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeDetails {
    /// Title as written in lists.
    pub title: String,
    /// `embassy`, `department`...
    #[serde(default)]
    pub kind: String,
}

/// A person or office in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed<D> {
    /// Short name.
    pub handle: Handle,
    /// The rest.
    #[serde(flatten)]
    pub details: D,
}

/// A posting in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedPosting {
    /// Who.
    pub person: Handle,
    /// Where.
    pub office: Handle,
    /// In what capacity.
    pub capacity: Capacity,
    /// From when to when.
    #[serde(flatten)]
    pub term: Term,
}

impl Archive {
    /// Adds a person.
    ///
    /// # Errors
    /// When the handle is taken.
    pub async fn add_person(
        &self,
        handle: &Handle,
        details: &PersonDetails,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.person(handle, details).await?.ok_or_else(|| taken("person", handle))?;
        act.commit().await
    }

    /// Adds an office.
    ///
    /// # Errors
    /// When the handle is taken.
    pub async fn add_office(
        &self,
        handle: &Handle,
        details: &OfficeDetails,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.office(handle, details).await?.ok_or_else(|| taken("office", handle))?;
        act.commit().await
    }

    /// Posts a person to an office.
    ///
    /// # Errors
    /// When either is unknown, or the posting would end before it starts.
    pub async fn start_posting(
        &self,
        person: &Handle,
        office: &Handle,
        capacity: Capacity,
        term: Term,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let (person, office) = pair(&mut act.tx, person, office).await?;
        let posting = Posting::new(person, office, capacity, term).map_err(impossible)?;
        act.posting(&posting, None).await?;
        act.commit().await
    }

    /// Ends the open posting of a person in an office; `end` is the first day without access, `cut` the
    /// instant in the day before it at which access ends at once.
    ///
    /// # Errors
    /// When there is no open posting that can end then.
    pub async fn end_posting(
        &self,
        person: &Handle,
        office: &Handle,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let (p, o) = pair(&mut act.tx, person, office).await?;
        let open = act
            .tx
            .kept_postings_of(p)
            .await?
            .into_iter()
            .rfind(|kept| *kept.posting.office() == o && kept.posting.end() == End::Open);
        let open = open.ok_or_else(|| {
            DeskError::Input(format!(
                "{person} has no open posting in {office}; see: chancery posting history {person}"
            ))
        })?;
        act.end_posting(&open, end, cut, reason).await?;
        act.commit().await
    }

    /// All persons.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn persons(&self) -> Result<Vec<Listed<PersonDetails>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let rows = tx.persons().await?;
        rows.iter()
            .map(|(_, handle, sealed)| {
                let details = self.opened("person", handle, sealed)?;
                Ok(Listed { handle: handle.clone(), details })
            })
            .collect()
    }

    /// All offices.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn offices(&self) -> Result<Vec<Listed<OfficeDetails>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let rows = tx.offices().await?;
        rows.iter()
            .map(|(_, handle, sealed)| {
                let details = self.opened("office", handle, sealed)?;
                Ok(Listed { handle: handle.clone(), details })
            })
            .collect()
    }

    /// Every posting of a person or in an office, by start. A handle that names both gives both.
    ///
    /// # Errors
    /// When there is neither.
    pub async fn posting_history(&self, handle: &Handle) -> Result<Vec<ListedPosting>, DeskError> {
        let mut tx = self.store.begin().await?;
        let (person, office) = (tx.person(handle).await?, tx.office(handle).await?);
        if person.is_none() && office.is_none() {
            return Err(DeskError::Unknown {
                what: "person or office",
                name: handle.to_string(),
                hint: "; see: chancery person list, chancery office list",
            });
        }
        let mut rows = Vec::new();
        if let Some(person) = person {
            rows.extend(tx.postings_of(person).await?);
        }
        if let Some(office) = office {
            rows.extend(tx.postings_in(office).await?);
        }
        let persons = tx.persons().await?;
        let offices = tx.offices().await?;
        rows.iter().map(|row| listed(row, &persons, &offices)).collect()
    }

    /// Who holds an office on a day.
    ///
    /// # Errors
    /// When there is no such office.
    pub async fn holders_on(
        &self,
        office: &Handle,
        day: Date,
    ) -> Result<Vec<ListedPosting>, DeskError> {
        let mut tx = self.store.begin().await?;
        let id = known_office(&mut tx, office).await?;
        let rows = tx.postings_in(id).await?;
        let (persons, offices) = (tx.persons().await?, tx.offices().await?);
        rows.iter()
            .filter(|row| row.holds_on(day))
            .map(|row| listed(row, &persons, &offices))
            .collect()
    }

    fn opened<D: for<'a> Deserialize<'a>>(
        &self,
        table: &str,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<D, DeskError> {
        let aad = Aad::new(table, handle.as_str(), "sealed", 0);
        decode(&open(&self.key, &aad, sealed)?)
    }

    fn sealed<D: Serialize>(
        &self,
        table: &str,
        handle: &Handle,
        details: &D,
    ) -> Result<Vec<u8>, DeskError> {
        let aad = Aad::new(table, handle.as_str(), "sealed", 0);
        Ok(seal(&self.key, &aad, Padding::Field, &encode(details), Nonce::from_bytes(random()))?)
    }
}

impl Act<'_> {
    /// Adds a person and its entry; `None` when the handle is taken.
    pub(crate) async fn person(
        &mut self,
        handle: &Handle,
        details: &PersonDetails,
    ) -> Result<Option<PersonId>, DeskError> {
        let sealed = self.archive.sealed("person", handle, details)?;
        let Some(id) = self.tx.add_person(handle, &sealed).await? else { return Ok(None) };
        self.enter("person.added", [("person", json!(handle)), ("details", json!(details))])
            .await?;
        Ok(Some(id))
    }

    /// Adds an office and its entry; `None` when the handle is taken.
    pub(crate) async fn office(
        &mut self,
        handle: &Handle,
        details: &OfficeDetails,
    ) -> Result<Option<OfficeId>, DeskError> {
        let sealed = self.archive.sealed("office", handle, details)?;
        let Some(id) = self.tx.add_office(handle, &sealed).await? else { return Ok(None) };
        self.enter("office.added", [("office", json!(handle)), ("details", json!(details))])
            .await?;
        Ok(Some(id))
    }

    /// Adds a posting and its entry; `false` when its source was imported before.
    pub(crate) async fn posting(
        &mut self,
        posting: &PostingRow,
        source: Option<&str>,
    ) -> Result<bool, DeskError> {
        let Some(id) = self.tx.add_posting(posting, source).await? else { return Ok(false) };
        let fields = [
            ("posting", json!(id)),
            ("person", json!(posting.person())),
            ("office", json!(posting.office())),
            ("capacity", json!(posting.capacity())),
            ("term", json!(posting.term())),
        ];
        let leaf = self.enter("posting.started", fields).await?;
        self.tx.set_posting_start(id, leaf, false, None).await?;
        Ok(true)
    }

    /// Ends a posting and enters it; an end that was fixed before is replaced.
    pub(crate) async fn end_posting(
        &mut self,
        kept: &KeptPosting,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
    ) -> Result<(), DeskError> {
        let ended = kept.posting.clone().ended(end, cut, reason).map_err(impossible)?;
        let fields = [
            ("posting", json!(kept.id)),
            ("person", json!(ended.person())),
            ("office", json!(ended.office())),
            ("term", json!(ended.term())),
        ];
        let leaf = self.enter("posting.ended", fields).await?;
        self.tx.set_posting_end(kept.id, ended.term(), leaf).await?;
        Ok(())
    }
}

/// The person with this handle, or the error that says so.
pub(crate) async fn known_person(tx: &mut Tx, handle: &Handle) -> Result<PersonId, DeskError> {
    tx.person(handle).await?.ok_or_else(|| DeskError::Unknown {
        what: "person",
        name: handle.to_string(),
        hint: "; see: chancery person list",
    })
}

/// The office with this handle, or the error that says so.
pub(crate) async fn known_office(tx: &mut Tx, handle: &Handle) -> Result<OfficeId, DeskError> {
    tx.office(handle).await?.ok_or_else(|| DeskError::Unknown {
        what: "office",
        name: handle.to_string(),
        hint: "; see: chancery office list",
    })
}

async fn pair(
    tx: &mut Tx,
    person: &Handle,
    office: &Handle,
) -> Result<(PersonId, OfficeId), DeskError> {
    Ok((known_person(tx, person).await?, known_office(tx, office).await?))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn impossible(error: PostingError) -> DeskError {
    DeskError::Input(error.to_string())
}

fn taken(what: &str, handle: &Handle) -> DeskError {
    DeskError::Input(format!("there is a {what} “{handle}” already; choose another short name"))
}

type Named<I> = (I, Handle, Vec<u8>);

fn listed(
    row: &PostingRow,
    persons: &[Named<PersonId>],
    offices: &[Named<OfficeId>],
) -> Result<ListedPosting, DeskError> {
    let missing = || DeskError::Archive("a posting names nobody; restore a backup".into());
    let person = persons.iter().find(|(id, ..)| id == row.person()).ok_or_else(missing)?;
    let office = offices.iter().find(|(id, ..)| id == row.office()).ok_or_else(missing)?;
    Ok(ListedPosting {
        person: person.1.clone(),
        office: office.1.clone(),
        capacity: row.capacity(),
        term: *row.term(),
    })
}
