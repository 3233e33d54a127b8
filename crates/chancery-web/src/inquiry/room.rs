//! One inquiry: opened, approved, run. What it found is drawn in `finding`.

use axum::extract::{Multipart, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use chancery_desk::{OfficerPart, Request, RoomInquiry, Traced};
use maud::{Markup, html};

use super::{ALPHA, finding, upload};
use crate::layout::{Frame, Marking, Section, Stage, docket_wide, page as framed, steps};
use crate::passkey::{proof, proved};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Most characters of a leak that are shown before it was compared.
const EXCERPT: usize = 4_000;

/// Opens an inquiry into the files of a form.
pub(super) async fn open(
    State(web): State<Shared>,
    visitor: Visitor,
    form: Multipart,
) -> Answer<Redirect> {
    if !web.archive.may_inquire(&visitor.person).await? {
        return Err(Trouble::Absent);
    }
    proved(&web, &visitor)?;
    let upload = upload::read(form).await?;
    let papers = upload.papers.split([',', ';', ' ', '\n', '\r', '\t']);
    let papers: Vec<String> = papers.filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let request = Request {
        leaks: upload.files,
        papers,
        alpha: ALPHA,
        include_author: upload.include_author,
    };
    let traced = web.archive.trace(request, Some(&visitor.person)).await;
    let id = match traced.map_err(named)? {
        Traced::AwaitingApproval(id) => id,
        Traced::Done(finding) => finding.inquiry,
    };
    Ok(back_to(&id))
}

/// To the page of an inquiry.
fn back_to(inquiry: &str) -> Redirect {
    Redirect::to(&format!("/inquiries/{inquiry}"))
}

/// A paper that was named and is not there is a slip of the pen.
fn named(error: chancery_desk::DeskError) -> Trouble {
    match error {
        chancery_desk::DeskError::Unknown { what, name, .. } => Trouble::Invalid(format!(
            "there is no {what} “{name}”; leave the field empty to search everything"
        )),
        other => other.into(),
    }
}

pub(super) async fn page(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer {
    let room = web.archive.inquiry_for(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    let officers = officers(&web, &room).await?;
    let labels = room.state.finding.iter().flat_map(|f| &f.papers).map(|p| p.label.as_str());
    let marking = Marking::highest(labels);
    let body = match &room.state.finding {
        Some(report) => finding::draw(&room, report, &officers),
        None => waiting(&visitor, &room, &officers),
    };
    let frame =
        Frame::new("An inquiry", Section::Inquiries).label(marking).scripts(&["passkeys.js"]);
    Ok(framed(&visitor, &frame, &body))
}

/// The names of those who opened and approved.
pub(super) struct Officers {
    pub(super) first: String,
    pub(super) second: Option<String>,
}

async fn officers(web: &Shared, room: &RoomInquiry) -> Answer<Officers> {
    let first = web.archive.person(&room.state.opened_by).await?.details.name;
    let second = match &room.state.approved_by {
        Some(second) => Some(web.archive.person(second).await?.details.name),
        None => None,
    };
    Ok(Officers { first, second })
}

/// An inquiry without a finding yet.
fn waiting(visitor: &Visitor, room: &RoomInquiry, officers: &Officers) -> Markup {
    let id = &room.state.inquiry;
    let approved = room.state.state != "open";
    let opened = room.opened_at.map(|at| words::short(at, visitor.now)).unwrap_or_default();
    let second = officers.second.clone().unwrap_or_else(|| "an officer of another office".into());
    let (approve, run) =
        if approved { (Stage::Done, Stage::Now) } else { (Stage::Now, Stage::ToDo) };
    let bytes: usize = room.leaks.iter().map(|leak| leak.bytes).sum();
    let lines = [
        (
            "Leaks",
            html! { @for (at, leak) in room.leaks.iter().enumerate() { @if at > 0 { br; } (leak.file) } },
        ),
        ("Size", html! { (words::number(bytes as u64)) " bytes" }),
        (
            "Compared with",
            html! { @if room.papers.is_empty() { "every paper of the archive" } @else { (room.papers.join(", ")) } },
        ),
        (
            "Level",
            html! { (words::figures(&chancery_desk::one_in(room.alpha))) @if room.include_author { br; small.soft { "authors’ copies are tried as well" } } },
        ),
    ];
    html! {
        div.head { h1 { "Inquiry " (id) } }
        (steps(&[
            (Stage::Done, "Open", format!("{}, {opened}", officers.first)),
            (approve, "Approve", second),
            (run, "Fix the evidence and compare", "written to the record before any copy is compared".to_owned()),
        ]))
        div.spaced { (docket_wide(&lines)) }
        section.sec aria-labelledby="next-h" {
            h2 #next-h { "Next" }
            @match (room.part, approved) {
                (OfficerPart::MayApprove, false) => {
                    p { "You approve that this text is compared with every copy of the papers that it is from. What it says is shown to you afterwards. Who opened it and who approved it stays in the record." }
                    form.row method="post" action={ "/inquiries/" (id) "/approve" } data-proof=[proof(visitor)] {
                        button.btn.go type="submit" { "Approve inquiry " (id) }
                        span.soft { "Readers are told of inquiries after the delay that this house has set." }
                    }
                }
                (_, false) => p { "It waits for an officer who holds an office that you do not hold. Nothing is compared until then." },
                (_, true) => {
                    p { "What is read from the leak is written to the record first. After that nothing can be read again to fit a result; a second reading would be a new inquiry, and counts." }
                    form.row method="post" action={ "/inquiries/" (id) "/run" } data-proof=[proof(visitor)] {
                        button.btn.go type="submit" data-busy="Comparing…" { "Fix the evidence and compare" }
                    }
                }
            }
        }
        section.sec aria-labelledby="leak-h" {
            h2 #leak-h { "What was found" }
            @for leak in &room.leaks {
                h3 { (leak.file) }
                p.soft { "Fingerprint " code { (leak.sha256) } }
                @if let Some(text) = &leak.text { div.panel.leaktext lang="en-GB" { (excerpt(text)) } }
            }
        }
    }
}

fn excerpt(text: &str) -> Markup {
    let shown: String = text.chars().take(EXCERPT).collect();
    let more = shown.len() < text.len();
    html! {
        @for paragraph in shown.split("\n\n").filter(|p| !p.trim().is_empty()) { p { (paragraph) } }
        @if more { p.soft { "…" } }
    }
}

pub(super) async fn approve(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Redirect> {
    let room = web.archive.inquiry_for(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    proved(&web, &visitor)?;
    web.archive.approve_inquiry(&room.state.inquiry, &visitor.person).await?;
    Ok(back_to(&room.state.inquiry))
}

pub(super) async fn run(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Redirect> {
    let room = web.archive.inquiry_for(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    proved(&web, &visitor)?;
    if room.part == OfficerPart::MayApprove {
        return Err(Trouble::Refused(format!(
            "inquiry {} waits for an approval; only its two officers may have it run",
            room.state.inquiry
        )));
    }
    web.archive.run_inquiry(&room.state.inquiry).await.map_err(in_words)?;
    Ok(back_to(&room.state.inquiry))
}

/// The contest pack of a finding, as a file.
pub(super) async fn pack(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(inquiry): Path<String>,
) -> Answer<Response> {
    let room = web.archive.inquiry_for(&inquiry, &visitor.person).await.map_err(Trouble::hidden)?;
    pack_of(&web, &visitor, &room.state.inquiry).await
}

/// A pack that somebody may have, as a file.
pub(crate) async fn pack_of(web: &Shared, visitor: &Visitor, inquiry: &str) -> Answer<Response> {
    let pack = web.archive.contest_pack(inquiry, Some(&visitor.person)).await?;
    let name = format!("attachment; filename=\"{}.pack\"", pack.inquiry);
    let name = HeaderValue::try_from(name).map_err(|_| Trouble::Absent)?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], pack.bytes).into_response())
}

/// A refusal without the command line that it names.
fn in_words(error: chancery_desk::DeskError) -> Trouble {
    match Trouble::from(error) {
        Trouble::Refused(why) => {
            Trouble::Refused(why.split(": chancery ").next().unwrap_or_default().to_owned())
        }
        other => other,
    }
}
