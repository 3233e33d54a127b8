//! Articles, inquiries and findings over the interface: what an article quotes, what an officer may see of inquiries, and
//! what a reader may see of findings that name a copy of his. To open, approve or run an inquiry takes a proof of who one
//! is, and to answer a finding cannot be taken back: both a person does.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use chancery_desk::{
    Exposing, ExposureReport, LeakFile, ListedInquiry, Notified, OwnFinding, RoomInquiry,
};
use serde::Deserialize;
use serde_json::json;

use super::document::{Operation, list, object};
use super::read;
use crate::inquiry::ALPHA;
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// Most bytes of a request with an article.
const MAX_ARTICLE: usize = 4 << 20;

pub(super) fn routes() -> Vec<Route> {
    let mut article = Route::post("/api/v1/articles", Rule::Holder, article);
    article.handler = article.handler.layer(DefaultBodyLimit::max(MAX_ARTICLE));
    vec![
        article.operation(Operation {
            id: "lookIntoArticle",
            summary: "What an article quotes, and which text each quotation is from. Copies of the caller’s own are opened for that, which is entered. No inquiry is opened.",
            body: Some(|| object(&["text"], &["name"], &[])),
            example: Some(|| json!({"text": "“The delegation arrived prior to the meeting,” wrote somebody."})),
            reply: || json!({"type": "object", "required": ["schema", "statement", "quotations", "leaked_papers"]}),
            ..Operation::NONE
        }),
        Route::get("/api/v1/inquiries", Rule::Holder, inquiries).operation(Operation {
            id: "inquiries",
            summary: "The inquiries that the caller may see as an officer.",
            reply: || list(json!({"type": "object", "required": ["inquiry", "state", "part"]})),
            ..Operation::NONE
        }),
        Route::get("/api/v1/inquiries/{inquiry}", Rule::Officer, inquiry).operation(Operation {
            id: "inquiry",
            summary: "An inquiry, and its finding once there is one.",
            reply: || json!({"type": "object", "required": ["state", "part"]}),
            ..Operation::NONE
        }),
        Route::get("/api/v1/findings", Rule::Holder, findings).operation(Operation {
            id: "findings",
            summary: "Inquiries that the caller may hear of, and whether one names a copy of his.",
            reply: || list(json!({"type": "object", "required": ["inquiry", "names_you", "papers", "ended"]})),
            ..Operation::NONE
        }),
        Route::get("/api/v1/findings/{inquiry}", Rule::Concerned, finding).operation(Operation {
            id: "finding",
            summary: "A finding that names a copy of the caller’s.",
            reply: || json!({"type": "object", "required": ["inquiry", "statement", "papers", "answers"]}),
            ..Operation::NONE
        }),
        Route::post("/api/v1/findings/{inquiry}/pack", Rule::Concerned, pack).operation(Operation {
            id: "contestPack",
            summary: "The contest pack of such a finding. Handing it out is entered.",
            reply: || json!({"type": "object", "required": ["schema"]}),
            ..Operation::NONE
        }),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Article {
    text: String,
    name: Option<String>,
}

async fn article(
    State(web): State<Shared>,
    visitor: Visitor,
    body: Bytes,
) -> Answer<Json<ExposureReport>> {
    let Article { text, name } = read(&body)?;
    let name = name.unwrap_or_else(|| "article.txt".into());
    let name = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let article = LeakFile { name, bytes: text.into_bytes() };
    let request = Exposing { article, alpha: ALPHA, trace: false };
    Ok(Json(web.archive.expose(&request, Some(&visitor.person)).await?))
}

async fn inquiries(
    State(web): State<Shared>,
    visitor: Visitor,
) -> Answer<Json<Vec<ListedInquiry>>> {
    Ok(Json(web.archive.inquiries_of(&visitor.person).await?))
}

async fn inquiry(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Json<RoomInquiry>> {
    Ok(Json(web.archive.inquiry_for(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?))
}

async fn findings(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Vec<Notified>>> {
    Ok(Json(web.archive.inquiry_notices(&visitor.person).await?))
}

async fn finding(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Json<OwnFinding>> {
    Ok(Json(web.archive.own_finding(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?))
}

async fn pack(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Response> {
    let finding =
        web.archive.own_finding(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    let pack = web.archive.contest_pack(&finding.inquiry, Some(&visitor.person)).await?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, kind)], pack.bytes).into_response())
}
