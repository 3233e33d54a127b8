//! Where the words of a typeset page stand, in points: plain data, free of the typesetter.
//!
//! Lengths are PostScript points (1/72 inch) from the page's upper left corner, x to the right and y
//! downwards. What is read from a picture or a PDF is brought into the same form by whoever reads it.

use serde::{Deserialize, Serialize};

/// The largest shift of a word, in points, either way.
pub const MAX_SHIFT: f64 = 0.30;
/// The largest shift of a word as a part of the gaps beside it.
pub const SHIFT_OF_GAP: f64 = 0.11;
/// Words beside a narrower gap, in points, are not shifted.
pub const LEAST_GAP: f64 = 1.5;

/// How far a word between gaps of this width is shifted, in points; 0 where it carries no mark.
#[must_use]
pub fn shift(gap: f64) -> f64 {
    if gap < LEAST_GAP { 0.0 } else { MAX_SHIFT.min(SHIFT_OF_GAP * gap) }
}

/// All pages of a paper, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// The pages.
    pub pages: Vec<Page>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Lines of text in reading order; furniture (headings, page foot) among them.
    pub lines: Vec<Line>,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The paragraph of the paper it belongs to; `None` for what stands around the text.
    pub paragraph: Option<u32>,
    /// The baseline.
    pub baseline: f64,
    /// Size of the type.
    pub size: f64,
    /// Words from left to right.
    pub words: Vec<Word>,
}

/// One word of a line, with the marks of punctuation that touch it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As set on the page.
    pub text: String,
    /// Where its first glyph begins: pen positions, white space within glyphs included.
    pub x0: f64,
    /// Where its last glyph ends.
    pub x1: f64,
    /// Left edge of its ink.
    pub ink0: f64,
    /// Right edge of its ink.
    pub ink1: f64,
    /// The layout site that it is, whether or not this copy marks it.
    pub site: Option<u32>,
    /// How far its site moves it when marked; 0 where it stands too tight or at a line's end.
    pub reach: f64,
}

impl Geometry {
    /// Lines of the paper's own text, page by page.
    pub fn body(&self) -> impl Iterator<Item = &Line> {
        self.pages.iter().flat_map(|page| &page.lines).filter(|line| line.paragraph.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_follow_the_gap_and_stop_at_a_third_of_a_point() {
        assert!((shift(2.0) - 0.22).abs() < 1e-12);
        assert!((shift(2.75) - 0.30).abs() < 0.003);
        assert!((shift(6.0) - MAX_SHIFT).abs() < 1e-12);
        assert!(shift(1.49) == 0.0);
    }
}
