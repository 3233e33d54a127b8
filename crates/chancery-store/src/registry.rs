//! Persons, offices and postings.

use chancery_domain::{Capacity, Day, Handle, Posting, Precision};
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::{OfficeId, PersonId, StoreError, Tx};

/// A stored posting.
pub type PostingRow = Posting<PersonId, OfficeId>;

impl Tx {
    /// Adds a person; `None` when the handle is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_person(
        &mut self,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<Option<PersonId>, StoreError> {
        let id = insert(self, "person", handle, sealed).await?;
        Ok(id.map(PersonId))
    }

    /// Adds an office; `None` when the handle is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_office(
        &mut self,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<Option<OfficeId>, StoreError> {
        let id = insert(self, "office", handle, sealed).await?;
        Ok(id.map(OfficeId))
    }

    /// The person with this handle.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person(&mut self, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM person WHERE handle = $1")
            .bind(handle.as_str())
            .fetch_optional(&mut *self.inner)
            .await?
            .map(PersonId))
    }

    /// The office with this handle.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn office(&mut self, handle: &Handle) -> Result<Option<OfficeId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM office WHERE handle = $1")
            .bind(handle.as_str())
            .fetch_optional(&mut *self.inner)
            .await?
            .map(OfficeId))
    }

    /// All persons by id: handle and sealed details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn persons(&mut self) -> Result<Vec<(PersonId, Handle, Vec<u8>)>, StoreError> {
        let rows = all(self, "person").await?;
        Ok(rows.into_iter().map(|(id, handle, sealed)| (PersonId(id), handle, sealed)).collect())
    }

    /// All offices by id: handle and sealed details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offices(&mut self) -> Result<Vec<(OfficeId, Handle, Vec<u8>)>, StoreError> {
        let rows = all(self, "office").await?;
        Ok(rows.into_iter().map(|(id, handle, sealed)| (OfficeId(id), handle, sealed)).collect())
    }

    /// Adds a posting; `false` when one with the same source was imported before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_posting(
        &mut self,
        posting: &PostingRow,
        source: Option<&str>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO posting (person, office, capacity, start_day, start_precision,
                                  planned_end, end_day, end_precision, source)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (source) DO NOTHING",
        )
        .bind(posting.person().0)
        .bind(posting.office().0)
        .bind(word(&posting.capacity()))
        .bind(posting.start().map(|d| d.date.to_string()))
        .bind(posting.start().map(|d| word(&d.precision)))
        .bind(posting.planned_end().map(|d| d.to_string()))
        .bind(posting.end().map(|d| d.date.to_string()))
        .bind(posting.end().map(|d| word(&d.precision)))
        .bind(source)
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends the open posting of a person in an office; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_posting(
        &mut self,
        person: PersonId,
        office: OfficeId,
        end: Date,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE posting SET end_day = $3, end_precision = 'day'
             WHERE person = $1 AND office = $2 AND end_day IS NULL AND start_day < $3",
        )
        .bind(person.0)
        .bind(office.0)
        .bind(end.to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Postings of one person, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_of(&mut self, person: PersonId) -> Result<Vec<PostingRow>, StoreError> {
        sqlx::query("SELECT * FROM posting WHERE person = $1 ORDER BY start_day, id")
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(posting)
            .collect()
    }

    /// Postings in one office, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_in(&mut self, office: OfficeId) -> Result<Vec<PostingRow>, StoreError> {
        sqlx::query("SELECT * FROM posting WHERE office = $1 ORDER BY start_day, id")
            .bind(office.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(posting)
            .collect()
    }

    /// Number of postings.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_postings(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM posting").fetch_one(&mut *self.inner).await?)
    }
}

async fn insert(
    tx: &mut Tx,
    table: &'static str,
    handle: &Handle,
    sealed: &[u8],
) -> Result<Option<i64>, StoreError> {
    let statement = match table {
        "person" => {
            "INSERT INTO person (handle, sealed) VALUES ($1, $2)
             ON CONFLICT (handle) DO NOTHING RETURNING id"
        }
        _ => {
            "INSERT INTO office (handle, sealed) VALUES ($1, $2)
             ON CONFLICT (handle) DO NOTHING RETURNING id"
        }
    };
    Ok(sqlx::query_scalar(statement)
        .bind(handle.as_str())
        .bind(sealed)
        .fetch_optional(&mut *tx.inner)
        .await?)
}

async fn all(tx: &mut Tx, table: &'static str) -> Result<Vec<(i64, Handle, Vec<u8>)>, StoreError> {
    let statement = match table {
        "person" => "SELECT id, handle, sealed FROM person ORDER BY id",
        _ => "SELECT id, handle, sealed FROM office ORDER BY id",
    };
    sqlx::query(statement)
        .fetch_all(&mut *tx.inner)
        .await?
        .iter()
        .map(|row| {
            let handle: String = row.try_get("handle")?;
            let handle = handle.parse().map_err(|e| StoreError::Damaged(format!("{e}")))?;
            Ok((row.try_get("id")?, handle, row.try_get("sealed")?))
        })
        .collect()
}

fn posting(row: &SqliteRow) -> Result<PostingRow, StoreError> {
    let date = |name: &str| -> Result<Option<Date>, StoreError> {
        let text: Option<String> = row.try_get(name)?;
        text.map(|t| t.parse().map_err(|e| StoreError::Damaged(format!("{e}")))).transpose()
    };
    let day = |day: &str, precision: &str| -> Result<Option<Day>, StoreError> {
        let Some(date) = date(day)? else { return Ok(None) };
        let precision: Option<String> = row.try_get(precision)?;
        let precision = precision.map_or(Ok(Precision::Day), |p| parse(&p))?;
        Ok(Some(Day { date, precision }))
    };
    let capacity: String = row.try_get("capacity")?;
    let capacity: Capacity = parse(&capacity)?;
    Posting::new(
        PersonId(row.try_get("person")?),
        OfficeId(row.try_get("office")?),
        capacity,
        day("start_day", "start_precision")?,
        date("planned_end")?,
        day("end_day", "end_precision")?,
    )
    .map_err(|e| StoreError::Damaged(e.to_string()))
}

/// The word by which a unit variant is stored.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// The unit variant that a stored word stands for.
pub(crate) fn parse<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Damaged(format!("unknown word “{word}”")))
}
