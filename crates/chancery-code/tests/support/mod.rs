//! What the acceptance tests share: a deterministic generator, leaks made by known strategies, and
//! exact binomial limits. No assertion about the crate stands here.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part, and a test may fail by panicking"
)]

use chancery_code::{
    Channel, CopyKey, Evidence, Holder, Law, Member, PaperEvidence, PaperKey, ScoreLaw,
    SiteEvidence, SiteId, SiteLaws, laws, symbols, weights,
};

/// A generator that gives the same numbers on every machine: a BLAKE3 stream.
pub struct Rng {
    stream: blake3::OutputReader,
    buffer: [u8; 1024],
    used: usize,
}

impl Rng {
    pub fn new(seed: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"chancery tests ").update(seed.as_bytes());
        Self { stream: hasher.finalize_xof(), buffer: [0; 1024], used: 1024 }
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > self.buffer.len() {
            self.stream.fill(&mut self.buffer);
            self.used = 0;
        }
        let mut out = [0; N];
        out.copy_from_slice(&self.buffer[self.used..self.used + N]);
        self.used += N;
        out
    }

    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(core::f64::consts::TAU * self.unit())
    }

    pub fn key(&mut self) -> CopyKey {
        CopyKey::from_bytes(self.bytes())
    }

    pub fn keys(&mut self, n: usize) -> Vec<CopyKey> {
        (0..n).map(|_| self.key()).collect()
    }
}

/// Whether the full sizes of the acceptance table are asked for.
pub fn full() -> bool {
    std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1")
}

/// `reduced` by default, `full` with CHANCERY_FULL=1.
pub fn size(reduced: usize, whole: usize) -> usize {
    if full() { whole } else { reduced }
}

/// Laws of `n` binary sites of a channel under a paper key drawn from `rng`.
pub fn binary_laws(channel: Channel, n: usize, rng: &mut Rng) -> SiteLaws {
    let paper = PaperKey::from_bytes(rng.bytes());
    let list = laws(channel, &vec![2; n], &paper).unwrap();
    numbered(channel, list)
}

/// `n` sites that all have this law.
pub fn equal_laws(law: &Law, n: usize) -> SiteLaws {
    numbered(Channel::Wording, vec![law.clone(); n])
}

pub fn numbered(channel: Channel, list: Vec<Law>) -> SiteLaws {
    let site = |i: usize| channel.site(u32::try_from(i).unwrap()).unwrap();
    SiteLaws::new(list.into_iter().enumerate().map(|(i, law)| (site(i), law)).collect()).unwrap()
}

/// How a test's coalition makes its leak from its readings at one site.
#[derive(Clone, Copy, Debug)]
pub enum Mix {
    /// The first colluder's reading.
    Copy,
    Interleave,
    Majority,
    Minority,
    /// Always the reading with this number, if anyone has it.
    Fixed(u8),
    /// The reading that the law makes most likely, among those held.
    Likely,
    /// The reading that the law makes least likely, among those held.
    Unlikely,
    /// A colluder's reading, the first colluders' more often than the later ones'.
    Uneven,
    /// P(leak 1 | number of colluders with reading 1), for binary sites.
    Theta(&'static [f64]),
}

impl Mix {
    pub fn pick(self, held: &[u8], law: &Law, rng: &mut Rng) -> u8 {
        let mut counts = vec![0_usize; law.readings()];
        held.iter().for_each(|&r| counts[usize::from(r)] += 1);
        let present = || (0..counts.len()).filter(|&r| counts[r] > 0);
        let among = |chosen: usize, rng: &mut Rng| {
            let ties: Vec<usize> = present().filter(|&r| counts[r] == chosen).collect();
            ties[rng.below(ties.len())] as u8
        };
        match self {
            Self::Copy => held[0],
            Self::Interleave => held[rng.below(held.len())],
            Self::Majority => among(*counts.iter().max().unwrap(), rng),
            Self::Minority => among(present().map(|r| counts[r]).min().unwrap(), rng),
            Self::Fixed(reading) => {
                if counts[usize::from(reading)] > 0 {
                    reading
                } else {
                    held[0]
                }
            }
            Self::Likely => present().max_by_key(|&r| law.shares()[r]).unwrap() as u8,
            Self::Unlikely => present().min_by_key(|&r| law.shares()[r]).unwrap() as u8,
            Self::Uneven => {
                let later = (0..held.len() - 1).take_while(|_| rng.chance(0.75)).count();
                held[later]
            }
            Self::Theta(theta) => u8::from(rng.chance(theta[counts[1]])),
        }
    }
}

/// A leak: evidence about what the coalition's mix looks like after reading errors.
///
/// `error` is the true rate at which another reading is seen, `stated` what the evidence claims.
pub fn leak(
    laws: &SiteLaws,
    coalition: &[CopyKey],
    mix: Mix,
    error: f64,
    stated: f64,
    rng: &mut Rng,
) -> Evidence {
    let rows: Vec<Vec<u8>> = coalition.iter().map(|key| symbols(key, laws)).collect();
    let entries = laws.entries().iter().enumerate().map(|(i, (site, law))| {
        let held: Vec<u8> = rows.iter().map(|row| row[i]).collect();
        let q = law.readings();
        let mut seen = usize::from(mix.pick(&held, law, rng));
        if rng.chance(error) {
            seen = (seen + 1 + rng.below(q - 1)) % q;
        }
        SiteEvidence::seen(*site, q as u8, seen as u8, stated)
    });
    Evidence::new(entries.collect()).unwrap()
}

/// One paper with its evidence.
pub fn paper(laws: &SiteLaws, evidence: &Evidence) -> PaperEvidence {
    PaperEvidence::new(laws.clone(), evidence.clone()).unwrap()
}

/// Holders of one paper.
pub fn holders(keys: &[CopyKey]) -> Vec<Holder> {
    keys.iter().map(|key| Holder { copies: vec![Some(key.clone())] }).collect()
}

/// Evidence without one site.
pub fn without(evidence: &Evidence, site: SiteId) -> Evidence {
    let kept = evidence.sites().iter().filter(|entry| entry.site != site).cloned();
    Evidence::new(kept.collect()).unwrap()
}

/// P(X <= k) for X binomial(n, p).
pub fn binomial_cdf(k: usize, n: usize, p: f64) -> f64 {
    let (lp, lq) = (libm::log(p), libm::log1p(-p));
    let choose = |i: usize| {
        libm::lgamma(n as f64 + 1.0)
            - libm::lgamma(i as f64 + 1.0)
            - libm::lgamma((n - i) as f64 + 1.0)
    };
    let term = |i: usize| libm::exp(choose(i) + i as f64 * lp + (n - i) as f64 * lq);
    (0..=k.min(n)).map(term).sum::<f64>().min(1.0)
}

/// Clopper and Pearson's one-sided lower limit for a proportion: the smallest p that does not make
/// `k` or more successes rarer than `error`.
pub fn lower_limit(k: usize, n: usize, error: f64) -> f64 {
    if k == 0 {
        return 0.0;
    }
    bisect(|p| 1.0 - binomial_cdf(k - 1, n, p) < error)
}

/// Clopper and Pearson's one-sided upper limit.
pub fn upper_limit(k: usize, n: usize, error: f64) -> f64 {
    if k >= n { 1.0 } else { bisect(|p| binomial_cdf(k, n, p) >= error) }
}

/// The largest p in (0, 1) for which `below` holds (it holds up to some point).
fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (1e-12, 1.0 - 1e-12);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Kolmogorov and Smirnov's two-sided p-value of a sample against the uniform law (asymptotic).
pub fn uniform_ks(sample: &mut [f64]) -> f64 {
    sample.sort_unstable_by(f64::total_cmp);
    let n = sample.len() as f64;
    let distance = sample
        .iter()
        .enumerate()
        .map(|(i, &u)| (u - i as f64 / n).max((i + 1) as f64 / n - u))
        .fold(0.0, f64::max);
    let t = distance * (libm::sqrt(n) + 0.12 + 0.11 / libm::sqrt(n));
    let series = (1..=100).map(|k| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * libm::exp(-2.0 * f64::from(k * k) * t * t)
    });
    series.sum::<f64>().clamp(0.0, 1.0)
}

/// One model's weights for a leak, for tests that look below whole inquiries.
pub struct Scorer {
    /// Sites that the evidence speaks of: place in the table of laws, law, weights.
    sites: Vec<(usize, Law, Vec<i32>)>,
}

impl Scorer {
    pub fn new(laws: &SiteLaws, evidence: &Evidence, member: Member) -> Self {
        let site = |(place, (site, law)): (usize, &(SiteId, Law))| {
            evidence.get(*site).map(|entry| (place, law.clone(), weights(member, law, entry)))
        };
        Self { sites: laws.entries().iter().enumerate().filter_map(site).collect() }
    }

    /// The law of the score over a fresh row.
    pub fn law(&self) -> ScoreLaw {
        ScoreLaw::new(self.sites.iter().map(|(_, law, weights)| (weights.as_slice(), law)))
    }

    /// The score of a row given at all sites of the table.
    pub fn score(&self, row: &[u8]) -> i64 {
        let weight =
            |(place, _, weights): &(usize, Law, Vec<i32>)| weights[usize::from(row[*place])];
        self.sites.iter().map(|site| i64::from(weight(site))).sum()
    }

    /// What each site adds to a row's score.
    pub fn parts(&self, row: &[u8]) -> Vec<i32> {
        self.sites.iter().map(|(place, _, weights)| weights[usize::from(row[*place])]).collect()
    }

    /// The same sites with weights cut to zero where `keep` says so, by position.
    pub fn keeping(&self, keep: impl Fn(usize) -> bool) -> Self {
        let sites = self.sites.iter().enumerate().filter(|(i, _)| keep(*i));
        Self { sites: sites.map(|(_, site)| site.clone()).collect() }
    }

    pub fn sites(&self) -> &[(usize, Law, Vec<i32>)] {
        &self.sites
    }
}

/// Asserts that a rate seen `k` times in `n` may be at most `level`: Clopper and Pearson's lower
/// limit at error 1e-5 must not exceed it.
pub fn assert_at_most(k: usize, n: usize, level: f64, what: &str) {
    let low = lower_limit(k, n, 1e-5);
    assert!(low <= level, "{what}: {k} of {n} is more than {level} (at least {low})");
}

/// Asserts that a rate seen `k` times in `n` is at least `least`: at full size as it stands, at
/// reduced sizes unless Clopper and Pearson's upper limit at error 1e-3 excludes it.
pub fn assert_at_least(k: usize, n: usize, least: f64, what: &str) {
    let rate = if full() { k as f64 / n as f64 } else { upper_limit(k, n, 1e-3) };
    assert!(rate >= least, "{what}: {k} of {n} is less than {least}");
}

/// Whether a rate is certainly above `level`, for negative controls.
pub fn surely_above(k: usize, n: usize, level: f64) -> bool {
    lower_limit(k, n, 1e-5) > level
}
