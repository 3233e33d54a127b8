//! A quotation beside the passage that it is from: article above, paper below, a word for each difference.

use chancery_desk::{Cell, CellKind, ExposureReport, Passage};
use maud::{Markup, html};

/// Words of the paper that stand before and behind the passage.
const CONTEXT: usize = 5;

pub(super) fn passage(report: &ExposureReport, passage: &Passage) -> Markup {
    let number = passage.quotation + 1;
    let quoted = report.quotations.get(passage.quotation).map(|q| q.text.as_str());
    let before: Vec<&str> = passage.before.split_whitespace().collect();
    let before = before.get(before.len().saturating_sub(CONTEXT)..).unwrap_or_default().join(" ");
    let after: Vec<&str> = passage.after.split_whitespace().take(CONTEXT).collect();
    html! {
        div.alignrow role="group" aria-label={ "Quotation " (number) ": " (quoted.unwrap_or_default()) } {
            b { (number) }
            ul.align {
                @if !before.is_empty() { li.edge { span.a aria-hidden="true" {} span.p { "… " (before) } } }
                @for cell in &passage.cells { (shown(cell)) }
                @if !after.is_empty() { li.edge { span.a aria-hidden="true" {} span.p { (after.join(" ")) " …" } } }
            }
        }
    }
}

fn shown(cell: &Cell) -> Markup {
    let class = match cell.kind {
        CellKind::Same => "",
        CellKind::Alike => "vv",
        _ => "chg",
    };
    let side =
        |text: &str| -> String { if text.is_empty() { "–".to_owned() } else { text.to_owned() } };
    html! {
        li class=(class) {
            span.a { (side(&cell.article)) }
            span.p { (side(&cell.paper)) }
            @if cell.kind != CellKind::Same { small { (cell.kind.word()) } }
        }
    }
}

pub(super) fn key() -> Markup {
    html! {
        p.keyline {
            span { mark { "alike" } " spelling, small words, or a reading that other copies have" }
            span { span.chg { "changed" } ", missing, added or left out by the article" }
        }
    }
}
