//! The pace of answers: a search answers at set steps of time, not when it is done.
//!
//! What the searcher may read sets the work of a search, and what is refused to him adds a little: its
//! row is read and the rules are asked. The steps swallow that little. They double, so that a longer search,
//! which may have more refused papers beside it, has as much longer a step to hide them in.

use std::time::{Duration, Instant};

/// When the first answers leave, counted from the question; later steps are twice the one before.
pub(crate) const FIRST_STEP: Duration = Duration::from_millis(100);

/// The step at which an answer leaves that was ready after `elapsed`.
fn step_after(elapsed: Duration) -> Duration {
    let mut step = FIRST_STEP;
    while step < elapsed {
        step = step.saturating_mul(2);
    }
    step
}

/// A question that waits for its step.
#[derive(Debug)]
pub(super) struct Pace(Instant);

impl Pace {
    /// A question is asked.
    #[expect(clippy::disallowed_methods, reason = "a duration, which enters nothing")]
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits until the answer may leave. No transaction may be open: others would wait along.
    pub(super) async fn keep(self) {
        let elapsed = self.0.elapsed();
        tokio::time::sleep(step_after(elapsed).saturating_sub(elapsed)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_double() {
        let step = |ms| step_after(Duration::from_millis(ms)).as_millis();
        assert_eq!([0, 1, 100, 101, 200, 399, 401].map(step), [100, 100, 100, 200, 200, 400, 800]);
        assert!(step_after(Duration::MAX) >= Duration::MAX, "it ends");
    }

    #[tokio::test]
    async fn an_answer_does_not_leave_before_its_step() {
        let asked = Pace::begin();
        let since = asked.0;
        asked.keep().await;
        assert!(since.elapsed() >= FIRST_STEP);
    }
}
