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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character that a copy may show in place of another, with the width that Unicode gives its name:
    /// a share of an em for spaces, a sign of its own otherwise. Whoever adds a reading looks at it first.
    const ALLOWED: &[(char, &str)] = &[
        ('\u{2005}', "four-per-em space, 1/4 em"),
        ('\u{2008}', "punctuation space, as wide as a full stop"),
        ('\u{205f}', "medium mathematical space, 4/18 em"),
        ('\'', "apostrophe"),
        ('’', "right single quotation mark"),
        ('-', "hyphen-minus"),
        ('\u{2010}', "hyphen"),
        ('"', "quotation mark"),
        ('“', "left double quotation mark"),
        ('”', "right double quotation mark"),
    ];

    /// What has no width: the joiners and breaks, the fillers, marks on other letters, tags and selectors.
    fn is_invisible(c: char) -> bool {
        matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{300}'..='\u{36f}')
    }

    fn is_harmless(c: char) -> bool {
        let listed = ALLOWED.iter().any(|(allowed, _)| *allowed == c);
        listed && !c.is_alphanumeric() && !c.is_control() && !is_invisible(c)
    }

    #[test]
    fn every_reading_has_visible_width_and_is_no_letter() {
        let glyphs =
            [Glyph::Space, Glyph::Apostrophe, Glyph::Hyphen, Glyph::QuoteOpen, Glyph::QuoteClose];
        let mut seen = Vec::new();
        for glyph in glyphs {
            assert!(glyph.readings().len() >= 2, "{glyph:?}");
            for &c in glyph.readings() {
                assert!(is_harmless(c), "{glyph:?}: U+{:04X}", u32::from(c));
                assert_eq!(c.is_whitespace(), glyph == Glyph::Space, "U+{:04X}", u32::from(c));
                seen.push(c);
            }
        }
        assert!(ALLOWED.iter().all(|(c, _)| seen.contains(c)), "nothing is allowed for nothing");
        // Control: zero-width, joining, look-alike (Cyrillic a, Greek omicron, modifier apostrophe).
        for c in ['\u{200b}', '\u{200d}', '\u{2060}', '\u{feff}', 'а', 'ο', 'ʼ'] {
            assert!(!is_harmless(c), "U+{:04X}", u32::from(c));
            assert!(is_invisible(c) || c.is_alphanumeric(), "U+{:04X}", u32::from(c));
        }
    }
}
