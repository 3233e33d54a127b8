//! The sieve for very many readers: all kernels agree, and nobody is lost.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::scan::*;
use chancery_code::*;
use support::*;

fn weights(n: usize, rng: &mut Rng) -> Vec<[i32; 2]> {
    (0..n).map(|_| [rng.below(1_200) as i32 - 900, rng.below(1_200) as i32 - 300]).collect()
}

#[test]
fn kernels_agree_with_the_plain_sum_and_lose_nobody() {
    let mut rng = Rng::new("kernels");
    for sites in [1, 31, 63, 64, 65, 127, 200, 1_000, 2_048, 9_000] {
        let exact = weights(sites, &mut rng);
        let coarse = CoarseWeights::new(&exact);
        let mut bits = StoredBits::new(sites);
        let mut scores = Vec::new();
        for _ in 0..40 {
            let readings: Vec<u8> = (0..sites).map(|_| u8::from(rng.chance(0.5))).collect();
            bits.push(&readings);
            let score = readings.iter().zip(&exact).map(|(&r, w)| i64::from(w[usize::from(r)]));
            scores.push(score.sum::<i64>());
        }
        let mut reference = Vec::new();
        scan(&bits, &coarse, Kernel::Portable, &mut reference);
        for kernel in Kernel::available() {
            let mut sums = Vec::new();
            scan(&bits, &coarse, kernel, &mut sums);
            assert_eq!(sums, reference, "{kernel:?} {sites}");
        }
        for &threshold in &scores {
            let kept = shortlist(&reference, &coarse, threshold);
            for (reader, &score) in scores.iter().enumerate() {
                assert!(score < threshold || kept.contains(&reader), "{sites}");
            }
        }
    }
}

#[test]
fn rows_on_the_fly_equal_stored_rows() {
    let mut rng = Rng::new("on the fly");
    for sites in [10, 64, 100, 1_000] {
        let laws = binary_laws(Channel::Layout, sites, &mut rng);
        let list: Vec<Law> = laws.entries().iter().map(|entry| entry.1.clone()).collect();
        let run = SiteRun::new(Channel::Layout.site(0).unwrap(), &list).unwrap();
        let coarse = CoarseWeights::new(&weights(sites, &mut rng));
        let keys = rng.keys(30);
        let mut bits = StoredBits::new(sites);
        keys.iter().for_each(|key| bits.push(&symbols(key, &laws)));
        let mut stored = Vec::new();
        scan(&bits, &coarse, Kernel::Portable, &mut stored);
        for kernel in Kernel::available() {
            let mut fresh = Vec::new();
            run.scan(&keys, &coarse, kernel, &mut fresh);
            assert_eq!(fresh, stored, "{kernel:?} {sites}");
        }
    }
    assert!(SiteRun::new(SiteId::new(0).unwrap(), &[Law::uniform(3).unwrap()]).is_none());
}
