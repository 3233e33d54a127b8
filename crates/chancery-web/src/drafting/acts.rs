//! What is done to a draft: one place decided, offices asked, cleared, sent back, approved, released.
//!
//! Whoever may not see the draft is told that there is none; whoever may, is told the rule. Forms are read
//! leniently, so that a broken one tells nobody more than that.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use chancery_desk::{Finders, PlaceChoice};
use chancery_domain::Handle;
use serde::Deserialize;

use super::place::next;
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// That the visitor may know of the draft.
pub(crate) async fn seen(web: &Shared, visitor: &Visitor, paper: &str) -> Answer<()> {
    let may = web.archive.may_preview(paper, &visitor.person).await.map_err(Trouble::hidden)?;
    if may { Ok(()) } else { Err(Trouble::Absent) }
}

fn back(paper: &str) -> Redirect {
    Redirect::to(&format!("/drafts/{paper}"))
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(default)]
    key: String,
    choice: Option<Choice>,
    /// A place whose decision is taken back instead.
    undo: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Keep,
    Strike,
    Undo,
}

pub(super) async fn place(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(form): Form<Decided>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    let (key, choice) = match (form.undo, form.choice) {
        (Some(key), _) => (key, PlaceChoice::Undo),
        (None, Some(Choice::Keep)) => (form.key, PlaceChoice::Keep),
        (None, Some(Choice::Strike)) => (form.key, PlaceChoice::Strike),
        (None, _) => (form.key, PlaceChoice::Undo),
    };
    let finders = Finders::embedded();
    let archive = &web.archive;
    let chosen = archive.choose_place(&paper, (&key, choice), &finders, &visitor.person).await;
    chosen.map_err(named)?;
    let to = match choice {
        PlaceChoice::Undo => format!("/drafts/{paper}?place={key}#place"),
        PlaceChoice::Keep | PlaceChoice::Strike => {
            let bench = archive.bench(&paper, &finders, &visitor.person).await?;
            match next(&bench, &key) {
                Some(other) => format!("/drafts/{paper}?place={other}&last={key}#place"),
                None => format!("/drafts/{paper}?place={key}#place"),
            }
        }
    };
    Ok(Redirect::to(&to))
}

#[derive(Deserialize)]
pub(super) struct Offices {
    #[serde(default)]
    offices: String,
}

pub(super) async fn ask(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(form): Form<Offices>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    let offices = handles(&form.offices)?;
    web.archive.ask(&paper, &offices, &visitor.person).await.map_err(named)?;
    Ok(back(&paper))
}

/// Short names, as people write them one after another.
pub(super) fn handles(text: &str) -> Answer<Vec<Handle>> {
    let words = text.split([',', ';', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    let read = |word: &str| word.parse::<Handle>();
    words.map(read).collect::<Result<_, _>>().map_err(|e| Trouble::Invalid(e.to_string()))
}

/// An unknown office, or a place that the text no longer has, is no absent page.
pub(crate) fn named(error: chancery_desk::DeskError) -> Trouble {
    match error {
        chancery_desk::DeskError::Unknown { what, name, .. } => {
            Trouble::Invalid(format!("there is no {what} “{name}”; go back and look again"))
        }
        other => other.into(),
    }
}

pub(super) async fn clear(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    web.archive.clear(&paper, &visitor.person).await?;
    Ok(back(&paper))
}

#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

pub(super) async fn refuse(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(form): Form<Reason>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    web.archive.refuse(&paper, &form.reason, &visitor.person).await?;
    Ok(back(&paper))
}

pub(super) async fn approve(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    web.archive.approve(&paper, &visitor.person).await?;
    Ok(back(&paper))
}

pub(super) async fn release(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    let report = web.archive.release(&paper, &visitor.person, &Finders::embedded()).await?;
    Ok(Redirect::to(&format!("/papers/{}", report.paper)))
}

pub(super) async fn withdraw(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer<Redirect> {
    seen(&web, &visitor, &paper).await?;
    web.archive.withdraw(&paper, &visitor.person).await?;
    Ok(Redirect::to("/drafts"))
}

#[cfg(test)]
mod tests {
    use super::handles;

    #[test]
    fn short_names_are_read_as_written() {
        let read = |text: &str| handles(text).map(|all| all.len()).ok();
        assert_eq!(read("legal-adviser, finance"), Some(2));
        assert_eq!(read(" legal-adviser ;finance\r\n"), Some(2));
        assert_eq!(read(""), Some(0));
        assert_eq!(read("<script>"), None);
    }
}
