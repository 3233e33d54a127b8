//! A finding as one HTML file: no script, nothing fetched from elsewhere.
//!
//! The sentence comes first, then each picture, or page of a PDF, with its words outlined and the decisive
//! places marked, the weightiest of them enlarged; then the text of other leaks.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chancery_desk::{FindingReport, FoundLeak, FoundMark, FoundPage, FoundWord};

use super::exposure_page::escape;

const STYLE: &str = include_str!("finding.css");
/// Places that weigh less than this, in bits, say nothing.
const LEAST: f64 = 0.01;
/// Places that are enlarged.
const ENLARGED: usize = 9;
/// Words before and after an enlarged place.
const BESIDE: usize = 1;

pub(crate) fn finding_page(report: &FindingReport) -> String {
    let mut out = String::with_capacity(64 << 10);
    let title = format!("Inquiry {}", escape(&report.inquiry));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p class=\"hint\">{}Entry {} of the record holds what was fixed before scoring.</p>\n<p class=\"verdict\">{}</p>\n",
        if report.exercise { "EXERCISE. " } else { "" },
        report.entry,
        escape(&report.statement),
    );
    for copy in report.named.iter().chain(&report.leading) {
        let says = copy.channels.iter().map(|says| {
            format!("{} agrees at {} of {} places", says.channel, says.agrees, says.of)
        });
        let says: Vec<String> = says.collect();
        let _ = writeln!(
            out,
            "<p><strong>{}</strong>: {}.</p>",
            escape(&copy.copies.join(", ")),
            escape(&says.join("; "))
        );
    }
    for (number, leak) in report.leaks.iter().enumerate() {
        leaked(&mut out, number, leak);
    }
    if !report.named.is_empty() || !report.leading.is_empty() {
        out.push_str("<h2>Conditions of the statement</h2>\n<ol>\n");
        for condition in &report.conditions {
            let _ = writeln!(out, "<li>{}</li>", escape(condition));
        }
        out.push_str("</ol>\n");
    }
    out.push_str("<p class=\"hint\">A finding speaks of copies, never of who held them.</p>\n</main>\n</body>\n</html>\n");
    out
}

fn leaked(out: &mut String, number: usize, leak: &FoundLeak) {
    let _ = writeln!(
        out,
        "<h2>{}</h2>\n<p class=\"hint\">SHA-256 {}</p>\n<p>{}</p>",
        escape(&leak.file),
        leak.sha256,
        if leak.papers.is_empty() {
            format!("From no paper of this archive; {} words.", leak.words)
        } else {
            let from = leak.papers.join(", ");
            format!("{} of {} words stand in {from}.", leak.matched, leak.words)
        }
    );
    for (at, page) in leak.pages.iter().enumerate() {
        let label =
            format!("Picture {}: {} words of {} recognised", page.picture, words(page), page.paper);
        picture(out, &format!("p{number}-{at}"), page, &label, photograph(page));
    }
    for (at, page) in leak.sheets.iter().enumerate() {
        let label = format!("Page {}: {} words in their places", page.picture, words(page));
        picture(out, &format!("s{number}-{at}"), page, &label, Some(set(page)));
    }
    if leak.pages.is_empty() && leak.sheets.is_empty() && !leak.places.is_empty() {
        text(out, leak);
    }
}

fn words(page: &FoundPage) -> usize {
    page.lines.iter().map(Vec::len).sum()
}

/// The pixels of a picture.
fn photograph(page: &FoundPage) -> Option<String> {
    let (width, height) = (page.width, page.height);
    (!page.jpeg.is_empty()).then(|| {
        let data = STANDARD.encode(&page.jpeg);
        format!(
            "<image width=\"{width}\" height=\"{height}\" href=\"data:image/jpeg;base64,{data}\"/>"
        )
    })
}

/// The words of a page where its file puts them, in whatever type there is, brought to their widths.
fn set(page: &FoundPage) -> String {
    let mut out = String::new();
    for word in page.lines.iter().flatten() {
        let [[left, top], [right, _], [_, bottom], _] = word.corners;
        let size = bottom.saturating_sub(top);
        let _ = write!(
            out,
            "<text x=\"{left}\" y=\"{}\" font-size=\"{size}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            bottom.saturating_sub(size / 4),
            right.saturating_sub(left),
            escape(&word.text)
        );
    }
    out
}

/// A page with outlines over it; what it shows is in the file once, and enlargements show parts of it.
fn picture(out: &mut String, id: &str, page: &FoundPage, shows: &str, drawn: Option<String>) {
    let (width, height) = (page.width, page.height);
    let places: Vec<&FoundMark> = page.places.iter().filter(|p| p.bits.abs() > LEAST).collect();
    let against = places.iter().filter(|p| p.bits < 0.0).count();
    let label = format!(
        "{}; {} places agree with the copy, {against} do not",
        escape(shows),
        places.len() - against
    );
    let _ = write!(
        out,
        "<figure>\n<svg class=\"page\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">\n"
    );
    if let Some(drawn) = &drawn {
        let _ = writeln!(out, "<defs><g id=\"{id}\">{drawn}</g></defs>\n<use href=\"#{id}\"/>");
    }
    let words = page.lines.iter().flatten();
    outlined(out, "seen", words.map(std::slice::from_ref));
    for (class, sign) in [("yes", 1.0), ("no", -1.0)] {
        let own = places.iter().filter(|p| p.bits * sign > 0.0);
        outlined(out, class, own.filter_map(|place| words_of(page, place)));
    }
    let _ = write!(
        out,
        "</svg>\n<figcaption>{label}. Thin: recognised. Thick: agrees. Dashed: does not agree.</figcaption>\n</figure>\n"
    );
    if drawn.is_none() || places.is_empty() {
        return;
    }
    let mut heavy = places;
    heavy.sort_by(|a, b| b.bits.abs().total_cmp(&a.bits.abs()));
    out.push_str("<div class=\"enlarged\">\n");
    for place in heavy.into_iter().take(ENLARGED) {
        enlarged(out, id, page, place);
    }
    out.push_str("</div>\n");
}

fn words_of<'a>(page: &'a FoundPage, place: &FoundMark) -> Option<&'a [FoundWord]> {
    let line = page.lines.get(place.line)?;
    line.get(place.first..place.end.min(line.len())).filter(|words| !words.is_empty())
}

/// Outlines around words that stand together.
fn outlined<'a>(out: &mut String, class: &str, groups: impl Iterator<Item = &'a [FoundWord]>) {
    let mut path = String::new();
    for words in groups {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { continue };
        let [a, _, _, d] = first.corners;
        let [_, b, c, _] = last.corners;
        let _ = write!(
            path,
            "M{} {}L{} {}L{} {}L{} {}Z",
            a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]
        );
    }
    if !path.is_empty() {
        let _ = writeln!(out, "<path class=\"{class}\" d=\"{path}\"/>");
    }
}

/// A place between its neighbours, with a word for what it says.
fn enlarged(out: &mut String, id: &str, page: &FoundPage, place: &FoundMark) {
    let (Some(line), Some(words)) = (page.lines.get(place.line), words_of(page, place)) else {
        return;
    };
    let around = place.first.saturating_sub(BESIDE)..(place.end + BESIDE).min(line.len());
    let corners = line.get(around).unwrap_or_default().iter().flat_map(|word| word.corners);
    let corners: Vec<[i32; 2]> = corners.collect();
    let range = |axis: usize| {
        let values = corners.iter().map(|corner| corner[axis]);
        (values.clone().min().unwrap_or(0) - 6, values.max().unwrap_or(0) + 6)
    };
    let ((left, right), (top, bottom)) = (range(0), range(1));
    let class = if place.bits > 0.0 { "yes" } else { "no" };
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let says = match place.shift {
        Some(shift) => {
            let side = if shift < 0.0 { "left" } else { "right" };
            format!("stands {:.2} pt to the {side} of the middle", shift.abs())
        }
        None => "reads so".to_owned(),
    };
    let agrees = if place.bits > 0.0 { "agrees" } else { "does not agree" };
    let _ = write!(
        out,
        "<figure>\n<svg viewBox=\"{left} {top} {} {}\" role=\"img\" aria-hidden=\"true\"><use href=\"#{id}\"/>",
        right.saturating_sub(left),
        bottom.saturating_sub(top)
    );
    outlined(out, class, std::iter::once(words));
    let _ = write!(
        out,
        "</svg>\n<figcaption>“{}” {says}; {agrees} ({:.1} bits)</figcaption>\n</figure>\n",
        escape(&text.join(" ")),
        place.bits.abs()
    );
}

/// The text of a leak with its decisive places.
fn text(out: &mut String, leak: &FoundLeak) {
    out.push_str("<p class=\"text\">");
    let mut at = 0;
    for place in leak.places.iter().filter(|p| p.bits.abs() > LEAST) {
        let (start, end) = (place.start.max(at), place.end.max(at));
        out.push_str(&escape(leak.text.get(at..start).unwrap_or_default()));
        let class = if place.bits > 0.0 { "yes" } else { "no" };
        let words = escape(leak.text.get(start..end).unwrap_or_default());
        let _ = write!(out, "<span class=\"{class}\">{words}</span>");
        at = end;
    }
    out.push_str(&escape(leak.text.get(at..).unwrap_or_default()));
    out.push_str("</p>\n");
}
