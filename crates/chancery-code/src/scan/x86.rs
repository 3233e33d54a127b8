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

pub(super) fn scan_avx512(words: &[u64], steps: &[i8], sums: &mut Vec<i32>) {
    assert!(has_avx512());
    // SAFETY: the features that `avx512_rows` is compiled for were just checked.
    unsafe { avx512_rows(words, steps, sums) }
}

pub(super) fn scan_avx2(words: &[u64], steps: &[i8], sums: &mut Vec<i32>) {
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

/// Each word is a byte mask over 64 steps; the dot product with ones adds them up in 32 bits.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn avx512_rows(words: &[u64], steps: &[i8], sums: &mut Vec<i32>) {
    let ones = _mm512_set1_epi8(1);
    let per_row = steps.len() / 64;
    let steps: Vec<__m512i> = steps.chunks_exact(64).map(|block| load512(block)).collect();
    for row in words.chunks_exact(per_row) {
        let mut totals = [_mm512_setzero_si512(); 2];
        let mut pairs = row.chunks_exact(2).zip(steps.chunks_exact(2));
        for (word, step) in &mut pairs {
            for i in 0..2 {
                let taken = _mm512_maskz_mov_epi8(word[i], step[i]);
                totals[i] = _mm512_dpbusd_epi32(totals[i], ones, taken);
            }
        }
        if per_row % 2 == 1 {
            let taken = _mm512_maskz_mov_epi8(row[per_row - 1], steps[per_row - 1]);
            totals[0] = _mm512_dpbusd_epi32(totals[0], ones, taken);
        }
        sums.push(_mm512_reduce_add_epi32(_mm512_add_epi32(totals[0], totals[1])));
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

/// How many sums of two steps (within +-254) fit into 16 bits.
const SHORT_SUMS: usize = 128;

#[target_feature(enable = "avx2")]
fn avx2_rows(words: &[u64], steps: &[i8], sums: &mut Vec<i32>) {
    let steps: Vec<__m256i> = steps.chunks_exact(32).map(|block| load256(block)).collect();
    // Byte i of a lane looks at bit i % 8 of byte i / 8 of the 32 bits.
    let spread =
        _mm256_setr_epi64x(0, 0x0101_0101_0101_0101, 0x0202_0202_0202_0202, 0x0303_0303_0303_0303);
    let bits = _mm256_set1_epi64x(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
    let ones = _mm256_set1_epi8(1);
    for row in words.chunks_exact(steps.len() / 2) {
        let mut total = _mm256_setzero_si256();
        for (words, steps) in row.chunks(SHORT_SUMS / 2).zip(steps.chunks(SHORT_SUMS)) {
            let mut short = _mm256_setzero_si256();
            for (word, steps) in words.iter().zip(steps.chunks_exact(2)) {
                for (half, step) in [*word as u32, (*word >> 32) as u32].into_iter().zip(steps) {
                    let all = _mm256_set1_epi32(half.cast_signed());
                    let own = _mm256_and_si256(_mm256_shuffle_epi8(all, spread), bits);
                    let taken = _mm256_and_si256(_mm256_cmpeq_epi8(own, bits), *step);
                    short = _mm256_add_epi16(short, _mm256_maddubs_epi16(ones, taken));
                }
            }
            total = _mm256_add_epi32(total, widen(short));
        }
        sums.push(sum_of_lanes(total));
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

/// A byte or a signed byte.
trait Byte {}
impl Byte for u8 {}
impl Byte for i8 {}

#[target_feature(enable = "avx512f,avx512bw")]
fn load512<T: Byte>(bytes: &[T]) -> __m512i {
    assert!(bytes.len() >= 64);
    // SAFETY: the slice holds at least 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn load256<T: Byte>(bytes: &[T]) -> __m256i {
    assert!(bytes.len() >= 32);
    // SAFETY: the slice holds at least 32 bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
