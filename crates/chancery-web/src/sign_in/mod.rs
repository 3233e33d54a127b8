//! Signing in and out, the account, and the choice of an office.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use chancery_desk::{SessionToken, SignInCode};
use chancery_domain::Handle;
use maud::{Markup, html};
use serde::Deserialize;

use crate::cookie;
use crate::layout::{self, Field, field};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Rule::Anyone, page),
        Route::post("/sign-in", Rule::Anyone, sign_in),
        Route::post("/sign-in/as", Rule::Anyone, as_anybody),
        Route::post("/sign-out", Rule::Holder, sign_out),
        Route::post("/office", Rule::Holder, choose),
    ]
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn page(State(web): State<Shared>) -> Answer {
    draw(&web, None).await
}

async fn draw(web: &Shared, wrong: Option<&str>) -> Answer {
    let title = "Sign in";
    let body = html! {
        div.narrow {
            h1 { (title) }
            form.form method="post" action="/sign-in" {
                (field(Field {
                    name: "code",
                    label: "One-time code",
                    hint: Some("Six groups of four letters and digits, from whoever keeps this archive. It works once, for a day."),
                    wrong,
                    required: true,
                    fills: "one-time-code",
                    ..Field::default()
                }))
                div.row { button.btn.go type="submit" { "Sign in with the code" } }
            }
            @if web.settings.demonstration { (cast(web).await?) }
        }
    };
    Ok(layout::plain_with(title, &["sign-in.js"], &body))
}

/// In a demonstration: everybody who may be played.
async fn cast(web: &Shared) -> Answer {
    let persons = web.archive.persons().await?;
    Ok(html! {
        section.sec {
            h2 { "This is a demonstration" }
            p { "Everything in it is invented. Sign in as anybody." }
            form.form method="post" action="/sign-in/as" {
                div.field {
                    label for="person" { "Person" }
                    select #person name="person" {
                        @for person in &persons { option value=(person.handle) { (person.details.name) } }
                    }
                }
                div.row { button.btn type="submit" { "Sign in as this person" } }
            }
        }
    })
}

async fn sign_in(State(web): State<Shared>, Form(form): Form<Code>) -> Answer<Response> {
    let redeemed = match form.code.parse::<SignInCode>() {
        Ok(code) => web.archive.redeem(&code).await,
        Err(error) => Err(error),
    };
    match redeemed.map_err(Trouble::from) {
        Ok(token) => Ok(entered(&token)),
        Err(Trouble::Refused(_)) => {
            let wrong = "This code signs nobody in. It was used, is older than a day, or was never given. Ask for a new one.";
            Ok(draw(&web, Some(wrong)).await?.into_response())
        }
        Err(other) => Err(other),
    }
}

#[derive(Deserialize)]
struct AsPerson {
    person: Handle,
}

async fn as_anybody(State(web): State<Shared>, Form(form): Form<AsPerson>) -> Answer<Response> {
    if !web.settings.demonstration {
        return Err(Trouble::Absent);
    }
    Ok(entered(&web.archive.open_session(&form.person).await?))
}

/// A session begins: its token, and the desk.
fn entered(token: &SessionToken) -> Response {
    (AppendHeaders([(SET_COOKIE, cookie::set(token))]), Redirect::to("/")).into_response()
}

/// The session ends, and with it all that the browser has kept.
async fn sign_out(State(web): State<Shared>, visitor: Visitor) -> Answer<Response> {
    web.archive.close_session(visitor.token()).await?;
    let purge = (HeaderName::from_static("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
    let body = goodbye();
    Ok((AppendHeaders([(SET_COOKIE, cookie::clear())]), [purge], body).into_response())
}

fn goodbye() -> Markup {
    let body = html! {
        div.narrow {
            h1 { "You are signed out" }
            p.lead { "Nothing of a paper stays in this browser. Files that you saved stay where you saved them." }
            p { a href="/sign-in" { "Sign in again" } }
        }
    };
    layout::plain("Signed out", &body)
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    office: String,
}

async fn choose(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<Chosen>,
) -> Answer<Redirect> {
    let held = visitor.offices.iter().map(|held| &held.office);
    let office = held.into_iter().find(|office| office.as_str() == form.office);
    web.archive.choose_office(visitor.token(), office).await?;
    Ok(Redirect::to("/"))
}
