//! Taking in a whole registry at once: offices, persons and postings of an exercise.

use std::num::NonZeroU32;

use chancery_domain::{Capacity, Day, End, EndReason, Handle, Posting, Term};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::archive::encode;
use crate::registry::{OfficeDetails, PersonDetails, known_office, known_person};
use crate::{Archive, DeskError};

/// A registry as written down in a file.
#[derive(Clone, Debug, Deserialize)]
pub struct Registry {
    /// Offices.
    pub offices: Vec<RegistryOffice>,
    /// Persons.
    pub persons: Vec<RegistryPerson>,
    /// Postings.
    pub postings: Vec<RegistryPosting>,
}

/// An office of a registry.
#[derive(Clone, Debug, Deserialize)]
pub struct RegistryOffice {
    /// Short name.
    pub key: Handle,
    /// Title.
    pub title: String,
    /// Sort of office.
    pub kind: String,
    /// Whose office it is.
    #[serde(default)]
    pub country: Option<String>,
    /// Who receives it.
    #[serde(default)]
    pub host: Option<String>,
    /// Most holders at a time.
    #[serde(default)]
    pub seats: Option<NonZeroU32>,
}

/// A person of a registry.
#[derive(Clone, Debug, Deserialize)]
pub struct RegistryPerson {
    /// Short name.
    pub key: Handle,
    /// Name.
    pub name: String,
    /// Nationality.
    #[serde(default)]
    pub nationality: Option<String>,
}

/// A posting of a registry; both days belong to it.
#[derive(Clone, Debug, Deserialize)]
pub struct RegistryPosting {
    /// Who.
    pub person: Handle,
    /// Where.
    pub office: Handle,
    /// First day.
    pub from: Date,
    /// Planned last day.
    #[serde(default)]
    pub until: Option<Date>,
    /// In what capacity.
    pub capacity: Capacity,
}

impl Archive {
    /// Makes an empty archive an exercise with this registry. Inquiries are opened by the first of
    /// `officers` and approved by the second, by themselves. Postings whose last day lies before
    /// `day` have ended; the others only have a planned end.
    ///
    /// # Errors
    /// When a name is unknown or taken, or a posting ends before it starts.
    pub async fn found_exercise(
        &self,
        registry: &Registry,
        officers: (&Handle, &Handle),
        day: Date,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        for office in &registry.offices {
            let details = OfficeDetails {
                title: office.title.clone(),
                kind: office.kind.clone(),
                country: office.country.clone(),
                host: office.host.clone(),
                seats: office.seats,
                ..OfficeDetails::default()
            };
            act.office(&office.key, &details, None).await?.ok_or_else(|| twice(&office.key))?;
        }
        for person in &registry.persons {
            let details = PersonDetails {
                name: person.name.clone(),
                nationality: person.nationality.clone(),
                ..PersonDetails::default()
            };
            act.person(&person.key, &details, None).await?.ok_or_else(|| twice(&person.key))?;
        }
        for posting in &registry.postings {
            let person = known_person(&mut act.tx, &posting.person).await?;
            let office = known_office(&mut act.tx, &posting.office).await?;
            let after = posting.until.map(|last| last.saturating_add(1.day()));
            let mut term = Term { planned_end: after.map(Day::exact), ..Term::from(posting.from) };
            if let Some(end) = after.filter(|end| *end <= day) {
                term.end = End::On(Day::exact(end));
                term.reason = Some(EndReason::TermOver);
            }
            let posting = Posting::new(person, office, posting.capacity, term)
                .map_err(|e| DeskError::Input(e.to_string()))?;
            act.posting(&posting, None).await?;
        }
        known_person(&mut act.tx, officers.0).await?;
        known_person(&mut act.tx, officers.1).await?;
        act.tx.set_meta("exercise-officers", &encode(&officers)).await?;
        act.tx.set_meta("profile", &encode(&self.as_exercise())).await?;
        act.commit().await
    }
}

fn twice(key: &Handle) -> DeskError {
    DeskError::Input(format!("“{key}” stands twice in the registry"))
}
