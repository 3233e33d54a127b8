//! Codes that sign one person in once. The codes themselves never come here, only their hashes.

use jiff::Timestamp;
use sqlx::Row;

use crate::readings::instant;
use crate::{PersonId, StoreError, Tx};

/// A code that has not been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its row.
    pub id: i64,
    /// Whom it signs in.
    pub person: PersonId,
    /// From when on it no longer counts.
    pub until: Timestamp,
}

impl Tx {
    /// Keeps a code under its hash. Earlier codes of the same person no longer count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_invitation(
        &mut self,
        code: &[u8; 32],
        person: PersonId,
        given_by: Option<PersonId>,
        (given, until): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE invitation SET used = $2 WHERE person = $1 AND used IS NULL")
            .bind(person.0)
            .bind(given.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO invitation (code, person, given_by, given, until)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(code.as_slice())
        .bind(person.0)
        .bind(given_by.map(|p| p.0))
        .bind(given.as_millisecond())
        .bind(until.as_millisecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The code with this hash, unless it was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(
        &mut self,
        code: &[u8; 32],
    ) -> Result<Option<InvitationRow>, StoreError> {
        sqlx::query("SELECT id, person, until FROM invitation WHERE code = $1 AND used IS NULL")
            .bind(code.as_slice())
            .fetch_optional(&mut *self.inner)
            .await?
            .map(|row| {
                Ok(InvitationRow {
                    id: row.try_get("id")?,
                    person: PersonId(row.try_get("person")?),
                    until: instant(row.try_get("until")?)?,
                })
            })
            .transpose()
    }

    /// Uses a code up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_invitation(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE invitation SET used = $2 WHERE id = $1")
            .bind(id)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
