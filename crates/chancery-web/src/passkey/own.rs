//! How I sign in: one's own passkeys, listed, added and removed.

use axum::extract::State;
use axum::response::Redirect;
use axum::{Form, Json};
use chancery_desk::{MAX_PASSKEY_NAME, MAX_PASSKEYS, ShownPasskey};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::Answered;
use crate::layout::{Field, Frame, Section, field, page};
use crate::route::{Route, Rule};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "How I sign in";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/how-i-sign-in", Rule::Holder, list),
        Route::post("/how-i-sign-in", Rule::Holder, add),
        Route::post("/how-i-sign-in/ask", Rule::Holder, ask),
        Route::post("/how-i-sign-in/remove", Rule::Holder, remove),
    ]
}

async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let keys = web.archive.passkeys(&visitor.person).await?;
    let possible = web.passkeys.is_some() && keys.len() < MAX_PASSKEYS;
    let body = html! {
        div.head { h1 { (TITLE) } span.soft { (visitor.name) } }
        p.lede { "A passkey is a key that your telephone, computer or security key holds for you. It signs you in without a code, and proves that it is you before an inquiry is opened, approved or run. Only its public half is kept here, sealed." }
        div.spaced { (table(&keys, &visitor)) }
        @if possible { (form()) }
        @else if web.passkeys.is_none() {
            p.note.quiet.spaced { "This house does not know the address at which you reach it, so it cannot have passkeys. Whoever keeps it opens it with its address to change that." }
        }
        p.lede.spaced { "Adding and removing needs that you signed in within the last ten minutes. If you have lost a device, ask whoever keeps this house for a code, sign in with it, and remove the passkey here." }
    };
    let frame = Frame::new(TITLE, Section::Own).scripts(&["passkeys.js"]);
    Ok(page(&visitor, &frame, &body))
}

fn table(keys: &[ShownPasskey], visitor: &Visitor) -> Markup {
    html! {
        table.group.stackt {
            caption { "Passkeys " span { (keys.len()) } }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Added" } th scope="col" { "Last used" } th.r scope="col" { span.vh { "Remove" } } } }
            tbody {
                @if keys.is_empty() { tr { td colspan="4" { "None yet. You sign in with one-time codes." } } }
                @for key in keys {
                    tr {
                        th scope="row" { (key.name) }
                        td data-l="Added" { (words::short(key.added, visitor.now)) }
                        td data-l="Last used" { @match key.used { Some(used) => (words::short(used, visitor.now)), None => "never" } }
                        td.r {
                            form method="post" action="/how-i-sign-in/remove" {
                                input type="hidden" name="passkey" value=(key.id);
                                button.link type="submit" { "Remove " (key.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn form() -> Markup {
    html! {
        section.sec aria-labelledby="add" {
            h2 #add { "Add a passkey" }
            form.form.narrow method="post" action="/how-i-sign-in" data-passkey="create" data-ask="/how-i-sign-in/ask" {
                (field(Field {
                    name: "name",
                    label: "Its name",
                    hint: Some("What you will know it by, such as the device that it is on."),
                    required: true,
                    ..Field::default()
                }))
                input type="hidden" name="ticket";
                input type="hidden" name="credential";
                p.err role="alert" hidden {}
                div.row { button.btn.go.scripted type="submit" { "Add a passkey" } }
                noscript { p { "This needs a script." } }
            }
        }
    }
}

async fn ask(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Value>> {
    let keys = web.keys()?;
    let user = web.archive.passkey_user(&visitor.person).await?;
    let known = web.archive.passkeys(&visitor.person).await?;
    let known: Vec<Vec<u8>> = known.into_iter().map(|key| key.credential).collect();
    let about = (user, visitor.person.as_str(), visitor.name.as_str());
    Ok(Json(keys.ask_to_make((visitor.session()?, web.archive.now()), about, &known)?))
}

#[derive(Deserialize)]
struct New {
    name: String,
    #[serde(flatten)]
    answer: Answered,
}

async fn add(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(new): Form<New>,
) -> Answer<Redirect> {
    let (id, kept) = web.keys()?.made(&new.answer, (visitor.session()?, web.archive.now()))?;
    let name: String = new.name.chars().take(MAX_PASSKEY_NAME).collect();
    web.archive.add_passkey(visitor.session()?, &id, &name, &kept).await?;
    Ok(Redirect::to("/how-i-sign-in"))
}

#[derive(Deserialize)]
struct Which {
    passkey: i64,
}

async fn remove(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Answer<Redirect> {
    web.archive.remove_passkey(visitor.session()?, which.passkey).await?;
    Ok(Redirect::to("/how-i-sign-in"))
}
