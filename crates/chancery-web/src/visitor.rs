//! Who asks. A handler that takes a [`Visitor`] can only stand behind a rule that brings one.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chancery_desk::{SessionToken, SignedIn};

use crate::trouble::Trouble;

/// Who asks, as of this request: person, offices held now, whether he keeps the house.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    who: Arc<SignedIn>,
    token: SessionToken,
}

impl Visitor {
    pub(crate) fn new(who: SignedIn, token: SessionToken) -> Self {
        Self { who: Arc::new(who), token }
    }

    /// The token of the session, for acts on the session itself.
    pub(crate) const fn token(&self) -> &SessionToken {
        &self.token
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
