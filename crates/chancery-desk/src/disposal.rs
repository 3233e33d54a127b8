//! Destroying papers at the end of their retention.
//!
//! Two persons of the originating office decide it, each as a recorded act. The paper's key, its lock and all its
//! sealed parts are destroyed, and what was entered while it was made and kept is erased (`erasure`). Its release,
//! who had a copy, and public versions stay. The record's tree is not touched: leaves are commitments.
//!
//! Backups of keys still hold the key for a while. The paper is beyond recovery once the last of them that was made
//! before is gone; [`Disposal::complete`] says which day that is, if backups are kept no longer than the last
//! `chancery backup` said.
//!
//! # What a crash leaves
//! The paper, or the paper destroyed. If the machine stops before the database was rewritten, freed pages may
//! hold sealed bytes, without the key; the next disposal or `VACUUM` clears them.

use chancery_domain::{Handle, rules};
use chancery_store::PaperId;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::archive::decode;
use crate::backup::KEY_DAYS;
use crate::papers::{Head, reference};
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Days for which backups of keys are taken to be kept while no backup has said otherwise.
pub const USUAL_KEY_DAYS: u16 = 30;

/// Left in the database by a restore with keys of a later backup.
const KEYS_JOINED: &str = "keys-joined";

/// How far the disposal of a paper has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// The paper.
    pub paper: String,
    /// Whether it is destroyed; otherwise a second person has to agree.
    pub destroyed: bool,
    /// From this day on no backup that is kept by the rules holds its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<Date>,
    /// Days for which backups of keys are kept.
    pub key_days: u16,
    /// Entries of the record that were erased.
    pub erased: usize,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// Asks to destroy a paper; when another person of the originating office has asked before, destroys it.
    ///
    /// # Errors
    /// When `who` does not hold the originating office, has asked already, or the paper must be kept.
    pub async fn dispose(&self, paper: &str, who: &Handle) -> Result<Disposal, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Govern, person, &row).await?;
        let today = rules::utc_day(act.now);
        act.retention(row.id).await?.may_dispose(today)?;
        let key_days = match act.tx.meta(KEY_DAYS).await? {
            Some(days) => decode(&days)?,
            None => USUAL_KEY_DAYS,
        };
        let paper = reference(row.id);
        let asked = act.tx.disposal(row.id).await?;
        let fields = |kind: &'static str| {
            (kind, [("paper", json!(paper)), ("person", json!(who)), ("key_days", json!(key_days))])
        };
        let Some(asked) = asked else {
            let (kind, fields) = fields("paper.disposal-asked");
            let leaf = act.enter(kind, fields).await?;
            act.tx.ask_disposal(row.id, person, act.now).await?;
            act.commit().await?;
            let erased = 0;
            return Ok(Disposal {
                paper,
                destroyed: false,
                complete: None,
                key_days,
                erased,
                leaf,
            });
        };
        if asked.asked_by == person {
            return Err(DeskError::Procedure(format!(
                "you asked to destroy {paper} already; another person of the originating office has to agree"
            )));
        }
        let (kind, fields) = fields("paper.destroyed");
        let leaf = act.enter(kind, fields).await?;
        let sealed = self.destroyed_head(row.id)?;
        act.tx.destroy_paper(row.id, person, act.now, leaf, &sealed).await?;
        let erased = act.erase_entries(&[row.id]).await?;
        self.forget_index(&mut act.tx).await?;
        act.commit().await?;
        self.stacks.forget();
        self.shelf.forget(row.id);
        self.store.wipe_freed().await?;
        let complete = today.checked_add(i64::from(key_days).saturating_add(1).days()).ok();
        Ok(Disposal { paper, destroyed: true, complete, key_days, erased, leaf })
    }

    fn destroyed_head(&self, id: PaperId) -> Result<Vec<u8>, DeskError> {
        let head = Head { subject: "(destroyed)".to_owned(), ..Head::default() };
        self.seal_head(id, None, &head)
    }

    /// After a restore with keys of a later backup: papers destroyed meanwhile have no key and are destroyed here
    /// too, which is entered; the index is built anew.
    pub(crate) async fn settle_joined_keys(&self) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        if act.tx.meta(KEYS_JOINED).await?.is_none() {
            return Ok(());
        }
        let lost = act.tx.papers_without_key().await?;
        for id in &lost {
            let sealed = self.destroyed_head(*id)?;
            act.tx.lose_paper(*id, &sealed).await?;
        }
        act.erase_entries(&lost).await?;
        self.forget_index(&mut act.tx).await?;
        act.tx.drop_meta(KEYS_JOINED).await?;
        let lost: Vec<String> = lost.into_iter().map(reference).collect();
        act.enter("backup.joined", [("destroyed", json!(lost))]).await?;
        act.commit().await
    }

    /// Takes back a request to destroy a paper that nobody has agreed to.
    ///
    /// # Errors
    /// When `who` does not hold the originating office, or nobody has asked.
    pub async fn keep_paper(&self, paper: &str, who: &Handle) -> Result<u64, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        self.permit(&mut act.tx, rules::Act::Govern, person, &row).await?;
        if act.tx.disposal(row.id).await?.is_none() {
            return Err(DeskError::Procedure("nobody has asked to destroy the paper".into()));
        }
        let fields = [("paper", json!(reference(row.id))), ("person", json!(who))];
        let leaf = act.enter("paper.disposal-refused", fields).await?;
        act.tx.unask_disposal(row.id).await?;
        act.commit().await?;
        Ok(leaf)
    }
}
