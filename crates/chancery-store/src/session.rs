//! Sessions: who is signed in. A session's token never comes here, only its hash.

use jiff::Timestamp;
use sqlx::Row;

use crate::readings::instant;
use crate::{PersonId, PostingRow, StoreError, Tx};

/// A session that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub person: PersonId,
    /// Since when, to the millisecond.
    pub opened: Timestamp,
}

impl Tx {
    /// Keeps a session under the hash of its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_session(
        &mut self,
        token: &[u8; 32],
        person: PersonId,
        opened: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO session (token, person, opened) VALUES ($1, $2, $3)")
            .bind(token.as_slice())
            .bind(person.0)
            .bind(opened.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The session with this token, if it goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&mut self, token: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query(
            "SELECT id, person, opened FROM session WHERE token = $1 AND ended IS NULL",
        )
        .bind(token.as_slice())
        .fetch_optional(&mut *self.inner)
        .await?;
        row.map(|row| {
            Ok(SessionRow {
                id: row.try_get("id")?,
                person: PersonId(row.try_get("person")?),
                opened: instant(row.try_get("opened")?)?,
            })
        })
        .transpose()
    }

    /// Everybody who is signed in, each once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_in(&mut self) -> Result<Vec<PersonId>, StoreError> {
        sqlx::query_scalar("SELECT DISTINCT person FROM session WHERE ended IS NULL ORDER BY 1")
            .fetch_all(&mut *self.inner)
            .await
            .map(|ids| ids.into_iter().map(PersonId).collect())
            .map_err(Into::into)
    }

    /// Every posting of everybody who is signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_of_signed_in(&mut self) -> Result<Vec<PostingRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM posting
             WHERE person IN (SELECT person FROM session WHERE ended IS NULL)",
        )
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(crate::postings::posting)
        .collect()
    }

    /// Ends all sessions of a person; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(
        &mut self,
        person: PersonId,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query("UPDATE session SET ended = $2 WHERE person = $1 AND ended IS NULL")
            .bind(person.0)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(done.rows_affected())
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE session SET ended = $2 WHERE id = $1 AND ended IS NULL")
            .bind(id)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
