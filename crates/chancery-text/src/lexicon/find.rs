//! The search: one pass over a passage's tokens finds every place where a rule applies.
//!
//! Rules are looked up by the first word of their readings, so the cost is that of the tokens plus
//! that of the few guards they call up, whatever the size of the lexicon.

use std::collections::BTreeMap;
use std::ops::Range;

use super::file::Case;
use super::rule::{Piece, Rule};
use super::shape::{Shape, article_for, is_capitals, raise_first, takes_an};
use crate::passage::Passage;
use crate::proposal::Proposal;
use crate::token::{Token, TokenKind};

/// How far guards look to either side, in bytes.
const REACH: usize = 200;

/// Where each rule can begin.
#[derive(Debug)]
pub(super) struct Index {
    /// Openings by first word, in small letters.
    openings: BTreeMap<String, Vec<Opening>>,
    /// Openings that begin with a carried word.
    carried: Vec<Opening>,
    /// Frozen phrases by first word.
    frozen: BTreeMap<String, Vec<Vec<Piece>>>,
}

#[derive(Clone, Copy, Debug)]
struct Opening {
    rule: usize,
    reading: usize,
}

impl Index {
    pub(super) fn new(rules: &[Rule], frozen: &[Vec<Piece>]) -> Self {
        let mut index =
            Self { openings: BTreeMap::new(), carried: Vec::new(), frozen: BTreeMap::new() };
        for (rule, r) in rules.iter().enumerate() {
            for (reading, text) in r.readings.iter().enumerate().take(r.opening) {
                let opening = Opening { rule, reading };
                match text.pieces.first() {
                    Some(first) => {
                        let key = first.text.to_lowercase();
                        index.openings.entry(key).or_default().push(opening);
                    }
                    None => index.carried.push(opening),
                }
            }
        }
        for phrase in frozen {
            if let Some(first) = phrase.first() {
                index.frozen.entry(first.text.clone()).or_default().push(phrase.clone());
            }
        }
        index
    }

    /// All places, in the order of the text; they may overlap.
    pub(super) fn find(&self, rules: &[Rule], passage: &Passage<'_>) -> Vec<Proposal> {
        let words: Vec<String> =
            passage.tokens.iter().map(|t| t.text(passage.text).replace('\'', "’")).collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let view = View { passage, words: &words, lower: &lower, starts: starts(passage) };
        let frozen = self.frozen_spans(&view);
        let mut out = Vec::new();
        for (at, word) in lower.iter().enumerate() {
            if passage.tokens[at].kind == TokenKind::Mark {
                continue;
            }
            let by_word = self.openings.get(word).map_or(&[][..], Vec::as_slice);
            for opening in by_word.iter().chain(&self.carried) {
                let Some(proposal) = view.try_at(at, &rules[opening.rule], opening.reading) else {
                    continue;
                };
                let is_frozen = frozen
                    .iter()
                    .any(|f| f.start < proposal.span.end && proposal.span.start < f.end);
                if !is_frozen && !passage.is_locked(&proposal.span) {
                    out.push(proposal);
                }
            }
        }
        out
    }

    fn frozen_spans(&self, view: &View<'_>) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        for at in 0..view.words.len() {
            for phrase in self.frozen.get(&view.lower[at]).into_iter().flatten() {
                let fits = phrase.iter().enumerate().all(|(k, piece)| {
                    view.lower.get(at + k).is_some_and(|word| *word == piece.text)
                });
                if fits {
                    let tokens = &view.passage.tokens;
                    out.push(tokens[at].span.start..tokens[at + phrase.len() - 1].span.end);
                }
            }
        }
        out
    }
}

/// Tokens that begin a sentence, past numbers, letters and marks of an enumeration.
fn starts(passage: &Passage<'_>) -> Vec<bool> {
    let mut starts = vec![false; passage.tokens.len()];
    for sentence in &passage.sentences {
        for at in sentence.clone() {
            starts[at] = true;
            let word = passage.word(at);
            let enumerates = passage.tokens[at].kind != TokenKind::Word
                || (word.chars().count() == 1
                    && matches!(passage.word(at + 1), "." | ")")
                    && at + 1 < sentence.end);
            if !enumerates {
                break;
            }
        }
    }
    starts
}

/// A passage with its words prepared for comparison.
struct View<'a> {
    passage: &'a Passage<'a>,
    words: &'a [String],
    lower: &'a [String],
    starts: Vec<bool>,
}

impl View<'_> {
    /// The proposal of `rule` when its reading number `reading` stands at token `at`.
    fn try_at(&self, at: usize, rule: &Rule, reading: usize) -> Option<Proposal> {
        if !rule.fits(self.passage.style) {
            return None;
        }
        let pieces = &rule.readings[reading].pieces;
        let shape = self.shape_at(at, pieces, rule.case)?;
        let mut end = at + pieces.len();
        let mut carried = None;
        if let Some(carry) = &rule.carry {
            let token = self.passage.tokens.get(end)?;
            let word = token.text(self.passage.text);
            let joined = pieces.is_empty() || self.gap(end) == Some(" ");
            if token.kind != TokenKind::Word || !joined || !carry.is_match(word) {
                return None;
            }
            carried = Some(word);
            end += 1;
        }
        let text = self.passage.text;
        let mut span = self.tokens(at)?.span.start..self.tokens(end - 1)?.span.end;
        let (before, after) = around(text, &span);
        if !rule.guards.allow(before, after) {
            return None;
        }
        let straight = text[span.clone()].contains('\'');
        let mut readings: Vec<String> = rule
            .readings
            .iter()
            .map(|r| {
                let mut dressed = shape.dress(&r.text);
                if straight {
                    dressed = dressed.replace('’', "'");
                }
                match carried {
                    Some(word) if dressed.is_empty() => word.to_owned(),
                    Some(word) => format!("{dressed} {word}"),
                    None => dressed,
                }
            })
            .collect();
        readings[reading] = text[span.clone()].to_owned();
        if readings.iter().any(|r| self.doubles_a_word(at, end, r)) {
            return None;
        }
        self.fit_article(at, &mut span, &mut readings);
        let proposal = Proposal {
            span,
            readings,
            current: reading,
            rule: rule.name.clone(),
            tier: rule.tier,
            survival: rule.survival,
            acceptance: rule.acceptance,
            scope: rule.scope.clone(),
        };
        proposal.holds_in(text).then_some(proposal)
    }

    /// Whether `reading`, put in for the tokens from `at` to `end`, would repeat the word beside it.
    fn doubles_a_word(&self, at: usize, end: usize, reading: &str) -> bool {
        let is = |token: Option<&String>, word: Option<&str>| {
            token.zip(word).is_some_and(|(token, word)| *token == word.to_lowercase())
        };
        let before = at.checked_sub(1).and_then(|i| self.lower.get(i));
        let mut words = reading.split(' ');
        is(before, words.clone().next()) || is(self.lower.get(end), words.next_back())
    }

    fn tokens(&self, at: usize) -> Option<&Token> {
        self.passage.tokens.get(at)
    }

    /// Text between token `at` and the one before it.
    fn gap(&self, at: usize) -> Option<&str> {
        let before = self.tokens(at.checked_sub(1)?)?;
        Some(&self.passage.text[before.span.end..self.tokens(at)?.span.start])
    }

    /// How `pieces` stand at token `at`, or nothing when they do not.
    fn shape_at(&self, at: usize, pieces: &[Piece], case: Case) -> Option<Shape> {
        for (k, piece) in pieces.iter().enumerate() {
            let word = self.lower.get(at + k)?;
            let gap = if piece.spaced { " " } else { "" };
            if (k > 0 && self.gap(at + k)? != gap) || *word != piece.text.to_lowercase() {
                return None;
            }
        }
        let found = &self.words[at..at + pieces.len()];
        if found.iter().zip(pieces).all(|(word, piece)| *word == piece.text) {
            return Some(Shape::AsWritten);
        }
        if case == Case::Exact {
            return None;
        }
        let rest = found.iter().zip(pieces).skip(1).all(|(word, piece)| *word == piece.text);
        if rest && self.starts[at] && found[0] == raise_first(&pieces[0].text) {
            return Some(Shape::Initial);
        }
        let capitals =
            found.iter().zip(pieces).all(|(word, piece)| *word == piece.text.to_uppercase());
        let beside = |at: Option<usize>| {
            at.and_then(|at| self.words.get(at)).is_some_and(|word| is_capitals(word))
        };
        let among = beside(at.checked_sub(1)) && beside(Some(at + pieces.len()));
        (capitals && among).then_some(Shape::Capitals)
    }

    /// Takes `a` or `an` into the place where readings disagree about it.
    fn fit_article(&self, at: usize, span: &mut Range<usize>, readings: &mut [String]) {
        let Some(article) = at.checked_sub(1).and_then(|i| self.tokens(i)) else { return };
        let word = article.text(self.passage.text);
        let mixed = readings.iter().any(|r| takes_an(r) != takes_an(&readings[0]));
        if !mixed || self.gap(at) != Some(" ") || !matches!(word, "a" | "an" | "A" | "An") {
            return;
        }
        span.start = article.span.start;
        for reading in readings {
            *reading = format!("{} {reading}", article_for(word, reading));
        }
    }
}

/// Up to [`REACH`] bytes on either side of `span`, white space next to it taken off.
fn around<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, &'a str) {
    let mut from = span.start.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let mut to = (span.end + REACH).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    (text[from..span.start].trim_end(), text[span.end..to].trim_start())
}
