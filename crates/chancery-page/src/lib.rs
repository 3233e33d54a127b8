//! The page: papers typeset as copies, and their words read back from a PDF.
//!
//! In scope: the template, marks in the finished frames, PDF, PNG and SVG out, where words stand on a page,
//! text and positions out of a PDF. Out of scope: who gets which copy, what the readings are drawn from,
//! pictures of pages.
//!
//! [`read_pdf`] gives the words of a foreign PDF, [`shifts`] the layout sites of a paper among them.
//!
//! [`typeset`] sets a [`PaperSource`] with the [`Readings`] of a copy; the [`Pages`] it returns know their
//! [`geometry`] and how to become files.
mod decode;
mod drawing;
mod frames;
pub mod geometry;
mod pages;
mod pdf;
mod place;
mod source;
mod stretch;
mod typeset;
mod words;
mod world;

pub use decode::{SiteShift, shifts, weigh};
pub use drawing::Drawing;
pub use pages::{Grey, MAX_DPI, Pages};
pub use pdf::{
    MAX_FILE, MAX_GLYPHS, MAX_OBJECTS, MAX_PAGES, MAX_UNPACKED, PdfError, PdfText, is_pdf, read_pdf,
};
pub use source::{
    Form, MAX_PARAGRAPHS, MAX_TEXT, MAX_WORD, PageError, PaperSource, Paragraph, Part, Readings,
    WORDS_BASE, WORDS_CAPACITY,
};
pub use stretch::{MOST_WORDINGS, Stretch, stretches};
pub use typeset::typeset;
pub use words::{RULE, word_sites};
pub use world::engine;
