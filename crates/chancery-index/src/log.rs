//! Logarithms as whole numbers, so that sums of weights do not depend on their order.

/// Units of one nat.
pub(crate) const UNIT: i64 = 1 << 10;

/// ln(over / under) in units, at least one; both are counts.
pub(crate) fn rarity(over: f64, under: f64) -> i64 {
    // Counts are below 2^32, so the logarithm is below 23 nats and the cast keeps it.
    (libm::round(libm::log(over / under) * UNIT as f64) as i64).max(1)
}

/// Units as nats.
pub(crate) fn nats(units: i64) -> f64 {
    units as f64 / UNIT as f64
}
