//! Who asks. A handler that takes a [`Visitor`] can only stand behind a rule that brings one.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chancery_desk::{SessionToken, SignedIn, Through};

use crate::trouble::Trouble;

/// Who asks, as of this request: person, offices held now, whether he keeps the house.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    who: Arc<SignedIn>,
    by: By,
}

/// By what a request is known.
#[derive(Clone, Debug)]
pub(crate) enum By {
    /// A browser, with a session.
    Session(SessionToken),
    /// A program, with a token.
    Token(Through),
}

impl Visitor {
    pub(crate) fn new(who: SignedIn, by: By) -> Self {
        Self { who: Arc::new(who), by }
    }

    /// Through which token a program asks.
    pub(crate) const fn through(&self) -> Option<&Through> {
        match &self.by {
            By::Session(_) => None,
            By::Token(through) => Some(through),
        }
    }

    /// The session, for acts on the session itself.
    ///
    /// # Errors
    /// When a program asks: it has none.
    pub(crate) const fn session(&self) -> Result<&SessionToken, Trouble> {
        match &self.by {
            By::Session(token) => Ok(token),
            By::Token(_) => Err(Trouble::Absent),
        }
    }
}

impl Deref for Visitor {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.who
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts.extensions.get::<Self>().cloned().ok_or(Trouble::SignIn)
    }
}
