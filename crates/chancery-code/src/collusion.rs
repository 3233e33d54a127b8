//! Models of how a coalition makes its leak: the members of the bank.
//!
//! A model only shapes weights. A leak made in another way costs power; the bound on naming an
//! innocent holds for every leak. Weights themselves are in `weights`, shares of alpha in
//! `procedure`.

use crate::law::Law;
use serde::{Deserialize, Serialize};

/// The most ways to fill the unknown places of a coalition that are enumerated; beyond it (many
/// readings and many colluders, who then nearly all differ) every strategy is taken for
/// interleaving.
const MOST_FILLINGS: u64 = 2_000;

/// How colluders choose the reading they leak, site by site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attack {
    /// The reading of a colluder drawn at random.
    Interleave,
    /// The reading most of them have; ties are drawn.
    Majority,
    /// The reading fewest of them have, among those that occur; ties are drawn.
    Minority,
}

/// A coalition size and its strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Member {
    /// How many copies went into the leak; 1 is the lone reader.
    pub coalition: u8,
    /// How they were mixed; of no effect for the lone reader.
    pub attack: Attack,
}

impl Member {
    /// One reader leaks his own copy.
    pub const LONE: Self = Self::new(1, Attack::Interleave);

    /// A coalition; sizes beyond 16 are taken for 16, size 0 for 1.
    #[must_use]
    pub const fn new(coalition: u8, attack: Attack) -> Self {
        let coalition = match coalition {
            0 => 1,
            1..=16 => coalition,
            _ => 16,
        };
        Self { coalition, attack }
    }

    /// P(the leak has reading r | the candidate's copy has v and `known` of the others have their
    /// readings), as a matrix with a row for each v.
    ///
    /// `known[r]` counts the copies already accused that have reading r. The coalition is widened
    /// to hold them and the candidate; its other places are filled by independent draws from the
    /// law.
    pub(crate) fn channel(&self, law: &Law, known: &[u32]) -> Vec<f64> {
        let q = law.readings();
        let accused: u32 = known.iter().sum();
        let size = u32::from(self.coalition).max(accused + 1);
        let unknown = size - 1 - accused;
        let mut matrix = vec![0.0; q * q];
        if self.attack == Attack::Interleave || fillings(q as u64, unknown) > MOST_FILLINGS {
            for (v, row) in matrix.chunks_exact_mut(q).enumerate() {
                for (r, cell) in row.iter_mut().enumerate() {
                    let held = f64::from(known[r] + u32::from(r == v));
                    *cell = (held + f64::from(unknown) * law.probability(r)) / f64::from(size);
                }
            }
            return matrix;
        }
        let mut counts = known.to_vec();
        fill(law, 0, unknown, 1.0, &mut counts, &mut |counts, probability| {
            for (v, row) in matrix.chunks_exact_mut(q).enumerate() {
                counts[v] += 1;
                self.attack.add_leak(counts, probability, row);
                counts[v] -= 1;
            }
        });
        matrix
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attack = match self.attack {
            _ if self.coalition == 1 => return f.write_str("lone reader"),
            Attack::Interleave => "interleaving",
            Attack::Majority => "majority",
            Attack::Minority => "minority",
        };
        write!(f, "{attack} of {}", self.coalition)
    }
}

impl Attack {
    /// Adds to `row[r]` the probability that a coalition with these counts leaks r.
    fn add_leak(self, counts: &[u32], probability: f64, row: &mut [f64]) {
        let present = counts.iter().copied().filter(|&count| count > 0);
        let chosen = match self {
            Self::Majority => present.max(),
            Self::Minority => present.min(),
            Self::Interleave => None,
        };
        let Some(chosen) = chosen else { return };
        let ties = counts.iter().filter(|&&count| count == chosen).count();
        for (cell, _) in row.iter_mut().zip(counts).filter(|(_, count)| **count == chosen) {
            *cell += probability / ties as f64;
        }
    }
}

/// Number of multisets of `places` readings out of `q`; saturating.
fn fillings(q: u64, places: u32) -> u64 {
    (1..=u64::from(places)).fold(1, |n, i| u64::saturating_mul(n, q - 1 + i) / i)
}

/// Visits every way to give `places` more copies readings `from..`, with its probability under the
/// law (multinomial).
fn fill(
    law: &Law,
    from: usize,
    places: u32,
    probability: f64,
    counts: &mut [u32],
    visit: &mut impl FnMut(&mut [u32], f64),
) {
    let p = law.probability(from);
    if from + 1 == law.readings() {
        counts[from] += places;
        let tail = (0..places).fold(probability, |product, _| product * p);
        visit(counts, tail);
        counts[from] -= places;
        return;
    }
    let mut weight = probability; // probability * C(places, taken) * p^taken
    for taken in 0..=places {
        counts[from] += taken;
        fill(law, from + 1, places - taken, weight, counts, visit);
        counts[from] -= taken;
        weight *= p * f64::from(places - taken) / f64::from(taken + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every assignment of readings to the other colluders, one by one.
    fn by_enumeration(member: Member, law: &Law, known: &[u32]) -> Vec<f64> {
        let q = law.readings();
        let accused: u32 = known.iter().sum();
        let unknown = u32::from(member.coalition).max(accused + 1) - 1 - accused;
        let mut matrix = vec![0.0; q * q];
        for mut code in 0..q.pow(unknown) {
            let (mut counts, mut probability) = (known.to_vec(), 1.0);
            for _ in 0..unknown {
                counts[code % q] += 1;
                probability *= law.probability(code % q);
                code /= q;
            }
            for v in 0..q {
                counts[v] += 1;
                let total: u32 = counts.iter().sum();
                for r in 0..q {
                    let leak = match member.attack {
                        Attack::Interleave => f64::from(counts[r]) / f64::from(total),
                        attack => {
                            let mut row = vec![0.0; q];
                            attack.add_leak(&counts, 1.0, &mut row);
                            row[r]
                        }
                    };
                    matrix[v * q + r] += probability * leak;
                }
                counts[v] -= 1;
            }
        }
        matrix
    }

    #[test]
    fn channels_agree_with_enumeration_and_are_stochastic() {
        let laws = [
            Law::binary(27).unwrap(),
            Law::binary(128).unwrap(),
            Law::uniform(3).unwrap(),
            Law::new(vec![10, 20, 100, 126]).unwrap(),
        ];
        for law in &laws {
            for coalition in [1, 2, 3, 5] {
                for attack in [Attack::Interleave, Attack::Majority, Attack::Minority] {
                    for first in 0..3 {
                        let member = Member::new(coalition, attack);
                        let mut known = vec![0; law.readings()];
                        known[0] = first;
                        known[1] = first / 2;
                        let got = member.channel(law, &known);
                        let want = by_enumeration(member, law, &known);
                        for (a, b) in got.iter().zip(&want) {
                            assert!((a - b).abs() < 1e-12, "{member} {law:?} {known:?}");
                        }
                        for row in got.chunks(law.readings()) {
                            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_lone_reader_leaks_his_own_reading() {
        let law = Law::uniform(3).unwrap();
        let matrix = Member::LONE.channel(&law, &[0; 3]);
        assert_eq!(matrix, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn many_readings_stay_cheap() {
        let law = Law::uniform(24).unwrap();
        let matrix = Member::new(8, Attack::Majority).channel(&law, &[0; 24]);
        assert!(matrix.chunks(24).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        assert_eq!(fillings(24, 7), 2_035_800);
        assert_eq!(fillings(2, 7), 8);
    }
}
