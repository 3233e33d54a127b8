//! What a draft is made of: one flag for each line of its heading.

use std::path::PathBuf;

use chancery_domain::{Dtg, Handle, PaperKind, Precedence, Tag};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Marks;

#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// The file; `-` for standard input.
    pub(crate) file: PathBuf,
    /// Kind of paper: cable, letter, statement, minute, board-paper, report.
    #[arg(long, default_value = "cable")]
    pub(crate) kind: PaperKind,
    /// Drafting office.
    #[arg(long)]
    pub(crate) from: Handle,
    /// Offices and collectives that are to act.
    #[arg(long, value_delimiter = ',')]
    pub(crate) to: Vec<Handle>,
    /// Offices and collectives that are to know.
    #[arg(long, value_delimiter = ',')]
    pub(crate) info: Vec<Handle>,
    /// Offices that do not get it through a collective.
    #[arg(long, value_delimiter = ',', value_name = "OFFICE")]
    pub(crate) except: Vec<Handle>,
    /// Hides its recipients from one another.
    #[arg(long)]
    pub(crate) book: bool,
    /// Subject line.
    #[arg(long)]
    pub(crate) subject: String,
    /// Classification.
    #[arg(long, default_value = "")]
    pub(crate) classification: String,
    /// Handling words.
    #[arg(long, value_delimiter = ',')]
    pub(crate) handling: Vec<String>,
    /// A file of ADatP-4774 XML whose label the paper bears, in place of words.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["classification", "handling"])]
    pub(crate) label: Option<PathBuf>,
    /// Precedence for action, then for information: FLASH, IMMEDIATE, PRIORITY, ROUTINE (Z, O, P, R).
    #[arg(long, value_delimiter = ',', value_name = "ACTION[,INFO]")]
    pub(crate) precedence: Vec<Precedence>,
    /// When it must have been dealt with: 2032-09-01T12:00Z, or 011200Z SEP 32.
    #[arg(long, value_parser = instant, value_name = "TIME")]
    pub(crate) due: Option<Timestamp>,
    /// Subject codes.
    #[arg(long, value_delimiter = ',')]
    pub(crate) tags: Vec<Tag>,
    /// Earlier papers that it refers to.
    #[arg(long = "ref", value_delimiter = ',', value_name = "PAPER")]
    pub(crate) refs: Vec<String>,
    /// The earlier paper that it corrects; it goes where that went, unless addressed otherwise.
    #[arg(long, value_name = "PAPER", conflicts_with = "cancels")]
    pub(crate) corrects: Option<String>,
    /// The earlier paper that it cancels.
    #[arg(long, value_name = "PAPER")]
    pub(crate) cancels: Option<String>,
    /// The paper's own number, beside the serial it gets at release.
    #[arg(long)]
    pub(crate) number: Option<String>,
    /// Whom a letter is written to.
    #[arg(long, value_name = "NAME")]
    pub(crate) addressee: Option<String>,
    /// Signature.
    #[arg(long, value_name = "NAME")]
    pub(crate) signed: Option<String>,
    /// Day of the meeting (minutes and board papers).
    #[arg(long, value_name = "DAY")]
    pub(crate) meeting: Option<Date>,
    /// Item on the agenda (board papers).
    #[arg(long)]
    pub(crate) item: Option<String>,
    /// When a statement becomes public.
    #[arg(long, value_parser = instant, value_name = "TIME")]
    pub(crate) publish_at: Option<Timestamp>,
    /// Nobody outside the drafting office reads it before.
    #[arg(long, value_parser = instant, value_name = "TIME")]
    pub(crate) lift: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) layout: LayoutArgs,
    /// Takes braces and bars as ordinary characters.
    #[arg(long)]
    pub(crate) literal: bool,
    #[command(flatten)]
    pub(crate) marks: Marks,
}

/// How the text is laid out.
#[derive(Debug, Args)]
pub(crate) struct LayoutArgs {
    /// Paragraphs begin with portion marks, such as `(S) `.
    #[arg(long)]
    pub(crate) portions: bool,
    /// Leaves the paragraphs of a cable, minute or board paper without numbers.
    #[arg(long)]
    pub(crate) unnumbered: bool,
}

/// An instant as RFC 3339 or as a date-time group.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    text.parse::<Dtg>()
        .map(Dtg::instant)
        .map_err(|e| format!("{e}; or write it like 2032-09-01T12:00Z"))
}
