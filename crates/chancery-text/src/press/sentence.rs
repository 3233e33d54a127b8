//! Sentences of the reporter: words outside the marks, each quotation as one item among them.

use std::ops::Range;

use super::MAX_SENTENCE;
use super::layout::Part;
use super::marks::Pair;
use super::words::WORDS;
use crate::token::{TokenKind, tokens};

/// Items looked at to tell whether a reporting clause follows a question or an exclamation.
const CLAUSE_AHEAD: usize = 8;

/// Items looked at to tell whether a clause behind a full stop only reports what stands before.
const REPORT_AHEAD: usize = 16;

/// Longest dateline, in items.
const MAX_DATELINE: usize = 14;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word.
    Word,
    /// A number.
    Number,
    /// A mark of punctuation.
    Mark,
    /// The pair of marks of this number.
    Quote(usize),
}

/// A word, number, mark or quotation.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
    /// Lower case, straight apostrophes, without the ending of a genitive.
    pub(super) low: String,
    /// As printed; empty for quotations.
    pub(super) printed: String,
    /// Begins with a capital letter.
    pub(super) capital: bool,
    /// A genitive.
    pub(super) genitive: bool,
}

impl Item {
    /// Whether it is a mark that reads so.
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.low == mark
    }

    /// Whether it is a word that reads so.
    pub(super) fn says(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.low == word
    }

    /// A comma or a dash.
    pub(super) fn is_pause(&self) -> bool {
        self.kind == Kind::Mark && matches!(self.low.as_str(), "," | "—" | "–" | "-")
    }

    /// The number of the quotation.
    pub(super) fn quote(&self) -> Option<usize> {
        match self.kind {
            Kind::Quote(number) => Some(number),
            _ => None,
        }
    }
}

/// A sentence.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) items: Vec<Item>,
}

/// The sentences of a paragraph. `pairs` are its pairs, the first of which has the number `first`.
pub(super) fn sentences(text: &str, part: &Part, pairs: &[Pair], first: usize) -> Vec<Sentence> {
    let span = part.words(text);
    let mut items = Vec::new();
    let mut from = span.start;
    for (at, pair) in pairs.iter().enumerate() {
        push_words(text, from..pair.outer.start.max(from), &mut items);
        from = pair.outer.end;
        items.push(Item {
            span: pair.outer.clone(),
            kind: Kind::Quote(first + at),
            low: String::new(),
            printed: String::new(),
            capital: false,
            genitive: false,
        });
    }
    push_words(text, from.min(span.end)..span.end, &mut items);
    let from = heading_matter(&items);
    items.drain(..from);
    split(text, items, pairs, first)
}

fn push_words(text: &str, span: Range<usize>, items: &mut Vec<Item>) {
    for token in tokens(&text[span.clone()]) {
        let at = span.start + token.span.start..span.start + token.span.end;
        let raw = &text[at.clone()];
        let kind = match token.kind {
            TokenKind::Word => Kind::Word,
            TokenKind::Number => Kind::Number,
            TokenKind::Mark => Kind::Mark,
        };
        if kind == Kind::Mark && matches!(raw, "’" | "'") {
            if let Some(last) =
                items.last_mut().filter(|i| i.kind == Kind::Word && i.span.end == at.start)
            {
                last.genitive = true;
            }
            continue;
        }
        let mut low = raw.to_lowercase().replace('’', "'");
        let genitive = low.ends_with("'s");
        if genitive {
            low.truncate(low.len() - 2);
        }
        let capital = raw.starts_with(char::is_uppercase);
        items.push(Item { span: at, kind, low, printed: raw.to_owned(), capital, genitive });
    }
}

/// Items of a dateline ("VESSEN, Oct. 4 (Wire) -") or of a date put before the text.
fn heading_matter(items: &[Item]) -> usize {
    if let [word, date, ..] = items
        && word.says("date")
        && date.kind == Kind::Number
    {
        // 2019-07-10 is one number, or three with hyphens between.
        return 1 + items
            .iter()
            .skip(1)
            .take_while(|i| i.kind == Kind::Number || i.is("-"))
            .count();
    }
    let shouts = items.first().is_some_and(|item| item.kind == Kind::Word && item.capital);
    let dash = items.iter().take(MAX_DATELINE).position(|i| i.is("-") || i.is("—") || i.is("–"));
    match dash {
        Some(dash) if shouts => {
            let plain = items[..dash].iter().all(|item| match item.kind {
                Kind::Word => item.capital,
                Kind::Number => true,
                Kind::Mark => matches!(item.low.as_str(), "," | "." | "(" | ")" | "/"),
                Kind::Quote(_) => false,
            });
            if plain { dash + 1 } else { 0 }
        }
        _ => 0,
    }
}

fn split(text: &str, items: Vec<Item>, pairs: &[Pair], first: usize) -> Vec<Sentence> {
    let mut ends = Vec::new();
    let mut from = 0;
    for at in 0..items.len() {
        let stops = ends_sentence(text, &items[from..=at], &items[at + 1..], pairs, first);
        if stops || at + 1 - from >= MAX_SENTENCE {
            ends.push(at + 1 - from);
            from = at + 1;
        }
    }
    ends.push(items.len() - from);
    let mut items = items.into_iter();
    let sentences = ends.into_iter().map(|count| items.by_ref().take(count).collect::<Vec<_>>());
    sentences.filter(|items| !items.is_empty()).map(|items| Sentence { items }).collect()
}

/// Whether a sentence ends with the last of `so_far`.
fn ends_sentence(text: &str, so_far: &[Item], rest: &[Item], pairs: &[Pair], first: usize) -> bool {
    let [before @ .., item] = so_far else { return false };
    let next = rest.first();
    match item.kind {
        Kind::Mark if matches!(item.low.as_str(), "." | "!" | "?" | "…") => {
            let abbreviated = item.is(".")
                && before.last().is_some_and(|last| {
                    let initial = last.capital && last.low.chars().count() == 1;
                    last.kind == Kind::Word
                        && last.span.end == item.span.start
                        && (initial || WORDS.grammar.abbreviations.contains(&last.low))
                });
            let begins = |next: &Item| {
                next.capital
                    || matches!(next.kind, Kind::Quote(_) | Kind::Number)
                    || next.is("(")
                    || next.is("—")
            };
            !abbreviated && next.is_none_or(begins)
        }
        Kind::Quote(number) => {
            let words = pairs.get(number - first).map_or("", |pair| &text[pair.span.clone()]);
            let words = words.trim_end_matches(['’', '”', '"', '\'', ')', ']']);
            let full = words.ends_with('.') && !words.ends_with("..");
            match next {
                Some(next) if next.quote().is_some() => true,
                Some(next) if next.capital && words.ends_with(['.', '!', '?', '…']) => {
                    let clause = begins_clause(&rest[..rest.len().min(CLAUSE_AHEAD)]);
                    !clause || full && !is_bare_report(&rest[..rest.len().min(REPORT_AHEAD)])
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether items read as the reporting clause of what stands before: "Hunt asked".
fn begins_clause(items: &[Item]) -> bool {
    for item in items {
        if item.kind == Kind::Word && WORDS.verb(&item.low).is_some() && !item.capital {
            return true;
        }
        let name = item.capital || item.is(",") || WORDS.is_role(&item.low) || item.low == "the";
        if !name {
            return false;
        }
    }
    false
}

/// Whether items are a reporting clause and nothing that it could report: "Doe said on Monday." What
/// opens a sentence of its own goes on with words: "Doe said that", "Doe said he", "Doe said: ...".
fn is_bare_report(items: &[Item]) -> bool {
    let stop = items.iter().position(|i| i.is(".")).unwrap_or(items.len());
    let items = &items[..stop];
    // "Doe agreed on the spot" is no clause of what stands before.
    let says = |i: &Item| {
        matches!(i.low.as_str(), "said" | "says" | "added" | "adds" | "wrote" | "writes" | "stated")
    };
    let Some(verb) = items.iter().position(|i| i.kind == Kind::Word && !i.capital && says(i))
    else {
        return false;
    };
    let rest = &items[verb + 1..];
    let adjunct = rest.first().is_none_or(|i| {
        WORDS.grammar.prepositions.contains(&i.low)
            || WORDS.grammar.adverbs.contains(&i.low)
            || i.low == "after"
    });
    let content = |i: &Item| {
        matches!(i.kind, Kind::Quote(_) | Kind::Mark)
            || WORDS.grammar.be.contains(&i.low)
            || WORDS.verb(&i.low).is_some()
            || matches!(
                i.low.as_str(),
                "that"
                    | "he"
                    | "she"
                    | "it"
                    | "they"
                    | "we"
                    | "had"
                    | "has"
                    | "have"
                    | "would"
                    | "will"
                    | "could"
                    | "can"
                    | "must"
                    | "should"
            )
    };
    stop < REPORT_AHEAD && adjunct && !rest.iter().any(content)
}

/// Whether minutes are a time and no paper: "minutes later", "ten minutes", "the last minute".
pub(super) fn is_time(items: &[Item], at: usize) -> bool {
    if !matches!(items[at].low.as_str(), "minute" | "minutes") {
        return false;
    }
    let next = items.get(at + 1).map_or("", |i| i.low.as_str());
    let counted = at.checked_sub(1).is_some_and(|before| {
        let before = &items[before];
        let low = before.low.as_str();
        let number = matches!(
            low,
            "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "seven"
                | "eight"
                | "nine"
                | "ten"
                | "fifteen"
                | "twenty"
                | "thirty"
                | "forty"
                | "few"
                | "several"
                | "last"
                | "every"
                | "final"
                | "many"
        );
        before.kind == Kind::Number || number
    });
    counted || matches!(next, "later" | "earlier" | "ago" | "before" | "after" | "into" | "past")
}
