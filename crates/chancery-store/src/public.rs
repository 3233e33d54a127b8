//! Public texts: sealed like papers, so that the database does not say what the house keeps an eye on.

use jiff::civil::Date;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::position;
use crate::{StoreError, Tx};

/// A public text's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRow {
    /// Number, from 1.
    pub id: i64,
    /// Keyed hash of its bytes.
    pub digest: [u8; 32],
    /// When it was published, if known.
    pub day: Option<Date>,
    /// Its entry in the record.
    pub leaf: u64,
    /// Sealed text and particulars.
    pub sealed: Vec<u8>,
}

impl Tx {
    /// The number that the next public text will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_public(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM public_text")
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Files a public text.
    ///
    /// # Errors
    /// When the database fails, or a text of the same digest is filed.
    pub async fn add_public(&mut self, text: &PublicRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public_text (id, digest, day, leaf, sealed) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(text.id)
        .bind(text.digest.as_slice())
        .bind(text.day.map(|day| day.to_string()))
        .bind(position(text.leaf)?)
        .bind(&text.sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The public text of a digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_of(&mut self, digest: &[u8; 32]) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM public_text WHERE digest = $1")
            .bind(digest.as_slice())
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// One public text.
    ///
    /// # Errors
    /// When the database fails, or the row is damaged.
    pub async fn public_text(&mut self, id: i64) -> Result<Option<PublicRow>, StoreError> {
        sqlx::query("SELECT * FROM public_text WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(public)
            .transpose()
    }

    /// All public texts by number.
    ///
    /// # Errors
    /// When the database fails, or a row is damaged.
    pub async fn public_texts(&mut self) -> Result<Vec<PublicRow>, StoreError> {
        sqlx::query("SELECT * FROM public_text ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(public)
            .collect()
    }
}

fn public(row: &SqliteRow) -> Result<PublicRow, StoreError> {
    let damaged = || StoreError::Damaged("a public text".into());
    let digest: Vec<u8> = row.try_get("digest")?;
    let day: Option<String> = row.try_get("day")?;
    let leaf: i64 = row.try_get("leaf")?;
    Ok(PublicRow {
        id: row.try_get("id")?,
        digest: digest.try_into().map_err(|_| damaged())?,
        day: day.map(|day| day.parse()).transpose().map_err(|_| damaged())?,
        leaf: u64::try_from(leaf).map_err(|_| damaged())?,
        sealed: row.try_get("sealed")?,
    })
}
