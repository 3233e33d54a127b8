//! The inquiry room: what was printed and where it is from, inquiries, and what they found.

mod aligned;
mod exposure;
mod finding;
mod leak;
mod plot;
mod room;
mod upload;

use axum::extract::{DefaultBodyLimit, State};
use chancery_desk::{ListedInquiry, OfficerPart};
use maud::{Markup, html};

use crate::layout::{Frame, Section, page};
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// The level of an inquiry: one in a million.
pub(crate) const ALPHA: f64 = 1e-6;

pub(crate) use room::pack_of;

pub(crate) fn routes() -> Vec<Route> {
    let upload = |mut route: Route| {
        // The files are counted as they come in; the whole house has a limit of its own.
        route.handler = route.handler.layer(DefaultBodyLimit::disable());
        route
    };
    vec![
        Route::get("/inquiries", Rule::Holder, list),
        upload(Route::post("/inquiries", Rule::Holder, room::open)),
        upload(Route::post("/inquiries/article", Rule::Holder, exposure::article)),
        Route::get("/inquiries/{inquiry}", Rule::Officer, room::page),
        Route::post("/inquiries/{inquiry}/approve", Rule::Officer, room::approve),
        Route::post("/inquiries/{inquiry}/run", Rule::Officer, room::run),
        Route::post("/inquiries/{inquiry}/pack", Rule::Officer, room::pack),
    ]
}

/// What waits for the officer, and the doors for articles and leaks.
async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let all = web.archive.inquiries_of(&visitor.person).await?;
    let may = web.archive.may_inquire(&visitor.person).await?;
    let of = |part: fn(&ListedInquiry) -> bool| -> Vec<&ListedInquiry> {
        all.iter().filter(|inquiry| part(inquiry)).collect()
    };
    let waiting = of(|i| i.part == OfficerPart::MayApprove);
    let ready = of(|i| i.part != OfficerPart::MayApprove && i.state == "approved");
    let own = of(|i| i.part != OfficerPart::MayApprove && i.state != "approved");
    let body = html! {
        div.head { h1 { "Inquiries" } }
        div.doors {
            section.panel aria-labelledby="door-article" {
                h2 #door-article { "An article" }
                p { "Finds every quotation, who is said to have spoken it, and which text of ours it is from. Your own copies are opened for that, and this is entered." }
                (upload::article_form(&visitor))
            }
            @if may {
                section.panel aria-labelledby="door-leak" {
                    h2 #door-leak { "A leak" }
                    p { "Text that turned up outside. An inquiry compares it with every copy, once an officer of another office has approved." }
                    (upload::leak_form(&visitor))
                }
            }
        }
        @if !waiting.is_empty() { (group(&web, &visitor, "Waiting for an approval that you may give", &waiting).await?) }
        @if !ready.is_empty() { (group(&web, &visitor, "Approved, to be run", &ready).await?) }
        (group(&web, &visitor, "Yours", &own).await?)
    };
    let keys = [("j", "next inquiry"), ("k", "inquiry before"), ("/", "search")];
    Ok(page(
        &visitor,
        &Frame::new("Inquiries", Section::Inquiries).keys(&keys).scripts(&["passkeys.js"]),
        &body,
    ))
}

async fn group(
    web: &Shared,
    visitor: &Visitor,
    name: &str,
    inquiries: &[&ListedInquiry],
) -> Answer<Markup> {
    let mut rows = Vec::new();
    for inquiry in inquiries {
        let opened_by = web.archive.person(&inquiry.opened_by).await?.details.name;
        let when = inquiry.opened_at.map(|at| words::short(at, visitor.now)).unwrap_or_default();
        rows.push((inquiry, opened_by, when));
    }
    Ok(html! {
        table.group.rows.inquiries {
            caption { (name) " " span { (rows.len()) } }
            thead { tr { th scope="col" { "Inquiry" } th scope="col" { "About" } th scope="col" { "Stands at" } th scope="col" { "Opened" } } }
            tbody {
                @if rows.is_empty() { tr { td colspan="4" { "None." } } }
                @for (inquiry, opened_by, when) in &rows {
                    tr data-row {
                        td.c-l { (inquiry.inquiry) }
                        td.c-s { a.subj href={ "/inquiries/" (inquiry.inquiry) } { (files(&inquiry.files)) } p.meta { "opened by " (opened_by) } }
                        td.c-f.bare { (stands(inquiry)) }
                        td.c-d { (when) }
                    }
                }
            }
        }
    })
}

/// The names of leaks, in a line.
fn files(names: &[String]) -> String {
    match names {
        [] => "no file".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn stands(inquiry: &ListedInquiry) -> &'static str {
    match (inquiry.state.as_str(), inquiry.verdict.as_deref()) {
        (_, Some(verdict)) => finding::word(verdict),
        ("open", _) => "waits for the second officer",
        ("approved", _) => "approved, to be run",
        _ => "done",
    }
}
