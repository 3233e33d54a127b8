//! Postings: beginning, ending, looking back; vacancies and handovers. Imports are in `terms`.

use chancery_domain::{
    Capacity, Care, Day, End, EndReason, Gaps, Handle, Handover, Posting, PostingError, Term, care,
    handovers, most_at_once,
};
use chancery_store::{KeptPosting, NamedPosting, PostingId, PostingRow};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::ledger::Act;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Kinds of offices that are missions to a country: their chiefs are counted in handovers.
pub const MISSIONS: [&str; 2] = ["country-chief", "embassy"];

/// Kind of the entry that begins a posting.
pub(crate) const STARTED: &str = "posting.started";
/// Kind of the entry that ends one.
pub(crate) const ENDED: &str = "posting.ended";

/// A posting in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedPosting {
    /// Who.
    pub person: Handle,
    /// Where.
    pub office: Handle,
    /// In what capacity.
    pub capacity: Capacity,
    /// From when to when.
    #[serde(flatten)]
    pub term: Term,
    /// Begun although all seats of the office were taken.
    pub overlap: bool,
    /// What the source says in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An office on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficeOn {
    /// Which.
    pub office: Handle,
    /// When.
    pub day: Date,
    /// In whose care it is; vacant unless that is its holder.
    pub care: Care,
    /// Who certainly holds it.
    pub holders: Vec<ListedPosting>,
    /// Who may have held it: a day is not known exactly.
    pub in_doubt: Vec<ListedPosting>,
}

/// An office without a holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vacancy {
    /// Which.
    pub office: Handle,
    /// In whose care it is meanwhile.
    pub care: Care,
    /// Who that is.
    pub by: Vec<Handle>,
    /// The last day on which a holder left before that day, if one is known.
    pub since: Option<Day>,
    /// Whether somebody may be its holder: a day is not known exactly.
    pub in_doubt: bool,
}

/// Handovers of chiefs of mission.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handovers {
    /// First year in which a predecessor took up office.
    pub since: Option<i16>,
    /// Their gaps in days; nothing where there are none.
    pub gaps: Option<Gaps>,
    /// Those at which two held the office at once.
    pub overlaps: Vec<Overlap>,
}

/// Two chiefs at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// Where.
    pub office: Handle,
    /// Who left.
    pub from: Handle,
    /// Who followed.
    pub to: Handle,
    /// First day of who followed.
    pub taken: Date,
    /// First day without who left.
    pub vacated: Date,
}

/// What is kept beside a new posting.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside<'a> {
    /// Where it was imported from.
    pub(crate) source: Option<&'a str>,
    /// Whether it begins although all seats are taken.
    pub(crate) overlap: bool,
    /// What the source says in words.
    pub(crate) note: Option<&'a str>,
}

impl Archive {
    /// Posts a person to an office. Beyond the seats of the office only when `overlap` is allowed; that
    /// it was is recorded.
    ///
    /// # Errors
    /// When either is unknown, the posting cannot be as given, or all seats are taken.
    pub async fn start_posting(
        &self,
        person: &Handle,
        office: &Handle,
        capacity: Capacity,
        term: Term,
        overlap: bool,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, person).await?;
        let id = known_office(&mut act.tx, office).await?;
        let posting = Posting::new(person, id, capacity, term).map_err(impossible)?;
        let beyond = act.beyond_seats(&posting).await?;
        if let Some(seats) = beyond.filter(|_| !overlap) {
            return Err(DeskError::Procedure(format!(
                "{office} has {seats} seat(s), all taken on a day of this posting; end the other posting first, or say --overlap"
            )));
        }
        let beside = Beside { overlap: beyond.is_some(), ..Beside::default() };
        act.begin_posting(&posting, beside).await?;
        act.commit().await
    }

    /// Ends the open posting of a person in an office; `end` is the first day without access, `cut` the
    /// instant in the day before it at which access ends at once.
    ///
    /// # Errors
    /// When there is no open posting that can end then.
    pub async fn end_posting(
        &self,
        person: &Handle,
        office: &Handle,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let p = known_person(&mut act.tx, person).await?;
        let o = known_office(&mut act.tx, office).await?;
        let kept = act.tx.kept_postings_of(p).await?;
        let open = kept.iter().rfind(|k| *k.posting.office() == o && k.posting.end() == End::Open);
        let open = open.ok_or_else(|| {
            DeskError::Input(format!(
                "{person} has no open posting in {office}; see: chancery posting history {person}"
            ))
        })?;
        act.end_posting(open, end, cut, reason).await?;
        act.commit().await
    }

    /// Every posting of a person or in an office, by start. A handle that names both gives both.
    ///
    /// # Errors
    /// When there is neither.
    pub async fn posting_history(&self, handle: &Handle) -> Result<Vec<ListedPosting>, DeskError> {
        let mut tx = self.store.begin().await?;
        let (person, office) = (tx.person(handle).await?, tx.office(handle).await?);
        if person.is_none() && office.is_none() {
            return Err(DeskError::Unknown {
                what: "person or office",
                name: handle.to_string(),
                hint: "; see: chancery person list, chancery office list",
            });
        }
        let mut rows = Vec::new();
        if let Some(person) = person {
            rows.extend(tx.named_postings_of(person).await?);
        }
        if let Some(office) = office {
            rows.extend(tx.named_postings_in(office).await?);
        }
        rows.into_iter().map(|row| self.listed(row)).collect()
    }

    /// Who holds an office on a day, who may, and whether it is vacant.
    ///
    /// # Errors
    /// When there is no such office.
    pub async fn office_on(&self, office: &Handle, day: Date) -> Result<OfficeOn, DeskError> {
        let mut tx = self.store.begin().await?;
        let id = known_office(&mut tx, office).await?;
        let rows = tx.named_postings_in(id).await?;
        let care = care(rows.iter().map(|row| &row.kept.posting), day);
        let (mut holders, mut in_doubt) = (Vec::new(), Vec::new());
        for row in rows {
            let posting = &row.kept.posting;
            if posting.holds_on(day) {
                holders.push(self.listed(row)?);
            } else if posting.overlaps(day, day) {
                in_doubt.push(self.listed(row)?);
            }
        }
        Ok(OfficeOn { office: office.clone(), day, care, holders, in_doubt })
    }

    /// Offices that certainly have no holder on `day`, today when not given.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn vacancies(&self, day: Option<Date>) -> Result<Vec<Vacancy>, DeskError> {
        let day = day.unwrap_or_else(|| self.today());
        let mut tx = self.store.begin().await?;
        let rows = tx.named_postings().await?;
        let mut out = Vec::new();
        for (id, office, _) in tx.offices().await? {
            let from = rows.partition_point(|row| *row.kept.posting.office() < id);
            let until = rows.partition_point(|row| *row.kept.posting.office() <= id);
            let inside = rows.get(from..until).unwrap_or_default();
            let all = || inside.iter().map(|row| &row.kept.posting);
            let care = care(all(), day);
            if care == Care::Holder {
                continue;
            }
            let seated = || all().filter(|p| p.capacity() == Capacity::Substantive);
            let left = seated().filter_map(|p| p.end().day());
            let held = inside.iter().filter(|row| row.kept.posting.holds_on(day));
            out.push(Vacancy {
                office,
                care,
                by: held.map(|row| row.person.clone()).collect(),
                since: left.filter(|end| end.latest() <= day).max_by_key(|end| end.latest()),
                in_doubt: seated().any(|p| p.overlaps(day, day)),
            });
        }
        Ok(out)
    }

    /// Handovers of chiefs of missions to countries ([`MISSIONS`], [`handovers`]) whose predecessor took
    /// up office in the year `since` or later.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn handovers(&self, since: Option<i16>) -> Result<Handovers, DeskError> {
        let mut tx = self.store.begin().await?;
        let rows = tx.named_postings().await?;
        let (mut gaps, mut overlaps) = (Vec::new(), Vec::new());
        for inside in rows.chunk_by(|a, b| a.kept.posting.office() == b.kept.posting.office()) {
            let Some(first) = inside.first() else { continue };
            let id = *first.kept.posting.office();
            if !MISSIONS.contains(&self.office_details(&mut tx, id).await?.1.kind.as_str()) {
                continue;
            }
            let named = |posting: &PostingRow| {
                let row = inside.iter().find(|row| row.kept.posting == *posting);
                row.map_or_else(|| first.person.clone(), |row| row.person.clone())
            };
            let mut by_id: Vec<_> = inside.iter().collect();
            by_id.sort_by_key(|row| row.kept.id);
            let all = handovers(by_id.into_iter().map(|row| &row.kept.posting));
            let late = |h: &&Handover<'_, _, _>| since.is_none_or(|year| h.began.year() >= year);
            for handover in all.iter().filter(late) {
                gaps.push(handover.gap());
                if handover.gap() < 0 {
                    overlaps.push(Overlap {
                        office: first.office.clone(),
                        from: named(handover.from),
                        to: named(handover.to),
                        taken: handover.taken,
                        vacated: handover.vacated,
                    });
                }
            }
        }
        overlaps.sort_by(|a, b| a.office.cmp(&b.office).then(a.taken.cmp(&b.taken)));
        Ok(Handovers { since, gaps: Gaps::of(gaps), overlaps })
    }

    /// A posting as it is listed, with its note opened.
    pub(crate) fn listed(&self, row: NamedPosting) -> Result<ListedPosting, DeskError> {
        let kept = row.kept;
        let note = kept.note.map(|note| self.open_note(kept.id, &note)).transpose()?;
        Ok(ListedPosting {
            person: row.person,
            office: row.office,
            capacity: kept.posting.capacity(),
            term: *kept.posting.term(),
            overlap: kept.overlap,
            note,
        })
    }

    fn open_note(&self, id: PostingId, sealed: &[u8]) -> Result<String, DeskError> {
        let row = id.0.to_string();
        let plain = open(&self.key, &Aad::new("posting", &row, "note", 0), sealed)?;
        String::from_utf8(plain.to_vec())
            .map_err(|_| DeskError::Archive("a note is damaged; restore a backup".into()))
    }
}

impl Act<'_> {
    /// The seats of the office, when `posting` would take more than there are.
    pub(crate) async fn beyond_seats(
        &mut self,
        posting: &PostingRow,
    ) -> Result<Option<u32>, DeskError> {
        let archive = self.archive;
        let (_, details) = archive.office_details(&mut self.tx, *posting.office()).await?;
        let Some(seats) = details.seats else { return Ok(None) };
        if posting.capacity() != Capacity::Substantive {
            return Ok(None);
        }
        let others = self.tx.postings_in(*posting.office()).await?;
        let taken = most_at_once(posting, &others);
        Ok((taken > usize::try_from(seats.get()).unwrap_or(usize::MAX)).then_some(seats.get()))
    }

    /// Adds a posting and its entry; `false` when its source was imported before.
    pub(crate) async fn posting(
        &mut self,
        posting: &PostingRow,
        source: Option<&str>,
    ) -> Result<bool, DeskError> {
        let beside = Beside { source, ..Beside::default() };
        Ok(self.begin_posting(posting, beside).await?.is_some())
    }

    /// Adds a posting and its entry; `None` when its source was imported before. The entry names person
    /// and office as they are called at that time.
    pub(crate) async fn begin_posting(
        &mut self,
        posting: &PostingRow,
        beside: Beside<'_>,
    ) -> Result<Option<PostingId>, DeskError> {
        let archive = self.archive;
        let Some(id) = self.tx.add_posting(posting, beside.source).await? else { return Ok(None) };
        let (person, details) = archive.person_details(&mut self.tx, *posting.person()).await?;
        let (office, place) = archive.office_details(&mut self.tx, *posting.office()).await?;
        let fields = [
            ("posting", json!(id)),
            ("person", json!(person)),
            ("name", json!(details.name)),
            ("office", json!(office)),
            ("title", json!(place.title)),
            ("capacity", json!(posting.capacity())),
            ("term", json!(posting.term())),
            ("overlap", json!(beside.overlap)),
            ("note", json!(beside.note)),
        ];
        let leaf = self.enter(STARTED, fields).await?;
        let note = match beside.note {
            Some(note) => {
                let row = id.0.to_string();
                let aad = Aad::new("posting", &row, "note", 0);
                let nonce = Nonce::from_bytes(random());
                Some(seal(&archive.key, &aad, Padding::Field, note.as_bytes(), nonce)?)
            }
            None => None,
        };
        self.tx.set_posting_start(id, leaf, beside.overlap, note.as_deref()).await?;
        Ok(Some(id))
    }

    /// Ends a posting and enters it; an end that was fixed before is replaced.
    pub(crate) async fn end_posting(
        &mut self,
        kept: &KeptPosting,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
    ) -> Result<(), DeskError> {
        let ended = kept.posting.clone().ended(end, cut, reason).map_err(impossible)?;
        self.enter_end(kept.id, &ended).await?;
        // A deputy holds no longer than whom he stands in for.
        self.end_deputies(kept, ended.term()).await
    }

    /// Enters the end of a posting as it stands in `ended`.
    pub(crate) async fn enter_end(
        &mut self,
        id: PostingId,
        ended: &PostingRow,
    ) -> Result<(), DeskError> {
        let archive = self.archive;
        let (person, _) = archive.person_details(&mut self.tx, *ended.person()).await?;
        let (office, _) = archive.office_details(&mut self.tx, *ended.office()).await?;
        let fields = [
            ("posting", json!(id)),
            ("person", json!(person)),
            ("office", json!(office)),
            ("term", json!(ended.term())),
        ];
        let leaf = self.enter(ENDED, fields).await?;
        Ok(self.tx.set_posting_end(id, ended.term(), leaf).await?)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn impossible(error: PostingError) -> DeskError {
    DeskError::Input(error.to_string())
}
