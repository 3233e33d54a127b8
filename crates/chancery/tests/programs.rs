//! Tokens and webhooks on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn chancery(archive: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    let args = line.split_whitespace();
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

fn ok(archive: &Path, line: &str) -> String {
    let output = chancery(archive, line);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(archive: &Path, line: &str) -> serde_json::Value {
    serde_json::from_str(&ok(archive, &format!("--json {line}"))).unwrap()
}

fn refused(archive: &Path, line: &str, code: i32, words: &str) {
    let output = chancery(archive, line);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line}: {errors}");
    assert!(errors.contains(words) && !errors.contains("panicked"), "{line}: {errors}");
}

#[test]
fn tokens_and_webhooks_are_made_listed_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let a = archive.as_path();
    ok(a, &format!("init {}", a.display()));
    for (person, office) in [("pell", "northern"), ("reed", "registry")] {
        ok(a, &format!("office add {office} --title {office}"));
        ok(a, &format!("person add {person} --name {person}"));
        ok(a, &format!("posting start {person} {office} --from 2020-01-01"));
    }
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, "custodian = \"registry\"\n").unwrap();
    ok(a, &format!("house set {} --as reed", rules.display()));

    let made = json(a, "token make Scanner --office northern --days 7 --as pell");
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("chancery_") && token.len() == 9 + 64);
    refused(a, "token make Scanner --office northern --as pell", 1, "already");
    refused(a, "token make Other --office registry --as pell", 3, "do not hold registry");
    let listed = ok(a, "token list --as pell");
    assert!(listed.contains("Scanner") && !listed.contains(token));
    assert_eq!(json(a, "token list --as reed").as_array().unwrap().len(), 1, "the house sees all");
    refused(a, "token revoke 99 --as pell", 1, "chancery token list");
    ok(a, "token revoke 1 --as pell");
    assert_eq!(json(a, "token list --as pell"), serde_json::json!([]));

    let added = json(a, "webhook add https://news.example/x --as reed");
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    refused(a, "webhook add https://other.example --as pell", 3, "");
    refused(a, "webhook add http://news.example --as reed", 1, "https://");
    refused(a, "webhook add https://169.254.169.254/ --as reed", 1, "webhooks_inside");
    assert!(ok(a, "webhook list --as reed").contains("https://news.example/x"));
    refused(a, "webhook remove 9 --as reed", 1, "chancery webhook list");
    ok(a, "webhook remove 1 --as reed");
    assert_eq!(json(a, "webhook list --as reed"), serde_json::json!([]));
    ok(a, "record verify");
}
