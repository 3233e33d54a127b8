//! Importing postings: a whole service of 250 years, and records that contradict themselves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::BufReader;
use std::path::Path;

use chancery_desk::{Archive, Clock, PostingRecord, records};
use chancery_domain::{Capacity, Care, End, Handle};
use jiff::civil::date;

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

async fn archive(folder: &Path) -> Archive {
    let now = Clock::Fixed("2032-10-08T09:00:00Z".parse().unwrap());
    Archive::init(&folder.join("archive"), now).await.unwrap()
}

fn corpus() -> Option<Vec<PostingRecord>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/postings.jsonl");
    let Ok(file) = std::fs::File::open(&path) else {
        assert!(std::env::var_os("CHANCERY_REQUIRE_DATA").is_none(), "{path:?} is missing");
        eprintln!("SKIPPED: ../shared/corpus/postings.jsonl is missing");
        return None;
    };
    Some(records(BufReader::new(file), "postings.jsonl").unwrap())
}

#[tokio::test(flavor = "current_thread")]
async fn a_whole_service_is_taken_in_and_its_handovers_come_out() {
    let Some(all) = corpus() else { return };
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).await;
    let report = archive.import_postings(&all, None, |_, _| {}).await.unwrap();
    assert_eq!((report.added, report.skipped), (7_262, 0));
    let again = archive.import_postings(&all, None, |_, _| {}).await.unwrap();
    assert_eq!((again.added, again.skipped), (0, 7_262), "a second import changes nothing");

    let handovers = archive.handovers(Some(1945)).await.unwrap();
    let gaps = handovers.gaps.unwrap();
    assert_eq!((gaps.count, gaps.overlaps), (3_096, 18));
    assert!((gaps.median - 103.0).abs() < 0.01, "{}", gaps.median);
    assert_eq!((gaps.tenth, gaps.ninetieth), (16, 383));
    assert_eq!(handovers.overlaps.len(), 18);

    // A person without a name is called by the key; dates are kept as exactly as they are known.
    let nameless = handle("wilson-huntington-francis-mairs-huntington-wilson");
    assert_eq!(archive.person(&nameless).await.unwrap().details.name, nameless.to_string());
    // Nobody knows when the one term ended: it gives no access and is in doubt.
    let office =
        archive.office_on(&handle("us-trade-representative"), date(2026, 1, 1)).await.unwrap();
    assert_eq!(office.care, Care::Nobody);
    assert!(!office.in_doubt.is_empty());
    let running =
        archive.office_on(&handle("chief-of-mission-lebanon"), date(2020, 6, 1)).await.unwrap();
    assert_eq!(running.care, Care::Holder);
    assert_eq!(running.holders[0].term.end, End::Open);
    // The term that its source ends before it starts is kept with its note.
    let strange = archive.posting_history(&handle("hunter-william")).await.unwrap();
    let strange = strange.iter().find(|p| p.term.end == End::Unknown).unwrap();
    assert!(strange.term.start.is_none() && strange.note.as_ref().unwrap().contains("1886-07-22"));
    archive.verify(|_, _| {}).await.unwrap();
}

const NASTY: &str = r#"
{"id":"a","person":"anna","name":"Anna","kind":"country-chief","role":"ambassador-e-p","post":"sahl","appointed":{"date":"2030-11","precision":"month"},"arrived":{"date":"2031-01-10","precision":"day"},"started":null,"ended":{"date":null,"precision":null,"note":"Left post in spring"}}
{"id":"b","person":"boris","name":null,"kind":"country-chief","role":"charge-daffaires-ad-interim","post":"sahl","started":{"date":"2032-03-01","precision":"day"},"ended":{"date":"2032-06-01","precision":"day"}}
{"id":"c","person":"carla","name":"Carla","kind":"country-chief","role":"ambassador-e-p","post":"sahl","started":{"date":"2032-06-01","precision":"day"}}
{"id":"c","person":"carla","name":"Carla","kind":"country-chief","role":"ambassador-e-p","post":"sahl","appointed":{"date":"2031-02-30","precision":"day"},"note":"Declined appointment."}
{"id":"d","person":"dora","kind":"principal-officer","role":"secretary-ad-interim","role_title":"Secretary ad interim","post":"secretary-ad-interim","started":{"date":"2032","precision":"year"},"ended":{"date":"2032-02","precision":"month"}}
{"id":"e","person":"emil","name":"Emil","kind":"principal-officer","role":"secretary","role_title":"Secretary","post":"secretary","started":{"date":"in the spring","precision":"text"},"ended":{"date":"2031-05-01","precision":"day"}}
{"id":"f","person":"fritz","name":"Fritz","kind":"principal-officer","role":"counselor","post":"counselor","started":{"date":"2019-01-01","precision":"day"}}
"#;

#[tokio::test(flavor = "current_thread")]
async fn what_a_source_does_not_say_stays_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).await;
    let all: Vec<PostingRecord> = records(NASTY.trim().as_bytes(), "nasty").unwrap();
    assert_eq!(archive.import_postings(&all, None, |_, _| {}).await.unwrap().added, 7);
    assert_eq!(archive.import_postings(&all, None, |_, _| {}).await.unwrap().skipped, 7);
    let of = async |who: &str| archive.posting_history(&handle(who)).await.unwrap();

    let anna = &of("anna").await[0];
    assert_eq!(anna.term.planned_start.unwrap().to_string(), "2030-11");
    assert_eq!(anna.term.start.unwrap().to_string(), "2031-01-10");
    assert_eq!(anna.term.end, End::Unknown, "a later chief has taken up the office");
    assert_eq!(anna.note.as_deref(), Some("ended: Left post in spring"));
    assert_eq!(of("boris").await[0].capacity, Capacity::Charge);
    let carla = of("carla").await;
    assert_eq!(carla.len(), 2, "an id that stands twice is two terms");
    let declined = carla.iter().find(|p| p.term.start.is_none()).unwrap();
    assert_eq!(declined.term.end, End::Unknown);
    assert!(declined.note.as_ref().unwrap().contains("2031-02-30"));
    assert!(carla.iter().any(|p| p.term.end == End::Open));
    let secretary = of("secretary").await;
    assert_eq!(secretary.len(), 2, "who acts ad interim acts in the holder's office");
    assert!(secretary.iter().any(|p| p.capacity == Capacity::Acting));
    assert!(of("emil").await[0].term.start.is_none());
    assert_eq!(of("fritz").await[0].term.end, End::Unknown, "too long ago to be running");

    let sahl = handle("chief-of-mission-sahl");
    let on = async |day| archive.office_on(&sahl, day).await.unwrap();
    let during = on(date(2032, 3, 15)).await;
    assert_eq!(during.care, Care::Charge);
    assert_eq!(during.holders[0].person, handle("boris"));
    assert!(during.in_doubt.iter().any(|p| p.person == handle("anna")));
    assert_eq!(on(date(2032, 6, 1)).await.care, Care::Holder);
}
