use super::*;
use crate::{Capacity, Term};
use jiff::civil::date;

/// A reader of whom nothing is known: enough where no policy is in force.
const NOBODY: Reader = Reader { clearance: None, nationality: None, engagement: None };

fn by(house: &House) -> Rulebook<'_> {
    Rulebook { house, policy: None }
}

fn posting(office: &str, from: Date, to: Option<Date>) -> Posting<u8, &str> {
    let term = Term::from(from);
    let term = to.map_or(term, |to| term.until(to));
    Posting::new(1, office, Capacity::Substantive, term).unwrap()
}

fn paper<'a>(
    state: PaperState,
    distribution: &'a [(&'static str, Addressed)],
) -> PaperFacts<'a, u8, &'static str> {
    PaperFacts {
        state,
        origin: "origin",
        drafter: Some(2),
        distribution,
        clearing: &[],
        lifts: None,
        cancelled: false,
        label: None,
    }
}

fn noon(day: Date) -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap()
}

#[test]
fn a_copy_is_for_holders_of_addressed_offices_at_the_instant() {
    let list = [("info", Addressed::Info), ("action", Addressed::Action)];
    let both = [
        posting("info", date(2031, 1, 1), None),
        posting("action", date(2031, 6, 1), Some(date(2031, 7, 1))),
    ];
    let person = PersonFacts { person: 1, postings: &both, reader: &NOBODY };
    let open = |state, day| {
        decide(Act::Read, &person, &paper(state, &list), &by(&House::default()), noon(day))
            .map(|grant| grant.office)
    };
    assert_eq!(open(PaperState::Released, date(2031, 6, 30)), Ok("action"));
    assert_eq!(open(PaperState::Released, date(2031, 7, 1)), Ok("info"));
    let day = date(2030, 12, 31);
    assert_eq!(open(PaperState::Released, day), Err(Refusal::NotAddressed(day)));
    assert_eq!(open(PaperState::Draft, date(2031, 6, 30)), Err(Refusal::NotReleased));
    assert!(was_entitled(&list, &both, date(2031, 6, 30), date(2031, 6, 30)));
    assert!(!was_entitled(&list, &both, date(2030, 1, 1), date(2030, 12, 31)));
}

#[test]
fn an_embargo_binds_everyone_outside_the_originating_office() {
    let list = [("origin", Addressed::Origin), ("info", Addressed::Info)];
    let day = date(2031, 6, 1);
    let lifts = Some(noon(day));
    let facts = PaperFacts { lifts, ..paper(PaperState::Released, &list) };
    let read = |office, at| {
        let held = [posting(office, date(2031, 1, 1), None)];
        let person = PersonFacts { person: 1, postings: &held, reader: &NOBODY };
        decide(Act::Read, &person, &facts, &by(&House::default()), at)
    };
    let before = noon(date(2031, 5, 31));
    assert!(read("origin", before).is_ok());
    assert_eq!(read("info", before), Err(Refusal::Embargoed(noon(day))));
    assert!(read("info", noon(day)).is_ok());
}

#[test]
fn approval_takes_other_eyes_and_every_clearance() {
    let held = [posting("origin", date(2031, 1, 1), None)];
    let at = noon(date(2031, 2, 1));
    let strict = House { self_release: false, ..House::default() };
    let other = PersonFacts { person: 1, postings: &held, reader: &NOBODY };
    let clearing = [Clearing { office: "legal", given: false }];
    let draft = PaperFacts { clearing: &clearing, ..paper(PaperState::Draft, &[]) };
    assert_eq!(decide(Act::Approve, &other, &draft, &by(&strict), at), Err(Refusal::NotCleared));
    let draft = paper(PaperState::Draft, &[]);
    assert!(decide(Act::Approve, &other, &draft, &by(&strict), at).is_ok());
    assert_eq!(decide(Act::Release, &other, &draft, &by(&strict), at), Err(Refusal::NotApproved));
    let own = PaperFacts { drafter: Some(1), ..draft };
    let refused = decide(Act::Approve, &other, &own, &by(&strict), at);
    assert_eq!(refused, Err(Refusal::OwnDraft("approve")));
    let lenient = House::default();
    assert!(decide(Act::Release, &other, &own, &by(&lenient), at).is_ok());
    let approved = paper(PaperState::Approved, &[]);
    assert!(decide(Act::Release, &other, &approved, &by(&strict), at).is_ok());
}

#[test]
fn two_officers_are_two_persons_of_two_offices() {
    assert_eq!(may_approve(&1, &["a"], &1, &["b"]), Err(Refusal::SamePerson));
    assert_eq!(may_approve(&1, &["a"], &2, &["a"]), Err(Refusal::SameOffice));
    assert_eq!(may_approve(&1, &["a"], &2, &[]), Err(Refusal::SameOffice));
    assert_eq!(may_approve(&1, &[], &2, &["a"]), Err(Refusal::NoOffice));
    assert_eq!(may_approve(&1, &["a"], &2, &["a", "b"]), Ok(()));
}

/// Who does it, by the offices held and whether the person drafted the paper.
const ROLES: [(&str, &[&str], bool); 7] = [
    ("drafter", &["origin"], true),
    ("drafter who clears too", &["origin", "legal"], true),
    ("colleague", &["origin"], false),
    ("clearer", &["legal"], false),
    ("addressee", &["action"], false),
    ("stranger", &["other"], false),
    ("nobody", &[], false),
];

/// The letter of an outcome.
fn letter(outcome: &Result<Grant<&str>, Refusal>) -> char {
    match outcome {
        Ok(Grant { office: "origin" }) => 'o',
        Ok(Grant { office: "legal" }) => 'l',
        Ok(Grant { .. }) => 'a',
        Err(Refusal::NotReleased) => 'N',
        Err(Refusal::Released) => 'R',
        Err(Refusal::Withdrawn) => 'W',
        Err(Refusal::Destroyed) => 'X',
        Err(Refusal::NotHolder(_)) => 'H',
        Err(Refusal::NotAddressed(_)) => 'A',
        Err(Refusal::NotAsked(_)) => 'Q',
        Err(Refusal::OwnDraft(_)) => 'D',
        Err(Refusal::NotCleared) => 'C',
        Err(Refusal::NotApproved) => 'P',
        Err(_) => '?',
    }
}

/// Every act in every state by everybody: one letter a role in the order of [`ROLES`].
#[test]
fn every_act_in_every_state_by_every_role() {
    const DRAFT: PaperState = PaperState::Draft;
    const DONE: PaperState = PaperState::Approved;
    // State, whether legal has cleared, whether drafters release alone, outcomes act by act.
    let table = [
        (DRAFT, false, true, "ooolHHH oooHHHH QDQlQQQ DDolHHH CCCHHHH CCCHHHH oooHHHH"),
        (DRAFT, true, true, "ooolHHH oooHHHH QDQlQQQ DDolHHH oooHHHH oooHHHH oooHHHH"),
        (DRAFT, false, false, "ooolHHH oooHHHH QDQlQQQ DDolHHH CCCHHHH CCCHHHH oooHHHH"),
        (DRAFT, true, false, "ooolHHH oooHHHH QDQlQQQ DDolHHH DDoHHHH PPPHHHH oooHHHH"),
        (DONE, true, true, "ooolHHH oooHHHH QDQlQQQ DDolHHH oooHHHH oooHHHH oooHHHH"),
        (DONE, true, false, "ooolHHH oooHHHH QDQlQQQ DDolHHH DDoHHHH oooHHHH oooHHHH"),
    ];
    let check = |state, given, self_release, expected: &str| {
        let house = House { self_release, ..House::default() };
        let clearing = [Clearing { office: "legal", given }];
        let distribution = [("origin", Addressed::Origin), ("action", Addressed::Action)];
        let mut rows = expected.split(' ');
        for act in Act::ALL {
            let row = rows.next().unwrap();
            for ((role, offices, own), expected) in ROLES.iter().zip(row.chars()) {
                let held: Vec<_> =
                    offices.iter().map(|o| posting(o, date(2031, 1, 1), None)).collect();
                let person = PersonFacts { person: 1, postings: &held, reader: &NOBODY };
                let drafter = Some(if *own { 1 } else { 2 });
                let facts =
                    PaperFacts { drafter, clearing: &clearing, ..paper(state, &distribution) };
                let outcome = decide(act, &person, &facts, &by(&house), noon(date(2031, 2, 1)));
                assert_eq!(
                    letter(&outcome),
                    expected,
                    "{act:?} of a paper {state:?} (cleared {given}, self-release {self_release}) by {role}: {outcome:?}"
                );
                if let Err(refusal) = outcome {
                    assert!(refusal.to_string().len() > 20);
                }
            }
        }
    };
    for (state, given, lenient, acts) in table {
        check(state, given, lenient, &format!("{acts} NNNNNNN NNNNNNN"));
    }
    for (given, lenient) in [(false, false), (false, true), (true, false), (true, true)] {
        let seven = |c: char| c.to_string().repeat(7);
        let shut = |c| vec![seven(c); 7].join(" ");
        let released = format!("{} oooAaAA oooHHHH", shut('R'));
        check(PaperState::Released, given, lenient, &released);
        let withdrawn = format!("{} {} {}", shut('W'), seven('N'), seven('N'));
        check(PaperState::Withdrawn, given, lenient, &withdrawn);
        let destroyed = vec![seven('X'); Act::ALL.len()].join(" ");
        check(PaperState::Destroyed, given, lenient, &destroyed);
    }
}

#[test]
fn a_cancelled_paper_stays_open_unless_the_house_shuts_it() {
    let list = [("info", Addressed::Info)];
    let facts = PaperFacts { cancelled: true, ..paper(PaperState::Released, &list) };
    let at = noon(date(2031, 2, 1));
    let shut = House { cancelled_readable: false, ..House::default() };
    let read = |office, house: &House| {
        let held = [posting(office, date(2031, 1, 1), None)];
        decide(
            Act::Read,
            &PersonFacts { person: 1, postings: &held, reader: &NOBODY },
            &facts,
            &by(house),
            at,
        )
    };
    assert!(read("info", &House::default()).is_ok());
    assert_eq!(read("info", &shut), Err(Refusal::Cancelled));
    // Whoever may not have it is not told that it is cancelled.
    assert!(matches!(read("other", &shut), Err(Refusal::NotAddressed(_))));
}

#[test]
fn an_embargo_moves_the_day_from_which_readers_count() {
    let (released, lift) = (date(2031, 1, 1), date(2031, 3, 1));
    let lifts = Some(noon(lift));
    assert_eq!(reads_from(released, lifts, true), released);
    assert_eq!(reads_from(released, lifts, false), lift);
    assert_eq!(reads_from(released, None, false), released);
    assert_eq!(reads_from(date(2031, 4, 1), lifts, false), date(2031, 4, 1));
}

#[test]
fn the_house_is_kept_by_its_custodian_if_it_has_one() {
    let held = [posting("registry", date(2031, 1, 1), Some(date(2031, 2, 1)))];
    let may = |custodian, day| may_keep_house(custodian, &held, noon(day));
    assert_eq!(may(None, date(2040, 1, 1)), Ok(()));
    assert_eq!(may(Some(&"registry"), date(2031, 1, 31)), Ok(()));
    assert_eq!(may(Some(&"registry"), date(2031, 2, 1)), Err(Refusal::NotCustodian));
    assert_eq!(may(Some(&"other"), date(2031, 1, 31)), Err(Refusal::NotCustodian));
}

#[test]
fn a_posting_is_made_by_the_custodian_or_the_appointing_office_once_there_is_a_custodian() {
    let day = noon(date(2031, 1, 10));
    let held = |office| [posting(office, date(2031, 1, 1), None)];
    let (nobody, outsider): ([Posting<u8, &str>; 0], _) = ([], held("desk"));
    let (keeper, above) = (held("registry"), held("head"));
    let may = |custodian: Option<&_>, who| may_post(custodian, Some(&"head"), who, day);
    for who in [None, Some(&nobody[..]), Some(&outsider[..]), Some(&keeper[..])] {
        assert_eq!(may(None, who), Ok(()), "no custodian");
    }
    let custodian = Some(&"registry");
    assert_eq!(may(custodian, None), Err(Refusal::Unnamed));
    assert_eq!(may(custodian, Some(&nobody)), Err(Refusal::NotAppointing));
    assert_eq!(may(custodian, Some(&outsider)), Err(Refusal::NotAppointing));
    assert_eq!(may(custodian, Some(&keeper)), Ok(()));
    assert_eq!(may(custodian, Some(&above)), Ok(()));
    // Persons, and offices that nobody appoints to, are the custodian's alone.
    assert_eq!(may_register(custodian, Some(&above), day), Err(Refusal::NotCustodian));
    assert_eq!(may_post(custodian, None, Some(&above), day), Err(Refusal::NotCustodian));
    assert_eq!(may_register(custodian, Some(&keeper), day), Ok(()));
}

#[test]
fn records_are_merged_by_whoever_answers_for_both() {
    let day = noon(date(2031, 1, 10));
    let above = [posting("head", date(2031, 1, 1), None)];
    let may = |custodian, theirs: &[_]| may_merge(custodian, theirs, &above, day);
    assert_eq!(may(None, &[]), Ok(()), "neither holds anything");
    assert_eq!(may(None, &[Some("head"), Some("head")]), Ok(()));
    assert_eq!(may(None, &[Some("head"), Some("crown")]), Err(Refusal::NotAppointingAll));
    assert_eq!(may(None, &[None]), Err(Refusal::NotAppointingAll), "nobody appoints to it");
    assert_eq!(may(Some(&"registry"), &[]), Err(Refusal::NotCustodian));
    assert_eq!(may(Some(&"head"), &[Some("crown")]), Ok(()));
}
