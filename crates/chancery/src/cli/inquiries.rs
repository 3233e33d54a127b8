//! Commands about leaks and inquiries.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// Files found outside (.txt, .md, .html); `-` for standard input.
    #[arg(required = true)]
    pub(crate) leaks: Vec<PathBuf>,
    /// Compares with these papers instead of searching the archive.
    #[arg(long, value_name = "PAPER")]
    pub(crate) paper: Vec<String>,
    /// Level: the bound on naming any innocent copy in this inquiry.
    #[arg(long, default_value_t = 1e-6, value_name = "X")]
    pub(crate) alpha: f64,
    /// Tries the papers' authors like everybody else; by default they are counted but not tried.
    #[arg(long)]
    pub(crate) include_author: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InquiryCommand {
    /// Opens an inquiry and waits for a second officer.
    Open(TraceArgs),
    /// Approves an inquiry as the second officer.
    Approve {
        /// The inquiry.
        id: String,
    },
    /// Runs an approved inquiry.
    Run {
        /// The inquiry.
        id: String,
    },
    /// Shows where an inquiry stands.
    Show {
        /// The inquiry.
        id: String,
    },
}
