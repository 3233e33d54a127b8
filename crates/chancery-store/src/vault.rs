//! The ring of wrapped keys, the locks of headings, and papers that are destroyed.

use jiff::Timestamp;
use sqlx::Row;

use crate::readings::instant;
use crate::record::position;
use crate::{PaperId, PersonId, StoreError, Tx};

/// A wrapped key of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingRow {
    /// What it is for.
    pub name: String,
    /// Its generation.
    pub version: u32,
    /// The wrapped key.
    pub sealed: Vec<u8>,
}

/// A paper that is to be destroyed, or is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisposalRow {
    /// The paper.
    pub paper: PaperId,
    /// Who asked first.
    pub asked_by: PersonId,
    /// When.
    pub asked: Timestamp,
    /// When it was destroyed.
    pub destroyed: Option<Timestamp>,
}

impl Tx {
    /// The whole ring, by name and version.
    ///
    /// # Errors
    /// When the database fails, or a row is damaged.
    pub async fn ring(&mut self) -> Result<Vec<RingRow>, StoreError> {
        sqlx::query("SELECT name, version, sealed FROM ring ORDER BY name, version")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let version: i64 = row.try_get("version")?;
                Ok(RingRow {
                    name: row.try_get("name")?,
                    version: u32::try_from(version)
                        .map_err(|_| StoreError::Damaged("a key's version".into()))?,
                    sealed: row.try_get("sealed")?,
                })
            })
            .collect()
    }

    /// Keeps a wrapped key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_ring(&mut self, row: &RingRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO ring (name, version, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (name, version) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(&row.name)
        .bind(row.version)
        .bind(&row.sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets a wrapped key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_ring(&mut self, name: &str, version: u32) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM ring WHERE name = $1 AND version = $2")
            .bind(name)
            .bind(version)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps the lock of a paper's heading.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_lock(&mut self, paper: PaperId, lock: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("UPDATE paper SET lock = $2 WHERE id = $1")
            .bind(paper.0)
            .bind(lock.as_slice())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The disposal of a paper, if somebody asked for it.
    ///
    /// # Errors
    /// When the database fails, or a row is damaged.
    pub async fn disposal(&mut self, paper: PaperId) -> Result<Option<DisposalRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM disposal WHERE paper = $1")
            .bind(paper.0)
            .fetch_optional(&mut *self.inner)
            .await?;
        row.map(|row| {
            Ok(DisposalRow {
                paper: PaperId(row.try_get("paper")?),
                asked_by: PersonId(row.try_get("asked_by")?),
                asked: instant(row.try_get("asked")?)?,
                destroyed: row.try_get::<Option<i64>, _>("destroyed")?.map(instant).transpose()?,
            })
        })
        .transpose()
    }

    /// Keeps that somebody asked to destroy a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_disposal(
        &mut self,
        paper: PaperId,
        person: PersonId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO disposal (paper, asked_by, asked) VALUES ($1, $2, $3)")
            .bind(paper.0)
            .bind(person.0)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Takes back what [`Tx::ask_disposal`] kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unask_disposal(&mut self, paper: PaperId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM disposal WHERE paper = $1 AND destroyed IS NULL")
            .bind(paper.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Marks a paper as destroyed whose key is gone; `sealed` is the heading that stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lose_paper(&mut self, paper: PaperId, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM part WHERE paper = $1")
            .bind(paper.0)
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "UPDATE paper SET state = 'destroyed', lock = NULL, source = NULL, sealed = $2
             WHERE id = $1",
        )
        .bind(paper.0)
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Destroys a paper's key, its lock and its parts; `sealed` is the heading that stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn destroy_paper(
        &mut self,
        paper: PaperId,
        person: PersonId,
        at: Timestamp,
        leaf: u64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        self.lose_paper(paper, sealed).await?;
        sqlx::query(
            "UPDATE disposal SET destroyed_by = $2, destroyed = $3, leaf = $4 WHERE paper = $1",
        )
        .bind(paper.0)
        .bind(person.0)
        .bind(at.as_millisecond())
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Papers whose key is not there although they are not destroyed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn papers_without_key(&mut self) -> Result<Vec<PaperId>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM paper WHERE state <> 'destroyed' AND NOT EXISTS
             (SELECT 1 FROM part WHERE part.paper = paper.id AND part.name = 'key') ORDER BY id",
        )
        .fetch_all(&mut *self.inner)
        .await?;
        Ok(ids.into_iter().map(PaperId).collect())
    }

    /// Forgets a value kept under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_meta(&mut self, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM meta WHERE name = $1")
            .bind(name)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
