//! How tenure ends and is handed on: resignations, delegations, actions done, handovers.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::position;
use crate::{OfficeId, PaperId, PersonId, PostingId, StoreError, Tx};

/// A resignation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResignationRow {
    /// Number, from 1.
    pub id: i64,
    /// Who offers.
    pub person: PersonId,
    /// From which office.
    pub office: OfficeId,
    /// Which office accepts or declines.
    pub appointing: OfficeId,
    /// When it was offered, to the millisecond.
    pub offered: Timestamp,
    /// How it stands, as the desk encodes it.
    pub standing: String,
    /// Who accepted or declined it.
    pub decided_by: Option<PersonId>,
    /// The letter, sealed.
    pub sealed: Vec<u8>,
}

/// A handover that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoverRow {
    /// Number, from 1.
    pub id: i64,
    /// The office handed over.
    pub office: OfficeId,
    /// Who left it.
    pub from: PersonId,
    /// Who took it over.
    pub to: PersonId,
    /// SHA-256 of the statement.
    pub statement: [u8; 32],
    /// Position of its entry.
    pub leaf: u64,
    /// Position of the successor's confirmation.
    pub confirmed: Option<u64>,
}

impl Tx {
    /// The number that the next resignation will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_resignation(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM resignation")
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Writes a resignation, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_resignation(&mut self, row: &ResignationRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO resignation (id, person, office, appointing, offered, standing,
                                      decided_by, sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET standing = excluded.standing,
                 decided_by = excluded.decided_by",
        )
        .bind(row.id)
        .bind(row.person.0)
        .bind(row.office.0)
        .bind(row.appointing.0)
        .bind(row.offered.as_millisecond())
        .bind(&row.standing)
        .bind(row.decided_by.map(|p| p.0))
        .bind(&row.sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// One resignation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resignation(&mut self, id: i64) -> Result<Option<ResignationRow>, StoreError> {
        sqlx::query("SELECT * FROM resignation WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(resignation)
            .transpose()
    }

    /// All resignations by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resignations(&mut self) -> Result<Vec<ResignationRow>, StoreError> {
        sqlx::query("SELECT * FROM resignation ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(resignation)
            .collect()
    }

    /// Notes that a deputy's posting lives on its holder's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_delegation(
        &mut self,
        posting: PostingId,
        holder: PostingId,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO delegation (posting, holder) VALUES ($1, $2)")
            .bind(posting.0)
            .bind(holder.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Deputies' postings that live on this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delegations_of(
        &mut self,
        holder: PostingId,
    ) -> Result<Vec<PostingId>, StoreError> {
        sqlx::query_scalar("SELECT posting FROM delegation WHERE holder = $1 ORDER BY posting")
            .bind(holder.0)
            .fetch_all(&mut *self.inner)
            .await
            .map(|ids| ids.into_iter().map(PostingId).collect())
            .map_err(Into::into)
    }

    /// The posting that a deputy's posting lives on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delegated_by(
        &mut self,
        posting: PostingId,
    ) -> Result<Option<PostingId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT holder FROM delegation WHERE posting = $1")
            .bind(posting.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .map(PostingId))
    }

    /// Released papers on the distribution of an office, in order: how it is addressed, and whether
    /// it has taken the action asked of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn business_of_office(
        &mut self,
        office: OfficeId,
    ) -> Result<Vec<(PaperId, String, bool)>, StoreError> {
        sqlx::query(
            "SELECT d.paper, d.addressed, o.paper IS NOT NULL AS done FROM distribution d
             JOIN paper p ON p.id = d.paper
             LEFT JOIN done o ON o.paper = d.paper AND o.office = d.office
             WHERE d.office = $1 AND p.state = 'released' ORDER BY d.paper",
        )
        .bind(office.0)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let done: bool = row.try_get("done")?;
            Ok((PaperId(row.try_get("paper")?), row.try_get("addressed")?, done))
        })
        .collect()
    }

    /// Who has opened papers on the distribution of an office, each person and paper once, by paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn openers_in_office(
        &mut self,
        office: OfficeId,
    ) -> Result<Vec<(PaperId, PersonId)>, StoreError> {
        sqlx::query(
            "SELECT DISTINCT r.paper, r.person FROM reading r
             JOIN distribution d ON d.paper = r.paper
             WHERE d.office = $1 ORDER BY r.paper, r.person",
        )
        .bind(office.0)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| Ok((PaperId(row.try_get("paper")?), PersonId(row.try_get("person")?))))
        .collect()
    }

    /// Notes that an office took the action asked of it; `false` when it had before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_done(
        &mut self,
        paper: PaperId,
        office: OfficeId,
        person: PersonId,
        leaf: u64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO done (paper, office, person, leaf) VALUES ($1, $2, $3, $4)
             ON CONFLICT (paper, office) DO NOTHING",
        )
        .bind(paper.0)
        .bind(office.0)
        .bind(person.0)
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps a handover; returns its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_handover(
        &mut self,
        office: OfficeId,
        from: PersonId,
        to: PersonId,
        statement: &[u8; 32],
        leaf: u64,
    ) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "INSERT INTO handover (office, from_person, to_person, statement, leaf)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(office.0)
        .bind(from.0)
        .bind(to.0)
        .bind(statement.as_slice())
        .bind(position(leaf)?)
        .fetch_one(&mut *self.inner)
        .await?)
    }

    /// The handover with this statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handover(
        &mut self,
        statement: &[u8; 32],
    ) -> Result<Option<HandoverRow>, StoreError> {
        sqlx::query("SELECT * FROM handover WHERE statement = $1")
            .bind(statement.as_slice())
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(handover)
            .transpose()
    }

    /// Notes the successor's confirmation of a handover; `false` when it was confirmed before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_handover(&mut self, id: i64, leaf: u64) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE handover SET confirmed_leaf = $2 WHERE id = $1 AND confirmed_leaf IS NULL",
        )
        .bind(id)
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

fn resignation(row: &SqliteRow) -> Result<ResignationRow, StoreError> {
    let decided_by: Option<i64> = row.try_get("decided_by")?;
    Ok(ResignationRow {
        id: row.try_get("id")?,
        person: PersonId(row.try_get("person")?),
        office: OfficeId(row.try_get("office")?),
        appointing: OfficeId(row.try_get("appointing")?),
        offered: instant(row.try_get("offered")?)?,
        standing: row.try_get("standing")?,
        decided_by: decided_by.map(PersonId),
        sealed: row.try_get("sealed")?,
    })
}

fn handover(row: &SqliteRow) -> Result<HandoverRow, StoreError> {
    let damaged = || StoreError::Damaged("a handover".into());
    let leaf = |at: i64| u64::try_from(at).map_err(|_| damaged());
    let statement: Vec<u8> = row.try_get("statement")?;
    let confirmed: Option<i64> = row.try_get("confirmed_leaf")?;
    Ok(HandoverRow {
        id: row.try_get("id")?,
        office: OfficeId(row.try_get("office")?),
        from: PersonId(row.try_get("from_person")?),
        to: PersonId(row.try_get("to_person")?),
        statement: statement.try_into().map_err(|_| damaged())?,
        leaf: leaf(row.try_get("leaf")?)?,
        confirmed: confirmed.map(leaf).transpose()?,
    })
}
