//! Lists of papers, one paper, and what an import or a release did.

use chancery_desk::{Imported, ListedPaper, ReleaseReport, ShownPaper};
use chancery_domain::{Addressed, PaperState};
use console::style;

use super::{table, wrapped};

pub(crate) fn papers(all: &[ListedPaper]) -> String {
    let rows = all.iter().map(|p| {
        [
            p.paper.clone(),
            p.source_id.clone().unwrap_or_default(),
            p.label.clone(),
            p.subject.clone(),
            state(p.state).to_owned(),
            p.words.to_string(),
            format!("{} + {}", p.sites.wording, p.sites.characters),
        ]
    });
    table(["paper", "imported as", "label", "subject", "state", "words", "places"], rows)
}

const fn state(state: PaperState) -> &'static str {
    match state {
        PaperState::Draft => "draft",
        PaperState::Approved => "approved",
        PaperState::Released => "released",
    }
}

pub(crate) fn paper(paper: &ShownPaper) -> String {
    let p = &paper.listed;
    let mut out = format!("{}\n\n", style(&p.label).bold());
    let offices = |of: Addressed| -> String {
        let all = paper.distribution.iter().filter(|(_, a)| *a == of);
        all.map(|(office, _)| office.to_string()).collect::<Vec<_>>().join(", ")
    };
    let lines = [
        ("paper", format!("{} ({})", p.paper, state(p.state))),
        ("imported as", p.source_id.clone().unwrap_or_default()),
        ("from", offices(Addressed::Origin)),
        ("action", offices(Addressed::Action)),
        ("info", offices(Addressed::Info)),
        ("subject", p.subject.clone()),
        ("places", format!("{} in wording, {} in characters", p.sites.wording, p.sites.characters)),
        ("copies", format!("{} handed out", paper.copies)),
    ];
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        let text = wrapped(&value, &" ".repeat(13));
        let text = text.get(13..).unwrap_or_default();
        out.push_str(&format!("{}{text}\n", style(format!("{name:<13}")).dim()));
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
        "Released {}: {} places in wording, {} in characters; entry {} of the record.",
        report.paper, report.wording, report.characters, report.leaf
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
