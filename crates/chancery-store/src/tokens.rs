//! Tokens of programs. A token never comes here, only its hash.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::position;
use crate::{OfficeId, PersonId, StoreError, Tx};

/// A token that was not revoked. It may have run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its row.
    pub id: i64,
    /// The hash of it.
    pub token: Vec<u8>,
    /// Who acts through it.
    pub person: PersonId,
    /// In which office.
    pub office: OfficeId,
    /// Its name, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub made: Timestamp,
    /// From when on it no longer counts.
    pub until: Timestamp,
    /// The last request, as far as it was kept.
    pub used: Option<Timestamp>,
}

impl TokenRow {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("id")?,
            token: row.try_get("token")?,
            person: PersonId(row.try_get("person")?),
            office: OfficeId(row.try_get("office")?),
            sealed: row.try_get("sealed")?,
            made: instant(row.try_get("made")?)?,
            until: instant(row.try_get("until")?)?,
            used: row.try_get::<Option<i64>, _>("used")?.map(instant).transpose()?,
        })
    }
}

/// A token that is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// The hash of it.
    pub token: &'a [u8; 32],
    /// Who acts through it.
    pub person: PersonId,
    /// In which office.
    pub office: OfficeId,
    /// Its name, sealed.
    pub sealed: &'a [u8],
    /// Since when.
    pub made: Timestamp,
    /// From when on it no longer counts.
    pub until: Timestamp,
    /// Which entry tells of it.
    pub leaf: u64,
}

impl Tx {
    /// Keeps a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_token(&mut self, new: &NewToken<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_token (token, person, office, sealed, made, until, leaf)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.token.as_slice())
        .bind(new.person.0)
        .bind(new.office.0)
        .bind(new.sealed)
        .bind(new.made.as_millisecond())
        .bind(new.until.as_millisecond())
        .bind(position(new.leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The token with this hash, unless it was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&mut self, token: &[u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM api_token WHERE token = $1 AND end_leaf IS NULL")
            .bind(token.as_slice())
            .fetch_optional(&mut *self.inner)
            .await?;
        row.as_ref().map(TokenRow::read).transpose()
    }

    /// Every token that was not revoked, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError> {
        sqlx::query("SELECT * FROM api_token WHERE end_leaf IS NULL ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(TokenRow::read)
            .collect()
    }

    /// Keeps that a token was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_token(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_token SET used = $2 WHERE id = $1")
            .bind(id)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Ends a token by the entry `leaf`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_token(&mut self, id: i64, leaf: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_token SET end_leaf = $2 WHERE id = $1")
            .bind(id)
            .bind(position(leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
