//! The list of copies that remain when nobody is named: a posterior, not a test.
//!
//! Half of the prior says "none of these". When that answer stays in the set, the result is
//! *nothing*; and for a leak in which no listed copy had a part it leaves the set of mass m with
//! probability at most (1 - m) / m (Markov, since the mean of the e-values is at most 1 each). The
//! list carries no bound for anybody on it.

use crate::evalue::EValue;

/// The usual mass of the set.
pub const MASS: f64 = 0.95;

/// Prior mass on "none of these".
pub const PRIOR_NONE: f64 = 0.5;

/// The smallest set of answers that holds a given share of the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct CredibleSet {
    /// The share it was made for.
    pub mass: f64,
    /// Posterior probability of "none of these".
    pub none: f64,
    /// Whether "none of these" is in the set; then the set says nothing.
    pub holds_none: bool,
    /// The persons in the set with their posterior probabilities, largest first. Ties with the last
    /// are all included.
    pub persons: Vec<(usize, f64)>,
    /// N.
    pub of: u64,
}

impl CredibleSet {
    /// From one e-value for each person that holds a copy (`None` otherwise). Every entitled
    /// person has the same prior; that of persons without a copy is left to "none of these".
    #[must_use]
    pub fn new(e_values: &[Option<EValue>], entitled: u64, mass: f64) -> Self {
        let n = entitled.max(e_values.len() as u64).max(1);
        let each = libm::log2((1.0 - PRIOR_NONE) / n as f64);
        let holders = e_values.iter().flatten().count();
        let none_prior = PRIOR_NONE + (1.0 - PRIOR_NONE) * (n - holders as u64) as f64 / n as f64;
        let log_none = libm::log2(none_prior);
        let mut persons: Vec<(usize, f64)> = e_values
            .iter()
            .enumerate()
            .filter_map(|(person, e)| e.map(|e| (person, each + e.log2())))
            .filter(|entry| entry.1 > f64::NEG_INFINITY)
            .collect();
        let top = persons.iter().map(|entry| entry.1).fold(log_none, f64::max);
        let total = libm::exp2(log_none - top)
            + persons.iter().map(|entry| libm::exp2(entry.1 - top)).sum::<f64>();
        for entry in &mut persons {
            entry.1 = libm::exp2(entry.1 - top) / total;
        }
        let none = libm::exp2(log_none - top) / total;
        persons.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let holds_none = none > 1.0 - mass;
        let mut reached = if holds_none { none } else { 0.0 };
        let mut kept = 0;
        while kept < persons.len() {
            let tie = kept > 0 && persons[kept].1 >= persons[kept - 1].1;
            if reached >= mass && !tie {
                break;
            }
            reached += persons[kept].1;
            kept += 1;
        }
        persons.truncate(kept);
        Self { mass, none, holds_none, persons, of: n }
    }

    /// The persons, when "none of these" is excluded and somebody is, too.
    #[must_use]
    pub fn narrowed(&self) -> Option<&[(usize, f64)]> {
        let real = !self.holds_none && (self.persons.len() as u64) < self.of;
        real.then_some(self.persons.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e(bits: f64) -> Option<EValue> {
        Some(EValue::product(std::iter::repeat_n(two(), bits as usize)))
    }

    fn two() -> EValue {
        EValue::mixture([(2.0, EValue::ONE)])
    }

    #[test]
    fn without_evidence_the_answer_is_nothing() {
        let set = CredibleSet::new(&[e(0.0), e(0.0), None], 4, MASS);
        assert!(set.holds_none && set.narrowed().is_none());
        assert!((set.none - 0.75).abs() < 1e-9);
    }

    #[test]
    fn one_strong_copy_stands_alone_and_equals_stay_together() {
        let alone = CredibleSet::new(&[e(0.0), e(30.0), e(0.0)], 3, MASS);
        assert_eq!(alone.narrowed().unwrap().len(), 1);
        assert_eq!(alone.persons[0].0, 1);
        let mut many = vec![e(0.0); 100];
        many[..40].fill(e(20.0));
        let set = CredibleSet::new(&many, 100, MASS);
        assert_eq!(set.narrowed().unwrap().len(), 40);
    }
}
