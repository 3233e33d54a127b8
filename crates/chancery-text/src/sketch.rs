//! Which paper a leak is from: keyed shingles of folded words, and an index of them.
//!
//! A shingle is three folded words in a row. A paper's sketch holds the shingles of its fixed text and
//! those across its wording places with every reading, so all copies of a paper have one sketch, and
//! searching never tells whose copy was searched with. The key keeps a stolen index from being tried
//! against known phrases.

use std::collections::BTreeMap;

use crate::align::{Part, Template, for_each_word};
use crate::master::Master;

/// Words in a shingle.
pub const SHINGLE: usize = 3;

/// Most shingles across one gap of a paper; the gap of a long variant is stepped over.
const MAX_ACROSS: usize = 64;

/// Posting lists longer than this share of all papers say next to nothing and are skipped.
const COMMON_SHARE: usize = 8;

/// Posting lists up to this length are always used.
const COMMON_LEAST: usize = 64;

/// Units of a score in one bit.
const UNITS: f64 = 64.0;

/// Sorted, distinct keyed hashes of shingles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch(Vec<u64>);

impl Sketch {
    /// The sketch of a paper; the same for every copy of it.
    #[must_use]
    pub fn of_master(master: &Master, key: &[u8; 32]) -> Self {
        let template = Template::of(master);
        let mut hashes = Vec::new();
        let fixed: Vec<&str> = template.words.iter().map(|w| w.folded.as_str()).collect();
        for (at, words) in fixed.windows(SHINGLE).enumerate() {
            if template.gaps[at + 1..at + SHINGLE].iter().all(|gap| gap.is_fixed()) {
                hashes.push(hash(words, key));
            }
        }
        for at in 0..template.gaps.len() {
            across(&template, at, key, &mut hashes);
        }
        Self::from_hashes(hashes)
    }

    /// The sketch of any text.
    #[must_use]
    pub fn of_leak(text: &str, key: &[u8; 32]) -> Self {
        let mut hashes = Vec::new();
        let mut last: [String; SHINGLE] = Default::default();
        let mut words = 0_usize;
        for_each_word(text, |_, folded| {
            last.rotate_left(1);
            folded.clone_into(&mut last[SHINGLE - 1]);
            words += 1;
            if words >= SHINGLE {
                hashes.push(hash(&last, key));
            }
        });
        Self::from_hashes(hashes)
    }

    fn from_hashes(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// Number of shingles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no shingle: a text of fewer than three words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of shingles that both have.
    #[must_use]
    pub fn shared(&self, other: &Self) -> usize {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let order = a.cmp(b);
            shared += usize::from(order.is_eq());
            if order.is_le() {
                left.next();
            }
            if order.is_ge() {
                right.next();
            }
        }
        shared
    }

    /// Eight bytes a shingle, little endian, ascending.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// Reads [`Sketch::to_bytes`] back; `None` when the bytes are not eight a shingle in strictly
    /// ascending order.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chunks, []) = bytes.as_chunks::<8>() else { return None };
        let hashes: Vec<u64> = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect();
        hashes.windows(2).all(|pair| pair[0] < pair[1]).then_some(Self(hashes))
    }
}

/// Shingles that hold part of a choice of gap `at`, for every reading, when they are few.
fn across(template: &Template, at: usize, key: &[u8; 32], hashes: &mut Vec<u64>) {
    if template.gaps[at].is_fixed() {
        return;
    }
    let mut middles: Vec<Vec<String>> = vec![Vec::new()];
    for part in &template.gaps[at].parts {
        let Part::Choice(choice) = part else { continue };
        let mut longer = Vec::new();
        for middle in &middles {
            for (_, alternative) in
                choice.alternatives.iter().enumerate().filter(|(n, a)| a.group == *n)
            {
                longer.push([middle.as_slice(), alternative.words.as_slice()].concat());
            }
        }
        middles = longer;
        if middles.is_empty() || middles.iter().map(Vec::len).sum::<usize>() > MAX_ACROSS {
            return;
        }
    }
    // Up to two fixed words on either side, as far as no other choice comes between.
    let side = SHINGLE - 1;
    let mut first = at;
    while first > 0 && at - first < side && (first == at || template.gaps[first].is_fixed()) {
        first -= 1;
    }
    let mut end = at;
    while end < template.words.len()
        && end - at < side
        && (end == at || template.gaps[end].is_fixed())
    {
        end += 1;
    }
    let folded = |range: std::ops::Range<usize>| -> Vec<String> {
        template.words[range].iter().map(|w| w.folded.clone()).collect()
    };
    let (before, after) = (folded(first..at), folded(at..end));
    for middle in middles {
        let line = [before.as_slice(), middle.as_slice(), after.as_slice()].concat();
        hashes.extend(line.windows(SHINGLE).map(|words| hash(words, key)));
    }
}

/// First eight bytes of keyed BLAKE3 over the words, each followed by a byte no word holds.
fn hash<W: AsRef<str>>(words: &[W], key: &[u8; 32]) -> u64 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for word in words {
        hasher.update(word.as_ref().as_bytes());
        hasher.update(&[0xff]);
    }
    let digest = hasher.finalize();
    let (head, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    u64::from_le_bytes(*head)
}

/// A paper that shares shingles with a leak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The number the paper was entered under.
    pub paper: u32,
    /// Shingles shared, common ones left out.
    pub shared: u32,
    /// Sum over them of log2(papers / papers that have the shingle), in bits.
    pub score_bits: f64,
}

/// Shingles and the papers that have them, in memory; papers are added at any time.
///
/// Kept as sorted segments of doubling size (the logarithmic method of Bentley and Saxe), so adding is
/// cheap and a look-up touches few segments.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Paper numbers in order of entry; postings hold positions in it.
    papers: Vec<u32>,
    /// Sorted (shingle, position), longest segment first.
    segments: Vec<Vec<(u64, u32)>>,
    known: BTreeMap<u32, u32>,
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of papers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.papers.len()
    }

    /// Whether no paper was entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    /// Enters a paper. A number entered before keeps its first sketch (`false` is returned): editions
    /// are papers of their own here.
    pub fn insert(&mut self, paper: u32, sketch: &Sketch) -> bool {
        if self.known.contains_key(&paper) {
            return false;
        }
        let slot = u32::try_from(self.papers.len()).expect("paper numbers are 32-bit and distinct");
        self.known.insert(paper, slot);
        self.papers.push(paper);
        let mut segment: Vec<(u64, u32)> = sketch.0.iter().map(|&hash| (hash, slot)).collect();
        while let Some(last) = self.segments.pop_if(|last| last.len() <= 2 * segment.len()) {
            segment = merge(&last, &segment);
        }
        if !segment.is_empty() {
            self.segments.push(segment);
        }
        true
    }

    /// Papers that share shingles with a leak, best first; none for a leak without shingles.
    #[must_use]
    pub fn candidates(&self, leak: &Sketch) -> Vec<Hit> {
        let papers = self.papers.len();
        let common = (papers / COMMON_SHARE).max(COMMON_LEAST);
        let mut tally: Vec<(u32, u64)> = vec![(0, 0); papers];
        let mut from = vec![0_usize; self.segments.len()];
        let mut found: Vec<&[(u64, u32)]> = Vec::new();
        for &shingle in &leak.0 {
            found.clear();
            for (segment, from) in self.segments.iter().zip(&mut from) {
                *from = gallop(segment, *from, shingle);
                let rest = &segment[*from..];
                let count =
                    rest.iter().take(common + 1).take_while(|(hash, _)| *hash == shingle).count();
                found.push(&rest[..count]);
            }
            let frequency: usize = found.iter().map(|list| list.len()).sum();
            if frequency == 0 || frequency > common {
                continue;
            }
            let weight = rarity(papers, frequency);
            for &(_, slot) in found.iter().copied().flatten() {
                let entry = &mut tally[slot as usize];
                entry.0 += 1;
                entry.1 += weight;
            }
        }
        let mut hits: Vec<(u64, Hit)> = tally
            .iter()
            .zip(&self.papers)
            .filter(|((shared, _), _)| *shared > 0)
            .map(|(&(shared, units), &paper)| {
                (units, Hit { paper, shared, score_bits: units as f64 / UNITS })
            })
            .collect();
        hits.sort_by_key(|(units, hit)| (std::cmp::Reverse((*units, hit.shared)), hit.paper));
        hits.into_iter().map(|(_, hit)| hit).collect()
    }
}

/// log2 of how many papers there are for one that has the shingle, in units; at least one.
fn rarity(papers: usize, frequency: usize) -> u64 {
    // One more paper than there are, so that in an archive of one paper a hit still counts.
    let ratio = (papers + 1) as f64 / frequency as f64;
    // Between 0 and 64 bits: the cast keeps the value.
    (libm::round(libm::log2(ratio) * UNITS) as u64).max(1)
}

fn merge(a: &[(u64, u32)], b: &[(u64, u32)]) -> Vec<(u64, u32)> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] <= b[j] {
            out.push(a[i]);
            i += 1;
        } else {
            out.push(b[j]);
            j += 1;
        }
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
    out
}

/// First position at or after `from` whose shingle is not below `target` (galloping search).
fn gallop(segment: &[(u64, u32)], from: usize, target: u64) -> usize {
    let mut step = 1;
    let mut low = from;
    while low + step < segment.len() && segment[low + step].0 < target {
        low += step;
        step *= 2;
    }
    let high = (low + step + 1).min(segment.len());
    low + segment[low..high].partition_point(|(hash, _)| *hash < target)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn the_paper_with_the_rare_shingles_comes_first_and_short_leaks_find_nothing() {
        let texts = [
            "the government of the republic wishes peace",
            "the government of the kingdom wishes salt",
            "the government of the island wishes for rain and peace in our time",
        ];
        let mut index = Index::new();
        for (number, text) in texts.iter().enumerate() {
            assert!(index.insert(10 + number as u32, &Sketch::of_leak(text, &KEY)));
        }
        assert!(!index.insert(11, &Sketch::default()));
        let hits = index.candidates(&Sketch::of_leak("…of the KINGDOM wishes “salt”", &KEY));
        assert_eq!((hits[0].paper, hits[0].shared), (11, 3));
        assert!(index.candidates(&Sketch::of_leak("wishes salt", &KEY)).is_empty());
        assert!(index.candidates(&Sketch::of_leak("nothing of ours at all", &KEY)).is_empty());
        let other_key = Sketch::of_leak(texts[0], &[8; 32]);
        assert!(index.candidates(&other_key).is_empty());
    }

    #[test]
    fn bytes_come_back_and_nonsense_is_refused() {
        let sketch = Sketch::of_leak("one two three four five", &KEY);
        assert_eq!(sketch.len(), 3);
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch.clone()));
        let mut turned = sketch.to_bytes();
        turned.rotate_left(8);
        assert_eq!(Sketch::from_bytes(&turned), None);
        assert_eq!(Sketch::from_bytes(&[0; 9]), None);
    }

    #[test]
    fn galloping_finds_what_binary_search_finds() {
        let segment: Vec<(u64, u32)> = (0..1_000_u32).map(|i| (u64::from(i) * 3, i)).collect();
        for from in [0, 1, 500, 999] {
            for target in segment[from].0..3_003 {
                let plain = segment.partition_point(|(hash, _)| *hash < target);
                assert_eq!(gallop(&segment, from, target), plain.max(from), "{from} {target}");
            }
        }
    }
}
