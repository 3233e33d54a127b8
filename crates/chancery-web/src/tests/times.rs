//! Nobody sees by the time of an answer whether a paper is there and not for him.

use std::time::{Duration, Instant};

use axum::http::Method;

use super::{Small, h};

/// As published for constant-time code (Reparaz, Balasch, Verbauwhede: dudect, 2017).
const MOST_Z: f64 = 4.5;
/// A busy machine moves medians too, now one way and now the other; a difference that is there comes again.
const TRIES: usize = 2;

/// Mann and Whitney's z of two samples: by ranks, so that what else runs on the machine, which makes a few answers ten times
/// as long, weighs no more than any other answer. And how far their medians are apart.
fn compared(mut a: Vec<f64>, mut b: Vec<f64>) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> =
        a.iter().map(|&x| (x, true)).chain(b.iter().map(|&x| (x, false))).collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    let ranks: f64 = (1..).zip(&all).filter(|(_, x)| x.1).map(|(rank, _)| f64::from(rank)).sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let z = (ranks - n * (n + m + 1.0) / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    let median = |of: &mut Vec<f64>| {
        of.sort_by(f64::total_cmp);
        of[of.len() / 2]
    };
    (z.abs(), (median(&mut a) - median(&mut b)).abs())
}

#[tokio::test(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "times are what is tested")]
async fn a_forbidden_paper_takes_as_long_as_an_absent_one() {
    let small = Small::begin().await;
    let cookie = small.cookie("voss").await;
    // How many of each, and how many milliseconds the medians may be apart.
    let full = std::env::var("CHANCERY_FULL").is_ok_and(|v| v == "1");
    let (rounds, most_apart) = if full { (5_000, 0.2) } else { (150, 0.5) };
    let times = async |path: &str| {
        let begun = Instant::now();
        let reply = small.with(&cookie, &Method::GET, path, "").await;
        assert_eq!(reply.status, 404, "{path}");
        begun.elapsed().as_secs_f64() * 1e3
    };
    let decided = async |paper: &str| {
        let begun = Instant::now();
        let _ = small.web.archive.may_open(paper, &h("voss")).await;
        begun.elapsed().as_secs_f64() * 1e3
    };
    let mut tries = 0..TRIES;
    loop {
        let last = tries.next().is_none();
        let (mut forbidden, mut absent) = (Vec::new(), Vec::new());
        let (mut refusing, mut missing) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            // Timers tick once a millisecond: questions come at any point between.
            // Which of the two comes first changes, for what was just asked lies in the caches.
            let mut paths = ["/papers/P1", "/papers/P9"];
            paths.rotate_left(usize::from(round % 2 == 1));
            for path in paths {
                let (begun, wait) = (Instant::now(), Duration::from_micros(round * 379 % 1_000));
                while begun.elapsed() < wait {}
                let took = times(path).await;
                if path.ends_with("P1") { forbidden.push(took) } else { absent.push(took) }
            }
            for _ in 0..5 {
                refusing.push(decided("P1").await);
                missing.push(decided("P9").await);
            }
        }
        let (z, apart) = compared(forbidden, absent);
        eprintln!(
            "forbidden and absent: |z| {z:.2}, medians {apart:.3} ms apart, {rounds} of each"
        );
        assert!(z < MOST_Z, "|z| {z}");
        // The control: what is behind it does not take the same time, and this comparison sees it.
        let (behind, differ) = compared(refusing, missing);
        eprintln!("the decision behind them: |z| {behind:.2}, medians {differ:.3} ms apart");
        assert!(behind > MOST_Z, "|z| {behind}");
        assert!(differ > 0.01, "{differ} ms");
        if apart < most_apart {
            return;
        }
        assert!(!last, "{apart} ms");
    }
}
