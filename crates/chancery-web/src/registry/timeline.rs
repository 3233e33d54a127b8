//! Who held an office, drawn: solid held, dashed planned, today in blue. A drawing of its own for phones.

use chancery_desk::ListedPosting;
use chancery_domain::{Capacity, Day, Handle};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::until;
use crate::words;

/// Height of a lane.
const LANE: i32 = 40;
/// Width of a year's number beside its line.
const YEAR: i32 = 44;
/// Most lanes that are drawn; the table has all.
const MOST: usize = 16;

/// A drawing: how wide, and from when to when.
struct Canvas {
    width: i32,
    left: i32,
    from: Date,
    until: Date,
}

impl Canvas {
    /// Where a day stands.
    fn x(&self, day: Date) -> i32 {
        let days =
            |until: Date| self.from.until(until).map_or(0, |span| i64::from(span.get_days()));
        let (at, all) = (days(day.clamp(self.from, self.until)), days(self.until).max(1));
        let room = i64::from(self.width - self.left - 8);
        self.left + i32::try_from(at * room / all).unwrap_or_default()
    }
}

/// The figure with its sentence; two drawings, of which a screen shows one.
pub(super) fn figure(
    postings: &[ListedPosting],
    today: Date,
    name: &impl Fn(&Handle) -> String,
) -> Markup {
    let begun = postings.iter().filter_map(|p| p.term.start).map(|d| d.date);
    let first = begun.min().unwrap_or(today);
    let ends = postings.iter().filter_map(|p| p.term.planned_end).map(Day::latest);
    let last = ends.max().unwrap_or(today).max(today.saturating_add(1.year()));
    let wide = Canvas {
        width: 1128,
        left: 8,
        from: first.max(today.saturating_sub(8.years())),
        until: last.min(today.saturating_add(6.years())),
    };
    let narrow = Canvas {
        width: 360,
        left: 8,
        from: first.max(today.saturating_sub(1.year())),
        until: last.min(today.saturating_add(1.year())),
    };
    let said: Vec<String> = postings.iter().map(|p| sentence(p, name)).collect();
    let said =
        if said.is_empty() { "Nobody has held this office.".to_owned() } else { said.join(" ") };
    html! {
        figure.timeline {
            div.wide-only { (draw(&wide, postings, today, name, &said)) }
            div.phone-only { (draw(&narrow, postings, today, name, &said)) }
            figcaption.soft { "Solid: held. Outlined: planned and not, or not yet, held." @if postings.len() > MOST { " The last " (MOST) " of " (postings.len()) " postings." } }
        }
    }
}

fn sentence(posting: &ListedPosting, name: &impl Fn(&Handle) -> String) -> String {
    let from = posting.term.start.map_or_else(|| "not begun".to_owned(), |d| words::day(d.date));
    format!("{} from {from}, {}.", name(&posting.person), until(posting))
}

fn draw(
    canvas: &Canvas,
    postings: &[ListedPosting],
    today: Date,
    name: &impl Fn(&Handle) -> String,
    said: &str,
) -> Markup {
    let shown = &postings[postings.len().saturating_sub(MOST)..];
    let height = 40 + LANE * i32::try_from(shown.len()).unwrap_or_default() + 28;
    let now = canvas.x(today);
    html! {
        svg viewBox={ "0 0 " (canvas.width) " " (height) } role="img" aria-label=(said) {
            @for (year, x) in years(canvas) {
                line.rule x1=(x) x2=(x) y1="28" y2=(height - 28) {}
                @if canvas.width - x >= YEAR { text.ax x=(x + 4) y="22" { (year) } }
            }
            line.today x1=(now) x2=(now) y1="28" y2=(height - 24) {}
            @for (lane, posting) in shown.iter().enumerate() {
                (bar(canvas, posting, today, 40 + LANE * i32::try_from(lane).unwrap_or_default(), name))
            }
            text.today-word x=(now) y=(height - 6) text-anchor=(if now > canvas.width / 2 { "end" } else { "start" }) { "today, " (today.strftime("%-d %B")) }
        }
    }
}

/// The years that begin inside, each with its place.
fn years(canvas: &Canvas) -> impl Iterator<Item = (i16, i32)> {
    let days = (canvas.from.year()..=canvas.until.year()).filter_map(|y| Date::new(y, 1, 1).ok());
    days.filter(move |day| *day >= canvas.from).map(move |day| (day.year(), canvas.x(day)))
}

fn bar(
    canvas: &Canvas,
    posting: &ListedPosting,
    today: Date,
    y: i32,
    name: &impl Fn(&Handle) -> String,
) -> Markup {
    let Some(start) = posting.term.start.or(posting.term.planned_start) else { return html! {} };
    let ended = posting.term.end.day().map(|d| d.date);
    let held_until = ended.unwrap_or(today).min(today);
    let planned = posting
        .term
        .planned_end
        .map(Day::latest)
        .or(ended)
        .unwrap_or_else(|| today.saturating_add(1.year()));
    let (from, to, plan) = (canvas.x(start.date), canvas.x(held_until), canvas.x(planned));
    let who = match posting.capacity {
        Capacity::Substantive => name(&posting.person),
        other => {
            format!("{}, {}", name(&posting.person), words::capacity(other).unwrap_or_default())
        }
    };
    // A name that does not fit inside its bar stands beside it, and never across the line of today.
    let room = i32::try_from(who.chars().count()).unwrap_or(i32::MAX).saturating_mul(8) + 16;
    let now = canvas.x(today);
    let crossed = |left: i32| left < now && now < left + room;
    let inside = to - from >= room;
    let after = to.max(plan) + 8;
    let after = if crossed(after) { now + 8 } else { after };
    let beside = canvas.width - after >= room;
    let before = from - 8;
    let before = if crossed(before - room) { now - 8 } else { before };
    html! {
        line.rule x1="0" x2=(canvas.width) y1=(y + LANE - 6) y2=(y + LANE - 6) {}
        @if plan > to { rect.planned x=(to.max(from)) y=(y) width=(plan - to.max(from)) height="26" {} }
        @if to > from { rect.held x=(from) y=(y) width=(to - from) height="26" {} }
        @if inside { text.on-bar x=(from + 8) y=(y + 18) { (who) } }
        @else if beside { text x=(after) y=(y + 18) { (who) } }
        @else { text x=(before) y=(y + 18) text-anchor="end" { (who) } }
    }
}
