//! Duplicate records of one person.
//!
//! What the duplicate did and held moves to the record that stays. What was said about the duplicate in
//! the record's entries cannot move: copies keep the person they were bound to, and are found through
//! [`Tx::records_of`].

use sqlx::AssertSqlSafe;

use crate::record::{leaf_of, position};
use crate::{PersonId, StoreError, Tx};

/// Every column that names a person and moves with a merge. A test compares this list, together with
/// those that stay, with the schema: whoever adds a column has to decide.
const MOVED: &[(&str, &str)] = &[
    ("posting", "person"),
    ("reading", "person"),
    ("paper", "drafter"),
    ("clearing", "given_by"),
    ("history", "person"),
    ("inquiry", "opened"),
    ("inquiry", "approved"),
    ("resignation", "person"),
    ("resignation", "decided_by"),
    ("searched", "person"),
    ("session", "person"),
    ("sighting", "person"),
    ("done", "person"),
    ("handover", "from_person"),
    ("handover", "to_person"),
    ("accreditation", "person"),
    ("bag", "person"),
    ("invitation", "given_by"),
    ("invitation", "person"),
    ("report", "person"),
    ("passkey", "person"),
    ("api_token", "person"),
    ("subject", "person"),
    ("disposal", "asked_by"),
    ("disposal", "destroyed_by"),
];

impl Tx {
    /// Merges `from` into `into` by the entry `leaf`. Both must stand by themselves before; see
    /// [`Tx::merged_into`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merge_person(
        &mut self,
        from: PersonId,
        into: PersonId,
        leaf: u64,
    ) -> Result<(), StoreError> {
        for (table, column) in MOVED {
            // Names of our own tables, never anybody's input.
            let statement = format!("UPDATE {table} SET {column} = $2 WHERE {column} = $1");
            sqlx::query(AssertSqlSafe(statement))
                .bind(from.0)
                .bind(into.0)
                .execute(&mut *self.inner)
                .await?;
        }
        sqlx::query("UPDATE merged SET into_person = $2 WHERE into_person = $1")
            .bind(from.0)
            .bind(into.0)
            .execute(&mut *self.inner)
            .await?;
        sqlx::query("INSERT INTO merged (person, into_person, leaf) VALUES ($1, $2, $3)")
            .bind(from.0)
            .bind(into.0)
            .bind(position(leaf)?)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The record that this one was merged into, if it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merged_into(&mut self, person: PersonId) -> Result<Option<PersonId>, StoreError> {
        Ok(sqlx::query_scalar("SELECT into_person FROM merged WHERE person = $1")
            .bind(person.0)
            .fetch_optional(&mut *self.inner)
            .await?
            .map(PersonId))
    }

    /// All records of one person: the one that stays first, then its duplicates.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_of(&mut self, person: PersonId) -> Result<Vec<PersonId>, StoreError> {
        let duplicates: Vec<i64> =
            sqlx::query_scalar("SELECT person FROM merged WHERE into_person = $1 ORDER BY person")
                .bind(person.0)
                .fetch_all(&mut *self.inner)
                .await?;
        Ok(std::iter::once(person).chain(duplicates.into_iter().map(PersonId)).collect())
    }

    /// The entries that merged duplicates into this person, in the order in which they were entered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merges_into(&mut self, person: PersonId) -> Result<Vec<u64>, StoreError> {
        let leaves: Vec<i64> =
            sqlx::query_scalar("SELECT leaf FROM merged WHERE into_person = $1 ORDER BY leaf")
                .bind(person.0)
                .fetch_all(&mut *self.inner)
                .await?;
        leaves.into_iter().map(leaf_of).collect()
    }

    /// All duplicates with the records that they were merged into, by duplicate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicates(&mut self) -> Result<Vec<(PersonId, PersonId)>, StoreError> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT person, into_person FROM merged ORDER BY person")
                .fetch_all(&mut *self.inner)
                .await?;
        Ok(rows.into_iter().map(|(a, b)| (PersonId(a), PersonId(b))).collect())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;
    use crate::Store;

    /// Columns that stay: bound by an entry of the record, about merging itself, or sealed under the
    /// person, so that the desk moves them.
    const KEPT: &[(&str, &str)] = &[
        ("officer", "person"),
        ("merged", "person"),
        ("merged", "into_person"),
        ("saved_search", "person"),
        // A clearance belongs to the record that it was given to.
        ("person_change", "person"),
    ];

    /// Whoever adds a column that names a person decides here whether it moves.
    #[tokio::test(flavor = "current_thread")]
    async fn every_column_that_names_a_person_is_decided_about() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.sqlite"), true).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let columns = sqlx::query(
            "SELECT m.name AS t, f.\"from\" AS c FROM sqlite_master m
             JOIN pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' AND f.\"table\" = 'person' ORDER BY 1, 2",
        )
        .fetch_all(&mut *tx.inner)
        .await
        .unwrap();
        let schema: Vec<(String, String)> =
            columns.iter().map(|row| (row.get("t"), row.get("c"))).collect();
        let mut decided: Vec<(String, String)> = MOVED
            .iter()
            .chain(KEPT)
            .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()))
            .collect();
        decided.sort();
        assert_eq!(schema, decided, "add the column to MOVED or to KEPT");
    }
}
