//! The page: papers typeset as copies, and their words read back from a PDF.
//!
//! In scope: the template, marks in the finished frames, PDF, PNG and SVG out, where words stand on a page,
//! text and positions out of a PDF. Out of scope: who gets which copy, what the readings are drawn from,
//! pictures of pages.
//!
//! [`typeset`] sets a [`PaperSource`] with the [`Readings`] of a copy; the [`Pages`] it returns know their
//! [`geometry`] and how to become files.
mod frames;
pub mod geometry;
mod pages;
mod place;
mod source;
mod typeset;
mod words;
mod world;

pub use pages::{Grey, MAX_DPI, Pages};
pub use source::{
    Form, MAX_PARAGRAPHS, MAX_TEXT, MAX_WORD, PageError, PaperSource, Paragraph, Part, Readings,
    WORDS_BASE, WORDS_CAPACITY,
};
pub use typeset::typeset;
pub use words::{RULE, word_sites};
pub use world::engine;
