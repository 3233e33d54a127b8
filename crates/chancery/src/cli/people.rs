//! Commands about offices, persons and postings.

use chancery_domain::{Capacity, Day, EndReason, Handle};
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;

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
        /// First day after it, where that is fixed already (a delegation).
        #[arg(long)]
        end: Option<Date>,
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
        /// First day without access; 2032-09 or 2032 where no more is known.
        #[arg(long)]
        on: Day,
        /// The instant in the day before at which access ends at once, e.g. 2032-09-01T15:30:00Z.
        #[arg(long, value_name = "INSTANT")]
        at: Option<Timestamp>,
        /// Why.
        #[arg(long, default_value = "unknown", value_parser = reason)]
        reason: EndReason,
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
        "delegate" => Ok(Capacity::Delegate),
        _ => Err("one of: substantive, acting, charge, delegate".to_owned()),
    }
}

fn reason(text: &str) -> Result<EndReason, String> {
    match text {
        "term-over" => Ok(EndReason::TermOver),
        "resignation" => Ok(EndReason::Resignation),
        "recall" => Ok(EndReason::Recall),
        "dismissal" => Ok(EndReason::Dismissal),
        "death" => Ok(EndReason::Death),
        "transfer" => Ok(EndReason::Transfer),
        "closure" => Ok(EndReason::Closure),
        "unknown" => Ok(EndReason::Unknown),
        _ => Err(
            "one of: term-over, resignation, recall, dismissal, death, transfer, closure, unknown"
                .to_owned(),
        ),
    }
}
