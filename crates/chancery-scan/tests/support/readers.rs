//! Readers and their rows, and who is named.

use chancery_code::{
    Alpha, Channel, CopyKey, DecoyPlan, Evidence, Finding, Holder, Inquiry, PaperEvidence,
    PaperKey, Routes, SiteEvidence, SiteId, SiteLaws, laws, symbols,
};
use chancery_page::{PaperSource, Part, Readings, word_sites};
use chancery_scan::Reading;

/// A paper's readers.
pub struct Readers {
    pub laws: SiteLaws,
    pub keys: Vec<CopyKey>,
}

impl Readers {
    pub fn new(source: &PaperSource, seed: u64, count: u32) -> Self {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let key = PaperKey::from_bytes(key);
        let arities: Vec<u8> = source
            .paragraphs
            .iter()
            .flat_map(|p| &p.parts)
            .filter_map(|part| match part {
                Part::Varies { readings, .. } => Some(readings.len() as u8),
                _ => None,
            })
            .collect();
        let marks = vec![2; word_sites(&source.paragraphs) as usize];
        let mut entries = Vec::new();
        for (channel, arities) in [(Channel::Wording, &arities), (Channel::Layout, &marks)] {
            for (k, law) in laws(channel, arities, &key).unwrap().into_iter().enumerate() {
                entries.push((channel.site(k as u32).unwrap(), law));
            }
        }
        let keys = (0..count).map(|copy| key.copy_key(copy)).collect();
        Self { laws: SiteLaws::new(entries).unwrap(), keys }
    }

    /// What a reader's copy says at every site.
    pub fn row(&self, reader: usize) -> Readings {
        let row = symbols(&self.keys[reader], &self.laws);
        self.laws.entries().iter().map(|(site, _)| site.get()).zip(row).collect()
    }

    /// Scores all readers against what was read.
    pub fn find(&self, reading: &Reading) -> Finding {
        let site = |site: u32| SiteId::new(site).unwrap();
        let marks = reading.marks.iter().map(|m| (m.site, m.likelihoods.to_vec()));
        let choices = reading.choices.iter().map(|c| (c.site, c.likelihoods.clone()));
        let entry = |(s, l): (u32, Vec<f64>)| SiteEvidence::from_likelihoods(site(s), &l);
        let evidence = Evidence::new(marks.chain(choices).map(entry).collect()).unwrap();
        let paper = PaperEvidence::new(self.laws.clone(), evidence).unwrap();
        let entitled = self.keys.len() as u64;
        let inquiry = Inquiry::new(Alpha::USUAL, entitled, vec![paper], Routes::Pooled).unwrap();
        let holder = |key: &CopyKey| Holder { copies: vec![Some(key.clone())] };
        let holders: Vec<Holder> = self.keys.iter().map(holder).collect();
        inquiry.run(&holders, DecoyPlan::NONE).unwrap()
    }
}
