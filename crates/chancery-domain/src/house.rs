//! The house rules that an archive sets for itself: what differs between one house and the next.

use serde::{Deserialize, Serialize};

use crate::Handle;
use crate::watch::Watch;

/// What inquiries may spend in a year, and when readers hear of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inquiries {
    /// The most that the levels of one calendar year may add up to.
    pub yearly_alpha: f64,
    /// The most looks at one paper in a calendar year.
    pub per_paper: u32,
    /// Days after its end at which readers of the papers are told of an inquiry.
    pub notice_days: u16,
}

impl Default for Inquiries {
    /// A hundred inquiries at the usual level, twelve looks at one paper, notice after ninety days.
    fn default() -> Self {
        Self { yearly_alpha: 1e-4, per_paper: 12, notice_days: 90 }
    }
}

/// The rules of one house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// What inquiries may spend.
    pub inquiries: Inquiries,
    /// Whether webhooks may go to addresses inside the house’s own network.
    pub webhooks_inside: bool,
}

impl Default for House {
    /// A small house: drafters release by themselves, cancelled papers stay, everyone keeps the rules.
    fn default() -> Self {
        Self {
            self_release: true,
            cancelled_readable: true,
            custodian: None,
            watch: Watch::default(),
            inquiries: Inquiries::default(),
            webhooks_inside: false,
        }
    }
}
