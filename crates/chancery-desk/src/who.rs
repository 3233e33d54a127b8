//! Who could read a paper on a day, and who did.
//!
//! The rules decide over the distribution, the postings, the clearances and the labels of that day, under the
//! policy in force now; the readings come from the record.

use chancery_domain::{Capacity, Handle, PaperState, rules};
use chancery_store::{PaperRow, PostingRow};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use serde_json::Value;

use crate::papers::reference;
use crate::{Archive, DeskError};

/// Who could read a paper, and who did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperReaders {
    /// The paper.
    pub paper: String,
    /// The day asked about.
    pub day: Date,
    /// Who could have opened a copy at some instant of that day.
    pub entitled: Vec<EntitledReader>,
    /// Who is counted although no access was given: a day of the posting is not known exactly, access
    /// was cut, or the paper was under embargo.
    pub in_doubt: Vec<Handle>,
    /// Openings: on that day if one was asked for, else all.
    pub readings: Vec<PastReading>,
}

/// A person who may read, and through which office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntitledReader {
    /// Who.
    pub person: Handle,
    /// Through which office.
    pub office: Handle,
    /// In what capacity it is held.
    pub capacity: Capacity,
}

/// One opening of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastReading {
    /// Who.
    pub person: Handle,
    /// Through which office.
    pub office: Handle,
    /// When.
    pub at: Timestamp,
    /// In which form, as the record has it.
    pub format: String,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// Who could read a paper on `day` (today when not given), and who did (ever, when no day is given).
    ///
    /// # Errors
    /// When there is no such paper, or an entry is not what its leaf commits to.
    pub async fn paper_readers(
        &self,
        paper: &str,
        day: Option<Date>,
    ) -> Result<PaperReaders, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let on = day.unwrap_or_else(|| self.today());
        let (mut entitled, mut in_doubt) = (Vec::new(), Vec::new());
        let out = row.state == PaperState::Released && row.released.is_some_and(|r| r <= on);
        if out {
            let mut gathered = self.gather(&mut tx, &row).await?;
            let instants = instants(&row, on)?;
            let of_day = (midnight(on)?, midnight(on.saturating_add(1.day()))?);
            let labels = self.labels_then(gathered.policy(), &row, of_day)?;
            let all = tx.postings_addressed(row.id).await?;
            for held in all.chunk_by(|a, b| a.kept.posting.person() == b.kept.posting.person()) {
                let Some(first) = held.first() else { continue };
                let postings: Vec<PostingRow> =
                    held.iter().map(|named| named.kept.posting.clone()).collect();
                let person = *first.kept.posting.person();
                let readers = self.readers_then(&mut tx, gathered.policy(), person, of_day).await?;
                let mut granted = None;
                for (label, reader) in
                    labels.iter().flat_map(|l| readers.iter().map(move |r| (l, r)))
                {
                    gathered.under(label.clone());
                    granted = granted.or_else(|| {
                        instants.iter().find_map(|at| {
                            let read = rules::Act::Read;
                            let office = gathered
                                .decide(read, person, (&postings, reader), &row, *at)
                                .ok()?;
                            held.iter().find(|named| {
                                let posting = &named.kept.posting;
                                *posting.office() == office && posting.holds_at(*at)
                            })
                        })
                    });
                }
                if let Some(named) = granted {
                    entitled.push(EntitledReader {
                        person: named.person.clone(),
                        office: named.office.clone(),
                        capacity: named.kept.posting.capacity(),
                    });
                } else if postings.iter().any(|p| p.overlaps(on, on)) {
                    in_doubt.push(first.person.clone());
                }
            }
        }
        entitled.sort_by(|a, b| a.person.cmp(&b.person));
        in_doubt.sort();
        let (from, until) = match day {
            Some(day) => (midnight(day)?, midnight(day.saturating_add(1.day()))?),
            None => (Timestamp::MIN, Timestamp::MAX),
        };
        let mut readings = Vec::new();
        for entered in tx.entered_readings(row.id, from, until).await? {
            let (body, _) = self.open_leaf(&entered.entry)?;
            let format = body.fields.get("format").and_then(Value::as_str).unwrap_or_default();
            readings.push(PastReading {
                person: entered.person,
                office: entered.office,
                at: entered.reading.at,
                format: format.to_owned(),
                leaf: entered.reading.leaf,
            });
        }
        Ok(PaperReaders { paper: reference(row.id), day: on, entitled, in_doubt, readings })
    }
}

/// The instants of `day` at which somebody can begin to be able to read: postings of a day run from its
/// beginning to a cut or to its end, and what an embargo forbids begins when it lifts. Whoever may read at
/// any instant of the day may read at one of these.
fn instants(paper: &PaperRow, day: Date) -> Result<Vec<Timestamp>, DeskError> {
    let from = midnight(day)?;
    let until = midnight(day.saturating_add(1.day()))?;
    let lifts = paper.lifts.filter(|lifts| (from..until).contains(lifts));
    Ok([from].into_iter().chain(lifts).collect())
}

/// The beginning of a day in UTC.
fn midnight(day: Date) -> Result<Timestamp, DeskError> {
    let at = jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0));
    at.map_err(|_| DeskError::Input(format!("{day} is too far away; give a day before 9999-12-30")))
}
