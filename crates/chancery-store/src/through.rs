//! Acting through a token: as one person, in one of his offices only.
//!
//! Whoever runs a future with [`acting`] narrows every transaction that begins inside it. No act has to know of
//! tokens, and none can forget them: the postings that rules are asked about are those of the office alone.

use std::future::Future;

use crate::{OfficeId, PersonId};

/// Through which token it is acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// As whom.
    pub person: PersonId,
    /// The only one of his offices that counts.
    pub office: OfficeId,
    /// What the token is called.
    pub token: String,
}

tokio::task_local! {
    static THROUGH: Through;
}

/// Runs `future` with every transaction that begins inside narrowed. What it hands to another task is not.
pub async fn acting<F: Future>(through: Through, future: F) -> F::Output {
    THROUGH.scope(through, future).await
}

/// Through which token it is acted here, if through one.
pub(crate) fn present() -> Option<Through> {
    THROUGH.try_with(Clone::clone).ok()
}
