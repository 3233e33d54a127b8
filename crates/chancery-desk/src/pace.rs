//! The pace of answers: an answer that could tell something by its time leaves at a set instant, not when it is ready.
//!
//! A search answers at set steps. What the searcher may read sets the work of a search, and what is refused to him adds a little: its
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
pub(crate) struct Pace(Instant);

impl Pace {
    /// A question is asked.
    #[expect(clippy::disallowed_methods, reason = "a duration, which enters nothing")]
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits until the answer may leave. No transaction may be open: others would wait along.
    pub(crate) async fn keep(self) {
        until(self.0 + step_after(self.0.elapsed())).await;
    }
}

/// What the runtime's timers may be late by: twice their millisecond.
const TIMERS_MISS: Duration = Duration::from_millis(2);

/// Waits until `at`. When the waiting began does not show in when it ends, beyond what the system's scheduler adds.
///
/// The runtime's own timers do not do for that: they wait whole milliseconds, counted from where the thread began to wait. An
/// answer would leave a whole number of milliseconds after it was ready, and the rest would tell how long the work took. So
/// they wait for all but the end, and the end is slept on a thread of its own, up to an instant of the system's clock.
#[expect(clippy::disallowed_methods, reason = "a duration, which enters nothing")]
pub async fn until(at: Instant) {
    let left = at.saturating_duration_since(Instant::now());
    tokio::time::sleep(left.saturating_sub(TIMERS_MISS)).await;
    let end = move || std::thread::sleep(at.saturating_duration_since(Instant::now()));
    if tokio::task::spawn_blocking(end).await.is_err() {
        tokio::time::sleep(at.saturating_duration_since(Instant::now())).await;
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

    /// Kolmogorov and Smirnov's statistic of two samples of one size: the most that their distributions are apart, times the
    /// root of half the size.
    fn apart(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let below = |of: &[f64], x: f64| of.partition_point(|y| *y <= x) as f64 / of.len() as f64;
        let most = a.iter().chain(&b).map(|&x| (below(&a, x) - below(&b, x)).abs());
        most.fold(0.0, f64::max) * (a.len() as f64 / 2.0).sqrt()
    }

    /// Work of 0.2 and of 0.5 ms, and then one wait until 5 ms after it was asked for: by [`until`] the two look alike, and by
    /// the runtime's timers alone, which is the control, anyone with a clock tells them apart. A busy machine can hide that from
    /// the control; then both are looked at again.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "times are what is tested")]
    async fn how_long_the_work_took_does_not_show_in_when_the_answer_leaves() {
        const ROUNDS: u64 = 200;
        const TRIES: usize = 10;
        /// By chance one time in 100,000.
        const MOST: f64 = 2.47;
        let spin = |micros| {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_micros(micros) {}
        };
        let asked = async |round: u64, work: u64, exact: bool| {
            spin(round * 379 % 1_000);
            let begun = Instant::now();
            spin(work);
            let at = begun + Duration::from_millis(5);
            if exact {
                until(at).await
            } else {
                tokio::time::sleep_until(at.into()).await
            }
            begun.elapsed().as_secs_f64()
        };
        let looked_at = async |exact| {
            let (mut short, mut long) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                short.push(asked(round, 200, exact).await);
                long.push(asked(round, 500, exact).await);
            }
            apart(short, long)
        };
        for _ in 0..TRIES {
            let (alike, control) = (looked_at(true).await, looked_at(false).await);
            eprintln!(
                "apart by {alike:.2}, and with the runtime's timers by {control:.2}; limit {MOST}"
            );
            assert!(alike < MOST, "{alike}");
            if control > MOST {
                return;
            }
        }
        panic!("the runtime's timers did not show it in {TRIES} tries");
    }
}
