//! What the rules may ask about a person beside the postings.

use serde::{Deserialize, Serialize};

/// How somebody is employed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Engagement {
    /// By the home service, wherever posted.
    #[default]
    HomeBased,
    /// By a mission, in the country where it is.
    Local,
}
