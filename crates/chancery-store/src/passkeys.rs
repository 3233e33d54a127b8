//! Passkeys: keys with which people sign in, found by a keyed hash.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::position;
use crate::{PersonId, StoreError, Tx};

/// A passkey that was not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its row.
    pub id: i64,
    /// The keyed hash of its name.
    pub mark: Vec<u8>,
    /// Whom it signs in.
    pub person: PersonId,
    /// What is known of it, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

impl PasskeyRow {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("id")?,
            mark: row.try_get("mark")?,
            person: PersonId(row.try_get("person")?),
            sealed: row.try_get("sealed")?,
            added: instant(row.try_get("added")?)?,
            used: row.try_get::<Option<i64>, _>("used")?.map(instant).transpose()?,
        })
    }
}

impl Tx {
    /// Keeps a passkey of a person, which the entry `leaf` tells of.
    ///
    /// # Errors
    /// When the database fails; when there is or was a key of this mark.
    pub async fn add_passkey(
        &mut self,
        person: PersonId,
        mark: &[u8],
        sealed: &[u8],
        (added, leaf): (Timestamp, u64),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO passkey (mark, person, sealed, added, leaf) VALUES ($1, $2, $3, $4, $5)",
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

    /// Whether there is or was a key of this mark.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_passkey(&mut self, mark: &[u8]) -> Result<bool, StoreError> {
        let known: i64 = sqlx::query_scalar("SELECT count(*) FROM passkey WHERE mark = $1")
            .bind(mark)
            .fetch_one(&mut *self.inner)
            .await?;
        Ok(known > 0)
    }

    /// The passkey of a mark.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkey(&mut self, mark: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM passkey WHERE mark = $1 AND end_leaf IS NULL")
            .bind(mark)
            .fetch_optional(&mut *self.inner)
            .await?;
        row.as_ref().map(PasskeyRow::read).transpose()
    }

    /// The passkeys of a person, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkeys_of(&mut self, person: PersonId) -> Result<Vec<PasskeyRow>, StoreError> {
        sqlx::query("SELECT * FROM passkey WHERE person = $1 AND end_leaf IS NULL ORDER BY id")
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(PasskeyRow::read)
            .collect()
    }

    /// Keeps that a passkey was used, and what is known of it since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_passkey(
        &mut self,
        id: i64,
        sealed: &[u8],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE passkey SET sealed = $2, used = $3 WHERE id = $1")
            .bind(id)
            .bind(sealed)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Removes a passkey by the entry `leaf`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_passkey(&mut self, id: i64, leaf: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE passkey SET sealed = x'', end_leaf = $2 WHERE id = $1")
            .bind(id)
            .bind(position(leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
