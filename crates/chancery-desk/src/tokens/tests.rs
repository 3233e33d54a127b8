use std::sync::atomic::{AtomicI64, Ordering};

use chancery_domain::{Capacity, Day, EndReason, House, Label, Term};
use chancery_text::build::Choice;
use jiff::civil::date;

use super::*;
use crate::{
    Circulation, Clock, DraftText, Finders, Format, Head, NewPaper, OfficeDetails, PersonDetails,
    acting,
};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.";

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

/// `pell` holds two offices; `P1` is addressed to `northern` alone. `reed` keeps the house.
async fn house() -> (tempfile::TempDir, &'static AtomicI64, Archive) {
    let start: Timestamp = "2031-10-21T09:00:00Z".parse().unwrap();
    let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
    for office in ["embassy", "northern", "visas", "registry"] {
        archive.add_office(&h(office), &OfficeDetails::default(), None).await.unwrap();
    }
    for person in ["marrack", "pell", "reed"] {
        archive.add_person(&h(person), &PersonDetails::default(), None).await.unwrap();
    }
    let posts =
        [("marrack", "embassy"), ("pell", "northern"), ("pell", "visas"), ("reed", "registry")];
    for (person, office) in posts {
        let (term, capacity) = (Term::from(date(2030, 1, 1)), Capacity::Substantive);
        archive.start_posting(&h(person), &h(office), capacity, term, true, None).await.unwrap();
    }
    let label = Label { classification: "Confidential".into(), handling: Vec::new() };
    let paper = NewPaper {
        head: Head { subject: "The harbour".into(), label, numbered: true, ..Head::default() },
        from: h("embassy"),
        origin_reads: true,
        to: vec![h("northern")],
        info: Vec::new(),
        circulation: Circulation::default(),
        text: DraftText::from_file(TEXT, false, Choice::default()),
    };
    archive.draft(&paper, &h("marrack")).await.unwrap();
    archive.release("P1", &h("marrack"), &Finders::embedded()).await.unwrap();
    let house = House { custodian: Some(h("registry")), ..House::default() };
    archive.set_house_rules(&house, &h("reed")).await.unwrap();
    (folder, time, archive)
}

#[tokio::test(flavor = "current_thread")]
async fn a_token_opens_what_its_office_may_and_nothing_else() {
    let (_folder, _, archive) = house().await;
    let pell = h("pell");
    for (office, may) in [("visas", false), ("northern", true)] {
        let (token, shown) = archive.make_token(&pell, &h(office), office, 30).await.unwrap();
        assert_eq!((shown.office.as_str(), shown.used), (office, None));
        let read: ApiToken = token.expose().parse().unwrap();
        let (who, through) = archive.bearer(&read).await.unwrap();
        assert_eq!(who.offices.len(), 1);
        assert_eq!((who.token.as_deref(), who.proved), (Some(office), None));
        let opened = acting(through.clone(), archive.open_copy("P1", &pell, Format::Txt)).await;
        assert_eq!(opened.is_ok(), may, "{office}");
        let inbox = acting(through, archive.inbox(&pell, 9, None)).await.unwrap();
        assert_eq!(inbox.papers.len(), usize::from(may), "{office}");
    }
    // The control: himself, he holds both; and what was not done through a token does not say so.
    assert_eq!(archive.inbox(&pell, 9, None).await.unwrap().papers.len(), 1);
    archive.open_copy("P1", &pell, Format::Txt).await.unwrap();
    let mine = archive.my_record(&pell, None, 9).await.unwrap();
    let opened: Vec<Option<&str>> =
        mine.iter().filter(|e| e.kind == "copy.opened").map(|e| e.token.as_deref()).collect();
    assert_eq!(opened, [None, Some("northern")]);
    assert_eq!(mine.iter().filter(|e| e.kind == "token.made").count(), 2);
    archive.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_token_ends_when_revoked_when_old_and_with_the_office_for_good() {
    let (_folder, time, archive) = house().await;
    let (pell, northern) = (h("pell"), h("northern"));
    let make = async |name: &str, days| {
        let (token, shown) = archive.make_token(&pell, &northern, name, days).await.unwrap();
        (token, shown.id)
    };
    let ((revoked, id), (old, _), (left, _)) =
        (make("a", 30).await, make("b", 1).await, make("c", 366).await);
    assert!(archive.revoke_token(id, &h("marrack")).await.is_err(), "not his");
    archive.revoke_token(id, &h("reed")).await.unwrap();
    assert!(archive.bearer(&revoked).await.is_err());
    assert!(archive.bearer(&old).await.is_ok());
    time.fetch_add(24 * 3_600_000, Ordering::SeqCst);
    assert!(archive.bearer(&old).await.is_err());
    assert!(archive.bearer(&left).await.is_ok());
    let day = Day::exact(date(2031, 10, 22));
    archive
        .end_posting(&pell, &northern, day, None, EndReason::Recall, Some(&h("reed")))
        .await
        .unwrap();
    time.fetch_add(1, Ordering::SeqCst);
    assert!(archive.bearer(&left).await.is_err());
    archive.sweep_sessions().await.unwrap();
    assert_eq!(archive.tokens(&h("reed")).await.unwrap(), [], "cut with the office");
    let (term, capacity) = (Term::from(date(2031, 10, 23)), Capacity::Substantive);
    archive.start_posting(&pell, &northern, capacity, term, true, Some(&h("reed"))).await.unwrap();
    time.fetch_add(48 * 3_600_000, Ordering::SeqCst);
    assert!(archive.bearer(&left).await.is_err(), "and not back with it");
    assert!(archive.bearer(&make("d", 1).await.0).await.is_ok(), "the control");
    let kinds: Vec<String> =
        archive.my_record(&pell, None, 9).await.unwrap().into_iter().map(|e| e.kind).collect();
    for kind in ["token.made", "token.revoked", "token.cut"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind} in {kinds:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_token_is_made_by_the_holder_of_its_office_in_a_fresh_session() {
    let (_folder, time, archive) = house().await;
    let pell = h("pell");
    for (office, name, days) in
        [("embassy", "x", 1), ("northern", "", 1), ("northern", "x", 0), ("northern", "x", 367)]
    {
        assert!(
            archive.make_token(&pell, &h(office), name, days).await.is_err(),
            "{office} {name} {days}"
        );
    }
    let session = archive.open_session(&pell).await.unwrap();
    archive.make_own_token(&session, &h("northern"), "x", 1).await.unwrap();
    assert!(archive.make_own_token(&session, &h("northern"), "x", 1).await.is_err(), "taken");
    time.fetch_add(11 * 60_000, Ordering::SeqCst);
    assert!(archive.make_own_token(&session, &h("northern"), "y", 1).await.is_err(), "not fresh");
    let [shown] = &*archive.tokens(&pell).await.unwrap() else { panic!("one token") };
    assert_eq!(shown.name, "x");
    assert_eq!(archive.tokens(&h("marrack")).await.unwrap(), []);
}

#[test]
fn only_whole_tokens_are_read() {
    let token = ApiToken([0xab; 32]);
    let text = token.expose();
    assert_eq!(text.parse::<ApiToken>().unwrap(), token);
    for broken in ["", MARK, &text[1..], &text[..72], &format!("{text}0"), &"ab".repeat(32)] {
        assert!(broken.parse::<ApiToken>().is_err(), "{broken}");
    }
    assert!(!format!("{token:?}").contains("abab"));
}
