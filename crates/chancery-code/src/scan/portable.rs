//! Sums by table look-up and by plain loops: the reference that the vector kernels must equal.

/// Sites that one table covers.
const OCTET: usize = 8;

/// Words of a row that are looked up together: their tables, 512 bytes each, stay in the nearest cache.
const STRIP: usize = 4;

/// Rows that are carried through a strip before the next one begins: 128 kB of rows of 2,048 sites.
const BLOCK: usize = 512;

/// Sums of steps over the set bits of each row; `steps` holds 64 for each word of a row.
pub(super) fn scan(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    let tables: Vec<[i16; 256]> = steps.chunks_exact(OCTET).map(table).collect();
    let (tables, _) = tables.as_chunks::<8>();
    let per_row = tables.len();
    sums.fill(0);
    for (rows, sums) in words.chunks(BLOCK * per_row).zip(sums.chunks_mut(BLOCK)) {
        for (strip, tables) in tables.chunks(STRIP).enumerate() {
            let columns = strip * STRIP..strip * STRIP + tables.len();
            for (row, sum) in rows.chunks_exact(per_row).zip(&mut *sums) {
                for (word, [a, b, c, d, e, f, g, h]) in row[columns.clone()].iter().zip(tables) {
                    let [i, j, k, l, m, n, o, p] = word.to_le_bytes().map(usize::from);
                    let even = a[i] + c[k] + e[m] + g[o];
                    let odd = b[j] + d[l] + f[n] + h[p];
                    *sum += i32::from(even) + i32::from(odd);
                }
            }
        }
    }
}

/// The sum of eight steps for each choice of bits; within +-1016, so that sixteen add up within 16 bits.
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
