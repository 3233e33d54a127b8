//! Merging duplicate records of one person.

use chancery_domain::{End, Handle, last_instant, rules};
use chancery_store::PersonId;
use serde::Serialize;
use serde_json::json;

use crate::ledger::Act;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Kind of the entry.
pub(crate) const MERGED: &str = "person.merged";

/// What a merge brought together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// The record that is no more than another name now.
    pub from: Handle,
    /// The record that stays.
    pub into: Handle,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// Merges the record `from` into `into`: they are the same person. Postings, readings, drafts and
    /// all else of `from` count as those of `into`, and the short name of `from` means `into` from now
    /// on. Copies stay bound as the record bound them: of a paper that both had, the person holds two,
    /// and an inquiry counts both.
    ///
    /// # Errors
    /// When they are one already, or the officer is one of the two, or does not answer for both.
    pub async fn merge_person(
        &self,
        from: &Handle,
        into: &Handle,
        who: &Handle,
    ) -> Result<Merged, DeskError> {
        let mut act = self.act().await?;
        let a = known_person(&mut act.tx, from).await?;
        let b = known_person(&mut act.tx, into).await?;
        let officer = known_person(&mut act.tx, who).await?;
        if a == b {
            return Err(DeskError::Input(format!("{from} and {into} are one person already")));
        }
        if officer == a || officer == b {
            return Err(DeskError::Procedure(
                "nobody merges his own records; another officer must".into(),
            ));
        }
        act.may_merge([a, b], officer).await?;
        let stays = act.tx.person_handle(b).await?;
        let moved = act.tx.postings_of(a).await?.len();
        let leaf = act
            .enter(
                MERGED,
                [
                    ("person", json!(a)),
                    ("into", json!(b)),
                    ("duplicate", json!(from)),
                    ("stays", json!(stays)),
                    ("postings", json!(moved)),
                    ("officer", json!(officer)),
                ],
            )
            .await?;
        act.move_searches(a, b).await?;
        act.tx.merge_person(a, b, leaf).await?;
        act.commit().await?;
        Ok(Merged { from: from.clone(), into: into.clone(), leaf })
    }
}

impl Act<'_> {
    /// Refuses whoever does not answer for every office that the two hold, or are to hold.
    async fn may_merge(&mut self, both: [PersonId; 2], officer: PersonId) -> Result<(), DeskError> {
        let custodian = self.custodian().await?;
        let mut theirs = Vec::new();
        for person in both {
            for posting in self.tx.postings_of(person).await? {
                let over = last_instant(posting.term()).is_some_and(|end| end <= self.now);
                if !over && posting.end() != End::Unknown {
                    theirs.push(self.archive.appointing(&mut self.tx, *posting.office()).await?);
                }
            }
        }
        let postings = self.tx.postings_of(officer).await?;
        Ok(rules::may_merge(custodian.as_ref(), &theirs, &postings, self.now)?)
    }
}
