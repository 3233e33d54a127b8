//! The end of tenure and what follows: resignation, dismissal, sessions, succession, delegation,
//! accreditation, duplicate records, and the authors of leaked papers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};

use chancery_desk::{
    Archive, Circulation, Clock, DeskError, DraftText, Finders, FindingReport, Format, Happened,
    Head, LeakFile, Letter, NewPaper, OfficeDetails, PersonDetails, Request, SWEEP_INTERVAL,
    SessionToken, Traced, When, verify_handover,
};
use chancery_domain::tenure::Effective;
use chancery_domain::{AccreditationEvent, Capacity, Day, EndReason, Handle, Source, Stance, Term};
use chancery_text::build::Choice;
use jiff::Timestamp;
use jiff::civil::{Date, date};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.\n\nIn addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend.\n\nThe northern delegation arrived prior to the talks, and it began to press for additional loans regarding the bridge. However, the governor replied that the present sums were adequate for now.";

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

/// A small ministry: the head appoints to the embassy, which writes to the desk and the registry.
struct House {
    _folder: tempfile::TempDir,
    archive: Archive,
    time: &'static AtomicI64,
}

impl House {
    async fn new() -> Self {
        let start: Timestamp = "2032-09-01T09:00:00Z".parse().unwrap();
        let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
        let offices = [
            ("crown", None),
            ("head", None),
            ("embassy", Some("head")),
            ("desk", Some("head")),
            ("registry", Some("head")),
        ];
        for (office, parent) in offices {
            let parent = parent.map(h);
            let details = OfficeDetails { title: office.into(), parent, ..Default::default() };
            archive.add_office(&h(office), &details, None).await.unwrap();
        }
        let house = Self { _folder: folder, archive, time };
        let term = Term {
            planned_end: Some(Day::exact(date(2032, 12, 31))),
            ..Term::from(date(2030, 1, 1))
        };
        for (person, office) in [
            ("chief", "head"),
            ("envoy", "embassy"),
            ("clerk", "registry"),
            ("reader", "desk"),
            ("second", "desk"),
        ] {
            house.person(person).await;
            house.post(person, office, Capacity::Substantive, term).await;
        }
        house.person("next").await;
        house
    }

    async fn person(&self, name: &str) {
        let details = PersonDetails { name: name.into(), ..Default::default() };
        self.archive.add_person(&h(name), &details, None).await.unwrap();
    }

    async fn post(&self, person: &str, office: &str, capacity: Capacity, term: Term) {
        self.archive
            .start_posting(&h(person), &h(office), capacity, term, false, None)
            .await
            .unwrap();
    }

    /// A paper from an office to another, released.
    async fn paper(&self, who: &str, from: &str, to: &str) -> String {
        let paper = NewPaper {
            head: Head { subject: "harbour".into(), ..Head::default() },
            from: h(from),
            origin_reads: true,
            to: vec![h(to)],
            info: Vec::new(),
            circulation: Circulation::default(),
            text: DraftText::from_file(TEXT, false, Choice::default()),
        };
        let id = self.archive.draft(&paper, &h(who)).await.unwrap();
        self.archive.release(&id, &h(who), &Finders::embedded()).await.unwrap();
        id
    }

    fn at(&self, instant: &str) {
        let at: Timestamp = instant.parse().unwrap();
        self.time.store(at.as_millisecond(), Ordering::SeqCst);
    }

    fn now(&self) -> i64 {
        self.time.load(Ordering::SeqCst)
    }

    async fn reads(&self, paper: &str, person: &str) -> bool {
        self.archive.open_copy(paper, &h(person), Format::Txt).await.is_ok()
    }

    async fn offer(&self, person: &str) -> Result<String, DeskError> {
        let letter = Letter {
            text: "I offer to resign.".into(),
            reason: "leak".into(),
            requested: Some(date(2032, 9, 10)),
        };
        self.archive.offer_resignation(&h("embassy"), &h(person), &letter, None).await
    }

    async fn cut(&self, person: &str, reason: EndReason, when: When) -> Result<i64, DeskError> {
        let office = if person == "clerk" { "registry" } else { "embassy" };
        let chief = h("chief");
        let ended = self.archive.end_tenure(&h(person), &h(office), reason, when, &chief).await?;
        Ok(ended.effective.as_millisecond())
    }

    async fn open_inquiry(&self, leak: &[u8], include_author: bool) -> FindingReport {
        let leaks = vec![LeakFile { name: "leak.txt".into(), bytes: leak.to_vec() }];
        let request = Request { leaks, papers: Vec::new(), alpha: 2e-5, include_author };
        let Traced::AwaitingApproval(id) =
            self.archive.trace(request, Some(&h("clerk"))).await.unwrap()
        else {
            panic!("in earnest a second officer approves")
        };
        self.archive.approve_inquiry(&id, &h("chief")).await.unwrap();
        self.archive.run_inquiry(&id).await.unwrap()
    }
}

fn on(day: Date) -> Option<When> {
    Some(When::Then(Effective::Day(day)))
}

/// Refused by a rule, in words that hold these.
fn refused<T: std::fmt::Debug>(outcome: Result<T, DeskError>, words: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.exit_code(), 3, "{error}");
    assert!(error.to_string().contains(words), "no “{words}” in: {error}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_resignation_takes_an_offer_and_an_acceptance() {
    let house = House::new().await;
    let paper = house.paper("envoy", "embassy", "desk").await;
    let a = &house.archive;
    let day = on(date(2032, 9, 5));
    assert!(a.accept_resignation("R1", &h("chief"), day).await.is_err(), "nothing is offered");
    refused(house.offer("clerk").await, "only who holds an office");
    let id = house.offer("envoy").await.unwrap();
    assert!(house.reads(&paper, "envoy").await, "an offer ends nothing");
    refused(house.offer("envoy").await, "offered already");
    refused(a.accept_resignation(&id, &h("envoy"), day).await, "his own resignation");
    refused(a.accept_resignation(&id, &h("clerk"), day).await, "appointing office");
    refused(a.decline_resignation(&id, &h("clerk")).await, "appointing office");
    refused(a.withdraw_resignation(&id, &h("chief")).await, "only the person who offered");
    let past = on(date(2032, 8, 31));
    refused(a.accept_resignation(&id, &h("chief"), past).await, "in the past");
    refused(a.show_resignation(&id, &h("clerk")).await, "for its author");
    assert_eq!(a.show_resignation(&id, &h("chief")).await.unwrap().letter.unwrap().reason, "leak");
    let ended = a.accept_resignation(&id, &h("chief"), day).await.unwrap();
    assert_eq!(ended.effective.to_string(), "2032-09-05T00:00:00Z");
    refused(a.accept_resignation(&id, &h("chief"), day).await, "accepted already");
    refused(a.withdraw_resignation(&id, &h("envoy")).await, "accepted already");
    assert!(house.reads(&paper, "envoy").await, "until the day that was accepted");
    house.at("2032-09-04T23:59:59.999Z");
    assert!(house.reads(&paper, "envoy").await);
    house.at("2032-09-05T00:00:00Z");
    assert!(!house.reads(&paper, "envoy").await);
    a.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_resignation_can_be_withdrawn_or_declined_and_offered_again() {
    let house = House::new().await;
    let a = &house.archive;
    let first = house.offer("envoy").await.unwrap();
    a.withdraw_resignation(&first, &h("envoy")).await.unwrap();
    refused(a.accept_resignation(&first, &h("chief"), None).await, "withdrawn");
    let second = house.offer("envoy").await.unwrap();
    a.decline_resignation(&second, &h("chief")).await.unwrap();
    refused(a.accept_resignation(&second, &h("chief"), None).await, "declined");
    let third = house.offer("envoy").await.unwrap();
    // Without another day, the one that the letter asks for.
    let ended = a.accept_resignation(&third, &h("chief"), None).await.unwrap();
    assert_eq!(ended.effective.to_string(), "2032-09-10T00:00:00Z");
    let standings: Vec<String> = a
        .resignations()
        .await
        .unwrap()
        .iter()
        .map(|r| serde_json::to_string(&r.standing).unwrap())
        .collect();
    assert_eq!(standings[..2], ["\"withdrawn\"", "\"declined\""]);
    // Where nobody is above, the letter names the office that accepts.
    let letter = Letter { text: "I go.".into(), reason: String::new(), requested: None };
    let (head, chief) = (h("head"), h("chief"));
    let offer = |to| a.offer_resignation(&head, &chief, &letter, to);
    refused(offer(None).await, "no appointing office");
    let crown = h("crown");
    assert!(offer(Some(&crown)).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn one_act_of_the_appointing_office_ends_tenure_for_every_other_reason() {
    let reasons = [
        EndReason::Dismissal,
        EndReason::Recall,
        EndReason::Transfer,
        EndReason::Death,
        EndReason::Curtailment,
    ];
    let house = House::new().await;
    let paper = house.paper("envoy", "embassy", "desk").await;
    let a = &house.archive;
    let end = |who: &str, reason| {
        let (envoy, embassy, who) = (h("envoy"), h("embassy"), h(who));
        async move { a.end_tenure(&envoy, &embassy, reason, When::Now, &who).await }
    };
    for reason in reasons {
        refused(end("envoy", reason).await, "his own tenure");
        refused(end("clerk", reason).await, "appointing office");
    }
    refused(end("chief", EndReason::Resignation).await, "no resignation");
    let planned = When::Then(Effective::Day(date(2032, 12, 31)));
    refused(house.cut("envoy", EndReason::Curtailment, planned).await, "planned end");
    for (at, reason) in reasons.into_iter().enumerate() {
        let person = format!("envoy-{at}");
        house.person(&person).await;
        let term = Term {
            planned_end: Some(Day::exact(date(2033, 1, 1))),
            ..Term::from(date(2032, 1, 1))
        };
        house.post(&person, "embassy", Capacity::Substantive, term).await;
        assert!(house.reads(&paper, &person).await);
        let effective = house.cut(&person, reason, When::Now).await.unwrap();
        assert!((1..=10).contains(&(effective - house.now())), "at once");
        assert!(!house.reads(&paper, &person).await, "{reason:?}");
        let last = a.posting_history(&h(&person)).await.unwrap().pop().unwrap();
        assert_eq!(last.term.reason, Some(reason));
    }
    refused(house.cut("envoy-0", EndReason::Recall, When::Now).await, "not held");
    // A death may become known late; what was opened in the dead man's name is told.
    let late = When::Then(Effective::Day(date(2032, 8, 20)));
    refused(house.cut("envoy", EndReason::Recall, late).await, "in the past");
    assert!(house.reads(&paper, "envoy").await);
    let (envoy, embassy, chief) = (h("envoy"), h("embassy"), h("chief"));
    let died = a.end_tenure(&envoy, &embassy, EndReason::Death, late, &chief).await.unwrap();
    assert_eq!(died.opened_after, 1);
    assert!(!house.reads(&paper, "envoy").await);
    a.verify(|_, _| {}).await.unwrap();
}

/// How long after `effective` the session was cut, in milliseconds: the clock moves a sweep at a time, as
/// a server's does, and the rules know at once.
async fn cut_after(house: &House, token: &SessionToken, effective: i64, person: &str) -> i64 {
    for _ in 0..60 {
        let mut cut = false;
        house
            .archive
            .watch_sessions(
                |pause| {
                    assert_eq!(pause, SWEEP_INTERVAL);
                    house.time.fetch_add(pause.as_millis().try_into().unwrap(), Ordering::SeqCst);
                    std::future::ready(())
                },
                |swept| {
                    let swept = swept.unwrap();
                    cut = swept.iter().any(|s| s.person == h(person) && s.sessions == 1);
                    assert_eq!(swept.len(), usize::from(cut), "nobody else");
                    ControlFlow::Break(())
                },
            )
            .await;
        let signed_in = house.archive.session(token).await.is_ok();
        assert_eq!(signed_in, !cut);
        assert!(!signed_in || house.now() < effective);
        if cut {
            // What takes effect at once does so in the next millisecond, whatever the clock says.
            return house.now().max(effective) - effective;
        }
        house.time.fetch_add(SWEEP_INTERVAL.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }
    panic!("the session was never cut");
}

#[tokio::test(flavor = "current_thread")]
async fn sessions_are_cut_within_five_seconds_of_the_effective_time() {
    let house = House::new().await;
    let a = &house.archive;
    let midnight = |day: Date| Effective::Day(day).instant().unwrap().as_millisecond();
    // An end fixed beforehand.
    let token = a.open_session(&h("envoy")).await.unwrap();
    assert_eq!(a.session(&token).await.unwrap(), h("envoy"));
    assert_eq!(a.session(&token.expose().parse().unwrap()).await.unwrap(), h("envoy"));
    assert!(a.sweep_sessions().await.unwrap().is_empty());
    let effective = house
        .cut("envoy", EndReason::Recall, When::Then(Effective::Day(date(2032, 9, 3))))
        .await
        .unwrap();
    assert_eq!(effective, midnight(date(2032, 9, 3)));
    house.at("2032-09-02T23:59:57.300Z");
    let after = cut_after(&house, &token, effective, "envoy").await;
    assert!((0..=5_000).contains(&after), "{after} ms");
    // A dismissal at once.
    let token = a.open_session(&h("clerk")).await.unwrap();
    let effective = house.cut("clerk", EndReason::Dismissal, When::Now).await.unwrap();
    let after = cut_after(&house, &token, effective, "clerk").await;
    assert!((0..=5_000).contains(&after), "{after} ms");
    refused(a.session(&token).await, "sign in again");
    refused(a.open_session(&h("clerk")).await, "holds no office");
    // A delegation runs out.
    let days = (date(2032, 9, 4), date(2032, 9, 6));
    let (desk, reader, next) = (h("desk"), h("reader"), h("next"));
    a.delegate(&desk, &reader, &next, days, &reader).await.unwrap();
    house.at("2032-09-05T23:59:58.700Z");
    let token = a.open_session(&next).await.unwrap();
    let after = cut_after(&house, &token, midnight(days.1), "next").await;
    assert!((0..=5_000).contains(&after), "{after} ms");
    // Whoever holds something else stays signed in; whoever signs out is out.
    let token = a.open_session(&reader).await.unwrap();
    house.post("reader", "registry", Capacity::Acting, Term::from(date(2032, 9, 1))).await;
    a.end_tenure(&reader, &desk, EndReason::Transfer, When::Now, &h("chief")).await.unwrap();
    assert!(a.sweep_sessions().await.unwrap().is_empty());
    a.close_session(&token).await.unwrap();
    assert!(a.session(&token).await.is_err());
    assert!("zz".parse::<SessionToken>().is_err());
    assert!(!format!("{token:?}").contains(&token.expose()));
    a.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn the_queue_passes_to_the_charge_and_the_successor_reads_in_copies_of_his_own() {
    let house = House::new().await;
    let a = &house.archive;
    let read = house.paper("clerk", "registry", "embassy").await;
    let unread = house.paper("clerk", "registry", "embassy").await;
    let envoys = a.open_copy(&read, &h("envoy"), Format::Txt).await.unwrap();
    let embassy = h("embassy");
    assert_eq!(a.vacancies(Some(&embassy), None).await.unwrap(), []);
    let queued = |who: &'static str, mine| async move {
        let queue = a.queue(&h("embassy"), &h(who), mine).await?;
        Ok::<_, DeskError>(queue.papers.into_iter().map(|p| p.paper).collect::<Vec<_>>())
    };
    assert_eq!(queued("envoy", false).await.unwrap(), [unread.as_str()]);
    house.cut("envoy", EndReason::Recall, When::Now).await.unwrap();
    house.time.fetch_add(1, Ordering::SeqCst);
    let vacant = a.vacancies(None, None).await.unwrap();
    let names: Vec<&str> = vacant.iter().map(|v| v.office.as_str()).collect();
    assert_eq!(names, ["crown", "embassy"], "one was never held, of the other he was cut just now");
    let vacant = a.vacancies(Some(&embassy), None).await.unwrap();
    assert_eq!(vacant[0].since, Some(chancery_domain::Day::exact(date(2032, 9, 1))));
    assert_eq!(
        (vacant[0].last.clone(), vacant[0].reason),
        (Some(h("envoy")), Some(EndReason::Recall))
    );
    assert!(vacant[0].by.is_empty() && !vacant[0].in_doubt);
    refused(queued("envoy", false).await, "not held");
    // A chargé is named, and finds everything that nobody present has seen.
    house.person("charge").await;
    house.post("charge", "embassy", Capacity::Charge, Term::from(date(2032, 9, 1))).await;
    let vacant = a.vacancies(Some(&embassy), None).await.unwrap();
    assert_eq!(
        (&vacant[0].by, vacant[0].care),
        (&vec![h("charge")], chancery_domain::Care::Charge)
    );
    assert_eq!(queued("charge", false).await.unwrap(), [read.as_str(), unread.as_str()]);
    let queue = a.queue(&h("embassy"), &h("charge"), false).await.unwrap();
    assert_eq!(queue.papers.iter().map(|p| p.read_before).collect::<Vec<_>>(), [true, false]);
    let charges = a.open_copy(&read, &h("charge"), Format::Txt).await.unwrap();
    assert_ne!(charges.bytes, envoys.bytes, "a copy of his own");
    assert_eq!(queued("charge", false).await.unwrap(), [unread.as_str()]);
    // The successor: at once, beside the chargé.
    house.post("next", "embassy", Capacity::Substantive, Term::from(date(2032, 9, 1))).await;
    assert_eq!(a.vacancies(Some(&embassy), None).await.unwrap(), []);
    assert_eq!(queued("next", false).await.unwrap(), [unread.as_str()]);
    assert_eq!(queued("next", true).await.unwrap(), [read.as_str(), unread.as_str()]);
    let nexts = a.open_copy(&read, &h("next"), Format::Txt).await.unwrap();
    assert_ne!(nexts.bytes, envoys.bytes);
    assert_ne!(nexts.bytes, charges.bytes);
    assert!(!house.reads(&read, "envoy").await, "the leaver keeps nothing");
    refused(queued("clerk", false).await, "not held");
    // The action is taken once.
    a.action_done(&h("embassy"), &unread, &h("next")).await.unwrap();
    refused(a.action_done(&h("embassy"), &unread, &h("next")).await, "already");
    refused(a.action_done(&h("embassy"), &unread, &h("clerk")).await, "not held");
}

#[tokio::test(flavor = "current_thread")]
async fn who_holds_two_offices_has_one_copy_with_both_recorded() {
    let house = House::new().await;
    let a = &house.archive;
    let paper = house.paper("envoy", "embassy", "desk").await;
    let (envoy, reader) = (h("envoy"), h("reader"));
    let first = a.open_copy(&paper, &reader, Format::Txt).await.unwrap();
    house.post("reader", "embassy", Capacity::Acting, Term::from(date(2032, 9, 1))).await;
    let second = a.open_copy(&paper, &reader, Format::Txt).await.unwrap();
    assert_eq!(first.bytes, second.bytes);
    let seen = a.copy_offices(&paper, &reader, &reader).await.unwrap();
    let through: Vec<&str> = seen.offices.iter().map(|o| o.office.as_str()).collect();
    assert_eq!((seen.copies, through), (1, vec!["desk", "embassy"]));
    assert_eq!(a.copy_offices(&paper, &reader, &envoy).await.unwrap().copies, 1);
    refused(a.copy_offices(&paper, &reader, &h("clerk")).await, "not held");
}

#[tokio::test(flavor = "current_thread")]
async fn a_deputy_stands_in_for_the_days_given_and_no_longer_than_the_holder() {
    let house = House::new().await;
    let a = &house.archive;
    let paper = house.paper("clerk", "registry", "embassy").await;
    let (embassy, envoy, next) = (h("embassy"), h("envoy"), h("next"));
    let days = (date(2032, 9, 2), date(2032, 9, 20));
    let lend = |from: &str, to: &str, who: &str| {
        let (from, to, who) = (h(from), h(to), h(who));
        async move { a.delegate(&h("embassy"), &from, &to, days, &who).await }
    };
    refused(lend("envoy", "next", "clerk").await, "by its holder");
    refused(lend("envoy", "envoy", "envoy").await, "another person");
    refused(lend("clerk", "next", "chief").await, "not held");
    lend("envoy", "next", "envoy").await.unwrap();
    assert!(!house.reads(&paper, "next").await, "not before the first day");
    house.at("2032-09-02T00:00:00Z");
    assert!(house.reads(&paper, "next").await);
    refused(lend("next", "clerk", "next").await, "cannot delegate");
    // The holder goes, and the deputy with him.
    house.cut("envoy", EndReason::Dismissal, When::Now).await.unwrap();
    assert!(!house.reads(&paper, "next").await);
    // A delegation can be taken back.
    house.post("envoy", "embassy", Capacity::Substantive, Term::from(date(2032, 9, 2))).await;
    house.at("2032-09-03T10:00:00Z");
    let days = (date(2032, 9, 3), date(2032, 9, 20));
    a.delegate(&embassy, &envoy, &next, days, &h("chief")).await.unwrap();
    assert!(house.reads(&paper, "next").await);
    refused(a.revoke_delegation(&embassy, &next, &h("clerk")).await, "by its holder");
    a.revoke_delegation(&embassy, &next, &envoy).await.unwrap();
    assert!(!house.reads(&paper, "next").await);
    assert!(a.revoke_delegation(&embassy, &next, &envoy).await.is_err());
    assert!(house.reads(&paper, "envoy").await, "the holder keeps his office");
    // The other way to end a posting binds the deputy too.
    let days = (date(2032, 9, 4), date(2032, 9, 20));
    a.delegate(&embassy, &envoy, &next, days, &envoy).await.unwrap();
    let end = chancery_domain::Day::exact(date(2032, 9, 6));
    a.end_posting(&envoy, &embassy, end, None, EndReason::Transfer, None).await.unwrap();
    house.at("2032-09-05T10:00:00Z");
    assert!(house.reads(&paper, "next").await);
    house.at("2032-09-06T00:00:00Z");
    assert!(!house.reads(&paper, "next").await);
}

#[tokio::test(flavor = "current_thread")]
async fn accreditation_stands_beside_tenure() {
    let house = House::new().await;
    let a = &house.archive;
    let paper = house.paper("clerk", "registry", "embassy").await;
    let (embassy, envoy, chief) = (h("embassy"), h("envoy"), h("chief"));
    let event = |event, day: i8| Happened { event, day: Some(date(2032, 8, day)), note: None };
    let asked = event(AccreditationEvent::Asked, 1);
    let ask = |state: &str, who: &str| {
        let (asked, state, who) = (asked.clone(), h(state), h(who));
        async move { a.ask_agrement(&h("embassy"), &h("envoy"), &state, &asked, &who).await }
    };
    let enter = |state: &str, happened: Happened| {
        let state = h(state);
        async move { a.enter_accreditation(&h("envoy"), &state, &happened, &h("chief")).await }
    };
    refused(ask("ostrey", "clerk").await, "the sending office");
    ask("ostrey", "chief").await.unwrap();
    ask("velm", "chief").await.unwrap();
    refused(ask("ostrey", "chief").await, "asked on 2032-08-01 already");
    refused(enter("ostrey", event(AccreditationEvent::Presented, 2)).await, "before agrément");
    enter("velm", event(AccreditationEvent::Refused, 3)).await.unwrap();
    refused(enter("velm", event(AccreditationEvent::Granted, 4)).await, "refused");
    enter("ostrey", event(AccreditationEvent::Granted, 5)).await.unwrap();
    let future =
        Happened { day: Some(date(2032, 9, 2)), ..event(AccreditationEvent::Presented, 1) };
    refused(enter("ostrey", future).await, "future");
    assert!(enter("nowhere", event(AccreditationEvent::Granted, 5)).await.is_err());
    let shown = a.accreditations(&envoy, &chief).await.unwrap();
    assert_eq!(shown.len(), 2);
    assert!(shown[0].function.starts_with("function not yet taken up"), "{}", shown[0].function);
    assert!(shown[0].in_office, "the posting may begin before");
    enter("ostrey", event(AccreditationEvent::Presented, 9)).await.unwrap();
    // The host will not work with him any more: nothing ends by that.
    let stance = AccreditationEvent::Stance(Stance::PersonaNonGrata, Source::Formal);
    let note = Some("We will no longer deal with him.".to_owned());
    enter("ostrey", Happened { note: note.clone(), ..event(stance, 20) }).await.unwrap();
    assert!(house.reads(&paper, "envoy").await);
    let shown = a.accreditations(&envoy, &embassy_holder()).await.unwrap();
    assert_eq!(shown[0].stance, Some((date(2032, 8, 20), Stance::PersonaNonGrata, Source::Formal)));
    assert_eq!(shown[0].function, "function taken up");
    assert_eq!(shown[0].events.last().unwrap().note, note);
    enter("ostrey", event(AccreditationEvent::Ended, 30)).await.unwrap();
    assert!(a.ask_agrement(&embassy, &envoy, &h("ostrey"), &asked, &chief).await.is_ok());
    refused(a.accreditations(&envoy, &h("clerk")).await, "the sending office");
}

fn embassy_holder() -> Handle {
    h("envoy")
}

#[tokio::test(flavor = "current_thread")]
async fn merged_records_are_one_candidate_whichever_copy_leaked() {
    // A house for each leak: what one inquiry shows takes the bound of the next about the same paper.
    for which in 0..2 {
        let house = House::new().await;
        let a = &house.archive;
        let paper = house.paper("envoy", "embassy", "desk").await;
        let (reader, second) = (h("reader"), h("second"));
        let one = a.open_copy(&paper, &second, Format::Txt).await.unwrap().bytes;
        let other = a.open_copy(&paper, &reader, Format::Txt).await.unwrap().bytes;
        assert_ne!(one, other);
        refused(a.merge_person(&second, &reader, &reader).await, "his own records");
        for unrelated in ["next", "clerk", "envoy"] {
            let merged = a.merge_person(&second, &reader, &h(unrelated)).await;
            refused(merged, "appoints to every office");
        }
        let leak = [&one, &other][which];
        let before = house.open_inquiry(leak, false).await;
        for (who, name, query) in
            [(&second, "port", "harbour"), (&second, "both", "bridge"), (&reader, "both", "talks")]
        {
            a.save_search(who, name, query).await.unwrap();
        }
        a.merge_person(&second, &reader, &h("chief")).await.unwrap();
        let saved = a.saved_searches(&second).await.unwrap();
        let saved: Vec<(&str, &str)> =
            saved.iter().map(|s| (s.name.as_str(), s.query.as_str())).collect();
        assert_eq!(saved, [("both", "talks"), ("port", "harbour")]);
        assert!(a.merge_person(&second, &reader, &h("chief")).await.is_err(), "they are one");
        let finding = house.open_inquiry(leak, false).await;
        assert_eq!(finding.verdict, "identified", "{}", finding.statement);
        assert_eq!(finding.named.len(), 1, "{}", finding.statement);
        assert_eq!(
            finding.named[0].copies, before.named[0].copies,
            "each copy is a row of its own"
        );
        assert_eq!((finding.persons + 1, finding.readers), (before.persons, before.readers));
        // One copy from now on, and either name opens it.
        assert_eq!(a.open_copy(&paper, &second, Format::Txt).await.unwrap().bytes, other);
        let seen = a.copy_offices(&paper, &second, &h("envoy")).await.unwrap();
        assert_eq!((seen.person, seen.copies), (reader, 2));
        a.verify(|_, _| {}).await.unwrap();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_author_of_a_leaked_paper_is_no_suspect_by_default() {
    let house = House::new().await;
    let a = &house.archive;
    let paper = house.paper("envoy", "embassy", "desk").await;
    let envoys = a.open_copy(&paper, &h("envoy"), Format::Txt).await.unwrap().bytes;
    a.open_copy(&paper, &h("reader"), Format::Txt).await.unwrap();
    let left_out = house.open_inquiry(&envoys, false).await;
    assert!(left_out.named.is_empty(), "{}", left_out.statement);
    assert_eq!((left_out.authors.included, left_out.authors.left_out), (false, 1));
    assert!(left_out.statement.contains("an author is no suspect"), "{}", left_out.statement);
    let included = house.open_inquiry(&envoys, true).await;
    assert_eq!((included.verdict.as_str(), included.named.len()), ("identified", 1));
    assert_eq!(included.readers, left_out.readers, "counted in any case");
    assert!(!included.statement.contains("author"));
    // Others are named beside him, in a house where nothing was shown before.
    let house = House::new().await;
    let a = &house.archive;
    let paper = house.paper("envoy", "embassy", "desk").await;
    a.open_copy(&paper, &h("envoy"), Format::Txt).await.unwrap();
    let readers = a.open_copy(&paper, &h("reader"), Format::Txt).await.unwrap().bytes;
    let other = house.open_inquiry(&readers, false).await;
    assert_eq!(other.named.len(), 1, "{}", other.statement);
}

#[tokio::test(flavor = "current_thread")]
async fn a_handover_is_certified_confirmed_and_checked_off_line() {
    let house = House::new().await;
    let a = &house.archive;
    let read = house.paper("clerk", "registry", "embassy").await;
    let done = house.paper("clerk", "registry", "embassy").await;
    assert!(house.reads(&read, "envoy").await);
    a.action_done(&h("embassy"), &done, &h("envoy")).await.unwrap();
    let (embassy, envoy, next) = (h("embassy"), h("envoy"), h("next"));
    let hand = |to: &str, who: &str| {
        let (to, who) = (h(to), h(who));
        async move { a.hand_over(&h("embassy"), &h("envoy"), &to, &who).await }
    };
    house.post("next", "embassy", Capacity::Substantive, Term::from(date(2032, 9, 1))).await;
    refused(hand("next", "chief").await, "has not left");
    house.cut("envoy", EndReason::Recall, When::Now).await.unwrap();
    house.time.fetch_add(1, Ordering::SeqCst);
    refused(hand("clerk", "chief").await, "does not hold");
    refused(hand("next", "clerk").await, "certified for a holder");
    let text = hand("next", "next").await.unwrap();
    let key = a.verifier_key();
    let certificate = verify_handover(text.as_bytes(), &key).unwrap();
    let handover = certificate.handover();
    assert_eq!((&handover.office, &handover.from, &handover.to), (&embassy, &envoy, &next));
    let held: Vec<(&str, usize)> =
        handover.papers.iter().map(|p| (p.paper.as_str(), p.copies_of_leaver.len())).collect();
    assert_eq!(held, [(read.as_str(), 1), (done.as_str(), 0)]);
    assert_eq!(handover.open_actions, [read.as_str()]);
    assert!(!certificate.is_confirmed() && !text.contains("harbour"), "no subjects");
    refused(a.confirm_handover(text.as_bytes(), &envoy).await, "only next");
    let confirmed = a.confirm_handover(text.as_bytes(), &next).await.unwrap();
    assert!(verify_handover(confirmed.as_bytes(), &key).unwrap().is_confirmed());
    refused(a.confirm_handover(text.as_bytes(), &next).await, "confirmed already");
    // Whatever is changed, it no longer holds; nor under another key.
    for (from, to) in [("\"next\"", "\"clerk\""), ("P1", "P3"), ("embassy", "embassa")] {
        let forged = confirmed.replace(from, to);
        assert_ne!(forged, confirmed, "the control: {from} stands there");
        assert!(verify_handover(forged.as_bytes(), &key).is_err(), "{from}");
    }
    let stranger = House::new().await;
    assert!(verify_handover(confirmed.as_bytes(), &stranger.archive.verifier_key()).is_err());
    a.verify(|_, _| {}).await.unwrap();
}
