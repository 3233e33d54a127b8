//! Public versions, and everything that somebody might do to them.

use super::*;
use crate::ledger::Body;
use crate::{CableRecord, Clock, Finders};
use chancery_text::build::Choice;
use serde_json::Value;

fn cable(id: &str, text: &str) -> CableRecord {
    let paragraphs = [format!("1. {text}"), format!("2. Again, {text} It ends here.")];
    serde_json::from_value(json!({"id": id, "paragraphs": paragraphs})).unwrap()
}

/// An exercise with two papers; its first reader is made a holder of the originating office.
async fn archive(folder: &std::path::Path) -> (Archive, Handle) {
    let archive = Archive::init(folder, Clock::System).await.unwrap();
    let text = "the Minister’s brother asked prior to the visit for additional assistance regarding the harbour.";
    let other =
        "nobody expected that the survey of the eastern shoals would be finished before winter.";
    let cables = [cable("a", text), cable("b", other)];
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(&cables, 3, &choice, &finders, |_, _| {}).await.unwrap();
    let mut tx = archive.store.begin().await.unwrap();
    let row = archive.find_paper(&mut tx, "a").await.unwrap();
    let offices = tx.offices().await.unwrap();
    let office = offices.iter().find(|(id, ..)| *id == row.office).unwrap().1.clone();
    drop(tx);
    let who: Handle = "r0001".parse().unwrap();
    let since = chancery_domain::Term::from(jiff::civil::date(2020, 1, 1));
    let capacity = chancery_domain::Capacity::Substantive;
    archive.start_posting(&who, &office, capacity, since, true, None).await.unwrap();
    (archive, who)
}

fn span(paragraph: usize, text: Option<&str>) -> Redaction {
    Redaction { paragraph, text: text.map(str::to_owned), exemption: "s.27".into() }
}

/// The file with its proof changed and its text written anew to match it.
fn forged(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let text = std::str::from_utf8(file).unwrap();
    let (_, proof) = text.split_once(FENCE).unwrap();
    let mut value: Value = serde_json::from_str(proof).unwrap();
    change(&mut value);
    let proof: Proof = serde_json::from_value(value).unwrap();
    let entry: Body = serde_json::from_str(&proof.record).unwrap();
    let mut out = written(&entry, &proof.runs);
    out.push_str(FENCE);
    out.push_str(&serde_json::to_string(&proof).unwrap());
    out.into_bytes()
}

fn first_shown(value: &Value) -> usize {
    value["runs"].as_array().unwrap().iter().position(|run| run.get("+").is_some()).unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn a_public_version_is_proved_off_line_and_every_change_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, who) = archive(&folder.path().join("a")).await;
    let key = archive.verifier_key().to_string();
    let spans = [span(1, Some("the Minister's brother")), span(2, Some("It ends"))];
    let made = archive.redact("a", &who, &spans).await.unwrap();
    let text = String::from_utf8(made.bytes.clone()).unwrap();
    let (shown, _) = text.split_once(FENCE).unwrap();
    assert!(shown.contains("1. ████ [redacted: s.27] asked prior to"), "{shown}");
    assert!(shown.trim_end().ends_with("████ [redacted: s.27] here."), "{shown}");
    assert_eq!(shown.matches("brother").count(), 1, "the other place only");
    let verified = verify_redaction(&made.bytes, &key).unwrap();
    assert_eq!((verified.hidden, verified.paper.as_str()), (5, "P1"));
    assert_eq!(verified.runs, made.runs);

    // Forgeries whose text and proof agree with each other.
    let refused = |file: &[u8], what: &str| {
        let refused = verify_redaction(file, &key);
        assert!(matches!(refused, Err(DeskError::Record(_))), "{what}: {refused:?}");
    };
    assert!(verify_redaction(&forged(&made.bytes, |_| {}), &key).is_ok(), "the control");
    let change = |change: fn(&mut Value)| forged(&made.bytes, change);
    refused(
        &change(|v| {
            let at = first_shown(v);
            v["runs"][at]["+"][1] = json!("Eleven ");
        }),
        "a changed word",
    );
    refused(&change(|v| v["runs"].as_array_mut().unwrap().swap(6, 7)), "swapped runs");
    refused(&change(|v| drop(v["runs"].as_array_mut().unwrap().pop())), "a dropped run");
    refused(&change(|v| drop(v["runs"].as_array_mut().unwrap().remove(1))), "a dropped mark");
    refused(
        &change(|v| {
            let run = v["runs"][0].clone();
            v["runs"].as_array_mut().unwrap().push(run);
        }),
        "an added run",
    );
    refused(
        &change(|v| {
            let last = v["runs"].as_array().unwrap().len() - 1;
            v["runs"][last]["+"][0] = json!(2);
        }),
        "a run in another paragraph",
    );
    refused(
        &change(|v| {
            let at = first_shown(v);
            v["runs"][at] = json!({"-": [0, "s.27", "00".repeat(32)]});
        }),
        "a mark over something else",
    );
    let foreign = archive.redact("b", &who, &[]).await.unwrap();
    let foreign: Value = {
        let text = String::from_utf8(foreign.bytes).unwrap();
        serde_json::from_str(text.split_once(FENCE).unwrap().1).unwrap()
    };
    refused(
        &forged(&made.bytes, |v| {
            v["record"] = foreign["record"].clone();
            v["receipt"] = foreign["receipt"].clone();
        }),
        "another paper's receipt",
    );
    refused(&forged(&made.bytes, |v| v["runs"] = foreign["runs"].clone()), "another paper's runs");
    refused(
        &forged(&made.bytes, |v| {
            let record = v["record"].as_str().unwrap().replace("\"P1\"", "\"P9\"");
            v["record"] = json!(record);
        }),
        "another number",
    );
    refused(text.replacen("asked", "denied", 1).as_bytes(), "text that the proof does not give");
    let other = Archive::init(&folder.path().join("b"), Clock::System).await.unwrap();
    assert!(verify_redaction(&made.bytes, &other.verifier_key().to_string()).is_err());
    assert!(matches!(verify_redaction(b"x", &key), Err(DeskError::Input(_))));
    let cut = &made.bytes[..made.bytes.len() - 40];
    assert!(verify_redaction(cut, &key).is_err());

    let kinds = archive.verify(|_, _| {}).await.unwrap().kinds;
    assert_eq!((kinds["paper.redactable"], kinds["paper.published"]), (2, 2));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_hidden_cannot_be_confirmed_by_guessing() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, who) = archive(&folder.path().join("a")).await;
    let made = archive.redact("a", &who, &[span(1, Some("the Minister's brother"))]).await.unwrap();
    let text = String::from_utf8(made.bytes).unwrap();
    let proof: Proof = serde_json::from_str(text.split_once(FENCE).unwrap().1).unwrap();
    let Run::Hidden(_, _, hash) = &proof.runs[2] else { panic!("the second word is hidden") };
    for guess in ["Minister’s ", "Minister’s", "brother "] {
        // No salt that is published opens it, nor does none.
        for run in &proof.runs {
            if let Run::Shown(_, _, salt) = run {
                let salt = hex::decode(salt).unwrap().try_into().unwrap();
                assert_ne!(&hex::encode(commit(&Salt::from_bytes(salt), guess).as_bytes()), hash);
            }
        }
        assert_ne!(&hex::encode(Sha256::digest(guess)), hash);
    }
    let again = archive.redact("a", &who, &[]).await.unwrap();
    let again = String::from_utf8(again.bytes).unwrap();
    let whole: Proof = serde_json::from_str(again.split_once(FENCE).unwrap().1).unwrap();
    let Run::Shown(_, word, salt) = &whole.runs[2] else { panic!("nothing is hidden") };
    let salt = hex::decode(salt).unwrap().try_into().unwrap();
    assert_eq!(&hex::encode(commit(&Salt::from_bytes(salt), word).as_bytes()), hash, "the control");
}

#[tokio::test(flavor = "current_thread")]
async fn the_originator_alone_publishes_and_never_what_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, who) = archive(&folder.path().join("a")).await;
    let stranger: Handle = "r0002".parse().unwrap();
    let refused = archive.redact("a", &stranger, &[]).await.unwrap_err();
    assert_eq!(refused.exit_code(), 3, "{refused}");
    let closure = chancery_domain::retention::Closure {
        exemption: "s.27".into(),
        reason: String::new(),
        until: None,
    };
    let close = crate::RetentionChange::Close(closure);
    assert!(archive.retain("a", &stranger, &close).await.is_err());
    archive.retain("a", &who, &close).await.unwrap();
    let refused = archive.redact("a", &who, &[]).await.unwrap_err();
    assert!(refused.to_string().contains("closed under s.27"), "{refused}");
    archive.retain("a", &who, &crate::RetentionChange::Open).await.unwrap();
    archive.redact("a", &who, &[]).await.unwrap();
}

#[test]
fn whole_words_are_hidden_and_unclear_stretches_refused() {
    let runs = runs(&["One two three two.".into(), String::new(), "Four  five".into()]);
    assert_eq!(
        runs.iter().map(|(_, r)| r.as_str()).collect::<String>(),
        "One two three two.Four  five"
    );
    let hidden = |redaction: Redaction| -> Result<Vec<bool>, DeskError> {
        Ok(hide(&runs, &[redaction])?.iter().map(Option::is_some).collect())
    };
    let no = false;
    assert_eq!(hidden(span(1, Some("hre"))).unwrap(), [no, no, true, no, no, no, no]);
    assert_eq!(hidden(span(1, Some("two three"))).unwrap(), [no, true, true, no, no, no, no]);
    assert_eq!(hidden(span(3, None)).unwrap(), [no, no, no, no, true, true, true]);
    for bad in [
        span(1, Some("two")),
        span(1, Some("absent")),
        span(1, Some("")),
        span(0, None),
        span(2, None),
        span(9, None),
    ] {
        assert!(hidden(bad.clone()).is_err(), "{bad:?}");
    }
    for exemption in ["", "  ", "s.27] shown [", "s\n27", &"x".repeat(61)] {
        let bad = Redaction { paragraph: 1, text: None, exemption: exemption.into() };
        assert!(hidden(bad).is_err(), "{exemption:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn no_changed_byte_shows_another_text() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, who) = archive(&folder.path().join("a")).await;
    let key = archive.verifier_key().to_string();
    let made = archive.redact("a", &who, &[span(1, Some("the Minister's brother"))]).await.unwrap();
    let shown = |file: &[u8]| {
        let text = std::str::from_utf8(file).unwrap();
        text.split_once(FENCE).unwrap().0.to_owned()
    };
    let whole = shown(&made.bytes);
    let mut refused = 0;
    for at in (0..made.bytes.len()).step_by(5) {
        let mut file = made.bytes.clone();
        file[at] ^= 1 << (at % 7);
        match verify_redaction(&file, &key) {
            // Such as the other case of a hexadecimal digit.
            Ok(_) => assert_eq!(shown(&file), whole, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused * 10 > made.bytes.len() / 5 * 9, "{refused} changes refused");
    for cut in (0..made.bytes.len()).step_by(97) {
        assert!(verify_redaction(&made.bytes[..cut], &key).is_err());
    }
}
