//! Commands about collectives, house rules and reading lists.

use std::path::PathBuf;

use chancery_domain::{Handle, PaperKind, PaperState, Tag};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use super::drafting::instant;

#[derive(Debug, Subcommand)]
pub(crate) enum Collective {
    /// Makes offices members of a collective, which is made when it is new.
    Add {
        /// Short name of the collective.
        name: Handle,
        /// Offices.
        #[arg(long, value_delimiter = ',', required = true)]
        offices: Vec<Handle>,
        /// First day; today without it.
        #[arg(long)]
        from: Option<Date>,
    },
    /// Ends memberships.
    Drop {
        /// Short name of the collective.
        name: Handle,
        /// Offices.
        #[arg(long, value_delimiter = ',', required = true)]
        offices: Vec<Handle>,
        /// First day on which they are no members; today without it.
        #[arg(long)]
        on: Option<Date>,
    },
    /// Lists all collectives with their members.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum House {
    /// Shows the house rules.
    Show,
    /// Sets the house rules; what the file leaves out has its default.
    ///
    /// While the rules name no custodian anyone may; afterwards a holder of the custodian's office.
    Set {
        /// A TOML file: self_release, cancelled_readable, custodian, and the tables watch and inquiries.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InboxArgs {
    /// Papers of one page.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) limit: u32,
    /// Goes on where the page before ended.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) before: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only papers in this state: draft, approved, released, withdrawn.
    #[arg(long, value_parser = state)]
    pub(crate) state: Option<PaperState>,
    /// Only papers from this office.
    #[arg(long)]
    pub(crate) office: Option<Handle>,
    /// Only papers released on this day or later, or at this instant or later.
    #[arg(long, value_parser = since, value_name = "TIME")]
    pub(crate) since: Option<Timestamp>,
    /// Only papers with this subject code.
    #[arg(long)]
    pub(crate) tag: Option<Tag>,
    /// Only papers of this kind.
    #[arg(long)]
    pub(crate) kind: Option<PaperKind>,
}

fn state(text: &str) -> Result<PaperState, String> {
    let all = [
        PaperState::Draft,
        PaperState::Approved,
        PaperState::Released,
        PaperState::Withdrawn,
        PaperState::Destroyed,
    ];
    let state = all.into_iter().find(|state| state.word() == text);
    state.ok_or_else(|| "one of: draft, approved, released, withdrawn, destroyed".to_owned())
}

fn since(text: &str) -> Result<Timestamp, String> {
    match text.parse::<Date>() {
        Ok(day) if !text.contains('T') => {
            jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|e| e.to_string())
        }
        _ => instant(text),
    }
}
