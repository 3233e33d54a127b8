//! `cargo bench -p chancery-code`: what the crate promises about time, on one thread.
//!
//! Absolute times depend on the machine; the table therefore prints ratios to the time in which the
//! same memory is merely read, measured in the same run, beside the aims.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

#[path = "../tests/support/mod.rs"]
mod support;

use chancery_code::scan::{CoarseWeights, Kernel, SiteRun, StoredBits, scan};
use chancery_code::tail::Tail;
use chancery_code::*;
use std::hint::black_box;
use support::*;

const READERS: usize = 1_000_000;
const SITES: usize = 2_048;
const BATCHES: usize = 5;

/// Time so far, in milliseconds: what this thread has had of a processor where the system tells
/// (Linux), so that other work on the machine does not count; elsewhere the clock on the wall.
fn now_ms(start: std::time::Instant) -> f64 {
    let on_cpu = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = on_cpu.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64() * 1e3, |ns| ns / 1e6)
}

/// The least mean time of `batches` batches of `runs` runs, in milliseconds. Systems count processor
/// time in steps of up to 4 ms, so a batch should last for a tenth of a second or more.
fn least_ms(batches: usize, runs: usize, mut work: impl FnMut()) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let start = std::time::Instant::now();
    (0..batches)
        .map(|_| {
            let before = now_ms(start);
            (0..runs).for_each(|_| work());
            (now_ms(start) - before) / runs as f64
        })
        .fold(f64::INFINITY, f64::min)
}

fn row(what: &str, ms: f64, stream: Option<f64>, aim: &str) {
    let ratio = stream.map_or_else(|| "-".to_owned(), |s| format!("{:.2}", ms / s));
    println!("| {what:<58} | {ms:>9.2} | {ratio:>7} | {aim:>10} |");
}

fn main() {
    println!("| what | ms | x stream | aim |");
    println!("|---|---|---|---|");
    let stream = stored_rows();
    fresh_rows(stream);
    exact_tails();
    soft_tails();
    procedures();
}

fn coarse(rng: &mut Rng) -> (Vec<Law>, CoarseWeights) {
    let laws = binary_laws(Channel::Characters, SITES, rng);
    let leaker = rng.keys(1);
    let evidence = leak(&laws, &leaker, Mix::Copy, 0.05, 0.05, rng);
    let exact: Vec<[i32; 2]> = laws
        .entries()
        .iter()
        .zip(evidence.sites())
        .map(|((_, law), entry)| weights(Member::LONE, law, entry).try_into().unwrap())
        .collect();
    let list = laws.entries().iter().map(|entry| entry.1.clone()).collect();
    (list, CoarseWeights::new(&exact))
}

/// (a) A million readers by 2,048 stored sites. Returns the time of reading the store once.
fn stored_rows() -> f64 {
    let mut rng = Rng::new("bench stored");
    let (_, weights) = coarse(&mut rng);
    let mut state = rng.u64() | 1;
    let words: Vec<u64> = (0..READERS * SITES / 64)
        .map(|_| {
            // xorshift64: any bits will do here
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
        .collect();
    let bits = StoredBits::from_words(SITES, words);
    let read = || {
        let sums = bits.words().chunks_exact(8).fold([0_u64; 8], |mut sums, block| {
            sums.iter_mut().zip(block).for_each(|(sum, word)| *sum = sum.wrapping_add(*word));
            sums
        });
        black_box(sums);
    };
    // Turn by turn, so that a busy moment of the machine hits all alike.
    let kernels = Kernel::available();
    let mut sums = Vec::new();
    let mut stream = f64::INFINITY;
    let mut scans = vec![f64::INFINITY; kernels.len()];
    for _ in 0..BATCHES {
        stream = stream.min(least_ms(1, 10, read));
        for (kernel, ms) in kernels.iter().zip(&mut scans) {
            *ms = ms.min(least_ms(1, 5, || scan(&bits, &weights, *kernel, black_box(&mut sums))));
        }
    }
    row("read the 256 MB of stored bits once", stream, Some(stream), "");
    for (kernel, ms) in kernels.iter().zip(scans) {
        let aim = match kernel {
            Kernel::Avx512 => "<= 2",
            Kernel::Avx2 => "<= 3",
            Kernel::Portable => "<= 5",
        };
        row(&format!("score 1,000,000 x 2,048 stored sites, {kernel:?}"), ms, Some(stream), aim);
    }
    stream
}

/// (b) The same with rows made on the fly, measured on a tenth and scaled.
fn fresh_rows(stream: f64) {
    let mut rng = Rng::new("bench fresh");
    let (laws, weights) = coarse(&mut rng);
    let run = SiteRun::new(Channel::Characters.site(0).unwrap(), &laws).unwrap();
    let keys = rng.keys(READERS / 10);
    let mut sums = Vec::new();
    let kernel = Kernel::best();
    let ms = 10.0 * least_ms(3, 4, || run.scan(&keys, &weights, kernel, black_box(&mut sums)));
    row("score 1,000,000 x 2,048 rows made on the fly (x10)", ms, Some(stream), "<= 20");
}

/// (c) Exact tails of the best hundred readers at 2,048 sites.
fn exact_tails() {
    let mut rng = Rng::new("bench tails");
    let laws = binary_laws(Channel::Characters, SITES, &mut rng);
    for (what, member, coalition, mix) in [
        ("lone reader", Member::LONE, 1, Mix::Copy),
        ("pair", Member::new(2, Attack::Interleave), 2, Mix::Interleave),
        ("majority of 5", Member::new(5, Attack::Majority), 5, Mix::Majority),
    ] {
        let mut keys = rng.keys(5_000);
        let evidence = leak(&laws, &keys[..coalition], mix, 0.05, 0.05, &mut rng);
        let scorer = Scorer::new(&laws, &evidence, member);
        let mut scores: Vec<i64> =
            keys.drain(..).map(|key| scorer.score(&symbols(&key, &laws))).collect();
        scores.sort_unstable();
        let best = scores.split_off(scores.len() - 100);
        let law = scorer.law();
        let ms = least_ms(BATCHES, 10, || {
            let mut tail = Tail::new(&law, best[0]);
            for &score in &best {
                black_box(tail.at_least(score));
            }
        });
        row(&format!("exact p of the best 100, m = 2,048, {what}"), ms, None, "<= 100 ms");
    }
}

/// The same where every site has weights of its own, so that no two are alike.
fn soft_tails() {
    let mut rng = Rng::new("bench soft tails");
    let laws = binary_laws(Channel::Layout, SITES, &mut rng);
    let keys = rng.keys(5_000);
    let leaked = symbols(&keys[0], &laws);
    let soft = laws.entries().iter().zip(leaked).map(|((site, _), reading)| {
        let mean = if reading == 1 { 0.35 } else { -0.35 };
        SiteEvidence::from_likelihoods(*site, &[1.0, libm::exp(0.7 * (mean + rng.normal()))])
    });
    let evidence = Evidence::new(soft.collect()).unwrap();
    let scorer = Scorer::new(&laws, &evidence, Member::LONE);
    let mut scores: Vec<i64> = keys.iter().map(|key| scorer.score(&symbols(key, &laws))).collect();
    scores.sort_unstable();
    let best = scores.split_off(scores.len() - 100);
    let law = scorer.law();
    let ms = least_ms(BATCHES, 2, || {
        let mut tail = Tail::new(&law, best[0]);
        for &score in &best {
            black_box(tail.at_least(score));
        }
    });
    row("exact p of the best 100, m = 2,048, soft evidence", ms, None, "<= 100 ms");
}

/// Whole inquiries: bank, rounds, exact bounds, with and without decoys.
fn procedures() {
    let mut rng = Rng::new("bench procedure");
    for (persons, sites, coalition, decoys) in
        [(20, 300, 1, 0), (1_000, 300, 1, 0), (1_000, 300, 1, 100_000), (1_000, 300, 3, 0)]
    {
        let laws = binary_laws(Channel::Characters, sites, &mut rng);
        let keys = rng.keys(persons);
        let evidence = leak(&laws, &keys[..coalition], Mix::Interleave, 0.02, 0.02, &mut rng);
        let papers = vec![paper(&laws, &evidence)];
        let inquiry = Inquiry::new(Alpha::USUAL, 1_000, papers, Routes::Pooled).unwrap();
        let holders = holders(&keys);
        let plan = DecoyPlan { count: decoys, salt: [0; 32] };
        let ms = least_ms(BATCHES, 10, || {
            black_box(inquiry.run(&holders, plan).unwrap());
        });
        let what =
            format!("inquiry: {persons} persons, {sites} sites, c = {coalition}, {decoys} decoys");
        row(&what, ms, None, "<= 300 ms");
    }
    let laws: Vec<SiteLaws> =
        (0..3).map(|_| binary_laws(Channel::Wording, 100, &mut rng)).collect();
    let people: Vec<Holder> = (0..1_000)
        .map(|_| Holder { copies: rng.keys(3).into_iter().map(Some).collect() })
        .collect();
    let papers = laws
        .iter()
        .enumerate()
        .map(|(k, laws)| {
            let own = [people[0].copies[k].clone().unwrap()];
            paper(laws, &leak(laws, &own, Mix::Copy, 0.02, 0.02, &mut rng))
        })
        .collect();
    let inquiry = Inquiry::new(Alpha::USUAL, 1_000, papers, Routes::Pooled).unwrap();
    let ms = least_ms(BATCHES, 10, || {
        black_box(inquiry.run(&people, DecoyPlan::NONE).unwrap());
    });
    row("inquiry: 1,000 persons, 3 papers of 100 sites, pooled", ms, None, "<= 300 ms");
}
