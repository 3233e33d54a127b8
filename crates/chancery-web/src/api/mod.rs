//! The JSON interface: the same acts, the same rules, the same guard. Its OpenAPI document is made from the
//! table of routes.
//!
//! A program brings a token as `Authorization: Bearer` (`programs`). What goes wrong is told as
//! `application/problem+json` (RFC 9457).

mod document;
mod drafts;
mod house;
mod inquiries;
mod papers;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chancery_desk::{
    Found, Inbox, Listed, MAX_QUERY, MyEntry, MyReading, OfficeDetails, ScreenCopy, Seek, SignedIn,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) use document::Operation;
use document::{list, object};

use crate::route::{Route, Rule};
use crate::trouble::{Answer, Said, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// Largest whole number that every reader of JSON takes as it is (RFC 8259, section 6).
const MAX_EXACT: u64 = (1 << 53) - 1;
/// Most lines of one answer.
const MOST: u32 = 200;

pub(crate) fn routes() -> Vec<Route> {
    [reading(), papers::routes(), drafts::routes(), inquiries::routes(), house::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// What was sent, after it is known that whoever sends it may know of what it is about.
fn read<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    serde_json::from_slice(body)
        .map_err(|e| Trouble::Invalid(format!("what was sent cannot be read: {e}")))
}

/// The paper that an act was about.
fn about(paper: &str) -> Json<Value> {
    Json(json!({"paper": paper}))
}

/// What everybody may ask: of himself, his papers and the offices.
fn reading() -> Vec<Route> {
    vec![
        Route::get("/health", Rule::Anyone, health),
        Route::get("/api/v1/openapi.json", Rule::Anyone, document::document),
        Route::get("/api/v1/me", Rule::Holder, me).operation(Operation {
            id: "me",
            summary: "Who is signed in, and the offices held now.",
            reply: || object(&["person", "name"], &["chosen", "proved", "token"], &[("custodian", json!({"type": "boolean"})), ("has_passkey", json!({"type": "boolean"})), ("offices", list(object(&["office", "title", "capacity"], &["until"], &[])))]),
            ..Operation::NONE
        }),
        Route::get("/api/v1/inbox", Rule::Holder, inbox).operation(Operation {
            id: "inbox",
            summary: "The reading list, unread papers first; `before` is what the page before ended with.",
            query: &[("before", || json!({"type": "string", "pattern": "^[ru][0-9]{1,13}\\.[0-9]{1,18}$"}))],
            reply: || object(&[], &["next"], &[("papers", list(object(&["paper", "kind", "office", "addressed", "from", "released", "label", "subject"], &["serial", "precedence", "due"], &[("read", json!({"type": "boolean"})), ("notices", list(json!({"type": "string"})))])))]),
            ..Operation::NONE
        }),
        Route::post("/api/v1/papers/{paper}/copy", Rule::Reader, copy).operation(Operation {
            id: "openCopy",
            summary: "Opens the caller’s own copy of a paper; the opening is entered in the record.",
            reply: || object(&["paper", "office", "label", "subject"], &["title", "signed"], &[("leaf", json!({"type": "integer"})), ("times", json!({"type": "integer"})), ("notices", list(json!({"type": "string"}))), ("lines", list(list(json!({"type": "string"})))), ("paragraphs", list(json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "number": {"type": ["integer", "null"]}, "mark": {"type": ["string", "null"]}}, "additionalProperties": false})))]),
            ..Operation::NONE
        }),
        Route::get("/api/v1/papers/{paper}", Rule::Reader, paper).operation(Operation {
            id: "paper",
            summary: "The heading of a paper, as the caller may see it. Opens nothing.",
            reply: || json!({"type": "object", "required": ["paper", "subject", "label", "distribution"]}),
            ..Operation::NONE
        }),
        Route::post("/api/v1/search", Rule::Holder, search).operation(Operation {
            id: "search",
            summary: "Searches the papers that the caller may read.",
            example: Some(|| json!({"query": "harbour"})),
            body: Some(|| object(&[], &[], &[("query", json!({"type": "string", "minLength": 1, "maxLength": MAX_QUERY}))])),
            reply: || object(&[], &[], &[("found", json!({"type": "integer"})), ("hits", list(object(&["paper", "subject", "office", "label"], &["date"], &[("hits", json!({"type": "integer"})), ("score", json!({"type": "number"}))])))]),
            ..Operation::NONE
        }),
        Route::get("/api/v1/readings", Rule::Holder, readings).operation(Operation {
            id: "readings",
            summary: "What the caller opened last.",
            reply: || list(object(&["paper", "at", "format"], &["serial", "subject"], &[("leaf", json!({"type": "integer"}))])),
            ..Operation::NONE
        }),
        Route::get("/api/v1/record", Rule::Holder, record).operation(Operation {
            id: "record",
            summary: "What is entered about the caller, with receipts (C2SP tlog-proof).",
            query: &[("before", || json!({"type": "integer", "minimum": 0, "maximum": MAX_EXACT}))],
            reply: || list(object(&["kind", "at", "record"], &["paper", "format", "receipt", "token"], &[("leaf", json!({"type": "integer"}))])),
            ..Operation::NONE
        }),
        Route::get("/api/v1/offices", Rule::Holder, offices).operation(Operation {
            id: "offices",
            summary: "Every office of the house.",
            reply: || list(json!({"type": "object", "required": ["handle", "title", "kind"]})),
            ..Operation::NONE
        }),
    ]
}

/// Says that the archive answers, and which checkpoint everybody is shown; nothing else.
async fn health(State(web): State<Shared>) -> Answer<String> {
    web.archive.checkpoint()?;
    Ok(match web.archive.last_published().await? {
        Some(published) => format!("open\ncheckpoint {} {:.0}\n", published.size, published.at),
        None => "open\ncheckpoint none\n".to_owned(),
    })
}

async fn me(visitor: Visitor) -> Json<SignedIn> {
    Json(SignedIn::clone(&visitor))
}

#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

async fn inbox(
    State(web): State<Shared>,
    visitor: Visitor,
    Query(from): Query<Before>,
) -> Answer<Json<Inbox>> {
    let before = from.before.as_deref();
    Ok(Json(web.archive.inbox(&visitor.person, MOST, before).await?))
}

async fn copy(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<ScreenCopy>> {
    crate::reading::openable(&web, &visitor, &paper).await?;
    let opened = web.archive.open_on_screen(&paper, &visitor.person).await;
    Ok(Json(opened.map_err(Trouble::hidden)?))
}

async fn paper(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Response> {
    crate::reading::readable(&web, &visitor, &paper).await?;
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    Ok(Json(json!({
        "paper": shown.listed.paper,
        "kind": shown.listed.kind,
        "office": shown.listed.office,
        "serial": shown.listed.serial,
        "subject": shown.listed.subject,
        "label": shown.listed.label,
        "dtg": shown.dtg,
        "notices": shown.listed.notices,
        "distribution": shown.distribution,
    }))
    .into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    query: String,
}

async fn search(
    State(web): State<Shared>,
    visitor: Visitor,
    Json(asked): Json<Asked>,
) -> Answer<Json<Found>> {
    Ok(Json(web.archive.search(&visitor.person, &asked.query, &Seek::default()).await?))
}

async fn readings(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Vec<MyReading>>> {
    Ok(Json(web.archive.my_readings(&visitor.person, MOST).await?))
}

async fn record(
    State(web): State<Shared>,
    visitor: Visitor,
    Query(from): Query<Before>,
) -> Answer<Json<Vec<MyEntry>>> {
    let wrong = || Trouble::Invalid("“before” is the number of an entry".into());
    let number = |text: String| text.parse().ok().filter(|n| *n <= MAX_EXACT).ok_or_else(wrong);
    let before = from.before.map(number).transpose()?;
    Ok(Json(web.archive.my_record(&visitor.person, before, MOST).await?))
}

async fn offices(State(web): State<Shared>) -> Answer<Json<Vec<Listed<OfficeDetails>>>> {
    Ok(Json(web.archive.offices().await?))
}

/// Outside the routes: under `/api/`, what goes wrong is told as JSON, and nobody is sent to a page.
pub(crate) async fn plainly(request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    if !program {
        return response;
    }
    let status = match response.headers().get(LOCATION) {
        Some(_) => StatusCode::UNAUTHORIZED,
        None if response.status().is_success() => return response,
        None => response.status(),
    };
    let (mut parts, _) = response.into_parts();
    let said = parts.extensions.get::<Said>();
    let title = said.map_or("This request cannot be read", |said| said.title);
    let detail =
        said.map_or("Bring a token, and JSON as the document says.", |said| said.text.as_str());
    let problem =
        json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    parts.status = status;
    for header in [LOCATION, CONTENT_LENGTH] {
        parts.headers.remove(header);
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, Body::from(problem.to_string()))
}
