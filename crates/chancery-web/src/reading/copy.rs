//! One reader's copy on the screen, and as a file.
//!
//! Two readers' pages of one paper are the same bytes, but for the places at which copies differ and what
//! stands in `.mine`: the reader's name, his receipt, how often he has opened it.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use chancery_desk::{Format, ScreenCopy, ScreenParagraph};
use maud::{Markup, html};

use super::{notice, openable};
use crate::layout::{Frame, Marking, Section, page};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// How the heading's lines are called on screen.
const TERMS: [(&str, &str); 14] = [
    ("FROM", "From"),
    ("TO", "Action"),
    ("COPIES", "Copies"),
    ("INFO", "Info"),
    ("XMT", "Except"),
    ("NUMBER", "No."),
    ("DATE", "Date"),
    ("DTG", "Sent"),
    ("PRECEDENCE", "Precedence"),
    ("DESKBY", "Due"),
    ("PUBLIC FROM", "Public from"),
    ("EMBARGO", "Embargo"),
    ("TAGS", "Tags"),
    ("REF", "Ref."),
];

/// Opens the visitor's copy on the screen.
pub(super) async fn screen(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer {
    openable(&web, &visitor, &paper).await?;
    let copy =
        web.archive.open_on_screen(&paper, &visitor.person).await.map_err(Trouble::hidden)?;
    let marking = Marking::read(&copy.label);
    let body = html! {
        div.cols {
            div {
                (notice())
                (tools(&copy.paper, View::Text))
                (sheet(&copy, marking.as_ref()))
            }
            (beside(&copy.paper, copy.times, copy.leaf))
        }
    };
    let keys = [
        ("j", "next paragraph"),
        ("k", "paragraph before"),
        ("g", "as pages"),
        ("p", "print"),
        ("Esc", "back to the desk"),
    ];
    let frame = Frame::new("A paper", Section::Papers).label(marking).keys(&keys);
    Ok(page(&visitor, &frame, &body))
}

/// How a copy is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Text,
    Pages,
}

/// Back, the other view, the files. Each view and each file is an opening of its own.
pub(super) fn tools(paper: &str, now: View) -> Markup {
    let to = |what: &str| format!("/papers/{paper}/{what}");
    let pressed = |view| if now == view { "true" } else { "false" };
    html! {
        form.tools method="post" {
            a href="/" data-key="Escape" { "Back to the desk" }
            span.seg role="group" aria-label="View" {
                button type="submit" formaction=(to("copy")) aria-pressed=(pressed(View::Text)) data-key="t" { "As text" }
                button type="submit" formaction=(to("pages")) aria-pressed=(pressed(View::Pages)) data-key="g" { "As pages" }
            }
            span.row.push {
                button.btn type="submit" formaction=(to("pdf")) { "Save my copy as PDF" }
                button.btn type="submit" formaction=(to("text")) { "Save my copy as text" }
                button.btn.scripted type="button" data-print data-key="p" { "Print my copy" }
            }
        }
    }
}

/// The paper itself.
fn sheet(copy: &ScreenCopy, marking: Option<&Marking>) -> Markup {
    let class = marking.map_or("open", Marking::class);
    let line = marking.map_or_else(|| "NO LABEL".to_owned(), Marking::line);
    html! {
        article.paper aria-labelledby="subject" {
            p class={ "stamp " (class) } { (line) }
            @if let Some(title) = &copy.title { p.kind { (title) } }
            h1 #subject { (copy.subject) }
            @for notice in &copy.notices { p.notice { b { (notice) } } }
            dl.docket {
                @for (name, value) in copy.lines.iter().filter(|(name, _)| name != "SUBJECT") {
                    div { dt { (term(name)) } dd { (value) } }
                }
            }
            div.text { @for paragraph in &copy.paragraphs { (text_of(paragraph)) } }
            @if let Some(signed) = &copy.signed { p.signed { (signed) } }
            p class={ "stamp foot " (class) } { (line) }
        }
    }
}

fn text_of(paragraph: &ScreenParagraph) -> Markup {
    html! {
        p data-row tabindex="-1" {
            @if let Some(number) = paragraph.number { span.pn { (number) "." } " " }
            @if let Some(mark) = &paragraph.mark { span.pm { "(" (mark) ")" } " " }
            (paragraph.text)
        }
    }
}

fn term(name: &str) -> &str {
    TERMS.iter().find(|(sheet, _)| *sheet == name).map_or(name, |(_, shown)| shown)
}

/// What is said beside the paper.
pub(super) fn beside(paper: &str, times: u32, leaf: u64) -> Markup {
    let times = match times {
        0 | 1 => "You have opened it for the first time.".to_owned(),
        2 => "You have opened it twice.".to_owned(),
        n => format!("You have opened it {n} times."),
    };
    html! {
        aside.side aria-label="About this copy" {
            section {
                h2 { "Your copy" }
                p.mine { (times) " This opening is entry " (words::number(leaf)) " of the record. " a href="/record" { "Check the receipt" } }
            }
            section {
                h2 { "If something goes wrong" }
                ul.plain {
                    li { a href={ "/papers/" (paper) "/lost" } { "Report a lost or seen copy" } br;
                        span.soft { "Left on a printer or a train, read over your shoulder: telling us early protects you." } }
                    li { a href="/raise-a-concern" { "Raise a concern lawfully" } br;
                        span.soft { "Whom the law lets you tell. That page is neither marked nor entered." } }
                }
            }
        }
    }
}

/// The visitor's copy as a text file.
pub(super) async fn text(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Response> {
    file(&web, &visitor, &paper, Format::Txt, "text/plain; charset=utf-8").await
}

/// The visitor's copy as a file of typeset pages.
pub(super) async fn pdf(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Response> {
    file(&web, &visitor, &paper, Format::Pdf, "application/pdf").await
}

async fn file(
    web: &Shared,
    visitor: &Visitor,
    paper: &str,
    format: Format,
    kind: &'static str,
) -> Answer<Response> {
    openable(web, visitor, paper).await?;
    let copy = web.archive.open_copy(paper, &visitor.person, format).await;
    let copy = copy.map_err(Trouble::hidden)?;
    let name = format!("attachment; filename=\"{}.{}\"", copy.paper, format.ending());
    let name = HeaderValue::try_from(name).map_err(|_| Trouble::Absent)?;
    let kind = HeaderValue::from_static(kind);
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], copy.bytes).into_response())
}
