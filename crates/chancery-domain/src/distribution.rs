//! Distribution: from addressed offices and collectives to the offices that a paper goes to.

use jiff::civil::Date;

use crate::Addressed;

/// A membership of an office in a collective over the half-open interval `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership<O> {
    /// The office.
    pub office: O,
    /// First day.
    pub start: Date,
    /// First day after it; open without one.
    pub end: Option<Date>,
}

impl<O> Membership<O> {
    /// Whether the office belongs to the collective on `day`.
    pub fn on(&self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }
}

/// An office of a resolved distribution, and the collective that brought it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resolved<O, C> {
    /// The office.
    pub office: O,
    /// How it is addressed.
    pub addressed: Addressed,
    /// Through which collective, where it is not addressed by itself.
    pub via: Option<C>,
}

/// Resolves a distribution on a day: collectives into their members of that day, less the exempted
/// offices, each office once and as directly as it is addressed anywhere.
///
/// An office addressed by itself is never exempted: that is a contradiction for whoever drafts to see.
pub fn resolve<O: Copy + Ord, C: Copy + Ord>(
    direct: &[(O, Addressed)],
    collectives: &[(C, Addressed, Vec<Membership<O>>)],
    exempted: &[O],
    day: Date,
) -> Vec<Resolved<O, C>> {
    let mut all: Vec<Resolved<O, C>> = direct
        .iter()
        .map(|&(office, addressed)| Resolved { office, addressed, via: None })
        .collect();
    for (collective, addressed, members) in collectives {
        let members = members.iter().filter(|m| m.on(day) && !exempted.contains(&m.office));
        all.extend(members.map(|m| Resolved {
            office: m.office,
            addressed: *addressed,
            via: Some(*collective),
        }));
    }
    // By office, the most direct first, by itself before through a collective.
    all.sort_unstable();
    all.dedup_by_key(|r| r.office);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_collective_is_its_members_of_the_day_less_the_exempted() {
        let member = |office, start, end| Membership { office, start, end };
        let posts = vec![
            member(1, date(2030, 1, 1), None),
            member(2, date(2030, 1, 1), Some(date(2031, 1, 1))),
            member(3, date(2031, 1, 1), None),
            member(4, date(2030, 1, 1), None),
        ];
        let direct = [(1, Addressed::Info), (9, Addressed::Origin)];
        let collectives = [('p', Addressed::Action, posts)];
        let offices = |day| -> Vec<(i32, Addressed, Option<char>)> {
            let all = resolve(&direct, &collectives, &[4], day);
            all.into_iter().map(|r| (r.office, r.addressed, r.via)).collect()
        };
        let nine = (9, Addressed::Origin, None);
        let one = (1, Addressed::Action, Some('p'));
        let two = (2, Addressed::Action, Some('p'));
        assert_eq!(offices(date(2030, 12, 31)), [one, two, nine]);
        let three = (3, Addressed::Action, Some('p'));
        assert_eq!(offices(date(2031, 1, 1)), [one, three, nine]);
        assert_eq!(offices(date(2029, 1, 1)), [(1, Addressed::Info, None), nine]);
    }
}
