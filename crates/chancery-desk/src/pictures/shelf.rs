//! The page index over the archive: the widths of each paper's words, sealed with the paper.
//!
//! A paper is measured once, when a picture comes in for the first time after its release. Its widths lie
//! under its own key and go with it.

use std::collections::BTreeSet;

use chancery_scan::Segment;
use chancery_store::{PaperId, Part};
use chancery_vault::{Aad, open};

use super::reference::widths;
use crate::page::bare_source;
use crate::papers::reference;
use crate::{Archive, DeskError};

/// Papers measured in one transaction.
const BATCH: usize = 16;
/// Widths are kept in hundredths of a point.
const UNIT: f32 = 100.0;

impl Archive {
    /// All released papers by the widths of their words.
    pub(crate) async fn page_index(&self) -> Result<Segment, DeskError> {
        self.measure_pages().await?;
        let mut tx = self.store.begin().await?;
        let keys: std::collections::BTreeMap<PaperId, Vec<u8>> =
            tx.parts(Part::Key).await?.into_iter().collect();
        let mut texts = Vec::new();
        for (id, sealed) in tx.parts(Part::Widths).await? {
            let damaged =
                || DeskError::Archive(format!("{}: its widths are damaged", reference(id)));
            let dek = self.unwrap_dek(id, keys.get(&id).ok_or_else(damaged)?)?;
            let row = id.0.to_string();
            let bytes = open(&dek, &Aad::new("part", &row, Part::Widths.name(), 0), &sealed)?;
            let number = u64::try_from(id.0).map_err(|_| damaged())?;
            texts.push((number, from_bytes(&bytes)));
        }
        let texts = texts.iter().map(|(id, widths)| (*id, &widths[..]));
        Segment::build(texts).map_err(|e| DeskError::Archive(e.to_string()))
    }

    /// Measures the papers that have pages and were not measured yet.
    async fn measure_pages(&self) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        let measured: BTreeSet<PaperId> =
            tx.parts(Part::Widths).await?.into_iter().map(|(id, _)| id).collect();
        let mut missing: Vec<PaperId> =
            tx.parts(Part::Page).await?.into_iter().map(|(id, _)| id).collect();
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
                // What this program cannot set is found by nothing, and kept as that.
                let source = bare_source(&paper);
                let widths = source.and_then(|source| widths(&source).ok()).unwrap_or_default();
                let dek = self.dek(&mut tx, *id).await?;
                self.keep(&mut tx, &dek, *id, Part::Widths, &to_bytes(&widths)).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
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
