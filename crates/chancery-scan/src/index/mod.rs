//! The page index: which text do these word widths belong to?
//!
//! Marks move words and never change their widths, so six successive widths divided by their sum
//! name a place in an archive, whatever the size of the picture. Pictures of pages give such widths
//! line by line; the index holds those of the running texts, across line ends, because copies break
//! their lines differently.

mod chain;
mod gram;
mod search;
mod segment;

pub use search::{Match, Matches, ask};
pub use segment::{MOST_PLACES, MOST_TEXTS, Segment, SegmentError, TextId};
