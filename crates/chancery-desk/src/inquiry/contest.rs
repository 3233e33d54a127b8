//! After a finding: a reader answers it, an officer withdraws it, and readers hear that there was one.

use chancery_domain::{Handle, rules};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Dossier, find_inquiry, name, sha256_hex};
use crate::ledger::Act;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// The longest answer or reason, in bytes.
pub const MAX_ANSWER: usize = 64 << 10;

/// What a reader says to a finding that names his copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// His words.
    pub text: String,
    /// Entry of the record, with their hash.
    pub leaf: u64,
    /// Whose answer it is.
    #[serde(default)]
    pub by: Option<Handle>,
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

/// A finding, for a reader whose copy it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnFinding {
    /// The inquiry.
    pub inquiry: String,
    /// What is said, in one sentence.
    pub statement: String,
    /// Its papers: reference, and the subject of those that he may still read.
    pub papers: Vec<(String, Option<String>)>,
    /// When its result was entered.
    pub ended: Timestamp,
    /// Entry of the record.
    pub leaf: u64,
    /// Whether it is an exercise.
    pub exercise: bool,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// What he has answered.
    pub answers: Vec<Answer>,
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
        let by = Some(who.clone());
        dossier.answers.push(Answer { at: act.now, text: text.to_owned(), leaf, by });
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

    /// A finding as a reader sees whose copy it names, once the delay that the house has set is over.
    ///
    /// # Errors
    /// When there is none for him: whether there is one for others is not said.
    pub async fn own_finding(&self, inquiry: &str, who: &Handle) -> Result<OwnFinding, DeskError> {
        let none = || DeskError::Unknown { what: "finding", name: inquiry.to_owned(), hint: "" };
        let mut act = self.act().await?;
        let row = find_inquiry(&mut act.tx, inquiry).await?;
        let dossier: Dossier = self.open_dossier(&row)?;
        let person = known_person(&mut act.tx, who).await?;
        let (Some(scored), Some(report)) = (&dossier.scored, &dossier.finding) else {
            return Err(none());
        };
        let days = act.notice_days().await?;
        let papers = self.papers_of(&mut act, &dossier).await?;
        let named = self.is_named(&mut act, &dossier, person, &papers).await?;
        if !named || told_from(scored.ended, days)? > act.now {
            return Err(none());
        }
        let mut shown = Vec::new();
        for (paper, found) in papers.iter().zip(&report.papers) {
            let subject = match self.permit(&mut act.tx, rules::Act::Read, person, &paper.row).await
            {
                Ok(_) => Some(found.subject.clone()),
                Err(DeskError::Refused(_)) => None,
                Err(other) => return Err(other),
            };
            shown.push((found.paper.clone(), subject));
        }
        let own = |answer: &Answer| answer.by.as_ref() == Some(who);
        Ok(OwnFinding {
            inquiry: name(row.id),
            statement: report.statement.clone(),
            papers: shown,
            ended: scored.ended,
            leaf: report.entry,
            exercise: report.exercise,
            withdrawn: dossier.withdrawn.is_some(),
            answers: dossier.answers.iter().filter(|answer| own(answer)).cloned().collect(),
        })
    }

    /// The inquiries over papers that a person could read, once the delay that the house has set is over.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn inquiry_notices(&self, who: &Handle) -> Result<Vec<Notified>, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let days = act.notice_days().await?;
        let records = act.tx.records_of(person).await?;
        let mut notices = Vec::new();
        for row in act.tx.inquiries().await? {
            let dossier: Dossier = self.open_dossier(&row)?;
            let Some(scored) = &dossier.scored else { continue };
            if told_from(scored.ended, days)? > act.now
                || !scored.persons.iter().any(|counted| records.contains(counted))
            {
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

impl Act<'_> {
    /// After how many days readers hear of an inquiry; in an exercise at once.
    async fn notice_days(&mut self) -> Result<u16, DeskError> {
        if self.archive.exercise_in(&mut self.tx).await? {
            return Ok(0);
        }
        Ok(self.archive.house(&mut self.tx).await?.inquiries.notice_days)
    }
}

fn told_from(ended: Timestamp, days: u16) -> Result<Timestamp, DeskError> {
    let due = ended.saturating_add((i64::from(days) * 24).hours());
    due.map_err(|e| DeskError::Archive(e.to_string()))
}

fn in_words(text: &str) -> Result<(), DeskError> {
    if text.trim().is_empty() || text.len() > MAX_ANSWER {
        return Err(DeskError::Input(format!("write 1 to {MAX_ANSWER} bytes")));
    }
    Ok(())
}
