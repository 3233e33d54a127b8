//! Commands about papers and copies.

use std::path::PathBuf;

use chancery_domain::Handle;
use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;

use super::tenure::CopyTenure;
use super::{DraftArgs, Keeping, LayoutArgs, ListArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum Paper {
    /// Takes a draft in: a text file, paragraphs separated by blank lines, with author markup.
    Draft(Box<DraftArgs>),
    /// Shows every place where copies would differ, in context, and what the marks could tell.
    Check {
        /// The paper.
        paper: String,
        /// Places that must not vary (keys from an earlier check).
        #[arg(long, value_delimiter = ',', value_name = "KEY")]
        strike: Vec<String>,
        /// Questions that the drafter answers with yes.
        #[arg(long, value_delimiter = ',', value_name = "KEY")]
        accept: Vec<String>,
        /// Number of readers that the meter is for.
        #[arg(long, default_value_t = 1000)]
        readers: u64,
        /// Prints the text with all first readings and with all others, to be read through.
        #[arg(long)]
        renderings: bool,
    },
    /// Asks offices to clear a draft.
    Ask {
        /// The paper.
        paper: String,
        /// Offices that are to clear it.
        #[arg(long, value_delimiter = ',', required = true, value_name = "OFFICE")]
        clear: Vec<Handle>,
    },
    /// Clears a draft as it stands, for an office that was asked.
    Clear {
        /// The paper.
        paper: String,
    },
    /// Sends a draft back with a reason, instead of clearing or approving it.
    Refuse {
        /// The paper.
        paper: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Approves a draft for release.
    Approve {
        /// The paper.
        paper: String,
    },
    /// Gives a draft another text; clearances and approval are void.
    Amend {
        /// The paper.
        paper: String,
        /// The file; `-` for standard input.
        file: PathBuf,
        #[command(flatten)]
        layout: LayoutArgs,
    },
    /// Gives a draft up.
    Withdraw {
        /// The paper.
        paper: String,
    },
    /// Freezes a draft, gives it its serial and fixes its marks.
    Release {
        /// The paper.
        paper: String,
    },
    /// Who could read a paper on a day, and who did.
    Readers {
        /// The paper.
        paper: String,
        /// The day; when not given: who can today, and all who ever did.
        #[arg(long)]
        on: Option<Date>,
    },
    #[command(flatten)]
    Keeping(Keeping),
    /// Lists papers.
    List(ListArgs),
    /// Shows one paper as drafted, and what was done to it.
    Show {
        /// The paper.
        paper: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CopyFormat {
    /// Plain text.
    Txt,
    /// A page of its own.
    Html,
    /// Typeset pages.
    Pdf,
    /// A picture of the typeset pages.
    Png,
    /// A drawing of the typeset pages.
    Svg,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Copies {
    #[command(flatten)]
    Tenure(CopyTenure),
    /// Opens a paper as one reader; the copy is always the same.
    Open {
        /// The paper.
        paper: String,
        /// Whose copy.
        #[arg(long)]
        reader: Handle,
        /// Form.
        #[arg(long, default_value = "txt")]
        format: CopyFormat,
        /// File to write; standard output without it.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Writes one file for every entitled reader, or one reader's copy as a sealed file.
    Export {
        /// The paper.
        paper: String,
        /// For all readers: an act of two persons of two offices, which every later finding names.
        #[arg(long, required_unless_present = "reader", conflicts_with = "reader")]
        all: bool,
        /// The second person.
        #[arg(long, value_name = "PERSON", requires = "all")]
        with: Option<Handle>,
        /// For this reader alone.
        #[arg(long, requires = "to")]
        reader: Option<Handle>,
        /// Seals the copy to this age recipient, its receipt inside.
        #[arg(long, value_name = "AGE_RECIPIENT", requires = "reader")]
        to: Option<String>,
        /// Form.
        #[arg(long, default_value = "txt")]
        format: CopyFormat,
        /// Folder to write to; with --to the file.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Checks the receipt of a sealed copy in.
    Return {
        /// The receipt, or the opened file that holds it.
        receipt: PathBuf,
    },
}
