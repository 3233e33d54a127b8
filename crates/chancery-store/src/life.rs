//! The life of a paper: its drafter, clearances, approval and embargo.

use chancery_domain::PaperState;
use chancery_domain::rules::Clearing;
use jiff::Timestamp;
use sqlx::Row;

use crate::registry::word;
use crate::{OfficeId, PaperId, PersonId, StoreError, Tx};

impl Tx {
    /// Notes who drafted a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_drafter(
        &mut self,
        paper: PaperId,
        person: PersonId,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE paper SET drafter = $2 WHERE id = $1")
            .bind(paper.0)
            .bind(person.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Sets the instant before which only the originating office reads a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_lifts(
        &mut self,
        paper: PaperId,
        lifts: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE paper SET lifts = $2 WHERE id = $1")
            .bind(paper.0)
            .bind(lifts.map(Timestamp::as_millisecond))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Moves a paper that is not released to `state`; `false` when it is released.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_state(
        &mut self,
        paper: PaperId,
        state: PaperState,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE paper SET state = $2 WHERE id = $1 AND state <> 'released'")
            .bind(paper.0)
            .bind(word(&state))
            .execute(&mut *self.inner)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Asks an office to clear a paper. Asking again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_clearance(
        &mut self,
        paper: PaperId,
        office: OfficeId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO clearing (paper, office) VALUES ($1, $2)
             ON CONFLICT (paper, office) DO NOTHING",
        )
        .bind(paper.0)
        .bind(office.0)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that `person` cleared a paper for an office that was asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_clearance(
        &mut self,
        paper: PaperId,
        office: OfficeId,
        person: PersonId,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE clearing SET given_by = $3 WHERE paper = $1 AND office = $2")
            .bind(paper.0)
            .bind(office.0)
            .bind(person.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Takes back the clearance that an office gave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_clearance(
        &mut self,
        paper: PaperId,
        office: OfficeId,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE clearing SET given_by = NULL WHERE paper = $1 AND office = $2")
            .bind(paper.0)
            .bind(office.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Takes back every clearance of a paper: its text has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_clearances(&mut self, paper: PaperId) -> Result<(), StoreError> {
        sqlx::query("UPDATE clearing SET given_by = NULL WHERE paper = $1")
            .bind(paper.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Offices asked to clear a paper, by office, and whether each has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clearing(
        &mut self,
        paper: PaperId,
    ) -> Result<Vec<Clearing<OfficeId>>, StoreError> {
        sqlx::query("SELECT office, given_by FROM clearing WHERE paper = $1 ORDER BY office")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let given_by: Option<i64> = row.try_get("given_by")?;
                Ok(Clearing { office: OfficeId(row.try_get("office")?), given: given_by.is_some() })
            })
            .collect()
    }
}
