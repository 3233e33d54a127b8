//! Readers who average or splice their pages: one of them is named, and never anybody else.
//!
//! No picture is made here: each site is a shift of a word with the noise that the reader of pictures leaves
//! (`docs/captures.md`), turned into likelihoods by the rule of the reader. The pages bear no wording, which only
//! helps the readers. Everyday 30 inquiries a cell; with `CHANCERY_FULL=1` 1,000 inquiries of 1,000 readers.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_capture::Chance;
use chancery_code::{
    Alpha, Channel, CopyKey, DecoyPlan, Evidence, Holder, Inquiry, PaperEvidence, PaperKey, Routes,
    SiteEvidence, SiteLaws, laws, symbols,
};
use support::full;
use support::limits::limits;

/// Sites of a page, and of a line.
const SITES: usize = 220;
const LINE: usize = 5;
/// Deviation of a measured shift and the size of a mark, in points: a twice photocopied page.
const NOISE: f64 = 0.05;
const SHIFT: f64 = 0.30;
/// Readers of the paper.
const READERS: u32 = 1_000;

/// What a coalition makes of its pages.
#[derive(Clone, Copy, Debug)]
enum Forgery {
    /// Every word stands where it stands on average.
    Average,
    /// Every line is taken from one of the pages.
    Splice,
}

/// The likelihoods of both readings of a word that was measured here: the mixture of the reader of pictures.
fn likelihoods(value: f64) -> [f64; 2] {
    // A contrast of three measured places.
    let deviation = NOISE * 1.5_f64.sqrt();
    [-SHIFT, SHIFT].map(|centre| {
        let z = (value - centre) / deviation;
        0.97 * libm::exp(-0.5 * z * z) / (deviation * 2.506_628) + 0.03 / 3.0
    })
}

/// One inquiry: whether one of the coalition was named, and how many others.
fn inquiry(number: u64, pages: usize, coalition: usize, forgery: Forgery) -> (bool, usize) {
    let mut secret = [11; 32];
    secret[..8].copy_from_slice(&number.to_le_bytes());
    let key = PaperKey::from_bytes(secret);
    let arities = vec![2; SITES * pages];
    let drawn = laws(Channel::Layout, &arities, &key).unwrap();
    let site = |k: usize| Channel::Layout.site(k as u32).unwrap();
    let laws = SiteLaws::new(drawn.into_iter().enumerate().map(|(k, l)| (site(k), l)).collect());
    let laws = laws.unwrap();
    let keys: Vec<CopyKey> = (0..READERS).map(|copy| key.copy_key(copy)).collect();
    let mut chance = Chance::new(number);
    let guilty: Vec<usize> = (0..coalition).map(|k| k * 83 + 7).collect();
    let rows: Vec<Vec<u8>> = guilty.iter().map(|g| symbols(&keys[*g], &laws)).collect();
    let mut source = 0;
    let mut read = Vec::new();
    for k in 0..SITES * pages {
        if k % LINE == 0 {
            source = (chance.unit() * coalition as f32) as usize;
        }
        let place = |row: &Vec<u8>| if row[k] == 0 { -SHIFT } else { SHIFT };
        let place = match forgery {
            Forgery::Average => rows.iter().map(place).sum::<f64>() / coalition as f64,
            Forgery::Splice => place(&rows[source]),
        };
        let value = place + NOISE * 1.5_f64.sqrt() * f64::from(chance.normal());
        read.push(SiteEvidence::from_likelihoods(site(k), &likelihoods(value)));
    }
    let paper = PaperEvidence::new(laws, Evidence::new(read).unwrap()).unwrap();
    let inquiry = Inquiry::new(Alpha::USUAL, READERS.into(), vec![paper], Routes::Pooled).unwrap();
    let holder = |key: &CopyKey| Holder { copies: vec![Some(key.clone())] };
    let holders: Vec<Holder> = keys.iter().map(holder).collect();
    let named = inquiry.run(&holders, DecoyPlan::NONE).unwrap().named;
    let innocents = named.iter().filter(|n| !guilty.contains(n)).count();
    (named.len() > innocents, innocents)
}

#[test]
fn one_of_those_who_average_or_splice_is_named_and_nobody_else() {
    let inquiries = if full() { 1_000 } else { 30 };
    for (pages, coalition) in [(2, 2), (5, 3)] {
        for forgery in [Forgery::Average, Forgery::Splice] {
            let (mut found, mut innocents) = (0, 0);
            for number in 0..inquiries {
                let seed = 1_000_000 * coalition as u64 + number;
                let (caught, others) = inquiry(seed, pages, coalition, forgery);
                found += usize::from(caught);
                innocents += others;
            }
            let inquiries = inquiries as usize;
            let (low, high) = limits(found, inquiries);
            println!(
                "{coalition} readers, {pages} pages, {forgery:?}: one named in {found} of {inquiries} ({low:.4} to {high:.4}), innocents {innocents} of {}",
                inquiries * (READERS as usize - coalition)
            );
            assert!(
                high >= 0.95,
                "{coalition} readers, {pages} pages, {forgery:?}: {found} of {inquiries}"
            );
            assert_eq!(innocents, 0);
        }
    }
}

#[test]
fn a_coalition_too_large_for_its_pages_names_nobody_wrongly() {
    // The control of the rate above: twelve readers who average one page are not found.
    let runs = if full() { 300 } else { 20 };
    let results: Vec<(bool, usize)> =
        (0..runs).map(|n| inquiry(9_000_000 + n, 1, 12, Forgery::Average)).collect();
    let found = results.iter().filter(|r| r.0).count();
    assert_eq!(results.iter().map(|r| r.1).sum::<usize>(), 0);
    assert!(limits(found, runs as usize).1 < 0.95, "{found} of {runs}");
}
