//! The vector kernels for x86-64.
//!
//! Every `unsafe` block is either a call of a function compiled for a processor feature, right after
//! that feature was checked, or a load from a slice whose length was checked.

use std::arch::x86_64::*;

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
}

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(super) fn scan_avx512(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    assert!(has_avx512());
    // SAFETY: the features that `avx512_rows` is compiled for were just checked.
    unsafe { avx512_rows(words, steps, sums) }
}

pub(super) fn scan_avx2(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    assert!(has_avx2());
    // SAFETY: the feature that `avx2_rows` is compiled for was just checked.
    unsafe { avx2_rows(words, steps, sums) }
}

pub(super) fn sum_avx512(row: &[u8], cuts: &[u8], steps: &[i8]) -> i32 {
    assert!(has_avx512());
    // SAFETY: the features that `avx512_sum` is compiled for were just checked.
    unsafe { avx512_sum(row, cuts, steps) }
}

pub(super) fn sum_avx2(row: &[u8], cuts: &[u8], steps: &[i8]) -> i32 {
    assert!(has_avx2());
    // SAFETY: the feature that `avx2_sum` is compiled for was just checked.
    unsafe { avx2_sum(row, cuts, steps) }
}

/// Steps of the sites 8 i + b for the bytes i of each chunk of `CHUNK` bytes, sorted by b.
///
/// Bit b of byte i of a row stands for site 8 i + b. A row masked with 2^b is therefore a vector of
/// zeros and 2^b that multiplies the steps of b; the factor 2^b is taken out of the sum at the end.
fn sorted_steps<const CHUNK: usize>(steps: &[i8]) -> Vec<[[i8; CHUNK]; 8]> {
    let chunks = steps.len().div_ceil(8 * CHUNK);
    let step = |chunk: usize, bit: usize, i: usize| (chunk * CHUNK + i) * 8 + bit;
    (0..chunks)
        .map(|chunk| {
            std::array::from_fn(|bit| {
                std::array::from_fn(|i| steps.get(step(chunk, bit, i)).copied().unwrap_or(0))
            })
        })
        .collect()
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn avx512_rows(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    let per_row = steps.len() / 64;
    let sorted: Vec<[__m512i; 8]> = sorted_steps::<64>(steps)
        .iter()
        .map(|chunk| std::array::from_fn(|bit| load512(&chunk[bit])))
        .collect();
    let zero = _mm512_setzero_si512();
    let mask = |bit: i32| _mm512_set1_epi8(1 << bit);
    let (m0, m1, m2, m3) = (mask(0), mask(1), mask(2), mask(3));
    for (row, sum) in words.chunks_exact(per_row).zip(sums) {
        // One sum for each factor from 1 to 8, in variables of their own so that they stay in
        // registers. Bits 4 to 7 are moved down to 0 to 3 first.
        let (mut a, mut b, mut c, mut d) = (zero, zero, zero, zero);
        let (whole, rest) = row.as_chunks::<8>();
        let mut padded = [0; 8];
        padded[..rest.len()].copy_from_slice(rest);
        let last = (!rest.is_empty()).then_some(&padded);
        for (words, steps) in whole.iter().chain(last).zip(&sorted) {
            let low = load512(words);
            let high = _mm512_srli_epi16::<4>(low);
            a = _mm512_dpbusd_epi32(a, _mm512_and_si512(low, m0), steps[0]);
            b = _mm512_dpbusd_epi32(b, _mm512_and_si512(low, m1), steps[1]);
            c = _mm512_dpbusd_epi32(c, _mm512_and_si512(low, m2), steps[2]);
            d = _mm512_dpbusd_epi32(d, _mm512_and_si512(low, m3), steps[3]);
            a = _mm512_dpbusd_epi32(a, _mm512_and_si512(high, m0), steps[4]);
            b = _mm512_dpbusd_epi32(b, _mm512_and_si512(high, m1), steps[5]);
            c = _mm512_dpbusd_epi32(c, _mm512_and_si512(high, m2), steps[6]);
            d = _mm512_dpbusd_epi32(d, _mm512_and_si512(high, m3), steps[7]);
        }
        // Horner's rule from the largest factor down; every division is exact.
        let half = |high, low| _mm512_add_epi32(_mm512_srai_epi32::<1>(high), low);
        *sum = _mm512_reduce_add_epi32(half(half(half(d, c), b), a));
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn avx512_sum(row: &[u8], cuts: &[u8], steps: &[i8]) -> i32 {
    let ones = _mm512_set1_epi8(1);
    let mut total = _mm512_setzero_si512();
    let whole = row.len().min(cuts.len()).min(steps.len()) / 64 * 64;
    let blocks = row[..whole].chunks_exact(64).zip(cuts.chunks_exact(64));
    for ((row, cuts), steps) in blocks.zip(steps.chunks_exact(64)) {
        let taken = _mm512_cmpge_epu8_mask(load512(row), load512(cuts));
        let taken = _mm512_maskz_mov_epi8(taken, load512(steps));
        total = _mm512_dpbusd_epi32(total, ones, taken);
    }
    _mm512_reduce_add_epi32(total)
        + super::portable::sum(&row[whole..], &cuts[whole..], &steps[whole..])
}

/// Chunks of 256 sites whose sums fit into 16 bits: 16 times two steps (within +-254) each.
const SHORT_CHUNKS: usize = 8;

#[target_feature(enable = "avx2")]
fn avx2_rows(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    let per_row = steps.len() / 64;
    let sorted: Vec<[__m256i; 8]> = sorted_steps::<32>(steps)
        .iter()
        .map(|chunk| std::array::from_fn(|bit| load256(&chunk[bit])))
        .collect();
    let zero = _mm256_setzero_si256();
    let mask = |bit: i32| _mm256_set1_epi8(1 << bit);
    let (m0, m1, m2, m3, m4) = (mask(0), mask(1), mask(2), mask(3), mask(4));
    let add = |sum, taken, steps| _mm256_add_epi16(sum, _mm256_maddubs_epi16(taken, steps));
    for (row, sum) in words.chunks_exact(per_row).zip(sums) {
        let mut total = zero;
        let (whole, rest) = row.as_chunks::<4>();
        let mut padded = [0; 4];
        padded[..rest.len()].copy_from_slice(rest);
        let last = [padded];
        let last: &[[u64; 4]] = if rest.is_empty() { &[] } else { &last };
        let parts = whole.chunks(SHORT_CHUNKS).zip(sorted.chunks(SHORT_CHUNKS));
        for (words, sorted) in parts.chain([(last, &sorted[whole.len()..])]) {
            // One sum for each factor from 1 to 16; bits 5 to 7 are moved down to 0 to 2 first.
            let (mut a, mut b, mut c, mut d, mut e) = (zero, zero, zero, zero, zero);
            for (words, steps) in words.iter().zip(sorted) {
                let low = load256(words);
                let high = _mm256_srli_epi16::<5>(low);
                a = add(a, _mm256_and_si256(low, m0), steps[0]);
                b = add(b, _mm256_and_si256(low, m1), steps[1]);
                c = add(c, _mm256_and_si256(low, m2), steps[2]);
                d = add(d, _mm256_and_si256(low, m3), steps[3]);
                e = add(e, _mm256_and_si256(low, m4), steps[4]);
                a = add(a, _mm256_and_si256(high, m0), steps[5]);
                b = add(b, _mm256_and_si256(high, m1), steps[6]);
                c = add(c, _mm256_and_si256(high, m2), steps[7]);
            }
            // Every sum is a multiple of its factor, so every division is exact.
            let half = |high, low| _mm256_add_epi32(_mm256_srai_epi32::<1>(high), low);
            let low = half(half(widen(e), widen(d)), widen(c));
            total = _mm256_add_epi32(total, half(half(low, widen(b)), widen(a)));
        }
        *sum = sum_of_lanes(total);
    }
}

#[target_feature(enable = "avx2")]
fn avx2_sum(row: &[u8], cuts: &[u8], steps: &[i8]) -> i32 {
    let ones = _mm256_set1_epi8(1);
    let mut total = _mm256_setzero_si256();
    let whole = row.len().min(cuts.len()).min(steps.len()) / 32 * 32;
    let blocks = row[..whole].chunks_exact(32).zip(cuts.chunks_exact(32));
    for ((row, cuts), steps) in blocks.zip(steps.chunks_exact(32)) {
        let row = load256(row);
        let reached = _mm256_cmpeq_epi8(_mm256_max_epu8(row, load256(cuts)), row);
        let taken = _mm256_and_si256(reached, load256(steps));
        total = _mm256_add_epi32(total, widen(_mm256_maddubs_epi16(ones, taken)));
    }
    sum_of_lanes(total) + super::portable::sum(&row[whole..], &cuts[whole..], &steps[whole..])
}

/// Adds neighbouring 16-bit lanes into 32 bits.
#[target_feature(enable = "avx2")]
fn widen(short: __m256i) -> __m256i {
    _mm256_madd_epi16(short, _mm256_set1_epi16(1))
}

#[target_feature(enable = "avx2")]
fn sum_of_lanes(total: __m256i) -> i32 {
    let half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256::<1>(total));
    let quarter = _mm_add_epi32(half, _mm_shuffle_epi32::<0b00_00_11_10>(half));
    _mm_cvtsi128_si32(_mm_add_epi32(quarter, _mm_shuffle_epi32::<0b00_00_00_01>(quarter)))
}

/// Plain numbers, all of whose bytes may be read.
trait Plain {}
impl Plain for u8 {}
impl Plain for i8 {}
impl Plain for u64 {}

#[target_feature(enable = "avx512f,avx512bw")]
fn load512<T: Plain>(numbers: &[T]) -> __m512i {
    assert!(size_of_val(numbers) >= 64);
    // SAFETY: the slice holds at least 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn load256<T: Plain>(numbers: &[T]) -> __m256i {
    assert!(size_of_val(numbers) >= 32);
    // SAFETY: the slice holds at least 32 bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
}
