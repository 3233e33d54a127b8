//! The command line: names, flags and help. A stable contract.

use std::path::PathBuf;

use chancery_domain::{Capacity, Handle};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Circulates confidential papers in individually marked copies, and traces leaks with a proved bound.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, propagate_version = true)]
pub(crate) struct Cli {
    /// The archive's folder.
    #[arg(long, global = true, env = "CHANCERY_ARCHIVE", value_name = "DIR")]
    pub(crate) archive: Option<PathBuf>,
    /// Who acts: the short name of a person.
    #[arg(long = "as", global = true, value_name = "PERSON")]
    pub(crate) actor: Option<Handle>,
    /// Prints one JSON value instead of tables.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plays the whole story on a throw-away archive of a fictional ministry.
    Demo(DemoArgs),
    /// Makes a new archive.
    Init {
        /// A folder that does not exist or is empty.
        dir: PathBuf,
    },
    /// Tells what the archive holds and how its keys are kept.
    Status,
    /// Takes in cables or postings from files.
    #[command(subcommand)]
    Import(Import),
    /// Offices.
    #[command(subcommand)]
    Office(Office),
    /// Persons.
    #[command(subcommand)]
    Person(Person),
    /// Who holds which office, from when to when.
    #[command(subcommand)]
    Posting(PostingCommand),
    /// Papers: draft, check, release, look.
    #[command(subcommand)]
    Paper(Paper),
    /// Copies: open as one reader, export for all.
    #[command(subcommand, name = "copy")]
    Copies(Copies),
    /// Finds the paper that leaks are from and the copy they agree with.
    Trace(TraceArgs),
    /// Inquiries: opened by one officer, approved by another.
    #[command(subcommand)]
    Inquiry(InquiryCommand),
    /// The tamper-evident record.
    #[command(subcommand)]
    Record(Record),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Port of the reading room (served by a later edition).
    #[arg(long, value_name = "P")]
    pub(crate) port: Option<u16>,
    /// Ends after the story.
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Keeps the archive in this folder instead of throwing it away.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Cables, one JSON object a line.
    Cables {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// Makes the archive an exercise: releases every cable to N invented readers r0001...
        #[arg(long, value_name = "N")]
        exercise: Option<u32>,
        #[command(flatten)]
        marks: Marks,
    },
    /// Postings, one JSON object a line.
    Postings {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
}

/// Which marks copies bear.
#[derive(Clone, Debug, Args)]
pub(crate) struct Marks {
    /// Channels in which copies differ.
    #[arg(long, value_delimiter = ',', value_name = "LIST", default_value = "wording,characters")]
    pub(crate) channels: Vec<Channel>,
    /// Which proposed places are accepted unseen.
    #[arg(long, value_name = "CLASS", default_value = "full")]
    pub(crate) accept: Accept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Channel {
    /// Survives retyping and quotation.
    Wording,
    /// Survives copy and paste.
    Characters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accept {
    /// The safest words and orders only.
    Core,
    /// Every reviewed rule except those that need the drafter.
    Full,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Office {
    /// Adds an office.
    Add {
        /// Short name.
        office: Handle,
        /// Title as written in lists.
        #[arg(long)]
        title: String,
        /// Sort of office: embassy, department...
        #[arg(long, default_value = "")]
        kind: String,
    },
    /// Lists all offices.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Person {
    /// Adds a person.
    Add {
        /// Short name.
        person: Handle,
        /// Name as written in lists.
        #[arg(long)]
        name: String,
        /// Nationality.
        #[arg(long)]
        nationality: Option<String>,
    },
    /// Lists all persons.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PostingCommand {
    /// Posts a person to an office.
    Start {
        /// Who.
        person: Handle,
        /// Where.
        office: Handle,
        /// First day (UTC), e.g. 2032-09-01.
        #[arg(long)]
        from: Date,
        /// Planned first day after it.
        #[arg(long)]
        until: Option<Date>,
        /// In what capacity.
        #[arg(long, default_value = "substantive", value_parser = capacity)]
        capacity: Capacity,
    },
    /// Ends the open posting of a person in an office.
    End {
        /// Who.
        person: Handle,
        /// Where.
        office: Handle,
        /// First day without access.
        #[arg(long)]
        on: Date,
    },
    /// Every posting of a person, or in an office.
    History {
        /// Short name of either.
        who: Handle,
    },
    /// Who holds an office on a day.
    List {
        /// The office.
        office: Handle,
        /// The day.
        #[arg(long)]
        on: Date,
    },
}

fn capacity(text: &str) -> Result<Capacity, String> {
    match text {
        "substantive" => Ok(Capacity::Substantive),
        "acting" => Ok(Capacity::Acting),
        "charge" => Ok(Capacity::Charge),
        _ => Err("one of: substantive, acting, charge".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Paper {
    /// Takes a draft in: a text file, paragraphs separated by blank lines, with author markup.
    Draft {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// Drafting office.
        #[arg(long)]
        from: Handle,
        /// Offices that are to act.
        #[arg(long, value_delimiter = ',')]
        to: Vec<Handle>,
        /// Offices that are to know.
        #[arg(long, value_delimiter = ',')]
        info: Vec<Handle>,
        /// Subject line.
        #[arg(long)]
        subject: String,
        /// Classification.
        #[arg(long, default_value = "")]
        classification: String,
        /// Handling words.
        #[arg(long, value_delimiter = ',')]
        handling: Vec<String>,
        /// Precedence words.
        #[arg(long, value_delimiter = ',')]
        precedence: Vec<String>,
        /// The paper's own number.
        #[arg(long)]
        number: Option<String>,
        /// Takes braces and bars as ordinary characters.
        #[arg(long)]
        literal: bool,
        #[command(flatten)]
        marks: Marks,
    },
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
    /// Freezes a draft and fixes its marks.
    Release {
        /// The paper.
        paper: String,
    },
    /// Lists all papers.
    List,
    /// Shows one paper as drafted.
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
}

#[derive(Debug, Subcommand)]
pub(crate) enum Copies {
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
    /// Writes one file for every entitled reader.
    Export {
        /// The paper.
        paper: String,
        /// For all readers (required: it is an act of its own in the record).
        #[arg(long, required = true)]
        all: bool,
        /// Form.
        #[arg(long, default_value = "txt")]
        format: CopyFormat,
        /// Folder to write to.
        #[arg(short, long)]
        output: PathBuf,
    },
}

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

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Prints the signed state of the record.
    Checkpoint,
    /// Verifies every entry, the tree, the signature and every released paper.
    Verify,
}
