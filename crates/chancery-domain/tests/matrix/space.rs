//! What can be the case: every dimension as a list, each value in plain words and in the house's types.

use chancery_domain::label::{Reader, SecurityLabel};
use chancery_domain::rules::Clearing;
use chancery_domain::{Addressed, Posting};

use crate::adapter;
use crate::calendar::{DAY, Known, civil, number};
use crate::oracle::{Capacity, House, State, Stay, Until, Way};
use crate::words::{Cleared, Engaged, Marking, Person, Scheme, ladder};

pub(crate) const ME: u8 = 1;
pub(crate) const OTHER: u8 = 2;

pub(crate) const ORIGIN: u8 = 0;
const ACTION: u8 = 1;
const INFO: u8 = 2;
const ASKED: u8 = 3;
const ASKED_TOO: u8 = 4;
const ELSEWHERE: u8 = 6;

/// A value, and the same in the house's types.
#[derive(Clone)]
pub(crate) struct Both<A, B> {
    pub(crate) plain: A,
    pub(crate) ours: B,
}

type Words = &'static [&'static str];
type Distribution = Both<Vec<(u8, Way)>, Vec<(u8, Addressed)>>;
type Asked = Both<Vec<(u8, bool)>, Vec<Clearing<u8>>>;
pub(crate) type People = Both<Vec<Stay>, Vec<Posting<u8, u8>>>;
pub(crate) type Label = Both<Marking, SecurityLabel>;
pub(crate) type Readers = Both<Person, Reader>;

pub(crate) const STATES: [State; 4] =
    [State::Draft, State::Approved, State::Withdrawn, State::Released];
pub(crate) const DRAFTERS: [Option<u8>; 3] = [None, Some(ME), Some(OTHER)];
/// When an embargo lifts, seen from the instant of the act.
pub(crate) const LIFTS: [Option<i64>; 6] =
    [None, Some(-DAY), Some(-1), Some(0), Some(1), Some(400 * DAY)];
pub(crate) const HOUSES: [House; 4] = [
    House { self_release: true, cancelled_readable: true },
    House { self_release: true, cancelled_readable: false },
    House { self_release: false, cancelled_readable: true },
    House { self_release: false, cancelled_readable: false },
];

/// All dimensions that are lists.
pub(crate) struct Space {
    /// Instants, each with the persons whose postings are told from it.
    pub(crate) times: Vec<(i64, Vec<People>)>,
    /// Persons whose postings are plainly in force at the first instant, or plainly not.
    pub(crate) steady: Vec<People>,
    pub(crate) distributions: Vec<Distribution>,
    pub(crate) clearings: Vec<Asked>,
    /// For each policy, its labels and readers.
    pub(crate) schemes: Vec<(Scheme, Vec<Label>, Vec<Readers>)>,
}

impl Space {
    pub(crate) fn new() -> Self {
        let instants = [
            number(2032, 3, 17) * DAY + DAY / 2 + 1,
            number(2032, 3, 1) * DAY,
            number(2032, 1, 1) * DAY - 1,
            number(1969, 7, 20) * DAY + 72_000_123,
        ];
        let times = instants.map(|at| (at, postings(at).into_iter().map(people).collect()));
        Self {
            steady: steady(instants[0]).into_iter().map(people).collect(),
            times: times.into(),
            distributions: distributions()
                .into_iter()
                .map(|plain| Both { ours: adapter::distribution_of(&plain), plain })
                .collect(),
            clearings: clearings()
                .into_iter()
                .map(|plain| Both { ours: adapter::clearing_of(&plain), plain })
                .collect(),
            schemes: [Scheme::UsLike, Scheme::UkLike]
                .map(|scheme| (scheme, labels(scheme), readers(scheme)))
                .into(),
        }
    }
}

fn people(plain: Vec<Stay>) -> People {
    Both { ours: plain.iter().map(adapter::posting_of).collect(), plain }
}

/// In force since long before `at`, without an end.
const fn in_force(at: i64, office: u8) -> Stay {
    Stay {
        who: ME,
        office,
        capacity: Capacity::Substantive,
        from: Some(Known::Day(at.div_euclid(DAY) - 700)),
        planned: None,
        until: Until::Open,
        cut: None,
    }
}

fn steady(at: i64) -> Vec<Vec<Stay>> {
    let offices: [&[u8]; 14] = [
        &[],
        &[ORIGIN],
        &[ACTION],
        &[INFO],
        &[ASKED],
        &[ASKED_TOO],
        &[ELSEWHERE],
        &[ORIGIN, ASKED],
        &[ORIGIN, ACTION],
        &[INFO, ACTION],
        &[INFO, ORIGIN],
        &[ASKED_TOO, ASKED],
        &[ASKED, ACTION],
        &[ELSEWHERE, ASKED_TOO, INFO, ACTION, ORIGIN],
    ];
    let mine = offices.map(|offices| offices.iter().map(|o| in_force(at, *o)).collect());
    let others = [ORIGIN, ACTION, INFO, ASKED]
        .map(|office| Stay { who: OTHER, ..in_force(at, office) })
        .to_vec();
    let mut all = Vec::from(mine);
    all.push(others);
    all
}

/// Every state in which the posting to an office can be, for several offices.
fn postings(at: i64) -> Vec<Vec<Stay>> {
    let mut all = steady(at);
    for office in [ORIGIN, ACTION, INFO, ASKED] {
        for shape in shapes(at, office) {
            all.push(shape.clone());
            all.push([shape, vec![in_force(at, ELSEWHERE)]].concat());
        }
    }
    all
}

fn shapes(at: i64, office: u8) -> Vec<Vec<Stay>> {
    let day = at.div_euclid(DAY);
    let (year, month, _) = civil(day);
    let (next, last) = (civil(day + 32), civil(day - 32));
    let base = in_force(at, office);
    let from = |known| Stay { from: Some(known), ..base };
    let until = |known| Stay { until: Until::Known(known), ..base };
    let cut = |after: i64| {
        let cut = at + after;
        Stay { cut: Some(cut), ..until(Known::Day(cut.div_euclid(DAY) + 1)) }
    };
    let single = [
        // Not begun, begins today (at midnight: this instant), begun.
        from(Known::Day(day + 1)),
        from(Known::Day(day)),
        from(Known::Day(day - 1)),
        // A planned end that passed, passes, will pass.
        Stay { planned: Some(day - 1), ..base },
        Stay { planned: Some(day), ..base },
        Stay { planned: Some(day + 1), ..base },
        // Ended yesterday, today (at midnight: this instant), ends tomorrow.
        until(Known::Day(day - 1)),
        until(Known::Day(day)),
        until(Known::Day(day + 1)),
        // Cut a millisecond ago, now, in a millisecond; in an hour.
        cut(-1),
        cut(0),
        cut(1),
        cut(3_600_000),
        // Nobody knows.
        Stay { from: None, ..base },
        Stay { from: None, ..until(Known::Day(day + 9)) },
        Stay { until: Until::Unknown, ..base },
        Stay { until: Until::Unknown, ..from(Known::Day(day)) },
        Stay { from: None, until: Until::Unknown, ..base },
        // To the month or year.
        from(Known::Month(year, month)),
        from(Known::Month(next.0, next.1)),
        from(Known::Month(last.0, last.1)),
        from(Known::Year(year)),
        from(Known::Year(year - 1)),
        until(Known::Month(year, month)),
        until(Known::Month(next.0, next.1)),
        until(Known::Month(last.0, last.1)),
        until(Known::Year(year)),
        until(Known::Year(year + 1)),
        Stay { from: Some(Known::Month(year, month)), ..until(Known::Month(year, month)) },
        // Not mine.
        Stay { who: OTHER, ..base },
        // In another capacity.
        Stay { capacity: Capacity::Acting, ..base },
        Stay { capacity: Capacity::Charge, ..base },
        Stay { capacity: Capacity::Delegate, ..until(Known::Day(day + 9)) },
        Stay { capacity: Capacity::Delegate, ..until(Known::Day(day)) },
    ];
    let mut all: Vec<Vec<Stay>> = single.map(|stay| vec![stay]).into();
    // Twice: with a gap, without one, still in the gap.
    all.push(vec![until(Known::Day(day - 20)), from(Known::Day(day - 10))]);
    all.push(vec![from(Known::Day(day)), until(Known::Day(day))]);
    all.push(vec![until(Known::Day(day)), from(Known::Day(day + 1))]);
    all
}

fn distributions() -> Vec<Vec<(u8, Way)>> {
    let origin = (ORIGIN, Way::Origin);
    let (action, info) = ((ACTION, Way::Action), (INFO, Way::Info));
    vec![
        vec![],
        vec![origin],
        vec![origin, action, info],
        vec![info, action, origin],
        vec![action, info],
        vec![(ORIGIN, Way::Info), action],
        vec![(ACTION, Way::Info), (INFO, Way::Action), action, (INFO, Way::Info), origin],
        vec![origin, (ELSEWHERE, Way::Info)],
    ]
}

fn clearings() -> Vec<Vec<(u8, bool)>> {
    vec![
        vec![],
        vec![(ASKED, false)],
        vec![(ASKED, true)],
        vec![(ASKED, true), (ASKED_TOO, false)],
        vec![(ASKED_TOO, false), (ASKED, false)],
        vec![(ASKED, true), (ASKED_TOO, true)],
        vec![(ORIGIN, false), (ASKED, true)],
    ]
}

/// Every classification with every caveat, also where the policy would not let both be written.
fn labels(scheme: Scheme) -> Vec<Label> {
    let (groups, limits): ([&[Words]; 3], [Option<Words>; 5]) = match scheme {
        Scheme::UsLike => (
            [
                &[&[], &["NODIS"], &["NODIS", "STADIS"], &["ROGER CHANNEL"]],
                &[&[], &["NOFORN"]],
                &[&[]],
            ],
            [None, Some(&[]), Some(&["USA"]), Some(&["USA", "GBR"]), Some(&["GBR", "FRA"])],
        ),
        Scheme::UkLike => (
            [
                &[&[], &["COPPER GATE"], &["COPPER GATE", "GREY HERON"]],
                &[&[], &["LOCSEN"]],
                &[&[], &["SENSITIVE"], &["SENSITIVE", "PERSONAL", "RECIPIENTS ONLY"]],
            ],
            [None, Some(&[]), Some(&["UK"]), Some(&["US"]), Some(&["UK", "US"])],
        ),
    };
    let mut all = Vec::new();
    for class in ladder(scheme) {
        for words in groups[0] {
            for more in groups[1] {
                for shown in groups[2] {
                    for limit in limits {
                        let words = [words, more, shown, limit.unwrap_or_default()].concat();
                        let plain = Marking { scheme, class, words, limited: limit.is_some() };
                        all.push(Both { ours: adapter::label_of(&plain), plain });
                    }
                }
            }
        }
    }
    all
}

/// Every level, with a gap and without a clearance; every grant, also of what cannot be granted.
fn readers(scheme: Scheme) -> Vec<Readers> {
    let (grants, gap): (&[Words], [&'static str; 2]) = match scheme {
        Scheme::UsLike => (
            &[
                &[],
                &["NODIS"],
                &["NODIS", "STADIS"],
                &["ROGER CHANNEL"],
                &["NODIS", "STADIS", "ROGER CHANNEL"],
                &["NOFORN", "USA", "GBR"],
            ],
            ["UNCLASSIFIED", "SECRET"],
        ),
        Scheme::UkLike => (
            &[
                &[],
                &["COPPER GATE"],
                &["COPPER GATE", "GREY HERON"],
                &["LOCSEN", "UK", "US", "COPPER GATE", "GREY HERON"],
            ],
            ["OFFICIAL", "TOP SECRET"],
        ),
    };
    let ladder = ladder(scheme);
    let mut levels: Vec<Vec<&str>> = (1..=ladder.len()).map(|n| ladder[..n].to_vec()).collect();
    levels.push(gap.to_vec());
    let mut clearances = vec![None];
    for classes in levels {
        for words in grants {
            let words = words.to_vec();
            clearances.push(Some(Cleared { scheme, classes: classes.clone(), words }));
        }
    }
    let mut all = Vec::new();
    for cleared in clearances {
        for nation in [Some("US"), Some("GB"), None] {
            for engaged in [Some(Engaged::Home), Some(Engaged::Locally), None] {
                let plain = Person { cleared: cleared.clone(), nation, engaged };
                all.push(Both { ours: adapter::reader_of(&plain), plain });
            }
        }
    }
    all
}
