//! The exposure index: which documents hold a quotation, how rare that is, and how sure one may be.
//!
//! Works on numbers of words, not on texts: what a word is, and that all copies of a paper have the
//! same words, is the business of whoever folds them. No clock, no randomness, no files; storage comes
//! in as [`Blocks`], whom a search may show what as [`View`].
//!
//! A search has three steps: a [`CandidateSource`] finds exact runs of the query in the documents that
//! the viewer may see, [`rank`] keeps the best hundred documents, [`align`] compares those word by word.

pub mod align;
pub mod blocks;
pub mod cluster;
pub mod document;
mod draw;
pub mod index;
pub mod joint;
mod lattice;
mod log;
mod pages;
pub mod postings;
mod query;
pub mod rank;
pub mod scan;
mod segment;
mod sort;
mod spread;
mod suffix;
mod view;
pub mod vocabulary;

pub use align::{Hit, Pair, Place};
pub use blocks::{BLOCK_BYTES, BlockError, Blocks};
pub use document::{Branch, DocId, Document, DocumentError};
pub use draw::Draw;
pub use index::{Budget, Change, Found, Holders, Index, IndexError};
pub use query::{Query, QueryError, UNKNOWN};
pub use rank::{CandidateSource, Occurrence};
pub use segment::{Segment, SegmentError};
pub use spread::spread;
pub use view::View;
pub use vocabulary::Vocabulary;
