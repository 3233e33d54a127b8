//! The exposure index of an archive: papers and public texts by their folded words, in sealed segments.
//!
//! A release puts its words here in its own transaction. Words are numbers of a keyed vocabulary; segments
//! are sealed block by block under a key of their own and read back through a cache of blocks, so that
//! memory does not grow with the archive. An index that another fold made is built anew from the masters.
//!
//! # What a crash leaves
//! The paper with its words, or neither. What lies in memory is taken out while an act changes it and put
//! back when the act is committed; otherwise the next act or search reads it from the database.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_index::{
    BLOCK_BYTES, BlockError, Blocks, Branch, DocId, Document, Index, IndexError, Segment,
    Vocabulary, spread,
};
use chancery_store::{BlockReader, PaperId, Part, Tx};
use chancery_text::fold::{FOLD_VERSION, Fold, Folded, FoldedMaster};
use chancery_text::lexicon::Lexicon;
use chancery_text::master::Master;
use chancery_vault::{Aad, Nonce, Padding, PaperDek, open, seal};
use jiff::civil::Date;

use super::cores;
use crate::outside::random;
use crate::stacks::number;
use crate::{Archive, DeskError};

/// Numbers of public texts begin here; below are papers.
const PUBLIC: u32 = 1 << 31;
/// Words of a page of the vocabulary.
const PAGE: usize = 4_096;
/// Texts folded and indexed at a time when the index is built anew.
const BATCH: usize = 2_000;
/// Segments are kept in memory, the smallest first, as far as they have no more blocks than this together
/// (4 GiB, some 1.3 million papers); others are read from the database as a search needs them, which takes
/// minutes where decoy articles are run.
const KEPT_BLOCKS: usize = 1 << 18;

const FOLD: &str = "exposure-fold";
const KEY: &str = "exposure-key";

/// The index once somebody has used it.
#[derive(Debug, Default)]
pub(crate) struct Shelves(Mutex<Option<Loaded>>);

/// The index in use.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) index: Index,
    key: Arc<PaperDek>,
    /// Grows with every change.
    state: u64,
}

impl Shelves {
    /// Takes the index out, for a change or a search.
    fn take(&self) -> Option<Loaded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Puts it back, unless a later state was put here in the meantime.
    pub(crate) fn put(&self, loaded: Option<Loaded>) {
        let Some(loaded) = loaded else { return };
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if here.as_ref().is_none_or(|other| other.state <= loaded.state) {
            *here = Some(loaded);
        }
    }
}

/// What is to be indexed with an act.
#[derive(Debug)]
pub(crate) struct Entering {
    id: DocId,
    /// Days since 1970.
    date: i32,
    text: Text,
}

#[derive(Debug)]
enum Text {
    Master(Box<Master>),
    Plain(String),
}

impl Entering {
    /// A released paper.
    pub(crate) fn paper(id: PaperId, date: Date, master: Master) -> Result<Self, DeskError> {
        let text = Text::Master(Box::new(master));
        Ok(Self { id: paper_doc(id)?, date: days(date), text })
    }

    /// A public text.
    pub(crate) fn public(id: i64, date: Date, text: String) -> Result<Self, DeskError> {
        Ok(Self { id: public_doc(id)?, date: days(date), text: Text::Plain(text) })
    }
}

/// What a document of the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Paper(PaperId),
    Public(i64),
}

impl Item {
    pub(crate) fn of(doc: DocId) -> Self {
        match doc.0.checked_sub(PUBLIC) {
            Some(id) => Self::Public(i64::from(id)),
            None => Self::Paper(PaperId(i64::from(doc.0))),
        }
    }
}

pub(crate) fn paper_doc(id: PaperId) -> Result<DocId, DeskError> {
    let number = number(id)?;
    if number < PUBLIC { Ok(DocId(number)) } else { Err(full()) }
}

fn public_doc(id: i64) -> Result<DocId, DeskError> {
    let number = u32::try_from(id).ok().filter(|&id| id < PUBLIC).ok_or_else(full)?;
    Ok(DocId(PUBLIC + number))
}

fn full() -> DeskError {
    DeskError::Archive("the exposure index holds fewer than 2^31 papers".into())
}

fn days(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since(epoch).map_or(0, |span| span.get_days())
}

pub(crate) fn failed(error: IndexError) -> DeskError {
    DeskError::Archive(format!("the exposure index: {error}"))
}

impl Archive {
    /// Enters what an act releases or files; to be put back once the act is committed.
    pub(crate) async fn enter_shelves(
        &self,
        tx: &mut Tx,
        entering: Vec<Entering>,
    ) -> Result<Option<Loaded>, DeskError> {
        if entering.is_empty() {
            return Ok(None);
        }
        let without: BTreeSet<DocId> = entering.iter().map(|e| e.id).collect();
        let mut loaded = match self.shelves.take() {
            Some(loaded) => loaded,
            None => self.load_shelves(tx, &without).await?,
        };
        let large = loaded.add(tx, entering).await?;
        // A large segment was built in memory; from now on it is read as it is needed.
        Ok((!large).then_some(loaded))
    }

    /// The index for a search, to be put back afterwards.
    pub(crate) async fn shelves(&self) -> Result<Loaded, DeskError> {
        if let Some(loaded) = self.shelves.take() {
            return Ok(loaded);
        }
        let mut tx = self.store.begin().await?;
        let loaded = self.load_shelves(&mut tx, &BTreeSet::new()).await?;
        tx.commit().await?;
        Ok(loaded)
    }

    /// Destroys the index and its key: it is built anew, of the papers that there are, when it is next needed.
    pub(crate) async fn forget_index(&self, tx: &mut Tx) -> Result<(), DeskError> {
        drop(self.shelves.take());
        self.pages.forget();
        tx.clear_index().await?;
        tx.drop_meta(FOLD).await?;
        Ok(tx.drop_meta(KEY).await?)
    }

    /// The key of the index, if there is an index.
    pub(crate) async fn shelves_key(&self, tx: &mut Tx) -> Result<Option<PaperDek>, DeskError> {
        let Some(wrapped) = tx.meta(KEY).await? else { return Ok(None) };
        Ok(Some(self.key.unwrap_dek(&wrapped, &KEY_PLACE)?))
    }

    async fn load_shelves(
        &self,
        tx: &mut Tx,
        without: &BTreeSet<DocId>,
    ) -> Result<Loaded, DeskError> {
        let fold = format!("{FOLD_VERSION}/{}", hex::encode(Lexicon::embedded().hash()));
        if tx.meta(FOLD).await?.as_deref() != Some(fold.as_bytes()) {
            let loaded = self.build_shelves(tx, without).await?;
            tx.set_meta(FOLD, fold.as_bytes()).await?;
            return Ok(loaded);
        }
        let wrapped = tx.meta(KEY).await?.ok_or_else(damaged)?;
        let key = Arc::new(self.key.unwrap_dek(&wrapped, &KEY_PLACE)?);
        let mut hashes = Vec::new();
        for (page, sealed) in (0_u32..).zip(tx.vocabulary().await?) {
            let row = page.to_string();
            hashes.extend_from_slice(&open(key.as_ref(), &vocabulary_place(&row), &sealed)?);
        }
        let vocabulary = Vocabulary::from_bytes(self.vocabulary_key(), &hashes);
        let vocabulary = vocabulary.ok_or_else(damaged)?;
        let mut segments = Vec::new();
        let mut state = 0;
        let reader = Arc::new(BlockReader::start(&self.store));
        let mut rows = tx.segments().await?;
        rows.sort_by_key(|row| (row.blocks, row.name));
        let mut room = KEPT_BLOCKS;
        for row in rows {
            state = state.max(row.name.saturating_add(1));
            let blocks = SealedBlocks {
                reader: Arc::clone(&reader),
                key: Arc::clone(&key),
                segment: row.name,
                count: row.blocks,
            };
            let mut segment = Segment::open(Box::new(blocks)).map_err(|e| failed(e.into()))?;
            let size = row.blocks as usize;
            if size <= room {
                // One pass over a segment instead of many reads.
                segment = segment.into_memory().map_err(|e| failed(e.into()))?;
                room -= size;
            }
            segments.push((row.name, segment));
        }
        // The index joins from its end, so the largest come first.
        segments.sort_by_key(|(name, segment)| (std::cmp::Reverse(segment.words()), *name));
        let index = Index::of(FOLD_VERSION, segments, &BTreeSet::new()).map_err(failed)?;
        Ok(Loaded { vocabulary, index, key, state })
    }

    /// Builds the index from masters and public texts, except those that the present act enters itself.
    async fn build_shelves(
        &self,
        tx: &mut Tx,
        without: &BTreeSet<DocId>,
    ) -> Result<Loaded, DeskError> {
        tx.clear_index().await?;
        let key = Arc::new(PaperDek::from_bytes(random()));
        let wrapped = self.key.wrap_dek(&key, &KEY_PLACE, Nonce::from_bytes(random()));
        tx.set_meta(KEY, &wrapped).await?;
        let mut loaded = Loaded {
            vocabulary: Vocabulary::new(self.vocabulary_key()),
            index: Index::new(FOLD_VERSION),
            key,
            state: 0,
        };
        let mut entering = Vec::new();
        for id in tx.released_papers().await? {
            if without.contains(&paper_doc(id)?) || tx.part(id, Part::Master).await?.is_none() {
                continue;
            }
            let dek = self.dek(tx, id).await?;
            let master = Master::from_bytes(&self.kept(tx, &dek, id, Part::Master).await?);
            let master = master.map_err(|e| DeskError::Archive(e.to_string()))?;
            let date = self.written_on(tx, id).await?;
            entering.push(Entering::paper(id, date, master)?);
            if entering.len() == BATCH {
                loaded.add(tx, std::mem::take(&mut entering)).await?;
            }
        }
        for row in tx.public_texts().await? {
            if without.contains(&public_doc(row.id)?) {
                continue;
            }
            let kept = self.open_public(&row)?;
            let date = row.day.unwrap_or_else(|| self.today());
            entering.push(Entering::public(row.id, date, kept.text)?);
        }
        if !entering.is_empty() {
            loaded.add(tx, entering).await?;
        }
        Ok(loaded)
    }

    /// The day written on a paper; the day of release where none can be read.
    pub(crate) async fn written_on(&self, tx: &mut Tx, id: PaperId) -> Result<Date, DeskError> {
        let Some(row) = tx.paper(id).await? else { return Ok(self.today()) };
        let head = self.head(&row)?;
        let written = head.date.as_deref().and_then(|date| date.get(..10)?.parse().ok());
        Ok(written.or(row.released).unwrap_or_else(|| self.today()))
    }

    fn vocabulary_key(&self) -> [u8; 32] {
        self.index.lookup("exposure", b"vocabulary")
    }
}

impl Loaded {
    /// Indexes texts and writes what changed; whether a large segment was made.
    async fn add(&mut self, tx: &mut Tx, entering: Vec<Entering>) -> Result<bool, DeskError> {
        let known = self.vocabulary.len();
        let folded = fold_all(&entering);
        let mut writer = self.vocabulary.writer();
        let mut documents = Vec::with_capacity(entering.len());
        for (entry, folded) in entering.iter().zip(&folded) {
            let mut numbers =
                |words: &Folded| -> Vec<u32> { words.iter().map(|w| writer.enter(w)).collect() };
            // Chance is measured between papers: each is a series of its own.
            let (id, date) = (entry.id.0, entry.date);
            documents.push(match folded {
                Words::Plain(words) => Document::plain(id, id, date, numbers(words)),
                Words::Master(master) => {
                    let mut document = Document::plain(id, id, date, numbers(&master.drafted));
                    for branch in &master.branches {
                        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                        let way = |way: &Vec<String>| way.iter().map(|w| writer.enter(w)).collect();
                        document.branches.push(Branch {
                            at: place(branch.at.start)..place(branch.at.end),
                            alternatives: branch.alternatives.iter().map(way).collect(),
                        });
                    }
                    document
                }
            });
        }
        let change = self.index.add(documents).map_err(failed)?;
        for name in &change.removed {
            tx.remove_segment(*name).await?;
        }
        let mut large = false;
        for name in &change.added {
            let segment = self.index.segments().find(|(n, _)| n == name).map(|(_, s)| s);
            let segment = segment.ok_or_else(damaged)?;
            let blocks = self.sealed(*name, segment)?;
            large |= blocks.len() > KEPT_BLOCKS / 2;
            tx.add_segment(*name, &blocks).await?;
            self.state = self.state.max(name.saturating_add(1));
        }
        self.keep_words(tx, known).await?;
        Ok(large)
    }

    fn sealed(&self, name: u64, segment: &Segment) -> Result<Vec<Vec<u8>>, DeskError> {
        let mut blocks = Vec::new();
        let mut refused = None;
        let written = segment.write(|block| {
            let row = format!("{name}/{}", blocks.len());
            // Blocks are all of one size: there is no length to hide.
            let nonce = Nonce::from_bytes(random());
            match seal(self.key.as_ref(), &block_place(&row), Padding::Field, block, nonce) {
                Ok(sealed) => blocks.push(sealed),
                Err(error) => refused = Some(error),
            }
        });
        written.map_err(|e| failed(e.into()))?;
        refused.map_or(Ok(blocks), |error| Err(error.into()))
    }

    /// Writes the pages of the vocabulary that hold words entered since there were `known`.
    async fn keep_words(&self, tx: &mut Tx, known: usize) -> Result<(), DeskError> {
        if self.vocabulary.len() == known {
            return Ok(());
        }
        let bytes = self.vocabulary.to_bytes();
        let first = known / PAGE;
        for (page, chunk) in bytes.chunks(8 * PAGE).enumerate().skip(first) {
            let page = u32::try_from(page).map_err(|_| full())?;
            let row = page.to_string();
            let nonce = Nonce::from_bytes(random());
            let place = vocabulary_place(&row);
            let sealed = seal(self.key.as_ref(), &place, Padding::Body, chunk, nonce)?;
            tx.set_vocabulary(page, &sealed).await?;
        }
        Ok(())
    }
}

enum Words {
    Plain(Folded),
    Master(FoldedMaster),
}

fn fold_all(entering: &[Entering]) -> Vec<Words> {
    spread(entering, cores(), |entry| match &entry.text {
        Text::Master(master) => Words::Master(Fold::embedded().master(master)),
        Text::Plain(text) => Words::Plain(Fold::embedded().text(text)),
    })
}

/// Blocks of a segment as they lie in the database.
struct SealedBlocks {
    reader: Arc<BlockReader>,
    key: Arc<PaperDek>,
    segment: u64,
    count: u32,
}

impl Blocks for SealedBlocks {
    fn read(&self, number: u32) -> Result<Box<[u8; BLOCK_BYTES]>, BlockError> {
        let failed = |why: String| BlockError { number, why };
        if number >= self.count {
            return Err(failed("there is no such block".into()));
        }
        let sealed = self.reader.read(self.segment, number).map_err(failed)?;
        let sealed = sealed.ok_or_else(|| failed("it is missing".into()))?;
        let row = format!("{}/{number}", self.segment);
        let plain = open(self.key.as_ref(), &block_place(&row), &sealed);
        let plain = plain.map_err(|e| failed(e.to_string()))?;
        let block: &[u8; BLOCK_BYTES] =
            plain.as_slice().try_into().map_err(|_| failed("it has another size".into()))?;
        Ok(Box::new(*block))
    }
}

const KEY_PLACE: Aad<'static> = Aad::new("meta", KEY, "value", 0);

fn block_place(row: &str) -> Aad<'_> {
    Aad::new("segment_block", row, "sealed", 0)
}

fn vocabulary_place(row: &str) -> Aad<'_> {
    Aad::new("vocabulary", row, "sealed", 0)
}

fn damaged() -> DeskError {
    DeskError::Archive("the exposure index is damaged; restore a backup".into())
}
