//! Looking at papers: the list, one paper, the state of the archive.

use std::collections::BTreeMap;

use chancery_domain::{Addressed, Handle, PaperState};
use chancery_store::Part;
use serde::Serialize;

use crate::archive::decode;
use crate::draft::DraftText;
use crate::papers::{Head, reference};
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
    /// Originating office.
    pub office: String,
    /// Its own number.
    pub serial: Option<String>,
    /// Subject.
    pub subject: String,
    /// Marking.
    pub label: String,
    /// Draft or released.
    pub state: PaperState,
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
    /// Distribution.
    pub distribution: Vec<(Handle, Addressed)>,
    /// Copies minted so far.
    pub copies: usize,
    /// The text as drafted; empty once released, except in an exercise.
    pub paragraphs: Vec<String>,
}

/// What `status` tells.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// `open`.
    pub state: &'static str,
    /// How the archive's keys are kept.
    pub keys: &'static str,
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
    /// Inquiries and the sum of their bounds.
    pub inquiries: (usize, f64),
    /// Entries of the record.
    pub entries: u64,
}

impl Archive {
    /// All papers.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn list_papers(&self) -> Result<Vec<ListedPaper>, DeskError> {
        let mut tx = self.store.begin().await?;
        let offices: BTreeMap<_, _> =
            tx.offices().await?.into_iter().map(|(id, handle, _)| (id, handle)).collect();
        let mut out = Vec::new();
        for row in tx.papers().await? {
            let head = self.head(&row)?;
            let sites = match row.release_leaf {
                Some(leaf) => counts(&self.entry(&mut tx, leaf).await?),
                None => SiteCounts::default(),
            };
            out.push(ListedPaper {
                paper: reference(row.id),
                source_id: head.source_id,
                office: offices.get(&row.office).map(ToString::to_string).unwrap_or_default(),
                serial: head.number,
                subject: head.subject,
                label: head.label.to_string(),
                state: row.state,
                words: head.words,
                sites,
            });
        }
        Ok(out)
    }

    /// One paper; with its text as long as it is a draft.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show_paper(&self, paper: &str) -> Result<ShownPaper, DeskError> {
        let exercise = self.is_exercise().await?;
        let reference_text = {
            let mut tx = self.store.begin().await?;
            reference(self.find_paper(&mut tx, paper).await?.id)
        };
        let all = self.list_papers().await?;
        let listed = all.into_iter().find(|p| p.paper == reference_text);
        let listed = listed.ok_or_else(|| DeskError::Archive("the paper vanished".into()))?;
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let head = self.head(&row)?;
        let offices = tx.offices().await?;
        let mut distribution = Vec::new();
        for (office, addressed) in tx.distribution(row.id).await? {
            if let Some((_, handle, _)) = offices.iter().find(|(id, ..)| *id == office) {
                distribution.push((handle.clone(), addressed));
            }
        }
        distribution.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        let copies = tx.copies(row.id).await?.len();
        let dek = self.dek(&mut tx, row.id).await?;
        let paragraphs = match row.state {
            // After release text leaves only as somebody's copy; an exercise has nothing to hide.
            PaperState::Released if exercise => self.released(&mut tx, row).await?.master.drafted(),
            PaperState::Released => Vec::new(),
            PaperState::Draft | PaperState::Approved => {
                let text: DraftText =
                    decode(&self.kept(&mut tx, &dek, row.id, Part::Draft).await?)?;
                text.marked()?.into_iter().map(|m| m.text).collect()
            }
        };
        Ok(ShownPaper { listed, head, distribution, copies, paragraphs })
    }

    /// The state of the archive.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn status(&self) -> Result<Status, DeskError> {
        let exercise = self.is_exercise().await?;
        let inquiries = self.spent_alpha().await?;
        let mut tx = self.store.begin().await?;
        let mut papers = BTreeMap::new();
        for row in tx.papers().await? {
            let state = match row.state {
                PaperState::Draft => "draft",
                PaperState::Approved => "approved",
                PaperState::Released => "released",
            };
            *papers.entry(state).or_insert(0) += 1;
        }
        Ok(Status {
            state: "open",
            keys: "in the key file beside the archive: who can read the folder can read the papers",
            exercise,
            origin: self.profile.origin.clone(),
            verifier_key: self.verifier_key().to_string(),
            papers,
            persons: tx.persons().await?.len(),
            offices: tx.offices().await?.len(),
            postings: tx.count_postings().await?,
            copies: tx.count_copies().await?,
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
    SiteCounts { wording: count("wording"), characters: count("characters"), layout: 0 }
}
