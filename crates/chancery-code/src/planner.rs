//! Before dispatch: how many sites a paper needs, and what one site is worth.
//!
//! These are forecasts by a normal approximation, for planning only; no finding uses them.

use crate::collusion::{Attack, Member};
use crate::law::Law;
use crate::procedure::{Alpha, AlphaSplit};
use crate::weights::NOISE_FLOOR;
use std::collections::BTreeMap;

/// Entropy of a law in bits: what one clean reading says about a lone reader.
#[must_use]
pub fn bits_of(law: &Law) -> f64 {
    (0..law.readings()).map(|r| -xlog2(law.probability(r), law.probability(r))).sum()
}

/// What one site of a paper adds, on average, to the score of a reader who took part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Colluders assumed, using the strategy that serves them best.
    pub coalition: u8,
    /// Mean of the log-likelihood ratio, in bits.
    pub bits: f64,
    /// Its variance, in bits squared.
    pub variance: f64,
}

impl Forecast {
    /// For a paper with these sites, a leak by `coalition` readers and extraction errors at rate
    /// `error`. Binary sites are attacked by the worst strategy that treats both readings alike,
    /// sites of more readings by interleaving.
    #[must_use]
    pub fn new(laws: &[Law], coalition: u8, error: f64) -> Self {
        let coalition = Member::new(coalition, Attack::Interleave).coalition;
        let error = if error.is_finite() { error.clamp(0.0, 0.5) } else { 0.5 };
        let mut kinds: BTreeMap<&Law, f64> = BTreeMap::new();
        for law in laws {
            *kinds.entry(law).or_default() += 1.0 / laws.len() as f64;
        }
        let theta = worst_strategy(&kinds, usize::from(coalition), error);
        let (mut bits, mut square) = (0.0, 0.0);
        for (law, share) in kinds {
            let channel = if law.readings() == 2 {
                binary_channel(&theta, law.probability(0))
            } else {
                let none = vec![0; law.readings()];
                Member::new(coalition, Attack::Interleave).channel(law, &none)
            };
            let (mean, mean_square) = moments(law, &channel, error);
            bits += share * mean;
            square += share * mean_square;
        }
        Self { coalition, bits, variance: (square - bits * bits).max(0.0) }
    }

    /// Sites needed so that at least one leaker is named with probability `detection`, among
    /// `entitled` persons; `None` when the sites say nothing.
    #[must_use]
    pub fn sites_needed(&self, entitled: u64, alpha: Alpha, detection: f64) -> Option<u64> {
        if self.bits <= 1e-9 {
            return None;
        }
        let split = AlphaSplit::standard();
        let bank = split.bank(1).members();
        let same_size = |entry: &&(Member, u32)| entry.0.coalition == self.coalition;
        let share = bank.iter().find(same_size).or_else(|| bank.last()).map_or(1, |entry| entry.1);
        let charge = entitled as f64 * 1_000.0 / (f64::from(share) * split.round_share(1));
        let needed = libm::log2(charge / alpha.get());
        // Each of c colluders misses with the c-th root of the whole miss.
        let miss = (1.0 - detection).clamp(1e-9, 1.0 - 1e-9);
        let z = -normal_quantile(libm::pow(miss, 1.0 / f64::from(self.coalition)));
        let enough = |sites: f64| {
            let deviation = libm::sqrt(sites * self.variance);
            // An exact tail is smaller than 2^-score (Bahadur and Rao 1960).
            let gain = libm::log2(1.0 + core::f64::consts::LN_2 * SQRT_TAU * deviation);
            sites * self.bits - z * deviation + gain >= needed
        };
        let (mut low, mut high) = (0.0, 1.0);
        while !enough(high) {
            low = high;
            high *= 2.0;
        }
        while high - low > 0.5 {
            let middle = (low + high) / 2.0;
            if enough(middle) { high = middle } else { low = middle }
        }
        Some(libm::ceil(high) as u64)
    }
}

/// Square root of two pi.
const SQRT_TAU: f64 = 2.506_628_274_631_000_7;

/// a log2 b, with 0 log 0 = 0.
fn xlog2(a: f64, b: f64) -> f64 {
    if a > 0.0 { a * libm::log2(b) } else { 0.0 }
}

/// P(leak has reading r | candidate has v) from P(leak 1 | number of colluders with reading 1).
fn binary_channel(theta: &[f64], zero: f64) -> Vec<f64> {
    let others = theta.len() - 2;
    let one = 1.0 - zero;
    let mut leak = [0.0; 2];
    let mut weight = (0..others).fold(1.0, |w, _| w * zero);
    for z in 0..=others {
        leak[0] += weight * theta[z];
        leak[1] += weight * theta[z + 1];
        weight *= one / zero * (others - z) as f64 / (z + 1) as f64;
    }
    vec![1.0 - leak[0], leak[0], 1.0 - leak[1], leak[1]]
}

/// Mean and mean square of the log-likelihood ratio of a colluder, for weights that allow for the
/// noise floor while readings are wrong at rate `error`.
fn moments(law: &Law, channel: &[f64], error: f64) -> (f64, f64) {
    let q = law.readings();
    let noisy = |rate: f64| -> Vec<f64> {
        let spread = rate / (q - 1) as f64;
        let smear = |cell: &f64| cell * (1.0 - rate - spread) + spread;
        channel.iter().map(smear).collect()
    };
    let (truth, model) = (noisy(error), noisy(error.max(NOISE_FLOOR)));
    let (mut mean, mut square) = (0.0, 0.0);
    for y in 0..q {
        let marginal: f64 = (0..q).map(|v| law.probability(v) * model[v * q + y]).sum();
        for v in 0..q {
            let llr = libm::log2(model[v * q + y] / marginal);
            let p = law.probability(v) * truth[v * q + y];
            mean += p * llr;
            square += p * llr * llr;
        }
    }
    (mean, square)
}

/// Mutual information of one colluder's reading and the leak's, averaged over the laws, in bits.
fn information(kinds: &BTreeMap<&Law, f64>, theta: &[f64], error: f64) -> f64 {
    let binary = kinds.iter().filter(|(law, _)| law.readings() == 2);
    binary
        .map(|(law, share)| {
            let noisy = |p: f64| p * (1.0 - 2.0 * error) + error;
            let channel = binary_channel(theta, law.probability(0));
            let leak = [noisy(channel[1]), noisy(channel[3])];
            let marginal: f64 = (0..2).map(|v| law.probability(v) * leak[v]).sum();
            let of = |v: usize| {
                xlog2(leak[v], leak[v] / marginal)
                    + xlog2(1.0 - leak[v], (1.0 - leak[v]) / (1.0 - marginal))
            };
            share * (0..2).map(|v| law.probability(v) * of(v)).sum::<f64>()
        })
        .sum()
}

/// The strategy P(leak 1 | z of c have 1), symmetric in the readings, that leaves least information
/// about one colluder. Information is convex in it, so descent along coordinates finds the least.
fn worst_strategy(kinds: &BTreeMap<&Law, f64>, c: usize, error: f64) -> Vec<f64> {
    let mut theta: Vec<f64> = (0..=c).map(|z| z as f64 / c as f64).collect();
    for _ in 0..SWEEPS {
        for z in 1..=(c - 1) / 2 {
            let at = |value: f64, theta: &mut Vec<f64>| {
                theta[z] = value;
                theta[c - z] = 1.0 - value;
                information(kinds, theta, error)
            };
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..SEARCH {
                let third = (high - low) / 3.0;
                let (left, right) = (low + third, high - third);
                if at(left, &mut theta) < at(right, &mut theta) { high = right } else { low = left }
            }
            at((low + high) / 2.0, &mut theta);
        }
    }
    theta
}

/// Passes over all coordinates, and ternary steps along one.
const SWEEPS: usize = 40;
const SEARCH: usize = 24;

/// The z with P(Z <= z) = p for a standard normal Z, by bisection.
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-10.0, 10.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        let below = libm::erfc(-middle * core::f64::consts::FRAC_1_SQRT_2) / 2.0;
        if below < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laws(shares: &[u8]) -> Vec<Law> {
        shares.iter().map(|&k| Law::binary(k).unwrap()).collect()
    }

    #[test]
    fn entropies() {
        assert_eq!(bits_of(&Law::binary(128).unwrap()), 1.0);
        assert_eq!(bits_of(&Law::uniform(4).unwrap()), 2.0);
        assert!((bits_of(&Law::binary(27).unwrap()) - 0.4862).abs() < 1e-3);
    }

    #[test]
    fn worst_case_information_agrees_with_the_literature_table() {
        // Bits per site left by the worst attack: fair, lambda .5 and lambda .3.
        let fair = laws(&[128]);
        let h50 = laws(&[128, 128, 27, 229]);
        let mut h30 = laws(&[128; 14]);
        h30.extend(laws(&[27, 27, 27, 229, 229, 229]));
        let of = |laws: &[Law], c: usize, error: f64| {
            let mut kinds = BTreeMap::new();
            laws.iter().for_each(|law| *kinds.entry(law).or_default() += 1.0 / laws.len() as f64);
            let theta = worst_strategy(&kinds, c, error);
            information(&kinds, &theta, error)
        };
        let cells = [
            (of(&fair, 1, 0.0), 1.0),
            (of(&fair, 1, 0.1), 0.531),
            (of(&fair, 2, 0.0), 0.1887),
            (of(&fair, 3, 0.0), 0.0),
            (of(&h50, 1, 0.0), 0.743),
            (of(&h50, 1, 0.1), 0.376),
            (of(&h50, 2, 0.0), 0.1519),
            (of(&h50, 3, 0.0), 0.0499),
            (of(&h50, 5, 0.0), 0.0175),
            (of(&h50, 8, 0.0), 0.0040),
            (of(&h30, 1, 0.0), 0.846),
            (of(&h30, 2, 0.0), 0.1666),
            (of(&h30, 3, 0.0), 0.0327),
            (of(&h30, 5, 0.0), 0.0116),
            (of(&h30, 8, 0.0), 0.0025),
        ];
        for (i, (got, want)) in cells.into_iter().enumerate() {
            assert!((got - want).abs() < 6e-4, "cell {i}: {got} {want}");
        }
    }

    #[test]
    fn fair_sites_alone_cannot_plan_for_three() {
        assert_eq!(
            Forecast::new(&laws(&[128]), 3, 0.0).sites_needed(1_000, Alpha::USUAL, 0.99),
            None
        );
    }

    #[test]
    fn forecasts_lie_near_the_simulated_table() {
        // (c, error, N, sites for 50 %, sites for 99 %), simulated without bank and rounds.
        let fair = laws(&[128]);
        let h50 = laws(&[128, 128, 27, 229]);
        let cells = [
            (&fair, 1, 0.1, 1_000, 51.0, 84.0),
            (&h50, 1, 0.1, 1_000, 69.0, 129.0),
            (&h50, 1, 0.2, 10_000, 150.0, 282.0),
            (&h50, 2, 0.0, 1_000, 152.0, 246.0),
            (&h50, 3, 0.0, 1_000, 469.0, 748.0),
        ];
        for (laws, c, error, n, half, most) in cells {
            let forecast = Forecast::new(laws, c, error);
            let at = |d| forecast.sites_needed(n, Alpha::USUAL, d).unwrap() as f64;
            for (got, want) in [(at(0.5), half), (at(0.99), most)] {
                assert!((0.85..1.45).contains(&(got / want)), "c={c} e={error}: {got} {want}");
            }
        }
    }
}
