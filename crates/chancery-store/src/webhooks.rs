//! Addresses that are told of acts, and what is still to be delivered to them.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::readings::instant;
use crate::record::{leaf_of, position};
use crate::{StoreError, Tx};

/// An address that was not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its row.
    pub id: i64,
    /// Its name where it is sealed.
    pub mark: Vec<u8>,
    /// The address and the secret, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub added: Timestamp,
}

/// What an address is to be told, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its row.
    pub id: i64,
    /// Which address.
    pub webhook: i64,
    /// What was done.
    pub act: String,
    /// To what.
    pub about: String,
    /// When.
    pub at: Timestamp,
    /// The entry that tells of it.
    pub leaf: u64,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next.
    pub due: Timestamp,
    /// When it was delivered or given up.
    pub ended: Option<Timestamp>,
    /// What came of the last try.
    pub outcome: Option<String>,
}

fn webhook(row: &SqliteRow) -> Result<WebhookRow, StoreError> {
    Ok(WebhookRow {
        id: row.try_get("id")?,
        mark: row.try_get("mark")?,
        sealed: row.try_get("sealed")?,
        added: instant(row.try_get("added")?)?,
    })
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        id: row.try_get("id")?,
        webhook: row.try_get("webhook")?,
        act: row.try_get("act")?,
        about: row.try_get("about")?,
        at: instant(row.try_get("at")?)?,
        leaf: leaf_of(row.try_get("leaf")?)?,
        tries: row.try_get("tries")?,
        due: instant(row.try_get("due")?)?,
        ended: row.try_get::<Option<i64>, _>("ended")?.map(instant).transpose()?,
        outcome: row.try_get("outcome")?,
    })
}

impl Tx {
    /// Keeps an address, which the entry `leaf` tells of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_webhook(
        &mut self,
        mark: &[u8],
        sealed: &[u8],
        (added, leaf): (Timestamp, u64),
    ) -> Result<i64, StoreError> {
        let done =
            sqlx::query("INSERT INTO webhook (mark, sealed, added, leaf) VALUES ($1, $2, $3, $4)")
                .bind(mark)
                .bind(sealed)
                .bind(added.as_millisecond())
                .bind(position(leaf)?)
                .execute(&mut *self.inner)
                .await?;
        Ok(done.last_insert_rowid())
    }

    /// The addresses that were not removed, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhooks(&mut self) -> Result<Vec<WebhookRow>, StoreError> {
        sqlx::query("SELECT * FROM webhook WHERE end_leaf IS NULL ORDER BY id")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(webhook)
            .collect()
    }

    /// Removes an address by the entry `leaf`; what it was still to be told is dropped.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_webhook(&mut self, id: i64, leaf: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM delivery WHERE webhook = $1 AND ended IS NULL")
            .bind(id)
            .execute(&mut *self.inner)
            .await?;
        sqlx::query("UPDATE webhook SET sealed = x'', end_leaf = $2 WHERE id = $1")
            .bind(id)
            .bind(position(leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps that every address is to be told of an act.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_webhooks(
        &mut self,
        act: &str,
        about: &str,
        (at, leaf): (Timestamp, u64),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO delivery (webhook, act, about, at, leaf, due)
             SELECT id, $1, $2, $3, $4, $3 FROM webhook WHERE end_leaf IS NULL ORDER BY id",
        )
        .bind(act)
        .bind(about)
        .bind(at.as_millisecond())
        .bind(position(leaf)?)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// What is to be delivered at `now`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deliveries(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM delivery WHERE ended IS NULL AND due <= $1 ORDER BY due, id LIMIT $2",
        )
        .bind(now.as_millisecond())
        .bind(limit)
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(delivery)
        .collect()
    }

    /// What an address was told last or is to be told, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries_to(
        &mut self,
        webhook: i64,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        sqlx::query("SELECT * FROM delivery WHERE webhook = $1 ORDER BY id DESC LIMIT $2")
            .bind(webhook)
            .bind(limit)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(delivery)
            .collect()
    }

    /// Keeps what came of a delivery: `tries`, `due`, `ended` and `outcome` of the row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_delivery(&mut self, row: &DeliveryRow) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE delivery SET tries = $2, due = $3, ended = $4, outcome = $5 WHERE id = $1",
        )
        .bind(row.id)
        .bind(row.tries)
        .bind(row.due.as_millisecond())
        .bind(row.ended.map(Timestamp::as_millisecond))
        .bind(&row.outcome)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
