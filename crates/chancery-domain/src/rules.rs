//! The rules: who may open a paper, who could have, who may approve an inquiry.
//!
//! Deny by default. Every refusal is a sentence that can be shown to the person refused. One function
//! decides each question; everything else calls it.

use jiff::civil::Date;

use crate::{Addressed, PaperState, Posting};

/// A refusal, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Drafts have no copies.
    #[error("the paper is a draft; nobody has a copy before it is released")]
    NotReleased,
    /// No office held on that day is on the distribution.
    #[error("none of the offices held on {0} is on the paper's distribution")]
    NotAddressed(Date),
    /// The acting person does not hold the office on that day.
    #[error("the office is not held by the acting person on {0}")]
    NotHolder(Date),
    /// One person cannot be both officers of an inquiry.
    #[error("the second officer must be another person than the first")]
    SamePerson,
    /// Two persons of one office are one pair of eyes.
    #[error("the second officer must hold another office than the first")]
    SameOffice,
}

/// Whether the holder of `postings` may have a copy of a paper on `day`: grants with the office
/// through which the paper is opened (the one addressed most directly, ties by order given).
///
/// # Errors
/// The refusal, when there is no such office.
pub fn may_open<'a, P, O: PartialEq>(
    state: PaperState,
    distribution: &'a [(O, Addressed)],
    postings: &[Posting<P, O>],
    day: Date,
) -> Result<&'a O, Refusal> {
    if state != PaperState::Released {
        return Err(Refusal::NotReleased);
    }
    let held = |office: &O| postings.iter().any(|p| p.office() == office && p.holds_on(day));
    distribution
        .iter()
        .filter(|(office, _)| held(office))
        .min_by_key(|(_, addressed)| *addressed)
        .map(|(office, _)| office)
        .ok_or(Refusal::NotAddressed(day))
}

/// Whether a holder of `postings` was entitled to the paper on any day of `[released, until]`,
/// whether or not a copy was ever opened. These persons are the N of a finding.
pub fn was_entitled<P, O: PartialEq>(
    distribution: &[(O, Addressed)],
    postings: &[Posting<P, O>],
    released: Date,
    until: Date,
) -> bool {
    postings.iter().any(|p| {
        p.overlaps(released, until) && distribution.iter().any(|(office, _)| office == p.office())
    })
}

/// Whether the holder of `postings` may act for `office` on `day`.
///
/// # Errors
/// When the office is not held on that day.
pub fn may_act_for<P, O: PartialEq>(
    office: &O,
    postings: &[Posting<P, O>],
    day: Date,
) -> Result<(), Refusal> {
    if postings.iter().any(|p| p.office() == office && p.holds_on(day)) {
        Ok(())
    } else {
        Err(Refusal::NotHolder(day))
    }
}

/// Whether a second officer may approve the inquiry that a first one opened: another person, and an
/// office that the first does not hold.
///
/// # Errors
/// The refusal.
pub fn may_approve<P: PartialEq, O: PartialEq>(
    first: &P,
    first_offices: &[O],
    second: &P,
    second_offices: &[O],
) -> Result<(), Refusal> {
    if first == second {
        return Err(Refusal::SamePerson);
    }
    if second_offices.is_empty() || second_offices.iter().all(|o| first_offices.contains(o)) {
        return Err(Refusal::SameOffice);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capacity, Day};
    use jiff::civil::date;

    fn posting(office: &str, from: Date, to: Option<Date>) -> Posting<u8, &str> {
        let (from, to) = (Some(Day::exact(from)), to.map(Day::exact));
        Posting::new(1, office, Capacity::Substantive, from, None, to).unwrap()
    }

    #[test]
    fn a_copy_is_for_holders_of_addressed_offices_on_the_day() {
        let list = [("info", Addressed::Info), ("action", Addressed::Action)];
        let both = [
            posting("info", date(2031, 1, 1), None),
            posting("action", date(2031, 6, 1), Some(date(2031, 7, 1))),
        ];
        let open = |state, day| may_open(state, &list, &both, day);
        assert_eq!(open(PaperState::Released, date(2031, 6, 30)), Ok(&"action"));
        assert_eq!(open(PaperState::Released, date(2031, 7, 1)), Ok(&"info"));
        let day = date(2030, 12, 31);
        assert_eq!(open(PaperState::Released, day), Err(Refusal::NotAddressed(day)));
        assert_eq!(open(PaperState::Draft, date(2031, 6, 30)), Err(Refusal::NotReleased));
        assert!(was_entitled(&list, &both, date(2031, 6, 30), date(2031, 6, 30)));
        assert!(!was_entitled(&list, &both, date(2030, 1, 1), date(2030, 12, 31)));
    }

    #[test]
    fn two_officers_are_two_persons_of_two_offices() {
        assert_eq!(may_approve(&1, &["a"], &1, &["b"]), Err(Refusal::SamePerson));
        assert_eq!(may_approve(&1, &["a"], &2, &["a"]), Err(Refusal::SameOffice));
        assert_eq!(may_approve(&1, &["a"], &2, &[]), Err(Refusal::SameOffice));
        assert_eq!(may_approve(&1, &["a"], &2, &["a", "b"]), Ok(()));
    }
}
