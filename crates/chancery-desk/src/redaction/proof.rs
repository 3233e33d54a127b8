//! The form of a public version, and its verification off line. No archive, no key but the record's public one.

use std::fmt::Write as _;

use chancery_record::{CompactRange, Entry, Hash, Receipt, Salt, VerifierKey};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::DeskError;
use crate::ledger::Body;

/// Name and version of the form.
pub(super) const SCHEMA: &str = "chancery/redaction/v1";
/// Kind of the entry that commits to a paper's runs.
pub(super) const REDACTABLE: &str = "paper.redactable";
/// Separates the text from its proof.
pub(super) const FENCE: &str = "\n----- PROOF -----\n";
/// Most runs of a paper.
const MAX_RUNS: usize = 2_000_000;

/// What a verification of a public version found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedRedaction {
    /// The paper.
    pub paper: String,
    /// When it was released, RFC 3339 in UTC.
    pub released: String,
    /// Its runs.
    pub runs: usize,
    /// Those hidden.
    pub hidden: usize,
    /// The record's name.
    pub record: String,
    /// Entry of the record that commits to the paper's runs.
    pub entry: u64,
}

/// What stands below the text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    pub(super) schema: String,
    /// The entry's canonical bytes.
    pub(super) record: String,
    /// Its receipt (C2SP tlog-proof).
    pub(super) receipt: String,
    pub(super) runs: Vec<Run>,
}

/// One run as published: paragraph (from 0), then text and salt, or reason and salted hash.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Run {
    #[serde(rename = "+")]
    Shown(u32, String, String),
    #[serde(rename = "-")]
    Hidden(u32, String, String),
}

impl Run {
    const fn paragraph(&self) -> u32 {
        match self {
            Self::Shown(paragraph, ..) | Self::Hidden(paragraph, ..) => *paragraph,
        }
    }
}

/// Checks a public version off line, with the record's public key alone.
///
/// # Errors
/// [`DeskError::Input`] when it is no public version, [`DeskError::Record`] when anything in it does not
/// follow from the record.
pub fn verify_redaction(bytes: &[u8], key: &str) -> Result<VerifiedRedaction, DeskError> {
    let key: VerifierKey =
        key.trim().parse().map_err(|e| DeskError::Input(format!("the key cannot be read: {e}")))?;
    let input = |problem: &str| DeskError::Input(format!("not a public version: {problem}"));
    let text = std::str::from_utf8(bytes).map_err(|_| input("it is not text"))?;
    let (shown, proof) = text.split_once(FENCE).ok_or_else(|| input("it has no proof"))?;
    let proof: Proof = serde_json::from_str(proof).map_err(|e| input(&e.to_string()))?;
    if proof.schema != SCHEMA || proof.runs.len() > MAX_RUNS {
        return Err(input("its proof has another form"));
    }
    let receipt = Receipt::parse(proof.receipt.as_bytes()).map_err(|e| input(&e.to_string()))?;
    let record = |problem: String| DeskError::Record(problem);
    receipt
        .verify(proof.record.as_bytes(), &key, &[])
        .map_err(|e| record(format!("its receipt: {e}")))?;
    let entry: Body = serde_json::from_str(&proof.record).map_err(|e| input(&e.to_string()))?;
    let field = |name: &str| entry.fields.get(name);
    if entry.kind != REDACTABLE {
        return Err(record(format!("its receipt is for another act ({})", entry.kind)));
    }
    if field("runs") != Some(&json!(proof.runs.len())) {
        return Err(record("runs of the paper are missing or added".into()));
    }
    let mut leaves = Vec::with_capacity(proof.runs.len());
    let mut hidden = 0;
    for run in &proof.runs {
        let bytes = |text: &str| -> Result<[u8; 32], DeskError> {
            let bytes = hex::decode(text).ok().and_then(|b| b.try_into().ok());
            bytes.ok_or_else(|| input("a salt or hash is not 32 bytes in hexadecimal"))
        };
        let commitment = match run {
            Run::Shown(_, text, salt) => commit(&Salt::from_bytes(bytes(salt)?), text),
            Run::Hidden(_, _, hash) => {
                hidden += 1;
                Entry::from_bytes(bytes(hash)?)
            }
        };
        leaves.push(leaf(run.paragraph(), &commitment));
    }
    if field("root") != Some(&json!(CompactRange::root_of(leaves).to_string())) {
        return Err(record("its runs are not those of the released paper, or not in place".into()));
    }
    if written(&entry, &proof.runs) != shown {
        return Err(record("the text above the proof is not the one that is proved".into()));
    }
    Ok(VerifiedRedaction {
        paper: paper_of(&entry),
        released: entry.at,
        runs: proof.runs.len(),
        hidden,
        record: key.name().as_str().to_owned(),
        entry: receipt.proof().index(),
    })
}

fn paper_of(entry: &Body) -> String {
    let paper = entry.fields.get("paper").and_then(serde_json::Value::as_str);
    paper.unwrap_or_default().to_owned()
}

/// The readable part: a heading, then the paragraphs with marks for what is hidden.
pub(super) fn written(entry: &Body, runs: &[Run]) -> String {
    let mut out = format!("Public version of {}, released {}\n", paper_of(entry), entry.at);
    let mut paragraph = None;
    let mut mark: Option<&str> = None;
    for run in runs {
        if paragraph != Some(run.paragraph()) {
            while out.ends_with(char::is_whitespace) {
                out.pop();
            }
            out.push_str("\n\n");
            paragraph = Some(run.paragraph());
            mark = None;
        }
        match run {
            Run::Shown(_, text, _) => {
                out.push_str(text);
                mark = None;
            }
            Run::Hidden(_, exemption, _) => {
                if mark != Some(exemption) {
                    let _ = write!(out, "████ [redacted: {exemption}] ");
                }
                mark = Some(exemption);
            }
        }
    }
    while out.ends_with(char::is_whitespace) {
        out.pop();
    }
    out.push('\n');
    out
}

pub(super) fn commit(salt: &Salt, text: &str) -> Entry {
    Entry::commit(salt, text.as_bytes())
}

pub(super) fn leaf(paragraph: u32, commitment: &Entry) -> Hash {
    Hash::leaf(&[paragraph.to_be_bytes().as_slice(), commitment.as_bytes()].concat())
}
