//! What a paper is found by: the keyed hashes of its words and where they stand, for every reading.
//!
//! A paper's words form a lattice: fixed words follow one another, a wording place forks into its readings
//! and joins again. Phrases are paths. So every reader's search finds the same papers with the same counts,
//! whatever his own copy says; nothing here depends on a row. Who may search what is not decided here.
//!
//! Two places of one site are forked apart from each other: a phrase that spans both may be found although
//! no single copy has it. Places with more than 144 fillings are stepped over, as the reader of leaks does.

use std::collections::BTreeMap;

use crate::align::{Part, Template};
use crate::canon::fold;
use crate::master::Master;

/// Version of the stored form.
const FORMAT: u8 = 1;

/// Most bytes that [`Terms::from_bytes`] reads.
pub const MAX_TERMS_BYTES: usize = 32 << 20;

/// The words of one paper as keyed hashes, each with the stretches of the lattice it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Ascending by hash; the stretches of one word ascending.
    words: Vec<(u64, Vec<(u32, u32)>)>,
    /// Forks that a reading without words steps over, ascending.
    skips: Vec<(u32, u32)>,
    length: u32,
}

struct Lattice<H> {
    hash: H,
    words: BTreeMap<u64, Vec<(u32, u32)>>,
    skips: Vec<(u32, u32)>,
    next: u32,
    length: u32,
}

impl<H: FnMut(&str) -> u64> Lattice<H> {
    fn node(&mut self) -> u32 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    fn word(&mut self, folded: &str, from: u32, to: u32) {
        let hash = (self.hash)(folded);
        self.words.entry(hash).or_default().push((from, to));
        self.length = self.length.saturating_add(1);
    }
}

impl Terms {
    /// The terms of a paper with this subject and master; `hash` is a keyed hash of a folded word.
    #[must_use]
    pub fn of(subject: &str, master: &Master, hash: impl FnMut(&str) -> u64) -> Self {
        let mut lattice =
            Lattice { hash, words: BTreeMap::new(), skips: Vec::new(), next: 0, length: 0 };
        let mut at = lattice.node();
        for (word, _) in fold(subject) {
            let to = lattice.node();
            lattice.word(&word, at, to);
            at = to;
        }
        // No phrase runs from the subject into the text.
        at = lattice.node();
        let template = Template::of(master);
        for (number, gap) in template.gaps.iter().enumerate() {
            for part in &gap.parts {
                let Part::Choice(choice) = part else { continue };
                let to = lattice.node();
                if choice.alternatives.is_empty() {
                    lattice.skips.push((at, to));
                }
                for (n, alternative) in choice.alternatives.iter().enumerate() {
                    if alternative.group != n {
                        continue;
                    }
                    let Some((last, before)) = alternative.words.split_last() else {
                        lattice.skips.push((at, to));
                        continue;
                    };
                    let mut from = at;
                    for word in before {
                        let inner = lattice.node();
                        lattice.word(word, from, inner);
                        from = inner;
                    }
                    lattice.word(last, from, to);
                }
                at = to;
            }
            if let Some(word) = template.words.get(number) {
                let to = lattice.node();
                lattice.word(&word.folded, at, to);
                at = to;
            }
        }
        let mut words: Vec<_> = lattice.words.into_iter().collect();
        for (_, stretches) in &mut words {
            stretches.sort_unstable();
            stretches.dedup();
        }
        Self { words, skips: lattice.skips, length: lattice.length }
    }

    /// Words of the paper, those of all readings together.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// Bytes that the value takes in memory, about.
    #[must_use]
    pub fn size(&self) -> usize {
        let stretches: usize = self.words.iter().map(|(_, s)| s.len()).sum();
        self.words.len() * 32 + (stretches + self.skips.len()) * 8 + 64
    }

    /// At how many places the words follow one another in some reading. No words, no places.
    #[must_use]
    pub fn count(&self, phrase: &[u64]) -> u32 {
        let Some((first, rest)) = phrase.split_first() else { return 0 };
        let mut places = 0_u32;
        let mut counted = None;
        for &(from, to) in self.stretches(*first) {
            if counted != Some(from) && self.follows(to, rest) {
                counted = Some(from);
                places = places.saturating_add(1);
            }
        }
        places
    }

    fn stretches(&self, hash: u64) -> &[(u32, u32)] {
        let at = self.words.binary_search_by_key(&hash, |(hash, _)| *hash);
        at.map_or(&[], |at| self.words[at].1.as_slice())
    }

    /// Whether the words follow one another from `node` on.
    fn follows(&self, node: u32, words: &[u64]) -> bool {
        let mut nodes = vec![node];
        for word in words {
            self.step_over(&mut nodes);
            let stretches = self.stretches(*word);
            let mut next = Vec::new();
            for node in nodes {
                let first = stretches.partition_point(|(from, _)| *from < node);
                let here = stretches[first..].iter().take_while(|(from, _)| *from == node);
                next.extend(here.map(|(_, to)| *to));
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return false;
            }
            nodes = next;
        }
        true
    }

    /// Adds what is reached by readings without words.
    fn step_over(&self, nodes: &mut Vec<u32>) {
        let mut at = 0;
        while let Some(&node) = nodes.get(at) {
            let first = self.skips.partition_point(|(from, _)| *from < node);
            for (_, to) in self.skips[first..].iter().take_while(|(from, _)| *from == node) {
                if !nodes.contains(to) {
                    nodes.push(*to);
                }
            }
            at += 1;
        }
    }

    /// The stored form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let mut out = vec![FORMAT];
        out.extend(self.length.to_le_bytes());
        let stretches = |out: &mut Vec<u8>, all: &[(u32, u32)]| {
            out.extend(number(all.len()));
            for (from, to) in all {
                out.extend(from.to_le_bytes());
                out.extend(to.to_le_bytes());
            }
        };
        stretches(&mut out, &self.skips);
        out.extend(number(self.words.len()));
        for (hash, all) in &self.words {
            out.extend(hash.to_le_bytes());
            stretches(&mut out, all);
        }
        out
    }

    /// Reads [`Terms::to_bytes`] back; `None` when the bytes are anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_TERMS_BYTES {
            return None;
        }
        let mut input = Input(bytes);
        if input.take()? != [FORMAT] {
            return None;
        }
        let length = input.number()?;
        let skips = input.stretches()?;
        let count = input.number()?;
        let mut words: Vec<(u64, Vec<(u32, u32)>)> = Vec::new();
        for _ in 0..count {
            let hash = u64::from_le_bytes(input.take()?);
            let stretches = input.stretches()?;
            if stretches.is_empty() || words.last().is_some_and(|(before, _)| *before >= hash) {
                return None;
            }
            words.push((hash, stretches));
        }
        let terms = Self { words, skips, length };
        input.0.is_empty().then_some(terms)
    }
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn stretches(&mut self) -> Option<Vec<(u32, u32)>> {
        let count = self.number()?;
        let mut out: Vec<(u32, u32)> = Vec::new();
        for _ in 0..count {
            let stretch = (self.number()?, self.number()?);
            if out.last().is_some_and(|before| *before >= stretch) {
                return None;
            }
            out.push(stretch);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{self, Choice};
    use crate::markup;

    fn hash(word: &str) -> u64 {
        // FNV-1a: any hash does in a test.
        word.bytes()
            .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    }

    fn terms(subject: &str, paragraphs: &[&str]) -> (Terms, Master) {
        let marked: Vec<_> = paragraphs.iter().map(|p| markup::parse(p).unwrap()).collect();
        let choice = Choice::default();
        let candidates = build::candidates(&marked, &[]);
        let chosen = build::choose(&marked, &candidates, &choice);
        let master = build::build(&marked, &chosen, &choice, "", None);
        (Terms::of(subject, &master, hash), master)
    }

    fn count(terms: &Terms, phrase: &str) -> u32 {
        let words: Vec<u64> = fold(phrase).iter().map(|(word, _)| hash(word)).collect();
        terms.count(&words)
    }

    #[test]
    fn every_reading_is_found_and_no_mixture_of_two() {
        let (terms, _) = terms(
            "Harbour survey",
            &["They met {prior to|before|ahead of} the visit, {strong|firm}’s word.", "They met."],
        );
        for phrase in [
            "harbour survey",
            "met prior to the visit",
            "met before the visit",
            "met ahead of the",
            "firm's word",
            "HARBOUR",
        ] {
            assert_eq!(count(&terms, phrase), 1, "{phrase}");
        }
        assert_eq!(count(&terms, "they met"), 2);
        for phrase in
            ["prior of the", "ahead to", "met the visit", "survey they", "strongs firms", "absent"]
        {
            assert_eq!(count(&terms, phrase), 0, "{phrase}");
        }
        assert_eq!(terms.count(&[]), 0);
    }

    #[test]
    fn every_copy_is_found_by_each_of_its_own_phrases() {
        let (terms, master) = terms(
            "",
            &[
                "The envoy {at once|immediately} asked {for a delay|to wait}, {quite|rather} late, in the hall.",
                "Nobody {answered|replied}; he left {2:at noon. It rained|in the rain at noon}.",
            ],
        );
        for seed in 0..64_u32 {
            let copy =
                master.render(|id| u8::try_from((seed >> (id % 6)) & 1).unwrap_or(0)).join("\n");
            let words: Vec<u64> = fold(&copy).iter().map(|(word, _)| hash(word)).collect();
            for phrase in words.windows(4) {
                assert!(terms.count(phrase) > 0, "{copy}");
            }
        }
    }

    #[test]
    fn a_reading_without_words_is_stepped_over() {
        let (terms, _) = terms("", &["He came{,|;} in the end{, he said,|;} of the day."]);
        assert_eq!(terms.skips.len(), 2, "the control: there is something to step over");
        assert_eq!(count(&terms, "came in the end of the day"), 1);
        assert_eq!(count(&terms, "end he said of"), 1);
    }

    #[test]
    fn the_stored_form_reads_back_and_nothing_else_does() {
        let (terms, _) = terms("S", &["One {two|three four} five {six|seven} one."]);
        let bytes = terms.to_bytes();
        assert_eq!(Terms::from_bytes(&bytes), Some(terms));
        for cut in 0..bytes.len() {
            assert_eq!(Terms::from_bytes(&bytes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(Terms::from_bytes(&[bytes.as_slice(), &[0]].concat()), None);
        let mut huge = vec![FORMAT, 0, 0, 0, 0];
        huge.extend(u32::MAX.to_le_bytes());
        assert_eq!(Terms::from_bytes(&huge), None);
    }
}
