//! Papers: searching those that one may read, and what one opened.

use axum::Form;
use axum::extract::State;
use chancery_desk::{Found, Hit, MAX_QUERY, MyReading, Seek};
use maud::{Markup, html};
use serde::Deserialize;

use crate::layout::{Frame, Marking, Section, label, page};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Most hits of a search.
const HITS: usize = 50;
/// Most openings shown.
const OPENED: u32 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/papers", Rule::Holder, opened),
        // What is looked for stays out of addresses, and so out of histories and logs.
        Route::post("/search", Rule::Holder, search),
    ]
}

/// What the visitor opened and took with him.
async fn opened(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let readings = web.archive.my_readings(&visitor.person, OPENED).await?;
    let body = html! {
        div.head { h1 { "Papers" } }
        p.lead { "Search above, or go back to what you opened. Only papers for the offices that you hold now are found." }
        table.group.stackt.spaced {
            caption { "What you opened " span { (readings.len()) } }
            thead { tr { th scope="col" { "When" } th scope="col" { "Paper" } th scope="col" { "As" } th.r scope="col" { "Entry" } } }
            tbody {
                @if readings.is_empty() { tr { td colspan="4" { "You have not opened any paper yet." } } }
                @for reading in &readings { (opening(reading, &visitor)) }
            }
        }
    };
    Ok(page(&visitor, &Frame::new("Papers", Section::Papers), &body))
}

fn opening(reading: &MyReading, visitor: &Visitor) -> Markup {
    html! {
        tr data-row {
            td data-l="When" { (words::short(reading.at, visitor.now)) }
            td {
                @match &reading.subject {
                    Some(subject) => { a.subj href={ "/papers/" (reading.paper) } { (subject) }
                        @if let Some(serial) = &reading.serial { p.meta { (serial) } } },
                    None => { (reading.paper) p.meta { "No longer for an office that you hold" } },
                }
            }
            td data-l="As" { (form_of(&reading.format)) }
            td.r data-l="Entry" { (words::number(reading.leaf)) }
        }
    }
}

/// In which form a copy was opened, in words.
pub(crate) fn form_of(format: &str) -> &'static str {
    match format {
        "screen" => "on screen",
        "pages" => "on screen, as pages",
        "excerpt" => "a few words, in a search",
        "txt" => "text file",
        "html" => "page file",
        "pdf" => "PDF",
        "svg" | "png" => "typeset page",
        _ => "another form",
    }
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
}

async fn search(State(web): State<Shared>, visitor: Visitor, Form(form): Form<Query>) -> Answer {
    let query = form.q.trim();
    let seek = Seek { limit: HITS, excerpts: false };
    let found = match query {
        "" => Ok(Found { found: 0, hits: Vec::new() }),
        query => web.archive.search(&visitor.person, query, &seek).await.map_err(Trouble::from),
    };
    let (found, wrong) = match found {
        Ok(found) => (found, None),
        Err(Trouble::Invalid(why)) => (Found { found: 0, hits: Vec::new() }, Some(why)),
        Err(other) => return Err(other),
    };
    let highest = Marking::highest(found.hits.iter().map(|hit| hit.label.as_str()));
    let body = html! {
        div.head { h1 { "Search" } }
        form.form method="post" action="/search" role="search" aria-label="This search" {
            div.field.bad[wrong.is_some()] {
                label for="query" { "Words, “a phrase”, from:office, since:2031-06" }
                @if let Some(wrong) = &wrong { p.err #query-wrong { (wrong) } }
                input #query type="search" name="q" value=(query) maxlength=(MAX_QUERY) aria-describedby=[wrong.as_ref().map(|_| "query-wrong")];
            }
        }
        @if wrong.is_none() && !query.is_empty() {
            table.group.rows.spaced {
                caption { "Found " span { (found.found) } }
                thead { tr { th scope="col" { "Label" } th scope="col" { "Paper" } th scope="col" { "From" } th scope="col" { "Date" } } }
                tbody {
                    @if found.hits.is_empty() { tr { td colspan="4" { "No paper that you may read says this." } } }
                    @for hit in &found.hits { (row(hit)) }
                }
            }
        }
    };
    Ok(page(&visitor, &Frame::new("Search", Section::Papers).label(highest), &body))
}

fn row(hit: &Hit) -> Markup {
    html! {
        tr data-row {
            td.c-l { (label(Marking::read(&hit.label).as_ref())) }
            td.c-s {
                a.subj href={ "/papers/" (hit.paper) } { (hit.subject) }
                p.meta { (hit.paper) ", " (hit.hits) @if hit.hits == 1 { " place" } @else { " places" } }
            }
            td.c-f { (hit.office) }
            td.c-d { @if let Some(date) = hit.date { (date.strftime("%-d %b %Y")) } }
        }
    }
}
