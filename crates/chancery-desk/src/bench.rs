//! The drafter's bench: a draft as those see it who work on it, place by place, and what they may do now.
//!
//! In scope: gathering, for one person who may see the draft, everything that a page about it needs, and
//! deciding one place or the heading. Whether somebody may is the rules' to say.

use chancery_domain::rules::{self, Refusal};
use chancery_domain::{Addressed, Handle, Label, PaperState};
use chancery_store::{Deed, PaperFilter, PaperRow, Part, Tx};
use chancery_text::build::{self, Candidate};
use chancery_text::markup::Marked;
use chancery_text::master::Origin;
use chancery_text::proposal::{Acceptance, Survival};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::access::Gathered;
use crate::archive::{decode, encode};
use crate::draft::{DraftText, Finders, around};
use crate::library::ShownPaper;
use crate::meter::{Meter, ParagraphReach};
use crate::papers::reference;
use crate::policy::labelled;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// A draft in somebody's list.
#[derive(Clone, Debug, Serialize)]
pub struct BenchDraft {
    /// The paper.
    pub paper: String,
    /// Subject.
    pub subject: String,
    /// Marking.
    pub label: String,
    /// Draft or approved.
    pub state: PaperState,
    /// Originating office.
    pub office: Handle,
    /// Whether it waits for a clearance that this person may give.
    pub to_clear: bool,
    /// Whether it waits for an approval that this person may give.
    pub to_approve: bool,
    /// What was done to it last, and when.
    pub last: Option<(Deed, Timestamp)>,
}

/// Where a place stands with its drafter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceState {
    /// The drafter said that all readings are right.
    Kept,
    /// Copies will differ here; the drafter has not said so yet.
    Open,
    /// Copies will differ here only if the drafter says so.
    Question,
    /// The drafter struck it.
    Struck,
}

/// What the drafter says about a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceChoice {
    /// All readings are right.
    Keep,
    /// Copies are not to differ here.
    Strike,
    /// As if nothing had been said.
    Undo,
}

/// A place where copies differ or could.
#[derive(Clone, Debug, Serialize)]
pub struct BenchPlace {
    /// Name to decide it by.
    pub key: String,
    /// Paragraph, from 0.
    pub paragraph: usize,
    /// A few words before.
    pub before: String,
    /// The readings, the drafted one first.
    pub readings: Vec<String>,
    /// A few words after.
    pub after: String,
    /// Rule that proposed it; `author` for the author's own.
    pub rule: String,
    /// What it survives.
    pub survives: Survival,
    /// Where it stands.
    pub state: PlaceState,
    /// The reading that the sample copy has. The sample is nobody's.
    pub sample: usize,
}

/// A stretch of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum BenchPiece {
    /// The same in every copy.
    Text(String),
    /// The same in every copy because the author, or a quotation, locks it.
    Locked(String),
    /// A place, by its number.
    Place(usize),
}

/// A paragraph.
#[derive(Clone, Debug, Serialize)]
pub struct BenchParagraph {
    /// Portion mark.
    pub portion: Option<String>,
    /// Its text.
    pub pieces: Vec<BenchPiece>,
    /// What its marks can tell.
    pub reach: ParagraphReach,
}

/// An office that the paper goes to, and who in it may not read it.
#[derive(Clone, Debug, Serialize)]
pub struct BenchAddressee {
    /// The office.
    pub office: Handle,
    /// Its title.
    pub title: String,
    /// How it is addressed.
    pub addressed: Addressed,
    /// The collective that brings it in.
    pub via: Option<Handle>,
    /// Persons who hold it now.
    pub holders: usize,
    /// Why some of these would be refused a copy, once each, and how many.
    pub refused: Vec<(String, usize)>,
}

/// What the person may do now: the act, and the rule where he may not.
#[derive(Clone, Debug, Serialize)]
pub struct Leave {
    /// The act's word: `amend`, `clear`, `refuse`, `approve`, `release`, `withdraw`.
    pub act: &'static str,
    /// Why not.
    pub refused: Option<String>,
}

/// A draft on the bench.
#[derive(Clone, Debug, Serialize)]
pub struct Bench {
    /// The paper.
    pub shown: ShownPaper,
    /// The text as written, with markup and portion marks.
    pub source: String,
    /// Whether the text holds markup.
    pub markup: bool,
    /// Persons who would be entitled today.
    pub readers: u64,
    /// What the marks of the whole can tell.
    pub meter: Meter,
    /// Paragraph by paragraph.
    pub paragraphs: Vec<BenchParagraph>,
    /// Every place, in reading order.
    pub places: Vec<BenchPlace>,
    /// Where it goes.
    pub addressees: Vec<BenchAddressee>,
    /// What the person may do.
    pub leave: Vec<Leave>,
}

impl Bench {
    /// Whether the person may do this now.
    #[must_use]
    pub fn may(&self, act: &str) -> bool {
        self.leave.iter().any(|leave| leave.act == act && leave.refused.is_none())
    }
}

const ACTS: [(rules::Act, &str); 6] = [
    (rules::Act::Amend, "amend"),
    (rules::Act::Clear, "clear"),
    (rules::Act::Refuse, "refuse"),
    (rules::Act::Approve, "approve"),
    (rules::Act::Release, "release"),
    (rules::Act::Withdraw, "withdraw"),
];

impl Archive {
    /// The drafts that somebody may see now: of his offices, and those that his offices are asked to clear.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn bench_list(&self, who: &Handle) -> Result<Vec<BenchDraft>, DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, who).await?;
        let asker = self.asker(&mut tx, person).await?;
        let now = self.now_in(&mut tx).await?;
        let mut rows = Vec::new();
        for state in [PaperState::Draft, PaperState::Approved] {
            let filter = PaperFilter { state: Some(state), ..PaperFilter::default() };
            rows.extend(tx.papers_where(&filter).await?);
        }
        let mut out = Vec::new();
        for row in rows {
            let gathered = self.gather(&mut tx, &row).await?;
            let held = (asker.postings.as_slice(), &asker.reader);
            let may = |act| gathered.decide(act, person, held, &row, now).ok();
            if may(rules::Act::Preview).is_none() {
                continue;
            }
            let clearing = tx.clearing(row.id).await?;
            let to_clear = may(rules::Act::Clear)
                .is_some_and(|office| clearing.iter().any(|c| c.office == office && !c.given));
            let to_approve = row.state == PaperState::Draft && may(rules::Act::Approve).is_some();
            let head = self.head(&row)?;
            out.push(BenchDraft {
                paper: reference(row.id),
                subject: head.subject,
                label: head.label.to_string(),
                state: row.state,
                office: tx.office_handle(row.office).await?,
                to_clear,
                to_approve,
                last: tx.history(row.id).await?.last().map(|line| (line.deed, line.at)),
            });
        }
        out.sort_by_key(|draft| std::cmp::Reverse(draft.last.map(|(_, at)| at)));
        Ok(out)
    }

    /// Whether somebody may know of a draft: its office, also after it was released or given up, and the
    /// offices that are asked to clear it. Where not, nobody is to tell him that there is one.
    ///
    /// # Errors
    /// When the paper or the person is unknown.
    pub async fn may_preview(&self, paper: &str, who: &Handle) -> Result<bool, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let person = known_person(&mut tx, who).await?;
        let now = self.now_in(&mut tx).await?;
        let held = tx.postings_of(person).await?;
        match self.permit(&mut tx, rules::Act::Preview, person, &row).await {
            Ok(_) => Ok(true),
            Err(DeskError::Refused(Refusal::Released | Refusal::Withdrawn)) => {
                Ok(rules::may_act_for(&row.office, &held, now).is_ok())
            }
            Err(DeskError::Refused(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// A draft for somebody who may see it.
    ///
    /// # Errors
    /// When there is no such draft, or the person may not see it.
    pub async fn bench(
        &self,
        paper: &str,
        finders: &Finders,
        who: &Handle,
    ) -> Result<Bench, DeskError> {
        let shown = self.show_paper_to(paper, Some(who)).await?;
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let person = known_person(&mut tx, who).await?;
        self.permit(&mut tx, rules::Act::Preview, person, &row).await?;
        let dek = self.dek(&mut tx, row.id).await?;
        let text: DraftText = decode(&self.kept(&mut tx, &dek, row.id, Part::Draft).await?)?;
        let marked = text.marked()?;
        let candidates = finders.candidates(&marked);
        let chosen = build::choose(&marked, &candidates, &text.choice);
        let master = build::build(&marked, &chosen, &text.choice, &finders.lexicon_hash(), None);
        let places = placed(&candidates, &chosen, &marked, &text);
        let today = self.today();
        let readers = self.entitled(&mut tx, row.id, today, today).await?.len() as u64;
        let reach = Meter::by_paragraph(&master, readers);
        let portion = |at: usize| shown.head.portions.get(at).cloned().flatten();
        let paragraphs = marked
            .iter()
            .zip(reach)
            .enumerate()
            .map(|(at, (marked, reach))| BenchParagraph {
                portion: portion(at),
                pieces: pieces(at, marked, &places),
                reach,
            })
            .collect();
        let gathered = self.gather(&mut tx, &row).await?;
        let addressees = self.addressees(&mut tx, &row, &gathered).await?;
        let asker = self.asker(&mut tx, person).await?;
        let now = self.now_in(&mut tx).await?;
        let held = (asker.postings.as_slice(), &asker.reader);
        let leave = ACTS.map(|(act, word)| {
            let refused = gathered.decide(act, person, held, &row, now).err();
            Leave { act: word, refused: refused.map(|refusal| refusal.to_string()) }
        });
        Ok(Bench {
            source: source(&text, &shown),
            markup: text.markup,
            readers,
            meter: Meter::of(&master, readers),
            paragraphs,
            places: places.into_iter().map(|(place, _)| place).collect(),
            addressees,
            leave: leave.to_vec(),
            shown,
        })
    }

    /// Who of an addressed office would be refused a copy if the paper went out as it stands.
    async fn addressees(
        &self,
        tx: &mut Tx,
        row: &PaperRow,
        gathered: &Gathered,
    ) -> Result<Vec<BenchAddressee>, DeskError> {
        let now = self.now_in(tx).await?;
        let out = PaperRow { state: PaperState::Released, ..row.clone() };
        let mut all = Vec::new();
        for recipient in tx.recipients(row.id).await? {
            let (office, details) = self.office_details(tx, recipient.office).await?;
            let held = tx.postings_in(recipient.office).await?;
            let mut holders: Vec<_> =
                held.iter().filter(|p| p.holds_at(now)).map(|p| *p.person()).collect();
            holders.sort_unstable();
            holders.dedup();
            let mut refused: Vec<(String, usize)> = Vec::new();
            for person in &holders {
                let postings = tx.postings_of(*person).await?;
                let reader = self.reader(tx, gathered.policy(), *person).await?;
                let read = rules::Act::Read;
                if let Err(why) = gathered.decide(read, *person, (&postings, &reader), &out, now) {
                    let why = why.to_string();
                    match refused.iter_mut().find(|(known, _)| *known == why) {
                        Some((_, count)) => *count += 1,
                        None => refused.push((why, 1)),
                    }
                }
            }
            all.push(BenchAddressee {
                office,
                title: details.title,
                addressed: recipient.addressed,
                via: recipient.via,
                holders: holders.len(),
                refused,
            });
        }
        all.sort_by(|a, b| a.addressed.cmp(&b.addressed).then_with(|| a.title.cmp(&b.title)));
        Ok(all)
    }

    /// Decides one place of a draft. Whether clearances or an approval were given and are now void.
    ///
    /// # Errors
    /// When `who` may not change the draft, or it has no such place.
    pub async fn choose_place(
        &self,
        paper: &str,
        (key, choice): (&str, PlaceChoice),
        finders: &Finders,
        who: &Handle,
    ) -> Result<bool, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Amend, person, &row).await?;
        let dek = self.dek(&mut act.tx, row.id).await?;
        let mut text: DraftText =
            decode(&self.kept(&mut act.tx, &dek, row.id, Part::Draft).await?)?;
        if !finders.candidates(&text.marked()?).iter().any(|c| c.key() == key) {
            return Err(DeskError::Unknown {
                what: "place",
                name: key.chars().filter(|c| !c.is_control()).take(80).collect(),
                hint: "; the text has changed: look at the draft again",
            });
        }
        text.choice.struck.remove(key);
        text.choice.accepted.remove(key);
        match choice {
            PlaceChoice::Keep => text.choice.accepted.insert(key.to_owned()),
            PlaceChoice::Strike => text.choice.struck.insert(key.to_owned()),
            PlaceChoice::Undo => false,
        };
        self.keep(&mut act.tx, &dek, row.id, Part::Draft, &encode(&text)).await?;
        let voided = act.void(&row).await?;
        let fields = [
            ("paper", json!(reference(row.id))),
            ("person", json!(who)),
            ("voided", json!(voided)),
            ("place", json!(key)),
            ("choice", json!(choice)),
        ];
        act.enter("paper.checked", fields).await?;
        act.commit().await?;
        Ok(voided)
    }

    /// Gives a draft another subject and label. Clearances and approval are void.
    ///
    /// # Errors
    /// When `who` may not, the words make no label of the policy in force, or its label would keep `who` out.
    pub async fn rehead(
        &self,
        paper: &str,
        (subject, label): (&str, Label),
        who: &Handle,
    ) -> Result<(), DeskError> {
        let subject = subject.trim();
        if subject.is_empty() {
            return Err(DeskError::Input("a paper needs a subject".into()));
        }
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        let office = self.permit(&mut act.tx, rules::Act::Amend, person, &row).await?;
        let mut head = self.head(&row)?;
        head.subject = subject.to_owned();
        head.label = label;
        head.security = None;
        if let Some(policy) = self.policy(&mut act.tx).await? {
            labelled(&policy, &mut head)?;
            let reader = self.reader(&mut act.tx, Some(&policy), person).await?;
            let seen = head.security.as_ref().map(|label| policy.decide(&reader, label));
            if let Some(Err(why)) = seen {
                return Err(DeskError::Input(format!(
                    "with this label you could not see the draft yourself: {why}"
                )));
            }
        }
        let sealed = self.seal_head(row.id, row.lock.as_deref(), &head)?;
        act.tx.set_heading(row.id, &sealed).await?;
        act.void(&row).await?;
        let fields = [
            ("paper", json!(reference(row.id))),
            ("person", json!(who)),
            ("office", json!(act.tx.office_handle(office).await?)),
            ("heading", json!(true)),
        ];
        let leaf = act.enter("paper.amended", fields).await?;
        act.note(row.id, Deed::Amended, person, office, leaf).await?;
        act.commit().await
    }
}

/// Candidates as places: those that are sites, questions, or were struck, each with its span.
pub(crate) fn placed(
    candidates: &[Candidate],
    chosen: &[&Candidate],
    marked: &[Marked],
    text: &DraftText,
) -> Vec<(BenchPlace, std::ops::Range<usize>)> {
    let mut out = Vec::new();
    for candidate in candidates {
        let key = candidate.key();
        let proposal = &candidate.proposal;
        let state = if chosen.contains(&candidate) {
            let said = text.choice.accepted.contains(&key) || candidate.origin == Origin::Author;
            if said { PlaceState::Kept } else { PlaceState::Open }
        } else if text.choice.struck.contains(&key) {
            PlaceState::Struck
        } else if candidate.origin == Origin::Proposed && proposal.acceptance == Acceptance::Ask {
            PlaceState::Question
        } else {
            continue;
        };
        let Some(paragraph) = marked.get(candidate.paragraph) else { continue };
        let (before, after) = around(&paragraph.text, &proposal.span);
        let mut readings = proposal.readings.clone();
        readings.swap(0, proposal.current);
        let drawn = Sha256::digest(key.as_bytes())[0];
        let place = BenchPlace {
            sample: usize::from(drawn) % readings.len().max(1),
            key,
            paragraph: candidate.paragraph,
            before,
            readings,
            after,
            rule: proposal.rule.clone(),
            survives: proposal.survival,
            state,
        };
        out.push((place, proposal.span.clone()));
    }
    out
}

/// A paragraph cut into text, locked text and places. Where places overlap, the sites come first.
pub(crate) fn pieces(
    at: usize,
    marked: &Marked,
    places: &[(BenchPlace, std::ops::Range<usize>)],
) -> Vec<BenchPiece> {
    let own = || places.iter().enumerate().filter(|(_, (place, _))| place.paragraph == at);
    let is_site = |place: &BenchPlace| matches!(place.state, PlaceState::Kept | PlaceState::Open);
    let mut spans: Vec<(std::ops::Range<usize>, Option<usize>)> = Vec::new();
    let add = |span: &std::ops::Range<usize>, what, spans: &mut Vec<_>| {
        let apart = |(other, _): &(std::ops::Range<usize>, Option<usize>)| {
            other.end <= span.start || span.end <= other.start
        };
        if spans.iter().all(apart) {
            spans.push((span.clone(), what));
        }
    };
    for sites in [true, false] {
        for (number, (place, span)) in own() {
            if is_site(place) == sites {
                add(span, Some(number), &mut spans);
            }
        }
    }
    for span in &marked.locked {
        add(span, None, &mut spans);
    }
    spans.sort_by_key(|(span, _)| (span.start, span.end));
    let text = |span: std::ops::Range<usize>| marked.text.get(span).unwrap_or_default().to_owned();
    let mut out = Vec::new();
    let mut from = 0;
    for (span, place) in spans {
        if from < span.start {
            out.push(BenchPiece::Text(text(from..span.start)));
        }
        from = span.end;
        out.push(match place {
            Some(number) => BenchPiece::Place(number),
            None => BenchPiece::Locked(text(span)),
        });
    }
    if from < marked.text.len() {
        out.push(BenchPiece::Text(text(from..marked.text.len())));
    }
    out
}

/// The text as its author wrote it, portion marks before the paragraphs.
fn source(text: &DraftText, shown: &ShownPaper) -> String {
    let portion = |at: usize| shown.head.portions.get(at).and_then(Option::as_deref);
    let line = |(at, (_, paragraph)): (usize, &(usize, String))| match portion(at) {
        Some(mark) => format!("({mark}) {paragraph}"),
        None => paragraph.clone(),
    };
    text.paragraphs.iter().enumerate().map(line).collect::<Vec<_>>().join("\n\n")
}
