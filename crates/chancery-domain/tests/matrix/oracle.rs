//! A second opinion on every decision about papers, written from the rules in prose and from nothing
//! else: one table, sets of offices, intervals of milliseconds. It shares no line and no library with
//! what it checks. It can make a mistake on request; the matrix must notice each.

use crate::calendar::{DAY, Known};
use crate::words::{Marking, Person, Scheme};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Preview,
    Amend,
    Clear,
    Refuse,
    Approve,
    Release,
    Withdraw,
    Read,
    Govern,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Draft,
    Approved,
    Withdrawn,
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Origin,
    Action,
    Info,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    Open,
    Unknown,
    Known(Known),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capacity {
    Substantive,
    Acting,
    Charge,
    Delegate,
}

/// A posting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    pub(crate) who: u8,
    pub(crate) office: u8,
    pub(crate) capacity: Capacity,
    pub(crate) from: Option<Known>,
    pub(crate) planned: Option<i64>,
    pub(crate) until: Until,
    pub(crate) cut: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct House {
    pub(crate) self_release: bool,
    pub(crate) cancelled_readable: bool,
}

/// All that a decision may depend on, but the act.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) at: i64,
    pub(crate) me: u8,
    pub(crate) stays: &'a [Stay],
    pub(crate) person: &'a Person,
    pub(crate) state: State,
    pub(crate) origin: u8,
    pub(crate) drafter: Option<u8>,
    pub(crate) distribution: &'a [(u8, Way)],
    pub(crate) clearing: &'a [(u8, bool)],
    pub(crate) lifts: Option<i64>,
    pub(crate) cancelled: bool,
    pub(crate) label: Option<&'a Marking>,
    pub(crate) house: House,
    pub(crate) policy: Option<Scheme>,
}

/// What an office is to a paper.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Addressed(Way),
    Originating,
    /// Asked to clear; it has, or it has not yet.
    Asked(bool),
}

/// What stands in the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bar {
    Drafter,
    DrafterAlone,
    Uncleared,
    Unapproved,
    Embargo,
    Cancelled,
}

use Door::{Addressed, Asked, Originating};

struct Rule {
    act: Act,
    released: bool,
    /// The first that is open names the office.
    doors: &'static [Door],
    bars: &'static [Bar],
}

const fn rule(act: Act, released: bool, doors: &'static [Door], bars: &'static [Bar]) -> Rule {
    Rule { act, released, doors, bars }
}

static RULES: [Rule; 9] = [
    rule(Act::Preview, false, &[Originating, Asked(false), Asked(true)], &[]),
    rule(Act::Amend, false, &[Originating], &[]),
    rule(Act::Clear, false, &[Asked(false), Asked(true)], &[Bar::Drafter]),
    rule(Act::Refuse, false, &[Asked(false), Asked(true), Originating], &[Bar::Drafter]),
    rule(Act::Approve, false, &[Originating], &[Bar::Uncleared, Bar::DrafterAlone]),
    rule(Act::Release, false, &[Originating], &[Bar::Uncleared, Bar::Unapproved]),
    rule(Act::Withdraw, false, &[Originating], &[]),
    rule(
        Act::Read,
        true,
        &[Addressed(Way::Origin), Addressed(Way::Action), Addressed(Way::Info)],
        &[Bar::Embargo, Bar::Cancelled],
    ),
    rule(Act::Govern, true, &[Originating], &[]),
];

pub(crate) const ACTS: [Act; 9] = [
    Act::Preview,
    Act::Amend,
    Act::Clear,
    Act::Refuse,
    Act::Approve,
    Act::Release,
    Act::Withdraw,
    Act::Read,
    Act::Govern,
];

/// What the oracle holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The office through which the act is allowed.
    pub(crate) office: Option<u8>,
    /// Whether the person has any standing, so that a refusal may speak of the label.
    pub(crate) standing: bool,
}

macro_rules! slips {
    ($($name:ident),+ $(,)?) => {
        /// A mistake that somebody could make in writing the rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Slip { $($name),+ }

        /// All of them.
        pub(crate) const SLIPS: &[Slip] = &[$(Slip::$name),+];
    };
}

slips! {
    HeldWhenItEnds,
    HeldADayLate,
    DoubtfulStartHeld,
    DoubtfulEndHeld,
    UnknownStartHeld,
    UnknownEndHeld,
    PlannedEndEnds,
    CutIgnored,
    HeldAtTheCut,
    DelegatesShutOut,
    OthersCount,
    EmbargoAMillisecondShort,
    EmbargoAMillisecondLong,
    EmbargoBindsOrigin,
    EmbargoOpensForHolders,
    CancelledIgnored,
    CancelledAlwaysShut,
    WithdrawnIsDraft,
    ListBeforeDirectness,
    ClearedFirst,
    AskedBeforeOrigin,
    DrafterClears,
    UnknownDrafterBarred,
    DrafterApproves,
    UnclearedPasses,
    UnapprovedPasses,
    LabelForReadersOnly,
    LabelNever,
    UnlabelledIsOpen,
    ForeignPolicyCounts,
    ClassIgnored,
    AnyIsEvery,
    EveryIsNothing,
    EmptyLetsIn,
    InformativeAsked,
    NationalityIgnored,
    GrantsOpenNations,
    EngagementIgnored,
    UnknownEngagementIsHome,
}

/// The oracle, and the mistake it makes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) slip: Option<Slip>,
}

impl Oracle {
    pub(crate) fn slips(self, slip: Slip) -> bool {
        self.slip == Some(slip)
    }

    /// The interval `[from, until)` in which a posting is in force, in milliseconds.
    fn force(self, stay: &Stay) -> (i64, i64) {
        // The prose counts a start in doubt from the earliest day it can be; the postings count it from
        // the latest, as they deny wherever there is doubt. The stricter one stands here; to take the
        // prose by its word, exchange the two, and the slip beside them still tells them apart.
        let first = |day: Known| {
            if self.slips(Slip::DoubtfulStartHeld) { day.earliest() } else { day.latest() }
        };
        let from = match stay.from {
            Some(day) => first(day) * DAY,
            None if self.slips(Slip::UnknownStartHeld) => i64::MIN,
            None => i64::MAX,
        };
        let end = match stay.until {
            Until::Open => i64::MAX,
            Until::Unknown if self.slips(Slip::UnknownEndHeld) => i64::MAX,
            Until::Unknown => i64::MIN,
            Until::Known(day) if self.slips(Slip::DoubtfulEndHeld) => day.latest() * DAY,
            Until::Known(day) => day.earliest() * DAY,
        };
        let cut = stay.cut.filter(|_| !self.slips(Slip::CutIgnored)).unwrap_or(i64::MAX);
        let planned = stay.planned.filter(|_| self.slips(Slip::PlannedEndEnds));
        let late = i64::from(self.slips(Slip::HeldAtTheCut));
        let until = end.min(cut.saturating_add(late)).min(planned.map_or(i64::MAX, |p| p * DAY));
        let late = i64::from(self.slips(Slip::HeldWhenItEnds));
        let late = if self.slips(Slip::HeldADayLate) { DAY } else { late };
        (from, until.saturating_add(late))
    }

    /// The offices held, one bit for each.
    fn held(self, case: &Case<'_>) -> u64 {
        let mine = |stay: &&Stay| {
            (stay.who == case.me || self.slips(Slip::OthersCount))
                && !(stay.capacity == Capacity::Delegate && self.slips(Slip::DelegatesShutOut))
        };
        let bit = |stay: &Stay| {
            let (from, until) = self.force(stay);
            u64::from(from <= case.at && case.at < until) << stay.office
        };
        case.stays.iter().filter(mine).map(bit).fold(0, |set, bit| set | bit)
    }

    /// The first office held behind a door.
    fn behind(self, door: Door, held: u64, case: &Case<'_>) -> Option<u8> {
        let is_held = |office: &u8| held >> office & 1 == 1;
        let any_way = self.slips(Slip::ListBeforeDirectness);
        match door {
            Originating => Some(case.origin).filter(is_held),
            Asked(given) => {
                let given = given != self.slips(Slip::ClearedFirst);
                let of = case.clearing.iter().filter(|asked| asked.1 == given);
                of.map(|asked| asked.0).find(is_held)
            }
            Addressed(way) => {
                let of = case.distribution.iter().filter(|to| any_way || to.1 == way);
                of.map(|to| to.0).find(is_held)
            }
        }
    }

    fn bars(self, bar: Bar, office: u8, held: u64, case: &Case<'_>) -> bool {
        let drafted = case.drafter == Some(case.me)
            || (case.drafter.is_none() && self.slips(Slip::UnknownDrafterBarred));
        let allowed = case.house.self_release;
        match bar {
            Bar::Drafter => drafted && !self.slips(Slip::DrafterClears),
            Bar::DrafterAlone => drafted && !allowed && !self.slips(Slip::DrafterApproves),
            Bar::Uncleared => {
                case.clearing.iter().any(|asked| !asked.1) && !self.slips(Slip::UnclearedPasses)
            }
            Bar::Unapproved => {
                case.state != State::Approved && !allowed && !self.slips(Slip::UnapprovedPasses)
            }
            Bar::Embargo => {
                let early = i64::from(self.slips(Slip::EmbargoAMillisecondShort));
                let late = i64::from(self.slips(Slip::EmbargoAMillisecondLong));
                let from_origin = office == case.origin
                    || (self.slips(Slip::EmbargoOpensForHolders) && held >> case.origin & 1 == 1);
                case.lifts.is_some_and(|lifts| case.at < lifts - early + late)
                    && (!from_origin || self.slips(Slip::EmbargoBindsOrigin))
            }
            Bar::Cancelled => {
                let shut = !case.house.cancelled_readable && !self.slips(Slip::CancelledIgnored);
                case.cancelled && (shut || self.slips(Slip::CancelledAlwaysShut))
            }
        }
    }

    /// Whether the act is allowed, and through which office.
    pub(crate) fn verdict(self, act: Act, case: &Case<'_>) -> Verdict {
        let rule = RULES.iter().find(|rule| rule.act == act).expect("every act has its rule");
        let held = self.held(case);
        let doors = match act {
            Act::Preview if self.slips(Slip::AskedBeforeOrigin) => {
                &[Asked(false), Asked(true), Originating]
            }
            _ => rule.doors,
        };
        let through = doors.iter().find_map(|door| self.behind(*door, held, case));
        let open = match case.state {
            State::Draft | State::Approved => !rule.released,
            State::Released => rule.released,
            State::Withdrawn => !rule.released && self.slips(Slip::WithdrawnIsDraft),
        };
        let unlabelled = self.slips(Slip::LabelNever)
            || (self.slips(Slip::LabelForReadersOnly) && act != Act::Read);
        let office = through.filter(|office| {
            open && !rule.bars.iter().any(|bar| self.bars(*bar, *office, held, case))
                && (unlabelled || self.admits(case.policy, case.label, case.person))
        });
        Verdict { office, standing: open && through.is_some() }
    }
}
