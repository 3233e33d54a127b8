//! The life of a paper as users meet it: from draft to release, corrections, circulation, reading lists.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A small ministry with an archive of its own.
struct Ministry {
    folder: tempfile::TempDir,
}

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for assistance regarding the harbour.\n\nHowever, the Minister replied that the present arrangements were adequate for now.\n";

impl Ministry {
    /// anna and alan hold the embassy, boris the capital, carla legal, dora the mission, emil the consulate.
    fn new() -> Self {
        let ministry = Self { folder: tempfile::tempdir().unwrap() };
        ministry.ok("", &["init", ministry.archive().to_str().unwrap()]);
        for office in ["embassy", "capital", "legal", "mission", "consulate"] {
            ministry.ok("", &["office", "add", office, "--title", office]);
        }
        for (person, office) in [
            ("anna", "embassy"),
            ("alan", "embassy"),
            ("boris", "capital"),
            ("carla", "legal"),
            ("dora", "mission"),
            ("emil", "consulate"),
        ] {
            ministry.ok("", &["person", "add", person, "--name", person]);
            ministry.ok("", &["posting", "start", person, office, "--from", "2020-01-01"]);
        }
        ministry.file("text.txt", TEXT);
        ministry
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, who: &str, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.env("CHANCERY_ARCHIVE", self.archive()).args(args).stdin(Stdio::null());
        if !who.is_empty() {
            command.args(["--as", who]);
        }
        command.output().unwrap()
    }

    #[track_caller]
    fn ok(&self, who: &str, args: &[&str]) -> String {
        let output = self.run(who, args);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?} as {who}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[track_caller]
    fn json(&self, who: &str, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(who, &[&["--json"], args].concat())).unwrap()
    }

    /// Refused with this code and a message that holds these words.
    #[track_caller]
    fn refused(&self, who: &str, args: &[&str], code: i32, words: &[&str]) {
        let output = self.run(who, args);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?} as {who}: {message}");
        assert!(!message.contains("panicked"), "{args:?}: {message}");
        for word in words {
            assert!(message.contains(word), "{args:?}: no “{word}” in: {message}");
        }
    }

    /// Drafts the usual text as anna of the embassy; gives its reference.
    #[track_caller]
    fn draft(&self, more: &[&str]) -> String {
        let text = self.path("text.txt");
        let args = ["paper", "draft", &text, "--from", "embassy", "--subject", "Talks"];
        let drafted = self.json("anna", &[&args, more].concat());
        drafted["paper"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn not_drafted(&self, more: &[&str], code: i32, words: &[&str]) {
        let text = self.path("text.txt");
        let args = ["paper", "draft", &text, "--from", "embassy", "--subject", "Talks"];
        self.refused("anna", &[&args, more].concat(), code, words);
    }

    /// Drafts and releases.
    #[track_caller]
    fn released(&self, more: &[&str]) -> String {
        let paper = self.draft(more);
        self.ok("anna", &["paper", "release", &paper]);
        paper
    }

    #[track_caller]
    fn copy(&self, paper: &str, reader: &str) -> String {
        self.ok("", &["copy", "open", paper, "--reader", reader])
    }
}

/// The day on which a posting can end at once.
#[expect(clippy::disallowed_methods, reason = "the program goes by the clock too")]
fn today() -> String {
    chancery_domain::rules::utc_day(jiff::Timestamp::now()).to_string()
}

#[test]
fn a_cable_goes_from_draft_to_readers_with_its_whole_heading() {
    let m = Ministry::new();
    let first = m.released(&["--to", "capital"]);
    let paper = m.draft(&[
        "--to",
        "capital",
        "--info",
        "mission",
        "--precedence",
        "immediate,R",
        "--due",
        "011200Z SEP 61",
        "--tags",
        "prel,AL",
        "--ref",
        &first,
        "--classification",
        "Secret",
    ]);
    let report = m.json("anna", &["paper", "release", &paper]);
    let serial = report["serial"].as_str().unwrap();
    assert!(serial.starts_with("TELNO 2 of 20"), "{serial}");
    let dtg = report["dtg"].as_str().unwrap();
    let copy = m.copy(&paper, "boris");
    for line in [
        "SECRET",
        "FROM:      embassy",
        "TO:        capital",
        "INFO:      mission",
        "PRECEDENCE:IMMEDIATE, INFO ROUTINE",
        "DESKBY:    011200Z SEP 61",
        "TAGS:      PREL, AL",
        "SUBJECT:   Talks",
    ] {
        assert!(copy.contains(line), "no “{line}” in:\n{copy}");
    }
    assert!(copy.contains(&format!("NUMBER:    {serial}")), "{copy}");
    assert!(copy.contains(&format!("DTG:       {dtg}")), "{copy}");
    assert!(copy.contains(&format!("REF:       A. {first}, embassy TELNO 1 of ")), "{copy}");
    assert!(copy.contains("\n1. The") && copy.contains("\n2. "), "numbered: {copy}");
    assert_eq!(copy, m.copy(&paper, "boris"), "the copy is always the same");
    let html = m.ok("", &["copy", "open", &paper, "--reader", "boris", "--format", "html"]);
    assert!(html.contains("<dt>TAGS</dt><dd>PREL, AL</dd>"), "{html}");
    let shown = m.json("anna", &["paper", "show", &paper]);
    assert_eq!(shown["head"]["action"], "IMMEDIATE");
    assert_eq!(shown["tags"], serde_json::json!(["PREL", "AL"]));
    assert_eq!(shown["history"][0]["deed"], "drafted");
    assert_eq!(shown["history"][1]["deed"], "released");
    assert_eq!(shown["history"][1]["who"], "anna");
    assert!(m.ok("", &["record", "verify"]).contains("verifies"));
    // Every list can be narrowed.
    let papers = |args: &[&str]| {
        let all = m.json("anna", &[&["paper", "list"], args].concat());
        let all = all.as_array().unwrap().iter().map(|p| p["paper"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    let draft = m.draft(&["--to", "capital", "--kind", "report"]);
    assert_eq!(papers(&[]), [first.as_str(), &paper, &draft]);
    assert_eq!(papers(&["--state", "draft"]), [draft.as_str()]);
    assert_eq!(papers(&["--kind", "report"]), [draft.as_str()]);
    assert_eq!(papers(&["--tag", "prel"]), [paper.as_str()]);
    assert_eq!(papers(&["--office", "embassy", "--since", "2020-01-01"]), [first.as_str(), &paper]);
    assert!(papers(&["--since", "2061-01-01"]).is_empty());
    assert!(papers(&["--office", "capital"]).is_empty());
    m.refused("anna", &["paper", "list", "--office", "nowhere"], 1, &["no office", "nowhere"]);
    m.refused("anna", &["paper", "list", "--state", "lost"], 2, &["draft, approved"]);
}

#[test]
fn headings_are_checked_when_they_are_drafted() {
    let m = Ministry::new();
    m.not_drafted(&["--to", "nowhere"], 1, &["nowhere", "office list"]);
    m.not_drafted(&["--to", "capital", "--precedence", "URGENT"], 2, &["FLASH"]);
    m.not_drafted(&["--to", "capital", "--precedence", "Z,O,P"], 2, &["one for action"]);
    m.not_drafted(&["--to", "capital", "--due", "311200Z FEB 32"], 2, &["no day 31"]);
    m.not_drafted(&["--to", "capital", "--due", "010000Z JAN 00"], 1, &["passed already"]);
    m.not_drafted(&["--to", "capital", "--tags", "a b"], 2, &["subject code"]);
    m.not_drafted(&["--to", "capital", "--portions"], 1, &["portion mark"]);
    let draft = m.draft(&[]);
    m.refused("anna", &["paper", "release", &draft], 3, &["nobody is on"]);
    // References: unknown, secret to the drafter, not yet released, known.
    let text = m.path("text.txt");
    let other = ["paper", "draft", &text, "--from", "capital", "--subject", "x", "--to", "legal"];
    let secret = m.json("boris", &other)["paper"].as_str().unwrap().to_owned();
    m.ok("boris", &["paper", "release", &secret]);
    let hidden = m.json("boris", &other)["paper"].as_str().unwrap().to_owned();
    let message = |paper: &str| {
        let args = ["paper", "draft", &text, "--from", "embassy", "--subject", "x", "--ref", paper];
        let output = m.run("anna", &args);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).replace(paper, "P?")
    };
    assert_eq!(message(&secret), message("P999"), "what may not be known is unknown");
    assert_eq!(message(&hidden), message("P999"));
    m.not_drafted(&["--ref", &draft], 3, &["not released"]);
}

#[test]
fn clearance_approval_and_release_are_acts_of_their_own() {
    let m = Ministry::new();
    let rules = m.file("house.toml", "self_release = false\n");
    m.ok("anna", &["house", "set", &rules]);
    let paper = m.draft(&["--to", "capital"]);
    let p = paper.as_str();
    m.refused("anna", &["paper", "release", p], 3, &["not approved"]);
    m.refused("anna", &["paper", "approve", p], 3, &["drafted", "another"]);
    m.refused("boris", &["paper", "ask", p, "--clear", "legal"], 3, &["not held"]);
    m.refused("anna", &["paper", "ask", p, "--clear", "nowhere"], 1, &["nowhere"]);
    m.ok("anna", &["paper", "ask", p, "--clear", "legal,mission"]);
    m.refused("anna", &["paper", "ask", p, "--clear", "legal"], 1, &["already"]);
    m.refused("alan", &["paper", "approve", p], 3, &["asked to clear", "not done"]);
    m.refused("boris", &["paper", "clear", p], 3, &["none of the offices", "asked"]);
    m.ok("carla", &["paper", "clear", p]);
    m.refused("carla", &["paper", "clear", p], 3, &["already"]);
    m.refused("dora", &["paper", "refuse", p, "--reason", " "], 1, &["reason"]);
    m.ok("dora", &["paper", "refuse", p, "--reason", "Too blunt about the harbour."]);
    m.refused("alan", &["paper", "approve", p], 3, &["not done"]);
    m.ok("dora", &["paper", "clear", p]);
    let approved = m.json("alan", &["paper", "approve", p]);
    assert_eq!(approved["state"], "approved");
    m.refused("alan", &["paper", "approve", p], 3, &["already"]);
    // Another text takes back everything that was given.
    let text = m
        .file("new.txt", "1. The talks {began|opened|started} late. It was {quite|rather} cold.\n");
    m.refused("boris", &["paper", "amend", p, &text], 3, &["not held"]);
    let amended = m.json("alan", &["paper", "amend", p, &text]);
    assert_eq!((&amended["state"], &amended["voided"]), (&"draft".into(), &true.into()));
    m.refused("alan", &["paper", "approve", p], 3, &["not done"]);
    m.ok("carla", &["paper", "clear", p]);
    m.ok("dora", &["paper", "clear", p]);
    // Whoever changed the text is no second pair of eyes any more; nor is the drafter.
    m.refused("alan", &["paper", "approve", p], 3, &["drafted"]);
    m.refused("anna", &["paper", "approve", p], 3, &["drafted"]);
    m.ok("", &["person", "add", "fred", "--name", "fred"]);
    m.ok("", &["posting", "start", "fred", "embassy", "--from", "2020-01-01"]);
    m.ok("fred", &["paper", "approve", p]);
    // So do other places, after approval.
    let check = m.json("anna", &["paper", "check", p]);
    let key = check["places"][0]["key"].as_str().unwrap().to_owned();
    m.ok("anna", &["paper", "check", p, "--strike", &key]);
    m.refused("anna", &["paper", "release", p], 3, &["not done"]);
    m.ok("carla", &["paper", "clear", p]);
    m.ok("dora", &["paper", "clear", p]);
    m.ok("fred", &["paper", "approve", p]);
    // And so does an office that is asked afterwards.
    m.ok("anna", &["paper", "ask", p, "--clear", "consulate"]);
    m.refused("anna", &["paper", "release", p], 3, &["not done"]);
    m.ok("emil", &["paper", "clear", p]);
    m.refused("anna", &["paper", "release", p], 3, &["not approved"]);
    m.refused("fred", &["paper", "refuse", p, "--reason", ""], 1, &["reason"]);
    m.ok("fred", &["paper", "approve", p]);
    m.ok("anna", &["paper", "release", p]);
    m.refused("fred", &["paper", "withdraw", p], 3, &["released"]);
    m.refused("fred", &["paper", "amend", p, &text], 3, &["released"]);
    m.refused("fred", &["paper", "ask", p, "--clear", "capital"], 3, &["released"]);
    let shown = m.json("anna", &["paper", "show", p]);
    let history = shown["history"].as_array().unwrap();
    let refusal = history.iter().find(|h| h["deed"] == "refused").unwrap();
    assert_eq!(refusal["reason"], "Too blunt about the harbour.");
    assert_eq!((&refusal["who"], &refusal["office"]), (&"dora".into(), &"mission".into()));
    assert_eq!(history.iter().filter(|h| h["deed"] == "approved").count(), 4);
    assert!(history.iter().all(|h| h["at"].is_string() && h["leaf"].as_u64().unwrap() > 0));
    assert!(m.ok("anna", &["paper", "show", p]).contains("Too blunt"));
    // The reason is sealed.
    let database = std::fs::read(m.archive().join("archive.sqlite")).unwrap();
    assert!(!database.windows(9).any(|w| w == b"Too blunt"));
    m.ok("", &["record", "verify"]);
}

#[test]
fn a_withdrawn_draft_stays_withdrawn() {
    let m = Ministry::new();
    let paper = m.draft(&["--to", "capital"]);
    let text = m.path("text.txt");
    m.refused("boris", &["paper", "withdraw", &paper], 3, &["not held"]);
    m.ok("alan", &["paper", "withdraw", &paper]);
    for args in [
        &["paper", "release", &paper][..],
        &["paper", "approve", &paper],
        &["paper", "amend", &paper, &text],
        &["paper", "withdraw", &paper],
        &["paper", "ask", &paper, "--clear", "legal"],
    ] {
        m.refused("anna", args, 3, &["withdrawn"]);
    }
    m.refused("", &["copy", "open", &paper, "--reader", "boris"], 3, &["draft"]);
    // Its number was never given: no gap.
    let next = m.draft(&["--to", "capital"]);
    let report = m.json("anna", &["paper", "release", &next]);
    assert!(report["serial"].as_str().unwrap().starts_with("TELNO 1 of"), "{report}");
}

#[test]
fn the_house_is_kept_by_its_custodian() {
    let m = Ministry::new();
    assert_eq!(m.json("", &["house", "show"])["self_release"], true);
    let rules = m.file("house.toml", "custodian = \"legal\"\ncancelled_readable = false\n");
    m.refused("", &["house", "set", &rules], 2, &["--as"]);
    m.refused("nobody", &["house", "set", &rules], 1, &["no person"]);
    let wrong = m.file("wrong.toml", "custodian = \"nowhere\"\n");
    m.refused("anna", &["house", "set", &wrong], 1, &["nowhere"]);
    let wrong = m.file("wrong.toml", "self_relaese = false\n");
    m.refused("anna", &["house", "set", &wrong], 1, &["wrong.toml", "self_relaese"]);
    m.ok("anna", &["house", "set", &rules]);
    m.refused("anna", &["house", "set", &rules], 3, &["custodian"]);
    m.refused("anna", &["collective", "add", "posts", "--offices", "capital"], 3, &["custodian"]);
    m.ok("carla", &["house", "set", &rules]);
    assert_eq!(m.json("", &["house", "show"])["custodian"], "legal");
    // A cancelled paper is shut in this house.
    let paper = m.released(&["--to", "capital"]);
    m.copy(&paper, "boris");
    m.released(&["--cancels", &paper]);
    m.refused("", &["copy", "open", &paper, "--reader", "boris"], 3, &["cancelled"]);
    let list = m.json("boris", &["inbox"]);
    assert!(list["papers"].as_array().unwrap().iter().all(|p| p["paper"] != paper.as_str()));
}

#[test]
fn corrections_and_cancellations_are_papers_of_their_own() {
    let m = Ministry::new();
    let paper = m.released(&["--to", "capital", "--info", "mission"]);
    let p = paper.as_str();
    let text = m.path("text.txt");
    let from_capital = ["paper", "draft", &text, "--from", "capital", "--subject", "x"];
    m.refused("boris", &[&from_capital[..], &["--corrects", p]].concat(), 3, &["not held"]);
    m.refused(
        "emil",
        &["paper", "draft", &text, "--from", "consulate", "--subject", "x", "--cancels", p],
        1,
        &["no paper"],
    );
    m.not_drafted(&["--corrects", p, "--cancels", p], 2, &["cannot be used with"]);
    let draft = m.draft(&["--to", "capital"]);
    m.not_drafted(&["--corrects", &draft], 3, &["draft"]);
    let correction = m.draft(&["--corrects", p]);
    assert!(!m.copy(p, "boris").contains("corrected"), "a draft corrects nothing");
    m.ok("anna", &["paper", "release", &correction]);
    let shown = m.json("anna", &["paper", "show", &correction]);
    let went =
        serde_json::json!([["embassy", "origin"], ["capital", "action"], ["mission", "info"]]);
    assert_eq!(shown["distribution"], went, "it goes where the first went");
    assert_eq!(shown["sequel"], serde_json::json!(["corrects", p]));
    let notice = format!("corrected by {correction} (TELNO 2 of");
    assert!(m.copy(p, "boris").contains(&notice));
    assert!(
        m.ok("", &["copy", "open", p, "--reader", "dora", "--format", "html"]).contains(&notice)
    );
    assert!(m.ok("anna", &["paper", "show", p]).contains(&notice));
    assert!(m.ok("anna", &["paper", "list"]).contains("corrected by"));
    let cancellation = m.released(&["--cancels", p]);
    let late = m.draft(&["--to", "capital"]);
    m.not_drafted(&["--corrects", p], 3, &["already", "cancelled by", &cancellation]);
    let copy = m.copy(p, "boris");
    assert!(copy.contains(&format!("cancelled by {cancellation}")), "{copy}");
    assert!(copy.contains("Minister"), "a cancelled paper stays readable");
    let list = m.json("boris", &["inbox"]);
    let line = list["papers"].as_array().unwrap().iter().find(|l| l["paper"] == p).unwrap();
    assert!(line["notices"][1].as_str().unwrap().contains(&cancellation), "{line}");
    m.ok("anna", &["paper", "release", &late]);
    m.ok("", &["record", "verify"]);
}

#[test]
fn two_cancellations_do_not_both_take_effect() {
    let m = Ministry::new();
    let paper = m.released(&["--to", "capital"]);
    let (one, two) = (m.draft(&["--cancels", &paper]), m.draft(&["--cancels", &paper]));
    m.ok("anna", &["paper", "release", &one]);
    m.refused("anna", &["paper", "release", &two], 3, &["already", &one]);
}

#[test]
fn collectives_go_to_their_members_of_the_day_of_release() {
    let m = Ministry::new();
    let add = |offices: &str, from: &str| {
        m.ok("anna", &["collective", "add", "all-posts", "--offices", offices, "--from", from]);
    };
    add("capital,mission,legal", "2020-01-01");
    add("consulate", "2060-01-01");
    m.refused(
        "anna",
        &["collective", "add", "legal", "--offices", "mission"],
        1,
        &["is an office"],
    );
    m.refused("anna", &["collective", "add", "all-posts", "--offices", "mission"], 1, &["already"]);
    m.refused("anna", &["collective", "add", "x", "--offices", "nowhere"], 1, &["nowhere"]);
    m.refused(
        "anna",
        &["collective", "drop", "all-posts", "--offices", "embassy"],
        1,
        &["does not belong"],
    );
    m.refused(
        "anna",
        &["collective", "drop", "nothing", "--offices", "legal"],
        1,
        &["no collective"],
    );
    m.not_drafted(&["--to", "all-posts,mission", "--except", "mission"], 1, &["exempted"]);
    m.not_drafted(&["--to", "all-posts", "--except", "nowhere"], 1, &["nowhere"]);
    let paper = m.draft(&["--to", "all-posts", "--except", "mission", "--info", "legal"]);
    m.ok("anna", &["paper", "release", &paper]);
    let shown = m.json("anna", &["paper", "show", &paper]);
    let went =
        serde_json::json!([["embassy", "origin"], ["capital", "action"], ["legal", "action"]]);
    assert_eq!(shown["distribution"], went);
    let copy = m.copy(&paper, "boris");
    assert!(
        copy.contains("TO:        all-posts\n") && copy.contains("XMT:       mission\n"),
        "{copy}"
    );
    for reader in ["dora", "emil"] {
        m.refused("", &["copy", "open", &paper, "--reader", reader], 3, &["distribution"]);
    }
    // Later changes of membership do not move what is released.
    m.ok("anna", &["collective", "drop", "all-posts", "--offices", "capital"]);
    m.copy(&paper, "boris");
    let empty = m.draft(&["--to", "all-posts", "--except", "mission,legal"]);
    m.refused("anna", &["paper", "release", &empty], 3, &["nobody is on"]);
    assert!(m.ok("", &["collective", "list"]).contains("2060-01-01"));
}

#[test]
fn a_book_hides_its_recipients_from_one_another() {
    let m = Ministry::new();
    let paper = m.released(&["--to", "capital,legal", "--info", "mission", "--book"]);
    let heads = |reader: &str| {
        let copy = m.copy(&paper, reader);
        ["capital", "legal", "mission"].map(|office| copy.contains(office))
    };
    assert_eq!(heads("boris"), [true, false, false]);
    assert_eq!(heads("dora"), [false, false, true]);
    assert_eq!(heads("anna"), [true, true, true]);
    let seen = |who: &str| {
        let shown = m.json(who, &["paper", "show", &paper]);
        (shown["distribution"].as_array().unwrap().len(), shown["addressed"][0].clone())
    };
    assert_eq!(seen("anna"), (4, "capital, legal".into()));
    assert_eq!(seen("boris"), (2, "capital".into()));
    for who in ["emil", ""] {
        m.refused(who, &["paper", "show", &paper], 3, &[]);
    }
    // Without --book all see all.
    let open = m.released(&["--to", "capital,legal"]);
    assert!(m.copy(&open, "boris").contains("legal"));
}

#[test]
fn each_kind_has_its_heading_and_what_it_must_say() {
    let m = Ministry::new();
    m.not_drafted(&["--kind", "poem"], 2, &["no kind of paper"]);
    m.not_drafted(&["--kind", "letter", "--to", "capital"], 1, &["addressee", "--addressee"]);
    m.not_drafted(&["--kind", "letter", "--addressee", "Sir Olaf"], 1, &["signature"]);
    m.not_drafted(&["--kind", "minute", "--to", "capital"], 1, &["--meeting"]);
    m.not_drafted(&["--kind", "board-paper", "--to", "capital"], 1, &["agenda item"]);
    m.not_drafted(&["--kind", "statement"], 1, &["--publish-at"]);
    m.not_drafted(&["--to", "capital", "--item", "4"], 1, &["cable has no agenda item"]);
    for (flags, words) in [
        (
            &["--kind", "letter", "--addressee", "Sir Olaf Brandt", "--signed", "A. Anders"][..],
            &["LETTER", "TO:        Sir Olaf Brandt", "COPIES:    capital", "A. ANDERS"][..],
        ),
        (
            &["--kind", "minute", "--meeting", "2031-05-04"],
            &["MINUTE OF THE MEETING OF 4 MAY 2031", "\n1. The"],
        ),
        (
            &["--kind", "board-paper", "--item", "7b", "--meeting", "2031-05-04"],
            &["BOARD PAPER, ITEM 7b, MEETING OF 4 MAY 2031"],
        ),
        (
            &["--kind", "report", "--lift", "2021-01-01T00:00Z"],
            &["REPORT", "EMBARGO:   010000Z JAN 21"],
        ),
    ] {
        let paper = m.released(&[&["--to", "capital"], flags].concat());
        let copy = m.copy(&paper, "boris");
        let page = m.ok("", &["copy", "open", &paper, "--reader", "boris", "--format", "html"]);
        assert!(page.contains(&format!("<h1>{}", words[0])), "{page}");
        for word in words {
            assert!(copy.contains(word), "no “{word}” in {copy}");
        }
    }
    // A report under embargo is its office's alone.
    let report =
        m.released(&["--to", "capital", "--kind", "report", "--lift", "2061-01-01T00:00Z"]);
    m.refused("", &["copy", "open", &report, "--reader", "boris"], 3, &["embargo until 2061"]);
    m.copy(&report, "anna");
    let list = m.json("boris", &["inbox"]);
    assert!(list["papers"].as_array().unwrap().iter().all(|p| p["paper"] != report.as_str()));
    // A statement needs no addressee: it is for the public, at its time and not before.
    let soon = m.released(&["--kind", "statement", "--publish-at", "010000Z JAN 61"]);
    let shown = m.json("anna", &["paper", "show", &soon]);
    assert!(shown["paragraphs"].as_array().unwrap().is_empty());
    let public = m.released(&["--kind", "statement", "--publish-at", "2021-01-01T00:00Z"]);
    let shown = m.json("anna", &["paper", "show", &public]);
    assert!(shown["paragraphs"][0].as_str().unwrap().contains("The delegation arrived"));
}

#[test]
fn portion_marks_are_kept_apart_from_the_text() {
    let m = Ministry::new();
    let text = m.file(
        "marked.txt",
        "(S) The delegation {began|started} to press.\n\n(U) The harbour is {quite|rather} full.\n",
    );
    let args = ["paper", "draft", &text, "--from", "embassy", "--subject", "x", "--to", "capital"];
    let paper = m.json("anna", &[&args[..], &["--portions"]].concat())["paper"].clone();
    let paper = paper.as_str().unwrap();
    let shown = m.json("anna", &["paper", "show", paper]);
    assert_eq!(shown["head"]["portions"], serde_json::json!(["S", "U"]));
    assert_eq!(shown["paragraphs"][0], "1. (S) The delegation began to press.");
    let check = m.json("anna", &["paper", "check", paper]);
    let plain = check["all_a"][0].as_str().unwrap();
    assert!(plain.starts_with("The ") && !plain.contains("(S)"), "marking never sees it: {plain}");
    m.ok("anna", &["paper", "release", paper]);
    let copy = m.copy(paper, "boris");
    assert!(copy.contains("\n1. (S) The") && copy.contains("\n2. (U) The"), "{copy}");
    // A place in the file is right although the mark was taken out.
    let broken = m.file("broken.txt", "(S) The talks.\n\n(U) ab } cd\n");
    let args = ["paper", "draft", &broken, "--from", "embassy", "--subject", "x", "--portions"];
    m.refused("anna", &args, 1, &["broken.txt: line 3, column 8"]);
    // A text that brings numbers keeps them.
    let own = m.file("own.txt", "1. One thing.\n\n2. Another thing.\n");
    let args = ["paper", "draft", &own, "--from", "embassy", "--subject", "x", "--to", "capital"];
    let paper = m.json("anna", &args)["paper"].clone();
    let shown = m.json("anna", &["paper", "show", paper.as_str().unwrap()]);
    assert_eq!(shown["paragraphs"][0], "1. One thing.");
    let plain = m.draft(&["--to", "capital", "--unnumbered"]);
    let shown = m.json("anna", &["paper", "show", &plain]);
    assert!(shown["paragraphs"][0].as_str().unwrap().starts_with("The delegation"));
}

#[test]
fn a_leak_of_a_numbered_copy_is_traced() {
    let m = Ministry::new();
    let text = m.file("long.txt", &[TEXT; 4].concat().replace("harbour", "{harbour|port|haven}"));
    let args = ["paper", "draft", &text, "--from", "embassy", "--subject", "x", "--to", "capital"];
    let paper = m.json("anna", &args)["paper"].as_str().unwrap().to_owned();
    m.ok("anna", &["paper", "release", &paper]);
    let leak = m.file("leak.txt", &m.copy(&paper, "boris"));
    m.refused("carla", &["trace", &leak, "--alpha", "5e-5"], 3, &[]);
    m.ok("emil", &["inquiry", "approve", "I1"]);
    let finding = m.json("", &["inquiry", "run", "I1"]);
    let sites = &finding["papers"][0]["sites"]["wording"];
    assert_eq!(sites["offered"], sites["read"], "numbers hide no place: {finding}");
}

#[test]
fn the_reading_list_has_the_unread_first_and_pages() {
    let m = Ministry::new();
    let papers: Vec<String> =
        (0..5).map(|_| m.released(&["--to", "capital", "--precedence", "O,R"])).collect();
    m.copy(&papers[4], "boris");
    let list = m.json("boris", &["inbox"]);
    let names = |list: &Value| -> Vec<String> {
        let all = list["papers"].as_array().unwrap().iter();
        all.map(|p| p["paper"].as_str().unwrap().to_owned()).collect()
    };
    let expected = [3, 2, 1, 0, 4].map(|at| papers[at].clone());
    assert_eq!(names(&list), expected);
    assert_eq!(list["papers"][0]["precedence"], "IMMEDIATE");
    assert_eq!(
        (&list["papers"][3]["read"], &list["papers"][4]["read"]),
        (&false.into(), &true.into())
    );
    assert!(list["next"].is_null());
    let (mut paged, mut before) = (Vec::new(), None::<String>);
    loop {
        let mut args = vec!["inbox", "--limit", "2"];
        if let Some(before) = &before {
            args.extend(["--before", before]);
        }
        let page = m.json("boris", &args);
        paged.extend(names(&page));
        match page["next"].as_str() {
            Some(next) => before = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(paged, expected);
    assert!(m.ok("boris", &["inbox", "--limit", "2"]).contains("More: --before u"));
    m.refused("boris", &["inbox", "--before", "yesterday"], 1, &["--before"]);
    m.refused("", &["inbox"], 2, &["--as"]);
    // Who leaves the office has an empty list; whoever follows has all of it, unread.
    m.ok("", &["posting", "end", "boris", "capital", "--on", &today()]);
    assert!(names(&m.json("boris", &["inbox"])).is_empty());
    m.ok("", &["posting", "start", "emil", "capital", "--from", "2024-01-01"]);
    assert_eq!(names(&m.json("emil", &["inbox"])).len(), 5);
}

/// What is no copy is as shut as a copy, to whoever holds no office and to whoever is not named.
#[test]
fn nobody_without_an_office_looks_at_papers() {
    let m = Ministry::new();
    m.ok("", &["person", "add", "gil", "--name", "gil"]);
    let (paper, draft) = (m.released(&["--to", "capital"]), m.draft(&["--to", "capital"]));
    let (paper, draft) = (paper.as_str(), draft.as_str());
    let places = m.json("anna", &["paper", "check", draft]);
    let key = places["places"][0]["key"].as_str().unwrap();
    let check = ["paper", "check", draft, "--strike", key];
    let looks: [&[&str]; 8] = [
        &["paper", "show", paper],
        &["paper", "show", draft],
        &["paper", "check", paper],
        &["paper", "check", draft],
        &check,
        &["paper", "readers", paper],
        &["paper", "readers", draft],
        &["policy", "label", paper],
    ];
    for look in looks {
        m.refused("gil", look, 3, &[]);
        m.refused("", look, 3, &["--as PERSON"]);
    }
    m.refused("", &["paper", "list"], 3, &["--as PERSON"]);
    assert_eq!(m.json("gil", &["paper", "list"]), serde_json::json!([]));
    // The control: each for whom it is.
    m.ok("boris", &["paper", "show", paper]);
    m.refused("boris", &["paper", "show", draft], 3, &[]);
    m.refused("boris", &["paper", "readers", paper], 3, &[]);
    assert_eq!(m.json("boris", &["paper", "list"])[0]["paper"], paper);
    assert_eq!(m.json("boris", &["paper", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(m.json("anna", &["paper", "list"]).as_array().unwrap().len(), 2);
    m.ok("anna", &["paper", "readers", paper]);
    m.ok("anna", &check);
    // Whoever is asked to clear a draft sees its places and strikes none.
    m.ok("anna", &["paper", "ask", draft, "--clear", "legal"]);
    m.ok("carla", &["paper", "check", draft]);
    m.refused("carla", &check, 3, &["not held"]);
    // Who read a paper is the custodian's business too, and not what it says.
    let rules = m.file("house.toml", "custodian = \"consulate\"\n");
    m.ok("anna", &["house", "set", &rules]);
    m.ok("emil", &["paper", "readers", paper]);
    m.refused("emil", &["paper", "show", paper], 3, &[]);
    // And the registry is the custodian's, whoever is named.
    let post = ["posting", "start", "gil", "embassy", "--from", "2020-01-01"];
    m.refused("gil", &post, 3, &["custodian"]);
    m.refused("", &post, 3, &["--as PERSON"]);
    m.ok("emil", &post);
    m.ok("gil", &["paper", "show", draft]);
    let watch = m.file("watch.toml", "hour = 3\n");
    m.refused("boris", &["watch", "rules", &watch], 3, &["custodian"]);
    m.ok("emil", &["watch", "rules", &watch]);
}

#[test]
fn telegrams_come_in_as_drafts() {
    let m = Ministry::new();
    let telegram = "VZCZC0142\r\nOO RUZMFA\r\nDE RUZRTA #0142 0731605\r\nZNY CCCCC ZZH\r\nO R 141601Z MAR 23\r\nFM EMBASSY\r\nTO RUZMFA/MFA ALDER IMMEDIATE 5027\r\nINFO MISSION\r\nBT\r\nCONFIDENTIAL ALDER 000142\r\n\r\nEXDIS\r\n\r\nTAGS: PREL, AL\r\nSUBJECT: TALKS\r\nREF: ALDER 141\r\n\r\n1. THE TALKS GO ON\r\nUNTIL EASTER.\r\n\r\n2. COMMENT: HE DID NOT SAY.\r\nBT\r\n#0142\r\n\r\nNNNN\r\n";
    let file = m.file("telegram.txt", telegram);
    m.refused("anna", &["import", "acp127", &file], 1, &["mfa-alder"]);
    let map = ["--map", "MFA ALDER=capital"];
    m.refused("boris", &[&["import", "acp127", &file], &map[..]].concat(), 3, &["not held"]);
    let taken = m.json("anna", &[&["import", "acp127", &file], &map[..]].concat());
    let paper = taken["paper"].as_str().unwrap();
    m.refused("anna", &[&["import", "acp127", &file], &map[..]].concat(), 1, &["imported before"]);
    let shown = m.json("anna", &["paper", "show", paper]);
    assert_eq!(shown["label"], "CONFIDENTIAL — EXDIS");
    assert_eq!(
        (&shown["head"]["action"], &shown["head"]["info"]),
        (&"IMMEDIATE".into(), &"ROUTINE".into())
    );
    assert_eq!(shown["paragraphs"][0], "1. THE TALKS GO ON UNTIL EASTER.");
    m.ok("anna", &["paper", "release", paper]);
    let copy = m.copy(paper, "boris");
    for line in [
        "TO:        MFA ALDER",
        "NUMBER:    ALDER 000142",
        "DATE:      141601Z MAR 23",
        "REF:       ALDER 141",
    ] {
        assert!(copy.contains(line), "no “{line}” in {copy}");
    }
    let broken = m.file("broken.txt", &telegram.replace("#0142\r\n\r\nNNNN", "#0143\r\n\r\nNNNN"));
    m.refused("anna", &["import", "acp127", &broken], 1, &["broken.txt: line 23", "serial"]);
}

/// The archive's folder is not read by other tests.
#[test]
fn unknown_papers_are_refused_with_where_to_look() {
    let m = Ministry::new();
    assert!(Path::new(&m.archive()).exists());
    for act in ["clear", "approve", "withdraw", "release"] {
        m.refused("anna", &["paper", act, "P99"], 1, &["no paper", "paper list"]);
    }
    m.refused("anna", &["paper", "refuse", "P99", "--reason", "x"], 1, &["no paper"]);
    m.refused("anna", &["paper", "show", "P99"], 1, &["no paper"]);
}
