//! Archives of many texts among which a page is to be found.

use chancery_capture::Chance;
use chancery_page::{Form, PaperSource, Paragraph, Part, Readings, typeset};
use chancery_scan::Segment;
use std::collections::BTreeMap;

/// Words of a synthetic text: about a page.
const WORDS: usize = 450;

/// The ink of each word, in points, as the page sets it.
pub struct Widths {
    by_word: BTreeMap<String, f32>,
    /// Of the words as often as they stand in the texts.
    all: Vec<f32>,
}

impl Widths {
    pub fn of(words: &[String]) -> Self {
        let mut distinct = words.to_vec();
        distinct.sort();
        distinct.dedup();
        let mut by_word = BTreeMap::new();
        for some in distinct.chunks(10_000) {
            let geometry = typeset(&plain(some), &Readings::none()).unwrap().geometry().unwrap();
            let mut set = geometry.body().flat_map(|l| &l.words);
            for word in some {
                // A word that a line's end broke has its parts side by side.
                let (mut seen, mut width) = (String::new(), 0.0);
                while seen.len() < word.len() {
                    let part = set.next().unwrap();
                    seen += &part.text;
                    width += (part.ink1 - part.ink0) as f32;
                }
                by_word.insert(word.clone(), width);
            }
        }
        let all = words.iter().map(|w| by_word[w]).collect();
        Self { by_word, all }
    }

    pub fn row(&self, words: &[String]) -> Vec<f32> {
        words.iter().map(|w| self.by_word[w]).collect()
    }

    /// These texts, numbered from 0, and texts of random words up to so many.
    pub fn archive(&self, texts: Vec<Vec<f32>>, count: usize, chance: &mut Chance) -> Segment {
        let any = |chance: &mut Chance| self.all[(chance.unit() * self.all.len() as f32) as usize];
        let mut rows = texts;
        while rows.len() < count {
            rows.push((0..WORDS).map(|_| any(chance)).collect());
        }
        let numbered = rows.iter().enumerate().map(|(k, row)| (k as u64, &row[..]));
        Segment::build(numbered).unwrap()
    }
}

/// A paper without places.
pub fn plain(words: &[String]) -> PaperSource {
    let mut source = super::source(&words[..1], Form::Letter, &mut Chance::new(1));
    source.paragraphs = words
        .chunks(70)
        .map(|text| Paragraph {
            number: None,
            portion: None,
            parts: vec![Part::Fixed(text.join(" "))],
        })
        .collect();
    source
}
