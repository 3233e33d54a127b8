//! Who may change the registry: before a custodian is named, and after.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::num::NonZeroU32;

use chancery_desk::{Archive, Clock, DeskError, OfficeDetails, PersonDetails, PostingRecord};
use chancery_domain::watch::Watch;
use chancery_domain::{Capacity, Day, EndReason, Handle, House, Term};
use jiff::civil::{Date, date};

const TODAY: Date = date(2032, 1, 10);

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

fn refused<T: std::fmt::Debug>(done: Result<T, DeskError>, words: &str) {
    let error = done.unwrap_err();
    assert_eq!(error.exit_code(), 3, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

/// The head appoints to the desk, which has one seat, and the registry keeps the house.
struct Ministry {
    archive: Archive,
    _folder: tempfile::TempDir,
}

impl Ministry {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::Fixed("2032-01-10T09:00:00Z".parse().unwrap());
        let archive = Archive::init(&folder.path().join("a"), clock).await.unwrap();
        for (office, parent) in
            [("head", None), ("registry", None), ("archive", None), ("desk", Some("head"))]
        {
            let parent = parent.map(h);
            let details = OfficeDetails { parent, seats: NonZeroU32::new(1), ..Default::default() };
            archive.add_office(&h(office), &details, None).await.unwrap();
        }
        let ministry = Self { archive, _folder: folder };
        for (person, office) in [
            ("chief", Some("head")),
            ("keeper", Some("registry")),
            ("clerk", Some("archive")),
            ("second", Some("desk")),
            ("outsider", None),
            ("next", None),
        ] {
            let details = PersonDetails::default();
            ministry.archive.add_person(&h(person), &details, None).await.unwrap();
            if let Some(office) = office {
                ministry.start(person, office, None).await.unwrap();
            }
        }
        ministry
    }

    async fn name_custodian(&self) {
        let house = House { custodian: Some(h("registry")), ..House::default() };
        self.archive.set_house_rules(&house, &h("outsider")).await.unwrap();
    }

    async fn start(&self, person: &str, office: &str, who: Option<&str>) -> Result<(), DeskError> {
        let term = Term::from(date(2030, 1, 1));
        let (person, office, who) = (h(person), h(office), who.map(h));
        let substantive = Capacity::Substantive;
        self.archive.start_posting(&person, &office, substantive, term, false, who.as_ref()).await
    }

    async fn end(
        &self,
        person: &str,
        on: Date,
        reason: EndReason,
        who: Option<&str>,
    ) -> Result<(), DeskError> {
        let (person, who) = (h(person), who.map(h));
        let on = Day::exact(on);
        self.archive.end_posting(&person, &h("desk"), on, None, reason, who.as_ref()).await
    }

    async fn succeed(&self, to: &str, day: Date, who: &str) -> Result<(), DeskError> {
        self.archive.succeed(&h("desk"), &h("second"), &h(to), day, &h(who)).await
    }

    async fn holders(&self, day: Date) -> Vec<Handle> {
        let there = self.archive.office_on(&h("desk"), day).await.unwrap();
        there.holders.into_iter().map(|posting| posting.person).collect()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn once_a_custodian_is_named_the_registry_is_shut_to_everybody_else() {
    let ministry = Ministry::new().await;
    let a = &ministry.archive;
    ministry.name_custodian().await;
    let bare = OfficeDetails::default();
    let office = OfficeDetails { parent: Some(h("archive")), ..Default::default() };
    let person = PersonDetails { clearance: Some("all".into()), ..Default::default() };
    let record = serde_json::json!({
        "id": "1", "person": "outsider", "kind": "principal-officer", "role": "desk", "post": "desk",
    });
    let records: [PostingRecord; 1] = [serde_json::from_value(record).unwrap()];
    let before = a.verify(|_, _| {}).await.unwrap().entries;
    for who in [None, Some("outsider"), Some("clerk"), Some("second")] {
        let words = if who.is_some() { "custodian's office" } else { "--as PERSON" };
        let by = who.map(h);
        let by = by.as_ref();
        refused(a.set_office(&h("desk"), &office, by).await, words);
        refused(a.add_office(&h("new"), &bare, by).await, words);
        refused(a.set_person(&h("outsider"), &person, by).await, words);
        refused(a.add_person(&h("new"), &person, by).await, words);
        refused(ministry.start("outsider", "archive", who).await, words);
        refused(ministry.end("second", TODAY, EndReason::Dismissal, who).await, words);
        refused(a.set_watch_rules(&Watch::default(), by).await, words);
        refused(a.import_postings(&records, by, |_, _| {}).await, words);
        if let Some(who) = who {
            refused(ministry.succeed("next", TODAY, who).await, words);
            let merged = a.merge_person(&h("next"), &h("keeper"), &h(who)).await;
            refused(merged, "custodian's office");
        }
    }
    assert_eq!(a.verify(|_, _| {}).await.unwrap().entries, before, "nothing was entered");
    // The control: the custodian may do all of it, the appointing office what is its own.
    let (keeper, chief) = (h("keeper"), h("chief"));
    a.add_person(&h("new"), &person, Some(&keeper)).await.unwrap();
    a.set_person(&h("outsider"), &person, Some(&keeper)).await.unwrap();
    a.set_watch_rules(&Watch::default(), Some(&keeper)).await.unwrap();
    a.import_postings(&records, Some(&keeper), |_, _| {}).await.unwrap();
    refused(a.add_person(&h("newer"), &person, Some(&chief)).await, "custodian's office");
    ministry.end("second", date(2032, 2, 1), EndReason::Transfer, Some("chief")).await.unwrap();
    let term = Term::from(date(2032, 2, 1));
    let (next, desk) = (h("next"), h("desk"));
    let posted =
        a.start_posting(&next, &desk, Capacity::Substantive, term, false, Some(&chief)).await;
    posted.unwrap();
    a.set_office(&desk, &office, Some(&chief)).await.unwrap();
    refused(a.set_office(&desk, &office, Some(&chief)).await, "appoints to this one");
}

#[tokio::test(flavor = "current_thread")]
async fn a_posting_ends_neither_in_the_past_nor_in_place_of_a_letter_nor_by_its_holder() {
    let ministry = Ministry::new().await;
    let yesterday = date(2032, 1, 9);
    let resigns = ministry.end("second", TODAY, EndReason::Resignation, None).await;
    refused(resigns, "resignation offer");
    refused(ministry.end("second", yesterday, EndReason::Recall, None).await, "in the past");
    refused(ministry.end("second", TODAY, EndReason::Recall, Some("second")).await, "his own");
    assert_eq!(ministry.holders(TODAY).await, [h("second")], "nothing of it took effect");
    ministry.end("second", TODAY, EndReason::Recall, Some("outsider")).await.unwrap();
    assert_eq!(ministry.holders(TODAY).await, [h("second")], "what was done this morning stands");
    let history = ministry.archive.posting_history(&h("second")).await.unwrap();
    let cut = history[0].term.cut.unwrap();
    assert_eq!(cut, "2032-01-10T09:00:00.001Z".parse().unwrap(), "and nothing from now on");
}

#[tokio::test(flavor = "current_thread")]
async fn an_office_passes_on_in_one_act_or_not_at_all() {
    for day in [TODAY, date(2032, 3, 1)] {
        let ministry = Ministry::new().await;
        ministry.name_custodian().await;
        // He holds it already from a later day on, so the second half is impossible.
        let later = Term::from(date(2032, 6, 1));
        let (clerk, desk, keeper) = (h("clerk"), h("desk"), h("keeper"));
        let a = &ministry.archive;
        a.start_posting(&clerk, &desk, Capacity::Substantive, later, true, Some(&keeper))
            .await
            .unwrap();
        refused(ministry.succeed("next", day, "keeper").await, "seat");
        assert_eq!(ministry.holders(date(2032, 5, 1)).await, [h("second")], "neither half");
        let seats = NonZeroU32::new(2);
        let details = OfficeDetails { seats, parent: Some(h("head")), ..Default::default() };
        a.set_office(&desk, &details, Some(&keeper)).await.unwrap();
        ministry.succeed("next", day, "keeper").await.unwrap();
        assert_eq!(ministry.holders(date(2032, 5, 1)).await, [h("next")]);
        assert!(ministry.succeed("next", day, "keeper").await.is_err(), "he has gone");
    }
    // With one seat too, and on the very day.
    let ministry = Ministry::new().await;
    ministry.succeed("next", TODAY, "outsider").await.unwrap();
    assert_eq!(ministry.holders(date(2032, 1, 11)).await, [h("next")]);
    assert!(ministry.succeed("next", TODAY, "second").await.is_err(), "not by himself");
    ministry.archive.verify(|_, _| {}).await.unwrap();
}
