//! Words of a paragraph and which of them are layout sites.
//!
//! The choice depends on the paper alone and never on a reading, so every copy has the same sites with
//! the same numbers wherever its lines break. Between two wording places the second, fourth, sixth word
//! is a site; the words in between, and every word that a wording place touches, stay where the
//! typesetter put them and are what a shift is measured against.

use crate::source::{Paragraph, Part, Readings, WORDS_BASE, WORDS_CAPACITY};

/// Version of the rule that says which words are sites, and of whatever else decides a page's bytes without
/// standing in [`engine`](crate::engine): edits of frames, writers of PDF, SVG and PNG. Frozen with every paper.
pub const RULE: u32 = 1;
/// A site has at least this many letters and figures.
const LEAST_LETTERS: usize = 2;

/// A character of a paragraph as one copy has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// What is set.
    pub(crate) set: char,
    /// What is copied out.
    pub(crate) copied: char,
}

/// A paragraph as one copy has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SetParagraph {
    pub(crate) letters: Vec<Letter>,
    pub(crate) words: Vec<SetWord>,
}

/// A word: its letters and its site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetWord {
    pub(crate) letters: std::ops::Range<usize>,
    pub(crate) site: Option<u32>,
}

impl SetParagraph {
    pub(crate) fn text(&self) -> String {
        self.letters.iter().map(|letter| letter.set).collect()
    }
}

/// Numbers the sites of a paper.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    next: u32,
}

impl Numbering {
    /// The site of the next word of a run with so many letters and figures, if it is one.
    pub(crate) fn word(&mut self, run: &mut u32, letters: usize) -> Option<u32> {
        *run += 1;
        if run.is_multiple_of(2) && letters >= LEAST_LETTERS { self.give() } else { None }
    }

    fn give(&mut self) -> Option<u32> {
        let site = (self.next < WORDS_CAPACITY).then_some(WORDS_BASE + self.next)?;
        self.next += 1;
        Some(site)
    }
}

/// How many word sites these paragraphs have. Their ids follow each other from [`WORDS_BASE`].
#[must_use]
pub fn word_sites(paragraphs: &[Paragraph]) -> u32 {
    set_all(paragraphs, &Readings::none()).1
}

/// Every paragraph as one copy has it, and the number of sites.
pub(crate) fn set_all(paragraphs: &[Paragraph], readings: &Readings) -> (Vec<SetParagraph>, u32) {
    let mut numbering = Numbering::default();
    let set = paragraphs.iter().map(|p| set(p, readings, &mut numbering)).collect();
    (set, numbering.next)
}

/// A stretch without fixed white space: the same stretches in every copy.
#[derive(Default)]
struct Stretch {
    start: usize,
    touched: bool,
}

fn set(paragraph: &Paragraph, readings: &Readings, numbering: &mut Numbering) -> SetParagraph {
    let mut out = SetParagraph::default();
    let mut stretch = Stretch::default();
    let mut run = 0_u32;
    for part in &paragraph.parts {
        match part {
            Part::Fixed(text) => {
                for c in text.chars() {
                    fixed(
                        &mut out,
                        Letter { set: c, copied: c },
                        &mut stretch,
                        &mut run,
                        numbering,
                    );
                }
            }
            Part::Sign { site, plain, readings: signs } => {
                let copied = readings.get(*site).and_then(|r| signs.get(usize::from(r)).copied());
                let copied = copied.unwrap_or(*plain);
                // Blanks look alike; any other sign is set as it is copied out.
                let set = if plain.is_whitespace() { *plain } else { copied };
                let letter = Letter { set, copied };
                fixed(&mut out, letter, &mut stretch, &mut run, numbering);
            }
            Part::Varies { site, plain, readings: texts } => {
                stretch.touched = true;
                let chosen = usize::from(readings.get(*site).unwrap_or(*plain));
                let text = texts.get(chosen).or_else(|| texts.last());
                let letters = text.into_iter().flat_map(|text| text.chars());
                out.letters.extend(letters.map(|c| Letter { set: c, copied: c }));
            }
        }
    }
    close(&mut out, &mut stretch, &mut run, numbering);
    out
}

fn fixed(
    out: &mut SetParagraph,
    letter: Letter,
    stretch: &mut Stretch,
    run: &mut u32,
    numbering: &mut Numbering,
) {
    if letter.set.is_whitespace() {
        close(out, stretch, run, numbering);
        out.letters.push(letter);
        stretch.start = out.letters.len();
    } else {
        out.letters.push(letter);
    }
}

/// Ends a stretch: a word of its own, or the words of a wording place.
fn close(out: &mut SetParagraph, stretch: &mut Stretch, run: &mut u32, numbering: &mut Numbering) {
    let (start, end) = (stretch.start, out.letters.len());
    let touched = std::mem::take(&mut stretch.touched);
    if touched {
        *run = 0;
        let mut from = start;
        for at in start..=end {
            if out.letters.get(at).is_none_or(|l| l.set.is_whitespace()) || at == end {
                if from < at {
                    out.words.push(SetWord { letters: from..at, site: None });
                }
                from = at + 1;
            }
        }
    } else if start < end {
        let letters = out.letters[start..end].iter().filter(|l| l.set.is_alphanumeric()).count();
        let site = numbering.word(run, letters);
        out.words.push(SetWord { letters: start..end, site });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varies(site: u32, readings: &[&str]) -> Part {
        let readings = readings.iter().map(|r| (*r).to_owned()).collect();
        Part::Varies { site, plain: 0, readings }
    }

    fn words(set: &SetParagraph) -> Vec<(String, Option<u32>)> {
        let text = |w: &SetWord| set.letters[w.letters.clone()].iter().map(|l| l.set).collect();
        set.words.iter().map(|w| (text(w), w.site.map(|s| s - WORDS_BASE))).collect()
    }

    #[test]
    fn sites_are_the_same_whatever_the_wording() {
        let parts = vec![
            Part::Fixed("One two three four, a sixth was ".into()),
            varies(0, &["really ", ""]),
            Part::Fixed("tall and seven men".into()),
            varies(1, &["", ", though late,"]),
            Part::Fixed(" came home again soon".into()),
        ];
        let paragraph = Paragraph { parts, ..Paragraph::default() };
        let one = set(&paragraph, &Readings::none(), &mut Numbering::default());
        let two =
            set(&paragraph, &[(0, 1), (1, 1)].into_iter().collect(), &mut Numbering::default());
        let sites = |set: &SetParagraph| -> Vec<(String, Option<u32>)> {
            words(set).into_iter().filter(|w| w.1.is_some()).collect()
        };
        assert_eq!(sites(&one), sites(&two));
        let names: Vec<String> = sites(&one).into_iter().map(|w| w.0).collect();
        assert_eq!(names, ["two", "four,", "sixth", "seven", "home", "soon"]);
        assert!(one.text().contains("was really tall and seven men came"));
        assert!(two.text().contains("was tall and seven men, though late, came"));
    }

    #[test]
    fn a_word_that_a_wording_place_touches_is_no_site() {
        let parts = vec![
            Part::Fixed("a pre".into()),
            varies(0, &["view", "lude"]),
            Part::Fixed("s now then".into()),
        ];
        let paragraph = Paragraph { parts, ..Paragraph::default() };
        let one = set(&paragraph, &Readings::none(), &mut Numbering::default());
        assert_eq!(
            words(&one),
            [("a", None), ("previews", None), ("now", None), ("then", Some(0))]
                .map(|(word, site)| (word.to_owned(), site))
        );
    }

    #[test]
    fn blanks_change_what_is_copied_and_nothing_that_is_set() {
        let sign = Part::Sign { site: 9, plain: ' ', readings: vec!['\u{2005}', '\u{2008}'] };
        let mark = Part::Sign { site: 10, plain: '’', readings: vec!['\'', '’'] };
        let fixed = |text: &str| Part::Fixed(text.to_owned());
        let parts = vec![fixed("one"), sign, fixed("two"), mark, fixed("s")];
        let paragraph = Paragraph { parts, ..Paragraph::default() };
        let row = [(9, 1), (10, 0)].into_iter().collect();
        let marked = set(&paragraph, &row, &mut Numbering::default());
        assert_eq!(marked.text(), "one two's");
        assert_eq!(marked.letters[3].copied, '\u{2008}');
        assert_eq!(words(&marked)[1], ("two's".to_owned(), Some(0)));
    }
}
