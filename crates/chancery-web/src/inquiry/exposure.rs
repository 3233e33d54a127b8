//! What an article quotes: the sentence, the article coloured by kind, the same in words as a table, and each
//! restricted passage beside the paper, word by word.

use axum::extract::{Multipart, State};
use chancery_desk::{Exposing, ExposureReport, LeakedPaper, QuotationKind, Quoted};
use maud::{Markup, html};

use super::{ALPHA, aligned, upload};
use crate::layout::{Frame, Marking, Section, docket_wide, label_inline, page};
use crate::passkey::proved;
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// Longest article that is shown whole, in bytes; of longer ones the paragraphs with quotations.
const WHOLE: usize = 200_000;
/// Most paragraphs, and most rows of the table.
const MOST: usize = 1_000;

/// Takes an article in and shows what it quotes. Nothing of the page is kept.
pub(super) async fn article(
    State(web): State<Shared>,
    visitor: Visitor,
    form: Multipart,
) -> Answer {
    let mut upload = upload::read(form).await?;
    if upload.files.len() > 1 {
        return Err(Trouble::Invalid("give one article at a time: a file, or pasted text".into()));
    }
    let Some(file) = upload.files.pop() else { return Err(Trouble::Absent) };
    if upload.trace {
        proved(&web, &visitor)?;
    }
    let request = Exposing { article: file, alpha: ALPHA, trace: upload.trace };
    let report = web.archive.expose(&request, Some(&visitor.person)).await?;
    let labels = report.leaked_papers.iter().map(|paper| paper.label.as_str());
    let frame = Frame::new("What an article quotes", Section::Inquiries)
        .label(Marking::highest(labels))
        .scripts(&["quotations.js"])
        .keys(&[("j", "next quotation"), ("k", "quotation before"), ("/", "search")]);
    Ok(page(&visitor, &frame, &draw(&report)))
}

fn draw(report: &ExposureReport) -> Markup {
    html! {
        div.head {
            h1 { "What " (report.article.file) " quotes" }
            @if report.exercise { span.pill { "Exercise" } }
        }
        section.verdict.one aria-label="Result" {
            div {
                p.say { (words::figures(&report.statement)) }
                p.about { b { "This speaks of texts, not of people. " } "A quotation shows which paper the words are from. Whose copy it was takes an inquiry, and more words than most articles have." }
            }
        }
        @for contradiction in &report.contradictions {
            p.note.spaced { b { "Quotation " (contradiction.quotation + 1) ": " } (contradiction.says) "." }
        }
        div.two.spaced {
            section aria-labelledby="printed-h" {
                h2 #printed-h { "What was printed" }
                (legend())
                div.panel.article lang="en-GB" { (printed(report)) }
            }
            section aria-labelledby="kinds-h" {
                h2 #kinds-h { "Where each quotation comes from" }
                (table(report))
            }
        }
        @for paper in &report.leaked_papers { (leaked(report, paper)) }
        (reported(report))
        section.sec aria-labelledby="searched-h" {
            h2 #searched-h { "What was searched" }
            p { (words::number(report.papers as u64)) " papers that you may read and " (words::number(report.public_texts as u64)) " public texts. What you may not read was not looked at. The record holds the article’s fingerprint, and which of your copies were opened." }
            @for limit in &report.limits { p { "Not everything: " (limit) "." } }
            p { "Fingerprint " code { (report.article.sha256) } }
            p { a href="/inquiries" { "Look into another article, or open an inquiry" } }
        }
    }
}

fn legend() -> Markup {
    html! {
        p.legend.kinds {
            span { span.kind.restricted { "Restricted" } }
            span { span.kind.authorised { "Authorised" } }
            span { span.kind.public { "Public" } }
            span { span.kind.unknown { "Unknown" } }
        }
    }
}

/// The article with its quotations underlined by kind and numbered.
fn printed(report: &ExposureReport) -> Markup {
    let text = report.article.text.as_str();
    let whole = text.len() <= WHOLE;
    let mut shown = Vec::new();
    let mut more = false;
    for (span, inside) in report.paragraphs(WHOLE) {
        if shown.len() >= MOST {
            more = true;
            break;
        }
        shown.push(paragraph(text, &span, &inside));
    }
    html! {
        @for paragraph in &shown { (paragraph) }
        @if !whole { p.soft { "Only the paragraphs with quotations are shown." } }
        @if more { p.soft { "What follows is left out here; the table has more." } }
    }
}

fn paragraph(text: &str, span: &std::ops::Range<usize>, inside: &[(usize, &Quoted)]) -> Markup {
    let slice = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut parts = Vec::new();
    let mut at = span.start;
    for (number, quoted) in inside {
        let (start, end) = (quoted.start.max(at), quoted.end.min(span.end).max(at));
        parts.push(html! { (slice(at, start)) });
        let n = number + 1;
        let words = html! {
            span class={ "q " (quoted.kind.word()) } { (slice(start, end)) }
            a class={ "qn " (quoted.kind.word()) } href={ "#q" (n) } { span.vh { "Quotation " } (n) }
        };
        parts.push(words);
        at = end;
    }
    parts.push(html! { (slice(at, span.end).trim_end()) });
    html! { p { @for part in &parts { (part) } } }
}

fn table(report: &ExposureReport) -> Markup {
    html! {
        table.qlist.stackt {
            caption.vh { "Quotations, their kinds and their sources" }
            thead { tr { th scope="col" { "No." } th scope="col" { "Kind" } th scope="col" { "Source and how sure" } } }
            tbody {
                @if report.quotations.is_empty() { tr { td colspan="3" { "There is no quotation in it." } } }
                @for (at, quoted) in report.quotations.iter().enumerate().take(MOST) { (line(at, quoted)) }
            }
        }
    }
}

fn line(at: usize, quoted: &Quoted) -> Markup {
    let n = at + 1;
    html! {
        tr id={ "q" (n) } tabindex="-1" data-row {
            td { (n) }
            td { span class={ "kind " (quoted.kind.word()) } { (kind(quoted.kind)) } }
            td {
                p { @match &quoted.paper {
                    Some(paper) if quoted.kind == QuotationKind::Restricted => a href={ "#" (paper) } { (paper) },
                    Some(paper) => (paper),
                    None => "No text is named",
                } @if let Some(label) = &quoted.label { span.soft { ", " (label) } } }
                p.soft { (words::figures(&quoted.significance.says)) "." }
                @if let Some(speaker) = &quoted.speaker { p.soft { "Said by " (speaker) ", as printed." } }
                @if !quoted.also_matches.is_empty() { p.soft { "The words are also in " @for (i, other) in quoted.also_matches.iter().take(5).enumerate() { @if i > 0 { ", " } (other.paper) } @if quoted.also_matches.len() > 5 { " and others" } "." } }
            }
        }
    }
}

const fn kind(kind: QuotationKind) -> &'static str {
    match kind {
        QuotationKind::Restricted => "Restricted",
        QuotationKind::Authorised => "Authorised",
        QuotationKind::Public => "Public",
        QuotationKind::Unknown => "Unknown",
    }
}

/// One restricted paper: its docket, its passages word by word, what can be said about copies.
fn leaked(report: &ExposureReport, paper: &LeakedPaper) -> Markup {
    let marking = Marking::read(&paper.label);
    let numbers: Vec<String> = paper.quotations.iter().map(|q| (q + 1).to_string()).collect();
    let head = format!("head-{}", paper.paper);
    let quotations = match numbers.as_slice() {
        [one] => format!("Quotation {one}, word by word"),
        [first @ .., last] => format!("Quotations {} and {last}, word by word", first.join(", ")),
        [] => "Word by word".to_owned(),
    };
    let lines = [
        ("Paper", html! { (paper.paper) ", " (paper.subject) }),
        ("Label", label_inline(marking.as_ref())),
        (
            "Quoted",
            html! { (paper.words) " words" @if let Some(joint) = paper.joint { br; small.soft { (joint.as_high) " of " (words::number(joint.decoys as u64)) " decoy articles point as strongly at any paper" } } },
        ),
        ("Could have had it", html! { (words::number(paper.readers as u64)) " persons" }),
    ];
    html! {
        section.sec id=(paper.paper) aria-labelledby=(head) {
            h2 id=(head) { (quotations) }
            (docket_wide(&lines))
            div.two {
                div.panel { @for passage in &paper.passages { (aligned::passage(report, passage)) } }
                div.stack {
                    p { b { "Which paper. " } @if paper.carriers.is_empty() { "The words above are from the article, those below from your own copy." } @else { "The same passage is carried on in " (paper.carriers.join(", ")) "; " (paper.paper) " is the earliest." } }
                    p { b { "Whose copy. " } (words::figures(&paper.copy.says)) }
                    @if let Some(inquiry) = &paper.copy.inquiry { p { a href={ "/inquiries/" (inquiry) } { "Inquiry " (inquiry) } } }
                    (aligned::key())
                }
            }
        }
    }
}

/// Indirect speech, as a table.
fn reported(report: &ExposureReport) -> Markup {
    if report.paraphrases.is_empty() {
        return html! {};
    }
    html! {
        section.sec aria-labelledby="reported-h" {
            h2 #reported-h { "Reported without quotation marks" }
            p.soft { "Listed and not compared: other people’s words carry no marks." }
            table.stackt {
                thead { tr { th scope="col" { "Speaker" } th scope="col" { "What is reported" } } }
                tbody { @for p in report.paraphrases.iter().take(MOST) { tr { td { (p.speaker.as_deref().unwrap_or("nobody named")) } td { (p.text) } } } }
            }
        }
    }
}
