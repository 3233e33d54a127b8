//! Before every handler: who asks, and whether the route is for him.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use chancery_desk::{DeskError, acting};

use crate::cookie;
use crate::route::Rule;
use crate::trouble::Trouble;
use crate::visitor::{By, Visitor};
use crate::web::Shared;

/// Lets through whom the rule lets through, with a [`Visitor`] beside the request.
///
/// # Errors
/// [`Trouble::SignIn`] for whoever is not signed in, [`Trouble::Absent`] for whoever the route is not for.
pub(crate) async fn admit(
    State((web, rule, program)): State<(Shared, Rule, bool)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Trouble> {
    if rule == Rule::Anyone {
        return Ok(next.run(request).await);
    }
    let visitor = asks(&web, request.headers(), program).await?;
    match rule {
        Rule::Custodian if !visitor.custodian => return Err(Trouble::Absent),
        Rule::Anyone
        | Rule::Holder
        | Rule::Reader
        | Rule::Bearer
        | Rule::Drafter
        | Rule::Officer
        | Rule::Concerned
        | Rule::Custodian => {}
    }
    let through = visitor.through().cloned();
    request.extensions_mut().insert(visitor);
    Ok(match through {
        // Whatever the desk is asked in here is asked about the token's office alone.
        Some(through) => acting(through, next.run(request)).await,
        None => next.run(request).await,
    })
}

/// Who asks. Where a token is brought, it counts alone, and for programs' routes only.
async fn asks(web: &Shared, headers: &HeaderMap, program: bool) -> Result<Visitor, Trouble> {
    let nobody = |error| match error {
        DeskError::Procedure(_) => Trouble::SignIn,
        other => other.into(),
    };
    if let Some(token) = cookie::bearer(headers) {
        let token = token.filter(|_| program).ok_or(Trouble::SignIn)?;
        let (who, through) = web.archive.bearer(&token).await.map_err(nobody)?;
        return Ok(Visitor::new(who, By::Token(through)));
    }
    let session = cookie::session(headers).ok_or(Trouble::SignIn)?;
    let who = web.archive.signed_in(&session).await.map_err(nobody)?;
    Ok(Visitor::new(who, By::Session(session)))
}
