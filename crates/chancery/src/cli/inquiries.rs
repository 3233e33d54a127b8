//! Commands about leaks and inquiries.

use std::path::PathBuf;

use chancery_domain::Handle;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// Files found outside: text, Markdown, HTML, PDF, or pages as PNG, JPEG or TIFF; `-` for standard input.
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
    /// Writes the finding as one HTML file, with what was recognised in pictures.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
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
        /// Writes the contest pack, when a copy is named.
        #[arg(long, value_name = "FILE")]
        pack: Option<PathBuf>,
        /// Writes the finding as one HTML file, with what was recognised in pictures.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Shows where an inquiry stands.
    Show {
        /// The inquiry.
        id: String,
        /// Writes the contest pack: for its officers, and for readers whose copies it names.
        #[arg(long, value_name = "FILE")]
        pack: Option<PathBuf>,
    },
    /// Opens whose copies were identified: with the keys of both officers.
    Reveal {
        /// The inquiry.
        id: String,
        /// An officer's key file (an age identity); give both officers'.
        #[arg(long, value_name = "FILE", required = true)]
        identity: Vec<PathBuf>,
    },
    /// Tells a reader of inquiries over papers that he could read, after the delay the house has set.
    Notices,
    /// Enrols the officers who can open names together.
    Enrol {
        /// Officers, each with the public half of a key of his own (an age recipient).
        #[arg(value_name = "PERSON=AGE_RECIPIENT", value_parser = officer, required = true)]
        officers: Vec<(Handle, String)>,
        /// Key files of two officers who are enrolled already; the first two need none.
        #[arg(long, value_name = "FILE")]
        identity: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Finding {
    /// Recomputes a finding from its contest pack, off line and without the archive.
    Verify {
        /// The pack.
        pack: PathBuf,
        /// Whose signatures count (C2SP tlog-policy). Without one: consistent, not authenticated.
        #[arg(long, value_name = "POLICY")]
        trust: Option<PathBuf>,
    },
    /// Answers a finding that names your copy.
    Answer {
        /// The inquiry.
        id: String,
        /// The answer; `-` for standard input.
        file: PathBuf,
    },
    /// Withdraws a finding as one of its officers.
    Withdraw {
        /// The inquiry.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

fn officer(text: &str) -> Result<(Handle, String), String> {
    let (person, recipient) = text.split_once('=').ok_or("write PERSON=AGE_RECIPIENT")?;
    Ok((person.trim().parse::<Handle>().map_err(|e| e.to_string())?, recipient.trim().to_owned()))
}
