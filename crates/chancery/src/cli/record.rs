//! Commands about the record and its witnesses.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Prints the published checkpoint, with its cosignatures.
    Checkpoint {
        /// Prints the last signed state instead. It tells how much goes on: keep it in the house.
        #[arg(long)]
        own: bool,
    },
    /// Proves an entry: to the custodian of the house, and to persons their own.
    Prove {
        /// Its number in the record.
        entry: u64,
        /// Writes the receipt to this file, and the entry beside it as .json.
        #[arg(short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Verifies every entry, the tree, the signature and every released paper; or one receipt, off line.
    Verify(ReceiptArgs),
    /// Makes the next checkpoint for outsiders: pads, signs, asks the witnesses.
    Publish {
        /// Only if it is time for one. Made out of turn it shows that something is going on.
        #[arg(long)]
        due: bool,
        /// Writes the log as static files into this folder.
        #[arg(short, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Begins a new log, when the newest database is lost and the archive refuses to sign.
    Epoch {
        /// The last checkpoint that somebody holds; witnesses of the policy are asked for theirs.
        #[arg(long, value_name = "FILE")]
        witnessed: Vec<PathBuf>,
    },
}

/// What is verified instead of the archive.
#[derive(Debug, Args)]
pub(crate) struct ReceiptArgs {
    /// A receipt, as `record prove` writes it. Needs no archive.
    #[arg(long, value_name = "FILE", requires = "entry", requires = "policy")]
    pub(crate) receipt: Option<PathBuf>,
    /// The entry that it is said to prove.
    #[arg(long, value_name = "FILE", requires = "receipt")]
    pub(crate) entry: Option<PathBuf>,
    /// Which logs and witnesses count (C2SP tlog-policy).
    #[arg(long, value_name = "FILE", requires = "receipt")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Cosigns checkpoints of the logs that the file `logs` in its folder names.
    Serve {
        /// The witness's folder.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Where it listens.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8731")]
        listen: SocketAddr,
    },
    /// Prints the witness's public key; makes the witness when it is named and not there yet.
    Key {
        /// The witness's folder.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Its name, such as witness.example/w1.
        #[arg(long)]
        name: Option<String>,
    },
}
