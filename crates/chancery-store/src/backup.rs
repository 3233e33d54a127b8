//! Copies of the database while it is in use, and taking keys out of them.
//!
//! A copy is one moment's state, whatever is written meanwhile (`VACUUM INTO`). What opens papers is then moved
//! into a file of its own, so that backups of keys can be short-lived and those of papers need not be.

use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};

use crate::{Store, StoreError};

/// What is moved: each statement names the table in the file of keys first.
const PART: &str = "
    CREATE TABLE keys.part AS SELECT paper, name, sealed FROM main.part WHERE name = 'key';
    CREATE TABLE keys.lock AS SELECT id, lock FROM main.paper WHERE lock IS NOT NULL;
    CREATE TABLE keys.ring AS SELECT name, version, sealed FROM main.ring;
    CREATE TABLE keys.meta AS SELECT name, value FROM main.meta WHERE name = 'exposure-key';
    DELETE FROM main.part WHERE name = 'key';
    UPDATE main.paper SET lock = NULL;
    DELETE FROM main.ring;
    DELETE FROM main.meta WHERE name = 'exposure-key';
";

/// The way back.
const JOIN: &str = "
    INSERT INTO main.part (paper, name, sealed) SELECT paper, name, sealed FROM keys.part;
    UPDATE main.paper SET lock = (SELECT lock FROM keys.lock WHERE keys.lock.id = main.paper.id);
    INSERT INTO main.ring (name, version, sealed) SELECT name, version, sealed FROM keys.ring;
    INSERT INTO main.meta (name, value) SELECT name, value FROM keys.meta;
";

/// The way back with keys of a later moment: papers that came later are left out, the key of the index does not
/// fit, and papers destroyed meanwhile have none. The mark tells the archive to see to that when it is opened.
const JOIN_LATER: &str = "
    INSERT INTO main.part (paper, name, sealed) SELECT paper, name, sealed FROM keys.part
        WHERE paper IN (SELECT id FROM main.paper WHERE state <> 'destroyed');
    UPDATE main.paper SET lock = (SELECT lock FROM keys.lock WHERE keys.lock.id = main.paper.id);
    INSERT INTO main.ring (name, version, sealed) SELECT name, version, sealed FROM keys.ring;
    INSERT INTO main.meta (name, value) VALUES ('keys-joined', x'01');
";

impl Store {
    /// Copies the database as it is now to `path`, which must not exist.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(text(path)?).execute(&self.pool).await?;
        Ok(())
    }

    /// Truncates the write-ahead log and gives back what deletions freed, so that nothing of what was
    /// deleted stays in the files.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wipe_freed(&self) -> Result<(), StoreError> {
        sqlx::query("VACUUM").execute(&self.pool).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
        Ok(())
    }
}

/// Moves everything that opens papers from the copy at `papers` into a new database at `keys`.
///
/// # Errors
/// When one of them cannot be written.
pub async fn part_keys(papers: &Path, keys: &Path) -> Result<(), StoreError> {
    across(papers, keys, PART).await
}

/// Moves the keys at `keys` into the copy at `papers`; `later` when they were taken at another moment.
///
/// # Errors
/// When one of them cannot be read or written, or they do not belong together.
pub async fn join_keys(papers: &Path, keys: &Path, later: bool) -> Result<(), StoreError> {
    across(papers, keys, if later { JOIN_LATER } else { JOIN }).await
}

async fn across(papers: &Path, keys: &Path, script: &'static str) -> Result<(), StoreError> {
    let mut connection = plain(papers).connect().await?;
    sqlx::query("ATTACH DATABASE $1 AS keys").bind(text(keys)?).execute(&mut connection).await?;
    let moved = run(&mut connection, script).await;
    let closed = sqlx::Connection::close(connection).await;
    moved?;
    Ok(closed?)
}

async fn run(connection: &mut SqliteConnection, script: &'static str) -> Result<(), StoreError> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    sqlx::raw_sql(script).execute(&mut *connection).await?;
    sqlx::raw_sql("COMMIT").execute(&mut *connection).await?;
    // Pages that held keys are given back, not only overwritten.
    sqlx::raw_sql("VACUUM main").execute(&mut *connection).await?;
    Ok(())
}

/// One file and no write-ahead log: a copy is moved and compared as a whole.
fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // The file of keys is made when it is attached.
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
}

fn text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Damaged("a folder's name is not UTF-8".into()))
}
