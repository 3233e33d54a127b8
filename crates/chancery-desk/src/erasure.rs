//! Erasing entries of the record: their words and salts go, their leaves stay.
//!
//! A leaf commits to a salt and a body. Once both are destroyed it is 32 bytes without meaning, and the tree, every
//! proof and every signature over it are what they were. An entry of its own says which were erased, so that
//! verification can tell erasure from loss.
//!
//! What is erased is what was entered about a paper while it was made and kept, when the paper is destroyed at the
//! end of its retention: officers wrote reasons and matters into these. What stays: its release, who had copies
//! and opened them, what was published or inquired, and how it was destroyed. Findings, receipts and certificates
//! rest on those.
//!
//! # What a crash leaves
//! All of it or nothing: it is part of the act that destroys the paper.

use chancery_store::PaperId;
use serde_json::{Value, json};

use crate::DeskError;
use crate::ledger::{Act, PAGE};
use crate::papers::reference;
use crate::publish::ERASED;

/// Kinds of entries that nothing rests on once their paper is destroyed.
const PASSING: [&str; 17] = [
    "paper.amended",
    "paper.approved",
    "paper.asked",
    "paper.checked",
    "paper.circulated",
    "paper.cleared",
    "paper.closed",
    "paper.declassified",
    "paper.downgrade-planned",
    "paper.downgraded",
    "paper.drafted",
    "paper.held",
    "paper.opened",
    "paper.refused",
    "paper.review-set",
    "paper.unheld",
    "paper.withdrawn",
];

impl Act<'_> {
    /// Erases what was entered about papers that are destroyed, and enters that; says how many entries it was.
    pub(crate) async fn erase_entries(&mut self, papers: &[PaperId]) -> Result<usize, DeskError> {
        let papers: Vec<String> = papers.iter().map(|id| reference(*id)).collect();
        let mut erased = Vec::new();
        let mut next = 0;
        loop {
            let page = self.tx.leaves(next, PAGE).await?;
            let Some(last) = page.last() else { break };
            next = last.position + 1;
            for leaf in page.iter().filter(|leaf| !leaf.sealed.is_empty()) {
                let (body, _) = self.archive.open_leaf(leaf)?;
                let of = body.fields.get("paper").and_then(Value::as_str);
                let named = of.is_some_and(|of| papers.iter().any(|paper| paper == of));
                if named && PASSING.contains(&body.kind.as_str()) {
                    erased.push(leaf.position);
                }
            }
        }
        if erased.is_empty() {
            return Ok(0);
        }
        for position in &erased {
            self.tx.blank_leaf(*position).await?;
        }
        self.enter(ERASED, [("papers", json!(papers)), ("entries", json!(erased))]).await?;
        Ok(erased.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Archive, Clock, PersonDetails};

    #[tokio::test(flavor = "current_thread")]
    async fn an_erased_entry_leaves_a_valid_tree_and_one_that_vanished_unsaid_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
        for name in ["anna", "boris"] {
            archive
                .add_person(&name.parse().unwrap(), &PersonDetails::default(), None)
                .await
                .unwrap();
        }
        let published = archive.publish().await.unwrap();
        let outside = async || {
            let mut files = Vec::new();
            for tile in chancery_record::tiles(0, published.size) {
                files.push(archive.log_tile(tile).await.unwrap().unwrap());
            }
            files
        };
        let before = outside().await;

        let mut act = archive.act().await.unwrap();
        act.tx.blank_leaf(1).await.unwrap();
        act.enter("house.set", []).await.unwrap();
        act.commit().await.unwrap();
        let unsaid = archive.verify(|_, _| {}).await.unwrap_err().to_string();
        assert!(unsaid.contains("entry 1 has no content"), "{unsaid}");

        let mut act = archive.act().await.unwrap();
        act.enter(ERASED, [("entries", json!([1]))]).await.unwrap();
        act.commit().await.unwrap();
        let verified = archive.verify(|_, _| {}).await.unwrap();
        assert_eq!((verified.erased, verified.kinds["person.added"]), (1, 1));
        assert!(outside().await == before, "outsiders see no difference");
        let who = "anna".parse().unwrap();
        let gone = archive.prove(1, &who).await.unwrap_err().to_string();
        assert!(gone.contains("erased"), "{gone}");
        archive.prove(0, &who).await.unwrap();
    }
}
