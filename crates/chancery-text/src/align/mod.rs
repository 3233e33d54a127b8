//! Aligning a leak with a paper: which words of the leak are which fixed words of the master.
//!
//! Exact runs of fixed words (`seed`), chained in order, then the words between and around them
//! (`fill`). Wording places are wild cards, so the alignment is the same whoever's copy leaked.
//! Reading the places is the business of `extract`.

mod fill;
mod leak;
mod near;
mod seed;
mod template;

use std::ops::Range;

pub(crate) use fill::Anchor;
use fill::{Reach, fill};
pub use leak::MAX_LEAK_BYTES;
pub(crate) use leak::{Leak, for_each_word, word_spans};
pub(crate) use near::{INDEL, RESPACED, nearness};
pub(crate) use seed::MAX_GAP;
pub(crate) use template::{Alternative, Choice, Gap, Part, Run, Template};

/// A passage of the leak with fewer fixed words of the paper is a coincidence.
pub const MIN_FIXED_WORDS: usize = 7;

/// A leak whose passages have fewer fixed words of the paper, all together, gives no evidence: papers of
/// one house share phrases.
pub const MIN_FIXED_WORDS_TOGETHER: usize = 15;

/// In a passage of the paper at least one word of so many is one of its fixed words.
const MIN_DENSITY: usize = 3;

/// Words beyond a chain's ends that are tried.
const EXTENSION: usize = 40;

/// A passage of a leak that stands in the paper: anchors in the order of both texts.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    pub(crate) anchors: Vec<Anchor>,
}

impl Passage {
    /// Words of the leak from the first to the last anchor.
    pub(crate) fn leak_words(&self) -> Range<usize> {
        match (self.anchors.first(), self.anchors.last()) {
            (Some(first), Some(last)) => first.leak..last.leak + last.words,
            _ => 0..0,
        }
    }

    /// Fixed words that stand in the passage as they are.
    pub(crate) fn fixed_words(&self) -> usize {
        self.anchors.iter().filter(|a| a.exact).count()
    }

    fn is_credible(&self) -> bool {
        let exact = self.fixed_words();
        exact >= MIN_FIXED_WORDS && exact * MIN_DENSITY >= self.leak_words().len()
    }
}

/// Every credible passage, in the order of the leak; no word of the leak is in two.
pub(crate) fn align(leak: &Leak<'_>, template: &Template) -> Vec<Passage> {
    let chains = seed::chains(&seed::runs(leak, template));
    let mut taken = Taken(vec![false; leak.words.len()]);
    for run in chains.iter().flatten() {
        taken.mark(run.leak..run.leak + run.len);
    }
    let mut out: Vec<Passage> = Vec::new();
    for chain in &chains {
        let mut anchors: Vec<Anchor> = Vec::new();
        for run in chain {
            if let Some(&last) = anchors.last() {
                anchors.extend(between(leak, template, &taken, last, run));
            }
            anchors.extend((0..run.len).map(|k| Anchor {
                leak: run.leak + k,
                words: 1,
                fixed: run.fixed + k,
                exact: true,
            }));
        }
        let (Some(&first), Some(&last)) = (anchors.first(), anchors.last()) else { continue };
        let mut whole = before(leak, template, &taken, first);
        whole.append(&mut anchors);
        whole.extend(after(leak, template, &taken, last));
        let passage = Passage { anchors: whole };
        if passage.is_credible() {
            taken.mark(passage.leak_words());
            out.push(passage);
        }
    }
    out.sort_by_key(|passage| passage.leak_words().start);
    out
}

/// Words of the leak that a chain or a passage has.
struct Taken(Vec<bool>);

impl Taken {
    fn mark(&mut self, words: Range<usize>) {
        self.0[words].fill(true);
    }

    /// The free words before `at`, at most [`EXTENSION`].
    fn back(&self, at: usize) -> Range<usize> {
        let free = self.0[..at].iter().rev().take(EXTENSION).take_while(|taken| !**taken).count();
        at - free..at
    }

    /// The free words from `at` on, at most [`EXTENSION`].
    fn ahead(&self, at: usize) -> Range<usize> {
        at..at + self.0[at..].iter().take(EXTENSION).take_while(|taken| !**taken).count()
    }
}

/// Anchors between an anchor and the run that follows it in its chain.
fn between(
    leak: &Leak<'_>,
    template: &Template,
    taken: &Taken,
    last: Anchor,
    next: &seed::ExactRun,
) -> Vec<Anchor> {
    let words = last.leak + last.words..next.leak;
    let fixed = last.fixed + 1..next.fixed;
    if words.is_empty() || fixed.is_empty() {
        return Vec::new();
    }
    if words.len() <= MAX_GAP && fixed.len() <= MAX_GAP {
        return fill(leak, template, words, fixed, Reach::Whole);
    }
    // A passage was left out: go on from both sides as far as it pays.
    let mut out = after(leak, template, taken, last);
    let first = Anchor { leak: next.leak, words: 1, fixed: next.fixed, exact: true };
    let reached = out.last().copied().unwrap_or(last);
    let back = before(leak, template, taken, first);
    let clear = |a: &Anchor| a.leak >= reached.leak + reached.words && a.fixed > reached.fixed;
    out.extend(back.into_iter().filter(clear));
    out
}

fn before(leak: &Leak<'_>, template: &Template, taken: &Taken, first: Anchor) -> Vec<Anchor> {
    let words = taken.back(first.leak);
    let fixed = first.fixed.saturating_sub(EXTENSION)..first.fixed;
    if words.is_empty() || fixed.is_empty() {
        return Vec::new();
    }
    fill(leak, template, words, fixed, Reach::Backward)
}

fn after(leak: &Leak<'_>, template: &Template, taken: &Taken, last: Anchor) -> Vec<Anchor> {
    let words = taken.ahead(last.leak + last.words);
    let fixed = last.fixed + 1..(last.fixed + 1 + EXTENSION).min(template.words.len());
    if words.is_empty() || fixed.is_empty() {
        return Vec::new();
    }
    fill(leak, template, words, fixed, Reach::Forward)
}
