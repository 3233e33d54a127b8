//! Exact binomial limits (Clopper and Pearson 1934).

fn cdf(k: usize, n: usize, p: f64) -> f64 {
    let term = |i: usize| {
        let choose = libm::lgamma(n as f64 + 1.0)
            - libm::lgamma(i as f64 + 1.0)
            - libm::lgamma((n - i) as f64 + 1.0);
        libm::exp(choose + i as f64 * libm::log(p) + (n - i) as f64 * libm::log1p(-p))
    };
    (0..=k).map(term).sum()
}

fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (1e-12, 1.0 - 1e-12);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if below(middle) { low = middle } else { high = middle }
    }
    low
}

/// The limits of a rate seen `k` times in `n`, at 95 %.
pub fn limits(k: usize, n: usize) -> (f64, f64) {
    let lower = if k == 0 { 0.0 } else { bisect(|p| 1.0 - cdf(k - 1, n, p) < 0.025) };
    let upper = if k >= n { 1.0 } else { bisect(|p| cdf(k, n, p) >= 0.025) };
    (lower, upper)
}
