//! Readings: who opened which paper, when, through which office.

use chancery_domain::Handle;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::{leaf, leaf_of, position};
use crate::registry::handle;
use crate::{LeafRow, OfficeId, PaperId, PersonId, StoreError, Tx};

/// One opening of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// The paper.
    pub paper: PaperId,
    /// Who opened it.
    pub person: PersonId,
    /// Through which office.
    pub office: OfficeId,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// Position of the opening in the record.
    pub leaf: u64,
}

/// An opening with the entry of the record that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredReading {
    /// The opening.
    pub reading: ReadingRow,
    /// Who.
    pub person: Handle,
    /// Through which office.
    pub office: Handle,
    /// Its entry.
    pub entry: LeafRow,
}

impl Tx {
    /// Notes an opening.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_reading(&mut self, reading: &ReadingRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO reading (paper, person, office, at, leaf) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(reading.paper.0)
        .bind(reading.person.0)
        .bind(reading.office.0)
        .bind(reading.at.as_millisecond())
        .bind(position(reading.leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Openings of a paper in the order in which they happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings_of_paper(
        &mut self,
        paper: PaperId,
    ) -> Result<Vec<ReadingRow>, StoreError> {
        sqlx::query("SELECT * FROM reading WHERE paper = $1 ORDER BY id")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(reading)
            .collect()
    }

    /// Openings of a paper in `[from, until)` with their entries, in the order in which they happened.
    ///
    /// # Errors
    /// When the database fails, or an entry is damaged.
    pub async fn entered_readings(
        &mut self,
        paper: PaperId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<EnteredReading>, StoreError> {
        sqlx::query(
            "SELECT reading.*, leaf.position, leaf.commitment, leaf.sealed,
                    person.handle AS person_handle, office.handle AS office_handle
             FROM reading JOIN leaf ON leaf.position = reading.leaf
             JOIN person ON person.id = reading.person JOIN office ON office.id = reading.office
             WHERE reading.paper = $1 AND reading.at >= $2 AND reading.at < $3 ORDER BY reading.id",
        )
        .bind(paper.0)
        .bind(from.as_millisecond())
        .bind(until.as_millisecond())
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            Ok(EnteredReading {
                reading: reading(row)?,
                person: handle(row, "person_handle")?,
                office: handle(row, "office_handle")?,
                entry: leaf(row)?,
            })
        })
        .collect()
    }

    /// The first opening of a paper by a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_reading(
        &mut self,
        paper: PaperId,
        person: PersonId,
    ) -> Result<Option<ReadingRow>, StoreError> {
        sqlx::query("SELECT * FROM reading WHERE paper = $1 AND person = $2 ORDER BY id LIMIT 1")
            .bind(paper.0)
            .bind(person.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(reading)
            .transpose()
    }

    /// The last openings by a person, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_readings_by(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<ReadingRow>, StoreError> {
        sqlx::query("SELECT * FROM reading WHERE person = $1 ORDER BY id DESC LIMIT $2")
            .bind(person.0)
            .bind(limit)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(reading)
            .collect()
    }

    /// Positions of the entries about a person before `before`, newest first: copies, openings, postings,
    /// reports.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries_about(
        &mut self,
        person: PersonId,
        before: u64,
        limit: u32,
    ) -> Result<Vec<u64>, StoreError> {
        let leaves: Vec<i64> = sqlx::query_scalar(
            "SELECT leaf FROM (
                 SELECT leaf FROM reading WHERE person = $1
                 UNION SELECT start_leaf FROM posting WHERE person = $1
                 UNION SELECT end_leaf FROM posting WHERE person = $1
                 UNION SELECT leaf FROM report WHERE person = $1
                 UNION SELECT leaf FROM passkey WHERE person = $1
                 UNION SELECT end_leaf FROM passkey WHERE person = $1
                 UNION SELECT leaf FROM api_token WHERE person = $1
                 UNION SELECT end_leaf FROM api_token WHERE person = $1
                 UNION SELECT leaf FROM subject WHERE person = $1
                 UNION SELECT end_leaf FROM subject WHERE person = $1)
             WHERE leaf < $2 ORDER BY leaf DESC LIMIT $3",
        )
        .bind(person.0)
        .bind(i64::try_from(before).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&mut *self.inner)
        .await?;
        leaves.into_iter().map(leaf_of).collect()
    }

    /// How often a person has opened a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn times_read(
        &mut self,
        paper: PaperId,
        person: PersonId,
    ) -> Result<u32, StoreError> {
        let times: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM reading WHERE paper = $1 AND person = $2")
                .bind(paper.0)
                .bind(person.0)
                .fetch_one(&mut *self.inner)
                .await?;
        Ok(u32::try_from(times).unwrap_or(u32::MAX))
    }

    /// Openings by a person from `from` on, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings_by(
        &mut self,
        person: PersonId,
        from: Timestamp,
    ) -> Result<Vec<ReadingRow>, StoreError> {
        sqlx::query("SELECT * FROM reading WHERE person = $1 AND at >= $2 ORDER BY id")
            .bind(person.0)
            .bind(from.as_millisecond())
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(reading)
            .collect()
    }
}

pub(crate) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| StoreError::Damaged(format!("instant {milliseconds} out of range")))
}

fn reading(row: &SqliteRow) -> Result<ReadingRow, StoreError> {
    let leaf: i64 = row.try_get("leaf")?;
    Ok(ReadingRow {
        paper: PaperId(row.try_get("paper")?),
        person: PersonId(row.try_get("person")?),
        office: OfficeId(row.try_get("office")?),
        at: instant(row.try_get("at")?)?,
        leaf: leaf_of(leaf)?,
    })
}
