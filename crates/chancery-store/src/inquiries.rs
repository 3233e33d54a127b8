//! Inquiries: who opened them, who approved them, their sealed files and leaks.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::{PersonId, StoreError, Tx};

/// An inquiry's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InquiryRow {
    /// Number of the inquiry, from 1.
    pub id: i64,
    /// `open`, `approved` or `done`.
    pub state: String,
    /// The first officer.
    pub opened: PersonId,
    /// The second officer.
    pub approved: Option<PersonId>,
    /// Sealed file: what was asked, then the finding.
    pub sealed: Vec<u8>,
}

impl Tx {
    /// The number that the next inquiry will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_inquiry(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM inquiry")
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Writes an inquiry, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_inquiry(&mut self, inquiry: &InquiryRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO inquiry (id, state, opened, approved, sealed) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state,
                 approved = excluded.approved, sealed = excluded.sealed",
        )
        .bind(inquiry.id)
        .bind(&inquiry.state)
        .bind(inquiry.opened.0)
        .bind(inquiry.approved.map(|p| p.0))
        .bind(&inquiry.sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// One inquiry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inquiry(&mut self, id: i64) -> Result<Option<InquiryRow>, StoreError> {
        sqlx::query("SELECT * FROM inquiry WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(inquiry)
            .transpose()
    }

    /// All inquiries by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inquiries(&mut self) -> Result<Vec<InquiryRow>, StoreError> {
        sqlx::query("SELECT * FROM inquiry ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(inquiry)
            .collect()
    }

    /// Keeps a leak of an inquiry.
    ///
    /// # Errors
    /// When there is one with this number, or the database fails.
    pub async fn add_leak(
        &mut self,
        inquiry: i64,
        ordinal: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO leak (inquiry, ordinal, sealed) VALUES ($1, $2, $3)")
            .bind(inquiry)
            .bind(i64::from(ordinal))
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// A leak of an inquiry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leak(
        &mut self,
        inquiry: i64,
        ordinal: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM leak WHERE inquiry = $1 AND ordinal = $2")
            .bind(inquiry)
            .bind(i64::from(ordinal))
            .fetch_optional(&mut *self.inner)
            .await?)
    }
}

fn inquiry(row: &SqliteRow) -> Result<InquiryRow, StoreError> {
    let approved: Option<i64> = row.try_get("approved")?;
    Ok(InquiryRow {
        id: row.try_get("id")?,
        state: row.try_get("state")?,
        opened: PersonId(row.try_get("opened")?),
        approved: approved.map(PersonId),
        sealed: row.try_get("sealed")?,
    })
}
