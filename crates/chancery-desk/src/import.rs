//! Importing cables, as drafts or into an exercise. Postings of real services: `terms`.

use std::io::BufRead;

use chancery_domain::{Capacity, Handle, Label, Posting, Term};
use chancery_store::{OfficeId, PersonId, Tx};
use chancery_text::build::Choice;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::encode;
use crate::draft::{Circulation, DraftText, Finders, NewPaper};
use crate::papers::Head;
use crate::registry::{OfficeDetails, PersonDetails};
use crate::{Archive, DeskError};

/// Longest line of an imported file.
pub const MAX_LINE: usize = 8 << 20;
/// Most readers of an exercise.
pub const MAX_READERS: u32 = 100_000;
/// Papers taken in one transaction.
const BATCH: usize = 50;
/// When the invented persons of an exercise took up their offices.
const EXERCISE_START: Date = date(2000, 1, 1);

/// One paper of an import file; unknown fields are left alone.
#[derive(Clone, Debug, Deserialize)]
pub struct CableRecord {
    /// Id in the file.
    pub id: String,
    /// Its own number.
    #[serde(default)]
    pub number: Option<String>,
    /// Date.
    #[serde(default)]
    pub date: Option<String>,
    /// Place of sending.
    #[serde(default)]
    pub place: Option<String>,
    /// Originator.
    #[serde(default)]
    pub from: Option<String>,
    /// Addressee.
    #[serde(default)]
    pub to: Option<String>,
    /// Offices informed (own papers only).
    #[serde(default)]
    pub info: Vec<String>,
    /// Classification.
    #[serde(default)]
    pub classification: Option<String>,
    /// Precedence words.
    #[serde(default)]
    pub precedence: Vec<String>,
    /// Handling words.
    #[serde(default)]
    pub handling: Vec<String>,
    /// Subject line.
    #[serde(default)]
    pub subject: Option<String>,
    /// Signature.
    #[serde(default)]
    pub signed: Option<String>,
    /// Whether the paragraphs hold markup.
    #[serde(default)]
    pub markup: bool,
    /// The text.
    pub paragraphs: Vec<String>,
}

impl CableRecord {
    /// The heading as it is kept.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            source_id: Some(self.id.clone()),
            number: self.number.clone(),
            date: self.date.clone(),
            place: self.place.clone(),
            from: self.from.clone().unwrap_or_default(),
            to: self.to.clone().unwrap_or_default(),
            subject: self.subject.clone().unwrap_or_default(),
            label: Label {
                classification: self.classification.clone().unwrap_or_default(),
                handling: self.handling.clone(),
            },
            // Words that are no precedence of ours stay as they are written.
            action: self.precedence.first().and_then(|word| word.parse().ok()),
            info: self.precedence.get(1).and_then(|word| word.parse().ok()),
            precedence: self.precedence.clone(),
            signed: self.signed.clone(),
            ..Head::default()
        }
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imported {
    /// Taken in.
    pub added: usize,
    /// There already, from an earlier import of the same file.
    pub skipped: usize,
    /// Readers of the exercise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<u32>,
}

/// Reads one JSON object a line.
///
/// # Errors
/// With the number of the first line that cannot be read.
pub fn records<T: for<'a> Deserialize<'a>>(
    mut input: impl BufRead,
    name: &str,
) -> Result<Vec<T>, DeskError> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        number += 1;
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
        let read = std::io::Read::take(&mut input, limit).read_until(b'\n', &mut line);
        let read = read.map_err(DeskError::file(name))?;
        if read == 0 {
            return Ok(out);
        }
        if line.len() > MAX_LINE {
            return Err(DeskError::Input(format!(
                "{name}, line {number}: longer than {MAX_LINE} bytes"
            )));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let record = serde_json::from_slice(&line)
            .map_err(|e| DeskError::Input(format!("{name}, line {number}: {e}")))?;
        out.push(record);
    }
}

/// The offices of an exercise.
struct Exercise {
    desk: Handle,
    readers: Handle,
}

impl Archive {
    /// Makes the archive an exercise with `readers` invented readers and releases every cable to them.
    ///
    /// Papers imported before are left as they are, so an interrupted import can be repeated.
    /// `progress` is called with (done, of).
    ///
    /// # Errors
    /// When the archive is in earnest use, or a cable cannot be drafted (with its id).
    pub async fn import_exercise(
        &self,
        cables: &[CableRecord],
        readers: u32,
        choice: &Choice,
        finders: &Finders,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Imported, DeskError> {
        let exercise = self.prepare_exercise(readers).await?;
        let mut report = Imported { readers: Some(readers), ..Imported::default() };
        let mut done = 0;
        for batch in cables.chunks(BATCH) {
            let masters = masters(batch, choice, finders)?;
            let mut act = self.act().await?;
            for (cable, (text, master)) in batch.iter().zip(masters) {
                let paper = NewPaper {
                    head: cable.head(),
                    from: exercise.desk.clone(),
                    origin_reads: false,
                    to: Vec::new(),
                    info: vec![exercise.readers.clone()],
                    circulation: Circulation::default(),
                    text,
                };
                match act.draft(&paper).await? {
                    Some(drafted) => {
                        // Where quotations were settled the master prepared before does not fit.
                        let master = if drafted.text == paper.text {
                            master
                        } else {
                            finders.master(&drafted.text.marked()?, choice)
                        };
                        act.release(drafted.id, master, choice.layout).await?;
                        report.added += 1;
                    }
                    None => report.skipped += 1,
                }
                done += 1;
                progress(done, cables.len());
            }
            act.commit().await?;
        }
        Ok(report)
    }

    async fn prepare_exercise(&self, readers: u32) -> Result<Exercise, DeskError> {
        if !(2..=MAX_READERS).contains(&readers) {
            return Err(DeskError::Input(format!("an exercise has 2 to {MAX_READERS} readers")));
        }
        let name = |text: &str| -> Result<Handle, DeskError> {
            text.parse().map_err(|e| DeskError::Input(format!("{e}")))
        };
        let exercise =
            Exercise { desk: name("exercise-desk")?, readers: name("exercise-readers")? };
        let mut act = self.act().await?;
        let started = act.tx.office(&exercise.desk).await?.is_some();
        if !self.profile.exercise && !started && !act.tx.offices().await?.is_empty() {
            return Err(DeskError::Procedure(
                "this archive has offices of its own; make a new one for an exercise: chancery init DIR"
                    .into(),
            ));
        }
        if started {
            let id = act.tx.office(&exercise.readers).await?;
            let there = match id {
                Some(id) => act.tx.postings_in(id).await?.len(),
                None => 0,
            };
            if there != readers as usize {
                return Err(DeskError::Procedure(format!(
                    "the exercise has {there} readers already; give --exercise {there}, or make a new archive"
                )));
            }
            return Ok(exercise);
        }
        act.tx.set_meta("profile", &encode(&self.as_exercise())).await?;
        let kind = |kind: &str, title: &str| OfficeDetails {
            title: title.into(),
            kind: kind.into(),
            ..OfficeDetails::default()
        };
        for (office, title, officer) in [
            ("exercise-desk", "Drafting desk of the exercise", "drafter"),
            ("exercise-security", "First inquiry office of the exercise", "officer-a"),
            ("exercise-legal", "Second inquiry office of the exercise", "officer-b"),
        ] {
            let details = kind("exercise", title);
            let office = added(act.office(&name(office)?, &details, None).await?)?;
            let person =
                PersonDetails { name: format!("Exercise {officer}"), ..PersonDetails::default() };
            let person = added(act.person(&name(officer)?, &person, None).await?)?;
            act.posting(&posted(person, office)?, None).await?;
        }
        let details = kind("exercise", "Readers of the exercise");
        let office = added(act.office(&exercise.readers, &details, None).await?)?;
        for number in 1..=readers {
            let handle = name(&format!("r{number:04}"))?;
            let details =
                PersonDetails { name: format!("Reader {number}"), ..PersonDetails::default() };
            let person = added(act.person(&handle, &details, None).await?)?;
            act.posting(&posted(person, office)?, None).await?;
        }
        act.enter("exercise.begun", [("readers", json!(readers))]).await?;
        act.commit().await?;
        Ok(exercise)
    }

    /// Whether the archive is an exercise, whatever it was when it was opened.
    pub(crate) async fn is_exercise(&self) -> Result<bool, DeskError> {
        let mut tx = self.store.begin().await?;
        self.exercise_in(&mut tx).await
    }

    pub(crate) async fn exercise_in(&self, tx: &mut Tx) -> Result<bool, DeskError> {
        let profile = tx.meta("profile").await?.unwrap_or_default();
        Ok(crate::archive::decode::<crate::archive::Profile>(&profile)?.exercise)
    }
}

type Prepared = Vec<(DraftText, chancery_text::master::Master)>;

/// Builds the masters of a batch on all cores; the result does not depend on how many there are.
fn masters(
    batch: &[CableRecord],
    choice: &Choice,
    finders: &Finders,
) -> Result<Prepared, DeskError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = batch.len().div_ceil(cores).max(1);
    let one = |cable: &CableRecord| {
        let text = DraftText {
            paragraphs: cable.paragraphs.iter().map(|p| (0, p.clone())).collect(),
            markup: cable.markup,
            choice: choice.clone(),
            quoted: Vec::new(),
        };
        let marked = text.marked().map_err(|e| DeskError::Input(format!("{}: {e}", cable.id)))?;
        let master = finders.master(&marked, choice);
        Ok((text, master))
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = batch
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || chunk.iter().map(one).collect::<Result<Prepared, DeskError>>())
            })
            .collect();
        let mut out = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(part) => out.extend(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(out)
    })
}

fn posted(person: PersonId, office: OfficeId) -> Result<Posting<PersonId, OfficeId>, DeskError> {
    Posting::new(person, office, Capacity::Substantive, Term::from(EXERCISE_START))
        .map_err(|e| DeskError::Input(e.to_string()))
}

fn added<T>(id: Option<T>) -> Result<T, DeskError> {
    id.ok_or_else(|| {
        DeskError::Procedure(
            "the exercise's names are taken; make a new archive: chancery init DIR".into(),
        )
    })
}

impl Archive {
    /// Takes cables in as drafts of the offices they name; `who` must hold each drafting office.
    ///
    /// # Errors
    /// When an office is unknown or not held by `who` (with the cable's id), or the markup is broken.
    pub async fn import_drafts(
        &self,
        cables: &[CableRecord],
        choice: &Choice,
        who: &Handle,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Imported, DeskError> {
        let mut act = self.act().await?;
        let person = crate::registry::known_person(&mut act.tx, who).await?;
        let postings = act.tx.postings_of(person).await?;
        let mut report = Imported::default();
        for (done, cable) in cables.iter().enumerate() {
            let paper = cable.as_draft(choice)?;
            let office = crate::registry::known_office(&mut act.tx, &paper.from).await?;
            chancery_domain::rules::may_act_for(&office, &postings, act.now)?;
            match act.draft(&paper).await? {
                Some(drafted) => {
                    act.tx.set_drafter(drafted.id, person).await?;
                    report.added += 1;
                }
                None => report.skipped += 1,
            }
            progress(done + 1, cables.len());
        }
        act.commit().await?;
        Ok(report)
    }
}

impl CableRecord {
    /// The cable as a draft whose offices are named by their handles.
    ///
    /// # Errors
    /// When a name is no handle.
    pub fn as_draft(&self, choice: &Choice) -> Result<NewPaper, DeskError> {
        let office = |name: &str| -> Result<Handle, DeskError> {
            name.parse().map_err(|e| DeskError::Input(format!("{}: {e}", self.id)))
        };
        let from = office(self.from.as_deref().unwrap_or_default())?;
        let to = self.to.iter().map(|to| office(to)).collect::<Result<_, _>>()?;
        let info = self.info.iter().map(|to| office(to)).collect::<Result<_, _>>()?;
        Ok(NewPaper {
            head: self.head(),
            from,
            origin_reads: true,
            to,
            info,
            circulation: Circulation::default(),
            text: DraftText {
                paragraphs: self.paragraphs.iter().map(|p| (0, p.clone())).collect(),
                markup: self.markup,
                choice: choice.clone(),
                quoted: Vec::new(),
            },
        })
    }
}
