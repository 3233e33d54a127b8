//! Public texts as lists and one by one.

use chancery_desk::PublicText;
use console::style;

use super::{table, wrapped};

pub(crate) fn filed(texts: &[PublicText]) -> String {
    let lines = texts.iter().map(|t| {
        let done = if t.already { "was filed before as" } else { "filed as" };
        format!("{} {done} {}: {}, {} words.", t.name, t.text, t.kind.word(), t.words)
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn public_texts(all: &[PublicText]) -> String {
    let rows = all.iter().map(|t| {
        let by = t.by.iter().chain(&t.office).map(ToString::to_string).collect::<Vec<_>>();
        [
            t.text.clone(),
            t.kind.word().to_owned(),
            t.date.map(|d| d.to_string()).unwrap_or_default(),
            by.join(", "),
            t.name.clone(),
            t.source.clone().unwrap_or_default(),
            t.words.to_string(),
        ]
    });
    table(["text", "kind", "published", "by", "file", "source", "words"], rows)
}

pub(crate) fn public_text(text: &PublicText) -> String {
    let date = text.date.map_or_else(|| "day unknown".to_owned(), |d| d.to_string());
    let head = format!("{}: {}, {date}", text.text, text.kind.word());
    let mut out = format!("{}\n{}\n", style(head).bold(), style(&text.name).dim());
    out.push_str(&format!("{}\n", style(format!("sha256 {}", text.sha256)).dim()));
    for paragraph in text.body.iter().flat_map(|body| body.split("\n\n")) {
        out.push_str(&format!("\n{}\n", wrapped(paragraph, "")));
    }
    out
}
