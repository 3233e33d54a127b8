//! What answers while the archive is sealed: how many shares were given, and nothing else. Shares are given at the
//! machine (`chancery unseal`), not over the network.

use std::future::Future;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::headers;
use crate::serve::{Ended, until};

const TEXT: &str = "text/plain; charset=utf-8";
/// Seconds after which it is worth asking again.
const RETRY: HeaderValue = HeaderValue::from_static("60");

/// Answers for a sealed archive until `opened` resolves or the process is told to stop. `state` is what `/health`
/// says; every other address gives one and the same answer, whatever is asked of it.
///
/// # Errors
/// When the listener fails.
pub async fn serve_sealed(
    listener: TcpListener,
    state: impl Fn() -> String + Clone + Send + Sync + 'static,
    opened: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Ended> {
    until(listener, router(state), opened).await
}

pub(crate) fn router(state: impl Fn() -> String + Clone + Send + Sync + 'static) -> Router {
    let health = move || {
        let said = format!("{}\n", state());
        async move { closed(said) }
    };
    Router::new().route("/health", get(health)).fallback(nothing).layer(from_fn(headers::secure))
}

async fn nothing() -> Response {
    closed("The archive is sealed. Its officers have to give their shares.\n".to_owned())
}

fn closed(text: String) -> Response {
    let headers = [(CONTENT_TYPE, HeaderValue::from_static(TEXT)), (RETRY_AFTER, RETRY)];
    (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
}
