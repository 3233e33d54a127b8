//! Documents that quote one another: a reply repeats the telegram that it answers.
//!
//! Of such a group only the earliest is the source; the others carry its words on.

use std::collections::BTreeMap;

use crate::document::DocId;
use crate::index::Index;

/// Words in a run that two documents do not share by chance.
pub const SHARED: usize = 25;

/// Most documents that are grouped at a time.
pub const MAX_GROUPED: usize = 1_024;

/// Documents that share runs, directly or through others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The earliest.
    pub earliest: DocId,
    /// The others, by date.
    pub carriers: Vec<DocId>,
}

/// Groups documents that share a run of [`SHARED`] words of their main texts. `date` orders them, equal
/// dates by number. Clusters come in the order of their best document in `docs`; beyond
/// [`MAX_GROUPED`] documents each stands for itself.
#[must_use]
pub fn clusters(index: &Index, docs: &[DocId], date: impl Fn(DocId) -> i64) -> Vec<Cluster> {
    let mut group: Vec<usize> = (0..docs.len()).collect();
    let mut first: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
    let texts: Vec<Vec<u32>> = docs.iter().take(MAX_GROUPED).map(|&doc| index.words(doc)).collect();
    for (number, words) in texts.iter().enumerate() {
        for (at, hash) in rolling(words).enumerate() {
            let seen = first.entry(hash).or_default();
            let run = |&(other, from): &(usize, usize)| &texts[other][from..from + SHARED];
            match seen.iter().find(|place| run(place) == &words[at..at + SHARED]) {
                Some(&(other, _)) => join(&mut group, other, number),
                None => seen.push((number, at)),
            }
        }
    }
    let mut out: BTreeMap<usize, Vec<DocId>> = BTreeMap::new();
    for (number, &doc) in docs.iter().enumerate() {
        out.entry(root(&group, number)).or_default().push(doc);
    }
    out.into_values()
        .map(|mut members| {
            members.sort_by_key(|&doc| (date(doc), doc));
            members.dedup();
            Cluster { earliest: members.remove(0), carriers: members }
        })
        .collect()
}

/// The lowest number of a group is its root.
fn root(group: &[usize], mut at: usize) -> usize {
    while group[at] != at {
        at = group[at];
    }
    at
}

fn join(group: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(group, a), root(group, b));
    group[a.max(b)] = a.min(b);
}

/// Hash of every run of [`SHARED`] words (Karp, Rabin 1987).
fn rolling(words: &[u32]) -> impl Iterator<Item = u64> + '_ {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let out = (1..SHARED).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = 0_u64;
    let value = |word: u32| (u64::from(word) + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    words.iter().enumerate().filter_map(move |(at, &word)| {
        if let Some(gone) = at.checked_sub(SHARED) {
            hash = hash.wrapping_sub(value(words[gone]).wrapping_mul(out));
        }
        hash = hash.wrapping_mul(BASE).wrapping_add(value(word));
        (at + 1 >= SHARED).then_some(hash)
    })
}
