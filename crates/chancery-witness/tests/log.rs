//! The published log of a real archive: the same bytes over HTTP and as files, judged by our own audit, by
//! `tlog_tiles` and by Go, and every flipped bit noticed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use chancery_desk::Archive;
use chancery_record::{SignedCheckpoint, Tile, VerifierKey, audit, tiles};
use chancery_witness::{publish, router, write_folder};
use support::{archive, clock, enter, get, serve};

/// An archive with `steps` published steps, and its folder of static files.
async fn published(folder: &Path, steps: usize) -> (Archive, PathBuf) {
    let mut archive = archive(&folder.join("archive")).await;
    let files = folder.join("public");
    for step in 0..steps {
        archive.set_clock(clock(&format!("2032-01-10T{:02}:30:00Z", 10 + step)));
        enter(&archive, [format!("p{step}")]).await;
        publish(&archive, true).await.unwrap().unwrap();
        write_folder(&archive, &files).await.unwrap();
    }
    (archive, files)
}

/// Verifies a folder as an outsider would, with nothing but the key.
fn audited(files: &Path, key: &VerifierKey) -> Result<u64, String> {
    let bytes = std::fs::read(files.join("checkpoint")).map_err(|e| e.to_string())?;
    let signed = SignedCheckpoint::parse(&bytes).map_err(|e| e.to_string())?;
    let verified = signed.verify(key, &[]).map_err(|e| e.to_string())?;
    audit(verified.checkpoint(), |tile: Tile| std::fs::read(files.join(tile.to_string())))
        .map_err(|e| e.to_string())?;
    Ok(verified.checkpoint().size())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_and_files_give_the_same_bytes_of_what_was_published_and_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, files) = published(folder.path(), 3).await;
    let key = archive.verifier_key();
    // Entered after the last checkpoint: nobody outside may notice.
    enter(&archive, ["later".to_owned()]).await;
    assert_eq!(audited(&files, &key).unwrap(), 3 * 256);
    let served = serve(axum::Router::new().nest("/log", router(Arc::new(archive)))).await;
    let mirror = serve(router(files.clone())).await;
    for tile in tiles(0, 768) {
        let (status, kind, cache, body) = get(served, &format!("/log/{tile}")).await;
        assert_eq!((status, kind.as_str()), (200, "application/octet-stream"), "{tile}");
        assert_eq!(cache, "public, max-age=31536000, immutable");
        assert!(body == std::fs::read(files.join(tile.to_string())).unwrap(), "{tile}");
        assert!(get(mirror, &format!("/{tile}")).await.3 == body, "{tile}");
    }
    let (status, kind, cache, body) = get(served, "/log/checkpoint").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    assert_eq!(cache, "public, max-age=5");
    assert_eq!(body, std::fs::read(files.join("checkpoint")).unwrap());
    // Partial tiles of earlier checkpoints are still there.
    assert_eq!(get(served, "/log/tile/1/000.p/2").await.3.len(), 64);
    assert_eq!(std::fs::read(files.join("tile/1/000.p/2")).unwrap().len(), 64);
    for absent in [
        "/log/tile/0/003",
        "/log/tile/0/003.p/1",
        "/log/tile/entries/003.p/2",
        "/log/tile/1/000.p/4",
        "/log/tile/1/000",
        "/log/tile/0/0",
        "/log/tile/0/%30%30%30",
        "/log/tile/entries/../0/000",
        "/log/tile/8/000",
        "/log/",
    ] {
        let (status, _, cache, _) = get(served, absent).await;
        assert_eq!(status, 404, "{absent}");
        assert!(cache == "no-store" || cache.is_empty(), "{absent}");
    }
    assert_eq!(support::post(served, "/log/checkpoint", b"").await.0, 405);
}

#[tokio::test(flavor = "current_thread")]
async fn outsiders_see_the_hours_and_no_traffic() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = archive(&folder.path().join("archive")).await;
    let mut sizes = Vec::new();
    for (hour, acts) in [0, 200, 1, 0, 255, 7].into_iter().enumerate() {
        archive.set_clock(clock(&format!("2032-01-10T{:02}:10:00Z", 10 + hour)));
        enter(&archive, (0..acts).map(|n| format!("h{hour}n{n}"))).await;
        sizes.push(publish(&archive, true).await.unwrap().unwrap().checkpoint.size);
        assert_eq!(publish(&archive, true).await.unwrap(), None, "once an hour");
    }
    // 255 acts and the entry about the padding are a whole step: still one. One act more would be two.
    assert_eq!(sizes, [256, 512, 768, 1024, 1280, 1536]);
    archive.set_clock(clock("2032-01-11T09:00:00Z"));
    enter(&archive, (0..256).map(|n| format!("x{n}"))).await;
    assert_eq!(publish(&archive, true).await.unwrap().unwrap().checkpoint.size, 2048);
    archive.verify(|_, _| {}).await.unwrap();
}

/// Every bit of every file of a published log of one step.
#[tokio::test(flavor = "current_thread")]
async fn every_flipped_bit_of_every_served_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, files) = published(folder.path(), 1).await;
    let key = archive.verifier_key();
    let mut served: Vec<(String, Vec<u8>)> = tiles(0, 256)
        .into_iter()
        .map(|tile| (tile.to_string(), std::fs::read(files.join(tile.to_string())).unwrap()))
        .collect();
    served.push(("checkpoint".into(), std::fs::read(files.join("checkpoint")).unwrap()));
    let sound = |served: &[(String, Vec<u8>)]| {
        let read = |name: &str| {
            let found = served.iter().find(|(known, _)| known == name);
            found.map(|(_, bytes)| bytes.clone()).ok_or("missing")
        };
        let Ok(signed) = SignedCheckpoint::parse(&read("checkpoint").unwrap()) else {
            return false;
        };
        let Ok(verified) = signed.verify(&key, &[]) else { return false };
        audit(verified.checkpoint(), |tile: Tile| read(&tile.to_string())).is_ok()
    };
    assert!(sound(&served), "the control: unaltered it passes");
    let mut flips = 0;
    for file in 0..served.len() {
        for at in 0..served[file].1.len() {
            for bit in 0..8 {
                served[file].1[at] ^= 1 << bit;
                assert!(!sound(&served), "bit {bit} of byte {at} of {}", served[file].0);
                served[file].1[at] ^= 1 << bit;
                flips += 1;
            }
        }
    }
    assert!(flips > 8 * (8192 + 8704 + 32), "{flips}");
}

/// Files of a log in the form of `tlog_tiles`.
struct Files(PathBuf);

impl tlog_tiles::TileReader for Files {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, wanted: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let path = |tile: &tlog_tiles::Tile| tile.path().replacen("tile/8/", "tile/", 1);
        Ok(wanted.iter().map(|tile| std::fs::read(self.0.join(path(tile))).unwrap()).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

#[tokio::test(flavor = "current_thread")]
async fn tlog_tiles_proves_entries_and_prefixes_from_our_files() {
    use tlog_tiles::HashReader as _;
    let folder = tempfile::tempdir().unwrap();
    let (archive, files) = published(folder.path(), 2).await;
    let bytes = std::fs::read(files.join("checkpoint")).unwrap();
    let signed = SignedCheckpoint::parse(&bytes).unwrap();
    let checkpoint = signed.verify(&archive.verifier_key(), &[]).unwrap().checkpoint().clone();
    let (size, root) = (checkpoint.size(), tlog_tiles::Hash(*checkpoint.root().as_bytes()));
    let reader = Files(files.clone());
    let hashes = tlog_tiles::TileHashReader::new(size, root, &reader);
    assert_eq!(tlog_tiles::tree_hash(size, &hashes).unwrap(), root);
    let bundle = std::fs::read(files.join("tile/entries/001")).unwrap();
    for (at, entry) in bundle.chunks(34).enumerate() {
        let index = 256 + at as u64;
        let leaf = tlog_tiles::record_hash(&entry[2..]);
        let stored = tlog_tiles::stored_hash_index(0, index);
        assert_eq!(hashes.read_hashes(&[stored]).unwrap(), [leaf]);
        let proof = tlog_tiles::prove_record(size, index, &hashes).unwrap();
        tlog_tiles::check_record(&proof, size, root, index, leaf).unwrap();
    }
    let old = tlog_tiles::tree_hash(256, &hashes).unwrap();
    let proof = tlog_tiles::prove_tree(size, 256, &hashes).unwrap();
    tlog_tiles::check_tree(&proof, size, root, 256, old).unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn go_accepts_the_log_and_notices_what_is_altered() {
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/check/go/verify");
    if !verifier.is_file() {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|value| value == "1");
        assert!(!required, "target/check/go/verify is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: target/check/go/verify is missing; ./check builds it");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (archive, files) = published(folder.path(), 1).await;
    let earlier = folder.path().join("earlier");
    std::fs::copy(files.join("checkpoint"), &earlier).unwrap();
    let mut archive = archive;
    archive.set_clock(clock("2032-01-11T09:00:00Z"));
    publish(&archive, true).await.unwrap().unwrap();
    write_folder(&archive, &files).await.unwrap();
    let key = archive.verifier_key().to_string();
    let run = || Command::new(&verifier).arg(&key).arg(&files).arg(&earlier).output().unwrap();
    let output = run();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with("512 entries"), "{said}");
    for tile in tiles(0, 512) {
        let path = files.join(tile.to_string());
        let bytes = std::fs::read(&path).unwrap();
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut altered = bytes.clone();
            altered[at] ^= 4;
            std::fs::write(&path, &altered).unwrap();
            assert!(!run().status.success(), "byte {at} of {tile}");
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    assert!(run().status.success());
}

#[tokio::test(flavor = "current_thread")]
async fn a_folder_of_another_log_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (_first, files) = published(folder.path(), 1).await;
    let second = folder.path().join("second");
    let (other, _) = published(&second, 1).await;
    let error = write_folder(&other, &files).await.unwrap_err();
    assert!(error.to_string().contains("another log"), "{error}");
}
