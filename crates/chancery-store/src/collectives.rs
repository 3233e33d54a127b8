//! Collectives: named groups of offices with dated membership, and papers addressed to them.

use chancery_domain::distribution::{Membership, Resolved};
use chancery_domain::{Addressed, Handle};
use jiff::civil::Date;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::registry::{parse, word};
use crate::{CollectiveId, OfficeId, PaperId, StoreError, Tx};

impl Tx {
    /// The collective of this name; made when it is not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_collective(&mut self, handle: &Handle) -> Result<CollectiveId, StoreError> {
        sqlx::query("INSERT INTO collective (handle) VALUES ($1) ON CONFLICT (handle) DO NOTHING")
            .bind(handle.as_str())
            .execute(&mut *self.inner)
            .await?;
        let id = self.collective(handle).await?;
        id.ok_or_else(|| StoreError::Damaged("a collective vanished".into()))
    }

    /// The collective of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn collective(
        &mut self,
        handle: &Handle,
    ) -> Result<Option<CollectiveId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM collective WHERE handle = $1")
            .bind(handle.as_str())
            .fetch_optional(&mut *self.inner)
            .await?
            .map(CollectiveId))
    }

    /// All collectives, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn collectives(&mut self) -> Result<Vec<(CollectiveId, Handle)>, StoreError> {
        sqlx::query("SELECT id, handle FROM collective ORDER BY handle")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| Ok((CollectiveId(row.try_get("id")?), handle(row.try_get("handle")?)?)))
            .collect()
    }

    /// Makes an office a member from a day on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_member(
        &mut self,
        collective: CollectiveId,
        office: OfficeId,
        start: Date,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO member (collective, office, start_day) VALUES ($1, $2, $3)
             ON CONFLICT (collective, office, start_day) DO UPDATE SET end_day = NULL",
        )
        .bind(collective.0)
        .bind(office.0)
        .bind(start.to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Ends an open membership; a membership that would end before it began is taken back whole. `false`
    /// when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_member(
        &mut self,
        collective: CollectiveId,
        office: OfficeId,
        end: Date,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE member SET end_day = max($3, start_day)
             WHERE collective = $1 AND office = $2 AND end_day IS NULL",
        )
        .bind(collective.0)
        .bind(office.0)
        .bind(end.to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Every membership of a collective, by office and day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(
        &mut self,
        collective: CollectiveId,
    ) -> Result<Vec<Membership<OfficeId>>, StoreError> {
        sqlx::query("SELECT * FROM member WHERE collective = $1 ORDER BY office, start_day")
            .bind(collective.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(membership)
            .collect()
    }

    /// Addresses a paper to a collective.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn address_collective(
        &mut self,
        paper: PaperId,
        collective: CollectiveId,
        addressed: Addressed,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO addressed_collective (paper, collective, addressed) VALUES ($1, $2, $3)
             ON CONFLICT (paper, collective) DO NOTHING",
        )
        .bind(paper.0)
        .bind(collective.0)
        .bind(word(&addressed))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The collectives that a paper is addressed to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn addressed_collectives(
        &mut self,
        paper: PaperId,
    ) -> Result<Vec<(CollectiveId, Addressed)>, StoreError> {
        sqlx::query(
            "SELECT collective, addressed FROM addressed_collective WHERE paper = $1
             ORDER BY collective",
        )
        .bind(paper.0)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let addressed: String = row.try_get("addressed")?;
            Ok((CollectiveId(row.try_get("collective")?), parse(&addressed)?))
        })
        .collect()
    }

    /// Exempts an office from what a paper's collectives bring.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exempt(&mut self, paper: PaperId, office: OfficeId) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO exempted (paper, office) VALUES ($1, $2)
             ON CONFLICT (paper, office) DO NOTHING",
        )
        .bind(paper.0)
        .bind(office.0)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Offices exempted from a paper, by office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exempted(&mut self, paper: PaperId) -> Result<Vec<OfficeId>, StoreError> {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT office FROM exempted WHERE paper = $1 ORDER BY office")
                .bind(paper.0)
                .fetch_all(&mut *self.inner)
                .await?;
        Ok(ids.into_iter().map(OfficeId).collect())
    }

    /// Puts a resolved office on a paper's distribution.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn distribute_resolved(
        &mut self,
        paper: PaperId,
        resolved: &Resolved<OfficeId, CollectiveId>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO distribution (paper, office, addressed, via) VALUES ($1, $2, $3, $4)
             ON CONFLICT (paper, office)
             DO UPDATE SET addressed = excluded.addressed, via = excluded.via",
        )
        .bind(paper.0)
        .bind(resolved.office.0)
        .bind(word(&resolved.addressed))
        .bind(resolved.via.map(|c| c.0))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A paper's distribution with the collective that brought each office in, by office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recipients(&mut self, paper: PaperId) -> Result<Vec<Recipient>, StoreError> {
        sqlx::query(
            "SELECT d.office, o.handle, d.addressed, c.handle AS via
             FROM distribution d JOIN office o ON o.id = d.office
             LEFT JOIN collective c ON c.id = d.via
             WHERE d.paper = $1 ORDER BY o.handle",
        )
        .bind(paper.0)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let addressed: String = row.try_get("addressed")?;
            let via: Option<String> = row.try_get("via")?;
            Ok(Recipient {
                office: OfficeId(row.try_get("office")?),
                handle: handle(row.try_get("handle")?)?,
                addressed: parse(&addressed)?,
                via: via.map(handle).transpose()?,
            })
        })
        .collect()
    }
}

/// An office on a paper's distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The office.
    pub office: OfficeId,
    /// Its short name.
    pub handle: Handle,
    /// How it is addressed.
    pub addressed: Addressed,
    /// The collective that brought it in, where it is not addressed by itself.
    pub via: Option<Handle>,
}

fn handle(text: String) -> Result<Handle, StoreError> {
    text.parse().map_err(|e| StoreError::Damaged(format!("{e}")))
}

fn membership(row: &SqliteRow) -> Result<Membership<OfficeId>, StoreError> {
    let date = |text: String| text.parse().map_err(|e| StoreError::Damaged(format!("{e}")));
    let end: Option<String> = row.try_get("end_day")?;
    Ok(Membership {
        office: OfficeId(row.try_get("office")?),
        start: date(row.try_get("start_day")?)?,
        end: end.map(date).transpose()?,
    })
}
