//! Postings as users meet them: seats, vacancies, readers and certificates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn chancery(archive: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

/// What the command prints, when it ends with this code.
fn ends(archive: &Path, args: &[&str], code: i32) -> String {
    let output = chancery(archive, args);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
    assert!(!told.contains("panicked"), "{args:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &told
}

fn json(archive: &Path, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ends(archive, &[&["--json"], args].concat(), 0)).unwrap()
}

#[test]
fn postings_from_seat_to_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    ends(&archive, &["init", archive.to_str().unwrap()], 0);
    let embassy =
        ["office", "add", "embassy", "--title", "Embassy", "--kind", "embassy", "--seats", "1"];
    ends(&archive, &embassy, 0);
    for person in ["anna", "boris"] {
        ends(&archive, &["person", "add", person, "--name", person], 0);
    }
    let set =
        ["person", "set", "anna", "--nationality", "Aldermark", "--engagement", "locally-engaged"];
    assert_eq!(json(&archive, &set)["details"]["engagement"], "locally-engaged");
    ends(&archive, &["person", "set", "anna", "--engagement", "loyal"], 2);
    ends(&archive, &["posting", "start", "anna", "embassy", "--from", "2031-01-01"], 0);
    let second = ["posting", "start", "boris", "embassy", "--from", "2031-06-01"];
    assert!(ends(&archive, &second, 3).contains("--overlap"));
    let delegate = [&second[..], &["--capacity", "delegate"]].concat();
    assert!(ends(&archive, &delegate, 1).contains("is over"));
    ends(&archive, &[&delegate[..], &["--end", "2031-06-08"]].concat(), 0);
    let end = ["posting", "end", "anna", "embassy", "--on", "2032-01-01", "--reason", "recall"];
    ends(&archive, &end, 0);
    let list = |day| json(&archive, &["posting", "list", "embassy", "--on", day]);
    assert_eq!(list("2031-12-31")["care"], "holder");
    assert_eq!(list("2032-01-01")["care"], "nobody");
    let vacant = json(&archive, &["posting", "vacancies", "--on", "2032-01-01"]);
    assert_eq!(vacant[0]["office"], "embassy");
    assert_eq!((&vacant[0]["last"], &vacant[0]["reason"]), (&"anna".into(), &"recall".into()));
    let past = ["posting", "end", "boris", "embassy", "--on", "2020-01-01"];
    assert!(ends(&archive, &past, 3).contains("in the past"));
    let letter = ["posting", "end", "boris", "embassy", "--on", "2033-01-01", "--reason"];
    assert!(
        ends(&archive, &[&letter[..], &["resignation"]].concat(), 3).contains("resignation offer")
    );
    assert!(json(&archive, &["posting", "handovers"])["gaps"].is_null());
    ends(&archive, &["posting", "history", "nobody"], 1);
    ends(&archive, &["paper", "readers", "P-1", "--as", "anna"], 1);

    let file = folder.path().join("certificate");
    let file = file.to_str().unwrap();
    let key = json(&archive, &["posting", "certificate", "anna", "embassy", "-o", file]);
    let key = key["key"].as_str().unwrap();
    // Off line: there is no archive at that place.
    let nowhere = folder.path().join("nowhere");
    let verify = ["posting", "verify-certificate", file, "--key", key];
    assert!(ends(&nowhere, &verify, 0).contains("until 2032-01-01"));
    ends(&nowhere, &["posting", "verify-certificate", file, "--key", "no key"], 2);
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replace("2032-01-01", "2033-01-01")).unwrap();
    ends(&nowhere, &verify, 1);
}
