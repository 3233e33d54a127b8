//! Watching: openings as the watch sees them, and sealed alarms.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row;

use crate::readings::instant;
use crate::record::position;
use crate::{OfficeId, PaperId, PersonId, StoreError, Tx};

/// One opening that a reader asked for, with what the watch must know of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SightingRow {
    /// The paper.
    pub paper: PaperId,
    /// The office it is from.
    pub origin: OfficeId,
    /// The office through which it was opened.
    pub through: OfficeId,
    /// When.
    pub at: Timestamp,
    /// Keyed hash of its handling words.
    pub caption: i64,
    /// Its day of release.
    pub released: Option<Date>,
}

impl Tx {
    /// Notes an opening for the watch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sighting(
        &mut self,
        person: PersonId,
        seen: &SightingRow,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sighting (person, paper, through, at, caption)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(person.0)
        .bind(seen.paper.0)
        .bind(seen.through.0)
        .bind(seen.at.as_millisecond())
        .bind(seen.caption)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A person's openings after `from`, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sightings(
        &mut self,
        person: PersonId,
        from: Timestamp,
    ) -> Result<Vec<SightingRow>, StoreError> {
        sqlx::query(
            "SELECT sighting.paper, paper.office, through, at, caption, paper.released
             FROM sighting JOIN paper ON paper.id = sighting.paper
             WHERE person = $1 AND at > $2 ORDER BY at, sighting.id",
        )
        .bind(person.0)
        .bind(from.as_millisecond())
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let released: Option<String> = row.try_get("released")?;
            let day = |d: String| d.parse().map_err(|e| StoreError::Damaged(format!("{e}")));
            Ok(SightingRow {
                paper: PaperId(row.try_get("paper")?),
                origin: OfficeId(row.try_get("office")?),
                through: OfficeId(row.try_get("through")?),
                at: instant(row.try_get("at")?)?,
                caption: row.try_get("caption")?,
                released: released.map(day).transpose()?,
            })
        })
        .collect()
    }

    /// Whether an alarm with this mark was raised.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_alarm(&mut self, mark: &[u8]) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("SELECT id FROM alarm WHERE mark = $1")
            .bind(mark)
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(found.is_some())
    }

    /// Keeps an alarm. A mark that is there already is an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_alarm(
        &mut self,
        mark: &[u8],
        at: Timestamp,
        leaf: u64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO alarm (mark, at, leaf, sealed) VALUES ($1, $2, $3, $4)")
            .bind(mark)
            .bind(at.as_millisecond())
            .bind(position(leaf)?)
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Alarms from `from` on as (mark, when, entry, sealed), oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alarms(
        &mut self,
        from: Timestamp,
    ) -> Result<Vec<(Vec<u8>, Timestamp, i64, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT mark, at, leaf, sealed FROM alarm WHERE at >= $1 ORDER BY at, id")
            .bind(from.as_millisecond())
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let at = instant(row.try_get("at")?)?;
                Ok((row.try_get("mark")?, at, row.try_get("leaf")?, row.try_get("sealed")?))
            })
            .collect()
    }
}
