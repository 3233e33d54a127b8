//! What an article quotes, on the terminal: the sentence, the quotations as a table, then each leaked
//! paper with its passages word by word.

use std::fmt::Write as _;

use chancery_desk::{
    Cell, CellKind, ExposureReport, LeakedPaper, Level, Passage, QuotationKind, Quoted,
};
use console::{Style, style};

use super::{table, wrapped};

/// Most characters of a quotation in the table.
const SHORT: usize = 60;
/// Most quotations in the table; the JSON has them all.
const MOST_ROWS: usize = 60;

pub(crate) fn exposure(report: &ExposureReport) -> String {
    let mut out = exposure_brief(report);
    for paper in &report.leaked_papers {
        out.push('\n');
        out.push_str(&leaked(report, paper));
    }
    if !report.paraphrases.is_empty() {
        let _ = writeln!(out, "\n{}", style("Indirect speech").bold());
        for p in &report.paraphrases {
            let speaker = p.speaker.as_deref().unwrap_or("nobody named");
            let line = format!("{speaker} ({}, {}): {}", p.cue, p.claim, flat(&p.text));
            let _ = writeln!(out, "{}", wrapped(&line, "  "));
        }
    }
    let searched = format!(
        "Searched: {} papers and {} public texts. The record holds the article's hash {} and what was opened.",
        report.papers,
        report.public_texts,
        report.article.sha256.get(..16).unwrap_or_default()
    );
    let _ = writeln!(out, "\n{}", style(wrapped(&searched, "  ")).dim());
    for limit in &report.limits {
        let _ = writeln!(out, "{}", wrapped(&format!("Not everything: {limit}."), "  "));
    }
    out
}

/// The sentence, the table and the contradictions.
pub(crate) fn exposure_brief(report: &ExposureReport) -> String {
    let mut out = String::new();
    if report.exercise {
        let _ = writeln!(out, "{}", style("EXERCISE").yellow().bold());
    }
    let _ = writeln!(out, "{}", wrapped(&report.statement, "  "));
    if !report.quotations.is_empty() {
        let rows = report.quotations.iter().take(MOST_ROWS).enumerate().map(row);
        let heading = ["", "quotation", "speaker", "kind", "from", "what that means"];
        let _ = writeln!(out, "\n{}", table(heading, rows));
        if report.quotations.len() > MOST_ROWS {
            let more = report.quotations.len() - MOST_ROWS;
            let _ = writeln!(out, "… and {more} more; --json has them all.");
        }
    }
    for contradiction in &report.contradictions {
        let line =
            format!("Contradiction at {}: {}.", contradiction.quotation + 1, contradiction.says);
        let _ = writeln!(out, "{}", style(wrapped(&line, "  ")).bold());
    }
    out
}

fn row((at, quoted): (usize, &Quoted)) -> [String; 6] {
    let mut from = quoted.paper.clone().unwrap_or_else(|| "none named".to_owned());
    if let (Some(label), true) = (&quoted.label, quoted.paper.is_some()) {
        let _ = write!(from, ", {label}");
    }
    if !quoted.also_matches.is_empty() {
        let also: Vec<&str> = quoted.also_matches.iter().map(|m| m.paper.as_str()).collect();
        let _ = write!(from, "; words also in {}", also.join(", "));
    }
    let level = match quoted.significance.level {
        Level::Certain if quoted.kind == QuotationKind::Restricted => "Surely. ",
        Level::Likely => "Likely. ",
        _ => "",
    };
    [
        (at + 1).to_string(),
        format!("“{}”", short(&quoted.text)),
        quoted.speaker.clone().unwrap_or_default(),
        kind(quoted.kind).apply_to(quoted.kind.word()).to_string(),
        from,
        format!("{level}{}", quoted.significance.says),
    ]
}

fn kind(kind: QuotationKind) -> Style {
    match kind {
        QuotationKind::Restricted => Style::new().red().bold(),
        QuotationKind::Authorised => Style::new().green(),
        QuotationKind::Public => Style::new().blue(),
        QuotationKind::Unknown => Style::new().dim(),
    }
}

fn leaked(report: &ExposureReport, paper: &LeakedPaper) -> String {
    let mut out = String::new();
    let title = format!("{} is quoted", paper.paper);
    let _ = writeln!(out, "{}  {}", style(title).bold(), style(&paper.label).red().bold());
    let numbers: Vec<String> = paper.quotations.iter().map(|q| (q + 1).to_string()).collect();
    let mut lines = vec![
        ("subject", paper.subject.clone()),
        ("imported as", paper.source_id.clone().unwrap_or_default()),
        ("date", paper.date.clone().unwrap_or_default()),
        ("quotations", format!("{}; {} words", numbers.join(", "), paper.words)),
    ];
    if !paper.carriers.is_empty() {
        let text = format!(
            "{} repeat the passage; {} is the earliest",
            paper.carriers.join(", "),
            paper.paper
        );
        lines.push(("carried on", text));
    }
    if let Some(joint) = paper.joint {
        let text = format!(
            "{} of {} decoy articles point as strongly at any paper (rate at most {:.3} at 95 %)",
            joint.as_high, joint.decoys, joint.upper
        );
        lines.push(("decoys", text));
    }
    lines.push(("readers", format!("{} persons could have had it", paper.readers)));
    lines.push(("copy", paper.copy.says.clone()));
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        let text = wrapped(&value, &" ".repeat(15));
        let text = text.get(15..).unwrap_or_default();
        let _ = writeln!(out, "  {}{text}", style(format!("{name:<13}")).dim());
    }
    for passage in &paper.passages {
        let _ = writeln!(out);
        out.push_str(&passage_lines(report, passage));
    }
    out
}

/// The article above, the paper below, and what differs in words.
fn passage_lines(report: &ExposureReport, passage: &Passage) -> String {
    let quoted = report.quotations.get(passage.quotation);
    let quoted = quoted.map(|q| flat(&q.text)).unwrap_or_default();
    let mut out = String::new();
    let number = passage.quotation + 1;
    let _ = writeln!(out, "  {} article", style(number).bold());
    let _ = writeln!(out, "{}", wrapped(&format!("“{quoted}”"), "    "));
    let _ = writeln!(out, "    {}", style("paper").dim());
    let middle: Vec<String> = passage.cells.iter().filter_map(in_paper).collect();
    let after = &passage.after;
    let gap = if after.starts_with(|c: char| c.is_alphanumeric()) { " " } else { "" };
    let text = format!("… {} {}{gap}{after} …", passage.before, middle.join(" "));
    let _ = writeln!(out, "{}", wrapped(&text, "    "));
    for cell in passage.cells.iter().filter(|c| c.kind != CellKind::Same) {
        let says = difference(cell);
        let _ = writeln!(out, "{}", wrapped(&format!("- {says}"), "      "));
    }
    out
}

fn in_paper(cell: &Cell) -> Option<String> {
    if cell.paper.is_empty() {
        return None;
    }
    Some(match cell.kind {
        CellKind::Same | CellKind::Alike => style(&cell.paper).bold().to_string(),
        _ => style(format!("[{}]", cell.paper)).yellow().to_string(),
    })
}

/// A difference in words.
pub(super) fn difference(cell: &Cell) -> String {
    match cell.kind {
        CellKind::Same => String::new(),
        CellKind::Alike => format!("alike: article “{}”, paper “{}”", cell.article, cell.paper),
        CellKind::Changed => format!("changed: article “{}”, paper “{}”", cell.article, cell.paper),
        CellKind::Added => format!("added by the article: “{}”", cell.article),
        CellKind::Missing => format!("missing in the article: “{}”", cell.paper),
        CellKind::LeftOut => format!("left out, as the article shows: “{}”", cell.paper),
    }
}

fn short(text: &str) -> String {
    let text = flat(text);
    match text.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text,
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
