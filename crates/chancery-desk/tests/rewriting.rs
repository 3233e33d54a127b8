//! A database rewritten by somebody without the key: copies that change hands are noticed.

use chancery_desk::{Archive, CableRecord, Clock, DeskError, Finders, Format, LeakFile, Request};
use chancery_text::build::Choice;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

#[tokio::test(flavor = "current_thread")]
async fn copies_that_change_hands_in_the_database_are_noticed_and_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let archive = Archive::init(&path, Clock::System).await.unwrap();
    let text = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.";
    let cable: CableRecord = serde_json::from_value(
        serde_json::json!({"id": "x", "paragraphs": [text, format!("Again: {text}")]}),
    )
    .unwrap();
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(&[cable], 5, &choice, &finders, |_, _| {}).await.unwrap();
    let mut leak = Vec::new();
    for reader in ["r0001", "r0002"] {
        let copy = archive.open_copy("x", &reader.parse().unwrap(), Format::Txt).await.unwrap();
        leak = copy.bytes;
    }
    archive.verify(|_, _| {}).await.unwrap();
    archive.close().await;

    let database =
        SqliteConnectOptions::new().filename(path.join("archive.sqlite")).foreign_keys(false);
    let pool = SqlitePool::connect_with(database).await.unwrap();
    // Who holds what is sealed: all that can be exchanged without the key are the hashes it stands under.
    let (first, second): (Vec<u8>, Vec<u8>) =
        sqlx::query_as("SELECT min(holder), max(holder) FROM binding")
            .fetch_one(&pool)
            .await
            .unwrap();
    let nobody = vec![0; 32];
    for (from, to) in [(&first, &nobody), (&second, &first), (&nobody, &second)] {
        let moved =
            sqlx::query("UPDATE binding SET holder = $2 WHERE holder = $1").bind(from).bind(to);
        assert_eq!(moved.execute(&pool).await.unwrap().rows_affected(), 1);
    }
    pool.close().await;

    let archive = Archive::open(&path, Clock::System).await.unwrap();
    let verified = archive.verify(|_, _| {}).await;
    assert!(matches!(verified, Err(DeskError::Record(_))), "{verified:?}");
    let leaks = vec![LeakFile { name: "leak.txt".into(), bytes: leak }];
    let request = Request { leaks, papers: Vec::new(), alpha: 1e-4, include_author: false };
    let traced = archive.trace(request, None).await;
    assert!(matches!(traced, Err(DeskError::Record(_))), "{traced:?}");
}
