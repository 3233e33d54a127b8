//! The pack as a file: canonical JSON, with named limits.
//!
//! In scope: what a pack holds and the one spelling it has. Out of scope: whether any of it is true.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a pack says that it is.
pub const PACK_SCHEMA: &str = "chancery/contest-pack/v1";
/// The largest pack that is read, in bytes.
pub const PACK_BYTES_MAX: usize = 128 << 20;
/// The most leaks of one inquiry.
pub const MOST_LEAKS: usize = 64;
/// The most copies that one finding names in a pack.
pub const MOST_ACCUSED: usize = 64;

/// The most invented readers of a pack.
pub const MOST_DECOYS: u32 = 1_000_000;

/// Why a file is no pack.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// Over [`PACK_BYTES_MAX`].
    #[error("the pack is longer than {PACK_BYTES_MAX} bytes")]
    TooLong,
    /// Not the JSON of a pack.
    #[error("not a contest pack: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Of another schema.
    #[error("this is not of the form {PACK_SCHEMA}; use a program that knows `{0}`")]
    Schema(String),
    /// The same content can be spelt in another way, and was.
    #[error("the pack is not in its one canonical spelling: it was edited or reformatted")]
    Spelling,
    /// No paper, no accused copy, or too many of something.
    #[error("a pack has 1 to {most} {what}, not {found}")]
    Count {
        /// Of what.
        what: &'static str,
        /// Most.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// More invented readers than are drawn.
    #[error("a pack has at most {MOST_DECOYS} invented readers")]
    Decoys,
    /// Marked as redacted and whole at once, or the other way round.
    #[error("the pack says that it is {0}redacted, and is not so")]
    Redaction(&'static str),
}

/// Bytes, written as base64 (RFC 4648 section 4, with padding).
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(&text).map(Self).map_err(|_| de::Error::custom("a value is not base64"))
    }
}

/// Everything needed to recompute one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// [`PACK_SCHEMA`].
    pub schema: String,
    /// Number of the inquiry.
    pub inquiry: String,
    /// Whether text was left out for a reader who may no longer see the papers.
    pub redacted: bool,
    /// The verifier key of the record (C2SP vkey). Believed only where no policy is given.
    pub log: String,
    /// The entries of the inquiry.
    pub entries: Entries,
    /// The leaks in the order of the inquiry.
    pub leaks: Vec<PackLeak>,
    /// The papers in the order of the inquiry.
    pub papers: Vec<PackPaper>,
    /// The copies that the finding names, in its order.
    pub accused: Vec<Accused>,
    /// The invented readers.
    pub decoys: PackDecoys,
}

/// The entries of an inquiry, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// The leaks, before anything else.
    pub opened: Entered,
    /// The second officer.
    pub approved: Entered,
    /// All that scoring may depend on.
    pub frozen: Entered,
    /// What was found.
    pub result: Entered,
}

/// An entry of the record: its exact bytes and the proof that they were entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// The bytes, which are JSON.
    pub body: String,
    /// C2SP tlog-proof with the entry's salt as extra data.
    pub receipt: String,
}

/// A leak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackLeak {
    /// Its file name, by which its kind is told.
    pub file: String,
    /// Its bytes as received; null in a redacted pack.
    pub bytes: Option<Bytes>,
}

/// A paper of the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPaper {
    /// The entry of its release.
    pub release: Entered,
    /// Text and site table, canonical; null in a redacted pack.
    pub master: Option<Bytes>,
    /// The exact law of every site, canonical JSON.
    pub laws: String,
    /// How its pages are set, canonical JSON; null where the release fixed nothing of it.
    pub page: Option<String>,
    /// What was read of it, by leak.
    pub readings: Vec<PackReading>,
    /// What pictures of its pages said, in the order of leaks and pictures; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PackPage>,
}

/// What one picture said of one paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPage {
    /// Index of the leak.
    pub leak: usize,
    /// Number of the picture in its file, from 1.
    pub picture: u32,
    /// Canonical evidence. It holds numbers, no word.
    pub evidence: Bytes,
}

/// What was read from one leak of one paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackReading {
    /// Index of the leak.
    pub leak: usize,
    /// The extraction, canonical. It holds numbers and places, no word.
    pub extraction: Bytes,
    /// What the places of words on its pages said, canonical evidence; null where nothing was read of them.
    pub layout: Option<Bytes>,
}

/// One person's copies, named together: an entry for each paper, null where none is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accused {
    /// The copies, in the order of the papers.
    pub copies: Vec<Option<OpenedCopy>>,
}

/// A copy whose key is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedCopy {
    /// Its number.
    pub number: u32,
    /// The 32 bytes from which its row follows.
    pub key: Bytes,
    /// The audit path of its key to the root in the release (RFC 6962), from the leaf upwards.
    pub path: Vec<Bytes>,
}

/// How the invented readers were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackDecoys {
    /// How many.
    pub count: u32,
    /// The signed checkpoint whose SHA-256 seeded them, beside the evidence.
    pub checkpoint: String,
}

impl Pack {
    /// Reads a pack. The form is checked, nothing is verified.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PackError> {
        if bytes.len() > PACK_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        let pack: Self = serde_json::from_slice(bytes)?;
        if pack.schema != PACK_SCHEMA {
            return Err(PackError::Schema(pack.schema.chars().take(80).collect()));
        }
        let count = |what, found, most| match (1..=most).contains(&found) {
            true => Ok(()),
            false => Err(PackError::Count { what, most, found }),
        };
        count("papers", pack.papers.len(), chancery_code::MOST_PAPERS)?;
        count("leaks", pack.leaks.len(), MOST_LEAKS)?;
        count("accused copies", pack.accused.len(), MOST_ACCUSED)?;
        if pack.decoys.count > MOST_DECOYS {
            return Err(PackError::Decoys);
        }
        let masters = pack.papers.iter().map(|paper| paper.master.is_some());
        let whole = pack.leaks.iter().map(|leak| leak.bytes.is_some()).chain(masters);
        for there in whole {
            if there == pack.redacted {
                return Err(PackError::Redaction(if pack.redacted { "" } else { "not " }));
            }
        }
        if pack.to_bytes() != bytes {
            return Err(PackError::Spelling);
        }
        Ok(pack)
    }

    /// The canonical bytes: JSON without white space, members in the order of the fields, and one newline.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("a pack holds strings and integers only");
        bytes.push(b'\n');
        bytes
    }

    /// The pack without the words of leaks and papers. Everything but the extraction can still be
    /// recomputed, and what was left out is pinned by its hash in the record.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut pack = self.clone();
        pack.redacted = true;
        pack.leaks.iter_mut().for_each(|leak| leak.bytes = None);
        pack.papers.iter_mut().for_each(|paper| paper.master = None);
        pack
    }
}
