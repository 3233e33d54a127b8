//! The ways through what can be the case: some dimensions in full against each other, then all of them
//! against each other at even distances.

use std::ops::ControlFlow::{self, Continue};

use crate::adapter::Ours;
use crate::oracle::{Case, House, State};
use crate::space::{
    DRAFTERS, HOUSES, LIFTS, Label, ME, ORIGIN, OTHER, People, Readers, STATES, Space,
};
use crate::words::Scheme;

/// How many cases of all dimensions against each other are taken of each policy: everyday, and in full.
pub(crate) const MIXED: u64 = 60_000;
pub(crate) const MIXED_IN_FULL: u64 = 2_500_000;

type Step = ControlFlow<()>;

/// The parts from which a case is put together, as places in the lists of the space.
#[derive(Clone, Copy)]
struct Parts<'a> {
    at: i64,
    people: &'a People,
    reader: &'a Readers,
    label: Option<&'a Label>,
    policy: Option<Scheme>,
    state: State,
    drafter: Option<u8>,
    distribution: usize,
    clearing: usize,
    lifts: Option<i64>,
    cancelled: bool,
    house: House,
}

impl Parts<'_> {
    fn show(&self, space: &Space, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        let distribution = &space.distributions[self.distribution];
        let clearing = &space.clearings[self.clearing];
        let case = Case {
            at: self.at,
            me: ME,
            stays: &self.people.plain,
            person: &self.reader.plain,
            state: self.state,
            origin: ORIGIN,
            drafter: self.drafter,
            distribution: &distribution.plain,
            clearing: &clearing.plain,
            lifts: self.lifts.map(|after| self.at + after),
            cancelled: self.cancelled,
            label: self.label.map(|label| &label.plain),
            house: self.house,
            policy: self.policy,
        };
        let ours = Ours {
            postings: &self.people.ours,
            reader: &self.reader.ours,
            distribution: &distribution.ours,
            clearing: &clearing.ours,
            label: self.label.map(|label| &label.ours),
        };
        see(&case, &ours)
    }
}

impl Space {
    /// Shows every case of the matrix until `see` breaks off.
    pub(crate) fn walk(
        &self,
        mixed: u64,
        see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step,
    ) -> Step {
        self.by_postings(see)?;
        self.by_policies(see)?;
        self.by_labels(see)?;
        self.by_papers(see)?;
        self.by_all(mixed, see)
    }

    /// A drafted, plainly addressed paper without label, embargo or house rules, read at noon by
    /// somebody without an office.
    fn plain(&self) -> Parts<'_> {
        Parts {
            at: self.times[0].0,
            people: &self.steady[0],
            reader: &self.schemes[0].2[0],
            label: None,
            policy: None,
            state: State::Draft,
            drafter: Some(OTHER),
            distribution: 2,
            clearing: 0,
            lifts: None,
            cancelled: false,
            house: HOUSES[0],
        }
    }

    fn by_postings(&self, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        for (at, everybody) in &self.times {
            for people in everybody {
                for state in STATES {
                    for distribution in [1, 2, 5] {
                        for clearing in 0..3 {
                            let at = *at;
                            let parts = Parts { at, people, state, distribution, ..self.plain() };
                            Parts { clearing, ..parts }.show(self, see)?;
                        }
                    }
                }
            }
        }
        Continue(())
    }

    /// Labels and clearances of one policy under another, and without any.
    fn by_policies(&self, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        let labels: Vec<Option<&Label>> = std::iter::once(None)
            .chain(self.schemes.iter().flat_map(|s| s.1.iter().step_by(37).map(Some)))
            .collect();
        let readers = || self.schemes.iter().flat_map(|s| s.2.iter().step_by(7));
        for policy in [None, Some(Scheme::UsLike), Some(Scheme::UkLike)] {
            for label in &labels {
                for reader in readers() {
                    for people in &self.steady[..8] {
                        for state in STATES {
                            let label = *label;
                            let parts = Parts { people, reader, label, policy, ..self.plain() };
                            Parts { state, clearing: 1, ..parts }.show(self, see)?;
                        }
                    }
                }
            }
        }
        Continue(())
    }

    /// Every label against every reader, where all else would let the reader in.
    fn by_labels(&self, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        for (scheme, labels, readers) in &self.schemes {
            for label in labels {
                for reader in readers {
                    for state in [State::Approved, State::Released] {
                        let (people, label) = (&self.steady[7], Some(label));
                        let parts = Parts { people, reader, label, state, ..self.plain() };
                        Parts { policy: Some(*scheme), clearing: 2, ..parts }.show(self, see)?;
                    }
                }
            }
        }
        Continue(())
    }

    /// Every paper in every house against every combination of offices.
    fn by_papers(&self, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        for people in &self.steady {
            for state in STATES {
                for drafter in DRAFTERS {
                    for distribution in 0..self.distributions.len() {
                        for clearing in 0..self.clearings.len() {
                            for lifts in LIFTS {
                                for house in HOUSES {
                                    for cancelled in [false, true] {
                                        let parts =
                                            Parts { people, state, drafter, ..self.plain() };
                                        let parts = Parts { distribution, clearing, ..parts };
                                        let parts = Parts { lifts, house, cancelled, ..parts };
                                        parts.show(self, see)?;
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        Continue(())
    }

    /// All dimensions against each other, `count` cases of each policy at even distances, none twice.
    fn by_all(&self, count: u64, see: &mut impl FnMut(&Case<'_>, &Ours<'_>) -> Step) -> Step {
        let size = |n: usize| u64::try_from(n).expect("lists are short");
        for (scheme, labels, readers) in &self.schemes {
            let lists = [
                self.times.len(),
                self.times[0].1.len(),
                STATES.len(),
                DRAFTERS.len(),
                self.distributions.len(),
                self.clearings.len(),
                LIFTS.len(),
                HOUSES.len(),
                2,
                2,
                labels.len() + 1,
                readers.len(),
            ]
            .map(size);
            let total: u64 = lists.iter().product();
            // About the golden section of the whole, and coprime to it: spread evenly, no case again.
            let golden = total / 1000 * 618;
            let step = (golden..).find(|step| coprime(*step, total)).expect("a prime is not far");
            let mut place = 0;
            for _ in 0..count {
                place = (place + step) % total;
                let mut rest = place;
                let at = lists.map(|list| {
                    let digit = rest % list;
                    rest /= list;
                    usize::try_from(digit).expect("lists are short")
                });
                let (instant, everybody) = &self.times[at[0]];
                Parts {
                    at: *instant,
                    people: &everybody[at[1]],
                    state: STATES[at[2]],
                    drafter: DRAFTERS[at[3]],
                    distribution: at[4],
                    clearing: at[5],
                    lifts: LIFTS[at[6]],
                    house: HOUSES[at[7]],
                    cancelled: at[8] == 1,
                    policy: (at[9] == 1).then_some(*scheme),
                    label: labels.get(at[10]),
                    reader: &readers[at[11]],
                }
                .show(self, see)?;
            }
        }
        Continue(())
    }
}

const fn coprime(mut a: u64, mut b: u64) -> bool {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
