//! My desk: the papers for the offices that I hold now, unread first.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use chancery_desk::{Inbox, InboxPaper};
use chancery_domain::{Addressed, Handle};
use maud::{Markup, html};
use serde::Deserialize;

use crate::layout::{Frame, Marking, Section, label, page};
use crate::passkey::High;
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Papers of one page of the desk.
const PAGE: u32 = 50;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/", Rule::Holder, desk)]
}

#[derive(Deserialize)]
struct From {
    before: Option<String>,
}

async fn desk(State(web): State<Shared>, visitor: Visitor, Query(from): Query<From>) -> Answer {
    let inbox: Inbox = web.archive.inbox(&visitor.person, PAGE, from.before.as_deref()).await?;
    let chosen = |paper: &&InboxPaper| visitor.chosen.as_ref().is_none_or(|o| *o == paper.office);
    let shown: Vec<&InboxPaper> = inbox.papers.iter().filter(chosen).collect();
    // Offices by their titles: handles are for typing.
    let mut titles: BTreeMap<Handle, String> = BTreeMap::new();
    for paper in &shown {
        if titles.contains_key(&paper.from) {
            continue;
        }
        let office = web.archive.office(&paper.from).await?;
        titles.insert(paper.from.clone(), office.details.title);
    }
    let of = |addressed: &[Addressed]| -> Vec<&InboxPaper> {
        shown.iter().filter(|p| addressed.contains(&p.addressed)).copied().collect()
    };
    let action = of(&[Addressed::Action]);
    let info = of(&[Addressed::Info]);
    let own = of(&[Addressed::Origin]);
    let high = High::of(&web).await?;
    let at = At { visitor: &visitor, titles: &titles, high: &high };
    let body = html! {
        div.head { h1 { "My desk" } span.soft { (words::day(words::day_of(visitor.now))) } }
        (hats(&visitor))
        div.cols {
            div.desk {
                (group(&at, "For your action", "Due", &action, "Nothing for your action."))
                (group(&at, "For information", "Sent", &info, "Nothing for information."))
                @if !own.is_empty() { (group(&at, "From your office", "Sent", &own, "")) }
                @if let Some(next) = &inbox.next { p { a href={ "/?before=" (next) } { "Earlier papers" } } }
            }
            aside.side aria-label="Beside the desk" {
                section { h2 { "Your offices" } ul.plain { @for held in &visitor.offices {
                    li { (held.title) @if let Some(capacity) = words::capacity(held.capacity) { span.soft { ", " (capacity) } }
                        @if let Some(until) = held.until { br; span.soft { "until " (words::day(until)) } } }
                } } }
                section {
                    h2 { "About your copies" }
                    p { "Every paper you open is a copy made for you alone. Opening it is entered in the record. "
                        a href="/record" { "See what is entered about you" } }
                    p { a href="/raise-a-concern" { "Raise a concern lawfully" } span.soft { " (that page is neither marked nor entered)" } }
                }
            }
        }
    };
    let highest = Marking::highest(shown.iter().map(|p| p.label.as_str()));
    let scripts: &[&str] = if high.is_ruled() { &["passkeys.js"] } else { &[] };
    let keys = [("j", "next paper"), ("k", "paper before"), ("Enter", "open"), ("/", "search")];
    Ok(page(
        &visitor,
        &Frame::new("My desk", Section::Desk).label(highest).keys(&keys).scripts(scripts),
        &body,
    ))
}

/// Which of several offices the desk shows.
fn hats(visitor: &Visitor) -> Markup {
    if visitor.offices.len() < 2 {
        return html! {};
    }
    html! {
        form.hats method="post" action="/office" {
            p { b { "You hold " (visitor.offices.len()) " offices today." } " The desk shows the papers of all, or of one." }
            span.seg role="group" aria-label="Show papers of" {
                button name="office" value="" aria-pressed=(visitor.chosen.is_none().to_string()) { "All" }
                @for held in &visitor.offices {
                    button name="office" value=(held.office) aria-pressed=((visitor.chosen.as_ref() == Some(&held.office)).to_string()) { (held.title) }
                }
            }
        }
    }
}

/// What every row is drawn with.
struct At<'a> {
    visitor: &'a Visitor,
    titles: &'a BTreeMap<Handle, String>,
    high: &'a High,
}

fn group(at: &At<'_>, name: &str, when: &str, papers: &[&InboxPaper], none: &str) -> Markup {
    let unread = papers.iter().filter(|p| !p.read).count();
    html! {
        table.group.rows {
            caption { (name) " " span { (papers.len()) @if unread > 0 { ", " (unread) " not read" } } }
            thead { tr { th scope="col" { "Label" } th scope="col" { "Paper" } th scope="col" { "From" } th scope="col" { (when) } } }
            tbody {
                @if papers.is_empty() { tr { td colspan="4" { (none) } } }
                @for paper in papers { (row(at, paper)) }
            }
        }
    }
}

fn row(at: &At<'_>, paper: &InboxPaper) -> Markup {
    let At { visitor, titles, high } = *at;
    let marking = Marking::read(&paper.label);
    let title = visitor.offices.iter().find(|h| h.office == paper.office).map(|h| h.title.as_str());
    html! {
        tr.new[!paper.read] data-row {
            td.c-l { (label(marking.as_ref())) }
            td.c-s {
                form method="post" action={ "/papers/" (paper.paper) "/copy" } data-proof=[high.proof(&paper.label, visitor)] {
                    button.subj type="submit" { (paper.subject) }
                }
                p.meta {
                    @if !paper.read { span.vh { "Not read yet. " } }
                    @if let Some(serial) = &paper.serial { (serial) ", " }
                    @if let Some(precedence) = paper.precedence { (precedence) ", " }
                    "to you as " (title.unwrap_or_default())
                    @for notice in &paper.notices { ". " b { "This paper is " (notice) } }
                }
            }
            td.c-f { (titles.get(&paper.from).map_or(paper.from.as_str(), String::as_str)) }
            td.c-d {
                @match paper.due {
                    Some(due) if due < visitor.now => { b.due { "Overdue" } br; small.soft { (words::short(due, visitor.now)) } },
                    Some(due) => b.due { (words::short(due, visitor.now)) },
                    None => (words::short(paper.released, visitor.now)),
                }
            }
        }
    }
}
