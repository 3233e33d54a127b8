//! The house rules that an archive sets for itself: what differs between one house and the next.

use serde::{Deserialize, Serialize};

use crate::watch::Watch;

/// The rules of one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct House {
    /// Whether whoever drafted a paper may approve and release it alone.
    pub self_release: bool,
    /// When reading is so much, so broad or so far back that somebody should look; and who may.
    pub watch: Watch,
}

impl Default for House {
    /// A small house: drafters release by themselves.
    fn default() -> Self {
        Self { self_release: true, watch: Watch::default() }
    }
}
