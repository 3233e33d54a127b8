//! A passage as the order rules look at it: lower-case words, tags, sentences, safe slices.
//!
//! Also how a rule turns what it found into a [`Proposal`]: locked text and readings equal to the
//! text are refused here, once, for all rules.

use std::ops::Range;

use super::class::Class;
use super::states::is_proper;
use super::tag::{Tags, tags_of};
use crate::passage::Passage;
use crate::proposal::{Proposal, Scope};
use crate::token::TokenKind;

/// One passage prepared for rules that look around freely.
pub(crate) struct View<'p, 'a> {
    pub(crate) passage: &'p Passage<'a>,
    lower: Vec<String>,
    tags: Vec<Tags>,
    sentence: Vec<usize>,
}

impl<'p, 'a> View<'p, 'a> {
    pub(crate) fn new(passage: &'p Passage<'a>) -> Self {
        let lower: Vec<String> = (0..passage.tokens.len()).map(|i| passage.lower(i)).collect();
        let mut sentence = vec![0; lower.len()];
        for (number, range) in passage.sentences.iter().enumerate() {
            sentence[range.clone()].fill(number);
        }
        let mut view = Self { passage, tags: vec![Tags::NONE; lower.len()], lower, sentence };
        view.tags = (0..view.len()).map(|i| view.guess(i)).collect();
        view
    }

    fn guess(&self, i: usize) -> Tags {
        match self.passage.tokens[i].kind {
            TokenKind::Mark => Tags::NONE,
            TokenKind::Number => Tags::NUM,
            TokenKind::Word => {
                let lexical = tags_of(&self.lower[i]);
                if !self.is_capital(i) || lexical.has(Tags::FUNCTION) {
                    lexical
                } else if self.opens_sentence(i) {
                    if lexical.has(Tags::UNKNOWN) { lexical.with(Tags::NAME) } else { lexical }
                } else {
                    Tags::NAME
                }
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lower.len()
    }

    /// The token in lower case, `""` beyond the end.
    pub(crate) fn low(&self, i: usize) -> &str {
        self.lower.get(i).map_or("", String::as_str)
    }

    /// The token `back` places before `i` in lower case, `""` beyond the start.
    pub(crate) fn before(&self, i: usize, back: usize) -> &str {
        i.checked_sub(back).map_or("", |at| self.low(at))
    }

    /// The token as written, `""` beyond the end.
    pub(crate) fn word(&self, i: usize) -> &'a str {
        self.passage.word(i)
    }

    pub(crate) fn tags(&self, i: usize) -> Tags {
        self.tags.get(i).copied().unwrap_or(Tags::NONE)
    }

    /// Tags of the token `back` places before `i`.
    pub(crate) fn tags_before(&self, i: usize, back: usize) -> Tags {
        i.checked_sub(back).map_or(Tags::NONE, |at| self.tags(at))
    }

    pub(crate) fn is_word(&self, i: usize) -> bool {
        self.passage.tokens.get(i).is_some_and(|t| t.kind == TokenKind::Word)
    }

    pub(crate) fn is_number(&self, i: usize) -> bool {
        self.passage.tokens.get(i).is_some_and(|t| t.kind == TokenKind::Number)
    }

    /// A mark, or beyond the end.
    pub(crate) fn is_mark(&self, i: usize) -> bool {
        self.passage.tokens.get(i).is_none_or(|t| t.kind == TokenKind::Mark)
    }

    pub(crate) fn is_capital(&self, i: usize) -> bool {
        self.word(i).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether every token of the range is a word.
    pub(crate) fn all_words(&self, mut range: Range<usize>) -> bool {
        range.all(|i| self.is_word(i))
    }

    /// The sentence that token `i` stands in.
    pub(crate) fn sentence(&self, i: usize) -> Range<usize> {
        self.sentence
            .get(i)
            .and_then(|&number| self.passage.sentences.get(number))
            .cloned()
            .unwrap_or(i..i)
    }

    /// First token of a sentence, or of what follows its enumerator (`2.`, `(b)`) or a full stop.
    pub(crate) fn opens_sentence(&self, i: usize) -> bool {
        i == 0
            || self.sentence(i).start == i
            || matches!(self.before(i, 1), "." | "?" | "!" | ":" | "“" | "\"" | "•" | ")")
    }

    /// A word that must keep its capital or small letter wherever it stands: names, acronyms, *I*.
    fn keeps_case(&self, i: usize) -> bool {
        let word = self.word(i);
        word == "I"
            || word.starts_with("I’")
            || word.starts_with("I'")
            || word.chars().skip(1).any(char::is_uppercase)
            || is_proper(self.low(i))
    }

    /// `word` as it stands inside a sentence; `None` when one cannot know (it may be a name).
    pub(crate) fn inside(&self, i: usize) -> Option<String> {
        if !self.is_capital(i) || self.keeps_case(i) {
            return Some(self.word(i).to_owned());
        }
        let tags = tags_of(self.low(i));
        // "Acting Minister" and its like keep all their capitals.
        if self.is_capital(i + 1) && self.is_word(i + 1) && !tags.has(Tags::FUNCTION) {
            return Some(self.word(i).to_owned());
        }
        let known = !tags.has(Tags::UNKNOWN) && tags != Tags::NONE;
        known.then(|| lower_first(self.word(i)))
    }

    /// Whether some word of the sentence ties the order of things down.
    pub(crate) fn order_matters(&self, i: usize) -> bool {
        self.sentence(i).any(|k| {
            matches!(self.low(k), "former" | "latter" | "respectively")
                || (self.low(k) == "that"
                    && self.low(k + 1) == "order"
                    && self.before(k, 1) == "in")
        })
    }

    /// Byte span from the start of token `first` to the end of token `last`.
    pub(crate) fn span(&self, first: usize, last: usize) -> Range<usize> {
        let tokens = &self.passage.tokens;
        match (tokens.get(first), tokens.get(last)) {
            (Some(a), Some(b)) if a.span.start <= b.span.end => a.span.start..b.span.end,
            _ => 0..0,
        }
    }

    /// A free site over the tokens `first..=last`; the text as it stands is reading 0.
    pub(crate) fn free(
        &self,
        class: Class,
        first: usize,
        last: usize,
        others: impl IntoIterator<Item = String>,
    ) -> Option<Proposal> {
        let span = self.span(first, last);
        let now = self.passage.text.get(span.clone())?.to_owned();
        self.over(class, span, std::iter::once(now).chain(others))
    }

    /// A free site over a byte span; the text as it stands comes first, repeated readings count once.
    pub(crate) fn over(
        &self,
        class: Class,
        span: Range<usize>,
        all: impl IntoIterator<Item = String>,
    ) -> Option<Proposal> {
        let mut readings: Vec<String> = Vec::new();
        for reading in all {
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        self.proposal(class, span, readings, 0, Scope::Free)
    }

    /// A place of the consistent class `key`; `forms` in the order of the class.
    pub(crate) fn consistent(
        &self,
        class: Class,
        key: &str,
        span: Range<usize>,
        forms: Vec<String>,
    ) -> Option<Proposal> {
        let now = self.passage.text.get(span.clone())?;
        let current = forms.iter().position(|form| form == now)?;
        self.proposal(class, span, forms, current, Scope::Consistent(key.to_owned()))
    }

    fn proposal(
        &self,
        class: Class,
        span: Range<usize>,
        readings: Vec<String>,
        current: usize,
        scope: Scope,
    ) -> Option<Proposal> {
        let proposal = Proposal {
            span,
            readings,
            current,
            rule: class.rule.to_owned(),
            tier: class.tier,
            survival: class.survival,
            acceptance: class.acceptance,
            scope,
        };
        let free = !proposal.span.is_empty() && !self.passage.is_locked(&proposal.span);
        (free && proposal.holds_in(self.passage.text)).then_some(proposal)
    }
}

/// The word with a small first letter.
pub(crate) fn lower_first(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// The word with a capital first letter.
pub(crate) fn upper_first(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
