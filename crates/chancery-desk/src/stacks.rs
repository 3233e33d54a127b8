//! The stacks: the archive's papers by what they say, for matching leaks and for settling quotations.
//!
//! The index is built from sealed sketches when it is first needed, lives in memory only, and grows with
//! every release that is committed. Sketches are keyed: a thief of the database cannot search by them.
//! Public texts have sketches here as well, so that a leak is compared with those that it may quote.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use chancery_store::{PaperId, Part, Tx};
use chancery_text::master::Master;
use chancery_text::settle::settle;
use chancery_text::shared::shared_passages;
use chancery_text::sketch::{Hit, Index, Sketch};

use crate::draft::DraftText;
use crate::ledger::Act;
use crate::papers::reference;
use crate::{Archive, DeskError};

/// A paragraph is compared with a paper when they share at least this many shingles of three words: as
/// many as eight words in a row have.
const LEAST_SHARED: u32 = 6;
/// How many papers a paragraph is compared with.
const MOST_QUOTED: usize = 8;

/// The index of released papers, once somebody has asked for it, and the public texts looked at so far.
#[derive(Debug, Default)]
pub(crate) struct Stacks {
    papers: Mutex<Option<Index>>,
    public: Mutex<BTreeMap<i64, Sketch>>,
}

impl Stacks {
    fn with<T>(&self, read: impl FnOnce(&mut Option<Index>) -> T) -> T {
        // Nothing in here panics half-way: a poisoned index is as good as any.
        read(&mut self.papers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many shingles a public text shares with a leak; `None` while nobody has read the text.
    fn shared(&self, text: i64, leak: &Sketch) -> Option<usize> {
        let public = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        public.get(&text).map(|sketch| sketch.shared(leak))
    }

    /// Keeps the sketch of a public text, which never changes.
    fn remember(&self, text: i64, sketch: Sketch) {
        self.public.lock().unwrap_or_else(PoisonError::into_inner).insert(text, sketch);
    }

    /// Lets the index go; it is built anew when it is next needed.
    pub(crate) fn forget(&self) {
        self.with(|index| *index = None);
    }

    /// Enters papers whose release was committed.
    pub(crate) fn extend(&self, released: impl IntoIterator<Item = (u32, Sketch)>) {
        self.with(|index| {
            if let Some(index) = index {
                for (paper, sketch) in released {
                    index.insert(paper, &sketch);
                }
            }
        });
    }
}

impl Archive {
    /// Papers that share text with this one, best first.
    pub(crate) async fn alike(&self, tx: &mut Tx, text: &str) -> Result<Vec<Hit>, DeskError> {
        if self.stacks.with(|index| index.is_none()) {
            let built = self.build_index(tx).await?;
            self.stacks.with(|index| *index = Some(built));
        }
        let sketch = Sketch::of_leak(text, &self.sketch_key());
        Ok(self.stacks.with(|index| {
            index.as_ref().map(|index| index.candidates(&sketch)).unwrap_or_default()
        }))
    }

    /// Passages of a leak that stand in public texts filed so far, by text in the order of filing. Every text
    /// that shares enough is compared: none is left out for being common.
    pub(crate) async fn public_passages(
        &self,
        tx: &mut Tx,
        leak: &str,
    ) -> Result<Vec<(i64, Vec<Range<usize>>)>, DeskError> {
        let key = self.sketch_key();
        let sketch = Sketch::of_leak(leak, &key);
        let mut out = Vec::new();
        for row in tx.public_texts().await? {
            let known = self.stacks.shared(row.id, &sketch);
            if known.is_some_and(|shared| shared < LEAST_SHARED as usize) {
                continue;
            }
            let text = self.open_public(&row)?.text;
            if known.is_none() {
                let own = Sketch::of_leak(&text, &key);
                let shared = own.shared(&sketch);
                self.stacks.remember(row.id, own);
                if shared < LEAST_SHARED as usize {
                    continue;
                }
            }
            let passages = shared_passages(leak, &text);
            if !passages.is_empty() {
                out.push((row.id, passages));
            }
        }
        Ok(out)
    }

    async fn build_index(&self, tx: &mut Tx) -> Result<Index, DeskError> {
        let mut index = Index::new();
        let parts = tx.parts(Part::Sketch).await?;
        let keys: BTreeMap<PaperId, Vec<u8>> = tx.parts(Part::Key).await?.into_iter().collect();
        for (id, sealed) in parts {
            let row = id.0.to_string();
            let damaged =
                || DeskError::Archive(format!("{}: its sketch is damaged", reference(id)));
            let wrapped = keys.get(&id).ok_or_else(damaged)?;
            let dek = self.unwrap_dek(id, wrapped)?;
            let aad = chancery_vault::Aad::new("part", &row, Part::Sketch.name(), 0);
            let bytes = chancery_vault::open(&dek, &aad, &sealed)?;
            let sketch = Sketch::from_bytes(&bytes).ok_or_else(damaged)?;
            index.insert(number(id)?, &sketch);
        }
        Ok(index)
    }
}

/// A paper's number in the index.
pub(crate) fn number(id: PaperId) -> Result<u32, DeskError> {
    u32::try_from(id.0)
        .map_err(|_| DeskError::Archive("an archive holds fewer than 2^32 papers".into()))
}

impl Act<'_> {
    /// A draft with every passage that it quotes from a released paper put back to that paper's drafted
    /// wording and locked, so that no reader's marks travel on through the house's own text.
    pub(crate) async fn settled(&mut self, text: &DraftText) -> Result<DraftText, DeskError> {
        let mut out = text.clone();
        let mut loaded: BTreeMap<u32, Master> = BTreeMap::new();
        for (at, marked) in text.marked()?.iter().enumerate() {
            let quoted = self.quoted(&marked.text).await?;
            for paper in &quoted {
                if !loaded.contains_key(paper) {
                    let row = self.tx.paper(PaperId(i64::from(*paper))).await?;
                    let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
                    loaded.insert(*paper, self.archive.released(&mut self.tx, row).await?.master);
                }
            }
            let masters: Vec<&Master> = quoted.iter().filter_map(|p| loaded.get(p)).collect();
            if masters.is_empty() {
                continue;
            }
            let (_, source) = &mut out.paragraphs[at];
            if text.markup {
                *source = settle_markup(source, &masters);
            } else {
                let settled = settle(&chancery_text::canon::clean(source), &masters);
                if !settled.locked.is_empty() {
                    *source = settled.text;
                    out.quoted.extend(settled.locked.into_iter().map(|span| (at, span)));
                }
            }
        }
        Ok(out)
    }

    /// Papers that a paragraph shares so much with that it may quote them, likeliest first.
    async fn quoted(&mut self, paragraph: &str) -> Result<Vec<u32>, DeskError> {
        let mut hits = self.archive.alike(&mut self.tx, paragraph).await?;
        let sketch = Sketch::of_leak(paragraph, &self.archive.sketch_key());
        hits.extend(self.pending_index.candidates(&sketch));
        hits.retain(|hit| hit.shared >= LEAST_SHARED);
        hits.sort_by(|a, b| b.shared.cmp(&a.shared).then_with(|| a.paper.cmp(&b.paper)));
        hits.dedup_by_key(|hit| hit.paper);
        hits.truncate(MOST_QUOTED);
        Ok(hits.into_iter().map(|hit| hit.paper).collect())
    }
}

/// Settles the stretches between the author's own marks and locks what they quote.
///
/// A stretch with an escape is left alone: escapes stand in formulas and code, not in prose.
fn settle_markup(source: &str, masters: &[&Master]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while !rest.is_empty() {
        let open = rest.find(['{', '\\']).unwrap_or(rest.len());
        let (plain, marked) = rest.split_at(open);
        let settled = settle(plain, masters);
        let mut from = 0;
        for span in &settled.locked {
            out.push_str(&settled.text[from..span.start]);
            out.push_str("{=");
            out.push_str(&settled.text[span.clone()]);
            out.push_str("=}");
            from = span.end;
        }
        if settled.locked.is_empty() {
            out.push_str(plain);
        } else {
            out.push_str(&settled.text[from..]);
        }
        let close = if marked.starts_with('{') {
            marked.find('}').map_or(marked.len(), |at| at + 1)
        } else {
            // An escape: the backslash and the character after it.
            marked.chars().take(2).map(char::len_utf8).sum()
        };
        out.push_str(&marked[..close]);
        rest = &marked[close..];
    }
    out
}
