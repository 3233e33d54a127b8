//! Persons and offices: adding, changing, listing.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use chancery_domain::label::{Engagement, Nationality};
use chancery_domain::{Handle, rules};
use chancery_store::{OfficeId, PersonId, PostingRow, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::policy::check_clearance;
use crate::{Archive, DeskError};

/// What is known of a person beside the handle; sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetails {
    /// Name as written in lists.
    pub name: String,
    /// Nationality, if it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// How employed, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement: Option<Engagement>,
    /// What the person is cleared for, in the words of the label policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearance: Option<Value>,
}

/// What is known of an office beside the handle; sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeDetails {
    /// Title as written in lists.
    pub title: String,
    /// `embassy`, `department`...
    #[serde(default)]
    pub kind: String,
    /// The country whose office it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The country or organisation that receives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The office that appoints its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Handle>,
    /// Most holders at a time in the substantive capacity; any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<NonZeroU32>,
}

/// A person or office in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed<D> {
    /// Short name.
    pub handle: Handle,
    /// The rest.
    #[serde(flatten)]
    pub details: D,
}

impl Archive {
    /// Adds a person.
    ///
    /// # Errors
    /// When `who` may not, or the handle is taken.
    pub async fn add_person(
        &self,
        handle: &Handle,
        details: &PersonDetails,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let officer = act.may_register(who).await?;
        act.person(handle, details, officer).await?.ok_or_else(|| taken("person", handle))?;
        act.commit().await
    }

    /// Adds an office.
    ///
    /// # Errors
    /// When `who` may not, or the handle is taken.
    pub async fn add_office(
        &self,
        handle: &Handle,
        details: &OfficeDetails,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        self.check_parent(&mut act.tx, handle, details).await?;
        let officer = act.may_change_office(details.parent.as_ref(), who).await?;
        act.office(handle, details, officer).await?.ok_or_else(|| taken("office", handle))?;
        act.commit().await
    }

    /// One person.
    ///
    /// # Errors
    /// When there is none.
    pub async fn person(&self, handle: &Handle) -> Result<Listed<PersonDetails>, DeskError> {
        let mut tx = self.store.begin().await?;
        let id = known_person(&mut tx, handle).await?;
        let (_, details) = self.person_details(&mut tx, id).await?;
        Ok(Listed { handle: handle.clone(), details })
    }

    /// One office.
    ///
    /// # Errors
    /// When there is none.
    pub async fn office(&self, handle: &Handle) -> Result<Listed<OfficeDetails>, DeskError> {
        let mut tx = self.store.begin().await?;
        let id = known_office(&mut tx, handle).await?;
        let (_, details) = self.office_details(&mut tx, id).await?;
        Ok(Listed { handle: handle.clone(), details })
    }

    /// Replaces what is known of a person.
    ///
    /// # Errors
    /// When there is none, or `who` may not.
    pub async fn set_person(
        &self,
        handle: &Handle,
        details: &PersonDetails,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let id = known_person(&mut act.tx, handle).await?;
        let officer = act.may_register(who).await?;
        act.check_clearance(details).await?;
        act.tx.set_person(id, &self.sealed("person", handle, details)?).await?;
        let fields =
            [("person", json!(handle)), ("details", json!(details)), ("officer", json!(officer))];
        let leaf = act.enter("person.changed", fields).await?;
        act.tx.add_person_change(id, leaf).await?;
        act.commit().await
    }

    /// Replaces what is known of an office. Postings already begun stay as they are.
    ///
    /// # Errors
    /// When there is none, `who` may not, or it would be appointed by itself.
    pub async fn set_office(
        &self,
        handle: &Handle,
        details: &OfficeDetails,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let id = known_office(&mut act.tx, handle).await?;
        let officer = act.may_post(id, who).await?;
        self.check_parent(&mut act.tx, handle, details).await?;
        act.tx.set_office(id, &self.sealed("office", handle, details)?).await?;
        let fields =
            [("office", json!(handle)), ("details", json!(details)), ("officer", json!(officer))];
        act.enter("office.changed", fields).await?;
        act.commit().await
    }

    /// Every appointing office is known, and none is appointed by itself, however many lie between.
    async fn check_parent(
        &self,
        tx: &mut Tx,
        handle: &Handle,
        details: &OfficeDetails,
    ) -> Result<(), DeskError> {
        let mut seen = BTreeSet::from([handle.clone()]);
        let mut above = details.parent.clone();
        while let Some(parent) = above {
            if !seen.insert(parent.clone()) {
                return Err(DeskError::Input(format!(
                    "{handle} would be appointed by itself, through {parent}; name another appointing office"
                )));
            }
            let id = known_office(tx, &parent).await?;
            above = self.office_details(tx, id).await?.1.parent;
        }
        Ok(())
    }

    /// Handle and details of a person.
    pub(crate) async fn person_details(
        &self,
        tx: &mut Tx,
        id: PersonId,
    ) -> Result<(Handle, PersonDetails), DeskError> {
        let (handle, sealed) = tx.person_by_id(id).await?.ok_or_else(nobody)?;
        let details = self.opened("person", &handle, &sealed)?;
        Ok((handle, details))
    }

    /// Handle and details of an office.
    pub(crate) async fn office_details(
        &self,
        tx: &mut Tx,
        id: OfficeId,
    ) -> Result<(Handle, OfficeDetails), DeskError> {
        let (handle, sealed) = tx.office_by_id(id).await?.ok_or_else(nobody)?;
        let details = self.opened("office", &handle, &sealed)?;
        Ok((handle, details))
    }

    /// All persons.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn persons(&self) -> Result<Vec<Listed<PersonDetails>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let rows = tx.persons().await?;
        rows.iter()
            .map(|(_, handle, sealed)| {
                let details = self.opened("person", handle, sealed)?;
                Ok(Listed { handle: handle.clone(), details })
            })
            .collect()
    }

    /// All offices.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn offices(&self) -> Result<Vec<Listed<OfficeDetails>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let rows = tx.offices().await?;
        rows.iter()
            .map(|(_, handle, sealed)| {
                let details = self.opened("office", handle, sealed)?;
                Ok(Listed { handle: handle.clone(), details })
            })
            .collect()
    }

    pub(crate) fn opened<D: for<'a> Deserialize<'a>>(
        &self,
        table: &str,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<D, DeskError> {
        let aad = Aad::new(table, handle.as_str(), "sealed", 0);
        decode(&open(&self.key, &aad, sealed)?)
    }

    fn sealed<D: Serialize>(
        &self,
        table: &str,
        handle: &Handle,
        details: &D,
    ) -> Result<Vec<u8>, DeskError> {
        let aad = Aad::new(table, handle.as_str(), "sealed", 0);
        Ok(seal(&self.key, &aad, Padding::Field, &encode(details), Nonce::from_bytes(random()))?)
    }
}

impl Act<'_> {
    /// Adds a person and its entry; `None` when the handle is taken.
    pub(crate) async fn person(
        &mut self,
        handle: &Handle,
        details: &PersonDetails,
        officer: Option<PersonId>,
    ) -> Result<Option<PersonId>, DeskError> {
        self.check_clearance(details).await?;
        let sealed = self.archive.sealed("person", handle, details)?;
        let Some(id) = self.tx.add_person(handle, &sealed).await? else { return Ok(None) };
        let fields =
            [("person", json!(handle)), ("details", json!(details)), ("officer", json!(officer))];
        let leaf = self.enter("person.added", fields).await?;
        self.tx.add_person_change(id, leaf).await?;
        Ok(Some(id))
    }

    /// Who enters persons, if somebody is named; refuses whoever may not.
    pub(crate) async fn may_register(
        &mut self,
        who: Option<&Handle>,
    ) -> Result<Option<PersonId>, DeskError> {
        let (custodian, officer) = (self.custodian().await?, self.officer(who).await?);
        let postings = officer.as_ref().map(|(_, postings)| postings.as_slice());
        rules::may_register(custodian.as_ref(), postings, self.now)?;
        Ok(officer.map(|(person, _)| person))
    }

    /// Who changes an office, and who holds it; refuses whoever may not.
    pub(crate) async fn may_post(
        &mut self,
        office: OfficeId,
        who: Option<&Handle>,
    ) -> Result<Option<PersonId>, DeskError> {
        let archive = self.archive;
        let (_, details) = archive.office_details(&mut self.tx, office).await?;
        self.may_change_office(details.parent.as_ref(), who).await
    }

    /// As [`Act::may_post`], for an office that is appointed by `parent`.
    async fn may_change_office(
        &mut self,
        parent: Option<&Handle>,
        who: Option<&Handle>,
    ) -> Result<Option<PersonId>, DeskError> {
        let (custodian, officer) = (self.custodian().await?, self.officer(who).await?);
        let appointing = match parent {
            Some(parent) => Some(known_office(&mut self.tx, parent).await?),
            None => None,
        };
        let postings = officer.as_ref().map(|(_, postings)| postings.as_slice());
        rules::may_post(custodian.as_ref(), appointing.as_ref(), postings, self.now)?;
        Ok(officer.map(|(person, _)| person))
    }

    /// Whoever is named, with all postings.
    async fn officer(
        &mut self,
        who: Option<&Handle>,
    ) -> Result<Option<(PersonId, Vec<PostingRow>)>, DeskError> {
        let Some(who) = who else { return Ok(None) };
        let person = known_person(&mut self.tx, who).await?;
        Ok(Some((person, self.tx.postings_of(person).await?)))
    }

    /// Where a policy is in force, a clearance speaks its words and a nationality is a code.
    async fn check_clearance(&mut self, details: &PersonDetails) -> Result<(), DeskError> {
        let Some(policy) = self.archive.policy(&mut self.tx).await? else { return Ok(()) };
        if let Some(nationality) = &details.nationality {
            let read = nationality.parse::<Nationality>();
            read.map_err(|e| DeskError::Input(e.to_string()))?;
        }
        details.clearance.as_ref().map_or(Ok(()), |words| check_clearance(&policy, words))
    }

    /// Adds an office and its entry; `None` when the handle is taken.
    pub(crate) async fn office(
        &mut self,
        handle: &Handle,
        details: &OfficeDetails,
        officer: Option<PersonId>,
    ) -> Result<Option<OfficeId>, DeskError> {
        let sealed = self.archive.sealed("office", handle, details)?;
        let Some(id) = self.tx.add_office(handle, &sealed).await? else { return Ok(None) };
        let fields =
            [("office", json!(handle)), ("details", json!(details)), ("officer", json!(officer))];
        self.enter("office.added", fields).await?;
        Ok(Some(id))
    }
}

/// The person with this handle, or the error that says so.
pub(crate) async fn known_person(tx: &mut Tx, handle: &Handle) -> Result<PersonId, DeskError> {
    tx.person(handle).await?.ok_or_else(|| DeskError::Unknown {
        what: "person",
        name: handle.to_string(),
        hint: "; see: chancery person list",
    })
}

/// The office with this handle, or the error that says so.
pub(crate) async fn known_office(tx: &mut Tx, handle: &Handle) -> Result<OfficeId, DeskError> {
    tx.office(handle).await?.ok_or_else(|| DeskError::Unknown {
        what: "office",
        name: handle.to_string(),
        hint: "; see: chancery office list",
    })
}

fn nobody() -> DeskError {
    DeskError::Archive("a posting names nobody; restore a backup".into())
}

fn taken(what: &str, handle: &Handle) -> DeskError {
    DeskError::Input(format!("there is a {what} “{handle}” already; choose another short name"))
}
