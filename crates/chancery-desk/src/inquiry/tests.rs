use chancery_text::build::Choice;

use super::*;
use crate::ledger::Body;
use crate::{CableRecord, Clock, Finders, Format};

/// Three papers, three hundred readers (so that a place or two narrow nothing), and inquiries that count:
/// the exercise's invented officers act in earnest.
async fn house() -> (tempfile::TempDir, Archive) {
    const FIRST: [&str; 4] = [
        "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.",
        "In addition, the two sides agreed to take into account the views of the smaller members. The coastal states wished to participate in the survey, and they asked whether the costs would be shared.",
        "The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months.",
        "It is therefore probable that the Government will soon obtain further information about the ships. His advisers were nearly all of the opinion that the talks would begin again in the autumn.",
    ];
    const SECOND: [&str; 4] = [
        "Our own soundings in the harbour town suggest another reading. The pilots’ guild has lost a third of its members to the northern yards, and those who remain ask for contracts in writing before the ice comes.",
        "I called on the governor on Tuesday. He spoke about grain, about the new bridge and about his son’s studies abroad, and only at the door did he mention the soundings, which he called a fine thing for mathematicians.",
        "The press has been quiet. One evening paper printed a map with the wrong depths, and a correction followed. Our consul expects that the question will return when the assembly meets and the estimates are read.",
        "Nobody here thinks that the bridge will be finished before the frost. The engineers want stone from the eastern quarries, and the railway asks a price that the province is unlikely to pay.",
    ];
    const THIRD: [&str; 3] = [
        "Three trawlers were boarded off the southern banks last week. The crews were sent home by train, and the nets were kept. Their owners’ agent asks us to write to the court, which I advise against.",
        "The judge is known to dislike letters from abroad. A quiet word with his clerk did more good two years ago than the note we sent, although the note was the better drafted of the two.",
        "If the fleet sails again in March, we should ask for an observer on board. The captains would rather have one of ours than one of theirs, and the fishery office would save itself a good deal of paper.",
    ];
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
    let cables: Vec<CableRecord> = [&FIRST[..], &SECOND, &THIRD]
        .iter()
        .zip(["first", "second", "third"])
        .map(|(text, id)| serde_json::from_value(json!({"id": id, "paragraphs": text})).unwrap())
        .collect();
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(&cables, 300, &choice, &finders, |_, _| {}).await.unwrap();
    let mut tx = archive.store.begin().await.unwrap();
    let mut earnest = archive.profile.clone();
    earnest.exercise = false;
    tx.set_meta("profile", &encode(&earnest)).await.unwrap();
    tx.commit().await.unwrap();
    (folder, archive)
}

/// Paragraphs of a reader's copy.
async fn copy(archive: &Archive, paper: &str, reader: &str) -> Vec<String> {
    let copy = archive.open_copy(paper, &reader.parse().unwrap(), Format::Txt).await.unwrap();
    let text = String::from_utf8(copy.bytes).unwrap();
    let parts: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    parts[1..parts.len() - 2].iter().map(|part| part.trim().to_owned()).collect()
}

async fn opened(archive: &Archive, leaks: &[&str], alpha: f64) -> String {
    let file = |text: &&str| LeakFile { name: "leak.txt".into(), bytes: text.as_bytes().to_vec() };
    let leaks = leaks.iter().map(file).collect();
    let request = Request { leaks, papers: Vec::new(), alpha, include_author: false };
    let first: Handle = "officer-a".parse().unwrap();
    match archive.trace(request, Some(&first)).await.unwrap() {
        Traced::AwaitingApproval(id) => id,
        Traced::Done(finding) => panic!("{} ran without approval", finding.inquiry),
    }
}

async fn run(archive: &Archive, id: &str) -> Result<FindingReport, DeskError> {
    archive.approve_inquiry(id, &"officer-b".parse().unwrap()).await.unwrap();
    archive.run_inquiry(id).await
}

async fn traced(archive: &Archive, leaks: &[&str], alpha: f64) -> Result<FindingReport, DeskError> {
    let id = opened(archive, leaks, alpha).await;
    run(archive, &id).await
}

/// Every entry of the record that speaks of this inquiry.
async fn entries(archive: &Archive, inquiry: &str) -> Vec<(u64, Body)> {
    let mut found = Vec::new();
    archive
        .walk(|at, body| {
            if body.fields.get("inquiry") == Some(&json!(inquiry)) {
                found.push((at, body.clone()));
            }
            Ok(())
        })
        .await
        .unwrap();
    found
}

async fn frozen_field(archive: &Archive, inquiry: &str, field: &str) -> Value {
    let entries = entries(archive, inquiry).await;
    entries.iter().find(|(_, body)| body.kind == FROZEN).unwrap().1.fields[field].clone()
}

#[tokio::test(flavor = "current_thread")]
async fn a_leak_scored_again_after_something_was_shown_carries_no_bound() {
    let (_folder, archive) = house().await;
    let paragraphs = copy(&archive, "P1", "r0002").await;
    let (q1, q2) = (paragraphs[0].as_str(), paragraphs[1..].join("\n\n"));
    let second = traced(&archive, &[&q2], 1e-6).await.unwrap();
    assert_eq!(second.verdict, "identified", "{}", second.statement);
    assert!(!second.spent && second.looks.at.is_empty());
    // Both pooled, in a file that was edited and cropped: no hash is known, the places are.
    let edited = format!("{q1}\n\n{}", q2.replace("However", "But"));
    for leaks in [vec![q1, &q2], vec![&edited]] {
        let pooled = traced(&archive, &leaks, 1e-6).await.unwrap();
        assert!(pooled.spent, "{}", pooled.statement);
        assert!(matches!(pooled.verdict.as_str(), "narrowed" | "nothing"), "{}", pooled.verdict);
        assert!(pooled.named.is_empty() && pooled.leading.is_empty());
        assert!(pooled.leaks.iter().all(|leak| leak.places.is_empty()));
        assert!(pooled.statement.contains("no bound"), "{}", pooled.statement);
        assert_eq!(pooled.looks.spent_by.first().unwrap(), &second.inquiry);
        assert_eq!(frozen_field(&archive, &pooled.inquiry, "spent").await, json!(true));
        assert_eq!(frozen_field(&archive, &pooled.inquiry, "alpha").await, json!(0.0));
    }
    // The very same evidence is the same event: it is found again, and spends nothing.
    let again = traced(&archive, &[&q2], 1e-6).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.spent), ("identified", false));
    assert_eq!(again.looks.repeats, Some(second.inquiry.clone()));
    assert!((again.named[0].p_adjusted - second.named[0].p_adjusted).abs() < 1e-30);
    assert!((again.inquiries.summed_alpha - second.inquiries.summed_alpha).abs() < 1e-12);
    // Control: the same act on another paper, nothing shown before. And then two papers at once.
    let other = copy(&archive, "P2", "r0002").await.join("\n\n");
    let fresh = traced(&archive, &[&other], 1e-6).await.unwrap();
    assert_eq!((fresh.verdict.as_str(), fresh.spent), ("identified", false), "{}", fresh.statement);
    assert!(
        (frozen_field(&archive, &fresh.inquiry, "alpha").await.as_f64().unwrap() - 1e-6).abs()
            < 1e-12
    );
    let third = copy(&archive, "P3", "r0002").await.join("\n\n");
    assert!(traced(&archive, &[&third, &other], 1e-6).await.unwrap().spent);
    archive.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn looks_that_showed_nothing_add_up_and_say_nothing_about_copies() {
    let (_folder, archive) = house().await;
    let paragraphs = copy(&archive, "P1", "r0003").await;
    let whole = paragraphs.join("\n\n");
    // Retyped, ever more words, until a place or two are read.
    let words: Vec<&str> = whole.split_whitespace().collect();
    let mut first = None;
    for count in 14..60 {
        let crop = words[..count].join(" ").replace('’', "'");
        let finding = traced(&archive, &[&crop], 1e-6).await.unwrap();
        assert_eq!(finding.verdict, "nothing", "{}", finding.statement);
        if finding.papers[0].sites.wording.read > 0 {
            first = Some(finding);
            break;
        }
    }
    let first = first.expect("some words have a place");
    assert!(
        first.bits.obtained == 0.0 && first.credible_set.size == 0,
        "nothing of a row is shown"
    );
    let refused = traced(&archive, &[&whole], 1e-6).await.unwrap_err();
    assert!(matches!(refused, DeskError::Procedure(_)), "{refused}");
    assert!(refused.to_string().contains("--alpha 2e-6"), "{refused}");
    let both = traced(&archive, &[&whole], 2e-6).await.unwrap();
    assert_eq!(both.verdict, "identified", "{}", both.statement);
    assert!(both.named[0].p_adjusted >= 1e-6 && both.named[0].p_adjusted <= 2e-6);
    assert!(both.statement.contains("are counted in this bound"), "{}", both.statement);
    assert!((both.inquiries.summed_alpha - 2e-6).abs() < 1e-12);
}

#[tokio::test(flavor = "current_thread")]
async fn leaks_recorded_before_anything_was_shown_keep_their_bound() {
    let (_folder, archive) = house().await;
    let paragraphs = copy(&archive, "P1", "r0004").await;
    let (q1, q2) = (paragraphs[..2].join("\n\n"), paragraphs[2..].join("\n\n"));
    let (one, two) = (opened(&archive, &[&q1], 1e-6).await, opened(&archive, &[&q2], 1e-6).await);
    for id in [one, two] {
        let finding = run(&archive, &id).await.unwrap();
        assert!(!finding.spent, "{}", finding.statement);
        assert_eq!(finding.verdict, "identified", "{}", finding.statement);
    }
    // Control: the same text, recorded afterwards.
    let copy = copy(&archive, "P1", "r0005").await;
    assert!(traced(&archive, &[&copy[3]], 1e-6).await.unwrap().spent);
}

/// What is wrong with the entries of an inquiry that was carried through, if anything.
fn out_of_order(entries: &[(u64, Body)]) -> Option<String> {
    let at = |kind: &str| {
        let of = entries.iter().filter(|(_, body)| body.kind == kind).map(|(at, _)| *at);
        of.collect::<Vec<u64>>()
    };
    let (opened, approved) = (at("inquiry.opened"), at("inquiry.approved"));
    let (frozen, result) = (at(FROZEN), at("inquiry.result"));
    let ([opened], [approved], [result]) = (&opened[..], &approved[..], &result[..]) else {
        return Some("one of each".into());
    };
    let fixed = frozen.iter().all(|frozen| approved < frozen && frozen < result);
    if frozen.is_empty() || opened >= approved || !fixed {
        return Some(format!("{opened} < {approved} < {frozen:?} < {result}"));
    }
    for (_, body) in entries.iter().filter(|(_, body)| body.kind == FROZEN) {
        for path in [
            "/leaks/0/sha256",
            "/leaks/0/text_version",
            "/leaks/0/readings/0/extraction_sha256",
            "/papers/0/paper",
            "/papers/0/master_sha256",
            "/papers/0/evidence_sha256",
            "/readers",
            "/alpha",
            "/spent_before",
            "/looks",
            "/routes",
            "/split",
            "/decoder_version",
        ] {
            let fields = json!(body.fields);
            if fields.pointer(path).is_none_or(Value::is_null) {
                return Some(format!("{path} is not fixed before scoring"));
            }
        }
    }
    None
}

#[tokio::test(flavor = "current_thread")]
async fn everything_is_in_the_record_before_it_is_scored() {
    let (folder, mut archive) = house().await;
    let leak = copy(&archive, "P1", "r0001").await.join("\n\n");
    let id = opened(&archive, &[&leak], 1e-6).await;
    archive.approve_inquiry(&id, &"officer-b".parse().unwrap()).await.unwrap();
    // The house burns down between freezing and scoring.
    drop(archive.freeze_inquiry(&id, Vec::new()).await.unwrap());
    archive.close().await;
    archive = Archive::open(&folder.path().join("a"), Clock::System).await.unwrap();
    let before = entries(&archive, &id).await;
    assert_eq!(before.last().unwrap().1.kind, FROZEN);
    assert_eq!(archive.show_inquiry(&id).await.unwrap().state, "approved");
    let finding = archive.run_inquiry(&id).await.unwrap();
    assert_eq!(finding.verdict, "identified");
    assert_eq!(finding.looks.repeats, Some(id.clone()), "the second run is entered as such");
    let entries = entries(&archive, &id).await;
    assert_eq!(out_of_order(&entries), None);
    let evidence: Vec<&Value> = entries
        .iter()
        .filter(|(_, body)| body.kind == FROZEN)
        .map(|(_, body)| &body.fields["papers"])
        .collect();
    assert_eq!(evidence.len(), 2);
    assert_eq!(evidence[0], evidence[1], "read again, the same evidence");
    archive.verify(|_, _| {}).await.unwrap();

    // Controls: an order in which scoring came first, a freezing that fixes less, no freezing.
    let mut scored_first = entries.clone();
    let last = scored_first.last().unwrap().0;
    for (at, body) in &mut scored_first {
        if body.kind == "inquiry.result" {
            *at = 0;
        } else if body.kind == "inquiry.opened" {
            *at = last;
        }
    }
    assert!(out_of_order(&scored_first).is_some());
    for field in ["leaks", "papers", "readers", "alpha", "split"] {
        let mut less = entries.clone();
        less.iter_mut().for_each(|(_, body)| drop(body.fields.remove(field)));
        assert!(out_of_order(&less).is_some(), "{field}");
    }
    let unfrozen: Vec<_> = entries.into_iter().filter(|(_, body)| body.kind != FROZEN).collect();
    assert!(out_of_order(&unfrozen).is_some());
}
