//! Exact binomial limits for tests that count; compiled for tests alone.

/// P(X <= k) for X binomial(n, p).
fn at_most(k: usize, n: usize, p: f64) -> f64 {
    let (lp, lq) = (libm::log(p), libm::log1p(-p));
    let ln = |i: usize| libm::lgamma(i as f64 + 1.0);
    let term =
        |i: usize| libm::exp(ln(n) - ln(i) - ln(n - i) + i as f64 * lp + (n - i) as f64 * lq);
    (0..=k.min(n)).map(term).sum::<f64>().min(1.0)
}

/// Whether `k` of `n` is too many for a rate of `level`: Clopper and Pearson's lower limit at an error of
/// 1e-5 lies above it.
pub(crate) fn surely_above(k: usize, n: usize, level: f64) -> bool {
    k > 0 && 1.0 - at_most(k - 1, n, level) < 1e-5
}

/// Whether the full sizes are asked for.
pub(crate) fn full() -> bool {
    std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1")
}

#[test]
fn limits_are_those_of_the_tables() {
    assert!((at_most(3, 10, 0.5) - 0.171_875).abs() < 1e-12);
    assert!(surely_above(85, 1_000, 0.05) && !surely_above(70, 1_000, 0.05));
}
