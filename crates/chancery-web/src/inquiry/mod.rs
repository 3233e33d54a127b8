//! The inquiry room.

use crate::route::Route;

pub(crate) const fn routes() -> Vec<Route> {
    Vec::new()
}
