//! Sums by table look-up and by plain loops: the reference that the vector kernels must equal.

/// Sites that one table covers.
const OCTET: usize = 8;

/// Sums of steps over the set bits of each row; `steps` holds 64 for each word of a row.
pub(super) fn scan(words: &[u64], steps: &[i8], sums: &mut [i32]) {
    let tables: Vec<[i16; 256]> = steps.chunks_exact(OCTET).map(table).collect();
    let (tables, _) = tables.as_chunks::<8>();
    for (row, sum) in words.chunks_exact(tables.len()).zip(sums) {
        let (mut even, mut odd) = (0, 0);
        for (word, [a, b, c, d, e, f, g, h]) in row.iter().zip(tables) {
            let [i, j, k, l, m, n, o, p] = word.to_le_bytes().map(usize::from);
            even += i32::from(a[i]) + i32::from(c[k]) + i32::from(e[m]) + i32::from(g[o]);
            odd += i32::from(b[j]) + i32::from(d[l]) + i32::from(f[n]) + i32::from(h[p]);
        }
        *sum = even + odd;
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
