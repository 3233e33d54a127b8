//! What a verification says: the same bytes for the same pack, whoever runs it.
//!
//! Numbers that came from floating point are texts of fixed precision, bounds rounded up, so that a program
//! in another language writes the same bytes.

use serde::Serialize;

/// Schema of the JSON.
pub const REPORT_SCHEMA: &str = "chancery/verified-finding/v1";

/// On whose word the entries stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    /// The pack agrees with itself; nobody says that its record is the archive's.
    Consistent,
    /// The log that the policy names has signed; no witness was asked for, so the operator alone stands for the
    /// order of events.
    Log,
    /// Enough witnesses have signed, the marks before the leak was received.
    Witnessed,
}

impl Authority {
    /// The first line for a reader.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Consistent => {
                "consistent, not authenticated: give a trust policy to know whose record this is"
            }
            Self::Log => {
                "authenticated by the archive alone, unwitnessed: nothing shows that the marks were fixed before the leak"
            }
            Self::Witnessed => {
                "authenticated and witnessed: the marks were fixed before the leak was received"
            }
        }
    }
}

/// A pack that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// [`REPORT_SCHEMA`].
    pub schema: &'static str,
    /// SHA-256 of the pack.
    pub pack_sha256: String,
    /// On whose word.
    pub authority: Authority,
    /// Name of the log.
    pub log: String,
    /// When the last of the known witnesses had signed the releases, in seconds since 1970; only where the
    /// authority is *witnessed*.
    pub witnessed_at: Option<u64>,
    /// Whether all leaks were read again; false in a redacted pack, and where one is a PDF.
    pub extracted_again: bool,
    /// The engine with which places of words on pages were read; whoever has it can read them again.
    pub page_engine: Option<String>,
    /// What was recomputed.
    pub finding: Recomputed,
}

/// The finding, computed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recomputed {
    /// Number of the inquiry.
    pub inquiry: String,
    /// Whether its readers are invented.
    pub exercise: bool,
    /// N.
    pub readers: u64,
    /// The level at which a copy may be named.
    pub alpha: String,
    /// What earlier looks at the same places spent; in every bound.
    pub spent_before: String,
    /// Number of the attempt.
    pub attempt: u64,
    /// Sum of the levels of all attempts up to this one.
    pub summed_alpha: String,
    /// Acts before the leak that put many copies into one hand.
    pub exports: u64,
    /// The papers.
    pub papers: Vec<RecomputedPaper>,
    /// The copies named.
    pub named: Vec<RecomputedCopy>,
    /// The invented readers.
    pub decoys: RecomputedDecoys,
    /// The sentence.
    pub statement: String,
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecomputedPaper {
    /// Reference.
    pub paper: String,
    /// Sites of the paper.
    pub offered: usize,
    /// Sites about which the leak says something.
    pub read: usize,
}

/// A copy that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecomputedCopy {
    /// The copies of one person, by paper.
    pub copies: Vec<String>,
    /// The bound, rounded up.
    pub p_adjusted: String,
    /// The tail of the score, before any factor, rounded up.
    pub p: String,
    /// The score in 1/64 bit.
    pub score: i64,
    /// The model of leaking that gave the bound.
    pub model: String,
    /// The round that gave it.
    pub round: usize,
    /// `pooled`, or the paper.
    pub route: String,
    /// log2 of the e-value.
    pub log2_e: String,
}

/// Invented readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecomputedDecoys {
    /// How many.
    pub count: usize,
    /// Best log2 e-value among them.
    pub best_log2: Option<String>,
    /// Whether they were seeded with a checkpoint that was signed after the evidence was entered.
    pub seeded_after: bool,
}

impl Verified {
    /// The canonical bytes: JSON without white space, and one newline.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("a report holds strings and integers only");
        bytes.push(b'\n');
        bytes
    }
}

/// A probability to four digits, never below it: `1.235e-12`.
pub(crate) fn bound(p: f64) -> String {
    format!("{:.3e}", (p * 1.0005).min(1.0))
}

/// A level as it was set, to four digits.
pub(crate) fn level(alpha: f64) -> String {
    format!("{alpha:.3e}")
}

/// Bits to one decimal.
pub(crate) fn bits(log2: f64) -> String {
    format!("{log2:.1}")
}
