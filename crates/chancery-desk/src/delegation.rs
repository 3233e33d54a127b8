//! Delegation: a deputy does an office's work while its holder is away, and no longer than the holder
//! holds it.

use chancery_domain::rules::utc_day;
use chancery_domain::{
    Capacity, Day, DelegationRefusal, End, EndReason, Handle, Term, bounded, delegate, last_instant,
};
use chancery_store::{KeptPosting, OfficeId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::ledger::Act;
use crate::postings::Beside;
use crate::registry::{known_office, known_person};
use crate::tenure::{calendar, refused};
use crate::{Archive, DeskError};

/// A deputy's posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delegated {
    /// Who stands in.
    pub deputy: Handle,
    /// For whom.
    pub holder: Handle,
    /// In which office.
    pub office: Handle,
    /// From when to when; no longer than the holder's own term.
    pub term: Term,
}

impl Archive {
    /// Lets a deputy do an office's work for `[from, until)`. The holder delegates, or the appointing
    /// office for him.
    ///
    /// # Errors
    /// When the office is not the holder's to lend, or the days make no term.
    pub async fn delegate(
        &self,
        office: &Handle,
        holder: &Handle,
        deputy: &Handle,
        (from, until): (Date, Date),
        who: &Handle,
    ) -> Result<Delegated, DeskError> {
        let mut act = self.act().await?;
        let o = known_office(&mut act.tx, office).await?;
        let h = known_person(&mut act.tx, holder).await?;
        let d = known_person(&mut act.tx, deputy).await?;
        let officer = Some(act.may_lend(o, h, who).await?);
        let mut all = act.tx.kept_postings_of(h).await?;
        all.retain(|kept| *kept.posting.office() == o);
        let lends = |kept: &&KeptPosting| kept.posting.holds_on(from);
        let own = |kept: &&KeptPosting| kept.posting.capacity() != Capacity::Delegate;
        let kept = all.iter().filter(lends).find(own).or_else(|| all.iter().find(lends));
        let kept = kept.ok_or_else(|| refused(DelegationRefusal::NotHeld(from)))?;
        let posting = delegate(&kept.posting, d, from, until, utc_day(act.now)).map_err(refused)?;
        let id = act.begin_posting(&posting, Beside { officer, ..Beside::default() }).await?;
        let id = id.ok_or_else(|| DeskError::Archive("a posting vanished".into()))?;
        act.tx.add_delegation(id, kept.id).await?;
        act.commit().await?;
        Ok(Delegated {
            deputy: deputy.clone(),
            holder: holder.clone(),
            office: office.clone(),
            term: *posting.term(),
        })
    }

    /// Takes a delegation back at once.
    ///
    /// # Errors
    /// When the deputy has none that goes on or is to come, or the officer is not entitled.
    pub async fn revoke_delegation(
        &self,
        office: &Handle,
        deputy: &Handle,
        who: &Handle,
    ) -> Result<Timestamp, DeskError> {
        let mut act = self.act().await?;
        let o = known_office(&mut act.tx, office).await?;
        let d = known_person(&mut act.tx, deputy).await?;
        let at = act.next_instant()?;
        let mut revoked = 0;
        for kept in act.tx.kept_postings_of(d).await? {
            let over = last_instant(kept.posting.term()).is_some_and(|end| end <= at);
            if *kept.posting.office() != o || over {
                continue;
            }
            let Some(holder) = act.tx.delegated_by(kept.id).await? else { continue };
            let holders = act.tx.kept_postings_in(o).await?;
            let holder = holders.iter().find(|k| k.id == holder).map(|k| *k.posting.person());
            let officer = act.may_lend(o, holder.unwrap_or(d), who).await?;
            let gone = Term { end: End::On(next_day(at)?), ..Term::default() };
            let gone = Term { cut: Some(at), reason: Some(EndReason::Recall), ..gone };
            act.end_deputy(&kept, &gone, Some(officer)).await?;
            revoked += 1;
        }
        if revoked == 0 {
            return Err(DeskError::Input(format!("{deputy} stands in for nobody in {office}")));
        }
        act.floor(at).await?;
        act.commit().await?;
        Ok(at)
    }
}

impl Act<'_> {
    /// Shortens the deputies of a posting that has got this term.
    pub(crate) async fn end_deputies(
        &mut self,
        holder: &KeptPosting,
        term: &Term,
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let deputies = self.tx.delegations_of(holder.id).await?;
        if deputies.is_empty() {
            return Ok(());
        }
        for kept in self.tx.kept_postings_in(*holder.posting.office()).await? {
            if deputies.contains(&kept.id) {
                self.end_deputy(&kept, term, officer).await?;
            }
        }
        Ok(())
    }

    async fn end_deputy(
        &mut self,
        kept: &KeptPosting,
        term: &Term,
        officer: Option<PersonId>,
    ) -> Result<(), DeskError> {
        match bounded(&kept.posting, term) {
            Some(ended) => self.enter_end(kept.id, &ended, officer).await,
            None => Ok(()),
        }
    }

    /// Who lends the holder's office: the holder himself, or the appointing office.
    async fn may_lend(
        &mut self,
        office: OfficeId,
        holder: PersonId,
        who: &Handle,
    ) -> Result<PersonId, DeskError> {
        let person = known_person(&mut self.tx, who).await?;
        let parent = self.archive.appointing(&mut self.tx, office).await?;
        let entitled = match parent {
            Some(parent) => self.holds(person, parent).await?,
            None => false,
        };
        if person == holder || entitled {
            return Ok(person);
        }
        Err(DeskError::Procedure(
            "an office is lent, and taken back, by its holder or by the appointing office".into(),
        ))
    }
}

fn next_day(at: Timestamp) -> Result<Day, DeskError> {
    utc_day(at).tomorrow().map(Day::exact).map_err(|_| calendar())
}
