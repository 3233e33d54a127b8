//! What a drafter is asked: every place of a class whose places read too badly to be taken unseen.

use chancery_domain::{Capacity, Term};
use chancery_text::order::{AUTOMATIC, CATALOGUE};

use super::*;
use crate::{Clock, OfficeDetails, PersonDetails};

/// One place of each such class, each in a paragraph of its own.
const TEXT: &str = "\
Both US and Norway agreed to the terms of the new treaty.

Talks with US, Peru and Kenya went on through the whole of the winter.

They spoke of its independence and freedom.

He read the note which she wrote.

They read the pact which was signed in May.

They will continue to press him.

He spoke about Norway’s security.

If the port closes, the boats will leave.
";

#[tokio::test(flavor = "current_thread")]
async fn classes_that_read_badly_are_questions_until_the_drafter_accepts_them() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
    let (anna, desk): (Handle, Handle) = ("anna".parse().unwrap(), "desk".parse().unwrap());
    let details =
        OfficeDetails { title: "The desk".into(), kind: "desk".into(), ..OfficeDetails::default() };
    archive.add_office(&desk, &details, None).await.unwrap();
    let details = PersonDetails { name: "Anna Example".into(), ..PersonDetails::default() };
    archive.add_person(&anna, &details, None).await.unwrap();
    let since = Term::from(jiff::civil::date(2020, 1, 1));
    archive.start_posting(&anna, &desk, Capacity::Substantive, since, false, None).await.unwrap();
    let paper = NewPaper {
        head: Head { from: "desk".into(), subject: "talks".into(), ..Head::default() },
        from: desk.clone(),
        origin_reads: true,
        to: vec![desk],
        info: Vec::new(),
        circulation: Circulation::default(),
        text: DraftText::from_file(TEXT, false, Choice::default()),
    };
    let id = archive.draft(&paper, &anna).await.unwrap();
    let finders = Finders::embedded();
    let shown = archive.check(&id, &finders, &[], &[], 5, Some(&anna)).await.unwrap();
    let poor: Vec<&str> = CATALOGUE
        .iter()
        .filter(|class| !class.judged.is_some_and(|judged| judged.reaches(AUTOMATIC)))
        .map(|class| class.rule)
        .collect();
    assert!(poor.len() >= 8, "{poor:?}");
    let mut keys = Vec::new();
    for rule in &poor {
        let places: Vec<_> = shown.places.iter().filter(|place| place.rule == *rule).collect();
        assert!(!places.is_empty(), "{rule} needs a place in the text");
        assert!(places.iter().all(|place| place.state == "question"), "{rule}: {places:?}");
        keys.push(places[0].key.clone());
    }
    let shown = archive.check(&id, &finders, &[], &keys, 5, Some(&anna)).await.unwrap();
    let sites = shown.places.iter().filter(|place| place.state == "site");
    let taken = sites.filter(|place| keys.contains(&place.key)).count();
    assert_eq!(taken, keys.len(), "accepted one by one they are sites");
}
