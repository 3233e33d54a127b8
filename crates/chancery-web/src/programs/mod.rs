//! Programs that act for me: one's own tokens, made, listed and revoked. Whoever keeps the house sees everybody's.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use chancery_desk::{MAX_TOKEN_DAYS, MAX_TOKENS, ShownToken, USUAL_TOKEN_DAYS};
use chancery_domain::{Capacity, Handle};
use maud::{Markup, html};
use serde::Deserialize;

use crate::layout::{Field, Frame, Section, field, page};
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "Programs that act for me";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/programs", Rule::Holder, list),
        Route::post("/programs", Rule::Holder, make),
        Route::post("/programs/revoke", Rule::Holder, revoke),
    ]
}

async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let tokens = web.archive.tokens(&visitor.person).await?;
    let (own, others): (Vec<_>, Vec<_>) =
        tokens.into_iter().partition(|token| token.person == visitor.person);
    let body = html! {
        div.head { h1 { (TITLE) } span.soft { (visitor.name) } }
        p.lede { "A program shows a token and acts as you, in one of your offices and in no other. It may do what that office may, no more. What it does is entered with the token’s name, and its copies are yours. It cannot do what wants a fresh proof of who you are." }
        div.spaced { (table("Tokens", "None. No program acts for you.", &own, false, &visitor)) }
        @if own.len() < MAX_TOKENS { (form(&visitor)) }
        @if visitor.custodian {
            section.sec {
                h2 { "Tokens of others" }
                (table("In this house", "Nobody else has one.", &others, true, &visitor))
            }
        }
        p.lede.spaced { "Making a token needs that you signed in within the last ten minutes. A token ends on its day, when it is revoked, and for good when its holder leaves the office. "
            a href="/api/v1/openapi.json" { "What programs may ask" } }
    };
    Ok(page(&visitor, &Frame::new(TITLE, Section::Own), &body))
}

fn table(
    caption: &str,
    none: &str,
    tokens: &[ShownToken],
    of_others: bool,
    visitor: &Visitor,
) -> Markup {
    let columns = if of_others { "6" } else { "5" };
    html! {
        table.group.stackt {
            caption { (caption) " " span { (tokens.len()) } }
            thead { tr { th scope="col" { "Name" } @if of_others { th scope="col" { "Whose" } } th scope="col" { "Office" } th scope="col" { "Until" } th scope="col" { "Last used" } th.r scope="col" { span.vh { "Revoke" } } } }
            tbody {
                @if tokens.is_empty() { tr { td colspan=(columns) { (none) } } }
                @for token in tokens {
                    tr {
                        th scope="row" { (token.name) }
                        @if of_others { td data-l="Whose" { (token.person) } }
                        td data-l="Office" { (title(visitor, token)) }
                        td data-l="Until" { @if token.until <= visitor.now { b { "Ran out" } " " } (words::day(words::day_of(token.until))) }
                        td data-l="Last used" { @match token.used { Some(used) => (words::short(used, visitor.now)), None => "never" } }
                        td.r {
                            form method="post" action="/programs/revoke" {
                                input type="hidden" name="token" value=(token.id);
                                button.link type="submit" { "Revoke " (token.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The title of a token’s office, where the visitor holds it.
fn title<'a>(visitor: &'a Visitor, token: &'a ShownToken) -> &'a str {
    let held = visitor.offices.iter().find(|held| held.office == token.office);
    held.map_or(token.office.as_str(), |held| held.title.as_str())
}

fn form(visitor: &Visitor) -> Markup {
    html! {
        section.sec aria-labelledby="make" {
            h2 #make { "Make a token" }
            form.form.two method="post" action="/programs" {
                (field(Field {
                    name: "name",
                    label: "Its name",
                    hint: Some("What the program is, such as “Archive scanner”."),
                    required: true,
                    ..Field::default()
                }))
                div.field { label for="office" { "It acts in" } select #office name="office" {
                    @for held in &visitor.offices { @if held.capacity != Capacity::Delegate { option value=(held.office) { (held.title) } } }
                } }
                div.field {
                    label for="days" { "Days until it ends" }
                    p.hint #days-hint { "At most " (MAX_TOKEN_DAYS) "." }
                    input #days type="number" name="days" min="1" max=(MAX_TOKEN_DAYS) value=(USUAL_TOKEN_DAYS) required autocomplete="off" aria-describedby="days-hint";
                }
                div.row.full { button.btn.go type="submit" { "Make the token" } }
            }
        }
    }
}

#[derive(Deserialize)]
struct New {
    name: String,
    office: Handle,
    days: u16,
}

/// Makes a token; it is shown this once.
async fn make(State(web): State<Shared>, visitor: Visitor, Form(new): Form<New>) -> Answer {
    let session = visitor.session()?;
    let (token, shown) =
        web.archive.make_own_token(session, &new.office, &new.name, new.days).await?;
    let body = html! {
        div.narrow {
            h1 { "The token “" (shown.name) "”" }
            p.lead { "It is shown this once, and only its hash is kept. Put it where the program reads it and nobody else does." }
            p.panel { code.big { (token.expose()) } }
            p { "The program sends it with each request: " code { "Authorization: Bearer chancery_…" } }
            p { "It acts as you in " (shown.office) " until " (words::day(words::day_of(shown.until))) ". " a href="/programs" { "Back to the programs" } }
        }
    };
    Ok(page(&visitor, &Frame::new("A token", Section::Own), &body))
}

#[derive(Deserialize)]
struct Which {
    token: i64,
}

async fn revoke(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Answer<Redirect> {
    web.archive.revoke_token(which.token, &visitor.person).await?;
    Ok(Redirect::to("/programs"))
}
