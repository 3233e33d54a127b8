//! From a copy key to the readings of a copy.
//!
//! The row of a copy is the BLAKE3 extendable output keyed with the copy key on the fixed input
//! `chancery/row/v1`; the byte at offset = site number draws the site's reading. Output blocks of
//! 64 bytes are independent of each other, so only the blocks that hold asked-for sites are made.

use crate::key::CopyKey;
use crate::law::{Law, SiteLaws};
use crate::site::SiteId;

/// Input of the extendable output; the version belongs to the file format of the record.
const ROW: &[u8] = b"chancery/row/v1";

/// Bytes of one BLAKE3 output block.
const BLOCK: u64 = 64;

/// The most consecutive blocks made at once; BLAKE3 runs up to 16 of them in parallel.
const RUN: u64 = 32;

/// The reading that a copy has at a site.
#[must_use]
pub fn symbol(key: &CopyKey, site: SiteId, law: &Law) -> u8 {
    let mut byte = [0];
    bytes(key, std::iter::once(site), &mut byte);
    law.reading(byte[0])
}

/// The readings of a copy at all sites of a paper, in the order of the table.
#[must_use]
pub fn symbols(key: &CopyKey, laws: &SiteLaws) -> Vec<u8> {
    let mut row = vec![0; laws.len()];
    bytes(key, laws.entries().iter().map(|entry| entry.0), &mut row);
    for (byte, (_, law)) in row.iter_mut().zip(laws.entries()) {
        *byte = law.reading(*byte);
    }
    row
}

/// The row's raw bytes at consecutive sites from `first` on.
pub(crate) fn consecutive_bytes(key: &CopyKey, first: SiteId, out: &mut [u8]) {
    let mut stream = stream(key);
    stream.set_position(u64::from(first.get()));
    stream.fill(out);
}

fn stream(key: &CopyKey) -> blake3::OutputReader {
    let mut hasher = blake3::Hasher::new_keyed(key.expose());
    hasher.update(ROW);
    hasher.finalize_xof()
}

/// The row's raw bytes at these sites, one for each place of `out`.
///
/// Any order of sites is correct; ascending order makes each block once.
pub(crate) fn bytes(key: &CopyKey, sites: impl Iterator<Item = SiteId> + Clone, out: &mut [u8]) {
    let mut stream = stream(key);
    let mut buffer = [0_u8; (BLOCK * RUN) as usize];
    let (mut start, mut end) = (0_u64, 0_u64); // blocks in the buffer
    let mut ahead = sites.clone().map(|site| u64::from(site.get()) / BLOCK);
    for (place, site) in out.iter_mut().zip(sites) {
        let offset = u64::from(site.get());
        let block = offset / BLOCK;
        if !(start..end).contains(&block) {
            (start, end) = (block, block + 1);
            // Extend the run over the blocks that the coming sites need without a gap.
            for next in ahead.clone() {
                if next > end || next < start || next - start >= RUN {
                    break;
                }
                end = end.max(next + 1);
            }
            stream.set_position(start * BLOCK);
            stream.fill(&mut buffer[..((end - start) * BLOCK) as usize]);
        }
        ahead.next();
        *place = buffer[(offset - start * BLOCK) as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Channel;

    #[test]
    fn the_bulk_form_equals_the_single_form_on_gaps_runs_and_channels() {
        let key = CopyKey::from_bytes([9; 32]);
        let mut sites: Vec<SiteId> = Vec::new();
        for channel in Channel::ALL {
            let indices = (0..3_000).chain((5_000..9_000).step_by(67)).chain([100_000, 1_000_000]);
            sites.extend(indices.map(|i| channel.site(i).unwrap()));
        }
        let law = Law::uniform(23).unwrap();
        let laws = SiteLaws::new(sites.iter().map(|&s| (s, law.clone())).collect()).unwrap();
        let bulk = symbols(&key, &laws);
        for (got, &site) in bulk.iter().zip(&sites) {
            assert_eq!(*got, symbol(&key, site, &law));
        }
        let mut backwards = vec![0; sites.len()];
        bytes(&key, sites.iter().rev().copied(), &mut backwards);
        for (byte, &site) in backwards.iter().zip(sites.iter().rev()) {
            assert_eq!(law.reading(*byte), symbol(&key, site, &law));
        }
    }
}
