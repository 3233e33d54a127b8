//! Commands about searching and about watching.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(crate) enum Search {
    /// Finds papers that you may read: words, "phrases", -exclusions and fields.
    #[command(
        after_help = "All words must occur. Fields: office:HANDLE from:DATE until:DATE tag:CODE label:WORD kind:WORD"
    )]
    Find {
        /// The query, in quotation marks for the shell.
        #[arg(allow_hyphen_values = true)]
        query: String,
        #[command(flatten)]
        seek: SeekArgs,
    },
    /// Saves a query under a name.
    Save {
        /// Its name.
        name: String,
        /// The query.
        #[arg(allow_hyphen_values = true)]
        query: String,
    },
    /// Lists your saved searches.
    List,
    /// Runs a saved search.
    Run {
        /// Its name.
        name: String,
        /// Shows only what its last run did not find.
        #[arg(long)]
        new: bool,
        #[command(flatten)]
        seek: SeekArgs,
    },
    /// Drops a saved search.
    Drop {
        /// Its name.
        name: String,
    },
    /// Words of subjects that begin like this, of papers that you may read.
    Suggest {
        /// The beginning of a word.
        prefix: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SeekArgs {
    /// Most papers shown.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Opens your copies of the first papers (recorded) and shows the words around what was found.
    #[arg(long)]
    pub(crate) excerpts: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Watching {
    /// Alarms about reading, for holders of the office that the house rules name.
    List {
        /// From this day on.
        #[arg(long)]
        since: Option<Date>,
    },
    /// Shows the thresholds, or sets them from a TOML file.
    Rules {
        /// A file with thresholds; those it leaves out are the usual ones.
        file: Option<PathBuf>,
    },
}
