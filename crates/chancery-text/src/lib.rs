//! Text: what copies may say differently, how it is written into them and read back from a leak.
pub mod align;
pub mod build;
pub mod canon;
pub mod characters;
pub mod extract;
mod ids;
pub mod incoming;
pub mod lexicon;
pub mod markup;
pub mod master;
pub mod order;
pub mod passage;
pub mod proposal;
pub mod punctuation;
pub mod settle;
pub mod sketch;
pub mod token;
pub mod typography;
