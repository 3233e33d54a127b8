//! Labels as users meet them: a policy in force, cleared and uncleared readers, portions, downgrades.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const TEXT: &str = "(S) The delegation arrived prior to the meeting, and it began to press for assistance regarding the harbour.\n\n(U) However, the Minister replied that the present arrangements were adequate for now.\n";

struct House {
    folder: tempfile::TempDir,
}

impl House {
    /// anna drafts in the embassy; boris (home-based), carla (locally engaged) and dora (of another
    /// nationality) read in the capital, emil holds nothing. All are cleared but dora, who is not at all.
    fn new(policy: &str, clearance: &str) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        house.ok("", &["init", house.archive().to_str().unwrap()]);
        for office in ["embassy", "capital"] {
            house.ok("", &["office", "add", office, "--title", office]);
        }
        for person in ["anna", "boris", "carla", "dora", "emil"] {
            house.ok("", &["person", "add", person, "--name", person]);
        }
        for (person, office) in
            [("anna", "embassy"), ("boris", "capital"), ("carla", "capital"), ("dora", "capital")]
        {
            house.ok("", &["posting", "start", person, office, "--from", "2020-01-01"]);
        }
        house.ok("anna", &["policy", "set", policy]);
        let set = |person, nationality, engagement| {
            house.ok("", &["person", "set", person, "--clearance", clearance]);
            let about = ["--nationality", nationality, "--engagement", engagement];
            house.ok("", &[["person", "set", person].as_slice(), &about].concat());
        };
        set("anna", "GB", "home-based");
        set("boris", "GB", "home-based");
        set("carla", "GB", "locally-engaged");
        std::fs::write(house.path("text.txt"), TEXT).unwrap();
        house
    }

    fn archive(&self) -> PathBuf {
        self.path("archive")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, who: &str, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.env("CHANCERY_ARCHIVE", self.archive()).args(args).stdin(Stdio::null());
        if !who.is_empty() {
            command.args(["--as", who]);
        }
        command.output().unwrap()
    }

    fn ok(&self, who: &str, args: &[&str]) -> String {
        let out = self.run(who, args);
        let error = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(0), "{args:?}: {error}");
        String::from_utf8(out.stdout).unwrap()
    }

    fn refused(&self, code: i32, who: &str, args: &[&str]) -> String {
        let out = self.run(who, args);
        let error = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(code), "{args:?}: {error}");
        error
    }

    fn draft(&self, more: &[&str]) -> String {
        let file = self.path("text.txt");
        let args = ["paper", "draft", file.to_str().unwrap(), "--json", "--subject", "Harbour"];
        let to = ["--from", "embassy", "--to", "capital"];
        let out = self.ok("anna", &[args.as_slice(), &to, more].concat());
        serde_json::from_str::<Value>(&out).unwrap()["paper"].as_str().unwrap().to_owned()
    }

    fn read(&self, paper: &str, reader: &str) -> Result<String, String> {
        let out = self.run("", &["copy", "open", paper, "--reader", reader]);
        match out.status.code() {
            Some(0) => Ok(String::from_utf8(out.stdout).unwrap()),
            Some(3) => Err(String::from_utf8(out.stderr).unwrap()),
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&out.stderr)),
        }
    }
}

#[test]
fn the_label_decides_beside_the_distribution() {
    let house = House::new("uk-like", "TOP SECRET");
    let plain = house.draft(&["--classification", "secret"]);
    let local = house.draft(&["--classification", "OFFICIAL", "--handling", "SENSITIVE,LOCSEN"]);
    let eyes = house.draft(&["--classification", "TOP SECRET", "--handling", "UK"]);
    for paper in [&plain, &local, &eyes] {
        house.ok("anna", &["paper", "release", paper]);
    }
    assert!(house.read(&plain, "boris").unwrap().starts_with("SECRET"), "the marking");
    assert!(house.read(&plain, "carla").is_ok());
    assert!(house.read(&plain, "dora").unwrap_err().contains("clear"));
    // Without standing nobody is told of the label.
    assert!(house.read(&plain, "emil").unwrap_err().contains("distribution"));
    assert!(house.read(&local, "boris").is_ok());
    assert!(house.read(&local, "carla").unwrap_err().contains("LOCSEN"));
    assert!(house.read(&eyes, "boris").is_ok());
    house.ok("", &["person", "set", "boris", "--nationality", "FR"]);
    assert!(house.read(&eyes, "boris").unwrap_err().contains("FR"), "asked at every reading");
    // Lists and searches ask the same rule.
    let listed = |who| house.ok(who, &["inbox", "--json"]).matches("\"paper\"").count();
    assert_eq!((listed("boris"), listed("carla"), listed("dora")), (2, 2, 0));
    house.ok("", &["record", "verify"]);
}

#[test]
fn drafts_bear_a_label_and_no_paragraph_stands_above_it() {
    let house = House::new("us-like", "TOP SECRET");
    let file = house.path("text.txt");
    let draft = ["paper", "draft", file.to_str().unwrap(), "--subject", "Harbour"];
    let to = ["--from", "embassy", "--to", "capital", "--portions"];
    let base = [draft.as_slice(), &to].concat();
    let error =
        house.refused(1, "anna", &[base.as_slice(), &["--classification", "Cosmic"]].concat());
    assert!(error.contains("Cosmic") && error.contains("SECRET"), "{error}");
    let below = [base.as_slice(), &["--classification", "CONFIDENTIAL"]].concat();
    let error = house.refused(1, "anna", &below);
    assert!(error.contains("SECRET"), "the first paragraph stands above: {error}");
    // Without a classification the paragraphs' high-water mark is the label.
    let paper = house.draft(&["--portions"]);
    house.ok("anna", &["paper", "release", &paper]);
    let copy = house.read(&paper, "boris").unwrap();
    assert!(copy.starts_with("SECRET") && copy.contains("(S)") && copy.contains("(U)"), "{copy}");
    let error = house.refused(1, "", &["person", "set", "dora", "--clearance", "COSMIC"]);
    assert!(error.contains("COSMIC"), "{error}");
    let two = ["--classification", "SECRET", "--handling", "AGREMENT CHANNEL,NODIS"];
    house.refused(1, "anna", &[base.as_slice(), &two].concat());
}

#[test]
fn labels_go_out_and_come_in_as_xml_and_are_bound_to_exports() {
    let house = House::new("uk-like", "TOP SECRET");
    let paper = house.draft(&["--classification", "SECRET"]);
    house.ok("anna", &["paper", "release", &paper]);
    let xml = house.ok("anna", &["policy", "label", &paper]);
    assert!(xml.contains("<Classification>SECRET") || xml.contains("SECRET</"), "{xml}");
    let label = house.path("label.xml");
    std::fs::write(&label, &xml).unwrap();
    let same = house.draft(&["--label", label.to_str().unwrap()]);
    house.ok("anna", &["paper", "release", &same]);
    assert!(house.read(&same, "boris").unwrap().starts_with("SECRET"));
    std::fs::write(&label, xml.replacen("SECRET", "SECRETS", 2)).unwrap();
    let file = house.path("text.txt");
    let draft = ["paper", "draft", file.to_str().unwrap(), "--subject", "x", "--from", "embassy"];
    let bad = [draft.as_slice(), &["--label", label.to_str().unwrap()]].concat();
    assert!(house.refused(1, "anna", &bad).contains("SECRETS"));
    let out = house.path("out");
    let export = ["copy", "export", &paper, "--all", "-o", out.to_str().unwrap()];
    house.ok("anna", &[&export[..], &["--with", "boris"]].concat());
    let bound = std::fs::read_to_string(out.join("label.xml")).unwrap();
    let bound = chancery_domain::label::Binding::parse(&bound).unwrap();
    let names: Vec<&str> = bound.data.iter().map(|d| d.uri.as_str()).collect();
    assert_eq!(names, ["anna.txt", "boris.txt", "carla.txt"], "dora is not cleared");
    assert!(!Path::new(&out).join("dora.txt").exists());
    let types = |bound: &chancery_domain::label::Binding| {
        bound.data.iter().filter_map(|d| d.media_type.clone()).collect::<BTreeSet<_>>()
    };
    assert_eq!(types(&bound), ["text/plain".to_owned()].into());
    let pages = house.path("pages");
    let export = ["copy", "export", &paper, "--all", "--format", "pdf", "-o"];
    house.ok("anna", &[&export[..], &[pages.to_str().unwrap(), "--with", "boris"]].concat());
    let bound = std::fs::read_to_string(pages.join("label.xml")).unwrap();
    let bound = chancery_domain::label::Binding::parse(&bound).unwrap();
    assert_eq!(types(&bound), ["application/pdf".to_owned()].into());
}

#[test]
fn the_originator_lowers_a_label_as_the_policy_says() {
    let house = House::new("us-like", "CONFIDENTIAL");
    house.ok("", &["person", "set", "anna", "--clearance", "TOP SECRET"]);
    let paper = house.draft(&["--classification", "SECRET"]);
    house.ok("anna", &["paper", "release", &paper]);
    assert!(house.read(&paper, "boris").is_err());
    house.refused(3, "boris", &["paper", "downgrade", &paper, "CONFIDENTIAL"]);
    house.refused(1, "anna", &["paper", "downgrade", &paper, "TOP SECRET"]);
    house.ok("anna", &["paper", "downgrade", &paper, "CONFIDENTIAL"]);
    assert!(house.read(&paper, "boris").unwrap().starts_with("CONFIDENTIAL"));
}

#[test]
fn a_correction_bears_at_least_the_label_of_what_it_corrects() {
    let house = House::new("us-like", "SECRET");
    let text =
        "However, the Minister replied that the present arrangements were adequate for now.\n";
    std::fs::write(house.path("text.txt"), text).unwrap();
    let paper = house.draft(&["--classification", "SECRET"]);
    house.ok("anna", &["paper", "release", &paper]);
    let low = house.draft(&["--classification", "UNCLASSIFIED", "--corrects", &paper]);
    let error = house.refused(3, "anna", &["paper", "release", &low]);
    assert!(error.contains("chancery paper downgrade"), "{error}");
    // The control: the same label, and a lower one once the first paper has it.
    let equal = house.draft(&["--classification", "SECRET", "--corrects", &paper]);
    house.ok("anna", &["paper", "release", &equal]);
    house.ok("anna", &["paper", "downgrade", &paper, "UNCLASSIFIED"]);
    house.ok("anna", &["paper", "release", &low]);
}

#[test]
fn a_policy_is_kept_by_whoever_keeps_the_house_and_shuts_what_bears_no_label() {
    let house = House::new("company", "STRICTLY CONFIDENTIAL");
    let paper = house.draft(&["--classification", "CONFIDENTIAL"]);
    house.ok("anna", &["paper", "release", &paper]);
    assert!(house.read(&paper, "boris").is_ok());
    // Another policy: the paper bears no label of it.
    house.ok("anna", &["policy", "set", "us-like"]);
    assert!(house.read(&paper, "boris").is_err());
    let broken = house.path("broken.xml");
    std::fs::write(&broken, "<SPIF>\n<oops").unwrap();
    let error = house.refused(1, "anna", &["policy", "set", broken.to_str().unwrap()]);
    assert!(error.contains("line"), "{error}");
    let missing = house.path("missing.xml");
    house.refused(1, "anna", &["policy", "set", missing.to_str().unwrap()]);
    assert!(house.ok("", &["policy", "show"]).contains("CONFIDENTIAL"));
}
