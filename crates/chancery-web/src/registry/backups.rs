//! Backups, for whoever keeps the house: which there are, when one was last tried out, making one and trying one.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use chancery_desk::{DeskError, ListedBackup, USUAL_KEY_DAYS};
use maud::{Markup, html};

use crate::layout::{Frame, Section, page};
use crate::load::room_for;
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::{Shared, Web};
use crate::words;

const TITLE: &str = "Backups";
/// Days after which a trial is old.
const TRY_EVERY: i64 = 92;
const BUSY: &str = "A backup is being made or tried out already, and another was not begun. This page shows when it is done; try again then.";

pub(super) async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let drill = web.archive.last_drill().await?;
    let old = drill
        .as_ref()
        .is_none_or(|drill| visitor.now.duration_since(drill.at).as_hours() > 24 * TRY_EVERY);
    let backups = match &web.settings.backups {
        Some(into) => Some(web.archive.backups(into)?),
        None => None,
    };
    let body = html! {
        div.head { h1 { (TITLE) } @if let Some(backups) = &backups { span.soft { (backups.len()) } } }
        p.lede { "A backup holds the database of one moment and, apart from it, the keys of papers. The key of the archive itself is in none. Whether a backup can be restored is known only once one was." }
        div.note.quiet[!old].spaced {
            @match &drill {
                None => p { b { "No backup was ever tried out." } " Try one: it is restored to a temporary place, verified whole, and compared." },
                Some(drill) => p { @if old { b { "The last trial is old. " } } "A backup of " (words::instant(drill.backup)) " was restored and verified on " (words::instant(drill.at)) ": " (words::number(drill.entries)) " entries." },
            }
        }
        @match &backups {
            None => p.note.quiet.spaced { "This reading room was not told where backups lie (" code { "chancery serve --backups DIR" } ")." },
            Some(backups) => {
                div.spaced { (table(backups)) }
                div.row.spaced {
                    form method="post" action="/house/backups" { button.btn.go type="submit" { "Make a backup now" } }
                    @if !backups.is_empty() { form method="post" action="/house/backups/try" { button.btn type="submit" { "Try the newest out" } } }
                }
            }
        }
        p.spaced { a href="/house" { "Back to the house" } }
    };
    Ok(page(&visitor, &Frame::new(TITLE, Section::House), &body))
}

fn table(backups: &[ListedBackup]) -> Markup {
    html! {
        table.group.stackt {
            thead { tr { th scope="col" { "Made" } th scope="col" { "Keys of papers" } th.r scope="col" { "Entries" } } }
            tbody {
                @if backups.is_empty() { tr { td colspan="3" { "There is none yet." } } }
                @for backup in backups { tr {
                    td data-l="Made" { (words::instant(backup.made)) }
                    td data-l="Keys of papers" { @if backup.keys { "in it" } @else { "destroyed, their time was up" } }
                    td.r data-l="Entries" { (words::number(backup.entries)) }
                } }
            }
        }
    }
}

/// Where backups lie.
pub(crate) fn folder(web: &Web) -> Result<PathBuf, Trouble> {
    let none = "this reading room was not told where backups lie; open it with --backups";
    web.settings.backups.clone().ok_or_else(|| Trouble::Refused(none.into()))
}

/// Work that goes on when whoever asked for it does not wait.
async fn apart<T: Send + 'static>(
    web: &Web,
    work: impl Future<Output = Result<T, DeskError>> + Send + 'static,
) -> Answer<()> {
    let room = room_for(&web.load.backups, BUSY)?;
    let done = tokio::spawn(async move {
        let _room = room;
        work.await
    })
    .await;
    done.map_err(|e| DeskError::Archive(format!("a backup was broken off: {e}")))??;
    Ok(())
}

/// Makes a backup.
pub(crate) async fn backed_up(web: &Web) -> Answer<()> {
    let (archive, into) = (Arc::clone(&web.archive), folder(web)?);
    apart(web, async move { archive.backup(&into, USUAL_KEY_DAYS).await }).await
}

/// Tries the newest one out.
pub(crate) async fn tried_out(web: &Web) -> Answer<()> {
    let (archive, into) = (Arc::clone(&web.archive), folder(web)?);
    let scratch = into.join("drill-in-the-reading-room");
    apart(web, async move { archive.drill(&into, &scratch).await }).await
}

pub(super) async fn make(State(web): State<Shared>, _: Visitor) -> Answer<Redirect> {
    backed_up(&web).await?;
    Ok(Redirect::to("/house/backups"))
}

pub(super) async fn try_out(State(web): State<Shared>, _: Visitor) -> Answer<Redirect> {
    tried_out(&web).await?;
    Ok(Redirect::to("/house/backups"))
}
