//! Papers, their distribution and their sealed parts.

use chancery_domain::rules::utc_day;
use chancery_domain::{Addressed, PaperKind, PaperState, Serial};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::{leaf_of, position};
use crate::registry::{parse, word};
use crate::{OfficeId, PaperId, PersonId, StoreError, Tx};

/// A paper's row, without its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// Row id.
    pub id: PaperId,
    /// What sort of paper it is.
    pub kind: PaperKind,
    /// Where it stands.
    pub state: PaperState,
    /// The originating office.
    pub office: OfficeId,
    /// Who drafted it, if known.
    pub drafter: Option<PersonId>,
    /// Under embargo until then.
    pub lifts: Option<Timestamp>,
    /// Whether its recipients are hidden from one another.
    pub book: bool,
    /// Its number, given at release.
    pub serial: Option<Serial>,
    /// Day of release.
    pub released: Option<Date>,
    /// Instant of release; of papers of older editions the day's first.
    pub released_at: Option<Timestamp>,
    /// Position of the release in the record.
    pub release_leaf: Option<u64>,
    /// Sealed heading: subject, label, numbers.
    pub sealed: Vec<u8>,
    /// What the heading cannot be opened without; papers of older editions have none.
    pub lock: Option<Vec<u8>>,
}

/// Which sealed part of a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The draft with its markup and the drafter's choices.
    Draft,
    /// The frozen master.
    Master,
    /// The integer laws of its sites.
    Laws,
    /// What its pages are made with: typesetter, fonts, template, number of their sites.
    Page,
    /// Widths of its words as they are set, by which pictures are matched.
    Widths,
    /// Keyed hashes of its text, by which leaks are matched.
    Sketch,
    /// Keyed hashes of its words, by which its readers find it.
    Terms,
    /// What opens its runs one by one, for a redacted public version.
    Runs,
    /// The wrapped data key of the paper.
    Key,
    /// The random value that makes the paper's marks its own.
    Nonce,
}

impl Part {
    /// The part's name in the database and in the authenticated data of its seal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Master => "master",
            Self::Laws => "laws",
            Self::Page => "page",
            Self::Widths => "widths",
            Self::Sketch => "sketch",
            Self::Terms => "terms",
            Self::Runs => "runs",
            Self::Key => "key",
            Self::Nonce => "nonce",
        }
    }
}

impl Tx {
    /// The id that the next paper will have. Seals are bound to it, so it is known before the row is
    /// written; the transaction keeps others from taking it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_paper(&mut self) -> Result<PaperId, StoreError> {
        Ok(PaperId(
            sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM paper")
                .fetch_one(&mut *self.inner)
                .await?,
        ))
    }

    /// Adds a draft; `source` is a keyed hash of its id in an imported file. `false` when a paper with
    /// that source is there already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_paper(
        &mut self,
        paper: PaperId,
        office: OfficeId,
        source: Option<&[u8]>,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO paper (id, state, office, source, sealed)
             VALUES ($1, 'draft', $2, $3, $4) ON CONFLICT (source) DO NOTHING",
        )
        .bind(paper.0)
        .bind(office.0)
        .bind(source)
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Marks a draft as released at `at` by the record's entry `leaf`, for itself and in the lists of the
    /// offices it goes to; `false` when it is released already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_released(
        &mut self,
        paper: PaperId,
        at: Timestamp,
        leaf: u64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE paper SET state = 'released', released = $2, released_at = $3, release_leaf = $4
             WHERE id = $1 AND state <> 'released'",
        )
        .bind(paper.0)
        .bind(utc_day(at).to_string())
        .bind(at.as_millisecond())
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        sqlx::query("UPDATE distribution SET released_at = $2 WHERE paper = $1")
            .bind(paper.0)
            .bind(at.as_millisecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// One paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paper(&mut self, id: PaperId) -> Result<Option<PaperRow>, StoreError> {
        sqlx::query("SELECT * FROM paper WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .as_ref()
            .map(paper)
            .transpose()
    }

    /// The paper imported under this source hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paper_of_source(&mut self, source: &[u8]) -> Result<Option<PaperId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM paper WHERE source = $1")
            .bind(source)
            .fetch_optional(&mut *self.inner)
            .await?
            .map(PaperId))
    }

    /// All papers by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn papers(&mut self) -> Result<Vec<PaperRow>, StoreError> {
        sqlx::query("SELECT * FROM paper ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(paper)
            .collect()
    }

    /// Adds an office to a paper's distribution.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn distribute(
        &mut self,
        paper: PaperId,
        office: OfficeId,
        addressed: Addressed,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO distribution (paper, office, addressed) VALUES ($1, $2, $3)
             ON CONFLICT (paper, office) DO NOTHING",
        )
        .bind(paper.0)
        .bind(office.0)
        .bind(word(&addressed))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A paper's distribution, by office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn distribution(
        &mut self,
        paper: PaperId,
    ) -> Result<Vec<(OfficeId, Addressed)>, StoreError> {
        sqlx::query("SELECT office, addressed FROM distribution WHERE paper = $1 ORDER BY office")
            .bind(paper.0)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let addressed: String = row.try_get("addressed")?;
                Ok((OfficeId(row.try_get("office")?), parse(&addressed)?))
            })
            .collect()
    }

    /// Keeps a sealed part of a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_part(
        &mut self,
        paper: PaperId,
        part: Part,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO part (paper, name, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (paper, name) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(paper.0)
        .bind(part.name())
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A sealed part of a paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn part(
        &mut self,
        paper: PaperId,
        part: Part,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM part WHERE paper = $1 AND name = $2")
            .bind(paper.0)
            .bind(part.name())
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// One sealed part of every paper that has it, by paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn parts(&mut self, part: Part) -> Result<Vec<(PaperId, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT paper, sealed FROM part WHERE name = $1 ORDER BY paper")
            .bind(part.name())
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| Ok((PaperId(row.try_get("paper")?), row.try_get("sealed")?)))
            .collect()
    }
}

pub(crate) fn paper(row: &SqliteRow) -> Result<PaperRow, StoreError> {
    let state: String = row.try_get("state")?;
    let released: Option<String> = row.try_get("released")?;
    let leaf: Option<i64> = row.try_get("release_leaf")?;
    let kind: String = row.try_get("kind")?;
    Ok(PaperRow {
        id: PaperId(row.try_get("id")?),
        kind: parse(&kind)?,
        state: parse(&state)?,
        office: OfficeId(row.try_get("office")?),
        drafter: row.try_get::<Option<i64>, _>("drafter")?.map(PersonId),
        lifts: row.try_get::<Option<i64>, _>("lifts")?.map(instant).transpose()?,
        book: row.try_get("book")?,
        serial: serial(row)?,
        released_at: row.try_get::<Option<i64>, _>("released_at")?.map(instant).transpose()?,
        released: released
            .map(|d| d.parse().map_err(|e| StoreError::Damaged(format!("{e}"))))
            .transpose()?,
        release_leaf: leaf.map(leaf_of).transpose()?,
        sealed: row.try_get("sealed")?,
        lock: row.try_get("lock")?,
    })
}

fn serial(row: &SqliteRow) -> Result<Option<Serial>, StoreError> {
    let (year, number): (Option<i64>, Option<i64>) =
        (row.try_get("serial_year")?, row.try_get("serial")?);
    let (Some(year), Some(number)) = (year, number) else { return Ok(None) };
    match (i16::try_from(year), u32::try_from(number)) {
        (Ok(year), Ok(number)) => Ok(Some(Serial { year, number })),
        _ => Err(StoreError::Damaged(format!("serial {number} of {year} out of range"))),
    }
}
