//! The only file of the matrix that knows the house's own types: it puts a case into them and asks.

use chancery_domain::label::{Clearance, Engagement, Policy, Reader, SecurityLabel};
use chancery_domain::rules::{self, Clearing, PaperFacts, PersonFacts, Refusal, Rulebook};
use chancery_domain::{Addressed, Day, End, House, PaperState, Posting, Precision, Term};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::calendar::{Known, civil};
use crate::oracle::{Act, Capacity, Case, State, Stay, Until, Way};
use crate::words::{Cleared, Engaged, Marking, Person, Scheme};

/// What the rules answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Granted(u8),
    Refused { of_the_label: bool },
}

/// The parts of a case in the types of the house, made once for many cases.
#[derive(Clone, Copy)]
pub(crate) struct Ours<'a> {
    pub(crate) postings: &'a [Posting<u8, u8>],
    pub(crate) reader: &'a Reader,
    pub(crate) distribution: &'a [(u8, Addressed)],
    pub(crate) clearing: &'a [Clearing<u8>],
    pub(crate) label: Option<&'a SecurityLabel>,
}

/// Asks the rules.
pub(crate) fn decide(act: Act, case: &Case<'_>, ours: &Ours<'_>) -> Answer {
    let paper = PaperFacts {
        state: state_of(case.state),
        origin: case.origin,
        drafter: case.drafter,
        distribution: ours.distribution,
        clearing: ours.clearing,
        lifts: case.lifts.map(instant_of),
        cancelled: case.cancelled,
        label: ours.label,
    };
    let person = PersonFacts { person: case.me, postings: ours.postings, reader: ours.reader };
    let house = House {
        self_release: case.house.self_release,
        cancelled_readable: case.house.cancelled_readable,
        ..House::default()
    };
    let book = Rulebook { house: &house, policy: case.policy.map(policy_of) };
    match rules::decide(act_of(act), &person, &paper, &book, instant_of(case.at)) {
        Ok(grant) => Answer::Granted(grant.office),
        Err(refusal) => Answer::Refused {
            of_the_label: matches!(refusal, Refusal::Label(_) | Refusal::Unlabelled),
        },
    }
}

/// Asks the policy alone.
pub(crate) fn admits(scheme: Scheme, reader: &Reader, label: &SecurityLabel) -> bool {
    policy_of(scheme).decide(reader, label).is_ok()
}

const fn act_of(act: Act) -> rules::Act {
    match act {
        Act::Preview => rules::Act::Preview,
        Act::Amend => rules::Act::Amend,
        Act::Clear => rules::Act::Clear,
        Act::Approve => rules::Act::Approve,
        Act::Release => rules::Act::Release,
        Act::Read => rules::Act::Read,
        Act::Govern => rules::Act::Govern,
        Act::Refuse => rules::Act::Refuse,
        Act::Withdraw => rules::Act::Withdraw,
    }
}

const fn state_of(state: State) -> PaperState {
    match state {
        State::Draft => PaperState::Draft,
        State::Approved => PaperState::Approved,
        State::Released => PaperState::Released,
        State::Withdrawn => PaperState::Withdrawn,
    }
}

fn instant_of(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("the matrix stays within four digits of years")
}

fn date_of(day: i64) -> Date {
    let (year, month, day) = civil(day);
    let small = |n: i64| i8::try_from(n).expect("a month or a day");
    let year = i16::try_from(year).expect("the matrix stays within four digits of years");
    Date::new(year, small(month), small(day)).expect("the calendar counts days that are")
}

fn day_of(known: Known) -> Day {
    let precision = match known {
        Known::Day(_) => Precision::Day,
        Known::Month(..) => Precision::Month,
        Known::Year(_) => Precision::Year,
    };
    Day { date: date_of(known.earliest()), precision }
}

/// A posting in the house's types; the matrix holds none that the house refuses.
pub(crate) fn posting_of(stay: &Stay) -> Posting<u8, u8> {
    let capacity = match stay.capacity {
        Capacity::Substantive => chancery_domain::Capacity::Substantive,
        Capacity::Acting => chancery_domain::Capacity::Acting,
        Capacity::Charge => chancery_domain::Capacity::Charge,
        Capacity::Delegate => chancery_domain::Capacity::Delegate,
    };
    let end = match stay.until {
        Until::Open => End::Open,
        Until::Unknown => End::Unknown,
        Until::Known(known) => End::On(day_of(known)),
    };
    let term = Term {
        start: stay.from.map(day_of),
        planned_end: stay.planned.map(date_of).map(Day::exact),
        end,
        cut: stay.cut.map(instant_of),
        ..Term::default()
    };
    Posting::new(stay.who, stay.office, capacity, term).expect("a posting that can be")
}

pub(crate) fn distribution_of(distribution: &[(u8, Way)]) -> Vec<(u8, Addressed)> {
    let way = |way| match way {
        Way::Origin => Addressed::Origin,
        Way::Action => Addressed::Action,
        Way::Info => Addressed::Info,
    };
    distribution.iter().map(|to| (to.0, way(to.1))).collect()
}

pub(crate) fn clearing_of(clearing: &[(u8, bool)]) -> Vec<Clearing<u8>> {
    clearing.iter().map(|asked| Clearing { office: asked.0, given: asked.1 }).collect()
}

/// The policy itself.
pub(crate) fn policy_of(scheme: Scheme) -> &'static Policy {
    let name = match scheme {
        Scheme::UsLike => "us-like",
        Scheme::UkLike => "uk-like",
    };
    Policy::shipped(name).expect("it is shipped")
}

/// The number of a classification.
fn class_number(scheme: Scheme, class: &str) -> u64 {
    let ladder = crate::words::ladder(scheme);
    let rung = ladder.iter().position(|rung| *rung == class).expect("a rung of the ladder");
    u64::try_from(rung).expect("few rungs") + 1
}

/// Where a word stands in its policy: number of the set, tag, kind, number.
fn place(word: &str) -> (u8, &'static str, &'static str, u64) {
    match word {
        "AGREMENT CHANNEL" => (1, "Channel", "restrictive", 1),
        "ROGER CHANNEL" => (1, "Channel", "restrictive", 2),
        "DISSENT CHANNEL" => (1, "Channel", "restrictive", 3),
        "NODIS" => (1, "Distribution", "restrictive", 11),
        "EXDIS" => (1, "Distribution", "restrictive", 12),
        "LIMDIS" => (1, "Distribution", "restrictive", 13),
        "STADIS" => (1, "Routing", "restrictive", 21),
        "NOFORN" => (2, "Dissemination", "restrictive", 1),
        "USA" => (3, "Rel To", "enumerated-permissive", 840),
        "FRA" => (3, "Rel To", "enumerated-permissive", 250),
        "GBR" => (3, "Rel To", "enumerated-permissive", 826),
        "SENSITIVE" => (1, "Sensitive", "informative", 1),
        "PERSONAL" => (2, "Descriptors", "informative", 2),
        "LOCSEN" => (3, "Staff", "restrictive", 1),
        "COPPER GATE" => (4, "Codewords", "enumerated-restrictive", 101),
        "GREY HERON" => (4, "Codewords", "enumerated-restrictive", 102),
        "UK" => (5, "Eyes Only", "permissive", 1),
        "US" => (5, "Eyes Only", "permissive", 2),
        "RECIPIENTS ONLY" => (6, "Handling", "informative", 1),
        other => panic!("{other} has no place yet"),
    }
}

fn tags(scheme: Scheme, words: &[&str], limited: bool) -> Value {
    let id = policy_of(scheme).id();
    let tag = |(set, tag, kind, _): (u8, &str, &str, u64), values: &[u64]| json!({"set": format!("{id}.{set}"), "tag": tag, "kind": kind, "values": values});
    let closed = match scheme {
        Scheme::UsLike => place("USA"),
        Scheme::UkLike => place("UK"),
    };
    let closed = limited.then(|| tag(closed, &[]));
    let named = words.iter().map(|word| tag(place(word), &[place(word).3]));
    closed.into_iter().chain(named).collect()
}

/// A label in the house's types, whether or not the policy would let it be made from words.
pub(crate) fn label_of(marking: &Marking) -> SecurityLabel {
    let scheme = marking.scheme;
    serde_json::from_value(json!({
        "policy": policy_of(scheme).id(),
        "classification": class_number(scheme, marking.class),
        "tags": tags(scheme, &marking.words, marking.limited),
    }))
    .expect("a stored label")
}

fn clearance_of(cleared: &Cleared) -> Clearance {
    let scheme = cleared.scheme;
    let numbers = cleared.classes.iter().map(|class| class_number(scheme, class));
    serde_json::from_value(json!({
        "policy": policy_of(scheme).id(),
        "classifications": numbers.collect::<Vec<_>>(),
        "tags": tags(scheme, &cleared.words, false),
    }))
    .expect("a stored clearance")
}

/// A reader in the house's types.
pub(crate) fn reader_of(person: &Person) -> Reader {
    Reader {
        clearance: person.cleared.as_ref().map(clearance_of),
        nationality: person.nation.map(|nation| nation.parse().expect("two letters")),
        engagement: person.engaged.map(|engaged| match engaged {
            Engaged::Home => Engagement::HomeBased,
            Engaged::Locally => Engagement::LocallyEngaged,
        }),
    }
}
