//! Searching: the papers on somebody's distribution, the log of searches, saved searches.

use chancery_domain::{Addressed, PaperState};
use jiff::Timestamp;
use sqlx::Row;

use crate::papers::{PaperRow, paper};
use crate::readings::instant;
use crate::record::position;
use crate::registry::{parse, word};
use crate::{OfficeId, PersonId, StoreError, Tx};

/// A released paper as it lies before an office on its distribution.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The paper.
    pub paper: PaperRow,
    /// How the office is addressed.
    pub addressed: Addressed,
    /// From when on a later paper cancels it.
    pub cancelled: Option<Timestamp>,
}

impl Tx {
    /// The released papers that an office is on the distribution of, by id, each with what decides about
    /// its readers, in one query: a paper that is then refused costs hardly more than its row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn within_reach(&mut self, office: OfficeId) -> Result<Vec<Reach>, StoreError> {
        sqlx::query(
            "SELECT paper.*, distribution.addressed AS addressed,
                 (SELECT min(max(later.released_at, coalesce(later.lifts, later.released_at)))
                  FROM sequel JOIN paper AS later ON later.id = sequel.paper
                  WHERE sequel.target = paper.id AND relation = 'cancels'
                      AND later.state = 'released') AS cancelled
             FROM distribution JOIN paper ON paper.id = distribution.paper
             WHERE distribution.office = $1 AND paper.state = $2 ORDER BY paper.id",
        )
        .bind(office.0)
        .bind(word(&PaperState::Released))
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let addressed: String = row.try_get("addressed")?;
            Ok(Reach {
                paper: paper(row)?,
                addressed: parse(&addressed)?,
                cancelled: row.try_get::<Option<i64>, _>("cancelled")?.map(instant).transpose()?,
            })
        })
        .collect()
    }

    /// Notes a search; the query is sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_searched(
        &mut self,
        person: PersonId,
        at: Timestamp,
        leaf: u64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO searched (person, at, leaf, sealed) VALUES ($1, $2, $3, $4)")
            .bind(person.0)
            .bind(at.as_millisecond())
            .bind(position(leaf)?)
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps a saved search, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_saved_search(
        &mut self,
        person: PersonId,
        mark: &[u8],
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO saved_search (person, mark, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (person, mark) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(person.0)
        .bind(mark)
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A person's saved searches as (mark, sealed), in no telling order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_searches(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT mark, sealed FROM saved_search WHERE person = $1 ORDER BY mark")
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| Ok((row.try_get("mark")?, row.try_get("sealed")?)))
            .collect()
    }

    /// Drops a saved search; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_saved_search(
        &mut self,
        person: PersonId,
        mark: &[u8],
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM saved_search WHERE person = $1 AND mark = $2")
            .bind(person.0)
            .bind(mark)
            .execute(&mut *self.inner)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
