//! What must hold of decisions whatever the rules say in detail: no reading up, no writing down, and
//! neither more offices nor fewer addressees may turn an answer the wrong way.
//!
//! Here the originating office stands in the distribution as such or not at all, as it does in every
//! paper that was released. Where it is addressed like any other office, an embargo makes an exception;
//! the last test shows it.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::SPACE;
use crate::adapter::{self, Answer, Ours};
use crate::oracle::{ACTS, Act, Case, State, Stay, Way};
use crate::space::{DRAFTERS, HOUSES, LIFTS, Label, ME, ORIGIN, Readers, STATES};
use crate::words::{Person, Scheme};

/// One case with lists of its own.
#[derive(Clone, Debug)]
struct Whole {
    at: i64,
    stays: Vec<Stay>,
    state: State,
    drafter: Option<u8>,
    distribution: Vec<(u8, Way)>,
    clearing: Vec<(u8, bool)>,
    lifts: Option<i64>,
    house: usize,
    scheme: usize,
    reader: usize,
    label: Option<usize>,
}

impl Whole {
    fn scheme(&self) -> Scheme {
        SPACE.schemes[self.scheme].0
    }

    fn label(&self) -> Option<&'static Label> {
        let of = &SPACE.schemes[self.scheme].1;
        self.label.map(|label| &of[label % of.len()])
    }

    fn reader(&self) -> &'static Readers {
        let of = &SPACE.schemes[self.scheme].2;
        &of[self.reader % of.len()]
    }

    /// What the rules say; what they cannot be asked counts as refused.
    fn granted(&self, act: Act, policy: bool) -> Option<u8> {
        let postings: Vec<_> = self.stays.iter().map(adapter::posting_of).collect();
        let (label, reader) = (self.label(), self.reader());
        let case = Case {
            at: self.at,
            me: ME,
            stays: &self.stays,
            person: &reader.plain,
            state: self.state,
            origin: ORIGIN,
            drafter: self.drafter,
            distribution: &self.distribution,
            clearing: &self.clearing,
            lifts: self.lifts,
            cancelled: false,
            label: label.map(|label| &label.plain),
            house: HOUSES[self.house],
            policy: policy.then(|| self.scheme()),
        };
        let ours = Ours {
            postings: &postings,
            reader: &reader.ours,
            distribution: &adapter::distribution_of(&self.distribution),
            clearing: &adapter::clearing_of(&self.clearing),
            label: label.map(|label| &label.ours),
        };
        match adapter::decide(act, &case, &ours) {
            Answer::Granted(office) => Some(office),
            Answer::Refused { .. } => None,
        }
    }
}

const OTHERS: Range<u8> = ORIGIN + 1..7;

prop_compose! {
    fn distributions()(
        origin in any::<bool>(),
        at in any::<Index>(),
        others in prop::collection::vec((OTHERS, any::<bool>()), 0..5),
    ) -> Vec<(u8, Way)> {
        let way = |action| if action { Way::Action } else { Way::Info };
        let mut all: Vec<_> = others.into_iter().map(|(o, action)| (o, way(action))).collect();
        if origin {
            all.insert(at.index(all.len() + 1), (ORIGIN, Way::Origin));
        }
        all
    }
}

prop_compose! {
    fn wholes()(
        (time, postings) in (any::<Index>(), prop::collection::vec(any::<Index>(), 0..4)),
        state in prop::sample::select(STATES.to_vec()),
        drafter in prop::sample::select(DRAFTERS.to_vec()),
        distribution in distributions(),
        clearing in prop::collection::vec((0..7_u8, any::<bool>()), 0..3),
        lifts in prop::sample::select(LIFTS.to_vec()),
        (house, scheme) in (0..HOUSES.len(), 0..2_usize),
        reader in any::<usize>(),
        label in prop::option::weighted(0.9, prop_oneof![0..20_usize, any::<usize>()]),
    ) -> Whole {
        let (at, people) = &SPACE.times[time.index(SPACE.times.len())];
        let stays = postings.iter().flat_map(|p| people[p.index(people.len())].plain.clone());
        let (at, lifts) = (*at, lifts.map(|after| at + after));
        Whole {
            at, stays: stays.collect(), state, drafter, distribution, clearing, lifts, house,
            scheme, reader, label,
        }
    }
}

fn cleared_for(person: &Person, label: &Label) -> bool {
    person.cleared.as_ref().is_some_and(|c| c.classes.contains(&label.plain.class))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_reads_up(whole in wholes()) {
        let cleared = whole.label().is_some_and(|l| cleared_for(&whole.reader().plain, l));
        for act in ACTS {
            prop_assert!(cleared || whole.granted(act, true).is_none(), "{act:?}");
        }
    }

    /// Lowering a label is an act of government; it and all that changes a draft belong to the
    /// originating office, and to nobody without it.
    #[test]
    fn nobody_writes_down(whole in wholes()) {
        let acts = [Act::Govern, Act::Amend, Act::Approve, Act::Release, Act::Withdraw];
        let mut without = whole.clone();
        without.stays.retain(|stay| stay.office != ORIGIN);
        for act in acts {
            let office = whole.granted(act, false);
            prop_assert!(office.is_none_or(|office| office == ORIGIN), "{act:?}");
            prop_assert_eq!(without.granted(act, false), None, "{:?}", act);
        }
    }

    /// Whoever may act on a paper may act on it under a lower label.
    #[test]
    fn a_lower_label_shuts_nobody_out(whole in wholes(), lower in any::<usize>()) {
        let low = Whole { label: Some(lower), ..whole.clone() };
        let policy = adapter::policy_of(whole.scheme());
        let (Some(a), Some(b)) = (whole.label(), low.label()) else { return Ok(()) };
        // A clearance with a gap is none by levels.
        let gap = whole.reader().plain.cleared.as_ref().is_some_and(|c| {
            c.classes.iter().zip(crate::words::ladder(c.scheme)).any(|(held, rung)| held != rung)
        });
        if policy.dominates(&a.ours, &b.ours) && !gap {
            for act in ACTS {
                prop_assert!(whole.granted(act, true) .is_none() || low.granted(act, true).is_some());
            }
        }
    }

    #[test]
    fn another_posting_takes_no_reading_away(whole in wholes(), more in any::<Index>()) {
        let time = SPACE.times.iter().find(|time| time.0 == whole.at).unwrap();
        let mut both = whole.clone();
        both.stays.extend(time.1[more.index(time.1.len())].plain.iter().copied());
        let released = Whole { state: State::Released, ..whole };
        let both = Whole { state: State::Released, ..both };
        for policy in [false, true] {
            let before = released.granted(Act::Read, policy);
            prop_assert!(before.is_none() || both.granted(Act::Read, policy).is_some());
        }
    }

    #[test]
    fn a_shorter_distribution_grants_nothing(whole in wholes(), which in any::<Index>()) {
        if whole.distribution.is_empty() {
            return Ok(());
        }
        let mut fewer = whole.clone();
        fewer.distribution.remove(which.index(whole.distribution.len()));
        for act in ACTS {
            for policy in [false, true] {
                let after = fewer.granted(act, policy);
                prop_assert!(after.is_none() || whole.granted(act, policy).is_some(), "{act:?}");
            }
        }
    }
}

/// Under an embargo the office addressed most directly decides, and the originating one addressed for
/// information is not it. So a second office costs its holder the reading that the first one gave.
#[test]
fn an_origin_addressed_for_information_is_the_exception() {
    let (at, people) = &SPACE.times[0];
    let holding = |office: u8| {
        people.iter().find(|p| p.plain.iter().all(|s| s.office == office) && p.plain.len() == 1)
    };
    let (origin, action) = (holding(ORIGIN).unwrap(), holding(1).unwrap());
    let one = Whole {
        at: *at,
        stays: origin.plain.clone(),
        state: State::Released,
        drafter: None,
        distribution: vec![(ORIGIN, Way::Info), (1, Way::Action)],
        clearing: vec![],
        lifts: Some(at + 1),
        house: 0,
        scheme: 0,
        reader: 0,
        label: None,
    };
    let both =
        Whole { stays: [origin.plain.clone(), action.plain.clone()].concat(), ..one.clone() };
    assert_eq!(one.granted(Act::Read, false), Some(ORIGIN));
    assert_eq!(both.granted(Act::Read, false), None);
}

/// The properties would hold of rules that grant nothing: enough of their cases are granted.
#[test]
fn random_cases_are_granted_often_enough() {
    let mut runner = TestRunner::deterministic();
    let strategy = wholes();
    let mut granted = [[0_u32; 2]; ACTS.len()];
    for _ in 0..20_000 {
        let whole = strategy.new_tree(&mut runner).unwrap().current();
        for (act, granted) in ACTS.into_iter().zip(&mut granted) {
            for policy in [false, true] {
                granted[usize::from(policy)] += u32::from(whole.granted(act, policy).is_some());
            }
        }
    }
    for (act, [without, with]) in ACTS.into_iter().zip(granted) {
        eprintln!("{act:?}: {without} granted without a policy, {with} with one");
        assert!(with >= 100, "{act:?} is hardly ever granted");
    }
}
