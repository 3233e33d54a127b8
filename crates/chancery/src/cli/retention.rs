//! Commands about how papers are kept and what the public sees of them.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(crate) enum Keeping {
    /// Shows how a paper is kept.
    Retention {
        /// The paper.
        paper: String,
    },
    /// Sets the day on which a paper is looked at again.
    Review {
        /// The paper.
        paper: String,
        /// The day.
        #[arg(long)]
        on: Date,
    },
    /// Lowers a paper's classification, now or on a later day.
    Downgrade {
        /// The paper.
        paper: String,
        /// The lower classification.
        word: String,
        /// The day from which it stands.
        #[arg(long)]
        on: Option<Date>,
    },
    /// Takes classification and handling words off a paper.
    Declassify {
        /// The paper.
        paper: String,
    },
    /// Closes a paper to the public.
    Close {
        /// The paper.
        paper: String,
        /// The exemption's section, e.g. s.27.
        #[arg(long)]
        exemption: String,
        /// Why, in words.
        #[arg(long, default_value = "")]
        reason: String,
        /// First day on which it is open again.
        #[arg(long)]
        until: Option<Date>,
    },
    /// Opens a closed paper again.
    Open {
        /// The paper.
        paper: String,
    },
    /// Keeps a paper for a legal matter, whatever its review says.
    Hold {
        /// The paper.
        paper: String,
        /// The matter.
        #[arg(long)]
        matter: String,
    },
    /// Ends the hold for a matter.
    Unhold {
        /// The paper.
        paper: String,
        /// The matter.
        #[arg(long)]
        matter: String,
    },
    /// Destroys a paper whose retention is over; a second person of the originating office has to agree.
    Dispose {
        /// The paper.
        paper: String,
        /// Takes a request back that nobody has agreed to.
        #[arg(long)]
        withdraw: bool,
    },
    /// Reviews and downgrades that are due among the papers of your offices.
    Due {
        /// Due by this day; today without it.
        #[arg(long)]
        by: Option<Date>,
        /// Carries out the downgrades that are due today.
        #[arg(long)]
        apply: bool,
    },
    /// Makes a redacted public version with its proof.
    #[command(
        after_help = "SPANS is a TOML file of tables [[redact]] with paragraph = N, text = \"words\" (the whole paragraph without it) and exemption = \"s.27\"."
    )]
    Redact {
        /// The paper.
        paper: String,
        /// What is hidden; an empty file hides nothing.
        spans: PathBuf,
        /// File to write.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Verifies a public version off line, with the record's public key.
    VerifyRedaction {
        /// The file.
        file: PathBuf,
        /// The record's public key, as status shows it.
        #[arg(long)]
        key: String,
    },
}
