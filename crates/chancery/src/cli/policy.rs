//! Commands about the label policy.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Shows the label policy in force: its classifications and categories.
    Show,
    /// Puts a label policy in force. From then on every draft needs a label of it, and readers a clearance.
    Set {
        /// One that ships with the program (uk-like, us-like, company), or a file of XML SPIF.
        policy: String,
    },
    /// Prints a paper's label as ADatP-4774 XML.
    Label {
        /// The paper.
        paper: String,
    },
    /// Checks a file of XML SPIF without putting it in force.
    Check {
        /// The file.
        file: PathBuf,
    },
}
