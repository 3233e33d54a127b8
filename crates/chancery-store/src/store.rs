//! Opening the database file, and transactions.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use crate::through::{Through, present};
use crate::watched::{Kept, watch};

/// How long one process waits for another's transaction before giving up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Pages of the database kept in memory, in KiB and negative, as SQLite wants it: a reading list over a
/// large archive asks of ten thousands of papers whether they have been read.
const CACHE_KIB: &str = "-65536";

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The version of the tables that this program keeps.
#[must_use]
pub fn schema_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// An open archive database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: SqlitePool,
    pub(crate) keeper: Kept,
}

/// A transaction. Dropping it without [`Tx::commit`] undoes everything.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Transaction<'static, Sqlite>,
    pub(crate) keeper: Kept,
    through: Option<Through>,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full: nothing of the transaction was kept.
    #[error("the disk is full; nothing was changed. Free some space and repeat the command")]
    DiskFull,
    /// The file or folder cannot be written.
    #[error("the archive cannot be written; check the permissions of its folder and files")]
    ReadOnly,
    /// Another process holds the database.
    #[error("another process is using this archive; wait for it to finish, or stop it")]
    Busy,
    /// A row holds what no version of this program wrote.
    #[error("the archive's database is damaged ({0}); restore it from a backup")]
    Damaged(String),
    /// Anything else the database says.
    #[error("the archive's database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLite's primary result code is the low byte of the extended one.
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match code {
            Some(13) => Self::DiskFull,
            Some(8 | 14 | 3 | 23) => Self::ReadOnly,
            Some(5 | 6) => Self::Busy,
            Some(11 | 26) => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

impl Store {
    /// Opens the database at `path`; creates it when `create` is set and it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened, or holds something else.
    pub async fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            // A leaf is acknowledged only when it would survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", CACHE_KIB)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .after_connect(|connection, _| Box::pin(watch(connection)))
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error.into(),
            other => StoreError::Damaged(other.to_string()),
        })?;
        // The migrations may have made tables that were not there when the connection was.
        watch(&mut *pool.acquire().await?).await?;
        Ok(Self { pool, keeper: Kept::default() })
    }

    /// Begins a transaction that will write. There is one at a time.
    ///
    /// # Errors
    /// When another process holds the database for longer than the time-out.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx { inner, keeper: Arc::clone(&self.keeper), through: present() })
    }

    /// Closes the database, moving the write-ahead log into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

impl Tx {
    /// Through which token this transaction acts, if through one.
    #[must_use]
    pub const fn through(&self) -> Option<&Through> {
        self.through.as_ref()
    }

    /// Makes the transaction durable. Only after this returns may anything be acknowledged.
    ///
    /// # Errors
    /// When it cannot be made durable; then nothing of it is kept.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.fold_changes().await?;
        Ok(self.inner.commit().await?)
    }

    /// A value kept under a name, if any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// Keeps a value under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_meta(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets the value kept under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_meta(&mut self, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM meta WHERE name = $1")
            .bind(name)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
