//! Pictures and PDFs on the command line: read in a process of their own, refused when they are none, too
//! large, or made to keep their reader busy.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

#[path = "../../chancery-page/tests/support/scans.rs"]
mod scans;

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
        .arg("--read-apart")
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

/// An archive of one paper, and its folder.
fn house(folder: &Path) -> std::path::PathBuf {
    let archive = folder.join("archive");
    chancery(&archive, &["init", archive.to_str().unwrap()]);
    let cable = include_str!("../ministry/cables.jsonl").lines().nth(2).unwrap();
    std::fs::write(folder.join("cables.jsonl"), cable).unwrap();
    let cables = folder.join("cables.jsonl");
    let import = ["import", "cables", cables.to_str().unwrap(), "--exercise", "3"];
    chancery(&archive, &import);
    archive
}

fn start_trace(archive: &Path, leak: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_chancery"))
        .env("CHANCERY_ARCHIVE", archive)
        .arg("trace")
        .arg(leak)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a refused trace says, after a number of seconds that nobody should have to wait longer than.
#[expect(clippy::disallowed_methods, reason = "what is not cut off would go on for years")]
fn refused(archive: &Path, leak: &Path, most: u64) -> String {
    let begun = std::time::Instant::now();
    let output = start_trace(archive, leak).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(begun.elapsed().as_secs() <= most, "{:?}: {said}", begun.elapsed());
    said
}

#[test]
fn hostile_pdfs_are_cut_off_and_open_no_inquiry() {
    let folder = tempfile::tempdir().unwrap();
    let archive = house(folder.path());
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let sample: Vec<u8> = (0..124 * 175).map(|at| (at % 251) as u8).collect();
    let scan = || scans::picture(&(124, 175, sample.clone()));
    let page = || scans::Page::filled((297.6, 419.5), scan());
    let blank = || scans::Page { drawn: String::new(), ..page() };
    let thousand = scans::pages(&(0..1_000).map(|_| blank()).collect::<Vec<_>>());
    let whole = scans::pages(&[page()]);
    let huge = scans::encoded(65_535, 65_535, "/Filter/CCITTFaxDecode", &[0; 64]);
    for (name, bytes, says) in [
        ("thousand.pdf", thousand, "1000 pages"),
        ("cut.pdf", whole[..whole.len() / 2].to_vec(), "cut.pdf: "),
        ("head.pdf", b"%PDF-1.7".to_vec(), "cannot be read"),
        ("huge.pdf", scans::scanned(&[huge]), "pixels in one picture"),
        ("memory.pdf", scans::run_upon_run(), "memory"),
        // Two to the fortieth calls: each form calls the next twice.
        ("forms.pdf", scans::forms_upon_forms(2, 40), "longer than 20 s"),
    ] {
        let said = refused(&archive, &file(name, &bytes), 150);
        assert!(said.contains(says) && said.contains(name), "{name}: {said}");
    }
    // Control: a few forms are nothing to refuse; this one draws nothing.
    let said = refused(&archive, &file("few.pdf", &scans::forms_upon_forms(2, 5)), 30);
    assert!(said.contains("no page of the PDF shows text"), "{said}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    let shown = command.env("CHANCERY_ARCHIVE", &archive).args(["inquiry", "show", "I1"]);
    assert_eq!(shown.output().unwrap().status.code(), Some(1), "no inquiry was opened");
}

#[cfg(target_os = "linux")]
#[test]
fn a_reading_process_that_is_killed_is_an_error_and_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let archive = house(folder.path());
    let leak = folder.path().join("forms.pdf");
    std::fs::write(&leak, scans::forms_upon_forms(2, 40)).unwrap();
    let trace = start_trace(&archive, &leak);
    let reader = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        child_of(trace.id())
    });
    let reader = reader.expect("the program starts itself again");
    let killed = Command::new("kill").args(["-KILL", &reader.to_string()]).status().unwrap();
    assert!(killed.success());
    let output = trace.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("forms.pdf: ") && said.contains("broke off"), "{said}");
}

/// A process that another one started, once it reads.
#[cfg(target_os = "linux")]
fn child_of(parent: u32) -> Option<u32> {
    let processes = std::fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.find(|id| {
        let file = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}"));
        let stat = file("stat").unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let own = fields.split_whitespace().nth(1) == Some(parent.to_string().as_str());
        own && file("cmdline").is_ok_and(|line| line.contains("--read-apart"))
    })
}

#[test]
fn a_scan_saved_as_pdf_is_traced_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let archive = folder.path().join("archive");
    chancery(&archive, &["init", archive.to_str().unwrap()]);
    let cable = include_str!("../ministry/cables.jsonl").lines().nth(3).unwrap();
    std::fs::write(at("cables.jsonl"), cable).unwrap();
    chancery(&archive, &["import", "cables", &at("cables.jsonl"), "--exercise", "30"]);
    let copy = ["copy", "open", "ribaneira-2032-0089", "--reader", "r0012", "--format", "png"];
    chancery(&archive, &[&copy[..], &["-o", &at("copy.png")]].concat());
    let pictures = chancery_desk::decode_pictures(&std::fs::read(at("copy.png")).unwrap()).unwrap();
    let [(1, picture)] = &pictures[..] else { panic!("one picture") };
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let page = scans::Page::filled(
        (width as f64 * 0.48, height as f64 * 0.48),
        scans::picture(&(width, height, picture.as_raw().clone())),
    );
    std::fs::write(at("scan.pdf"), scans::pages(&[page])).unwrap();
    let seen = chancery(&archive, &["--json", "picture", &at("scan.pdf")]);
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    assert_eq!((&seen[0]["page"], &seen[0]["width"]), (&1.into(), &width.into()));
    let trace = ["--json", "trace", &at("scan.pdf"), "--report", &at("report.html")];
    let finding: serde_json::Value = serde_json::from_str(&chancery(&archive, &trace)).unwrap();
    assert_eq!(finding["verdict"], "identified", "{}", finding["statement"]);
    assert_eq!(finding["named"][0]["reader"], "r0012");
    let report = std::fs::read_to_string(at("report.html")).unwrap();
    assert_eq!(report.matches("data:image/jpeg;base64,").count(), 1);

    // A PDF with words shows them where they stand, with what decides.
    let reader = ["copy", "open", "ribaneira-2032-0089", "--reader", "r0005", "--format", "pdf"];
    chancery(&archive, &[&reader[..], &["-o", &at("copy.pdf")]].concat());
    chancery(&archive, &["trace", &at("copy.pdf"), "--report", &at("report.html")]);
    let report = std::fs::read_to_string(at("report.html")).unwrap();
    for part in ["Page 1: ", "textLength=", "class=\"yes\"", " of the middle; agrees ("] {
        assert!(report.contains(part), "no {part}");
    }
    assert!(!report.contains("data:image") && !report.contains("class=\"text\""));
    assert!(report.len() < 2 << 20, "{} bytes", report.len());
}
