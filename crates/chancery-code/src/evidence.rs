//! What an extraction says about a leak: for each site, how likely each reading made it.
//!
//! Evidence is made without keys and frozen (hashed into the record) before any row is derived.
//! It may be wrong in any way: that costs power and never touches the bound.

use crate::law::MOST_READINGS;
use crate::site::SiteId;
use serde::{Deserialize, Serialize};

/// Units of a log-likelihood or a weight in one bit.
pub const UNITS: i32 = 64;

/// The largest log-likelihood either way: 8 bits.
pub const CLIP: i16 = 512;

/// First bytes of the canonical form.
const CANONICAL: &[u8] = b"chancery/evidence/v1\n";

/// Why evidence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// Two entries for one site.
    #[error("site {} has two entries; merge them before scoring, a site counts once", .0.get())]
    Duplicate(SiteId),
    /// An entry with an impossible number of readings, or two leaks that disagree about it.
    #[error("site {}: {readings} readings do not fit the site", .site.get())]
    Readings {
        /// The site.
        site: SiteId,
        /// The readings given.
        readings: usize,
    },
    /// A log-likelihood beyond the clip.
    #[error("site {}: a log-likelihood of {value} units is beyond +-{CLIP}; clip it", .site.get())]
    Range {
        /// The site.
        site: SiteId,
        /// The value given.
        value: i16,
    },
    /// One leak was offered twice to a merge.
    #[error("leak {index} of the merge is the same leak as an earlier one; count each leak once")]
    SameLeak {
        /// Position in the list given to the merge.
        index: usize,
    },
}

/// The log-likelihood of each reading at one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteEvidence {
    /// The site.
    pub site: SiteId,
    /// log2 P(what was found | the leak had reading r), in 1/64 bit, within +-[`CLIP`]; only
    /// differences matter, and equal values mean that nothing is known (an erasure).
    pub log2: Vec<i16>,
}

impl SiteEvidence {
    /// From likelihoods (not necessarily normalised): the best gets 0, the others fall to the clip.
    /// All zero, negative or not finite: an erasure.
    #[must_use]
    pub fn from_likelihoods(site: SiteId, likelihoods: &[f64]) -> Self {
        let best = likelihoods.iter().copied().filter(|l| l.is_finite()).fold(0.0, f64::max);
        let units = |l: f64| {
            if best <= 0.0 {
                return 0;
            }
            let log2 = if l > 0.0 { libm::log2(l.min(best) / best) } else { f64::NEG_INFINITY };
            // The value lies in -512..=0, so the cast keeps it.
            libm::round((log2 * f64::from(UNITS)).max(f64::from(-CLIP))) as i16
        };
        Self { site, log2: likelihoods.iter().map(|&l| units(l)).collect() }
    }

    /// A reading that was seen plainly, wrong with probability `error` (spread over the others).
    #[must_use]
    pub fn seen(site: SiteId, readings: u8, reading: u8, error: f64) -> Self {
        let others = f64::from(readings.max(2) - 1);
        let likelihood = |r| if r == reading { 1.0 - error } else { error / others };
        Self::from_likelihoods(site, &(0..readings).map(likelihood).collect::<Vec<_>>())
    }

    /// Nothing is known about the site.
    #[must_use]
    pub fn erased(site: SiteId, readings: u8) -> Self {
        Self { site, log2: vec![0; usize::from(readings)] }
    }

    /// Whether all readings are equally likely.
    #[must_use]
    pub fn is_erasure(&self) -> bool {
        self.log2.iter().all(|&value| value == self.log2[0])
    }

    fn check(&self) -> Result<(), EvidenceError> {
        let readings = self.log2.len();
        if !(2..=MOST_READINGS).contains(&readings) {
            return Err(EvidenceError::Readings { site: self.site, readings });
        }
        match self.log2.iter().find(|value| value.unsigned_abs() > CLIP.unsigned_abs()) {
            Some(&value) => Err(EvidenceError::Range { site: self.site, value }),
            None => Ok(()),
        }
    }
}

/// Evidence about one paper, sorted by site, each site at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SiteEvidence>", into = "Vec<SiteEvidence>")]
pub struct Evidence(Vec<SiteEvidence>);

impl Evidence {
    /// Sorts the entries by site.
    ///
    /// # Errors
    /// Refuses two entries for one site, numbers of readings outside 2..=24 and values beyond the
    /// clip.
    pub fn new(mut sites: Vec<SiteEvidence>) -> Result<Self, EvidenceError> {
        sites.iter().try_for_each(SiteEvidence::check)?;
        sites.sort_by_key(|entry| entry.site);
        match sites.windows(2).find(|pair| pair[0].site == pair[1].site) {
            Some(pair) => Err(EvidenceError::Duplicate(pair[0].site)),
            None => Ok(Self(sites)),
        }
    }

    /// All entries, in order of their sites.
    #[must_use]
    pub fn sites(&self) -> &[SiteEvidence] {
        &self.0
    }

    /// The entry of one site.
    #[must_use]
    pub fn get(&self, site: SiteId) -> Option<&SiteEvidence> {
        self.0.binary_search_by_key(&site, |entry| entry.site).ok().map(|i| &self.0[i])
    }

    /// The same evidence with these sites erased: places whose text also stands in a public text, in
    /// another paper or in a draft that quotes a copy, and that therefore prove nothing about who
    /// leaked. The choice must not depend on any row.
    #[must_use]
    pub fn erasing(&self, sites: &[SiteId]) -> Self {
        let erased = |entry: &SiteEvidence| match sites.contains(&entry.site) {
            true => SiteEvidence { site: entry.site, log2: vec![0; entry.log2.len()] },
            false => entry.clone(),
        };
        Self(self.0.iter().map(erased).collect())
    }

    /// The bytes to hash into the record: a fixed header, the number of entries (u32), then for
    /// each entry its site (u32), its number of readings (u8) and its values (i16), little endian.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = CANONICAL.to_vec();
        let count = u32::try_from(self.0.len()).expect("sites are distinct 32-bit numbers");
        bytes.extend(count.to_le_bytes());
        for entry in &self.0 {
            bytes.extend(entry.site.get().to_le_bytes());
            bytes.push(u8::try_from(entry.log2.len()).expect("at most 24 readings"));
            bytes.extend(entry.log2.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }

    /// Several leaks of one paper as one evidence: per site the sum of the log-likelihoods, then
    /// clipped. Two leaks of one copy are not two witnesses, so a paper is scored once, merged.
    ///
    /// Each leak comes with the hash of its bytes, so that none counts twice. The order of leaks
    /// does not matter.
    ///
    /// # Errors
    /// Refuses a leak given twice and leaks that disagree about a site's number of readings.
    pub fn merge(leaks: &[([u8; 32], &Self)]) -> Result<Self, EvidenceError> {
        let mut seen = std::collections::BTreeSet::new();
        let mut sums: std::collections::BTreeMap<SiteId, Vec<i32>> = Default::default();
        for (index, (hash, evidence)) in leaks.iter().enumerate() {
            if !seen.insert(hash) {
                return Err(EvidenceError::SameLeak { index });
            }
            for entry in &evidence.0 {
                let readings = entry.log2.len();
                let sum = sums.entry(entry.site).or_insert_with(|| vec![0; readings]);
                if sum.len() != readings {
                    return Err(EvidenceError::Readings { site: entry.site, readings });
                }
                for (total, &value) in sum.iter_mut().zip(&entry.log2) {
                    *total = total.saturating_add(i32::from(value));
                }
            }
        }
        let clip = |value: i32| value.clamp(i32::from(-CLIP), i32::from(CLIP)) as i16;
        let entry = |(site, sum): (SiteId, Vec<i32>)| SiteEvidence {
            site,
            // The best reading is moved to 0 first, so that clipping cannot hide a difference
            // between the best and the next.
            log2: {
                let best = sum.iter().copied().max().unwrap_or(0);
                sum.into_iter().map(|value| clip(value - best)).collect()
            },
        };
        Ok(Self(sums.into_iter().map(entry).collect()))
    }
}

impl TryFrom<Vec<SiteEvidence>> for Evidence {
    type Error = EvidenceError;

    fn try_from(sites: Vec<SiteEvidence>) -> Result<Self, EvidenceError> {
        Self::new(sites)
    }
}

impl From<Evidence> for Vec<SiteEvidence> {
    fn from(evidence: Evidence) -> Self {
        evidence.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Channel;

    fn site(index: u32) -> SiteId {
        Channel::Wording.site(index).unwrap()
    }

    #[test]
    fn likelihoods_become_units() {
        let of = |l: &[f64]| SiteEvidence::from_likelihoods(site(0), l).log2;
        assert_eq!(of(&[1.0, 0.5]), [0, -64]);
        assert_eq!(of(&[0.0, 3.0, 1.5]), [-512, 0, -64]);
        assert_eq!(of(&[0.0, 0.0]), [0, 0]);
        assert_eq!(of(&[f64::NAN, f64::INFINITY, -1.0]), [0, 0, 0]);
        assert!(SiteEvidence::erased(site(0), 3).is_erasure());
    }

    #[test]
    fn duplicates_and_bad_values_are_refused() {
        let entry = |index, log2: &[i16]| SiteEvidence { site: site(index), log2: log2.to_vec() };
        assert_eq!(
            Evidence::new(vec![entry(1, &[0, 1]), entry(0, &[0, 1]), entry(1, &[1, 0])]),
            Err(EvidenceError::Duplicate(site(1)))
        );
        assert!(Evidence::new(vec![entry(1, &[0])]).is_err());
        assert!(Evidence::new(vec![entry(1, &[0; 25])]).is_err());
        assert!(Evidence::new(vec![entry(1, &[0, 513])]).is_err());
        assert!(Evidence::new(vec![entry(1, &[0, i16::MIN])]).is_err());
    }

    #[test]
    fn merging_adds_once_and_clips_last() {
        let of = |log2: &[i16]| {
            Evidence::new(vec![SiteEvidence { site: site(3), log2: log2.to_vec() }]).unwrap()
        };
        let (a, b, c) = (of(&[0, -400]), of(&[0, -400]), of(&[-100, 0]));
        let merged = Evidence::merge(&[([1; 32], &a), ([2; 32], &b), ([3; 32], &c)]).unwrap();
        assert_eq!(merged.sites()[0].log2, [0, -512]);
        let merged = Evidence::merge(&[([1; 32], &a), ([3; 32], &c)]).unwrap();
        assert_eq!(merged.sites()[0].log2, [0, -300]);
        assert_eq!(
            Evidence::merge(&[([1; 32], &a), ([1; 32], &b)]),
            Err(EvidenceError::SameLeak { index: 1 })
        );
        assert!(Evidence::merge(&[([1; 32], &a), ([2; 32], &of(&[0, 0, 0]))]).is_err());
    }

    #[test]
    fn the_canonical_form_is_fixed() {
        let evidence =
            Evidence::new(vec![SiteEvidence { site: site(258), log2: vec![0, -2] }]).unwrap();
        let bytes = evidence.canonical_bytes();
        assert_eq!(&bytes[..21], b"chancery/evidence/v1\n");
        assert_eq!(&bytes[21..], [1, 0, 0, 0, 2, 1, 0, 0, 2, 0, 0, 254, 255]);
    }
}
