//! What comes after a finding: packs verified, names opened, notices to readers.

use std::fmt::Write as _;

use chancery_desk::{Notified, Revealed};
use chancery_verify::{Authority, Verified};
use console::style;

use super::{table, wrapped};

pub(crate) fn verified_finding(verified: &Verified) -> String {
    let finding = &verified.finding;
    let authority = match verified.authority {
        Authority::Witnessed => style(verified.authority.says()).green(),
        Authority::Log | Authority::Consistent => style(verified.authority.says()).yellow(),
    };
    let mut out = format!("{authority}\n");
    if let Some(at) = verified.witnessed_at {
        let _ =
            writeln!(out, "Witnessed by {at} (seconds since 1970), record of {}.", verified.log);
    }
    if finding.exercise {
        let _ = writeln!(out, "{}", style("EXERCISE: its readers are invented.").yellow());
    }
    if !verified.extracted_again {
        out.push_str(
            "Not read again: the leaks (the pack is redacted, or one is a PDF); what was read of them is what the record fixed before scoring.\n",
        );
    }
    if let Some(engine) = &verified.page_engine {
        let _ = writeln!(
            out,
            "Places of words were read from pages with {engine}; whoever has it can repeat that."
        );
    }
    let _ = write!(out, "\n{}\n\n", wrapped(&finding.statement, "  "));
    let rows = finding.named.iter().map(|copy| {
        [
            copy.copies.join(", "),
            copy.p_adjusted.clone(),
            copy.p.clone(),
            copy.model.clone(),
            copy.round.to_string(),
            copy.route.clone(),
        ]
    });
    out.push_str(&table(["copy", "bound", "tail", "model", "round", "route"], rows));
    let rows = finding
        .papers
        .iter()
        .map(|paper| [paper.paper.clone(), format!("{} of {}", paper.read, paper.offered)]);
    let _ = write!(out, "\n{}", table(["paper", "places read"], rows));
    let _ = writeln!(
        out,
        "\n\n{}: attempt {}, levels so far {}; N = {}; pack {}.",
        finding.inquiry,
        finding.attempt,
        finding.summed_alpha,
        finding.readers,
        verified.pack_sha256
    );
    if finding.exports > 0 {
        let _ = writeln!(
            out,
            "All copies of a paper were exported into one hand before the leak, {} times.",
            finding.exports
        );
    }
    out
}

pub(crate) fn revealed(revealed: &Revealed) -> String {
    let rows = revealed.copies.iter().map(|copy| {
        [
            copy.copy.clone(),
            copy.reader.to_string(),
            copy.office.as_ref().map(ToString::to_string).unwrap_or_default(),
            copy.bound.to_string(),
        ]
    });
    format!(
        "{}\n\nOpened for both officers of {} (entry {} of the record). It says whose copy this was, not who passed its text on.",
        table(["copy", "reader", "opened through", "bound by entry"], rows),
        revealed.inquiry,
        revealed.leaf
    )
}

pub(crate) fn notices(notices: &[Notified]) -> String {
    if notices.is_empty() {
        return "No inquiry to tell you of.".to_owned();
    }
    let rows = notices.iter().map(|notice| {
        let says = match (notice.names_you, notice.withdrawn) {
            (true, false) => "names a copy of yours: chancery inquiry show ID --pack FILE",
            (true, true) => "named a copy of yours, and was withdrawn",
            (false, _) => "names no copy of yours",
        };
        let papers = match notice.papers.as_slice() {
            [] => "papers that you may no longer see".to_owned(),
            papers => papers.join(", "),
        };
        [notice.inquiry.clone(), notice.ended.to_string(), papers, says.to_owned()]
    });
    table(["inquiry", "ended", "about", ""], rows)
}
