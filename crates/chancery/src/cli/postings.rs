//! Commands about postings.

use std::path::PathBuf;

use chancery_domain::{Capacity, Day, EndReason, Handle};
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;

use super::tenure::PostingTenure;

#[derive(Debug, Subcommand)]
pub(crate) enum PostingCommand {
    /// Posts a person to an office.
    Start {
        /// Who.
        person: Handle,
        /// Where.
        office: Handle,
        /// First day (UTC), e.g. 2032-09-01; 2032-09 or 2032 where no more is known (access then begins with its last day).
        #[arg(long)]
        from: Day,
        /// Planned first day after it, as exactly as it was said; ends nothing.
        #[arg(long)]
        until: Option<Day>,
        /// First day after it, where that is fixed already (a delegation).
        #[arg(long)]
        end: Option<Date>,
        /// In what capacity: substantive, acting, charge, delegate.
        #[arg(long, default_value = "substantive", value_parser = capacity)]
        capacity: Capacity,
        /// The day on which it was meant to begin, or of the appointment.
        #[arg(long, value_name = "DAY")]
        planned: Option<Day>,
        /// Goes beyond the seats of the office; that it does is recorded.
        #[arg(long)]
        overlap: bool,
    },
    /// Ends the open posting of a person in an office, today or later; a resignation takes a letter.
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
    #[command(flatten)]
    Tenure(PostingTenure),
    /// Every posting of a person, or in an office.
    History {
        /// Short name of either.
        who: Handle,
    },
    /// Who holds an office on a day, and whether it is vacant.
    List {
        /// The office.
        office: Handle,
        /// The day.
        #[arg(long)]
        on: Date,
    },
    /// Offices without a holder, and in whose care they are.
    Vacancies {
        /// This office alone.
        office: Option<Handle>,
        /// The day; now when not given.
        #[arg(long)]
        on: Option<Date>,
    },
    /// How chiefs of missions followed one another: gaps in days, and overlaps.
    Handovers {
        /// Counts those whose predecessor took up office in this year or later.
        #[arg(long, value_name = "YEAR")]
        since: Option<i16>,
    },
    /// Certifies the postings of a person in an office, with proofs from the record.
    Certificate {
        /// Who.
        person: Handle,
        /// Where.
        office: Handle,
        /// The file to write; standard output when not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Checks a certificate off line, without an archive.
    VerifyCertificate {
        /// The certificate.
        file: PathBuf,
        /// The record's public key, as `status` prints it.
        #[arg(long, value_name = "VERIFIER_KEY")]
        key: String,
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
        "curtailment" => Ok(EndReason::Curtailment),
        "closure" => Ok(EndReason::Closure),
        "unknown" => Ok(EndReason::Unknown),
        _ => Err(
            "one of: term-over, resignation, recall, dismissal, death, transfer, curtailment, closure, unknown"
                .to_owned(),
        ),
    }
}
