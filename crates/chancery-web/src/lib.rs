//! The reading room: Chancery in the browser, and its JSON interface.
//!
//! In scope: who asks (sessions, cookies), which route is whose, pages and their style sheet. Out of scope:
//! what anybody may do; every right is asked of the desk again at each request.
//!
//! A room is a module with its pages and a function `routes`; `routes` puts them together. A
//! `route::Route` cannot be written without its rule. A page is made by `layout::page` from a
//! `layout::Frame` and a body. What goes wrong is a `trouble::Trouble`, and looks the same in every room.

mod api;
mod assets;
mod cookie;
mod desk;
mod disclosure;
mod drafting;
mod findings;
mod guard;
mod headers;
mod inquiry;
mod journal;
mod layout;
mod load;
mod oidc;
mod papers;
mod passkey;
mod programs;
mod reading;
mod record;
mod registry;
mod route;
mod routes;
mod sealed;
mod serve;
mod sign_in;
#[cfg(test)]
mod tests;
mod trouble;
mod visitor;
mod web;
mod webhooks;
mod words;

pub use journal::Journal;
pub use oidc::Oidc;
pub use passkey::Origin;
pub use sealed::{TakeShare, serve_sealed};
pub use serve::{Ended, serve, serve_metrics};
pub use web::{Settings, Step, Web};
pub use webhooks::{TargetError, check_target};
