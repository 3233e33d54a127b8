//! One reader's copy as its typeset pages, on the screen.
//!
//! The pages are drawings inside of the page itself: no picture has an address of its own that could be asked
//! for, kept or sent on. Their text lies over them, unseen, so that it can be selected; whoever does not see
//! pages has the text view one step away.

use axum::extract::{Path, State};
use chancery_desk::{Drawing, PagesCopy};
use maud::{Markup, PreEscaped, html};

use super::copy::{View, beside, tools};
use super::{notice, openable};
use crate::layout::{Frame, Marking, Section, page};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// Opens the visitor's copy as pages.
pub(super) async fn screen(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer {
    openable(&web, &visitor, &paper).await?;
    let copy = web.archive.open_as_pages(&paper, &visitor.person).await.map_err(Trouble::hidden)?;
    let marking = Marking::read(&copy.label);
    let body = html! {
        div.cols {
            div {
                (notice())
                (tools(&copy.paper, View::Pages))
                (sheets(&copy))
            }
            (beside(&copy.paper, copy.times, copy.leaf))
        }
    };
    let keys = [
        ("j", "next page"),
        ("k", "page before"),
        ("t", "as text"),
        ("p", "print"),
        ("Esc", "back to the desk"),
    ];
    let frame = Frame::new("A paper", Section::Papers).label(marking).keys(&keys);
    Ok(page(&visitor, &frame, &body))
}

fn sheets(copy: &PagesCopy) -> Markup {
    html! {
        article.sheets aria-labelledby="subject" {
            h1.vh #subject { (copy.subject) }
            @for (at, drawing) in copy.pages.iter().enumerate() { (sheet(drawing, at + 1, copy.pages.len())) }
        }
    }
}

fn sheet(drawing: &Drawing, number: usize, of: usize) -> Markup {
    let Drawing { width, height, inside, .. } = drawing;
    html! {
        svg.sheet viewBox=(format!("0 0 {width:.2} {height:.2}")) role="img" data-row tabindex="-1"
            aria-label=(format!("Page {number} of {of}. The same copy can be opened as text.")) {
            (PreEscaped(inside))
        }
    }
}
