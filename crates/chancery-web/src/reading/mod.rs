//! The reading room proper: the cover of a paper, and the copy of whoever opens it.
//!
//! Looking at a cover changes nothing. A copy is opened by a POST, and each opening is entered in the record:
//! no link, preview or prefetch makes an entry in anybody's name.

use axum::extract::{Path, State};
use chancery_desk::ShownPaper;
use maud::{Markup, html};

use crate::layout::{Frame, Marking, Section, docket, label_inline, page};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/papers/{paper}", Rule::Reader, cover)]
}

/// What a paper is, before it is opened.
async fn cover(State(web): State<Shared>, visitor: Visitor, Path(paper): Path<String>) -> Answer {
    let may = web.archive.may_open(&paper, &visitor.person).await.map_err(Trouble::hidden)?;
    if !may {
        return Err(Trouble::Absent);
    }
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    let marking = Marking::read(&shown.listed.label);
    let body = html! {
        div.narrow {
            p { a href="/" { "Back to the desk" } }
            h1 { (shown.listed.subject) }
            (docket(&lines(&shown, marking.as_ref())))
            p.note { b { "Your copy will be yours alone. " }
                "It differs slightly from every other copy and can be recognised if it turns up elsewhere. Opening it is entered in the record. "
                a href="/raise-a-concern" { "What this means for you" } }
            form.row method="post" action={ "/papers/" (shown.listed.paper) "/copy" } {
                button.btn.go type="submit" data-key="Enter" { "Open my copy" }
            }
        }
    };
    Ok(page(&visitor, &Frame::new("A paper", Section::Papers).label(marking), &body))
}

/// The docket of a paper.
fn lines(shown: &ShownPaper, marking: Option<&Marking>) -> Vec<(&'static str, Markup)> {
    let listed = &shown.listed;
    let [action, info, _] = &shown.addressed;
    let mut lines = vec![("Label", label_inline(marking))];
    let mut line = |term, value: &str| {
        if !value.is_empty() {
            lines.push((term, html! { (value) }));
        }
    };
    line("No.", listed.serial.as_deref().unwrap_or_default());
    line("Sent", shown.dtg.as_deref().unwrap_or_default());
    line("From", &listed.office);
    line("Action", action);
    line("Info", info);
    line("Until", &shown.lifts.map(words::instant).unwrap_or_default());
    for notice in &listed.notices {
        lines.push(("Notice", html! { b { "This paper is " (notice) } }));
    }
    lines
}
