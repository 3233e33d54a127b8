//! Reads a picture of a page: which text it shows, where its words stand, what its marks say.
//!
//! All of it is classical: even light, boxes of words, word widths as a fingerprint of the text, least
//! squares, matched filters. There is no character recognition and no learned model, nothing depends
//! on a key or a row, and the same picture gives the same reading, bit for bit.
//!
//! [`search`] asks a page index ([`Segment`]) which texts a picture may show. [`read`] compares it with
//! one [`Paper`]: the words of every wording, and how each looks. Wording and line breaks come from
//! the picture itself; each mark is read against its two unmarked neighbours.
//!
//! The crate is pure: no clock, no randomness, no files. Typesetting is somebody else's business.

mod align;
mod bars;
mod columns;
mod display;
mod filter;
mod index;
mod light;
mod lines;
mod marks;
mod paper;
pub mod picture;
mod plane;
mod read;
mod solve;
mod spectrum;
mod straight;
mod track;
mod view;
mod wording;
mod words;

/// Version of the rules by which pictures are read; whoever keeps readings keeps it with them.
pub const READING_VERSION: u32 = 5;

pub use image::GrayImage;
pub use index::{MOST_PLACES, MOST_TEXTS, Match, Matches, Segment, SegmentError, TextId, ask};
pub use marks::{Mark, Marking};
pub use paper::{
    MOST_CHOICES, MOST_READINGS, MOST_TOKENS, Paper, PaperError, SHAPE_SCALE, Shape, Slot, Token,
};
pub use plane::Plane;
pub use read::{Candidate, LEAST_SUPPORT, Reading, SeenWord, read, search};
pub use view::View;
pub use wording::Choice;
pub use words::InkBox;
