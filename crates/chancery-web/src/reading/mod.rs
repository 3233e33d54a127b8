//! The reading room proper: the cover of a paper, and the copy of whoever opens it.
//!
//! Looking at a cover changes nothing. A copy is opened by a POST, and each opening is entered in the record:
//! no link, preview or prefetch makes an entry in anybody's name.

mod copy;
mod lost;
mod pages;

use axum::extract::{Path, State};
use chancery_desk::ShownPaper;
use maud::{Markup, html};

use crate::layout::{Frame, Marking, Section, docket, label_inline, page};
use crate::passkey::High;
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/papers/{paper}", Rule::Reader, cover),
        Route::post("/papers/{paper}/copy", Rule::Reader, copy::screen),
        Route::post("/papers/{paper}/pages", Rule::Reader, pages::screen),
        Route::post("/papers/{paper}/text", Rule::Reader, copy::text),
        Route::post("/papers/{paper}/pdf", Rule::Reader, copy::pdf),
        Route::get("/papers/{paper}/lost", Rule::Holder, lost::page),
        Route::post("/papers/{paper}/lost", Rule::Bearer, lost::report),
    ]
}

/// Asks whether a visitor may read a paper now.
///
/// # Errors
/// [`Trouble::Absent`], be it that there is none or that it is not for him.
pub(crate) async fn readable(web: &Shared, visitor: &Visitor, paper: &str) -> Answer<()> {
    match web.archive.may_open(paper, &visitor.person).await.map_err(Trouble::hidden)? {
        true => Ok(()),
        false => Err(Trouble::Absent),
    }
}

/// Before a visitor’s copy is opened: that he has proved who he is, where the label wants it. Whether he may read the paper
/// the desk asks in the act itself.
///
/// # Errors
/// When the proof is lacking; [`Trouble::Absent`] before that, where the paper is not for him.
pub(crate) async fn openable(web: &Shared, visitor: &Visitor, paper: &str) -> Answer<()> {
    let high = High::of(web).await?;
    if !high.is_ruled() {
        return Ok(());
    }
    readable(web, visitor, paper).await?;
    let shown = web.archive.show_paper_to(paper, Some(&visitor.person)).await?;
    high.admit(web, visitor, &shown.listed.label)
}

/// What a paper is, before it is opened.
async fn cover(State(web): State<Shared>, visitor: Visitor, Path(paper): Path<String>) -> Answer {
    readable(&web, &visitor, &paper).await?;
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    let marking = Marking::read(&shown.listed.label);
    let proof = High::of(&web).await?.proof(&shown.listed.label, &visitor);
    let body = html! {
        div.narrow {
            p { a href="/" { "Back to the desk" } }
            h1 { (shown.listed.subject) }
            (docket(&lines(&shown, marking.as_ref())))
            (notice())
            form.row method="post" action={ "/papers/" (shown.listed.paper) "/copy" } data-proof=[proof] {
                button.btn.go type="submit" data-key="o" { "Open my copy " kbd { "o" } }
                button.btn type="submit" data-key="g" formaction={ "/papers/" (shown.listed.paper) "/pages" } { "Open it as pages " kbd { "g" } }
            }
        }
    };
    let frame = Frame::new("A paper", Section::Papers)
        .label(marking)
        .keys(&[("o", "open my copy"), ("g", "open it as pages")])
        .scripts(&["passkeys.js"]);
    Ok(page(&visitor, &frame, &body))
}

/// What every reader is told, before and above each copy.
fn notice() -> Markup {
    html! {
        p.note {
            b { "Your copy is yours alone. " }
            "It differs slightly from every other copy, in wording and characters, and can be recognised if it turns up elsewhere. Each opening is entered in the record. "
            a href="/raise-a-concern" { "What this means for you" }
        }
    }
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
    line("Embargo", &shown.lifts.map(words::instant).unwrap_or_default());
    for notice in &listed.notices {
        lines.push(("Notice", html! { b { "This paper is " (notice) } }));
    }
    lines
}
