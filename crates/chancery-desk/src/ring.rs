//! The ring: the archive's keys, wrapped under its root key in the database.
//!
//! A new root key rewraps the ring and nothing else; a new archive key of a retention class rewraps the keys of
//! that class's papers and nothing else. A retention class is a kind of paper. What the keys open is not
//! touched by either.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use chancery_domain::{Handle, PaperKind};
use chancery_store::{PaperId, Part, RingRow, Tx};
use chancery_vault::{
    Aad, ArchiveKey, IndexKey, KeyId, KeyVersion, MarkingKey, Nonce, PaperDek, RootKey, SealingKey,
    Share, sealed_under,
};
use serde_json::json;

use crate::archive::copy_of;
use crate::custody::{self, Custody, ShareNotes};
use crate::outside::random;
use crate::{Archive, DeskError};

/// The key of the tables' short fields.
const FIELDS: &str = "fields";
const INDEX: &str = "index";
const MARKING: &str = "marking";
/// Before the name of a retention class.
const CLASS: &str = "class/";
const FIRST: KeyVersion = KeyVersion(1);

/// Keys that change while an archive is in use.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    /// Archive keys of retention classes; of a class that is being rotated, the old one too.
    classes: BTreeMap<KeyId, ArchiveKey>,
    /// The key in force and its version, by class.
    current: BTreeMap<String, (u32, KeyId)>,
    markings: BTreeMap<u32, MarkingKey>,
}

/// The whole content of a ring.
pub(crate) struct Keys {
    pub(crate) fields: ArchiveKey,
    pub(crate) index: IndexKey,
    pub(crate) ring: Ring,
}

impl Ring {
    /// The version of the marking key that new papers get.
    fn marking_version(&self) -> u32 {
        self.markings.last_key_value().map_or(FIRST.0, |(version, _)| *version)
    }

    /// Gives every retention class a key that has none: in a new archive, or after a kind of paper was added.
    async fn complete(&mut self, tx: &mut Tx, root: &RootKey) -> Result<(), DeskError> {
        for kind in PaperKind::ALL {
            if !self.current.contains_key(kind.word()) {
                self.new_class_key(tx, root, kind.word(), FIRST.0).await?;
            }
        }
        Ok(())
    }

    /// Draws an archive key for a class and puts it in force.
    async fn new_class_key(
        &mut self,
        tx: &mut Tx,
        root: &RootKey,
        class: &str,
        version: u32,
    ) -> Result<(), DeskError> {
        let key = ArchiveKey::from_bytes(random());
        let name = format!("{CLASS}{class}");
        let row = row_name(&name, version);
        let sealed = root.wrap_archive_key(&key, &place(&row), nonce());
        tx.set_ring(&RingRow { name, version, sealed }).await?;
        self.current.insert(class.to_owned(), (version, key.id()));
        self.classes.insert(key.id(), key);
        Ok(())
    }

    fn wrap(&self, id: PaperId, kind: PaperKind, dek: &PaperDek) -> Result<Vec<u8>, DeskError> {
        let row = id.0.to_string();
        let key = self.current.get(kind.word()).and_then(|(_, id)| self.classes.get(id));
        Ok(key.ok_or_else(damaged)?.wrap_dek(dek, &key_place(&row), nonce()))
    }

    /// `tables` is the key of the tables, under which papers of the first edition are wrapped.
    fn unwrap(
        &self,
        tables: &ArchiveKey,
        id: PaperId,
        wrapped: &[u8],
    ) -> Result<PaperDek, DeskError> {
        let row = id.0.to_string();
        let class = sealed_under(wrapped).and_then(|id| self.classes.get(&id));
        Ok(class.unwrap_or(tables).unwrap_dek(wrapped, &key_place(&row))?)
    }
}

fn key_place(row: &str) -> Aad<'_> {
    Aad::new("part", row, Part::Key.name(), 0)
}

fn row_name(name: &str, version: u32) -> String {
    format!("{name}/{version}")
}

fn place(row: &str) -> Aad<'_> {
    Aad::new("ring", row, "sealed", 0)
}

fn nonce() -> Nonce {
    Nonce::from_bytes(random())
}

/// Makes the ring of a new archive, of random keys.
pub(crate) async fn make(tx: &mut Tx, root: &RootKey) -> Result<Keys, DeskError> {
    let fields = ArchiveKey::from_bytes(random());
    let index = IndexKey::from_bytes(random());
    let marking = MarkingKey::from_bytes(random());
    put(tx, root, fields, index, marking).await
}

/// Makes the ring of an archive of the first edition, of the keys that it derived from its root.
pub(crate) async fn adopt(tx: &mut Tx, root: &RootKey) -> Result<Keys, DeskError> {
    put(tx, root, root.archive_key(FIRST), root.index_key(FIRST), root.marking_key(FIRST)).await
}

async fn put(
    tx: &mut Tx,
    root: &RootKey,
    fields: ArchiveKey,
    index: IndexKey,
    marking: MarkingKey,
) -> Result<Keys, DeskError> {
    let row = |name: &str| row_name(name, FIRST.0);
    let rows = [
        (FIELDS, root.wrap_archive_key(&fields, &place(&row(FIELDS)), nonce())),
        (INDEX, root.wrap_index_key(&index, &place(&row(INDEX)), nonce())),
        (MARKING, root.wrap_marking_key(&marking, &place(&row(MARKING)), nonce())),
    ];
    for (name, sealed) in rows {
        tx.set_ring(&RingRow { name: name.to_owned(), version: FIRST.0, sealed }).await?;
    }
    let mut ring = Ring { markings: BTreeMap::from([(FIRST.0, marking)]), ..Ring::default() };
    ring.complete(tx, root).await?;
    Ok(Keys { fields, index, ring })
}

/// Opens the ring; `None` when there is none.
pub(crate) async fn open(tx: &mut Tx, root: &RootKey) -> Result<Option<Keys>, DeskError> {
    let rows = tx.ring().await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut ring = Ring::default();
    let (mut fields, mut index) = (None, None);
    for RingRow { name, version, sealed } in rows {
        let row = row_name(&name, version);
        let aad = place(&row);
        match name.as_str() {
            FIELDS => fields = Some(root.unwrap_archive_key(&sealed, &aad)?),
            INDEX => index = Some(root.unwrap_index_key(&sealed, &aad)?),
            MARKING => {
                ring.markings.insert(version, root.unwrap_marking_key(&sealed, &aad)?);
            }
            _ => {
                let class = name.strip_prefix(CLASS).ok_or_else(damaged)?;
                let key = root.unwrap_archive_key(&sealed, &aad)?;
                ring.current.insert(class.to_owned(), (version, key.id()));
                ring.classes.insert(key.id(), key);
            }
        }
    }
    let (fields, index) = fields.zip(index).ok_or_else(damaged)?;
    ring.complete(tx, root).await?;
    Ok(Some(Keys { fields, index, ring }))
}

/// Wraps every key of the ring under another root. Nothing else changes.
async fn rewrap(tx: &mut Tx, from: &RootKey, to: &RootKey) -> Result<usize, DeskError> {
    let rows = tx.ring().await?;
    let count = rows.len();
    for mut row in rows {
        let name = row_name(&row.name, row.version);
        let aad = place(&name);
        row.sealed = match row.name.as_str() {
            INDEX => to.wrap_index_key(&from.unwrap_index_key(&row.sealed, &aad)?, &aad, nonce()),
            MARKING => {
                to.wrap_marking_key(&from.unwrap_marking_key(&row.sealed, &aad)?, &aad, nonce())
            }
            _ => to.wrap_archive_key(&from.unwrap_archive_key(&row.sealed, &aad)?, &aad, nonce()),
        };
        tx.set_ring(&row).await?;
    }
    Ok(count)
}

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rotated {
    /// Retention classes that got a new archive key.
    pub classes: usize,
    /// Keys of papers that were wrapped anew.
    pub papers: usize,
    /// The version of the marking key that papers drafted from now on get.
    pub marking: u32,
}

impl Archive {
    /// Unwraps a paper's key.
    pub(crate) fn unwrap_dek(&self, id: PaperId, wrapped: &[u8]) -> Result<PaperDek, DeskError> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).unwrap(&self.key, id, wrapped)
    }

    /// Wraps a paper's key under the key of its retention class.
    pub(crate) fn wrap_dek(
        &self,
        id: PaperId,
        kind: PaperKind,
        dek: &PaperDek,
    ) -> Result<Vec<u8>, DeskError> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).wrap(id, kind, dek)
    }

    /// Does something with a marking key.
    pub(crate) fn with_marking<T>(
        &self,
        version: u32,
        with: impl FnOnce(&MarkingKey) -> T,
    ) -> Result<T, DeskError> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.markings.get(&version).map(with).ok_or_else(damaged)
    }

    /// The version of the marking key that new papers get.
    pub(crate) fn marking_version(&self) -> u32 {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).marking_version()
    }

    /// The root key, from whoever keeps it.
    pub(crate) fn root(&self) -> Result<RootKey, DeskError> {
        match &self.lent {
            Some(root) => Ok(copy_of(root)),
            None => custody::root(&self.folder),
        }
    }

    /// Gives all retention classes new archive keys, as a recorded act: the keys of papers are wrapped anew, their
    /// texts are not touched. With `marking`, papers drafted from now on are marked under a new marking key; the
    /// old ones stay, so that older papers can be rendered and traced.
    ///
    /// # Errors
    /// When `who` is not a custodian of the house, or the archive is sealed.
    pub async fn rotate_keys(&self, who: &Handle, marking: bool) -> Result<Rotated, DeskError> {
        let root = self.root()?;
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let Keys { mut ring, .. } = open(&mut act.tx, &root).await?.ok_or_else(damaged)?;
        let old: Vec<(String, u32)> =
            ring.current.iter().map(|(class, (version, _))| (class.clone(), *version)).collect();
        for (class, version) in &old {
            let next = version.checked_add(1).ok_or_else(damaged)?;
            ring.new_class_key(&mut act.tx, &root, class, next).await?;
        }
        let mut papers = 0;
        for (id, wrapped) in act.tx.parts(Part::Key).await? {
            let kind = act.tx.paper(id).await?.ok_or_else(damaged)?.kind;
            let dek = ring.unwrap(&self.key, id, &wrapped)?;
            act.tx.set_part(id, Part::Key, &ring.wrap(id, kind, &dek)?).await?;
            papers += 1;
        }
        for (class, version) in &old {
            act.tx.drop_ring(&format!("{CLASS}{class}"), *version).await?;
        }
        if marking {
            let version = ring.marking_version().checked_add(1).ok_or_else(damaged)?;
            let row = row_name(MARKING, version);
            let key = MarkingKey::from_bytes(random());
            let sealed = root.wrap_marking_key(&key, &place(&row), nonce());
            act.tx.set_ring(&RingRow { name: MARKING.to_owned(), version, sealed }).await?;
        }
        // What was written is what is read back: nothing drawn here stays only in memory.
        let Keys { ring, .. } = open(&mut act.tx, &root).await?.ok_or_else(damaged)?;
        let rotated = Rotated { classes: old.len(), papers, marking: ring.marking_version() };
        let fields = [("person", json!(who)), ("particulars", json!(rotated))];
        act.enter("vault.rotated", fields).await?;
        act.commit().await?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(rotated)
    }

    /// Draws a new root key, wraps the ring under it and puts it into a new custody, as a recorded act; shares or
    /// key file that were in force are worth nothing afterwards. An archive in shares mode is sealed by it: the
    /// new shares open it.
    ///
    /// # Errors
    /// When `who` is not a custodian of the house, the archive is sealed, or `deliver` fails; nothing is changed
    /// then.
    pub async fn reissue(
        &self,
        who: &Handle,
        custody: Custody,
        deliver: impl FnOnce(&[Share]) -> Result<(), DeskError>,
    ) -> Result<usize, DeskError> {
        let from = self.root()?;
        let before = ShareNotes::of_archive(&self.folder)?;
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let issued = custody::issue(custody, before.as_ref(), deliver)?;
        let rewrapped = rewrap(&mut act.tx, &from, &issued.root).await?;
        issued.announce(&self.folder, &mut act.tx).await?;
        let (shares, threshold) = match custody {
            Custody::KeyFile => (0, 0),
            Custody::Shares { shares, threshold } => (shares, threshold),
        };
        let fields = [
            ("person", json!(who)),
            ("root", json!(issued.root.id().to_string())),
            ("shares", json!(shares)),
            ("threshold", json!(threshold)),
        ];
        act.enter("vault.reissued", fields).await?;
        act.commit().await?;
        issued.enforce(&self.folder)?;
        crate::agent::seal_archive(&self.folder)?;
        Ok(rewrapped)
    }
}

fn damaged() -> DeskError {
    DeskError::Archive("the archive's ring of keys is damaged; restore a backup".into())
}
