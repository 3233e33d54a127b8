//! Reading a leak: which reading of each site of a paper stands in it, and how surely.
//!
//! What belongs here: the result and the order of work. Anchors come from `align`; words at choices
//! are read in `parse`, punctuation and case in `texture` under the gates of `fidelity`, marks in
//! `characters`, with the error table of `errors`. Everything is a pure function of the leak, the
//! master and [`TEXT_VERSION`](crate::canon::TEXT_VERSION): no row, key or reader is within reach.

mod characters;
mod errors;
mod fidelity;
mod parse;
mod reader;
mod texture;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::align::{Choice, Gap, Leak};
use crate::master::{CHARACTERS_BASE, Master};
use crate::proposal::Survival;
pub use reader::Reader;

/// How to read; the default reads everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Only sites whose readings survive at least this. [`Survival::Quote`] is for quotations in an
    /// article: what a copy desk redoes is not read, and errors are taken to be likelier.
    pub least: Survival,
    /// Byte ranges of the leak that must not give evidence, in any order: passages that stand in
    /// another paper or in a public text as well.
    pub erased: Vec<Range<usize>>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { least: Survival::Paste, erased: Vec::new() }
    }
}

/// What was read at one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteReading {
    /// The site's id.
    pub site: u32,
    /// log2 P(what stands there | the copy had reading r), relative to the likeliest, in 1/64 bit:
    /// 0 for the likeliest reading, at least -480 for the others.
    pub log2: Vec<i16>,
    /// The likeliest reading, if there is exactly one.
    pub observed: Option<u8>,
    /// Byte ranges of the leak that were looked at, ascending; empty ones where a reading is empty.
    pub spans: Vec<Range<usize>>,
    /// Places that were read.
    pub places: u32,
}

/// Sites of one channel: how many the paper has and how many were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Sites of the paper.
    pub offered: u32,
    /// Sites read.
    pub read: u32,
}

/// How much of the leak is the paper's and how much of the paper is in the leak, in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Words of the leak.
    pub leak_words: u32,
    /// Words of the leak within passages of the paper.
    pub aligned_words: u32,
    /// Fixed words of the paper: those that stand in every copy.
    pub fixed_words: u32,
    /// Fixed words found, each counted once.
    pub found_words: u32,
    /// Most fixed words found in a row, wording places stepped over.
    pub longest_run: u32,
}

/// Everything read from one leak of one paper. Sites that say nothing are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// [`TEXT_VERSION`](crate::canon::TEXT_VERSION) of the code that read it.
    pub version: u32,
    /// Sites read, ascending by id.
    pub sites: Vec<SiteReading>,
    /// How leak and paper cover each other.
    pub coverage: Coverage,
    /// Byte ranges of the leak that are passages of the paper, ascending, apart.
    pub passages: Vec<Range<usize>>,
    /// Wording sites.
    pub wording: Count,
    /// Character sites.
    pub characters: Count,
}

/// First bytes of the canonical form.
const CANONICAL: &[u8] = b"chancery/extraction/v1\n";

impl Extraction {
    /// The bytes to hash into the record before anything is scored: a fixed header, then all fields in
    /// order, integers little endian (u32 counts and ids, u64 byte offsets), `observed` as 255 if none.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = CANONICAL.to_vec();
        let number = |n: u32, out: &mut Vec<u8>| out.extend(n.to_le_bytes());
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let spans = |spans: &[Range<usize>], out: &mut Vec<u8>| {
            out.extend(count(spans.len()).to_le_bytes());
            for span in spans {
                out.extend((span.start as u64).to_le_bytes());
                out.extend((span.end as u64).to_le_bytes());
            }
        };
        number(self.version, &mut out);
        number(count(self.sites.len()), &mut out);
        for site in &self.sites {
            number(site.site, &mut out);
            number(count(site.log2.len()), &mut out);
            out.extend(site.log2.iter().flat_map(|value| value.to_le_bytes()));
            out.push(site.observed.unwrap_or(u8::MAX));
            number(site.places, &mut out);
            spans(&site.spans, &mut out);
        }
        let c = &self.coverage;
        for n in [c.leak_words, c.aligned_words, c.fixed_words, c.found_words, c.longest_run] {
            number(n, &mut out);
        }
        spans(&self.passages, &mut out);
        for n in [self.wording, self.characters].into_iter().flat_map(|c| [c.offered, c.read]) {
            number(n, &mut out);
        }
        out
    }

    /// What was read at a site.
    #[must_use]
    pub fn site(&self, id: u32) -> Option<&SiteReading> {
        self.sites.binary_search_by_key(&id, |s| s.site).ok().map(|at| &self.sites[at])
    }

    /// Wording sites read, then character sites read.
    #[must_use]
    pub fn by_channel(&self) -> (&[SiteReading], &[SiteReading]) {
        self.sites.split_at(self.sites.partition_point(|s| s.site < CHARACTERS_BASE))
    }
}

/// The groups of words seen in a gap whose every choice is exactly one of its readings.
pub(crate) fn settled_pick(gap: &Gap, window: &[String]) -> Option<Vec<usize>> {
    let path: Vec<parse::Element<'_>> = gap.choices().map(parse::Element::Choice).collect();
    let seen = parse::parse(&path, window);
    let exact = |s: Option<parse::Seen>| s.filter(|s| s.clarity == parse::Clarity::Exact);
    seen.into_iter().map(|s| exact(s).map(|s| s.group)).collect()
}

/// Words beside the last anchor of a passage that may hold a reading.
const MAX_BESIDE: usize = 24;

/// The words right before (or from) word `at` on that are a reading of a choice at the edge of a
/// passage.
pub(crate) fn edge_words(
    choice: &Choice,
    leak: &Leak<'_>,
    at: usize,
    before: bool,
) -> Option<Range<usize>> {
    edge_reading(choice, leak, at, before).map(|(words, _)| words)
}

fn edge_reading(
    choice: &Choice,
    leak: &Leak<'_>,
    at: usize,
    before: bool,
) -> Option<(Range<usize>, parse::Seen)> {
    let words = match before {
        true => at.saturating_sub(MAX_BESIDE)..at,
        false => at..(at + MAX_BESIDE).min(leak.words.len()),
    };
    let window: Vec<String> = words.map(|word| leak.folded(word)).collect();
    let seen = parse::beside(choice, &window, before)?;
    let taken = choice.alternatives[seen.group].words.len();
    Some((if before { at - taken..at } else { at..at + taken }, seen))
}

/// Reads all sites of a master from a leak.
///
/// Only the first [`MAX_LEAK_BYTES`](crate::align::MAX_LEAK_BYTES) are read. To read several leaks of
/// one paper keep a [`Reader`].
#[must_use]
pub fn extract(leak: &str, master: &Master) -> Extraction {
    extract_with(leak, master, &ReadOptions::default())
}

/// [`extract`] with options.
#[must_use]
pub fn extract_with(leak: &str, master: &Master, options: &ReadOptions) -> Extraction {
    Reader::new(master).extract(leak, options)
}
