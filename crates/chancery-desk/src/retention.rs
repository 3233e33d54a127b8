//! Acts of retention: reviews, downgrades, declassification, closure, holds, and what is due.
//!
//! The originator alone does them ([`rules::Act::Govern`]); each is in the record, and a label that was
//! lowered stays in the paper's history. Copies opened from then on bear the label of the day; their text
//! stays what it was.

use chancery_domain::label::{Policy, SecurityLabel};
use chancery_domain::retention::{Closure, Retention, RetentionError};
use chancery_domain::{Handle, Label, PaperState, rules};
use chancery_store::{PaperId, PaperRow};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::papers::reference;
use crate::policy::shown;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// What is to be laid down about a paper.
#[derive(Clone, Debug)]
pub enum RetentionChange {
    /// Look at it again on this day.
    Review(Date),
    /// Lower its classification, now or on a later day.
    Downgrade(String, Option<Date>),
    /// Take its classification and handling words off.
    Declassify,
    /// Close it to the public.
    Close(Closure),
    /// Open it again.
    Open,
    /// Keep it for this matter, whatever its review says.
    Hold(String),
    /// That matter is done.
    Unhold(String),
}

/// How a paper is kept.
#[derive(Clone, Debug, Serialize)]
pub struct ShownRetention {
    /// The paper.
    pub paper: String,
    /// Its label now.
    pub label: String,
    /// What is laid down.
    #[serde(flatten)]
    pub retention: Retention,
    /// Why it may not be disposed of today; nothing when it may.
    pub kept_because: Option<String>,
}

/// Something that is due.
#[derive(Clone, Debug, Serialize)]
pub struct DuePaper {
    /// The paper.
    pub paper: String,
    /// Its subject.
    pub subject: String,
    /// Its label.
    pub label: String,
    /// Day of its review, if that is due.
    pub review: Option<Date>,
    /// The lower classification, if a downgrade is due.
    pub downgrade: Option<String>,
    /// Matters for which it is held.
    pub holds: Vec<String>,
}

impl From<RetentionError> for DeskError {
    fn from(error: RetentionError) -> Self {
        Self::Procedure(error.to_string())
    }
}

impl Archive {
    /// Lays something down about a released paper.
    ///
    /// # Errors
    /// When `who` does not hold the originating office, or the change cannot be made.
    pub async fn retain(
        &self,
        paper: &str,
        who: &Handle,
        change: &RetentionChange,
    ) -> Result<ShownRetention, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Govern, person, &row).await?;
        let mut retention = act.retention(row.id).await?;
        let policy = self.policy(&mut act.tx).await?;
        let label = act.change(policy.as_deref(), &row, &mut retention, change)?;
        let (kind, particulars) = entry(change, &retention);
        if let Some(label) = label {
            act.relabel(&row, label).await?;
        }
        act.keep_retention(row.id, &retention).await?;
        act.enter(
            kind,
            [
                ("paper", json!(reference(row.id))),
                ("person", json!(person)),
                ("particulars", particulars),
            ],
        )
        .await?;
        let shown = act.shown(row.id, retention).await?;
        act.commit().await?;
        Ok(shown)
    }

    /// How a paper is kept.
    ///
    /// # Errors
    /// When `who` does not hold the originating office.
    pub async fn retention(&self, paper: &str, who: &Handle) -> Result<ShownRetention, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Govern, person, &row).await?;
        let retention = act.retention(row.id).await?;
        act.shown(row.id, retention).await
    }

    /// Reviews and downgrades due by `day` among the papers that `who` governs. With `apply`, carries
    /// out the downgrades due today and enters each.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn due(
        &self,
        who: &Handle,
        day: Option<Date>,
        apply: bool,
    ) -> Result<Vec<DuePaper>, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let today = self.today();
        let day = day.unwrap_or(today);
        let asker = self.asker(&mut act.tx, person).await?;
        let mut out = Vec::new();
        for id in act.tx.retention_due(day).await? {
            let Some(row) = act.tx.paper(id).await? else { continue };
            let govern = rules::Act::Govern;
            match self.permit_asker(&mut act.tx, govern, &asker, &row).await {
                Ok(_) => {}
                Err(DeskError::Refused(_)) => continue,
                Err(other) => return Err(other),
            }
            let mut retention = act.retention(id).await?;
            let planned = retention.planned.clone().filter(|p| p.on <= day);
            if apply {
                act.carry_out(&row, &mut retention, today).await?;
            }
            let row = act.tx.paper(id).await?.unwrap_or(row);
            let head = self.head(&row)?;
            out.push(DuePaper {
                paper: reference(id),
                subject: head.subject,
                label: head.label.to_string(),
                review: retention.review.filter(|review| *review <= day),
                downgrade: planned.map(|p| p.to),
                holds: retention.holds,
            });
        }
        if apply {
            act.commit().await?;
        }
        Ok(out)
    }
}

fn unfit(error: impl std::fmt::Display) -> DeskError {
    DeskError::Input(error.to_string())
}

/// A paper's marking and the label it is made from.
struct Marked {
    label: Label,
    security: Option<SecurityLabel>,
}

impl Act<'_> {
    /// What is laid down about a paper.
    pub(crate) async fn retention(&mut self, id: PaperId) -> Result<Retention, DeskError> {
        let Some(sealed) = self.tx.retention(id).await? else { return Ok(Retention::default()) };
        let row = id.0.to_string();
        decode(&open(&self.archive.key, &Aad::new("retention", &row, "sealed", 0), &sealed)?)
    }

    async fn keep_retention(
        &mut self,
        id: PaperId,
        retention: &Retention,
    ) -> Result<(), DeskError> {
        let row = id.0.to_string();
        let aad = Aad::new("retention", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &encode(retention), nonce)?;
        let plan = retention.planned.as_ref().map(|p| p.on);
        Ok(self.tx.set_retention(id, retention.review, plan, &sealed).await?)
    }

    /// Makes the change; gives the new marking where there is one. Under a policy what is lower is the
    /// policy's to say.
    fn change(
        &self,
        policy: Option<&Policy>,
        row: &PaperRow,
        retention: &mut Retention,
        change: &RetentionChange,
    ) -> Result<Option<Marked>, DeskError> {
        let today = rules::utc_day(self.now);
        let head = self.archive.head(row)?;
        let (mut label, mut security) = (head.label.clone(), head.security.clone());
        let under = policy.zip(head.security.as_ref());
        match (change, under) {
            (RetentionChange::Review(on), _) => retention.review(*on, today)?,
            (RetentionChange::Downgrade(to, on), Some((policy, was))) => {
                let after = policy.lowered(was, to).map_err(unfit)?;
                match on {
                    Some(on) => retention.plan_lowered(to, *on, today)?,
                    None => {
                        retention.lowered(&mut label, shown(policy, &after)?, today);
                        security = Some(after);
                    }
                }
            }
            (RetentionChange::Downgrade(to, None), None) => {
                retention.downgrade(&mut label, to, today)?;
            }
            (RetentionChange::Downgrade(to, Some(on)), None) => {
                retention.plan(&label, to, *on, today)?;
            }
            (RetentionChange::Declassify, under) => {
                retention.declassify(&mut label, today)?;
                if let Some((policy, _)) = under {
                    let after = policy.lowest().map_err(unfit)?;
                    label = shown(policy, &after)?;
                    security = Some(after);
                }
            }
            (RetentionChange::Close(closure), _) => retention.close(closure.clone(), today)?,
            (RetentionChange::Open, _) => retention.open()?,
            (RetentionChange::Hold(matter), _) => retention.hold(matter)?,
            (RetentionChange::Unhold(matter), _) => retention.unhold(matter)?,
        }
        Ok((label != head.label).then_some(Marked { label, security }))
    }

    /// Carries out a downgrade whose day has come.
    async fn carry_out(
        &mut self,
        row: &PaperRow,
        retention: &mut Retention,
        today: Date,
    ) -> Result<(), DeskError> {
        let planned = retention.planned.clone();
        let policy = self.archive.policy(&mut self.tx).await?;
        let Some(marked) = self.due_now(policy.as_deref(), row, retention, today)? else {
            if retention.planned != planned {
                self.keep_retention(row.id, retention).await?;
            }
            return Ok(());
        };
        let last = json!(retention.labels.last());
        self.relabel(row, marked).await?;
        self.keep_retention(row.id, retention).await?;
        self.enter(
            "paper.downgraded",
            [
                ("paper", json!(reference(row.id))),
                ("planned", json!(planned)),
                ("particulars", last),
            ],
        )
        .await?;
        Ok(())
    }

    /// The marking after the downgrade whose day has come; `None` where there is none, or an earlier one
    /// has overtaken it.
    fn due_now(
        &self,
        policy: Option<&Policy>,
        row: &PaperRow,
        retention: &mut Retention,
        today: Date,
    ) -> Result<Option<Marked>, DeskError> {
        let head = self.archive.head(row)?;
        let mut label = head.label;
        let Some((policy, was)) = policy.zip(head.security.as_ref()) else {
            let due = retention.due_downgrade(&mut label, today);
            return Ok(due.then_some(Marked { label, security: head.security }));
        };
        let Some(due) = retention.take_due(today) else { return Ok(None) };
        let Ok(after) = policy.lowered(was, &due.to) else { return Ok(None) };
        retention.lowered(&mut label, shown(policy, &after)?, today);
        Ok(Some(Marked { label, security: Some(after) }))
    }

    async fn relabel(&mut self, row: &PaperRow, marked: Marked) -> Result<(), DeskError> {
        let mut head = self.archive.head(row)?;
        if let Some(was) = head.security.take() {
            head.earlier.push((self.now, was));
        }
        (head.label, head.security) = (marked.label, marked.security);
        let sealed = self.archive.seal_head(row.id, row.lock.as_deref(), &head)?;
        Ok(self.tx.set_head(row.id, &sealed).await?)
    }

    async fn shown(
        &mut self,
        id: PaperId,
        retention: Retention,
    ) -> Result<ShownRetention, DeskError> {
        let row = self.tx.paper(id).await?;
        let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
        debug_assert_eq!(row.state, PaperState::Released, "only released papers are governed");
        let label = self.archive.head(&row)?.label.to_string();
        let kept = retention.may_dispose(rules::utc_day(self.now)).err();
        let kept_because = kept.map(|e| e.to_string());
        Ok(ShownRetention { paper: reference(id), label, retention, kept_because })
    }
}

/// The entry's kind and particulars.
fn entry(change: &RetentionChange, retention: &Retention) -> (&'static str, Value) {
    match change {
        RetentionChange::Review(on) => ("paper.review-set", json!({"on": on})),
        RetentionChange::Downgrade(to, Some(on)) => {
            ("paper.downgrade-planned", json!({"to": to, "on": on}))
        }
        RetentionChange::Downgrade(_, None) => ("paper.downgraded", json!(retention.labels.last())),
        RetentionChange::Declassify => ("paper.declassified", json!(retention.labels.last())),
        RetentionChange::Close(_) => ("paper.closed", json!(retention.closure)),
        RetentionChange::Open => ("paper.opened", json!({})),
        RetentionChange::Hold(matter) => ("paper.held", json!({"matter": matter})),
        RetentionChange::Unhold(matter) => ("paper.unheld", json!({"matter": matter})),
    }
}
