//! The docket: the ruled block that opens a paper, a draft, an office, an inquiry and a finding. Italic
//! terms, plain values.

use maud::{Markup, html};

/// Stacked, as on a paper.
pub(crate) fn docket(lines: &[(&str, Markup)]) -> Markup {
    html! { dl.docket { (pairs(lines)) } }
}

/// Four across, as on an office or an inquiry.
pub(crate) fn docket_wide(lines: &[(&str, Markup)]) -> Markup {
    html! { dl.docket.wide { (pairs(lines)) } }
}

fn pairs(lines: &[(&str, Markup)]) -> Markup {
    html! { @for (term, value) in lines { div { dt { (term) } dd { (value) } } } }
}
