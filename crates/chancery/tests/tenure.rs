//! Resignation, succession and accreditation as users meet them, from letter to handover.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn chancery(archive: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.env("CHANCERY_ARCHIVE", archive).args(args).stdin(Stdio::null()).output().unwrap()
}

fn ok(archive: &Path, line: &str) -> String {
    let args: Vec<&str> = line.split_whitespace().collect();
    let output = chancery(archive, &args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(archive: &Path, line: &str) -> serde_json::Value {
    serde_json::from_str(&ok(archive, &format!("--json {line}"))).unwrap()
}

fn refused(archive: &Path, line: &str, code: i32, words: &str) {
    let args: Vec<&str> = line.split_whitespace().collect();
    let output = chancery(archive, &args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line}: {errors}");
    assert!(errors.contains(words) && !errors.contains("panicked"), "{line}: {errors}");
}

#[test]
fn from_the_letter_to_the_handover() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let a = archive.as_path();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    ok(a, &format!("init {}", a.display()));
    for office in ["head --title Head", "embassy --title Embassy --parent head"] {
        ok(a, &format!("office add {office}"));
    }
    ok(a, "office add desk --title Desk --parent head");
    for (person, office) in [("chief", "head"), ("envoy", "embassy"), ("clerk", "desk")] {
        ok(a, &format!("person add {person} --name {person}"));
        ok(a, &format!("posting start {person} {office} --from 2020-01-01"));
    }
    for person in ["charge", "next", "nextt", "deputy"] {
        ok(a, &format!("person add {person} --name {person}"));
    }
    let text = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour.";
    std::fs::write(file("cable.txt"), text).unwrap();
    let cable = file("cable.txt");
    for _ in 0..2 {
        let draft = format!("paper draft {cable} --from desk --to embassy --subject x --as clerk");
        let id = json(a, &draft)["paper"].as_str().unwrap().to_owned();
        ok(a, &format!("paper release {id} --as clerk"));
    }
    let envoys = ok(a, "copy open P1 --reader envoy");

    // Accreditation: the host's stance ends nothing.
    ok(a, "accreditation ask embassy envoy ostrey --on 2020-01-02 --as chief");
    refused(a, "accreditation present envoy ostrey --as chief", 3, "before agrément");
    ok(a, "accreditation grant envoy ostrey --on 2020-01-05 --as chief");
    let shown = ok(a, "accreditation show envoy --as chief");
    assert!(shown.contains("function not yet taken up"), "{shown}");
    ok(a, "accreditation present envoy ostrey --on 2020-02-01 --as chief");
    ok(
        a,
        "accreditation stance envoy ostrey --is unwelcome --source said --note enough --as chief",
    );
    let shown = json(a, "accreditation show envoy --as envoy");
    assert_eq!(shown[0]["stage"], "presented");
    assert_eq!(shown[0]["in_office"], true);
    refused(a, "accreditation show envoy --as clerk", 3, "sending office");

    // Delegation for an absence.
    let far = "--from-day 2090-01-01 --until-day 2090-02-01";
    let lend = format!("posting delegate embassy --from envoy --to deputy {far}");
    refused(a, &format!("{lend} --as clerk"), 3, "by its holder");
    ok(a, &format!("{lend} --as envoy"));

    // The letter, and the answer.
    std::fs::write(file("letter.txt"), "I can no longer do the work as I would like.").unwrap();
    let offer = format!("resignation offer embassy --letter {} --reason leak", file("letter.txt"));
    refused(a, &format!("{offer} --as clerk"), 3, "only who holds an office");
    assert_eq!(json(a, &format!("{offer} --as envoy"))["resignation"], "R1");
    refused(a, "resignation accept R1 --at now --as envoy", 3, "his own resignation");
    refused(a, "resignation accept R1 --at now --as clerk", 3, "appointing office");
    refused(a, "resignation accept R9 --at now --as chief", 1, "resignation list");
    refused(a, "resignation accept R1 --as chief", 1, "say when");
    assert!(ok(a, "resignation show R1 --as chief").contains("I can no longer"));
    refused(a, "resignation show R1 --as clerk", 3, "for its author");
    let ended = json(a, "resignation accept R1 --at now --as chief");
    assert_eq!(ended["reason"], "resignation");
    refused(a, "resignation accept R1 --at now --as chief", 3, "accepted already");
    refused(a, "resignation withdraw R1 --as envoy", 3, "accepted already");
    assert!(ok(a, "resignation list").contains("accepted"));
    refused(a, "copy open P1 --reader envoy", 3, "refused");
    let deputy = json(a, "posting history deputy");
    assert_eq!(deputy[0]["reason"], "resignation", "the deputy goes with the holder: {deputy}");

    // The chargé has the queue, the successor has it too, each in copies of his own.
    assert_eq!(json(a, "posting vacancies")[0]["last"], "envoy");
    ok(a, "posting start charge embassy --from 2020-01-01 --capacity charge");
    assert_eq!(json(a, "posting vacancies embassy")[0]["by"], serde_json::json!(["charge"]));
    let queue = json(a, "queue embassy --as charge");
    assert_eq!(queue["papers"].as_array().unwrap().len(), 2);
    let charges = ok(a, "copy open P1 --reader charge");
    assert_ne!(charges, envoys);
    assert_eq!(json(a, "queue embassy --as charge")["papers"][0]["paper"], "P2");
    refused(a, "queue embassy --as envoy", 3, "not held");
    ok(a, "queue embassy --done P1 --as charge");
    refused(a, "queue embassy --done P1 --as charge", 3, "already");
    ok(a, "posting start next embassy --from 2020-01-01");
    assert_eq!(json(a, "posting vacancies").as_array().unwrap().len(), 0);
    assert!(ok(a, "copy offices P1 charge --as clerk").contains("one copy"));

    // A duplicate record.
    refused(a, "person merge nextt into next --as next", 3, "his own records");
    ok(a, "person merge nextt into next --as chief");
    assert_eq!(ok(a, "copy open P1 --reader nextt"), ok(a, "copy open P1 --reader next"));

    // The handover.
    let certificate = file("handover.json");
    let hand = format!("office handover embassy --from envoy --to next -o {certificate}");
    refused(a, &format!("{hand} --as clerk"), 3, "certified for a holder");
    ok(a, &format!("{hand} --as next"));
    let key = json(a, "status")["verifier_key"].as_str().unwrap().to_owned();
    let verify = format!("office handover verify {certificate} --key {key}");
    let nowhere = folder.path().join("nowhere");
    let read = json(&nowhere, &verify);
    assert_eq!(read["confirmed"], false);
    assert_eq!(read["handover"]["open_actions"][0], "P2");
    refused(a, &format!("office handover confirm {certificate} --as charge"), 3, "only next");
    ok(a, &format!("office handover confirm {certificate} --as next"));
    assert_eq!(json(&nowhere, &verify)["confirmed"], true);
    let text = std::fs::read_to_string(&certificate).unwrap();
    std::fs::write(&certificate, text.replace("\"envoy\"", "\"clerk\"")).unwrap();
    refused(&nowhere, &verify, 1, "does not hold");

    // Other ends.
    refused(a, "posting cut next embassy --reason dismissal --as chief", 2, "--at now");
    refused(a, "posting cut next embassy --reason dismissal --at now --as next", 3, "alone");
    let cut = json(a, "posting cut next embassy --reason dismissal --at now --as chief");
    assert_eq!(cut["reason"], "dismissal");
    refused(a, "copy open P1 --reader next", 3, "refused");
    assert!(ok(a, "record verify").contains("verifies"));
}
