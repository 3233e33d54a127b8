//! Inquiries: opened by one officer, approved by a second, frozen, scored, entered, then shown.
//!
//! # What a crash leaves
//! Three acts: opened (with the leaks' hashes), frozen (evidence, papers, N, level, attempt), result. After
//! a crash between them the inquiry stands where it was; running it again freezes the same evidence,
//! because reading is a function of leaks and masters alone, and counts as another attempt.

use std::collections::BTreeMap;

use chancery_code::{
    Alpha, AlphaSplit, Channel, DecoyPlan, Display, EValue, Finding, Holder, Inquiry,
    PaperEvidence, PersonScore, Route, Routes, Verdict,
};
use chancery_domain::{Handle, rules};
use chancery_store::{InquiryRow, PaperId, PersonId, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::copies::{check_tree, copies_root};
use crate::finding::{
    CONDITIONS, ChannelSays, Decisive, FindingReport, FoundBits, FoundCopy, FoundDecoys,
    FoundInquiries, FoundLeak, FoundPaper, FoundSet, Read, SCHEMA, SitesByChannel,
};
use crate::freeze::{Frozen, LeakFile, MAX_LEAKS, as_entry};
use crate::outside::random;
use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// What is to be inquired into.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The leaks, declared together.
    pub leaks: Vec<LeakFile>,
    /// Papers to compare with; empty to search the whole archive.
    pub papers: Vec<String>,
    /// Level of this inquiry.
    pub alpha: f64,
}

/// The sealed file of an inquiry.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dossier {
    request: Request,
    /// Levels spent by runs of this inquiry.
    spent: Vec<f64>,
    finding: Option<FindingReport>,
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
}

/// How a trace ended.
#[derive(Debug)]
pub enum Traced {
    /// Scored; here is the finding.
    Done(Box<FindingReport>),
    /// A second officer has to approve it first.
    AwaitingApproval(String),
}

impl Archive {
    /// Opens an inquiry; in an exercise its invented officers approve at once and it is run.
    ///
    /// # Errors
    /// When a leak cannot be read, or the level is not between 0 and 1.
    pub async fn trace(&self, request: Request, who: Option<&Handle>) -> Result<Traced, DeskError> {
        if request.leaks.is_empty() || request.leaks.len() > MAX_LEAKS {
            return Err(DeskError::Input(format!("give 1 to {MAX_LEAKS} leaks")));
        }
        Alpha::new(request.alpha).map_err(|e| DeskError::Input(e.to_string()))?;
        for leak in &request.leaks {
            // A file that cannot be read opens no inquiry.
            chancery_text::incoming::text_of(Some(&leak.name), &leak.bytes)
                .map_err(|e| DeskError::Input(format!("{}: {e}", leak.name)))?;
        }
        let exercise = self.is_exercise().await?;
        let parse =
            |text: &str| text.parse::<Handle>().map_err(|e| DeskError::Input(e.to_string()));
        let (first, second) = if exercise {
            let (first, second) = self.exercise_officers().await?;
            (first, Some(second))
        } else {
            let who = who
                .ok_or_else(|| DeskError::Input("say who opens the inquiry: --as PERSON".into()))?;
            (parse(who.as_str())?, None)
        };
        let id = self.open_inquiry(request, &first).await?;
        match second {
            Some(second) => {
                self.approve_inquiry(&id, &second).await?;
                Ok(Traced::Done(Box::new(self.run_inquiry(&id).await?)))
            }
            None => Ok(Traced::AwaitingApproval(id)),
        }
    }

    /// The two invented officers of an exercise.
    async fn exercise_officers(&self) -> Result<(Handle, Handle), DeskError> {
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

    async fn open_inquiry(&self, request: Request, first: &Handle) -> Result<String, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, first).await?;
        for paper in &request.papers {
            self.find_paper(&mut act.tx, paper).await?;
        }
        let id = act.tx.next_inquiry().await?;
        let leaks: Vec<Value> = request
            .leaks
            .iter()
            .map(|l| json!({"file": l.name, "sha256": hex::encode(l.sha256())}))
            .collect();
        let alpha = request.alpha;
        let dossier = Dossier { request, spent: Vec::new(), finding: None };
        let row = InquiryRow {
            id,
            state: "open".into(),
            opened: person,
            approved: None,
            sealed: self.seal_dossier(id, &dossier)?,
        };
        act.tx.set_inquiry(&row).await?;
        act.enter(
            "inquiry.opened",
            [
                ("inquiry", json!(name(id))),
                ("officer", json!(first)),
                ("leaks", json!(leaks)),
                ("alpha", json!(alpha)),
            ],
        )
        .await?;
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
        let today = self.today();
        let mut offices = Vec::new();
        for person in [row.opened, second] {
            let postings = act.tx.postings_of(person).await?;
            let held = postings.iter().filter(|p| p.holds_on(today));
            offices.push(held.map(|p| *p.office()).collect::<Vec<_>>());
        }
        rules::may_approve(&row.opened, &offices[0], &second, &offices[1])?;
        row.state = "approved".into();
        row.approved = Some(second);
        act.tx.set_inquiry(&row).await?;
        act.enter("inquiry.approved", [("inquiry", json!(name(row.id))), ("officer", json!(who))])
            .await?;
        act.commit().await
    }

    /// Freezes the evidence of an approved inquiry, scores it and enters the result, then returns it.
    ///
    /// # Errors
    /// When it is not approved, or a paper does not verify.
    pub async fn run_inquiry(&self, inquiry: &str) -> Result<FindingReport, DeskError> {
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
        let request = dossier.request.clone();
        let alpha = Alpha::new(request.alpha).map_err(|e| DeskError::Input(e.to_string()))?;
        let mut forced = Vec::new();
        for paper in &request.papers {
            forced.push(self.find_paper(&mut act.tx, paper).await?.id);
        }
        let frozen = self.freeze(&mut act.tx, &request.leaks, &forced).await?;
        for (paper, _) in &frozen.papers {
            let leaf = paper.row.release_leaf.unwrap_or_default();
            let entry = self.entry(&mut act.tx, leaf).await?;
            check_tree(paper, &copies_root(&entry))?;
        }
        let persons = self.counted(&mut act.tx, &frozen).await?;
        // Nothing matched: nothing is scored and nothing is spent.
        let level = if frozen.papers.is_empty() { 0.0 } else { request.alpha };
        dossier.spent.push(level);
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        let (count, summed) = self.spent_in(&mut act.tx).await?;
        let routes = if frozen.leaks.iter().any(|l| l.ambiguous) && frozen.leaks.len() == 1 {
            Routes::Separate
        } else {
            Routes::Pooled
        };
        let entry = act
            .enter(
                "inquiry.frozen",
                [
                    ("inquiry", json!(name(row.id))),
                    ("leaks", json!(frozen.leaks.iter().map(as_entry).collect::<Vec<_>>())),
                    (
                        "papers",
                        json!(
                            frozen
                                .papers
                                .iter()
                                .map(|(paper, evidence)| json!({
                                    "paper": reference(paper.id),
                                    "master_sha256": paper.master.hash(),
                                    "evidence_sha256": sha256_hex(&evidence.canonical_bytes()),
                                }))
                                .collect::<Vec<_>>()
                        ),
                    ),
                    ("readers", json!(persons.len())),
                    ("alpha", json!(level)),
                    ("attempt", json!(count)),
                    ("routes", json!(routes)),
                    ("split", json!(AlphaSplit::standard())),
                ],
            )
            .await?;
        act.commit().await?;
        // From here on rows may be derived: everything they could influence is in the record.

        let context = Context {
            id: row.id,
            exercise,
            alpha,
            entry,
            inquiries: FoundInquiries { count, summed_alpha: summed },
        };
        let mut report = self.score(&request, &frozen, &persons, routes, &context).await?;
        report.statement = report.say();

        let mut act = self.act().await?;
        dossier.finding = Some(report.clone());
        row.state = "done".into();
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.enter(
            "inquiry.result",
            [
                ("inquiry", json!(name(row.id))),
                ("verdict", json!(report.verdict)),
                ("finding_sha256", json!(sha256_hex(&encode(&report)))),
            ],
        )
        .await?;
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
        })
    }

    /// Everyone entitled to any of the papers from its release until today: N.
    async fn counted(&self, tx: &mut Tx, frozen: &Frozen) -> Result<Vec<PersonId>, DeskError> {
        let mut all = Vec::new();
        for (paper, _) in &frozen.papers {
            let from = paper.row.released.unwrap_or_else(|| self.today());
            all.extend(self.entitled(tx, paper.id, from, self.today()).await?);
            // Whoever was given a copy counts, whatever became of his posting.
            all.extend(tx.copies(paper.id).await?.iter().map(|c| c.person));
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// Number of inquiries and the sum of their levels.
    pub(crate) async fn spent_alpha(&self) -> Result<(usize, f64), DeskError> {
        let mut tx = self.store.begin().await?;
        self.spent_in(&mut tx).await
    }

    async fn spent_in(&self, tx: &mut Tx) -> Result<(usize, f64), DeskError> {
        let mut sum = 0.0;
        let rows = tx.inquiries().await?;
        for row in &rows {
            sum += self.open_dossier(row)?.spent.iter().sum::<f64>();
        }
        Ok((rows.len(), sum))
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

    async fn score(
        &self,
        request: &Request,
        frozen: &Frozen,
        persons: &[PersonId],
        routes: Routes,
        context: &Context,
    ) -> Result<FindingReport, DeskError> {
        let mut report = empty(request, frozen, persons, context);
        let mut tx = self.store.begin().await?;
        for (paper, (released, _)) in report.papers.iter_mut().zip(&frozen.papers) {
            let from = released.row.released.unwrap_or_else(|| self.today());
            paper.readers = self.entitled(&mut tx, released.id, from, self.today()).await?.len();
        }
        if frozen.papers.is_empty() {
            return Ok(report);
        }
        let mut copies: Vec<BTreeMap<PersonId, u32>> = Vec::new();
        for (paper, _) in &frozen.papers {
            let minted = tx.copies(paper.id).await?;
            for copy in &minted {
                self.check_binding(&mut tx, copy).await?;
            }
            copies.push(minted.iter().map(|c| (c.person, c.number)).collect());
        }
        let held: Vec<PersonId> =
            persons.iter().copied().filter(|p| copies.iter().any(|c| c.contains_key(p))).collect();
        let holders: Vec<Holder> = held
            .iter()
            .map(|person| Holder {
                copies: frozen
                    .papers
                    .iter()
                    .zip(&copies)
                    .map(|((paper, _), minted)| {
                        minted.get(person).map(|number| paper.key.copy_key(*number))
                    })
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
        let inquiry =
            Inquiry::new(context.alpha, persons.len() as u64, papers, routes).map_err(internal)?;
        // Decoys depend on the checkpoint that was signed after the evidence was entered.
        let salt: [u8; 32] = Sha256::digest(self.checkpoint()?.as_bytes()).into();
        let finding = inquiry.run(&holders, DecoyPlan::usual(salt)).map_err(internal)?;
        let names = tx.persons().await?;
        let office_names = tx.offices().await?;
        let today = self.today();
        let mut opened: BTreeMap<usize, (Option<Handle>, Option<Handle>)> = BTreeMap::new();
        if context.exercise {
            for &index in finding.named.iter().chain(&finding.leads) {
                let person = held[index];
                let reader = names.iter().find(|(id, ..)| *id == person).map(|(_, h, _)| h.clone());
                let postings = tx.postings_of(person).await?;
                let office = frozen.papers.iter().zip(&copies).find_map(|((paper, _), minted)| {
                    minted.contains_key(&person).then_some(paper.id)
                });
                let office = match office {
                    Some(paper) => {
                        let distribution = tx.distribution(paper).await?;
                        let state = chancery_domain::PaperState::Released;
                        rules::may_open(state, &distribution, &postings, today).ok().copied()
                    }
                    None => None,
                };
                let office = office.and_then(|office| {
                    office_names.iter().find(|(id, ..)| *id == office).map(|(_, h, _)| h.clone())
                });
                opened.insert(index, (office, reader));
            }
        }
        let view =
            View { frozen, finding: &finding, copies: &copies, held: &held, opened: &opened };
        view.fill(&mut report);
        Ok(report)
    }
}

struct Context {
    id: i64,
    exercise: bool,
    alpha: Alpha,
    entry: u64,
    inquiries: FoundInquiries,
}

/// A scored inquiry with what is needed to put its result into words.
struct View<'a> {
    frozen: &'a Frozen,
    finding: &'a Finding,
    copies: &'a [BTreeMap<PersonId, u32>],
    held: &'a [PersonId],
    opened: &'a BTreeMap<usize, (Option<Handle>, Option<Handle>)>,
}

impl View<'_> {
    fn fill(&self, report: &mut FindingReport) {
        let finding = self.finding;
        report.verdict = match finding.verdict() {
            Verdict::Identified => "identified",
            Verdict::StrongLead => "strong-lead",
            Verdict::Narrowed => "narrowed",
            Verdict::Nothing => "nothing",
        }
        .to_owned();
        let identified = !finding.named.is_empty();
        report.named = finding.named.iter().map(|&p| self.copy(p)).collect();
        if !identified {
            report.leading = finding.leads.iter().map(|&p| self.copy(p)).collect();
        }
        let narrowed = finding.credible.narrowed().unwrap_or_default();
        report.credible_set = FoundSet {
            mass: finding.credible.mass,
            size: if narrowed.is_empty() { finding.credible.persons.len() } else { narrowed.len() },
            of: finding.credible.of,
            copies: if finding.verdict() == Verdict::Narrowed {
                narrowed.iter().flat_map(|&(p, _)| self.copies_of(p, None)).collect()
            } else {
                Vec::new()
            },
        };
        report.decoys =
            FoundDecoys { count: finding.decoys.count(), best_log2: finding.decoys.best_log2() };
        report.bits = FoundBits {
            obtained: finding.bits.obtained,
            needed: finding.bits.needed,
            attainable: finding.bits.attainable,
        };
        for (paper, sites) in report.papers.iter_mut().zip(&finding.sites) {
            for read in sites {
                let slot = match read.channel {
                    Channel::Wording => &mut paper.sites.wording,
                    Channel::Characters => &mut paper.sites.characters,
                    _ => &mut paper.sites.layout,
                };
                *slot = Read { offered: read.offered, read: read.read };
            }
        }
        self.places(report);
    }

    fn copies_of(&self, person: usize, only: Option<usize>) -> Vec<String> {
        self.frozen
            .papers
            .iter()
            .zip(self.copies)
            .enumerate()
            .filter(|(at, _)| only.is_none_or(|paper| paper == *at))
            .filter_map(|(_, ((paper, _), minted))| {
                let number = minted.get(&self.held[person])?;
                Some(copy_name(paper.id, *number))
            })
            .collect()
    }

    fn copy(&self, index: usize) -> FoundCopy {
        let person: &PersonScore = &self.finding.persons[index];
        let best = person.best.as_ref();
        let only = match best.map(|b| b.route) {
            Some(Route::Paper(paper)) => Some(paper),
            _ => None,
        };
        let copies = self.copies_of(index, only);
        let papers = (0..self.frozen.papers.len())
            .filter(|&paper| person.p_adjusted_for(paper) <= self.finding.alpha.get())
            .map(|paper| reference(self.frozen.papers[paper].0.id))
            .collect();
        let channels = self.finding.displays.iter().find(|d| d.person == index);
        let (office, reader) = self.opened.get(&index).cloned().unwrap_or_default();
        FoundCopy {
            copy: copies.first().cloned().unwrap_or_default(),
            copies,
            office,
            reader,
            p_adjusted: person.p_adjusted(),
            log2_e: EValue::log2(person.e_value),
            round: best.map_or(0, |b| b.round),
            route: if only.is_some() { "paper" } else { "pooled" }.to_owned(),
            papers,
            channels: channels.map(says).unwrap_or_default(),
        }
    }

    /// Marks, in the leaks, the places that speak for and against the leading copy.
    fn places(&self, report: &mut FindingReport) {
        let leading = self.finding.named.first().or_else(|| self.finding.leads.first());
        let Some(display) =
            leading.and_then(|p| self.finding.displays.iter().find(|d| d.person == *p))
        else {
            return;
        };
        for (leak, found) in self.frozen.leaks.iter().zip(&mut report.leaks) {
            for place in &display.places {
                let paper = self.frozen.papers[place.paper].0.id;
                let Some((_, extraction)) = leak.readings.iter().find(|(id, _)| *id == paper)
                else {
                    continue;
                };
                let read = extraction.sites.iter().find(|s| s.site == place.site.get());
                for span in read.map(|s| s.spans.as_slice()).unwrap_or_default() {
                    found.places.push(Decisive {
                        start: span.start,
                        end: span.end,
                        channel: channel(place.site.channel()),
                        bits: f64::from(place.weight) / 64.0,
                    });
                }
            }
            found.places.sort_by_key(|p| (p.start, p.end));
        }
    }
}

fn says(display: &Display) -> Vec<ChannelSays> {
    let of = |channel| display.places.iter().filter(move |p| p.site.channel() == channel);
    display
        .channels
        .iter()
        .map(|(c, bits)| ChannelSays {
            channel: channel(*c),
            bits: *bits,
            agrees: of(*c).filter(|place| place.weight > 0).count(),
            of: of(*c).count(),
        })
        .collect()
}

fn channel(channel: Channel) -> String {
    match channel {
        Channel::Wording => "wording",
        Channel::Characters => "characters",
        Channel::Layout => "layout",
        Channel::Lines => "lines",
    }
    .to_owned()
}

/// The report before scoring: nothing found.
fn empty(
    request: &Request,
    frozen: &Frozen,
    persons: &[PersonId],
    context: &Context,
) -> FindingReport {
    let papers = frozen
        .papers
        .iter()
        .map(|(paper, _)| FoundPaper {
            paper: reference(paper.id),
            source_id: paper.head.source_id.clone(),
            subject: paper.head.subject.clone(),
            label: paper.head.label.to_string(),
            readers: 0,
            sites: SitesByChannel::default(),
        })
        .collect();
    let leaks = request
        .leaks
        .iter()
        .zip(&frozen.leaks)
        .map(|(file, leak)| {
            let mut all = Vec::new();
            for (_, extraction) in &leak.readings {
                all.extend(extraction.to_bytes());
            }
            FoundLeak {
                file: file.name.clone(),
                sha256: hex::encode(leak.sha256),
                papers: leak.readings.iter().map(|(id, _)| reference(*id)).collect(),
                evidence: sha256_hex(&all),
                words: leak.words,
                matched: matched(&leak.readings),
                text: leak.text.clone(),
                places: Vec::new(),
            }
        })
        .collect();
    let readers = persons.len() as u64;
    FindingReport {
        schema: SCHEMA.to_owned(),
        inquiry: name(context.id),
        exercise: context.exercise,
        verdict: "nothing".to_owned(),
        alpha: context.alpha.get(),
        papers,
        leaks,
        readers,
        named: Vec::new(),
        leading: Vec::new(),
        credible_set: FoundSet { mass: 0.95, size: 0, of: readers, copies: Vec::new() },
        decoys: FoundDecoys { count: 0, best_log2: None },
        inquiries: context.inquiries,
        bits: FoundBits { obtained: 0.0, needed: 0.0, attainable: 0.0 },
        conditions: CONDITIONS.iter().map(|&c| c.to_owned()).collect(),
        spent: false,
        statement: String::new(),
        entry: context.entry,
    }
}

/// Words of a leak that stand in the paper that explains most of it.
fn matched(readings: &[(PaperId, chancery_text::extract::Extraction)]) -> usize {
    // Passages of a mixed leak may overlap; no word counts twice.
    let aligned = readings.iter().map(|(_, e)| e.coverage.aligned_words.min(e.coverage.leak_words));
    let words = aligned.max().unwrap_or(0);
    usize::try_from(words).unwrap_or(usize::MAX)
}

fn name(id: i64) -> String {
    format!("I{id}")
}

fn copy_name(paper: PaperId, number: u32) -> String {
    format!("{}/{number:04}", reference(paper))
}

fn sha256_hex(bytes: &[u8]) -> String {
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
