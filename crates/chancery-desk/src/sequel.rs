//! References to earlier papers, and papers that correct or cancel one.

use chancery_domain::{PaperState, Relation, rules};
use chancery_store::{OfficeId, PaperId, PaperRow, PersonId, Tx};
use serde::Serialize;

use crate::papers::{RefLine, reference};
use crate::{Archive, DeskError};

/// Most references of one paper.
pub const MAX_REFS: usize = 100;

/// What a later paper did to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What it did.
    pub relation: Relation,
    /// The later paper.
    pub paper: String,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}", self.relation.done(), self.paper)?;
        match &self.serial {
            Some(serial) => write!(f, " ({serial})"),
            None => Ok(()),
        }
    }
}

impl Archive {
    /// What released papers have done to this one.
    pub(crate) async fn notices(&self, tx: &mut Tx, id: PaperId) -> Result<Vec<Notice>, DeskError> {
        let mut out = Vec::new();
        for sequel in tx.sequels_of(id, self.clock.now()).await? {
            let row = tx.paper(sequel.paper).await?;
            let serial = row.and_then(|r| Some(r.serial?.of(r.kind)));
            out.push(Notice { relation: sequel.relation, paper: reference(sequel.paper), serial });
        }
        Ok(out)
    }

    /// Looks up what a draft refers to: released papers that the drafter can read now. What he may not know
    /// of is refused in the words in which an unknown paper is.
    pub(crate) async fn references(
        &self,
        tx: &mut Tx,
        person: PersonId,
        refs: &[String],
    ) -> Result<Vec<RefLine>, DeskError> {
        if refs.len() > MAX_REFS {
            return Err(DeskError::Input(format!("a paper has at most {MAX_REFS} references")));
        }
        let mut out = Vec::with_capacity(refs.len());
        for name in refs {
            let row = self.known(tx, person, name).await?;
            if row.state != PaperState::Released {
                return Err(DeskError::Procedure(format!(
                    "{} is not released; refer to it once it is",
                    reference(row.id)
                )));
            }
            let head = self.head(&row)?;
            let number = head.number.or_else(|| Some(row.serial?.of(row.kind)));
            let office = tx.office_handle(row.office).await?;
            let shown = number.map_or_else(|| office.to_string(), |n| format!("{office} {n}"));
            out.push(RefLine { paper: reference(row.id), shown });
        }
        Ok(out)
    }

    /// The paper that a draft of `from` would correct or cancel.
    ///
    /// # Errors
    /// When the person may not know of it, it is not released, is of another office, or is cancelled already.
    pub(crate) async fn sequel_target(
        &self,
        tx: &mut Tx,
        person: PersonId,
        from: OfficeId,
        name: &str,
    ) -> Result<PaperRow, DeskError> {
        let row = self.known(tx, person, name).await?;
        self.permit(tx, rules::Act::Govern, person, &row).await?;
        if row.office != from {
            let office = tx.office_handle(row.office).await?;
            return Err(DeskError::Procedure(format!(
                "{} is from {office}; only a paper from {office} can correct or cancel it",
                reference(row.id)
            )));
        }
        self.still_stands(tx, row.id).await?;
        Ok(row)
    }

    /// Refuses to correct or cancel what is cancelled.
    pub(crate) async fn still_stands(&self, tx: &mut Tx, id: PaperId) -> Result<(), DeskError> {
        let notices = self.notices(tx, id).await?;
        match notices.iter().find(|n| n.relation == Relation::Cancels) {
            Some(notice) => {
                Err(DeskError::Procedure(format!("{} is already {notice}", reference(id))))
            }
            None => Ok(()),
        }
    }

    /// A paper that the person may know of: he can read it, or his office is the one it is from.
    async fn known(
        &self,
        tx: &mut Tx,
        person: PersonId,
        name: &str,
    ) -> Result<PaperRow, DeskError> {
        let row = self.find_paper(tx, name).await?;
        let acts = match row.state {
            PaperState::Released => [rules::Act::Read, rules::Act::Govern],
            _ => [rules::Act::Preview, rules::Act::Withdraw],
        };
        for act in acts {
            match self.permit(tx, act, person, &row).await {
                Ok(_) => return Ok(row),
                Err(DeskError::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(crate::papers::unknown_paper(name))
    }
}
