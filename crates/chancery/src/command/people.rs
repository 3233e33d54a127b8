//! Offices and persons.

use chancery_desk::{OfficeDetails, PersonDetails};
use serde_json::{Value, json};

use super::{Context, Failure, tenure};
use crate::cli::{AboutOffice, AboutPerson, Office, Person};
use crate::show;

pub(super) async fn office(context: &Context, command: Office) -> Result<u8, Failure> {
    if let Office::Tenure(command) = command {
        return tenure::office(context, command).await;
    }
    let archive = context.open().await?;
    let who = context.actor.as_ref();
    match command {
        Office::Tenure(_) => {}
        Office::Add { office, title, about } => {
            let details = OfficeDetails { title, ..OfficeDetails::default() };
            archive.add_office(&office, &office_with(details, about), who).await?;
            context.put(&json!({"office": office}), || format!("Added office {office}."))?;
        }
        Office::Set { office, title, about } => {
            let known = archive.office(&office).await?.details;
            let title = title.unwrap_or_else(|| known.title.clone());
            let details = office_with(OfficeDetails { title, ..known }, about);
            archive.set_office(&office, &details, who).await?;
            context.put(&json!({"office": office, "details": details}), || {
                format!("Changed office {office}.")
            })?;
        }
        Office::List => {
            let all = archive.offices().await?;
            context.put(&all, || {
                let rows = all.iter().map(|o| {
                    [o.handle.to_string(), o.details.title.clone(), o.details.kind.clone()]
                });
                show::table(["office", "title", "kind"], rows)
            })?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn person(context: &Context, command: Person) -> Result<u8, Failure> {
    if let Person::Tenure(command) = command {
        return tenure::person(context, command).await;
    }
    let archive = context.open().await?;
    let who = context.actor.as_ref();
    match command {
        Person::Tenure(_) => {}
        Person::Add { person, name, about } => {
            let details = PersonDetails { name, ..PersonDetails::default() };
            archive.add_person(&person, &person_with(details, about), who).await?;
            context.put(&json!({"person": person}), || format!("Added person {person}."))?;
        }
        Person::Set { person, name, about } => {
            let known = archive.person(&person).await?.details;
            let name = name.unwrap_or_else(|| known.name.clone());
            let details = person_with(PersonDetails { name, ..known }, about);
            archive.set_person(&person, &details, who).await?;
            context.put(&json!({"person": person, "details": details}), || {
                format!("Changed person {person}.")
            })?;
        }
        Person::List => {
            let all = archive.persons().await?;
            context.put(&all, || {
                let rows = all.iter().map(|p| {
                    let nationality = p.details.nationality.clone().unwrap_or_default();
                    [p.handle.to_string(), p.details.name.clone(), nationality]
                });
                show::table(["person", "name", "nationality"], rows)
            })?;
        }
    }
    archive.close().await;
    Ok(0)
}

fn office_with(known: OfficeDetails, about: AboutOffice) -> OfficeDetails {
    OfficeDetails {
        title: known.title,
        kind: about.kind.unwrap_or(known.kind),
        country: about.country.or(known.country),
        host: about.host.or(known.host),
        parent: about.parent.or(known.parent),
        seats: about.seats.or(known.seats),
    }
}

fn person_with(known: PersonDetails, about: AboutPerson) -> PersonDetails {
    let clearance =
        about.clearance.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
    PersonDetails {
        name: known.name,
        nationality: about.nationality.or(known.nationality),
        engagement: about.engagement.or(known.engagement),
        clearance: clearance.or(known.clearance),
    }
}
