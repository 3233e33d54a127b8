//! The command line: names, flags and help. A stable contract. One file for each area of commands.

mod circulation;
mod drafting;
mod exposure;
mod inquiries;
mod papers;
mod people;
mod policy;
mod postings;
mod record;
mod retention;
mod search;
mod serving;
mod tenure;
mod tokens;
mod vault;
mod webhooks;

use std::path::PathBuf;

use chancery_domain::Handle;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use circulation::{Collective, House, InboxArgs, ListArgs};
pub(crate) use drafting::{DraftArgs, LayoutArgs};
pub(crate) use exposure::{ExposeArgs, Kind as PublicTextKind, PublicArgs, PublicCommand};
pub(crate) use inquiries::{Finding, InquiryCommand, TraceArgs};
pub(crate) use papers::{Copies, CopyFormat, Paper};
pub(crate) use people::{AboutOffice, AboutPerson, Office, Person};
pub(crate) use policy::PolicyCommand;
pub(crate) use postings::PostingCommand;
pub(crate) use record::{ReceiptArgs, Record, WitnessCommand};
pub(crate) use retention::Keeping;
pub(crate) use search::{Search, SeekArgs, Watching};
pub(crate) use serving::ServeArgs;
pub(crate) use tenure::{
    AccreditationCommand, Accredited, CopyTenure, Dated, HandoverCommand, OfficeTenure,
    PersonTenure, PostingTenure, QueueArgs, Resignation,
};
pub(crate) use tokens::TokenCommand;
pub(crate) use vault::{
    AgentArgs, BackupArgs, BackupDrill, InitArgs, RestoreArgs, ShareArgs, UnsealArgs, Vault,
};

pub(crate) use webhooks::WebhookCommand;

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
    Init(InitArgs),
    /// Opens an archive whose key is shared out: takes one officer's share.
    Unseal(UnsealArgs),
    /// Closes an archive whose key is shared out.
    Seal,
    /// Holds the key of an unsealed archive in memory; started by unseal.
    #[command(hide = true)]
    Agent(AgentArgs),
    /// Keys: rotation, and handing out new shares.
    #[command(subcommand)]
    Vault(Vault),
    /// Copies the archive while it is in use; the root key is not in the copy.
    Backup(BackupArgs),
    /// Restores a backup into a new folder.
    Restore(RestoreArgs),
    /// What the law protects: how to disclose wrongdoing, and what nobody here can trace.
    Disclosure,
    /// Opens the reading room: the archive in the browser.
    Serve(ServeArgs),
    /// Tokens with which programs use the JSON interface.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Addresses that are told of releases and findings while `serve` runs.
    #[command(subcommand)]
    Webhook(WebhookCommand),
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
    /// Resignations: offered by letter, accepted by the appointing office.
    #[command(subcommand)]
    Resignation(Resignation),
    /// What waits for an office: papers that no present holder has opened.
    Queue(QueueArgs),
    /// Accreditations of chiefs of mission to receiving states.
    #[command(subcommand)]
    Accreditation(AccreditationCommand),
    /// Papers: draft, check, clear, approve, release, look.
    #[command(subcommand)]
    Paper(Paper),
    /// The reading list of a person: papers addressed to the offices held now, unread first.
    Inbox(InboxArgs),
    /// Collectives: names for many offices at once.
    #[command(subcommand)]
    Collective(Collective),
    /// The rules that this house sets itself.
    #[command(subcommand)]
    House(House),
    /// The label policy: classifications and categories, and who is cleared for what.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Copies: open as one reader, export for all.
    #[command(subcommand, name = "copy")]
    Copies(Copies),
    /// Finds every quotation of an article, who spoke it, and which paper it is from.
    Expose(ExposeArgs),
    /// Public texts: quoting them is no leak.
    #[command(subcommand)]
    Public(PublicCommand),
    /// Searches the papers that you may read.
    #[command(subcommand)]
    Search(Search),
    /// Alarms about unusual reading.
    #[command(subcommand)]
    Watch(Watching),
    /// Finds the paper that leaks are from and the copy they agree with.
    Trace(TraceArgs),
    /// Looks at pictures of pages (PNG, JPEG, TIFF): how many lines and words can be made out.
    Picture {
        /// The pictures.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Inquiries: opened by one officer, approved by another.
    #[command(subcommand)]
    Inquiry(InquiryCommand),
    /// Findings: recomputed off line, answered, withdrawn.
    #[command(subcommand)]
    Finding(Finding),
    /// The tamper-evident record.
    #[command(subcommand)]
    Record(Record),
    /// Witnessing the records of others.
    #[command(subcommand)]
    Witness(WitnessCommand),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Port of the reading room that opens after the story.
    #[arg(long, value_name = "P", default_value_t = 8080)]
    pub(crate) port: u16,
    /// Ends after the story, without opening a reading room.
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
    /// Texts that were published: quoting them is no leak.
    Public(PublicArgs),
    /// A telegram in the line form of ACP 127, as a draft.
    Acp127 {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// Which office an address stands for, e.g. 'MFA ZENDA=capital'.
        #[arg(long, value_parser = address, value_name = "ADDRESS=OFFICE")]
        map: Vec<(String, Handle)>,
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
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "wording,characters,layout"
    )]
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
    /// Survives print and photograph.
    Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accept {
    /// The safest words and orders only.
    Core,
    /// Every reviewed rule except those that need the drafter.
    Full,
}

fn address(text: &str) -> Result<(String, Handle), String> {
    let (address, office) = text.split_once('=').ok_or("write ADDRESS=OFFICE")?;
    Ok((address.trim().to_owned(), office.trim().parse::<Handle>().map_err(|e| e.to_string())?))
}
