//! Character sites: kinds of space, apostrophe, hyphen and quotation mark.
//!
//! Every reading has visible width and looks like itself; nothing is zero-width, nothing imitates a
//! letter. Which kinds of space survive real copy and paste was measured: `bench/paste/RESULTS.md`.

use serde::{Deserialize, Serialize};

/// What kind of character stands at a character place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Glyph {
    /// Between two words.
    #[serde(rename = "s")]
    Space,
    /// Inside or at the end of a word.
    #[serde(rename = "a")]
    Apostrophe,
    /// Inside a compound.
    #[serde(rename = "h")]
    Hyphen,
    /// Opening double quotation mark; shares its site with the closing one.
    #[serde(rename = "o")]
    QuoteOpen,
    /// Closing double quotation mark.
    #[serde(rename = "c")]
    QuoteClose,
}

/// Readings of a space: about as wide as one, and lines wrap at them.
///
/// The typewriter's own space is not among them: whatever folds spaces (NFKC, a content system, a PDF,
/// a retyper) folds to that one, so a folded place reads as an erasure and never as evidence.
pub const SPACES: &[char] = &['\u{2005}', '\u{2008}', '\u{205f}'];
/// Two gaps between words of three carry a mark; the others stay typewriter spaces.
pub const MARKED_GAPS: (u32, u32) = (2, 3);
const APOSTROPHES: &[char] = &['\'', '’'];
const HYPHENS: &[char] = &['-', '\u{2010}'];
const OPENING: &[char] = &['"', '“'];
const CLOSING: &[char] = &['"', '”'];

impl Glyph {
    /// The characters that readings 0, 1, ... of this kind show.
    #[must_use]
    pub fn readings(self) -> &'static [char] {
        match self {
            Self::Space => SPACES,
            Self::Apostrophe => APOSTROPHES,
            Self::Hyphen => HYPHENS,
            Self::QuoteOpen => OPENING,
            Self::QuoteClose => CLOSING,
        }
    }

    /// Number of readings.
    #[must_use]
    pub fn arity(self) -> u8 {
        u8::try_from(self.readings().len()).expect("a handful of readings")
    }

    /// What stands there in a text without marks.
    #[must_use]
    pub fn plain(self) -> char {
        match self {
            Self::Space => ' ',
            Self::Apostrophe => '’',
            Self::Hyphen => '-',
            Self::QuoteOpen => '“',
            Self::QuoteClose => '”',
        }
    }

    /// The character of reading `symbol`; the last one beyond the end.
    #[must_use]
    pub fn reading(self, symbol: u8) -> char {
        let readings = self.readings();
        readings[usize::from(symbol).min(readings.len() - 1)]
    }

    /// Which reading a character is, if any.
    #[must_use]
    pub fn symbol_of(self, c: char) -> Option<u8> {
        let at = self.readings().iter().position(|&r| r == c)?;
        u8::try_from(at).ok()
    }
}
