//! Inquiries: opened by one officer, approved by a second, frozen, scored, entered, then shown. What follows
//! is in the files below: what inquiries may spend (`budget`), the contest pack (`pack`), what readers hear and
//! answer (`contest`), and the opening of names (`reveal`).
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

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chancery_code::{
    Alpha, AlphaSplit, DECODER_VERSION, DecoyPlan, Holder, Inquiry, PaperEvidence, Routes,
};
use chancery_domain::{Handle, rules};
use chancery_store::{InquiryRow, OfficeId, PaperRow, PersonId, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::candidates::{Candidates, candidates};
use crate::copies::{check_tree, copies_root};
use crate::finding::{FindingReport, FoundInquiries, level};
use crate::freeze::{Frozen, LeakFile, MAX_LEAKS, as_entry, check_readable, seen};
use crate::ledger::Act;
use crate::looks::Look;
use crate::outside::random;
use crate::papers::reference;
use crate::pictures::SeenLeak;
use crate::registry::known_person;
use crate::view::{Context, NamedCopies, View, empty};
use crate::{Archive, DeskError};
pub use contest::{Answer, MAX_ANSWER, Notified, OwnFinding, Withdrawn};
pub use pack::IssuedPack;
pub use reveal::{Enrolled, Revealed, RevealedCopy};

mod room;

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

/// Below every bound that the tails report.
const UNREACHABLE: f64 = 1e-300;
/// Kind of the entry that fixes what is scored.
const FROZEN: &str = "inquiry.frozen";

/// An inquiry whose evidence is frozen and in the record.
struct Ready {
    row: InquiryRow,
    dossier: Dossier,
    request: Request,
    frozen: Frozen,
    counted: Candidates,
    routes: Routes,
    context: Context,
}

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

    /// Freezes the evidence of an approved inquiry, scores it and enters the result, then returns it.
    ///
    /// # Errors
    /// When it is not approved, a paper does not verify, or earlier looks have used up the level.
    pub async fn run_inquiry(&self, inquiry: &str) -> Result<FindingReport, DeskError> {
        let pictures = self.see_inquiry(inquiry).await?;
        let ready = self.freeze_inquiry(inquiry, pictures).await?;
        self.conclude_inquiry(ready).await
    }

    /// Looks at the pictures of an approved inquiry. It takes seconds, and other acts need not wait for it.
    async fn see_inquiry(&self, inquiry: &str) -> Result<Vec<Option<SeenLeak>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = find_inquiry(&mut tx, inquiry).await?;
        if row.state != "approved" {
            return Ok(Vec::new());
        }
        let dossier: Dossier = self.open_dossier(&row)?;
        let request = self.asked(&mut tx, row.id, &dossier).await?;
        let mut forced = Vec::new();
        for paper in &request.papers {
            forced.push(self.find_paper(&mut tx, paper).await?.id);
        }
        drop(tx);
        self.see(&request.leaks, &forced).await
    }

    /// Reads the leaks and enters everything that scoring may depend on. No row is derived.
    async fn freeze_inquiry(
        &self,
        inquiry: &str,
        pictures: Vec<Option<SeenLeak>>,
    ) -> Result<Ready, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        match row.state.as_str() {
            "approved" => {}
            "open" => {
                return Err(DeskError::Procedure(format!(
                    "{inquiry} is awaiting approval by an officer of another office: chancery inquiry approve {inquiry} --as PERSON"
                )));
            }
            _ => return Err(DeskError::Procedure(format!("{inquiry} was run already"))),
        }
        let mut dossier: Dossier = self.open_dossier(&row)?;
        let request = self.asked(&mut act.tx, row.id, &dossier).await?;
        Alpha::new(request.alpha).map_err(|e| DeskError::Input(e.to_string()))?;
        let mut forced = Vec::new();
        for paper in &request.papers {
            forced.push(self.find_paper(&mut act.tx, paper).await?.id);
        }
        let frozen =
            self.freeze(&mut act.tx, &request.leaks, &forced, &dossier.quoted, pictures).await?;
        let officers: Vec<PersonId> =
            [Some(row.opened), row.approved].into_iter().flatten().collect();
        let mut exports = Vec::new();
        for (paper, _) in &frozen.papers {
            let leaf = paper.row.release_leaf.unwrap_or_default();
            let entry = self.entry(&mut act.tx, leaf).await?;
            check_tree(paper, &copies_root(&entry))?;
            self.refuse_authors(&mut act.tx, &paper.row, &officers).await?;
            let entered = act.tx.bulk_exports(paper.id).await?;
            exports.extend(entered.into_iter().filter(|leaf| *leaf < dossier.opened));
        }
        exports.sort_unstable();
        let counted = self.counted(&mut act.tx, &frozen, request.include_author).await?;
        let earlier = self.looks(&mut act.tx).await?;
        let mut look = Look::new(
            row.id,
            dossier.opened,
            frozen.leaks.iter().map(|leak| hex::encode(leak.sha256)).collect(),
            frozen.papers.iter().map(|(paper, evidence)| seen(paper.id, evidence)).collect(),
            request.alpha,
            &earlier,
        );
        look.year = rules::utc_day(act.now).year();
        if exercise {
            look.standing = look.standing.in_exercise(request.alpha);
        }
        let standing = look.standing.clone();
        if standing.exhausted() {
            return Err(DeskError::Procedure(format!(
                "{} looked at the same places before and used up {}; nothing is left of {}. Open another inquiry at a level that holds both, such as --alpha {}",
                names(&standing.looks),
                level(standing.before),
                level(request.alpha),
                level(standing.before + request.alpha)
            )));
        }
        if !exercise {
            let house = self.house(&mut act.tx).await?;
            budget::admit(&house.inquiries, &earlier, &look).map_err(DeskError::Procedure)?;
        }
        let level = standing.level;
        dossier.looks.push(look);
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        let (count, summed) = self.spent_in(&mut act.tx).await?;
        let routes = if frozen.leaks.iter().any(|l| l.ambiguous) && frozen.leaks.len() == 1 {
            Routes::Separate
        } else {
            Routes::Pooled
        };
        let papers: Vec<Value> = frozen
            .papers
            .iter()
            .map(|(paper, evidence)| {
                json!({
                    "paper": reference(paper.id),
                    "master_sha256": paper.master.hash(),
                    "evidence_sha256": sha256_hex(&evidence.canonical_bytes()),
                })
            })
            .collect();
        let entry = act
            .enter(
                FROZEN,
                [
                    ("inquiry", json!(name(row.id))),
                    ("leaks", json!(frozen.leaks.iter().map(as_entry).collect::<Vec<_>>())),
                    ("papers", json!(papers)),
                    ("quoted", json!(dossier.quoted)),
                    ("readers", json!(counted.counted)),
                    ("persons", json!(counted.persons.len())),
                    ("authors_left_out", json!(counted.authors)),
                    ("alpha", json!(level)),
                    ("spent_before", json!(standing.before)),
                    ("looks", json!(standing.looks.iter().map(|i| name(*i)).collect::<Vec<_>>())),
                    ("repeats", json!(standing.repeats.map(name))),
                    ("spent", json!(standing.spent())),
                    (
                        "spent_by",
                        json!(standing.spent_by.iter().map(|i| name(*i)).collect::<Vec<_>>()),
                    ),
                    ("attempt", json!(count)),
                    ("summed_alpha", json!(summed)),
                    ("exports", json!(exports)),
                    ("exercise", json!(exercise)),
                    ("routes", json!(routes)),
                    ("split", json!(AlphaSplit::standard())),
                    ("decoder_version", json!(DECODER_VERSION)),
                ],
            )
            .await?;
        act.commit().await?;
        let inquiries = FoundInquiries { count, summed_alpha: summed };
        let asked = request.alpha;
        let context = Context { id: row.id, exercise, asked, standing, entry, inquiries, exports };
        Ok(Ready { row, dossier, request, frozen, counted, routes, context })
    }

    /// Derives rows and scores them: everything they could influence is in the record.
    async fn conclude_inquiry(&self, ready: Ready) -> Result<FindingReport, DeskError> {
        let Ready { mut row, mut dossier, request, frozen, counted, routes, context } = ready;
        let (mut report, named, seed, picture) =
            self.score(&request, &frozen, &counted, routes, &context).await?;
        report.statement = report.say();

        let mut act = self.act().await?;
        let stated: Vec<Value> = named.iter().map(NamedCopies::as_entry).collect();
        let entry = act
            .enter(
                "inquiry.result",
                [
                    ("inquiry", json!(name(row.id))),
                    ("verdict", json!(report.verdict)),
                    ("named", json!(stated)),
                    ("decoys", json!(report.decoys)),
                    ("finding_sha256", json!(sha256_hex(&encode(&report)))),
                ],
            )
            .await?;
        dossier.scored = Some(Scored {
            ended: act.now,
            result: entry,
            named: named.into_iter().map(|named| named.numbers).collect(),
            persons: counted.persons,
            seed,
        });
        if let Some(look) = dossier.looks.last_mut() {
            look.shown = (report.verdict != "nothing").then_some(entry);
        }
        dossier.finding = Some(report.clone());
        dossier.picture = picture;
        row.state = "done".into();
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await?;
        Ok(report)
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

    /// Everyone entitled to any of the papers from its release until today, and the rows to be tried.
    async fn counted(
        &self,
        tx: &mut Tx,
        frozen: &Frozen,
        include_author: bool,
    ) -> Result<Candidates, DeskError> {
        let duplicates: BTreeMap<PersonId, PersonId> = tx.duplicates().await?.into_iter().collect();
        let mut records: BTreeMap<PersonId, Vec<PersonId>> = BTreeMap::new();
        for (duplicate, stays) in &duplicates {
            records.entry(*stays).or_insert_with(|| vec![*stays]).push(*duplicate);
        }
        let (mut all, mut minted, mut authors) = (Vec::new(), Vec::new(), Vec::new());
        for (paper, _) in &frozen.papers {
            let from = paper.row.released.unwrap_or_else(|| self.today());
            all.extend(self.entitled(tx, paper.id, from, self.today()).await?);
            // Whoever was given a copy counts, whatever became of his posting.
            let copies = self.copies(tx, paper.id).await?;
            all.extend(
                copies.iter().map(|c| duplicates.get(&c.person).copied().unwrap_or(c.person)),
            );
            minted.push(copies);
            let wrote = match include_author {
                true => Vec::new(),
                false => self.authors(tx, &paper.row).await?,
            };
            authors.push(wrote);
        }
        all.sort_unstable();
        all.dedup();
        Ok(candidates(all, &minted, &records, &authors))
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

    async fn score(
        &self,
        request: &Request,
        frozen: &Frozen,
        counted: &Candidates,
        routes: Routes,
        context: &Context,
    ) -> Result<(FindingReport, Vec<NamedCopies>, String, Option<Picture>), DeskError> {
        let mut report = empty(request, frozen, counted, context);
        let seed = self.checkpoint()?;
        let mut tx = self.store.begin().await?;
        for (paper, (released, _)) in report.papers.iter_mut().zip(&frozen.papers) {
            let from = released.row.released.unwrap_or_else(|| self.today());
            paper.readers = self.entitled(&mut tx, released.id, from, self.today()).await?.len();
        }
        if frozen.papers.is_empty() {
            return Ok((report, Vec::new(), seed, None));
        }
        for (paper, _) in &frozen.papers {
            for copy in &self.copies(&mut tx, paper.id).await? {
                self.check_binding(&mut tx, copy).await?;
            }
        }
        let tried = &counted.tried;
        let holders: Vec<Holder> = tried
            .iter()
            .map(|candidate| Holder {
                copies: frozen
                    .papers
                    .iter()
                    .zip(&candidate.copies)
                    .map(|((paper, _), number)| number.map(|number| paper.key.copy_key(number)))
                    .collect(),
            })
            .collect();
        let internal = |e: chancery_code::InquiryError| DeskError::Input(e.to_string());
        let papers: Vec<PaperEvidence> = frozen
            .papers
            .iter()
            .map(|(paper, evidence)| PaperEvidence::new(paper.laws.clone(), evidence.clone()))
            .collect::<Result<_, _>>()
            .map_err(internal)?;
        // Without a bound nobody can be named or lead: no score reaches such a level.
        let level = if context.standing.level > 0.0 { context.standing.level } else { UNREACHABLE };
        let alpha = Alpha::new(level).map_err(|e| DeskError::Input(e.to_string()))?;
        let inquiry = Inquiry::new(alpha, counted.counted, papers, routes).map_err(internal)?;
        report.bits.needed = inquiry.bits_needed() + libm::log2(level) - libm::log2(context.asked);
        // Decoys depend on the checkpoint that was signed after the evidence was entered.
        let salt: [u8; 32] = Sha256::digest(seed.as_bytes()).into();
        let finding = inquiry.run(&holders, DecoyPlan::usual(salt)).map_err(internal)?;
        let names = tx.persons().await?;
        let office_names = tx.offices().await?;
        let mut opened: BTreeMap<usize, (Option<Handle>, Option<Handle>)> = BTreeMap::new();
        if context.exercise {
            for &index in finding.named.iter().chain(&finding.leads) {
                let person = tried[index].person;
                let reader = names.iter().find(|(id, ..)| *id == person).map(|(_, h, _)| h.clone());
                let paper = frozen
                    .papers
                    .iter()
                    .zip(&tried[index].copies)
                    .find_map(|((paper, _), number)| number.map(|_| paper.id));
                let office = match paper {
                    Some(paper) => tx.first_reading(paper, person).await?.map(|r| r.office),
                    None => None,
                };
                let office = office.and_then(|office| {
                    office_names.iter().find(|(id, ..)| *id == office).map(|(_, h, _)| h.clone())
                });
                opened.insert(index, (office, reader));
            }
        }
        let view = View { frozen, finding: &finding, tried, opened: &opened, context };
        view.fill(&mut report);
        let picture = room::picture(&finding, &report, tried);
        Ok((report, view.named(), seed, picture))
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
