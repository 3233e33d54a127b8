//! A field of a form: label, hint, input; where something is wrong, a bar, the sentence and the next step.

use maud::{Markup, html};

/// A text field.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: Option<&'a str>,
    pub(crate) value: &'a str,
    /// `text` when empty.
    pub(crate) kind: &'a str,
    pub(crate) wrong: Option<&'a str>,
    pub(crate) required: bool,
    /// For [`autocomplete`](https://html.spec.whatwg.org/#autofill); `off` when empty.
    pub(crate) fills: &'a str,
}

/// Draws it.
pub(crate) fn field(field: Field<'_>) -> Markup {
    let Field { name, label, hint, value, kind, wrong, required, fills } = field;
    let (hint_id, wrong_id) = (format!("{name}-hint"), format!("{name}-wrong"));
    let mut described = Vec::new();
    described.extend(wrong.map(|_| wrong_id.as_str()));
    described.extend(hint.map(|_| hint_id.as_str()));
    let described = (!described.is_empty()).then(|| described.join(" "));
    let kind = if kind.is_empty() { "text" } else { kind };
    let fills = if fills.is_empty() { "off" } else { fills };
    html! {
        div.field.bad[wrong.is_some()] {
            label for=(name) { (label) }
            @if let Some(wrong) = wrong { p.err id=(wrong_id) { (wrong) } }
            @if let Some(hint) = hint { p.hint id=(hint_id) { (hint) } }
            input id=(name) name=(name) type=(kind) value=(value) required[required]
                autocomplete=(fills) aria-describedby=[described] aria-invalid=[wrong.map(|_| "true")];
        }
    }
}
