//! The card of one place: all readings in context, and what the drafter says about them.

use chancery_desk::{Bench, BenchPlace, PlaceState};
use chancery_text::proposal::Survival;
use maud::{Markup, html};

/// Characters of context that the desk gives on either side, unless the paragraph begins or ends there.
const CONTEXT: usize = 28;
/// Most ticks that are drawn.
const MOST_TICKS: usize = 120;

/// The place that is asked about: the one named, else the first of which nothing was said.
pub(super) fn asked(bench: &Bench, named: Option<&str>) -> Option<usize> {
    let open = |place: &BenchPlace| matches!(place.state, PlaceState::Open | PlaceState::Question);
    named
        .and_then(|key| bench.places.iter().position(|place| place.key == key))
        .or_else(|| bench.places.iter().position(open))
}

/// The next place of which nothing was said, behind this one if there is any.
pub(super) fn next(bench: &Bench, key: &str) -> Option<String> {
    let open = |place: &&BenchPlace| matches!(place.state, PlaceState::Open | PlaceState::Question);
    let at = bench.places.iter().position(|place| place.key == key).map_or(0, |at| at + 1);
    let mut behind = bench.places.iter().skip(at).filter(open);
    let first = bench.places.iter().find(open);
    behind.next().or(first).map(|place| place.key.clone())
}

/// Decided places, of all.
pub(super) fn decided(bench: &Bench) -> (usize, usize) {
    let done = |place: &&BenchPlace| matches!(place.state, PlaceState::Kept | PlaceState::Struck);
    (bench.places.iter().filter(done).count(), bench.places.len())
}

/// The card. `last` is the place that was decided before, to be undone.
pub(super) fn card(bench: &Bench, number: usize, last: Option<&str>) -> Markup {
    let Some(place) = bench.places.get(number) else { return html! {} };
    let paper = &bench.shown.listed.paper;
    let (done, all) = decided(bench);
    let act = format!("/drafts/{paper}/place");
    let may = bench.may("amend");
    html! {
        section.site #place aria-labelledby="place-h" tabindex="-1" {
            header {
                h3 #place-h { "Place " (number + 1) " of " (all) }
                span.soft { (origin(place)) "; " (survives(place.survives)) "; " (stands(place.state)) }
                (ticks(bench, number, done))
            }
            dl {
                @for (at, reading) in place.readings.iter().enumerate() {
                    dt { (letter(at)) }
                    dd { (before(place)) mark { @if reading.is_empty() { span.vh { "nothing" } "\u{2423}" } @else { (reading) } } (after(place)) }
                }
            }
            @if may {
                form.row.place-form method="post" action=(act) {
                    input type="hidden" name="key" value=(place.key);
                    @if place.state != PlaceState::Kept {
                        button.btn.go name="choice" value="keep" data-key="k" { @if place.readings.len() == 2 { "Both read well" } @else { "All read well" } kbd { "k" } }
                    }
                    @if place.state != PlaceState::Struck {
                        button.btn name="choice" value="strike" data-key="s" { "Strike" kbd { "s" } }
                    }
                    @if matches!(place.state, PlaceState::Kept | PlaceState::Struck) && place.rule != "author" {
                        button.btn name="choice" value="undo" data-key="u" { "Undo" kbd { "u" } }
                    } @else if let Some(last) = last {
                        button.btn name="undo" value=(last) data-key="u" { "Undo the last one" kbd { "u" } }
                    }
                    @if let Some(other) = next(bench, &place.key).filter(|key| *key != place.key) {
                        a.btn.plain href={ "/drafts/" (paper) "?place=" (other) "#place" } data-key="n" { "Next" kbd { "n" } }
                    }
                }
            }
        }
    }
}

/// The words before a place; where they do not begin the paragraph, a half word goes.
fn before(place: &BenchPlace) -> String {
    match place.before.split_once(char::is_whitespace) {
        Some((_, words)) if place.before.chars().count() >= CONTEXT => format!("… {words}"),
        _ => place.before.trim_start().to_owned(),
    }
}

/// The words after a place; where they do not end the paragraph, a half word goes.
fn after(place: &BenchPlace) -> String {
    match place.after.rsplit_once(char::is_whitespace) {
        Some((words, _)) if place.after.chars().count() >= CONTEXT => format!("{words} …"),
        _ => place.after.trim_end().to_owned(),
    }
}

fn letter(at: usize) -> char {
    u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).map_or('?', char::from)
}

fn origin(place: &BenchPlace) -> &'static str {
    match place.rule.as_str() {
        "author" => "your own variant",
        rule if rule.starts_with("order.") => "order of words",
        rule if rule.starts_with("punct") => "punctuation",
        rule if rule.starts_with("typo") => "typography",
        _ => "from the word list",
    }
}

const fn survives(survival: Survival) -> &'static str {
    match survival {
        Survival::Paste => "survives pasting",
        Survival::Retype => "survives retyping",
        Survival::Quote => "survives a quotation",
    }
}

const fn stands(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Kept => "kept",
        PlaceState::Open => "copies will differ here",
        PlaceState::Question => "copies differ here only if you keep it",
        PlaceState::Struck => "struck",
    }
}

fn ticks(bench: &Bench, now: usize, done: usize) -> Markup {
    let all = bench.places.len();
    let struck = bench.places.iter().filter(|p| p.state == PlaceState::Struck).count();
    let says = format!("{} kept, {struck} struck, {} to go", done - struck, all - done);
    if all > MOST_TICKS {
        return html! { span.ticks { span.soft { (says) } } };
    }
    html! {
        span.ticks role="img" aria-label=(says) {
            @for (at, place) in bench.places.iter().enumerate() {
                @match place.state {
                    PlaceState::Kept => i.k.n[at == now] {},
                    PlaceState::Struck => i.s.n[at == now] {},
                    PlaceState::Open | PlaceState::Question => i.n[at == now] {},
                }
            }
        }
    }
}
