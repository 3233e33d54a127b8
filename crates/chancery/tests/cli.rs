//! The program as users meet it: exit codes, errors that say what to do, and nothing lost or half done.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn chancery(archive: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn ok(archive: &Path, args: &[&str]) -> String {
    let output = chancery(archive, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
    out(&output)
}

fn json(archive: &Path, args: &[&str]) -> serde_json::Value {
    let args = [&["--json"], args].concat();
    serde_json::from_str(&ok(archive, &args)).unwrap()
}

/// Refused with this code and a message that holds these words.
fn refused(archive: &Path, args: &[&str], code: i32, words: &[&str]) {
    let output = chancery(archive, args);
    let message = err(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
    assert!(!message.contains("panicked"), "{args:?}: {message}");
    for word in words {
        assert!(message.contains(word), "{args:?}: no “{word}” in: {message}");
    }
}

/// An exercise with two cables and five readers.
fn exercise(folder: &Path) -> std::path::PathBuf {
    let archive = folder.join("archive");
    ok(&archive, &["init", archive.to_str().unwrap()]);
    let cables = [
        serde_json::json!({"id": "a/1", "subject": "harbour", "classification": "Secret", "paragraphs": [
            "1. The northern delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate.",
            "2. In addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend."
        ]}),
        serde_json::json!({"id": "a/2", "subject": "survey", "classification": "Secret", "paragraphs": [
            "1. Nobody expected that the survey of the eastern shoals would be finished before winter. The pilots have lost a third of their boats, and those who stay ask for contracts in writing.",
            "2. The governor spoke about grain, about the new bridge and about his son’s studies, and only at the door did he mention the estimates, which he called a fine thing for mathematicians."
        ]}),
    ];
    let file = folder.join("cables.jsonl");
    std::fs::write(&file, format!("{}\n{}\n", cables[0], cables[1])).unwrap();
    ok(&archive, &["import", "cables", file.to_str().unwrap(), "--exercise", "5"]);
    archive
}

/// The day on which a posting can end at once.
#[expect(clippy::disallowed_methods, reason = "the program goes by the clock too")]
fn today() -> String {
    chancery_domain::rules::utc_day(jiff::Timestamp::now()).to_string()
}

#[test]
fn the_way_of_a_paper_and_of_a_leak() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let papers = json(&archive, &["paper", "list"]);
    assert_eq!(papers[0]["source_id"], "a/1");
    assert_eq!(papers[0]["state"], "released");
    assert!(papers[0]["sites"]["wording"].as_u64().unwrap() > 5);
    assert!(papers[0]["words"].as_u64().unwrap() > 50);
    let copies = folder.path().join("copies");
    ok(
        &archive,
        &["copy", "export", "a/1", "--all", "--format", "txt", "-o", copies.to_str().unwrap()],
    );
    let files: Vec<_> = std::fs::read_dir(&copies).unwrap().collect();
    assert_eq!(files.len(), 5);
    let copy = copies.join("r0003.txt");
    let again = ok(&archive, &["copy", "open", "a/1", "--reader", "r0003"]);
    assert_eq!(again, std::fs::read_to_string(&copy).unwrap(), "the copy is always the same");
    let finding = json(&archive, &["trace", copy.to_str().unwrap(), "--alpha", "1e-4"]);
    for field in [
        "schema",
        "inquiry",
        "verdict",
        "alpha",
        "papers",
        "leaks",
        "readers",
        "named",
        "leading",
        "credible_set",
        "decoys",
        "inquiries",
        "conditions",
        "spent",
        "statement",
    ] {
        assert!(!finding[field].is_null(), "{field} is missing");
    }
    assert_eq!(finding["verdict"], "identified", "{finding}");
    assert_eq!(finding["named"][0]["reader"], "r0003");
    assert_eq!(finding["named"][0]["office"], "exercise-readers");
    assert_eq!(finding["papers"][0]["source_id"], "a/1");
    assert_eq!(finding["readers"], 5);
    let html = ok(&archive, &["copy", "open", "a/1", "--reader", "r0002", "--format", "html"]);
    let page = folder.path().join("leak.html");
    std::fs::write(&page, html).unwrap();
    let finding = json(&archive, &["trace", page.to_str().unwrap(), "--alpha", "1e-4"]);
    assert_eq!(finding["named"][0]["reader"], "r0002");
    assert!(ok(&archive, &["record", "verify"]).contains("verifies"));
    assert!(ok(&archive, &["status"]).contains("EXERCISE"));
}

#[test]
fn a_leak_is_traced_from_standard_input_and_from_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    // Each leak is of another paper, so that both have a bound.
    let copy = ok(&archive, &["copy", "open", "a/1", "--reader", "r0004"]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .env("CHANCERY_ARCHIVE", &archive)
        .args(["--json", "trace", "-", "--alpha", "1e-4"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(copy.as_bytes()).unwrap();
    let finding: serde_json::Value =
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(finding["named"][0]["reader"], "r0004", "{}", finding["statement"]);
    assert_eq!(finding["papers"][0]["source_id"], "a/1");

    let copy = ok(&archive, &["copy", "open", "a/2", "--reader", "r0005"]);
    let quoted: Vec<String> = copy.lines().map(|line| format!("> {line}")).collect();
    let post = folder.path().join("post.md");
    let text = format!(
        "# What they *really* say\n\nSee [this](https://example.org/x):\n\n{}\n",
        quoted.join("\n")
    );
    std::fs::write(&post, text).unwrap();
    let finding = json(&archive, &["trace", post.to_str().unwrap(), "--alpha", "1e-4"]);
    assert_eq!(finding["named"][0]["reader"], "r0005", "{}", finding["statement"]);
    assert_eq!(
        (&finding["leaks"][0]["file"], &finding["spent"]),
        (&"post.md".into(), &false.into())
    );
}

#[test]
fn where_a_paper_is_spent_no_bound_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let leaked = |reader: &str| {
        let copy = folder.path().join(format!("{reader}.txt"));
        std::fs::write(&copy, ok(&archive, &["copy", "open", "a/1", "--reader", reader])).unwrap();
        ok(&archive, &["trace", copy.to_str().unwrap(), "--alpha", "1e-4"])
    };
    let bound = "such copies agreed this well";
    let first = leaked("r0002");
    assert!(first.contains("(adjusted p") && !first.contains("no bound"), "the control: {first}");
    let said = first.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(bound), "{said}");
    // Named once: an exercise shows the next leak all the same, and no number that would not hold.
    let second = leaked("r0003");
    let said = second.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("IDENTIFIED") && said.contains("bound no bound after I1"), "{said}");
    assert!(!said.contains(bound) && !said.contains("(adjusted p"), "{said}");
}

#[test]
fn an_inquiry_in_earnest_waits_for_an_officer_of_another_office() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    ok(&archive, &["init", archive.to_str().unwrap()]);
    assert!(ok(&archive, &["status"]).contains("bounds add up to 0\n"), "and not to -0");
    for office in ["embassy", "capital", "security", "legal"] {
        ok(&archive, &["office", "add", office, "--title", office]);
    }
    for (person, office) in [
        ("anna", "embassy"),
        ("boris", "capital"),
        ("carla", "security"),
        ("dora", "legal"),
        ("emil", "security"),
    ] {
        ok(&archive, &["person", "add", person, "--name", person]);
        ok(&archive, &["posting", "start", person, office, "--from", "2020-01-01"]);
    }
    let draft = folder.path().join("draft.txt");
    std::fs::write(&draft, "1. The talks {began|opened|started} prior to the visit. It was {quite|rather} late.\n\n2. However, the Minister replied that the present arrangements were adequate and {=final=}.\n").unwrap();
    let draft = draft.to_str().unwrap();
    refused(
        &archive,
        &[
            "paper",
            "draft",
            draft,
            "--from",
            "embassy",
            "--to",
            "capital",
            "--subject",
            "Talks",
            "--as",
            "boris",
        ],
        3,
        &["not held"],
    );
    ok(
        &archive,
        &[
            "paper",
            "draft",
            draft,
            "--from",
            "embassy",
            "--to",
            "capital",
            "--subject",
            "Talks",
            "--as",
            "anna",
        ],
    );
    let check = json(&archive, &["paper", "check", "P1", "--as", "anna"]);
    let places = check["places"].as_array().unwrap();
    assert!(places.iter().filter(|p| p["rule"] == "author").count() == 2);
    assert!(places.iter().all(|p| !p["readings"][0].as_str().unwrap().contains("final")));
    let key =
        places.iter().find(|p| p["rule"] == "author").unwrap()["key"].as_str().unwrap().to_owned();
    ok(&archive, &["paper", "check", "P1", "--strike", &key, "--as", "anna"]);
    refused(&archive, &["copy", "open", "P1", "--reader", "boris"], 3, &["draft"]);
    ok(&archive, &["paper", "release", "P1", "--as", "anna"]);
    refused(&archive, &["paper", "check", "P1", "--strike", &key, "--as", "anna"], 3, &["frozen"]);
    refused(&archive, &["paper", "release", "P1", "--as", "anna"], 3, &["released"]);
    refused(&archive, &["copy", "open", "P1", "--reader", "dora"], 3, &["distribution"]);
    let copy = ok(&archive, &["copy", "open", "P1", "--reader", "boris"]);
    assert!(copy.contains("began"), "a struck place shows the drafted reading");
    let leak = folder.path().join("leak.txt");
    std::fs::write(&leak, copy).unwrap();
    let leak = leak.to_str().unwrap();
    refused(&archive, &["trace", leak], 1, &["--as"]);
    let waiting = chancery(&archive, &["trace", leak, "--as", "carla", "--alpha", "5e-5"]);
    assert_eq!(waiting.status.code(), Some(3));
    assert!(out(&waiting).contains("I1: awaiting approval"), "{}", out(&waiting));
    refused(&archive, &["inquiry", "run", "I1"], 3, &["awaiting approval"]);
    refused(&archive, &["inquiry", "approve", "I1", "--as", "carla"], 3, &["another person"]);
    refused(&archive, &["inquiry", "approve", "I1", "--as", "emil"], 3, &["another office"]);
    ok(&archive, &["inquiry", "approve", "I1", "--as", "dora"]);
    let finding = json(&archive, &["inquiry", "run", "I1"]);
    for copy in
        finding["named"].as_array().unwrap().iter().chain(finding["leading"].as_array().unwrap())
    {
        assert!(copy["reader"].is_null() && copy["office"].is_null(), "names stay closed");
    }
    refused(&archive, &["inquiry", "run", "I1"], 3, &["already"]);
    // The end of a posting ends access.
    ok(&archive, &["posting", "end", "boris", "capital", "--on", &today()]);
    refused(&archive, &["copy", "open", "P1", "--reader", "boris"], 3, &["distribution"]);
    ok(&archive, &["record", "verify"]);
}

#[test]
fn wrong_usage_and_bad_input_are_told_apart_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    refused(&archive, &["frobnicate"], 2, &["unrecognized"]);
    refused(&archive, &["trace"], 2, &["LEAK"]);
    refused(&archive, &["copy", "open", "P1", "--reader", "Bad Name"], 2, &["short name"]);
    refused(
        &archive,
        &["copy", "open", "P99", "--reader", "r0001"],
        1,
        &["no paper", "paper list"],
    );
    refused(&archive, &["copy", "open", "P1", "--reader", "nobody"], 1, &["no person"]);
    refused(&archive, &["inquiry", "show", "I7"], 1, &["no inquiry"]);
    refused(&archive, &["trace", "/nonexistent/leak.txt"], 1, &["leak.txt"]);
    refused(
        &archive,
        &["trace", &file("binary.txt", &[0, 159, 146, 150, 0, 1])],
        1,
        &["binary.txt"],
    );
    refused(&archive, &["trace", &file("a.txt", b"x"), "--alpha", "2"], 1, &["alpha"]);
    refused(&archive, &["init", archive.to_str().unwrap()], 1, &["not empty"]);
    refused(Path::new("/nonexistent"), &["status"], 1, &["no archive", "chancery init"]);
    refused(
        &archive,
        &[
            "import",
            "cables",
            &file("c.jsonl", b"{\"id\":\"x\",\"paragraphs\":[\"a b\"]}\n{oops\n"),
            "--exercise",
            "5",
        ],
        1,
        &["line 2"],
    );
    refused(
        &archive,
        &[
            "import",
            "cables",
            &file(
                "d.jsonl",
                b"{\"id\":\"x\",\"markup\":true,\"paragraphs\":[\"ok\",\"a {b|c\"]}\n",
            ),
            "--exercise",
            "5",
        ],
        1,
        &["x: paragraph 2, column 3", "never closed"],
    );
    refused(
        &archive,
        &["import", "cables", &file("e.jsonl", b"\xff\xfe\n"), "--exercise", "5"],
        1,
        &["line 1"],
    );
    refused(
        &archive,
        &[
            "paper",
            "draft",
            &file("m.txt", b"fine\n\nalso\nbad } here"),
            "--from",
            "exercise-desk",
            "--subject",
            "s",
            "--as",
            "drafter",
        ],
        1,
        &["m.txt: line 4, column 5"],
    );
    refused(
        &archive,
        &[
            "paper",
            "draft",
            &file("u.txt", b"\xff\xfe\xfa"),
            "--from",
            "exercise-desk",
            "--subject",
            "s",
            "--as",
            "drafter",
        ],
        1,
        &["UTF-8"],
    );
    // A text of two words, an empty one, and a foreign one: done, and nothing found.
    for (name, text) in [
        ("two.txt", "quite inept"),
        ("none.txt", ""),
        (
            "foreign.txt",
            "The quick brown fox jumps over the lazy dog while the band plays on in the park.",
        ),
    ] {
        let finding = json(&archive, &["trace", &file(name, text.as_bytes())]);
        assert_eq!(finding["verdict"], "nothing", "{name}");
    }
    let record = json(&archive, &["record", "verify"]);
    assert!(record["entries"].as_u64().unwrap() > 10);
}

#[test]
fn fifty_megabytes_are_refused_and_a_long_leak_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let huge = folder.path().join("huge.txt");
    std::fs::write(&huge, "word ".repeat(11 << 20)).unwrap();
    refused(&archive, &["trace", huge.to_str().unwrap()], 1, &["larger than 50 MB"]);
    let long = folder.path().join("long.txt");
    let copy = ok(&archive, &["copy", "open", "P1", "--reader", "r0004"]);
    std::fs::write(
        &long,
        format!(
            "{}\n{copy}\n{}",
            "filler words here ".repeat(100_000),
            "more of it ".repeat(100_000)
        ),
    )
    .unwrap();
    let finding = json(&archive, &["trace", long.to_str().unwrap(), "--alpha", "1e-4"]);
    assert_eq!(finding["named"][0]["reader"], "r0004");
}

/// A leak just below the limit is kept, read and told from what it is not; the file of the inquiry opens
/// again afterwards.
#[test]
fn a_leak_of_forty_nine_megabytes_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let large = folder.path().join("large.txt");
    let copy = ok(&archive, &["copy", "open", "P1", "--reader", "r0002"]);
    // Mostly white space: what is measured is keeping the bytes, not reading a library.
    let text = format!("{copy}{}", " ".repeat(49_000_000 - copy.len()));
    std::fs::write(&large, text).unwrap();
    let finding = json(&archive, &["trace", large.to_str().unwrap(), "--alpha", "1e-4"]);
    assert_eq!(finding["named"][0]["reader"], "r0002");
    assert_eq!(json(&archive, &["inquiry", "show", "I1"])["state"], "done");
    assert_eq!(json(&archive, &["status"])["inquiries"][0], 1);
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let lock = std::fs::File::options().write(true).open(archive.join("lock")).unwrap();
    lock.lock().unwrap();
    refused(&archive, &["status"], 1, &["another process"]);
    drop(lock);
    ok(&archive, &["status"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let target = folder.path().join("file-not-folder");
    std::fs::write(&target, "x").unwrap();
    refused(
        &archive,
        &["copy", "export", "P1", "--all", "-o", target.to_str().unwrap()],
        1,
        &["file-not-folder"],
    );
    refused(&archive, &["init", target.join("below").to_str().unwrap()], 1, &["file-not-folder"]);
    let missing = folder.path().join("no/such/folder/copy.txt");
    refused(
        &archive,
        &["copy", "open", "P1", "--reader", "r0001", "-o", missing.to_str().unwrap()],
        1,
        &["no/such"],
    );
    // Nothing of the failures spoilt the record.
    ok(&archive, &["record", "verify"]);
}

#[test]
fn a_changed_database_key_or_checkpoint_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let old = folder.path().join("old.sqlite");
    std::fs::copy(archive.join("archive.sqlite"), &old).unwrap();
    ok(&archive, &["copy", "open", "P1", "--reader", "r0001"]);
    let now = std::fs::read(archive.join("archive.sqlite")).unwrap();
    // An older database under the newer checkpoint.
    std::fs::copy(&old, archive.join("archive.sqlite")).unwrap();
    refused(&archive, &["status"], 1, &["older than its checkpoint"]);
    std::fs::write(archive.join("archive.sqlite"), &now).unwrap();
    ok(&archive, &["record", "verify"]);
    // Another archive's key.
    let other = folder.path().join("other");
    ok(&other, &["init", other.to_str().unwrap()]);
    let key = std::fs::read(archive.join("key")).unwrap();
    std::fs::copy(other.join("key"), archive.join("key")).unwrap();
    refused(&archive, &["status"], 1, &["key"]);
    std::fs::write(archive.join("key"), key).unwrap();
    // A missing checkpoint.
    let checkpoint = std::fs::read(archive.join("checkpoint")).unwrap();
    std::fs::remove_file(archive.join("checkpoint")).unwrap();
    refused(&archive, &["status"], 1, &["checkpoint"]);
    std::fs::write(archive.join("checkpoint"), checkpoint).unwrap();
    ok(&archive, &["record", "verify"]);
}

#[test]
fn no_plain_text_of_a_paper_stands_in_any_file_of_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    ok(&archive, &["init", archive.to_str().unwrap()]);
    let canary = "heliotropequagga";
    let file = folder.path().join("cables.jsonl");
    let cable = serde_json::json!({"id": format!("{canary}/id"), "subject": format!("About {canary}"), "signed": canary, "place": canary, "paragraphs": [format!("1. The {canary} delegation arrived prior to the meeting and pressed for further assistance.")]});
    std::fs::write(&file, format!("{cable}\n")).unwrap();
    ok(&archive, &["import", "cables", file.to_str().unwrap(), "--exercise", "3"]);
    let copy = ok(&archive, &["copy", "open", "P1", "--reader", "r0001"]);
    let both = json(&archive, &["copy", "open", "P1", "--reader", "r0001"]);
    assert_eq!(both["text"].as_str().unwrap().trim_end(), copy.trim_end(), "--json has it too");
    assert!(copy.contains(canary), "the control: the canary is in the copy");
    let leak = folder.path().join("leak.txt");
    std::fs::write(&leak, &copy).unwrap();
    ok(&archive, &["trace", leak.to_str().unwrap()]);
    // The exposure index, public texts and what was looked into hold no words either.
    let article = folder.path().join("article.txt");
    let quoted = format!(
        "A leaked cable said: “The {canary} delegation arrived prior to the meeting and pressed for further assistance.”"
    );
    std::fs::write(&article, &quoted).unwrap();
    ok(&archive, &["import", "public", article.to_str().unwrap(), "--source", canary]);
    let report = json(&archive, &["expose", article.to_str().unwrap()]);
    assert_eq!(report["quotations"][0]["paper"], "T1", "the control: the index knows the words");
    let utf16: Vec<u8> = canary.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for entry in std::fs::read_dir(&archive).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for needle in [canary.as_bytes(), &utf16, b"delegation arrived", b"aGVsaW90cm9wZXF1YWdnY"] {
            let found = bytes.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle));
            assert!(!found, "{} holds text of a paper", path.display());
        }
    }
}

/// Kills the program at many instants of an import and of an export; whatever was acknowledged is there,
/// nothing is half done, and the record verifies.
#[test]
fn killed_at_any_instant_nothing_is_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let lines: String = (0..120)
        .map(|n| {
            let text = format!("1. Number {n} of the reports arrived prior to the meeting. However, the Minister replied that the present arrangements were adequate for case {n}.");
            format!("{}\n", serde_json::json!({"id": format!("k/{n}"), "paragraphs": [text]}))
        })
        .collect();
    let file = folder.path().join("many.jsonl");
    std::fs::write(&file, lines).unwrap();
    let copies = folder.path().join("copies");
    let kills =
        if std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1") { 400 } else { 30 };
    for round in 0..kills {
        let args: &[&str] = if round % 2 == 0 {
            &["import", "cables", file.to_str().unwrap(), "--exercise", "5"]
        } else {
            &["copy", "export", "P1", "--all", "-o", copies.to_str().unwrap()]
        };
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .env("CHANCERY_ARCHIVE", &archive)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3 + (round * 37 % 400) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        let papers = json(&archive, &["paper", "list"]);
        for paper in papers.as_array().unwrap() {
            assert_eq!(paper["state"], "released", "draft and release are one act here");
        }
        ok(&archive, &["record", "verify"]);
    }
    ok(&archive, &["import", "cables", file.to_str().unwrap(), "--exercise", "5"]);
    assert_eq!(json(&archive, &["paper", "list"]).as_array().unwrap().len(), 122);
    let first = ok(&archive, &["copy", "open", "P1", "--reader", "r0001"]);
    ok(&archive, &["copy", "export", "P1", "--all", "-o", copies.to_str().unwrap()]);
    assert_eq!(first, std::fs::read_to_string(copies.join("r0001.txt")).unwrap());
}

/// A full disk: a clear error, and everything acknowledged before is still there. Needs the right to mount.
#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mount = folder.path().join("small");
    std::fs::create_dir(&mount).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .arg(&mount)
        .output()
        .is_ok_and(|o| o.status.success());
    if !mounted {
        eprintln!("SKIPPED: a full disk needs the right to mount a tmpfs");
        return;
    }
    let archive = mount.join("archive");
    ok(&archive, &["init", archive.to_str().unwrap()]);
    let outcome = std::panic::catch_unwind(|| {
        let cable = |n: usize| {
            let text = format!(
                "{} Number {n}.",
                "The delegation arrived prior to the meeting and pressed on. ".repeat(60)
            );
            format!("{}\n", serde_json::json!({"id": format!("f/{n}"), "paragraphs": [text]}))
        };
        let file = folder.path().join("cables.jsonl");
        let mut acknowledged = 0;
        let mut full = false;
        for batch in 0..40 {
            let lines: String = (batch * 10..batch * 10 + 10).map(cable).collect();
            std::fs::write(&file, lines).unwrap();
            let output = chancery(
                &archive,
                &["import", "cables", file.to_str().unwrap(), "--exercise", "5"],
            );
            if output.status.success() {
                acknowledged += 10;
                continue;
            }
            assert_eq!(output.status.code(), Some(1));
            assert!(
                err(&output).contains("disk is full") || err(&output).contains("space"),
                "{}",
                err(&output)
            );
            full = true;
            break;
        }
        assert!(full, "the disk was meant to run full");
        // An export onto it leaves no half copy under a reader's name.
        let copies = mount.join("copies");
        let filler = std::fs::File::create(mount.join("filler")).unwrap();
        let _ = std::io::copy(&mut std::io::repeat(7), &mut &filler);
        drop(filler);
        let args = ["copy", "export", "P1", "--all", "-o", copies.to_str().unwrap()];
        let output = chancery(&archive, &args);
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        assert!(
            err(&output).contains("space") || err(&output).contains("full"),
            "{}",
            err(&output)
        );
        for entry in std::fs::read_dir(&copies).into_iter().flatten() {
            let path = entry.unwrap().path();
            assert!(path.extension().is_none_or(|e| e != "txt"), "{} was left", path.display());
        }
        std::fs::remove_file(mount.join("filler")).unwrap();
        // Room again: nothing acknowledged is lost.
        let grown =
            Command::new("mount").args(["-o", "remount,size=64m"]).arg(&mount).status().unwrap();
        assert!(grown.success());
        let papers = json(&archive, &["paper", "list"]);
        assert_eq!(papers.as_array().unwrap().len(), acknowledged);
        ok(&archive, &["record", "verify"]);
        ok(&archive, &["copy", "export", "P1", "--all", "-o", copies.to_str().unwrap()]);
        // Read-only: said in words, nothing changed.
        let remount = |how: &str| {
            let done = Command::new("mount").args(["-o", how]).arg(&mount).status();
            assert!(done.unwrap().success());
        };
        remount("remount,ro");
        for args in
            [&["copy", "open", "P1", "--reader", "r0001"] as &[&str], &["record", "checkpoint"]]
        {
            let output = chancery(&archive, args);
            assert_eq!(output.status.code(), Some(1), "{args:?}");
            assert!(err(&output).contains("cannot be written"), "{args:?}: {}", err(&output));
        }
        remount("remount,rw");
        ok(&archive, &["copy", "open", "P1", "--reader", "r0001"]);
        ok(&archive, &["record", "verify"]);
    });
    let _ = Command::new("umount").arg(&mount).status();
    outcome.unwrap();
}
