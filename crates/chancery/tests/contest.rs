//! A finding and what comes after it, as officers and readers meet it: packs, names, answers, notices, bags.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use age::secrecy::ExposeSecret as _;
use serde_json::Value;

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.

In addition, the two sides agreed to take into account the views of the smaller members. The coastal states wished to participate in the survey, and they asked whether the costs would be shared.

The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months.

It is therefore probable that the Government will soon obtain further information about the ships. His advisers were nearly all of the opinion that the talks would begin again in the autumn.
";

struct House {
    folder: tempfile::TempDir,
}

/// An officer's key, as a file and as what others may know of it.
struct Key {
    file: String,
    public: String,
}

impl House {
    /// anna drafts for the embassy; boris and bella read in the capital; carla sits in legal, emil in security,
    /// dora in a mission that gets nothing.
    fn new() -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        house.ok("", &["init", house.archive().to_str().unwrap()]);
        for office in ["embassy", "capital", "legal", "security", "mission"] {
            house.ok("", &["office", "add", office, "--title", office]);
        }
        for (person, office) in [
            ("anna", "embassy"),
            ("boris", "capital"),
            ("bella", "capital"),
            ("carla", "legal"),
            ("emil", "security"),
            ("dora", "mission"),
        ] {
            house.ok("", &["person", "add", person, "--name", person]);
            house.ok("", &["posting", "start", person, office, "--from", "2020-01-01"]);
        }
        house
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
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
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn json(&self, who: &str, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(who, &[args, &["--json"]].concat())).unwrap()
    }

    fn refused(&self, who: &str, args: &[&str], code: i32, says: &str) {
        let out = self.run(who, args);
        let error = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{args:?}: {error}");
        assert!(error.contains(says), "{args:?}: no “{says}” in {error}");
    }

    fn key(&self, name: &str) -> Key {
        let identity = age::x25519::Identity::generate();
        let text = format!("# of {name}\n{}\n", identity.to_string().expose_secret());
        Key { file: self.file(name, text), public: identity.to_public().to_string() }
    }

    /// Drafts and releases a paper to the capital.
    fn released(&self) -> String {
        let text = self.file("paper.txt", TEXT);
        let args =
            ["paper", "draft", &text, "--from", "embassy", "--subject", "x", "--to", "capital"];
        let paper = self.json("anna", &args)["paper"].as_str().unwrap().to_owned();
        self.ok("anna", &["paper", "release", &paper]);
        paper
    }

    fn enrol(&self) -> [Key; 2] {
        let keys = [self.key("carla.key"), self.key("emil.key")];
        let officers = [format!("carla={}", keys[0].public), format!("emil={}", keys[1].public)];
        self.ok("", &["inquiry", "enrol", &officers[0], &officers[1]]);
        keys
    }

    /// An inquiry that identified the copy of a reader; returns its finding.
    fn identified(&self, paper: &str, reader: &str) -> Value {
        let leak = self.ok("", &["copy", "open", paper, "--reader", reader]);
        let leak = self.file("leak.txt", leak);
        self.refused("carla", &["trace", &leak], 3, "");
        self.ok("emil", &["inquiry", "approve", "I1"]);
        self.json("", &["inquiry", "run", "I1"])
    }
}

/// The day on which a posting can end at once.
#[expect(clippy::disallowed_methods, reason = "the program goes by the clock too")]
fn today() -> String {
    chancery_domain::rules::utc_day(jiff::Timestamp::now()).to_string()
}

#[test]
fn a_finding_is_checked_by_others_opened_by_two_answered_and_withdrawn() {
    let house = House::new();
    let [carla, emil] = house.enrol();
    let paper = house.released();
    let finding = house.identified(&paper, "boris");
    assert_eq!(finding["verdict"], "identified", "{finding}");
    assert!(finding["named"][0]["reader"].is_null() && finding["named"][0]["office"].is_null());

    // The pack, for those whom it concerns.
    let pack = house.path("pack");
    let asks = ["inquiry", "show", "I1", "--pack", &pack];
    house.refused("dora", &asks, 3, "for its officers");
    house.refused("bella", &asks, 3, "for its officers");
    house.refused("", &asks, 1, "--as");
    assert_eq!(house.json("boris", &asks)["redacted"], false);
    let verify = ["finding", "verify", &pack];
    assert!(house.ok("", &verify).starts_with("consistent, not authenticated"));
    let key = house.json("", &["status"])["verifier_key"].as_str().unwrap().to_owned();
    let trust = house.file("trust", format!("log {key}\nquorum none\n"));
    let trusted = [&verify[..], &["--trust", &trust]].concat();
    assert!(house.ok("", &trusted).contains("unwitnessed: nothing shows that the marks"));
    let strict = house.file("strict", format!("log {key}\nwitness w {}\nquorum w\n", witness()));
    house.refused("", &[&verify[..], &["--trust", &strict]].concat(), 1, "not witnessed");
    // Two people, the same bytes; the second program agrees.
    let json = [&trusted[..], &["--json"]].concat();
    assert_eq!(house.ok("", &json), house.ok("", &json));
    let report: Value = serde_json::from_str(&house.ok("", &json)).unwrap();
    assert_eq!(report["finding"]["named"][0]["copies"], finding["named"][0]["copies"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../verify/python/verify.py");
    let python = Command::new("python3").args([script, &pack, "--trust", &trust]).output();
    match python {
        Ok(out) => {
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            let theirs: Value = serde_json::from_slice(&out.stdout).unwrap();
            assert_eq!(theirs["finding"], report["finding"]);
        }
        Err(_) => eprintln!("SKIPPED: python3 is missing"),
    }
    let mut changed = std::fs::read(&pack).unwrap();
    let at = changed.len() / 2;
    changed[at] ^= 1;
    let changed = house.file("changed", changed);
    house.refused("", &["finding", "verify", &changed], 1, "does not hold");

    // The name: with both officers' keys, and no others.
    let reveal = ["inquiry", "reveal", "I1", "--identity", &carla.file];
    house.refused("", &reveal, 3, "both officers");
    let stranger = house.key("stranger.key");
    house.refused("", &[&reveal[..], &["--identity", &stranger.file]].concat(), 3, "both officers");
    house.refused("", &[&reveal[..], &["--identity", &carla.file]].concat(), 3, "both officers");
    let both = [&reveal[..], &["--identity", &emil.file]].concat();
    let revealed = house.json("", &both);
    assert_eq!(revealed["copies"][0]["reader"], "boris");
    assert_eq!(revealed["copies"][0]["office"], "capital");
    let shown = house.json("", &["inquiry", "show", "I1"]);
    assert_eq!(shown["finding"]["named"][0]["reader"], "boris");

    // The reader answers, an officer withdraws.
    let answer = house.file("answer.txt", "I lent this copy to nobody.");
    house.refused("bella", &["finding", "answer", "I1", &answer], 3, "names no copy");
    house.ok("boris", &["finding", "answer", "I1", &answer]);
    house.refused("anna", &["finding", "withdraw", "I1", "--reason", "x"], 3, "officer");
    house.ok("emil", &["finding", "withdraw", "I1", "--reason", "The copy was stolen."]);
    house.refused("emil", &["finding", "withdraw", "I1", "--reason", "x"], 3, "no finding");
    house.refused("", &both, 3, "withdrawn");
    let shown = house.ok("", &["inquiry", "show", "I1"]);
    for words in ["I lent this copy to nobody.", "The copy was stolen."] {
        assert!(shown.contains(words), "{shown}");
    }

    // Readers hear of it after the delay, and of no more than concerns them.
    assert_eq!(house.json("boris", &["inquiry", "notices"]), serde_json::json!([]));
    let rules = house.file("rules.toml", "[inquiries]\nnotice_days = 0\n");
    house.ok("anna", &["house", "set", &rules]);
    let told = house.json("boris", &["inquiry", "notices"]);
    assert_eq!((&told[0]["names_you"], &told[0]["withdrawn"]), (&true.into(), &true.into()));
    let told = house.json("bella", &["inquiry", "notices"]);
    assert_eq!((&told[0]["names_you"], &told[0]["papers"][0]), (&false.into(), &paper.into()));
    assert_eq!(house.json("dora", &["inquiry", "notices"]), serde_json::json!([]));

    // Who may not see the paper any more gets the pack without words.
    house.ok("", &["posting", "end", "boris", "capital", "--on", &today()]);
    assert_eq!(house.json("boris", &asks)["redacted"], true);
    let text = std::fs::read_to_string(&pack).unwrap();
    assert!(!text.contains("delegation") && text.contains("\"master\":null"));
    let redacted: Value = serde_json::from_str(&house.ok("", &json)).unwrap();
    assert_eq!(redacted["finding"], report["finding"]);
    assert_eq!(redacted["extracted_again"], false);
    assert!(house.json("boris", &["inquiry", "notices"])[0]["papers"][0].is_null());
    house.ok("", &["record", "verify"]);
}

fn witness() -> String {
    let key = chancery_record::Cosigner::from_seed("w.example", &[3; 32]).unwrap();
    key.verifier_key().to_string()
}

#[test]
fn authors_are_no_officers_and_the_house_caps_what_a_year_may_spend() {
    let house = House::new();
    let paper = house.released();
    let leak = house.ok("", &["copy", "open", &paper, "--reader", "boris"]);
    let leak = house.file("leak.txt", leak);
    house.refused("anna", &["trace", &leak, "--paper", &paper], 3, "an author of P1");
    // Where the paper is not named, it is known when the leak is read.
    house.refused("carla", &["trace", &leak], 3, "");
    house.ok("anna", &["inquiry", "approve", "I1"]);
    house.refused("", &["inquiry", "run", "I1"], 3, "an author of P1");
    house.refused("carla", &["trace", &leak, "--paper", &paper], 3, "");
    house.refused("anna", &["inquiry", "approve", "I2"], 3, "an author of P1");
    house.ok("emil", &["inquiry", "approve", "I2"]);
    let rules = house.file("rules.toml", "[inquiries]\nyearly_alpha = 1e-7\n");
    house.ok("anna", &["house", "set", &rules]);
    house.refused("", &["inquiry", "run", "I2"], 3, "the house allows 1e-7 a year");
    let rules = house.file("rules.toml", "[inquiries]\nper_paper = 0\n");
    house.ok("anna", &["house", "set", &rules]);
    house.refused("", &["inquiry", "run", "I2"], 3, "no more a year");
    let rules = house.file("rules.toml", "[inquiries]\nper_paper = 1\n");
    house.ok("anna", &["house", "set", &rules]);
    assert_eq!(house.json("", &["inquiry", "run", "I2"])["verdict"], "identified");
    // Names need officers with keys.
    let key = house.key("carla.key");
    let reveal = ["inquiry", "reveal", "I2", "--identity", &key.file, "--identity", &key.file];
    house.refused("", &reveal, 3, "both officers");
    // One cannot be enrolled for both, and nobody enrols himself once there are officers.
    let twice = [format!("carla={}", key.public), format!("emil={}", key.public)];
    house.refused("", &["inquiry", "enrol", &twice[0], &twice[1]], 3, "a key of his own");
    let keys = house.enrol();
    let dora = house.key("dora.key");
    let third = format!("dora={}", dora.public);
    house.refused("", &["inquiry", "enrol", &third], 3, "the keys of two officers");
    let lent = ["--identity", &keys[0].file, "--identity", &keys[1].file];
    let enrolled = house.json("", &[&["inquiry", "enrol", &third], &lent[..]].concat());
    assert_eq!((&enrolled["pairs"], &enrolled["copies"]), (&3.into(), &1.into()));
    // Not any two officers: those of the inquiry.
    let reveal = ["inquiry", "reveal", "I2", "--identity"];
    let others = [&reveal[..], &[&keys[0].file, "--identity", &dora.file]].concat();
    house.refused("", &others, 3, "both officers of the inquiry");
    let both = [&reveal[..], &[&keys[0].file, "--identity", &keys[1].file]].concat();
    assert_eq!(house.json("", &both)["copies"][0]["reader"], "boris");
}

#[test]
fn all_copies_in_one_hand_take_two_persons_and_findings_say_so() {
    let house = House::new();
    house.enrol();
    let paper = house.released();
    let out = house.path("copies");
    let export = ["copy", "export", &paper, "--all", "-o", &out];
    house.refused("anna", &export, 3, "two persons of two offices");
    house.refused("boris", &[&export[..], &["--with", "bella"]].concat(), 3, "another office");
    assert!(!std::path::Path::new(&out).exists());
    house.ok("anna", &[&export[..], &["--with", "carla"]].concat());
    let finding = house.identified(&paper, "boris");
    assert_eq!(finding["exports"].as_array().unwrap().len(), 1, "{finding}");
    assert!(finding["statement"].as_str().unwrap().contains("exported into one hand"));
    let pack = house.path("pack");
    house.ok("carla", &["inquiry", "show", "I1", "--pack", &pack]);
    let report = house.json("", &["finding", "verify", &pack]);
    assert_eq!(report["finding"]["exports"], 1);
}

#[test]
fn a_bag_opens_with_age_and_its_receipt_comes_back_once() {
    let house = House::new();
    let paper = house.released();
    let key = house.key("courier.key");
    let bag = house.path("bag.age");
    let export = ["copy", "export", &paper, "--reader", "boris", "--to", &key.public, "-o", &bag];
    house.refused(
        "",
        &["copy", "export", &paper, "--reader", "dora", "--to", &key.public, "-o", &bag],
        3,
        "distribution",
    );
    house.refused(
        "",
        &["copy", "export", &paper, "--reader", "boris", "--to", "age1x", "-o", &bag],
        1,
        "age recipient",
    );
    let bagged = house.json("", &export);
    let sealed = std::fs::read(&bag).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    let identity = std::fs::read_to_string(&key.file).unwrap();
    let identity: age::x25519::Identity = identity.lines().last().unwrap().parse().unwrap();
    let plain = String::from_utf8(age::decrypt(&identity, &sealed).unwrap()).unwrap();
    let open = house.ok("", &["copy", "open", &paper, "--reader", "boris"]);
    let (copy, receipt) = plain.split_once("\n----- receipt").unwrap();
    assert_eq!(copy, open, "the reader's own copy");
    // With the program of that name, where there is one.
    match Command::new("age").args(["--decrypt", "--identity", &key.file, &bag]).output() {
        Ok(out) => assert_eq!(String::from_utf8(out.stdout).unwrap(), plain),
        Err(_) => eprintln!("SKIPPED: age is missing"),
    }
    // Whoever holds another key learns nothing.
    assert!(age::decrypt(&age::x25519::Identity::generate(), &sealed).is_err());
    // The receipt comes back alone, or with everything; once.
    let receipt = receipt.split_once('\n').unwrap().1;
    let mut false_receipt = receipt.replacen("index ", "index 1", 1);
    false_receipt.push(' ');
    let false_receipt = house.file("false", false_receipt);
    house.refused("", &["copy", "return", &false_receipt], 1, "receipt");
    let alone = house.file("receipt.tlog-proof", receipt);
    let back = house.json("", &["copy", "return", &alone]);
    assert_eq!((&back["leaf"], &back["reader"]), (&bagged["leaf"], &"boris".into()));
    let whole = house.file("opened.txt", &plain);
    house.refused("", &["copy", "return", &whole], 3, "came back before");
    let second = house.json("", &export);
    let sealed = std::fs::read(&bag).unwrap();
    let whole = house.file("opened.txt", age::decrypt(&identity, &sealed).unwrap());
    assert_eq!(house.json("", &["copy", "return", &whole])["leaf"], second["leaf"]);
    house.ok("", &["record", "verify"]);
}
