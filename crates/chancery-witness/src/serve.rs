//! The log's read API (C2SP tlog-tiles): checkpoint, tiles of hashes, entry bundles.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chancery_record::Tile;

use crate::source::{Source, SourceError};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// A checkpoint changes; a tile of a given width never does.
const SHORT: &str = "public, max-age=5";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const NEVER: &str = "no-store";

/// `/checkpoint` and `/tile/...` of a log, to be nested under the log's prefix. After a new epoch the log is
/// another one and wants another prefix, since tiles may be cached for ever.
pub fn router<S: Source>(source: S) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint::<S>))
        .route("/tile/{*path}", get(tile::<S>))
        .with_state(source)
}

async fn checkpoint<S: Source>(State(source): State<S>) -> Response {
    answer(source.checkpoint().await, TEXT, SHORT)
}

async fn tile<S: Source>(State(source): State<S>, uri: Uri) -> Response {
    // The path as it was sent, so that a tile has one spelling only.
    let Ok(tile) = uri.path().trim_start_matches('/').parse::<Tile>() else {
        return answer(Ok(None), BYTES, NEVER);
    };
    answer(source.tile(tile).await, BYTES, FOR_EVER)
}

fn answer(
    bytes: Result<Option<Vec<u8>>, SourceError>,
    kind: &'static str,
    cache: &'static str,
) -> Response {
    match bytes {
        Ok(Some(bytes)) => reply(StatusCode::OK, kind, cache, bytes),
        Ok(None) => reply(StatusCode::NOT_FOUND, TEXT, NEVER, b"not found\n".to_vec()),
        Err(_) => {
            let text = b"the record cannot be read at present\n".to_vec();
            reply(StatusCode::SERVICE_UNAVAILABLE, TEXT, NEVER, text)
        }
    }
}

/// An answer with its content type and how long it may be kept.
pub(crate) fn reply(
    status: StatusCode,
    kind: &'static str,
    cache: &'static str,
    body: Vec<u8>,
) -> Response {
    let headers =
        [(CONTENT_TYPE, kind), (CACHE_CONTROL, cache), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body).into_response()
}
