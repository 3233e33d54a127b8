//! Accreditations of chiefs of mission, event by event.

use chancery_domain::Handle;
use jiff::civil::Date;
use sqlx::Row;

use crate::record::position;
use crate::{OfficeId, PersonId, StoreError, Tx};

/// One accreditation, without its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccreditationRow {
    /// Its row.
    pub id: i64,
    /// The sending office.
    pub office: OfficeId,
    /// Who is accredited.
    pub person: PersonId,
    /// To which state.
    pub state: Handle,
}

/// One event of an accreditation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccreditationEventRow {
    /// When it happened.
    pub day: Date,
    /// What, as the desk encodes it.
    pub event: String,
    /// The entry of the record.
    pub leaf: u64,
    /// What was said, in words; sealed.
    pub note: Option<Vec<u8>>,
}

impl Tx {
    /// Adds an accreditation; returns its row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_accreditation(
        &mut self,
        office: OfficeId,
        person: PersonId,
        state: &Handle,
    ) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "INSERT INTO accreditation (office, person, state) VALUES ($1, $2, $3) RETURNING id",
        )
        .bind(office.0)
        .bind(person.0)
        .bind(state.as_str())
        .fetch_one(&mut *self.inner)
        .await?)
    }

    /// Accreditations of one person, in the order in which they were begun.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accreditations_of(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<AccreditationRow>, StoreError> {
        sqlx::query("SELECT * FROM accreditation WHERE person = $1 ORDER BY id")
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                Ok(AccreditationRow {
                    id: row.try_get("id")?,
                    office: OfficeId(row.try_get("office")?),
                    person: PersonId(row.try_get("person")?),
                    state: state.parse().map_err(|e| StoreError::Damaged(format!("{e}")))?,
                })
            })
            .collect()
    }

    /// The row that the next event will have; its note is sealed under it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_accreditation_event(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM accreditation_event")
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Adds an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_accreditation_event(
        &mut self,
        id: i64,
        accreditation: i64,
        row: &AccreditationEventRow,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO accreditation_event (id, accreditation, day, event, leaf, note)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(accreditation)
        .bind(row.day.to_string())
        .bind(&row.event)
        .bind(position(row.leaf)?)
        .bind(&row.note)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Events of an accreditation with their rows, in the order in which they were entered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accreditation_events(
        &mut self,
        accreditation: i64,
    ) -> Result<Vec<(i64, AccreditationEventRow)>, StoreError> {
        sqlx::query("SELECT * FROM accreditation_event WHERE accreditation = $1 ORDER BY id")
            .bind(accreditation)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let damaged = |what: &dyn std::fmt::Display| StoreError::Damaged(what.to_string());
                let day: String = row.try_get("day")?;
                let leaf: i64 = row.try_get("leaf")?;
                let event = AccreditationEventRow {
                    day: day.parse().map_err(|e: jiff::Error| damaged(&e))?,
                    event: row.try_get("event")?,
                    leaf: u64::try_from(leaf).map_err(|e| damaged(&e))?,
                    note: row.try_get("note")?,
                };
                Ok((row.try_get("id")?, event))
            })
            .collect()
    }
}
