//! Importing postings of real services: persons, offices and terms, with what is unknown kept so.
//!
//! # When a term without an end still runs
//! A source that names no end leaves two cases: the term runs, or it ended and nobody wrote down when. It
//! runs only if it can: it was taken up on a known day, no later chief has taken up the same office, no
//! note says that it was never served, and it began at most [`LONGEST_TERM`] years before the newest day
//! in the file. Every other term has ended on an unknown day: it gives no access, and it is counted.

use std::collections::BTreeMap;

use chancery_domain::{Capacity, Day, End, Handle, MAX_HANDLE, Posting, Precision, Term};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::postings::Beside;
use crate::registry::{OfficeDetails, PersonDetails, known_office, known_person};
use crate::{Archive, DeskError, Imported};

/// No completed term since 1945 in the public list of a large service lasted longer, in years.
pub const LONGEST_TERM: i16 = 12;
/// Terms taken in at once.
const BATCH: usize = 500;
/// Words of a note on a term that was never served.
const NEVER_SERVED: [&str; 6] = [
    "did not serve",
    "never served",
    "did not proceed",
    "did not present credentials",
    "declined",
    "not commissioned",
];

/// One term of a postings file; unknown fields are left alone.
#[derive(Clone, Debug, Deserialize)]
pub struct PostingRecord {
    /// Id in the file; some stand twice, for two terms.
    pub id: String,
    /// Key of the person.
    pub person: String,
    /// Name; the key stands for it where there is none.
    #[serde(default)]
    pub name: Option<String>,
    /// Sort of office.
    pub kind: String,
    /// Key of the role.
    pub role: String,
    /// Title of the role.
    #[serde(default)]
    pub role_title: Option<String>,
    /// Country, organisation or position.
    pub post: String,
    /// Day of appointment.
    #[serde(default)]
    pub appointed: Option<DatedEvent>,
    /// Day of arrival.
    #[serde(default)]
    pub arrived: Option<DatedEvent>,
    /// Credentials presented or entry on duty.
    #[serde(default)]
    pub started: Option<DatedEvent>,
    /// End of the term.
    #[serde(default)]
    pub ended: Option<DatedEvent>,
    /// What else the source says.
    #[serde(default)]
    pub note: Option<String>,
}

/// A date with its precision.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DatedEvent {
    /// ISO date, or null where only a note exists.
    #[serde(default)]
    pub date: Option<String>,
    /// `day`, `month`, `year` or `text`.
    #[serde(default)]
    pub precision: Option<String>,
    /// What the source says of it.
    #[serde(default)]
    pub note: Option<String>,
}

impl DatedEvent {
    /// The day, when it is one; what is no day is unknown.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        let day: Day = self.date.as_deref()?.parse().ok()?;
        match self.precision.as_deref() {
            Some("month") if day.precision == Precision::Day => {
                Some(Day { precision: Precision::Month, ..day })
            }
            Some("year") => Some(Day { precision: Precision::Year, ..day }),
            Some("day" | "month") | None => Some(day),
            Some(_) => None,
        }
    }
}

impl PostingRecord {
    /// Day on which the office was taken up: credentials or entry on duty, else arrival.
    fn taken_up(&self) -> Option<Day> {
        let day = |event: &Option<DatedEvent>| event.as_ref().and_then(DatedEvent::day);
        day(&self.started).or_else(|| day(&self.arrived))
    }

    fn capacity(&self) -> Capacity {
        let temporary = self.role.ends_with("-ad-interim") || self.role.ends_with("-pro-tem");
        match temporary {
            true if self.role.starts_with("charge-daffaires") => Capacity::Charge,
            true => Capacity::Acting,
            false if self.role.starts_with("acting-") => Capacity::Acting,
            false => Capacity::Substantive,
        }
    }

    /// The key of the office: who acts ad interim acts in the office of the holder.
    fn office(&self) -> Result<Handle, DeskError> {
        match self.kind.as_str() {
            "principal-officer" => {
                handle(self.post.strip_suffix("-ad-interim").unwrap_or(&self.post))
            }
            _ => handle(&format!("chief-of-mission-{}", self.post)),
        }
    }

    fn office_details(&self) -> OfficeDetails {
        let kind = self.kind.clone();
        if kind == "principal-officer" {
            let title = self.role_title.as_deref().unwrap_or(&self.role);
            let title = title.strip_suffix(" ad interim").unwrap_or(title).to_owned();
            return OfficeDetails { title, kind, ..OfficeDetails::default() };
        }
        let title = format!("Chief of mission, {}", self.post);
        OfficeDetails { title, kind, host: Some(self.post.clone()), ..OfficeDetails::default() }
    }

    fn never_served(&self) -> bool {
        let events = [&self.appointed, &self.arrived, &self.started, &self.ended];
        let notes = events.into_iter().flatten().filter_map(|event| event.note.as_ref());
        notes.chain(&self.note).any(|note| {
            let note = note.to_lowercase();
            NEVER_SERVED.iter().any(|words| note.contains(words))
        })
    }

    /// All notes of the record, and dates that are no days.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.note.iter().cloned().collect();
        let events = [
            ("appointed", &self.appointed),
            ("arrived", &self.arrived),
            ("started", &self.started),
            ("ended", &self.ended),
        ];
        for (name, event) in events {
            let Some(event) = event else { continue };
            words.extend(event.note.iter().map(|note| format!("{name}: {note}")));
            if event.day().is_none() {
                words.extend(event.date.iter().map(|date| format!("{name}: “{date}”")));
            }
        }
        words
    }
}

/// What all records of a file say together.
struct Source {
    /// The newest day in the file.
    newest: Option<Date>,
    /// The last day on which somebody took up each office, other than acting.
    last: BTreeMap<Handle, Date>,
}

impl Source {
    fn of(records: &[PostingRecord]) -> Result<Self, DeskError> {
        let mut source = Self { newest: None, last: BTreeMap::new() };
        for record in records {
            let events = [&record.appointed, &record.arrived, &record.started, &record.ended];
            let days = events.into_iter().flatten().filter_map(DatedEvent::day);
            source.newest = source.newest.max(days.map(Day::earliest).max());
            if let Some(start) = record.taken_up().filter(|_| record.capacity() != Capacity::Acting)
            {
                let last = source.last.entry(record.office()?).or_insert_with(|| start.earliest());
                *last = start.earliest().max(*last);
            }
        }
        Ok(source)
    }

    /// How a term ends: see the head of this module.
    fn end(&self, record: &PostingRecord, office: &Handle) -> End {
        if let Some(end) = record.ended.as_ref().and_then(DatedEvent::day) {
            return End::On(end);
        }
        let Some(start) = record.taken_up() else { return End::Unknown };
        let followed = self.last.get(office).is_some_and(|last| *last > start.latest());
        let long_ago = self
            .newest
            .is_some_and(|newest| start.latest() < newest.saturating_sub(LONGEST_TERM.years()));
        if followed || long_ago || record.never_served() { End::Unknown } else { End::Open }
    }
}

impl Archive {
    /// Imports postings of a real service. Terms imported before from the same place in the same file
    /// are left as they are.
    ///
    /// The day of appointment is the planned start; credentials, entry on duty or else arrival are the
    /// start. A term that would end before it starts is kept with both unknown and a note.
    ///
    /// # Errors
    /// When `who` does not keep the house, or a key cannot be a short name (with the record's id).
    pub async fn import_postings(
        &self,
        records: &[PostingRecord],
        who: Option<&Handle>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Imported, DeskError> {
        let source = Source::of(records)?;
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        let mut report = Imported::default();
        let mut done = 0;
        for batch in records.chunks(BATCH) {
            let mut act = self.act().await?;
            let officer = act.may_register(who).await?;
            for record in batch {
                let named = handle(&record.person)?;
                let person = match act.tx.person(&named).await? {
                    Some(id) => id,
                    None => {
                        let name = record.name.clone().unwrap_or_else(|| record.person.clone());
                        let details = PersonDetails { name, ..PersonDetails::default() };
                        act.person(&named, &details, officer).await?;
                        known_person(&mut act.tx, &named).await?
                    }
                };
                let key = record.office()?;
                let office = match act.tx.office(&key).await? {
                    Some(id) => id,
                    None => {
                        act.office(&key, &record.office_details(), officer).await?;
                        known_office(&mut act.tx, &key).await?
                    }
                };
                let term = Term {
                    planned_start: record.appointed.as_ref().and_then(DatedEvent::day),
                    start: record.taken_up(),
                    end: source.end(record, &key),
                    ..Term::default()
                };
                let capacity = record.capacity();
                let mut words = record.words();
                let posting = Posting::new(person, office, capacity, term).or_else(|error| {
                    words.push(format!("as the source has it, {error}"));
                    let unknown = Term { start: None, end: End::Unknown, ..term };
                    Posting::new(person, office, capacity, unknown)
                });
                let posting =
                    posting.map_err(|e| DeskError::Input(format!("{}: {e}", record.id)))?;
                let key = place(record, &mut times);
                let note = (!words.is_empty()).then(|| words.join(" "));
                let note = note.as_deref();
                let beside = Beside { source: Some(&key), note, officer, ..Beside::default() };
                match act.begin_posting(&posting, beside).await? {
                    Some(_) => report.added += 1,
                    None => report.skipped += 1,
                }
                done += 1;
                progress(done, records.len());
            }
            act.commit().await?;
        }
        Ok(report)
    }
}

/// Where a term stands in its file: an id that stands twice is two terms, counted in their order.
fn place(record: &PostingRecord, times: &mut BTreeMap<String, u32>) -> String {
    let key = format!("{}/{}/{}", record.id, record.post, record.role);
    let time = times.entry(key.clone()).or_insert(0);
    *time = time.saturating_add(1);
    if *time == 1 { key } else { format!("{key}#{time}") }
}

/// A handle from a foreign key: what does not fit is left out.
fn handle(key: &str) -> Result<Handle, DeskError> {
    let plain: String = key
        .to_lowercase()
        .chars()
        .map(|c| if c == ' ' { '-' } else { c })
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_'))
        .take(MAX_HANDLE)
        .collect();
    plain.parse().map_err(|e| DeskError::Input(format!("{key}: {e}")))
}
