//! Every route of the reading room.

use crate::route::Route;
use crate::{
    api, assets, desk, disclosure, drafting, inquiry, papers, passkey, reading, record, registry,
    sign_in,
};

/// Room by room.
pub(crate) fn all() -> Vec<Route> {
    [
        assets::routes(),
        sign_in::routes(),
        passkey::routes(),
        disclosure::routes(),
        desk::routes(),
        papers::routes(),
        reading::routes(),
        drafting::routes(),
        inquiry::routes(),
        record::routes(),
        registry::routes(),
        api::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
