//! Redacted public versions, provably derived from the paper that was released.
//!
//! At release the drafted reading is cut into runs (a word with what follows it up to the next); each run gets
//! a salt of its own, and the root of the Merkle tree over the salted runs is entered in the record. A public
//! version gives text and salt of the runs it shows, and the salted hash alone of those it does not. Together
//! with the receipt of that entry, anybody can check off line that every run shown stands in the released
//! paper at that place and that nothing was left out unmarked.
//!
//! What it does not hide: how many words are behind a mark. What it does not prove: the reason written on a
//! mark, and that the archive committed to the right text on the day of the release.
//!
//! ```text
//! text  ‖  line of dashes  ‖  proof (JSON): record, receipt, runs
//! leaf = RFC 6962 leaf hash of (paragraph, 4 bytes BE ‖ SHA-256(salt ‖ run))
//! salt = SHA-256("chancery/redaction-salt/v1" ‖ seed ‖ number, 8 bytes BE)
//! ```

mod proof;
#[cfg(test)]
mod tests;

use chancery_domain::{Handle, rules};
use chancery_record::{CompactRange, Hash, Salt};
use chancery_store::{PaperId, Part};
use chancery_text::canon::clean;
use chancery_text::master::Master;
use chancery_vault::{Aad, Nonce, Padding, PaperDek, seal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError};

use proof::{FENCE, Proof, REDACTABLE, Run, SCHEMA, commit, leaf, written};
pub use proof::{VerifiedRedaction, verify_redaction};

/// Longest reason on a mark, in characters.
const MAX_EXEMPTION: usize = 60;

/// A stretch that the public does not see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    /// Paragraph, from 1.
    pub paragraph: usize,
    /// The words; the whole paragraph without them. They must stand in it once. Whole words are hidden.
    #[serde(default)]
    pub text: Option<String>,
    /// The exemption that stands on the mark, such as `s.27`.
    pub exemption: String,
}

/// A public version that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Redacted {
    /// The paper.
    pub paper: String,
    /// Its runs.
    pub runs: usize,
    /// Those hidden.
    pub hidden: usize,
    /// SHA-256 of the file, lower-case hex; it is in the record.
    pub sha256: String,
    /// Entry of the record.
    pub leaf: u64,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// What opens the runs of a paper; sealed under its key.
#[derive(Serialize, Deserialize)]
struct Opening {
    seed: String,
    leaf: u64,
}

impl Archive {
    /// Makes a public version of a paper: its drafted reading, without these stretches. The version is
    /// filed as public, and its hash is in the record before the text leaves.
    ///
    /// # Errors
    /// When `who` does not hold the originating office, the paper is closed, a stretch is not found, or the
    /// paper was released by a version that did not commit to its runs.
    pub async fn redact(
        &self,
        paper: &str,
        who: &Handle,
        redactions: &[Redaction],
    ) -> Result<Redacted, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let id = row.id;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Govern, person, &row).await?;
        act.retention(id).await?.may_publish(rules::utc_day(act.now))?;
        let released = self.released(&mut act.tx, row).await?;
        let dek = self.dek(&mut act.tx, id).await?;
        if act.tx.part(id, Part::Runs).await?.is_none() {
            return Err(DeskError::Procedure(format!(
                "{} was released before public versions could be proved; re-issue it first",
                reference(id)
            )));
        }
        let opening: Opening = decode(&self.kept(&mut act.tx, &dek, id, Part::Runs).await?)?;
        let runs = runs(&released.master.drafted());
        let hidden = hide(&runs, redactions)?;
        let seed = seed(&opening)?;
        let leaves: Vec<Hash> = runs
            .iter()
            .enumerate()
            .map(|(at, (paragraph, text))| leaf(*paragraph, &commit(&salt(&seed, at), text)))
            .collect();
        let root = CompactRange::root_of(leaves).to_string();
        let entry = self.entry(&mut act.tx, opening.leaf).await?;
        if entry.fields.get("root") != Some(&json!(root)) {
            return Err(DeskError::Record(format!(
                "{} is not the text whose runs were committed to at its release",
                reference(id)
            )));
        }
        let receipts = act.receipts(&[opening.leaf]).await?;
        let missing = || DeskError::Record(format!("entry {} is missing", opening.leaf));
        let (record, receipt) = receipts.into_iter().next().ok_or_else(missing)?;
        let proof = Proof {
            schema: SCHEMA.to_owned(),
            record: String::from_utf8_lossy(&record).into_owned(),
            receipt: receipt.to_string(),
            runs: runs
                .iter()
                .zip(&hidden)
                .enumerate()
                .map(|(at, ((paragraph, text), hidden))| {
                    let salt = salt(&seed, at);
                    match hidden {
                        None => Run::Shown(*paragraph, text.clone(), hex::encode(salt.as_bytes())),
                        Some(exemption) => Run::Hidden(
                            *paragraph,
                            exemption.clone(),
                            hex::encode(commit(&salt, text).as_bytes()),
                        ),
                    }
                })
                .collect(),
        };
        let mut text = written(&entry, &proof.runs);
        text.push_str(FENCE);
        text.push_str(&String::from_utf8_lossy(&encode(&proof)));
        text.push('\n');
        let bytes = text.into_bytes();
        let hidden = hidden.iter().flatten().count();
        let (leaf, sha256) = act.publish(id, person.0, &bytes, runs.len(), hidden).await?;
        act.commit().await?;
        let paper = reference(id);
        Ok(Redacted { paper, runs: runs.len(), hidden, sha256, leaf, bytes })
    }
}

impl Act<'_> {
    /// Commits to the runs of a paper that is being released.
    pub(crate) async fn redactable(
        &mut self,
        dek: &PaperDek,
        id: PaperId,
        master: &Master,
    ) -> Result<(), DeskError> {
        let seed: [u8; 32] = random();
        let runs = runs(&master.drafted());
        let leaves = runs
            .iter()
            .enumerate()
            .map(|(at, (paragraph, text))| leaf(*paragraph, &commit(&salt(&seed, at), text)));
        let root = CompactRange::root_of(leaves).to_string();
        // Nothing that could confirm a guess at the text stands here: the entry is published with the version.
        let entered = self
            .enter(
                REDACTABLE,
                [
                    ("paper", json!(reference(id))),
                    ("root", json!(root)),
                    ("runs", json!(runs.len())),
                ],
            )
            .await?;
        let opening = Opening { seed: hex::encode(seed), leaf: entered };
        self.archive.keep(&mut self.tx, dek, id, Part::Runs, &encode(&opening)).await
    }

    /// Files a public version and enters its hash.
    async fn publish(
        &mut self,
        id: PaperId,
        person: i64,
        bytes: &[u8],
        runs: usize,
        hidden: usize,
    ) -> Result<(u64, String), DeskError> {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let hash = hex::encode(sha256);
        let leaf = self
            .enter(
                "paper.published",
                [
                    ("paper", json!(reference(id))),
                    ("person", json!(person)),
                    ("sha256", json!(hash)),
                    ("runs", json!(runs)),
                    ("hidden", json!(hidden)),
                ],
            )
            .await?;
        let number = self.tx.next_publication().await?;
        let row = number.to_string();
        let aad = Aad::new("publication", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Body, bytes, nonce)?;
        self.tx.add_publication(number, id, &sha256, leaf, &sealed).await?;
        Ok((leaf, hash))
    }
}

/// The runs of a text: each a stretch without blanks with the blanks after it, and its paragraph from 0.
fn runs(paragraphs: &[String]) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        for run in paragraph.split_inclusive(char::is_whitespace) {
            out.push((number, run.to_owned()));
        }
    }
    out
}

/// For each run, the reason why it is hidden, if it is.
fn hide(
    runs: &[(u32, String)],
    redactions: &[Redaction],
) -> Result<Vec<Option<String>>, DeskError> {
    let mut out = vec![None; runs.len()];
    for redaction in redactions {
        let exemption = redaction.exemption.trim();
        let plain = |c: char| c.is_alphanumeric() || " .,()-/".contains(c);
        if !(1..=MAX_EXEMPTION).contains(&exemption.chars().count())
            || !exemption.chars().all(plain)
        {
            return Err(DeskError::Input(format!(
                "an exemption has 1 to {MAX_EXEMPTION} letters, digits and “.,()-/”, such as s.27"
            )));
        }
        let number = redaction.paragraph;
        let wanted = number.checked_sub(1).and_then(|n| u32::try_from(n).ok());
        let first = runs.iter().position(|(p, _)| Some(*p) == wanted);
        let first = first.ok_or_else(|| {
            DeskError::Input(format!("there is no paragraph {number} with text in it"))
        })?;
        let length = runs[first..].iter().take_while(|(p, _)| Some(*p) == wanted).count();
        let (from, to) = match &redaction.text {
            None => (0, usize::MAX),
            Some(text) => {
                let whole: String =
                    runs[first..first + length].iter().map(|(_, run)| run.as_str()).collect();
                let text = clean(text);
                let mut found = whole.match_indices(&text);
                match (text.is_empty(), found.next(), found.next()) {
                    (false, Some((at, _)), None) => (at, at + text.len()),
                    (false, Some(_), Some(_)) => {
                        return Err(DeskError::Input(format!(
                            "“{text}” stands in paragraph {number} more than once; give more words"
                        )));
                    }
                    _ => {
                        return Err(DeskError::Input(format!(
                            "“{text}” does not stand in paragraph {number} of the drafted text (your copy may word it otherwise); give other words, or the whole paragraph"
                        )));
                    }
                }
            }
        };
        let mut start = 0_usize;
        for ((_, run), out) in runs.iter().zip(&mut out).skip(first).take(length) {
            // A run is hidden when any of its letters is, not for the blanks after it.
            let end = start + run.trim_end().len();
            if start < to && from < end.max(start + 1) {
                *out = Some(exemption.to_owned());
            }
            start += run.len();
        }
    }
    Ok(out)
}

fn seed(opening: &Opening) -> Result<[u8; 32], DeskError> {
    let bytes = hex::decode(&opening.seed).ok().and_then(|b| b.try_into().ok());
    bytes.ok_or_else(|| DeskError::Archive("the opening of a paper's runs is damaged".into()))
}

fn salt(seed: &[u8; 32], at: usize) -> Salt {
    let digest = Sha256::new()
        .chain_update(b"chancery/redaction-salt/v1")
        .chain_update(seed)
        .chain_update((at as u64).to_be_bytes())
        .finalize();
    Salt::from_bytes(digest.into())
}
