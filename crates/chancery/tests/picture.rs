//! Pictures on the command line: decoded in a process of their own, refused when they are no pictures or
//! too large.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

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
