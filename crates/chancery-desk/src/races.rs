//! Races between the end of a posting and the opening of a copy, told by the record.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chancery_domain::tenure::Effective;
use chancery_domain::{Capacity, EndReason, Handle, Posting, Term};
use chancery_store::{OfficeId, PersonId};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::draft::{Circulation, DraftText, Finders, NewPaper};
use crate::registry::{OfficeDetails, PersonDetails, known_office, known_person};
use crate::{Archive, Clock, DeskError, Format, Head, When};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour.";
/// Pairs of tasks that run against one another at a time.
const AT_ONCE: usize = 25;

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

/// An archive in which `persons` officers p0, p1… hold one office that reads P1.
async fn house(persons: usize) -> (tempfile::TempDir, Arc<Archive>, &'static AtomicI64) {
    let start: Timestamp = "2032-03-01T09:00:00Z".parse().unwrap();
    let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
    let mut act = archive.act().await.unwrap();
    let details = |parent: Option<&str>| OfficeDetails {
        title: "Office".into(),
        parent: parent.map(handle),
        ..OfficeDetails::default()
    };
    let head = act.office(&handle("head"), &details(None), None).await.unwrap().unwrap();
    let desk = act.office(&handle("desk"), &details(Some("head")), None).await.unwrap().unwrap();
    let term = Term::from(date(2032, 1, 1));
    let mut post = Vec::new();
    post.push(("chief".to_owned(), head));
    post.extend((0..persons).map(|at| (format!("p{at}"), desk)));
    for (name, office) in post {
        let details = PersonDetails { name: name.clone(), ..PersonDetails::default() };
        let person = act.person(&handle(&name), &details, None).await.unwrap().unwrap();
        let posting = Posting::new(person, office, Capacity::Substantive, term).unwrap();
        act.posting(&posting, None).await.unwrap();
    }
    act.commit().await.unwrap();
    let paper = NewPaper {
        head: Head { subject: "harbour".into(), ..Head::default() },
        from: handle("head"),
        origin_reads: true,
        to: vec![handle("desk")],
        info: Vec::new(),
        circulation: Circulation::default(),
        text: DraftText::from_file(TEXT, false, chancery_text::build::Choice::default()),
    };
    archive.draft(&paper, &handle("chief")).await.unwrap();
    archive.release("P1", &handle("chief"), &Finders::embedded()).await.unwrap();
    (folder, Arc::new(archive), time)
}

/// A small generator: the interleaving differs from race to race and is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

async fn wait(steps: u64) {
    for _ in 0..steps {
        tokio::task::yield_now().await;
    }
}

/// Opens P1 as `person` the right way, or, as the control, with the rules asked before the transaction.
async fn open(archive: &Archive, person: &Handle, inside: bool) -> Result<(), DeskError> {
    if inside {
        return archive.open_copy("P1", person, Format::Txt).await.map(|_| ());
    }
    if !archive.may_open("P1", person).await? {
        return Err(DeskError::Procedure("refused".into()));
    }
    tokio::task::yield_now().await;
    let mut act = archive.act().await?;
    let id = known_person(&mut act.tx, person).await?;
    let office = known_office(&mut act.tx, &handle("desk")).await?;
    let row = archive.find_paper(&mut act.tx, "P1").await?;
    let paper = archive.released(&mut act.tx, row).await?;
    act.open(&paper, id, office, Format::Txt).await?;
    act.commit().await
}

/// Races an end against openings for every person; half of the ends are at once, half some milliseconds
/// ahead.
async fn race(archive: &Arc<Archive>, time: &'static AtomicI64, persons: usize, inside: bool) {
    let mut dice = Dice(7);
    for batch in 0..persons.div_ceil(AT_ONCE) {
        let tasks = tokio::task::LocalSet::new();
        for at in batch * AT_ONCE..persons.min((batch + 1) * AT_ONCE) {
            let (first, between, end) = (dice.below(60), dice.below(40), dice.below(120));
            let ahead = i64::try_from(dice.below(300)).unwrap();
            let (opener, ender) = (Arc::clone(archive), Arc::clone(archive));
            let person = handle(&format!("p{at}"));
            let reader = person.clone();
            tasks.spawn_local(async move {
                wait(first).await;
                for _ in 0..6 {
                    if open(&opener, &reader, inside).await.is_err() {
                        return;
                    }
                    wait(between).await;
                }
            });
            tasks.spawn_local(async move {
                wait(end).await;
                let now = time.fetch_add(1, Ordering::SeqCst);
                let soon = Timestamp::from_millisecond(now + ahead).unwrap();
                let when = if at % 2 == 0 { When::Now } else { When::Then(Effective::At(soon)) };
                let (desk, chief) = (handle("desk"), handle("chief"));
                // An instant that has passed while the task waited for its turn is refused: then at once.
                for when in [when, When::Now] {
                    let why = EndReason::Dismissal;
                    if ender.end_tenure(&person, &desk, why, when, &chief).await.is_ok() {
                        break;
                    }
                }
            });
        }
        let ticking = Arc::clone(archive);
        tasks.spawn_local(async move {
            // Until it is alone with whoever asked for the race.
            while Arc::strong_count(&ticking) > 2 {
                time.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        });
        tasks.await;
    }
}

#[derive(Debug, Default)]
struct Told {
    ends: usize,
    scheduled: usize,
    openings: usize,
    late: usize,
}

/// What the record tells: openings that stand after an end at once, or bear its instant or a later one.
async fn told(archive: &Archive) -> Told {
    let mut told = Told::default();
    let mut ends: BTreeMap<(PersonId, OfficeId), (u64, Timestamp, bool)> = BTreeMap::new();
    let mut openings: Vec<(u64, Timestamp, PersonId, OfficeId)> = Vec::new();
    let mut names: BTreeMap<String, (PersonId, OfficeId)> = BTreeMap::new();
    let mut tx = archive.store.begin().await.unwrap();
    let desk = known_office(&mut tx, &handle("desk")).await.unwrap();
    for (id, name, _) in tx.persons().await.unwrap() {
        names.insert(name.to_string(), (id, desk));
    }
    // Who opened what stands beside the record: entries do not say whose copy they speak of.
    let mut readers: BTreeMap<u64, PersonId> = BTreeMap::new();
    for paper in tx.papers().await.unwrap() {
        let readings = tx.readings_of_paper(paper.id).await.unwrap();
        readers.extend(readings.into_iter().map(|reading| (reading.leaf, reading.person)));
    }
    drop(tx);
    fn field<T: serde::de::DeserializeOwned>(body: &crate::ledger::Body, name: &str) -> T {
        serde_json::from_value(body.fields.get(name).cloned().unwrap_or(Value::Null)).unwrap()
    }
    archive
        .walk(|position, body| {
            let at: Timestamp = body.at.parse().unwrap();
            match body.kind.as_str() {
                "copy.opened" => {
                    let person = readers[&position];
                    openings.push((position, at, person, field(body, "office")));
                }
                "posting.ended" => {
                    let term: Term = field(body, "term");
                    let cut = term.cut.unwrap();
                    let at_once = cut.as_millisecond() == at.as_millisecond() + 1;
                    assert_eq!(field::<String>(body, "office"), "desk");
                    ends.insert(names[&field::<String>(body, "person")], (position, cut, at_once));
                }
                _ => {}
            }
            Ok(())
        })
        .await
        .unwrap();
    told.ends = ends.len();
    told.scheduled = ends.values().filter(|(.., at_once)| !at_once).count();
    told.openings = openings.len();
    for (position, at, person, office) in openings {
        let Some((end, effective, at_once)) = ends.get(&(person, office)) else { continue };
        told.late += usize::from(at >= *effective || (*at_once && position > *end));
    }
    told
}

#[tokio::test(flavor = "current_thread")]
async fn of_five_hundred_races_none_opens_a_copy_after_the_end() {
    let (_folder, archive, time) = house(500).await;
    race(&archive, time, 500, true).await;
    let told = told(&archive).await;
    println!("{told:?}");
    assert_eq!((told.ends, told.late), (500, 0), "{told:?}");
    assert!(told.scheduled > 50 && told.openings > 250, "a race has two sides: {told:?}");
    archive.verify(|_, _| {}).await.unwrap();
}

/// The negative control: asking the rules first and opening in a transaction afterwards.
#[tokio::test(flavor = "current_thread")]
async fn asked_outside_the_transaction_the_rules_come_too_late() {
    let (_folder, archive, time) = house(100).await;
    race(&archive, time, 100, false).await;
    let told = told(&archive).await;
    println!("{told:?}");
    assert!(told.late > 0, "{told:?}");
}

/// A clock that stands still, or is set back, gives nobody his office back.
#[tokio::test(flavor = "current_thread")]
async fn a_clock_that_is_set_back_gives_no_office_back() {
    let (_folder, archive, time) = house(1).await;
    let (p0, desk, chief) = (handle("p0"), handle("desk"), handle("chief"));
    archive.open_copy("P1", &p0, Format::Txt).await.unwrap();
    let token = archive.open_session(&p0).await.unwrap();
    archive.end_tenure(&p0, &desk, EndReason::Recall, When::Now, &chief).await.unwrap();
    for back in [0, 3_600_000] {
        time.fetch_sub(back, Ordering::SeqCst);
        assert!(archive.open_copy("P1", &p0, Format::Txt).await.is_err());
        assert!(archive.session(&token).await.is_err());
        assert!(archive.open_session(&p0).await.is_err());
    }
    assert_eq!(json!(told(&archive).await.late), 0);
}
