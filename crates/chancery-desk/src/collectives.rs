//! Collectives: adding, ending and listing members, and turning addresses into a distribution.

use chancery_domain::distribution::{Resolved, resolve};
use chancery_domain::{Addressed, Handle, PaperKind, rules};
use chancery_store::{CollectiveId, OfficeId, PaperRow, Tx};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::ledger::Act;
use crate::registry::known_office;
use crate::{Archive, DeskError};

/// A collective with its memberships.
#[derive(Clone, Debug, Serialize)]
pub struct ShownCollective {
    /// Its short name.
    pub collective: Handle,
    /// Members past and present.
    pub members: Vec<ShownMember>,
}

/// A membership.
#[derive(Clone, Debug, Serialize)]
pub struct ShownMember {
    /// The office.
    pub office: Handle,
    /// First day.
    pub from: Date,
    /// First day after it.
    pub until: Option<Date>,
}

/// Whom a name addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressee {
    Office(OfficeId),
    Collective(CollectiveId),
}

impl Archive {
    /// Makes offices members of a collective from a day on; makes the collective when it is new.
    ///
    /// # Errors
    /// When `who` may not, an office is unknown or a member already, or the name is that of an office.
    pub async fn add_to_collective(
        &self,
        name: &Handle,
        offices: &[Handle],
        from: Option<Date>,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        if act.tx.office(name).await?.is_some() {
            return Err(DeskError::Input(format!(
                "“{name}” is an office; give the collective another name"
            )));
        }
        let from = from.unwrap_or_else(|| rules::utc_day(act.now));
        let collective = act.tx.add_collective(name).await?;
        let members = act.tx.members(collective).await?;
        for handle in offices {
            let office = known_office(&mut act.tx, handle).await?;
            let overlaps = |end: Option<Date>| end.is_none_or(|end| from < end);
            if members.iter().any(|m| m.office == office && overlaps(m.end)) {
                return Err(DeskError::Input(format!("{handle} belongs to {name} already")));
            }
            act.tx.add_member(collective, office, from).await?;
        }
        let fields = [
            ("collective", json!(name)),
            ("offices", json!(offices)),
            ("from", json!(from)),
            ("person", json!(who)),
        ];
        act.enter("collective.joined", fields).await?;
        act.commit().await
    }

    /// Ends memberships; `until` is the first day on which the offices are no members.
    ///
    /// # Errors
    /// When `who` may not, or an office is no member.
    pub async fn drop_from_collective(
        &self,
        name: &Handle,
        offices: &[Handle],
        until: Option<Date>,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let until = until.unwrap_or_else(|| rules::utc_day(act.now));
        let collective = act.tx.collective(name).await?.ok_or_else(|| unknown(name))?;
        for handle in offices {
            let office = known_office(&mut act.tx, handle).await?;
            if !act.tx.end_member(collective, office, until).await? {
                return Err(DeskError::Input(format!("{handle} does not belong to {name}")));
            }
        }
        let fields = [
            ("collective", json!(name)),
            ("offices", json!(offices)),
            ("until", json!(until)),
            ("person", json!(who)),
        ];
        act.enter("collective.left", fields).await?;
        act.commit().await
    }

    /// All collectives with their memberships.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn collectives(&self) -> Result<Vec<ShownCollective>, DeskError> {
        let mut tx = self.store.begin().await?;
        let mut out = Vec::new();
        for (id, collective) in tx.collectives().await? {
            let mut members = Vec::new();
            for member in tx.members(id).await? {
                let office = tx.office_handle(member.office).await?;
                members.push(ShownMember { office, from: member.start, until: member.end });
            }
            out.push(ShownCollective { collective, members });
        }
        Ok(out)
    }
}

impl Act<'_> {
    /// Refuses whoever may not change the house rules and the collectives.
    pub(crate) async fn may_keep_house(&mut self, who: &Handle) -> Result<(), DeskError> {
        let person = crate::registry::known_person(&mut self.tx, who).await?;
        let custodian = self.custodian().await?;
        let postings = self.tx.postings_of(person).await?;
        Ok(rules::may_keep_house(custodian.as_ref(), &postings, self.now)?)
    }

    /// The office that keeps the house, if one is named.
    pub(crate) async fn custodian(&mut self) -> Result<Option<OfficeId>, DeskError> {
        match self.archive.house(&mut self.tx).await?.custodian {
            Some(handle) => Ok(Some(known_office(&mut self.tx, &handle).await?)),
            None => Ok(None),
        }
    }

    /// Puts the members of the paper's collectives on its distribution as of the act's day. Gives the
    /// distribution for the record.
    ///
    /// # Errors
    /// When nobody but the originating office would get the paper. A statement is for the public.
    pub(crate) async fn expand(&mut self, paper: &PaperRow) -> Result<Value, DeskError> {
        let direct = self.tx.distribution(paper.id).await?;
        let mut collectives = Vec::new();
        for (id, addressed) in self.tx.addressed_collectives(paper.id).await? {
            collectives.push((id, addressed, self.tx.members(id).await?));
        }
        let exempted = self.tx.exempted(paper.id).await?;
        let all = resolve(&direct, &collectives, &exempted, rules::utc_day(self.now));
        let others = all.iter().any(|r| r.addressed != Addressed::Origin);
        if !others && paper.kind != PaperKind::Statement {
            return Err(rules::Refusal::Nobody.into());
        }
        let brought_in = |r: &&Resolved<_, _>| r.via.is_some();
        for resolved in all.iter().filter(brought_in) {
            self.tx.distribute_resolved(paper.id, resolved).await?;
        }
        let recipients = self.tx.recipients(paper.id).await?;
        Ok(recipients.iter().map(|r| json!([r.handle, r.addressed, r.via])).collect())
    }
}

/// Whom a name addresses: an office, or a collective.
///
/// # Errors
/// When it is neither, or both.
pub(crate) async fn addressee(tx: &mut Tx, name: &Handle) -> Result<Addressee, DeskError> {
    match (tx.office(name).await?, tx.collective(name).await?) {
        (Some(office), None) => Ok(Addressee::Office(office)),
        (None, Some(collective)) => Ok(Addressee::Collective(collective)),
        (Some(_), Some(_)) => Err(DeskError::Input(format!(
            "“{name}” is an office and a collective; say the offices one by one"
        ))),
        (None, None) => Err(DeskError::Unknown {
            what: "office",
            name: name.to_string(),
            hint: " nor collective of this name; see: chancery office list, chancery collective list",
        }),
    }
}

fn unknown(name: &Handle) -> DeskError {
    DeskError::Unknown {
        what: "collective",
        name: name.to_string(),
        hint: "; see: chancery collective list",
    }
}
