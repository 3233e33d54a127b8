//! The page index over the archive: the widths of the words of released papers, in sealed segments.
//!
//! A paper is measured once, when a picture comes in for the first time after its release; its widths lie
//! under its own key. What was measured since goes into a new segment, and small segments are joined, so that
//! a paper is written anew a few times while an archive grows a thousandfold. Segments lie sealed under the
//! key of the exposure index, are read once for an open archive, and are destroyed with that index when a
//! paper is.
//!
//! # What a crash leaves
//! Papers measured or not, and an index with all of them or the one before: the next picture brings it up to
//! date.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_scan::Segment;
use chancery_store::{PaperId, Part, Tx};
use chancery_vault::{Aad, Nonce, Padding, PaperDek, open, seal};

use super::reference::widths;
use crate::outside::random;
use crate::page::bare;
use crate::papers::reference;
use crate::{Archive, DeskError};

/// Papers measured in one transaction.
const BATCH: usize = 16;
/// Widths are kept in hundredths of a point.
const UNIT: f32 = 100.0;
/// Bytes of a block of a segment.
const BLOCK: usize = 1 << 20;
/// The most papers that one act adds to the index; more are added by further acts.
const MOST_ADDED: usize = 50_000;
/// A segment that has less than this times the papers of the next smaller ones together is joined with them.
const GROWTH: usize = 3;

/// The page index of an open archive, once a picture asked for it: segments by name, the largest first.
#[derive(Debug, Default)]
pub(crate) struct PageShelf(Mutex<Vec<(i64, Arc<Segment>)>>);

impl PageShelf {
    fn get(&self) -> Vec<(i64, Arc<Segment>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, segments: &[(i64, Arc<Segment>)]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = segments.to_vec();
    }

    /// Lets it go from memory.
    pub(crate) fn forget(&self) {
        self.put(&[]);
    }
}

impl Archive {
    /// All released papers by the widths of their words.
    pub(crate) async fn page_index(&self) -> Result<Vec<Arc<Segment>>, DeskError> {
        self.measure_pages().await?;
        loop {
            let mut tx = self.store.begin().await?;
            if self.shelves_key(&mut tx).await?.is_none() {
                // The exposure index, whose key this one shares, was destroyed or never made.
                drop(tx);
                let made = self.shelves().await?;
                self.shelves.put(Some(made));
                continue;
            }
            let key = self.shelves_key(&mut tx).await?.ok_or_else(damaged)?;
            let mut segments = self.kept_segments(&mut tx, &key).await?;
            let known: BTreeSet<u64> =
                segments.iter().flat_map(|(_, s)| s.texts().iter().copied()).collect();
            let mut missing = tx.papers_with(Part::Widths).await?;
            missing.retain(|id| number(*id).is_ok_and(|number| !known.contains(&number)));
            if missing.is_empty() {
                self.pages.put(&segments);
                return Ok(segments.into_iter().map(|(_, segment)| segment).collect());
            }
            missing.truncate(MOST_ADDED);
            let mut texts = Vec::with_capacity(missing.len());
            for id in missing {
                let dek = self.dek(&mut tx, id).await?;
                texts.push((
                    number(id)?,
                    from_bytes(&self.kept(&mut tx, &dek, id, Part::Widths).await?),
                ));
            }
            let texts = texts.iter().map(|(id, widths)| (*id, &widths[..]));
            let mut newest = Segment::build(texts).map_err(index)?;
            let name = segments.iter().map(|(name, _)| *name).max().unwrap_or(0).saturating_add(1);
            while let Some((old, segment)) =
                segments.pop_if(|(_, last)| last.len() < GROWTH * newest.len())
            {
                newest = Segment::joined(&[&segment, &newest]).map_err(index)?;
                tx.remove_page_segment(old).await?;
            }
            tx.add_page_segment(name, &sealed(&key, name, &newest)?).await?;
            segments.push((name, Arc::new(newest)));
            tx.commit().await?;
            self.pages.put(&segments);
        }
    }

    /// The segments of the database, those from memory that are still the same.
    async fn kept_segments(
        &self,
        tx: &mut Tx,
        key: &PaperDek,
    ) -> Result<Vec<(i64, Arc<Segment>)>, DeskError> {
        let names: BTreeSet<i64> = tx.page_segments().await?.into_iter().collect();
        let kept = self.pages.get();
        if kept.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>() == names {
            return Ok(kept);
        }
        let mut segments = Vec::with_capacity(names.len());
        for name in names {
            let mut bytes = Vec::new();
            for (number, block) in tx.page_blocks(name).await?.iter().enumerate() {
                bytes.extend_from_slice(&open(key, &place(&format!("{name}/{number}")), block)?);
            }
            let segment = Segment::from_bytes(&bytes).map_err(index)?;
            segments.push((name, Arc::new(segment)));
        }
        segments.sort_by_key(|(name, segment)| (std::cmp::Reverse(segment.len()), *name));
        Ok(segments)
    }

    /// Measures the papers that have pages and were not measured yet.
    async fn measure_pages(&self) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        let measured: BTreeSet<PaperId> = tx.papers_with(Part::Widths).await?.into_iter().collect();
        let mut missing = tx.papers_with(Part::Page).await?;
        drop(tx);
        missing.retain(|id| !measured.contains(id));
        for some in missing.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            for id in some {
                let Some(row) = tx.paper(*id).await? else { continue };
                let paper = match self.released(&mut tx, row).await {
                    Ok(paper) => paper,
                    Err(DeskError::Refused(_)) => continue,
                    Err(other) => return Err(other),
                };
                // A page that another engine set is found by this one's widths all the same, and then not read. What
                // cannot be set at all is found by nothing, and kept as that.
                let widths = widths(&bare(&paper)).unwrap_or_default();
                let dek = self.dek(&mut tx, *id).await?;
                self.keep(&mut tx, &dek, *id, Part::Widths, &to_bytes(&widths)).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// The blocks of a segment, sealed in their places.
fn sealed(key: &PaperDek, name: i64, segment: &Segment) -> Result<Vec<Vec<u8>>, DeskError> {
    let block = |(number, bytes): (usize, &[u8])| {
        let row = format!("{name}/{number}");
        Ok(seal(key, &place(&row), Padding::Body, bytes, Nonce::from_bytes(random()))?)
    };
    segment.to_bytes().chunks(BLOCK).enumerate().map(block).collect()
}

fn place(row: &str) -> Aad<'_> {
    Aad::new("page_block", row, "sealed", 0)
}

fn number(id: PaperId) -> Result<u64, DeskError> {
    let damaged = |_| DeskError::Archive(format!("{}: its number is damaged", reference(id)));
    u64::try_from(id.0).map_err(damaged)
}

fn index(error: impl std::fmt::Display) -> DeskError {
    DeskError::Archive(format!("the page index: {error}"))
}

fn damaged() -> DeskError {
    index("its key is missing; restore a backup")
}

fn to_bytes(widths: &[f32]) -> Vec<u8> {
    widths
        .iter()
        .flat_map(|w| ((w * UNIT).round().clamp(0.0, 65_535.0) as u16).to_le_bytes())
        .collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| f32::from(u16::from_le_bytes(*pair)) / UNIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CableRecord, Clock, Finders};
    use chancery_text::build::Choice;

    const TEXT: &str = "The talks on the Aldermark lights began on Monday morning in the old customs house, and they came to an end late on Thursday after two long sessions on dues. However, the Vessian side had brought their harbour master.";

    async fn release(archive: &Archive, name: &str) {
        let cable = serde_json::json!({
            "id": name, "from": "Embassy, Vess", "to": "Capital", "classification": "Confidential",
            "handling": ["Home Staff"], "subject": name, "paragraphs": [format!("{TEXT} {name}.")],
        });
        let cable: CableRecord = serde_json::from_value(cable).unwrap();
        let cables = std::slice::from_ref(&cable);
        let finders = Finders::embedded();
        archive.import_exercise(cables, 3, &Choice::default(), &finders, |_, _| {}).await.unwrap();
    }

    fn texts(index: &[Arc<Segment>]) -> Vec<u64> {
        let mut all: Vec<u64> = index.iter().flat_map(|s| s.texts().iter().copied()).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn the_index_grows_is_kept_sealed_and_goes_with_the_exposure_index() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
            for (count, name) in (1..).zip(["one", "two", "three", "four", "five"]) {
                release(&archive, name).await;
                assert_eq!(texts(&archive.page_index().await.unwrap()).len(), count);
            }
            let index = archive.page_index().await.unwrap();
            let mut tx = archive.store.begin().await.unwrap();
            let names = tx.page_segments().await.unwrap();
            // Small ones were joined; their names are new each time.
            assert_eq!((names.len(), names.last()), (index.len(), Some(&5)));
            let block = tx.page_blocks(names[0]).await.unwrap().remove(0);
            assert!(!block.windows(7).any(|bytes| bytes == b"chpages"), "it is sealed");
            drop(tx);
            // Read from the database it is the same.
            archive.pages.forget();
            assert_eq!(archive.page_index().await.unwrap(), index);
            // With the exposure index it is destroyed, and made anew when it is needed.
            let mut act = archive.act().await.unwrap();
            archive.forget_index(&mut act.tx).await.unwrap();
            assert!(act.tx.page_segments().await.unwrap().is_empty());
            act.enter("index.forgotten", [("why", serde_json::json!("test"))]).await.unwrap();
            act.commit().await.unwrap();
            assert_eq!(texts(&archive.page_index().await.unwrap()), texts(&index));
        });
    }
}
