//! Signing in, by code or passkey, and out; the choice of an office.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chancery_desk::{SessionToken, SignInCode};
use chancery_domain::Handle;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use crate::cookie;
use crate::layout::{self, Field, field};
use crate::passkey::Answered;
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Rule::Anyone, page),
        Route::post("/sign-in", Rule::Anyone, sign_in),
        Route::post("/sign-in/passkey/ask", Rule::Anyone, ask),
        Route::post("/sign-in/passkey", Rule::Anyone, with_passkey),
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
    draw(&web, Wrong::Nothing).await
}

/// What did not sign anybody in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Code,
    Passkey,
}

const WRONG_CODE: &str = "This code signs nobody in. It was used, is older than a day, or was never given. Ask for a new one.";
const WRONG_PASSKEY: &str = "This passkey signs nobody in. Try once more, or sign in with a code.";

async fn draw(web: &Shared, wrong: Wrong) -> Answer {
    let title = "Sign in";
    let body = html! {
        div.narrow {
            h1 { (title) }
            @if web.passkeys.is_some() {
                form.form method="post" action="/sign-in/passkey" data-passkey="get" data-ask="/sign-in/passkey/ask" {
                    input type="hidden" name="ticket";
                    input type="hidden" name="credential";
                    p.err role="alert" hidden[wrong != Wrong::Passkey] { @if wrong == Wrong::Passkey { (WRONG_PASSKEY) } }
                    div.row { button.btn.go.scripted type="submit" { "Sign in with a passkey" } }
                }
            }
            @if web.issued.is_some() { p.row { a.btn href="/sign-in/issuer" { "Sign in with your account of this house" } } }
            form.form method="post" action="/sign-in" {
                (field(Field {
                    name: "code",
                    label: "One-time code",
                    hint: Some("Six groups of four letters and digits, from whoever keeps this archive. It works once, for a day."),
                    wrong: (wrong == Wrong::Code).then_some(WRONG_CODE),
                    required: true,
                    fills: "one-time-code",
                    ..Field::default()
                }))
                div.row { button.btn.go[web.passkeys.is_none()] type="submit" { "Sign in with the code" } }
            }
            @if web.settings.demonstration { (cast(web).await?) }
        }
    };
    Ok(layout::plain_with(title, &["sign-in.js", "passkeys.js"], &body))
}

/// In a demonstration: the tour, and everybody who may be played.
async fn cast(web: &Shared) -> Answer {
    let persons = web.archive.persons().await?;
    let name = |person: &Handle| {
        let found = persons.iter().find(|listed| listed.handle == *person);
        found.map_or_else(|| person.to_string(), |listed| listed.details.name.clone())
    };
    let tour = &web.settings.tour;
    Ok(html! {
        section.sec {
            h2 { "This is a demonstration" }
            p { "Everything in it is invented, and nothing is kept once it ends. Go through it step by step, or sign in as anybody." }
            @if !tour.is_empty() {
                ol.tour {
                    @for (at, step) in tour.iter().enumerate() {
                        li {
                            h3 { (step.does) }
                            p.soft { (step.how) }
                            form method="post" action="/sign-in/as" {
                                input type="hidden" name="person" value=(step.person);
                                input type="hidden" name="step" value=(at);
                                button.link type="submit" { "As " (name(&step.person)) }
                            }
                        }
                    }
                }
            }
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
        Ok(token) => Ok(entered(&token, "/")),
        Err(Trouble::Refused(_)) => Ok(draw(&web, Wrong::Code).await?.into_response()),
        Err(other) => Err(other),
    }
}

async fn ask(State(web): State<Shared>) -> Answer<Json<Value>> {
    Ok(Json(web.ask_to_sign(None)?))
}

async fn with_passkey(State(web): State<Shared>, Form(answer): Form<Answered>) -> Answer<Response> {
    let redeemed = match web.signed(&answer, None).await {
        Ok(signed) => {
            let token = web.archive.sign_in_with(&signed.key, &signed.credential).await;
            token.map_err(Trouble::from)
        }
        Err(error) => Err(error),
    };
    match redeemed {
        Ok(token) => Ok(entered(&token, "/")),
        Err(Trouble::Refused(_)) => Ok(draw(&web, Wrong::Passkey).await?.into_response()),
        Err(other) => Err(other),
    }
}

#[derive(Deserialize)]
struct AsPerson {
    person: Handle,
    /// The step of the tour that begins so.
    step: Option<usize>,
}

async fn as_anybody(State(web): State<Shared>, Form(form): Form<AsPerson>) -> Answer<Response> {
    if !web.settings.demonstration {
        return Err(Trouble::Absent);
    }
    let step = form.step.and_then(|at| web.settings.tour.get(at));
    Ok(entered(&web.archive.open_session(&form.person).await?, step.map_or("/", |step| step.at)))
}

/// A session begins: its token, and where to go.
fn entered(token: &SessionToken, to: &str) -> Response {
    (AppendHeaders([(SET_COOKIE, cookie::set(token))]), Redirect::to(to)).into_response()
}

/// The session ends, and with it all that the browser has kept.
async fn sign_out(State(web): State<Shared>, visitor: Visitor) -> Answer<Response> {
    web.archive.close_session(visitor.session()?).await?;
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
    web.archive.choose_office(visitor.session()?, office).await?;
    Ok(Redirect::to("/"))
}
