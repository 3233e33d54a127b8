//! Proving anew who one is, before acts that take more than being signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Form, Json};
use chancery_desk::FRESH;
use chancery_domain::House;
use serde_json::Value;

use super::Answered;
use crate::layout::Marking;
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::{Shared, Web};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::post("/prove/ask", Rule::Holder, ask), Route::post("/prove", Rule::Holder, prove)]
}

/// What a form of an act that needs a fresh proof says of it, as `data-proof`: for how many more seconds it may
/// be sent before its sender has to prove with his passkey who he is; nothing for whoever has none. A script
/// asks for the proof before it sends the form.
pub(crate) fn proof(visitor: &Visitor) -> Option<i64> {
    let left = |proved| FRESH.as_secs() - visitor.now.duration_since(proved).as_secs();
    visitor.has_passkey.then(|| visitor.proved.map_or(0, left).max(0))
}

/// That the visitor proved not long ago who he is, with his passkey if he has one. In a demonstration anybody
/// without one is anybody.
///
/// # Errors
/// When he has to do so first.
pub(crate) fn proved(web: &Web, visitor: &Visitor) -> Answer<()> {
    let anybody = web.settings.demonstration && !visitor.has_passkey;
    if anybody || visitor.is_fresh(FRESH) {
        return Ok(());
    }
    Err(Trouble::Refused(match visitor.has_passkey {
        true => "this act needs that you proved with your passkey within the last ten minutes that it is you; go back to your desk, and let your browser ask for it when you do it again".into(),
        false => "this act needs that you signed in within the last ten minutes; sign out and in again".into(),
    }))
}

/// Which papers are so high that they are opened only with a fresh proof (the house rule `prove_from`).
pub(crate) struct High {
    house: House,
    order: Vec<String>,
}

impl High {
    /// As the rules stand now.
    pub(crate) async fn of(web: &Web) -> Answer<Self> {
        let house = web.archive.house_rules().await?;
        let policy = match house.prove_from {
            Some(_) => web.archive.label_policy().await?,
            None => None,
        };
        Ok(Self { house, order: policy.map(|policy| policy.classifications).unwrap_or_default() })
    }

    /// Whether this house has such a rule at all.
    pub(crate) const fn is_ruled(&self) -> bool {
        self.house.prove_from.is_some()
    }

    /// What a form that opens a paper with this label says of it, as [`proof`].
    pub(crate) fn proof(&self, label: &str, visitor: &Visitor) -> Option<i64> {
        if self.has(label) { proof(visitor) } else { None }
    }

    /// That the visitor may open a paper with this label now, as far as that takes a proof.
    ///
    /// # Errors
    /// When he has to give one first, and when a program asks: it has none to give.
    pub(crate) fn admit(&self, web: &Web, visitor: &Visitor, label: &str) -> Answer<()> {
        if !self.has(label) {
            return Ok(());
        }
        if visitor.through().is_some() {
            return Err(Trouble::Refused(
                "a paper with this label is opened by whoever proves who he is, and no program can"
                    .into(),
            ));
        }
        proved(web, visitor)
    }

    fn has(&self, label: &str) -> bool {
        let marking = Marking::read(label);
        let classification = marking.map(|marking| marking.classification).unwrap_or_default();
        self.house.wants_proof(&classification, &self.order)
    }
}

async fn ask(State(web): State<Shared>, visitor: Visitor) -> Answer<Json<Value>> {
    Ok(Json(web.ask_to_sign(Some(visitor.session()?))?))
}

async fn prove(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(answer): Form<Answered>,
) -> Answer<StatusCode> {
    let signed = web.signed(&answer, Some(visitor.session()?)).await?;
    web.archive.prove_with(visitor.session()?, &signed.key, &signed.credential).await?;
    Ok(StatusCode::NO_CONTENT)
}
