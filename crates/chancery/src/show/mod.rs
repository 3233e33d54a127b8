//! What people see on the terminal: tables that fit it, bars for long work, findings as pictures.

mod check;
mod circulation;
mod contest;
mod exposure;
mod exposure_page;
mod finding;
mod finding_page;
mod papers;
mod policy;
mod postings;
mod progress;
mod public;
mod record;
mod retention;
mod search;
mod tenure;
mod vault;

use std::path::Path;

use chancery_desk::{Status, Verified};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use console::style;

pub(crate) use check::check;
pub(crate) use circulation::{acted, collectives, house, inbox, list};
pub(crate) use contest::{notices, revealed, verified_finding};
pub(crate) use exposure::{exposure, exposure_brief};
pub(crate) use exposure_page::exposure_page;
pub(crate) use finding::{finding, finding_brief, inquiry};
pub(crate) use finding_page::finding_page;
pub(crate) use papers::{imported, paper, papers, released};
pub(crate) use policy::policy;
pub(crate) use postings::{certificate, handovers, office_on, postings, readers, vacancies};
pub(crate) use progress::Progress;
pub(crate) use public::{filed, public_text, public_texts};
pub(crate) use record::{checked_receipt, epoch, proved, published};
pub(crate) use retention::{due, redacted, retention, verified_redaction};
pub(crate) use search::{alarms, found, saved_searches, watch_rules};
pub(crate) use tenure::{
    accreditations, copy_offices, delegated, ended, event, handover, queue, resignation,
    resignations,
};

pub(crate) use vault::{
    backed_up, disposal, drill, made_in_shares, reissued, restored, rotated, sealed, unsealed,
};

/// Widest text on a wide terminal, in columns.
const WIDEST: u16 = 110;

/// Columns to fill.
pub(crate) fn width() -> u16 {
    match console::Term::stdout().size_checked() {
        Some((_, columns)) => columns.clamp(40, WIDEST),
        None => 100,
    }
}

/// A paragraph wrapped to the terminal, each line after `indent`.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let options = textwrap::Options::new(usize::from(width()))
        .initial_indent(indent)
        .subsequent_indent(indent);
    textwrap::fill(text, options)
}

/// A line under the heading and nothing else: rows are read, not boxed.
fn underlined_heading() -> TableStyle {
    TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'))
}

/// A table with a heading.
pub(crate) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(underlined_heading())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(heading);
    let mut empty = true;
    for row in rows {
        table.add_row(row);
        empty = false;
    }
    if empty { "None.".to_owned() } else { table.to_string() }
}

pub(crate) fn made(dir: &Path, status: &Status) -> String {
    format!(
        "Made an archive in {}.\nKeys: {}.\nThe record's public key, for outsiders: {}\nNext: chancery --archive {} office add …, or: import cables FILE --exercise N",
        dir.display(),
        status.keys,
        status.verifier_key,
        dir.display()
    )
}

/// Copies minted, and those that did not read back.
fn copies(status: &Status) -> String {
    let refused = &status.refused;
    match (refused.copies, refused.too_many) {
        (0, _) => status.copies.to_string(),
        (n, false) => format!("{}, {n} refused", status.copies),
        (n, true) => format!(
            "{}, {n} refused ({:.1} %, more than 1 %: re-issue these papers before relying on findings about them)",
            status.copies,
            refused.rate * 100.0
        ),
    }
}

pub(crate) fn status(status: &Status) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}");
    let papers: Vec<String> = status.papers.iter().map(|(state, n)| count(*n, state)).collect();
    let rows = [
        ("archive", if status.exercise { "open, an EXERCISE" } else { status.state }.to_owned()),
        ("keys", status.keys.clone()),
        ("papers", if papers.is_empty() { "none".to_owned() } else { papers.join(", ") }),
        (
            "people",
            format!(
                "{} persons, {} offices, {} postings",
                status.persons, status.offices, status.postings
            ),
        ),
        ("copies", copies(status)),
        ("inquiries", format!("{}, bounds add up to {}", status.inquiries.0, status.inquiries.1)),
        ("record", format!("{} entries, origin {}", status.entries, status.origin)),
        ("public key", status.verifier_key.clone()),
    ];
    let mut out = String::new();
    for (name, value) in rows {
        let indent = " ".repeat(12);
        let text = wrapped(&value, &indent);
        let text = text.get(12..).unwrap_or_default();
        out.push_str(&format!("{}{text}\n", style(format!("{name:<12}")).dim()));
    }
    out
}

pub(crate) fn verified(verified: &Verified) -> String {
    let rows = verified.kinds.iter().map(|(kind, n)| [kind.clone(), n.to_string()]);
    let erased = match verified.erased {
        0 => String::new(),
        n => format!(" ({n} erased, their leaves stand)"),
    };
    format!(
        "{} The record verifies: {} entries{erased}, each opens its leaf, and the tree is the signed one.\n{} released papers are what was released; {} sealed values opened in their places, no row is older than the record.\n\n{}\n\n{}{}",
        style("✓").green().bold(),
        verified.entries,
        verified.papers,
        verified.sealed,
        table(["entries", "number"], rows),
        verified.checkpoint,
        style(format!("Public key: {}", verified.verifier_key)).dim()
    )
}
