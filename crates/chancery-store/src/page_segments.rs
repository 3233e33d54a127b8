//! The page index in sealed blocks: by which words' widths pictures are matched.

use sqlx::Row;

use crate::{PaperId, Part, StoreError, Tx};

impl Tx {
    /// The names of the page index's segments, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page_segments(&mut self) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT name FROM page_segment ORDER BY name")
            .fetch_all(&mut *self.inner)
            .await?)
    }

    /// The sealed blocks of a segment in order.
    ///
    /// # Errors
    /// When the database fails, or blocks are missing.
    pub async fn page_blocks(&mut self, segment: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let blocks: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT sealed FROM page_block WHERE segment = $1 ORDER BY number")
                .bind(segment)
                .fetch_all(&mut *self.inner)
                .await?;
        let count: i64 = sqlx::query_scalar("SELECT blocks FROM page_segment WHERE name = $1")
            .bind(segment)
            .fetch_one(&mut *self.inner)
            .await?;
        match usize::try_from(count) {
            Ok(count) if count == blocks.len() => Ok(blocks),
            _ => Err(StoreError::Damaged("a segment of the page index".into())),
        }
    }

    /// Keeps a segment with its sealed blocks.
    ///
    /// # Errors
    /// When the database fails, or the name is taken.
    pub async fn add_page_segment(
        &mut self,
        segment: i64,
        blocks: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO page_segment (name, blocks) VALUES ($1, $2)")
            .bind(segment)
            .bind(i64::try_from(blocks.len()).unwrap_or(i64::MAX))
            .execute(&mut *self.inner)
            .await?;
        for (number, sealed) in (0_i64..).zip(blocks) {
            sqlx::query("INSERT INTO page_block (segment, number, sealed) VALUES ($1, $2, $3)")
                .bind(segment)
                .bind(number)
                .bind(sealed)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// Removes a segment and its blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_page_segment(&mut self, segment: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM page_segment WHERE name = $1")
            .bind(segment)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The papers that have this part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn papers_with(&mut self, part: Part) -> Result<Vec<PaperId>, StoreError> {
        sqlx::query("SELECT paper FROM part WHERE name = $1 ORDER BY paper")
            .bind(part.name())
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| Ok(PaperId(row.try_get("paper")?)))
            .collect()
    }
}
