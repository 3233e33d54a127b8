//! The house rules that an archive sets for itself: what differs between one house and the next.

use serde::{Deserialize, Serialize};

use crate::Handle;
use crate::watch::Watch;

/// The rules of one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct House {
    /// Whether whoever drafted a paper may approve and release it alone.
    pub self_release: bool,
    /// Whether a cancelled paper can still be opened, with the notice that it is cancelled.
    pub cancelled_readable: bool,
    /// The office that keeps these rules and the collectives; while none is named, anyone may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custodian: Option<Handle>,
    /// When reading is so much, so broad or so far back that somebody should look; and who may.
    pub watch: Watch,
}

impl Default for House {
    /// A small house: drafters release by themselves, cancelled papers stay, everyone keeps the rules.
    fn default() -> Self {
        Self {
            self_release: true,
            cancelled_readable: true,
            custodian: None,
            watch: Watch::default(),
        }
    }
}
