//! Drafts over the interface: written, shown with their meter and places, changed, cleared, approved, released.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use chancery_desk::{
    Bench, BenchDraft, Circulation, DraftText, Finders, Head, NewPaper, PlaceChoice, ReleaseReport,
};
use chancery_domain::{Handle, Label, PaperKind, Precedence};
use chancery_text::build::Choice;
use serde::Deserialize;
use serde_json::{Value, json};

use super::document::{Operation, list, object, with_optional};
use super::{about, read};
use crate::drafting::{self, layout, named, seen};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// A subject with a label, in a body.
fn labelled() -> [(&'static str, Value); 2] {
    [("classification", json!({"type": "string"})), ("handling", texts())]
}

fn texts() -> Value {
    list(json!({"type": "string"}))
}

/// The paper that an act was about.
fn one() -> Value {
    object(&["paper"], &[], &[])
}

pub(super) fn routes() -> Vec<Route> {
    let act = |id, summary| Operation { id, summary, reply: one, ..Operation::NONE };
    vec![
        Route::get("/api/v1/drafts", Rule::Holder, drafts).operation(Operation {
            id: "drafts",
            summary: "The drafts that the caller may see.",
            reply: || list(json!({"type": "object", "required": ["paper", "subject", "label", "office", "state"]})),
            ..Operation::NONE
        }),
        drafting::long(Route::post("/api/v1/drafts", Rule::Holder, draft)).operation(Operation {
            id: "draft",
            summary: "Drafts a paper. The text may hold the markup of variants and portion marks.",
            body: Some(|| {
                let [classification, handling] = labelled();
                with_optional(object(&["from", "subject", "text"], &["kind", "precedence"], &[]), &[classification, handling, ("to", texts()), ("info", texts()), ("book", json!({"type": "boolean"}))])
            }),
            example: Some(|| json!({"from": "embassy", "subject": "The harbour", "classification": "Confidential", "to": ["northern"], "text": "The delegation arrived prior to the meeting, and it began to press for additional assistance."})),
            reply: one,
            ..Operation::NONE
        }),
        Route::get("/api/v1/drafts/{draft}", Rule::Drafter, bench).operation(Operation {
            id: "showDraft",
            summary: "A draft with its text, every place where copies will differ, the meter, its addressees, and what the caller may do.",
            reply: || json!({"type": "object", "required": ["shown", "source", "readers", "meter", "paragraphs", "places", "addressees", "leave"]}),
            ..Operation::NONE
        }),
        drafting::long(Route::post("/api/v1/drafts/{draft}/text", Rule::Drafter, text)).operation(Operation {
            body: Some(|| object(&["text"], &[], &[])),
            example: Some(|| json!({"text": "The delegation arrived prior to the talks, and it began to press for further help."})),
            ..act("setDraftText", "Gives a draft another text. Clearances and an approval given before are void.")
        }),
        Route::post("/api/v1/drafts/{draft}/heading", Rule::Drafter, heading).operation(Operation {
            body: Some(|| with_optional(object(&["subject"], &[], &[]), &labelled())),
            example: Some(|| json!({"subject": "The piers", "classification": "Confidential", "handling": ["Home Staff"]})),
            ..act("setDraftHeading", "Gives a draft another subject and label.")
        }),
        Route::post("/api/v1/drafts/{draft}/place", Rule::Drafter, place).operation(Operation {
            body: Some(|| object(&["key"], &[], &[("choice", json!({"enum": ["keep", "strike", "undo"]}))])),
            example: Some(|| json!({"key": "0:0:none", "choice": "keep"})),
            ..act("decidePlace", "Keeps or strikes one place, or takes that back. Keys are those of `showDraft`.")
        }),
        Route::post("/api/v1/drafts/{draft}/ask", Rule::Drafter, ask).operation(Operation {
            body: Some(|| object(&[], &[], &[("offices", texts())])),
            example: Some(|| json!({"offices": ["registry"]})),
            ..act("askForClearance", "Asks offices to clear a draft.")
        }),
        Route::post("/api/v1/drafts/{draft}/clear", Rule::Drafter, clear)
            .operation(act("clearDraft", "Clears a draft as it stands, for an office that was asked.")),
        Route::post("/api/v1/drafts/{draft}/refuse", Rule::Drafter, refuse).operation(Operation {
            body: Some(|| object(&["reason"], &[], &[])),
            example: Some(|| json!({"reason": "Say which pier."})),
            ..act("refuseDraft", "Sends a draft back with a reason.")
        }),
        Route::post("/api/v1/drafts/{draft}/approve", Rule::Drafter, approve)
            .operation(act("approveDraft", "Approves a draft for release.")),
        Route::post("/api/v1/drafts/{draft}/release", Rule::Drafter, release).operation(Operation {
            reply: || json!({"type": "object", "required": ["paper"]}),
            ..act("releaseDraft", "Freezes a draft; from then on copies can be opened.")
        }),
        Route::post("/api/v1/drafts/{draft}/withdraw", Rule::Drafter, withdraw)
            .operation(act("withdrawDraft", "Gives a draft up. It is kept and never comes back.")),
    ]
}

async fn drafts(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Vec<BenchDraft>>> {
    Ok(Json(web.archive.bench_list(&visitor.person).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    from: Handle,
    kind: Option<String>,
    precedence: Option<String>,
    subject: String,
    #[serde(default)]
    classification: String,
    #[serde(default)]
    handling: Vec<String>,
    #[serde(default)]
    to: Vec<Handle>,
    #[serde(default)]
    info: Vec<Handle>,
    #[serde(default)]
    book: bool,
    text: String,
}

async fn draft(State(web): State<Shared>, visitor: Visitor, body: Bytes) -> Answer<Json<Value>> {
    let new: New = read(&body)?;
    let invalid = Trouble::Invalid;
    let kind = match new.kind {
        Some(word) => word.parse::<PaperKind>().map_err(|e| invalid(e.to_string()))?,
        None => PaperKind::Cable,
    };
    let action = new.precedence.map(|word| word.parse::<Precedence>());
    let action = action.transpose().map_err(|e| invalid(e.to_string()))?;
    if new.subject.trim().is_empty() {
        return Err(invalid("a paper needs a subject".into()));
    }
    let label = Label { classification: new.classification, handling: new.handling };
    let paper = NewPaper {
        head: Head { subject: new.subject.trim().to_owned(), label, action, ..Head::default() },
        from: new.from,
        origin_reads: true,
        to: new.to,
        info: new.info,
        circulation: Circulation {
            kind,
            layout: layout(kind, &new.text),
            book: new.book,
            ..Circulation::default()
        },
        text: DraftText::from_file(&new.text, true, Choice::default()),
    };
    let id = web.archive.draft(&paper, &visitor.person).await.map_err(named)?;
    Ok(about(&id))
}

async fn bench(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<Bench>> {
    seen(&web, &visitor, &paper).await?;
    Ok(Json(web.archive.bench(&paper, &Finders::embedded(), &visitor.person).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

async fn text(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    let Text { text } = read(&body)?;
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    let layout = layout(shown.listed.kind, &text);
    web.archive.amend(&paper, &text, layout, &visitor.person).await?;
    Ok(about(&paper))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    subject: String,
    #[serde(default)]
    classification: String,
    #[serde(default)]
    handling: Vec<String>,
}

async fn heading(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    let Heading { subject, classification, handling } = read(&body)?;
    let label = Label { classification, handling };
    web.archive.rehead(&paper, (&subject, label), &visitor.person).await?;
    Ok(about(&paper))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    key: String,
    choice: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Keep,
    Strike,
    Undo,
}

async fn place(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    let Decided { key, choice } = read(&body)?;
    let choice = match choice {
        Decision::Keep => PlaceChoice::Keep,
        Decision::Strike => PlaceChoice::Strike,
        Decision::Undo => PlaceChoice::Undo,
    };
    let finders = Finders::embedded();
    let chosen = web.archive.choose_place(&paper, (&key, choice), &finders, &visitor.person).await;
    chosen.map_err(named)?;
    Ok(about(&paper))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    offices: Vec<Handle>,
}

async fn ask(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    let Asked { offices } = read(&body)?;
    web.archive.ask(&paper, &offices, &visitor.person).await.map_err(named)?;
    Ok(about(&paper))
}

async fn clear(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    web.archive.clear(&paper, &visitor.person).await?;
    Ok(about(&paper))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    reason: String,
}

async fn refuse(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    body: Bytes,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    let Refused { reason } = read(&body)?;
    web.archive.refuse(&paper, &reason, &visitor.person).await?;
    Ok(about(&paper))
}

async fn approve(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    web.archive.approve(&paper, &visitor.person).await?;
    Ok(about(&paper))
}

async fn release(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<ReleaseReport>> {
    seen(&web, &visitor, &paper).await?;
    Ok(Json(web.archive.release(&paper, &visitor.person, &Finders::embedded()).await?))
}

async fn withdraw(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Json<Value>> {
    seen(&web, &visitor, &paper).await?;
    web.archive.withdraw(&paper, &visitor.person).await?;
    Ok(about(&paper))
}
