//! Long work has room of its own, and who comes when it is full is told to come again.

use axum::http::StatusCode;

use super::Small;
use crate::load::BACKUPS_AT_ONCE;

#[tokio::test(flavor = "current_thread")]
async fn one_backup_is_made_or_tried_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("backups");
    let small =
        Small::begin().await.with_settings(|settings| settings.backups = Some(into.clone()));
    let room = &small.web.load.backups;
    let taken = room.acquire_many(u32::try_from(BACKUPS_AT_ONCE).unwrap()).await.unwrap();
    for path in ["/house/backups", "/house/backups/try"] {
        let reply = small.post("reed", path, "").await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(reply.header("retry-after"), "20");
        assert!(reply.body.contains("being made or tried out already"), "{}", reply.body);
    }
    assert!(small.web.archive.backups(&into).unwrap().is_empty(), "nothing was begun");
    assert_eq!(small.get("reed", "/house/backups").await.status, StatusCode::OK, "others read on");
    drop(taken);
    let made = small.post("reed", "/house/backups", "").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "the control: with room it is made");
    assert_eq!(small.web.archive.backups(&into).unwrap().len(), 1);
    assert_eq!(room.available_permits(), BACKUPS_AT_ONCE, "and its room is free again");
    // The clock of a demonstration stands still.
    let again = small.post("reed", "/house/backups", "").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(small.web.archive.backups(&into).unwrap().len(), 2);
}
