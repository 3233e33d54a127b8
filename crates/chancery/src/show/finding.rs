//! A finding on the terminal: verdict, statement, who or what was found, the evidence as a picture, the
//! leak with its decisive places.

use std::fmt::Write as _;

use chancery_desk::{FindingReport, FoundCopy, FoundLeak, InquiryState};
use console::{Style, style};

use super::{table, wrapped};

/// Most lines of a leak that are shown.
const MOST_LINES: usize = 14;
/// Length of an evidence bar.
const BAR: f64 = 40.0;

pub(crate) fn finding(finding: &FindingReport) -> String {
    let mut out = headline(finding);
    out.push_str(&wrapped(&finding.statement, "  "));
    out.push('\n');
    for copy in finding.named.iter().chain(&finding.leading) {
        out.push('\n');
        out.push_str(&card(finding, copy));
    }
    if !finding.papers.is_empty() {
        out.push('\n');
        out.push_str(&evidence(finding));
        out.push('\n');
        out.push_str(&papers(finding));
        out.push('\n');
    }
    for leak in &finding.leaks {
        out.push('\n');
        out.push_str(&leaked(leak, MOST_LINES));
    }
    let _ = write!(
        out,
        "\n{}\n",
        style(wrapped(
            &format!(
                "{}: entry {} of the record holds what was fixed before scoring. {} so far; their bounds add up to {}.",
                finding.inquiry,
                finding.entry,
                if finding.inquiries.count == 1 { "1 inquiry".into() } else { format!("{} inquiries", finding.inquiries.count) },
                level(finding.inquiries.summed_alpha),
            ),
            "  "
        ))
        .dim()
    );
    if !finding.named.is_empty() || !finding.leading.is_empty() {
        let _ = writeln!(out, "  {}", style("The statement holds under these conditions:").dim());
        for (at, condition) in finding.conditions.iter().enumerate() {
            let line = format!("C{} {condition}", at + 1);
            let _ = writeln!(out, "{}", style(wrapped(&line, "    ")).dim());
        }
    }
    out
}

/// The same without tables and conditions: for a story that shows many.
pub(crate) fn finding_brief(finding: &FindingReport) -> String {
    let mut out = headline(finding);
    out.push_str(&wrapped(&finding.statement, "  "));
    out.push('\n');
    if !finding.papers.is_empty() {
        out.push('\n');
        out.push_str(&evidence(finding));
    }
    for leak in finding.leaks.iter().filter(|leak| !leak.places.is_empty()).take(1) {
        out.push('\n');
        out.push_str(&leaked(leak, 5));
    }
    out
}

fn headline(finding: &FindingReport) -> String {
    let (word, colour) = match finding.verdict.as_str() {
        "identified" => ("IDENTIFIED", Style::new().white().on_red().bold()),
        "strong-lead" => ("STRONG LEAD", Style::new().black().on_yellow().bold()),
        "narrowed" => ("NARROWED", Style::new().black().on_cyan().bold()),
        _ => ("NOTHING", Style::new().black().on_white().bold()),
    };
    let exercise = if finding.exercise { "  EXERCISE" } else { "" };
    format!("{}{}\n", colour.apply_to(format!(" {word} ")), style(exercise).yellow().bold())
}

fn card(finding: &FindingReport, copy: &FoundCopy) -> String {
    let mut lines = vec![("copy", copy.copies.join(", "))];
    if let Some(reader) = &copy.reader {
        let office = copy.office.as_ref().map(|o| format!(" ({o})")).unwrap_or_default();
        lines.push(("made for", format!("{reader}{office}")));
    }
    let bound = finding.bound(copy.p_adjusted);
    if finding.spent {
        lines.push(("bound", bound));
    } else {
        lines.push(("bound", format!("{bound} (adjusted p {:.1e})", copy.p_adjusted)));
        let needed = if copy.p_adjusted <= finding.alpha { "reached" } else { "not reached" };
        lines.push(("level", format!("{}, {needed}", level(finding.alpha))));
    }
    if copy.route == "pooled" {
        let own = if copy.papers.is_empty() { "none".into() } else { copy.papers.join(", ") };
        lines.push(("by itself", format!("{own} (papers whose own leak reaches the level)")));
    }
    let mut out = String::new();
    for (name, value) in lines {
        let text = wrapped(&value, &" ".repeat(13));
        let text = text.get(13..).unwrap_or_default();
        let _ = writeln!(out, "  {}{text}", style(format!("{name:<11}")).dim());
    }
    out
}

/// Bits as bars: what is needed, what each channel gave, what the best decoy reached.
fn evidence(finding: &FindingReport) -> String {
    let bits = &finding.bits;
    let best = finding.named.first().or_else(|| finding.leading.first());
    let decoy = finding.decoys.best_log2.unwrap_or(0.0);
    let scale =
        [bits.needed, bits.obtained, bits.attainable, decoy].into_iter().fold(1.0, f64::max);
    let mut out = format!("  {}\n", style("Evidence in bits").bold());
    let mut row = |name: &str, value: f64, paint: Style, note: &str| {
        let figure = if value < 0.0 { "–".to_owned() } else { format!("{value:.1}") };
        let filled = ((value.max(0.0) / scale) * BAR).round() as usize;
        let _ = writeln!(
            out,
            "  {name:<24}{}{} {figure:>6} {}",
            paint.apply_to("█".repeat(filled)),
            " ".repeat((BAR as usize).saturating_sub(filled)),
            style(note).dim()
        );
    };
    row("needed to name a copy", bits.needed, Style::new().dim(), "");
    if let Some(best) = best {
        row("the leading copy", bits.obtained, Style::new().red(), "");
        for says in &best.channels {
            let note = format!("agrees at {} of {} places", says.agrees, says.of);
            let name = format!("  by {}", says.channel);
            row(&name, says.bits, Style::new().magenta(), &note);
        }
    } else {
        row(
            "could be obtained",
            bits.attainable,
            Style::new().cyan(),
            "by any copy, from what was read",
        );
        // Kept back where nothing was found: it would tell about copies.
        if bits.obtained > 0.0 {
            row("best copy", bits.obtained, Style::new().cyan(), "");
        }
    }
    if finding.decoys.count > 0 {
        let note = format!("of {} invented readers", finding.decoys.count);
        row("best decoy", decoy, Style::new().dim(), &note);
    }
    out
}

fn papers(finding: &FindingReport) -> String {
    let rows = finding.papers.iter().map(|p| {
        let read = |r: &chancery_desk::Read| format!("{} of {}", r.read, r.offered);
        [
            p.paper.clone(),
            p.source_id.clone().unwrap_or_default(),
            p.subject.clone(),
            p.label.clone(),
            p.readers.to_string(),
            read(&p.sites.wording),
            read(&p.sites.characters),
            read(&p.sites.layout),
        ]
    });
    table(
        [
            "paper",
            "imported as",
            "subject",
            "label",
            "readers",
            "wording read",
            "characters read",
            "layout read",
        ],
        rows,
    )
}

/// The leak's text with its decisive places: for the leading copy green, against it red.
fn leaked(leak: &FoundLeak, most: usize) -> String {
    let mut out = String::new();
    let title = if leak.papers.is_empty() {
        format!("{}: from no paper of this archive ({} words)", leak.file, leak.words)
    } else {
        let from = leak.papers.join(", ");
        format!("{}: {} of {} words stand in {from}", leak.file, leak.matched, leak.words)
    };
    let _ = writeln!(out, "  {}", style(title).bold());
    if leak.places.is_empty() {
        return out;
    }
    let painted = painted(leak);
    for line in painted.iter().take(most) {
        let _ = writeln!(out, "  {} {line}", style("│").dim());
    }
    if painted.len() > most {
        let _ =
            writeln!(out, "  {}", style(format!("│ … {} more lines", painted.len() - most)).dim());
    }
    let _ = writeln!(
        out,
        "  {} {} {} {} {}",
        style("decisive places:").dim(),
        style("agrees").green().underlined(),
        style("differs").red().underlined(),
        style("·").green(),
        style("a marked space or sign").dim()
    );
    out
}

/// Wraps the text by itself, because colours have no width.
fn painted(leak: &FoundLeak) -> Vec<String> {
    let width = usize::from(super::width()).saturating_sub(6);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut column = 0;
    let mut places = leak.places.iter().filter(|p| p.bits.abs() > 0.01).peekable();
    let mut at = 0;
    let text = &leak.text;
    while at < text.len() {
        while places.peek().is_some_and(|p| p.end <= at) {
            places.next();
        }
        let place = places.peek().filter(|p| p.start <= at).copied();
        let end = match (place, places.peek()) {
            (Some(p), _) => p.end,
            (None, Some(next)) => next.start,
            (None, None) => text.len(),
        };
        let Some(piece) = text.get(at..end.min(text.len())) else { break };
        at = end.max(at + 1);
        for word in piece.split_inclusive(char::is_whitespace) {
            let broken = word.contains('\n');
            let shown = word.trim_end_matches(['\n', '\r']);
            let length = shown.chars().count();
            if column + length > width && column > 0 {
                lines.push(std::mem::take(&mut line));
                column = 0;
            }
            match place {
                None => line.push_str(&plain(shown)),
                Some(p) => {
                    let paint =
                        if p.bits > 0.0 { Style::new().green() } else { Style::new().red() };
                    if p.channel == "characters" && shown.trim().is_empty() {
                        let _ = write!(line, "{}", paint.apply_to("·"));
                    } else {
                        let _ = write!(line, "{}", paint.underlined().apply_to(plain(shown)));
                    }
                }
            }
            column += length;
            if broken {
                if column > 0 {
                    lines.push(std::mem::take(&mut line));
                }
                column = 0;
            }
        }
    }
    if column > 0 {
        lines.push(line);
    }
    lines
}

/// Text of a leak made safe for a terminal: no control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn level(alpha: f64) -> String {
    if alpha == 0.0 { "0 (nothing was spent)".to_owned() } else { chancery_desk::level(alpha) }
}

pub(crate) fn inquiry(state: &InquiryState) -> String {
    let mut out = format!(
        "{}: {}, opened by {}{}.\n",
        state.inquiry,
        state.state,
        state.opened_by,
        state.approved_by.as_ref().map(|p| format!(", approved by {p}")).unwrap_or_default()
    );
    if let Some(withdrawn) = &state.withdrawn {
        let _ = writeln!(
            out,
            "{} by {} (entry {} of the record): {}",
            style("Withdrawn").yellow(),
            withdrawn.by,
            withdrawn.leaf,
            plain(&withdrawn.reason)
        );
    }
    if let Some(report) = &state.finding {
        out.push('\n');
        out.push_str(&finding(report));
    }
    for answer in &state.answers {
        let _ = writeln!(out, "\nAnswered (entry {} of the record):", answer.leaf);
        for line in answer.text.lines() {
            let _ = writeln!(out, "{}", wrapped(&plain(line), "  "));
        }
    }
    out
}
