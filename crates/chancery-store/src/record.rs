//! The record's entries, in order.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::{StoreError, Tx};

/// One entry: its commitment (the leaf) and what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafRow {
    /// Position in the tree, from 0.
    pub position: u64,
    /// The 32-byte commitment that is hashed into the tree.
    pub commitment: [u8; 32],
    /// Sealed salt and record body.
    pub sealed: Vec<u8>,
}

impl Tx {
    /// Number of entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_leaves(&mut self) -> Result<u64, StoreError> {
        let next: i64 = sqlx::query_scalar("SELECT coalesce(max(position) + 1, 0) FROM leaf")
            .fetch_one(&mut *self.inner)
            .await?;
        leaf_of(next)
    }

    /// Appends an entry at its position. A position taken is an error: history is not rewritten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_leaf(&mut self, leaf: &LeafRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO leaf (position, commitment, sealed) VALUES ($1, $2, $3)")
            .bind(position(leaf.position)?)
            .bind(leaf.commitment.as_slice())
            .bind(&leaf.sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Up to `limit` entries from position `from` on.
    ///
    /// # Errors
    /// When the database fails, or an entry is damaged.
    pub async fn leaves(&mut self, from: u64, limit: u32) -> Result<Vec<LeafRow>, StoreError> {
        sqlx::query("SELECT * FROM leaf WHERE position >= $1 ORDER BY position LIMIT $2")
            .bind(position(from)?)
            .bind(limit)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(leaf)
            .collect()
    }

    /// Up to `limit` commitments from position `from` on, without what opens them.
    ///
    /// # Errors
    /// When the database fails, or an entry is damaged or missing.
    pub async fn commitments(
        &mut self,
        from: u64,
        limit: u32,
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let rows = sqlx::query(
            "SELECT position, commitment FROM leaf WHERE position >= $1 ORDER BY position LIMIT $2",
        )
        .bind(position(from)?)
        .bind(limit)
        .fetch_all(&mut *self.inner)
        .await?;
        let damaged = |at| StoreError::Damaged(format!("record entry {at}"));
        in_order(&rows, from, "commitment", damaged)
    }
}

/// An entry from the columns of its table.
pub(crate) fn leaf(row: &SqliteRow) -> Result<LeafRow, StoreError> {
    let at: i64 = row.try_get("position")?;
    let commitment: Vec<u8> = row.try_get("commitment")?;
    let damaged = || StoreError::Damaged(format!("record entry {at}"));
    Ok(LeafRow {
        position: u64::try_from(at).map_err(|_| damaged())?,
        commitment: commitment.try_into().map_err(|_| damaged())?,
        sealed: row.try_get("sealed")?,
    })
}

pub(crate) fn position(at: u64) -> Result<i64, StoreError> {
    i64::try_from(at).map_err(|_| StoreError::Damaged("position out of range".into()))
}

/// The other way round: a position as the database keeps it.
pub(crate) fn leaf_of(at: i64) -> Result<u64, StoreError> {
    u64::try_from(at).map_err(|_| StoreError::Damaged("negative position".into()))
}

/// The 32 bytes of each row, which must stand at `from` and the positions after it.
pub(crate) fn in_order(
    rows: &[SqliteRow],
    from: u64,
    column: &str,
    damaged: impl Fn(i64) -> StoreError,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let numbered = (position(from)?..).zip(rows);
    numbered
        .map(|(expected, row)| {
            let at: i64 = row.try_get("position")?;
            let bytes: Vec<u8> = row.try_get(column)?;
            let bytes = bytes.try_into().map_err(|_| damaged(expected))?;
            if at == expected { Ok(bytes) } else { Err(damaged(expected)) }
        })
        .collect()
}
