//! Offices and their people: seats, cuts, readers on a day, certificates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use chancery_desk::{
    Archive, Clock, DeskError, DraftText, Finders, Format, Head, NewPaper, OfficeDetails,
    PersonDetails, RetentionChange, VerifierKey, verify_certificate,
};
use chancery_domain::{Capacity, Care, Day, EndReason, Handle, Label, Term};
use chancery_text::build::Choice;
use jiff::civil::{Date, date};

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

fn at(instant: &str) -> Clock {
    Clock::Fixed(instant.parse().unwrap())
}

/// The embassy with two seats' worth of people and the capital; a paper from the one to the other.
async fn ministry(folder: &Path) -> Archive {
    let archive = Archive::init(&folder.join("archive"), at("2032-01-10T09:00:00Z")).await.unwrap();
    for office in ["capital", "embassy"] {
        let details = OfficeDetails {
            title: format!("The {office}"),
            kind: "embassy".into(),
            seats: std::num::NonZeroU32::new(1),
            ..OfficeDetails::default()
        };
        archive.add_office(&handle(office), &details, None).await.unwrap();
    }
    for person in ["anna", "boris", "carla"] {
        let details =
            PersonDetails { name: format!("{person} Example"), ..PersonDetails::default() };
        archive.add_person(&handle(person), &details, None).await.unwrap();
    }
    archive
}

async fn start(archive: &Archive, person: &str, office: &str, from: Date) -> Result<(), DeskError> {
    let (person, office) = (handle(person), handle(office));
    archive
        .start_posting(&person, &office, Capacity::Substantive, Term::from(from), false, None)
        .await
}

async fn paper(archive: &Archive, classification: &str) -> String {
    let text = "1. The talks began prior to the visit. However, the Minister replied that the present arrangements were adequate.\n";
    let label = Label { classification: classification.into(), ..Label::default() };
    let head = Head { from: "embassy".into(), subject: "talks".into(), label, ..Head::default() };
    let paper = NewPaper {
        head,
        from: handle("embassy"),
        origin_reads: true,
        to: vec![handle("capital")],
        info: Vec::new(),
        circulation: chancery_desk::Circulation::default(),
        text: DraftText::from_file(text, false, Choice::default()),
    };
    let id = archive.draft(&paper, &handle("anna")).await.unwrap();
    archive.release(&id, &handle("anna"), &Finders::embedded()).await.unwrap();
    id
}

#[tokio::test(flavor = "current_thread")]
async fn an_office_has_no_more_holders_than_seats() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ministry(folder.path()).await;
    start(&archive, "anna", "embassy", date(2031, 1, 1)).await.unwrap();
    let refused = start(&archive, "boris", "embassy", date(2032, 1, 1)).await.unwrap_err();
    assert_eq!(refused.exit_code(), 3, "{refused}");
    let (boris, embassy) = (handle("boris"), handle("embassy"));
    let charge = Term::from(date(2032, 1, 1));
    archive.start_posting(&boris, &embassy, Capacity::Charge, charge, false, None).await.unwrap();
    let anna = handle("anna");
    let end = Day::exact(date(2032, 2, 1));
    archive.end_posting(&anna, &embassy, end, None, EndReason::TermOver, None).await.unwrap();
    start(&archive, "carla", "embassy", date(2032, 2, 1)).await.unwrap();
    let term = Term::from(date(2032, 3, 1));
    archive.start_posting(&boris, &embassy, Capacity::Substantive, term, true, None).await.unwrap();
    let history = archive.posting_history(&embassy).await.unwrap();
    let overlaps: Vec<_> = history.iter().filter(|p| p.overlap).map(|p| &p.person).collect();
    assert_eq!(overlaps, [&boris]);
    // More seats, changed as an act of its own, and nothing is beyond them.
    let known = archive.office(&embassy).await.unwrap().details;
    let seats = std::num::NonZeroU32::new(3);
    archive.set_office(&embassy, &OfficeDetails { seats, ..known.clone() }, None).await.unwrap();
    start(&archive, "anna", "embassy", date(2032, 4, 1)).await.unwrap();
    let itself = OfficeDetails { parent: Some(embassy.clone()), ..known };
    assert!(archive.set_office(&embassy, &itself, None).await.is_err());
    let kinds = archive.verify(|_, _| {}).await.unwrap().kinds;
    assert_eq!(kinds.get("office.changed"), Some(&1));
}

#[tokio::test(flavor = "current_thread")]
async fn vacancies_say_since_when_and_in_whose_care() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ministry(folder.path()).await;
    start(&archive, "anna", "embassy", date(2031, 1, 1)).await.unwrap();
    let (anna, embassy) = (handle("anna"), handle("embassy"));
    let end = Day::exact(date(2032, 2, 1));
    archive.end_posting(&anna, &embassy, end, None, EndReason::Recall, None).await.unwrap();
    let term = Term::from(date(2032, 2, 1));
    archive
        .start_posting(&handle("boris"), &embassy, Capacity::Charge, term, false, None)
        .await
        .unwrap();
    let before = archive.vacancies(None, Some(date(2032, 1, 31))).await.unwrap();
    assert!(before.iter().all(|v| v.office != embassy));
    let after = archive.vacancies(None, Some(date(2032, 2, 1))).await.unwrap();
    let vacancy = after.iter().find(|v| v.office == embassy).unwrap();
    assert_eq!((vacancy.care, vacancy.since), (Care::Charge, Some(end)));
    assert_eq!(vacancy.by, [handle("boris")]);
    assert_eq!((&vacancy.last, vacancy.reason), (&Some(anna), Some(EndReason::Recall)));
    // An office that nobody ever held is vacant too, and says so when it is asked about alone.
    let capital = archive.vacancies(Some(&handle("capital")), None).await.unwrap();
    assert_eq!((capital.len(), capital[0].care, &capital[0].last), (1, Care::Nobody, &None));
    start(&archive, "carla", "capital", date(2032, 6, 1)).await.unwrap();
    let capital = archive.vacancies(Some(&handle("capital")), None).await.unwrap();
    assert_eq!(capital[0].next, Some((handle("carla"), Day::exact(date(2032, 6, 1)))));
    assert!(archive.vacancies(Some(&embassy), None).await.unwrap().is_empty(), "anna holds it");
    assert!(archive.vacancies(Some(&handle("nowhere")), None).await.is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn who_could_and_who_did_read_on_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = ministry(folder.path()).await;
    start(&archive, "anna", "embassy", date(2031, 1, 1)).await.unwrap();
    start(&archive, "boris", "capital", date(2031, 1, 1)).await.unwrap();
    let paper = paper(&archive, "").await;
    let (boris, capital) = (handle("boris"), handle("capital"));
    archive.open_copy(&paper, &boris, Format::Html).await.unwrap();
    // Boris is dismissed within the day; access ends at once.
    let cut = "2032-01-20T15:00:00Z";
    archive.set_clock(at(cut));
    let end = Day::exact(date(2032, 1, 21));
    let cut = Some(cut.parse().unwrap());
    archive.end_posting(&boris, &capital, end, cut, EndReason::Dismissal, None).await.unwrap();
    let refused = archive.open_copy(&paper, &boris, Format::Txt).await.unwrap_err();
    assert_eq!(refused.exit_code(), 3, "{refused}");
    archive.set_clock(at("2032-01-20T14:59:59Z"));
    archive.open_copy(&paper, &boris, Format::Txt).await.unwrap();
    start(&archive, "carla", "capital", date(2032, 1, 21)).await.unwrap();

    let names = async |day| {
        let readers = archive.paper_readers(&paper, Some(day)).await.unwrap();
        let entitled = readers.entitled.iter().map(|r| format!("{} {}", r.person, r.office));
        (entitled.collect::<Vec<_>>(), readers.readings.len())
    };
    assert_eq!(names(date(2032, 1, 9)).await, (vec![], 0), "not yet released");
    let both = vec!["anna embassy".to_owned(), "boris capital".to_owned()];
    assert_eq!(names(date(2032, 1, 10)).await, (both.clone(), 1));
    assert_eq!(names(date(2032, 1, 20)).await, (both, 1), "before the cut");
    let then = vec!["anna embassy".to_owned(), "carla capital".to_owned()];
    assert_eq!(names(date(2032, 1, 21)).await, (then, 0));
    let all = archive.paper_readers(&paper, None).await.unwrap();
    let formats: Vec<_> = all.readings.iter().map(|r| r.format.as_str()).collect();
    assert_eq!(formats, ["html", "txt"]);
    assert_eq!(all.readings[0].office, capital);
}

#[tokio::test(flavor = "current_thread")]
async fn an_export_leaves_out_who_is_only_counted() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ministry(folder.path()).await;
    start(&archive, "anna", "embassy", date(2031, 1, 1)).await.unwrap();
    let month = "2032-01".parse().unwrap();
    let term = Term { start: Some(month), ..Term::default() };
    let (boris, capital) = (handle("boris"), handle("capital"));
    archive
        .start_posting(&boris, &capital, Capacity::Substantive, term, false, None)
        .await
        .unwrap();
    let paper = paper(&archive, "").await;
    let readers = archive.paper_readers(&paper, None).await.unwrap();
    assert_eq!(readers.in_doubt, [boris]);
    let out = folder.path().join("copies");
    archive.add_office(&handle("security"), &OfficeDetails::default(), None).await.unwrap();
    start(&archive, "carla", "security", date(2031, 1, 1)).await.unwrap();
    let (anna, carla) = (handle("anna"), handle("carla"));
    let both = Some((&anna, &carla));
    let exported = archive.export_copies(&paper, Format::Txt, &out, both, |_, _| {}).await.unwrap();
    assert_eq!(exported.files, 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_certificate_holds_off_line_and_no_forgery_does() {
    let folder = tempfile::tempdir().unwrap();
    let archive = ministry(folder.path()).await;
    start(&archive, "anna", "embassy", date(2031, 1, 1)).await.unwrap();
    start(&archive, "boris", "capital", date(2031, 1, 1)).await.unwrap();
    let (anna, embassy) = (handle("anna"), handle("embassy"));
    let open = archive.certify_posting(&anna, &embassy).await.unwrap();
    let key: VerifierKey = archive.verifier_key();
    let held = verify_certificate(open.as_bytes(), &key).unwrap();
    assert!(held.statement().contains("held it still"), "{}", held.statement());
    let end = Day::exact(date(2032, 1, 15));
    archive.end_posting(&anna, &embassy, end, None, EndReason::TermOver, None).await.unwrap();
    let text = archive.certify_posting(&anna, &embassy).await.unwrap();
    let held = verify_certificate(text.as_bytes(), &key).unwrap();
    assert_eq!(
        held.statement(),
        "anna Example held the office “The embassy” from 2031-01-01 until 2032-01-15, that day not included."
    );
    for (from, to) in
        [("anna Example", "boris Example"), ("2032-01-15", "2032-01-16"), ("\"anna\"", "\"boris\"")]
    {
        let forged = text.replace(from, to);
        assert_ne!(forged, text);
        assert!(verify_certificate(forged.as_bytes(), &key).is_err(), "{to}");
    }
    let other = tempfile::tempdir().unwrap();
    let other = ministry(other.path()).await;
    assert!(verify_certificate(text.as_bytes(), &other.verifier_key()).is_err());
    assert!(archive.certify_posting(&anna, &handle("capital")).await.is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn a_day_is_judged_by_its_own_clearances_and_labels() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = ministry(folder.path()).await;
    let cleared = async |archive: &Archive, person: &str, words: &str| {
        let clearance = Some(serde_json::Value::from(words));
        let details = PersonDetails { clearance, ..PersonDetails::default() };
        archive.set_person(&handle(person), &details, None).await.unwrap();
    };
    for (person, office) in [("anna", "embassy"), ("boris", "capital"), ("carla", "capital")] {
        let (person, office, term) = (handle(person), handle(office), Term::from(date(2031, 1, 1)));
        let substantive = Capacity::Substantive;
        archive.start_posting(&person, &office, substantive, term, true, None).await.unwrap();
    }
    let us = chancery_domain::label::Policy::shipped_xml("us-like").unwrap();
    archive.set_policy(us, &handle("anna")).await.unwrap();
    for (person, words) in [("anna", "SECRET"), ("boris", "SECRET"), ("carla", "CONFIDENTIAL")] {
        cleared(&archive, person, words).await;
    }
    let paper = paper(&archive, "SECRET").await;
    archive.open_copy(&paper, &handle("boris"), Format::Txt).await.unwrap();
    // Boris loses his clearance, Carla gets one, and at last the paper is lowered.
    archive.set_clock(at("2032-01-12T09:00:00Z"));
    cleared(&archive, "boris", "UNCLASSIFIED").await;
    archive.set_clock(at("2032-01-14T09:00:00Z"));
    cleared(&archive, "carla", "SECRET").await;
    archive.set_clock(at("2032-01-16T09:00:00Z"));
    let lower = RetentionChange::Downgrade("UNCLASSIFIED".into(), None);
    archive.retain(&paper, &handle("anna"), &lower).await.unwrap();

    for (day, readers) in [
        (10, vec!["anna", "boris"]),
        // On the day of a change, who could read before it or after it.
        (12, vec!["anna", "boris"]),
        (13, vec!["anna"]),
        (14, vec!["anna", "carla"]),
        (15, vec!["anna", "carla"]),
        (16, vec!["anna", "boris", "carla"]),
    ] {
        let found = archive.paper_readers(&paper, Some(date(2032, 1, day))).await.unwrap();
        let found: Vec<_> = found.entitled.iter().map(|r| r.person.as_str().to_owned()).collect();
        assert_eq!(found, readers, "on the {day}th");
    }
}
