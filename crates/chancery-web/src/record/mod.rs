//! The record, for everyone: what was entered about me and my papers, and a check that needs no trust in us.

use axum::extract::{Query, State};
use chancery_desk::MyEntry;
use maud::{Markup, html};
use serde::Deserialize;

use crate::layout::{Frame, Section, page};
use crate::papers::form_of;
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Entries of one page.
const PAGE: u32 = 100;

pub(crate) fn routes() -> Vec<Route> {
    // What the published record gives to everybody is `chancery_witness::router`, which `web` puts beside.
    vec![Route::get("/record", Rule::Holder, mine)]
}

#[derive(Deserialize)]
struct From {
    before: Option<u64>,
}

async fn mine(State(web): State<Shared>, visitor: Visitor, Query(from): Query<From>) -> Answer {
    let entries = web.archive.my_record(&visitor.person, from.before, PAGE).await?;
    let key = web.archive.verifier_key().to_string();
    let earlier =
        (entries.len() == PAGE as usize).then(|| entries.last().map(|e| e.leaf)).flatten();
    let body = html! {
        div.head { h1 { "What the record holds about me" } span.soft { (visitor.name) } }
        div.cols {
            div {
                section.panel.verify aria-labelledby="check" data-verify data-log-key=(key) {
                    h2 #check { "Not checked yet" }
                    p.soft #check-says aria-live="polite" { "Your browser can compute the proof of each entry itself: that it is in the record, and that the record’s key has signed it. Nothing is asked of this server for it." }
                    p.row { button.btn.scripted type="button" #check-now { "Check all entries on this page" } }
                    noscript { p { "This needs a script. Without one, take the receipts below and check them with: " code { "chancery record verify" } } }
                }
                table.group.stackt.entries {
                    caption { "Entries " span { (entries.len()) } }
                    thead { tr { th scope="col" { "When" } th scope="col" { "What" } th.r scope="col" { "Entry" } } }
                    tbody {
                        @if entries.is_empty() { tr { td colspan="3" { "Nothing is entered about you." } } }
                        @for entry in &entries { (row(entry, &visitor)) }
                    }
                }
                @if let Some(before) = earlier { p { a href={ "/record?before=" (before) } { "Earlier entries" } } }
            }
            aside.side aria-label="About the record" {
                section { h2 { "The record’s key" } p { code { (key) } } p.soft { "Compare it with the one that your staff council keeps." }
                    p { a href="/record/checkpoint" { "Signed state of the record" } } }
                section { h2 { "What is not here" } p { "Searches, time spent reading and movements of the mouse are not kept. Entries may be used in a leak inquiry of two officers, and for nothing else." } }
            }
        }
    };
    let frame = Frame::new("My record", Section::Record).scripts(&["verify.js"]);
    Ok(page(&visitor, &frame, &body))
}

fn row(entry: &MyEntry, visitor: &Visitor) -> Markup {
    html! {
        tr.entry data-leaf=(entry.leaf) {
            td { (words::short(entry.at, visitor.now)) }
            td {
                (what(entry)) @if let Some(token) = &entry.token { span.soft { ", by a program: " (token) } }
                details { summary { "Entry and receipt" }
                    pre.record tabindex="0" { (entry.record) }
                    @match &entry.receipt {
                        Some(receipt) => pre.receipt tabindex="0" { (receipt) },
                        None => p.soft { "Its receipt comes with the next signed state, within the hour." },
                    }
                }
            }
            td.r data-l="Entry" { span.state { } " " (words::number(entry.leaf)) }
        }
    }
}

/// What was done, in a sentence.
fn what(entry: &MyEntry) -> String {
    let paper = entry.paper.as_deref().unwrap_or("a paper");
    match entry.kind.as_str() {
        "copy.minted" => format!("Your copy of {paper} was made"),
        "copy.opened" => {
            format!(
                "You opened your copy of {paper}: {}",
                form_of(entry.format.as_deref().unwrap_or_default())
            )
        }
        "copy.reported" => format!("You reported about your copy of {paper}"),
        "passkey.added" => "You added a passkey to sign in with".to_owned(),
        "passkey.removed" => "You removed a passkey".to_owned(),
        "subject.linked" => "An account of the issuer was linked to you".to_owned(),
        "subject.unlinked" => "An account of the issuer was unlinked from you".to_owned(),
        "token.made" => "You made a token for a program".to_owned(),
        "token.revoked" => "A token of yours was revoked".to_owned(),
        "token.cut" => "A token of yours ended with its office".to_owned(),
        "posting.started" => "A posting of yours began".to_owned(),
        "posting.ended" => "A posting of yours ended".to_owned(),
        other => format!("Entered as {other}"),
    }
}
