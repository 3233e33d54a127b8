//! The house rules that an archive sets for itself: what differs between one house and the next.

use serde::{Deserialize, Serialize};

/// The rules of one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct House {
    /// Whether whoever drafted a paper may approve and release it alone.
    pub self_release: bool,
}

impl Default for House {
    /// A small house: drafters release by themselves.
    fn default() -> Self {
        Self { self_release: true }
    }
}
