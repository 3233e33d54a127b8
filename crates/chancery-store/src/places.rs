//! Where sealed values lie: every column of the schema that holds bytes, and what each is.
//!
//! The list is compared with the schema by a test, so that a column that holds bytes and is neither sealed at a
//! known place nor named here as something else cannot be added unnoticed.

use sqlx::{AssertSqlSafe, Row};

use crate::{StoreError, Tx};

/// Under which of the archive's keys a place is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// The root key: wrapped keys of the ring.
    Root,
    /// The key of the tables' short fields.
    Fields,
    /// The same, behind the lock of the row.
    Heading,
    /// The key of the paper that the row is about, which itself is the part named `key`.
    Paper,
    /// The key of the exposure index, which itself is a value of `meta`.
    Index,
}

/// A column of sealed values.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its table.
    pub table: &'static str,
    /// Its column.
    pub value: &'static str,
    /// The row's name in the authenticated data, in SQL.
    pub row: &'static str,
    /// The column's name in the authenticated data, in SQL.
    pub column: &'static str,
    /// Which rows of it are sealed, in SQL.
    pub only: &'static str,
    /// Under which key.
    pub under: Under,
}

const fn place(
    table: &'static str,
    row: &'static str,
    column: &'static str,
    under: Under,
) -> Place {
    Place { table, value: "sealed", row, column, only: "1", under }
}

/// All columns of sealed values.
pub const PLACES: &[Place] = &[
    place("ring", "name || '/' || version", "'sealed'", Under::Root),
    place("person", "handle", "'sealed'", Under::Fields),
    place("office", "handle", "'sealed'", Under::Fields),
    place("paper", "id", "'head'", Under::Heading),
    place("part", "paper", "name", Under::Paper),
    place("inquiry", "id", "'sealed'", Under::Fields),
    place("leak", "inquiry || '-' || ordinal", "'sealed'", Under::Fields),
    // Padding has nothing inside, and neither have entries that were erased; the record says which are which.
    Place { only: "length(sealed) > 0", ..place("leaf", "position", "'sealed'", Under::Fields) },
    Place {
        only: "length(sealed) > 0",
        ..place("passkey", "lower(hex(mark))", "'sealed'", Under::Fields)
    },
    place("api_token", "lower(hex(token))", "'sealed'", Under::Fields),
    Place {
        only: "length(sealed) > 0",
        ..place("webhook", "lower(hex(mark))", "'sealed'", Under::Fields)
    },
    Place {
        only: "length(sealed) > 0",
        ..place("subject", "lower(hex(mark))", "'sealed'", Under::Fields)
    },
    place("resignation", "id", "'sealed'", Under::Fields),
    place("searched", "leaf", "'query'", Under::Fields),
    place("saved_search", "person || '.' || lower(hex(mark))", "'sealed'", Under::Fields),
    place("alarm", "lower(hex(mark))", "'sealed'", Under::Fields),
    place("retention", "paper", "'sealed'", Under::Fields),
    place("publication", "id", "'sealed'", Under::Fields),
    place("public_text", "id", "'sealed'", Under::Fields),
    place("segment_block", "segment || '/' || number", "'sealed'", Under::Index),
    place("vocabulary", "page", "'sealed'", Under::Index),
    place("page_block", "segment || '/' || number", "'sealed'", Under::Index),
    Place { value: "note", ..place("posting", "id", "'note'", Under::Fields) },
    Place { value: "note", ..place("accreditation_event", "id", "'note'", Under::Fields) },
    Place {
        value: "value",
        only: "name IN ('log-seed', 'exposure-key', 'policy') OR name LIKE 'exposure-chance%'",
        ..place("meta", "name", "'value'", Under::Fields)
    },
];

/// Columns of bytes that are not sealed, each with the reason.
pub const IN_THE_CLEAR: &[(&str, &str, &str)] = &[
    ("paper", "source", "a keyed hash"),
    ("paper", "lock", "random; says nothing without the key"),
    ("session", "token", "a hash of a random token"),
    ("handover", "statement", "a hash of a statement that was handed out"),
    ("saved_search", "mark", "a keyed hash"),
    ("alarm", "mark", "a keyed hash"),
    ("publication", "sha256", "a hash of a public text"),
    ("public_text", "digest", "a keyed hash"),
    ("leaf", "commitment", "a salted commitment, meant for outsiders"),
    ("node", "hash", "a hash of the record's tree, meant for outsiders"),
    ("binding", "holder", "a keyed hash"),
    (
        "binding",
        "sealed",
        "sealed under the key of the bindings, which lies apart; opened at every use",
    ),
    ("binding", "boxed", "an age file for the reveal key, whose halves the officers hold"),
    ("officer_pair", "sealed", "an age file for two officers, one layer each"),
    ("invitation", "code", "a hash of a random code"),
    ("passkey", "mark", "a keyed hash"),
    ("subject", "mark", "a keyed hash"),
    ("webhook", "mark", "random; the name of a row"),
    ("api_token", "token", "a hash of a random token"),
];

/// A sealed value where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// SQLite's number of the row.
    pub rowid: i64,
    /// The row in the authenticated data.
    pub row: String,
    /// The column in the authenticated data.
    pub column: String,
    /// The lock, at [`Under::Heading`].
    pub lock: Option<Vec<u8>>,
    /// The envelope.
    pub sealed: Vec<u8>,
}

impl Tx {
    /// Up to `limit` sealed values of a place after the row `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_values(
        &mut self,
        place: &Place,
        after: i64,
        limit: u32,
    ) -> Result<Vec<SealedValue>, StoreError> {
        let Place { table, value, row, column, only, under } = place;
        let lock = if *under == Under::Heading { "lock" } else { "NULL" };
        let statement = format!(
            "SELECT rowid AS rowid, CAST({row} AS TEXT) AS row, {column} AS col, {lock} AS lock, {value} AS sealed
             FROM {table} WHERE rowid > $1 AND {value} IS NOT NULL AND ({only}) ORDER BY rowid LIMIT $2"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(after)
            .bind(limit)
            .fetch_all(&mut *self.inner)
            .await?
            .iter()
            .map(|found| {
                Ok(SealedValue {
                    rowid: found.try_get("rowid")?,
                    row: found.try_get("row")?,
                    column: found.try_get("col")?,
                    lock: found.try_get("lock")?,
                    sealed: found.try_get("sealed")?,
                })
            })
            .collect()
    }
}
