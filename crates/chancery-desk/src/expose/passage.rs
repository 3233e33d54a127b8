//! A quotation beside the passage that it is from, word by word.
//!
//! Aligned anew against the text that the reader is shown, his own copy: words that fold to the same are
//! the same, whatever reading of a place either of them has.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chancery_index::{Document, Index, Pair, Place, Query, UNKNOWN};
use chancery_text::fold::{FOLD_VERSION, Fold, Folded};
use serde::Serialize;

use super::quotation::Words;

/// Papers without words of the passage, so that its words count as rare.
const OTHERS: u32 = 255;
/// Words of the paper that are shown before and behind the passage.
const CONTEXT: usize = 14;

/// How a stretch of the article compares with the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    /// Word for word.
    Same,
    /// The same but for spelling, small words, or a reading that other copies have.
    Alike,
    /// Other words in their place.
    Changed,
    /// In the article alone.
    Added,
    /// In the paper alone.
    Missing,
    /// In the paper alone, where the article says that it left something out.
    LeftOut,
}

impl CellKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Alike => "alike",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Missing => "missing",
            Self::LeftOut => "left out",
        }
    }
}

/// A stretch of article and paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How they compare.
    pub kind: CellKind,
    /// What the article has; may be empty.
    pub article: String,
    /// What the paper has; may be empty.
    pub paper: String,
}

/// A quotation and the passage that it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// Number of the quotation, from 0.
    pub quotation: usize,
    /// The paper before the passage.
    pub before: String,
    /// Both, word by word.
    pub cells: Vec<Cell>,
    /// The paper behind the passage.
    pub after: String,
}

/// Compares quoted words with the text of a copy. None when they share nothing. `held` are words that
/// some copy of the paper has there, for eyes that may know where copies differ.
pub(crate) fn passage(
    quotation: usize,
    article: &str,
    quoted: &Words,
    copy: &str,
    held: &BTreeSet<usize>,
) -> Option<Passage> {
    let folded = Fold::embedded().text(copy);
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut words = Vec::with_capacity(folded.len());
    for word in folded.iter() {
        let next = u32::try_from(numbers.len()).ok()?;
        words.push(*numbers.entry(word).or_insert(next));
    }
    let first = u32::try_from(numbers.len()).ok()?;
    let mut documents = vec![Document::plain(0, 0, 0, words)];
    documents.extend((1..=OTHERS).map(|n| Document::plain(n, n, 0, vec![first + n])));
    let number = |word: &str| numbers.get(word).copied().unwrap_or(UNKNOWN);
    let fragments: Vec<Vec<u32>> = quoted.numbers(number);
    let light: Vec<u32> = super::LIGHT.iter().filter_map(|w| numbers.get(w).copied()).collect();
    let query = Query::new(&fragments, &light).ok()?;
    let mut index = Index::new(FOLD_VERSION);
    index.add(documents).ok()?;
    let view = index.view(|_| true).ok()?;
    let found = index.search(&query, &view).ok()?;
    let hit = found.hits.into_iter().find(|hit| hit.doc.0 == 0)?;
    let pairs: Vec<(usize, usize, bool)> = hit.pairs.iter().filter_map(plain).collect();
    let (start, end) = (pairs.first()?.1, pairs.last()?.1);
    let sides = Sides { article, quoted, copy, folded: &folded, held };
    let cells = sides.cells(&pairs);
    let before = copy[..folded.span(start).start].rsplit("\n\n").next().unwrap_or_default();
    let after = copy[folded.span(end).end..].split("\n\n").next().unwrap_or_default();
    let mut head: Vec<&str> = before.split_whitespace().rev().take(CONTEXT).collect();
    head.reverse();
    let tail: Vec<&str> = after.split_whitespace().take(CONTEXT).collect();
    Some(Passage { quotation, before: head.join(" "), cells, after: tail.join(" ") })
}

fn plain(pair: &Pair) -> Option<(usize, usize, bool)> {
    match pair.place {
        Place::Text(word) => Some((pair.query as usize, word as usize, pair.same)),
        Place::Variant { .. } => None,
    }
}

struct Sides<'a> {
    article: &'a str,
    quoted: &'a Words,
    copy: &'a str,
    folded: &'a Folded,
    held: &'a BTreeSet<usize>,
}

impl Sides<'_> {
    fn cells(&self, pairs: &[(usize, usize, bool)]) -> Vec<Cell> {
        let mut out = Vec::new();
        // What differs and is not yet written.
        let (mut query, mut words) = (0..0, pairs.first().map_or(0..0, |p| p.1..p.1));
        for &(q, d, same) in pairs {
            let cut = q > 0 && self.quoted.fragment(q - 1) != self.quoted.fragment(q);
            if cut {
                // What stands before the cut ends it; the rest was left out by the article.
                self.differing(&mut out, query.start..q, 0..0);
                self.push(&mut out, CellKind::LeftOut, 0..0, words.start..d);
                (query, words) = (q..q, d..d);
            }
            if same {
                self.differing(&mut out, query.start..q, words.start..d);
                self.push(&mut out, CellKind::Same, q..q + 1, d..d + 1);
                (query, words) = (q + 1..q + 1, d + 1..d + 1);
            }
        }
        let end = pairs.last().map_or(0, |pair| pair.1 + 1);
        self.differing(&mut out, query.start..self.quoted.len(), words.start..end);
        out
    }

    /// A stretch that is not the same.
    fn differing(&self, out: &mut Vec<Cell>, query: Range<usize>, words: Range<usize>) {
        let held = !query.is_empty() && query.clone().all(|word| self.held.contains(&word));
        let kind = match (query.is_empty(), words.is_empty()) {
            (true, true) => return,
            _ if held => CellKind::Alike,
            (false, true) => CellKind::Added,
            (true, false) => CellKind::Missing,
            (false, false) => CellKind::Changed,
        };
        self.push(out, kind, query, words);
    }

    fn push(&self, out: &mut Vec<Cell>, kind: CellKind, query: Range<usize>, words: Range<usize>) {
        let (mut article, mut paper) = (self.quoted_text(&query), self.paper_text(&words));
        let after_same = out.last().is_some_and(|cell| cell.kind <= CellKind::Alike);
        if kind == CellKind::Same && !after_same {
            // Small words before it belong to what differs, or stand before the passage.
            article = surface(self.article, self.quoted.span(query.start));
            paper = surface(self.copy, self.folded.span(words.start));
        }
        if article.is_empty() && paper.is_empty() {
            return;
        }
        let kind = match kind {
            CellKind::Same if letters(&article) != letters(&paper) => CellKind::Alike,
            kind => kind,
        };
        out.push(Cell { kind, article, paper });
    }

    /// The article's words, with small ones before them that the fold leaves out.
    fn quoted_text(&self, words: &Range<usize>) -> String {
        let Some(last) = words.clone().next_back() else { return String::new() };
        let own = self.quoted.span(words.start);
        let before = words.start.checked_sub(1);
        let before =
            before.filter(|&b| self.quoted.fragment(b) == self.quoted.fragment(words.start));
        let from =
            before.map_or_else(|| self.quoted.start(words.start), |b| self.quoted.span(b).end);
        let from = if from > own.start && before.is_none() { own.start } else { from };
        surface(self.article, from..self.quoted.span(last).end)
    }

    fn paper_text(&self, words: &Range<usize>) -> String {
        let Some(last) = words.clone().next_back() else { return String::new() };
        let own = self.folded.span(words.start);
        let before = words.start.checked_sub(1).map(|b| self.folded.span(b).end);
        // Not across paragraphs.
        let from = before.filter(|&b| b <= own.start && !self.copy[b..own.start].contains("\n\n"));
        let from = match before {
            Some(b) if b > own.start => b,
            _ => from.unwrap_or(own.start),
        };
        surface(self.copy, from..self.folded.span(last).end)
    }
}

/// Text without what is no word at its beginning; empty for a range that is none.
fn surface(text: &str, range: Range<usize>) -> String {
    let text = text.get(range).unwrap_or_default();
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(article: &str, copy: &str) -> Vec<(CellKind, String, String)> {
        let article = format!("He wrote: “{article}”");
        let read = chancery_text::press::read(&article);
        let quoted = Words::of(&article, &read.quotations[0]);
        let passage = passage(0, &article, &quoted, copy, &BTreeSet::new()).unwrap();
        let mut out: Vec<(CellKind, String, String)> = Vec::new();
        for cell in passage.cells {
            match out.last_mut() {
                Some(last) if last.0 == cell.kind && cell.kind == CellKind::Same => {
                    last.1 = format!("{} {}", last.1, cell.article);
                    last.2 = format!("{} {}", last.2, cell.paper);
                }
                _ => out.push((cell.kind, cell.article, cell.paper)),
            }
        }
        out
    }

    const COPY: &str = "SECRET\n\n1. The harbour master threatened the pilots of the northern yard with dismissal, and nobody came to their aid before the ice broke.\n\n2. Nothing else happened.";

    #[test]
    fn what_was_changed_added_left_out_and_dropped_gets_its_word() {
        use CellKind::{Added, Changed, LeftOut, Missing, Same};
        let found = cells(
            "harbour master warned the pilots of the old northern yard … nobody came to aid before the ice broke",
            COPY,
        );
        let kinds: Vec<CellKind> = found.iter().map(|c| c.0).collect();
        assert_eq!(
            kinds,
            [Same, Changed, Same, Added, Same, LeftOut, Same, Missing, Same],
            "{found:?}"
        );
        assert_eq!((found[1].1.as_str(), found[1].2.as_str()), ("warned", "threatened"));
        assert!(found[5].2.contains("with dismissal"));
        assert_eq!(found[7].2, "their");
    }

    #[test]
    fn a_reading_of_other_copies_is_alike_for_those_who_may_know() {
        let article = "“the harbour master warned the pilots of the northern yard”";
        let read = chancery_text::press::read(article);
        let quoted = Words::of(article, &read.quotations[0]);
        let word = (0..quoted.len()).find(|&w| &article[quoted.span(w)] == "warned").unwrap();
        for (held, kind) in [(vec![word], CellKind::Alike), (vec![], CellKind::Changed)] {
            let passage = passage(0, article, &quoted, COPY, &held.into_iter().collect()).unwrap();
            let cell = passage.cells.iter().find(|cell| cell.article == "warned").unwrap();
            assert_eq!((cell.kind, cell.paper.as_str()), (kind, "threatened"));
        }
    }

    #[test]
    fn a_verbatim_quotation_is_the_same_throughout() {
        let found = cells("nobody came to their aid before the ice broke", COPY);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, found[0].2);
    }
}
