//! Asking the rules: gathers the facts of a person and a paper and lets the domain decide.

use chancery_domain::House;
use chancery_domain::rules::{self, PaperFacts, PersonFacts};
use chancery_store::{OfficeId, PaperRow, PersonId, Tx};

use crate::archive::decode;
use crate::{Archive, DeskError};

/// Where the house rules are kept.
pub(crate) const HOUSE: &str = "house";

impl Archive {
    /// The office through which `person` may do `act` to the paper now.
    ///
    /// # Errors
    /// The refusal of [`rules::decide`].
    pub(crate) async fn permit(
        &self,
        tx: &mut Tx,
        act: rules::Act,
        person: PersonId,
        paper: &PaperRow,
    ) -> Result<OfficeId, DeskError> {
        let distribution = tx.distribution(paper.id).await?;
        let clearing = tx.clearing(paper.id).await?;
        let postings = tx.postings_of(person).await?;
        let house = self.house(tx).await?;
        let facts = PaperFacts {
            state: paper.state,
            origin: paper.office,
            drafter: paper.drafter,
            distribution: &distribution,
            clearing: &clearing,
            lifts: paper.lifts,
        };
        let person = PersonFacts { person, postings: &postings };
        Ok(rules::decide(act, &person, &facts, &house, self.clock.now())?.office)
    }

    /// The rules that this house has set itself.
    pub(crate) async fn house(&self, tx: &mut Tx) -> Result<House, DeskError> {
        match tx.meta(HOUSE).await? {
            Some(bytes) => decode(&bytes),
            None => Ok(House::default()),
        }
    }
}
