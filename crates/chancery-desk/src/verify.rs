//! Verifying the record: every entry opens its leaf, the tree is the signed one, and every released paper
//! is still what was released. Entries without content are padding or erased, and accounted for.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::binding::MINTED;
use crate::copies::{check_tree, copies_root};
use crate::papers::reference;
use crate::publish::ERASED;
use crate::{Archive, DeskError};

/// What a verification saw.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Entries of the record.
    pub entries: u64,
    /// Entries whose content was erased, each named by an entry that says so.
    pub erased: u64,
    /// Entries by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Sealed values opened in their places.
    pub sealed: u64,
    /// Released papers checked against their release.
    pub papers: usize,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The key to verify it with.
    pub verifier_key: String,
}

impl Archive {
    /// Verifies the whole record and every released paper against it.
    ///
    /// # Errors
    /// At the first thing that does not fit.
    pub async fn verify(
        &self,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Verified, DeskError> {
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut minted: BTreeMap<String, u64> = BTreeMap::new();
        let mut erased = 0;
        let entries = self
            .walk(|_, body| {
                if body.kind == ERASED {
                    let named = body.fields.get("entries").and_then(serde_json::Value::as_array);
                    erased += named.map_or(0, |named| named.len() as u64);
                }
                *kinds.entry(body.kind.clone()).or_default() += 1;
                if body.kind == MINTED {
                    let paper = body.fields.get("paper").and_then(serde_json::Value::as_str);
                    *minted.entry(paper.unwrap_or_default().to_owned()).or_default() += 1;
                }
                Ok(())
            })
            .await?;
        let mut tx = self.store.begin().await?;
        let papers = tx.papers().await?;
        let of = papers.len();
        let mut checked = 0;
        for (done, row) in papers.into_iter().enumerate() {
            let id = row.id;
            // No copy without its entry, no entry without its copy, and nobody else's name on it.
            let bound = self.copies(&mut tx, id).await?;
            for copy in &bound {
                self.check_binding(&mut tx, copy).await?;
            }
            let copies = bound.len() as u64;
            if minted.get(&reference(id)).copied().unwrap_or_default() != copies {
                return Err(DeskError::Record(format!(
                    "{} has {copies} copies but not as many entries of their minting",
                    reference(id)
                )));
            }
            if row.state == chancery_domain::PaperState::Released {
                let leaf = row.release_leaf.unwrap_or_default();
                let released = self.released(&mut tx, row).await?;
                let root = copies_root(&self.entry(&mut tx, leaf).await?);
                check_tree(&released, &root)?;
                checked += 1;
            }
            progress(done + 1, of);
        }
        let sealed = self.check_seals(&mut tx).await?;
        Ok(Verified {
            entries,
            erased,
            sealed,
            kinds,
            papers: checked,
            checkpoint: self.checkpoint()?,
            verifier_key: self.verifier_key().to_string(),
        })
    }
}
