//! Every sealed column of the schema, attacked by somebody who can write the database and has no key.
//!
//! The columns come from the schema itself: one that nobody has given a place fails the first test.

use std::collections::BTreeSet;

use chancery_domain::Handle;
use chancery_store::{IN_THE_CLEAR, Part};
use chancery_text::build::Choice;
use chancery_vault::{Nonce, Padding, SealingKey, seal};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use super::*;
use crate::outside::random;
use crate::{CableRecord, Clock, Finders};

/// Sealed values of a place as the database has them: row number and bytes.
type Values = Vec<(i64, Vec<u8>)>;

struct Attacked {
    _folder: tempfile::TempDir,
    archive: Archive,
    raw: SqliteConnection,
}

async fn raw(path: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    options.connect().await.unwrap()
}

/// Columns that hold bytes, by table.
async fn byte_columns(raw: &mut SqliteConnection) -> BTreeSet<(String, String)> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'
         AND c.type NOT IN ('INTEGER', 'TEXT', 'REAL')",
    )
    .fetch_all(raw)
    .await
    .unwrap();
    rows.into_iter().collect()
}

fn decided() -> BTreeSet<(String, String)> {
    let sealed = PLACES.iter().map(|place| (place.table, place.value));
    let clear = IN_THE_CLEAR.iter().map(|(table, column, _)| (*table, *column));
    sealed.chain(clear).map(|(table, column)| (table.to_owned(), column.to_owned())).collect()
}

impl Attacked {
    /// An exercise of two cables, and two sealed rows at every place.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive");
        let archive = Archive::init(&path, Clock::System).await.unwrap();
        let cable = |id: &str, subject: &str| -> CableRecord {
            serde_json::from_value(serde_json::json!({"id": id, "subject": subject, "paragraphs": [
                format!("The {subject} delegation arrived prior to the meeting, and it began to press for assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.")
            ]})).unwrap()
        };
        let cables = [cable("a", "harbour"), cable("b", "survey")];
        let (choice, finders) = (Choice::default(), Finders::embedded());
        archive.import_exercise(&cables, 3, &choice, &finders, |_, _| {}).await.unwrap();
        let raw = raw(&path.join("archive.sqlite")).await;
        let mut attacked = Self { _folder: folder, archive, raw };
        for place in PLACES {
            attacked.fill(place).await;
        }
        attacked.settle().await;
        attacked.holds("before any attack").await;
        attacked
    }

    /// Inserts made-up rows until the place has two sealed values.
    async fn fill(&mut self, place: &Place) {
        let names = ["policy", "exposure-chance/1", "exposure-chance/2"];
        let columns: Vec<(String, String)> =
            sqlx::query_as("SELECT name, type FROM pragma_table_info($1)")
                .bind(place.table)
                .fetch_all(&mut self.raw)
                .await
                .unwrap();
        let mut made = 0;
        while self.values(place).await.len() < 2 {
            made += 1;
            assert!(made < 4, "{} cannot be filled", place.table);
            let number = 7_000_000 + made;
            let list: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let values = columns.iter().map(|(name, kind)| match (place.table, name.as_str()) {
                ("meta", "name") => format!("'{}'", names[usize::try_from(made - 1).unwrap()]),
                // Real papers have real keys.
                ("part", "paper") => "1".to_owned(),
                (_, "lock") => "NULL".to_owned(),
                _ if kind == "INTEGER" => number.to_string(),
                _ if kind == "TEXT" => format!("'made-up-{made}'"),
                _ => "randomblob(32)".to_owned(),
            });
            let values = values.collect::<Vec<_>>().join(", ");
            let table = place.table;
            let insert = format!("INSERT INTO {table} ({}) VALUES ({values})", list.join(", "));
            let rowid = sqlx::query(AssertSqlSafe(insert))
                .execute(&mut self.raw)
                .await
                .unwrap()
                .last_insert_rowid();
            let sealed = self.sealed_for(place, rowid, b"made up").await;
            self.put(place, rowid, &sealed).await;
        }
    }

    /// An envelope that opens in this row.
    async fn sealed_for(&mut self, place: &Place, rowid: i64, plain: &[u8]) -> Vec<u8> {
        let Place { table, row, column, .. } = place;
        let where_it_is = format!(
            "SELECT CAST({row} AS TEXT) AS row, {column} AS col FROM {table} WHERE rowid = $1"
        );
        let found = sqlx::query(AssertSqlSafe(where_it_is))
            .bind(rowid)
            .fetch_one(&mut self.raw)
            .await
            .unwrap();
        let (row, column): (String, String) = (found.get("row"), found.get("col"));
        let aad = Aad::new(table, &row, &column, 0);
        let nonce = Nonce::from_bytes(random());
        let mut tx = self.archive.store.begin().await.unwrap();
        fn put<K: SealingKey>(key: &K, aad: &Aad<'_>, plain: &[u8], nonce: Nonce) -> Vec<u8> {
            seal(key, aad, Padding::Field, plain, nonce).unwrap()
        }
        match place.under {
            Under::Root => unreachable!("a ring is never empty"),
            Under::Fields | Under::Heading => put(&self.archive.key, &aad, plain, nonce),
            Under::Paper => {
                let id = PaperId(row.parse().unwrap());
                put(&self.archive.dek(&mut tx, id).await.unwrap(), &aad, plain, nonce)
            }
            Under::Index => {
                let key = self.archive.shelves_key(&mut tx).await.unwrap().unwrap();
                put(&key, &aad, plain, nonce)
            }
        }
    }

    async fn values(&mut self, place: &Place) -> Values {
        let Place { table, value, only, .. } = place;
        let select = format!(
            "SELECT rowid AS rowid, {value} AS sealed FROM {table}
             WHERE {value} IS NOT NULL AND ({only}) ORDER BY rowid"
        );
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut self.raw).await.unwrap();
        rows.iter().map(|row| (row.get("rowid"), row.get("sealed"))).collect()
    }

    async fn put(&mut self, place: &Place, rowid: i64, sealed: &[u8]) {
        let update = format!("UPDATE {} SET {} = $2 WHERE rowid = $1", place.table, place.value);
        let done =
            sqlx::query(AssertSqlSafe(update)).bind(rowid).bind(sealed).execute(&mut self.raw);
        assert_eq!(done.await.unwrap().rows_affected(), 1);
    }

    async fn run(&mut self, statement: &str) {
        let done =
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut self.raw).await.unwrap();
        assert!(done.rows_affected() > 0, "the attack does something: {statement}");
    }

    /// Takes the rows as they are for what the last act left.
    async fn settle(&self) {
        let mut tx = self.archive.store.begin().await.unwrap();
        self.archive.state_keeper().settle(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn seen(&self) -> bool {
        let mut tx = self.archive.store.begin().await.unwrap();
        self.archive.check_seals(&mut tx).await.is_err()
    }

    async fn holds(&self, when: &str) {
        let mut tx = self.archive.store.begin().await.unwrap();
        let checked = self.archive.check_seals(&mut tx).await;
        assert!(checked.is_ok(), "{when}: {checked:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_column_of_bytes_has_a_place_or_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    Archive::init(&path, Clock::System).await.unwrap().close().await;
    let mut raw = raw(&path.join("archive.sqlite")).await;
    assert_eq!(byte_columns(&mut raw).await, decided(), "add the column to PLACES or IN_THE_CLEAR");
    // The control: a column that nobody has decided about is noticed.
    sqlx::query("CREATE TABLE overlooked (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)")
        .execute(&mut raw)
        .await
        .unwrap();
    assert_ne!(byte_columns(&mut raw).await, decided());
}

#[tokio::test(flavor = "current_thread")]
async fn altered_exchanged_and_moved_values_are_all_noticed() {
    let mut attacked = Attacked::new().await;
    let (mut attacks, full) = (0, std::env::var("CHANCERY_FULL").as_deref() == Ok("1"));
    for (at, place) in PLACES.iter().enumerate() {
        let values = attacked.values(place).await;
        let rows = if full { values.len() } else { 2 };
        for (rowid, sealed) in &values[..rows] {
            // Version, key, nonce, text and tag.
            for bit in [0, 8 * 2, 8 * 7 + 3, sealed.len() * 4, sealed.len() * 8 - 1] {
                let mut altered = sealed.clone();
                altered[bit / 8] ^= 1 << (bit % 8);
                attacked.put(place, *rowid, &altered).await;
                assert!(attacked.seen().await, "bit {bit} of {} {rowid}", place.table);
                attacks += 1;
            }
            attacked.put(place, *rowid, sealed).await;
        }
        let [(first, one), (second, two)] = &values[..2] else { unreachable!("two are there") };
        attacked.put(place, *first, two).await;
        attacked.put(place, *second, one).await;
        assert!(attacked.seen().await, "two rows of {} exchanged", place.table);
        attacked.put(place, *second, two).await;
        assert!(attacked.seen().await, "a row of {} copied over another", place.table);
        attacked.put(place, *first, one).await;
        attacks += 2;
        // Into every other table and column.
        for other in PLACES.iter().enumerate().filter(|(b, _)| *b != at).map(|(_, place)| place) {
            let (target, before) = attacked.values(other).await[0].clone();
            attacked.put(other, target, one).await;
            assert!(attacked.seen().await, "{} moved to {}", place.table, other.table);
            attacked.put(other, target, &before).await;
            attacks += 1;
        }
    }
    attacked.holds("after all attacks were undone").await;
    eprintln!("{attacks} attacks, all noticed");
}

/// Places whose rows are never written a second time, each with what stands against putting an old one back.
const WRITTEN_ONCE: &[(&str, &str)] = &[
    ("leaf", "the record's tree"),
    ("segment_block", "names are never used twice; the list of segments is watched"),
    ("ring", "a new root key: the_old_root_and_the_old_keys_open_nothing_after_a_change"),
];

#[tokio::test(flavor = "current_thread")]
async fn rows_put_back_to_an_earlier_state_or_removed_are_noticed() {
    let mut attacked = Attacked::new().await;
    let mut attacks = 0;
    for place in PLACES {
        if WRITTEN_ONCE.iter().any(|(table, _)| *table == place.table) {
            continue;
        }
        let values = attacked.values(place).await;
        for (rowid, before) in values {
            let key = match place.table {
                "part" => {
                    let name = format!("SELECT name FROM part WHERE rowid = {rowid}");
                    let name: String = sqlx::query_scalar(AssertSqlSafe(name))
                        .fetch_one(&mut attacked.raw)
                        .await
                        .unwrap();
                    name == Part::Key.name()
                }
                // Wrapped keys: written again with the next index only.
                "meta" => {
                    let name = format!("SELECT name FROM meta WHERE rowid = {rowid}");
                    let name: String = sqlx::query_scalar(AssertSqlSafe(name))
                        .fetch_one(&mut attacked.raw)
                        .await
                        .unwrap();
                    ["log-seed", "exposure-key"].contains(&name.as_str())
                }
                // Behind a lock: made anew under the same lock.
                "paper" => true,
                _ => false,
            };
            if key {
                continue;
            }
            // A later state, as the next act would leave it.
            let after = attacked.sealed_for(place, rowid, b"a later state").await;
            attacked.put(place, rowid, &after).await;
            attacked.settle().await;
            attacked.holds("the later state stands").await;
            attacked.put(place, rowid, &before).await;
            assert!(attacked.seen().await, "{} {rowid} was put back", place.table);
            attacked.put(place, rowid, &after).await;
            attacked.holds("the attack is undone").await;
            attacks += 1;
        }
    }
    assert!(attacks > 20, "{attacks}");
    // What is in the clear: access, distribution, copies, sessions.
    for (attack, undo) in [
        (
            "UPDATE posting SET office = office + 1 WHERE id = 1",
            "UPDATE posting SET office = office - 1 WHERE id = 1",
        ),
        (
            "UPDATE paper SET state = 'draft' WHERE id = 1",
            "UPDATE paper SET state = 'released' WHERE id = 1",
        ),
        (
            "INSERT INTO distribution (paper, office, addressed) VALUES (1, 99, 'info')",
            "DELETE FROM distribution WHERE office = 99",
        ),
        (
            "INSERT INTO meta (name, value) VALUES ('house', x'7b7d')",
            "DELETE FROM meta WHERE name = 'house'",
        ),
        ("UPDATE segment SET name = name + 1", "UPDATE segment SET name = name - 1"),
    ] {
        attacked.run(attack).await;
        assert!(attacked.seen().await, "{attack}");
        attacked.run(undo).await;
        attacked.holds(attack).await;
    }
    // An earlier seal together with the earlier rows: its record was shorter, and that is signed.
    let seal = "SELECT value FROM meta WHERE name = 'state-seal'";
    let old: Vec<u8> = sqlx::query_scalar(seal).fetch_one(&mut attacked.raw).await.unwrap();
    let person: Handle = "newcomer".parse().unwrap();
    attacked.archive.add_person(&person, &crate::PersonDetails::default(), None).await.unwrap();
    attacked.holds("after an act").await;
    sqlx::query("UPDATE meta SET value = $1 WHERE name = 'state-seal'")
        .bind(old)
        .execute(&mut attacked.raw)
        .await
        .unwrap();
    attacked.run("DELETE FROM person WHERE handle = 'newcomer'").await;
    assert!(attacked.seen().await, "rows and seal of an earlier state");
}

#[tokio::test(flavor = "current_thread")]
async fn headings_put_back_to_an_earlier_label_are_noticed() {
    let mut attacked = Attacked::new().await;
    let place = PLACES.iter().find(|place| place.table == "paper").unwrap();
    let (rowid, before) = attacked.values(place).await[0].clone();
    let mut act = attacked.archive.act().await.unwrap();
    let row = act.tx.paper(PaperId(1)).await.unwrap().unwrap();
    let mut head = attacked.archive.head(&row).unwrap();
    head.subject = "Another subject".into();
    let sealed = attacked.archive.seal_head(row.id, row.lock.as_deref(), &head).unwrap();
    act.tx.set_head(row.id, &sealed).await.unwrap();
    act.commit().await.unwrap();
    attacked.holds("after an act").await;
    attacked.put(place, rowid, &before).await;
    assert!(attacked.seen().await);
}

#[tokio::test(flavor = "current_thread")]
async fn the_old_root_and_the_old_keys_open_nothing_after_a_change() {
    let mut attacked = Attacked::new().await;
    let anybody: Handle = "r0001".parse().unwrap();
    let part = PLACES.iter().find(|place| place.table == "part").unwrap();
    let ring = PLACES.iter().find(|place| place.table == "ring").unwrap();
    let keys = "SELECT rowid FROM part WHERE name = 'key' ORDER BY rowid";
    let keys: Vec<i64> = sqlx::query_scalar(keys).fetch_all(&mut attacked.raw).await.unwrap();
    let old = attacked.values(part).await;
    let bodies = |values: &Values| -> Values {
        values.iter().filter(|(rowid, _)| !keys.contains(rowid)).cloned().collect()
    };
    let rotated = attacked.archive.rotate_keys(&anybody, true).await.unwrap();
    assert_eq!((rotated.papers, rotated.marking), (2, 2));
    attacked.holds("after a rotation").await;
    let new = attacked.values(part).await;
    assert_eq!(bodies(&old), bodies(&new), "a rotation rewraps and touches no text");
    for rowid in &keys {
        let value = |values: &Values| values.iter().find(|(id, _)| id == rowid).unwrap().1.clone();
        assert_ne!(value(&old), value(&new));
        attacked.put(part, *rowid, &value(&old)).await;
        assert!(attacked.seen().await, "an old wrapped key");
        attacked.put(part, *rowid, &value(&new)).await;
    }
    // A new root: the ring alone is wrapped anew.
    let (parts, rings) = (attacked.values(part).await, attacked.values(ring).await);
    let custody = crate::Custody::KeyFile;
    attacked.archive.reissue(&anybody, custody, |_| Ok(())).await.unwrap();
    attacked.holds("after a new root").await;
    assert_eq!(attacked.values(part).await, parts);
    let after = attacked.values(ring).await;
    for ((rowid, old), (_, new)) in rings.iter().zip(&after) {
        assert_ne!(old, new);
        attacked.put(ring, *rowid, old).await;
        assert!(attacked.seen().await, "a ring row of the old root");
        attacked.put(ring, *rowid, new).await;
    }
    // Papers of both marking keys render after all that.
    for paper in ["a", "b"] {
        attacked.archive.open_copy(paper, &anybody, crate::Format::Txt).await.unwrap();
    }
    attacked.holds("at the end").await;
}
