//! The page: papers typeset as copies, and their words read back from a PDF.
//!
//! In scope: the template, marks in the finished frames, PDF, PNG and SVG out, where words stand on a page,
//! text, positions and pictures of pages out of a PDF. Out of scope: who gets which copy, what the readings
//! are drawn from, what pictures of pages show.
//!
//! [`read_pdf`] gives the words of a PDF, [`read_foreign`] also its pages that are pictures, [`shifts`] the
//! layout sites of a paper among the words.
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
    Foreign, MAX_FILE, MAX_GLYPHS, MAX_OBJECTS, MAX_PAGE_PIXELS, MAX_PAGES, MAX_PICTURES,
    MAX_UNPACKED, PagePicture, PdfError, PdfText, is_pdf, read_foreign, read_pdf, read_written,
};
pub use source::{
    Form, MAX_PARAGRAPHS, MAX_TEXT, MAX_WORD, PageError, PaperSource, Paragraph, Part, Readings,
    WORDS_BASE, WORDS_CAPACITY,
};
pub use stretch::{MOST_WORDINGS, Stretch, stretches};
pub use typeset::typeset;
pub use words::{RULE, word_sites};
pub use world::engine;
