//! How a paper is kept, what is due, public versions.

use std::path::Path;

use chancery_desk::{DuePaper, Redacted, ShownRetention, VerifiedRedaction};
use console::style;

use super::{table, wrapped};

pub(crate) fn retention(shown: &ShownRetention) -> String {
    let kept = &shown.retention;
    let closed = kept.closure.as_ref().map(|c| {
        let until = c.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let reason = if c.reason.is_empty() { String::new() } else { format!(": {}", c.reason) };
        format!("under {}{until}{reason}", c.exemption)
    });
    let lines = [
        ("paper", shown.paper.clone()),
        ("label", shown.label.clone()),
        ("review", kept.review.map(|day| day.to_string()).unwrap_or_default()),
        (
            "downgrade",
            kept.planned.as_ref().map(|p| format!("to {} on {}", p.to, p.on)).unwrap_or_default(),
        ),
        ("declassified", kept.declassified.map(|day| day.to_string()).unwrap_or_default()),
        ("closed", closed.unwrap_or_default()),
        ("held for", kept.holds.join("; ")),
        ("kept", shown.kept_because.clone().unwrap_or_default()),
    ];
    let mut out = String::new();
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        let text = wrapped(&value, &" ".repeat(14));
        let text = text.get(14..).unwrap_or_default();
        out.push_str(&format!("{}{text}\n", style(format!("{name:<14}")).dim()));
    }
    for label in &kept.labels {
        out.push_str(&format!("until {}: {} (then {})\n", label.on, label.from, label.to));
    }
    out
}

pub(crate) fn due(all: &[DuePaper]) -> String {
    let rows = all.iter().map(|d| {
        [
            d.paper.clone(),
            d.subject.clone(),
            d.label.clone(),
            d.review.map(|day| day.to_string()).unwrap_or_default(),
            d.downgrade.clone().unwrap_or_default(),
            d.holds.join("; "),
        ]
    });
    table(["paper", "subject", "label", "review", "downgrade to", "held for"], rows)
}

pub(crate) fn redacted(made: &Redacted, path: &Path) -> String {
    format!(
        "Wrote the public version of {} to {}: {} of {} words hidden; entry {} of the record.\nAnybody checks it with: chancery paper verify-redaction {} --key KEY",
        made.paper,
        path.display(),
        made.hidden,
        made.runs,
        made.leaf,
        path.display()
    )
}

pub(crate) fn verified_redaction(v: &VerifiedRedaction) -> String {
    format!(
        "{} Every word shown stands in {} as it was released at {}, in its place; {} of {} words are hidden and marked.\nEntry {} of the record {}. The reasons on the marks are the publisher's.",
        style("✓").green().bold(),
        v.paper,
        v.released,
        v.hidden,
        v.runs,
        v.entry,
        v.record
    )
}
