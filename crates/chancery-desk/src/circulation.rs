//! The acts between draft and release: asking, clearing, refusing, approving, amending, withdrawing.
//!
//! Each is done by one person through one office, entered in the record, and kept in the paper's history.
//! Whether it may be done is the rules' to say.

use chancery_domain::{Handle, PaperState, carries_number, rules, split_portion};
use chancery_store::{Deed, HistoryRow, OfficeId, PaperRow, Part, PersonId, Tx};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::archive::{decode, encode};
use crate::draft::{DraftText, words};
use crate::ledger::Act;
use crate::papers::{Head, reference};
use crate::policy::labelled;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Longest reason for a refusal, in bytes.
pub const MAX_REASON: usize = 4_000;

/// An act on a paper that was done.
#[derive(Clone, Debug, Serialize)]
pub struct Acted {
    /// The paper.
    pub paper: String,
    /// What was done.
    pub deed: Deed,
    /// Through which office.
    pub office: Handle,
    /// Where the paper now stands.
    pub state: PaperState,
    /// Whether clearances or an approval were given before and are now void.
    pub voided: bool,
    /// Entry of the record.
    pub leaf: u64,
}

/// A line of a paper's history.
#[derive(Clone, Debug, Serialize)]
pub struct ShownDeed {
    /// What was done.
    pub deed: Deed,
    /// By whom.
    pub who: Handle,
    /// Through which office; of an asking, the office that was asked.
    pub office: Handle,
    /// When.
    pub at: Timestamp,
    /// Why, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Entry of the record.
    pub leaf: u64,
}

/// A paper about to be acted on, by somebody who may.
struct Permitted {
    row: PaperRow,
    person: PersonId,
    office: OfficeId,
    handle: Handle,
}

impl Archive {
    /// Asks offices to clear a draft. Offices asked before are left as they are; a paper that was approved
    /// becomes a draft again when another office is asked.
    ///
    /// # Errors
    /// When `who` may not, or an office is unknown.
    pub async fn ask(
        &self,
        paper: &str,
        offices: &[Handle],
        who: &Handle,
    ) -> Result<Acted, DeskError> {
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Amend, paper, who).await?;
        let before = act.tx.clearing(at.row.id).await?;
        let mut leaf = 0;
        let mut voided = false;
        for handle in offices {
            let office = known_office(&mut act.tx, handle).await?;
            if before.iter().any(|c| c.office == office) {
                continue;
            }
            act.tx.ask_clearance(at.row.id, office).await?;
            let fields = [
                ("paper", json!(reference(at.row.id))),
                ("asked", json!(handle)),
                ("person", json!(who)),
            ];
            leaf = act.enter("paper.asked", fields).await?;
            act.note(at.row.id, Deed::Asked, at.person, office, leaf).await?;
            voided |= at.row.state == PaperState::Approved;
        }
        if leaf == 0 {
            return Err(DeskError::Input(
                "these offices are asked already; name one that is not".into(),
            ));
        }
        if voided {
            act.tx.set_state(at.row.id, PaperState::Draft).await?;
        }
        act.commit().await?;
        Ok(at.done(Deed::Asked, PaperState::Draft, voided, leaf))
    }

    /// Clears a draft as it stands, for an office that was asked.
    ///
    /// # Errors
    /// When `who` may not, or the office has cleared it already.
    pub async fn clear(&self, paper: &str, who: &Handle) -> Result<Acted, DeskError> {
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Clear, paper, who).await?;
        let clearing = act.tx.clearing(at.row.id).await?;
        if clearing.iter().any(|c| c.office == at.office && c.given) {
            return Err(DeskError::Procedure(format!(
                "{} has cleared {} already",
                at.handle,
                reference(at.row.id)
            )));
        }
        act.tx.give_clearance(at.row.id, at.office, at.person).await?;
        let leaf = act.done(&at, "paper.cleared", Deed::Cleared, who, None).await?;
        act.commit().await?;
        let state = at.row.state;
        Ok(at.done(Deed::Cleared, state, false, leaf))
    }

    /// Sends a paper back to draft with a reason: for an office that was asked to clear it, or in place of
    /// approving it. The refusal stays in its history.
    ///
    /// # Errors
    /// When `who` may not, or gives no reason.
    pub async fn refuse(
        &self,
        paper: &str,
        reason: &str,
        who: &Handle,
    ) -> Result<Acted, DeskError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > MAX_REASON {
            return Err(DeskError::Input(format!(
                "a refusal needs a reason of at most {MAX_REASON} bytes"
            )));
        }
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Refuse, paper, who).await?;
        let voided = at.row.state == PaperState::Approved;
        act.tx.void_clearance(at.row.id, at.office).await?;
        act.tx.set_state(at.row.id, PaperState::Draft).await?;
        let leaf = act.done(&at, "paper.refused", Deed::Refused, who, Some(reason)).await?;
        act.commit().await?;
        Ok(at.done(Deed::Refused, PaperState::Draft, voided, leaf))
    }

    /// Approves a paper for release.
    ///
    /// # Errors
    /// When `who` may not, or it is approved already.
    pub async fn approve(&self, paper: &str, who: &Handle) -> Result<Acted, DeskError> {
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Approve, paper, who).await?;
        if at.row.state == PaperState::Approved {
            return Err(DeskError::Procedure(format!(
                "{} is approved already",
                reference(at.row.id)
            )));
        }
        act.tx.set_state(at.row.id, PaperState::Approved).await?;
        let leaf = act.done(&at, "paper.approved", Deed::Approved, who, None).await?;
        act.commit().await?;
        Ok(at.done(Deed::Approved, PaperState::Approved, false, leaf))
    }

    /// Gives a draft up. What was given up is kept, and never comes back.
    ///
    /// # Errors
    /// When `who` may not.
    pub async fn withdraw(&self, paper: &str, who: &Handle) -> Result<Acted, DeskError> {
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Withdraw, paper, who).await?;
        act.tx.set_state(at.row.id, PaperState::Withdrawn).await?;
        let leaf = act.done(&at, "paper.withdrawn", Deed::Withdrawn, who, None).await?;
        act.commit().await?;
        Ok(at.done(Deed::Withdrawn, PaperState::Withdrawn, false, leaf))
    }

    /// Gives a draft another text, read as the old one was (markup or literal), with the drafter's earlier
    /// choices of places. Clearances and approval are void.
    ///
    /// # Errors
    /// When `who` may not, or the text is empty or its markup broken.
    pub async fn amend(
        &self,
        paper: &str,
        text: &str,
        layout: Layout,
        who: &Handle,
    ) -> Result<Acted, DeskError> {
        let mut act = self.act().await?;
        let at = act.permitted(rules::Act::Amend, paper, who).await?;
        let id = at.row.id;
        let dek = self.dek(&mut act.tx, id).await?;
        let old: DraftText = decode(&self.kept(&mut act.tx, &dek, id, Part::Draft).await?)?;
        let mut new = DraftText::from_file(text, old.markup, old.choice);
        let mut head = self.head(&at.row)?;
        layout.apply(&mut new, &mut head)?;
        let new = act.settled(&new).await?;
        head.words = new.marked()?.iter().map(|m| words(&m.text)).sum();
        self.keep(&mut act.tx, &dek, id, Part::Draft, &encode(&new)).await?;
        if let Some(policy) = self.policy(&mut act.tx).await? {
            labelled(&policy, &mut head)?;
        }
        let sealed = self.seal_head(id, at.row.lock.as_deref(), &head)?;
        act.tx.set_heading(id, &sealed).await?;
        let voided = act.void(&at.row).await?;
        let leaf = act.done(&at, "paper.amended", Deed::Amended, who, None).await?;
        act.commit().await?;
        Ok(at.done(Deed::Amended, PaperState::Draft, voided, leaf))
    }

    /// A paper's history, oldest first, with the reasons of refusals.
    pub(crate) async fn history(
        &self,
        tx: &mut Tx,
        paper: &PaperRow,
    ) -> Result<Vec<ShownDeed>, DeskError> {
        let rows = tx.history(paper.id).await?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            // The reason goes with the paper.
            let reason = match row.deed {
                Deed::Refused if paper.state != PaperState::Destroyed => {
                    self.entry(tx, row.leaf).await?.fields.remove("reason")
                }
                _ => None,
            };
            out.push(ShownDeed {
                deed: row.deed,
                who: tx.person_handle(row.person).await?,
                office: tx.office_handle(row.office).await?,
                at: row.at,
                reason: reason.as_ref().and_then(|r| r.as_str()).map(str::to_owned),
                leaf: row.leaf,
            });
        }
        Ok(out)
    }
}

impl Permitted {
    fn done(self, deed: Deed, state: PaperState, voided: bool, leaf: u64) -> Acted {
        let (paper, office) = (reference(self.row.id), self.handle);
        Acted { paper, deed, office, state, voided, leaf }
    }
}

impl Act<'_> {
    /// The paper that `who` may do this to, and through which office.
    async fn permitted(
        &mut self,
        deed: rules::Act,
        paper: &str,
        who: &Handle,
    ) -> Result<Permitted, DeskError> {
        let row = self.archive.find_paper(&mut self.tx, paper).await?;
        let person = known_person(&mut self.tx, who).await?;
        let office = self.archive.permit(&mut self.tx, deed, person, &row).await?;
        let handle = self.tx.office_handle(office).await?;
        Ok(Permitted { row, person, office, handle })
    }

    /// Enters an act on a paper and adds it to its history.
    async fn done(
        &mut self,
        at: &Permitted,
        kind: &str,
        deed: Deed,
        who: &Handle,
        reason: Option<&str>,
    ) -> Result<u64, DeskError> {
        let fields = [
            ("paper", json!(reference(at.row.id))),
            ("person", json!(who)),
            ("office", json!(at.handle)),
            ("reason", json!(reason)),
        ];
        let leaf = self.enter(kind, fields).await?;
        self.note(at.row.id, deed, at.person, at.office, leaf).await?;
        Ok(leaf)
    }

    /// Adds a line to a paper's history.
    pub(crate) async fn note(
        &mut self,
        paper: chancery_store::PaperId,
        deed: Deed,
        person: PersonId,
        office: OfficeId,
        leaf: u64,
    ) -> Result<(), DeskError> {
        let at = self.now;
        Ok(self.tx.add_history(&HistoryRow { paper, deed, person, office, at, leaf }).await?)
    }

    /// Takes back clearances and approval of a paper that has changed; whether there were any.
    pub(crate) async fn void(&mut self, row: &PaperRow) -> Result<bool, DeskError> {
        let cleared = self.tx.clearing(row.id).await?.iter().any(|c| c.given);
        self.tx.void_clearances(row.id).await?;
        self.tx.set_state(row.id, PaperState::Draft).await?;
        Ok(cleared || row.state == PaperState::Approved)
    }
}

/// How a text is laid out in paragraphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Paragraphs begin with portion marks, such as `(S) `; they are kept apart from the text.
    pub portions: bool,
    /// Renderings number the paragraphs, unless the text brings numbers of its own.
    pub numbered: bool,
}

impl Layout {
    /// Takes portion marks out of the text and says in the heading how it is laid out.
    ///
    /// # Errors
    /// When the text is empty or its markup broken, with its place in the file.
    pub(crate) fn apply(self, text: &mut DraftText, head: &mut Head) -> Result<(), DeskError> {
        // Before anything is taken out, so that places in the file are right.
        let marked = text.marked()?;
        head.portions = Vec::new();
        if self.portions {
            for (_, paragraph) in &mut text.paragraphs {
                let (mark, rest) = split_portion(paragraph);
                head.portions.push(mark.map(str::to_owned));
                *paragraph = rest.to_owned();
            }
            if head.portions.iter().all(Option::is_none) {
                return Err(DeskError::Input(
                    "no paragraph begins with a portion mark; write (S) and a space before its text"
                        .into(),
                ));
            }
        }
        head.numbered = self.numbered && !marked.iter().any(|m| carries_number(&m.text));
        Ok(())
    }
}
