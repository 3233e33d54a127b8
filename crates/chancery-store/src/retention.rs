//! Retention: what is laid down about keeping a paper, what is due, and public versions.

use jiff::civil::Date;
use sqlx::Row;

use crate::record::position;
use crate::{PaperId, StoreError, Tx};

impl Tx {
    /// The sealed retention of a paper, if anything was laid down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention(&mut self, paper: PaperId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM retention WHERE paper = $1")
            .bind(paper.0)
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// Keeps a paper's retention; `review` and `plan` are the days on which something is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_retention(
        &mut self,
        paper: PaperId,
        review: Option<Date>,
        plan: Option<Date>,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO retention (paper, review, plan, sealed) VALUES ($1, $2, $3, $4)
             ON CONFLICT (paper) DO UPDATE SET review = excluded.review, plan = excluded.plan,
                 sealed = excluded.sealed",
        )
        .bind(paper.0)
        .bind(review.map(|d| d.to_string()))
        .bind(plan.map(|d| d.to_string()))
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Papers with a review or a planned downgrade on or before `day`, by paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_due(&mut self, day: Date) -> Result<Vec<PaperId>, StoreError> {
        sqlx::query("SELECT paper FROM retention WHERE review <= $1 OR plan <= $1 ORDER BY paper")
            .bind(day.to_string())
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| Ok(PaperId(row.try_get("paper")?)))
            .collect()
    }

    /// Replaces a paper's sealed heading: its label has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_head(&mut self, paper: PaperId, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query("UPDATE paper SET sealed = $2 WHERE id = $1")
            .bind(paper.0)
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The number that the next public version will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_publication(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM publication")
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Files a public version of a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_publication(
        &mut self,
        id: i64,
        paper: PaperId,
        sha256: &[u8; 32],
        leaf: u64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO publication (id, paper, sha256, leaf, sealed)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(paper.0)
        .bind(sha256.as_slice())
        .bind(position(leaf)?)
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// All public versions as (number, paper, sealed text), by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publications(&mut self) -> Result<Vec<(i64, PaperId, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT id, paper, sealed FROM publication ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                Ok((row.try_get("id")?, PaperId(row.try_get("paper")?), row.try_get("sealed")?))
            })
            .collect()
    }
}
