//! The running text of a paper in all its wordings at once, for whoever looks for it in a picture.
//!
//! Stretches are parted by the blanks that every copy has, so all copies have the same ones in the same
//! order, whatever their wording and wherever their lines break.

use crate::source::{Paragraph, Part};
use crate::words::Numbering;

/// Most wordings of one stretch; further places within it are taken as drafted.
pub const MOST_WORDINGS: usize = 24;

/// What stands between two blanks that every copy has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// A word that is the same in every copy.
    Word {
        /// As set.
        text: String,
        /// Its layout site, if it is one.
        site: Option<u32>,
    },
    /// Words that copies may have otherwise.
    Place {
        /// The wording sites within it, each with its number of readings.
        sites: Vec<(u32, u8)>,
        /// The text for every combination of their readings; those of the last site vary fastest.
        texts: Vec<String>,
    },
}

/// The stretches of all paragraphs, in order. Layout sites are numbered as in every copy.
#[must_use]
pub fn stretches(paragraphs: &[Paragraph]) -> Vec<Stretch> {
    let mut walk = Walk::default();
    for paragraph in paragraphs {
        walk.run = 0;
        for part in &paragraph.parts {
            match part {
                Part::Fixed(text) => text.chars().for_each(|c| walk.letter(c)),
                // Other signs look nearly alike; the drafted one stands for all.
                Part::Sign { plain, .. } => walk.letter(*plain),
                Part::Varies { site, plain, readings } => walk.place(*site, *plain, readings),
            }
        }
        walk.close();
    }
    walk.out
}

#[derive(Default)]
struct Walk {
    out: Vec<Stretch>,
    numbering: Numbering,
    run: u32,
    sites: Vec<(u32, u8)>,
    texts: Vec<String>,
    touched: bool,
}

impl Walk {
    fn letter(&mut self, c: char) {
        if c.is_whitespace() {
            self.close();
        } else if self.texts.is_empty() {
            self.texts.push(c.into());
        } else {
            self.texts.iter_mut().for_each(|text| text.push(c));
        }
    }

    fn place(&mut self, site: u32, plain: u8, readings: &[String]) {
        self.touched = true;
        if self.texts.is_empty() {
            self.texts.push(String::new());
        }
        let count = u8::try_from(readings.len()).unwrap_or(u8::MAX);
        let known = self.sites.iter().any(|(other, _)| *other == site);
        if readings.is_empty() || known || self.texts.len() * readings.len() > MOST_WORDINGS {
            let drafted = readings.get(usize::from(plain)).or_else(|| readings.last());
            let drafted = drafted.map(String::as_str).unwrap_or_default();
            self.texts.iter_mut().for_each(|text| text.push_str(drafted));
        } else {
            self.texts = self
                .texts
                .iter()
                .flat_map(|text| readings.iter().map(move |reading| format!("{text}{reading}")))
                .collect();
            self.sites.push((site, count));
        }
    }

    fn close(&mut self) {
        let sites = std::mem::take(&mut self.sites);
        let mut texts = std::mem::take(&mut self.texts);
        if std::mem::take(&mut self.touched) {
            self.run = 0;
            if texts.iter().any(|text| !text.trim().is_empty()) {
                self.out.push(Stretch::Place { sites, texts });
            }
        } else if let Some(text) = texts.pop() {
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            let site = self.numbering.word(&mut self.run, letters);
            self.out.push(Stretch::Word { text, site });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Readings;
    use crate::words::set_all;

    fn varies(site: u32, readings: &[&str]) -> Part {
        let readings = readings.iter().map(|r| (*r).to_owned()).collect();
        Part::Varies { site, plain: 0, readings }
    }

    fn sample() -> Vec<Paragraph> {
        let fixed = |text: &str| Part::Fixed(text.to_owned());
        let blank = Part::Sign { site: 90, plain: ' ', readings: vec!['\u{2005}', '\u{2008}'] };
        let mark = Part::Sign { site: 91, plain: '’', readings: vec!['\'', '’'] };
        let first = vec![
            fixed("One two"),
            blank,
            fixed("three men"),
            mark,
            fixed("s was "),
            varies(0, &["really ", ""]),
            fixed("tall, a "),
            varies(1, &["big", "large"]),
            varies(2, &["", " old"]),
            fixed("ish man came home soon"),
        ];
        let second = vec![fixed("And so on it went - to the end")];
        [first, second].map(|parts| Paragraph { parts, ..Paragraph::default() }).to_vec()
    }

    #[test]
    fn sites_are_those_of_the_copies() {
        let own: Vec<(String, u32)> = stretches(&sample())
            .into_iter()
            .filter_map(|stretch| match stretch {
                Stretch::Word { text, site } => Some((text, site?)),
                Stretch::Place { .. } => None,
            })
            .collect();
        let (set, count) = set_all(&sample(), &Readings::none());
        let words = set.iter().flat_map(|paragraph| {
            paragraph.words.iter().filter_map(|word| {
                let letters = &paragraph.letters[word.letters.clone()];
                Some((letters.iter().map(|l| l.set).collect::<String>(), word.site?))
            })
        });
        assert_eq!(own, words.collect::<Vec<_>>());
        assert_eq!(own.len(), count as usize);
    }

    #[test]
    fn every_combination_of_a_stretch_is_there() {
        let found = stretches(&sample());
        let places: Vec<&Stretch> =
            found.iter().filter(|s| matches!(s, Stretch::Place { .. })).collect();
        let texts = ["bigish", "big oldish", "largeish", "large oldish"].map(str::to_owned);
        assert_eq!(
            places,
            [
                &Stretch::Place {
                    sites: vec![(0, 2)],
                    texts: vec!["really tall,".into(), "tall,".into()]
                },
                &Stretch::Place { sites: vec![(1, 2), (2, 2)], texts: texts.to_vec() },
            ]
        );
        let many = (0..6).map(|site| varies(site, &["a", "b"])).collect();
        let found = stretches(&[Paragraph { parts: many, ..Paragraph::default() }]);
        let [Stretch::Place { sites, texts }] = &found[..] else { panic!("{found:?}") };
        assert_eq!((sites.len(), texts.len()), (4, 16), "the fifth stays as drafted");
    }
}
