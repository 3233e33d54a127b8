//! A copy as a file over the interface, and reporting what happened to one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use base64::prelude::{BASE64_STANDARD, Engine};
use chancery_desk::{Format, Mishap};
use serde::Deserialize;
use serde_json::{Value, json};

use super::document::{Operation, object};
use super::read;
use crate::reading::{openable, readable};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/papers/{paper}/file", Rule::Reader, file).operation(Operation {
            id: "openCopyAsFile",
            summary: "Opens the caller’s own copy of a paper as a file, in base64; the opening is entered in the record.",
            body: Some(|| object(&[], &[], &[("format", json!({"enum": ["txt", "pdf"]}))])),
            example: Some(|| json!({"format": "txt"})),
            reply: || object(&["paper", "name", "base64"], &[], &[]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/papers/{paper}/lost", Rule::Bearer, lost).operation(Operation {
            id: "reportCopy",
            summary: "Reports that the caller’s copy of a paper is gone, was seen, or turned up elsewhere.",
            body: Some(|| object(&["words"], &[], &[("mishap", json!({"enum": ["lost", "seen", "found"]}))])),
            example: Some(|| json!({"mishap": "seen", "words": "On a train."})),
            reply: || object(&[], &[], &[("leaf", json!({"type": "integer"}))]),
            ..Operation::NONE
        }),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct As {
    format: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Txt,
    Pdf,
}

async fn file(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    readable(&web, &visitor, &paper).await?;
    openable(&web, &visitor, &paper).await?;
    let format = match read::<As>(&body)?.format {
        Kind::Txt => Format::Txt,
        Kind::Pdf => Format::Pdf,
    };
    let copy = web.archive.open_copy(&paper, &visitor.person, format).await;
    let copy = copy.map_err(Trouble::hidden)?;
    let name = format!("{}.{}", copy.paper, format.ending());
    let base64 = BASE64_STANDARD.encode(&copy.bytes);
    Ok(Json(json!({"paper": copy.paper, "name": name, "base64": base64})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    mishap: Mishap,
    words: String,
}

async fn lost(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    // What cannot be read says nothing of whether there is such a paper.
    let Report { mishap, words } = read(&body)?;
    let told = web.archive.report_copy(&paper, &visitor.person, mishap, &words).await;
    Ok(Json(json!({"leaf": told.map_err(Trouble::hidden)?})))
}
