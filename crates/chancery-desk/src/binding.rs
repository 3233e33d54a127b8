//! Who has which copy: looked up by a keyed hash, sealed under a key of its own, committed to in the record.
//!
//! The server has to give a reader the same copy again, so from person to number it can always go while it is
//! open. What lies on disks and in backups goes neither way without the file `binding`; and an officer goes
//! from number to person through a box that opens for two officers together (`officers`). `THREATS.md` says
//! what this stops and what not.

use chancery_store::{BindingRow, PaperId, PersonId, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ledger::{Act, Body};
use crate::outside::random;
use crate::papers::reference;
use crate::{Archive, DeskError};

/// Kind of the entry that binds a copy number to a person.
pub(crate) const MINTED: &str = "copy.minted";
/// First bytes of the commitment to a binding.
const COMMITMENT: &[u8] = b"chancery/binding/v1";
/// Bytes of a box: person, number, salt.
const BOX_BYTES: usize = 8 + 4 + 32;

/// A copy that was minted: one person's number for one paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyRow {
    /// The paper.
    pub(crate) paper: PaperId,
    /// Whose copy it is.
    pub(crate) person: PersonId,
    /// Position of its key in the paper's tree of copy keys.
    pub(crate) number: u32,
    /// Entry that bound the two.
    pub(crate) leaf: u64,
    /// What keeps the commitment in that entry from being guessed.
    pub(crate) salt: [u8; 32],
}

impl CopyRow {
    /// What the entry of its minting holds: `SHA-256("chancery/binding/v1" || salt || paper || number ||
    /// person)`, numbers little endian.
    fn commitment(&self) -> [u8; 32] {
        let hasher = Sha256::new().chain_update(COMMITMENT).chain_update(self.salt);
        let hasher = hasher.chain_update(self.paper.0.to_le_bytes());
        let hasher = hasher.chain_update(self.number.to_le_bytes());
        hasher.chain_update(self.person.0.to_le_bytes()).finalize().into()
    }

    /// Whether an entry is the one that bound this copy to this person.
    pub(crate) fn is_bound_by(&self, entry: &Body) -> bool {
        entry.kind == MINTED
            && entry.fields.get("paper") == Some(&json!(reference(self.paper)))
            && entry.fields.get("binding") == Some(&json!(hex::encode(self.commitment())))
    }

    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.to_box().to_vec();
        bytes.extend(self.leaf.to_le_bytes());
        bytes
    }

    /// What two officers learn together.
    pub(crate) fn to_box(self) -> [u8; BOX_BYTES] {
        let mut out = [0; BOX_BYTES];
        out[..8].copy_from_slice(&self.person.0.to_le_bytes());
        out[8..12].copy_from_slice(&self.number.to_le_bytes());
        out[12..].copy_from_slice(&self.salt);
        out
    }

    /// Reads a box of `paper`, bound by the entry `leaf`.
    pub(crate) fn from_box(paper: PaperId, bytes: &[u8], leaf: u64) -> Option<Self> {
        let bytes: &[u8; BOX_BYTES] = bytes.try_into().ok()?;
        Some(Self {
            paper,
            person: PersonId(i64::from_le_bytes(*bytes.first_chunk()?)),
            number: u32::from_le_bytes(*bytes[8..].first_chunk()?),
            leaf,
            salt: *bytes[12..].first_chunk()?,
        })
    }

    fn from_bytes(paper: PaperId, bytes: &[u8]) -> Option<Self> {
        let (boxed, leaf) = bytes.split_at_checked(BOX_BYTES)?;
        Self::from_box(paper, boxed, u64::from_le_bytes(leaf.try_into().ok()?))
    }
}

/// Where a binding stands.
fn place(paper: PaperId, holder: &[u8; 32]) -> String {
    format!("{}-{}", paper.0, hex::encode(holder))
}

impl Archive {
    fn open_binding(&self, paper: PaperId, row: &BindingRow) -> Result<CopyRow, DeskError> {
        let rewritten = || {
            DeskError::Record(format!(
                "a copy of {} is bound by something that this archive did not write; the database was rewritten, or the file “binding” is not this archive's",
                reference(paper)
            ))
        };
        let at = place(paper, &row.holder);
        let plain = open(&self.binding, &Aad::new("binding", &at, "sealed", 0), &row.sealed)
            .map_err(|_| rewritten())?;
        CopyRow::from_bytes(paper, &plain).ok_or_else(rewritten)
    }

    /// All copies of a paper, by number.
    pub(crate) async fn copies(
        &self,
        tx: &mut Tx,
        paper: PaperId,
    ) -> Result<Vec<CopyRow>, DeskError> {
        let rows = tx.bindings(paper).await?;
        let mut copies: Vec<CopyRow> =
            rows.iter().map(|row| self.open_binding(paper, row)).collect::<Result<_, _>>()?;
        copies.sort_unstable_by_key(|copy| copy.number);
        Ok(copies)
    }

    /// The copy of one person, if it was minted; of several that duplicate records left him, the one of
    /// the record that stays, else the lowest number.
    pub(crate) async fn copy_of(
        &self,
        tx: &mut Tx,
        paper: PaperId,
        person: PersonId,
    ) -> Result<Option<CopyRow>, DeskError> {
        let mut best: Option<CopyRow> = None;
        for record in tx.records_of(person).await? {
            let holder = self.binding.holder(paper.0, record.0);
            let Some(row) = tx.binding(paper, &holder).await? else { continue };
            let copy = self.open_binding(paper, &row)?;
            if record == person {
                return Ok(Some(copy));
            }
            if best.is_none_or(|best| copy.number < best.number) {
                best = Some(copy);
            }
        }
        Ok(best)
    }

    /// A copy's number, for an entry that must not tell it to whoever reads the record alone.
    pub(crate) fn sealed_number(&self, copy: &CopyRow) -> Result<String, DeskError> {
        let paper = reference(copy.paper);
        let aad = Aad::new("leaf", &paper, "copy", 0);
        let nonce = Nonce::from_bytes(random());
        let number = copy.number.to_le_bytes();
        Ok(hex::encode(seal(&self.binding, &aad, Padding::Field, &number, nonce)?))
    }
}

impl Act<'_> {
    /// Binds a number to a person, once and for all.
    pub(crate) async fn bind(
        &mut self,
        paper: PaperId,
        person: PersonId,
        number: u32,
    ) -> Result<CopyRow, DeskError> {
        // The binding is a salted commitment: fixed before any leak, telling nothing without its salt.
        let mut copy = CopyRow { paper, person, number, leaf: 0, salt: random() };
        copy.leaf = self
            .enter(
                MINTED,
                [
                    ("paper", json!(reference(paper))),
                    ("binding", json!(hex::encode(copy.commitment()))),
                ],
            )
            .await?;
        let archive = self.archive;
        let holder = archive.binding.holder(paper.0, person.0);
        let at = place(paper, &holder);
        let aad = Aad::new("binding", &at, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&archive.binding, &aad, Padding::Field, &copy.to_bytes(), nonce)?;
        let boxed = match self.box_recipient().await? {
            Some(recipient) => Some(boxed(&recipient, &copy)?),
            None => None,
        };
        self.tx.add_binding(paper, &BindingRow { holder, sealed, boxed }).await?;
        Ok(copy)
    }

    /// Boxes every copy of the archive for `recipient`.
    pub(crate) async fn box_all(
        &mut self,
        recipient: &age::x25519::Recipient,
    ) -> Result<usize, DeskError> {
        let mut count = 0;
        for paper in self.tx.papers().await? {
            for row in self.tx.bindings(paper.id).await? {
                let copy = self.archive.open_binding(paper.id, &row)?;
                let boxed = boxed(recipient, &copy)?;
                self.tx.box_binding(paper.id, &row.holder, &boxed).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}

fn boxed(recipient: &age::x25519::Recipient, copy: &CopyRow) -> Result<Vec<u8>, DeskError> {
    age::encrypt(recipient, &copy.to_box())
        .map_err(|e| DeskError::Archive(format!("a binding cannot be boxed: {e}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chancery_text::build::Choice;

    use super::*;
    use crate::{CableRecord, Clock, Finders, Format};

    #[tokio::test(flavor = "current_thread")]
    async fn neither_the_database_nor_the_record_tells_who_has_which_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let archive = Archive::init(&path, Clock::System).await.unwrap();
        let text = "The pilots have lost a third of their men to the northern yards, and those who remain ask for contracts in writing before the ice comes down the river again.";
        let cable = serde_json::json!({"id": "x", "paragraphs": [text]});
        let cable: CableRecord = serde_json::from_value(cable).unwrap();
        let (choice, finders) = (Choice::default(), Finders::embedded());
        archive.import_exercise(&[cable], 3, &choice, &finders, |_, _| {}).await.unwrap();
        for reader in ["r0001", "r0002", "r0001"] {
            archive.open_copy("x", &reader.parse().unwrap(), Format::Txt).await.unwrap();
        }
        let (mut minted, mut sealed) = (0, BTreeSet::new());
        let fields = |body: &Body| body.fields.keys().cloned().collect::<Vec<_>>();
        archive
            .walk(|_, body| {
                if body.kind == MINTED {
                    minted += 1;
                    assert_eq!(fields(body), ["binding", "paper"]);
                } else if body.kind == "copy.opened" {
                    assert_eq!(fields(body), ["copy", "format", "office", "paper"]);
                    assert!(sealed.insert(body.fields["copy"].as_str().map(str::to_owned)));
                }
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!((minted, sealed.len()), (2, 3), "the same copy, sealed anew each time");
        let mut tx = archive.store.begin().await.unwrap();
        let paper = archive.find_paper(&mut tx, "x").await.unwrap().id;
        let copies = archive.copies(&mut tx, paper).await.unwrap();
        for copy in &copies {
            archive.check_binding(&mut tx, copy).await.unwrap();
            let read = CopyRow::from_bytes(paper, &copy.to_bytes());
            assert_eq!(read, Some(*copy));
            // Control: another person, number or salt is not what the record bound.
            for other in [
                CopyRow { person: PersonId(copy.person.0 + 1), ..*copy },
                CopyRow { number: copy.number ^ 1, ..*copy },
                CopyRow { salt: [0; 32], ..*copy },
            ] {
                assert!(archive.check_binding(&mut tx, &other).await.is_err());
            }
        }
        drop(tx);
        archive.close().await;
        // A thief with database and key file, and a file `binding` of his own.
        let theirs = folder.path().join("b");
        Archive::init(&theirs, Clock::System).await.unwrap().close().await;
        std::fs::copy(theirs.join("binding"), path.join("binding")).unwrap();
        let refused = Archive::open(&path, Clock::System).await.unwrap_err();
        assert!(refused.to_string().contains("binding"), "{refused}");
        std::fs::remove_file(path.join("binding")).unwrap();
        let refused = Archive::open(&path, Clock::System).await.unwrap_err();
        assert!(refused.to_string().contains("put it back"), "{refused}");
    }
}
