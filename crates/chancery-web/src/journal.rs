//! The journal: one line of JSON for each request, with nothing of a paper, a person or a secret in it.
//!
//! What is noted of a request is its method, the pattern of its route (never the path that it asked for, which names
//! papers), the status, and how long it took. Who asked, from where, and with what, is not noted: the record has what
//! was done, and by whom.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use jiff::Timestamp;
use serde_json::json;

/// Where lines go.
#[derive(Clone)]
pub struct Journal(Arc<dyn Fn(String) + Send + Sync>);

impl Journal {
    /// A journal that hands each line to `write`.
    pub fn new(write: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Notes a request. `route` is none where no route answered.
    pub(crate) fn request(
        &self,
        at: Timestamp,
        (method, route): (&Method, Option<&str>),
        (status, took): (u16, Duration),
    ) {
        // A method that nobody knows is the caller's own text.
        let known =
            [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::PUT, Method::DELETE];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let level = if status >= 500 { "error" } else { "info" };
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let line = json!({"at": at, "level": level, "event": "request", "method": method, "route": route.unwrap_or("none"), "status": status, "ms": ms});
        (self.0)(line.to_string());
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Journal")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::http::Method;

    use super::*;
    use crate::tests::Small;

    /// Everything secret that a request can bring is brought, and none of it is in a line.
    #[tokio::test(flavor = "current_thread")]
    async fn nothing_of_a_paper_a_person_or_a_secret_is_noted() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (small, kept) = (Small::begin().await, Arc::clone(&lines));
        let small = small.with_journal(Journal::new(move |line| kept.lock().unwrap().push(line)));
        let cookie = small.cookie("pell").await;
        let token = small.token("pell", "northern", "Zephyr").await;
        small.with(&cookie, &Method::GET, "/papers/P1?word=lighthouse", "").await;
        small.with(&cookie, &Method::POST, "/papers/P1/copy", "").await;
        small.with(&cookie, &Method::POST, "/search", "q=lighthouse").await;
        small.with(&cookie, &Method::GET, "/lighthouse", "").await;
        small.with(&cookie, &Method::from_bytes(b"LIGHTHOUSE").unwrap(), "/", "").await;
        small.with("", &Method::POST, "/sign-in", "code=LIGHTHOUSE").await;
        small
            .by_token(&token, &Method::POST, "/api/v1/search", "{\"query\": \"lighthouse\"}")
            .await;
        let lines = lines.lock().unwrap().join("\n");
        assert_eq!(lines.lines().count(), 7);
        assert!(
            lines.contains("\"route\":\"/papers/{paper}/copy\"")
                && lines.contains("\"route\":\"none\"")
        );
        let secret = cookie.split('=').nth(1).unwrap();
        let lower = lines.to_lowercase();
        for word in [
            "lighthouse",
            "P1",
            "pell",
            "northern",
            "Zephyr",
            "harbour",
            secret,
            &token,
            "house.example",
        ] {
            assert!(!lower.contains(&word.to_lowercase()), "{word} in {lines}");
        }
        for line in lines.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value.as_object().unwrap().len(), 7);
        }
    }
}
