//! The exposure index in sealed blocks, and a reader that fetches one block at a time.
//!
//! Searches run outside of transactions and must not wait for them: [`BlockReader`] has a connection of
//! its own, which sees what is committed.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};

use crate::readings::instant;
use crate::{PaperId, Store, StoreError, Tx};

/// A segment of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its name; never used twice.
    pub name: u64,
    /// Blocks it lies in.
    pub blocks: u32,
}

impl Tx {
    /// All segments in the order of their names.
    ///
    /// # Errors
    /// When the database fails, or a row is damaged.
    pub async fn segments(&mut self) -> Result<Vec<SegmentRow>, StoreError> {
        sqlx::query("SELECT name, blocks FROM segment ORDER BY name")
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|row| {
                let (name, blocks): (i64, i64) = (row.try_get("name")?, row.try_get("blocks")?);
                match (u64::try_from(name), u32::try_from(blocks)) {
                    (Ok(name), Ok(blocks)) => Ok(SegmentRow { name, blocks }),
                    _ => Err(StoreError::Damaged("a segment of the index".into())),
                }
            })
            .collect()
    }

    /// Keeps a segment with its sealed blocks.
    ///
    /// # Errors
    /// When the database fails, or the name is taken.
    pub async fn add_segment(&mut self, name: u64, blocks: &[Vec<u8>]) -> Result<(), StoreError> {
        let name = key(name)?;
        let count = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
        sqlx::query("INSERT INTO segment (name, blocks) VALUES ($1, $2)")
            .bind(name)
            .bind(count)
            .execute(&mut *self.inner)
            .await?;
        for (number, sealed) in (0_i64..).zip(blocks) {
            sqlx::query("INSERT INTO segment_block (segment, number, sealed) VALUES ($1, $2, $3)")
                .bind(name)
                .bind(number)
                .bind(sealed)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// Removes a segment and its blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_segment(&mut self, name: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM segment WHERE name = $1")
            .bind(key(name)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The sealed pages of the vocabulary in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vocabulary(&mut self) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM vocabulary ORDER BY page")
            .fetch_all(&mut *self.inner)
            .await?)
    }

    /// Writes a page of the vocabulary.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_vocabulary(&mut self, page: u32, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO vocabulary (page, sealed) VALUES ($1, $2)
             ON CONFLICT (page) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(page)
        .bind(sealed)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Removes the whole index, and the page index, which is sealed under the same key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_index(&mut self) -> Result<(), StoreError> {
        for table in ["DELETE FROM segment", "DELETE FROM vocabulary", "DELETE FROM page_segment"] {
            sqlx::query(table).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// Released statements with the instant from which they are public.
    ///
    /// # Errors
    /// When the database fails, or an instant is damaged.
    pub async fn statements(&mut self) -> Result<Vec<(PaperId, Timestamp)>, StoreError> {
        sqlx::query(
            "SELECT id, coalesce(lifts, released_at, 0) AS public_from FROM paper
             WHERE kind = 'statement' AND release_leaf IS NOT NULL ORDER BY id",
        )
        .fetch_all(&mut *self.inner)
        .await?
        .iter()
        .map(|row| Ok((PaperId(row.try_get("id")?), instant(row.try_get("public_from")?)?)))
        .collect()
    }

    /// Papers about whose keeping something is laid down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retained(&mut self) -> Result<Vec<PaperId>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar("SELECT paper FROM retention ORDER BY paper")
            .fetch_all(&mut *self.inner)
            .await?;
        Ok(ids.into_iter().map(PaperId).collect())
    }

    /// Numbers of all released papers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn released_papers(&mut self) -> Result<Vec<PaperId>, StoreError> {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM paper WHERE release_leaf IS NOT NULL ORDER BY id")
                .fetch_all(&mut *self.inner)
                .await?;
        Ok(ids.into_iter().map(PaperId).collect())
    }
}

fn key(name: u64) -> Result<i64, StoreError> {
    i64::try_from(name).map_err(|_| StoreError::Damaged("a segment's name".into()))
}

type Answer = Result<Option<Vec<u8>>, String>;
type Question = (u64, u32, Sender<Answer>);

/// Fetches sealed blocks outside of any transaction, one at a time.
#[derive(Debug)]
pub struct BlockReader(Mutex<Sender<Question>>);

impl BlockReader {
    /// Starts a reader. It ends when it is dropped.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let (ask, questions) = channel();
        let options = (*store.pool.connect_options()).clone().read_only(true);
        std::thread::spawn(move || serve(options, &questions));
        Self(Mutex::new(ask))
    }

    /// The sealed block `number` of a segment, if there is one.
    ///
    /// # Errors
    /// With what the database says.
    pub fn read(&self, segment: u64, number: u32) -> Answer {
        let (reply, answer) = channel();
        let gone = || "the reader of the index has ended".to_owned();
        let ask = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ask.send((segment, number, reply)).map_err(|_| gone())?;
        drop(ask);
        answer.recv().map_err(|_| gone())?
    }
}

fn serve(options: SqliteConnectOptions, questions: &Receiver<Question>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let mut open = None;
        while let Ok((segment, number, reply)) = questions.recv() {
            let answer = async {
                if open.is_none() {
                    open = Some(options.connect().await?);
                }
                let connection = open.as_mut().ok_or(sqlx::Error::PoolClosed)?;
                sqlx::query_scalar(
                    "SELECT sealed FROM segment_block WHERE segment = $1 AND number = $2",
                )
                .bind(i64::try_from(segment).unwrap_or(-1))
                .bind(number)
                .fetch_optional(connection)
                .await
            };
            let answer: Result<Option<Vec<u8>>, sqlx::Error> = answer.await;
            // Whoever asked may have gone.
            let _ = reply.send(answer.map_err(|e| e.to_string()));
        }
    });
}
