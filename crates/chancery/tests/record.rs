//! The record and its witnesses from the command line: exit codes, JSON, and a witness as a process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

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

/// One GET over plain HTTP: the whole answer, headers and body.
fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// The house opens its reading room and does nothing else: the record is published, cosigned and served, and Go's
/// own packages verify what comes over the network.
#[test]
fn serve_publishes_has_the_record_cosigned_and_gives_it_to_outsiders() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("archive");
    run(&home, &["init", home.to_str().unwrap()], 0);
    run(&home, &["person", "add", "anna", "--name", "Anna Example"], 0);
    let log = json(&home, &["status"], 0)["verifier_key"].as_str().unwrap().to_owned();
    let outside = folder.path().join("outside");
    let dir = outside.to_str().unwrap();
    run(&home, &["witness", "key", "--dir", dir, "--name", "witness.example/w1"], 0);
    std::fs::write(outside.join("logs"), format!("{log}\n")).unwrap();
    let witness = serve(&outside);
    let policy = format!("log {log}\nwitness W {} http://{}\nquorum W\n", witness.1, witness.2);
    std::fs::write(home.join("witnesses"), &policy).unwrap();

    let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .env("CHANCERY_ARCHIVE", &home)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    let room = Served(child, log, address.to_owned());
    let mut checkpoint = String::new();
    for _ in 0..100 {
        checkpoint = get(&room.2, "/record/checkpoint").unwrap_or_default();
        if checkpoint.starts_with("HTTP/1.1 200") {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let lower = checkpoint.to_ascii_lowercase();
    assert!(lower.contains("content-type: text/plain; charset=utf-8"), "{checkpoint}");
    assert!(lower.contains("cache-control: public, max-age=5"), "{checkpoint}");
    assert!(checkpoint.contains("\n\u{2014} witness.example/w1 "), "cosigned: {checkpoint}");

    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/check/go/verify");
    if !verifier.is_file() {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|value| value == "1");
        assert!(!required, "target/check/go/verify is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: target/check/go/verify is missing; ./check builds it");
        return;
    }
    let url = format!("http://{}/record", room.2);
    let go = |key: &str| Command::new(&verifier).args([key, url.as_str()]).output().unwrap();
    let judged = go(&room.1);
    let said = String::from_utf8_lossy(&judged.stdout).into_owned();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    assert!(said.starts_with("256 entries"), "{said}");
    assert!(!go(&witness.1).status.success(), "the control: another key");
}
