//! Lists of papers, one paper, and what an import or a release did.

use chancery_desk::{Imported, ListedPaper, ReleaseReport, ShownPaper};
use chancery_domain::{Addressed, Dtg, PaperKind, Relation, Tag};
use console::style;

use super::{table, wrapped};

pub(crate) fn papers(all: &[ListedPaper]) -> String {
    let rows = all.iter().map(|p| {
        let mut subject = p.subject.clone();
        for notice in &p.notices {
            subject.push_str(&format!(" [{notice}]"));
        }
        let state = match p.kind {
            PaperKind::Cable => p.state.word().to_owned(),
            kind => format!("{}, {kind}", p.state.word()),
        };
        [
            p.paper.clone(),
            p.source_id.clone().or_else(|| p.serial.clone()).unwrap_or_default(),
            p.label.clone(),
            subject,
            p.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(", "),
            state,
            p.words.to_string(),
            format!("{} + {}", p.sites.wording, p.sites.characters),
        ]
    });
    table(["paper", "number", "label", "subject", "tags", "state", "words", "places"], rows)
}

pub(crate) fn paper(paper: &ShownPaper) -> String {
    let p = &paper.listed;
    let mut out = format!("{}\n\n", style(&p.label).bold());
    for notice in &p.notices {
        out.push_str(&format!("{}\n\n", style(format!("This paper is {notice}.")).bold()));
    }
    let offices = |of: Addressed| -> String {
        let all = paper.distribution.iter().filter(|(_, a)| *a == of);
        all.map(|(office, _)| office.to_string()).collect::<Vec<_>>().join(", ")
    };
    // What the heading says, and after release also whom that was.
    let addressed = |heading: &str, offices: String| match (heading, offices.as_str()) {
        (heading, "") => heading.to_owned(),
        (heading, offices) if heading == offices || heading.is_empty() => offices.to_owned(),
        (heading, offices) => format!("{heading} (went to {offices})"),
    };
    let [action, info, exempted] = &paper.addressed;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| Dtg::utc(at).to_string());
    let refs: Vec<&str> = paper.head.refs.iter().map(|r| r.paper.as_str()).collect();
    let clearing = paper.clearing.iter().map(|(office, given)| {
        if *given { format!("{office} (cleared)") } else { format!("{office} (asked)") }
    });
    let lines = [
        ("paper", format!("{} ({}, {})", p.paper, p.kind, p.state.word())),
        ("imported as", p.source_id.clone().unwrap_or_default()),
        ("number", p.serial.clone().unwrap_or_default()),
        ("released", paper.dtg.clone().unwrap_or_default()),
        ("from", p.office.clone()),
        ("action", addressed(action, offices(Addressed::Action))),
        ("info", addressed(info, offices(Addressed::Info))),
        ("exempted", exempted.clone()),
        (
            "book",
            if paper.book {
                "recipients are hidden from one another".into()
            } else {
                String::new()
            },
        ),
        ("precedence", p.precedence.clone()),
        ("due", time(paper.head.due).unwrap_or_default()),
        (
            if p.kind == PaperKind::Statement { "public from" } else { "embargo" },
            time(paper.lifts).unwrap_or_default(),
        ),
        ("tags", p.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(", ")),
        ("refers to", refs.join(", ")),
        (
            "does",
            paper.sequel.as_ref().map_or_else(String::new, |(relation, target)| match relation {
                Relation::Corrects => format!("corrects {target}"),
                Relation::Cancels => format!("cancels {target}"),
            }),
        ),
        ("subject", p.subject.clone()),
        ("clearance", clearing.collect::<Vec<_>>().join(", ")),
        ("places", format!("{} in wording, {} in characters", p.sites.wording, p.sites.characters)),
        ("copies", format!("{} handed out", paper.copies)),
    ];
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        let text = wrapped(&value, &" ".repeat(13));
        let text = text.get(13..).unwrap_or_default();
        out.push_str(&format!("{}{text}\n", style(format!("{name:<13}")).dim()));
    }
    if !paper.history.is_empty() {
        out.push_str(&format!("\n{}\n", super::circulation::history(&paper.history)));
    }
    for paragraph in &paper.paragraphs {
        out.push('\n');
        out.push_str(&wrapped(paragraph, ""));
        out.push('\n');
    }
    out
}

pub(crate) fn released(report: &ReleaseReport) -> String {
    let mut out = format!(
        "Released {}{} at {}: {} places in wording, {} in characters, {} in layout; entry {} of the record.",
        report.paper,
        report.serial.as_ref().map(|serial| format!(" as {serial}")).unwrap_or_default(),
        report.dtg,
        report.wording,
        report.characters,
        report.layout,
        report.leaf
    );
    if report.struck > 0 {
        out.push_str(&format!(
            "\n{} places could not be read back surely and were struck for everyone.",
            report.struck
        ));
    }
    out
}

pub(crate) fn imported(report: &Imported, exercise: Option<u32>) -> String {
    let there = match report.skipped {
        0 => String::new(),
        n => format!(" {n} were there already."),
    };
    match exercise {
        Some(readers) => format!(
            "EXERCISE: released {} cables to {readers} invented readers (r0001 …).{there}",
            report.added
        ),
        None => format!("Took in {} drafts.{there}", report.added),
    }
}
