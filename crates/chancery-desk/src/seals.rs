//! Opening every sealed value where it lies, and comparing all rows with the state seal.

use std::collections::BTreeMap;

use chancery_store::{PLACES, PaperId, Part, Place, SealedValue, Tx, Under};
use chancery_vault::{Aad, PaperDek, VaultError, open};

use crate::{Archive, DeskError};

/// Values read at once.
const PORTION: u32 = 200;

impl Archive {
    /// Opens every sealed value in its place, then compares all rows with the state seal: a value that was
    /// altered, moved to another row, column or table, or put back to an earlier state, does not pass.
    ///
    /// # Errors
    /// At the first one that does not.
    pub(crate) async fn check_seals(&self, tx: &mut Tx) -> Result<u64, DeskError> {
        let mut opened = 0;
        for place in PLACES {
            opened += self.check_place(tx, place).await?;
        }
        self.state_keeper().check(tx).await?;
        Ok(opened)
    }

    async fn check_place(&self, tx: &mut Tx, place: &Place) -> Result<u64, DeskError> {
        if place.under == Under::Root {
            // The ring opens as a whole or not at all.
            let ring = crate::ring::open(tx, &self.root()?).await;
            ring.map_err(|_| DeskError::Record("the ring of keys cannot be opened".into()))?;
        }
        let index = match place.under {
            Under::Index => self.shelves_key(tx).await?,
            _ => None,
        };
        let mut keys: BTreeMap<PaperId, PaperDek> = BTreeMap::new();
        let (mut after, mut opened) = (i64::MIN, 0);
        loop {
            let values = tx.sealed_values(place, after, PORTION).await?;
            let Some(last) = values.last() else { return Ok(opened) };
            after = last.rowid;
            for value in &values {
                let shut = |_| {
                    DeskError::Record(format!(
                        "{} {} of {} cannot be opened in its place; it was altered or moved",
                        place.table, value.column, value.row
                    ))
                };
                if place.under == Under::Paper {
                    let id = PaperId(value.row.parse().map_err(|_| damaged())?);
                    if !keys.contains_key(&id) {
                        keys.clear();
                        keys.insert(id, self.dek(tx, id).await.map_err(|e| shut(e.to_string()))?);
                    }
                    if value.column != Part::Key.name() {
                        let key = keys.get(&id).ok_or_else(damaged)?;
                        open_in(key, place, value).map_err(|e| shut(e.to_string()))?;
                    }
                } else {
                    self.open_value(place, value, index.as_ref())
                        .map_err(|e| shut(e.to_string()))?;
                }
                opened += 1;
            }
        }
    }

    fn open_value(
        &self,
        place: &Place,
        value: &SealedValue,
        index: Option<&PaperDek>,
    ) -> Result<(), VaultError> {
        match place.under {
            // Opened already.
            Under::Root | Under::Paper => Ok(()),
            Under::Index => open_in(index.ok_or(VaultError::CannotOpen)?, place, value),
            Under::Heading => match &value.lock {
                Some(lock) => {
                    let lock = lock.as_slice().try_into().map_err(|_| VaultError::CannotOpen)?;
                    open_in(&self.key.behind(lock), place, value)
                }
                None => open_in(&self.key, place, value),
            },
            Under::Fields if place.table == "meta" => match value.row.as_str() {
                "log-seed" => {
                    let aad = Aad::new("meta", &value.row, "value", 0);
                    self.key.unwrap_log_seed(&value.sealed, &aad).map(drop)
                }
                "exposure-key" => {
                    let aad = Aad::new("meta", &value.row, "value", 0);
                    self.key.unwrap_dek(&value.sealed, &aad).map(drop)
                }
                _ => open_in(&self.key, place, value),
            },
            Under::Fields => open_in(&self.key, place, value),
        }
    }
}

fn open_in<K: chancery_vault::SealingKey>(
    key: &K,
    place: &Place,
    value: &SealedValue,
) -> Result<(), VaultError> {
    let aad = Aad::new(place.table, &value.row, &value.column, 0);
    open(key, &aad, &value.sealed).map(drop)
}

fn damaged() -> DeskError {
    DeskError::Archive("a sealed value has no place; restore a backup".into())
}

#[cfg(test)]
mod tests;
