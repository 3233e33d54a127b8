//! What is typeset: a paper as plain data, and the readings that make it one copy.
//!
//! Text never becomes markup: it travels to the template as values. What the page's fonts cannot show
//! and what is too long is refused here, before anything is set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// First id of word sites.
pub const WORDS_BASE: u32 = 1 << 21;
/// How many word sites a paper may have.
pub const WORDS_CAPACITY: u32 = 1 << 21;

/// Most paragraphs of a paper.
pub const MAX_PARAGRAPHS: usize = 4_096;
/// Most bytes of text in a paper, all readings of all places counted.
pub const MAX_TEXT: usize = 4 << 20;
/// Longest word, in characters.
pub const MAX_WORD: usize = 400;
/// Longest line of the heading, in bytes.
pub(crate) const MAX_HEADING: usize = 4_096;
/// Most lines of the heading, and most notices.
pub(crate) const MAX_LINES: usize = 64;

/// The design of the page, by kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A telegram.
    Cable,
    /// A letter to a named person.
    Letter,
    /// A text for publication.
    Statement,
    /// The minute of a meeting.
    Minute,
    /// A paper for a board.
    BoardPaper,
    /// A report.
    Report,
}

impl Form {
    /// The word by which the template knows it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cable => "cable",
            Self::Letter => "letter",
            Self::Statement => "statement",
            Self::Minute => "minute",
            Self::BoardPaper => "board-paper",
            Self::Report => "report",
        }
    }
}

/// A paper, ready to be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSource {
    /// The design.
    pub form: Form,
    /// Identifies the paper's master; the only thing that a PDF's own identifiers are made from.
    pub identity: String,
    /// The marking, at head and foot of every page.
    pub label: String,
    /// Title of the kind of paper, such as `Minute of the meeting of 4 May`.
    pub title: Option<String>,
    /// The subject line.
    pub subject: String,
    /// How urgent it is, shown large.
    pub precedence: Option<String>,
    /// What the reader must see first, such as that the paper is cancelled.
    pub notices: Vec<String>,
    /// The heading: names and values in order.
    pub lines: Vec<(String, String)>,
    /// The text.
    pub paragraphs: Vec<Paragraph>,
    /// Signature.
    pub signed: Option<String>,
    /// Names the copy, where the house wants that seen.
    pub copy_line: Option<String>,
    /// Says that copies are individual; at the foot of every page.
    pub notice: String,
}

/// One paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its number, where the paper numbers paragraphs.
    pub number: Option<u32>,
    /// Its portion mark.
    pub portion: Option<String>,
    /// Its text.
    pub parts: Vec<Part>,
}

/// A stretch of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The same in every copy.
    Fixed(String),
    /// A wording place.
    Varies {
        /// Its site.
        site: u32,
        /// The reading of the paper as drafted.
        plain: u8,
        /// The text of each reading.
        readings: Vec<String>,
    },
    /// A character place. Kinds of blank look the same in every copy and are copied out differently.
    Sign {
        /// Its site.
        site: u32,
        /// What stands there without a mark.
        plain: char,
        /// What each reading gives to whoever copies the text out.
        readings: Vec<char>,
    },
}

/// The readings of a copy by site; a site that is not there is not marked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readings(BTreeMap<u32, u8>);

impl Readings {
    /// No marks: the paper as drafted.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The reading at a site.
    #[must_use]
    pub fn get(&self, site: u32) -> Option<u8> {
        self.0.get(&site).copied()
    }

    /// The same wording and characters without any marks of the page.
    #[must_use]
    pub fn without_layout(&self) -> Self {
        Self(self.0.range(..WORDS_BASE).map(|(site, reading)| (*site, *reading)).collect())
    }

    /// The sites, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u8)> {
        self.0.iter().map(|(site, reading)| (*site, *reading))
    }
}

impl FromIterator<(u32, u8)> for Readings {
    fn from_iter<T: IntoIterator<Item = (u32, u8)>>(sites: T) -> Self {
        Self(sites.into_iter().collect())
    }
}

/// Why a paper cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// More than a page can hold.
    #[error(
        "the paper has {what} of {found}, and a typeset paper at most {most}; open it as txt or html"
    )]
    TooLong {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: usize,
        /// How much there may be.
        most: usize,
    },
    /// A character that the page's fonts do not have, or that would act on the text around it.
    #[error(
        "{place} holds the character U+{code:04X}, which cannot be typeset; open the paper as txt or html"
    )]
    Character {
        /// Where.
        place: String,
        /// The character.
        code: u32,
    },
    /// The typesetter gave up.
    #[error("the paper could not be typeset: {0}")]
    Typesetter(String),
    /// The finished frames do not hold the text that was given.
    #[error(
        "paragraph {paragraph} came out of the typesetter as another text than went in; open the paper as txt or html and report this"
    )]
    Lost {
        /// The paragraph, counted from 1.
        paragraph: usize,
    },
}

impl PaperSource {
    /// Refuses what cannot be set.
    pub(crate) fn check(&self, has: impl Fn(char) -> bool) -> Result<(), PageError> {
        at_most("paragraphs", self.paragraphs.len(), MAX_PARAGRAPHS)?;
        at_most("heading lines", self.lines.len(), MAX_LINES)?;
        at_most("notices", self.notices.len(), MAX_LINES)?;
        let heading = [&self.label, &self.subject, &self.notice]
            .into_iter()
            .chain(&self.title)
            .chain(&self.precedence)
            .chain(&self.notices)
            .chain(self.lines.iter().flat_map(|(name, value)| [name, value]))
            .chain(&self.signed)
            .chain(&self.copy_line);
        for text in heading {
            at_most("a heading line", text.len(), MAX_HEADING)?;
            characters(text, "the heading", &has)?;
        }
        let mut bytes = 0;
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            let place = format!("paragraph {}", at + 1);
            let mut word = 0;
            for text in paragraph.parts.iter().flat_map(Part::texts) {
                bytes += text.len();
                at_most("a text", bytes, MAX_TEXT)?;
                characters(text, &place, &has)?;
                for c in text.chars() {
                    word = if c.is_whitespace() { 0 } else { word + 1 };
                    at_most("a word", word, MAX_WORD)?;
                }
            }
            if let Some(portion) = &paragraph.portion {
                at_most("a portion mark", portion.len(), MAX_WORD)?;
                characters(portion, &place, &has)?;
            }
        }
        Ok(())
    }
}

impl Part {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Fixed(text) => vec![text],
            Self::Varies { readings, .. } => readings.iter().map(String::as_str).collect(),
            Self::Sign { .. } => Vec::new(),
        }
    }
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), PageError> {
    if found > most { Err(PageError::TooLong { what, found, most }) } else { Ok(()) }
}

fn characters(text: &str, place: &str, has: &impl Fn(char) -> bool) -> Result<(), PageError> {
    let bad = |c: &char| *c != ' ' && (c.is_control() || c.is_whitespace() || !has(*c));
    match text.chars().find(bad) {
        Some(c) => Err(PageError::Character { place: place.to_owned(), code: u32::from(c) }),
        None => Ok(()),
    }
}
