//! What every handler gets: the archive and the settings. And the router, with everything around it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use chancery_desk::Archive;
use chancery_domain::Handle;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::journal::Journal;
use crate::load::{self, Load};
use crate::oidc::{Issued, Oidc};
use crate::passkey::{Origin, Passkeys};
use crate::route::Route;
use crate::{api, guard, headers, routes, trouble};

/// Most bytes of a request.
const MAX_BODY: usize = 16 << 20;
/// How long a request may take. Tracing a leak through a large archive takes longest.
const LONGEST: Duration = Duration::from_secs(120);

/// How a house opens its reading room.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the house calls itself; stands at the foot of each page.
    pub house: String,
    /// Whether anybody may sign in as anybody: a demonstration, where nothing is real.
    pub demonstration: bool,
    /// In a demonstration: its steps, one after another.
    pub tour: Vec<Step>,
    /// The issuer through which people may sign in; it takes an address, too.
    pub oidc: Option<Oidc>,
    /// Where backups lie.
    pub backups: Option<PathBuf>,
    /// Where each request is noted; nowhere when none.
    pub journal: Option<Journal>,
    /// The address under which people reach it; without it there are no passkeys.
    pub origin: Option<Origin>,
}

/// A step of a demonstration: as whom, where, and what there is to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// As whom.
    pub person: Handle,
    /// The page it begins at.
    pub at: &'static str,
    /// What is done, in a few words.
    pub does: &'static str,
    /// How.
    pub how: &'static str,
}

/// The reading room.
#[derive(Debug)]
pub struct Web {
    pub(crate) archive: Arc<Archive>,
    pub(crate) settings: Settings,
    pub(crate) load: Load,
    pub(crate) passkeys: Option<Passkeys>,
    pub(crate) issued: Option<Issued>,
}

/// As handlers take it.
pub(crate) type Shared = Arc<Web>;

impl Web {
    /// Opens a reading room on an archive.
    #[must_use]
    pub fn new(archive: Archive, settings: Settings) -> Arc<Self> {
        let passkeys = settings.origin.as_ref().and_then(Passkeys::new);
        let issued = settings.oidc.clone().zip(settings.origin.as_ref());
        let issued = issued.map(|(about, origin)| Issued::new(about, origin.as_str()));
        let archive = Arc::new(archive);
        Arc::new(Self { archive, settings, load: Load::default(), passkeys, issued })
    }

    /// Closes the archive, if nobody else holds it any more.
    pub(crate) async fn close(self: Arc<Self>) {
        if let Some(archive) = Arc::into_inner(self).and_then(|web| Arc::into_inner(web.archive)) {
            archive.close().await;
        }
    }

    /// Everything that answers: the routes, each behind its rule, the record for outsiders under `/record`
    /// (C2SP tlog-tiles), and what all of them have in common.
    pub fn router(self: &Arc<Self>) -> Router {
        let open = Router::new();
        let mounted = routes::all().into_iter().fold(open, |router, route: Route| {
            let known = (Arc::clone(self), route.rule, route.operation.is_some());
            let admit = from_fn_with_state(known, guard::admit);
            router.route(route.path, route.handler.layer(admit))
        });
        mounted
            .fallback(trouble::absent)
            .method_not_allowed_fallback(trouble::otherwise)
            .with_state(Arc::clone(self))
            .nest("/record", chancery_witness::router(Arc::clone(&self.archive)))
            .layer(CsrfLayer::new())
            .layer(RequestBodyLimitLayer::new(MAX_BODY))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
            .layer(from_fn_with_state(Arc::clone(self), load::shed))
            .layer(from_fn(api::plainly))
            .layer(from_fn(headers::secure))
    }
}
