//! What answers while the archive is sealed: how many shares were given, and, where the house wants it, a page on which
//! officers give theirs. Nothing else.
//!
//! Shares are given at the machine (`chancery unseal`) unless the page is asked for: what is typed into it goes through
//! the browser, the proxy that ends TLS, and this process, and whoever reads there reads the share.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use chancery_desk::SHARE_BYTES_MAX;
use maud::{Markup, html};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

use crate::serve::{Ended, until};
use crate::trouble::sentence;
use crate::{assets, headers, layout};

const TEXT: &str = "text/plain; charset=utf-8";
/// Seconds after which it is worth asking again.
const RETRY: HeaderValue = HeaderValue::from_static("60");

type Taken = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// Where a share goes that was typed into the page. It says how far the archive is opened, or what is wrong with the share.
#[derive(Clone)]
pub struct TakeShare(Arc<dyn Fn(String) -> Taken + Send + Sync>);

impl TakeShare {
    /// Hands each share to `take`.
    pub fn new<F>(take: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, String>> + Send + 'static,
    {
        Self(Arc::new(move |share| Box::pin(take(share))))
    }
}

impl fmt::Debug for TakeShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeShare")
    }
}

/// Answers for a sealed archive until `opened` resolves or the process is told to stop. `state` is what `/health`
/// says; with `take` there is a page `/unseal`. Every other address gives one and the same answer, whatever is asked of it.
///
/// # Errors
/// When the listener fails.
pub async fn serve_sealed(
    listener: TcpListener,
    state: impl Fn() -> String + Clone + Send + Sync + 'static,
    take: Option<TakeShare>,
    opened: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Ended> {
    until(listener, router(state, take), opened).await
}

pub(crate) fn router(
    state: impl Fn() -> String + Clone + Send + Sync + 'static,
    take: Option<TakeShare>,
) -> Router {
    let health = move || {
        let said = format!("{}\n", state());
        async move { closed(said) }
    };
    let mut router = Router::new().route("/health", get(health));
    if let Some(take) = take {
        let page = Router::new()
            .route("/unseal", get(ask).post(give))
            .route("/assets/{digest}/{*name}", get(assets::asset))
            .layer(CsrfLayer::new())
            .layer(DefaultBodyLimit::max(4 * SHARE_BYTES_MAX))
            .with_state(take);
        router = router.merge(page);
    }
    router.fallback(nothing).layer(from_fn(headers::secure))
}

async fn nothing() -> Response {
    closed("The archive is sealed. Its officers have to give their shares.\n".to_owned())
}

fn closed(text: String) -> Response {
    let headers = [(CONTENT_TYPE, HeaderValue::from_static(TEXT)), (RETRY_AFTER, RETRY)];
    (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
}

async fn ask() -> Markup {
    page(None)
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    share: String,
}

async fn give(State(TakeShare(take)): State<TakeShare>, Form(given): Form<Given>) -> Markup {
    page(Some(take(given.share).await))
}

/// The page never shows again what was typed.
fn page(outcome: Option<Result<String, String>>) -> Markup {
    let wrong = outcome.as_ref().and_then(|outcome| outcome.as_ref().err());
    let body = html! {
        div.narrow {
            h1 { "The archive is sealed" }
            @match &outcome {
                Some(Ok(said)) => p.note role="status" { b { (said) } " " a href="/" { "Go to the reading room" } },
                _ => p.lead { "Its officers open it together, each with his share. Nothing else can be asked until enough of them have given theirs." },
            }
            form.form method="post" action="/unseal" {
                div.field.bad[wrong.is_some()] {
                    label for="share" { "Your share" }
                    @if let Some(wrong) = wrong { p.err #share-wrong { (sentence(wrong)) } }
                    p.hint #share-hint { "The forty words, in their order. They go to this archive’s machine and are not kept. Where you can, give them at the machine itself." }
                    textarea #share name="share" rows="6" required autocomplete="off" autocapitalize="none" spellcheck="false" maxlength=(SHARE_BYTES_MAX) aria-describedby=(if wrong.is_some() { "share-wrong share-hint" } else { "share-hint" }) aria-invalid=[wrong.map(|_| "true")] {}
                }
                div.row { button.btn.go type="submit" { "Give this share" } }
            }
        }
    };
    layout::shut("Sealed", &body)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn send(router: &Router, origin: &str, method: &str, path: &str) -> (StatusCode, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "house.example")
            .header("origin", origin)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("share=zebra+lamp"))
            .unwrap();
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_share_is_taken_on_its_page_alone_and_never_shown() {
        let take = TakeShare::new(|share: String| async move {
            if share == "zebra lamp" {
                Err("word 1 is not on the list".to_owned())
            } else {
                Ok("open".to_owned())
            }
        });
        let state = || "sealed".to_owned();
        let router = router(state, Some(take));
        let own = "https://house.example";
        let (status, page) = send(&router, own, "GET", "/unseal").await;
        assert!(status == StatusCode::OK && page.contains("Your share"));
        let (_, wrong) = send(&router, own, "POST", "/unseal").await;
        assert!(
            wrong.contains("Word 1 is not on the list.") && !wrong.contains("zebra"),
            "{wrong}"
        );
        let (status, _) = send(&router, "https://elsewhere.example", "POST", "/unseal").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        for path in ["/", "/sign-in", "/api/v1/me", "/unseal/x"] {
            assert_eq!(send(&router, own, "GET", path).await.0, StatusCode::SERVICE_UNAVAILABLE);
        }
        // The control: without the page there is none.
        let shut = super::router(state, None);
        assert_eq!(send(&shut, own, "GET", "/unseal").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(send(&shut, own, "POST", "/unseal").await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
}
