//! How much is asked at once: what is too much is turned away at once, and all of it is counted.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::trouble::Trouble;
use crate::web::Shared;

/// Requests that are worked on or wait for the archive. More would only wait longer.
const AT_ONCE: usize = 64;
/// Backups that are made or tried out at once: each reads the whole archive.
pub(crate) const BACKUPS_AT_ONCE: usize = 1;
/// Questions to the issuer at once: each waits for another machine, for ten seconds at most, on a thread of its own.
pub(crate) const ISSUER_AT_ONCE: usize = 8;
/// Whoever is told that there is nothing for him is told so after a whole number of these: nobody sees by the time whether
/// something was looked at and refused.
const NOTHING_AFTER: Duration = Duration::from_millis(20);
/// Upper ends of the histogram's steps, in milliseconds.
const STEPS: [u64; 8] = [5, 10, 25, 50, 100, 250, 1000, 5000];

/// Requests so far, and room for more.
#[derive(Debug)]
pub(crate) struct Load {
    room: Semaphore,
    pub(crate) backups: Arc<Semaphore>,
    pub(crate) issuer: Arc<Semaphore>,
    /// By the first digit of the status.
    answers: [AtomicU64; 6],
    shed: AtomicU64,
    /// Answers that took at most so long, by [`STEPS`]; the last took longer.
    took: [AtomicU64; STEPS.len() + 1],
    micros: AtomicU64,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            room: Semaphore::new(AT_ONCE),
            backups: Arc::new(Semaphore::new(BACKUPS_AT_ONCE)),
            issuer: Arc::new(Semaphore::new(ISSUER_AT_ONCE)),
            answers: Default::default(),
            shed: AtomicU64::default(),
            took: Default::default(),
            micros: AtomicU64::default(),
        }
    }
}

/// Room for long work. It goes with the work, and not with whoever asked for it: work that nobody waits for any more
/// still takes its room.
///
/// # Errors
/// When there is none; `says` is what the answer says then.
pub(crate) fn room_for(
    work: &Arc<Semaphore>,
    says: &'static str,
) -> Result<OwnedSemaphorePermit, Trouble> {
    Arc::clone(work).try_acquire_owned().map_err(|_| Trouble::Later(says))
}

impl Load {
    fn count(&self, status: u16, took: Duration) {
        let digit = usize::from(status / 100).min(self.answers.len() - 1);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let step = STEPS.partition_point(|end| *end < millis);
        for counter in self.answers.get(digit).into_iter().chain(self.took.get(step)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// As Prometheus reads it.
    pub(crate) fn exposition(&self) -> String {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut out = String::from("# TYPE chancery_requests_total counter\n");
        for (digit, counter) in self.answers.iter().enumerate().skip(1) {
            let _ =
                writeln!(out, "chancery_requests_total{{status=\"{digit}xx\"}} {}", of(counter));
        }
        let _ = writeln!(
            out,
            "# TYPE chancery_requests_shed_total counter\nchancery_requests_shed_total {}",
            of(&self.shed)
        );
        out.push_str("# TYPE chancery_request_seconds histogram\n");
        let mut sum = 0;
        for (counter, end) in self.took.iter().zip(STEPS) {
            sum += of(counter);
            let end = end as f64 / 1000.0;
            let _ = writeln!(out, "chancery_request_seconds_bucket{{le=\"{end}\"}} {sum}");
        }
        let all: u64 = self.took.iter().map(of).sum();
        let seconds = of(&self.micros) as f64 / 1e6;
        let _ = writeln!(
            out,
            "chancery_request_seconds_bucket{{le=\"+Inf\"}} {all}\nchancery_request_seconds_sum {seconds}\nchancery_request_seconds_count {all}"
        );
        out
    }
}

/// Lets a request through while there is room, and says to come again when there is none.
pub(crate) async fn shed(State(web): State<Shared>, request: Request, next: Next) -> Response {
    let asked = web.settings.journal.as_ref().map(|journal| {
        let route = request.extensions().get::<MatchedPath>().cloned();
        (journal, request.method().clone(), route)
    });
    let begun = Instant::now();
    let response = match web.load.room.try_acquire() {
        Ok(_room) => {
            let response = next.run(request).await;
            web.load.count(response.status().as_u16(), begun.elapsed());
            response
        }
        Err(_) => {
            web.load.shed.fetch_add(1, Ordering::Relaxed);
            Trouble::Busy.into_response()
        }
    };
    if response.status() == StatusCode::NOT_FOUND {
        chancery_desk::until((begun + whole_steps(begun.elapsed())).into_std()).await;
    }
    if let Some((journal, method, route)) = asked {
        let route = route.as_ref().map(MatchedPath::as_str);
        let outcome = (response.status().as_u16(), begun.elapsed());
        journal.request(web.archive.now(), (&method, route), outcome);
    }
    response
}

/// The first whole number of [`NOTHING_AFTER`] that is not before `took`.
fn whole_steps(took: Duration) -> Duration {
    let steps = took.as_nanos().div_ceil(NOTHING_AFTER.as_nanos()).max(1);
    NOTHING_AFTER.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_after_whole_steps() {
        let of = |micros| whole_steps(Duration::from_micros(micros)).as_millis();
        assert_eq!([0, 1, 300, 20_000, 20_001, 39_000].map(of), [20, 20, 20, 20, 40, 40]);
    }

    #[test]
    fn what_took_long_is_counted_where_it_belongs() {
        let load = Load::default();
        load.count(200, Duration::from_millis(5));
        load.count(404, Duration::from_millis(7));
        load.count(500, Duration::from_secs(9));
        let text = load.exposition();
        for line in [
            "chancery_requests_total{status=\"2xx\"} 1",
            "chancery_requests_total{status=\"5xx\"} 1",
            "chancery_request_seconds_bucket{le=\"0.005\"} 1",
            "chancery_request_seconds_bucket{le=\"0.01\"} 2",
            "chancery_request_seconds_bucket{le=\"5\"} 2",
            "chancery_request_seconds_bucket{le=\"+Inf\"} 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }
}
