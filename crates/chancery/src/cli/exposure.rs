//! Commands about articles and public texts.

use std::path::PathBuf;

use chancery_domain::Handle;
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

#[derive(Debug, Args)]
pub(crate) struct ExposeArgs {
    /// The article (.txt, .md, .html); `-` for standard input.
    pub(crate) article: PathBuf,
    /// Writes the report as one HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Opens no inquiry into the papers that are found.
    #[arg(long)]
    pub(crate) no_trace: bool,
    /// Level of the inquiries that are opened.
    #[arg(long, default_value_t = 1e-6, value_name = "X")]
    pub(crate) alpha: f64,
}

#[derive(Debug, Args)]
pub(crate) struct PublicArgs {
    /// Texts (.txt, .md, .html); `-` for standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What they are.
    #[arg(long, value_name = "KIND", default_value = "other")]
    pub(crate) kind: Kind,
    /// Day of publication.
    #[arg(long, value_name = "DAY")]
    pub(crate) date: Option<Date>,
    /// Where they stand: an address, a volume and page.
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// Whose words they are.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: Option<Handle>,
    /// The office whose words they are.
    #[arg(long, value_name = "OFFICE")]
    pub(crate) office: Option<Handle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A statement, a speech, an answer to the press.
    Statement,
    /// A letter that its author gave out.
    Letter,
    /// Words of a parliament, as printed.
    Hansard,
    /// A press release, or a paper that was declassified.
    Release,
    /// Anything else that everybody may read.
    Other,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PublicCommand {
    /// Lists the public texts that are filed.
    List,
    /// Shows one with its words.
    Show {
        /// The text: T1, T2 ...
        text: String,
    },
}
