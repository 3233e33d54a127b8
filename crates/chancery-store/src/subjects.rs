//! Subjects of an issuer, linked to persons. A subject is found by its keyed hash.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::position;
use crate::{PersonId, StoreError, Tx};

/// A subject that is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// Its row.
    pub id: i64,
    /// The keyed hash of it.
    pub mark: Vec<u8>,
    /// Whom it signs in.
    pub person: PersonId,
    /// As the issuer writes it, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub added: Timestamp,
}

impl SubjectRow {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("id")?,
            mark: row.try_get("mark")?,
            person: PersonId(row.try_get("person")?),
            sealed: row.try_get("sealed")?,
            added: instant(row.try_get("added")?)?,
        })
    }
}

impl Tx {
    /// Links a subject to a person by the entry `leaf`.
    ///
    /// # Errors
    /// When the database fails; when the subject is linked.
    pub async fn link_subject(
        &mut self,
        person: PersonId,
        mark: &[u8],
        sealed: &[u8],
        (added, leaf): (Timestamp, u64),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO subject (mark, person, sealed, added, leaf) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(mark)
        .bind(person.0)
        .bind(sealed)
        .bind(added.as_millisecond())
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The linked subject of this mark.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject(&mut self, mark: &[u8]) -> Result<Option<SubjectRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM subject WHERE mark = $1 AND end_leaf IS NULL")
            .bind(mark)
            .fetch_optional(&mut *self.inner)
            .await?;
        row.as_ref().map(SubjectRow::read).transpose()
    }

    /// Every linked subject, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects(&mut self) -> Result<Vec<SubjectRow>, StoreError> {
        sqlx::query("SELECT * FROM subject WHERE end_leaf IS NULL ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(SubjectRow::read)
            .collect()
    }

    /// Unlinks a subject by the entry `leaf`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unlink_subject(&mut self, id: i64, leaf: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE subject SET sealed = x'', end_leaf = $2 WHERE id = $1")
            .bind(id)
            .bind(position(leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
