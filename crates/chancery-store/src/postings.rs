//! Postings: rows of terms, as exactly as they are known.

use chancery_domain::{Capacity, Day, End, Handle, Posting, Precision, Term};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::position;
use crate::registry::{handle, parse, word};
use crate::{OfficeId, PaperId, PersonId, PostingId, StoreError, Tx};

/// A posting as the rules take it.
pub type PostingRow = Posting<PersonId, OfficeId>;

/// The precision under which an end on an unknown day is stored.
const UNKNOWN: &str = "unknown";

/// A posting and what is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPosting {
    /// Its row.
    pub id: PostingId,
    /// Who, where, in what capacity, from when to when.
    pub posting: PostingRow,
    /// Begun although all seats of the office were taken.
    pub overlap: bool,
    /// What the source says in words, sealed.
    pub note: Option<Vec<u8>>,
    /// The entry of the record that began it.
    pub start_leaf: Option<u64>,
    /// The entry that ended it.
    pub end_leaf: Option<u64>,
}

/// A posting with the handles of its person and its office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPosting {
    /// The posting.
    pub kept: KeptPosting,
    /// Who.
    pub person: Handle,
    /// Where.
    pub office: Handle,
}

/// Postings with handles, narrowed by what is given.
macro_rules! named {
    ($narrowed:literal) => {
        concat!(
            "SELECT posting.*, person.handle AS person_handle, office.handle AS office_handle
             FROM posting JOIN person ON person.id = posting.person
             JOIN office ON office.id = posting.office ",
            $narrowed
        )
    };
}

impl Tx {
    /// Adds a posting; `None` when one with the same source was imported before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_posting(
        &mut self,
        posting: &PostingRow,
        source: Option<&str>,
    ) -> Result<Option<PostingId>, StoreError> {
        let term = posting.term();
        let id = sqlx::query_scalar(
            "INSERT INTO posting (person, office, capacity, planned_start, planned_start_precision,
                                  start_day, start_precision, planned_end, end_day, end_precision,
                                  cut, reason, source)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (source) DO NOTHING RETURNING id",
        )
        .bind(posting.person().0)
        .bind(posting.office().0)
        .bind(word(&posting.capacity()))
        .bind(term.planned_start.map(|d| d.date.to_string()))
        .bind(term.planned_start.map(|d| word(&d.precision)))
        .bind(term.start.map(|d| d.date.to_string()))
        .bind(term.start.map(|d| word(&d.precision)))
        .bind(term.planned_end.map(|d| d.to_string()))
        .bind(term.end.day().map(|d| d.date.to_string()))
        .bind(end_precision(term.end))
        .bind(term.cut.map(Timestamp::as_millisecond))
        .bind(term.reason.map(|r| word(&r)))
        .bind(source)
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(id.map(PostingId))
    }

    /// Sets how a posting ended, by the entry `leaf`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_posting_end(
        &mut self,
        id: PostingId,
        term: &Term,
        leaf: u64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE posting SET end_day = $2, end_precision = $3, cut = $4, reason = $5, end_leaf = $6
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(term.end.day().map(|d| d.date.to_string()))
        .bind(end_precision(term.end))
        .bind(term.cut.map(Timestamp::as_millisecond))
        .bind(term.reason.map(|r| word(&r)))
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Sets what is kept beside a new posting: the entry that began it, whether it overlaps, its note.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_posting_start(
        &mut self,
        id: PostingId,
        leaf: u64,
        overlap: bool,
        note: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE posting SET start_leaf = $2, overlap = $3, note = $4 WHERE id = $1")
            .bind(id.0)
            .bind(position(leaf)?)
            .bind(overlap)
            .bind(note)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Postings of one person with what is kept beside them, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_postings_of(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<KeptPosting>, StoreError> {
        sqlx::query("SELECT * FROM posting WHERE person = $1 ORDER BY start_day, id")
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(kept)
            .collect()
    }

    /// Postings in one office with what is kept beside them, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_postings_in(
        &mut self,
        office: OfficeId,
    ) -> Result<Vec<KeptPosting>, StoreError> {
        sqlx::query("SELECT * FROM posting WHERE office = $1 ORDER BY start_day, id")
            .bind(office.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(kept)
            .collect()
    }

    /// Postings of one person with handles, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn named_postings_of(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<NamedPosting>, StoreError> {
        sqlx::query(named!("WHERE posting.person = $1 ORDER BY posting.start_day, posting.id"))
            .bind(person.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(named)
            .collect()
    }

    /// Postings in one office with handles, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn named_postings_in(
        &mut self,
        office: OfficeId,
    ) -> Result<Vec<NamedPosting>, StoreError> {
        sqlx::query(named!("WHERE posting.office = $1 ORDER BY posting.start_day, posting.id"))
            .bind(office.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(named)
            .collect()
    }

    /// Postings in the offices that a paper is addressed to, by person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_addressed(
        &mut self,
        paper: PaperId,
    ) -> Result<Vec<NamedPosting>, StoreError> {
        sqlx::query(named!(
            "WHERE posting.office IN (SELECT office FROM distribution WHERE paper = $1)
             ORDER BY posting.person, posting.start_day, posting.id"
        ))
        .bind(paper.0)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(named)
        .collect()
    }

    /// All postings with handles, by office and start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn named_postings(&mut self) -> Result<Vec<NamedPosting>, StoreError> {
        sqlx::query(named!("ORDER BY posting.office, posting.start_day, posting.id"))
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(named)
            .collect()
    }

    /// Postings of one person, by start: what rules are asked about. Where it is acted through a token of this
    /// person, those in its office alone ([`crate::acting`]).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_of(&mut self, person: PersonId) -> Result<Vec<PostingRow>, StoreError> {
        let through = self.through().filter(|through| through.person == person);
        let only = through.map(|through| through.office);
        let all = self.kept_postings_of(person).await?.into_iter().map(|kept| kept.posting);
        Ok(all.filter(|posting| only.is_none_or(|office| *posting.office() == office)).collect())
    }

    /// Postings in one office, by start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postings_in(&mut self, office: OfficeId) -> Result<Vec<PostingRow>, StoreError> {
        Ok(self.kept_postings_in(office).await?.into_iter().map(|kept| kept.posting).collect())
    }

    /// Number of postings.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_postings(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM posting").fetch_one(&mut *self.inner).await?)
    }
}

fn end_precision(end: End) -> Option<String> {
    match end {
        End::Open => None,
        End::Unknown => Some(UNKNOWN.to_owned()),
        End::On(day) => Some(word(&day.precision)),
    }
}

fn named(row: &SqliteRow) -> Result<NamedPosting, StoreError> {
    Ok(NamedPosting {
        kept: kept(row)?,
        person: handle(row, "person_handle")?,
        office: handle(row, "office_handle")?,
    })
}

fn kept(row: &SqliteRow) -> Result<KeptPosting, StoreError> {
    let leaf = |name: &str| -> Result<Option<u64>, StoreError> {
        let leaf: Option<i64> = row.try_get(name)?;
        Ok(leaf.and_then(|leaf| u64::try_from(leaf).ok()))
    };
    Ok(KeptPosting {
        id: PostingId(row.try_get("id")?),
        posting: posting(row)?,
        overlap: row.try_get("overlap")?,
        note: row.try_get("note")?,
        start_leaf: leaf("start_leaf")?,
        end_leaf: leaf("end_leaf")?,
    })
}

pub(crate) fn posting(row: &SqliteRow) -> Result<PostingRow, StoreError> {
    let text = |name: &str| -> Result<Option<String>, StoreError> { Ok(row.try_get(name)?) };
    let date = |name: &str| -> Result<Option<Date>, StoreError> {
        let parsed = text(name)?.map(|t| t.parse().map_err(|e| damaged(&e)));
        parsed.transpose()
    };
    let day = |day: &str, precision: &str| -> Result<Option<Day>, StoreError> {
        let Some(date) = date(day)? else { return Ok(None) };
        let precision = text(precision)?.map_or(Ok(Precision::Day), |p| parse(&p))?;
        Ok(Some(Day { date, precision }))
    };
    let end = match text("end_precision")?.as_deref() {
        Some(UNKNOWN) => End::Unknown,
        _ => day("end_day", "end_precision")?.map_or(End::Open, End::On),
    };
    let cut: Option<i64> = row.try_get("cut")?;
    let planned_end = text("planned_end")?;
    let term = Term {
        planned_start: day("planned_start", "planned_start_precision")?,
        start: day("start_day", "start_precision")?,
        planned_end: planned_end.map(|t| t.parse().map_err(|e| damaged(&e))).transpose()?,
        end,
        cut: cut.map(Timestamp::from_millisecond).transpose().map_err(|e| damaged(&e))?,
        reason: text("reason")?.map(|r| parse(&r)).transpose()?,
    };
    let capacity: String = row.try_get("capacity")?;
    let capacity: Capacity = parse(&capacity)?;
    let person = PersonId(row.try_get("person")?);
    let office = OfficeId(row.try_get("office")?);
    Posting::new(person, office, capacity, term).map_err(|e| damaged(&e))
}

fn damaged(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}
