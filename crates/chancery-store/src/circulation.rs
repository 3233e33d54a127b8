//! Circulation: serials, kinds, sequels, the history of a paper, and lists of papers.

use chancery_domain::{Addressed, Handle, PaperKind, PaperState, Relation, Serial};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::papers::{PaperRow, paper};
use crate::readings::instant;
use crate::record::{leaf_of, position};
use crate::registry::{parse, word};
use crate::{OfficeId, PaperId, PersonId, StoreError, Tx};

/// An act in a paper's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Taken in.
    Drafted,
    /// An office was asked to clear it.
    Asked,
    /// Cleared for an office.
    Cleared,
    /// Sent back with a reason.
    Refused,
    /// Approved.
    Approved,
    /// Given another text or other places: clearances and approval are void.
    Amended,
    /// Given up.
    Withdrawn,
    /// Released.
    Released,
}

/// A line of a paper's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The paper.
    pub paper: PaperId,
    /// What was done.
    pub deed: Deed,
    /// By whom.
    pub person: PersonId,
    /// Through which office; for [`Deed::Asked`] the office that was asked.
    pub office: OfficeId,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// Position of its entry in the record.
    pub leaf: u64,
}

/// A paper that corrects or cancels another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequelRow {
    /// The later paper.
    pub paper: PaperId,
    /// The earlier one.
    pub target: PaperId,
    /// What the later does to the earlier.
    pub relation: Relation,
}

/// Which papers are listed; an empty filter lists all.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaperFilter {
    /// In this state.
    pub state: Option<PaperState>,
    /// From this office.
    pub office: Option<OfficeId>,
    /// Of this kind.
    pub kind: Option<PaperKind>,
    /// Released at this instant or later.
    pub since: Option<Timestamp>,
}

/// Which part of an office's released papers is listed, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Newest {
    /// The office.
    pub office: OfficeId,
    /// Whose reading decides what is unread.
    pub person: PersonId,
    /// Papers that the person has opened, or those not yet opened.
    pub read: bool,
    /// Only papers that come after this one in the list: instant of release and number.
    pub after: Option<(Timestamp, PaperId)>,
    /// At most so many.
    pub limit: u32,
}

/// A line of an office's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The paper.
    pub paper: PaperId,
    /// The office.
    pub office: OfficeId,
    /// How the office is addressed.
    pub addressed: Addressed,
    /// When the paper was released.
    pub released_at: Timestamp,
}

impl Tx {
    /// Sets what a paper is, and whether its recipients are hidden from one another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_kind(
        &mut self,
        paper: PaperId,
        kind: PaperKind,
        book: bool,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE paper SET kind = $2, book = $3 WHERE id = $1")
            .bind(paper.0)
            .bind(word(&kind))
            .bind(book)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Replaces a draft's sealed heading; `false` when the paper is released.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_heading(&mut self, paper: PaperId, sealed: &[u8]) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE paper SET sealed = $2 WHERE id = $1 AND state <> 'released'")
                .bind(paper.0)
                .bind(sealed)
                .execute(&mut *self.inner)
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a paper the next serial of its office and year. Within the one writing transaction, so that no
    /// number is skipped or given twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_serial(
        &mut self,
        paper: PaperId,
        office: OfficeId,
        year: i16,
    ) -> Result<Serial, StoreError> {
        let last: i64 = sqlx::query_scalar(
            "INSERT INTO serial (office, year, last) VALUES ($1, $2, 1)
             ON CONFLICT (office, year) DO UPDATE SET last = last + 1 RETURNING last",
        )
        .bind(office.0)
        .bind(i64::from(year))
        .fetch_one(&mut *self.inner)
        .await?;
        sqlx::query("UPDATE paper SET serial = $2, serial_year = $3 WHERE id = $1")
            .bind(paper.0)
            .bind(last)
            .bind(i64::from(year))
            .execute(&mut *self.inner)
            .await?;
        let number = u32::try_from(last).map_err(|_| StoreError::Damaged("serials ran out".into()));
        Ok(Serial { year, number: number? })
    }

    /// Notes what a draft will do to an earlier paper when it is released.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sequel(&mut self, sequel: SequelRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sequel (paper, target, relation) VALUES ($1, $2, $3)")
            .bind(sequel.paper.0)
            .bind(sequel.target.0)
            .bind(word(&sequel.relation))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// What a paper does to an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sequel(&mut self, paper: PaperId) -> Result<Option<SequelRow>, StoreError> {
        sqlx::query("SELECT * FROM sequel WHERE paper = $1")
            .bind(paper.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(sequel)
            .transpose()
    }

    /// Released papers that correct or cancel a paper at `at`, by number; one under embargo does neither
    /// yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sequels_of(
        &mut self,
        target: PaperId,
        at: Timestamp,
    ) -> Result<Vec<SequelRow>, StoreError> {
        sqlx::query(
            "SELECT sequel.* FROM sequel JOIN paper ON paper.id = sequel.paper
             WHERE target = $1 AND paper.state = 'released'
               AND (paper.lifts IS NULL OR paper.lifts <= $2)
             ORDER BY sequel.paper",
        )
        .bind(target.0)
        .bind(at.as_millisecond())
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(sequel)
        .collect()
    }

    /// Adds a line to a paper's history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_history(&mut self, line: &HistoryRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO history (paper, deed, person, office, at, leaf)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(line.paper.0)
        .bind(word(&line.deed))
        .bind(line.person.0)
        .bind(line.office.0)
        .bind(line.at.as_millisecond())
        .bind(position(line.leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A paper's history in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&mut self, paper: PaperId) -> Result<Vec<HistoryRow>, StoreError> {
        sqlx::query("SELECT * FROM history WHERE paper = $1 ORDER BY id")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(history)
            .collect()
    }

    /// Who has done a deed to a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn who_did(
        &mut self,
        paper: PaperId,
        deed: Deed,
    ) -> Result<Vec<PersonId>, StoreError> {
        let all: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT person FROM history WHERE paper = $1 AND deed = $2 ORDER BY person",
        )
        .bind(paper.0)
        .bind(word(&deed))
        .fetch_all(&mut *self.inner)
        .await?;
        Ok(all.into_iter().map(PersonId).collect())
    }

    /// From when on a released paper cancels this one: its release, or the end of its own embargo.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancelled_from(
        &mut self,
        target: PaperId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let from: Option<i64> = sqlx::query_scalar(
            "SELECT min(max(paper.released_at, coalesce(paper.lifts, paper.released_at)))
             FROM sequel JOIN paper ON paper.id = sequel.paper
             WHERE target = $1 AND relation = 'cancels' AND paper.state = 'released'",
        )
        .bind(target.0)
        .fetch_one(&mut *self.inner)
        .await?;
        from.map(instant).transpose()
    }

    /// The short name of a person.
    ///
    /// # Errors
    /// When the database fails, or holds no such person.
    pub async fn person_handle(&mut self, person: PersonId) -> Result<Handle, StoreError> {
        let handle: Option<String> = sqlx::query_scalar("SELECT handle FROM person WHERE id = $1")
            .bind(person.0)
            .fetch_optional(&mut *self.inner)
            .await?;
        known(handle)
    }

    /// The short name of an office.
    ///
    /// # Errors
    /// When the database fails, or holds no such office.
    pub async fn office_handle(&mut self, office: OfficeId) -> Result<Handle, StoreError> {
        let handle: Option<String> = sqlx::query_scalar("SELECT handle FROM office WHERE id = $1")
            .bind(office.0)
            .fetch_optional(&mut *self.inner)
            .await?;
        known(handle)
    }

    /// Papers that a filter lets through, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn papers_where(
        &mut self,
        filter: &PaperFilter,
    ) -> Result<Vec<PaperRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM paper
             WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR office = $2)
               AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR released_at >= $4)
             ORDER BY id",
        )
        .bind(filter.state.map(|s| word(&s)))
        .bind(filter.office.map(|o| o.0))
        .bind(filter.kind.map(|k| word(&k)))
        .bind(filter.since.map(Timestamp::as_millisecond))
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(paper)
        .collect()
    }

    /// Released papers addressed to an office that a person has, or has not, opened: newest first.
    ///
    /// Walks one index from its end and stops at the limit; on its way it passes one row for each paper of
    /// the other sort.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest(&mut self, wanted: &Newest) -> Result<Vec<Listing>, StoreError> {
        let (at, id) =
            wanted.after.map_or((i64::MAX, i64::MAX), |(at, paper)| (at.as_millisecond(), paper.0));
        sqlx::query(
            "SELECT d.paper, d.office, d.addressed, d.released_at FROM distribution d
             WHERE d.office = $1 AND d.released_at <= $2
               AND (d.released_at < $2 OR d.paper < $3)
               AND (d.paper IN (SELECT r.paper FROM reading r WHERE r.person = $4)) = $5
             ORDER BY d.released_at DESC, d.paper DESC LIMIT $6",
        )
        .bind(wanted.office.0)
        .bind(at)
        .bind(id)
        .bind(wanted.person.0)
        .bind(wanted.read)
        .bind(wanted.limit)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| {
            let addressed: String = row.try_get("addressed")?;
            Ok(Listing {
                paper: PaperId(row.try_get("paper")?),
                office: OfficeId(row.try_get("office")?),
                addressed: parse(&addressed)?,
                released_at: instant(row.try_get("released_at")?)?,
            })
        })
        .collect()
    }
}

fn known(handle: Option<String>) -> Result<Handle, StoreError> {
    let handle = handle.ok_or_else(|| StoreError::Damaged("a name is missing".into()))?;
    handle.parse().map_err(|e| StoreError::Damaged(format!("{e}")))
}

fn sequel(row: &SqliteRow) -> Result<SequelRow, StoreError> {
    let relation: String = row.try_get("relation")?;
    Ok(SequelRow {
        paper: PaperId(row.try_get("paper")?),
        target: PaperId(row.try_get("target")?),
        relation: parse(&relation)?,
    })
}

fn history(row: &SqliteRow) -> Result<HistoryRow, StoreError> {
    let deed: String = row.try_get("deed")?;
    let leaf: i64 = row.try_get("leaf")?;
    Ok(HistoryRow {
        paper: PaperId(row.try_get("paper")?),
        deed: parse(&deed)?,
        person: PersonId(row.try_get("person")?),
        office: OfficeId(row.try_get("office")?),
        at: instant(row.try_get("at")?)?,
        leaf: leaf_of(leaf)?,
    })
}
