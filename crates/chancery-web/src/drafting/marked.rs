//! The text of a draft, as one of the previews shows it.

use chancery_desk::{Bench, BenchPiece, BenchPlace, PlaceState};
use maud::{Markup, html};

/// Which preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preview {
    Marked,
    AllA,
    AllB,
    /// Both, beside each other.
    Sides,
    Sample,
}

impl Preview {
    pub(super) fn read(word: Option<&str>) -> Self {
        match word {
            Some("a") => Self::AllA,
            Some("b") => Self::AllB,
            Some("sides") => Self::Sides,
            Some("sample") => Self::Sample,
            _ => Self::Marked,
        }
    }

    /// The reading that stands at a place.
    fn reading(self, place: &BenchPlace) -> usize {
        match (self, place.state) {
            (Self::AllB, PlaceState::Kept | PlaceState::Open) => 1,
            (Self::Sample, PlaceState::Kept | PlaceState::Open) => place.sample,
            _ => 0,
        }
    }
}

/// The words of a paragraph. `now` is the place that is being asked about.
pub(super) fn words(
    bench: &Bench,
    pieces: &[BenchPiece],
    preview: Preview,
    now: Option<usize>,
) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                BenchPiece::Text(text) => (text),
                BenchPiece::Locked(text) => span.lock { (text) },
                BenchPiece::Place(number) => @if let Some(place) = bench.places.get(*number) {
                    (shown(&bench.shown.listed.paper, place, preview, now == Some(*number)))
                },
            }
        }
    }
}

fn shown(paper: &str, place: &BenchPlace, preview: Preview, now: bool) -> Markup {
    let reading = |at: usize| place.readings.get(at).map(String::as_str).unwrap_or_default();
    if preview != Preview::Marked {
        let text = reading(preview.reading(place));
        return match place.state {
            PlaceState::Kept | PlaceState::Open => html! { span.thin { (text) } },
            PlaceState::Question | PlaceState::Struck => html! { (text) },
        };
    }
    let author = place.rule == "author";
    let class = match (now, place.state) {
        (true, _) => "auto now",
        (_, PlaceState::Struck) => "auto gone",
        (_, PlaceState::Question) => "auto ask",
        (_, PlaceState::Kept) if author => "v",
        (_, PlaceState::Kept) => "auto ok",
        (_, PlaceState::Open) => "auto",
    };
    let href = format!("/drafts/{paper}?place={}#place", place.key);
    if !author {
        return html! { a class=(class) href=(href) { (or_gap(reading(0))) } };
    }
    html! {
        a class=(class) href=(href) {
            @for (at, text) in place.readings.iter().enumerate() {
                @if at > 0 { span.bar aria-hidden="true" { "\u{a0}| " } span.vh { " or " } }
                span.other[at > 0] { (or_gap(text)) }
            }
        }
    }
}

/// An empty reading as something that can be seen and clicked.
fn or_gap(text: &str) -> &str {
    if text.is_empty() { "\u{2423}" } else { text }
}
