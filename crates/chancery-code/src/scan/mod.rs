//! Scoring very many readers quickly: coarse scores over stored bits or freshly made rows.
//!
//! A scan is a sieve before the exact bounds of `procedure`: it keeps every reader whose exact
//! score may reach a threshold, never the best few, so that it cannot make one reader's fate depend
//! on another's row. The only unsafe code of the crate is in `x86`, behind a check of the processor
//! at run time; `portable` gives the same numbers everywhere.

mod portable;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and calls after a run-time check of the processor")]
mod x86;

use crate::key::CopyKey;
use crate::law::Law;
use crate::row;
use crate::site::SiteId;

/// Sites per stored word.
const WORD: usize = 64;

/// Coarse weights are in 1/8 bit: eight of the exact units.
pub const COARSE: i32 = 8;

/// Readings of binary sites, one bit each, a row for each reader.
#[derive(Clone, Debug)]
pub struct StoredBits {
    sites: usize,
    words_per_row: usize,
    words: Vec<u64>,
}

impl StoredBits {
    /// An empty store for rows of so many sites.
    #[must_use]
    pub fn new(sites: usize) -> Self {
        Self { sites, words_per_row: sites.div_ceil(WORD), words: Vec::new() }
    }

    /// Adds a reader; readings other than 0 count as 1, missing ones as 0.
    pub fn push(&mut self, readings: &[u8]) {
        let start = self.words.len();
        self.words.resize(start + self.words_per_row, 0);
        for (site, _) in readings.iter().take(self.sites).enumerate().filter(|(_, r)| **r != 0) {
            self.words[start + site / WORD] |= 1 << (site % WORD);
        }
    }

    /// Takes rows that are already packed, `sites.div_ceil(64)` words each, site 0 in the lowest
    /// bit; an incomplete last row and bits beyond the last site are ignored.
    #[must_use]
    pub fn from_words(sites: usize, mut words: Vec<u64>) -> Self {
        let words_per_row = sites.div_ceil(WORD);
        words.truncate(words.len() - words.len() % words_per_row.max(1));
        Self { sites, words_per_row, words }
    }

    /// The number of readers.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.words.len() / self.words_per_row.max(1)
    }

    /// The packed rows.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

/// Coarse weights of binary sites, with a certified bound of what coarseness can hide.
#[derive(Clone, Debug)]
pub struct CoarseWeights {
    /// What reading 1 adds over reading 0, in 1/8 bit, padded with zeros to whole words.
    steps: Vec<i8>,
    /// The score of all-zero readings, in 1/64 bit.
    base: i64,
    /// The most by which exact and coarse scores differ, in 1/64 bit.
    error: i64,
}

impl CoarseWeights {
    /// From the exact weights of readings 0 and 1 at each site, in 1/64 bit.
    #[must_use]
    pub fn new(weights: &[[i32; 2]]) -> Self {
        let mut coarse = Self { steps: Vec::new(), base: 0, error: 0 };
        for &[zero, one] in weights {
            let step = i64::from(one) - i64::from(zero);
            let unit = i64::from(COARSE);
            let rounded = (step + unit / 2).div_euclid(unit).clamp(-127, 127);
            coarse.steps.push(rounded as i8); // within +-127
            coarse.base += i64::from(zero);
            coarse.error += (step - rounded * unit).abs();
        }
        coarse.steps.resize(weights.len().next_multiple_of(WORD), 0);
        coarse
    }

    /// The least coarse sum that a reader with this exact score (1/64 bit) can have.
    ///
    /// Keeping every reader at or above it loses nobody whose exact score reaches `score`.
    #[must_use]
    pub fn least_sum(&self, score: i64) -> i64 {
        (score - self.base - self.error).div_euclid(i64::from(COARSE))
    }
}

/// How sums are computed; all give the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// AVX-512 with byte masks and dot products (BW, VNNI).
    Avx512,
    /// AVX2.
    Avx2,
    /// Table look-ups, on any processor.
    Portable,
}

impl Kernel {
    /// The kernels that run on this processor, fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if x86::has_avx512() {
                kernels.push(Self::Avx512);
            }
            if x86::has_avx2() {
                kernels.push(Self::Avx2);
            }
        }
        kernels.push(Self::Portable);
        kernels
    }

    /// The fastest available kernel.
    #[must_use]
    pub fn best() -> Self {
        Self::available()[0]
    }
}

/// The coarse sum of every stored reader, in 1/8 bit above the score of all-zero readings.
///
/// `weights` must be made for as many sites as `bits` stores; missing sites count as zero. A kernel
/// that this processor lacks is replaced by the portable one.
pub fn scan(bits: &StoredBits, weights: &CoarseWeights, kernel: Kernel, sums: &mut Vec<i32>) {
    sums.clear();
    sums.resize(bits.readers(), 0);
    if bits.words_per_row == 0 {
        return;
    }
    let mut steps = weights.steps.clone();
    steps.resize(bits.words_per_row * WORD, 0);
    steps[bits.sites..].fill(0);
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 if x86::has_avx512() => x86::scan_avx512(&bits.words, &steps, sums),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 if x86::has_avx2() => x86::scan_avx2(&bits.words, &steps, sums),
        _ => portable::scan(&bits.words, &steps, sums),
    }
}

/// The readers (by index) whose exact score may reach `score`, in 1/64 bit.
#[must_use]
pub fn shortlist(sums: &[i32], weights: &CoarseWeights, score: i64) -> Vec<usize> {
    let least = weights.least_sum(score);
    let kept = sums.iter().enumerate().filter(|(_, sum)| i64::from(**sum) >= least);
    kept.map(|(reader, _)| reader).collect()
}

/// Consecutive binary sites, for rows made on the fly.
#[derive(Clone, Debug)]
pub struct SiteRun {
    first: SiteId,
    /// The least byte that draws reading 1 at each site.
    cuts: Vec<u8>,
}

impl SiteRun {
    /// The sites from `first` on with these laws; `None` if one has more than two readings or lies
    /// beyond the last site number.
    #[must_use]
    pub fn new(first: SiteId, laws: &[Law]) -> Option<Self> {
        let last = first.get().checked_add(u32::try_from(laws.len()).ok()?)?;
        let cut =
            |law: &Law| (law.readings() == 2).then(|| u8::try_from(law.shares()[0]).ok()).flatten();
        let cuts = laws.iter().map(cut).collect::<Option<Vec<u8>>>()?;
        (last <= SiteId::LIMIT).then_some(Self { first, cuts })
    }

    /// The coarse sums of these copies, their rows made as they are scored and kept nowhere.
    pub fn scan<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a CopyKey>,
        weights: &CoarseWeights,
        kernel: Kernel,
        sums: &mut Vec<i32>,
    ) {
        let length = self.cuts.len().min(weights.steps.len());
        let (cuts, steps) = (&self.cuts[..length], &weights.steps[..length]);
        let mut row = vec![0; length];
        sums.clear();
        sums.extend(keys.into_iter().map(|key| {
            row::consecutive_bytes(key, self.first, &mut row);
            match kernel {
                #[cfg(target_arch = "x86_64")]
                Kernel::Avx512 if x86::has_avx512() => x86::sum_avx512(&row, cuts, steps),
                #[cfg(target_arch = "x86_64")]
                Kernel::Avx2 if x86::has_avx2() => x86::sum_avx2(&row, cuts, steps),
                _ => portable::sum(&row, cuts, steps),
            }
        }));
    }
}
