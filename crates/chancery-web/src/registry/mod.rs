//! Registry and administration: offices, persons, postings, policy, alarms, health.

use crate::route::Route;

pub(crate) const fn routes() -> Vec<Route> {
    Vec::new()
}
