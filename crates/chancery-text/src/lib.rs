//! Text: what copies may say differently, how it is written into them and read back from a leak.
pub mod build;
pub mod canon;
pub mod characters;
mod ids;
pub mod markup;
pub mod master;
pub mod passage;
pub mod proposal;
pub mod token;
