//! The bias law "H": which binary site is fair and which leans, spread evenly over the paper.
//!
//! Fair sites tell most about a lone reader; leaning ones (27/256 and 229/256) are what still
//! speaks when several readers mix their copies. Every block of consecutive binary sites holds the
//! intended mix, so an excerpt does too; the order inside a block is secret.

use crate::key::PaperKey;
use crate::law::{Law, LawError, MASS};
use crate::site::Channel;

/// Domain separation of the shuffle.
const LAWS: &[u8] = b"chancery/laws/v1";

/// Share of reading 0 at a fair site, in 256ths.
pub const FAIR: u8 = 128;

/// Share of reading 0 at a site that leans to reading 1.
pub const LOW: u8 = 27;

/// Share of reading 0 at a site that leans to reading 0.
pub const HIGH: u8 = 229;

/// Fair, low and high sites in one block: lambda = .3 where sites are scarce, .5 for characters.
const fn mix(channel: Channel) -> (usize, usize, usize) {
    match channel {
        Channel::Wording | Channel::Layout | Channel::Lines => (14, 3, 3),
        Channel::Characters => (2, 1, 1),
    }
}

/// The laws of a channel's sites, in the order of their numbers, from their numbers of readings.
///
/// The law of a site depends on its own arity, on the arities before it and on the paper key; sites
/// that a later edition appends leave the earlier laws as they were. Sites with three readings and
/// more are as even as 256 byte values allow.
///
/// # Errors
/// Refuses arities outside 2..=24 and more sites than the channel has room for.
pub fn laws(channel: Channel, arities: &[u8], paper: &PaperKey) -> Result<Vec<Law>, LawError> {
    let capacity = channel.capacity();
    if arities.len() > capacity as usize {
        return Err(LawError::Capacity { channel, capacity, asked: arities.len() });
    }
    let (fair, low, high) = mix(channel);
    let size = fair + low + high;
    let mut block = Vec::new();
    let mut binary_sites = 0_usize;
    let mut laws = Vec::with_capacity(arities.len());
    for &arity in arities {
        if arity != 2 {
            laws.push(Law::uniform(arity)?);
            continue;
        }
        let place = binary_sites % size;
        if place == 0 {
            block = [vec![FAIR; fair], vec![LOW; low], vec![HIGH; high]].concat();
            shuffle(&mut block, channel, (binary_sites / size) as u64, paper);
        }
        laws.push(Law::binary(block[place])?);
        binary_sites += 1;
    }
    Ok(laws)
}

/// Fisher-Yates; each draw takes bytes of the keyed stream until one is unbiased for its range.
fn shuffle(block: &mut [u8], channel: Channel, number: u64, paper: &PaperKey) {
    let mut hasher = blake3::Hasher::new_keyed(paper.expose());
    hasher.update(LAWS).update(&[channel.tag()]).update(&number.to_le_bytes());
    let mut stream = hasher.finalize_xof();
    for last in (1..block.len()).rev() {
        let range = u16::try_from(last + 1).expect("a block is far shorter than 256 sites");
        let place = loop {
            let mut byte = [0];
            stream.fill(&mut byte);
            let byte = u16::from(byte[0]);
            if byte < MASS - MASS % range {
                break usize::from(byte % range);
            }
        };
        block.swap(place, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(laws: &[Law]) -> Vec<u16> {
        laws.iter().map(|law| law.shares()[0]).collect()
    }

    #[test]
    fn every_block_holds_the_intended_mix() {
        let paper = PaperKey::from_bytes([5; 32]);
        for channel in Channel::ALL {
            let (fair, low, high) = mix(channel);
            let laws = laws(channel, &[2; 400], &paper).unwrap();
            for block in shares(&laws).chunks_exact(fair + low + high) {
                let count = |k: u8| block.iter().filter(|&&share| share == u16::from(k)).count();
                assert_eq!((count(FAIR), count(LOW), count(HIGH)), (fair, low, high));
            }
        }
    }

    #[test]
    fn order_depends_on_paper_and_channel_and_appending_changes_nothing() {
        let (a, b) = (PaperKey::from_bytes([1; 32]), PaperKey::from_bytes([2; 32]));
        let of = |channel, n: usize, key| shares(&laws(channel, &vec![2; n], key).unwrap());
        assert_ne!(of(Channel::Wording, 200, &a), of(Channel::Wording, 200, &b));
        assert_ne!(of(Channel::Wording, 200, &a), of(Channel::Layout, 200, &a));
        assert_eq!(of(Channel::Wording, 133, &a), of(Channel::Wording, 200, &a)[..133]);
    }

    #[test]
    fn sites_of_many_readings_stand_outside_the_blocks() {
        let paper = PaperKey::from_bytes([1; 32]);
        let mixed = laws(Channel::Wording, &[2, 3, 2, 24, 2], &paper).unwrap();
        let plain = laws(Channel::Wording, &[2, 2, 2], &paper).unwrap();
        assert_eq!([&mixed[0], &mixed[2], &mixed[4]], [&plain[0], &plain[1], &plain[2]]);
        assert_eq!((mixed[1].readings(), mixed[3].readings()), (3, 24));
        assert!(laws(Channel::Wording, &[1], &paper).is_err());
    }

    #[test]
    fn every_place_of_a_block_is_equally_likely_to_lean() {
        // 4,000 papers: a leaning site stands at each of four places with probability 1/2.
        let mut leaning = [0_u32; 4];
        for n in 0..4_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_le_bytes());
            let laws = laws(Channel::Characters, &[2; 4], &PaperKey::from_bytes(key)).unwrap();
            for (place, share) in shares(&laws).into_iter().enumerate() {
                leaning[place] += u32::from(share != u16::from(FAIR));
            }
        }
        for count in leaning {
            assert!(count.abs_diff(2_000) < 150, "{leaning:?}"); // 4.7 standard deviations
        }
    }
}
