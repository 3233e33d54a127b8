//! What readers reported about their copies.

use jiff::Timestamp;
use sqlx::Row;

use crate::readings::instant;
use crate::record::{leaf_of, position};
use crate::{PaperId, PersonId, StoreError, Tx};

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// The paper.
    pub paper: PaperId,
    /// Who reported about his copy of it.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// The entry of the record that holds what was said.
    pub leaf: u64,
}

impl Tx {
    /// Keeps a report.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_report(&mut self, report: &ReportRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO report (paper, person, at, leaf) VALUES ($1, $2, $3, $4)")
            .bind(report.paper.0)
            .bind(report.person.0)
            .bind(report.at.as_millisecond())
            .bind(position(report.leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The last reports, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reports(&mut self, limit: u32) -> Result<Vec<ReportRow>, StoreError> {
        sqlx::query("SELECT paper, person, at, leaf FROM report ORDER BY id DESC LIMIT $1")
            .bind(limit)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let leaf: i64 = row.try_get("leaf")?;
                Ok(ReportRow {
                    paper: PaperId(row.try_get("paper")?),
                    person: PersonId(row.try_get("person")?),
                    at: instant(row.try_get("at")?)?,
                    leaf: leaf_of(leaf)?,
                })
            })
            .collect()
    }
}
