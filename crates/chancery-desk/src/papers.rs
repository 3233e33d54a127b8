//! Papers at the desk: references, headings, sealed parts, and the checked state of a released paper.

use std::collections::BTreeMap;

use chancery_code::{PaperKey, SiteLaws, known_decoder};
use chancery_domain::label::SecurityLabel;
use chancery_domain::{Label, PaperKind, PaperState, Precedence, Tag};
use chancery_store::{PaperId, PaperRow, Part, Tx};
use chancery_text::canon::TEXT_VERSION;
use chancery_text::extract::Reader;
use chancery_text::master::Master;
use chancery_vault::{Aad, Nonce, Padding, PaperDek, PaperNonce, commit_release, open, seal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::archive::{decode, encode};
use crate::copies::copies_root;
use crate::outside::random;
use crate::page::FrozenPage;
use crate::{Archive, DeskError};

/// A paper's heading; sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its id in the file it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Its own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Date as written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Where it was sent from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Originator as written on it.
    pub from: String,
    /// Addressee as written on it.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Marking.
    pub label: Label,
    /// Its label under the house's policy, from which the marking is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<SecurityLabel>,
    /// Its labels before that one, each with the instant at which it ended, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<(Timestamp, SecurityLabel)>,
    /// Precedence words as written on an imported paper.
    #[serde(default)]
    pub precedence: Vec<String>,
    /// Precedence for the offices that are to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Precedence>,
    /// Precedence for the offices that are to know, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Precedence>,
    /// When it must have been dealt with (DESKBY).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Subject codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Earlier papers that it refers to, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<RefLine>,
    /// References as written on an imported paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ref_text: Option<String>,
    /// Whom a letter is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Day of the meeting that a minute or a board paper is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Date>,
    /// Item on the board's agenda.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether renderings number the paragraphs; the text that marks and tracing see has no numbers.
    #[serde(default)]
    pub numbered: bool,
    /// Portion marks by paragraph; empty when the paper has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portions: Vec<Option<String>>,
    /// Signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// Words of the text.
    pub words: usize,
}

/// A reference to an earlier paper, as its drafter saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefLine {
    /// The paper, such as `P12`.
    pub paper: String,
    /// Its office and number.
    pub shown: String,
}

/// What makes a paper's marks its own, and the version of the marking key it was drafted under.
pub(crate) struct DrawnNonce {
    pub(crate) nonce: PaperNonce,
    pub(crate) marking: u32,
}

impl DrawnNonce {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [self.nonce.as_bytes().as_slice(), &self.marking.to_le_bytes()].concat()
    }

    /// Papers of the first edition have no version; theirs is the first.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (nonce, marking) = bytes.split_first_chunk::<32>()?;
        let marking = match marking {
            [] => 1,
            _ => u32::from_le_bytes(marking.try_into().ok()?),
        };
        Some(Self { nonce: PaperNonce::from_bytes(*nonce), marking })
    }
}

fn lock_of(bytes: &[u8]) -> Result<[u8; 32], DeskError> {
    bytes.try_into().map_err(|_| {
        DeskError::Archive("the lock of a heading is damaged; restore a backup".into())
    })
}

/// How users refer to a paper: `P12`.
#[must_use]
pub(crate) fn reference(id: PaperId) -> String {
    format!("P{}", id.0)
}

/// A released paper with everything needed to render and to trace, checked against the record.
pub(crate) struct Released {
    pub(crate) id: PaperId,
    pub(crate) head: Head,
    pub(crate) row: PaperRow,
    pub(crate) master: Master,
    pub(crate) reader: Reader,
    pub(crate) laws: SiteLaws,
    pub(crate) key: PaperKey,
    pub(crate) leaves: u32,
    /// What its pages are made with; papers of the first releases have none.
    pub(crate) page: Option<FrozenPage>,
}

/// What the record commits to at release. Every value is hashed under its name.
pub(crate) struct ReleaseParts<'a> {
    pub(crate) master: &'a [u8],
    pub(crate) laws: &'a [u8],
    pub(crate) copies: [u8; 32],
    pub(crate) leaves: u32,
    pub(crate) text_version: u32,
    /// Releases of earlier editions name none.
    pub(crate) decoder_version: Option<u32>,
    pub(crate) alpha: &'a str,
    pub(crate) page: Option<&'a [u8]>,
}

impl ReleaseParts<'_> {
    pub(crate) fn commitment(&self) -> String {
        let leaves = self.leaves.to_be_bytes();
        let version = self.text_version.to_be_bytes();
        let decoder = self.decoder_version.map(u32::to_be_bytes);
        let mut parts = BTreeMap::from([
            ("master", self.master),
            ("laws", self.laws),
            ("copies-root", self.copies.as_slice()),
            ("copies-leaves", leaves.as_slice()),
            ("text-version", version.as_slice()),
            ("alpha", self.alpha.as_bytes()),
        ]);
        if let Some(decoder) = &decoder {
            parts.insert("decoder-version", decoder);
        }
        if let Some(page) = self.page {
            parts.insert("page", page);
        }
        hex::encode(commit_release(&parts))
    }
}

impl Archive {
    /// Finds the paper a user means: `P12`, `12`, or the id it had in an imported file.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn find_paper(
        &self,
        tx: &mut Tx,
        reference: &str,
    ) -> Result<PaperRow, DeskError> {
        let unknown = || unknown_paper(reference);
        let number = reference.strip_prefix(['P', 'p']).unwrap_or(reference);
        let by_number = match number.parse() {
            Ok(id) => tx.paper(PaperId(id)).await?,
            Err(_) => None,
        };
        if let Some(row) = by_number {
            return Ok(row);
        }
        let source = self.source_hash(reference);
        let id = tx.paper_of_source(&source).await?.ok_or_else(unknown)?;
        tx.paper(id).await?.ok_or_else(unknown)
    }

    /// Keyed hash under which an imported id is looked up.
    pub(crate) fn source_hash(&self, source_id: &str) -> [u8; 32] {
        self.index.lookup("paper.source", source_id.as_bytes())
    }

    /// The heading of a paper.
    pub(crate) fn head(&self, paper: &PaperRow) -> Result<Head, DeskError> {
        let row = paper.id.0.to_string();
        let aad = Aad::new("paper", &row, "head", 0);
        match &paper.lock {
            Some(lock) => decode(&open(&self.key.behind(&lock_of(lock)?), &aad, &paper.sealed)?),
            None => decode(&open(&self.key, &aad, &paper.sealed)?),
        }
    }

    /// Seals a heading for the paper's row, behind the paper's lock if it has one: without the lock nobody opens
    /// it, so that it can be destroyed with the paper.
    pub(crate) fn seal_head(
        &self,
        id: PaperId,
        lock: Option<&[u8]>,
        head: &Head,
    ) -> Result<Vec<u8>, DeskError> {
        let row = id.0.to_string();
        let aad = Aad::new("paper", &row, "head", 0);
        let nonce = Nonce::from_bytes(random());
        let plain = encode(head);
        Ok(match lock {
            Some(lock) => {
                seal(&self.key.behind(&lock_of(lock)?), &aad, Padding::Field, &plain, nonce)?
            }
            None => seal(&self.key, &aad, Padding::Field, &plain, nonce)?,
        })
    }

    /// Makes the paper's data key and keeps it wrapped.
    pub(crate) async fn new_dek(
        &self,
        tx: &mut Tx,
        id: PaperId,
        kind: PaperKind,
    ) -> Result<PaperDek, DeskError> {
        let dek = PaperDek::from_bytes(random());
        tx.set_part(id, Part::Key, &self.wrap_dek(id, kind, &dek)?).await?;
        Ok(dek)
    }

    /// Unwraps the paper's data key.
    pub(crate) async fn dek(&self, tx: &mut Tx, id: PaperId) -> Result<PaperDek, DeskError> {
        let wrapped = tx.part(id, Part::Key).await?.ok_or_else(|| missing(id, "key"))?;
        self.unwrap_dek(id, &wrapped)
    }

    /// Keeps a part of a paper, sealed under the paper's data key.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        dek: &PaperDek,
        id: PaperId,
        part: Part,
        plain: &[u8],
    ) -> Result<(), DeskError> {
        let row = id.0.to_string();
        let aad = Aad::new("part", &row, part.name(), 0);
        let sealed = seal(dek, &aad, Padding::Body, plain, Nonce::from_bytes(random()))?;
        Ok(tx.set_part(id, part, &sealed).await?)
    }

    /// A part of a paper.
    pub(crate) async fn kept(
        &self,
        tx: &mut Tx,
        dek: &PaperDek,
        id: PaperId,
        part: Part,
    ) -> Result<Vec<u8>, DeskError> {
        let sealed = tx.part(id, part).await?.ok_or_else(|| missing(id, part.name()))?;
        let row = id.0.to_string();
        Ok(open(dek, &Aad::new("part", &row, part.name(), 0), &sealed)?.to_vec())
    }

    /// The marking key of a paper with this nonce and master.
    pub(crate) fn paper_key(
        &self,
        drawn: &DrawnNonce,
        master: &[u8],
    ) -> Result<PaperKey, DeskError> {
        use sha2::{Digest, Sha256};
        let hash: [u8; 32] = Sha256::digest(master).into();
        self.with_marking(drawn.marking, |key| {
            PaperKey::from_bytes(*key.paper_key(&drawn.nonce, &hash).expose())
        })
    }

    /// Everything of a released paper, after checking it against what the record committed to.
    ///
    /// # Errors
    /// When it is a draft, or master, laws or keys are not those that were released.
    pub(crate) async fn released(&self, tx: &mut Tx, row: PaperRow) -> Result<Released, DeskError> {
        let id = row.id;
        if row.state == PaperState::Destroyed {
            return Err(chancery_domain::rules::Refusal::Destroyed.into());
        }
        if row.state != PaperState::Released {
            return Err(chancery_domain::rules::Refusal::NotReleased.into());
        }
        let dek = self.dek(tx, id).await?;
        let master_bytes = self.kept(tx, &dek, id, Part::Master).await?;
        let laws_bytes = self.kept(tx, &dek, id, Part::Laws).await?;
        let page_bytes = match tx.part(id, Part::Page).await? {
            Some(_) => Some(self.kept(tx, &dek, id, Part::Page).await?),
            None => None,
        };
        let nonce = self.nonce(tx, &dek, id).await?;
        let key = self.paper_key(&nonce, &master_bytes)?;
        let position = row.release_leaf.ok_or_else(|| missing(id, "release"))?;
        let entry = self.entry(tx, position).await?;
        let text = |name: &str| entry.fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let count = |name: &str| {
            let value = entry.fields.get(name).and_then(Value::as_u64).unwrap_or_default();
            u32::try_from(value).unwrap_or_default()
        };
        let version = |name: &str| -> Result<Option<u32>, DeskError> {
            let Some(value) = entry.fields.get(name) else { return Ok(None) };
            let known = value.as_u64().and_then(|version| u32::try_from(version).ok());
            known.map(Some).ok_or_else(|| missing(id, "version"))
        };
        let decoder_version = version("decoder_version")?;
        let text_version = version("text_version")?.unwrap_or_default();
        let copies = copies_root(&entry);
        let parts = ReleaseParts {
            master: &master_bytes,
            laws: &laws_bytes,
            copies,
            leaves: count("copies_leaves"),
            text_version,
            decoder_version,
            alpha: text("alpha"),
            page: page_bytes.as_deref(),
        };
        if parts.commitment() != text("commitment") {
            return Err(DeskError::Record(format!(
                "{} is not what was released: its text, site table, laws or keys have changed",
                reference(id)
            )));
        }
        let unknown = |e: &dyn std::fmt::Display| {
            DeskError::Archive(format!("{} cannot be used here: {e}", reference(id)))
        };
        known_decoder(decoder_version).map_err(|e| unknown(&e))?;
        if text_version > TEXT_VERSION {
            return Err(unknown(&format!(
                "version {text_version} of the reading rules is not known here (this program has version {TEXT_VERSION}); use a program of that version"
            )));
        }
        let master = Master::from_bytes(&master_bytes)
            .map_err(|e| DeskError::Archive(format!("{}: {e}", reference(id))))?;
        let reader = Reader::new(&master);
        let laws = decode(&laws_bytes)?;
        let head = self.head(&row)?;
        let page = page_bytes.as_deref().map(decode).transpose()?;
        Ok(Released { id, head, row, master, reader, laws, key, leaves: parts.leaves, page })
    }

    /// The random value that makes the paper's marks its own.
    pub(crate) async fn nonce(
        &self,
        tx: &mut Tx,
        dek: &PaperDek,
        id: PaperId,
    ) -> Result<DrawnNonce, DeskError> {
        let bytes = self.kept(tx, dek, id, Part::Nonce).await?;
        DrawnNonce::from_bytes(&bytes).ok_or_else(|| missing(id, "nonce"))
    }
}

/// The error for a paper that is not there, or that is not to be known of.
pub(crate) fn unknown_paper(reference: &str) -> DeskError {
    DeskError::Unknown {
        what: "paper",
        name: reference.chars().filter(|c| !c.is_control()).take(60).collect(),
        hint: "; see: chancery paper list",
    }
}

fn missing(id: PaperId, part: &str) -> DeskError {
    DeskError::Archive(format!("{}: its {part} is missing; restore a backup", reference(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CableRecord, Clock, Finders, Format, LeakFile, Request, Traced};
    use chancery_code::DECODER_VERSION;
    use chancery_text::build::Choice;
    use chancery_text::lexicon::Lexicon;

    const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.";

    const OTHER: &str = "Nobody expected that the survey of the eastern shoals would be finished before winter. The pilots have lost a third of their boats, and those who stay ask for contracts in writing.";

    fn cable(id: &str, text: &str) -> CableRecord {
        let paragraphs: Vec<String> =
            (0..3).map(|at| format!("{at}. In part {at}: {text}")).collect();
        serde_json::from_value(serde_json::json!({"id": id, "paragraphs": paragraphs})).unwrap()
    }

    async fn exercise(finders: &Finders, id: &str) -> (tempfile::TempDir, Archive) {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
        let choice = Choice::default();
        archive.import_exercise(&[cable(id, TEXT)], 5, &choice, finders, |_, _| {}).await.unwrap();
        (folder, archive)
    }

    /// Changes a sealed part of the paper as somebody with the key could.
    async fn rewrite(archive: &Archive, part: Part, change: impl Fn(Vec<u8>) -> Vec<u8>) {
        let mut tx = archive.store.begin().await.unwrap();
        let id = archive.find_paper(&mut tx, "P1").await.unwrap().id;
        let dek = archive.dek(&mut tx, id).await.unwrap();
        let plain = archive.kept(&mut tx, &dek, id, part).await.unwrap();
        archive.keep(&mut tx, &dek, id, part, &change(plain)).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains(from), "the control: there is something to change");
        text.replace(from, to).into_bytes()
    }

    /// Reads the paper back under a release that names `stated` and commits to `committed`, versions of decoder
    /// and text.
    async fn released_under(
        archive: &Archive,
        stated: (Option<u32>, u32),
        committed: (Option<u32>, u32),
    ) -> Result<Released, DeskError> {
        let mut act = archive.act().await.unwrap();
        let mut row = archive.find_paper(&mut act.tx, "P1").await.unwrap();
        let entry = archive.entry(&mut act.tx, row.release_leaf.unwrap()).await.unwrap();
        let dek = archive.dek(&mut act.tx, row.id).await.unwrap();
        let mut kept = Vec::new();
        for part in [Part::Master, Part::Laws, Part::Page] {
            kept.push(archive.kept(&mut act.tx, &dek, row.id, part).await.unwrap());
        }
        let field = |name: &str| entry.fields[name].clone();
        let parts = ReleaseParts {
            master: &kept[0],
            laws: &kept[1],
            copies: copies_root(&entry),
            leaves: field("copies_leaves").as_u64().unwrap().try_into().unwrap(),
            text_version: committed.1,
            decoder_version: committed.0,
            alpha: entry.fields["alpha"].as_str().unwrap(),
            page: Some(&kept[2]),
        };
        let same = [
            ("commitment", parts.commitment().into()),
            ("copies_root", field("copies_root")),
            ("copies_leaves", field("copies_leaves")),
            ("alpha", field("alpha")),
            ("text_version", stated.1.into()),
        ];
        let leaf = match stated.0 {
            None => act.enter("paper.released", same).await.unwrap(),
            Some(decoder) => {
                let [a, b, c, d, e] = same;
                let fields = [a, b, c, d, e, ("decoder_version", decoder.into())];
                act.enter("paper.released", fields).await.unwrap()
            }
        };
        row.release_leaf = Some(leaf);
        archive.released(&mut act.tx, row).await
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_changed_master_law_or_nonce_is_detected_even_with_the_key() {
        let reader = "r0001".parse().unwrap();
        for change in 0..4 {
            let (_folder, archive) = exercise(&Finders::embedded(), "x").await;
            archive.open_copy("x", &reader, Format::Txt).await.unwrap();
            match change {
                0 => rewrite(&archive, Part::Master, |b| replaced(&b, "harbour", "airport")).await,
                1 => {
                    rewrite(&archive, Part::Master, |b| {
                        replaced(&b, "\"lexicon\":\"", "\"lexicon\":\"0")
                    })
                    .await;
                }
                2 => rewrite(&archive, Part::Laws, |b| replaced(&b, "128", "127")).await,
                _ => rewrite(&archive, Part::Nonce, |_| vec![7; 32]).await,
            }
            let copy = archive.open_copy("x", &reader, Format::Txt).await;
            let verified = archive.verify(|_, _| {}).await;
            if change == 3 {
                // The nonce changes keys, not texts: the tree of copy keys shows it.
                assert!(matches!(verified, Err(DeskError::Record(_))), "{verified:?}");
            } else {
                assert!(matches!(copy, Err(DeskError::Record(_))), "change {change}");
                assert!(matches!(verified, Err(DeskError::Record(_))), "{verified:?}");
            }
        }
        // Versions of decoder and text: what the entry names has to be what was committed to.
        let (_folder, archive) = exercise(&Finders::embedded(), "x").await;
        let now = (Some(DECODER_VERSION), TEXT_VERSION);
        assert!(released_under(&archive, now, now).await.is_ok(), "the control: unchanged");
        let (other, older) = (DECODER_VERSION + 1, TEXT_VERSION - 1);
        for stated in [(Some(other), now.1), (None, now.1), (now.0, older), (now.0, now.1 + 1)] {
            let read = released_under(&archive, stated, now).await;
            assert!(matches!(read, Err(DeskError::Record(_))), "{stated:?}");
        }
        // Releases of earlier editions name no decoder: theirs is the first.
        assert!(released_under(&archive, (None, now.1), (None, now.1)).await.is_ok());
        // A version that is not known here is refused in words, even where everything fits.
        for (unknown, said) in [((Some(other), now.1), "decoder"), ((now.0, now.1 + 1), "reading")]
        {
            match released_under(&archive, unknown, unknown).await.map(|_| ()) {
                Err(DeskError::Archive(why)) => {
                    assert!(why.contains(said) && why.contains("use a program of that version"));
                }
                other => panic!("{unknown:?}: {other:?}"),
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_paper_of_an_older_lexicon_still_traces() {
        let files = Lexicon::embedded_files();
        let older = Box::leak(Box::new(Lexicon::parse(&files[..files.len() / 2]).unwrap()));
        assert_ne!(older.hash(), Lexicon::embedded().hash());
        let (_folder, archive) = exercise(&Finders::with_lexicon(older), "old").await;
        // The house has moved on; papers under the new lexicon join the old one.
        let (choice, finders) = (Choice::default(), Finders::embedded());
        archive
            .import_exercise(&[cable("new", OTHER)], 5, &choice, &finders, |_, _| {})
            .await
            .unwrap();
        let copy = archive.open_copy("old", &"r0003".parse().unwrap(), Format::Txt).await.unwrap();
        let leaks = vec![LeakFile { name: "leak.txt".into(), bytes: copy.bytes }];
        let request = Request { leaks, papers: Vec::new(), alpha: 1e-4, include_author: false };
        let Traced::Done(finding) = archive.trace(request, None).await.unwrap() else {
            panic!("an exercise approves by itself")
        };
        assert_eq!(finding.papers[0].source_id.as_deref(), Some("old"));
        assert_eq!(finding.named[0].reader.as_ref().unwrap().as_str(), "r0003");
    }
}
