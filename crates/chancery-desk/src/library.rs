//! Looking at papers: the list, one paper, the state of the archive.

use std::collections::BTreeMap;

use chancery_domain::{Addressed, Dtg, Handle, PaperKind, PaperState, Relation, Tag};
use chancery_store::{PaperFilter, PaperRow, Part, Tx};
use jiff::Timestamp;
use serde::Serialize;

use crate::access::Asker;
use crate::archive::decode;
use crate::circulation::ShownDeed;
use crate::custody::ShareNotes;
use crate::draft::DraftText;
use crate::looking::Look;
use crate::papers::{Head, reference};
use crate::registry::{known_office, known_person};
use crate::sheet::{circle, dressed, precedence};
use crate::{Archive, DeskError};

/// Sites by channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SiteCounts {
    /// Wording sites.
    pub wording: usize,
    /// Character sites.
    pub characters: usize,
    /// Layout sites.
    pub layout: usize,
}

/// A paper in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ListedPaper {
    /// Reference.
    pub paper: String,
    /// Id in the imported file.
    pub source_id: Option<String>,
    /// What sort of paper it is.
    pub kind: PaperKind,
    /// Originating office.
    pub office: String,
    /// Its own number, or the one given at release.
    pub serial: Option<String>,
    /// Subject.
    pub subject: String,
    /// Marking.
    pub label: String,
    /// Where it stands.
    pub state: PaperState,
    /// Precedence.
    pub precedence: String,
    /// Subject codes.
    pub tags: Vec<Tag>,
    /// What later papers did to it, such as `corrected by P30`.
    pub notices: Vec<String>,
    /// Words.
    pub words: usize,
    /// Sites, once released.
    pub sites: SiteCounts,
}

/// One paper in full.
#[derive(Clone, Debug, Serialize)]
pub struct ShownPaper {
    /// As in the list.
    #[serde(flatten)]
    pub listed: ListedPaper,
    /// Heading.
    pub head: Head,
    /// Date-time group of its release.
    pub dtg: Option<String>,
    /// Under embargo until then; of a statement, public from then on.
    pub lifts: Option<Timestamp>,
    /// Whether its recipients are hidden from one another.
    pub book: bool,
    /// Distribution, as the viewer may see it.
    pub distribution: Vec<(Handle, Addressed)>,
    /// Offices and collectives for action, for information and exempted, as its heading names them.
    pub addressed: [String; 3],
    /// What it does to an earlier paper.
    pub sequel: Option<(Relation, String)>,
    /// Offices asked to clear it, and whether each has.
    pub clearing: Vec<(Handle, bool)>,
    /// What was done to it, oldest first.
    pub history: Vec<ShownDeed>,
    /// Copies minted so far.
    pub copies: usize,
    /// The text as drafted; empty once released, except in an exercise and of a statement that is public.
    pub paragraphs: Vec<String>,
}

/// Which papers are listed; an empty filter lists all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<PaperState>,
    /// From this office.
    pub office: Option<Handle>,
    /// Of this kind.
    pub kind: Option<PaperKind>,
    /// Released at this instant or later.
    pub since: Option<Timestamp>,
    /// With this subject code.
    pub tag: Option<Tag>,
}

/// Copies that were refused: they keep their numbers, and their readers count in N.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RefusedCopies {
    /// How many.
    pub copies: usize,
    /// Their share of all copies minted.
    pub rate: f64,
    /// Above one in a hundred: copies handed out are then no longer a fair draw of all.
    pub too_many: bool,
}

/// The share of refused copies above which `status` warns.
const REFUSALS: f64 = 0.01;

/// What `status` tells.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// `open`.
    pub state: &'static str,
    /// How the archive's keys are kept.
    pub keys: String,
    /// Whether it is an exercise.
    pub exercise: bool,
    /// The record's public name.
    pub origin: String,
    /// Public key of the record.
    pub verifier_key: String,
    /// Papers by state.
    pub papers: BTreeMap<&'static str, usize>,
    /// Persons.
    pub persons: usize,
    /// Offices.
    pub offices: usize,
    /// Postings.
    pub postings: i64,
    /// Copies minted.
    pub copies: i64,
    /// Copies that did not read back and were not handed out.
    pub refused: RefusedCopies,
    /// Inquiries and the sum of their bounds.
    pub inquiries: (usize, f64),
    /// Entries of the record.
    pub entries: u64,
}

/// How the embedded default keeps its key, said wherever it matters.
pub const IN_THE_FILE: &str =
    "in the key file beside the archive: who can read the folder can read the papers";

impl Archive {
    /// All papers.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn list_papers(&self) -> Result<Vec<ListedPaper>, DeskError> {
        self.papers(&Filter::default()).await
    }

    /// The papers that a filter lets through, by number.
    ///
    /// # Errors
    /// When the archive cannot be read, or the filter's office is unknown.
    pub async fn papers(&self, filter: &Filter) -> Result<Vec<ListedPaper>, DeskError> {
        let mut tx = self.store.begin().await?;
        self.filtered(&mut tx, filter, None).await
    }

    /// As [`Archive::papers`], those that a person may look at; all where nobody need be named.
    ///
    /// # Errors
    /// When nobody is named in earnest, or the person or the filter's office is unknown.
    pub async fn papers_for(
        &self,
        filter: &Filter,
        who: Option<&Handle>,
    ) -> Result<Vec<ListedPaper>, DeskError> {
        let mut tx = self.store.begin().await?;
        let asker = self.looker(&mut tx, who).await?;
        self.filtered(&mut tx, filter, asker.as_ref()).await
    }

    async fn filtered(
        &self,
        tx: &mut Tx,
        filter: &Filter,
        asker: Option<&Asker>,
    ) -> Result<Vec<ListedPaper>, DeskError> {
        let office = match &filter.office {
            Some(handle) => Some(known_office(tx, handle).await?),
            None => None,
        };
        let (state, kind, since) = (filter.state, filter.kind, filter.since);
        let rows = tx.papers_where(&PaperFilter { state, office, kind, since }).await?;
        let mut out = Vec::new();
        for row in rows {
            if let Some(asker) = asker {
                match self.look(tx, Look::Paper, asker, &row).await {
                    Ok(()) => {}
                    Err(DeskError::Refused(_)) => continue,
                    Err(other) => return Err(other),
                }
            }
            let head = self.head(&row)?;
            if filter.tag.as_ref().is_none_or(|tag| head.tags.contains(tag)) {
                out.push(self.listed_paper(tx, &row, head).await?);
            }
        }
        Ok(out)
    }

    async fn listed_paper(
        &self,
        tx: &mut Tx,
        row: &PaperRow,
        head: Head,
    ) -> Result<ListedPaper, DeskError> {
        let sites = match row.release_leaf {
            Some(leaf) => counts(&self.entry(tx, leaf).await?),
            None => SiteCounts::default(),
        };
        let notices = self.notices(tx, row.id).await?;
        Ok(ListedPaper {
            paper: reference(row.id),
            kind: row.kind,
            office: tx.office_handle(row.office).await?.to_string(),
            label: head.label.to_string(),
            state: row.state,
            precedence: precedence(&head),
            notices: notices.iter().map(ToString::to_string).collect(),
            words: head.words,
            sites,
            source_id: head.source_id,
            serial: head.number.or_else(|| Some(row.serial?.of(row.kind))),
            subject: head.subject,
            tags: head.tags,
        })
    }

    /// One paper; with its text as long as it is a draft.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show_paper(&self, paper: &str) -> Result<ShownPaper, DeskError> {
        self.show_paper_to(paper, None).await
    }

    /// One paper as a person sees it: of a book distribution, holders of its originating office see all
    /// recipients, others their own office alone.
    ///
    /// # Errors
    /// When there is no such paper or person.
    pub async fn show_paper_to(
        &self,
        paper: &str,
        viewer: Option<&Handle>,
    ) -> Result<ShownPaper, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let head = self.head(&row)?;
        let listed = self.listed_paper(&mut tx, &row, head.clone()).await?;
        let recipients = tx.recipients(row.id).await?;
        let mut held = Vec::new();
        if let Some(viewer) = viewer {
            let person = known_person(&mut tx, viewer).await?;
            let postings = tx.postings_of(person).await?;
            held.extend(postings.iter().filter(|p| p.holds_at(now)).map(|p| *p.office()));
        }
        let origin = held.contains(&row.office);
        let mine = recipients.iter().find(|r| held.contains(&r.office)).map(|r| r.office);
        let view = if origin { Some(row.office) } else { mine };
        let circle = circle(&mut tx, &row, view).await?;
        let mut distribution: Vec<(Handle, Addressed)> = recipients
            .into_iter()
            .filter(|r| {
                !row.book || origin || r.addressed == Addressed::Origin || held.contains(&r.office)
            })
            .map(|r| (r.handle, r.addressed))
            .collect();
        distribution.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        let mut clearing = Vec::new();
        for asked in tx.clearing(row.id).await? {
            clearing.push((tx.office_handle(asked.office).await?, asked.given));
        }
        let sequel = tx.sequel(row.id).await?.map(|s| (s.relation, reference(s.target)));
        let history = self.history(&mut tx, &row).await?;
        let copies = tx.count_copies(Some(row.id)).await?;
        let copies = usize::try_from(copies).unwrap_or_default();
        let public = row.kind == PaperKind::Statement && row.lifts.is_some_and(|at| at <= now);
        let (released_at, lifts, book) = (row.released_at, row.lifts, row.book);
        let paragraphs = match row.state {
            // After release text leaves only as somebody's copy; an exercise and the public have nothing to
            // hide.
            PaperState::Released if exercise || public => {
                self.released(&mut tx, row).await?.master.drafted()
            }
            PaperState::Released | PaperState::Withdrawn | PaperState::Destroyed => Vec::new(),
            PaperState::Draft | PaperState::Approved => {
                let dek = self.dek(&mut tx, row.id).await?;
                let text: DraftText =
                    decode(&self.kept(&mut tx, &dek, row.id, Part::Draft).await?)?;
                text.marked()?.into_iter().map(|m| m.text).collect()
            }
        };
        Ok(ShownPaper {
            listed,
            dtg: released_at.map(|at| Dtg::utc(at).to_string()),
            lifts,
            book,
            distribution,
            addressed: [circle.action, circle.info, circle.exempted],
            sequel,
            clearing,
            history,
            copies,
            paragraphs: dressed(&head, &paragraphs),
            head,
        })
    }

    /// The state of the archive, which is open.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn status(&self) -> Result<Status, DeskError> {
        let exercise = self.is_exercise().await?;
        let inquiries = self.spent_alpha().await?;
        let mut tx = self.store.begin().await?;
        let mut papers = BTreeMap::new();
        for row in tx.papers().await? {
            *papers.entry(row.state.word()).or_insert(0) += 1;
        }
        let copies = tx.count_copies(None).await?;
        let refused = crate::copies::refused(&mut tx).await?.len();
        let rate = refused as f64 / copies.max(1) as f64;
        let refused = RefusedCopies { copies: refused, rate, too_many: rate > REFUSALS };
        Ok(Status {
            state: "open",
            keys: match ShareNotes::of_archive(&self.folder)? {
                Some(notes) => notes.describe(),
                None => IN_THE_FILE.to_owned(),
            },
            exercise,
            origin: self.profile.origin.clone(),
            verifier_key: self.verifier_key().to_string(),
            papers,
            persons: tx.persons().await?.len(),
            offices: tx.offices().await?.len(),
            postings: tx.count_postings().await?,
            copies,
            refused,
            inquiries,
            entries: tx.count_leaves().await?,
        })
    }
}

fn counts(entry: &crate::ledger::Body) -> SiteCounts {
    let count = |name: &str| {
        let value = entry.fields.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
        usize::try_from(value).unwrap_or_default()
    };
    SiteCounts {
        wording: count("wording"),
        characters: count("characters"),
        layout: count("layout"),
    }
}
