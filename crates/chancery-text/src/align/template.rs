//! A master as the reader of leaks sees it: fixed words, and between them gaps with choices.
//!
//! What belongs here: cutting a master into fixed words and gaps, once, before any leak is seen.
//! What does not: looking at a leak. Every copy of the paper has the same fixed words in the same
//! order; copies differ only inside gaps and in the marks of character places.

use std::collections::BTreeMap;
use std::ops::Range;

use super::leak::{for_each_word, word_spans};
use crate::characters::Glyph;
use crate::master::{Master, Piece};

/// Most ways to fill places that touch one another (an author's 24 readings beside 6 proposed ones);
/// beyond it the places are stepped over and never read.
const MAX_ALTERNATIVES: usize = 144;

/// A character place inside a run of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Byte offset of its plain character in the run.
    pub(crate) at: usize,
    /// Its site's id.
    pub(crate) id: u32,
    /// Its kind.
    pub(crate) glyph: Glyph,
}

/// Plain text with the character places in it, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
}

impl Run {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), marks: Vec::new() }
    }

    fn slice(&self, range: Range<usize>) -> Self {
        let inside = self.marks.iter().filter(|m| range.contains(&m.at));
        Self {
            text: self.text[range.clone()].to_owned(),
            marks: inside.map(|m| Mark { at: m.at - range.start, ..*m }).collect(),
        }
    }

    pub(crate) fn push(&mut self, other: &Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.iter().map(|m| Mark { at: m.at + shift, ..*m }));
    }
}

/// A word that stands in every copy.
#[derive(Clone, Debug)]
pub(crate) struct FixedWord {
    /// Number of its folded form in the vocabulary.
    pub(crate) id: u32,
    /// Folded form.
    pub(crate) folded: String,
    /// As printed, with the marks inside it.
    pub(crate) run: Run,
}

/// One way to fill a choice.
#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    /// The reading of each of the choice's sites.
    pub(crate) readings: Vec<u8>,
    /// The text with whatever fixed letters are part of the same words.
    pub(crate) run: Run,
    /// Its folded words.
    pub(crate) words: Vec<String>,
    /// Number of the first alternative with the same words.
    pub(crate) group: usize,
}

/// Wording places that touch one another (nearly always a single one).
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Positions of the sites in the master's site table.
    pub(crate) sites: Vec<u32>,
    /// Every way to fill them; empty when there are too many to read.
    pub(crate) alternatives: Vec<Alternative>,
    /// Numbers of words that a filling may have, ascending.
    pub(crate) lengths: Vec<usize>,
}

/// What stands between two fixed words.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Text(Run),
    Choice(Choice),
}

/// Everything between two neighbouring fixed words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gap {
    pub(crate) parts: Vec<Part>,
}

impl Gap {
    /// The choices of the gap, in order.
    pub(crate) fn choices(&self) -> impl Iterator<Item = &Choice> {
        self.parts.iter().filter_map(|part| match part {
            Part::Choice(choice) => Some(choice),
            Part::Text(_) => None,
        })
    }

    /// Whether all copies agree here, but for marks.
    pub(crate) fn is_fixed(&self) -> bool {
        self.choices().next().is_none()
    }

    /// The gap's text with the `n`-th choice filled by its alternative `pick[n]`.
    pub(crate) fn fill(&self, pick: &[usize]) -> Run {
        let mut out = Run::default();
        let mut pick = pick.iter();
        for part in &self.parts {
            match part {
                Part::Text(run) => out.push(run),
                Part::Choice(choice) => {
                    let filling = pick.next().and_then(|&a| choice.alternatives.get(a));
                    if let Some(alternative) = filling {
                        out.push(&alternative.run);
                    }
                }
            }
        }
        out
    }

    fn push_text(&mut self, run: Run) {
        if run.text.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.push(&run),
            _ => self.parts.push(Part::Text(run)),
        }
    }
}

/// A master cut into fixed words and gaps; gap `i` stands before word `i`, the last one at the end.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) words: Vec<FixedWord>,
    pub(crate) gaps: Vec<Gap>,
    vocabulary: BTreeMap<String, u32>,
}

impl Template {
    /// Cuts a master.
    pub(crate) fn of(master: &Master) -> Self {
        let mut template =
            Self { words: Vec::new(), gaps: vec![Gap::default()], vocabulary: BTreeMap::new() };
        for pieces in &master.paragraphs {
            for stretch in stretches(pieces) {
                match stretch {
                    Stretch::Fixed(run) => template.push_fixed(&run),
                    Stretch::Choice(choice) => template.gap().parts.push(Part::Choice(choice)),
                }
            }
            template.gap().push_text(Run::plain("\n"));
        }
        template
    }

    /// The number of a folded word, if it is a fixed word of this paper.
    pub(crate) fn id_of(&self, folded: &str) -> Option<u32> {
        self.vocabulary.get(folded).copied()
    }

    fn gap(&mut self) -> &mut Gap {
        self.gaps.last_mut().expect("a template has one gap more than words")
    }

    fn push_fixed(&mut self, run: &Run) {
        let mut from = 0;
        for_each_word(&run.text, |span, folded| {
            self.gap().push_text(run.slice(from..span.start));
            from = span.end;
            let next = u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX - 1);
            let id = *self.vocabulary.entry(folded.to_owned()).or_insert(next);
            self.words.push(FixedWord { id, folded: folded.to_owned(), run: run.slice(span) });
            self.gaps.push(Gap::default());
        });
        self.gap().push_text(run.slice(from..run.text.len()));
    }
}

enum Stretch {
    Fixed(Run),
    Choice(Choice),
}

/// A paragraph as fixed runs and choices, with word boundaries between them in every copy.
fn stretches(pieces: &[Piece]) -> Vec<Stretch> {
    // Fixed runs around and between places: fixed[i] stands before places[i].
    let mut fixed = vec![Run::default()];
    let mut places: Vec<(u32, &[String])> = Vec::new();
    for piece in pieces {
        let last = fixed.last_mut().expect("starts with one run and only grows");
        match piece {
            Piece::Text(text) => last.text.push_str(text),
            Piece::Character(id, glyph) => {
                last.marks.push(Mark { at: last.text.len(), id: *id, glyph: *glyph });
                last.text.push(glyph.plain());
            }
            Piece::Wording(site, readings) => {
                places.push((*site, readings));
                fixed.push(Run::default());
            }
        }
    }
    let mut out = Vec::new();
    let mut before = std::mem::take(&mut fixed[0]);
    let mut first = 0;
    while first < places.len() {
        // Places without a blank between them are read together.
        let mut last = first;
        while last + 1 < places.len() && !fixed[last + 1].text.contains(char::is_whitespace) {
            last += 1;
        }
        let after = std::mem::take(&mut fixed[last + 1]);
        let inner = &fixed[first + 1..=last];
        let (left, choice, right) = choice(&before, &places[first..=last], inner, &after);
        out.push(Stretch::Fixed(before.slice(0..left)));
        out.push(Stretch::Choice(choice));
        before = after.slice(right..after.text.len());
        first = last + 1;
    }
    out.push(Stretch::Fixed(before));
    out
}

/// A choice from touching places, and where the fixed text before it ends and after it begins.
///
/// Fixed letters that share a word with a reading (`{strong|firm}’s`) go into the choice.
fn choice(
    before: &Run,
    places: &[(u32, &[String])],
    inner: &[Run],
    after: &Run,
) -> (usize, Choice, usize) {
    let sites = places.iter().map(|&(site, _)| site).collect();
    let ways = places
        .iter()
        .try_fold(1_usize, |product, (_, readings)| product.checked_mul(readings.len()));
    if ways.is_none_or(|ways| ways == 0 || ways > MAX_ALTERNATIVES) {
        let longest = places.iter().map(|(_, r)| r.iter().map(String::len).max().unwrap_or(0));
        let lengths = (0..=longest.sum::<usize>().min(crate::align::MAX_GAP)).collect();
        let unread = Choice { sites, alternatives: Vec::new(), lengths };
        return (before.text.len(), unread, 0);
    }
    let fillings: Vec<(Vec<u8>, Run)> =
        (0..ways.unwrap_or(0)).map(|number| filling(places, inner, number)).collect();
    let tail_from = before
        .text
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + before.text[at..].chars().next().map_or(0, char::len_utf8));
    let tail = &before.text[tail_from..];
    let head = &after.text[..after.text.find(char::is_whitespace).unwrap_or(after.text.len())];
    let (mut left, mut right) = (before.text.len(), 0);
    for (_, run) in &fillings {
        let whole = format!("{tail}{}{head}", run.text);
        let (start, end) = (tail.len(), tail.len() + run.text.len());
        for word in word_spans(&whole) {
            if word.start < start && start < word.end {
                left = left.min(tail_from + word.start);
            }
            if word.start < end && end < word.end {
                right = right.max(word.end - end);
            }
        }
    }
    let (prefix, suffix) = (before.slice(left..before.text.len()), after.slice(0..right));
    let mut alternatives: Vec<Alternative> = Vec::with_capacity(fillings.len());
    for (readings, run) in fillings {
        let mut whole = prefix.clone();
        whole.push(&run);
        whole.push(&suffix);
        let mut words = Vec::new();
        for_each_word(&whole.text, |_, folded| words.push(folded.to_owned()));
        let same = alternatives.iter().position(|a| a.words == words);
        let group = same.unwrap_or(alternatives.len());
        alternatives.push(Alternative { readings, run: whole, words, group });
    }
    let mut lengths: Vec<usize> = alternatives.iter().map(|a| a.words.len()).collect();
    lengths.sort_unstable();
    lengths.dedup();
    (left, Choice { sites, alternatives, lengths }, right)
}

/// Filling `number` of touching places, counting like an odometer.
fn filling(places: &[(u32, &[String])], inner: &[Run], mut number: usize) -> (Vec<u8>, Run) {
    let mut readings = Vec::with_capacity(places.len());
    let mut run = Run::default();
    for (at, (_, forms)) in places.iter().enumerate() {
        if at > 0 {
            run.push(&inner[at - 1]);
        }
        let reading = number % forms.len();
        number /= forms.len();
        run.push(&Run::plain(&forms[reading]));
        readings.push(u8::try_from(reading).unwrap_or(u8::MAX));
    }
    (readings, run)
}
