//! Sums by table look-up and by plain loops: the reference that the vector kernels must equal.

/// Sites that one table covers.
const OCTET: usize = 8;

/// Sums of steps over the set bits of each row; `steps` holds 64 for each word of a row.
pub(super) fn scan(words: &[u64], steps: &[i8], sums: &mut Vec<i32>) {
    let tables: Vec<[i16; 256]> = steps.chunks_exact(OCTET).map(table).collect();
    for row in words.chunks_exact(steps.len() / 64) {
        let mut sum = 0_i32;
        for (word, tables) in row.iter().zip(tables.chunks_exact(8)) {
            for (byte, table) in word.to_le_bytes().into_iter().zip(tables) {
                sum += i32::from(table[usize::from(byte)]);
            }
        }
        sums.push(sum);
    }
}

/// The sum of eight steps for each choice of bits; within +-1016.
fn table(steps: &[i8]) -> [i16; 256] {
    let mut table = [0; 256];
    for byte in 1..256_usize {
        let rest = byte & (byte - 1);
        table[byte] = table[rest] + i16::from(steps[byte.trailing_zeros() as usize]);
    }
    table
}

/// Sum of the steps at which the row's byte reaches the cut.
pub(super) fn sum(row: &[u8], cuts: &[u8], steps: &[i8]) -> i32 {
    let sites = row.iter().zip(cuts).zip(steps);
    sites.map(|((byte, cut), step)| if byte >= cut { i32::from(*step) } else { 0 }).sum()
}
