//! Offices, persons, postings.

use chancery_desk::{OfficeDetails, PersonDetails};
use chancery_domain::{Day, End, Term};
use serde_json::json;

use super::{Context, Failure};
use crate::cli::{Office, Person, PostingCommand};
use crate::show;

pub(super) async fn office(context: &Context, command: Office) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        Office::Add { office, title, kind } => {
            archive.add_office(&office, &OfficeDetails { title, kind }).await?;
            context.put(&json!({"office": office}), || format!("Added office {office}."))?;
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
    let archive = context.open().await?;
    match command {
        Person::Add { person, name, nationality } => {
            archive.add_person(&person, &PersonDetails { name, nationality }).await?;
            context.put(&json!({"person": person}), || format!("Added person {person}."))?;
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

pub(super) async fn posting(context: &Context, command: PostingCommand) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        PostingCommand::Start { person, office, from, until, end, capacity } => {
            let end = end.map_or(End::Open, |end| End::On(Day::exact(end)));
            let term = Term { planned_end: until, end, ..Term::from(from) };
            archive.start_posting(&person, &office, capacity, term).await?;
            context.put(&json!({"person": person, "office": office, "start": from}), || {
                format!("{person} holds {office} from {from}.")
            })?;
        }
        PostingCommand::End { person, office, on, at, reason } => {
            archive.end_posting(&person, &office, on, at, reason).await?;
            let done = json!({"person": person, "office": office, "end": on, "reason": reason});
            context.put(&done, || format!("{person} no longer holds {office} from {on} on."))?;
        }
        PostingCommand::History { who } => {
            let all = archive.posting_history(&who).await?;
            context.put(&all, || show::postings(&all))?;
        }
        PostingCommand::List { office, on } => {
            let all = archive.holders_on(&office, on).await?;
            context.put(&all, || show::postings(&all))?;
        }
    }
    archive.close().await;
    Ok(0)
}
