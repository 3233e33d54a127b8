//! The story that everything must serve, from the ambassador's first cable to his successor's first reading.
//!
//! A posting with a planned end in December; cables, cleared, approved and released; a leak and its inquiry;
//! the host's stance; a resignation offered and accepted; a vacancy with a chargé; a successor six months
//! later. At each step it is asserted who may read what, both ways, and at the end the record verifies.
//! All persons and offices are invented.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicI64, Ordering};

use chancery_desk::{
    Archive, Circulation, Clock, DraftText, Finders, Format, Happened, Head, LeakFile, Letter,
    NewPaper, OfficeDetails, PersonDetails, Request, Traced, When, verify_certificate,
    verify_handover,
};
use chancery_domain::tenure::Effective;
use chancery_domain::{
    AccreditationEvent, Capacity, Day, EndReason, Handle, House, PaperKind, Particulars, Source,
    Stance, Term,
};
use chancery_text::build::Choice;
use jiff::Timestamp;
use jiff::civil::{Date, date};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.\n\nIn addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend.\n\nThe northern delegation arrived prior to the talks, and it began to press for additional loans regarding the bridge. However, the governor replied that the present sums were adequate for now.";

const ORDER: &str = "Please ask the harbour master which of the two piers can take a ferry in winter, and by when the second could be mended.";
const STATEMENT: &str = "I thank everyone who has worked with me in these years. Our two countries are close, and they will stay so whoever sits at this desk.";

/// The service of Aldermark, as far as this story goes: who sits where in January 2032.
const OFFICES: [(&str, Option<&str>); 6] = [
    ("head-of-service", None),
    ("ostrey-embassy", Some("head-of-service")),
    ("northern-department", Some("head-of-service")),
    ("minister-office", Some("head-of-service")),
    ("legal-adviser", Some("head-of-service")),
    ("security", Some("head-of-service")),
];
const PEOPLE: [(&str, &str); 9] = [
    ("orlan", "head-of-service"),
    ("marrack", "ostrey-embassy"),
    ("tarn", "ostrey-embassy"),
    ("pell", "northern-department"),
    ("quist", "northern-department"),
    ("dane", "minister-office"),
    ("lowe", "legal-adviser"),
    ("brandt", "security"),
    ("voss", ""),
];

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

struct Story {
    _folder: tempfile::TempDir,
    archive: Archive,
    time: &'static AtomicI64,
}

impl Story {
    async fn begin() -> Self {
        let start: Timestamp = "2032-01-05T09:00:00Z".parse().unwrap();
        let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
        for (office, parent) in OFFICES {
            let parent = parent.map(h);
            let details = OfficeDetails { title: office.into(), parent, ..Default::default() };
            archive.add_office(&h(office), &details, None).await.unwrap();
        }
        for (person, office) in PEOPLE {
            let details = PersonDetails { name: person.into(), ..Default::default() };
            archive.add_person(&h(person), &details, None).await.unwrap();
            if office.is_empty() {
                continue;
            }
            let planned_end = (person == "marrack").then_some(Day::exact(date(2032, 12, 15)));
            let term = Term { planned_end, ..Term::from(date(2030, 1, 1)) };
            let capacity = Capacity::Substantive;
            archive
                .start_posting(&h(person), &h(office), capacity, term, true, None)
                .await
                .unwrap();
        }
        let house = House { self_release: false, ..House::default() };
        archive.set_house_rules(&house, &h("orlan")).await.unwrap();
        Self { _folder: folder, archive, time }
    }

    fn at(&self, instant: &str) {
        let at: Timestamp = instant.parse().unwrap();
        assert!(at.as_millisecond() >= self.time.load(Ordering::SeqCst), "time goes on");
        self.time.store(at.as_millisecond(), Ordering::SeqCst);
    }

    async fn draft(
        &self,
        (who, from): (&str, &str),
        to: &str,
        info: &[&str],
        (text, circulation): (&str, Circulation),
    ) -> String {
        let paper = NewPaper {
            head: Head { subject: "The harbour".into(), ..Head::default() },
            from: h(from),
            origin_reads: true,
            to: vec![h(to)],
            info: info.iter().map(|o| h(o)).collect(),
            circulation,
            text: DraftText::from_file(text, false, Choice::default()),
        };
        self.archive.draft(&paper, &h(who)).await.unwrap()
    }

    /// Who may read what, all of it: for each paper the persons who may; nobody else does.
    async fn expect(&self, step: &str, readers: &[(&str, &[&str])]) {
        for (paper, may) in readers {
            for (person, _) in PEOPLE {
                let reads = self.archive.may_open(paper, &h(person)).await.unwrap();
                assert_eq!(reads, may.contains(&person), "{step}: {person} and {paper}");
            }
        }
    }

    async fn open(&self, paper: &str, person: &str) -> Vec<u8> {
        self.archive.open_copy(paper, &h(person), Format::Txt).await.unwrap().bytes
    }

    async fn holders(&self, day: Date) -> Vec<String> {
        let on = self.archive.office_on(&h("ostrey-embassy"), day).await.unwrap();
        on.holders.iter().map(|p| p.person.to_string()).collect()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn from_the_first_cable_to_the_successor() {
    let story = Story::begin().await;
    let a = &story.archive;
    let finders = Finders::embedded();

    // The host agrees to the ambassador; he presents credentials.
    let event = |event, day| Happened { event, day: Some(day), note: None };
    let (embassy, marrack, orlan) = (h("ostrey-embassy"), h("marrack"), h("orlan"));
    let asked = event(AccreditationEvent::Asked, date(2031, 12, 1));
    a.ask_agrement(&embassy, &marrack, &h("ostrey"), &asked, &orlan).await.unwrap();
    let enter = async |happened| {
        a.enter_accreditation(&marrack, &h("ostrey"), &happened, &orlan).await.unwrap();
    };
    enter(event(AccreditationEvent::Granted, date(2031, 12, 20))).await;
    enter(event(AccreditationEvent::Presented, date(2032, 1, 3))).await;

    let ambassador = ("marrack", "ostrey-embassy");

    // A cable: drafted, cleared by another office, refused to its drafter, approved and released.
    let cable = story
        .draft(
            ambassador,
            "northern-department",
            &["minister-office"],
            (TEXT, Circulation::default()),
        )
        .await;
    a.ask(&cable, &[h("legal-adviser")], &marrack).await.unwrap();
    assert!(a.approve(&cable, &h("tarn")).await.is_err(), "not cleared yet");
    a.clear(&cable, &h("lowe")).await.unwrap();
    assert!(a.approve(&cable, &marrack).await.is_err(), "no drafter approves his own");
    assert!(a.release(&cable, &marrack, &finders).await.is_err(), "nor releases it unapproved");
    story.expect("before release", &[(&cable, &[])]).await;
    a.approve(&cable, &h("tarn")).await.unwrap();
    a.release(&cable, &marrack, &finders).await.unwrap();
    let on_the_list = ["marrack", "tarn", "pell", "quist", "dane"];
    story.expect("released", &[(&cable, &on_the_list)]).await;

    // Readers read; one of them lets his copy out.
    story.at("2032-02-01T10:00:00Z");
    let leaked = story.open(&cable, "quist").await;
    for reader in ["pell", "dane", "marrack"] {
        assert_ne!(story.open(&cable, reader).await, leaked, "every copy is its own");
    }

    // An instruction goes back to the embassy and waits there.
    let desk = ("pell", "northern-department");
    let order = story.draft(desk, "ostrey-embassy", &[], (ORDER, Circulation::default())).await;
    a.approve(&order, &h("quist")).await.unwrap();
    a.release(&order, &h("pell"), &finders).await.unwrap();
    story.open(&order, "marrack").await;
    let waiting = a.queue(&embassy, &marrack, false).await.unwrap();
    assert!(waiting.papers.is_empty(), "its head has opened it");

    // July: text turns up. Two officers of two offices, neither the author; a finding about a copy.
    story.at("2032-07-06T08:00:00Z");
    let leaks = vec![LeakFile { name: "press.txt".into(), bytes: leaked.clone() }];
    let request = Request { leaks, papers: Vec::new(), alpha: 2e-5, include_author: false };
    let Traced::AwaitingApproval(inquiry) = a.trace(request, Some(&h("brandt"))).await.unwrap()
    else {
        panic!("in earnest a second officer approves")
    };
    assert!(a.run_inquiry(&inquiry).await.is_err());
    assert!(a.approve_inquiry(&inquiry, &h("brandt")).await.is_err());
    a.approve_inquiry(&inquiry, &h("lowe")).await.unwrap();
    let finding = a.run_inquiry(&inquiry).await.unwrap();
    assert_eq!(finding.verdict, "identified", "{}", finding.statement);
    assert!(finding.named[0].reader.is_none(), "a copy, no name");
    assert_eq!(finding.authors.left_out, 2, "the author's office is no suspect");
    assert_eq!(finding.readers, 5);

    // The host will no longer deal with him: said, then notified. Nothing ends by that.
    let stance = |source| AccreditationEvent::Stance(Stance::Unwelcome, source);
    story.at("2032-07-09T12:00:00Z");
    enter(event(stance(Source::Said), date(2032, 7, 8))).await;
    enter(event(stance(Source::Notified), date(2032, 7, 9))).await;
    story.expect("the host's stance", &[(&cable, &on_the_list)]).await;

    // He offers his resignation by letter; the head of the service accepts; then it has an end.
    story.at("2032-07-10T09:00:00Z");
    let session = a.open_session(&marrack).await.unwrap();
    let letter = Letter {
        text: "The present situation makes it impossible for me to carry out my role.".into(),
        reason: "speculation about my position".into(),
        requested: None,
    };
    let offer = a.offer_resignation(&embassy, &marrack, &letter, None).await.unwrap();
    story.expect("offered", &[(&cable, &on_the_list)]).await;
    let effective = When::Then(Effective::Day(date(2032, 7, 12)));
    a.accept_resignation(&offer, &orlan, Some(effective)).await.unwrap();
    story.at("2032-07-11T23:59:59.999Z");
    story.expect("accepted, not yet effective", &[(&cable, &on_the_list)]).await;
    assert!(a.session(&session).await.is_ok());

    // The statement he made in office becomes public at its hour.
    let statement = {
        let publishes = Some("2032-07-20T12:00:00Z".parse().unwrap());
        let circulation = Circulation {
            kind: PaperKind::Statement,
            particulars: Particulars { publishes, ..Particulars::default() },
            ..Circulation::default()
        };
        let id = story.draft(ambassador, "minister-office", &[], (STATEMENT, circulation)).await;
        a.approve(&id, &h("tarn")).await.unwrap();
        a.release(&id, &marrack, &finders).await.unwrap();
        id
    };
    story.expect("before its hour", &[(&statement, &["marrack", "tarn"])]).await;

    // The effective instant: the session is cut, he reads nothing, the chargé has the queue.
    story.at("2032-07-12T00:00:00Z");
    let swept = a.sweep_sessions().await.unwrap();
    assert_eq!((swept.len(), &swept[0].person), (1, &marrack));
    assert!(a.session(&session).await.is_err());
    let without_him = ["tarn", "pell", "quist", "dane"];
    story.expect("gone", &[(&cable, &without_him), (&statement, &["tarn"])]).await;
    let charge = Term::from(date(2032, 7, 12));
    a.start_posting(&h("voss"), &embassy, Capacity::Charge, charge, true, None).await.unwrap();
    let with_charge = ["tarn", "pell", "quist", "dane", "voss"];
    story.expect("in charge", &[(&cable, &with_charge)]).await;
    let queue = a.queue(&embassy, &h("voss"), false).await.unwrap();
    let waits: Vec<&str> = queue.papers.iter().map(|p| p.paper.as_str()).collect();
    assert_eq!(waits, [order.as_str()], "nobody who is there has opened it");
    story.open(&order, "voss").await;
    let first = story.open(&cable, "voss").await;
    assert!(first != leaked && !first.is_empty(), "a new copy of his own");
    story.at("2032-07-20T12:00:00Z");
    story.expect("public", &[(&statement, &["tarn", "voss", "dane"])]).await;

    // Six months later: the successor.
    story.at("2033-01-12T09:00:00Z");
    let details = PersonDetails { name: "Sile Arden".into(), ..Default::default() };
    a.add_person(&h("arden"), &details, None).await.unwrap();
    let term = Term::from(date(2033, 1, 12));
    let substantive = Capacity::Substantive;
    a.start_posting(&h("arden"), &embassy, substantive, term, true, None).await.unwrap();
    a.end_posting(
        &h("voss"),
        &embassy,
        Day::exact(date(2033, 1, 12)),
        None,
        EndReason::Transfer,
        None,
    )
    .await
    .unwrap();
    story.expect("succeeded", &[(&cable, &["tarn", "pell", "quist", "dane"])]).await;
    assert!(a.may_open(&cable, &h("arden")).await.unwrap());
    let copy = story.open(&cable, "arden").await;
    assert!(copy != first && copy != leaked);
    let text = a.hand_over(&embassy, &marrack, &h("arden"), &orlan).await.unwrap();
    let handed = verify_handover(text.as_bytes(), &a.verifier_key()).unwrap();
    assert!(handed.handover().papers.iter().any(|p| p.paper == order));

    // Asked afterwards, off line where it matters.
    let certificate = a.certify_posting(&marrack, &embassy).await.unwrap();
    assert!(verify_certificate(certificate.as_bytes(), &a.verifier_key()).is_ok());
    let forged = certificate.replace("2032-07-12", "2032-12-15");
    assert!(
        forged != certificate && verify_certificate(forged.as_bytes(), &a.verifier_key()).is_err()
    );
    assert_eq!(story.holders(date(2032, 7, 11)).await, ["marrack", "tarn"]);
    assert_eq!(story.holders(date(2032, 7, 12)).await, ["tarn", "voss"]);
    // The charge held it until nine.
    assert_eq!(story.holders(date(2033, 1, 12)).await, ["tarn", "voss", "arden"]);
    let then = a.paper_readers(&cable, Some(date(2032, 7, 11))).await.unwrap();
    let could: Vec<&str> = then.entitled.iter().map(|r| r.person.as_str()).collect();
    assert_eq!(could, ["dane", "marrack", "pell", "quist", "tarn"]);
    let all = a.paper_readers(&cable, None).await.unwrap();
    let did: Vec<&str> = all.readings.iter().map(|r| r.person.as_str()).collect();
    assert_eq!(did, ["quist", "pell", "dane", "marrack", "voss", "arden"]);

    let verified = a.verify(|_, _| {}).await.unwrap();
    for kind in ["paper.released", "inquiry.frozen", "inquiry.result", "copy.opened"] {
        assert!(verified.kinds.contains_key(kind), "{kind}: {:?}", verified.kinds);
    }
}
