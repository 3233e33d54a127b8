//! The two things that come from outside the house: the time and randomness.
//!
//! Everything else gets them passed in, so that it can be recomputed.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the archive takes the time from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A fixed instant: for stories told about the past, such as the demonstration.
    Fixed(Timestamp),
    /// Milliseconds since 1970 that their owner moves while the archive is in use: for rehearsals and
    /// tests.
    Driven(&'static AtomicI64),
}

impl Clock {
    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
            Self::Driven(at) => {
                Timestamp::from_millisecond(at.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }
}

/// A secret that nobody guesses: 256 random bits.
#[must_use]
pub fn secret() -> [u8; 32] {
    random()
}

/// Bytes from the system's random source.
///
/// # Panics
/// When the system has no randomness: nothing can be sealed or marked then.
#[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system's random source works");
    bytes
}
