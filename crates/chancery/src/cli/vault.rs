//! Commands about keys: who keeps the root key, opening and closing an archive, backups.

use std::path::PathBuf;
use std::time::Duration;

use chancery_desk::Custody;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A folder that does not exist or is empty.
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) shares: ShareArgs,
}

/// How shares are made and handed out.
#[derive(Debug, Args)]
pub(crate) struct ShareArgs {
    /// Splits the key among this many officers; without it the key lies in a file beside the archive.
    #[arg(long, value_name = "N", requires = "threshold")]
    pub(crate) shares: Option<u8>,
    /// How many of them open the archive together.
    #[arg(long, value_name = "K", requires = "shares")]
    pub(crate) threshold: Option<u8>,
    /// An officer's age key (age1...), once for each share: writes each share as a file that only he can open.
    #[arg(long, value_name = "RECIPIENT", requires = "shares")]
    pub(crate) to: Vec<String>,
    /// Folder for files with shares; without it and without --to, shares are printed once.
    #[arg(long, value_name = "DIR", requires = "shares")]
    pub(crate) out: Option<PathBuf>,
}

impl ShareArgs {
    pub(crate) fn custody(&self) -> Custody {
        match (self.shares, self.threshold) {
            (Some(shares), Some(threshold)) => Custody::Shares { shares, threshold },
            _ => Custody::KeyFile,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct UnsealArgs {
    /// A file with the share; without it the words are read from standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) share: Option<PathBuf>,
    /// The officer's age identity file, when the share is sealed to it.
    #[arg(long, value_name = "FILE", requires = "share")]
    pub(crate) identity: Option<PathBuf>,
    /// Seals the archive by itself after this time, such as 8h, 30m or 45s.
    #[arg(long = "for", value_name = "TIME", value_parser = time, default_value = "8h")]
    pub(crate) open_for: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct AgentArgs {
    #[arg(long, value_parser = time)]
    pub(crate) open_for: Duration,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Vault {
    /// Wraps the keys of all papers under new archive keys; texts are not touched.
    Rotate {
        /// Also marks papers drafted from now on under a new marking key.
        #[arg(long)]
        marking: bool,
    },
    /// Draws a new root key and hands it out: shares (or the key file) of before are worth nothing afterwards.
    Reissue {
        #[command(flatten)]
        shares: ShareArgs,
        /// Puts the key into a file beside the archive instead of shares.
        #[arg(long, conflicts_with = "shares", required_unless_present = "shares")]
        key_file: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct BackupArgs {
    #[command(subcommand)]
    pub(crate) drill: Option<BackupDrill>,
    /// Folder in which the backup gets a folder of its own.
    #[arg(required = true)]
    pub(crate) into: Option<PathBuf>,
    /// Days for which backups of keys are kept; those of older backups there are destroyed.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) keep_keys: u16,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupDrill {
    /// Restores the newest backup to a temporary place, verifies all of it, compares papers, and reports.
    Drill {
        /// The folder of backups, or one backup.
        from: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup: a folder with a manifest.json.
    pub(crate) from: PathBuf,
    /// A folder that does not exist or is empty.
    pub(crate) to: PathBuf,
    /// Keys of a later backup (its keys.sqlite), when this one's were destroyed.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
}

fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number and h, m or s, such as 8h".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        'h' => 3600,
        'm' => 60,
        's' => 1,
        _ => return Err(wrong()),
    };
    let number: u64 = text.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(seconds).filter(|s| (1..=7 * 24 * 3600).contains(s));
    seconds.map(Duration::from_secs).ok_or_else(|| "between one second and seven days".to_owned())
}
