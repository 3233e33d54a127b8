//! Before every handler: who asks, and whether the route is for him.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use chancery_desk::DeskError;

use crate::cookie;
use crate::route::Rule;
use crate::trouble::Trouble;
use crate::visitor::Visitor;
use crate::web::Shared;

/// Lets through whom the rule lets through, with a [`Visitor`] beside the request.
///
/// # Errors
/// [`Trouble::SignIn`] for whoever is not signed in, [`Trouble::Absent`] for whoever the route is not for.
pub(crate) async fn admit(
    State((web, rule)): State<(Shared, Rule)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Trouble> {
    if rule == Rule::Anyone {
        return Ok(next.run(request).await);
    }
    let headers = request.headers();
    let token = cookie::bearer(headers).or_else(|| cookie::session(headers));
    let token = token.ok_or(Trouble::SignIn)?;
    let who = web.archive.signed_in(&token).await.map_err(|e| match e {
        DeskError::Procedure(_) => Trouble::SignIn,
        other => other.into(),
    })?;
    match rule {
        Rule::Custodian if !who.custodian => return Err(Trouble::Absent),
        Rule::Anyone
        | Rule::Holder
        | Rule::Reader
        | Rule::Bearer
        | Rule::Drafter
        | Rule::Officer
        | Rule::Custodian => {}
    }
    request.extensions_mut().insert(Visitor::new(who, token));
    Ok(next.run(request).await)
}
