//! Reporting a copy that was lost, seen or found.

use axum::Form;
use axum::extract::{Path, State};
use chancery_desk::{MAX_WORDS, Mishap};
use maud::html;
use serde::Deserialize;

use crate::layout::{Frame, Section, page as whole};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "Report a lost or seen copy";

/// The form. It is the same whatever the address names, so it tells nothing.
pub(super) async fn page(visitor: Visitor, Path(paper): Path<String>) -> Answer {
    let body = html! {
        div.narrow {
            h1 { (TITLE) }
            p.lead { "A copy can be stolen, lent, seen over a shoulder or left on a printer. What you say here is entered in the record and shown to whoever keeps this house; it counts for you in any inquiry." }
            form.form method="post" action={ "/papers/" (paper) "/lost" } {
                fieldset.stack {
                    legend { b { "What happened to your copy of " (paper) } }
                    label.check { input type="radio" name="mishap" value="lost" checked; span { "It is gone: a print, a file, a telephone" } }
                    label.check { input type="radio" name="mishap" value="seen"; span { "Somebody else saw it" } }
                    label.check { input type="radio" name="mishap" value="found"; span { "It turned up where it should not be" } }
                }
                div.field {
                    label for="words" { "In your words" }
                    p.hint #words-hint { "When and where, as well as you know. At most 4,000 letters." }
                    textarea #words name="words" maxlength=(MAX_WORDS) aria-describedby="words-hint" {}
                }
                div.row { button.btn.go type="submit" { "Report my copy" } a.btn href="/" { "Not now" } }
            }
        }
    };
    Ok(whole(&visitor, &Frame::new(TITLE, Section::Papers), &body))
}

#[derive(Deserialize)]
pub(super) struct Report {
    mishap: Mishap,
    #[serde(default)]
    words: String,
}

pub(super) async fn report(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(report): Form<Report>,
) -> Answer {
    let told = web.archive.report_copy(&paper, &visitor.person, report.mishap, &report.words).await;
    let leaf = told.map_err(Trouble::hidden)?;
    let body = html! {
        div.narrow {
            h1 { "Thank you" }
            p.lead { "Your report is entry " (words::number(leaf)) " of the record. Whoever keeps this house has been told." }
            p { a href="/" { "Back to the desk" } }
        }
    };
    Ok(whole(&visitor, &Frame::new("Reported", Section::Papers), &body))
}
