//! Six widths as a cell in space.

/// Words of a gram.
pub(crate) const WORDS: usize = 6;
/// Width of a cell: about five deviations of a measured share.
const CELL: f32 = 0.02;
/// A share this close to the next cell, in cells, is looked up there too.
const DOUBT: f32 = 0.3;
/// At most this many shares are looked up on both sides.
const MOST_DOUBTS: usize = 3;

/// Shares of the sum; `None` for widths that are none.
pub(crate) fn shares(widths: &[f32; WORDS]) -> Option<[f32; WORDS]> {
    let sum: f32 = widths.iter().sum();
    let sound = widths.iter().all(|w| w.is_finite() && *w > 0.0) && sum.is_finite();
    sound.then(|| widths.map(|w| w / sum))
}

/// The hash of the cell that holds these shares.
pub(crate) fn cell(shares: &[f32; WORDS]) -> u32 {
    hash(shares.map(|s| (s / CELL) as u32))
}

/// The cells that may hold what was measured as these shares.
pub(crate) fn cells(shares: &[f32; WORDS]) -> Vec<u32> {
    let own = shares.map(|s| (s / CELL) as u32);
    // (distance to the nearest border, dimension, cell on its other side); the last share follows
    // from the others and is no part of the hash.
    let mut doubts: Vec<(f32, usize, u32)> = Vec::new();
    for (k, &share) in shares.iter().enumerate().take(WORDS - 1) {
        let within = share / CELL - own[k] as f32;
        if within < DOUBT && own[k] > 0 {
            doubts.push((within, k, own[k] - 1));
        } else if within > 1.0 - DOUBT {
            doubts.push((1.0 - within, k, own[k] + 1));
        }
    }
    doubts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    doubts.truncate(MOST_DOUBTS);
    let variant = |set: usize| {
        let mut cell = own;
        for (n, &(_, k, other)) in doubts.iter().enumerate() {
            if set >> n & 1 == 1 {
                cell[k] = other;
            }
        }
        hash(cell)
    };
    (0..1_usize << doubts.len()).map(variant).collect()
}

fn hash(cell: [u32; WORDS]) -> u32 {
    let packed = cell[..WORDS - 1].iter().fold(0_u64, |sum, &c| sum << 6 | u64::from(c & 63));
    let mixed = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
}
