//! Pictures on the command line: decoded in a process of their own, refused when they are no pictures or
//! too large.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

fn check(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery")).arg("picture").arg(file).output().unwrap()
}

/// Bars where words would be.
fn page(width: u32, height: u32) -> chancery_scan::GrayImage {
    chancery_scan::GrayImage::from_fn(width, height, |x, y| {
        let inside = (60..width - 60).contains(&x) && (60..height - 60).contains(&y);
        let ink = inside && x % 50 < 38 && y % 30 < 9;
        [if ink { 0 } else { 255 }].into()
    })
}

#[test]
fn a_picture_is_looked_at_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    page(600, 800).save(&file).unwrap();
    let output = check(&file);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("600 x 800") && text.contains("lines"), "{text}");

    let cut = folder.path().join("cut.png");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let bomb = folder.path().join("wide.png");
    page(20_500, 130).save(&bomb).unwrap();
    let text = folder.path().join("text.png");
    std::fs::write(&text, "no picture").unwrap();
    for (file, word) in [(cut, "damaged"), (bomb, "limit"), (text, "neither")] {
        let output = check(&file);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn the_child_answers_nobody_who_sends_no_picture() {
    let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .arg("--decode-picture-apart")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
}

fn chancery(archive: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    let output = command.env("CHANCERY_ARCHIVE", archive).args(args).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_leaked_picture_is_traced_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let archive = folder.path().join("archive");
    chancery(&archive, &["init", archive.to_str().unwrap()]);
    let cables = include_str!("../ministry/cables.jsonl");
    let cables: Vec<&str> = cables.lines().skip(2).take(2).collect();
    std::fs::write(at("cables.jsonl"), cables.join("\n")).unwrap();
    chancery(&archive, &["import", "cables", &at("cables.jsonl"), "--exercise", "30"]);
    let (paper, reader) = ("ribaneira-2032-0089", "r0012");
    let copy = ["copy", "open", paper, "--reader", reader, "--format", "png", "-o"];
    chancery(&archive, &[&copy[..], &[&at("leak.png")]].concat());
    let trace = ["--json", "trace", &at("leak.png"), "--report", &at("report.html")];
    let finding: serde_json::Value = serde_json::from_str(&chancery(&archive, &trace)).unwrap();
    assert_eq!(finding["verdict"], "identified", "{}", finding["statement"]);
    assert_eq!(finding["named"][0]["reader"], reader);
    assert_eq!(finding["papers"].as_array().unwrap().len(), 1);
    assert_eq!(finding["papers"][0]["source_id"], paper);
    let read = |channel: &str| finding["papers"][0]["sites"][channel]["read"].as_u64().unwrap();
    assert!(read("layout") > 100 && read("wording") > 10, "{}", finding["papers"][0]["sites"]);

    let report = std::fs::read_to_string(at("report.html")).unwrap();
    assert_eq!(
        report.matches("data:image/jpeg;base64,").count(),
        1,
        "the picture stands in it once"
    );
    for part in ["class=\"seen\"", "class=\"yes\"", "agrees (", "Conditions of the statement"] {
        assert!(report.contains(part), "no {part}");
    }
    assert!(
        !report.contains("<script") && !report.contains("http:") && !report.contains("https:"),
        "it loads nothing"
    );
    assert!(report.len() < 3 << 20, "{} bytes", report.len());

    // Control: an archive that does not have the paper says nothing of it and marks nothing.
    let other = folder.path().join("other");
    chancery(&other, &["init", other.to_str().unwrap()]);
    std::fs::write(at("other.jsonl"), cables[0]).unwrap();
    chancery(&other, &["import", "cables", &at("other.jsonl"), "--exercise", "3"]);
    let finding: serde_json::Value = serde_json::from_str(&chancery(&other, &trace)).unwrap();
    assert_eq!((&finding["verdict"], &finding["papers"]), (&"nothing".into(), &json!([])));
    let report = std::fs::read_to_string(at("report.html")).unwrap();
    assert!(report.contains("From no paper of this archive") && !report.contains("class=\"seen\""));
}
