use std::sync::atomic::{AtomicI64, Ordering};

use chancery_domain::{Capacity, House, Label, Term};
use chancery_text::build::Choice;
use jiff::civil::date;

use super::*;
use crate::{Circulation, Clock, DraftText, Finders, Head, NewPaper, OfficeDetails, PersonDetails};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.";
const HOOK: &str = "https://news.example/chancery";

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

async fn house() -> (tempfile::TempDir, &'static AtomicI64, Archive) {
    let start: Timestamp = "2031-10-21T09:00:00Z".parse().unwrap();
    let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
    for (person, office) in [("marrack", "embassy"), ("reed", "registry")] {
        archive.add_office(&h(office), &OfficeDetails::default(), None).await.unwrap();
        archive.add_person(&h(person), &PersonDetails::default(), None).await.unwrap();
        let (term, capacity) = (Term::from(date(2030, 1, 1)), Capacity::Substantive);
        archive.start_posting(&h(person), &h(office), capacity, term, true, None).await.unwrap();
    }
    let house = House { custodian: Some(h("registry")), ..House::default() };
    archive.set_house_rules(&house, &h("reed")).await.unwrap();
    (folder, time, archive)
}

async fn release(archive: &Archive) {
    let label = Label { classification: "Confidential".into(), handling: Vec::new() };
    let paper = NewPaper {
        head: Head { subject: "The harbour".into(), label, numbered: true, ..Head::default() },
        from: h("embassy"),
        origin_reads: true,
        to: vec![h("registry")],
        info: Vec::new(),
        circulation: Circulation::default(),
        text: DraftText::from_file(TEXT, false, Choice::default()),
    };
    let drafted = archive.draft(&paper, &h("marrack")).await.unwrap();
    archive.release(&drafted, &h("marrack"), &Finders::embedded()).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_release_is_told_without_a_word_of_the_paper_and_again_until_it_is_taken() {
    let (folder, time, archive) = house().await;
    release(&archive).await;
    let (secret, shown) = archive.add_webhook(HOOK, &h("reed")).await.unwrap();
    assert!(archive.add_webhook(HOOK, &h("reed")).await.is_err(), "known");
    assert!(archive.due_deliveries(9).await.unwrap().is_empty(), "nothing of before");
    release(&archive).await;
    let [first] = &*archive.due_deliveries(9).await.unwrap() else { panic!("one message") };
    let body: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(
        (&body["type"], &body["data"]["reference"]),
        (&json!("paper.released"), &json!("P2"))
    );
    assert_eq!(body["data"].as_object().unwrap().len(), 2, "reference and entry alone");
    for word in ["harbour", "marrack", "embassy", "Confidential"] {
        assert!(!first.body.contains(word), "{word}");
    }
    let [(_, id), (_, at), (_, signature)] = &first.headers;
    assert_eq!(*signature, sign(&secret.0, &format!("{id}.{at}.{}", first.body)));
    assert_ne!(*signature, sign(&[0; 32], &format!("{id}.{at}.{}", first.body)));
    // A restart loses nothing; a failure is tried again later.
    archive.settle_delivery(first, Err("no answer".into())).await.unwrap();
    archive.close().await;
    let archive = Archive::open(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
    assert!(archive.due_deliveries(9).await.unwrap().is_empty(), "not at once");
    time.fetch_add(60_000, Ordering::SeqCst);
    let [again] = &*archive.due_deliveries(9).await.unwrap() else { panic!("one message") };
    assert_eq!(again.headers[0], first.headers[0], "the same message");
    archive.settle_delivery(again, Ok(204)).await.unwrap();
    time.fetch_add(86_400_000, Ordering::SeqCst);
    assert!(archive.due_deliveries(9).await.unwrap().is_empty());
    let [told] = &*archive.webhooks(&h("reed")).await.unwrap() else { panic!("one address") };
    let delivery = &told.deliveries[0];
    assert_eq!((delivery.tries, delivery.outcome.as_deref()), (2, Some("answered 204")));
    assert!(archive.remove_webhook(shown.id, &h("marrack")).await.is_err());
    archive.remove_webhook(shown.id, &h("reed")).await.unwrap();
    release(&archive).await;
    assert!(archive.due_deliveries(9).await.unwrap().is_empty(), "removed");
    let mut kinds = Vec::new();
    archive
        .walk(|_, body| {
            kinds.push(body.kind.clone());
            Ok(())
        })
        .await
        .unwrap();
    for kind in ["webhook.added", "webhook.told", "webhook.removed"] {
        assert_eq!(kinds.iter().filter(|k| *k == kind).count(), 1, "{kind}");
    }
    archive.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_never_taken_is_given_up_and_entered() {
    let (_folder, time, archive) = house().await;
    archive.add_webhook(HOOK, &h("reed")).await.unwrap();
    release(&archive).await;
    let mut tries = 0;
    for _ in 0..20 {
        for delivery in archive.due_deliveries(9).await.unwrap() {
            archive.settle_delivery(&delivery, Err("no\nanswer".into())).await.unwrap();
            tries += 1;
        }
        time.fetch_add(86_400_000, Ordering::SeqCst);
    }
    assert_eq!(tries, 1 + BACK_OFF.len());
    let shown = archive.webhooks(&h("reed")).await.unwrap();
    let delivery = &shown[0].deliveries[0];
    assert_eq!((delivery.next, delivery.outcome.as_deref()), (None, Some("noanswer")));
    assert!(archive.add_webhook("https://other.example", &h("marrack")).await.is_err());
}

/// The expected value is from another implementation, Python's `hmac`.
#[test]
fn a_message_is_signed_as_standard_webhooks_says() {
    let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let message = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
    assert_eq!(sign(&key, message), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let secret = WebhookSecret([7; 32]);
    assert!(!format!("{secret:?}").contains('7'));
}
