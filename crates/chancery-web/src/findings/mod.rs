//! Findings that concern me: what a reader sees whose copy a finding names, his contest pack, and his answer.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use chancery_desk::{MAX_ANSWER, Notified, OwnFinding};
use maud::{Markup, html};
use serde::Deserialize;

use crate::inquiry::pack_of;
use crate::layout::{Frame, Section, docket_wide, page};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "Findings that concern me";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/findings", Rule::Holder, list),
        Route::get("/findings/{inquiry}", Rule::Concerned, one),
        Route::post("/findings/{inquiry}/pack", Rule::Concerned, pack),
        Route::post("/findings/{inquiry}/answer", Rule::Concerned, answer),
    ]
}

async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let notices = web.archive.inquiry_notices(&visitor.person).await?;
    let (named, others): (Vec<_>, Vec<_>) = notices.into_iter().partition(|n| n.names_you);
    let body = html! {
        div.head { h1 { (TITLE) } }
        p.lede { "Readers hear of inquiries over papers that they could read, once the delay of this house is over. Most inquiries say nothing about most readers." }
        div.spaced { (table("About a copy of yours", "No finding names a copy of yours.", &named, &visitor)) }
        div.spaced { (table("Over papers that you could read", "None that you may hear of yet.", &others, &visitor)) }
    };
    Ok(page(&visitor, &Frame::new(TITLE, Section::Own), &body))
}

fn table(caption: &str, none: &str, notices: &[Notified], visitor: &Visitor) -> Markup {
    html! {
        table.group.stackt {
            caption { (caption) " " span { (notices.len()) } }
            thead { tr { th scope="col" { "Inquiry" } th scope="col" { "Papers" } th scope="col" { "Ended" } } }
            tbody {
                @if notices.is_empty() { tr { td colspan="3" { (none) } } }
                @for notice in notices { tr {
                    td data-l="Inquiry" {
                        @if notice.names_you { a href={ "/findings/" (notice.inquiry) } { "Finding " (notice.inquiry) } } @else { (notice.inquiry) }
                        @if notice.withdrawn { ", " b { "withdrawn" } }
                    }
                    td data-l="Papers" { @if notice.papers.is_empty() { "that you may no longer read" } @else { (notice.papers.join(", ")) } }
                    td data-l="Ended" { (words::short(notice.ended, visitor.now)) }
                } }
            }
        }
    }
}

async fn one(State(web): State<Shared>, visitor: Visitor, Path(inquiry): Path<String>) -> Answer {
    let finding =
        web.archive.own_finding(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    Ok(draw(&visitor, &finding, None))
}

fn draw(visitor: &Visitor, finding: &OwnFinding, wrong: Option<&str>) -> Markup {
    let papers = html! { @for (at, (paper, subject)) in finding.papers.iter().enumerate() {
        @if at > 0 { "; " }
        @match subject { Some(subject) => { a href={ "/papers/" (paper) } { (paper) } ", " (subject) }, None => { (paper) ", which you may no longer read" } }
    } };
    let docket = [
        ("About", papers),
        ("Ended", html! { (words::instant(finding.ended)) }),
        ("Entry", html! { (words::number(finding.leaf)) }),
        (
            "Your answer",
            html! { @match finding.answers.len() { 0 => "not given", 1 => "given", n => { "given, " (n) " times" } } },
        ),
    ];
    let body = html! {
        div.head { h1 { "Finding " (finding.inquiry) } @if finding.exercise { span.pill { "Exercise" } } @if finding.withdrawn { span.pill { "Withdrawn" } } }
        (docket_wide(&docket))
        @if finding.withdrawn { p.note.spaced { b { "This finding was withdrawn. " } "It stays in the record, and nobody may rely on it." } }
        section.verdict.one.spaced aria-labelledby="verdict" {
            div {
                div.kindline { span.pill { "A copy of yours is named" } }
                p.say #verdict { (words::figures(&finding.statement)) }
                p.about { b { "This is about a copy, not about you. " } "A copy can be stolen, lent, seen over a shoulder or left on a printer, and wording can be imitated on purpose. What became of the copy is for people to find out, and you are asked first." }
            }
        }
        section.sec {
            h2 { "Have it checked" }
            p.lede { "The contest pack holds all that it takes to compute this finding again, away from this house and without its software. Give it to whom you trust: a colleague, your staff council, a lawyer, a court. Handing it out is entered." }
            form.row.spaced method="post" action={ "/findings/" (finding.inquiry) "/pack" } {
                button.btn.go type="submit" { "Download my contest pack" }
            }
        }
        section.sec {
            h2 #answer-head { "Answer it" }
            @for given in &finding.answers {
                blockquote.answer { p { (given.text) } p.soft { (words::instant(given.at)) ", entry " (words::number(given.leaf)) } }
            }
            @if visitor.through().is_none() {
                form.form method="post" action={ "/findings/" (finding.inquiry) "/answer" } {
                    div.field.bad[wrong.is_some()] {
                        label for="text" { @if finding.answers.is_empty() { "Your answer" } @else { "Add to your answer" } }
                        @if let Some(wrong) = wrong { p.err #text-wrong { (wrong) } }
                        p.hint #text-hint { "What became of the copy, or why the finding is wrong. It is kept beside the finding, the officers read it, and its hash is entered; it cannot be taken back." }
                        textarea #text name="text" rows="8" required maxlength=(MAX_ANSWER / 4) aria-describedby=(if wrong.is_some() { "text-wrong text-hint" } else { "text-hint" }) aria-invalid=[wrong.map(|_| "true")] {}
                    }
                    div.row { button.btn type="submit" { "Give this answer" } }
                }
            }
        }
        p.spaced { a href="/findings" { "All findings that concern me" } " · " a href="/raise-a-concern" { "Raise a concern lawfully" } }
    };
    page(visitor, &Frame::new("A finding", Section::Own), &body)
}

async fn pack(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Response> {
    let finding =
        web.archive.own_finding(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    pack_of(&web, &visitor, &finding.inquiry).await
}

#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    text: String,
}

async fn answer(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
    Form(said): Form<Words>,
) -> Result<Result<Redirect, Markup>, Trouble> {
    let finding =
        web.archive.own_finding(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    let done = web.archive.answer_finding(&finding.inquiry, &said.text, &visitor.person).await;
    match done.map_err(Trouble::from) {
        Ok(_) => Ok(Ok(Redirect::to(&format!("/findings/{}", finding.inquiry)))),
        Err(Trouble::Invalid(_)) => {
            Ok(Err(draw(&visitor, &finding, Some("Write your answer in the field below."))))
        }
        Err(other) => Err(other),
    }
}
