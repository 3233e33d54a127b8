//! Copies: the binding of copy numbers to persons.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::position;
use crate::{PaperId, PersonId, StoreError, Tx};

/// A copy that was minted: one person's number for one paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyRow {
    /// The paper.
    pub paper: PaperId,
    /// Whose copy it is.
    pub person: PersonId,
    /// Position of its key in the paper's tree of copy keys.
    pub number: u32,
    /// Position in the record of the entry that bound the two.
    pub leaf: u64,
}

impl Tx {
    /// Binds a number to a person. Fails when either is bound already: numbers are drawn once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_copy(&mut self, copy: CopyRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO copy (paper, person, number, leaf) VALUES ($1, $2, $3, $4)")
            .bind(copy.paper.0)
            .bind(copy.person.0)
            .bind(copy.number)
            .bind(position(copy.leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The copy of one person, if it was minted; of several that duplicate records left him, the one of
    /// the record that stays, else the lowest number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn copy_of(
        &mut self,
        paper: PaperId,
        person: PersonId,
    ) -> Result<Option<CopyRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM copy WHERE paper = $1
                 AND (person = $2 OR person IN (SELECT person FROM merged WHERE into_person = $2))
             ORDER BY person <> $2, number LIMIT 1",
        )
        .bind(paper.0)
        .bind(person.0)
        .fetch_optional(&mut *self.inner)
        .await?
        .as_ref()
        .map(copy)
        .transpose()
    }

    /// All copies of a paper, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn copies(&mut self, paper: PaperId) -> Result<Vec<CopyRow>, StoreError> {
        sqlx::query("SELECT * FROM copy WHERE paper = $1 ORDER BY number")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(copy)
            .collect()
    }

    /// Number of copies minted in the whole archive.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_copies(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM copy").fetch_one(&mut *self.inner).await?)
    }
}

fn copy(row: &SqliteRow) -> Result<CopyRow, StoreError> {
    let leaf: i64 = row.try_get("leaf")?;
    Ok(CopyRow {
        paper: PaperId(row.try_get("paper")?),
        person: PersonId(row.try_get("person")?),
        number: row.try_get("number")?,
        leaf: u64::try_from(leaf).map_err(|_| StoreError::Damaged("negative position".into()))?,
    })
}
