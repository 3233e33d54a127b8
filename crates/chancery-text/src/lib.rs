//! Text: what copies may say differently, how it is written into them and read back from a leak.
pub mod passage;
pub mod proposal;
pub mod token;
