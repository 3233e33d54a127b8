//! What an article quotes, as one HTML file: no script, nothing fetched from elsewhere.
//!
//! The sentence comes first; then the article with its quotations underlined by kind and numbered, and
//! beside each paragraph what its quotations are from, word by word; then the same as tables.

use std::fmt::Write as _;

use chancery_desk::{CellKind, ExposureReport, LeakedPaper, Passage, QuotationKind, Quoted};

const STYLE: &str = include_str!("exposure.css");
/// Longest article that is printed whole; of longer ones the paragraphs with quotations.
const WHOLE: usize = 200_000;
/// Most paragraphs that are printed.
const MOST_PARAGRAPHS: usize = 2_000;

pub(crate) fn exposure_page(report: &ExposureReport) -> String {
    let mut out = String::with_capacity(report.article.text.len() * 2 + 16_384);
    let title = escape(&report.article.file);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>What {title} quotes</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>What {title} quotes</h1>\n<p class=\"hint\">{}{} papers and {} public texts were searched. SHA-256 of the article: {}</p>\n<p class=\"verdict\">{}</p>\n",
        if report.exercise { "EXERCISE. " } else { "" },
        report.papers,
        report.public_texts,
        report.article.sha256,
        escape(&report.statement),
    );
    for contradiction in &report.contradictions {
        let (number, says) = (contradiction.quotation + 1, escape(&contradiction.says));
        let _ = writeln!(out, "<p><strong>Contradiction at {number}:</strong> {says}.</p>");
    }
    article(&mut out, report);
    if !report.leaked_papers.is_empty() {
        out.push_str("<h2>Papers that are quoted</h2>\n");
        report.leaked_papers.iter().for_each(|paper| leaked(&mut out, paper));
    }
    quotations(&mut out, report);
    paraphrases(&mut out, report);
    for limit in &report.limits {
        let _ = writeln!(out, "<p>Not everything: {}.</p>", escape(limit));
    }
    out.push_str("<p class=\"hint\">A finding speaks of texts and copies, never of who held them.</p>\n</main>\n</body>\n</html>\n");
    out
}

fn article(out: &mut String, report: &ExposureReport) {
    out.push_str("<h2>The article</h2>\n<ul class=\"legend\">\n");
    for (kind, line) in [
        (
            QuotationKind::Restricted,
            "solid line: from a restricted paper, or leaked as the article says",
        ),
        (QuotationKind::Authorised, "double line: from a letter that its author gave out"),
        (QuotationKind::Public, "dashed line: said or written for everybody"),
        (QuotationKind::Unknown, "dotted line: neither register nor article say"),
    ] {
        let word = kind.word();
        let _ = writeln!(out, "<li><span class=\"word {word}\">{word}</span> {line}</li>");
    }
    out.push_str("</ul>\n<div class=\"sheet\">\n");
    let text = &report.article.text;
    let mut printed = 0;
    for (span, inside) in report.paragraphs(WHOLE) {
        printed += 1;
        if printed > MOST_PARAGRAPHS {
            out.push_str("<p>What follows is left out here; the JSON has every quotation.</p>\n");
            break;
        }
        out.push_str("<div class=\"row\">\n<p class=\"article\">");
        let mut at = span.start;
        for (number, quoted) in &inside {
            let (start, end) = (quoted.start.max(span.start), quoted.end.min(span.end));
            out.push_str(&escape(text.get(at..start).unwrap_or_default()));
            let (kind, n) = (quoted.kind.word(), number + 1);
            let _ = write!(
                out,
                "<span class=\"mark {kind}\">{}</span><sup><a href=\"#q{n}\">{n}</a></sup>",
                escape(text.get(start..end).unwrap_or_default())
            );
            at = end;
        }
        out.push_str(&escape(text.get(at..span.end).unwrap_or_default().trim_end()));
        out.push_str("</p>\n<div class=\"side\">\n");
        for (number, quoted) in inside.iter().filter(|(_, q)| q.start >= span.start) {
            beside(out, report, *number, quoted);
        }
        out.push_str("</div>\n</div>\n");
    }
    out.push_str("</div>\n");
}

fn beside(out: &mut String, report: &ExposureReport, number: usize, quoted: &Quoted) {
    let kind = quoted.kind.word();
    let n = number + 1;
    let speaker = quoted.speaker.as_deref().unwrap_or("nobody named");
    let _ = write!(
        out,
        "<div class=\"note\" id=\"q{n}\">\n<p><strong>{n}</strong> <span class=\"word {kind}\">{kind}</span>, {}",
        escape(speaker)
    );
    match (&quoted.paper, &quoted.label) {
        (Some(paper), Some(label)) => {
            let _ = write!(out, ", from {} ({})", escape(paper), escape(label));
        }
        _ => out.push_str(", no text named"),
    }
    let _ = writeln!(out, "</p>\n<p>{}.</p>", escape(&quoted.significance.says));
    let passages = report.leaked_papers.iter().flat_map(|paper| &paper.passages);
    for passage in passages.filter(|p| p.quotation == number) {
        cells(out, passage);
    }
    out.push_str("</div>\n");
}

/// Article above, paper below, a word for each difference.
fn cells(out: &mut String, passage: &Passage) {
    out.push_str("<p class=\"key\">Article above, paper below.</p>\n<div class=\"cells\">\n");
    let dots = |text: &str| if text.is_empty() { String::new() } else { format!("… {text}") };
    let edge = |out: &mut String, text: String| {
        if !text.is_empty() {
            let _ = writeln!(
                out,
                "<span class=\"cell\"><b>&nbsp;</b><b class=\"none\">{}</b><i></i></span>",
                escape(&text)
            );
        }
    };
    edge(out, dots(&last_words(&passage.before)));
    for cell in &passage.cells {
        let (class, word) = match cell.kind {
            CellKind::Same => ("cell", ""),
            CellKind::Alike => ("cell alike", cell.kind.word()),
            _ => ("cell diff", cell.kind.word()),
        };
        let side = |text: &str| match text.is_empty() {
            true => "<b class=\"none\">–</b>".to_owned(),
            false => format!("<b>{}</b>", escape(text)),
        };
        let (above, below) = (side(&cell.article), side(&cell.paper));
        let _ = writeln!(out, "<span class=\"{class}\">{above}{below}<i>{word}</i></span>");
    }
    out.push_str("</div>\n");
}

fn last_words(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().rev().take(5).collect();
    words.reverse();
    words.join(" ")
}

fn leaked(out: &mut String, paper: &LeakedPaper) {
    let _ = write!(out, "<h3>{}: {}</h3>\n<dl>\n", escape(&paper.paper), escape(&paper.subject));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value));
        }
    };
    let numbers: Vec<String> = paper.quotations.iter().map(|q| (q + 1).to_string()).collect();
    line("label", &paper.label);
    line("imported as", paper.source_id.as_deref().unwrap_or_default());
    line("date", paper.date.as_deref().unwrap_or_default());
    line("quotations", &format!("{}; {} words", numbers.join(", "), paper.words));
    line("carried on by", &paper.carriers.join(", "));
    if let Some(joint) = paper.joint {
        line(
            "decoys",
            &format!(
                "{} of {} decoy articles point as strongly at any paper; rate at most {:.3} at 95 %",
                joint.as_high, joint.decoys, joint.upper
            ),
        );
    }
    line("readers", &format!("{} persons could have had it", paper.readers));
    line("copy", &paper.copy.says);
    out.push_str("</dl>\n");
}

fn quotations(out: &mut String, report: &ExposureReport) {
    if report.quotations.is_empty() {
        return;
    }
    out.push_str("<h2>The quotations as a table</h2>\n<div class=\"scroll\">\n<table>\n<tr><th>No.</th><th>quotation</th><th>speaker</th><th>kind</th><th>from</th><th>what that means</th></tr>\n");
    for (at, quoted) in report.quotations.iter().enumerate().take(MOST_PARAGRAPHS) {
        let also: Vec<&str> = quoted.also_matches.iter().map(|m| m.paper.as_str()).collect();
        let mut from = quoted.paper.clone().unwrap_or_else(|| "none named".to_owned());
        if !also.is_empty() {
            let _ = write!(from, "; words also in {}", also.join(", "));
        }
        let kind = quoted.kind.word();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><span class=\"word {kind}\">{kind}</span></td><td>{}</td><td>{}</td></tr>",
            at + 1,
            escape(&quoted.text),
            escape(quoted.speaker.as_deref().unwrap_or_default()),
            escape(&from),
            escape(&quoted.significance.says)
        );
    }
    out.push_str("</table>\n</div>\n");
}

fn paraphrases(out: &mut String, report: &ExposureReport) {
    if report.paraphrases.is_empty() {
        return;
    }
    out.push_str("<h2>Indirect speech</h2>\n<div class=\"scroll\">\n<table>\n<tr><th>No.</th><th>what is reported</th><th>speaker</th><th>reporting clause</th><th>claim</th></tr>\n");
    for (at, p) in report.paraphrases.iter().enumerate().take(MOST_PARAGRAPHS) {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            at + 1,
            escape(&p.text),
            escape(p.speaker.as_deref().unwrap_or_default()),
            escape(&p.cue),
            p.claim
        );
    }
    out.push_str("</table>\n</div>\n");
}

/// Text made safe for HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
