//! Articles as users bring them: the acceptance case, hard input, files and exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn chancery(archive: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

fn ok(archive: &Path, args: &[&str]) -> String {
    let output = chancery(archive, args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn exposed(archive: &Path, article: &Path) -> Value {
    serde_json::from_str(&ok(archive, &["--json", "expose", article.to_str().unwrap()])).unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// An exercise with two fictional cables and, if given, more.
fn exercise(folder: &Path) -> PathBuf {
    let archive = folder.join("archive");
    ok(&archive, &["init", archive.to_str().unwrap()]);
    let cables = [
        json!({"id": "a/1", "subject": "court", "classification": "Secret", "paragraphs": [
            "1. The chamberlain is insecure in his office and incompetent in every other, and those who dine with him say so before the fruit. He keeps two diaries, and neither of them mentions the treaty.",
            "2. I regret to report that the archive of the legation was moved at night, in carts, without a list, by men who could not read the labels on the boxes."]}),
        json!({"id": "a/2", "subject": "survey", "classification": "Secret", "paragraphs": [
            "1. Nobody expected that the survey of the eastern shoals would be finished before winter. The pilots have lost a third of their boats, and those who stay ask for contracts in writing."]}),
    ];
    let lines: Vec<String> = cables.iter().map(ToString::to_string).collect();
    let file = write(folder, "cables.jsonl", lines.join("\n"));
    ok(&archive, &["import", "cables", file.to_str().unwrap(), "--exercise", "12"]);
    archive
}

/// Sixteen quotations of a real article: with stand-ins of the public texts, made from its own
/// quotations, fourteen are public or authorised, two leaked by its own claim, and nobody is named.
#[test]
fn two_words_of_a_real_article_name_no_paper_and_no_copy() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/article/2019-07-10-ambassador-resigns.txt"
    );
    let Ok(article) = std::fs::read_to_string(path) else {
        assert!(
            std::env::var_os("CHANCERY_REQUIRE_DATA").is_none(),
            "../shared/article is required and missing"
        );
        eprintln!("SKIPPED: ../shared/article is missing");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let article = write(folder.path(), "article.txt", article);
    let before = exposed(&archive, &article);
    let all = before["quotations"].as_array().unwrap();
    assert_eq!(all.len(), 16);
    let texts: Vec<&str> = all.iter().map(|q| q["text"].as_str().unwrap()).collect();
    for (name, kind, range) in [
        ("letter.txt", "letter", 2..6),
        ("reply.txt", "letter", 6..9),
        ("debate.html", "hansard", 9..11),
        ("statement.txt", "statement", 11..14),
        ("answers.md", "hansard", 14..16),
    ] {
        let text =
            format!("For the public.\n\n{}\n\nEnds.\n", texts[range].join("\n\nAnd further: "));
        let file = write(folder.path(), name, text);
        let out = ok(
            &archive,
            &["import", "public", file.to_str().unwrap(), "--kind", kind, "--date", "2019-07-10"],
        );
        assert!(out.contains("filed as T"), "{out}");
    }
    let report = exposed(&archive, &article);
    let quotations = report["quotations"].as_array().unwrap();
    let kinds: Vec<&str> = quotations.iter().map(|q| q["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["restricted", "restricted"]);
    assert_eq!(kinds[2..9], ["authorised"; 7]);
    assert_eq!(kinds[9..], ["public"; 7]);
    for quoted in &quotations[2..] {
        assert_eq!(quoted["basis"], "register", "{quoted}");
        assert!(quoted["paper"].as_str().unwrap().starts_with('T'));
    }
    for quoted in &quotations[..2] {
        assert_eq!(quoted["paper"], Value::Null, "one word names no paper");
        let says = quoted["significance"]["says"].as_str().unwrap();
        assert!(says.contains("too common to name a paper"), "{says}");
        assert_eq!(quoted["also_matches"][0]["paper"], "P1", "a candidate, no more");
    }
    assert_eq!(report["leaked_papers"], json!([]), "no paper, so no copy");
    assert_eq!(report["contradictions"], json!([]));
    assert!(report["paraphrases"].as_array().unwrap().len() >= 4);
    assert!(report["statement"].as_str().unwrap().contains("No copy can be told"));
    let status: Value = serde_json::from_str(&ok(&archive, &["--json", "status"])).unwrap();
    assert_eq!(status["inquiries"][0], 0, "nothing was spent");
    let list = ok(&archive, &["public", "list"]);
    assert!(list.contains("letter.txt") && list.contains("2019-07-10"), "{list}");
    assert!(ok(&archive, &["public", "show", "T1"]).contains("For the public."));
    assert_eq!(chancery(&archive, &["public", "show", "T9"]).status.code(), Some(1));
}

#[test]
fn a_report_is_one_file_that_fetches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let article = write(
        folder.path(),
        "a<b>.txt",
        "A leaked cable showed the envoy wrote that “the archive of the legation was moved at night, in vans, without a list, by men who could not read the labels”, and <script>alert(1)</script> “insecure”.",
    );
    let page = folder.path().join("report.html");
    let out =
        ok(&archive, &["expose", article.to_str().unwrap(), "--html", page.to_str().unwrap()]);
    assert!(out.contains("changed: article “vans”, paper “carts”"), "{out}");
    assert!(out.contains("P1 is quoted"), "{out}");
    let page = std::fs::read_to_string(page).unwrap();
    for outside in ["http://", "https://", "src=", "@import", "url(", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("&lt;script&gt;") && page.contains("a&lt;b&gt;.txt"));
    let verdict = page.find("class=\"verdict\"").unwrap();
    assert!(verdict < page.find("The article").unwrap(), "the sentence first");
    for word in ["restricted", "changed", "Article above, paper below", "prefers-color-scheme"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn hard_input_gets_a_clear_answer() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let none = exposed(&archive, &write(folder.path(), "none.txt", "Nothing was said by anybody."));
    assert_eq!(none["quotations"], json!([]));
    assert!(none["statement"].as_str().unwrap().contains("no quotation"));
    let empty = exposed(&archive, &write(folder.path(), "empty.txt", ""));
    assert_eq!(empty["quotations"], json!([]));
    let marks = exposed(
        &archive,
        &write(folder.path(), "marks.txt", "“”“”\"\" ‘’ «» “ ” \" “…” “[...]”\n\n“"),
    );
    assert_eq!(marks["leaked_papers"], json!([]));
    // Windows-1252 and UTF-16 with marks.
    let quote =
        "those who stay ask for contracts in writing, the pilots have lost a third of their boats";
    let text = format!("A leaked cable said: “{quote}”.");
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let utf16: Vec<u8> =
        std::iter::once(0xfeff_u16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("w.txt", windows), ("u.txt", utf16)] {
        let report = exposed(&archive, &write(folder.path(), name, bytes));
        assert_eq!(report["quotations"][0]["text"], quote, "{name}");
    }
    let binary = write(folder.path(), "b.txt", [0_u8, 1, 2, 3]);
    let refused = chancery(&archive, &["expose", binary.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not a text file"));
    // An archive without papers.
    let bare = folder.path().join("bare");
    ok(&bare, &["init", bare.to_str().unwrap()]);
    let article = write(folder.path(), "c.txt", &text);
    let who = chancery(&bare, &["expose", article.to_str().unwrap()]);
    assert_eq!(who.status.code(), Some(1), "somebody must ask");
    ok(&bare, &["person", "add", "ann", "--name", "Ann Example"]);
    let report: Value = serde_json::from_str(&ok(
        &bare,
        &["--json", "--as", "ann", "expose", article.to_str().unwrap()],
    ))
    .unwrap();
    assert_eq!((&report["papers"], &report["quotations"][0]["paper"]), (&json!(0), &Value::Null));
}

#[test]
fn twenty_megabytes_are_read_and_what_was_left_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path());
    let one = "The envoy spoke for an hour about nothing and left. “The weather is fine in the capital today,” he said on the steps of the ministry.\n\n";
    let article = write(folder.path(), "long.txt", one.repeat((20 << 20) / one.len()));
    let report = exposed(&archive, &article);
    assert!(!report["limits"].as_array().unwrap().is_empty(), "{:?}", report["limits"]);
    assert_eq!(report["leaked_papers"], json!([]));
    // As a page too, and also where thousands of quotations meet hundreds of thousands of paragraphs.
    let quotations = "“Fine weather in the capital,” he said. ".repeat(4_000);
    let crowded = format!("{quotations}\n\n{}", "a\n\n".repeat(400_000));
    for (name, text) in [("long.txt", None), ("crowded.txt", Some(crowded))] {
        let article = match text {
            Some(text) => write(folder.path(), name, text),
            None => article.clone(),
        };
        let page = folder.path().join(format!("{name}.html"));
        let args = ["expose", article.to_str().unwrap(), "--no-trace", "--html"];
        ok(&archive, &[&args[..], &[page.to_str().unwrap()]].concat());
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains("Fine weather") || page.contains("weather is fine"), "{name}");
    }
}
