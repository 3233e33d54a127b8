//! Every route of the reading room.

use crate::route::Route;
use crate::{
    api, assets, desk, disclosure, drafting, findings, inquiry, oidc, papers, passkey, programs,
    reading, record, registry, sign_in, webhooks,
};

/// Room by room.
pub(crate) fn all() -> Vec<Route> {
    [
        assets::routes(),
        sign_in::routes(),
        passkey::routes(),
        oidc::routes(),
        programs::routes(),
        disclosure::routes(),
        desk::routes(),
        papers::routes(),
        reading::routes(),
        drafting::routes(),
        inquiry::routes(),
        findings::routes(),
        record::routes(),
        registry::routes(),
        webhooks::routes(),
        api::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
