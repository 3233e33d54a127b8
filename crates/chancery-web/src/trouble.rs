//! What goes wrong, and what is said about it. The same in every room.
//!
//! What does not exist and what is not for whoever asks get one answer, to the byte.

use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use chancery_desk::DeskError;
use maud::{Markup, html};

use crate::layout;

/// A page, or why there is none.
pub(crate) type Answer<T = Markup> = Result<T, Trouble>;

/// Seconds after which a busy house is asked again.
const RETRY: HeaderValue = HeaderValue::from_static("2");
/// Seconds after which long work is asked for again.
const RETRY_LONG: HeaderValue = HeaderValue::from_static("20");

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nobody is signed in.
    SignIn,
    /// There is no such thing, or not for whoever asks: nobody can tell which.
    Absent,
    /// A rule forbids it; which, who may lift it.
    Refused(String),
    /// What was given cannot be used; why, and what can.
    Invalid(String),
    /// Too much at once.
    Busy,
    /// Too much of one kind of long work at once; which, and that it was not begun.
    Later(&'static str),
    /// The house itself failed. Kept from the user, told to the log.
    Failed(DeskError),
}

impl Trouble {
    /// About a thing that not everybody may know of: refused is the same as absent.
    pub(crate) fn hidden(error: DeskError) -> Self {
        match Self::from(error) {
            Self::Refused(_) => Self::Absent,
            other => other,
        }
    }
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Unknown { .. } => Self::Absent,
            DeskError::Refused(refusal) => Self::Refused(refusal.to_string()),
            DeskError::Procedure(why) | DeskError::Bulk(why) => Self::Refused(why),
            DeskError::Input(why) => Self::Invalid(why),
            other => Self::Failed(other),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let retry = if matches!(self, Self::Later(_)) { RETRY_LONG } else { RETRY };
        let (status, title, text) = match self {
            Self::SignIn => return Redirect::to("/sign-in").into_response(),
            Self::Absent => (
                StatusCode::NOT_FOUND,
                "Nothing here for you",
                "There is nothing at this address, or it is not addressed to an office that you hold. Which of the two is not said.".to_owned(),
            ),
            Self::Refused(why) => (StatusCode::FORBIDDEN, "This is not allowed", sentence(&why)),
            Self::Invalid(why) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be used", sentence(&why))
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Too much at once",
                "Many people are asking at the moment. Try again in a few seconds; nothing was lost.".to_owned(),
            ),
            Self::Later(says) => {
                (StatusCode::SERVICE_UNAVAILABLE, "Not just now", says.to_owned())
            }
            Self::Failed(error) => {
                // The message names files and tables, never what stands in a paper.
                eprintln!("chancery: a request failed: {error}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "This did not work",
                    "Something in the house failed, and nothing was changed. Tell whoever keeps this archive the time at which it happened.".to_owned(),
                )
            }
        };
        let body = html! { div.narrow { h1 { (title) } p.lead { (&text) } p { a href="/" { "Back to the desk" } } } };
        let mut response = (status, layout::plain(title, &body)).into_response();
        response.extensions_mut().insert(Said { title, text });
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, retry);
        }
        response
    }
}

/// What an answer says, for those who want it without a page.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) title: &'static str,
    pub(crate) text: String,
}

/// A message of the desk as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// What no route answers.
pub(crate) async fn absent() -> Trouble {
    Trouble::Absent
}

/// A route that is there, asked in another way. The interface says what there is; of pages nothing is told.
pub(crate) async fn otherwise(asked: Uri) -> Response {
    if !asked.path().starts_with("/api/") {
        return Trouble::Absent.into_response();
    }
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    let (title, text) = ("This is asked in another way", "The document says how.".to_owned());
    response.extensions_mut().insert(Said { title, text });
    response
}
