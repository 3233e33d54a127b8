//! The exact probability law of a site: integers over 256, so the null law of a score is exact.
//!
//! Which site gets which law is decided in `strata`; how a row's byte becomes a reading is here,
//! because the law *is* that map.

use crate::site::{Channel, SiteId};
use serde::{Deserialize, Serialize};

/// The most readings one site can have.
pub const MOST_READINGS: usize = 24;

/// Byte values shared out by a law.
pub const MASS: u16 = 256;

/// Why a law or a table of laws is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LawError {
    /// The number of readings is out of range.
    #[error("a site has 2 to {MOST_READINGS} readings, not {0}; split the site or drop it")]
    Readings(usize),
    /// The shares do not add up, or one is zero.
    #[error("the shares of a law are positive and add up to 256, not {0:?}")]
    Shares(Vec<u16>),
    /// Two entries name one site.
    #[error("site {} stands twice in the table of laws; one site draws one symbol", .0.get())]
    Duplicate(SiteId),
    /// A channel is full.
    #[error("the {channel:?} channel has room for {capacity} sites, not {asked}")]
    Capacity {
        /// The channel.
        channel: Channel,
        /// Its room.
        capacity: u32,
        /// What was asked for.
        asked: usize,
    },
}

/// How many of the 256 byte values draw each reading of a site.
///
/// Reading `r` is drawn when the row's byte lies in the `r`-th of consecutive intervals whose
/// lengths are the shares: with `Law::binary(27)`, bytes 0..=26 draw reading 0 and 27..=255 draw
/// reading 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u16>", into = "Vec<u16>")]
pub struct Law(Vec<u16>);

impl Law {
    /// A law from its shares.
    ///
    /// # Errors
    /// Refuses fewer than 2 or more than [`MOST_READINGS`] shares, zero shares and sums other than
    /// 256.
    pub fn new(shares: Vec<u16>) -> Result<Self, LawError> {
        if !(2..=MOST_READINGS).contains(&shares.len()) {
            return Err(LawError::Readings(shares.len()));
        }
        let sum: u32 = shares.iter().copied().map(u32::from).sum();
        if sum != u32::from(MASS) || shares.contains(&0) {
            return Err(LawError::Shares(shares));
        }
        Ok(Self(shares))
    }

    /// Two readings; reading 0 has probability `share`/256.
    ///
    /// # Errors
    /// Refuses a share of 0.
    pub fn binary(share: u8) -> Result<Self, LawError> {
        Self::new(vec![u16::from(share), MASS - u16::from(share)])
    }

    /// `readings` readings, as even as integers allow; the first ones get what is left over.
    ///
    /// # Errors
    /// Refuses fewer than 2 or more than [`MOST_READINGS`] readings.
    pub fn uniform(readings: u8) -> Result<Self, LawError> {
        let q = u16::from(readings).max(1);
        Self::new((0..q).map(|r| MASS / q + u16::from(r < MASS % q)).collect())
    }

    /// The number of readings.
    #[must_use]
    pub fn readings(&self) -> usize {
        self.0.len()
    }

    /// The shares, each the number of byte values that draw the reading.
    #[must_use]
    pub fn shares(&self) -> &[u16] {
        &self.0
    }

    /// The probability of a reading; exact, because it is a multiple of 1/256. Zero when there is
    /// no such reading.
    #[must_use]
    pub fn probability(&self, reading: usize) -> f64 {
        f64::from(self.0.get(reading).copied().unwrap_or(0)) / f64::from(MASS)
    }

    /// The reading that a row's byte draws.
    #[must_use]
    pub fn reading(&self, byte: u8) -> u8 {
        let mut rest = u16::from(byte);
        let mut reading = 0;
        for &share in &self.0[..self.0.len() - 1] {
            if rest < share {
                break;
            }
            rest -= share;
            reading += 1;
        }
        reading
    }
}

impl TryFrom<Vec<u16>> for Law {
    type Error = LawError;

    fn try_from(shares: Vec<u16>) -> Result<Self, LawError> {
        Self::new(shares)
    }
}

impl From<Law> for Vec<u16> {
    fn from(law: Law) -> Self {
        law.0
    }
}

/// The laws of all sites of a paper, in order of their numbers, each site once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(SiteId, Law)>", into = "Vec<(SiteId, Law)>")]
pub struct SiteLaws(Vec<(SiteId, Law)>);

impl SiteLaws {
    /// Sorts the entries by site.
    ///
    /// # Errors
    /// [`LawError::Duplicate`] when two entries name one site: they would share a byte of the row,
    /// and a score that counts it twice has no valid bound.
    pub fn new(mut entries: Vec<(SiteId, Law)>) -> Result<Self, LawError> {
        entries.sort_by_key(|entry| entry.0);
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(LawError::Duplicate(pair[0].0)),
            None => Ok(Self(entries)),
        }
    }

    /// All sites with their laws, in order.
    #[must_use]
    pub fn entries(&self) -> &[(SiteId, Law)] {
        &self.0
    }

    /// The law of one site.
    #[must_use]
    pub fn get(&self, site: SiteId) -> Option<&Law> {
        self.0.binary_search_by_key(&site, |entry| entry.0).ok().map(|i| &self.0[i].1)
    }

    /// The number of sites.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no site at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<(SiteId, Law)>> for SiteLaws {
    type Error = LawError;

    fn try_from(entries: Vec<(SiteId, Law)>) -> Result<Self, LawError> {
        Self::new(entries)
    }
}

impl From<SiteLaws> for Vec<(SiteId, Law)> {
    fn from(laws: SiteLaws) -> Self {
        laws.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reading_is_drawn_by_exactly_its_share_of_bytes() {
        let mut laws: Vec<Law> = (2..=24).map(|q| Law::uniform(q).unwrap()).collect();
        laws.extend((1..=255).map(|k| Law::binary(k).unwrap()));
        laws.push(Law::new(vec![1, 200, 5, 50]).unwrap());
        for law in laws {
            let mut seen = vec![0_u16; law.readings()];
            (0..=255).for_each(|byte| seen[usize::from(law.reading(byte))] += 1);
            assert_eq!(seen, law.shares());
        }
    }

    #[test]
    fn bad_laws_are_refused() {
        assert!(Law::binary(0).is_err());
        assert!(Law::uniform(1).is_err() && Law::uniform(0).is_err() && Law::uniform(25).is_err());
        assert!(Law::new(vec![128, 127]).is_err());
        assert!(Law::new(vec![256, 0]).is_err());
    }

    #[test]
    fn one_site_has_one_law() {
        let site = Channel::Wording.site(4).unwrap();
        let law = Law::uniform(3).unwrap();
        let twice = SiteLaws::new(vec![(site, law.clone()), (site, law)]);
        assert_eq!(twice.unwrap_err(), LawError::Duplicate(site));
    }
}
