//! Acceptance check 14 and rules 1, 14, 15 and 19: keys and rows, known answers, and the law of the
//! bytes that rows are made of.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_code::*;
use support::*;

const VECTORS: &str = include_str!("vectors/rows.txt");

/// BLAKE3's compression function, written again from its specification (section 2.2), for inputs
/// of one block: the keyed extendable output's 64-byte block number `counter`.
fn blake3_block(key: &[u8; 32], input: &[u8], counter: u64) -> [u8; 64] {
    const IV: [u32; 4] = [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A];
    const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
    // CHUNK_START | CHUNK_END | ROOT | KEYED_HASH
    const FLAGS: u32 = 1 | 2 | 8 | 16;
    const COLUMNS_AND_DIAGONALS: [[usize; 4]; 8] = [
        [0, 4, 8, 12],
        [1, 5, 9, 13],
        [2, 6, 10, 14],
        [3, 7, 11, 15],
        [0, 5, 10, 15],
        [1, 6, 11, 12],
        [2, 7, 8, 13],
        [3, 4, 9, 14],
    ];
    assert!(input.len() <= 64);
    let words = |bytes: &[u8]| -> Vec<u32> {
        bytes.chunks(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    let mut block = [0; 64];
    block[..input.len()].copy_from_slice(input);
    let mut message = words(&block);
    let key = words(key);
    let mut v: Vec<u32> = key.clone();
    v.extend(IV);
    v.extend([counter as u32, (counter >> 32) as u32, input.len() as u32, FLAGS]);
    for _ in 0..7 {
        for (i, [a, b, c, d]) in COLUMNS_AND_DIAGONALS.into_iter().enumerate() {
            for (x, rotations) in [(message[2 * i], (16, 12)), (message[2 * i + 1], (8, 7))] {
                v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                v[d] = (v[d] ^ v[a]).rotate_right(rotations.0);
                v[c] = v[c].wrapping_add(v[d]);
                v[b] = (v[b] ^ v[c]).rotate_right(rotations.1);
            }
        }
        message = PERMUTATION.map(|i| message[i]).to_vec();
    }
    let mut out = [0; 64];
    for i in 0..8 {
        out[4 * i..4 * i + 4].copy_from_slice(&(v[i] ^ v[i + 8]).to_le_bytes());
        out[4 * i + 32..4 * i + 36].copy_from_slice(&(v[i + 8] ^ key[i]).to_le_bytes());
    }
    out
}

fn copy_key_again(paper: &[u8; 32], copy: u32) -> [u8; 32] {
    let mut input = b"chancery/copy-key/v1".to_vec();
    input.extend(u64::from(copy).to_le_bytes());
    blake3_block(paper, &input, 0)[..32].try_into().unwrap()
}

fn byte_again(copy: &[u8; 32], site: u32) -> u8 {
    blake3_block(copy, b"chancery/row/v1", u64::from(site / 64))[(site % 64) as usize]
}

/// The byte of a row, found through the public interface by trying every binary law.
fn byte_of(key: &CopyKey, site: SiteId) -> u8 {
    // Under the law with share k for reading 0, reading 1 means that the byte is at least k.
    (1..=255).filter(|&k| symbol(key, site, &Law::binary(k).unwrap()) == 1).count() as u8
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> [u8; 32] {
    let byte = |i: usize| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
    std::array::from_fn(byte)
}

/// Lines of `paper-key copy copy-key site byte`.
#[test]
fn known_answers_hold_here_and_in_a_second_derivation() {
    let mut lines = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (paper, copy): ([u8; 32], u32) = (unhex(fields[0]), fields[1].parse().unwrap());
        let (site, byte): (u32, u8) = (fields[3].parse().unwrap(), fields[4].parse().unwrap());
        let key = PaperKey::from_bytes(paper).copy_key(copy);
        assert_eq!(hex(key.expose()), fields[2]);
        assert_eq!(byte_of(&key, SiteId::new(site).unwrap()), byte, "{line}");
        assert_eq!(hex(&copy_key_again(&paper, copy)), fields[2]);
        assert_eq!(byte_again(key.expose(), site), byte, "{line}");
        lines += 1;
    }
    assert!(lines >= 24);
}

#[test]
fn rows_equal_the_second_derivation_everywhere() {
    let mut rng = Rng::new("second derivation");
    for _ in 0..20 {
        let key = rng.key();
        for _ in 0..40 {
            let site = SiteId::new(rng.below(SiteId::LIMIT as usize) as u32).unwrap();
            let again = byte_again(key.expose(), site.get());
            let law = Law::uniform(24).unwrap();
            assert_eq!(symbol(&key, site, &law), law.reading(again));
        }
    }
}

/// Pearson's statistic and its p-value (Wilson and Hilferty's approximation).
fn chi_square(observed: &[usize], expected: &[f64]) -> f64 {
    let statistic: f64 =
        observed.iter().zip(expected).map(|(&o, e)| (o as f64 - e) * (o as f64 - e) / e).sum();
    let freedom = (observed.len() - 1) as f64;
    let spread = 2.0 / (9.0 * freedom);
    let z = (libm::cbrt(statistic / freedom) - 1.0 + spread) / libm::sqrt(spread);
    libm::erfc(z * core::f64::consts::FRAC_1_SQRT_2) / 2.0
}

#[test]
fn readings_follow_their_laws() {
    let mut rng = Rng::new("chi-square");
    let per_law = size(200_000, 2_000_000);
    for law in [
        Law::binary(27).unwrap(),
        Law::binary(128).unwrap(),
        Law::binary(229).unwrap(),
        Law::uniform(3).unwrap(),
        Law::uniform(24).unwrap(),
    ] {
        let laws = equal_laws(&law, 1_000);
        let mut counts = vec![0; law.readings()];
        for _ in 0..per_law / 1_000 {
            symbols(&rng.key(), &laws).iter().for_each(|&r| counts[usize::from(r)] += 1);
        }
        let expected: Vec<f64> =
            (0..law.readings()).map(|r| law.probability(r) * per_law as f64).collect();
        let p = chi_square(&counts, &expected);
        assert!(p > 1e-4, "{law:?}: {p}");
    }
}

/// Check 14 and rule 19: sites beside each other, sites in different channels, and rows of
/// neighbouring copies are uncorrelated.
#[test]
fn rows_and_neighbouring_sites_are_independent() {
    let mut rng = Rng::new("correlation");
    let fair = Law::binary(128).unwrap();
    let site = |channel: Channel, i| channel.site(i).unwrap();
    let sites = [
        site(Channel::Wording, 0),
        site(Channel::Wording, 1),
        site(Channel::Wording, 64),
        site(Channel::Characters, 0),
        site(Channel::Layout, 0),
        site(Channel::Lines, 0),
    ];
    let laws = SiteLaws::new(sites.map(|s| (s, fair.clone())).to_vec()).unwrap();
    let draws = size(40_000, 200_000);
    let paper = PaperKey::from_bytes(rng.bytes());
    let rows: Vec<Vec<u8>> =
        (0..draws as u32).map(|copy| symbols(&paper.copy_key(copy), &laws)).collect();
    let check = |pairs: &mut dyn Iterator<Item = (u8, u8)>, what: &str| {
        let mut counts = [0; 4];
        let mut n = 0;
        for (a, b) in pairs {
            counts[usize::from(2 * a + b)] += 1;
            n += 1;
        }
        let p = chi_square(&counts, &[f64::from(n) / 4.0; 4]);
        assert!(p > 1e-4, "{what}: {counts:?}");
    };
    for a in 0..sites.len() {
        for b in 0..a {
            check(&mut rows.iter().map(|row| (row[a], row[b])), "two sites");
        }
        check(&mut rows.windows(2).map(|pair| (pair[0][a], pair[1][a])), "neighbouring copies");
    }
}

/// Rule 14: redrawing copies that fail some check leaves a trace in the sites' frequencies.
#[test]
fn injected_redraws_are_seen() {
    let mut rng = Rng::new("redraws");
    let laws = equal_laws(&Law::binary(128).unwrap(), 50);
    let issued = size(60_000, 1_000_000);
    let (mut honest, mut redrawn) = (vec![0_usize; 50], vec![0_usize; 50]);
    for _ in 0..issued {
        let row = symbols(&rng.key(), &laws);
        honest.iter_mut().zip(&row).for_each(|(count, &r)| *count += usize::from(r));
        // A copy whose sites 3 and 4 both have reading 1 "does not typeset" and is drawn again.
        let row = if row[3] == 1 && row[4] == 1 { symbols(&rng.key(), &laws) } else { row };
        redrawn.iter_mut().zip(&row).for_each(|(count, &r)| *count += usize::from(r));
    }
    let worst = |counts: &[usize]| {
        let p = |&count: &usize| chi_square(&[count, issued - count], &[issued as f64 / 2.0; 2]);
        counts.iter().map(p).fold(1.0, f64::min)
    };
    assert!(worst(&honest) > 1e-5);
    assert!(worst(&redrawn) < 1e-12);
}

/// What somebody who holds a contest pack can do: he takes everything of 32 bytes in it for a copy's
/// key and for the paper's key, and looks how many other copies' rows come out.
fn other_rows_given_away(
    pack: &[[u8; 32]],
    opened: usize,
    rows: &[Vec<u8>],
    laws: &SiteLaws,
) -> usize {
    let others = || (0..rows.len()).filter(|&other| other != opened);
    let given = |candidate: &[u8; 32]| {
        let as_copy = symbols(&CopyKey::from_bytes(*candidate), laws);
        let as_paper = PaperKey::from_bytes(*candidate);
        // One row that fits by the paper's key tells whether all do.
        let derived = |copy: usize| symbols(&as_paper.copy_key(copy as u32), laws);
        let by_paper = others().take(1).all(|copy| derived(copy) == rows[copy]);
        let all = others().filter(|&copy| by_paper && derived(copy) == rows[copy]).count();
        all + others().filter(|&copy| rows[copy] == as_copy).count()
    };
    pack.iter().map(given).sum()
}

/// Rule 1: what a hundred contest packs open, and what they do not.
#[test]
fn opened_copies_give_no_other_row_away() {
    let mut rng = Rng::new("contest packs");
    let paper = PaperKey::from_bytes(rng.bytes());
    let tree = CopyTree::new(&paper, leaves_for(1_000)).unwrap();
    let laws = binary_laws(Channel::Wording, 200, &mut rng);
    let rows: Vec<Vec<u8>> =
        (0..tree.leaves()).map(|copy| symbols(&paper.copy_key(copy), &laws)).collect();
    let (mut known, mut control) = (0, 0);
    for opened in (0..tree.leaves()).step_by(41).take(100) {
        let key = paper.copy_key(opened);
        let mut pack = tree.path(opened).unwrap();
        assert!(verify_path(&key, opened, tree.leaves(), &pack, &tree.root()));
        pack.extend([*key.expose(), tree.root()]);
        known += other_rows_given_away(&pack, opened as usize, &rows, &laws);
        // Control: without keys of copies, whoever contests a row can compute it again only with the
        // key of the paper, which therefore lies in the pack.
        pack.push(*paper.expose());
        control += other_rows_given_away(&pack, opened as usize, &rows, &laws);
    }
    assert_eq!(known, 0);
    assert_eq!(control, 100 * (rows.len() - 1), "the same reader of packs finds every other row");
}

/// Rule 15: editions keep the readings of the sites they keep.
#[test]
fn an_unchanged_site_keeps_its_reading_through_editions() {
    let mut rng = Rng::new("editions");
    let paper = PaperKey::from_bytes(rng.bytes());
    let key = paper.copy_key(3);
    let mut arities: Vec<u8> = (0..60).map(|_| 2 + u8::from(rng.chance(0.2))).collect();
    let first = numbered(Channel::Wording, laws(Channel::Wording, &arities, &paper).unwrap());
    let before = symbols(&key, &first);
    let mut renumbered_changes = 0;
    for _ in 0..size(200, 1_000) {
        // An edition strikes sites and appends new ones under new numbers.
        arities.truncate(60);
        arities.extend((0..rng.below(30)).map(|_| 2 + rng.below(3) as u8));
        let all = numbered(Channel::Wording, laws(Channel::Wording, &arities, &paper).unwrap());
        let kept: Vec<(SiteId, Law)> =
            all.entries().iter().filter(|_| rng.chance(0.8)).cloned().collect();
        let edition = SiteLaws::new(kept.clone()).unwrap();
        for ((site, _), reading) in edition.entries().iter().zip(symbols(&key, &edition)) {
            if site.index() < 60 {
                assert_eq!(reading, before[site.index() as usize]);
            }
        }
        // Control: numbering the kept sites afresh changes readings.
        let fresh = numbered(Channel::Wording, kept.iter().map(|entry| entry.1.clone()).collect());
        let changed = kept
            .iter()
            .zip(symbols(&key, &fresh))
            .filter(|((site, _), _)| site.index() < 60)
            .any(|((site, _), reading)| reading != before[site.index() as usize]);
        renumbered_changes += usize::from(changed);
    }
    assert!(renumbered_changes > 100);
}
