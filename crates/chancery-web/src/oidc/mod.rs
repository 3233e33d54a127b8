//! Signing in through an issuer (OpenID Connect, authorization code with PKCE): who is who says the issuer, who may sign
//! in says this house. Only a subject that whoever keeps the house has linked to a person signs anybody in.
//!
//! A question is noted here with its state, nonce and verifier, counts once and for five minutes, and only in the
//! browser that asked: that has a cookie of its own for it, which, other than a session's, comes along when the issuer
//! sends the browser back.

mod issuer;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{REFRESH, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chancery_desk::{SessionToken, secret};
use jiff::{SignedDuration, Timestamp};
use maud::html;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use issuer::Issuer;
pub use issuer::Oidc;
use token::{Expected, Refused};

use crate::load::room_for;
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::web::{Shared, Web};
use crate::{cookie, layout};

/// How long a question waits for its answer.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Most questions that wait.
const MOST_ASKED: usize = 1000;
/// Where the issuer sends the browser back to.
const BACK: &str = "/sign-in/issuer/back";
const BUSY: &str = "Many people are signing in at the moment. Reload this page in a few seconds; nothing was lost.";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/sign-in/issuer", Rule::Anyone, begin), Route::get(BACK, Rule::Anyone, back)]
}

#[derive(Debug)]
struct Asked {
    nonce: String,
    verifier: String,
    browser: String,
    at: Timestamp,
}

/// The issuer of this house, and what was asked of it.
#[derive(Debug)]
pub(crate) struct Issued {
    issuer: Arc<Issuer>,
    /// The address that the issuer knows.
    back: String,
    asked: Mutex<BTreeMap<String, Asked>>,
}

impl Issued {
    /// For a reading room that is reached at `origin`.
    pub(crate) fn new(about: Oidc, origin: &str) -> Self {
        let back = format!("{}{BACK}", origin.trim_end_matches('/'));
        Self { issuer: Arc::new(Issuer::new(about)), back, asked: Mutex::default() }
    }

    /// The issuer's own name for itself.
    pub(crate) fn name(&self) -> &str {
        self.issuer.about.issuer()
    }

    fn note(&self, state: String, asked: Asked) {
        let mut list = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        list.retain(|_, other| asked.at.duration_since(other.at) < LIFE);
        if list.len() >= MOST_ASKED {
            let oldest = list.iter().min_by_key(|(_, asked)| asked.at).map(|(s, _)| s.clone());
            oldest.and_then(|state| list.remove(&state));
        }
        list.insert(state, asked);
    }

    /// Takes a question out, if this browser asked it and not too long ago.
    fn take(&self, state: &str, browser: Option<&str>, now: Timestamp) -> Option<Asked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(state)?;
        let fits = browser == Some(asked.browser.as_str()) && now.duration_since(asked.at) < LIFE;
        fits.then_some(asked)
    }
}

fn random() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(secret())
}

/// Sends the browser to the issuer.
async fn begin(State(web): State<Shared>) -> Answer<Response> {
    let issued = web.issued.as_ref().ok_or(Trouble::Absent)?;
    let room = room_for(&web.load.issuer, BUSY)?;
    let issuer = Arc::clone(&issued.issuer);
    let known = tokio::task::spawn_blocking(move || {
        let _room = room;
        issuer.known(false)
    })
    .await;
    let (metadata, _) = match known {
        Ok(Ok(known)) => known,
        Ok(Err(why)) => return Ok(failed(&why)),
        Err(_) => return Ok(failed("it could not be asked")),
    };
    let (state, asked) = (
        random(),
        Asked { nonce: random(), verifier: random(), browser: random(), at: web.archive.now() },
    );
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier.as_bytes()));
    let endpoint = &metadata.authorization_endpoint;
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    let to = format!(
        "{endpoint}{joint}response_type=code&scope=openid&client_id={}&redirect_uri={}&state={state}&nonce={}&code_challenge={challenge}&code_challenge_method=S256",
        escaped(issued.issuer.about.client()),
        escaped(&issued.back),
        asked.nonce
    );
    let kept = cookie::set_began(&asked.browser);
    issued.note(state, asked);
    Ok((AppendHeaders([(SET_COOKIE, kept)]), Redirect::to(&to)).into_response())
}

#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    iss: Option<String>,
}

/// The issuer has sent the browser back.
async fn back(
    State(web): State<Shared>,
    headers: HeaderMap,
    Query(came): Query<Came>,
) -> Answer<Response> {
    let issued = web.issued.as_ref().ok_or(Trouble::Absent)?;
    // Before the question is taken out: who has to come again finds it waiting.
    let room = room_for(&web.load.issuer, BUSY)?;
    match signed_in(&web, issued, (&headers, came), room).await {
        Ok(token) => Ok(welcome(&token)),
        Err(why) => Ok(failed(&why)),
    }
}

/// Whoever the issuer has sent back, as a session; or why not, for the log.
async fn signed_in(
    web: &Web,
    issued: &Issued,
    (headers, came): (&HeaderMap, Came),
    room: OwnedSemaphorePermit,
) -> Result<SessionToken, String> {
    let now = web.archive.now();
    let browser = cookie::began(headers);
    let asked = issued.take(&came.state, browser.as_deref(), now);
    let asked = asked.ok_or("nobody asked this here, or too long ago")?;
    if came.iss.is_some_and(|iss| iss != issued.name()) || came.code.is_empty() {
        return Err("no code of the issuer came back".into());
    }
    let (issuer, to) = (Arc::clone(&issued.issuer), issued.back.clone());
    let subject = tokio::task::spawn_blocking(move || {
        let _room = room;
        let token = issuer.exchange(&came.code, &asked.verifier, &to)?;
        let about = issuer.about.clone();
        let expected = Expected {
            issuer: about.issuer(),
            client: about.client(),
            nonce: &asked.nonce,
            now: now.as_second(),
        };
        let (_, keys) = issuer.known(false)?;
        let subject = match keys.subject(&token, expected) {
            // The issuer may have new keys since.
            Err(Refused::UnknownKey) => issuer.known(true)?.1.subject(&token, expected),
            other => other,
        };
        subject.map_err(|refused| format!("its token was refused: {refused:?}"))
    });
    let subject = subject.await.map_err(|_| "it could not be asked")??;
    let token = web.archive.sign_in_subject(issued.name(), &subject).await;
    token.map_err(|e| e.to_string())
}

/// The session's cookie does not go with a navigation that began elsewhere: the desk is asked for from here.
fn welcome(token: &SessionToken) -> Response {
    let body = html! { div.narrow { h1 { "You are signed in" } p.lead { a href="/" { "Go to your desk" } } } };
    let cookies = [(SET_COOKIE, cookie::set(token)), (SET_COOKIE, cookie::clear_began())];
    (AppendHeaders(cookies), [(REFRESH, "0; url=/")], layout::plain("Signed in", &body))
        .into_response()
}

/// One answer, whatever was wrong; the log has more.
fn failed(why: &str) -> Response {
    let why: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
    eprintln!("chancery: the issuer signed nobody in: {why}");
    let body = html! { div.narrow {
        h1 { "Nobody was signed in" }
        p.lead { "The issuer did not say who you are, or this house does not know you by what it said. Ask whoever keeps it to link you, or for a code." }
        p { a href="/sign-in" { "Back to signing in" } }
    } };
    let cookies = AppendHeaders([(SET_COOKIE, cookie::clear_began())]);
    (axum::http::StatusCode::FORBIDDEN, cookies, layout::plain("Not signed in", &body))
        .into_response()
}

/// A value inside an address or a form (RFC 3986, unreserved characters).
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
