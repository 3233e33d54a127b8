//! Postings: beginning, ending, looking back; vacancies and handovers. Imports are in `terms`.

use chancery_domain::tenure::{Effective, may_enter_end};
use chancery_domain::{
    Capacity, Care, Day, End, EndReason, Gaps, Handle, Handover, Posting, PostingError, Term, care,
    handovers, most_at_once, rules,
};
use chancery_store::{KeptPosting, NamedPosting, OfficeId, PersonId, PostingId, PostingRow};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::ledger::Act;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::tenure::{calendar, refused};
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
    /// Who that was.
    pub last: Option<Handle>,
    /// Why that tenure ended.
    pub reason: Option<EndReason>,
    /// Who takes the office up later, and when, if somebody is posted already.
    pub next: Option<(Handle, Day)>,
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
    /// Who posts, if somebody is named.
    pub(crate) officer: Option<PersonId>,
}

impl Archive {
    /// Posts a person to an office. Beyond the seats of the office only when `overlap` is allowed; that
    /// it was is recorded.
    ///
    /// # Errors
    /// When either is unknown, `who` may not, the posting cannot be as given, or all seats are taken.
    pub async fn start_posting(
        &self,
        person: &Handle,
        office: &Handle,
        capacity: Capacity,
        term: Term,
        overlap: bool,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, person).await?;
        let id = known_office(&mut act.tx, office).await?;
        let officer = act.may_post(id, who).await?;
        let posting = Posting::new(person, id, capacity, term).map_err(impossible)?;
        act.seat(&posting, office, overlap, officer).await?;
        act.commit().await
    }

    /// Ends the open posting of a person in an office; `end` is the first day without access, `cut` the
    /// instant in the day before it at which access ends at once. An end today is a cut now.
    ///
    /// # Errors
    /// When `who` may not, there is no open posting that can end then, or the end takes a letter.
    pub async fn end_posting(
        &self,
        person: &Handle,
        office: &Handle,
        end: Day,
        cut: Option<Timestamp>,
        reason: EndReason,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let p = known_person(&mut act.tx, person).await?;
        let o = known_office(&mut act.tx, office).await?;
        let officer = act.may_post(o, who).await?;
        act.end_open_posting((p, o), (end, cut), reason, officer).await?;
        act.commit().await
    }

    /// Hands an office from one person to another in one act: the one posting ends with the beginning of
    /// a day, the other begins with it.
    ///
    /// # Errors
    /// When `who` may not, or either half is not possible; then nothing is changed.
    pub async fn succeed(
        &self,
        office: &Handle,
        from: &Handle,
        to: &Handle,
        day: Date,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let o = known_office(&mut act.tx, office).await?;
        let leaver = known_person(&mut act.tx, from).await?;
        let successor = known_person(&mut act.tx, to).await?;
        let officer = act.may_post(o, Some(who)).await?;
        if leaver == successor {
            return Err(DeskError::Input(format!(
                "{from} cannot follow himself; name another person"
            )));
        }
        let end = (Day::exact(day), None);
        act.end_open_posting((leaver, o), end, EndReason::Transfer, officer).await?;
        let substantive = Capacity::Substantive;
        let posting =
            Posting::new(successor, o, substantive, Term::from(day)).map_err(impossible)?;
        act.seat(&posting, office, false, officer).await?;
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

    /// Offices, or the one named, that certainly have no holder on `day`, or now when no day is given: then
    /// whoever was cut today has left.
    ///
    /// # Errors
    /// When there is no such office.
    pub async fn vacancies(
        &self,
        office: Option<&Handle>,
        day: Option<Date>,
    ) -> Result<Vec<Vacancy>, DeskError> {
        let mut tx = self.store.begin().await?;
        let only = match office {
            Some(office) => Some(known_office(&mut tx, office).await?),
            None => None,
        };
        let now = self.now_in(&mut tx).await?;
        let on = day.unwrap_or_else(|| rules::utc_day(now));
        let cut = |p: &PostingRow| day.is_none() && p.term().cut.is_some_and(|cut| cut <= now);
        let rows = tx.named_postings().await?;
        let mut out = Vec::new();
        for (id, office, _) in tx.offices().await? {
            if only.is_some_and(|only| only != id) {
                continue;
            }
            let from = rows.partition_point(|row| *row.kept.posting.office() < id);
            let until = rows.partition_point(|row| *row.kept.posting.office() <= id);
            let inside = rows.get(from..until).unwrap_or_default();
            let held = || {
                let there = |p: &PostingRow| p.holds_on(on) && !cut(p);
                inside.iter().filter(move |row| there(&row.kept.posting))
            };
            let care = care(held().map(|row| &row.kept.posting), on);
            if care == Care::Holder {
                continue;
            }
            let seated = || {
                let chief = |p: &PostingRow| p.capacity() == Capacity::Substantive;
                inside.iter().filter(move |row| chief(&row.kept.posting))
            };
            let left = seated().filter_map(|row| Some((row, row.kept.posting.end().day()?)));
            let gone = left.filter(|(row, end)| end.latest() <= on || cut(&row.kept.posting));
            let last = gone.max_by_key(|(_, end)| end.latest());
            let coming = seated().filter_map(|row| Some((row, row.kept.posting.start()?)));
            let next =
                coming.filter(|(_, day)| day.earliest() > on).min_by_key(|(_, day)| day.date);
            let doubtful = |p: &PostingRow| p.overlaps(on, on) && !cut(p);
            out.push(Vacancy {
                office,
                care,
                by: held().map(|row| row.person.clone()).collect(),
                since: last.map(|(_, end)| if end.latest() > on { Day::exact(on) } else { end }),
                last: last.map(|(row, _)| row.person.clone()),
                reason: last.and_then(|(row, _)| row.kept.posting.term().reason),
                next: next.map(|(row, day)| (row.person.clone(), day)),
                in_doubt: seated().any(|row| doubtful(&row.kept.posting)),
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
    /// Begins a posting, beyond the seats of the office only when `overlap` is allowed.
    async fn seat(
        &mut self,
        posting: &PostingRow,
        office: &Handle,
        overlap: bool,
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let beyond = self.beyond_seats(posting).await?;
        if let Some(seats) = beyond.filter(|_| !overlap) {
            return Err(DeskError::Procedure(format!(
                "{office} has {seats} seat(s), all taken on a day of this posting; end the other posting first, or say --overlap"
            )));
        }
        let beside = Beside { overlap: beyond.is_some(), officer, ..Beside::default() };
        self.begin_posting(posting, beside).await?;
        Ok(())
    }

    /// Ends the open posting of a person in an office, where it takes no letter.
    async fn end_open_posting(
        &mut self,
        (person, office): (PersonId, OfficeId),
        (end, cut): (Day, Option<Timestamp>),
        reason: EndReason,
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let first = Effective::Day(end.earliest());
        let effective = cut.map_or(first, Effective::At);
        may_enter_end(&person, reason, effective, officer.as_ref(), self.now).map_err(refused)?;
        let kept = self.tx.kept_postings_of(person).await?;
        let open =
            kept.iter().rfind(|k| *k.posting.office() == office && k.posting.end() == End::Open);
        let Some(open) = open else {
            let who = self.tx.person_handle(person).await?;
            let office = self.tx.office_handle(office).await?;
            return Err(DeskError::Input(format!(
                "{who} has no open posting in {office}; see: chancery posting history {who}"
            )));
        };
        let today = rules::utc_day(self.now);
        let (end, cut) = if cut.is_none() && end.earliest() == today {
            let next = self.next_instant()?;
            self.floor(next).await?;
            first.kept(next).ok_or_else(calendar)?
        } else {
            (end, cut)
        };
        self.end_posting(open, end, cut, reason, officer).await
    }

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
            ("officer", json!(beside.officer)),
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
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let ended = kept.posting.clone().ended(end, cut, reason).map_err(impossible)?;
        self.enter_end(kept.id, &ended, officer).await?;
        // A deputy holds no longer than whom he stands in for.
        self.end_deputies(kept, ended.term(), officer).await
    }

    /// Enters the end of a posting as it stands in `ended`.
    pub(crate) async fn enter_end(
        &mut self,
        id: PostingId,
        ended: &PostingRow,
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let archive = self.archive;
        let (person, _) = archive.person_details(&mut self.tx, *ended.person()).await?;
        let (office, _) = archive.office_details(&mut self.tx, *ended.office()).await?;
        let fields = [
            ("posting", json!(id)),
            ("person", json!(person)),
            ("office", json!(office)),
            ("term", json!(ended.term())),
            ("officer", json!(officer)),
        ];
        let leaf = self.enter(ENDED, fields).await?;
        Ok(self.tx.set_posting_end(id, ended.term(), leaf).await?)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn impossible(error: PostingError) -> DeskError {
    DeskError::Input(error.to_string())
}
