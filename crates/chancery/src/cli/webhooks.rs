//! Commands about webhooks.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Adds an address; prints the secret that its messages are signed with, once.
    Add {
        /// Where, such as <https://news.example/chancery>.
        address: String,
    },
    /// Lists the addresses, and how the last messages went.
    List,
    /// Tells an address nothing more.
    Remove {
        /// Its number.
        webhook: i64,
    },
}
