//! The log's side: k of n witnesses, what a receipt then says, and what happens to a restored backup.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chancery_desk::{Archive, Stalled, check_receipt};
use chancery_record::{SignedCheckpoint, VerifierKey};
use chancery_witness::{Witness, held, publish, write_folder};
use support::{archive, clock, enter, handle, serve};

/// A witness that follows `log`; its key and address.
async fn witness(folder: &Path, log: &VerifierKey) -> (VerifierKey, SocketAddr) {
    let name = format!("{}.example", folder.file_name().unwrap().to_str().unwrap());
    let key = Witness::open(folder, Some(&name)).unwrap().verifier_key();
    std::fs::write(folder.join("logs"), format!("{log}\n")).unwrap();
    (key, serve(Witness::open(folder, None).unwrap().router()).await)
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn policy(log: &VerifierKey, wanted: usize, witnesses: &[(VerifierKey, SocketAddr)]) -> String {
    let mut text = format!("log {log}\n");
    let mut names = Vec::new();
    for (at, (key, address)) in witnesses.iter().enumerate() {
        text.push_str(&format!("witness W{at} {key} http://{address}/\n"));
        names.push(format!("W{at}"));
    }
    text.push_str(&format!("group outside {wanted} {}\nquorum outside\n", names.join(" ")));
    text
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_three_witnesses_are_enough_and_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("archive");
    let mut archive = archive(&home).await;
    let log = archive.verifier_key();
    let one = witness(&folder.path().join("one"), &log).await;
    let two = witness(&folder.path().join("two"), &log).await;
    let three = Witness::open(&folder.path().join("three"), Some("three.example")).unwrap();
    let three = (three.verifier_key(), nobody());

    // Without a policy a checkpoint is shown at once, and says that nobody stands behind it.
    let alone = publish(&archive, false).await.unwrap().unwrap();
    assert_eq!((alone.checkpoint.standing, alone.checkpoint.shown), ("unwitnessed", true));
    assert!(alone.asked.is_empty());
    let anna = handle("anna");
    let proved = archive.prove(1, &anna).await.unwrap();
    assert_eq!(proved.standing, "unwitnessed");
    let both = policy(&log, 2, &[one.clone(), two.clone(), three.clone()]);
    let check = |proved: &chancery_desk::Proved, policy: &str| {
        check_receipt(proved.receipt.as_bytes(), proved.entry.as_bytes(), policy.as_bytes())
    };
    let checked = check(&proved, &both).unwrap();
    assert_eq!((checked.standing, checked.enough), ("unwitnessed", false));

    // Two of three.
    std::fs::write(home.join("witnesses"), &both).unwrap();
    archive.set_clock(clock("2032-01-10T10:00:00Z"));
    let made = publish(&archive, true).await.unwrap().unwrap();
    assert_eq!((made.checkpoint.standing, made.checkpoint.shown), ("witnessed", true));
    assert_eq!(made.checkpoint.witnesses, ["W0", "W1"]);
    let signed: Vec<_> = made.asked.iter().map(|asked| asked.signed).collect();
    assert_eq!(signed, [true, true, false], "{:?}", made.asked);
    assert!(made.asked[2].outcome.contains("cannot be reached"), "{:?}", made.asked[2]);
    let proved = archive.prove(1, &anna).await.unwrap();
    let checked = check(&proved, &both).unwrap();
    assert_eq!((checked.standing, checked.enough), ("witnessed", true));
    // Under a policy of three it is not enough, and another entry is not proved.
    let all = policy(&log, 3, &[one.clone(), two.clone(), three.clone()]);
    assert_eq!(check(&proved, &all).unwrap().standing, "below-quorum");
    assert!(check_receipt(proved.receipt.as_bytes(), b"{}", both.as_bytes()).is_err());

    // Short of the quorum: signed, stored, not shown; what was shown before stays.
    std::fs::write(home.join("witnesses"), &all).unwrap();
    archive.set_clock(clock("2032-01-10T11:00:00Z"));
    let short = publish(&archive, true).await.unwrap().unwrap();
    assert_eq!((short.checkpoint.standing, short.checkpoint.shown), ("below-quorum", false));
    assert_eq!(archive.published().await.unwrap().unwrap().size, made.checkpoint.size);
    // The next one in turn takes its place; both witnesses are asked from what they hold.
    std::fs::write(home.join("witnesses"), &both).unwrap();
    archive.set_clock(clock("2032-01-10T12:00:00Z"));
    let next = publish(&archive, true).await.unwrap().unwrap();
    assert!(next.checkpoint.shown, "{:?}", next.asked);
    archive.verify(|_, _| {}).await.unwrap();

    // A policy about another log is refused with the line that is missing.
    let other = policy(&one_log(), 1, &[one]);
    std::fs::write(home.join("witnesses"), other).unwrap();
    let error = publish(&archive, false).await.unwrap_err().to_string();
    assert!(error.contains(&format!("log {log}")), "{error}");
}

fn one_log() -> VerifierKey {
    chancery_record::LogSigner::from_seed("other.example/record", &[9; 32]).unwrap().verifier_key()
}

/// The archive, its witness and a backup of everything in the folder, the checkpoint file included.
async fn restored(folder: &Path) -> (PathBuf, PathBuf, (VerifierKey, SocketAddr)) {
    let home = folder.join("archive");
    let mut archive = archive(&home).await;
    let log = archive.verifier_key();
    let outside = witness(&folder.join("outside"), &log).await;
    std::fs::write(home.join("witnesses"), policy(&log, 1, std::slice::from_ref(&outside)))
        .unwrap();
    publish(&archive, true).await.unwrap().unwrap();
    archive.close().await;
    let backup = folder.join("backup");
    copy_folder(&home, &backup);
    archive = Archive::open(&home, clock("2032-01-10T10:00:00Z")).await.unwrap();
    enter(&archive, (0..300).map(|n| format!("lost{n}"))).await;
    let made = publish(&archive, true).await.unwrap().unwrap();
    assert!(made.checkpoint.shown);
    archive.close().await;
    (home, backup, outside)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_refuses_to_sign_and_begins_a_new_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let (_, backup, _) = restored(folder.path()).await;
    let later = clock("2032-01-10T11:00:00Z");
    let archive = Archive::open(&backup, later).await.unwrap();
    let old = archive.verifier_key();
    // It does not know yet, and goes on; then it asks the witness.
    enter(&archive, ["forked".to_owned()]).await;
    let signed = std::fs::read(backup.join("checkpoint")).unwrap();
    let error = publish(&archive, true).await.unwrap_err().to_string();
    assert!(error.contains("under this record's own signature"), "{error}");
    assert!(error.contains("768") || error.contains("1024"), "{error}");
    // From then on it refuses, in this process and in the next.
    let refused = archive.add_person(&handle("more"), &Default::default(), None).await.unwrap_err();
    assert!(refused.to_string().contains("Nothing will be signed"), "{refused}");
    assert_eq!(std::fs::read(backup.join("checkpoint")).unwrap(), signed);
    archive.close().await;
    let again = Archive::open(&backup, later).await.unwrap_err().to_string();
    assert!(again.contains("record epoch"), "{again}");

    // The explicit act.
    let stalled = Stalled::open(&backup, later).await.unwrap();
    let policy_text = stalled.witness_policy().unwrap().unwrap();
    let notes = held(&stalled.verifier_key(), policy_text.witnesses()).await;
    assert_eq!(notes.len(), 1);
    let witnessed = SignedCheckpoint::parse(&notes[0].1).unwrap().claimed().size();
    let notes: Vec<_> = notes.into_iter().map(|(_, note)| note).collect();
    let (archive, epoch) = stalled.begin_epoch(&handle("anna"), &notes).await.unwrap();
    assert_eq!(epoch.before, old.to_string());
    assert_eq!(epoch.gap, witnessed - epoch.kept);
    assert!(epoch.gap > 300, "{epoch:?}");
    assert_ne!(archive.verifier_key().name(), old.name());
    archive.verify(|_, _| {}).await.unwrap();

    // The old policy does not fit the new log, and says what to add.
    assert!(publish(&archive, true).await.is_err());
    let key = archive.verifier_key();
    let new = witness(&folder.path().join("afterwards"), &key).await;
    std::fs::write(backup.join("witnesses"), policy(&key, 1, &[new])).unwrap();
    let made = publish(&archive, true).await.unwrap().unwrap();
    assert!(made.checkpoint.shown, "{:?}", made.asked);
    // The entry commits to what was last witnessed, and says how much is missing.
    let proved = archive.prove(epoch.leaf, &handle("anna")).await.unwrap();
    assert!(proved.entry.contains("record.epoch") && proved.entry.contains(&epoch.gap.to_string()));
    assert!(proved.entry.contains(&epoch.last.replace('\n', "\\n")), "{}", proved.entry);
    archive.close().await;
    let archive = Archive::open(&backup, later).await.unwrap();
    archive.verify(|_, _| {}).await.unwrap();
    let files = folder.path().join("public");
    write_folder(&archive, &files).await.unwrap();
    archive.close().await;

    // There is one epoch for one loss.
    let stalled = Stalled::open(&backup, later).await.unwrap();
    let error = stalled.begin_epoch(&handle("anna"), &[]).await.unwrap_err();
    assert_eq!(error.exit_code(), 3, "{error}");
}

/// Negative control: without a witness nothing tells a backup that was restored whole from the newest state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_witness_a_backup_restored_whole_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (home, backup, _) = restored(folder.path()).await;
    std::fs::remove_file(backup.join("witnesses")).unwrap();
    let archive = Archive::open(&backup, clock("2032-01-10T11:00:00Z")).await.unwrap();
    publish(&archive, true).await.unwrap().unwrap();
    archive.close().await;
    // With the newest checkpoint file in its place it does not even open.
    std::fs::copy(home.join("checkpoint"), backup.join("checkpoint")).unwrap();
    let error = Archive::open(&backup, clock("2032-01-10T11:00:00Z")).await.unwrap_err();
    assert!(error.to_string().contains("Nothing will be signed"), "{error}");
}

/// A crash after the commit of a new epoch, before its first signature.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_epoch_survives_a_crash_before_its_first_signature() {
    let folder = tempfile::tempdir().unwrap();
    let (home, backup, _) = restored(folder.path()).await;
    let newest = std::fs::read(home.join("checkpoint")).unwrap();
    let later = clock("2032-01-10T11:00:00Z");
    let stalled = Stalled::open(&backup, later).await.unwrap();
    let anna = handle("anna");
    let (archive, epoch) = stalled.begin_epoch(&anna, std::slice::from_ref(&newest)).await.unwrap();
    archive.close().await;
    std::fs::write(backup.join("checkpoint"), &newest).unwrap();
    let archive = Archive::open(&backup, later).await.unwrap();
    assert_eq!(archive.verifier_key().to_string(), epoch.key);
    archive.verify(|_, _| {}).await.unwrap();
    // Later the old log's file can only have been put back, to hide that entries are gone.
    enter(&archive, ["dora".to_owned()]).await;
    archive.close().await;
    std::fs::write(backup.join("checkpoint"), newest).unwrap();
    assert!(Archive::open(&backup, later).await.is_err());
}

/// A witness that claims to have seen more, but shows nothing that this record has signed, stops nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lying_witness_is_named_and_not_believed() {
    use axum::routing::{get, post};
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("archive");
    let archive = archive(&home).await;
    let log = archive.verifier_key();
    let liar = axum::Router::new()
        .route("/add-checkpoint", post(|| async { (axum::http::StatusCode::CONFLICT, "99999\n") }))
        .route("/{log}/checkpoint", get(|| async { "old.example\n5\nAAAA\n" }));
    let key = Witness::open(&folder.path().join("liar"), Some("liar.example")).unwrap();
    let liar = (key.verifier_key(), serve(liar).await);
    let mute = axum::Router::new()
        .route("/add-checkpoint", post(|| async { "\u{2014} mute.example AAAAAAAAAAAAAAAA\n" }));
    let key = Witness::open(&folder.path().join("mute"), Some("mute.example")).unwrap();
    let mute = (key.verifier_key(), serve(mute).await);
    let honest = witness(&folder.path().join("honest"), &log).await;
    std::fs::write(home.join("witnesses"), policy(&log, 1, &[liar, mute, honest])).unwrap();
    let made = publish(&archive, true).await.unwrap().unwrap();
    assert!(made.checkpoint.shown);
    assert_eq!(made.checkpoint.witnesses, ["W2"]);
    assert!(made.asked[0].outcome.contains("99999"), "{:?}", made.asked[0]);
    assert!(made.asked[1].outcome.contains("genuine"), "{:?}", made.asked[1]);
    enter(&archive, ["dora".to_owned()]).await;
}
