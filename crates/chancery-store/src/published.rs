//! The record's stored subtree hashes and its published checkpoints.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::{in_order, position};
use crate::{StoreError, Tx};

/// A checkpoint that has left the house, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRow {
    /// Entries of its tree.
    pub size: u64,
    /// The signed note, with the cosignatures gathered so far.
    pub note: String,
    /// When it was signed, in milliseconds since 1970.
    pub at: i64,
    /// Whether it was made in its turn, and not for a receipt in between.
    pub turn: bool,
    /// Whether it is served to everybody.
    pub shown: bool,
}

impl Tx {
    /// Keeps the hash of a complete subtree.
    ///
    /// # Errors
    /// When the database fails, or one is kept already.
    pub async fn add_node(
        &mut self,
        level: u8,
        at: u64,
        hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO node (level, position, hash) VALUES ($1, $2, $3)")
            .bind(i64::from(level))
            .bind(position(at)?)
            .bind(hash.as_slice())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Up to `limit` subtree hashes of one level from `from` on.
    ///
    /// # Errors
    /// When the database fails, or a hash is damaged or missing in between.
    pub async fn nodes(
        &mut self,
        level: u8,
        from: u64,
        limit: u32,
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let rows = sqlx::query(
            "SELECT position, hash FROM node WHERE level = $1 AND position >= $2
             ORDER BY position LIMIT $3",
        )
        .bind(i64::from(level))
        .bind(position(from)?)
        .bind(limit)
        .fetch_all(&mut *self.inner)
        .await?;
        let damaged = |at| StoreError::Damaged(format!("tree node {at} of {level}"));
        in_order(&rows, from, "hash", damaged)
    }

    /// How many subtree hashes of one level are kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_nodes(&mut self, level: u8) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM node WHERE level = $1")
            .bind(i64::from(level))
            .fetch_one(&mut *self.inner)
            .await?;
        u64::try_from(count).map_err(|_| StoreError::Damaged("negative count".into()))
    }

    /// Forgets all subtree hashes; they follow from the entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_nodes(&mut self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM node").execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Destroys what opens an entry; its commitment stays, and with it the tree.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blank_leaf(&mut self, at: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE leaf SET sealed = x'' WHERE position = $1")
            .bind(position(at)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps a published checkpoint, or the same one with more signatures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_published(&mut self, row: &PublishedRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO published (size, note, at, turn, shown) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (size) DO UPDATE SET note = excluded.note, shown = excluded.shown",
        )
        .bind(position(row.size)?)
        .bind(&row.note)
        .bind(row.at)
        .bind(row.turn)
        .bind(row.shown)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The largest checkpoint that is served to everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shown_checkpoint(&mut self) -> Result<Option<PublishedRow>, StoreError> {
        self.published("SELECT * FROM published WHERE shown ORDER BY size DESC LIMIT 1").await
    }

    /// The smallest checkpoint that was served to everybody, covers the entry `at` and is no larger than `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shown_between(
        &mut self,
        at: u64,
        limit: u64,
    ) -> Result<Option<PublishedRow>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM published WHERE shown AND size > $1 AND size <= $2 ORDER BY size LIMIT 1",
        )
        .bind(position(at)?)
        .bind(position(limit)?)
        .fetch_optional(&mut *self.inner)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The largest checkpoint made in its turn, served or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn turned_checkpoint(&mut self) -> Result<Option<PublishedRow>, StoreError> {
        self.published("SELECT * FROM published WHERE turn ORDER BY size DESC LIMIT 1").await
    }

    /// The largest checkpoint of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn largest_checkpoint(&mut self) -> Result<Option<PublishedRow>, StoreError> {
        self.published("SELECT * FROM published ORDER BY size DESC LIMIT 1").await
    }

    /// Forgets all published checkpoints, when a new log begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_published(&mut self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM published").execute(&mut *self.inner).await?;
        Ok(())
    }

    async fn published(&mut self, query: &'static str) -> Result<Option<PublishedRow>, StoreError> {
        let row = sqlx::query(query).fetch_optional(&mut *self.inner).await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &SqliteRow) -> Result<PublishedRow, StoreError> {
    let size: i64 = row.try_get("size")?;
    let damaged = || StoreError::Damaged("a published checkpoint".into());
    Ok(PublishedRow {
        size: u64::try_from(size).map_err(|_| damaged())?,
        note: row.try_get("note")?,
        at: row.try_get("at")?,
        turn: row.try_get("turn")?,
        shown: row.try_get("shown")?,
    })
}
