//! After a finding: a reader answers it, an officer withdraws it, and readers hear that there was one.

use chancery_domain::{Handle, rules};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Dossier, find_inquiry, name, sha256_hex};
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// The longest answer or reason, in bytes.
const MOST_WORDS: usize = 64 << 10;

/// What a reader says to a finding that names his copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// His words.
    pub text: String,
    /// Entry of the record, with their hash.
    pub leaf: u64,
}

/// That a finding no longer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// When.
    pub at: Timestamp,
    /// Which officer.
    pub by: Handle,
    /// Why.
    pub reason: String,
    /// Entry of the record, with the reason's hash.
    pub leaf: u64,
}

/// That there was an inquiry over papers which a person could read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notified {
    /// The inquiry.
    pub inquiry: String,
    /// The papers that he may read still; of others it is not said which they were.
    pub papers: Vec<String>,
    /// When its result was entered.
    pub ended: Timestamp,
    /// Whether his copy is named in it.
    pub names_you: bool,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

impl Archive {
    /// Answers a finding as a reader whose copy it names.
    ///
    /// # Errors
    /// When there is no finding, it names no copy of his, or the text is empty or too long.
    pub async fn answer_finding(
        &self,
        inquiry: &str,
        text: &str,
        who: &Handle,
    ) -> Result<u64, DeskError> {
        in_words(text)?;
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        let mut dossier = self.open_dossier(&row)?;
        let person = known_person(&mut act.tx, who).await?;
        let papers = self.papers_of(&mut act, &dossier).await?;
        if !self.is_named(&mut act, &dossier, person, &papers).await? {
            return Err(DeskError::Procedure(format!(
                "{inquiry} names no copy of {who}: only whoever it concerns can answer it"
            )));
        }
        let fields =
            [("inquiry", json!(name(row.id))), ("text_sha256", json!(sha256_hex(text.as_bytes())))];
        let leaf = act.enter("finding.answered", fields).await?;
        dossier.answers.push(Answer { at: act.now, text: text.to_owned(), leaf });
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await?;
        Ok(leaf)
    }

    /// Withdraws a finding as one of its officers. It stays in the record, and its papers stay spent.
    ///
    /// # Errors
    /// When there is none, it is withdrawn already, or `who` is no officer of it.
    pub async fn withdraw_finding(
        &self,
        inquiry: &str,
        reason: &str,
        who: &Handle,
    ) -> Result<u64, DeskError> {
        in_words(reason)?;
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        let mut dossier = self.open_dossier(&row)?;
        let person = known_person(&mut act.tx, who).await?;
        if row.opened != person && row.approved != Some(person) {
            return Err(DeskError::Procedure(format!(
                "only an officer of {inquiry} can withdraw its finding"
            )));
        }
        if dossier.finding.is_none() || dossier.withdrawn.is_some() {
            return Err(DeskError::Procedure(format!("{inquiry} has no finding that stands")));
        }
        let fields = [
            ("inquiry", json!(name(row.id))),
            ("officer", json!(who)),
            ("reason_sha256", json!(sha256_hex(reason.as_bytes()))),
        ];
        let leaf = act.enter("finding.withdrawn", fields).await?;
        let (at, by, reason) = (act.now, who.clone(), reason.to_owned());
        dossier.withdrawn = Some(Withdrawn { at, by, reason, leaf });
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await?;
        Ok(leaf)
    }

    /// The inquiries over papers that a person could read, once the delay that the house has set is over.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn inquiry_notices(&self, who: &Handle) -> Result<Vec<Notified>, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let days = self.house(&mut act.tx).await?.inquiries.notice_days;
        let records = act.tx.records_of(person).await?;
        let mut notices = Vec::new();
        for row in act.tx.inquiries().await? {
            let dossier: Dossier = self.open_dossier(&row)?;
            let Some(scored) = &dossier.scored else { continue };
            let due = scored.ended.saturating_add((i64::from(days) * 24).hours());
            let due = due.map_err(|e| DeskError::Archive(e.to_string()))?;
            if due > act.now || !scored.persons.iter().any(|counted| records.contains(counted)) {
                continue;
            }
            let papers = self.papers_of(&mut act, &dossier).await?;
            let names_you = self.is_named(&mut act, &dossier, person, &papers).await?;
            let mut shown = Vec::new();
            for paper in &papers {
                let read = self.permit(&mut act.tx, rules::Act::Read, person, &paper.row).await;
                match read {
                    Ok(_) => shown.push(crate::papers::reference(paper.id)),
                    Err(DeskError::Refused(_)) => {}
                    Err(other) => return Err(other),
                }
            }
            notices.push(Notified {
                inquiry: name(row.id),
                papers: shown,
                ended: scored.ended,
                names_you,
                withdrawn: dossier.withdrawn.is_some(),
            });
        }
        Ok(notices)
    }
}

fn in_words(text: &str) -> Result<(), DeskError> {
    if text.trim().is_empty() || text.len() > MOST_WORDS {
        return Err(DeskError::Input(format!("write 1 to {MOST_WORDS} bytes")));
    }
    Ok(())
}
