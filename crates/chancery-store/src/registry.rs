//! Persons and offices.

use chancery_domain::Handle;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::record::{leaf_of, position};
use crate::{OfficeId, PersonId, StoreError, Tx};

impl Tx {
    /// Adds a person; `None` when the handle is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_person(
        &mut self,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<Option<PersonId>, StoreError> {
        let id = insert(self, "person", handle, sealed).await?;
        Ok(id.map(PersonId))
    }

    /// Notes that the entry `leaf` says what is known of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_person_change(
        &mut self,
        person: PersonId,
        leaf: u64,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO person_change (leaf, person) VALUES ($1, $2)")
            .bind(position(leaf)?)
            .bind(person.0)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Positions of the entries that say what was known of a person, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_changes(&mut self, person: PersonId) -> Result<Vec<u64>, StoreError> {
        let leaves: Vec<i64> =
            sqlx::query_scalar("SELECT leaf FROM person_change WHERE person = $1 ORDER BY leaf")
                .bind(person.0)
                .fetch_all(&mut *self.inner)
                .await?;
        leaves.into_iter().map(leaf_of).collect()
    }

    /// Adds an office; `None` when the handle is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_office(
        &mut self,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<Option<OfficeId>, StoreError> {
        let id = insert(self, "office", handle, sealed).await?;
        Ok(id.map(OfficeId))
    }

    /// The person with this handle; the handle of a duplicate record means the one that stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person(&mut self, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT coalesce(m.into_person, p.id) FROM person p
             LEFT JOIN merged m ON m.person = p.id WHERE p.handle = $1",
        )
        .bind(handle.as_str())
        .fetch_optional(&mut *self.inner)
        .await?
        .map(PersonId))
    }

    /// The office with this handle.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn office(&mut self, handle: &Handle) -> Result<Option<OfficeId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM office WHERE handle = $1")
            .bind(handle.as_str())
            .fetch_optional(&mut *self.inner)
            .await?
            .map(OfficeId))
    }

    /// Handle and sealed details of one person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_by_id(
        &mut self,
        id: PersonId,
    ) -> Result<Option<(Handle, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT handle, sealed FROM person WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .map(|row| Ok((handle(&row, "handle")?, row.try_get("sealed")?)))
            .transpose()
    }

    /// Handle and sealed details of one office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn office_by_id(
        &mut self,
        id: OfficeId,
    ) -> Result<Option<(Handle, Vec<u8>)>, StoreError> {
        sqlx::query("SELECT handle, sealed FROM office WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .map(|row| Ok((handle(&row, "handle")?, row.try_get("sealed")?)))
            .transpose()
    }

    /// Replaces the sealed details of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_person(&mut self, id: PersonId, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query("UPDATE person SET sealed = $2 WHERE id = $1")
            .bind(id.0)
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Replaces the sealed details of an office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_office(&mut self, id: OfficeId, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query("UPDATE office SET sealed = $2 WHERE id = $1")
            .bind(id.0)
            .bind(sealed)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// All persons by id: handle and sealed details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn persons(&mut self) -> Result<Vec<(PersonId, Handle, Vec<u8>)>, StoreError> {
        let rows = all(self, "person").await?;
        Ok(rows.into_iter().map(|(id, handle, sealed)| (PersonId(id), handle, sealed)).collect())
    }

    /// All offices by id: handle and sealed details.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offices(&mut self) -> Result<Vec<(OfficeId, Handle, Vec<u8>)>, StoreError> {
        let rows = all(self, "office").await?;
        Ok(rows.into_iter().map(|(id, handle, sealed)| (OfficeId(id), handle, sealed)).collect())
    }
}

async fn insert(
    tx: &mut Tx,
    table: &'static str,
    handle: &Handle,
    sealed: &[u8],
) -> Result<Option<i64>, StoreError> {
    let statement = match table {
        "person" => {
            "INSERT INTO person (handle, sealed) VALUES ($1, $2)
             ON CONFLICT (handle) DO NOTHING RETURNING id"
        }
        _ => {
            "INSERT INTO office (handle, sealed) VALUES ($1, $2)
             ON CONFLICT (handle) DO NOTHING RETURNING id"
        }
    };
    Ok(sqlx::query_scalar(statement)
        .bind(handle.as_str())
        .bind(sealed)
        .fetch_optional(&mut *tx.inner)
        .await?)
}

async fn all(tx: &mut Tx, table: &'static str) -> Result<Vec<(i64, Handle, Vec<u8>)>, StoreError> {
    let statement = match table {
        "person" => "SELECT id, handle, sealed FROM person ORDER BY id",
        _ => "SELECT id, handle, sealed FROM office ORDER BY id",
    };
    sqlx::query(statement)
        .fetch_all(&mut *tx.inner)
        .await?
        .iter()
        .map(|row| Ok((row.try_get("id")?, handle(row, "handle")?, row.try_get("sealed")?)))
        .collect()
}

/// The handle in a column.
pub(crate) fn handle(row: &SqliteRow, column: &str) -> Result<Handle, StoreError> {
    let handle: String = row.try_get(column)?;
    handle.parse().map_err(|e| StoreError::Damaged(format!("{e}")))
}

/// The word by which a unit variant is stored.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// The unit variant that a stored word stands for.
pub(crate) fn parse<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Damaged(format!("unknown word “{word}”")))
}
