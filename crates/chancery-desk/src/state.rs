//! The state seal: one value that stands for all rows of all tables, bound to the length of the record.
//!
//! It is the exclusive-or of keyed hashes of all rows, sealed. Every transaction takes out what it changed and
//! puts in what it made ([`chancery_store::Keeper`]). Whoever has not the key cannot make a value that fits other rows, nor
//! use an earlier one: it is sealed for the record's length, and that is signed. Rows that were put back to an
//! earlier state, moved, added or removed are therefore noticed when all are compared ([`Archive::check_seals`]).
//!
//! Hashes of a set by exclusive-or are safe here because nobody without the key ever sees one (Bellare and Micciancio,
//! "A new paradigm for collision-free hashing", 1997, break the unkeyed form only).

use std::sync::Arc;

use chancery_store::{Change, Keeper, STATE, StoreError, Tx, schema_version};
use chancery_vault::{Aad, ArchiveKey, IndexKey, LookupKey, Nonce, Padding, PaperDek, open, seal};

use crate::outside::random;
use crate::{Archive, DeskError};

/// What is behind the key of the seal, in place of a random lock.
const LOCK: &[u8; 32] = b"chancery/state-seal/v1..........";
const DOMAIN: &str = "state-seal";

/// Folds the rows of the tables.
#[derive(Debug)]
pub(crate) struct StateKeeper {
    seal: PaperDek,
    hash: LookupKey,
}

/// What the seal holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    sum: [u8; 32],
    /// The version of the tables whose rows were summed.
    schema: i64,
}

impl StateKeeper {
    pub(crate) fn new(fields: &ArchiveKey, index: &IndexKey) -> Self {
        Self { seal: fields.behind(LOCK), hash: index.domain(DOMAIN) }
    }

    fn add(&self, state: &mut State, changes: &[Change]) {
        for change in changes {
            for text in [&change.before, &change.after].into_iter().flatten() {
                let row = format!("{}:{text}", change.table);
                let hash = self.hash.lookup(row.as_bytes());
                for (sum, byte) in state.sum.iter_mut().zip(hash) {
                    *sum ^= byte;
                }
            }
        }
    }

    fn close(&self, state: &State, entries: u64) -> Result<Vec<u8>, DeskError> {
        let plain = [state.sum.as_slice(), &state.schema.to_le_bytes()].concat();
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.seal, &place(entries), Padding::Field, &plain, nonce)?;
        Ok([entries.to_le_bytes().as_slice(), &sealed].concat())
    }

    /// The state and the number of entries that it was sealed for.
    fn open(&self, kept: &[u8]) -> Result<(State, u64), DeskError> {
        let (entries, sealed) = kept.split_first_chunk().ok_or_else(broken)?;
        let entries = u64::from_le_bytes(*entries);
        let plain = open(&self.seal, &place(entries), sealed).map_err(|_| broken())?;
        let (sum, schema) = plain.split_first_chunk::<32>().ok_or_else(broken)?;
        let schema: [u8; 8] = schema.try_into().map_err(|_| broken())?;
        Ok((State { sum: *sum, schema: i64::from_le_bytes(schema) }, entries))
    }

    /// The state of all rows as they are.
    async fn whole(&self, tx: &mut Tx) -> Result<State, DeskError> {
        let mut state = State { sum: [0; 32], schema: schema_version() };
        tx.watched_rows(|rows| {
            self.add(&mut state, rows);
            Ok::<(), StoreError>(())
        })
        .await?;
        Ok(state)
    }

    /// Makes the seal anew from the rows as they are.
    pub(crate) async fn settle(&self, tx: &mut Tx) -> Result<(), DeskError> {
        tx.forget_changes().await?;
        let state = self.whole(tx).await?;
        let entries = tx.count_leaves().await?;
        Ok(tx.set_meta(STATE, &self.close(&state, entries)?).await?)
    }

    /// Makes the seal anew when the tables have changed with the program.
    pub(crate) async fn follow_schema(&self, tx: &mut Tx) -> Result<(), DeskError> {
        let kept = tx.meta(STATE).await?.ok_or_else(broken)?;
        let (state, _) = self.open(&kept)?;
        if state.schema == schema_version() { Ok(()) } else { self.settle(tx).await }
    }

    /// Compares the seal with all rows.
    pub(crate) async fn check(&self, tx: &mut Tx) -> Result<(), DeskError> {
        let kept = tx.meta(STATE).await?.ok_or_else(broken)?;
        let (state, entries) = self.open(&kept)?;
        if entries != tx.count_leaves().await? || state != self.whole(tx).await? {
            return Err(broken());
        }
        Ok(())
    }
}

impl Keeper for StateKeeper {
    fn fold(
        &self,
        state: Option<&[u8]>,
        entries: u64,
        changes: &[Change],
    ) -> Result<Vec<u8>, String> {
        let fold = || -> Result<Vec<u8>, DeskError> {
            let (mut state, _) = self.open(state.ok_or_else(broken)?)?;
            self.add(&mut state, changes);
            self.close(&state, entries)
        };
        fold().map_err(|e| e.to_string())
    }
}

impl Archive {
    pub(crate) fn state_keeper(&self) -> Arc<StateKeeper> {
        Arc::new(StateKeeper::new(&self.key, &self.index))
    }
}

fn place(entries: u64) -> Aad<'static> {
    Aad::new("meta", STATE, "value", entries)
}

fn broken() -> DeskError {
    DeskError::Record(
        "rows of the database are not those that the last act left: some were altered, moved, removed or put back to an earlier state".into(),
    )
}
