//! Sessions: who is signed in. A session's token never comes here, only its hash.

use jiff::Timestamp;
use sqlx::Row;

use crate::readings::instant;
use crate::{OfficeId, PersonId, PostingRow, StoreError, Tx};

/// A session that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub person: PersonId,
    /// Since when, to the millisecond.
    pub opened: Timestamp,
    /// The last request, as far as it was kept.
    pub seen: Option<Timestamp>,
    /// When its person last proved who he is.
    pub proved: Option<Timestamp>,
    /// The office whose papers are shown; all when none.
    pub office: Option<OfficeId>,
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
            "SELECT id, person, opened, seen, proved, office FROM session
             WHERE token = $1 AND ended IS NULL",
        )
        .bind(token.as_slice())
        .fetch_optional(&mut *self.inner)
        .await?;
        row.map(|row| {
            Ok(SessionRow {
                id: row.try_get("id")?,
                person: PersonId(row.try_get("person")?),
                opened: instant(row.try_get("opened")?)?,
                seen: row.try_get::<Option<i64>, _>("seen")?.map(instant).transpose()?,
                proved: row.try_get::<Option<i64>, _>("proved")?.map(instant).transpose()?,
                office: row.try_get::<Option<i64>, _>("office")?.map(OfficeId),
            })
        })
        .transpose()
    }

    /// Keeps that a session was used at `at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_session(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        self.set_session("UPDATE session SET seen = $2 WHERE id = $1", id, at.as_millisecond())
            .await
    }

    /// Keeps that the person of a session proved at `at` who he is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prove_session(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let update = "UPDATE session SET proved = $2 WHERE id = $1";
        self.set_session(update, id, at.as_millisecond()).await
    }

    /// Keeps the office whose papers a session shows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choose_office(
        &mut self,
        id: i64,
        office: Option<OfficeId>,
    ) -> Result<(), StoreError> {
        let update = "UPDATE session SET office = $2 WHERE id = $1";
        self.set_session(update, id, office.map(|o| o.0)).await
    }

    async fn set_session(
        &mut self,
        update: &'static str,
        id: i64,
        value: impl Into<Option<i64>>,
    ) -> Result<(), StoreError> {
        sqlx::query(update).bind(id).bind(value.into()).execute(&mut *self.inner).await?;
        Ok(())
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
