//! Commands about the end of tenure, succession, delegation, accreditation and duplicate records.

use std::path::PathBuf;

use chancery_desk::When;
use chancery_domain::tenure::Effective;
use chancery_domain::{EndReason, Handle, Source, Stance};
use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(crate) enum Resignation {
    /// Offers to resign from an office, by letter. Ends nothing by itself.
    Offer {
        /// The office.
        office: Handle,
        /// The letter: a text file, `-` for standard input.
        #[arg(long, value_name = "FILE")]
        letter: PathBuf,
        /// The reason, in a few words.
        #[arg(long, default_value = "")]
        reason: String,
        /// The day from which the holder asks to be free.
        #[arg(long)]
        on: Option<Date>,
        /// The appointing office, where the office has no parent.
        #[arg(long)]
        to: Option<Handle>,
    },
    /// Accepts a resignation for the appointing office.
    Accept {
        /// The resignation, R1.
        id: String,
        #[command(flatten)]
        when: Effect,
    },
    /// Declines a resignation; the holder stays.
    Decline {
        /// The resignation.
        id: String,
    },
    /// Takes an offer back before it is accepted.
    Withdraw {
        /// The resignation.
        id: String,
    },
    /// Shows a resignation with its letter, to its author and the appointing office.
    Show {
        /// The resignation.
        id: String,
    },
    /// Lists resignations without their letters.
    List,
}

/// When something takes effect.
#[derive(Clone, Debug, Args)]
pub(crate) struct Effect {
    /// First day (UTC) without the office.
    #[arg(long, conflicts_with = "at")]
    pub(crate) on: Option<Date>,
    /// `now`, or the instant at which access ends, e.g. 2032-09-01T15:30:00Z.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<When>,
}

impl Effect {
    /// What was given, if anything.
    pub(crate) fn when(&self) -> Option<When> {
        self.at.or_else(|| self.on.map(|day| When::Then(Effective::Day(day))))
    }
}

/// Commands that join those about postings.
#[derive(Debug, Subcommand)]
pub(crate) enum PostingTenure {
    /// Ends a tenure by one act of the appointing office.
    Cut {
        /// Who.
        person: Handle,
        /// Where.
        office: Handle,
        /// Why: dismissal, recall, transfer, curtailment or death.
        #[arg(long, value_parser = reason)]
        reason: EndReason,
        #[command(flatten)]
        when: Effect,
    },
    /// Lets a deputy do an office's work while its holder is away.
    Delegate {
        /// The office.
        office: Handle,
        /// Whose office it is.
        #[arg(long)]
        from: Handle,
        /// Who stands in.
        #[arg(long)]
        to: Handle,
        /// First day (UTC).
        #[arg(long)]
        from_day: Date,
        /// First day on which it is over.
        #[arg(long)]
        until_day: Date,
    },
    /// Takes a delegation back at once.
    Revoke {
        /// The office.
        office: Handle,
        /// Who stands in.
        deputy: Handle,
    },
}

/// Commands that join those about offices.
#[derive(Debug, Subcommand)]
pub(crate) enum OfficeTenure {
    /// Certifies what an office passes from who left it to who keeps it now.
    Handover(HandoverArgs),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct HandoverArgs {
    /// The office.
    #[arg(required = true)]
    pub(crate) office: Option<Handle>,
    /// Who left it.
    #[arg(long, required = true)]
    pub(crate) from: Option<Handle>,
    /// Who keeps it now.
    #[arg(long, required = true)]
    pub(crate) to: Option<Handle>,
    /// File to write.
    #[arg(short, long, required = true)]
    pub(crate) output: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<HandoverCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HandoverCommand {
    /// Confirms a certificate as the successor; writes it anew with the confirmation.
    Confirm {
        /// The certificate.
        file: PathBuf,
    },
    /// Checks a certificate off line, without an archive.
    Verify {
        /// The certificate.
        file: PathBuf,
        /// The record's public key.
        #[arg(long)]
        key: String,
    },
}

/// Commands that join those about persons.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonTenure {
    /// Merges a duplicate record: person merge A into B.
    Merge {
        /// The duplicate.
        duplicate: Handle,
        /// The word “into”.
        #[arg(value_parser = ["into", "INTO"])]
        into: String,
        /// The record that stays.
        stays: Handle,
    },
}

/// Commands that join those about copies.
#[derive(Debug, Subcommand)]
pub(crate) enum CopyTenure {
    /// Through which offices a person opened a paper.
    Offices {
        /// The paper.
        paper: String,
        /// Whose copy.
        person: Handle,
    },
}

#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    /// The office.
    pub(crate) office: Handle,
    /// What the acting person has not opened, though another holder may have.
    #[arg(long, conflicts_with = "done")]
    pub(crate) mine: bool,
    /// Notes that the office has taken the action that this paper asks of it.
    #[arg(long, value_name = "PAPER")]
    pub(crate) done: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccreditationCommand {
    /// Asks a state for agrément to a person.
    Ask {
        /// The sending office.
        office: Handle,
        /// Who is to be accredited.
        person: Handle,
        /// Short name of the receiving state.
        state: Handle,
        #[command(flatten)]
        dated: Dated,
    },
    /// The receiving state gave agrément.
    Grant(Accredited),
    /// The receiving state refused agrément.
    Refuse(Accredited),
    /// Credentials were presented.
    Present(Accredited),
    /// The receiving state made its stance known. Changes neither tenure nor access.
    Stance {
        #[command(flatten)]
        accredited: Accredited,
        /// welcome, unwelcome or persona-non-grata.
        #[arg(long = "is", value_parser = stance)]
        stance: Stance,
        /// said, notified or formal.
        #[arg(long, value_parser = source)]
        source: Source,
    },
    /// The sending state notified that the function has come to an end.
    NotifyEnd(Accredited),
    /// Shows a person's accreditations.
    Show {
        /// Who.
        person: Handle,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Accredited {
    /// Who.
    pub(crate) person: Handle,
    /// Short name of the receiving state.
    pub(crate) state: Handle,
    #[command(flatten)]
    pub(crate) dated: Dated,
}

#[derive(Debug, Args)]
pub(crate) struct Dated {
    /// The day on which it happened; today without it.
    #[arg(long)]
    pub(crate) on: Option<Date>,
    /// What was said.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

fn instant(text: &str) -> Result<When, String> {
    if text == "now" {
        return Ok(When::Now);
    }
    let at = text.parse().map_err(|_| "“now”, or an instant such as 2032-09-01T15:30:00Z")?;
    Ok(When::Then(Effective::At(at)))
}

fn reason(text: &str) -> Result<EndReason, String> {
    match text {
        "dismissal" => Ok(EndReason::Dismissal),
        "recall" => Ok(EndReason::Recall),
        "transfer" => Ok(EndReason::Transfer),
        "curtailment" => Ok(EndReason::Curtailment),
        "death" => Ok(EndReason::Death),
        _ => Err("one of: dismissal, recall, transfer, curtailment, death".to_owned()),
    }
}

fn stance(text: &str) -> Result<Stance, String> {
    match text {
        "welcome" => Ok(Stance::Welcome),
        "unwelcome" => Ok(Stance::Unwelcome),
        "persona-non-grata" => Ok(Stance::PersonaNonGrata),
        _ => Err("one of: welcome, unwelcome, persona-non-grata".to_owned()),
    }
}

fn source(text: &str) -> Result<Source, String> {
    match text {
        "said" => Ok(Source::Said),
        "notified" => Ok(Source::Notified),
        "formal" => Ok(Source::Formal),
        _ => Err("one of: said, notified, formal".to_owned()),
    }
}
