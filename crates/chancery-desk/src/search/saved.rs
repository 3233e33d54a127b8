//! Saved searches: a person's own queries under names, and what is new since they were last run.
//!
//! Names, queries and the papers last found are sealed; the database shows how many a person has.

use std::collections::BTreeSet;

use chancery_domain::Handle;
use chancery_store::{PaperId, PersonId};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Found, Query, Seek};
use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::pace::Pace;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Most saved searches of one person.
const MAX_SAVED: usize = 100;
/// Longest name, in characters.
const MAX_NAME: usize = 60;

/// A saved search in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedSearch {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// When it was last run.
    pub last_run: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    query: String,
    last_run: Option<Timestamp>,
    seen: BTreeSet<PaperId>,
}

impl Archive {
    /// Saves a query under a name, in place of an earlier one of that name.
    ///
    /// # Errors
    /// When name or query cannot be used, or there are too many.
    pub async fn save_search(
        &self,
        who: &Handle,
        name: &str,
        query: &str,
    ) -> Result<(), DeskError> {
        Query::parse(query).map_err(|e| DeskError::Input(e.to_string()))?;
        let name = name.trim();
        if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(DeskError::Input(format!("a name has 1 to {MAX_NAME} characters")));
        }
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let saved = act.tx.saved_searches(person).await?;
        let mark = self.saved_mark(person, name);
        if saved.len() >= MAX_SAVED && saved.iter().all(|(m, _)| *m != mark) {
            return Err(DeskError::Input(format!("at most {MAX_SAVED} saved searches; drop one")));
        }
        let kept = Kept {
            name: name.to_owned(),
            query: query.to_owned(),
            last_run: None,
            seen: BTreeSet::new(),
        };
        act.keep_search(person, &kept).await?;
        act.commit().await
    }

    /// A person's saved searches by name.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn saved_searches(&self, who: &Handle) -> Result<Vec<SavedSearch>, DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, who).await?;
        let mut out = Vec::new();
        for (mark, sealed) in tx.saved_searches(person).await? {
            let kept = self.open_saved(person, &mark, &sealed)?;
            let Kept { name, query, last_run, .. } = kept;
            out.push(SavedSearch { name, query, last_run });
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    /// Runs a saved search; with `new`, shows only papers that its last run did not find.
    ///
    /// # Errors
    /// When there is none of this name, and as [`Archive::search`].
    pub async fn run_saved(
        &self,
        who: &Handle,
        name: &str,
        seek: &Seek,
        new: bool,
    ) -> Result<Found, DeskError> {
        let pace = Pace::begin();
        let found = self.run_saved_now(who, name, seek, new).await;
        pace.keep().await;
        found
    }

    async fn run_saved_now(
        &self,
        who: &Handle,
        name: &str,
        seek: &Seek,
        new: bool,
    ) -> Result<Found, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let mark = self.saved_mark(person, name.trim());
        let saved = act.tx.saved_searches(person).await?;
        let sealed = saved.into_iter().find(|(m, _)| *m == mark).map(|(_, sealed)| sealed);
        let mut kept = self.open_saved(person, &mark, &sealed.ok_or_else(|| unknown(name))?)?;
        let seen = if new { std::mem::take(&mut kept.seen) } else { BTreeSet::new() };
        let (found, papers) = match act.search(person, &kept.query, seek, &seen).await {
            Err(refused) if refused.is_kept() => {
                act.commit().await?;
                return Err(refused);
            }
            other => other?,
        };
        kept.seen = papers;
        kept.last_run = Some(act.now);
        act.keep_search(person, &kept).await?;
        act.commit().await?;
        Ok(found)
    }

    /// Drops a saved search.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn drop_search(&self, who: &Handle, name: &str) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let mark = self.saved_mark(person, name.trim());
        if !act.tx.drop_saved_search(person, &mark).await? {
            return Err(unknown(name));
        }
        act.commit().await
    }

    fn saved_mark(&self, person: PersonId, name: &str) -> Vec<u8> {
        self.index.lookup("search.saved", &encode(&(person, name))).to_vec()
    }

    fn open_saved(&self, person: PersonId, mark: &[u8], sealed: &[u8]) -> Result<Kept, DeskError> {
        let row = format!("{}.{}", person.0, hex::encode(mark));
        decode(&open(&self.key, &Aad::new("saved_search", &row, "sealed", 0), sealed)?)
    }
}

impl Act<'_> {
    /// Moves the saved searches of one record of a person to another; of two with one name, the one that
    /// is there stays. They are sealed under their owner, so they are sealed anew.
    pub(crate) async fn move_searches(
        &mut self,
        from: PersonId,
        into: PersonId,
    ) -> Result<(), DeskError> {
        let there = self.tx.saved_searches(into).await?;
        for (mark, sealed) in self.tx.saved_searches(from).await? {
            let kept = self.archive.open_saved(from, &mark, &sealed)?;
            let name = self.archive.saved_mark(into, &kept.name);
            if there.iter().all(|(mark, _)| *mark != name) {
                self.keep_search(into, &kept).await?;
            }
            self.tx.drop_saved_search(from, &mark).await?;
        }
        Ok(())
    }

    async fn keep_search(&mut self, person: PersonId, kept: &Kept) -> Result<(), DeskError> {
        let mark = self.archive.saved_mark(person, &kept.name);
        let row = format!("{}.{}", person.0, hex::encode(&mark));
        let aad = Aad::new("saved_search", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Body, &encode(kept), nonce)?;
        Ok(self.tx.set_saved_search(person, &mark, &sealed).await?)
    }
}

fn unknown(name: &str) -> DeskError {
    DeskError::Unknown {
        what: "saved search",
        name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        hint: "; see: chancery search list",
    }
}
