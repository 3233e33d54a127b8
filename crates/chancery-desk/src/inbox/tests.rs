//! Reading lists of large archives, embargoes under a moving clock, serials in a race.

use std::str::FromStr;
use std::time::Duration;

use chancery_domain::{Capacity, Day, EndReason, Handle, Particulars, Term};
use chancery_text::build::Choice;
use jiff::civil::date;
use sqlx::{Connection, SqliteConnection};

use crate::{
    Archive, Circulation, Clock, DeskError, DraftText, Finders, Format, Head, NewPaper,
    OfficeDetails, PersonDetails,
};
use jiff::{Timestamp, ToSpan};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for assistance regarding the harbour.";

fn handle(text: &str) -> Handle {
    Handle::from_str(text).unwrap()
}

fn noon() -> Timestamp {
    "2032-06-01T12:00:00Z".parse().unwrap()
}

/// anna holds the embassy, boris the capital; carla held the capital in May only.
async fn ministry() -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::Fixed(noon());
    let archive = Archive::init(&folder.path().join("a"), clock).await.unwrap();
    for office in ["embassy", "capital"] {
        archive.add_office(&handle(office), &OfficeDetails::default(), None).await.unwrap();
    }
    for (person, office, from, to) in [
        ("anna", "embassy", date(2032, 1, 1), None),
        ("boris", "capital", date(2032, 1, 1), None),
        ("carla", "capital", date(2032, 1, 1), Some(date(2032, 6, 10))),
    ] {
        archive.add_person(&handle(person), &PersonDetails::default(), None).await.unwrap();
        let (person, office) = (handle(person), handle(office));
        let capacity = Capacity::Substantive;
        archive
            .start_posting(&person, &office, capacity, Term::from(from), true, None)
            .await
            .unwrap();
        if let Some(to) = to {
            let (to, why) = (Day::exact(to), EndReason::TermOver);
            archive.end_posting(&person, &office, to, None, why, None).await.unwrap();
        }
    }
    (folder, archive)
}

fn cable(lifts: Option<Timestamp>) -> NewPaper {
    NewPaper {
        head: Head { subject: "Talks".into(), ..Head::default() },
        from: handle("embassy"),
        origin_reads: true,
        to: vec![handle("capital")],
        info: Vec::new(),
        circulation: Circulation {
            particulars: Particulars { lifts, ..Particulars::default() },
            ..Circulation::default()
        },
        text: DraftText::from_file(TEXT, true, Choice::default()),
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_embargo_holds_to_the_millisecond_and_counts_nobody_before_it_lifts() {
    let (_folder, mut archive) = ministry().await;
    let (anna, boris) = (handle("anna"), handle("boris"));
    let lifts: Timestamp = "2032-06-20T09:30:00.000Z".parse().unwrap();
    let embargoed = archive.draft(&cable(Some(lifts)), &anna).await.unwrap();
    archive.release(&embargoed, &anna, &Finders::embedded()).await.unwrap();
    let free = archive.draft(&cable(None), &anna).await.unwrap();
    archive.release(&free, &anna, &Finders::embedded()).await.unwrap();
    for (before, open) in [(1, false), (0, true)] {
        archive.set_clock(Clock::Fixed(lifts - Duration::from_millis(before)));
        assert_eq!(archive.may_open(&embargoed, &boris).await.unwrap(), open, "{before} ms before");
        assert!(archive.may_open(&embargoed, &anna).await.unwrap(), "the office's own");
        let listed = archive.inbox(&boris, 10, None).await.unwrap();
        assert_eq!(listed.papers.iter().any(|p| p.paper == embargoed), open);
        let copy = archive.open_copy(&embargoed, &boris, Format::Txt).await;
        match copy {
            Ok(_) => assert!(open),
            Err(DeskError::Refused(refusal)) => {
                assert!(!open && refusal.to_string().contains("embargo until 2032-06-20T09:30"));
            }
            Err(other) => panic!("{other}"),
        }
    }
    // N: without an embargo carla counts, who left before it lifts; with it she was never entitled.
    let mut tx = archive.store.begin().await.unwrap();
    let n = async |tx: &mut chancery_store::Tx, paper: &str, until| {
        let id = archive.find_paper(tx, paper).await.unwrap().id;
        archive.entitled(tx, id, date(2032, 6, 1), until).await.unwrap().len()
    };
    assert_eq!(n(&mut tx, &free, date(2032, 6, 19)).await, 3);
    assert_eq!(n(&mut tx, &embargoed, date(2032, 6, 19)).await, 1, "its own office's alone");
    assert_eq!(n(&mut tx, &embargoed, date(2032, 6, 20)).await, 2);
}

#[tokio::test(flavor = "current_thread")]
async fn serials_have_no_gaps_and_begin_anew_each_year() {
    let (_folder, mut archive) = ministry().await;
    let anna = handle("anna");
    let finders = Finders::embedded();
    let mut papers = Vec::new();
    for _ in 0..6 {
        papers.push(archive.draft(&cable(None), &anna).await.unwrap());
    }
    // A release that is refused takes no number.
    let empty = NewPaper { to: Vec::new(), ..cable(None) };
    let empty = archive.draft(&empty, &anna).await.unwrap();
    let (a, b, refused, c) = tokio::join!(
        archive.release(&papers[0], &anna, &finders),
        archive.release(&papers[1], &anna, &finders),
        archive.release(&empty, &anna, &finders),
        archive.release(&papers[2], &anna, &finders),
    );
    assert!(matches!(refused, Err(DeskError::Refused(_))), "{refused:?}");
    let mut serials: Vec<String> = [a, b, c].map(|r| r.unwrap().serial.unwrap()).to_vec();
    serials.sort();
    assert_eq!(serials, ["TELNO 1 of 2032", "TELNO 2 of 2032", "TELNO 3 of 2032"]);
    let release = async |archive: &Archive, paper: &str| {
        archive.release(paper, &anna, &finders).await.unwrap().serial.unwrap()
    };
    // Each office counts for itself.
    let other = NewPaper { from: handle("capital"), to: vec![handle("embassy")], ..cable(None) };
    let boris = handle("boris");
    let other = archive.draft(&other, &boris).await.unwrap();
    let other = archive.release(&other, &boris, &finders).await.unwrap();
    assert_eq!(other.serial.unwrap(), "TELNO 1 of 2032");
    let last: Timestamp = "2032-12-31T23:59:59.999Z".parse().unwrap();
    archive.set_clock(Clock::Fixed(last));
    assert_eq!(release(&archive, &papers[3]).await, "TELNO 4 of 2032");
    archive.set_clock(Clock::Fixed(last + 1.millisecond()));
    assert_eq!(release(&archive, &papers[4]).await, "TELNO 1 of 2033");
    // The database itself refuses a number that is given.
    let path = archive.folder.join("archive.sqlite");
    archive.close().await;
    let mut raw = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
    let twice = "UPDATE paper SET serial = 1 WHERE id = 2";
    assert!(sqlx::query(twice).execute(&mut raw).await.is_err());
}

/// A page of a list of `CHANCERY_FULL` 1,000,000, otherwise 20,000 papers, of which the reader has opened
/// the newest 2,000: the page has to pass them all.
#[tokio::test(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "measures time")]
async fn a_page_of_a_long_list_takes_less_than_fifty_milliseconds() {
    let full = std::env::var_os("CHANCERY_FULL").is_some();
    let (papers, opened, shown) = if full { (1_000_000, 10_000, 40) } else { (20_000, 2_000, 40) };
    let (_folder, archive) = ministry().await;
    let (anna, boris) = (handle("anna"), handle("boris"));
    let first = archive.draft(&cable(None), &anna).await.unwrap();
    archive.release(&first, &anna, &Finders::embedded()).await.unwrap();
    // Rows as a release leaves them, written at once; ids grow with the instants.
    let mut act = archive.act().await.unwrap();
    let head = Head { subject: "Bulk".into(), ..Head::default() };
    let real: Vec<(i64, Vec<u8>)> = (papers - opened - shown + 1..=papers - opened)
        .map(|at| at + 1)
        .map(|id| (id, archive.seal_head(chancery_store::PaperId(id), None, &head).unwrap()))
        .collect();
    act.enter("test", []).await.unwrap();
    act.commit().await.unwrap();
    let path = archive.folder.join("archive.sqlite");
    let folder = archive.folder.clone();
    archive.close().await;
    let mut raw = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= {papers})"
    );
    let base = noon().as_millisecond() + 1000;
    for statement in [
        format!(
            "INSERT INTO paper (id, state, office, released, released_at, sealed) {numbers}
             SELECT i, 'released', 1, '2032-06-01', {base} + i, x'00' FROM n"
        ),
        format!(
            "INSERT INTO distribution (paper, office, addressed, released_at) {numbers}
             SELECT i, 2, 'action', {base} + i FROM n"
        ),
        format!(
            "INSERT INTO reading (paper, person, office, at, leaf) {numbers}
             SELECT i, 2, 2, {base}, 0 FROM n WHERE i > {}",
            papers - opened + 1
        ),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut raw).await.unwrap();
    }
    for (id, sealed) in real {
        let update = sqlx::query("UPDATE paper SET sealed = $2 WHERE id = $1");
        update.bind(id).bind(sealed).execute(&mut raw).await.unwrap();
    }
    raw.close().await.unwrap();
    let archive = Archive::open(&folder, Clock::Fixed(noon() + 48.hours())).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = std::time::Instant::now();
        let page = archive.inbox(&boris, 25, None).await.unwrap();
        times.push(begun.elapsed());
        assert_eq!(page.papers.len(), 25);
        assert!(page.papers.iter().all(|p| !p.read && p.subject == "Bulk"));
        assert_eq!(page.papers[0].paper, format!("P{}", papers - opened + 1));
        let next = archive.inbox(&boris, 10, page.next.as_deref()).await.unwrap();
        assert_eq!(next.papers[0].paper, format!("P{}", papers - opened + 1 - 25));
    }
    times.sort();
    eprintln!("{papers} papers, {opened} opened: a page in {:?} (median of 5)", times[2]);
    assert!(times[2] < Duration::from_millis(50), "{times:?}");
}
