//! Bindings of copies to persons, sealed; the officers who may open them; copies that left in bulk or in a bag.

use sqlx::Row;

use crate::record::{leaf_of, position};
use crate::{PaperId, PersonId, StoreError, Tx};

/// One person's copy of one paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingRow {
    /// Keyed hash of paper and person.
    pub holder: [u8; 32],
    /// Number, person and salt, sealed.
    pub sealed: Vec<u8>,
    /// The same for two officers together; none until officers are enrolled.
    pub boxed: Option<Vec<u8>>,
}

/// An officer of inquiries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficerRow {
    /// Who.
    pub person: PersonId,
    /// The public half of his key (an age recipient).
    pub recipient: String,
}

/// A copy that left as a sealed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BagRow {
    /// Entry of its leaving.
    pub leaf: u64,
    /// The paper.
    pub paper: PaperId,
    /// Whose copy.
    pub person: PersonId,
    /// Entry of its receipt's return.
    pub returned: Option<u64>,
}

impl Tx {
    /// Binds a copy. Fails when this holder has one already: a copy is drawn once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_binding(
        &mut self,
        paper: PaperId,
        row: &BindingRow,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO binding (paper, holder, sealed, boxed) VALUES ($1, $2, $3, $4)")
            .bind(paper.0)
            .bind(&row.holder[..])
            .bind(&row.sealed)
            .bind(&row.boxed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The binding of one holder.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn binding(
        &mut self,
        paper: PaperId,
        holder: &[u8; 32],
    ) -> Result<Option<BindingRow>, StoreError> {
        sqlx::query("SELECT * FROM binding WHERE paper = $1 AND holder = $2")
            .bind(paper.0)
            .bind(&holder[..])
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(binding)
            .transpose()
    }

    /// All bindings of a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bindings(&mut self, paper: PaperId) -> Result<Vec<BindingRow>, StoreError> {
        sqlx::query("SELECT * FROM binding WHERE paper = $1 ORDER BY holder")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(binding)
            .collect()
    }

    /// Puts a binding into its box.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn box_binding(
        &mut self,
        paper: PaperId,
        holder: &[u8; 32],
        boxed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE binding SET boxed = $3 WHERE paper = $1 AND holder = $2")
            .bind(paper.0)
            .bind(&holder[..])
            .bind(boxed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Number of copies of one paper, or of the whole archive.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_copies(&mut self, paper: Option<PaperId>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM binding WHERE $1 IS NULL OR paper = $1")
            .bind(paper.map(|paper| paper.0))
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Enrols an officer, or gives him another key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_officer(&mut self, officer: &OfficerRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO officer (person, recipient) VALUES ($1, $2)
             ON CONFLICT (person) DO UPDATE SET recipient = excluded.recipient",
        )
        .bind(officer.person.0)
        .bind(&officer.recipient)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// All officers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn officers(&mut self) -> Result<Vec<OfficerRow>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT person, recipient FROM officer ORDER BY person")
                .fetch_all(&mut *self.inner)
                .await?;
        let officer = |(person, recipient)| OfficerRow { person: PersonId(person), recipient };
        Ok(rows.into_iter().map(officer).collect())
    }

    /// Replaces what every two officers hold together.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_officer_pairs(
        &mut self,
        pairs: &[(PersonId, PersonId, Vec<u8>)],
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM officer_pair").execute(&mut *self.inner).await?;
        for (one, two, sealed) in pairs {
            sqlx::query("INSERT INTO officer_pair (one, two, sealed) VALUES ($1, $2, $3)")
                .bind(one.0)
                .bind(two.0)
                .bind(sealed)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// What two officers hold together, encrypted to `one` inside and `two` outside.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn officer_pair(
        &mut self,
        one: PersonId,
        two: PersonId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM officer_pair WHERE one = $1 AND two = $2")
            .bind(one.0)
            .bind(two.0)
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// Notes that all copies of a paper were put into one hand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_bulk_export(&mut self, paper: PaperId, leaf: u64) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO bulk_export (leaf, paper) VALUES ($1, $2)")
            .bind(position(leaf)?)
            .bind(paper.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Entries of the acts that put all copies of a paper into one hand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bulk_exports(&mut self, paper: PaperId) -> Result<Vec<u64>, StoreError> {
        let leaves: Vec<i64> =
            sqlx::query_scalar("SELECT leaf FROM bulk_export WHERE paper = $1 ORDER BY leaf")
                .bind(paper.0)
                .fetch_all(&mut *self.inner)
                .await?;
        leaves.into_iter().map(leaf_of).collect()
    }

    /// Notes that a copy left as a sealed file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_bag(&mut self, bag: &BagRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO bag (leaf, paper, person, returned) VALUES ($1, $2, $3, NULL)")
            .bind(position(bag.leaf)?)
            .bind(bag.paper.0)
            .bind(bag.person.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The sealed file that left with this entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bag(&mut self, leaf: u64) -> Result<Option<BagRow>, StoreError> {
        let row: Option<(i64, i64, Option<i64>)> =
            sqlx::query_as("SELECT paper, person, returned FROM bag WHERE leaf = $1")
                .bind(position(leaf)?)
                .fetch_optional(&mut *self.inner)
                .await?;
        let Some((paper, person, returned)) = row else { return Ok(None) };
        let returned = returned.map(leaf_of).transpose()?;
        Ok(Some(BagRow { leaf, paper: PaperId(paper), person: PersonId(person), returned }))
    }

    /// Notes the return of a sealed file's receipt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn return_bag(&mut self, leaf: u64, returned: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE bag SET returned = $2 WHERE leaf = $1")
            .bind(position(leaf)?)
            .bind(position(returned)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}

fn binding(row: &sqlx::sqlite::SqliteRow) -> Result<BindingRow, StoreError> {
    let holder: Vec<u8> = row.try_get("holder")?;
    let holder = holder.try_into().map_err(|_| StoreError::Damaged("a holder's hash".into()))?;
    Ok(BindingRow { holder, sealed: row.try_get("sealed")?, boxed: row.try_get("boxed")? })
}
