//! A route: method, path, who may use it, and what answers. None can be written without its rule.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

use crate::api::Operation;
use crate::web::Shared;

/// Who may use a route. [`guard::admit`](crate::guard::admit) asks before the handler sees anything; where a
/// rule speaks of one paper, draft or inquiry, the desk decides about it in the act itself, and whoever is
/// refused is told the same as if it did not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Everybody, signed in or not: nothing of a paper or a person is told.
    Anyone,
    /// Whoever holds an office now.
    Holder,
    /// Whoever may read the paper that the path names.
    Reader,
    /// Whoever has a copy of the paper that the path names, also when he may no longer read it.
    Bearer,
    /// Whoever may work on the draft that the path names.
    Drafter,
    /// Whoever may see the inquiry that the path names.
    Officer,
    /// Whoever has a copy that the finding in the path names, once he may hear of it.
    Concerned,
    /// Whoever holds the office that keeps this house.
    Custodian,
}

/// One route.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) rule: Rule,
    pub(crate) handler: MethodRouter<Shared>,
    /// What the JSON interface says of it, where it belongs to that.
    pub(crate) operation: Option<Operation>,
}

impl Route {
    /// A route that changes nothing.
    pub(crate) fn get<H: Handler<T, Shared>, T: 'static>(
        path: &'static str,
        rule: Rule,
        handler: H,
    ) -> Self {
        Self { method: Method::GET, path, rule, handler: routing::get(handler), operation: None }
    }

    /// A route that does something.
    pub(crate) fn post<H: Handler<T, Shared>, T: 'static>(
        path: &'static str,
        rule: Rule,
        handler: H,
    ) -> Self {
        Self { method: Method::POST, path, rule, handler: routing::post(handler), operation: None }
    }

    /// As part of the JSON interface.
    pub(crate) fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }
}
