//! Searching, watching and keeping papers, as users meet them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct House {
    folder: tempfile::TempDir,
    archive: PathBuf,
}

impl House {
    /// Four offices and their holders; the embassy sends three papers to the capital and one to the treasury.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive");
        let house = Self { folder, archive };
        house.ok(None, &["init", house.archive.to_str().unwrap()]);
        for office in ["embassy", "capital", "security", "treasury"] {
            house.ok(None, &["office", "add", office, "--title", office]);
        }
        for (person, office) in
            [("anna", "embassy"), ("boris", "capital"), ("carla", "security"), ("dora", "treasury")]
        {
            house.ok(None, &["person", "add", person, "--name", person]);
            house.ok(None, &["posting", "start", person, office, "--from", "2020-01-01"]);
        }
        house.paper("Harbour dues", "capital", "1. The {envoy|delegate} spoke of harbour dues and of the northern pilots.\n\n2. He asked the Minister’s brother for a loan.");
        house.paper(
            "Grain",
            "capital",
            "1. The estimate of grain was high, and the harbour full of ships.",
        );
        house.paper(
            "Bridge",
            "capital",
            "1. The bridge over the river was opened by the {governor|prefect} of the town, who praised its builders at length and forgot the pilots.",
        );
        house.paper(
            "Loan",
            "treasury",
            "1. The harbour loan was refused by the bank of the northern harbour.",
        );
        house
    }

    fn paper(&self, subject: &str, to: &str, text: &str) {
        let file = self.file("draft.txt", text);
        let args = ["paper", "draft", &file, "--from", "embassy", "--to", to, "--subject", subject];
        let args =
            [&args[..], &["--classification", "Secret", "--handling", "Home Staff"]].concat();
        let paper = self.json("anna", &args)["paper"].as_str().unwrap().to_owned();
        self.ok(Some("anna"), &["paper", "release", &paper]);
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, who: Option<&str>, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.env("CHANCERY_ARCHIVE", &self.archive).stdin(Stdio::null()).args(args);
        if let Some(who) = who {
            command.args(["--as", who]);
        }
        command.output().unwrap()
    }

    fn ok(&self, who: Option<&str>, args: &[&str]) -> String {
        let output = self.run(who, args);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {message}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, who: &str, args: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(Some(who), &[&["--json"], args].concat())).unwrap()
    }

    /// Refused with this code and a message that holds these words.
    fn refused(&self, who: Option<&str>, args: &[&str], code: i32, words: &str) {
        let output = self.run(who, args);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
        assert!(!message.contains("panicked") && message.contains(words), "{args:?}: {message}");
    }

    fn found(&self, who: &str, query: &str) -> Vec<String> {
        let found = self.json(who, &["search", "find", query]);
        let hits = found["hits"].as_array().unwrap();
        assert_eq!(found["found"], hits.len());
        hits.iter().map(|hit| hit["paper"].as_str().unwrap().to_owned()).collect()
    }
}

/// The day on which a posting can end at once.
#[expect(clippy::disallowed_methods, reason = "the program goes by the clock too")]
fn today() -> String {
    chancery_domain::rules::utc_day(jiff::Timestamp::now()).to_string()
}

#[test]
fn a_search_finds_what_one_may_read_and_nothing_else() {
    let house = House::new();
    assert_eq!(house.found("boris", "harbour"), ["P1", "P2"]);
    assert_eq!(house.found("dora", "harbour"), ["P4"]);
    assert!(house.found("carla", "harbour").is_empty());
    assert_eq!(house.found("boris", "harbour -grain"), ["P1"]);
    assert_eq!(house.found("boris", "-harbour kind:cable"), ["P3"]);
    assert_eq!(house.found("boris", "\"delegate spoke\" label:\"home staff\""), ["P1"]);
    assert_eq!(house.found("boris", "\"prefect of the town\""), ["P3"]);
    assert_eq!(house.found("boris", "bridge office:embassy"), ["P3"], "subjects are searched");
    assert!(house.found("boris", "bridge office:treasury").is_empty());
    assert!(house.found("boris", "bridge until:2000-01-01").is_empty());
    assert!(house.found("boris", "bridge label:restricted").is_empty());
    let suggested = house.json("boris", &["search", "suggest", "l"]);
    assert_eq!(
        suggested,
        serde_json::json!([]),
        "“Loan” is the subject of a paper that is not his"
    );
    assert_eq!(house.json("dora", &["search", "suggest", "l"]), serde_json::json!(["loan"]));
    house.refused(Some("boris"), &["search", "find", "x \"open"], 1, "column 3");
    house.refused(Some("boris"), &["search", "find", "colour:red"], 1, "office:, from:");
    house.refused(Some("boris"), &["search", "find", "office:nowhere x"], 1, "office list");
    house.refused(None, &["search", "find", "x"], 2, "--as");
    house.ok(None, &["posting", "end", "boris", "capital", "--on", &today()]);
    assert!(house.found("boris", "harbour").is_empty(), "access ended with the posting");
    assert!(house.ok(None, &["record", "verify"]).contains("search.run"));
}

#[test]
fn excerpts_and_saved_searches() {
    let house = House::new();
    let found = house.json("boris", &["search", "find", "\"northern pilots\"", "--excerpts"]);
    let excerpt = found["hits"][0]["excerpts"][0].as_str().unwrap();
    let copy = house.ok(Some("boris"), &["copy", "open", "P1", "--reader", "boris"]);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat(&copy).contains(excerpt.trim_matches(['…', ' '])), "{excerpt} in {copy}");
    house.ok(Some("boris"), &["search", "save", "harbours", "harbour"]);
    assert_eq!(house.json("boris", &["search", "run", "harbours", "--new"])["found"], 2);
    assert_eq!(house.json("boris", &["search", "run", "harbours", "--new"])["found"], 0);
    house.paper("Dues again", "capital", "1. The harbour dues were paid.");
    let new = house.json("boris", &["search", "run", "harbours", "--new"]);
    assert_eq!((&new["found"], &new["hits"][0]["paper"]), (&1.into(), &"P5".into()));
    assert!(house.ok(Some("boris"), &["search", "list"]).contains("harbours"));
    house.refused(Some("dora"), &["search", "run", "harbours"], 1, "search list");
    house.ok(Some("boris"), &["search", "drop", "harbours"]);
    house.refused(Some("boris"), &["search", "drop", "harbours"], 1, "no saved search");
}

#[test]
fn alarms_are_for_the_office_that_watches() {
    let house = House::new();
    // Deny by default: nobody while no office is named.
    house.refused(Some("carla"), &["watch", "list"], 3, "the house rules name");
    let rules = house.file("watch.toml", "office = \"security\"\nhour = 3\n");
    let set = house.json("carla", &["watch", "rules", &rules]);
    assert_eq!((&set["hour"], &set["day"]), (&3.into(), &200.into()));
    for paper in ["P1", "P2"] {
        house.ok(Some("boris"), &["copy", "open", paper, "--reader", "boris"]);
    }
    assert_eq!(house.json("carla", &["watch", "list"]), serde_json::json!([]));
    for paper in ["P3", "P1", "P2"] {
        // An alarm blocks nothing.
        house.ok(Some("boris"), &["copy", "open", paper, "--reader", "boris"]);
    }
    let alarms = house.json("carla", &["watch", "list"]);
    assert_eq!(alarms.as_array().unwrap().len(), 1, "one a day: {alarms}");
    assert_eq!(alarms[0]["person"], "boris");
    assert_eq!(alarms[0]["sentence"], "boris: 3 openings within an hour (limit: 3)");
    house.refused(Some("boris"), &["watch", "list"], 3, "nobody else");
    house.refused(Some("anna"), &["watch", "list"], 3, "nobody else");
    // Not even to the person concerned when he joins the office that watches.
    house.ok(None, &["posting", "start", "boris", "security", "--from", "2020-01-01", "--overlap"]);
    assert_eq!(house.json("boris", &["watch", "list"]), serde_json::json!([]));
    let record = house.json("carla", &["record", "verify"]);
    assert_eq!(record["kinds"]["watch.alarm"], 1);
    assert_eq!(record["kinds"]["watch.viewed"], 3);
    assert_eq!(record["kinds"]["house.watch"], 1);
    let rules = house.file("bad.toml", "hours = 3\n");
    house.refused(None, &["watch", "rules", &rules], 1, "hours");
    let rules = house.file("bad.toml", "office = \"nowhere\"\n");
    house.refused(None, &["watch", "rules", &rules], 1, "office list");
}

#[test]
fn a_house_may_cap_retrieval_from_the_archive() {
    let house = House::new();
    let open =
        |paper: &str| house.run(Some("boris"), &["copy", "open", paper, "--reader", "boris"]);
    let rules = house.file("watch.toml", "office = \"security\"\narchive_age = 0\nblock_at = 2\n");
    house.ok(None, &["watch", "rules", &rules]);
    assert_eq!(open("P1").status.code(), Some(0));
    assert_eq!(open("P2").status.code(), Some(0));
    let refused = open("P3");
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the house allows 2"));
    assert_eq!(open("P1").status.code(), Some(0), "what was opened today may be opened again");
    // Excerpts are readings and pass by no cap.
    let find = ["search", "find", "bridge", "--excerpts"];
    house.refused(Some("boris"), &find, 3, "the house allows 2");
    assert_eq!(house.json("carla", &["watch", "list"])[0]["rule"], "bulk");
    let record = house.json("carla", &["record", "verify"]);
    assert_eq!(record["kinds"]["copy.opened"], 3);
}

#[test]
fn the_originator_lays_down_how_a_paper_is_kept() {
    let house = House::new();
    let (review, far) = (["paper", "review", "P1", "--on", "2990-01-01"], "2999-01-01");
    house.refused(Some("boris"), &review, 3, "not held");
    assert_eq!(house.json("anna", &review)["review"], "2990-01-01");
    house.refused(Some("anna"), &["paper", "review", "P1", "--on", "2001-01-01"], 3, "after today");
    house.ok(Some("anna"), &["paper", "hold", "P1", "--matter", "the claim"]);
    let due = house.json("anna", &["paper", "due", "--by", far]);
    assert_eq!((&due[0]["paper"], &due[0]["holds"][0]), (&"P1".into(), &"the claim".into()));
    assert_eq!(house.json("anna", &["paper", "due"]), serde_json::json!([]));
    assert_eq!(house.json("boris", &["paper", "due", "--by", far]), serde_json::json!([]));
    let shown = house.json("anna", &["paper", "retention", "P1"]);
    assert!(shown["kept_because"].as_str().unwrap().contains("the claim"), "{shown}");
    house.ok(Some("anna"), &["paper", "unhold", "P1", "--matter", "the claim"]);
    house.refused(Some("anna"), &["paper", "downgrade", "P1", "Top Secret"], 3, "not lower");
    house.ok(Some("anna"), &["paper", "downgrade", "P1", "Confidential"]);
    let copy = house.ok(None, &["copy", "open", "P1", "--reader", "boris"]);
    assert!(copy.starts_with("CONFIDENTIAL — HOME STAFF"), "{copy}");
    let shown = house.json("anna", &["paper", "declassify", "P1"]);
    assert_eq!(shown["labels"].as_array().unwrap().len(), 2, "{shown}");
    assert_eq!(shown["label"], "UNCLASSIFIED");
    assert!(house.ok(None, &["record", "verify"]).contains("paper.declassified"));
    assert_eq!(house.found("boris", "label:unclassified harbour"), ["P1"]);
}

#[test]
fn a_public_version_is_checked_without_the_archive() {
    let house = House::new();
    let spans = house.file(
        "spans.toml",
        "[[redact]]\nparagraph = 2\ntext = \"the Minister's brother\"\nexemption = \"s.40\"\n",
    );
    let public = house.folder.path().join("public.txt");
    let public = public.to_str().unwrap();
    let redact = ["paper", "redact", "P1", &spans, "-o", public];
    house.refused(Some("boris"), &redact, 3, "not held");
    house.ok(Some("anna"), &["paper", "close", "P1", "--exemption", "s.27"]);
    house.refused(Some("anna"), &redact, 3, "closed under s.27");
    assert!(!Path::new(public).exists());
    house.ok(Some("anna"), &["paper", "open", "P1"]);
    house.ok(Some("anna"), &redact);
    let text = std::fs::read_to_string(public).unwrap();
    assert!(text.contains("asked ████ [redacted: s.40] for a loan"), "{text}");
    assert!(!text.contains("brother"));
    let key = house.json("anna", &["status"])["verifier_key"].as_str().unwrap().to_owned();
    std::fs::rename(&house.archive, house.folder.path().join("elsewhere")).unwrap();
    let verify = ["paper", "verify-redaction", public, "--key", &key];
    assert!(house.ok(None, &verify).contains("3 of"), "three words are hidden");
    std::fs::write(public, text.replace("loan", "gift")).unwrap();
    house.refused(None, &verify, 1, "does not verify");
    house.refused(None, &["paper", "verify-redaction", public, "--key", "x"], 1, "key");
}
