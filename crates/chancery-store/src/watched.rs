//! What a transaction changed, row by row, so that the state of all tables can be bound to the record.
//!
//! Temporary triggers on every table note each changed row as it was and as it is. When the transaction is
//! committed, a [`Keeper`] folds the changes into one small value. An archive whose rows were rewritten, removed or
//! put back to an earlier state by somebody without the key no longer fits that value. What the value is, and
//! its key, are the keeper's business.
//!
//! Left out are rows of `leaf` and `node` (the record's tree covers them), blocks of the index (derived data, replaced
//! under names that are never used twice), and wrapped keys and locks (they open in their places or not at all, and
//! after a restore may come from another moment than the rest). Of sealed values the first 64 bytes stand for the whole: they hold the
//! nonce, which no two envelopes share, and the rest cannot be altered unnoticed.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::{Store, StoreError, Tx};

/// The name under which the folded value is kept.
pub const STATE: &str = "state-seal";

/// Tables that are not watched, each for the reason given above, and those of the database itself.
const UNWATCHED: &str = "'leaf', 'node', 'segment_block', 'ring', '_sqlx_migrations'";

/// Rows of other tables that are not, and why: see above. `{row}` is `OLD.`, `NEW.` or nothing.
fn watched(table: &str, row: &str) -> String {
    match table {
        "meta" => format!("{row}name NOT IN ('{STATE}', 'exposure-key', 'keys-joined')"),
        "part" => format!("{row}name <> 'key'"),
        _ => "1".to_owned(),
    }
}

/// A changed row, as text that has one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its table.
    pub table: String,
    /// As it was; nothing when it is new.
    pub before: Option<String>,
    /// As it is; nothing when it is gone.
    pub after: Option<String>,
}

/// Folds changes into the value that stands for the state of all tables.
pub trait Keeper: Debug + Send + Sync {
    /// The new value, from the present one, the number of entries in the record, and what changed.
    ///
    /// # Errors
    /// With a message, when the present value is not one it made.
    fn fold(
        &self,
        state: Option<&[u8]>,
        entries: u64,
        changes: &[Change],
    ) -> Result<Vec<u8>, String>;
}

/// The keeper of a store, once it has one.
pub(crate) type Kept = Arc<OnceLock<Arc<dyn Keeper>>>;

impl Store {
    /// From now on folds what transactions change. The first keeper stays.
    pub fn keep(&self, keeper: Arc<dyn Keeper>) {
        let _ = self.keeper.set(keeper);
    }
}

impl Tx {
    /// Folds what this transaction has changed so far.
    pub(crate) async fn fold_changes(&mut self) -> Result<(), StoreError> {
        let changes = self.changes().await?;
        let Some(keeper) = self.keeper.get().map(Arc::clone) else { return Ok(()) };
        if changes.is_empty() {
            return Ok(());
        }
        let state = self.meta(STATE).await?;
        let entries = self.count_leaves().await?;
        let folded =
            keeper.fold(state.as_deref(), entries, &changes).map_err(StoreError::Damaged)?;
        self.set_meta(STATE, &folded).await
    }

    /// Forgets what this transaction has changed so far: whoever takes the rows as they are counts it already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_changes(&mut self) -> Result<(), StoreError> {
        self.changes().await.map(drop)
    }

    async fn changes(&mut self) -> Result<Vec<Change>, StoreError> {
        let rows = sqlx::query("SELECT tab, was, is_now FROM temp.changed_row ORDER BY rowid")
            .fetch_all(&mut *self.inner)
            .await?;
        if !rows.is_empty() {
            sqlx::query("DELETE FROM temp.changed_row").execute(&mut *self.inner).await?;
        }
        rows.iter()
            .map(|row| {
                Ok(Change {
                    table: row.try_get("tab")?,
                    before: row.try_get("was")?,
                    after: row.try_get("is_now")?,
                })
            })
            .collect()
    }

    /// Every watched row as [`Change`]s from nothing, table by table; `visit` gets them in portions.
    ///
    /// # Errors
    /// When the database fails, or `visit` does.
    pub async fn watched_rows<E: From<StoreError>>(
        &mut self,
        mut visit: impl FnMut(&[Change]) -> Result<(), E>,
    ) -> Result<(), E> {
        for table in tables(&mut self.inner).await.map_err(StoreError::from)? {
            let text = row_text(&mut self.inner, &table, "").await.map_err(StoreError::from)?;
            let only = watched(&table, "");
            let statement = format!(
                "SELECT rowid AS rowid, {text} AS is_now FROM \"{table}\"
                 WHERE rowid > $1 AND {only} ORDER BY rowid LIMIT 1000"
            );
            let mut after = i64::MIN;
            loop {
                let rows = sqlx::query(AssertSqlSafe(statement.clone()))
                    .bind(after)
                    .fetch_all(&mut *self.inner)
                    .await
                    .map_err(StoreError::from)?;
                let mut portion = Vec::with_capacity(rows.len());
                for row in &rows {
                    after = row.try_get("rowid").map_err(StoreError::from)?;
                    portion.push(Change {
                        table: table.clone(),
                        before: None,
                        after: row.try_get("is_now").map_err(StoreError::from)?,
                    });
                }
                if portion.is_empty() {
                    break;
                }
                visit(&portion)?;
            }
        }
        Ok(())
    }
}

/// Sets the triggers up on a connection, for the tables that there are.
pub(crate) async fn watch(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut script = String::from(
        "CREATE TEMP TABLE IF NOT EXISTS changed_row (tab TEXT NOT NULL, was TEXT, is_now TEXT);\n",
    );
    for table in tables(connection).await? {
        let (old, new) = (
            row_text(connection, &table, "OLD.").await?,
            row_text(connection, &table, "NEW.").await?,
        );
        for (event, row, was, is) in [
            ("INSERT", "NEW.", "NULL", new.as_str()),
            ("UPDATE", "NEW.", old.as_str(), new.as_str()),
            ("DELETE", "OLD.", old.as_str(), "NULL"),
        ] {
            let only = watched(&table, row);
            script.push_str(&format!(
                "DROP TRIGGER IF EXISTS temp.\"watch_{table}_{event}\";
                 CREATE TEMP TRIGGER \"watch_{table}_{event}\" AFTER {event} ON main.\"{table}\" WHEN {only}
                 BEGIN INSERT INTO changed_row (tab, was, is_now) VALUES ('{table}', {was}, {is}); END;\n"
            ));
        }
    }
    sqlx::raw_sql(AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

async fn tables(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let statement = format!(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name NOT IN ({UNWATCHED}) ORDER BY name"
    );
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(connection).await
}

/// SQL that writes a row as text: its columns that hold something, by name. `row` is `OLD.`, `NEW.` or nothing.
async fn row_text(
    connection: &mut SqliteConnection,
    table: &str,
    row: &str,
) -> Result<String, sqlx::Error> {
    let columns: Vec<(String, String)> =
        sqlx::query_as("SELECT name, type FROM pragma_table_info($1) ORDER BY cid")
            .bind(table)
            .fetch_all(connection)
            .await?;
    let columns = columns.iter().filter(|(name, _)| (table, name.as_str()) != ("paper", "lock"));
    let text = columns.map(|(name, kind)| {
        let column = format!("{row}\"{name}\"");
        // Values of `meta` are not all sealed.
        let value = if kind == "BLOB" && table != "meta" {
            format!("quote(substr({column}, 1, 64)) || length({column})")
        } else {
            format!("quote({column})")
        };
        format!("CASE WHEN {column} IS NULL THEN '' ELSE '{name}=' || {value} || ';' END")
    });
    Ok(text.collect::<Vec<_>>().join(" || "))
}
