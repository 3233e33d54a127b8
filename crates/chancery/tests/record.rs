//! The record and its witnesses from the command line: exit codes, JSON, and a witness as a process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn chancery(archive: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

fn run(archive: &Path, args: &[&str], code: i32) -> Output {
    let output = chancery(archive, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    output
}

fn json(archive: &Path, args: &[&str], code: i32) -> Value {
    serde_json::from_slice(&run(archive, &[&["--json"], args].concat(), code).stdout).unwrap()
}

struct Served(Child, String, String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a witness; its key and address are on its first line.
fn serve(dir: &Path) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(["--json", "witness", "serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let (key, listen) = (said["key"].as_str().unwrap(), said["listen"].as_str().unwrap());
    Served(child, key.to_owned(), listen.to_owned())
}

#[test]
fn a_record_is_published_witnessed_proved_and_checked_off_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let home = at("archive");
    run(&home, &["init", home.to_str().unwrap()], 0);
    run(&home, &["person", "add", "anna", "--name", "Anna Example"], 0);
    let status = json(&home, &["status"], 0);
    let log = status["verifier_key"].as_str().unwrap();
    // Nothing was published, so there is nothing to show and nothing to prove.
    run(&home, &["record", "checkpoint"], 1);
    assert!(json(&home, &["record", "checkpoint", "--own"], 0)["checkpoint"].is_string());
    run(&home, &["record", "prove", "0", "--as", "anna"], 3);
    run(&home, &["record", "epoch", "--as", "anna"], 3);

    // A witness is made, told which log to follow, and started.
    let outside = at("outside");
    let dir = outside.to_str().unwrap();
    run(&home, &["witness", "key", "--dir", dir], 1);
    run(&home, &["witness", "key", "--dir", dir, "--name", "witness.example/w1"], 0);
    std::fs::write(outside.join("logs"), format!("{log}\n")).unwrap();
    let served = serve(&outside);
    let policy = format!("log {log}\nwitness W {} http://{}\nquorum W\n", served.1, served.2);
    std::fs::write(home.join("witnesses"), &policy).unwrap();
    let public = at("public");
    let published = json(&home, &["record", "publish", "--due", "-o", public.to_str().unwrap()], 0);
    assert_eq!(published["made"]["standing"], "witnessed");
    assert_eq!(published["made"]["asked"][0]["signed"], true);
    assert_eq!(published["shown"]["size"], 256);
    assert!(public.join("tile/entries/000").is_file());
    assert_eq!(json(&home, &["record", "publish", "--due"], 0)["made"], Value::Null);
    let shown = String::from_utf8(run(&home, &["record", "checkpoint"], 0).stdout).unwrap();
    assert!(shown.contains("Witnessed by W."), "{shown}");

    // A receipt, checked without the archive.
    let receipt = at("entry.tlog-proof");
    let file = receipt.to_str().unwrap();
    let proved = json(&home, &["record", "prove", "0", "--as", "anna", "-o", file], 0);
    assert_eq!(proved["standing"], "witnessed");
    let entry = at("entry.json");
    let trust = at("policy");
    std::fs::write(&trust, &policy).unwrap();
    let check = ["record", "verify", "--receipt", file, "--entry", entry.to_str().unwrap()];
    let check = [&check[..], &["--policy", trust.to_str().unwrap()]].concat();
    let nowhere = at("nowhere");
    assert_eq!(json(&nowhere, &check, 0)["standing"], "witnessed");
    std::fs::write(&entry, b"{}").unwrap();
    run(&nowhere, &check, 1);

    // The witness goes away: signed, but not shown, and the exit code says so.
    drop(served);
    let alone = json(&home, &["record", "publish"], 1);
    assert_eq!(
        (&alone["made"]["standing"], &alone["made"]["shown"]),
        (&"unwitnessed".into(), &false.into())
    );
    assert_eq!(alone["shown"]["size"], 256);
    std::fs::remove_file(home.join("witnesses")).unwrap();
    let text = String::from_utf8(run(&home, &["record", "publish"], 0).stdout).unwrap();
    assert!(text.contains("UNWITNESSED"), "{text}");
    run(&home, &["record", "verify"], 0);
}
