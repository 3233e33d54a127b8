//! Inquiries: opened by one officer, approved by a second, frozen, scored, entered, then shown.
//!
//! What follows is in the files below: freezing and scoring (`run`), what inquiries may spend (`budget`), the
//! contest pack (`pack`), what readers hear and answer (`contest`), the opening of names (`reveal`), and what each
//! officer sees (`room`).
//!
//! # What a crash leaves
//! Three acts: opened (with the leaks' hashes), frozen (evidence, papers, N, level, earlier looks), result.
//! After a crash between them the inquiry stands where it was; running it again freezes the same evidence,
//! because reading is a function of leaks and masters alone, less what public texts filed since then hold, and
//! is entered as another look at it.

mod budget;
mod contest;
mod pack;
mod reveal;
mod room;
mod run;

use std::collections::BTreeSet;
use std::ops::Range;

use chancery_code::Alpha;
use chancery_domain::{Handle, rules};
use chancery_store::{InquiryRow, OfficeId, PaperRow, PersonId, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::finding::FindingReport;
use crate::freeze::{LeakFile, MAX_LEAKS, check_readable};
use crate::ledger::Act;
use crate::looks::Look;
use crate::outside::random;
use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError};
pub use contest::{Answer, MAX_ANSWER, Notified, OwnFinding, Withdrawn};
pub use pack::IssuedPack;
pub use reveal::{Enrolled, Revealed, RevealedCopy};
pub use room::{ListedInquiry, OfficerPart, Picture, PictureStep, RoomInquiry, RoomLeak};

/// What is to be inquired into.
#[derive(Clone, Debug)]
pub struct Request {
    /// The leaks, declared together.
    pub leaks: Vec<LeakFile>,
    /// Papers to compare with; empty to search the whole archive.
    pub papers: Vec<String>,
    /// Level of this inquiry.
    pub alpha: f64,
    /// Whether authors of the papers are tried like everybody else. They are counted in any case.
    pub include_author: bool,
}

/// The sealed file of an inquiry. The leaks themselves are kept apart, each sealed by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dossier {
    /// Names of the leaks, in the order in which they are kept.
    leaks: Vec<String>,
    papers: Vec<String>,
    alpha: f64,
    include_author: bool,
    /// Entry of the opening, which holds leaks and papers.
    opened: u64,
    /// Its runs.
    looks: Vec<Look>,
    /// Quotations: bytes of the leak's text outside of which nothing is read. Empty: all is read.
    #[serde(default)]
    quoted: Vec<Range<usize>>,
    finding: Option<FindingReport>,
    /// Entry of the approval.
    approved: Option<u64>,
    /// What was scored, once it was.
    scored: Option<Scored>,
    /// What readers said to it.
    answers: Vec<Answer>,
    /// Why it no longer stands.
    withdrawn: Option<Withdrawn>,
    /// What its pictures are drawn from.
    #[serde(default)]
    picture: Option<Picture>,
}

/// What a run leaves for those who recompute it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scored {
    /// When the result was entered.
    ended: Timestamp,
    /// Entry of the result.
    result: u64,
    /// The copies named, as they were scored: by paper.
    named: Vec<Vec<Option<u32>>>,
    /// Everyone counted.
    persons: Vec<PersonId>,
    /// The checkpoint that seeded the decoys.
    seed: String,
}

/// Where an inquiry stands.
#[derive(Clone, Debug, Serialize)]
pub struct InquiryState {
    /// Number, `I1`.
    pub inquiry: String,
    /// `open`, `approved`, `done`.
    pub state: String,
    /// First officer.
    pub opened_by: Handle,
    /// Second officer.
    pub approved_by: Option<Handle>,
    /// The finding, once there.
    pub finding: Option<FindingReport>,
    /// What readers answered.
    pub answers: Vec<Answer>,
    /// Whether the finding was withdrawn, and why.
    pub withdrawn: Option<Withdrawn>,
}

/// How a trace ended.
#[derive(Debug)]
pub enum Traced {
    /// Scored; here is the finding.
    Done(Box<FindingReport>),
    /// A second officer has to approve it first.
    AwaitingApproval(String),
}

/// Kind of the entry that fixes what is scored.
const FROZEN: &str = "inquiry.frozen";

impl Archive {
    /// Opens an inquiry; in an exercise its invented officers approve at once and it is run.
    ///
    /// # Errors
    /// When a leak cannot be read, or the level is not between 0 and 1.
    pub async fn trace(&self, request: Request, who: Option<&Handle>) -> Result<Traced, DeskError> {
        self.trace_quoted(request, Vec::new(), who).await
    }

    /// As [`Archive::trace`], for an article of which only the quotations are read.
    pub(crate) async fn trace_quoted(
        &self,
        request: Request,
        quoted: Vec<Range<usize>>,
        who: Option<&Handle>,
    ) -> Result<Traced, DeskError> {
        if request.leaks.is_empty() || request.leaks.len() > MAX_LEAKS {
            return Err(DeskError::Input(format!("give 1 to {MAX_LEAKS} leaks")));
        }
        Alpha::new(request.alpha).map_err(|e| DeskError::Input(e.to_string()))?;
        for leak in &request.leaks {
            // A file that cannot be read opens no inquiry.
            check_readable(leak)?;
        }
        // Where nobody says who he is, an exercise has two invented officers.
        let (first, second) = match who {
            Some(who) => (who.clone(), None),
            None if self.is_exercise().await? => {
                let (first, second) = self.exercise_officers().await?;
                (first, Some(second))
            }
            None => return Err(DeskError::Input("say who opens the inquiry: --as PERSON".into())),
        };
        let id = self.open_inquiry(request, quoted, &first).await?;
        match second {
            Some(second) => {
                self.approve_inquiry(&id, &second).await?;
                Ok(Traced::Done(Box::new(self.run_inquiry(&id).await?)))
            }
            None => Ok(Traced::AwaitingApproval(id)),
        }
    }

    /// The two invented officers of an exercise.
    pub(crate) async fn exercise_officers(&self) -> Result<(Handle, Handle), DeskError> {
        let mut tx = self.store.begin().await?;
        let names = tx.meta("exercise-officers").await?;
        let names: (Handle, Handle) = match names {
            Some(bytes) => decode(&bytes)?,
            None => {
                let parse = |t: &str| t.parse().map_err(|e| DeskError::Input(format!("{e}")));
                (parse("officer-a")?, parse("officer-b")?)
            }
        };
        Ok(names)
    }

    async fn open_inquiry(
        &self,
        request: Request,
        quoted: Vec<Range<usize>>,
        first: &Handle,
    ) -> Result<String, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, first).await?;
        rules::may_open_inquiry(&act.offices_now(person).await?)?;
        for paper in &request.papers {
            let row = self.find_paper(&mut act.tx, paper).await?;
            self.refuse_authors(&mut act.tx, &row, &[person]).await?;
        }
        let id = act.tx.next_inquiry().await?;
        let leaks: Vec<Value> = request
            .leaks
            .iter()
            .map(|l| json!({"file": l.name, "sha256": hex::encode(l.sha256())}))
            .collect();
        let Request { leaks: files, papers, alpha, include_author } = request;
        let opened = act
            .enter(
                "inquiry.opened",
                [
                    ("inquiry", json!(name(id))),
                    ("officer", json!(first)),
                    ("leaks", json!(leaks)),
                    ("papers", json!(papers)),
                    ("alpha", json!(alpha)),
                    ("include_author", json!(include_author)),
                ],
            )
            .await?;
        let dossier = Dossier {
            leaks: files.iter().map(|file| file.name.clone()).collect(),
            papers,
            alpha,
            include_author,
            opened,
            quoted,
            looks: Vec::new(),
            finding: None,
            approved: None,
            scored: None,
            answers: Vec::new(),
            withdrawn: None,
            picture: None,
        };
        let row = InquiryRow {
            id,
            state: "open".into(),
            opened: person,
            approved: None,
            sealed: self.seal_dossier(id, &dossier)?,
        };
        act.tx.set_inquiry(&row).await?;
        for (ordinal, file) in (0..).zip(&files) {
            let place = format!("{id}-{ordinal}");
            let aad = Aad::new("leak", &place, "sealed", 0);
            let nonce = Nonce::from_bytes(random());
            let sealed = seal(&self.key, &aad, Padding::Body, &file.bytes, nonce)?;
            act.tx.add_leak(id, ordinal, &sealed).await?;
        }
        act.commit().await?;
        Ok(name(id))
    }

    /// Approves an inquiry as the second officer.
    ///
    /// # Errors
    /// When the officer is the first one, or of his office only, or it is not open.
    pub async fn approve_inquiry(&self, inquiry: &str, who: &Handle) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        if row.state != "open" {
            return Err(DeskError::Procedure(format!("{inquiry} is {} already", row.state)));
        }
        let second = known_person(&mut act.tx, who).await?;
        let (first, other) = (act.offices_now(row.opened).await?, act.offices_now(second).await?);
        rules::may_approve(&row.opened, &first, &second, &other)?;
        let mut dossier = self.open_dossier(&row)?;
        for paper in &dossier.papers {
            let paper = self.find_paper(&mut act.tx, paper).await?;
            self.refuse_authors(&mut act.tx, &paper, &[second]).await?;
        }
        let fields = [("inquiry", json!(name(row.id))), ("officer", json!(who))];
        dossier.approved = Some(act.enter("inquiry.approved", fields).await?);
        row.state = "approved".into();
        row.approved = Some(second);
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await
    }

    /// Where an inquiry stands.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show_inquiry(&self, inquiry: &str) -> Result<InquiryState, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = find_inquiry(&mut tx, inquiry).await?;
        let persons = tx.persons().await?;
        let handle = |id: PersonId| {
            let found = persons.iter().find(|(person, ..)| *person == id);
            found.map(|(_, handle, _)| handle.clone())
        };
        let dossier = self.open_dossier(&row)?;
        Ok(InquiryState {
            inquiry: name(row.id),
            state: row.state.clone(),
            opened_by: handle(row.opened)
                .ok_or_else(|| DeskError::Archive("an officer vanished".into()))?,
            approved_by: row.approved.and_then(handle),
            finding: dossier.finding,
            answers: dossier.answers,
            withdrawn: dossier.withdrawn,
        })
    }

    /// Who wrote a paper: its drafter, and who held its originating office on the day of its release.
    async fn authors(&self, tx: &mut Tx, paper: &PaperRow) -> Result<Vec<PersonId>, DeskError> {
        let from = paper.released.unwrap_or_else(|| self.today());
        let mut wrote: Vec<PersonId> = paper.drafter.into_iter().collect();
        let origin = tx.postings_in(paper.office).await?;
        wrote.extend(origin.iter().filter(|p| p.overlaps(from, from)).map(|p| *p.person()));
        Ok(wrote)
    }

    /// An author is nobody's judge in the matter of his own paper.
    async fn refuse_authors(
        &self,
        tx: &mut Tx,
        paper: &PaperRow,
        officers: &[PersonId],
    ) -> Result<(), DeskError> {
        let wrote = self.authors(tx, paper).await?;
        if officers.iter().any(|officer| wrote.contains(officer)) {
            return Err(DeskError::Procedure(format!(
                "an author of {} cannot be an officer of an inquiry into it; other officers must open and approve one",
                reference(paper.id)
            )));
        }
        Ok(())
    }

    /// Number of inquiries and the sum of their levels.
    pub(crate) async fn spent_alpha(&self) -> Result<(usize, f64), DeskError> {
        let mut tx = self.store.begin().await?;
        self.spent_in(&mut tx).await
    }

    async fn spent_in(&self, tx: &mut Tx) -> Result<(usize, f64), DeskError> {
        let rows = tx.inquiries().await?.len();
        let looks = self.looks(tx).await?;
        // Not `sum`, which makes -0 of nothing.
        Ok((rows, looks.iter().map(Look::own_level).fold(0.0, std::ops::Add::add)))
    }

    /// Every run so far, in the order of the inquiries.
    async fn looks(&self, tx: &mut Tx) -> Result<Vec<Look>, DeskError> {
        let mut looks = Vec::new();
        for row in &tx.inquiries().await? {
            looks.extend(self.open_dossier(row)?.looks);
        }
        Ok(looks)
    }

    fn seal_dossier(&self, id: i64, dossier: &Dossier) -> Result<Vec<u8>, DeskError> {
        let row = id.to_string();
        let aad = Aad::new("inquiry", &row, "sealed", 0);
        Ok(seal(&self.key, &aad, Padding::Body, &encode(dossier), Nonce::from_bytes(random()))?)
    }

    fn open_dossier(&self, row: &InquiryRow) -> Result<Dossier, DeskError> {
        let id = row.id.to_string();
        decode(&open(&self.key, &Aad::new("inquiry", &id, "sealed", 0), &row.sealed)?)
    }

    /// What was asked, with the leaks as they were received.
    async fn asked(&self, tx: &mut Tx, id: i64, dossier: &Dossier) -> Result<Request, DeskError> {
        let mut leaks = Vec::with_capacity(dossier.leaks.len());
        for (ordinal, name) in (0..).zip(&dossier.leaks) {
            let sealed = tx.leak(id, ordinal).await?;
            let sealed = sealed.ok_or_else(|| DeskError::Archive("a leak vanished".into()))?;
            let place = format!("{id}-{ordinal}");
            let bytes = open(&self.key, &Aad::new("leak", &place, "sealed", 0), &sealed)?.to_vec();
            leaks.push(LeakFile { name: name.clone(), bytes });
        }
        let (papers, alpha) = (dossier.papers.clone(), dossier.alpha);
        Ok(Request { leaks, papers, alpha, include_author: dossier.include_author })
    }
}

impl Act<'_> {
    /// Offices that a person holds at the instant of the act.
    pub(crate) async fn offices_now(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<OfficeId>, DeskError> {
        let postings = self.tx.postings_of(person).await?;
        Ok(postings.iter().filter(|p| p.holds_at(self.now)).map(|p| *p.office()).collect())
    }
}

pub(crate) fn name(id: i64) -> String {
    format!("I{id}")
}

/// Inquiries in a sentence.
pub(crate) fn names(ids: &BTreeSet<i64>) -> String {
    ids.iter().map(|id| name(*id)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

async fn find_inquiry(tx: &mut Tx, inquiry: &str) -> Result<InquiryRow, DeskError> {
    let number = inquiry.strip_prefix(['I', 'i']).unwrap_or(inquiry);
    let found = match number.parse() {
        Ok(id) => tx.inquiry(id).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| DeskError::Unknown {
        what: "inquiry",
        name: inquiry.chars().filter(|c| !c.is_control()).take(40).collect(),
        hint: "",
    })
}

#[cfg(test)]
mod tests;
