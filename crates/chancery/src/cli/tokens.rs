//! Commands about tokens of programs.

use chancery_desk::USUAL_TOKEN_DAYS;
use chancery_domain::Handle;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token with which a program acts as you, in one of your offices. It is shown once.
    Make {
        /// What the program is.
        name: String,
        /// In which of your offices it acts.
        #[arg(long, value_name = "OFFICE")]
        office: Handle,
        /// How long it counts.
        #[arg(long, value_name = "N", default_value_t = USUAL_TOKEN_DAYS)]
        days: u16,
    },
    /// Lists your tokens; everybody's to whoever keeps the house.
    List,
    /// Revokes a token.
    Revoke {
        /// Its number.
        token: i64,
    },
}
