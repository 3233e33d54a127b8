//! What a text would be as a draft, while it is written: its places in their words, and the meter. Nothing is kept, and
//! without a script the saved draft shows the same.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::State;
use chancery_desk::{
    BenchParagraph, BenchPiece, BenchPlace, DeskError, Finders, PlaceState, Sketch,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::acts::{handles, seen};
use super::meter;
use crate::trouble::{Answer, sentence};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Most offices whose holders are counted.
const MOST_OFFICES: usize = 500;

/// Where it stands in a form; `draft` is the one whose text is changed.
pub(super) fn place(draft: Option<&str>) -> Markup {
    html! {
        @if let Some(draft) = draft { input type="hidden" name="draft" value=(draft); }
        section.live.scripted aria-labelledby="live-h" {
            h2 #live-h { "As you write" }
            div #preview { p.soft { "What copies would differ in, and what a leak would tell, stands here once there is a text." } }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Written {
    #[serde(default)]
    text: String,
    draft: Option<String>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    info: String,
}

pub(super) async fn preview(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(written): Form<Written>,
) -> Answer {
    let finders = Finders::embedded();
    let readers = match &written.draft {
        Some(paper) => {
            seen(&web, &visitor, paper).await?;
            web.archive.bench(paper, &finders, &visitor.person).await?.readers
        }
        None => {
            let named = [&written.from, &written.to, &written.info];
            // What is being typed may not be a name yet.
            let offices: BTreeSet<_> = named
                .into_iter()
                .filter_map(|text| handles(text).ok())
                .flatten()
                .take(MOST_OFFICES)
                .collect();
            web.archive.holders_now(&offices).await?
        }
    };
    match Sketch::of(&written.text, readers, &finders) {
        Ok(sketch) => Ok(draw(&sketch)),
        Err(DeskError::Input(why)) => Ok(html! { p.wrong { (sentence(&why)) } }),
        Err(other) => Err(other.into()),
    }
}

fn draw(sketch: &Sketch) -> Markup {
    let m = &sketch.meter;
    let rows = [("Retyped", &m.retyped), ("Pasted", &m.pasted), ("40 words", &m.quoted)];
    html! {
        p.soft {
            (words::number(m.words as u64)) " words, " (words::number(sketch.places.len() as u64)) " places, "
            (words::number(m.readers)) " readers today. Underlined is what copies would differ in; the drafted reading stands first."
        }
        (meter::meter(&rows, m.readers, true))
        div.said {
            @for paragraph in &sketch.paragraphs {
                div {
                    @if let Some(mark) = &paragraph.portion { span.pm { "(" (mark) ")" } " " }
                    (text(paragraph, &sketch.places))
                    (meter::meter(&meter::rows(&paragraph.reach), m.readers, false))
                }
            }
        }
    }
}

fn text(paragraph: &BenchParagraph, places: &[BenchPlace]) -> Markup {
    html! {
        @for piece in &paragraph.pieces {
            @match piece {
                BenchPiece::Text(text) => (text),
                BenchPiece::Locked(text) => span.lock { (text) },
                BenchPiece::Place(number) => @if let Some(place) = places.get(*number) { (readings(place)) },
            }
        }
    }
}

/// The author's readings all, of others the drafted one.
fn readings(place: &BenchPlace) -> Markup {
    let author = place.rule == "author";
    let class = match place.state {
        _ if author => "v",
        PlaceState::Question => "auto ask",
        _ => "auto",
    };
    let shown = place.readings.iter().take(if author { usize::MAX } else { 1 });
    html! {
        span class=(class) { @for (at, reading) in shown.enumerate() {
            @if at > 0 { span.bar aria-hidden="true" { "\u{a0}| " } span.vh { " or " } }
            span.other[at > 0] { @if reading.is_empty() { "\u{2423}" } @else { (reading) } }
        } }
    }
}
