//! The drafting desk: drafts, their text, the places where copies will differ, and the way to release.

mod acts;
mod bench;
mod form;
mod marked;
mod meter;
mod place;
mod preview;

use axum::extract::{DefaultBodyLimit, State};
use chancery_desk::{BenchDraft, Deed};
use chancery_domain::PaperState;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::layout::{Frame, Marking, Section, label, page};
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Most bytes of a form with a paper's text: the text, as a browser writes it into a form.
const MAX_FORM: usize = 3 * chancery_desk::MAX_BODY;

pub(crate) use acts::{named, seen};
pub(crate) use form::layout;

/// A route that takes the text of a paper.
pub(crate) fn long(mut route: Route) -> Route {
    route.handler = route.handler.layer(DefaultBodyLimit::max(MAX_FORM));
    route
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/drafts", Rule::Holder, list),
        Route::get("/drafts/new", Rule::Holder, form::new),
        long(Route::post("/drafts", Rule::Holder, form::draft)),
        long(Route::post("/drafts/preview", Rule::Holder, preview::preview)),
        Route::get("/drafts/{draft}", Rule::Drafter, bench::page),
        Route::get("/drafts/{draft}/text", Rule::Drafter, form::edit),
        long(Route::post("/drafts/{draft}/text", Rule::Drafter, form::amend)),
        Route::get("/drafts/{draft}/heading", Rule::Drafter, form::heading),
        Route::post("/drafts/{draft}/heading", Rule::Drafter, form::rehead),
        Route::post("/drafts/{draft}/place", Rule::Drafter, acts::place),
        Route::post("/drafts/{draft}/ask", Rule::Drafter, acts::ask),
        Route::post("/drafts/{draft}/clear", Rule::Drafter, acts::clear),
        Route::post("/drafts/{draft}/refuse", Rule::Drafter, acts::refuse),
        Route::post("/drafts/{draft}/approve", Rule::Drafter, acts::approve),
        Route::post("/drafts/{draft}/release", Rule::Drafter, acts::release),
        Route::post("/drafts/{draft}/withdraw", Rule::Drafter, acts::withdraw),
    ]
}

/// The drafts that the visitor may see: those that wait for him first.
async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let drafts = web.archive.bench_list(&visitor.person).await?;
    let of = |wanted: fn(&BenchDraft) -> bool| -> Vec<&BenchDraft> {
        drafts.iter().filter(|draft| wanted(draft)).collect()
    };
    let to_clear = of(|draft| draft.to_clear);
    let own = of(|draft| !draft.to_clear);
    let body = html! {
        div.head { h1 { "Drafts" } span.end { a.btn.go href="/drafts/new" data-key="n" { "Draft a paper" kbd { "n" } } } }
        @if !to_clear.is_empty() {
            (group(&visitor, "For your clearance", &to_clear, ""))
        }
        (group(&visitor, "Of your offices", &own, "Nothing is being drafted."))
    };
    let highest = Marking::highest(drafts.iter().map(|draft| draft.label.as_str()));
    let keys = [("j", "next draft"), ("k", "draft before"), ("n", "new draft"), ("/", "search")];
    Ok(page(&visitor, &Frame::new("Drafts", Section::Drafts).label(highest).keys(&keys), &body))
}

fn group(visitor: &Visitor, name: &str, drafts: &[&BenchDraft], none: &str) -> Markup {
    html! {
        table.group.rows {
            caption { (name) " " span { (drafts.len()) } }
            thead { tr { th scope="col" { "Label" } th scope="col" { "Draft" } th scope="col" { "Stands at" } th scope="col" { "Changed" } } }
            tbody {
                @if drafts.is_empty() { tr { td colspan="4" { (none) } } }
                @for draft in drafts { (row(visitor, draft)) }
            }
        }
    }
}

fn row(visitor: &Visitor, draft: &BenchDraft) -> Markup {
    let marking = Marking::read(&draft.label);
    let stands = match draft {
        draft if draft.to_clear => "waits for your clearance",
        draft if draft.state == PaperState::Approved => "approved, to be released",
        draft if draft.to_approve => "can be approved",
        _ => "being drafted",
    };
    html! {
        tr data-row {
            td.c-l { (label(marking.as_ref())) }
            td.c-s {
                a.subj href={ "/drafts/" (draft.paper) } { (draft.subject) }
                p.meta { (draft.paper) ", " (draft.office) }
            }
            td.c-f.bare { (stands) }
            td.c-d { @if let Some((_, at)) = draft.last { (words::short(at, visitor.now)) } }
        }
    }
}

/// What was done, as a verb.
const fn did(deed: Deed) -> &'static str {
    match deed {
        Deed::Drafted => "drafted it",
        Deed::Asked => "asked for a clearance",
        Deed::Cleared => "cleared it",
        Deed::Refused => "sent it back",
        Deed::Approved => "approved it",
        Deed::Amended => "changed it",
        Deed::Withdrawn => "gave it up",
        Deed::Released => "released it",
    }
}

/// The name behind a person's handle, and the instant: `S. Dace, Mon 20 Oct`.
async fn who_when(
    web: &Shared,
    who: &chancery_domain::Handle,
    at: Timestamp,
    now: Timestamp,
) -> Answer<String> {
    let person = web.archive.person(who).await?;
    Ok(format!("{}, {}", person.details.name, words::short(at, now)))
}
