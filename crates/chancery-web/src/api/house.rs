//! The registry over the interface: offices and who holds them, and for whoever keeps the house its state, persons,
//! postings, handovers and backups. What hands out a way in (codes, tokens, linked accounts, webhooks) is not here: that
//! a person does.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use chancery_desk::{ListedBackup, OfficeDetails, PersonDetails};
use chancery_domain::{Capacity, Handle, Term};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::document::{Operation, list, object};
use super::read;
use crate::registry::{backed_up, folder, tried_out};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/offices/{office}", Rule::Holder, office).operation(Operation {
            id: "office",
            summary: "An office, who holds it today, and who held it when.",
            reply: || object(&[], &[], &[("office", json!({"type": "object"})), ("today", json!({"type": "object"})), ("postings", list(json!({"type": "object"})))]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/offices/{office}/handover", Rule::Custodian, hand_over).operation(Operation {
            id: "handOver",
            summary: "Hands an office over: one person leaves it and another holds it from that day on.",
            body: Some(|| object(&["from", "to"], &[], &[("on", json!({"type": "string", "format": "date"}))])),
            example: Some(|| json!({"from": "pell", "to": "voss", "on": "2031-10-22"})),
            reply: || object(&["office"], &[], &[]),
            ..Operation::NONE
        }),
        Route::get("/api/v1/house", Rule::Custodian, state).operation(Operation {
            id: "house",
            summary: "The state of the house, and what readers reported about copies.",
            reply: || object(&[], &[], &[("status", json!({"type": "object"})), ("reports", list(json!({"type": "object"})))]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/house/persons", Rule::Custodian, add_person).operation(Operation {
            id: "addPerson",
            summary: "Adds a person.",
            body: Some(|| object(&["person", "name"], &[], &[])),
            example: Some(|| json!({"person": "nimmerkette", "name": "Thora Nimmerkette"})),
            reply: || object(&["person"], &[], &[]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/house/offices", Rule::Custodian, add_office).operation(Operation {
            id: "addOffice",
            summary: "Adds an office.",
            body: Some(|| object(&["office", "title"], &[], &[])),
            example: Some(|| json!({"office": "tern-bank", "title": "Tern Bank Desk"})),
            reply: || object(&["office"], &[], &[]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/house/postings", Rule::Custodian, post).operation(Operation {
            id: "startPosting",
            summary: "Begins a posting.",
            body: Some(|| object(&["person", "office"], &[], &[("capacity", json!({"enum": ["substantive", "acting", "charge"]})), ("since", json!({"type": "string", "format": "date"}))])),
            example: Some(|| json!({"person": "quist", "office": "visa-section", "capacity": "acting", "since": "2031-10-21"})),
            reply: || object(&["person", "office"], &[], &[]),
            ..Operation::NONE
        }),
        Route::get("/api/v1/house/backups", Rule::Custodian, backups).operation(Operation {
            id: "backups",
            summary: "The backups in the house’s folder for them.",
            reply: || list(json!({"type": "object", "required": ["made", "entries", "keys"]})),
            ..Operation::NONE
        }),
        Route::post("/api/v1/house/backups", Rule::Custodian, back_up).operation(Operation {
            id: "backUp",
            summary: "Makes a backup. One is made or tried out at a time.",
            reply: || object(&[], &[], &[("made", json!({"type": "boolean"}))]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/house/backups/try", Rule::Custodian, try_backup).operation(Operation {
            id: "tryBackup",
            summary: "Restores the newest backup to a temporary place and verifies it whole.",
            reply: || object(&[], &[], &[("tried", json!({"type": "boolean"}))]),
            ..Operation::NONE
        }),
    ]
}

async fn office(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(office): Path<String>,
) -> Answer<Json<Value>> {
    let office: Handle = office.parse().map_err(|_| Trouble::Absent)?;
    let listed = web.archive.office(&office).await.map_err(Trouble::hidden)?;
    let today = web.archive.office_on(&office, words::day_of(visitor.now)).await?;
    let postings = web.archive.posting_history(&office).await?;
    let postings: Vec<_> = postings.into_iter().filter(|p| p.office == office).collect();
    Ok(Json(json!({"office": listed, "today": today, "postings": postings})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Handover {
    from: Handle,
    to: Handle,
    on: Date,
}

async fn hand_over(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(office): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    let office: Handle = office.parse().map_err(|_| Trouble::Absent)?;
    let Handover { from, to, on } = read(&body)?;
    if on < words::day_of(visitor.now) {
        return Err(Trouble::Invalid("this day is past; choose today or a later one".into()));
    }
    web.archive.succeed(&office, &from, &to, on, &visitor.person).await?;
    Ok(Json(json!({"office": office})))
}

async fn state(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Value>> {
    let status = web.archive.status().await?;
    let reports = web.archive.copy_reports(&visitor.person).await?;
    Ok(Json(json!({"status": status, "reports": reports})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    person: Handle,
    name: String,
}

async fn add_person(
    State(web): State<Shared>,
    visitor: Visitor,
    body: Bytes,
) -> Answer<Json<Value>> {
    let NewPerson { person, name } = read(&body)?;
    let details = PersonDetails { name, ..PersonDetails::default() };
    web.archive.add_person(&person, &details, Some(&visitor.person)).await?;
    Ok(Json(json!({"person": person})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOffice {
    office: Handle,
    title: String,
}

async fn add_office(
    State(web): State<Shared>,
    visitor: Visitor,
    body: Bytes,
) -> Answer<Json<Value>> {
    let NewOffice { office, title } = read(&body)?;
    let details = OfficeDetails { title, ..OfficeDetails::default() };
    web.archive.add_office(&office, &details, Some(&visitor.person)).await?;
    Ok(Json(json!({"office": office})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPosting {
    person: Handle,
    office: Handle,
    capacity: Capacity,
    since: Date,
}

async fn post(State(web): State<Shared>, visitor: Visitor, body: Bytes) -> Answer<Json<Value>> {
    let NewPosting { person, office, capacity, since } = read(&body)?;
    let (term, by) = (Term::from(since), Some(&visitor.person));
    web.archive.start_posting(&person, &office, capacity, term, false, by).await?;
    Ok(Json(json!({"person": person, "office": office})))
}

async fn backups(State(web): State<Shared>) -> Answer<Json<Vec<ListedBackup>>> {
    Ok(Json(web.archive.backups(&folder(&web)?)?))
}

async fn back_up(State(web): State<Shared>, _: Visitor) -> Answer<Json<Value>> {
    backed_up(&web).await?;
    Ok(Json(json!({"made": true})))
}

async fn try_backup(State(web): State<Shared>, _: Visitor) -> Answer<Json<Value>> {
    tried_out(&web).await?;
    Ok(Json(json!({"tried": true})))
}
