//! Looking at papers without opening a copy: that one is there and what was done to it, its places, and who
//! could read it. In earnest whoever looks is named, and the rules are asked as for a copy.

use chancery_domain::rules::{self, Refusal};
use chancery_domain::{Handle, PaperState};
use chancery_store::{PaperRow, Tx};

use crate::access::Asker;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// A way of looking at a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The paper and what was done to it: for whoever may read it, and for the office that it is from.
    Paper,
    /// Who could read it and who did: for the office that it is from, and for the custodian.
    Readers,
}

impl Archive {
    /// Refuses whoever may not look at a paper in that way. Nobody need be named in an exercise.
    ///
    /// # Errors
    /// When nobody is named in earnest, there is no such paper or person, or the rules refuse it.
    pub async fn may_look(
        &self,
        paper: &str,
        look: Look,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        let Some(asker) = self.looker(&mut tx, who).await? else {
            return self.find_paper(&mut tx, paper).await.map(|_| ());
        };
        let row = self.find_paper(&mut tx, paper).await?;
        self.look(&mut tx, look, &asker, &row).await
    }

    /// Whoever looks; nobody in an exercise, and while there is nobody who could hold anything back.
    ///
    /// # Errors
    /// When nobody is named in earnest, or the person is unknown.
    pub(crate) async fn looker(
        &self,
        tx: &mut Tx,
        who: Option<&Handle>,
    ) -> Result<Option<Asker>, DeskError> {
        if let Some(who) = who {
            let person = known_person(tx, who).await?;
            return Ok(Some(self.asker(tx, person).await?));
        }
        if self.exercise_in(tx).await? || tx.count_postings().await? == 0 {
            return Ok(None);
        }
        Err(Refusal::Nobodys.into())
    }

    /// As [`Archive::may_look`], for one of many papers. Drafts are looked at by whoever may preview them.
    pub(crate) async fn look(
        &self,
        tx: &mut Tx,
        look: Look,
        asker: &Asker,
        paper: &PaperRow,
    ) -> Result<(), DeskError> {
        let now = self.now_in(tx).await?;
        let act = match paper.state {
            PaperState::Draft | PaperState::Approved => rules::Act::Preview,
            PaperState::Released if look == Look::Paper => rules::Act::Read,
            PaperState::Released => rules::Act::Govern,
            PaperState::Withdrawn | PaperState::Destroyed => {
                return Ok(rules::may_act_for(&paper.office, &asker.postings, now)?);
            }
        };
        let refused = match self.permit_asker(tx, act, asker, paper).await {
            Ok(_) => return Ok(()),
            Err(DeskError::Refused(refusal)) => refusal,
            Err(other) => return Err(other),
        };
        let other_way = match look {
            Look::Paper if act == rules::Act::Read => {
                match self.permit_asker(tx, rules::Act::Govern, asker, paper).await {
                    Ok(_) => true,
                    Err(DeskError::Refused(_)) => false,
                    Err(other) => return Err(other),
                }
            }
            Look::Paper => false,
            Look::Readers => match self.house(tx).await?.custodian {
                Some(custodian) => {
                    let custodian = known_office(tx, &custodian).await?;
                    rules::may_act_for(&custodian, &asker.postings, now).is_ok()
                }
                None => false,
            },
        };
        if other_way { Ok(()) } else { Err(refused.into()) }
    }
}
